package composite_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"bassin/internal/indicator/composite"
)

// Any scale goes with any mean, or the refusal says why.
func TestEveryScaleWithEveryMean(t *testing.T) {
	for _, n := range normalisations() {
		for _, mean := range composite.Means() {
			for _, low := range []float64{1, 0} {
				table, m := small(3, 30)
				m.Normalisation, m.Mean = n, mean
				m.Normalisation.Low = low
				r, err := composite.Run(table, m)
				positive := n.By == composite.Rank || n.By.Centred() || n.By.Bounded() && low > 0
				if mean != composite.Arithmetic && !positive {
					if keyOf(err) != "composite.needs_positive" {
						t.Errorf("%s from %v with the %s mean: %v, want a refusal", n.By, low, mean, err)
					}
					continue
				}
				if err != nil {
					// A wild value may lie far below the centre.
					if !n.By.Centred() || keyOf(err) != "composite.needs_positive" {
						t.Errorf("%s from %v with the %s mean: %v", n.By, low, mean, err)
					}
					continue
				}
				for i, v := range r.Values[0] {
					if math.IsNaN(v) || math.IsInf(v, 0) || r.Ranks[i] < 1 || int(r.Ranks[i]) > 30 {
						t.Errorf("%s with the %s mean: %v ranked %d", n.By, mean, v, r.Ranks[i])
					}
				}
			}
		}
	}
}

// Doing better on one indicator never lowers one's index; on scales where it
// cannot lift others, nor one's rank.
func TestDoingBetterNeverHurts(t *testing.T) {
	rnd := rand.New(rand.NewPCG(4, 4))
	for round := range 200 {
		table, m := small(uint64(round), 15)
		m.Mean = composite.Means()[round%3]
		m.Normalisation = normalisations()[round%7]
		if m.Normalisation.By == composite.Robust || m.Normalisation.By == composite.Borda {
			m.Normalisation.By = composite.Percentile
		}
		if m.Normalisation.By == composite.ZScore {
			m.Mean = composite.Arithmetic
		}
		before := run(t, table, m)
		u, i := rnd.IntN(15), rnd.IntN(6)
		step := rnd.ExpFloat64() * 5
		if m.Indicators[i].Falling {
			step = -step
		}
		table.Columns[m.Indicators[i].Key][u] += step
		after := run(t, table, m)
		if after.Values[0][u] < before.Values[0][u]-1e-9 {
			t.Errorf("round %d, %s: index from %v to %v", round, m.Normalisation.By, before.Values[0][u], after.Values[0][u])
		}
		if m.Normalisation.By != composite.ZScore && after.Ranks[u] > before.Ranks[u] {
			t.Errorf("round %d, %s: rank from %d to %d", round, m.Normalisation.By, before.Ranks[u], after.Ranks[u])
		}
	}
}

// Euros or thousands of euros, Celsius or Fahrenheit: the index is the same.
func TestUnitsOfMeasureDoNotMatter(t *testing.T) {
	for round, n := range normalisations() {
		if n.By == composite.Target {
			continue // its target is in the unit
		}
		for _, treat := range []composite.Treatment{{}, {Winsorise: 2, Skewness: 1, Kurtosis: 1, Log: true}} {
			table, m := small(uint64(round), 20)
			m.Normalisation, m.Treatment = n, treat
			want := run(t, table, m)
			for i, x := range m.Indicators {
				for u := range table.Units {
					table.Columns[x.Key][u] = table.Columns[x.Key][u]*float64(i+2) - 32
				}
			}
			got := run(t, table, m)
			if !allNear(got.Values[0], want.Values[0]) || !slices.Equal(got.Ranks, want.Ranks) {
				t.Errorf("%s: %v, want %v", n.By, got.Values[0], want.Values[0])
			}
		}
	}
}

// A falling indicator is its opposite, rising.
func TestDirectionIsASign(t *testing.T) {
	for _, n := range normalisations() {
		if n.By == composite.Target {
			continue
		}
		table, m := small(5, 20)
		m.Normalisation = n
		want := run(t, table, m)
		for u := range table.Units {
			table.Columns["x3"][u] = -table.Columns["x3"][u]
		}
		m.Indicators[3].Falling = false
		if got := run(t, table, m); !allNear(got.Values[0], want.Values[0]) {
			t.Errorf("%s: %v, want %v", n.By, got.Values[0], want.Values[0])
		}
	}
}

