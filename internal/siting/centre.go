package siting

import (
	"context"
	"math"
	"slices"

	"bassin/internal/fault"
)

// link is a site in reach of a demand, with the distance itself.
type link struct {
	d float64
	j int32
}

// centre solves PCentre: the least radius at which the sites allowed cover all, by
// halving the distances between what is known to be too short and what is enough
// (Minieka 1970), each question being a covering.
type centre struct {
	*Problem
	Options
	ctx   context.Context
	may   []bool
	scale []float64
	links [][]link // of each row up to high, nearest first
	home  []float64
	low   float64 // some row cannot be nearer
	high  float64
	sites []int32
	nodes int
}

func solveCentre(ctx context.Context, p Problem, o Options) (*Solution, error) {
	c := &centre{Problem: &p, Options: o, ctx: ctx, may: p.may()}
	if err := c.start(); err != nil {
		return nil, err
	}
	for c.low < c.high && ctx.Err() == nil {
		r, some := c.middle()
		if !some {
			c.low = c.high
			break
		}
		c.tell()
		switch sites, state := c.covers(r); state {
		case yes:
			c.take(sites)
		case no:
			c.low = c.after(r)
		default:
			// Time is over: what is known stands.
		}
	}
	s := &Solution{Value: c.high, Bound: min(c.low, c.high), Nodes: c.nodes, Sites: slices.Clone(p.Fixed)}
	for _, j := range c.sites {
		s.Sites = append(s.Sites, int(j))
	}
	slices.Sort(s.Sites)
	if math.IsInf(c.high, 1) {
		if c.low < c.high {
			return nil, fault.New(fault.Unavailable, "siting.no_time")
		}
		return nil, fault.New(fault.Invalid, "siting.unreachable_together", len(s.Sites))
	}
	s.Served = p.nearest(s.Sites, math.Inf(1))
	return s, nil
}

func (c *centre) tell() {
	if c.Progress != nil {
		c.Progress(Progress{Value: c.high, Bound: c.low, Step: "branch", Nodes: c.nodes})
	}
}

// start finds sites far from one another (Gonzalez 1985), whose radius is enough.
func (c *centre) start() error {
	n, _ := c.Costs.Size()
	var rows []int
	for i := range n {
		if c.Weights != nil && c.Weights[i] == 0 {
			continue
		}
		s := 1.0
		if c.Scaled && c.Weights != nil {
			s = c.Weights[i]
		}
		home := math.Inf(1)
		for _, j := range c.Fixed {
			home = min(home, s*c.Costs.At(i, j))
		}
		rows = append(rows, i)
		c.scale = append(c.scale, s)
		c.home = append(c.home, home)
	}
	now := slices.Clone(c.home)
	most, money := c.room()
	taken := map[int32]bool{}
	for len(c.sites) < most && len(now) > 0 {
		far := 0
		for x, d := range now {
			if d > now[far] {
				far = x
			}
		}
		best, at := math.Inf(1), int32(-1)
		for j, may := range c.may {
			if may && !taken[int32(j)] && (c.Fees == nil || c.Fees[j] <= money) {
				if d := c.Costs.At(rows[far], j); d < best || at < 0 {
					best, at = d, int32(j)
				}
			}
		}
		if at < 0 || now[far] == 0 {
			break
		}
		taken[at] = true
		c.sites = append(c.sites, at)
		if c.Fees != nil && c.Budget > 0 {
			money -= c.Fees[at]
		}
		for x, i := range rows {
			now[x] = min(now[x], c.scale[x]*c.Costs.At(i, int(at)))
		}
	}
	for _, d := range now {
		c.high = max(c.high, d)
	}
	if estimate(len(rows), func(x int, found func(int, float64)) {
		if c.scale[x] > 0 {
			c.Costs.Near(rows[x], c.high/c.scale[x], found)
		}
	}) > wide {
		return fault.New(fault.TooLarge, "siting.wide")
	}
	c.links = make([][]link, len(rows))
	crew := crew{c.Workers}
	const block = 64
	crew.each((len(rows)+block-1)/block, func(b int) {
		for x := b * block; x < min(len(rows), (b+1)*block); x++ {
			var row []link
			s := c.scale[x]
			c.Costs.Near(rows[x], c.high/s*(1+1e-12), func(j int, d float64) {
				if d *= s; c.may[j] && d <= c.high && d < c.home[x] {
					row = append(row, link{d, int32(j)})
				}
			})
			slices.SortFunc(row, func(a, b link) int {
				switch {
				case a.d < b.d:
					return -1
				case a.d > b.d:
					return 1
				}
				return int(a.j - b.j)
			})
			c.links[x] = slices.Clip(row)
		}
	})
	for x, row := range c.links {
		d := c.home[x]
		if len(row) > 0 {
			d = row[0].d
		}
		if math.IsInf(d, 1) {
			return fault.New(fault.Invalid, "siting.unreachable", rows[x]+1)
		}
		c.low = max(c.low, d)
	}
	return nil
}

