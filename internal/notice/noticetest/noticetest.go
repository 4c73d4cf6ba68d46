package noticetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/notice"
)

// Store is what is under test: choices must show in the record, mails in the outbox.
type Store interface {
	notice.Store
	audit.Store
	job.Outbox
}

// Run checks a store against the contract. Open gives an empty store, ready to
// use, and closes it when the test it is given ends.
func Run(t *testing.T, open func(t *testing.T) Store) {
	for _, c := range []struct {
		name  string
		check func(t *testing.T, s Store)
	}{
		{"kept whole", whole},
		{"an arrival counts once, whatever the choice", once},
		{"many bring the same", together},
		{"the choice decides", chosen},
		{"unread first, then newest", order},
		{"read one, read all", read},
		{"nobody reads another's", others},
		{"choices are recorded", choices},
		{"one click stops", stop},
		{"a token cannot be made up", forged},
		{"a digest tells what waits, once", digest},
		{"two leave one digest", digests},
		{"a choice changed empties the digest", changed},
		{"old ones are forgotten once read", forget},
		{"erasing leaves nothing", erase},
	} {
		t.Run(c.name, func(t *testing.T) { c.check(t, open(t)) })
	}
}

var noon = time.Date(2030, 1, 1, 12, 0, 0, 123456000, time.UTC)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func about(person string, s notice.Subject) notice.Notice {
	return notice.Notice{Person: person, Subject: s, Title: notice.Say("notice.letter.hello_name", "Zoé"), Link: "/ici", At: noon}
}

func letter(t *testing.T, person string) *job.Event {
	t.Helper()
	e, err := notice.Mail{To: person + "@example.fr", Subject: "Bonjour", Text: "texte"}.Event(person)
	must(t, err)
	return &e
}

func arrive(t *testing.T, s Store, id string, n notice.Notice, at time.Time) bool {
	t.Helper()
	fresh, err := s.Arrive(t.Context(), notice.Arrival{ID: id, Notice: n, At: at, Mail: letter(t, n.Person)})
	must(t, err)
	return fresh
}

func list(t *testing.T, s Store, person string) notice.List {
	t.Helper()
	l, err := s.Notices(t.Context(), person, 0, 100)
	must(t, err)
	return l
}

func ids(l notice.List) string {
	var out []string
	for _, k := range l.Notices {
		out = append(out, k.ID)
	}
	return strings.Join(out, " ")
}

func mails(t *testing.T, s Store) int {
	t.Helper()
	l, err := s.Events(t.Context(), job.Waiting, 1000)
	must(t, err)
	return len(l)
}

func choose(t *testing.T, s Store, person string, c notice.Choices) {
	t.Helper()
	must(t, s.Choose(t.Context(), audit.Person(person), person, c))
}

func whole(t *testing.T, s Store) {
	n := about("zoe", notice.Mandates)
	n.Title = notice.Say("notice.mandate.ends", "é <&>\"'", 12, notice.Day("2026-12-01"), notice.Word("notice.letter.stop"))
	n.Text = notice.Say("notice.mandate.ends_text")
	if !arrive(t, s, "1", n, noon.Add(time.Second)) {
		t.Error("a new notice is said to be old")
	}
	want := notice.List{Notices: []notice.Kept{{ID: "1", Notice: n, Arrived: noon.Add(time.Second)}}, All: 1, Unread: 1}
	if diff := cmp.Diff(want, list(t, s, "zoe")); diff != "" {
		t.Errorf("(-arrived +kept):\n%s", diff)
	}
	if at, err := s.Arrived(t.Context(), "1"); err != nil || !at.Equal(noon.Add(time.Second)) {
		t.Errorf("it arrived at %v, %v", at, err)
	}
	if at, err := s.Arrived(t.Context(), "2"); err != nil || !at.IsZero() {
		t.Errorf("what never came arrived at %v, %v", at, err)
	}
	if l := list(t, s, "ada"); l.All != 0 || l.Unread != 0 || len(l.Notices) != 0 {
		t.Errorf("another has %+v", l)
	}
}

