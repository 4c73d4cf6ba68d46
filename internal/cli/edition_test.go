package cli

import (
	"testing"
	"time"

	"bassin/internal/audit"
	"bassin/internal/people"
)

func TestKeptPagesFollowWhatChangesInPublic(t *testing.T) {
	s := open(t, nil)
	before := s.edition.n.Load()
	step := func(what string, want int64, f func() error) {
		t.Helper()
		if err := f(); err != nil {
			t.Fatal(err)
		}
		if err := s.edition.refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := s.edition.n.Load() - before; got != want {
			t.Errorf("%s: %d editions, want %d", what, got, want)
		}
	}
	step("a setting", 0, func() error {
		return s.db.Record(t.Context(), audit.Entry{By: audit.System, Action: "setting.update", Subject: "setting:x"})
	})
	m := &people.Mandates{Store: s.db, Now: time.Now, Zone: time.UTC}
	if err := s.db.ChangePeople(t.Context(), "add", func(tx people.Tx) error {
		return tx.AddPerson(people.Person{ID: "ada", Name: "Ada", Email: "ada@example.fr", Lang: "fr", State: people.Active, CreatedAt: time.Now()})
	}); err != nil {
		t.Fatal(err)
	}
	step("a mandate", 1, func() error {
		_, err := m.GiveAs(t.Context(), audit.System, "", people.Grant{Person: "ada", Role: people.Coordinator, Scope: people.Everywhere})
		return err
	})
	step("nothing more", 1, func() error { return nil })
	step("many at once", 1+1200, func() error {
		entries := make([]audit.Entry, 1200)
		for i := range entries {
			entries[i] = audit.Entry{By: audit.System, Action: "organisation.create", Subject: "organisation:x"}
		}
		return s.db.Record(t.Context(), entries...)
	})
}
