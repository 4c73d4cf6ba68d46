package twins

import (
	"math"
	"slices"
)

// Scale is how a trait was scaled.
type Scale string

// The scales.
const (
	Robust     Scale = "robust"
	Percentile Scale = "percentile"
)

// scale returns the scaled values of a trait, NaN where missing.
func scale(t Trait, clip float64) ([]float64, Scale) {
	out := slices.Clone(t.Values)
	if t.Transform == Log {
		for u, v := range out {
			out[u] = math.Log(v)
		}
	}
	known := make([]float64, 0, len(out))
	for _, v := range out {
		if !math.IsNaN(v) {
			known = append(known, v)
		}
	}
	slices.Sort(known)
	by := Robust
	centre := middle(known)
	away := make([]float64, len(known))
	for i, v := range known {
		away[i] = math.Abs(v - centre)
	}
	slices.Sort(away)
	if unit := 1.4826 * middle(away); unit > 0 && !math.IsInf(unit, 0) {
		for u, v := range out {
			out[u] = (v - centre) / unit
		}
	} else {
		by = Percentile
		places(out, known)
	}
	if clip > 0 {
		for u, v := range out {
			out[u] = max(-clip, min(clip, v)) // NaN stays
		}
	}
	return out, by
}

// places replaces each value by (p - 1/2) √12, p its place among the known, sorted.
func places(out, known []float64) {
	last := float64(max(1, len(known)-1))
	for u, v := range out {
		if math.IsNaN(v) {
			continue
		}
		first, _ := slices.BinarySearch(known, v)
		after, _ := slices.BinarySearchFunc(known, v, func(a, b float64) int {
			if a <= b {
				return -1
			}
			return 1
		})
		p := float64(first+after-1) / 2 / last
		if len(known) == 1 {
			p = 0.5
		}
		out[u] = (p - 0.5) * math.Sqrt(12)
	}
}

// middle is the median of sorted values, NaN for none.
func middle(sorted []float64) float64 {
	n := len(sorted)
	switch {
	case n == 0:
		return math.NaN()
	case n%2 == 1:
		return sorted[n/2]
	}
	return sorted[n/2-1]/2 + sorted[n/2]/2
}
