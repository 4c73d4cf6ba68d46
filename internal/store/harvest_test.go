package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/commons"
	"bassin/internal/commons/commonstest"
	"bassin/internal/territory"
)

func TestRulesOfHarvest(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			commonstest.RunHarvest(t, func(t *testing.T) commonstest.HarvestStore { return migrated(t, d.dsn(t)) })
		})
	}
}

func oldSourcesRead(t *testing.T, db *DB) {
	t.Helper()
	day := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	want := commons.Source{
		ID: "h000000000000001", Kind: commons.OfData, Address: "https://données.example/catalog.ttl", Title: "Données « ouvertes »", Home: territory.ID{Level: territory.BassinDeVie, Code: "22266"}, Rhythm: commons.Weekly,
		Licence: "etalab-2.0", State: commons.SourcePaused, Validator: `"é"`, Cursor: "https://données.example/catalog.ttl?page=2", RunAt: day.Add(250 * time.Millisecond), Due: day.Add(16*time.Hour + 20*time.Minute),
		Failures: 2, Version: 3, CreatedAt: day, Report: commons.Report{Began: day.Add(250 * time.Millisecond), Full: true, Pages: 1, Bytes: 42, Counts: map[commons.What]int{commons.Came: 1},
			Lines: []commons.Item{{What: commons.Came, Record: "https://données.example/1"}}},
	}
	got, err := db.Source(t.Context(), want.ID)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("the old source (-want +got), %v:\n%s", err, diff)
	}
	said, err := db.Harvested(t.Context(), []string{"sill:1"})
	if s := said["sill:1"]; err != nil || len(s) != 1 || !s[0].Gone || s[0].Sheet.Get("title") != "Arbres" || s[0].Licence != "etalab-2.0" {
		t.Errorf("the old record: %+v, %v", said, err)
	}
}

// fillHarvest leaves rows in the tables of what is harvested.
func fillHarvest(t *testing.T, db *DB, hard string) {
	t.Helper()
	err := db.ChangeHarvest(t.Context(), func(tx commons.HarvestTx) error {
		now := tx.Now()
		src := commons.Source{ID: tx.NewID(), Kind: commons.OfData, Address: "https://é.example", Title: hard, Rhythm: commons.Daily, State: commons.SourceOn, Due: now, CreatedAt: now}
		if err := tx.PutSource(src); err != nil {
			return err
		}
		return tx.PutRecords(commons.Record{Source: src.ID, Name: hard, Entry: "e", Kind: commons.Data, Sheet: commons.Sheet{"title": {hard}}, FirstSeen: now, ChangedAt: now, LastSeen: now})
	})
	if err != nil {
		t.Fatal(err)
	}
}
