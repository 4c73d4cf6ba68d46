package composite

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func plainRanks(x []float64) []int32 {
	out := make([]int32, len(x))
	for u, v := range x {
		if math.IsNaN(v) {
			continue
		}
		out[u] = 1
		for _, w := range x {
			if w > v {
				out[u]++
			}
		}
	}
	return out
}

func TestRanksAreThoseOfCounting(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	shapes := map[string]func() float64{
		"normal":    rnd.NormFloat64,
		"ties":      func() float64 { return float64(rnd.IntN(5)) },
		"equal":     func() float64 { return 3 },
		"wild":      func() float64 { return math.Exp(50 * rnd.NormFloat64()) },
		"endless":   func() float64 { return math.MaxFloat64 * (2*rnd.Float64() - 1) },
		"tiny":      func() float64 { return 1 + 1e-15*float64(rnd.IntN(9)) },
		"subnormal": func() float64 { return 5e-324 * float64(rnd.IntN(9)) },
		"gaps": func() float64 {
			if rnd.IntN(3) == 0 {
				return math.NaN()
			}
			return rnd.Float64()
		},
		"nothing": math.NaN,
	}
	for name, shape := range shapes {
		for _, n := range []int{1, 2, 40, 700} {
			r := newRanker(n)
			for range 3 { // a ranker is used again and again
				x := make([]float64, n)
				for u := range x {
					x[u] = shape()
				}
				got := make([]int32, n)
				got[0] = 99
				if r.rank(x, got, false); !slices.Equal(got, plainRanks(x)) {
					t.Fatalf("%s, %d: another order than by counting", name, n)
				}
			}
		}
	}
}

// 1 to 5 have no skewness and the excess kurtosis -1.2. The limits of the ASEM
// treatment rest on these moments, so its known answers check them further.
func TestShape(t *testing.T) {
	s, k := shape([]float64{1, 2, 3, 4, 5})
	if math.Abs(s) > 1e-12 || math.Abs(k+1.2) > 1e-12 {
		t.Errorf("skewness %v, kurtosis %v", s, k)
	}
	for _, x := range [][]float64{nil, {1, 2, 3}, {4, 4, 4, 4, 4}} {
		if s, k := shape(x); !math.IsNaN(s) || !math.IsNaN(k) {
			t.Errorf("%v has the skewness %v and the kurtosis %v", x, s, k)
		}
	}
}

// Type 7 of Hyndman and Fan, the default of R: quantile(1:10, 0.05) is 1.45.
func TestQuantiles(t *testing.T) {
	row := []int32{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}
	for _, c := range []struct{ q, want float64 }{{0.05, 1.45}, {0.5, 5.5}, {0.95, 9.55}, {0, 1}, {1, 10}} {
		var low, median, high float64
		quantiles(row, make([]int32, 10), nil, c.q, 1, &low, &median, &high)
		if math.Abs(low-c.want) > 1e-12 || median != 5.5 || high != 10 {
			t.Errorf("quantile %v is %v, want %v", c.q, low, c.want)
		}
	}
	wide := []int32{1, 1 << 20, 3} // too wide to count
	var low, median, high float64
	quantiles(wide, make([]int32, 3), nil, 0, 1, &low, &median, &high)
	if low != 1 || median != 3 || high != 1<<20 {
		t.Errorf("%v, %v, %v", low, median, high)
	}
}
