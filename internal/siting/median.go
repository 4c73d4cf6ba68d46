package siting

import (
	"context"
	"math"
	"slices"

	"bassin/internal/fault"
)

// median solves PMedian and MaxCover, which is one with distances from 0 (covered)
// to 1 (not), nobody having to be served.
type median struct {
	*Problem
	Options
	search
	demands []int32   // of each row
	allowed []int32   // candidates not open yet
	may     []bool    // by site
	weight  float64   // of all
	penalty float64   // of leaving out one who must be served, 0 if none can be
	home    []float64 // distance of each row with the sites of Fixed only

	full    []float64 // distance from which a row lists all candidates
	spacing float64   // by which reaches grow at least
}

// away is the distance as the solver sees it.
func (m *median) away(demand, site int) float64 {
	d := m.Costs.At(demand, site)
	if m.Model == MaxCover {
		return m.short(d)
	}
	return d
}

// short is the share not served at a distance.
func (m *median) short(d float64) float64 {
	switch {
	case !(d <= m.Radius):
		return 1
	case m.Decay == nil:
		return 0
	}
	return 1 - min(1, max(0, m.Decay(d)))
}

// row lists the candidates of a demand nearer than reach.
func (m *median) row(demand int, reach float64) []near {
	var row []near
	if m.Model == MaxCover {
		m.Costs.Near(demand, m.Radius, func(j int, d float64) {
			if m.may[j] {
				if s := m.short(d); s < reach {
					row = append(row, near{down(s), int32(j)})
				}
			}
		})
	} else {
		m.Costs.Near(demand, reach, func(j int, d float64) {
			if m.may[j] && d < reach {
				row = append(row, near{down(d), int32(j)})
			}
		})
	}
	ordered(row)
	return row
}

// measure is what a relative gap is measured by.
func (m *median) measure() float64 {
	if m.Model == MaxCover {
		return max(m.weight-m.upper, 1e-9*m.weight)
	}
	return m.upper
}

func solveMedian(ctx context.Context, p Problem, o Options) (*Solution, error) {
	m := &median{Problem: &p, Options: o, search: newSearch(ctx, o)}
	m.search.cost, m.search.widen, m.told = m.cost, m.widen, m.report
	m.scale = m.measure
	if err := m.prepare(); err != nil {
		return nil, err
	}
	m.solve()
	return m.solution()
}

// prepare makes the work of the problem.
func (m *median) prepare() error {
	if m.Model == MaxCover {
		if err := m.roomFor(m.Radius); err != nil {
			return err
		}
	}
	n, sites := m.Costs.Size()
	m.may = m.Problem.may()
	k := &work{p: m.Sites - len(m.Fixed), money: math.Inf(1)}
	if m.Sites == 0 {
		k.p = sites
	}
	if m.Budget > 0 {
		k.money = m.Budget
	}
	for j, may := range m.may {
		if may {
			m.allowed = append(m.allowed, int32(j))
		}
	}
	k.p = min(k.p, len(m.allowed))
	m.whole = m.Costs.Whole() || m.Model == MaxCover
	m.whole = m.whole && m.Decay == nil
	for i := range n {
		w := 1.0
		if m.Weights != nil {
			w = m.Weights[i]
		}
		if w == 0 {
			continue
		}
		m.weight += w
		out := math.Inf(1)
		if m.Model == MaxCover {
			out = 1
		} else if m.Unserved != nil {
			out = m.Unserved[i]
			m.whole = m.whole && (out == math.Floor(out) || math.IsInf(out, 1))
		}
		m.whole = m.whole && w == math.Floor(w)
		for _, j := range m.Fixed {
			out = min(out, m.away(i, j))
		}
		k.w = append(k.w, w)
		k.out = append(k.out, out)
		m.demands = append(m.demands, int32(i))
	}
	m.root, m.home = k, k.out
	return m.patch()
}

// patch gives a price to staying unserved to demands that must be served, where some
// sites are out of reach: more than any solution that serves all costs.
func (m *median) patch() error {
	matrix, ok := m.Costs.(*Matrix)
	if !ok || m.Model == MaxCover || !matrix.holes {
		return nil
	}
	k := m.root
	total := 1.0
	for x, i := range m.demands {
		far := math.Inf(-1)
		for _, j := range m.allowed {
			if d := matrix.At(int(i), int(j)); d < math.Inf(1) {
				far = max(far, d)
			}
		}
		if math.IsInf(k.out[x], 1) && far < 0 {
			return fault.New(fault.Invalid, "siting.unreachable", int(i)+1)
		}
		if k.out[x] < math.Inf(1) {
			far = k.out[x]
		}
		total += k.w[x] * far
	}
	m.penalty = math.Ceil(total)
	for x := range k.out {
		if math.IsInf(k.out[x], 1) {
			k.out[x] = math.Ceil(m.penalty / min(1, k.w[x]))
		}
	}
	return nil
}

