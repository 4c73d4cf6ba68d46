package cli

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"bassin/internal/audit"
	"bassin/internal/people"
	"bassin/internal/pgtest"
)

// Of two servers on one database, the one that is asked how long work goes tells what the
// other began, found, or left when it died.
func TestLongWorkShowsOnTheOtherServer(t *testing.T) {
	dsn, clock := pgtest.DSN(t), &jumping{}
	server := func() (*Server, string) {
		s := openAt(t, clock.now, func(c *serveCommand) { c.Database.Store = dsn })
		return s, serving(t, s)
	}
	one, first := server()
	_, second := server()
	ada := seat(t, one, people.Person{ID: "ada", Name: "Ada", Email: "ada@example.fr"}, true, people.Mandate{Role: people.Administrator})
	const path = "/administration/journal/verifier"
	page := func(base string) string {
		t.Helper()
		r, body := fetch(t, ada, base+path)
		if r.StatusCode != http.StatusOK {
			t.Fatalf("%d %s", r.StatusCode, mainOf(body))
		}
		return mainOf(body)
	}
	begins := func(base string) {
		t.Helper()
		if r, body := send(t, ada, http.MethodPost, base+path, form("head", "")); r.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d %s", r.StatusCode, mainOf(body))
		}
	}
	count := func(action string) int {
		t.Helper()
		rows, err := one.db.Find(t.Context(), audit.Filter{Action: action})
		if err != nil {
			t.Fatal(err)
		}
		return len(rows)
	}
	begins(first)
	for name, base := range map[string]string{"that does it": first, "beside it": second} {
		until(t, "what was found, on the server "+name, func() bool { return strings.Contains(page(base), "Le journal est intact") })
	}
	// Begun on a server that does not end it: the other says so, and begins no second one.
	if err := one.db.Record(t.Context(), audit.Entry{By: audit.Person("ada"), Action: "audit.verify.begin", Subject: "audit"}); err != nil {
		t.Fatal(err)
	}
	if p := page(second); !strings.Contains(p, "En cours") || strings.Contains(p, "Le journal est intact") {
		t.Errorf("the other server says: %s", p)
	}
	begun := count("audit.verify.begin")
	begins(second)
	if got := count("audit.verify.begin"); got != begun {
		t.Errorf("the other server began it again: %d, were %d", got, begun)
	}
	// It died.
	clock.to(16 * time.Minute)
	ended := count("audit.verify")
	begins(second)
	until(t, "the other server to do it", func() bool { return count("audit.verify") == ended+2 })
	// What is wrong is told by both.
	clock.to(32 * time.Minute)
	if err := one.db.Record(t.Context(), audit.Entry{By: audit.Person("ada"), Action: "audit.verify", Subject: "audit",
		Became: audit.Values{"rows": 7, "head": "7-x", "problems": 1, "found": []audit.Problem{{Seq: 3, Why: "the row was changed"}}}}); err != nil {
		t.Fatal(err)
	}
	for _, base := range []string{first, second} {
		if p := page(base); !strings.Contains(p, "n° 3") || !strings.Contains(p, "the row was changed") {
			t.Errorf("a server does not tell what was found: %s", p)
		}
	}
}
