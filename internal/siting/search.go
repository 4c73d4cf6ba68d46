package siting

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// search looks for the least cost of a work and proves it.
type search struct {
	stop    func() bool
	crew    *crew
	chance  *rand.Rand
	root    *work
	whole   bool                            // all costs are whole numbers
	scale   func() float64                  // what a relative gap is measured by
	asked   float64                         // relative gap that is enough
	cost    func(sites []int32) float64     // of a solution, computed anew; +Inf if it is none
	widen   func(k *work, r []float64) bool // lists more columns for rows that would pay for farther ones; nil if rows are complete
	told    func(step string)               // of progress; may be nil
	mend    func(sites []int32) []int32     // makes a solution of sites that are none; may be nil
	enough  float64                         // a cost that needs no improvement
	ceiling float64                         // of costs that matter: a bound above it is as good as any

	upper   float64 // cost of the best solution
	sites   []int32 // of it, those open from the start aside
	low     float64 // no solution costs less
	nodes   int
	anneals bool   // shakes by annealing
	rounds  int    // of kicks
	core    []bool // columns near to being chosen at the root
	step    string
}

func (m *search) tell(step string) {
	m.step = step
	if m.told != nil {
		m.told(step)
	}
}

// done says that there is nothing left to find or to prove.
func (m *search) done() bool {
	return m.upper <= m.enough || m.low >= m.cut() || m.asked > 0 && m.upper-m.low <= m.asked*m.scale() || m.stop()
}

// exact is the relative gap up to which costs that are no whole numbers count as equal.
const exact = 1e-6

// cut is the bound from which nothing better can be: the next whole value, or a
// hair under the best.
func (m *search) cut() float64 {
	upper := m.goal()
	if math.IsInf(upper, 1) {
		return upper
	}
	if m.whole {
		return upper - 1 + 1e-6 + 1e-12*upper
	}
	return upper - exact/4*m.scale()
}

// goal is what the bound strives for.
func (m *search) goal() float64 { return min(m.upper, m.ceiling) }

// bound is what can be said of all solutions.
func (m *search) bound() float64 {
	if m.whole {
		return min(m.upper, math.Ceil(m.low-1e-6-1e-12*math.Abs(m.low)))
	}
	return min(m.low, m.upper-exact/4*m.scale())
}

// ascend raises the bound at the root, tries what it chooses, and drops columns.
func (m *search) ascend(r []float64) []float64 {
	k := m.root
	c := newClimb(r, 25)
	d := newDual(k, r)
	var s *swaps
	for round := 0; round < 60; round++ {
		more := c.run(d, m.crew, m.goal(), m.cut(), 40, m.stop)
		m.low = max(m.low, c.best)
		m.tell("bound")
		if m.widen != nil && m.widen(k, d.r) {
			more = true
			d, s = newDual(k, d.r), nil
			d.price(m.crew)
		}
		if m.done() {
			return d.r
		}
		if k.pairs > large*16 {
			sites := make([]int32, len(d.sel))
			for x, j := range d.sel {
				sites[x] = k.cols[j]
			}
			m.sample(k, sites)
		} else {
			if s == nil {
				s = newSwaps(k)
			}
			s.set(d.sel)
			s.improve(m.stop)
			m.take(s)
		}
		if m.done() {
			return d.r
		}
		kept, opened, left := d.fixed(m.cut())
		if len(opened) > 0 || left < len(k.cols)*4/5 {
			k = k.keep(kept, opened)
			for i := range d.r {
				c.kept[i] = min(c.kept[i], k.reach[i])
			}
			nd := newDual(k, slices.Clone(c.kept))
			d = nd
			m.root = k
			s = nil
		}
		if !more {
			break
		}
	}
	d.price(m.crew)
	m.core, _, _ = d.fixed(d.low + kernel*(m.cut()-d.low))
	for _, j := range d.sel {
		m.core[j] = true
	}
	return d.r
}

// sample exchanges among some columns drawn anew each time, beside those of sites
// and of the best solution: where there are very many, all would take too long.
func (m *search) sample(k *work, sites []int32) {
	kept := make([]bool, len(k.cols))
	for _, from := range [][]int32{k.find(sites), k.find(m.sites)} {
		for _, j := range from {
			kept[j] = true
		}
	}
	for range 1000 + 10*k.p {
		kept[m.chance.IntN(len(kept))] = true
	}
	some := k.keep(kept, nil)
	m.improve(some, sites)
	m.improve(some, m.sites)
}

// fixed says which columns a better solution may still hold, and which it must.
func (d *dual) fixed(cut float64) (kept []bool, opened []int32, left int) {
	kept = make([]bool, len(d.k.cols))
	chosen := make([]bool, len(d.k.cols))
	for _, j := range d.sel {
		chosen[j] = true
	}
	for j := range kept {
		switch {
		case chosen[j] && d.low+d.earn[j]-d.next >= cut:
			opened = append(opened, int32(j))
		case chosen[j] || d.low+d.edge-d.earn[j] < cut:
			kept[j] = true
			left++
		}
	}
	return kept, opened, left
}

// improve exchanges from given sites.
func (m *search) improve(k *work, sites []int32) {
	s := newSwaps(k)
	s.set(k.find(sites))
	s.improve(m.stop)
	m.take(s)
}

