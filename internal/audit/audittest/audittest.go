package audittest

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
)

// Run checks a store against the contract. Open gives an empty store, ready to
// use, and closes it when the test it is given ends.
func Run(t *testing.T, open func(t *testing.T) audit.Store) {
	for _, c := range []struct {
		name  string
		check func(t *testing.T, s audit.Store)
	}{
		{"an empty record is whole", empty},
		{"comes back as recorded", comesBack},
		{"all or none", allOrNone},
		{"found by who, what and when", found},
		{"the chain holds under many writers", manyAtOnce},
		{"personal values are sealed, and erased with their key", erased},
		{"erased stays erased", staysErased},
		{"a cut or another head is seen", heads},
	} {
		t.Run(c.name, func(t *testing.T) { c.check(t, open(t)) })
	}
}

func entry(n int) audit.Entry {
	return audit.Entry{
		By: audit.Person(fmt.Sprintf("p%d", n%3)), Action: []string{"thing.make", "thing.change"}[n%2], Subject: fmt.Sprintf("thing:%d", n%5),
		Was: audit.Values{"n": n - 1}, Became: audit.Values{"n": n, "text": "été <&> \u2028 'x'\x00"},
	}
}

func record(t *testing.T, s audit.Store, entries ...audit.Entry) {
	t.Helper()
	if err := s.Record(t.Context(), entries...); err != nil {
		t.Fatal(err)
	}
}

// whole verifies the chain and returns its head.
func whole(t *testing.T, s audit.Store, rows int64) audit.Head {
	t.Helper()
	r, err := audit.Verify(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Problems) > 0 || r.Rows != rows || r.Head.Seq != rows {
		t.Errorf("%d rows, head %v, problems %v; want %d rows and none", r.Rows, r.Head, r.Problems, rows)
	}
	return r.Head
}

