package twins_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"

	"bassin/internal/fault"
	"bassin/internal/indicator/twins"
)

var nan = math.NaN()

func keyOf(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Key + " at " + f.Field
	}
	return fmt.Sprint(err)
}

func make1(t *testing.T, traits []twins.Trait, o twins.Options) *twins.Space {
	t.Helper()
	s, err := twins.New(traits, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// brute is the nearest by the words of the documentation: every pair, every trait.
func brute(s *twins.Space, traits []twins.Trait, shared float64, unit, k int, skip func(i, j int) bool) []twins.Twin {
	whole := 0.0
	weight := make([]float64, len(traits))
	for i, t := range traits {
		weight[i] = t.Weight
		if t.Weight == 0 {
			weight[i] = 1
		}
		whole += weight[i]
	}
	type pair struct {
		unit   int
		square float64
	}
	var all []pair
	a := s.Scaled(unit)
	for u := range s.Units() {
		if u == unit || skip != nil && skip(unit, u) {
			continue
		}
		b := s.Scaled(u)
		sum, known := 0.0, 0.0
		for i := range a {
			if !math.IsNaN(a[i]) && !math.IsNaN(b[i]) {
				d := a[i] - b[i]
				square := float64(d * d)
				sum += float64(weight[i] * square)
				known += weight[i]
			}
		}
		if known > 0 && known/whole >= shared-1e-9 {
			all = append(all, pair{u, sum / known})
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].square < all[j].square })
	var out []twins.Twin
	for _, p := range all[:min(k, len(all))] {
		out = append(out, twins.Twin{Unit: p.unit, Distance: math.Sqrt(p.square)})
	}
	return out
}

func same(a, b []twins.Twin) bool { return slices.Equal(a, b) }

func TestNearestIsExact(t *testing.T) {
	scattered := func(share float64) func(*rand.Rand, []twins.Trait) {
		return func(rnd *rand.Rand, traits []twins.Trait) {
			for _, tr := range traits {
				for u := range tr.Values {
					if rnd.Float64() < share {
						tr.Values[u] = nan
					}
				}
			}
		}
	}
	for _, c := range []struct {
		name          string
		units, traits int
		factors       int
		lacking       float64
		k             int
		clip, shared  float64
		change        func(*rand.Rand, []twins.Trait)
		skip          func(i, j int) bool
	}{
		{name: "complete", units: 700, traits: 20, factors: 4, k: 10, clip: 5, shared: 0.7},
		{name: "one trait", units: 300, traits: 1, k: 5, clip: 5, shared: 1},
		{name: "eight traits", units: 300, traits: 8, factors: 2, k: 5, shared: 1},
		{name: "nothing hangs together", units: 500, traits: 30, k: 10, clip: 5, shared: 0.7},
		{name: "block of gaps", units: 600, traits: 12, factors: 3, lacking: 0.2, k: 10, clip: 5, shared: 0.6},
		{name: "block of gaps, too much missing to compare", units: 300, traits: 12, factors: 3, lacking: 0.2, k: 10, clip: 5, shared: 0.7},
		{name: "scattered gaps", units: 400, traits: 12, factors: 3, k: 10, clip: 5, shared: 0.7, change: scattered(0.1)},
		{name: "mostly gaps", units: 300, traits: 6, factors: 1, k: 10, clip: 0, shared: 0.3, change: scattered(0.6)},
		{name: "any shared trait will do", units: 200, traits: 6, factors: 1, k: 10, clip: 0, shared: 0, change: scattered(0.8)},
		{name: "neighbours left out", units: 500, traits: 12, factors: 3, lacking: 0.1, k: 10, clip: 5, shared: 0.6,
			skip: func(i, j int) bool { return i/20 == j/20 }},
		{name: "more asked than there are", units: 30, traits: 5, factors: 1, k: 100, clip: 5, shared: 0.7},
		{name: "weights", units: 400, traits: 10, factors: 2, k: 7, clip: 5, shared: 0.5, change: func(rnd *rand.Rand, traits []twins.Trait) {
			scattered(0.1)(rnd, traits)
			for i := range traits {
				traits[i].Weight = 10 * rnd.Float64()
			}
		}},
		{name: "many equal distances", units: 500, traits: 6, k: 10, shared: 1, change: func(_ *rand.Rand, traits []twins.Trait) {
			for _, tr := range traits {
				for u, v := range tr.Values {
					tr.Values[u] = math.Round(v)
				}
			}
		}},
		{name: "the same units again and again", units: 400, traits: 10, factors: 2, k: 10, shared: 0.5, change: func(_ *rand.Rand, traits []twins.Trait) {
			for _, tr := range traits {
				for u := range tr.Values {
					tr.Values[u] = tr.Values[u%7]
				}
			}
		}},
		{name: "wild values without bound", units: 400, traits: 10, factors: 2, k: 10, shared: 0.5, change: func(rnd *rand.Rand, traits []twins.Trait) {
			for _, tr := range traits {
				for u := range tr.Values {
					tr.Values[u] /= math.Pow(rnd.Float64(), 3)
				}
			}
		}},
		{name: "repeated traits", units: 300, traits: 10, factors: 2, k: 10, clip: 5, shared: 0.5, change: func(_ *rand.Rand, traits []twins.Trait) {
			for i := 5; i < 10; i++ {
				copy(traits[i].Values, traits[i-5].Values)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for seed := range uint64(3) {
				traits := crowd(seed, c.units, c.traits, c.factors, c.lacking)
				if c.change != nil {
					c.change(rand.New(rand.NewPCG(seed, 1)), traits)
				}
				s := make1(t, traits, twins.Options{Clip: c.clip, Shared: c.shared, Workers: 3})
				all := s.All(c.k, c.skip)
				listed := 0
				for u := range c.units {
					want := brute(s, traits, c.shared, u, c.k, c.skip)
					listed += len(want)
					if !same(all[u], want) {
						t.Fatalf("seed %d: all: twins of %d are\n%v, want\n%v", seed, u, all[u], want)
					}
					if u%9 == 0 {
						if got := s.Nearest(u, c.k, c.skip); !same(got, want) {
							t.Fatalf("seed %d: one: twins of %d are\n%v, want\n%v", seed, u, got, want)
						}
					}
				}
				if listed == 0 {
					t.Fatal("no unit has a twin: nothing was compared")
				}
			}
		})
	}
}

func TestNearestDoesNotDependOnWorkersOrOrder(t *testing.T) {
	traits := crowd(5, 600, 12, 3, 0.2)
	one := make1(t, traits, twins.Options{Clip: 5, Shared: 0.6})
	many := make1(t, traits, twins.Options{Clip: 5, Shared: 0.6, Workers: 7})
	if a, b := one.All(10, nil), many.All(10, nil); !slices.EqualFunc(a, b, same) {
		t.Error("workers change the twins")
	}
	// The same units in another order, the same traits in another order.
	perm := rand.New(rand.NewPCG(3, 3)).Perm(600)
	var moved []twins.Trait
	for _, tr := range slices.Backward(traits) {
		m := tr
		m.Values = make([]float64, 600)
		for to, from := range perm {
			m.Values[to] = tr.Values[from]
		}
		moved = append(moved, m)
	}
	other := make1(t, moved, twins.Options{Clip: 5, Shared: 0.6}).All(10, nil)
	want := one.All(10, nil)
	for to, from := range perm {
		for i, tw := range other[to] {
			if w := want[from][i]; perm[tw.Unit] != w.Unit || math.Abs(tw.Distance-w.Distance) > 1e-12 {
				t.Fatalf("unit %d has %v at place %d, want %v", from, tw, i, w)
			}
		}
	}
}

func TestDistance(t *testing.T) {
	// Median 3, MAD 1 and median 30, MAD 10: scaled values are multiples of 1/1.4826.
	s := make1(t, []twins.Trait{
		{Key: "a", Values: []float64{1, 2, 3, 4, 5}},
		{Key: "b", Values: []float64{30, 10, 20, 50, 40}, Weight: 3},
	}, twins.Options{Shared: 1})
	u := 1 / 1.4826
	if got, ok := s.Distance(0, 1); !ok || math.Abs(got-math.Sqrt((u*u+3*4*u*u)/4)) > 1e-12 {
		t.Errorf("distance %v %v", got, ok)
	}
	if a, _ := s.Distance(1, 3); a <= 0 {
		t.Error("distance of two different units is", a)
	}
	if d, ok := s.Distance(2, 2); d != 0 || !ok {
		t.Error("distance to itself is", d)
	}
}

func TestWithoutTwin(t *testing.T) {
	s := make1(t, []twins.Trait{
		{Key: "a", Values: []float64{1, 2, 3, 4, nan}},
		{Key: "b", Values: []float64{1, 2, 3, 5, nan}},
		{Key: "c", Values: []float64{1, nan, 3, 9, 2}},
	}, twins.Options{Shared: 0.7})
	if got := s.Nearest(4, 3, nil); len(got) != 0 {
		t.Error("a unit with a third of the traits has twins:", got)
	}
	if _, ok := s.Distance(0, 1); ok {
		t.Error("two units sharing two thirds of the traits are compared at 70 %")
	}
	if got := s.Nearest(0, 3, nil); len(got) != 2 || got[0].Unit != 2 || got[1].Unit != 3 {
		t.Error("twins of 0 are", got)
	}
	if got := s.Nearest(0, 0, nil); len(got) != 0 {
		t.Error("no twin was asked for:", got)
	}
	if got := s.All(2, func(_, _ int) bool { return true }); len(got) != 5 || len(got[0]) != 0 {
		t.Error("all were left out:", got)
	}
}

func TestExplain(t *testing.T) {
	s := make1(t, []twins.Trait{
		{Key: "a", Values: []float64{1, 2, 3, 4, 5}},
		{Key: "b", Values: []float64{1, 5, 3, 4, 2}},
		{Key: "c", Values: []float64{1, 1.5, 3, 4, nan}},
		{Key: "d", Values: []float64{2, 2, 3, 4, 5}, Weight: 2},
	}, twins.Options{Shared: 0.5})
	got := s.Explain(0, 1)
	var keys []string
	sum := 0.0
	for _, d := range got {
		keys = append(keys, d.Key)
		sum += d.Share
	}
	if !slices.Equal(keys, []string{"d", "c", "a", "b"}) {
		t.Error("order is", keys)
	}
	if math.Abs(sum-1) > 1e-12 {
		t.Error("shares sum to", sum)
	}
	last := got[3]
	if last.A != 1 || last.B != 5 || math.Abs(last.Scaled-4/1.4826) > 1e-12 || last.Trait != 1 {
		t.Errorf("last is %+v", last)
	}
	for _, d := range s.Explain(0, 4) {
		if d.Key == "c" {
			t.Error("a missing trait is compared")
		}
	}
	// The shares are those of the distance.
	d, _ := s.Distance(0, 1)
	if want := last.Scaled * last.Scaled / (d * d * 5); math.Abs(last.Share-want) > 1e-12 {
		t.Error("share", last.Share, "want", want)
	}
}

func TestWithin(t *testing.T) {
	// Paris, Lyon, Saint-Denis de La Réunion, nowhere. Paris-Lyon is about 392 km.
	lon := []float64{2.3522, 4.8357, 55.4504, nan}
	lat := []float64{48.8566, 45.7640, -20.8789, nan}
	for _, c := range []struct {
		km   float64
		a, b int
		want bool
	}{
		{391, 0, 1, false}, {393, 0, 1, true}, {393, 1, 0, true}, {9000, 0, 2, false}, {9500, 0, 2, true},
		{0, 0, 0, true}, {30000, 0, 2, true}, {30000, 0, 3, false}, {-1, 0, 0, false},
	} {
		if got := twins.Within(lon, lat, c.km)(c.a, c.b); got != c.want {
			t.Errorf("%v within %v km of %v: %v", c.a, c.km, c.b, got)
		}
	}
}

func TestRefused(t *testing.T) {
	v := []float64{1, 2, 3}
	for _, c := range []struct {
		traits []twins.Trait
		o      twins.Options
		want   string
	}{
		{nil, twins.Options{}, "twins.no_trait at traits"},
		{[]twins.Trait{{Key: "a", Values: v}, {Key: "a", Values: v}}, twins.Options{}, "twins.key_twice at traits[1]"},
		{[]twins.Trait{{Key: "a", Values: v}, {Key: "b", Values: v[:2]}}, twins.Options{}, "twins.length at traits[1]"},
		{[]twins.Trait{{Key: "a", Values: v, Transform: "sqrt"}}, twins.Options{}, "twins.transform at traits[0]"},
		{[]twins.Trait{{Key: "a", Values: v, Weight: -1}}, twins.Options{}, "twins.weight at traits[0]"},
		{[]twins.Trait{{Key: "a", Values: v, Weight: nan}}, twins.Options{}, "twins.weight at traits[0]"},
		{[]twins.Trait{{Key: "a", Values: []float64{0, 1, nan}, Transform: twins.Log}}, twins.Options{}, "twins.log at traits[0]"},
		{[]twins.Trait{{Key: "a", Values: []float64{math.Inf(1), 1, nan}}}, twins.Options{}, "twins.infinite at traits[0]"},
		{[]twins.Trait{{Key: "a", Values: v}}, twins.Options{Clip: -1}, "twins.clip at clip"},
		{[]twins.Trait{{Key: "a", Values: v}}, twins.Options{Shared: 1.5}, "twins.shared at shared"},
	} {
		if _, err := twins.New(c.traits, c.o); keyOf(err) != c.want {
			t.Errorf("got %s, want %s", keyOf(err), c.want)
		}
	}
}
