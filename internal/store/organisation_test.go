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
