package twins

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"sync/atomic"
)

// Twin is a unit like another.
type Twin struct {
	Unit     int
	Distance float64 // 0 for the same; 1 is about a standard deviation on each trait
}

// Nearest returns the k units most like unit, the nearest first; fewer where fewer
// can be compared. Units for which skip(unit, other) holds are left out; skip may be
// nil.
func (s *Space) Nearest(unit, k int, skip func(i, j int) bool) []Twin {
	var out []Twin
	s.newScan(k, skip).run([]int{unit}, func(_ int, twins []Twin) { out = twins })
	return out
}

// All returns the k nearest of every unit, as Nearest does. It calls skip from
// several goroutines.
func (s *Space) All(k int, skip func(i, j int) bool) [][]Twin { return s.of(nil, k, skip) }

// of returns by unit the twins of some units, nil for all.
func (s *Space) of(units []int, k int, skip func(i, j int) bool) [][]Twin {
	groups := make([][]int, len(s.leaves)) // units of a leaf are looked after together
	add := func(u int) {
		l := s.leafOf[s.place[u]]
		groups[l] = append(groups[l], u)
	}
	if units == nil {
		for u := range s.units {
			add(u)
		}
	}
	for _, u := range units {
		add(u)
	}
	out := make([][]Twin, s.units)
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(s.opt.Workers, len(groups)) {
		wait.Go(func() {
			sc := s.newScan(k, skip)
			for {
				g := int(next.Add(1)) - 1
				if g >= len(groups) {
					return
				}
				if len(groups[g]) > 0 {
					sc.run(groups[g], func(u int, twins []Twin) { out[u] = twins })
				}
			}
		})
	}
	wait.Wait()
	return out
}

// scan is the room that one goroutine needs.
type scan struct {
	*Space
	k        int
	skip     func(i, j int) bool
	searches []search
	order    []reach   // of leaves
	pattern  int32     // of the units that search
	lacks    []bool    // by trait, whether they lack it
	toll     []float64 // by place, what the traits they lack add to a distance there
	most     []float64 // by leaf, the largest toll
}

// search is the list of one unit.
type search struct {
	unit   int
	place  int32
	best   []near  // sorted
	shared float64 // weight shared with the units of the leaf at hand
	toll   float64 // what the traits those lack add to a distance
}

type near struct {
	square float64
	unit   int
}

type reach struct {
	square float64
	leaf   int32
}

func (s *Space) newScan(k int, skip func(i, j int) bool) *scan {
	return &scan{Space: s, k: max(0, k), skip: skip, lacks: make([]bool, len(s.traits))}
}

// run finds the twins of units that lie in one leaf.
func (sc *scan) run(units []int, found func(unit int, twins []Twin)) {
	home := &sc.leaves[sc.leafOf[sc.place[units[0]]]]
	sc.charge(home.pattern)
	for len(sc.searches) < len(units) {
		sc.searches = append(sc.searches, search{best: make([]near, 0, min(sc.k, sc.units))})
	}
	searches := sc.searches[:len(units)]
	for i, u := range units {
		q := &searches[i]
		q.unit, q.place, q.best = u, sc.place[u], q.best[:0]
	}
	sc.arrange(home)
	pattern := int32(-1)
	for _, r := range sc.order {
		lf := &sc.leaves[r.leaf]
		if lf.pattern != pattern {
			pattern = lf.pattern
			for i := range searches {
				sc.meet(&searches[i], pattern)
			}
		}
		if sc.k > 0 && sc.enough(searches[0].shared) {
			for i := range searches {
				sc.visit(&searches[i], lf)
			}
		}
	}
	for _, q := range searches {
		out := make([]Twin, len(q.best))
		for i, b := range q.best {
			out[i] = Twin{b.unit, math.Sqrt(b.square)}
		}
		found(q.unit, out)
	}
}

// arrange puts leaves near home first: they make the lists short early.
func (sc *scan) arrange(home *leaf) {
	sc.order = sc.order[:0]
	for l := range sc.leaves {
		lf := &sc.leaves[l]
		sum := 0.0
		for a := range head {
			d := max(lf.low[a]-home.high[a], home.low[a]-lf.high[a], 0)
			sum += d * d
		}
		if lf == home {
			sum = -1
		}
		sc.order = append(sc.order, reach{sum, int32(l)})
	}
	slices.SortFunc(sc.order, func(a, b reach) int {
		return cmp.Or(cmp.Compare(a.square, b.square), cmp.Compare(a.leaf, b.leaf))
	})
}