func TestOrderOfRowsDoesNotMatter(t *testing.T) {
	for round, n := range normalisations() {
		table, m := small(uint64(round), 25)
		m.Normalisation = n
		m.Treatment = composite.Treatment{Winsorise: 3, Skewness: 1, Kurtosis: 1, Log: true}
		m.Imputation = composite.Imputation{By: composite.AtMean, Group: "region"}
		if n.By == composite.Target { // targets are of untreated values
			m.Treatment = composite.Treatment{}
		}
		table.Columns["x1"][4], table.Columns["x2"][7] = nan, nan
		study := composite.Uncertainty{Draws: 50, Seed: 7, Noise: 0.25}
		r := run(t, table, m)
		want, err := r.Uncertainty(study)
		if err != nil {
			t.Fatal(err)
		}
		order := rand.New(rand.NewPCG(uint64(round), 1)).Perm(25)
		mixed := composite.Table{Columns: map[string][]float64{}, Texts: map[string][]string{}}
		for _, u := range order {
			mixed.Units = append(mixed.Units, table.Units[u])
			mixed.Texts["region"] = append(mixed.Texts["region"], table.Texts["region"][u])
			for key, col := range table.Columns {
				mixed.Columns[key] = append(mixed.Columns[key], col[u])
			}
		}
		other := run(t, mixed, m)
		got, err := other.Uncertainty(study)
		if err != nil {
			t.Fatal(err)
		}
		for i, u := range order {
			if other.Values[0][i] != r.Values[0][u] || other.Ranks[i] != r.Ranks[u] || got.Low[i] != want.Low[u] || got.Mean[i] != want.Mean[u] {
				t.Errorf("%s: %s has %v in one order and %v in the other", n.By, table.Units[u], r.Values[0][u], other.Values[0][i])
			}
		}
	}
}

func TestReweightedIsTheMethodWithOtherWeights(t *testing.T) {
	table, m := small(6, 20)
	r := run(t, table, m)
	values, ranks, err := r.Reweighted(map[string]float64{"x1": 0, "b": 7})
	if err != nil {
		t.Fatal(err)
	}
	m.Indicators[1].Weight, m.Aggregates[1].Weight = 0, 7
	if want := run(t, table, m); !slices.Equal(values, want.Values[0]) || !slices.Equal(ranks, want.Ranks) {
		t.Errorf("%v, want %v", values, want.Values[0])
	}
	for key, weights := range map[string]map[string]float64{
		"composite.unknown_weight": {"nobody": 1}, "composite.weight": {"x1": -1}, "composite.weightless": {"a": 0, "b": 0},
	} {
		if _, _, err := r.Reweighted(weights); keyOf(err) != key {
			t.Errorf("%v refused by %s, want %s", weights, keyOf(err), key)
		}
	}
}

// Where the lowest comes first, ranks are those of how many are lower, in the
// result and in its variants.
func TestLowestFirstTurnsTheRanking(t *testing.T) {
	table, m := small(9, 40)
	m.Mean, m.Normalisation = composite.Geometric, composite.Normalisation{By: composite.Percentile, Low: 1, High: 100}
	table.Columns[m.Indicators[0].Key][3] = math.NaN()
	plain := run(t, table, m)
	m.LowestFirst = true
	turned := run(t, table, m)
	for u, v := range turned.Values[0] {
		below := int32(1)
		for _, other := range turned.Values[0] {
			if other < v {
				below++
			}
		}
		if turned.Ranks[u] != below || plain.Values[0][u] != v {
			t.Errorf("unit %d of index %v ranked %d, want %d", u, v, turned.Ranks[u], below)
		}
	}
	variants := composite.Uncertainty{Draws: 60, Seed: 3, Noise: 0.25, Means: composite.Means()}
	a, err := plain.Uncertainty(variants)
	if err != nil {
		t.Fatal(err)
	}
	b, err := turned.Uncertainty(variants)
	if err != nil {
		t.Fatal(err)
	}
	for u := range a.Mean {
		if math.Abs(a.Mean[u]+b.Mean[u]-float64(len(a.Mean)+1)) > 1e-9 {
			t.Errorf("unit %d has mean ranks %v from the top and %v from the bottom of %d", u, a.Mean[u], b.Mean[u], len(a.Mean))
		}
	}
}
