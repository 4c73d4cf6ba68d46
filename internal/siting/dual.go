package siting

import (
	"math"
	"slices"
)

// dual is a Lagrangian bound of a work: each row i pays w[i]·r[i] to be served, a
// column earns Σ w·max(0, r − d) over the rows within their radius r, and the bound
// is what is paid less the most that columns can earn (Cornuejols, Fisher and
// Nemhauser 1977). Where columns cost money, a unit of it has a price too.
type dual struct {
	k     *work
	r     []float64 // radius of each row, at most reach
	earn  []float64 // of each column, less the price of its fee
	sel   []int32   // columns chosen
	edge  float64   // what a column must earn to enter …
	next  float64   // … and what the best one left earns, at least 0
	rate  float64   // price of a unit of money
	low   float64   // the bound
	often []float64 // how often each column is chosen, late choices counting more
	heft  float64   // of the next choice
	total float64

	parts [][]float64 // earnings of shards of the rows
	raw   []float64   // earnings before fees
}

// shards is into how many parts rows are cut, on any number of workers, so that
// sums are made in one order.
const shards = 4

// large is the number of pairs from which shards pay.
const large = 1 << 19

func newDual(k *work, r []float64) *dual {
	return &dual{k: k, r: r, earn: make([]float64, len(k.cols)), often: make([]float64, len(k.cols)), heft: 1}
}

// price computes earnings, choice and bound at d.r.
func (d *dual) price(crew *crew) {
	paid := d.k.base
	for i, r := range d.r {
		paid += d.k.w[i] * r
	}
	if d.k.pairs < large {
		clear(d.earn)
		d.shard(d.earn, 0, len(d.r))
	} else {
		if d.parts == nil {
			d.parts = make([][]float64, shards)
			for s := range d.parts {
				d.parts[s] = make([]float64, len(d.earn))
			}
		}
		n := len(d.r)
		crew.each(shards, func(s int) {
			clear(d.parts[s])
			d.shard(d.parts[s], n*s/shards, n*(s+1)/shards)
		})
		for j := range d.earn {
			x := 0.0
			for s := range d.parts {
				x += d.parts[s][j]
			}
			d.earn[j] = x
		}
	}
	switch {
	case d.k.fee == nil:
		d.low = paid - d.choose()
		return
	case d.k.toll:
		for j, f := range d.k.fee {
			d.earn[j] -= f
		}
		d.low = paid - d.choose()
		return
	}
	d.low = paid - d.afford()
}

func (d *dual) shard(earn []float64, from, to int) {
	for i := from; i < to; i++ {
		r, w := d.r[i], d.k.w[i]
		for _, e := range d.k.rows[i] {
			gap := r - float64(e.d)
			if gap <= 0 {
				break
			}
			earn[e.j] += w * gap
		}
	}
}

// afford finds the price of money at which the most that columns can earn is least,
// and returns that.
func (d *dual) afford() float64 {
	d.raw = append(d.raw[:0], d.earn...)
	at := func(rate float64) (earned, spent float64) {
		for j, e := range d.raw {
			d.earn[j] = e - rate*d.k.fee[j]
		}
		earned = d.choose() + rate*d.k.money
		for _, j := range d.sel {
			spent += d.k.fee[j]
		}
		return earned, spent
	}
	best, spent := at(0)
	if spent <= d.k.money {
		d.rate = 0
		return best
	}
	lo, hi := 0.0, 1e-9
	for j, e := range d.raw {
		if f := d.k.fee[j]; f > 0 {
			hi = max(hi, e/f)
		}
	}
	for range 50 {
		mid := (lo + hi) / 2
		if _, spent := at(mid); spent > d.k.money {
			lo = mid
		} else {
			hi = mid
		}
	}
	d.rate = hi
	best, _ = at(hi)
	return best
}

// choose takes the p best of the columns that earn, and returns their earnings.
func (d *dual) choose() float64 {
	m := len(d.k.cols)
	if cap(d.sel) < m {
		d.sel = make([]int32, m)
	}
	d.sel = d.sel[:m]
	for j := range d.sel {
		d.sel[j] = int32(j)
	}
	p := min(d.k.p, m)
	quickselect(d.sel, p, func(a, b int32) bool {
		if d.earn[a] != d.earn[b] {
			return d.earn[a] > d.earn[b]
		}
		return a < b
	})
	d.edge, d.next = math.Inf(1), 0
	for _, j := range d.sel[p:] {
		d.next = max(d.next, d.earn[j])
	}
	if d.k.fee != nil {
		// Columns that lose money stay out, and leave room.
		slices.Sort(d.sel[:p])
		d.sel = slices.DeleteFunc(d.sel[:p], func(j int32) bool { return d.earn[j] <= 0 })
	}
	total := 0.0
	for _, j := range d.sel[:min(p, len(d.sel))] {
		total += d.earn[j]
		d.edge = min(d.edge, d.earn[j])
	}
	if len(d.sel) < p || p == m {
		d.edge = 0
	}
	d.sel = d.sel[:min(p, len(d.sel))]
	return total
}

