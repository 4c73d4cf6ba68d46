package indicator

import (
	"cmp"
	"math"
	"slices"
)

// Spearman is the correlation of the ranks of two measures, from -1 to 1, equal
// values sharing the mean of their ranks, over the n pairs where both are numbers
// (C. Spearman, The proof and measurement of association between two things, 1904).
// It is NaN where there are under three pairs or one measure does not vary.
func Spearman(x, y []float64) (rho float64, n int) {
	var a, b []float64
	for i := range x {
		if !math.IsNaN(x[i]) && !math.IsNaN(y[i]) {
			a, b = append(a, x[i]), append(b, y[i])
		}
	}
	if n = len(a); n < 3 {
		return math.NaN(), n
	}
	a, b = ranks(a), ranks(b)
	mean := float64(n+1) / 2
	var ab, aa, bb float64
	for i := range a {
		ab += (a[i] - mean) * (b[i] - mean)
		aa += (a[i] - mean) * (a[i] - mean)
		bb += (b[i] - mean) * (b[i] - mean)
	}
	if aa == 0 || bb == 0 {
		return math.NaN(), n
	}
	return ab / math.Sqrt(aa*bb), n
}

// ranks are from 1, equal values sharing the mean of theirs.
func ranks(v []float64) []float64 {
	order := make([]int, len(v))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(v[a], v[b]) })
	out := make([]float64, len(v))
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && v[order[to]] == v[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			out[i] = float64(from+to+1) / 2
		}
		from = to
	}
	return out
}
