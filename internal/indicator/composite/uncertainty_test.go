package composite_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"bassin/internal/indicator/composite"
)

func everything(draws int) composite.Uncertainty {
	return composite.Uncertainty{
		Draws: draws, Seed: 3, Noise: 0.25, Means: []composite.Mean{composite.Geometric},
		Normalisations: []composite.Normalisation{{By: composite.Percentile, Low: 1, High: 100}},
		Treatments:     []composite.Treatment{{Winsorise: 3, Log: true, Skewness: 1, Kurtosis: 1}},
	}
}

func study(t *testing.T, r *composite.Result, u composite.Uncertainty) *composite.Spread {
	t.Helper()
	s, err := r.Uncertainty(u)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheNumberOfWorkersDoesNotMatter(t *testing.T) {
	r := run(t, func() composite.Table { table, _ := small(8, 300); return table }(), func() composite.Method { _, m := small(8, 300); return m }())
	u := everything(101)
	want := study(t, r, u)
	for _, u.Workers = range []int{1, 2, 5} {
		if got := study(t, r, u); !reflect.DeepEqual(got, want) {
			t.Errorf("%d workers give another result", u.Workers)
		}
	}
	u.Seed++
	if got := study(t, r, u); reflect.DeepEqual(got.Mean, want.Mean) {
		t.Error("another seed gives the same draws")
	}
}

func TestSpreadIsCoherent(t *testing.T) {
	table, m := small(9, 40)
	table.Columns["x2"][5] = nan
	m.Available = 1
	s := study(t, run(t, table, m), everything(400))
	for u, unit := range s.Units {
		if u == 5 {
			if s.Nominal[u] != 0 || !math.IsNaN(s.Mean[u]) || !math.IsNaN(s.Factors[0].Share[u]) {
				t.Errorf("%s has no index and yet the rank %v", unit, s.Mean[u])
			}
			continue
		}
		if !(1 <= s.Low[u] && s.Low[u] <= s.Median[u] && s.Median[u] <= s.High[u] && s.High[u] <= 39) {
			t.Errorf("%s: %v, %v, %v", unit, s.Low[u], s.Median[u], s.High[u])
		}
		for _, f := range s.Factors {
			if !(f.Share[u] >= 0 && f.Share[u] <= 1) {
				t.Errorf("%s: the share of %s is %v", unit, f.Name, f.Share[u])
			}
		}
	}
	if len(s.Factors) != 4 {
		t.Errorf("%d factors, want 4", len(s.Factors))
	}
	still := study(t, run(t, table, m), composite.Uncertainty{Draws: 10, Seed: 1})
	for u := range still.Units {
		if u != 5 && (still.Low[u] != float64(still.Nominal[u]) || still.High[u] != still.Low[u]) {
			t.Errorf("nothing varies and yet the rank goes from %v to %v", still.Low[u], still.High[u])
		}
	}
}

// The shares of Var(E[rank | factor]) in Var(rank) are computed again the long
// way: many sets of weights, each with every combination.
func TestSharesOfFactorsAreThoseOfTheLongWay(t *testing.T) {
	const units, sets, noise = 12, 1500, 0.25
	table, m := small(11, units)
	var results [2][2]*composite.Result // by normalisation, mean
	for i, n := range []composite.Normalisation{m.Normalisation, {By: composite.Percentile, Low: 1, High: 100}} {
		for j, mean := range []composite.Mean{composite.Arithmetic, composite.Geometric} {
			other := m
			other.Normalisation, other.Mean = n, mean
			results[i][j] = run(t, table, other)
		}
	}
	var sum, squares, weights [units]float64
	var norm, mean [2][units]float64
	rnd := rand.New(rand.NewPCG(77, 1))
	for range sets {
		w := map[string]float64{}
		for _, x := range m.Indicators {
			w[x.Key] = x.Weight * (1 + noise*(2*rnd.Float64()-1))
		}
		for _, a := range m.Aggregates[:2] {
			w[a.Key] = a.Weight * (1 + noise*(2*rnd.Float64()-1))
		}
		var here [units]float64
		for i := range 2 {
			for j := range 2 {
				_, ranks, err := results[i][j].Reweighted(w)
				if err != nil {
					t.Fatal(err)
				}
				for u, r := range ranks {
					x := float64(r)
					sum[u] += x / (4 * sets)
					squares[u] += x * x / (4 * sets)
					here[u] += x / 4
					norm[i][u] += x / (2 * sets)
					mean[j][u] += x / (2 * sets)
				}
			}
		}
		for u := range here {
			weights[u] += here[u] * here[u] / sets
		}
	}
	s := study(t, results[0][0], composite.Uncertainty{
		Draws: 20_000, Seed: 5, Noise: noise, Means: []composite.Mean{composite.Geometric},
		Normalisations: []composite.Normalisation{{By: composite.Percentile, Low: 1, High: 100}},
	})
	moved := 0
	for u := range units {
		total := squares[u] - sum[u]*sum[u]
		if total < 0.05 {
			continue
		}
		moved++
		between := func(g [2][units]float64) float64 { d := g[0][u] - g[1][u]; return d * d / 4 / total }
		want := map[string]float64{
			composite.FactorWeights:       (weights[u] - sum[u]*sum[u]) / total,
			composite.FactorNormalisation: between(norm),
			composite.FactorMean:          between(mean),
		}
		if math.Abs(s.Mean[u]-sum[u]) > 0.05 {
			t.Errorf("%s: mean rank %.3f, want %.3f", s.Units[u], s.Mean[u], sum[u])
		}
		for _, f := range s.Factors {
			if math.Abs(f.Share[u]-want[f.Name]) > 0.04 {
				t.Errorf("%s: the share of %s is %.3f, want %.3f", s.Units[u], f.Name, f.Share[u], want[f.Name])
			}
		}
	}
	if moved < 4 || len(s.Factors) != 3 {
		t.Errorf("only %d units move, %d factors", moved, len(s.Factors))
	}
}

func TestRefusedStudies(t *testing.T) {
	table, m := small(12, 10)
	r := run(t, table, m)
	for _, c := range []struct {
		key string
		u   composite.Uncertainty
	}{
		{"composite.draws", composite.Uncertainty{Draws: 1}},
		{"composite.draws", composite.Uncertainty{Draws: composite.MaxDraws + 1}},
		{"composite.noise", composite.Uncertainty{Draws: 10, Noise: 1}},
		{"composite.noise", composite.Uncertainty{Draws: 10, Noise: nan}},
		{"composite.interval", composite.Uncertainty{Draws: 10, Low: 0.9, High: 0.1}},
		{"composite.noise_level", composite.Uncertainty{Draws: 10, Levels: []int{3}}},
		{"composite.choice", composite.Uncertainty{Draws: 10, Means: []composite.Mean{"x"}}},
		{"composite.negative", composite.Uncertainty{Draws: 10, Treatments: []composite.Treatment{{Winsorise: -1}}}},
		{"composite.range", composite.Uncertainty{Draws: 10, Normalisations: []composite.Normalisation{{By: composite.MinMax}}}},
		{"composite.needs_positive", composite.Uncertainty{Draws: 10, Means: []composite.Mean{composite.Harmonic},
			Normalisations: []composite.Normalisation{{By: composite.Borda}}}},
	} {
		if _, err := r.Uncertainty(c.u); keyOf(err) != c.key {
			t.Errorf("%+v refused by %s, want %s", c.u, keyOf(err), c.key)
		}
	}
	half, err := composite.RunTo(table, m, composite.Treated)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := half.Uncertainty(composite.Uncertainty{Draws: 10}); keyOf(err) != "composite.not_aggregated" {
		t.Errorf("half a result: %v", err)
	}
}