// quickselect puts the p first in front.
func quickselect(s []int32, p int, before func(a, b int32) bool) {
	lo, hi := 0, len(s)
	for hi-lo > 12 {
		a, b, c := s[lo], s[(lo+hi)/2], s[hi-1]
		if before(b, a) {
			a, b = b, a
		}
		if before(c, b) {
			b = c
			if before(b, a) {
				b = a
			}
		}
		i, j := lo, hi-1
		for i <= j {
			for before(s[i], b) {
				i++
			}
			for before(b, s[j]) {
				j--
			}
			if i <= j {
				s[i], s[j] = s[j], s[i]
				i++
				j--
			}
		}
		switch {
		case p <= j:
			hi = j + 1
		case p > i:
			lo = i
		default:
			return
		}
	}
	slices.SortFunc(s[lo:hi], func(a, b int32) int {
		if a == b {
			return 0
		}
		if before(a, b) {
			return -1
		}
		return 1
	})
}

// climb raises a bound by a deflected subgradient (Camerini, Fratta and Maffioli
// 1975) with Polyak's step, measured so that all radii move alike. It keeps what
// it has learnt when columns are dropped.
type climb struct {
	theta    float64
	patience int
	quiet    int
	best     float64
	kept     []float64 // radii of the best bound
	dir, g   []float64
}

func newClimb(r []float64, patience int) *climb {
	return &climb{theta: 1, patience: patience, best: math.Inf(-1), kept: slices.Clone(r), dir: make([]float64, len(r)), g: make([]float64, len(r))}
}

const deflection = 0.7

// run takes most steps, fewer if the bound reaches cut or can rise no more, and
// leaves d at the best radii. It says whether more steps could help.
func (c *climb) run(d *dual, crew *crew, upper, cut float64, most int, stop func() bool) bool {
	more := true
	start := c.best
	for range most {
		if stop() {
			break
		}
		d.price(crew)
		if d.low > c.best {
			if d.low > c.best+1e-5*math.Abs(upper-c.best) {
				c.quiet = 0
			}
			c.best = d.low
			copy(c.kept, d.r)
		} else {
			c.quiet++
		}
		if c.best >= cut {
			more = false
			break
		}
		if c.quiet >= c.patience {
			c.theta /= 2
			c.quiet = 0
			if c.theta < 1e-4 {
				more = false
				break
			}
			copy(d.r, c.kept)
			clear(c.dir)
			d.price(crew)
		}
		for _, j := range d.sel {
			d.often[j] += d.heft
		}
		d.total += d.heft
		d.heft *= 1.05
		if !c.step(d, crew, upper) {
			more = false
			break
		}
	}
	if c.best > start {
		copy(d.r, c.kept)
	} else if !math.IsInf(start, -1) {
		copy(d.r, c.kept)
	}
	d.price(crew)
	return more
}

// step moves the radii, or says that there is nowhere to go.
func (c *climb) step(d *dual, crew *crew, upper float64) bool {
	k := d.k
	for i := range c.g {
		c.g[i] = 1
	}
	turn := k.columns()
	for _, j := range d.sel {
		for _, e := range turn[j] {
			if float64(e.d) < d.r[e.j] {
				c.g[e.j]--
			}
		}
	}
	norm := 0.0
	for i, x := range c.g {
		top := d.r[i] >= k.reach[i]
		if top && x > 0 {
			x = 0
		}
		v := x + deflection*c.dir[i]
		if top && v > 0 {
			v = 0
		}
		c.dir[i] = v
		norm += k.w[i] * v * v
	}
	if norm == 0 {
		return false
	}
	step := c.theta * (upper - d.low) / norm
	for i, v := range c.dir {
		if v != 0 {
			d.r[i] = min(max(d.r[i]+step*v, k.lowest(i)), k.reach[i])
		}
	}
	return true
}
