package composite

import (
	"math"
	"slices"
)

// ranker ranks a column of n scores again and again without asking for memory. It
// spreads scores over evenly wide buckets, then sorts inside each.
type ranker struct {
	buckets int
	start   []int32 // of each bucket, in order
	order   []entry
	turned  []float64 // scores of the other sign, where the lowest come first
}

type entry struct {
	score float64
	unit  int32
}

func newRanker(n int) *ranker {
	b := 16
	for b < n {
		b *= 2
	}
	return &ranker{buckets: b, start: make([]int32, b+1), order: make([]entry, n)}
}

// rank writes to out 1 for the highest score, equals sharing the better rank, and
// 0 for a missing one.
func (r *ranker) rank(score []float64, out []int32, lowestFirst bool) {
	if lowestFirst {
		score = r.turn(score)
	}
	rankInto(r, score, out)
}

// turn returns the scores with the other sign.
func (r *ranker) turn(score []float64) []float64 {
	if r.turned == nil {
		r.turned = make([]float64, len(score))
	}
	for u, v := range score {
		r.turned[u] = -v
	}
	return r.turned
}

func rankInto[T int32 | uint16](r *ranker, score []float64, out []T) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range score {
		if v < lo {
			lo = v
		}
		if v > hi {
			hi = v
		}
	}
	if !(hi > lo) || math.IsInf(hi-lo, 0) {
		// All equal, or too far apart for buckets.
		n := r.fill(score)
		sortDown(r.order[:n])
		assign(r.order[:n], out, score)
		return
	}
	// The highest go to the first bucket. The map is monotone, so buckets are in order.
	scale := float64(r.buckets-1) / (hi - lo)
	if math.IsInf(scale, 0) {
		scale = math.MaxFloat64
	}
	clear(r.start)
	known := 0
	for _, v := range score {
		if v == v {
			r.start[r.bucket((hi-v)*scale)+1]++
			known++
		}
	}
	for b := 1; b <= r.buckets; b++ {
		r.start[b] += r.start[b-1]
	}
	for u, v := range score {
		if v == v {
			b := r.bucket((hi - v) * scale)
			r.order[r.start[b]] = entry{v, int32(u)}
			r.start[b]++
		}
	}
	// start[b] is now where bucket b ends.
	from := int32(0)
	for b := range r.buckets {
		to := r.start[b]
		if to-from > 1 {
			sortDown(r.order[from:to])
		}
		from = to
	}
	assign(r.order[:known], out, score)
}

func (r *ranker) bucket(x float64) int {
	if b := int(x); b < r.buckets && b >= 0 {
		return b
	}
	return r.buckets - 1
}

// fill lists the known scores and returns how many there are.
func (r *ranker) fill(score []float64) int {
	n := 0
	for u, v := range score {
		if v == v {
			r.order[n] = entry{v, int32(u)}
			n++
		}
	}
	return n
}

func sortDown(e []entry) {
	if len(e) > 24 {
		slices.SortFunc(e, func(a, b entry) int {
			switch {
			case a.score > b.score:
				return -1
			case a.score < b.score:
				return 1
			}
			return 0
		})
		return
	}
	for i := 1; i < len(e); i++ {
		x := e[i]
		j := i
		for ; j > 0 && e[j-1].score < x.score; j-- {
			e[j] = e[j-1]
		}
		e[j] = x
	}
}

func assign[T int32 | uint16](sorted []entry, out []T, score []float64) {
	if len(sorted) < len(score) {
		clear(out)
	}
	rank := T(0)
	for i, e := range sorted {
		if i == 0 || e.score != sorted[i-1].score {
			rank = T(i + 1)
		}
		out[e.unit] = rank
	}
}
