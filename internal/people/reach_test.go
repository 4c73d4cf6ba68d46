package people_test

import (
	"context"
	"testing"

	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/realdata"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
)

// Scopes on real territories: Rostrenen (22266) is the pole of a basin in Côtes-d'Armor.
func TestCovers(t *testing.T) {
	s := realdata.Snapshot(t)
	ctx := snapshot.WithContext(t.Context(), s)
	r := people.Reach{
		Resolve: func(_ context.Context, f *territory.France, expr string) (*territory.Territory, error) {
			return f.Resolve(expr, nil)
		},
		ActsIn: func(_ context.Context, id string) ([]territory.ID, error) {
			return map[string][]territory.ID{
				"here": {{Level: territory.Commune, Code: "22266"}},
				"both": {{Level: territory.Commune, Code: "22266"}, {Level: territory.Commune, Code: "2A004"}},
			}[id], nil
		},
	}
	at := func(s string) people.Scope {
		scope, err := people.ParseScope(s)
		if err != nil {
			t.Fatal(err)
		}
		return scope
	}
	for _, c := range []struct {
		outer, inner string
		want         bool
	}{
		{"bv:22266", "commune:22266", true},
		{"commune:22266", "bv:22266", false},
		{"dep:22", "bv:22113", true},
		{"dep:22", "bv:22266", false}, // it crosses the border of the département
		{"reg:53", "dep:22", true},
		{"pays:FR", "commune:97411", true},
		{"dep:22", "commune:2A004", false},
		{"bv:22266", "", false},
		{"dep:22", "organisation:here", true},
		{"dep:22", "organisation:both", false},
		{"pays:FR", "organisation:both", true},
		{"dep:22", "organisation:nobody", false},
		{"organisation:here", "commune:22266", false},
		{"dep:99", "commune:22266", false},
		{"dep:22", "commune:99999", false},
		{"set:0000000000", "commune:22266", false},
	} {
		got, err := r.Covers(ctx, at(c.outer), at(c.inner))
		if err != nil && fault.CodeOf(err) != fault.NotFound || got != c.want {
			t.Errorf("%q covers %q: %v, %v, want %v", c.outer, c.inner, got, err, c.want)
		}
	}
	// Of all basins of a région that cross its border, none is covered by it.
	region := s.France.Level(territory.Region)[10]
	for _, bv := range s.France.Level(territory.BassinDeVie) {
		all := true
		for _, n := range bv.Communes() {
			all = all && s.France.One(n, territory.Region) == region
		}
		got, err := r.Covers(ctx, people.Over(region.ID), people.Over(bv.ID))
		if err != nil || got != all {
			t.Errorf("%s covers %s: %v, %v, want %v", region.ID, bv.ID, got, err, all)
		}
	}
}
