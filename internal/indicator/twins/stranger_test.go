package twins_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bassin/internal/indicator/twins"
)

// A unit that hides who it is finds itself, then the twins it has.
func TestStrangerIsTheUnitOfItsValues(t *testing.T) {
	traits := crowd(5, 300, 6, 2, 0.2)
	for u := range traits[5].Values { // a percentile scale: most have none
		traits[5].Values[u] = max(0, traits[5].Values[u]-1)
	}
	for u, v := range traits[4].Values {
		traits[4].Values[u] = math.Exp(v)
	}
	traits[4].Transform = twins.Log
	s := make1(t, traits, twins.Options{Clip: 3, Shared: 0.6})
	for u := range s.Units() {
		var raw []float64
		for _, trait := range traits {
			raw = append(raw, trait.Values[u])
		}
		r, err := s.Stranger(raw)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(s.Scaled(u), r.Scaled(), cmpopts.EquateNaNs()); d != "" {
			t.Fatal(u, d)
		}
		if d := cmp.Diff(s.Nearest(u, 7, nil), r.Nearest(7, func(o int) bool { return o == u })); d != "" {
			t.Fatal(u, d)
		}
		near := s.Nearest(u, 1, nil)
		if len(near) == 1 && cmp.Diff(s.Explain(u, near[0].Unit), r.Explain(near[0].Unit)) != "" {
			t.Error(u, "is explained otherwise")
		}
		if own := r.Nearest(1, nil); len(own) == 1 && own[0].Distance != 0 {
			t.Error(u, "is not the nearest to itself:", own)
		}
	}
}

// Beyond all the known values the place is the last one.
func TestStrangerBeyond(t *testing.T) {
	s := make1(t, []twins.Trait{{Key: "a", Values: []float64{0, 0, 0, 5, 9}}}, twins.Options{})
	for v, want := range map[float64]float64{-7: -0.5, 0: -0.25, 2: 0.125, 5: 0.25, 9: 0.5, 50: 0.5} {
		r, err := s.Stranger([]float64{v})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "place", r.Scaled()[0], want*math.Sqrt(12), 1e-12)
	}
}

func TestStrangerRefuses(t *testing.T) {
	s := make1(t, []twins.Trait{{Key: "a", Values: []float64{1, 2, 4}, Transform: twins.Log}, {Key: "b", Values: []float64{1, 2, 4}}}, twins.Options{})
	for want, values := range map[string][]float64{
		"twins.length at values": {1}, "twins.log at values": {0, 1}, "twins.infinite at values": {1, math.Inf(1)},
	} {
		if _, err := s.Stranger(values); keyOf(err) != want {
			t.Errorf("got %s, want %s", keyOf(err), want)
		}
	}
}
