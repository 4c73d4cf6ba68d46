package indicator

import (
	"math"
	"slices"
)

// Distribution is the values of a group of territories, for placing one of them.
type Distribution struct {
	sorted []float64
}

// NewDistribution keeps the numbers among the values at the indexes, or of all
// the values if indexes is nil.
func NewDistribution(values []float64, indexes []int) Distribution {
	var d Distribution
	add := func(x float64) {
		if !math.IsNaN(x) {
			d.sorted = append(d.sorted, x)
		}
	}
	if indexes == nil {
		for _, x := range values {
			add(x)
		}
	} else {
		for _, i := range indexes {
			add(values[i])
		}
	}
	slices.Sort(d.sorted)
	return d
}

// Values are the numbers in increasing order. They are shared.
func (d Distribution) Values() []float64 { return d.sorted }

// Len is how many numbers there are.
func (d Distribution) Len() int { return len(d.sorted) }

// Quantile returns the q-th quantile, by linear interpolation (type 7 of Hyndman
// and Fan, 1996), NaN of nothing.
func (d Distribution) Quantile(q float64) float64 {
	n := len(d.sorted)
	if n == 0 {
		return math.NaN()
	}
	at := q * float64(n-1)
	i := int(at)
	if i+1 >= n {
		return d.sorted[n-1]
	}
	return d.sorted[i] + (at-float64(i))*(d.sorted[i+1]-d.sorted[i])
}

// Below is how many are lower than x, and above how many are higher.
func (d Distribution) Below(x float64) (below, above int) {
	below, _ = slices.BinarySearch(d.sorted, x)
	above = len(d.sorted) - below
	for i := below; i < len(d.sorted) && d.sorted[i] == x; i++ {
		above--
	}
	return below, above
}
