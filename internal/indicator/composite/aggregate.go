package composite

import (
	"math"

	"bassin/internal/fault"
)

// into is the transformation whose arithmetic mean the mean is of.
func (m Mean) into(x float64) float64 {
	switch m {
	case Geometric:
		return math.Log(x)
	case Harmonic:
		return 1 / x
	}
	return x
}

// back undoes into.
func (m Mean) back(x float64) float64 {
	switch m {
	case Geometric:
		return math.Exp(x)
	case Harmonic:
		return 1 / x
	}
	return x
}

// leaves are indicator columns made ready for the means above them.
type leaves struct {
	cols [][]float64 // by leaf, transformed as the mean of its parent asks
	gaps []bool      // by leaf, whether a value is missing
}

// ready transforms columns for the means of the tree's nodes. Units and scale are
// only there to say which value is refused.
func (t *tree) ready(cols [][]float64, means []Mean, units []string, scale Scale) (leaves, error) {
	l := leaves{cols: make([][]float64, t.leaves), gaps: make([]bool, t.leaves)}
	for i := range t.leaves {
		mean := means[t.parent[i]]
		out := cols[i]
		if mean != Arithmetic {
			out = make([]float64, len(cols[i]))
		}
		for u, v := range cols[i] {
			switch {
			case math.IsNaN(v):
				l.gaps[i] = true
				out[u] = v
			case mean != Arithmetic && v <= 0:
				return leaves{}, refuseMean(mean, t.keys[i], units[u], string(scale))
			case mean != Arithmetic:
				out[u] = mean.into(v)
			}
		}
		l.cols[i] = out
	}
	return l, nil
}

func refuseMean(mean Mean, key, unit, scale string) error {
	return fault.New(fault.Invalid, "composite.needs_positive", string(mean), key, unit, scale).In("aggregation.mean")
}

// scratch is what aggregating a block of units writes to, reused between blocks.
type scratch struct {
	value  [][]float64 // by node, nil for leaves
	weight []float64
	count  []int32
}

func (t *tree) scratch(block int) *scratch {
	s := &scratch{value: make([][]float64, len(t.keys)), weight: make([]float64, block), count: make([]int32, block)}
	for n := t.leaves; n < len(t.keys); n++ {
		s.value[n] = make([]float64, block)
	}
	return s
}

// gaps says of each node whether a unit may lack it.
func (t *tree) gaps(l leaves) []bool {
	gaps := make([]bool, len(t.keys))
	copy(gaps, l.gaps)
	for n := t.leaves; n < len(t.keys); n++ {
		for _, k := range t.kids[n] {
			gaps[n] = gaps[n] || gaps[k]
		}
	}
	return gaps
}

// aggregate computes every aggregate for the units lo to hi into s. It returns the
// component and the unit of a value that its mean cannot take, or -1.
func (t *tree) aggregate(l leaves, gaps []bool, weights []float64, means []Mean, available float64, lo, hi int, s *scratch) (badNode, badUnit int) {
	for n := t.leaves; n < len(t.keys); n++ {
		mean := means[n]
		acc := s.value[n][:hi-lo]
		clear(acc)
		sum := 0.0
		for _, k := range t.kids[n] {
			sum += weights[k]
		}
		ws, count := s.weight[:hi-lo], s.count[:hi-lo]
		if gaps[n] {
			clear(ws)
			clear(count)
		}
		for _, k := range t.kids[n] {
			w := weights[k]
			var x []float64
			if k < t.leaves {
				x = l.cols[k][lo:hi]
			} else {
				x = s.value[k][:hi-lo]
			}
			transform := k >= t.leaves && mean != Arithmetic
			if !transform && !gaps[n] {
				x = x[:len(acc)]
				for i := range acc {
					acc[i] += w * x[i]
				}
				continue
			}
			for i, v := range x {
				if math.IsNaN(v) {
					continue
				}
				if transform {
					if v <= 0 {
						return k, lo + i
					}
					v = mean.into(v)
				}
				acc[i] += w * v
				if gaps[n] {
					ws[i] += w
					count[i]++
				}
			}
		}
		least := available * float64(len(t.kids[n]))
		for i := range acc {
			if !gaps[n] {
				acc[i] = mean.back(acc[i] / sum)
				continue
			}
			if count[i] == 0 || float64(count[i]) < least-1e-9 || !(ws[i] > 0) {
				acc[i] = math.NaN()
				continue
			}
			acc[i] = mean.back(acc[i] / ws[i])
		}
	}
	return -1, -1
}