// seed chooses sites at random, far ones first, and gives the two distances from
// each row to them (the seeding of k-means++, Arthur and Vassilvitskii 2007).
func (m *median) seed() (sites []int32, d1, d2 []float64) {
	k := m.root
	d1, d2 = slices.Clone(k.out), slices.Clone(k.out)
	money := k.money
	taken := make(map[int32]bool)
	for len(sites) < k.p {
		total := 0.0
		for i, d := range d1 {
			total += k.w[i] * min(d, 1e30)
		}
		at := m.chance.Float64() * total
		i := 0
		for ; i < len(d1)-1; i++ {
			if at -= k.w[i] * min(d1[i], 1e30); at < 0 {
				break
			}
		}
		site := m.close(int(m.demands[i]), taken, money)
		if site < 0 {
			break
		}
		taken[site] = true
		sites = append(sites, site)
		if m.Fees != nil {
			money -= m.Fees[site]
		}
		m.crew.each(shards, func(s int) {
			for i := len(d1) * s / shards; i < len(d1)*(s+1)/shards; i++ {
				d := m.away(int(m.demands[i]), int(site))
				if d < d1[i] {
					d1[i], d2[i] = d, d1[i]
				} else if d < d2[i] {
					d2[i] = d
				}
			}
		})
		if m.stop() && len(sites) > 0 {
			break
		}
	}
	return sites, d1, d2
}

// close is the candidate nearest to a demand among those left and affordable.
func (m *median) close(demand int, taken map[int32]bool, money float64) int32 {
	best, at := math.Inf(1), int32(-1)
	if demand < len(m.may) && m.may[demand] && !taken[int32(demand)] && (m.Fees == nil || m.Fees[demand] <= money) && m.away(demand, demand) == 0 {
		return int32(demand)
	}
	for _, j := range m.allowed {
		if taken[j] || m.Fees != nil && m.Fees[j] > money {
			continue
		}
		if d := m.away(demand, int(j)); d < best || at < 0 {
			best, at = d, j
		}
	}
	return at
}

// list lists the columns in reach of rows.
func (m *median) list(k *work, rows []int32) {
	number := make([]int32, len(m.may))
	for j := range m.may {
		m.may[j], number[j] = false, -1
	}
	for c, j := range k.cols {
		m.may[j], number[j] = true, int32(c)
	}
	const block = 64
	m.crew.each((len(rows)+block-1)/block, func(b int) {
		for _, i := range rows[b*block : min(len(rows), (b+1)*block)] {
			row := m.row(int(m.demands[i]), k.reach[i])
			for x := range row {
				row[x].j = number[row[x].j]
			}
			k.rows[i] = slices.Clip(row)
			if len(row) == len(m.allowed) { // there is nothing farther
				k.reach[i] = min(k.reach[i], float64(row[len(row)-1].d))
				m.full[i] = k.reach[i]
			}
		}
	})
	k.turn = nil
	k.pairs = 0
	for _, row := range k.rows {
		k.pairs += len(row)
	}
}

// solve works until all is proved or time is over.
func (m *median) solve() {
	m.tell("start")
	k := m.root
	if k.p <= 0 || len(m.allowed) == 0 || len(k.w) == 0 {
		m.offer(nil)
		m.low = m.upper
		return
	}
	sites, d1, d2 := m.seed()
	m.offer(sites)
	n := len(d1)
	small := n*len(m.allowed) <= 1<<16
	k.cols, k.reach, k.rows = m.allowed, make([]float64, n), make([][]near, n)
	if m.Fees != nil && m.Budget > 0 {
		for _, j := range k.cols {
			k.fee = append(k.fee, m.Fees[j])
		}
	}
	m.full = make([]float64, n)
	rows, r := make([]int32, n), make([]float64, n)
	for i := range rows {
		rows[i], m.full[i] = int32(i), math.Inf(1)
		r[i] = min((d1[i]+d2[i])/2, k.out[i])
		m.spacing += min(d1[i], 1e30) / float64(n)
		switch k.reach[i] = min(1.5*d2[i], k.out[i]); {
		case small:
			k.reach[i] = k.out[i]
		case math.IsInf(k.reach[i], 1) && n*len(m.allowed) > wide: // one site for all
			k.reach[i] = 2 * d1[i]
		}
	}
	m.spacing /= 4
	// Where that would be too much to hold, rows are shorter and the bound lower.
	for m.pairs(k.reach) > wide {
		for i := range k.reach {
			k.reach[i] *= 0.8
		}
	}
	m.list(k, rows)
	for i := range r {
		r[i] = min(r[i], k.reach[i])
	}
	if k.pairs <= large*16 {
		m.improve(k, sites)
	} else {
		m.sample(k, sites)
	}
	m.prove(r)
}

