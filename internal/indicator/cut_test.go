package indicator

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// spreadIn is the sum of squared distances to the mean of one's class.
func spreadIn(values []float64, c Cut) float64 {
	sums, squares, counts := make([]float64, c.Classes()), make([]float64, c.Classes()), make([]float64, c.Classes())
	for _, x := range values {
		if k := c.Class(x); k >= 0 {
			sums[k], squares[k], counts[k] = sums[k]+x, squares[k]+x*x, counts[k]+1
		}
	}
	var total float64
	for k := range sums {
		if counts[k] > 0 {
			total += squares[k] - sums[k]*sums[k]/counts[k]
		}
	}
	return total
}

// leastSpread tries every way to part the distinct values in k classes at most.
func leastSpread(values []float64, k int) float64 {
	distinct := slices.Compact(slices.Sorted(slices.Values(values)))
	best := math.Inf(1)
	var try func(from int, limits []float64)
	try = func(from int, limits []float64) {
		best = min(best, spreadIn(values, Cut{Limits: limits}))
		if len(limits) == k-1 {
			return
		}
		for i := from; i < len(distinct); i++ {
			try(i+1, append(slices.Clone(limits), distinct[i]))
		}
	}
	try(1, nil)
	return best
}

// samples are lists with ties, gaps, one value only, and none.
func samples(t *testing.T) [][]float64 {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 11))
	out := [][]float64{{}, {3}, {3, 3, 3}, {1, 2}, {0, 0, 0, 0, 0, 1}, {5, 1, 5, 1, 9}}
	for range 60 {
		v := make([]float64, 2+r.IntN(11))
		for i := range v {
			switch r.IntN(3) {
			case 0:
				v[i] = float64(r.IntN(4))
			case 1:
				v[i] = r.NormFloat64()
			default:
				v[i] = math.Exp(4 * r.NormFloat64())
			}
		}
		out = append(out, v)
	}
	return out
}

func TestJenksIsTheBestOfAllCuts(t *testing.T) {
	for _, v := range samples(t) {
		for k := 1; k <= 5; k++ {
			got, want := spreadIn(v, CutBy(ByJenks, v, k)), leastSpread(v, k)
			if len(v) > 0 && got-want > 1e-9*(1+want) {
				t.Errorf("%v in %d classes: spread %v, the best is %v", v, k, got, want)
			}
		}
	}
}

func TestQuantilesAreAsEvenAsTiesAllow(t *testing.T) {
	v := make([]float64, 1000)
	for i := range v {
		v[i] = float64(i * i)
	}
	for k := 2; k <= MaxClasses; k++ {
		counts, _ := CutBy(ByQuantile, v, k).Count(v)
		if d := slices.Max(counts) - slices.Min(counts); len(counts) != k || d > 2 {
			t.Errorf("%d classes of different values hold %v", k, counts)
		}
	}
	// Nine in ten at zero: the zeros stay together, whatever is asked.
	many := make([]float64, 90, 100)
	for i := range 10 {
		many = append(many, float64(i+1))
	}
	counts, _ := CutBy(ByQuantile, many, 5).Count(many)
	if counts[0] != 90 {
		t.Errorf("classes of nine zeros in ten hold %v", counts)
	}
}

func TestLawsOfCuts(t *testing.T) {
	for _, v := range samples(t) {
		with := append(slices.Clone(v), math.NaN(), math.NaN())
		for k := 1; k <= MaxClasses; k++ {
			for name, c := range map[string]Cut{
				"quantile": CutBy(ByQuantile, with, k), "jenks": CutBy(ByJenks, with, k), "around": CutAround(ByJenks, with, k, 0),
			} {
				counts, missing := c.Count(with)
				total := 0
				for _, n := range counts {
					total += n
					if n == 0 && len(v) > 0 {
						t.Errorf("%s of %v in %d: a class is empty, %v", name, v, k, c.Limits)
					}
				}
				if total != len(v) || missing != 2 {
					t.Errorf("%s of %v: %d counted and %d missing", name, v, total, missing)
				}
				if !slices.IsSorted(c.Limits) || len(slices.Compact(slices.Clone(c.Limits))) != len(c.Limits) {
					t.Errorf("%s of %v: limits %v do not increase", name, v, c.Limits)
				}
				if len(counts) > max(2, k) {
					t.Errorf("%s of %v: %d classes for %d asked", name, v, len(counts), k)
				}
				for _, x := range v {
					i := c.Class(x)
					if i > 0 && x < c.Limits[i-1] || i < len(c.Limits) && x >= c.Limits[i] {
						t.Errorf("%s of %v: %v is put in class %d of %v", name, v, x, i, c.Limits)
					}
				}
			}
		}
	}
}

func TestADivergingCutPartsAtItsMiddle(t *testing.T) {
	v := []float64{-3, -2, -1, -0.5, 0, 0.25, 1, 4}
	c := CutAround(ByQuantile, v, 4, 0)
	if c.Middle != 2 || c.Limits[c.Middle-1] != 0 || c.Classes() != 4 {
		t.Errorf("cut around zero: %+v", c)
	}
	if c := CutAround(ByQuantile, []float64{1, 2, 3, 4}, 4, 0); c.Middle != 0 || c.Classes() != 4 {
		t.Errorf("nothing below the middle: %+v", c)
	}
}

// Published example of textbooks, IQ against hours of television:
// rho is −29/165 = −0.1757575….
func TestSpearmanOfThePublishedExample(t *testing.T) {
	iq := []float64{106, 100, 86, 101, 99, 103, 97, 113, 112, 110}
	tv := []float64{7, 27, 2, 50, 28, 29, 20, 12, 6, 17}
	if rho, n := Spearman(iq, tv); n != 10 || math.Abs(rho+29.0/165) > 1e-12 {
		t.Errorf("rho %v over %d", rho, n)
	}
	nan := math.NaN()
	if rho, n := Spearman([]float64{1, 2, 3, nan, 5}, []float64{2, 4, 9, 1, nan}); n != 3 || math.Abs(rho-1) > 1e-12 {
		t.Errorf("pairs of numbers only: rho %v over %d", rho, n)
	}
	if rho, _ := Spearman([]float64{1, 1, 1}, []float64{1, 2, 3}); !math.IsNaN(rho) {
		t.Errorf("what does not vary correlates at %v", rho)
	}
	// Ties share the mean of their ranks: 1 2.5 2.5 4 against 1 2 3 4.
	if rho, _ := Spearman([]float64{1, 2, 2, 3}, []float64{1, 2, 3, 4}); math.Abs(rho-0.9486832980505138) > 1e-12 {
		t.Errorf("with ties: rho %v", rho)
	}
}

func BenchmarkJenksOfAllCommunes(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	v := make([]float64, 34_900)
	for i := range v {
		v[i] = math.Exp(r.NormFloat64())
	}
	for b.Loop() {
		CutBy(ByJenks, v, MaxClasses)
	}
}
