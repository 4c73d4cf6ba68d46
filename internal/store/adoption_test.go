package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/audit"
	"bassin/internal/commons"
	"bassin/internal/commons/commonstest"
	"bassin/internal/people"
)

func TestAdoptionContract(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			commonstest.RunAdoptions(t, func(t *testing.T) commonstest.AdoptionStore { return migrated(t, d.dsn(t)) })
		})
	}
}

func oldAdoptionRead(t *testing.T, db *DB) {
	t.Helper()
	day := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	want := commons.Adoption{ID: "a000000000000001", Entry: "sill:1", Organisation: "00112233445566aa", Since: "2024-05", Version: "3.1", Use: "Le courrier", Served: 300, Cost: "under_5000",
		Effort: "days_month", Good: "Simple", Contact: "Direction", DeclaredBy: "ada", VerifiedBy: "eve", VerifiedOn: "2026-11-26", Until: "2027-11-26", Row: 2,
		CreatedAt: day.Add(250 * time.Millisecond), UpdatedAt: day.Add(5 * time.Minute)}
	got, err := db.Adoption(t.Context(), want.ID)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("the old adoption (-want +got), %v:\n%s", err, diff)
	}
}

// fillAdoptions leaves rows in the table of adoptions.
func fillAdoptions(t *testing.T, db *DB, hard string) {
	t.Helper()
	err := db.ChangeAdoptions(t.Context(), func(tx commons.AdoptionTx) error {
		a := commons.Adoption{ID: tx.NewID(), Entry: "e", Organisation: "o", Use: hard, Served: -1, DeclaredBy: "eve", VerifiedBy: "eve", VerifiedOn: "2026-01-01", Until: "2027-01-01", CreatedAt: tx.Now(), UpdatedAt: tx.Now()}
		tx.Record(audit.Entry{By: audit.System, Action: "fill", Subject: commons.AdoptionSubject(a)})
		return tx.PutAdoption(a)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What an organisation uses stays, verified as it was, when who said so is erased.
func TestErasingWhoDeclaredLeavesTheUse(t *testing.T) {
	onEach(t, func(t *testing.T, dsn string) {
		db := migrated(t, dsn)
		fillAdoptions(t, db, "Courrier")
		if err := db.Erase(t.Context(), audit.System, "eve"); err != nil {
			t.Fatal(err)
		}
		got, err := db.Adoptions(t.Context(), commons.AdoptionFilter{})
		if err != nil || len(got) != 1 || got[0].DeclaredBy != "" || got[0].VerifiedBy != "" || got[0].Use != "Courrier" || got[0].State("2026-12-01") != commons.Verified {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// The record of a move begins by the entry, whose place in a search it changes.
func TestAdoptionsFollowAMerge(t *testing.T) {
	onEach(t, func(t *testing.T, dsn string) {
		db := migrated(t, dsn)
		var bodies [2]people.Organisation
		for i := range bodies {
			var err error
			if bodies[i], err = db.CreateOrganisation(t.Context(), audit.System, people.Organisation{Kind: people.KindAssociation, Name: "A", State: people.OrganisationActive}); err != nil {
				t.Fatal(err)
			}
		}
		// Both use the same: the merge leaves two, of which readers take the best.
		err := db.ChangeAdoptions(t.Context(), func(tx commons.AdoptionTx) error {
			for i, o := range bodies {
				a := commons.Adoption{ID: string("xy"[i]), Entry: "e", Organisation: o.ID, CreatedAt: tx.Now(), UpdatedAt: tx.Now()}
				if err := tx.PutAdoption(a); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		of := func(want ...string) {
			t.Helper()
			got, err := db.Adoptions(t.Context(), commons.AdoptionFilter{})
			if err != nil || len(got) != 2 || got[0].Organisation != want[0] || got[1].Organisation != want[1] {
				t.Errorf("%+v, %v, want %v", got, err, want)
			}
		}
		m, err := db.MergeOrganisations(t.Context(), audit.System, people.MergeOf{Kept: bodies[0].ID, Merged: bodies[1].ID, KeptVersion: 1, MergedVersion: 1},
			func(kept, _ people.Organisation) (people.Organisation, error) { return kept, nil })
		if err != nil {
			t.Fatal(err)
		}
		of(bodies[0].ID, bodies[0].ID)
		moved := false
		rows, err := db.After(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			moved = moved || r.Action == "adoption.move" && r.Subject == "adoption:e/y"
		}
		if !moved {
			t.Errorf("no row of the record tells of the move: %+v", rows)
		}
		if _, err := db.UndoMerge(t.Context(), audit.System, m.ID); err != nil {
			t.Fatal(err)
		}
		of(bodies[0].ID, bodies[1].ID)
	})
}