// room is how many sites may be opened beside those of Fixed, and for how much.
func (p *Problem) room() (most int, money float64) {
	_, most = p.Costs.Size()
	if p.Sites > 0 {
		most = p.Sites - len(p.Fixed)
	}
	money = math.Inf(1)
	if p.Budget > 0 {
		money = p.Budget
	}
	return most, money
}

// middle is a distance about half-way among those from low up to high, without it.
func (c *centre) middle() (float64, bool) {
	total := 0
	for _, row := range c.links {
		total += len(row)
	}
	for step := total/8192 + 1; ; step = 1 {
		var some []float64
		at := 0
		for x, row := range c.links {
			if d := c.home[x]; d >= c.low && d < c.high {
				some = append(some, d)
			}
			for ; at < len(row); at += step {
				if d := row[at].d; d >= c.low && d < c.high {
					some = append(some, d)
				}
			}
			at -= len(row)
		}
		if len(some) > 0 {
			slices.Sort(some)
			some = slices.Compact(some)
			return some[(len(some)-1)/2], true
		}
		if step == 1 {
			return 0, false
		}
	}
}

// after is the next distance above r, at most high.
func (c *centre) after(r float64) float64 {
	next := c.high
	for x, row := range c.links {
		if d := c.home[x]; d > r {
			next = min(next, d)
		}
		at, _ := slices.BinarySearchFunc(row, r, func(l link, r float64) int {
			if l.d <= r {
				return -1
			}
			return 1
		})
		if at < len(row) {
			next = min(next, row[at].d)
		}
	}
	return next
}

// take keeps sites that cover all, with the radius they need.
func (c *centre) take(sites []int32) {
	open := map[int32]bool{}
	for _, j := range sites {
		open[j] = true
	}
	high := 0.0
	for x, row := range c.links {
		d := c.home[x]
		for _, l := range row {
			if open[l.j] {
				d = min(d, l.d)
				break
			}
		}
		high = max(high, d)
	}
	c.high, c.sites = high, sites
	for x, row := range c.links {
		end := len(row)
		for end > 0 && row[end-1].d > high {
			end--
		}
		c.links[x] = row[:end]
	}
}

type state int

const (
	unknown state = iota
	yes
	no
)

// covers asks whether the sites allowed cover all rows within r.
func (c *centre) covers(r float64) ([]int32, state) {
	_, sites := c.Costs.Size()
	q := &cover{search: newSearch(c.ctx, c.Options), mark: make([]int32, sites), rest: 1}
	for x, row := range c.links {
		if c.home[x] <= r {
			continue
		}
		var to []int32
		for _, l := range row {
			if l.d > r {
				break
			}
			to = append(to, l.j)
		}
		if len(to) == 0 {
			return nil, no
		}
		slices.Sort(to)
		q.rows = append(q.rows, to)
	}
	if len(q.rows) == 0 {
		return nil, yes
	}
	most, money := c.room()
	var fee []float64
	if c.Budget > 0 {
		fee = c.Fees
	}
	price := func(j int32) float64 {
		if fee == nil {
			return 1
		}
		return fee[j]
	}
	q.whole, q.enough, q.ceiling = true, 0, 1
	q.cost = func(sites []int32) float64 {
		if len(sites) > most || !c.affordable(sites) {
			return math.Inf(1)
		}
		return float64(q.left(sites))
	}
	rows := lean(q.rows, fee)
	q.rows = rows
	first := q.greedy(price)
	for fee != nil && q.cost(first) == math.Inf(1) || len(first) > most {
		first = first[:len(first)-1]
	}
	q.offer(first)
	if q.upper == 0 {
		return q.sites, yes
	}
	k := covering(rows, 1, 1)
	k.p, k.money = min(most, len(k.cols)), money
	if fee != nil {
		for _, j := range k.cols {
			k.fee = append(k.fee, fee[j])
		}
	}
	q.root = k
	if k.p <= 0 {
		return nil, no
	}
	radii := make([]float64, len(rows))
	for i := range radii {
		radii[i] = 0.5
	}
	q.prove(radii)
	c.nodes += q.nodes
	switch {
	case q.upper == 0:
		return q.sites, yes
	case q.low >= q.cut():
		return nil, no
	}
	return nil, unknown
}
