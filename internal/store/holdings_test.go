package store

import (
	"slices"
	"strings"
	"testing"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/personal"
)

// Whoever adds a table says what it keeps of people, in words that are published.
func TestEveryTableSaysWhatItKeepsOfPeople(t *testing.T) {
	catalog, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		at := slices.IndexFunc(holdings, func(h holding) bool { return h.table == table.name })
		if _, ok := impersonal[table.name]; ok == (at >= 0) {
			t.Errorf("%s must be in holdings or in impersonal, and in one of them", table.name)
		}
	}
	for _, lang := range catalog.Langs() {
		l := catalog.Localizer(lang)
		for _, h := range holdings {
			keys := []string{"name", "why", "basis", "readers", "kept"}
			for _, c := range h.columns {
				keys = append(keys, "column."+c)
			}
			for _, k := range keys {
				key := "personal.table." + h.table + "." + k
				if common := "personal." + k; strings.HasPrefix(k, "column.") && l.Has(common) {
					continue
				}
				if !l.Has(key) {
					t.Errorf("%s: the catalogue lacks %s", lang, key)
				}
			}
		}
	}
}

func TestDataOfAPersonAndNobodyElses(t *testing.T) {
	onEach(t, func(t *testing.T, dsn string) {
		db := migrated(t, dsn)
		day := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
		for _, id := range []string{"ada", "bob"} {
			err := db.ChangePeople(t.Context(), "fill", func(tx people.Tx) error {
				p := people.Person{ID: id, Name: "Name of " + id, Email: id + "@example.fr", Lang: "fr", State: people.Active, CreatedAt: day}
				if err := tx.AddPerson(p); err != nil {
					return err
				}
				tx.Record(audit.Entry{By: audit.Person(id), Action: "person.join", Subject: p.Subject(), Became: p.Recorded()})
				if err := tx.PutCredential(people.Credential{ID: "c" + id, Person: id, Kind: people.Password, Label: "Label of " + id, Data: "hash-of-" + id, CreatedAt: day}); err != nil {
					return err
				}
				return tx.AddMandate(people.Mandate{ID: "m" + id, Person: id, Role: people.Mediator, From: "2026-01-01", Act: "Act of " + id, CreatedAt: day})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		text := func(person string) string {
			t.Helper()
			parts, err := db.DataOf(t.Context(), person)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for _, p := range parts {
				for _, row := range p.Values {
					for _, v := range row {
						switch v := v.(type) {
						case string:
							b.WriteString(v + "\n")
						case nil, int64, time.Time:
						default:
							t.Errorf("%s: a %T", p.Table, v)
						}
					}
				}
			}
			return b.String()
		}
		got := text("ada")
		for _, want := range []string{"Name of ada", "ada@example.fr", "Label of ada", "Act of ada", "person.join"} {
			if !strings.Contains(got, want) {
				t.Errorf("%q is missing from what is told", want)
			}
		}
		if strings.Contains(got, "bob") || strings.Contains(got, "hash-of-ada") {
			t.Errorf("too much is told: %s", got)
		}
		s := &personal.Service{Store: db, Now: time.Now, Zone: time.UTC}
		if err := s.Erase(t.Context(), audit.Person("ada"), "ada"); err != nil {
			t.Fatal(err)
		}
		left := text("ada")
		for _, gone := range []string{"Name of ada", "ada@example.fr", "Label of ada"} {
			if strings.Contains(left, gone) {
				t.Errorf("%q is left after erasing", gone)
			}
		}
		if err := s.Erase(t.Context(), audit.Person("ada"), "ada"); fault.CodeOf(err) != fault.Gone {
			t.Errorf("erasing twice: %v", err)
		}
		if !strings.Contains(text("bob"), "bob@example.fr") {
			t.Error("somebody else was erased too")
		}
		// The last administrator stays.
		if err := db.ChangePeople(t.Context(), "fill", func(tx people.Tx) error {
			return tx.AddMandate(people.Mandate{ID: "admin", Person: "bob", Role: people.Administrator, From: "2026-01-01", CreatedAt: day})
		}); err != nil {
			t.Fatal(err)
		}
		if err := s.Erase(t.Context(), audit.Person("bob"), "bob"); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("erasing the last administrator: %v", err)
		}
		h, err := db.Holdings(t.Context())
		if err != nil || h[0].Table != "person" || h[0].Rows != 2 {
			t.Errorf("%+v, %v", h, err)
		}
	})
}