// find gives the columns of sites, those that are none left out.
func (k *work) find(sites []int32) []int32 {
	var out []int32
	for j, site := range k.cols {
		if slices.Contains(sites, site) {
			out = append(out, int32(j))
		}
	}
	return out
}

// take offers what exchanges have found.
func (m *search) take(s *swaps) {
	if s.value >= m.upper {
		return
	}
	sites := slices.Clone(s.k.opened)
	for _, j := range s.open {
		sites = append(sites, s.k.cols[j])
	}
	m.offer(sites)
}

// offer keeps sites if they are the best so far.
func (m *search) offer(sites []int32) {
	if m.mend != nil {
		sites = m.mend(sites)
	}
	v := m.cost(sites)
	if v < m.upper {
		m.upper = v
		m.sites = slices.Clone(sites)
		m.tell(m.step)
	}
}

// kicks exchanges a few columns at random, close to one another, and keeps what is
// no worse after it has been improved.
func (m *search) kicks(budget int) {
	k := m.root
	if m.rounds%2 == 0 && len(m.core) == len(k.cols) {
		k = k.keep(m.core, nil)
	}
	s := newSwaps(k)
	s.set(k.find(m.sites))
	s.improve(m.stop)
	m.take(s)
	if len(s.open) == 0 || len(s.open) == len(k.cols) {
		return
	}
	m.rounds++
	if m.anneals {
		m.anneal(s, max(budget, m.rounds*1000*k.pairs))
		return
	}
	s.ops = 0

	best := s.value
	quiet := 0
	for tries := 0; s.ops < budget && tries < 100*len(k.cols) && !m.done(); tries++ {
		before := s.value
		s.log = s.log[:0]
		c := s.open[m.chance.IntN(len(s.open))]
		for range 1 + m.chance.IntN(3) {
			next := s.around(c, m.chance)
			in := s.around(c, m.chance)
			if in >= 0 && s.place[in] < 0 && s.place[c] >= 0 {
				s.do(in, c)
			}
			for range 4 {
				if next >= 0 && s.place[next] >= 0 {
					break
				}
				next = s.around(c, m.chance)
			}
			if next >= 0 && s.place[next] >= 0 {
				c = next
			}
		}
		s.improve(m.stop)
		// A little worse than the best is a way to somewhere else.
		left := 1 - float64(s.ops)/float64(budget)
		bar := max(before, best+tolerance*left*m.chance.Float64()*max(0, m.upper-m.low))
		switch {
		case s.value < best-1e-9*math.Abs(best):
			best, quiet = s.value, 0
			tries = 0
			m.take(s)
		case s.value > bar:
			quiet++
			s.undo()
		default:
			quiet++
		}
		if quiet > 200+2*len(s.open) {
			s.set(k.find(m.sites))
			s.queue = s.queue[:0]
			clear(s.queued)
			quiet = 0
		}
	}
}

// anneal exchanges columns at random, at first also for the worse (Kirkpatrick,
// Gelatt and Vecchi 1983): what opens is drawn, what closes is the best for it.
func (m *search) anneal(s *swaps, budget int) {
	k := s.k
	s.ops = 0
	hot := heat * max(0, m.upper-m.low)
	for s.ops < budget && !m.done() {
		cool := 1 - float64(s.ops)/float64(budget)
		j := int32(m.chance.IntN(len(k.cols)))
		if s.place[j] >= 0 {
			s.ops++
			continue
		}
		gain, out := s.gain(j, len(s.open) < k.p)
		if gain > hot*cool*cool*math.Log(1-m.chance.Float64()) && !math.IsInf(gain, -1) && gain != 0 {
			s.ops += 4 * len(s.turn[j])
			s.apply(j, out, false)
			if s.value < m.upper-1e-9 {
				m.take(s)
			}
		}
	}
	s.wakeAll()
	s.improve(m.stop)
	m.take(s)
}

// heat is how much worse annealing takes at first, in parts of the gap.
const heat = 0.2

// tolerance is how much worse than the best a solution may be from which one goes
// on, in parts of the gap.
const tolerance = 0.1

// kernel is how far from being chosen a column of the core may be, in parts of the
// gap.
const kernel = 0.15

// around is a column at random among those that share a row with column c.
func (s *swaps) around(c int32, chance *rand.Rand) int32 {
	rows := s.turn[c]
	if len(rows) == 0 {
		return -1
	}
	row := s.k.rows[rows[chance.IntN(len(rows))].j]
	return row[chance.IntN(len(row))].j
}

// newSearch is a search of which the work, the costs and the scale are yet to come.
func newSearch(ctx context.Context, o Options) search {
	return search{asked: o.Gap, crew: &crew{o.Workers}, stop: func() bool { return ctx.Err() != nil },
		chance: rand.New(rand.NewPCG(o.Seed, 0x5171)), //nolint:gosec // draws that can be made again, no secrets
		upper:  math.Inf(1), enough: math.Inf(-1), ceiling: math.Inf(1)}
}

// prove works from radii r until the best solution is proved to be so.
func (m *search) prove(r []float64) {
	r = m.ascend(r)
	if m.done() {
		return
	}
	m.kicks(60*m.root.pairs + 3e6)
	if m.done() {
		return
	}
	m.branch(r)
}