// wide is how many pairs of a demand and a site are held at most, some 16 bytes each.
const wide = 60_000_000

// pairs is about how many pairs there are within reaches.
func (m *median) pairs(reach []float64) int {
	if m.Model == MaxCover {
		return 0 // counted before
	}
	return estimate(len(reach), func(x int, found func(int, float64)) { m.Costs.Near(int(m.demands[x]), reach[x], found) })
}

// estimate counts the pairs of some rows, for all.
func estimate(n int, near func(x int, found func(int, float64))) int {
	count, some := 0, min(n, 256)
	for x := range some {
		near(x*n/some, func(int, float64) { count++ })
	}
	return count * n / max(some, 1)
}

// roomFor refuses a radius within which there is too much to hold.
func (p *Problem) roomFor(reach float64) error {
	n, _ := p.Costs.Size()
	if estimate(n, func(x int, found func(int, float64)) { p.Costs.Near(x, reach, found) }) > wide {
		return fault.New(fault.TooLarge, "siting.wide").In("radius")
	}
	return nil
}

// widen lists more columns for rows that would pay for farther ones.
func (m *median) widen(k *work, r []float64) bool {
	if k.pairs > wide {
		return false
	}
	var rows []int32
	for i, reach := range k.reach {
		if r[i] >= 0.9*reach && reach < k.out[i] && reach < m.full[i] {
			rows = append(rows, int32(i))
			k.reach[i] = min(1.4*reach+m.spacing, k.out[i])
		}
	}
	if rows == nil {
		return false
	}
	m.list(k, rows)
	return true
}

// cost is what sites cost, computed from the distances themselves.
func (m *median) cost(sites []int32) float64 {
	if len(sites) > m.most() || !m.affordable(sites) {
		return math.Inf(1)
	}
	parts := make([]float64, shards*4)
	m.crew.each(len(parts), func(s int) {
		for i := len(m.demands) * s / len(parts); i < len(m.demands)*(s+1)/len(parts); i++ {
			d := m.home[i]
			for _, j := range sites {
				d = min(d, m.away(int(m.demands[i]), int(j)))
			}
			parts[s] += m.root.w[i] * d
		}
	})
	total := 0.0
	for _, x := range parts {
		total += x
	}
	return total
}

// affordable says whether sites are within the budget.
func (p *Problem) affordable(sites []int32) bool {
	if p.Budget == 0 {
		return true
	}
	spent := 0.0
	for _, j := range sites {
		spent += p.Fees[j]
	}
	return spent <= p.Budget*(1+1e-12)
}

func (m *median) most() int {
	if m.Sites == 0 {
		return len(m.may)
	}
	return m.Sites - len(m.Fixed)
}

// tell reports progress.
func (m *median) report(step string) {
	if m.Progress == nil {
		return
	}
	p := Progress{Value: m.upper, Bound: m.low, Step: step, Nodes: m.nodes}
	if m.Model == MaxCover {
		p.Value, p.Bound = m.weight-p.Value, m.weight-p.Bound
	}
	m.Progress(p)
}

// solution is the best found, its bound and who serves whom.
func (m *median) solution() (*Solution, error) {
	s := &Solution{Value: m.upper, Bound: m.bound(), Nodes: m.nodes, Sites: slices.Clone(m.Fixed)}
	for _, j := range m.sites {
		s.Sites = append(s.Sites, int(j))
	}
	slices.Sort(s.Sites)
	if math.IsInf(m.upper, 1) || m.penalty > 0 && m.upper >= m.penalty {
		if m.penalty > 0 && m.low < m.penalty*(1-exact) {
			return nil, fault.New(fault.Unavailable, "siting.no_time")
		}
		return nil, fault.New(fault.Invalid, "siting.unreachable_together", max(m.Sites, len(s.Sites)))
	}
	if m.Model == MaxCover {
		s.Value, s.Bound = m.weight-s.Value, m.weight-s.Bound
	}
	n, _ := m.Costs.Size()
	s.Served = make([]int, n)
	for i := range s.Served {
		s.Served[i] = -1
	}
	for _, i := range m.demands {
		best := math.Inf(1)
		if m.Model == MaxCover {
			best = 1
		} else if m.Unserved != nil {
			best = m.Unserved[i]
		}
		for _, j := range s.Sites {
			if d := m.away(int(i), j); d < best || d == best && s.Served[i] < 0 && best < 1 {
				best = d
				s.Served[i] = j
			}
		}
	}
	return s, nil
}