func all(t *testing.T, s audit.Store) (out []audit.Row) {
	t.Helper()
	for r, err := range s.Rows(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

func empty(t *testing.T, s audit.Store) {
	if h := whole(t, s, 0); h != (audit.Head{}) {
		t.Errorf("the head of an empty record is %v", h)
	}
	if rows := all(t, s); len(rows) != 0 {
		t.Errorf("an empty record has rows: %v", rows)
	}
}

func comesBack(t *testing.T, s audit.Store) {
	record(t, s, entry(1), entry(2))
	record(t, s, audit.Entry{By: audit.System, Action: "a", Subject: "b"})
	whole(t, s, 3)
	rows := all(t, s)
	v, err := audit.Open(rows[0].Became, func(p string) ([]byte, error) { return s.Key(t.Context(), p) })
	if err != nil || v["text"] != entry(1).Became["text"] || v["n"] != 1.0 {
		t.Errorf("became %v, %v", v, err)
	}
	if rows[2].Was != "" || rows[2].Became != "" || rows[2].By != audit.System || rows[2].At.Location() != time.UTC {
		t.Errorf("the last row is %+v", rows[2])
	}
}

func allOrNone(t *testing.T, s audit.Store) {
	for _, bad := range []audit.Entry{
		{By: audit.System, Action: "x", Subject: ""},
		{By: audit.System, Action: "x", Subject: "a\x00b"},
		{By: audit.System, Action: "x", Subject: "\xff"},
		{By: audit.System, Action: "x", Subject: "y", Became: audit.Values{"newPassword": "hunter2"}},
		{By: audit.System, Action: "x", Subject: "y", Became: audit.Values{"mail": audit.Personal{Of: "two words", Value: "x"}}},
		{By: audit.System, Action: "x", Subject: "y", Became: audit.Values{"f": func() {}}},
	} {
		if err := s.Record(t.Context(), entry(1), bad); err == nil {
			t.Errorf("%+v was recorded", bad)
		}
	}
	whole(t, s, 0)
}

func found(t *testing.T, s audit.Store) {
	for n := range 30 {
		record(t, s, entry(n))
	}
	rows := all(t, s)
	for _, c := range []struct {
		name string
		f    audit.Filter
		keep func(audit.Row) bool
	}{
		{"all", audit.Filter{}, func(audit.Row) bool { return true }},
		{"by", audit.Filter{By: audit.Person("p1")}, func(r audit.Row) bool { return r.By == audit.Person("p1") }},
		{"action", audit.Filter{Action: "thing.ch"}, func(r audit.Row) bool { return r.Action == "thing.change" }},
		{"no joker", audit.Filter{Action: "thing%"}, func(r audit.Row) bool { return false }},
		{"subject", audit.Filter{Subject: "thing:3"}, func(r audit.Row) bool { return r.Subject == "thing:3" }},
		{"page", audit.Filter{Before: 11, Limit: 4}, func(r audit.Row) bool { return r.Seq < 11 && r.Seq >= 7 }},
		{"since", audit.Filter{Since: rows[20].At}, func(r audit.Row) bool { return !r.At.Before(rows[20].At) }},
		{"until", audit.Filter{Until: rows[20].At, By: audit.Person("p2")}, func(r audit.Row) bool { return r.At.Before(rows[20].At) && r.By == audit.Person("p2") }},
	} {
		got, err := s.Find(t.Context(), c.f)
		if err != nil {
			t.Fatal(err)
		}
		var want []int64
		for i := len(rows) - 1; i >= 0; i-- {
			if c.keep(rows[i]) {
				want = append(want, rows[i].Seq)
			}
		}
		var seqs []int64
		for _, r := range got {
			seqs = append(seqs, r.Seq)
		}
		if fmt.Sprint(seqs) != fmt.Sprint(want) {
			t.Errorf("%s: rows %v, want %v", c.name, seqs, want)
		}
	}
}

func manyAtOnce(t *testing.T, s audit.Store) {
	const writers, each = 8, 12
	var all sync.WaitGroup
	errs := make([]error, writers)
	for w := range writers {
		all.Go(func() {
			for n := range each {
				if err := s.Record(t.Context(), entry(n), entry(n+1)); err != nil {
					errs[w] = err
				}
			}
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	whole(t, s, 2*writers*each)
}

func personal(of string) audit.Entry {
	return audit.Entry{By: audit.Person(of), Action: "person.change", Subject: string(audit.Person(of)),
		Became: audit.Values{"mail": audit.Personal{Of: of, Value: "ada@example.fr"}, "lang": "fr"}}
}

func erased(t *testing.T, s audit.Store) {
	record(t, s, personal("ada"), personal("bob"))
	for _, r := range all(t, s) {
		if strings.Contains(r.Became, "ada@") {
			t.Errorf("a personal value is kept in clear: %s", r.Became)
		}
	}
	key := func(p string) ([]byte, error) { return s.Key(t.Context(), p) }
	read := func(n int) any {
		v, err := audit.Open(all(t, s)[n].Became, key)
		if err != nil {
			t.Fatal(err)
		}
		return v["mail"]
	}
	if got := read(0); got != (audit.Personal{Of: "ada", Value: "ada@example.fr"}) {
		t.Errorf("before erasing, the address is %v", got)
	}
	head := whole(t, s, 2)
	for range 2 { // the second time changes nothing
		if err := s.Erase(t.Context(), audit.Person("ada"), "ada"); err != nil {
			t.Fatal(err)
		}
	}
	if got := read(0); got != (audit.Erased{Of: "ada"}) {
		t.Errorf("after erasing, the address is %v", got)
	}
	if got := read(1); got != (audit.Personal{Of: "bob", Value: "ada@example.fr"}) {
		t.Errorf("after erasing somebody else, the address is %v", got)
	}
	whole(t, s, 3)
	if r, err := audit.Verify(t.Context(), s, head); err != nil || len(r.Problems) > 0 {
		t.Errorf("with the head noted before the erasure: %v, %v", r.Problems, err)
	}
}

func staysErased(t *testing.T, s audit.Store) {
	if err := s.Erase(t.Context(), audit.System, "ada"); err != nil { // who had no key yet
		t.Fatal(err)
	}
	record(t, s, personal("ada"))
	if k, err := s.Key(t.Context(), "ada"); err != nil || k != nil {
		t.Errorf("the key of an erased person is %v, %v", k, err)
	}
	if r := all(t, s)[1]; strings.Contains(r.Became, "ada@") {
		t.Errorf("kept in clear: %s", r.Became)
	}
	if err := s.Erase(t.Context(), audit.System, "no such\nid"); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("an id with a line end: %v, want fault.Invalid", err)
	}
	whole(t, s, 2)
}

func heads(t *testing.T, s audit.Store) {
	record(t, s, entry(1), entry(2))
	h := whole(t, s, 2)
	for _, c := range []struct {
		noted audit.Head
		ok    bool
	}{
		{h, true},
		{all(t, s)[0].Head(), true},
		{audit.Head{Seq: 3, Hash: h.Hash}, false},
		{audit.Head{Seq: 1, Hash: h.Hash}, false},
	} {
		r, err := audit.Verify(t.Context(), s, c.noted)
		if err != nil {
			t.Fatal(err)
		}
		if (len(r.Problems) == 0) != c.ok {
			t.Errorf("head %v: problems %v, want some: %t", c.noted, r.Problems, !c.ok)
		}
	}
}
