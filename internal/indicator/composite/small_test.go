package composite_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"bassin/internal/fault"
	"bassin/internal/indicator/composite"
)

var nan = math.NaN()

// small is a table of chance with a few gaps, and a method on it.
func small(seed uint64, units int) (composite.Table, composite.Method) {
	rnd := rand.New(rand.NewPCG(seed, 9))
	t := composite.Table{Columns: map[string][]float64{}, Texts: map[string][]string{}}
	for u := range units {
		t.Units = append(t.Units, fmt.Sprint("u", u))
		t.Texts["region"] = append(t.Texts["region"], fmt.Sprint("r", u%3))
	}
	m := composite.Method{
		Mean: composite.Arithmetic, Normalisation: composite.Normalisation{By: composite.MinMax, Low: 1, High: 100},
		Aggregates: []composite.Aggregate{{Key: "a", Parent: "top", Weight: 1}, {Key: "b", Parent: "top", Weight: 2}, {Key: "top", Weight: 1}},
	}
	for i := range 6 {
		col := make([]float64, units)
		for u := range col {
			col[u] = 10 + 3*rnd.NormFloat64()
			if i == 0 {
				col[u] = math.Exp(col[u])
			}
		}
		key := fmt.Sprint("x", i)
		t.Columns[key] = col
		m.Indicators = append(m.Indicators, composite.Indicator{
			Key: key, Parent: []string{"a", "b"}[i%2], Weight: 1 + float64(i), Falling: i == 3, Target: 12,
		})
	}
	m.Indicators[3].Target = 8
	m.Indicators[0].Target = math.Exp(12)
	return t, m
}

func run(t *testing.T, table composite.Table, m composite.Method) *composite.Result {
	t.Helper()
	r, err := composite.Run(table, m)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func normalisations() []composite.Normalisation {
	var out []composite.Normalisation
	for _, s := range composite.Scales() {
		out = append(out, composite.Normalisation{By: s, Low: 1, High: 100, Centre: 50, Spread: 10})
	}
	return out
}

func keyOf(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Key
	}
	return fmt.Sprint(err)
}

func near(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b))
}

func allNear(a, b []float64) bool { return slices.EqualFunc(a, b, near) }
