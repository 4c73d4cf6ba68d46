package store

import (
	"testing"

	"bassin/internal/audit"
	"bassin/internal/people"
	"bassin/internal/people/peopletest"
	"bassin/internal/territory"
)

func TestOrganisationContract(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			peopletest.RunOrganisations(t, func(t *testing.T) peopletest.Organisations { return migrated(t, d.dsn(t)) })
		})
	}
}

// Whatever column can name an organisation is one that a merge moves.
func TestMergesMoveEveryReference(t *testing.T) {
	onEach(t, func(t *testing.T, dsn string) {
		db := migrated(t, dsn)
		for _, r := range referring {
			err := db.change(t.Context(), "try", func(tx *tx) error {
				_, err := tx.refer(audit.System, r.table, "a", "b", []string{"x"})
				return err
			})
			if err != nil {
				t.Errorf("%s: %v", r.table, err)
			}
		}
	})
}

func TestAttachmentsFollowAMerge(t *testing.T) {
	onEach(t, func(t *testing.T, dsn string) {
		db := migrated(t, dsn)
		a, err := db.CreateOrganisation(t.Context(), audit.System, people.Organisation{Kind: people.KindAssociation, Name: "A", State: people.OrganisationActive})
		if err != nil {
			t.Fatal(err)
		}
		b, err := db.CreateOrganisation(t.Context(), audit.System, people.Organisation{Kind: people.KindAssociation, Name: "B", State: people.OrganisationActive})
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range []string{
			`INSERT INTO blob (sha256, size, used_at, going_at) VALUES ('00', 1, '2026-11-26 09:00:00+00:00', NULL)`,
			`INSERT INTO attachment (id, subject, name, alt, type, sha256, small, width, height, public, giver, given_at, version)
				VALUES ('x', 'organisation:` + b.ID + `', 'n', '', 'text/plain', '00', NULL, 0, 0, 1, '', '2026-11-26 09:00:00+00:00', 1)`,
		} {
			if _, err := db.write.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
		subject := func(want people.Organisation) {
			t.Helper()
			var got string
			if err := db.read.QueryRowContext(t.Context(), `SELECT subject FROM attachment WHERE id = 'x'`).Scan(&got); err != nil || got != people.OrganisationSubject(want.ID) {
				t.Errorf("the attachment belongs to %s, %v, want %s", got, err, want.ID)
			}
		}
		m, err := db.MergeOrganisations(t.Context(), audit.System, people.MergeOf{Kept: a.ID, Merged: b.ID, KeptVersion: 1, MergedVersion: 1},
			func(kept, _ people.Organisation) (people.Organisation, error) { return kept, nil })
		if err != nil {
			t.Fatal(err)
		}
		subject(a)
		if _, err := db.UndoMerge(t.Context(), audit.System, m.ID); err != nil {
			t.Fatal(err)
		}
		subject(b)
	})
}

// fillOrganisations leaves rows in every table of organisations.
func fillOrganisations(t *testing.T, db *DB, hard string) {
	t.Helper()
	var made [3]people.Organisation
	for i := range made {
		var err error
		made[i], err = db.CreateOrganisation(t.Context(), audit.System, people.Organisation{
			Kind: people.KindAssociation, Name: hard, State: people.OrganisationActive, Territories: []territory.ID{{Level: territory.Pays, Code: "FR"}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := db.SetApart(t.Context(), audit.System, made[0].ID, made[1].ID); err != nil {
		t.Fatal(err)
	}
	_, err := db.MergeOrganisations(t.Context(), audit.System, people.MergeOf{Kept: made[0].ID, Merged: made[2].ID, KeptVersion: 1, MergedVersion: 1},
		func(kept, _ people.Organisation) (people.Organisation, error) { kept.Name = "x"; return kept, nil })
	if err != nil {
		t.Fatal(err)
	}
}
