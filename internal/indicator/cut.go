package indicator

import (
	"math"
	"slices"
)

// Cut parts numbers into classes, for maps and legends. Class i holds the numbers
// from Limits[i-1], included, to Limits[i], excluded; the first and the last have
// no end. Equal numbers are never parted, and a cut made of values leaves no class
// empty, so it may have fewer classes than were asked for.
type Cut struct {
	Limits []float64 // increasing
	// Middle is the number of classes below the middle of a diverging cut, else 0.
	Middle int
}

// Classes is how many classes there are.
func (c Cut) Classes() int { return len(c.Limits) + 1 }

// Class is the class of a number, from 0, or -1 for NaN.
func (c Cut) Class(x float64) int {
	if math.IsNaN(x) {
		return -1
	}
	i, at := slices.BinarySearch(c.Limits, x)
	if at {
		i++
	}
	return i
}

// Count counts the values of each class, and those that are missing.
func (c Cut) Count(values []float64) (counts []int, missing int) {
	counts = make([]int, c.Classes())
	for _, x := range values {
		if k := c.Class(x); k >= 0 {
			counts[k]++
		} else {
			missing++
		}
	}
	return counts, missing
}

// Method is how the limits of classes are chosen.
type Method string

// The methods.
const (
	ByQuantile Method = "quantile" // as many territories in each class
	ByJenks    Method = "jenks"    // natural breaks: values of a class as close together as can be
)

// MaxClasses is the most classes that a reader can tell apart.
const MaxClasses = 7

// CutBy parts the values in at most k classes. NaN are left aside.
func CutBy(m Method, values []float64, k int) Cut {
	g := groupsOf(values)
	if m == ByJenks {
		return Cut{Limits: g.jenks(k)}
	}
	return Cut{Limits: g.quantiles(k)}
}

// CutAround parts the values on both sides of a middle that means something, such
// as no growth: the middle is a limit, and each side has at most half of the k
// classes. Where all values are on one side it is a plain cut.
func CutAround(m Method, values []float64, k int, middle float64) Cut {
	var below, above []float64
	for _, x := range values {
		switch {
		case x < middle:
			below = append(below, x)
		case x >= middle:
			above = append(above, x)
		}
	}
	if len(below) == 0 || len(above) == 0 {
		return CutBy(m, values, k)
	}
	side := max(1, k/2)
	low, high := CutBy(m, below, side), CutBy(m, above, side)
	return Cut{Limits: slices.Concat(low.Limits, []float64{middle}, high.Limits), Middle: low.Classes()}
}

// groups are the distinct values in increasing order, with how many values are up
// to each of them.
type groups struct {
	values []float64
	upto   []int
}

func groupsOf(values []float64) groups {
	sorted := NewDistribution(values, nil).Values()
	var g groups
	for i, x := range sorted {
		if last := len(g.values); last > 0 && g.values[last-1] == x {
			g.upto[last-1] = i + 1
			continue
		}
		g.values, g.upto = append(g.values, x), append(g.upto, i+1)
	}
	return g
}

// quantiles puts each limit at the border between two values that is nearest to
// an equal share of the values.
func (g groups) quantiles(k int) []float64 {
	if len(g.values) < 2 {
		return nil
	}
	total := float64(g.upto[len(g.upto)-1])
	var limits []float64
	last := 0 // limits are at the start of groups after this one
	for i := 1; i < k; i++ {
		want := float64(i) / float64(k) * total
		at, _ := slices.BinarySearchFunc(g.upto, want, func(n int, w float64) int {
			if float64(n) < w {
				return -1
			}
			return 1
		})
		// The border after group at is beyond what is wanted, the one before is short of it.
		if at > 0 && want-float64(g.upto[at-1]) < float64(g.upto[at])-want {
			at--
		}
		if at++; at > last && at < len(g.values) {
			limits, last = append(limits, g.values[at]), at
		}
	}
	return limits
}

// jenks finds the classes whose squared distances to their own means add up to
// the least (W. D. Fisher, On grouping for maximum homogeneity, 1958; used for maps
// by G. F. Jenks, 1967). It is exact: as the best start of the last class never
// goes back when values are added, each row of the table is filled by halves, in
// n log n (X. Wu, Optimal quantization by matrix searching, 1991).
func (g groups) jenks(k int) []float64 {
	n := len(g.values)
	if k = min(k, n); k < 2 {
		return nil
	}
	// Sums are of distances to the middle value, so that large values lose no digit.
	origin := g.values[n/2]
	weight, sum, square := make([]float64, n+1), make([]float64, n+1), make([]float64, n+1)
	for i, x := range g.values {
		weight[i+1] = float64(g.upto[i])
		w := weight[i+1] - weight[i]
		x -= origin
		sum[i+1], square[i+1] = sum[i]+w*x, square[i]+w*x*x
	}
	// cost of the groups from i up to j, excluded.
	cost := func(i, j int) float64 {
		s := sum[j] - sum[i]
		return max(0, square[j]-square[i]-s*s/(weight[j]-weight[i]))
	}
	best := make([]float64, n+1) // by number of groups taken, with the classes so far
	for j := 1; j <= n; j++ {
		best[j] = cost(0, j)
	}
	starts := make([][]int32, k)
	for c := 1; c < k; c++ {
		next, start := make([]float64, n+1), make([]int32, n+1)
		var fill func(from, to, low, high int)
		fill = func(from, to, low, high int) {
			if from > to {
				return
			}
			j := (from + to) / 2
			next[j] = math.Inf(1)
			for i := max(low, c); i <= min(high, j-1); i++ {
				if x := best[i] + cost(i, j); x < next[j] {
					next[j], start[j] = x, int32(i)
				}
			}
			fill(from, j-1, low, int(start[j]))
			fill(j+1, to, int(start[j]), high)
		}
		fill(c+1, n, c, n-1)
		best, starts[c] = next, start
	}
	limits := make([]float64, k-1)
	j := n
	for c := k - 1; c > 0; c-- {
		j = int(starts[c][j])
		limits[c-1] = g.values[j]
	}
	return limits
}
