package composite_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"bassin/internal/indicator/composite"
)

// country is a table as large as the communes of France, made of chance.
func country(units, indicators int) (composite.Table, composite.Method) {
	rnd := rand.New(rand.NewPCG(1, 2))
	t := composite.Table{Units: make([]string, units), Columns: map[string][]float64{}}
	for u := range t.Units {
		t.Units[u] = fmt.Sprintf("%05d", u)
	}
	m := composite.Method{
		Mean: composite.Arithmetic, Normalisation: composite.Normalisation{By: composite.MinMax, Low: 1, High: 100},
		Treatment: composite.Treatment{Winsorise: 5, Log: true, Skewness: 2, Kurtosis: 3.5},
	}
	for g := range 4 {
		m.Aggregates = append(m.Aggregates, composite.Aggregate{Key: fmt.Sprint("group", g), Parent: "index", Weight: 1})
	}
	m.Aggregates = append(m.Aggregates, composite.Aggregate{Key: "index", Weight: 1})
	common := make([]float64, units)
	for u := range common {
		common[u] = rnd.NormFloat64()
	}
	for i := range indicators {
		key := fmt.Sprint("x", i)
		col := make([]float64, units)
		for u := range col {
			col[u] = common[u] + rnd.NormFloat64()
			if i%3 == 0 {
				col[u] = math.Exp(col[u])
			}
		}
		t.Columns[key] = col
		m.Indicators = append(m.Indicators, composite.Indicator{Key: key, Parent: fmt.Sprint("group", i%4), Weight: 1, Target: math.NaN()})
	}
	return t, m
}

func benchmarkSpread(b *testing.B, u composite.Uncertainty) {
	r, err := composite.Run(country(34_900, 20))
	if err != nil {
		b.Fatal(err)
	}
	u.Draws, u.Seed, u.Noise, u.Workers = 1000, 1, 0.25, runtime.GOMAXPROCS(0)
	for b.Loop() {
		if _, err := r.Uncertainty(u); err != nil {
			b.Fatal(err)
		}
	}
}

// 1,000 draws of 34,900 units × 20 indicators, ranks and intervals.
func BenchmarkSpreadOverWeights(b *testing.B) { benchmarkSpread(b, composite.Uncertainty{}) }

func BenchmarkSpreadOverEverything(b *testing.B) {
	benchmarkSpread(b, composite.Uncertainty{
		Means:          []composite.Mean{composite.Geometric},
		Normalisations: []composite.Normalisation{{By: composite.Percentile, Low: 1, High: 100}},
		Treatments:     []composite.Treatment{{}},
	})
}

func BenchmarkReweighted(b *testing.B) {
	r, err := composite.Run(country(34_900, 20))
	if err != nil {
		b.Fatal(err)
	}
	weights := map[string]float64{"x1": 2, "group1": 3}
	for b.Loop() {
		if _, _, err := r.Reweighted(weights); err != nil {
			b.Fatal(err)
		}
	}
}