// charge prepares for units of a pattern.
func (sc *scan) charge(pattern int32) {
	if sc.pattern == pattern {
		return
	}
	sc.pattern = pattern
	clear(sc.lacks)
	for _, t := range sc.missing[pattern] {
		sc.lacks[t] = true
	}
	if pattern == 0 {
		return
	}
	if sc.toll == nil {
		sc.toll = make([]float64, sc.units)
		sc.most = make([]float64, len(sc.leaves))
	}
	clear(sc.most)
	for i, u := range sc.index.order {
		row := sc.row(int(u))
		sum := 0.0
		for _, t := range sc.missing[pattern] {
			if v := row[t]; v == v {
				sum += sc.weight[t] * v * v
			}
		}
		sc.toll[i] = sum * (1 + 1e-9)
		sc.most[sc.leafOf[i]] = max(sc.most[sc.leafOf[i]], sc.toll[i])
	}
}

// meet notes what a unit shares with those of a pattern.
func (sc *scan) meet(q *search, pattern int32) {
	row := sc.row(q.unit)
	q.shared, q.toll = 0, 0
	for t, w := range sc.weight {
		if !sc.lacks[t] {
			q.shared += w
		}
	}
	for _, t := range sc.missing[pattern] {
		if !sc.lacks[t] {
			q.shared -= sc.weight[t]
			q.toll += sc.weight[t] * row[t] * row[t]
		}
	}
}

// limit is the squared length on the principal axes beyond which a unit is further
// than the last of the list. There, a missing trait stands at the median, which adds
// to the length and not to the distance.
func (sc *scan) limit(q *search) float64 {
	if len(q.best) < sc.k {
		return math.Inf(1)
	}
	return (q.best[sc.k-1].square*q.shared+q.toll)*(1+1e-9) + sc.slack
}

// visit looks for twins in a leaf.
func (sc *scan) visit(q *search, lf *leaf) {
	limit := sc.limit(q)
	own := sc.turned[int(q.place)*sc.blocks : (int(q.place)+1)*sc.blocks]
	gaps := sc.pattern != 0
	reach := limit
	if gaps {
		reach += sc.most[sc.leafOf[lf.from]]
	}
	if lf.away(&own[0]) > reach {
		return
	}
	bound := limit
next:
	for i := lf.from; i < lf.to; i++ {
		if gaps {
			bound = limit + sc.toll[i]
		}
		other := sc.turned[int(i)*sc.blocks : int(i)*sc.blocks+len(own)]
		sum := 0.0
		for k := range own {
			a, b := &own[k], &other[k]
			d0, d1, d2, d3 := a[0]-b[0], a[1]-b[1], a[2]-b[2], a[3]-b[3]
			d4, d5, d6, d7 := a[4]-b[4], a[5]-b[5], a[6]-b[6], a[7]-b[7]
			sum += (d0*d0 + d1*d1 + (d2*d2 + d3*d3)) + (d4*d4 + d5*d5 + (d6*d6 + d7*d7))
			if sum > bound {
				continue next
			}
		}
		if i != q.place && sc.offer(q, int(sc.index.order[i])) {
			limit = sc.limit(q)
			bound = limit
		}
	}
}

// away is the squared length from a first block to the box of the leaf.
func (lf *leaf) away(a *[head]float64) float64 {
	sum := 0.0
	for i, x := range a {
		if d := lf.low[i] - x; d > 0 {
			sum += d * d
		} else if d := x - lf.high[i]; d > 0 {
			sum += d * d
		}
	}
	return sum
}

// offer puts a unit in the list if it belongs there, and tells whether it did.
func (sc *scan) offer(q *search, other int) bool {
	square, ok := sc.square(q.unit, other)
	if !ok {
		return false
	}
	full := len(q.best) == sc.k
	if full {
		if last := q.best[sc.k-1]; square > last.square || square == last.square && other > last.unit {
			return false
		}
	}
	if sc.skip != nil && sc.skip(q.unit, other) {
		return false
	}
	if !full {
		q.best = append(q.best, near{})
	}
	at := len(q.best) - 1
	for at > 0 && (square < q.best[at-1].square || square == q.best[at-1].square && other < q.best[at-1].unit) {
		q.best[at] = q.best[at-1]
		at--
	}
	q.best[at] = near{square, other}
	return true
}
