package store

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bassin/internal/audit"
	"bassin/internal/people"
	"bassin/internal/pgtest"
)

// Whatever is searched for is a text, on both databases: no error, nothing that the
// whole list lacks, and signs that patterns read stand for themselves.
func FuzzSearch(f *testing.F) {
	for _, s := range []string{"", "ada", "%", "_", "a_a", `\`, "!", "!%", "'", "' OR '1'='1", "'; DROP TABLE person; --", `"`, "$1", "$$", "?", "\x00", "a\x00", "\xff", "é", "É", "e\u0301", "🏳️‍🌈", "ı", "İ", "ß", strings.Repeat("%a", 2000), "123456789", "W123456789", "2026-13-45", "-1"} {
		f.Add(s)
	}
	names := []string{"Ada", "A_a", "100 %", "L'Œil", `C:\`, "Wow!", "été"}
	var dbs []*DB
	for _, dsn := range []string{"sqlite:" + filepath.Join(f.TempDir(), "bassin.db"), pgtest.DSN(f)} {
		db, err := Open(f.Context(), dsn)
		if err != nil {
			f.Fatal(err)
		}
		f.Cleanup(func() {
			if err := db.Close(); err != nil {
				f.Error(err)
			}
		})
		if err := db.Migrate(f.Context()); err != nil {
			f.Fatal(err)
		}
		for i, name := range names {
			p := people.Person{ID: string(rune('a' + i)), Name: name, Email: string(rune('a'+i)) + "@example.fr", Lang: "fr", State: people.Active, CreatedAt: time.Now()}
			if err := db.ChangePeople(f.Context(), "fill", func(tx people.Tx) error {
				tx.Record(audit.Entry{By: audit.System, Action: "fill", Subject: p.Subject()})
				return tx.AddPerson(p)
			}); err != nil {
				f.Fatal(err)
			}
			if _, err := db.CreateOrganisation(f.Context(), audit.System, people.Organisation{Kind: people.KindOther, Name: name, State: people.OrganisationActive}); err != nil {
				f.Fatal(err)
			}
		}
		dbs = append(dbs, db)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var counts [2][4]int
		for i, db := range dbs {
			ctx := t.Context()
			found, err := db.People(ctx, people.PeopleQuery{Text: s, On: "2026-01-01"})
			if err != nil {
				t.Errorf("people: %v", err)
			}
			if strings.ContainsAny(s, "%_!\\") {
				for _, p := range found {
					if !strings.Contains(folded(p.Name), folded(s)) && !strings.Contains(people.EmailKey(p.Email), people.EmailKey(s)) && textual(s) {
						t.Errorf("people: %q is found by %q", p.Name, s)
					}
				}
			}
			role, err := db.People(ctx, people.PeopleQuery{State: people.PersonState(s), Role: people.Role(s), On: people.Date(s), After: s})
			if err != nil || s != "" && len(role) > 0 {
				t.Errorf("people by what no one is: %d, %v", len(role), err)
			}
			bodies, n, err := db.Organisations(ctx, people.OrganisationFilter{Query: s})
			if err != nil || n > len(names) || len(bodies) != n {
				t.Errorf("organisations: %d of %d, %v", len(bodies), n, err)
			}
			if _, _, err := db.Organisations(ctx, people.OrganisationFilter{Kind: people.OrganisationKind(s), SIREN: s, RNA: s, Communes: []string{s}, IDs: []string{s}, State: people.OrganisationState(s)}); err != nil {
				t.Errorf("organisations by what none is: %v", err)
			}
			rows, err := db.Find(ctx, audit.Filter{By: audit.Actor(s), Action: s, Subject: s})
			if err != nil || s != "" && len(rows) > 0 {
				t.Errorf("record: %d, %v", len(rows), err)
			}
			if _, _, err := db.Mandates(ctx, people.MandateQuery{Role: people.Role(s), Held: "now", On: people.Date(s), EndsBy: people.Date(s), Scopes: []people.Scope{{Organisation: s}}}); err != nil {
				t.Errorf("mandates: %v", err)
			}
			if _, err := db.Names(ctx, []string{s}); err != nil {
				t.Errorf("names: %v", err)
			}
			counts[i] = [4]int{len(found), n, len(rows), len(role)}
		}
		if counts[0] != counts[1] {
			t.Errorf("%q finds %v on SQLite and %v on PostgreSQL", s, counts[0], counts[1])
		}
	})
}
