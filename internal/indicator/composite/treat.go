package composite

import (
	"math"
	"slices"
)

// Treatments done to a column.
const (
	Untreated  = "none"
	Winsorised = "winsorised"
	Logged     = "log"
)

// Treating is what was done to the outliers of a column.
type Treating struct {
	How              string // Untreated, Winsorised or Logged
	Times            int    // extreme values brought to the next one, before any logarithm
	Points           int    // units whose value that changed
	Skewness         float64
	Kurtosis         float64
	SkewnessTreated  float64
	KurtosisTreated  float64
	StillOutOfLimits bool
}

func (t Treatment) outside(skewness, kurtosis float64) bool {
	return math.Abs(skewness) > t.Skewness && kurtosis > t.Kurtosis
}

// treat returns the treated column, x itself where nothing is to do.
func (t Treatment) treat(x []float64) ([]float64, Treating) {
	known := present(x, make([]float64, 0, len(x)))
	var done Treating
	done.How = Untreated
	done.Skewness, done.Kurtosis = shape(known)
	done.SkewnessTreated, done.KurtosisTreated = done.Skewness, done.Kurtosis
	if t.none() || !t.outside(done.Skewness, done.Kurtosis) {
		done.StillOutOfLimits = !t.none() && t.outside(done.Skewness, done.Kurtosis)
		return x, done
	}

	out := slices.Clone(x)
	s, k := done.Skewness, done.Kurtosis
	for ; done.Times < t.Winsorise && t.outside(s, k); done.Times++ {
		if !pull(out, s > 0) {
			break
		}
		known = present(out, known[:0])
		s, k = shape(known)
	}
	for u := range x {
		if out[u] != x[u] && !math.IsNaN(x[u]) {
			done.Points++
		}
	}
	done.How = Winsorised
	if t.Log && t.outside(s, k) {
		done.How = Logged
		logShift(out, x, done.Skewness > 0)
		known = present(out, known[:0])
		s, k = shape(known)
	}
	done.SkewnessTreated, done.KurtosisTreated = s, k
	done.StillOutOfLimits = t.outside(s, k)
	return out, done
}

// pull brings every unit at the highest value (or lowest) to the next one. It
// returns false where all are equal.
func pull(x []float64, high bool) bool {
	extreme, next := math.NaN(), math.NaN()
	for _, v := range x {
		further := high && v > extreme || !high && v < extreme
		switch {
		case math.IsNaN(v) || v == extreme:
		case math.IsNaN(extreme) || further:
			extreme, next = v, extreme
		case math.IsNaN(next) || high && v > next || !high && v < next:
			next = v
		}
	}
	if math.IsNaN(next) {
		return false
	}
	for u, v := range x {
		if v == extreme {
			x[u] = next
		}
	}
	return true
}

// logShift writes to out the logarithm of x counted from its lowest value plus 1 %
// of its range, so that the lowest is not minus infinity. Where the tail is on the
// left the same is done from the highest downwards, and turned back.
func logShift(out, x []float64, tailRight bool) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range x {
		lo, hi = min(lo, orElse(v, lo)), max(hi, orElse(v, hi))
	}
	a := 0.01 * (hi - lo)
	for u, v := range x {
		if tailRight {
			out[u] = math.Log(v - lo + a)
		} else {
			out[u] = -math.Log(hi + a - v)
		}
	}
}

func orElse(v, other float64) float64 {
	if math.IsNaN(v) {
		return other
	}
	return v
}
