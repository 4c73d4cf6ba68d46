package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/audit"
	"bassin/internal/commons"
	"bassin/internal/commons/commonstest"
	"bassin/internal/people"
	"bassin/internal/territory"
)

func TestEntryContract(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			commonstest.Run(t, func(t *testing.T) commonstest.Store { return migrated(t, d.dsn(t)) })
		})
	}
}

func TestRulesOfTheLibrary(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			commonstest.RunLibrary(t, func(t *testing.T) commonstest.Store { return migrated(t, d.dsn(t)) })
		})
	}
}

func oldEntriesRead(t *testing.T, db *DB) {
	t.Helper()
	day := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	home := territory.ID{Level: territory.BassinDeVie, Code: "22266"}
	sheet := commons.Sheet{"title": {"Café « numérique »"}, "themes": {"health", "inclusion"}, "licence": {}}
	want := commons.Entry{
		ID: "e000000000000001", Kind: commons.Experiment, State: commons.Retired, Home: home, Own: sheet, Revision: 1, Author: "ada",
		Successor: "e2", Reason: "Une autre fiche dit mieux.", Version: 3, CreatedAt: day.Add(250 * time.Millisecond), UpdatedAt: day.Add(5 * time.Minute),
	}
	got, err := db.Entry(t.Context(), want.ID)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("the old entry (-want +got), %v:\n%s", err, diff)
	}
	if m, err := db.MergedInto(t.Context(), []string{"sill:1"}); err != nil || len(m["sill:1"]) != 1 || m["sill:1"][0].ID != "e000000000000002" {
		t.Errorf("the old merge: %v, %v", m, err)
	}
	first := commons.Revision{
		ID: "r000000000000001", Entry: want.ID, Kind: want.Kind, Home: home, Number: 1, Sheet: sheet, Note: "Première fiche", Author: "ada", State: commons.Accepted,
		Reviewer: "eve", CreatedAt: want.CreatedAt, UpdatedAt: want.UpdatedAt, DecidedAt: want.UpdatedAt, Version: 2,
	}
	r, err := db.RevisionOf(t.Context(), want.ID, 1)
	if diff := cmp.Diff(first, r); diff != "" || err != nil {
		t.Errorf("the old publication (-want +got), %v:\n%s", err, diff)
	}
	if list, total, err := db.Revisions(t.Context(), commons.RevisionFilter{Author: "ada"}); err != nil || total != 2 || list[0].State != commons.Draft || !list[0].DecidedAt.IsZero() {
		t.Errorf("the old draft: %+v, %d, %v", list, total, err)
	}
}

func oldJoinRead(t *testing.T, db *DB) {
	t.Helper()
	want := []commons.Join{{Need: "e000000000000001", Party: people.Over(territory.ID{Level: territory.BassinDeVie, Code: "22266"}), By: "ada", Comment: "Nous aussi.", At: time.Date(2026, 11, 26, 9, 0, 0, 250_000_000, time.UTC)}}
	got, err := db.Joins(t.Context(), []string{"e000000000000001"})
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("the old join (-want +got), %v:\n%s", err, diff)
	}
}

func TestJoinContract(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			commonstest.RunJoins(t, func(t *testing.T) commonstest.JoinStore { return migrated(t, d.dsn(t)) })
		})
	}
}

// fillEntries leaves rows in every table of the library.
func fillEntries(t *testing.T, db *DB, hard string) {
	t.Helper()
	err := db.ChangeEntries(t.Context(), func(tx commons.EntryTx) error {
		now := tx.Now()
		e := commons.Entry{ID: tx.NewID(), Kind: commons.Need, State: commons.Retired, Own: commons.Sheet{"title": {hard}, "summary": {}}, Revision: 1, Author: "eve", Reason: hard, CreatedAt: now, UpdatedAt: now}
		if err := tx.PutEntry(e); err != nil {
			return err
		}
		for i, state := range commons.RevisionStates {
			r := commons.Revision{ID: tx.NewID(), Entry: e.ID, Kind: e.Kind, Sheet: e.Own, Note: hard, Author: "eve", State: state, CreatedAt: now, UpdatedAt: now}
			if state == commons.Accepted {
				r.Number, r.DecidedAt = i, now
			}
			if err := tx.PutRevision(r); err != nil {
				return err
			}
		}
		tx.Record(audit.Entry{By: audit.System, Action: "fill", Subject: commons.EntrySubject(e.ID)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.AddJoin(t.Context(), audit.System, commons.Join{Need: "e1", Party: people.In("o1"), By: "eve", Comment: hard}); err != nil {
		t.Fatal(err)
	}
}

// What somebody published stays when they are erased; that it was theirs goes, and
// what they did not publish with it.
func TestErasingAnAuthorLeavesWhatWasPublished(t *testing.T) {
	onEach(t, func(t *testing.T, dsn string) {
		db := migrated(t, dsn)
		fillEntries(t, db, "Titre")
		err := db.ChangeEntries(t.Context(), func(tx commons.EntryTx) error {
			return tx.PutRevision(commons.Revision{ID: "r", Entry: "other", Kind: commons.Need, Number: 1, Sheet: commons.Sheet{}, Note: "Celle de bob", Author: "bob", Reviewer: "eve", State: commons.Accepted, CreatedAt: tx.Now(), UpdatedAt: tx.Now()})
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Erase(t.Context(), audit.System, "eve"); err != nil {
			t.Fatal(err)
		}
		entries, err := db.Entries(t.Context(), commons.EntryFilter{})
		if err != nil || len(entries) != 1 || entries[0].Author != "" || entries[0].Own.Get("title") != "Titre" || entries[0].Version != 2 {
			t.Errorf("the entry: %+v, %v", entries, err)
		}
		left, total, err := db.Revisions(t.Context(), commons.RevisionFilter{})
		if err != nil || total != 2 {
			t.Fatalf("%d revisions are left, %v", total, err)
		}
		for _, r := range left {
			bobs := r.ID == "r"
			if r.State != commons.Accepted || r.Reviewer != "" || (r.Author == "bob") != bobs || (r.Note == "") == bobs || r.Version != 2 {
				t.Errorf("left: %+v", r)
			}
		}
	})
}