func once(t *testing.T, s Store) {
	for _, subject := range []notice.Subject{notice.Security, notice.Mandates, notice.Administration} {
		id := "n-" + string(subject)
		arrive(t, s, id, about("zoe", subject), noon)
		for range 2 {
			if arrive(t, s, id, about("zoe", subject), noon.Add(time.Hour)) {
				t.Errorf("%s: new the second time", subject)
			}
		}
	}
	if l := list(t, s, "zoe"); l.All != 3 || !l.Notices[0].Arrived.Equal(noon) {
		t.Errorf("kept %+v", l)
	}
	if n := mails(t, s); n != 2 { // administration waits for the digest
		t.Errorf("%d mails were left, want 2", n)
	}
}

func together(t *testing.T, s Store) {
	const servers, notices = 6, 10
	var all sync.WaitGroup
	var mu sync.Mutex
	fresh := 0
	for range servers {
		all.Go(func() {
			for n := range notices {
				e := notice.Mail{To: "zoe@example.fr", Subject: "Bonjour", Text: "texte"}
				event, err := e.Event("zoe")
				if err != nil {
					t.Error(err)
				}
				isNew, err := s.Arrive(t.Context(), notice.Arrival{ID: fmt.Sprint(n), Notice: about("zoe", notice.Mandates), At: noon, Mail: &event})
				if err != nil {
					t.Error(err)
				}
				if isNew {
					mu.Lock()
					fresh++
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	if l := list(t, s, "zoe"); l.All != notices || fresh != notices || mails(t, s) != notices {
		t.Errorf("%d kept, %d said new, %d mails, want %d of each", l.All, fresh, mails(t, s), notices)
	}
}

func chosen(t *testing.T, s Store) {
	for i, c := range []struct {
		choice      notice.Choice
		kept, mails int
		waits       bool
	}{{notice.AtOnce, 1, 1, false}, {notice.Daily, 1, 0, true}, {notice.Here, 1, 0, false}, {notice.None, 0, 0, false}} {
		person := fmt.Sprintf("p%d", i)
		choose(t, s, person, notice.Choices{notice.Mandates: c.choice})
		before := mails(t, s)
		if fresh := arrive(t, s, person, about(person, notice.Mandates), noon); fresh != (c.kept == 1) {
			t.Errorf("%s: new is %t", c.choice, fresh)
		}
		if l := list(t, s, person); l.All != c.kept || mails(t, s)-before != c.mails {
			t.Errorf("%s: %d kept, %d mails, want %d and %d", c.choice, l.All, mails(t, s)-before, c.kept, c.mails)
		}
		who, err := s.Waiting(t.Context(), "", 10)
		must(t, err)
		if got := strings.Contains(strings.Join(who, " "), person); got != c.waits {
			t.Errorf("%s: waits for the digest is %t", c.choice, got)
		}
	}
	// Nobody to write to: kept all the same.
	if _, err := s.Arrive(t.Context(), notice.Arrival{ID: "silent", Notice: about("zoe", notice.Security), At: noon}); err != nil {
		t.Error(err)
	}
	if l := list(t, s, "zoe"); l.All != 1 {
		t.Errorf("without a mail, %d are kept", l.All)
	}
}

func order(t *testing.T, s Store) {
	for i, id := range []string{"a", "b", "c", "d"} {
		arrive(t, s, id, about("zoe", notice.Mandates), noon.Add(time.Duration(i)*time.Minute))
	}
	_, err := s.Read(t.Context(), "zoe", "d", noon.Add(time.Hour))
	must(t, err)
	l := list(t, s, "zoe")
	if got := ids(l); got != "c b a d" || l.All != 4 || l.Unread != 3 {
		t.Errorf("read in the order %s, %d of which %d unread", got, l.All, l.Unread)
	}
	part, err := s.Notices(t.Context(), "zoe", 1, 2)
	must(t, err)
	if got := ids(part); got != "b a" || part.All != 4 {
		t.Errorf("a part is %s of %d", got, part.All)
	}
	if n, err := s.Unread(t.Context(), "zoe"); err != nil || n != 3 {
		t.Errorf("%d unread, %v", n, err)
	}
}

func read(t *testing.T, s Store) {
	for i, id := range []string{"a", "b", "c"} {
		arrive(t, s, id, about("zoe", notice.Mandates), noon.Add(time.Duration(i)*time.Minute))
	}
	k, err := s.Read(t.Context(), "zoe", "a", noon.Add(time.Hour))
	if err != nil || !k.Read.Equal(noon.Add(time.Hour)) || k.Link != "/ici" {
		t.Errorf("read: %+v, %v", k, err)
	}
	if k, err := s.Read(t.Context(), "zoe", "a", noon.Add(2*time.Hour)); err != nil || !k.Read.Equal(noon.Add(time.Hour)) {
		t.Errorf("read again: %+v, %v, want the first time", k, err)
	}
	// What came after the page was shown stays unread.
	must(t, s.ReadAll(t.Context(), "zoe", noon.Add(time.Minute), noon.Add(3*time.Hour)))
	l := list(t, s, "zoe")
	if got := ids(l); got != "c b a" || l.Unread != 1 || !l.Notices[2].Read.Equal(noon.Add(time.Hour)) {
		t.Errorf("after reading all: %s, %d unread, %+v", got, l.Unread, l.Notices)
	}
}

func others(t *testing.T, s Store) {
	arrive(t, s, "hers", about("zoe", notice.Mandates), noon)
	arrive(t, s, "his", about("bob", notice.Mandates), noon)
	for _, id := range []string{"hers", "nothing"} {
		if _, err := s.Read(t.Context(), "bob", id, noon); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("reading %s: %v, want fault.NotFound", id, err)
		}
	}
	must(t, s.ReadAll(t.Context(), "bob", noon, noon))
	if l := list(t, s, "zoe"); l.Unread != 1 {
		t.Error("another read hers")
	}
}

func choices(t *testing.T, s Store) {
	c, err := s.Choices(t.Context(), "zoe")
	if err != nil || len(c) != 0 || c.Of(notice.Mandates) != notice.AtOnce || c.Of(notice.Administration) != notice.Daily {
		t.Fatalf("before any choice: %v, %v", c, err)
	}
	choose(t, s, "zoe", notice.Choices{notice.Mandates: notice.Daily, notice.Administration: notice.Daily})
	choose(t, s, "zoe", notice.Choices{notice.Mandates: notice.Daily}) // as it is: nothing to record
	choose(t, s, "zoe", notice.Choices{notice.Mandates: notice.None})
	c, err = s.Choices(t.Context(), "zoe")
	if err != nil || c.Of(notice.Mandates) != notice.None || c.Of(notice.Security) != notice.AtOnce {
		t.Errorf("the choices are %v, %v", c, err)
	}
	for _, bad := range []notice.Choices{{notice.Security: notice.None}, {"nonsense": notice.None}, {notice.Mandates: "maybe"}} {
		if err := s.Choose(t.Context(), audit.Person("zoe"), "zoe", bad); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%v: %v, want fault.Invalid", bad, err)
		}
	}
	rows, err := s.Find(t.Context(), audit.Filter{Action: "notice.choose"})
	if err != nil || len(rows) != 2 {
		t.Fatalf("recorded %+v, %v, want two changes", rows, err)
	}
	key := func(person string) ([]byte, error) { return s.Key(t.Context(), person) }
	was, err := audit.Open(rows[0].Was, key)
	must(t, err)
	became, err := audit.Open(rows[0].Became, key)
	must(t, err)
	if rows[0].By != audit.Person("zoe") || rows[0].Subject != "person:zoe" || strings.Contains(rows[0].Became, "none") ||
		was["mandates"] != (audit.Personal{Of: "zoe", Value: "daily"}) || became["mandates"] != (audit.Personal{Of: "zoe", Value: "none"}) {
		t.Errorf("recorded %+v: %v, %v", rows[0], was, became)
	}
}

func stop(t *testing.T, s Store) {
	token, err := s.StopToken(t.Context(), "zoe", notice.Mandates)
	must(t, err)
	if again, err := s.StopToken(t.Context(), "zoe", notice.Mandates); err != nil || again != token {
		t.Errorf("the token of an old mail holds no longer: %v", err)
	}
	for _, on := range []bool{true, false} {
		if got, is, err := s.Stopping(t.Context(), token); err != nil || got != notice.Mandates || is != on {
			t.Errorf("before: %s, %t, %v, want mandates, %t", got, is, err, on)
		}
		if got, err := s.Stop(t.Context(), token); err != nil || got != notice.Mandates {
			t.Errorf("stopped %s, %v", got, err)
		}
	}
	c, err := s.Choices(t.Context(), "zoe")
	if err != nil || c.Of(notice.Mandates) != notice.Here || c.Of(notice.Administration) != notice.Daily || c.Of(notice.Security) != notice.AtOnce {
		t.Errorf("after: %v, %v", c, err)
	}
	daily, err := s.StopToken(t.Context(), "zoe", notice.Digest)
	must(t, err)
	if got, err := s.Stop(t.Context(), daily); err != nil || got != notice.Digest {
		t.Errorf("stopped %s, %v", got, err)
	}
	if c, err := s.Choices(t.Context(), "zoe"); err != nil || c.Of(notice.Administration) != notice.Here {
		t.Errorf("after the digest: %v, %v", c, err)
	}
	rows, err := s.Find(t.Context(), audit.Filter{Action: "notice.choose", By: audit.Visitor})
	if err != nil || len(rows) != 2 {
		t.Errorf("recorded %+v, %v, want two changes by a visitor", rows, err)
	}
}

func forged(t *testing.T, s Store) {
	hers, err := s.StopToken(t.Context(), "zoe", notice.Mandates)
	must(t, err)
	his, err := s.StopToken(t.Context(), "bob", notice.Mandates)
	must(t, err)
	a, b := strings.Split(hers, "."), strings.Split(his, ".")
	for _, token := range []string{
		"", ".", "..", "a.b.c", a[0] + "." + a[1] + ".", a[0] + "." + a[1] + "." + b[2], b[0] + "." + a[1] + "." + a[2],
		a[0] + ".administration." + a[2], a[0] + ".digest." + a[2], a[0] + ".security." + a[2], hers + ".", hers[:len(hers)-1], strings.Repeat("a", 1000),
		"bm9ib2R5.mandates." + a[2], "\x00.mandates.x",
	} {
		if _, err := s.Stop(t.Context(), token); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%q: %v, want fault.NotFound", token, err)
		}
		if _, _, err := s.Stopping(t.Context(), token); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%q: %v, want fault.NotFound", token, err)
		}
	}
}

func leave(t *testing.T, s Store, person string) (told string, left bool) {
	t.Helper()
	left, err := s.LeaveDigest(t.Context(), person, func(n []notice.Kept) (*job.Event, error) {
		if told = ids(notice.List{Notices: n}); told == "" {
			return nil, nil
		}
		return letter(t, person), nil
	})
	must(t, err)
	return told, left
}

func digest(t *testing.T, s Store) {
	for i, id := range []string{"a", "b", "c"} {
		arrive(t, s, id, about("zoe", notice.Administration), noon.Add(time.Duration(i)*time.Minute))
	}
	arrive(t, s, "x", about("ada", notice.Administration), noon)
	arrive(t, s, "y", about("bob", notice.Mandates), noon) // at once: waits for nothing
	_, err := s.Read(t.Context(), "zoe", "b", noon)
	must(t, err)
	who, err := s.Waiting(t.Context(), "", 1)
	must(t, err)
	next, err := s.Waiting(t.Context(), "ada", 9)
	must(t, err)
	if strings.Join(who, " ") != "ada" || strings.Join(next, " ") != "zoe" {
		t.Errorf("%v and %v wait, want ada and zoe", who, next)
	}
	boom := errors.New("boom")
	if _, err := s.LeaveDigest(t.Context(), "zoe", func([]notice.Kept) (*job.Event, error) { return nil, boom }); !errors.Is(err, boom) {
		t.Errorf("a digest that cannot be written: %v", err)
	}
	before := mails(t, s)
	if told, left := leave(t, s, "zoe"); told != "c a" || !left {
		t.Errorf("told %q, left %t, want c a", told, left)
	}
	if told, left := leave(t, s, "zoe"); told != "" || left {
		t.Errorf("told again %q, left %t", told, left)
	}
	if n := mails(t, s) - before; n != 1 {
		t.Errorf("%d mails were left, want 1", n)
	}
	if l := list(t, s, "zoe"); l.Unread != 2 {
		t.Errorf("a digest reads nothing for its reader: %d unread, want 2", l.Unread)
	}
}

func digests(t *testing.T, s Store) {
	const people, servers = 20, 4
	for n := range people {
		arrive(t, s, fmt.Sprint(n), about(fmt.Sprintf("p%d", n), notice.Administration), noon)
	}
	var all sync.WaitGroup
	for range servers {
		all.Go(func() {
			for n := range people {
				person := fmt.Sprintf("p%d", n)
				e, err := notice.Mail{To: "zoe@example.fr", Subject: "Bonjour", Text: "texte"}.Event(person)
				if err != nil {
					t.Error(err)
				}
				if _, err := s.LeaveDigest(t.Context(), person, func(n []notice.Kept) (*job.Event, error) {
					if len(n) == 0 {
						return nil, nil
					}
					return &e, nil
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if n := mails(t, s); n != people {
		t.Errorf("%d digests were left, want %d", n, people)
	}
}

func changed(t *testing.T, s Store) {
	arrive(t, s, "a", about("zoe", notice.Administration), noon)
	choose(t, s, "zoe", notice.Choices{notice.Administration: notice.None})
	if told, left := leave(t, s, "zoe"); told != "" || left {
		t.Errorf("told %q though nothing is wanted", told)
	}
	if l := list(t, s, "zoe"); l.All != 1 {
		t.Error("what came before the choice is gone")
	}
}

func forget(t *testing.T, s Store) {
	for _, id := range []string{"old", "new", "unread"} {
		arrive(t, s, id, about("zoe", notice.Mandates), noon)
	}
	_, err := s.Read(t.Context(), "zoe", "old", noon.Add(time.Minute))
	must(t, err)
	_, err = s.Read(t.Context(), "zoe", "new", noon.Add(time.Hour))
	must(t, err)
	if n, err := s.ForgetRead(t.Context(), noon.Add(30*time.Minute)); err != nil || n != 1 {
		t.Errorf("forgot %d, %v, want 1", n, err)
	}
	if got := ids(list(t, s, "zoe")); got != "unread new" {
		t.Errorf("left: %s", got)
	}
}

func erase(t *testing.T, s Store) {
	token, err := s.StopToken(t.Context(), "zoe", notice.Mandates)
	must(t, err)
	arrive(t, s, "a", about("zoe", notice.Mandates), noon)
	arrive(t, s, "b", about("zoe", notice.Administration), noon)
	choose(t, s, "zoe", notice.Choices{notice.Administration: notice.AtOnce})
	must(t, s.Erase(t.Context(), audit.System, "zoe"))
	if arrive(t, s, "c", about("zoe", notice.Mandates), noon) {
		t.Error("a notice arrives for somebody who was erased")
	}
	if told, left := leave(t, s, "zoe"); told != "" || left {
		t.Errorf("a digest is left for somebody who was erased: %q", told)
	}
	if l := list(t, s, "zoe"); l.All != 0 || mails(t, s) != 0 {
		t.Errorf("%d notices and %d mails are left", l.All, mails(t, s))
	}
	if c, err := s.Choices(t.Context(), "zoe"); err != nil || len(c) != 0 {
		t.Errorf("choices are left: %v, %v", c, err)
	}
	if _, err := s.Stop(t.Context(), token); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("their link: %v, want fault.NotFound", err)
	}
	if err := s.Choose(t.Context(), audit.System, "zoe", notice.Choices{notice.Mandates: notice.None}); fault.CodeOf(err) != fault.Gone {
		t.Errorf("choosing for them: %v, want fault.Gone", err)
	}
	if _, err := s.StopToken(t.Context(), "zoe", notice.Mandates); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a token for them: %v, want fault.NotFound", err)
	}
}
