package audit

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestCanonical(t *testing.T) {
	for _, c := range []struct {
		in   any
		want string
	}{
		{map[string]any{"b": 1, "a": []int{2}, "é": "<&>"}, `{"a":[2],"b":1,"é":"<&>"}`},
		{struct {
			B string
			A int64
		}{"x", 9007199254740993}, `{"A":9007199254740993,"B":"x"}`},
		{1e21, "1e+21"}, {"a\x00\u2028", `"a\u0000\u2028"`}, {nil, "null"},
	} {
		if got, err := Canonical(c.in); err != nil || got != c.want {
			t.Errorf("Canonical(%v) = %s, %v, want %s", c.in, got, err, c.want)
		}
	}
}

func TestHead(t *testing.T) {
	h := Row{At: time.Unix(0, 0), By: System, Action: "a", Subject: "b"}.After(Head{}).Head()
	if got, err := ParseHead(" " + h.String() + "\n"); err != nil || got != h {
		t.Errorf("ParseHead(%s) = %v, %v", h, got, err)
	}
	for _, bad := range []string{"", "12", "0-" + h.Hash, "-1-" + h.Hash, "1-00", "1-" + h.Hash + "0", "x-" + h.Hash, h.Hash} {
		if got, err := ParseHead(bad); err == nil {
			t.Errorf("ParseHead(%q) = %v, want an error", bad, got)
		}
	}
	if got, err := ParseHead(Head{}.String()); err != nil || got != (Head{}) {
		t.Errorf("the head of an empty record: %v, %v", got, err)
	}
}

// Moving text from one field to the next must change the hash.
func TestHashKeepsFieldsApart(t *testing.T) {
	seen := map[string]Row{}
	for _, r := range []Row{
		{By: "ab", Action: "c", Subject: "d"}, {By: "a", Action: "bc", Subject: "d"}, {By: "a", Action: "b", Subject: "cd"},
		{By: "a", Action: "b", Subject: "c", Was: "d"}, {By: "a", Action: "b", Subject: "c", Became: "d"}, {By: `a","b`, Action: "c", Subject: "d"},
	} {
		h := r.After(Head{}).Hash
		if other, ok := seen[h]; ok {
			t.Errorf("%+v and %+v have the same hash", r, other)
		}
		seen[h] = r
	}
}

func TestASealedValueOpensOnlyInItsPlace(t *testing.T) {
	keys := map[string][]byte{"ada": bytes.Repeat([]byte{1}, KeySize), "bob": bytes.Repeat([]byte{2}, KeySize)}
	key := func(p string) ([]byte, error) { return keys[p], nil }
	r, err := Entry{By: System, Action: "a", Subject: "b", Became: Values{"mail": Personal{"ada", "ada@example.fr"}}}.Row(time.Unix(0, 0), key, bytes.NewReader(make([]byte, 12)))
	if err != nil {
		t.Fatal(err)
	}
	if v, err := Open(r.Became, key); err != nil || v["mail"] != (Personal{"ada", "ada@example.fr"}) {
		t.Errorf("Open: %v, %v", v, err)
	}
	for name, moved := range map[string]string{
		"under another name":   strings.Replace(r.Became, `"mail"`, `"name"`, 1),
		"as somebody else's":   strings.Replace(r.Became, `"ada"`, `"bob"`, 1),
		"cut":                  strings.Replace(r.Became, `"sealed":"`, `"sealed":"AAAA`, 1),
		"shorter than a nonce": `{"mail":{"person":"ada","sealed":"AAAA"}}`,
	} {
		if v, err := Open(moved, key); err == nil {
			t.Errorf("%s it opens: %v", name, v)
		}
	}
	delete(keys, "ada")
	if v, err := Open(r.Became, key); err != nil || v["mail"] != (Erased{"ada"}) {
		t.Errorf("without the key: %v, %v", v, err)
	}
}

func FuzzParseHead(f *testing.F) {
	f.Add("12-" + strings.Repeat("0a", 32))
	f.Add("0-")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := ParseHead(s)
		if err != nil {
			return
		}
		if back, err := ParseHead(h.String()); err != nil || back != h {
			t.Errorf("%q is read as %v, then as %v, %v", s, h, back, err)
		}
	})
}

// Whatever is in a row, reading it ends in values or in an error.
func FuzzOpen(f *testing.F) {
	f.Add(`{"mail":{"person":"ada","sealed":"AAAA"},"n":1}`)
	f.Add(`{"mail":{"person":"ada","sealed":""}}`)
	f.Add(`[]`)
	key := func(string) ([]byte, error) { return make([]byte, KeySize), nil }
	f.Fuzz(func(t *testing.T, kept string) {
		if v, err := Open(kept, key); err == nil && v == nil && kept != "" && kept != "null" {
			t.Errorf("%q is read as nothing", kept)
		}
	})
}
