package atlas_test

import (
	"context"
	"testing"
	"time"

	"bassin/internal/atlas"
	"bassin/internal/fault"
	"bassin/internal/territory"
)

type kept map[string]atlas.Perimeter

func (k kept) Perimeter(_ context.Context, code string) (atlas.Perimeter, error) {
	p, ok := k[code]
	if !ok {
		return p, fault.New(fault.NotFound, "territory.not_found", "set:"+code)
	}
	return p, nil
}

func (k kept) SavePerimeter(_ context.Context, p atlas.Perimeter) error {
	if _, ok := k[p.Code]; !ok {
		k[p.Code] = p
	}
	return nil
}

func TestKeepAndResolve(t *testing.T) {
	f, store := country(t), kept{}
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := &atlas.Service{Store: store, Now: func() time.Time { return now }}

	set, err := s.Keep(t.Context(), f, "22002,22001,29001")
	if err != nil || set.Level != territory.Custom {
		t.Fatalf("Keep: %v, %v", set, err)
	}
	if p := store[set.Code]; !p.CreatedAt.Equal(now) || p.Vintage != 2026 || len(p.Communes) != 3 {
		t.Errorf("kept %+v", p)
	}
	for _, expr := range []string{set.Code, "set:" + set.Code, "29001,22001,22002"} {
		again, err := s.Resolve(t.Context(), f, expr)
		if err != nil || again.ID != set.ID {
			t.Errorf("Resolve(%q) = %v, %v, want %s", expr, again, err, set.ID)
		}
	}
	if one, err := s.Keep(t.Context(), f, "bv:22002"); err != nil || one.Level != territory.BassinDeVie || len(store) != 1 {
		t.Errorf("a published territory is kept as %v, %v, %d sets", one, err, len(store))
	}
	for expr, want := range map[string]fault.Code{"zzzzzzzzzz": fault.NotFound, "set:x": fault.NotFound, "": fault.Invalid, "22001~22001": fault.Invalid} {
		if _, err := s.Keep(t.Context(), f, expr); fault.CodeOf(err) != want {
			t.Errorf("Keep(%q): %v, want %s", expr, err, want)
		}
	}
}
