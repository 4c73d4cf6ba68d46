package api

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"bassin/internal/observatory"
	"bassin/internal/realdata"
	"bassin/internal/territory"
)

// Twins come nearest first, never the territory itself nor what was left out, and
// each trait is told once, on the side where its gap lies.
func TestTwins(t *testing.T) {
	_, h := open(t)
	s := realdata.Snapshot(t)
	basin, _ := s.France.Territory(territory.ID{Level: territory.BassinDeVie, Code: "22113"})
	touching := map[string]bool{}
	for _, n := range s.Neighbours(basin) {
		for _, u := range s.France.Of(n, territory.BassinDeVie) {
			touching[u.ID.String()] = true
		}
	}
	for _, target := range []string{
		"/territories/bv:22113/twins", "/territories/bv:22113/twins?limit=50&skipNeighbours=true",
		"/territories/bv:22113/twins?limit=50&skipDepartement=true", "/territories/22113,22278/twins?limit=3", "/territories/dep:22/twins?lang=en",
	} {
		got := ask[Twins](t, h, target)
		if got.Total == 0 || got.Total != len(got.Items) || got.Quality == nil {
			t.Errorf("%s: %d twins of %d, quality %v", target, len(got.Items), got.Total, got.Quality)
		}
		last := 0.0
		for _, w := range got.Items {
			if w.Distance < last || w.Level != got.Level || w.ID == "bv:22113" || w.ID == "dep:22" {
				t.Errorf("%s: %s at %v after %v", target, w.ID, w.Distance, last)
			}
			last = w.Distance
			if strings.Contains(target, "skipNeighbours") && touching[w.ID] {
				t.Errorf("%s: %s touches it", target, w.ID)
			}
			id, _ := territory.ParseID(w.ID)
			u, _ := s.France.Territory(id)
			if strings.Contains(target, "skipDepartement") && touches(s.France, u, "22") {
				t.Errorf("%s: %s has a commune in the same département", target, w.ID)
			}
			seen := map[string]bool{}
			for _, x := range slices.Concat(w.Alike, w.Differ) {
				if seen[x.Trait] || x.Name == "" || x.Unit == "" || strings.Contains(x.Name, "⟦") {
					t.Errorf("%s, %s: %+v", target, w.ID, x)
				}
				seen[x.Trait] = true
			}
			for _, x := range w.Alike {
				if x.Apart >= observatory.Apart || x.Apart <= -observatory.Apart {
					t.Errorf("%s: %s is said alike at %v", w.ID, x.Trait, x.Apart)
				}
			}
		}
	}
	rows, err := csv.NewReader(get(t, h, "/territories/bv:22113/twins?format=csv").Body).ReadAll()
	if err != nil || len(rows) != 11 || rows[0][len(rows[0])-3] != "distance" {
		t.Errorf("%v, %d rows", err, len(rows))
	}
}
