package siting

import (
	"context"
	"math"
	"slices"

	"bassin/internal/fault"
)

// roomy is how many pairs of demand and site a problem with capacities may have.
const roomy = 12_000_000

// packed solves PMedian and MaxCover where sites have capacities. What a demand
// weighs may be shared between sites, so that the best use of open sites is a
// transport problem, and the earnings of a site in the Lagrangian bound are those
// of a knapsack that takes fractions.
type packed struct {
	*median
	n, m  int       // rows and columns: sites of Fixed first
	sites []int32   // of each column
	cap   []float64 // of each column
	fee   []float64 // of each column, 0 for those of Fixed; nil if no matter
	d     []float64 // row by row
	must  int       // columns of Fixed
	most  int       // columns open at most
	money float64

	earn  []float64
	part  []share // scratch of knapsack
	order []int32
	best  []int32 // columns of the best solution
}

type share struct {
	gap float64
	i   int32
}

// Columns are free until a case opens or closes them.
const (
	free int8 = iota
	opened
	closed
)

func solvePacked(ctx context.Context, p Problem, o Options) (*Solution, error) {
	m := &median{Problem: &p, Options: o, search: newSearch(ctx, o)}
	m.told = m.report
	m.scale = m.measure
	if err := m.prepare(); err != nil {
		return nil, err
	}
	c := &packed{median: m, n: len(m.demands), must: len(p.Fixed)}
	if err := c.start(); err != nil {
		return nil, err
	}
	c.solve()
	return c.answer()
}

// start makes the table of distances, and prices what must not be left out.
func (c *packed) start() error {
	c.most, c.money = c.room()
	c.most += c.must
	for _, j := range c.Fixed {
		c.sites = append(c.sites, int32(j))
	}
	c.sites = append(c.sites, c.allowed...)
	c.m = len(c.sites)
	c.most = min(c.most, c.m)
	if c.n*c.m > roomy {
		return fault.New(fault.TooLarge, "siting.capacities_large", c.n, c.m)
	}
	for x, j := range c.sites {
		c.cap = append(c.cap, c.Capacities[j])
		if c.Budget > 0 {
			f := c.Fees[j]
			if x < c.must {
				f = 0
			}
			c.fee = append(c.fee, f)
		}
	}
	c.whole = false // shares of a demand are not
	k := c.root
	c.d = make([]float64, c.n*c.m)
	k.out = make([]float64, c.n)
	total, needed := 1.0, 0.0
	for x, i := range c.demands {
		far := -1.0
		for y, j := range c.sites {
			d := c.away(int(i), int(j))
			c.d[x*c.m+y] = d
			if d < math.Inf(1) {
				far = max(far, d)
			}
		}
		switch {
		case c.Model == MaxCover:
			k.out[x] = 1
		case c.Unserved != nil:
			k.out[x] = c.Unserved[i]
		default:
			k.out[x] = math.Inf(1)
		}
		if math.IsInf(k.out[x], 1) {
			if far < 0 {
				return fault.New(fault.Invalid, "siting.unreachable", int(i)+1)
			}
			needed += k.w[x]
			total += k.w[x] * far
		} else {
			total += k.w[x] * k.out[x]
		}
	}
	caps := slices.Clone(c.cap[c.must:])
	slices.Sort(caps)
	can := 0.0
	for _, q := range c.cap[:c.must] {
		can += q
	}
	for x := range min(c.most-c.must, len(caps)) {
		can += caps[len(caps)-1-x]
	}
	if needed > can*(1+1e-12) {
		return fault.New(fault.Invalid, "siting.capacity_total", can, needed).In("capacities")
	}
	// More for a unit left out than a move of it through all sites can cost.
	c.penalty = 0
	for x := range k.out {
		if math.IsInf(k.out[x], 1) {
			k.out[x] = math.Ceil(total) * float64(c.m+1)
			c.penalty = k.out[x]
		}
	}
	c.earn = make([]float64, c.m)
	c.order = make([]int32, c.m)
	return nil
}

// knapsack fills a column with the rows that bring most, and calls took for each
// with how much of its weight.
func (c *packed) knapsack(j int, r []float64, took func(i int32, w float64)) (earn float64) {
	c.part = c.part[:0]
	weight := 0.0
	for i := range c.n {
		if gap := r[i] - c.d[i*c.m+j]; gap > 0 {
			c.part = append(c.part, share{gap, int32(i)})
			weight += c.root.w[i]
		}
	}
	if weight > c.cap[j] {
		slices.SortFunc(c.part, func(a, b share) int {
			switch {
			case a.gap > b.gap:
				return -1
			case a.gap < b.gap:
				return 1
			}
			return int(a.i - b.i)
		})
	}
	left := c.cap[j]
	for _, s := range c.part {
		w := min(c.root.w[s.i], left)
		if w <= 0 {
			break
		}
		left -= w
		earn += w * s.gap
		if took != nil {
			took(s.i, w)
		}
	}
	return earn
}

// price is the bound at radii r with the columns as a case has them, and the columns
// it chooses. rate is what a unit of money costs.
func (c *packed) price(r []float64, is []int8) (low float64, chosen []int32, entry, next float64) {
	for i, x := range r {
		low += c.root.w[i] * x
	}
	for j := range c.m {
		c.earn[j] = 0
		if is[j] != closed {
			c.earn[j] = c.knapsack(j, r, nil)
		}
	}
	if c.fee == nil {
		earned, chosen, entry, next := c.choose(is)
		return low - earned, chosen, entry, next
	}
	raw := slices.Clone(c.earn)
	at := func(rate float64) (earned, spent float64) {
		for j := range c.earn {
			c.earn[j] = raw[j] - rate*c.fee[j]
		}
		earned, chosen, entry, next = c.choose(is)
		for _, j := range chosen {
			spent += c.fee[j]
		}
		return earned + rate*c.money, spent
	}
	earned, spent := at(0)
	if spent > c.money {
		lo, hi := 0.0, 1e-9
		for j, e := range raw {
			if c.fee[j] > 0 {
				hi = max(hi, e/c.fee[j])
			}
		}
		for range 50 {
			if _, spent := at((lo + hi) / 2); spent > c.money {
				lo = (lo + hi) / 2
			} else {
				hi = (lo + hi) / 2
			}
		}
		earned, _ = at(hi)
	}
	return low - earned, chosen, entry, next
}

// choose takes the columns opened and the best of the others that earn.
func (c *packed) choose(is []int8) (earned float64, chosen []int32, entry, next float64) {
	order := c.order[:0]
	for j := range c.m {
		switch is[j] {
		case opened:
			chosen = append(chosen, int32(j))
			earned += c.earn[j]
		case free:
			order = append(order, int32(j))
		}
	}
	slices.SortFunc(order, func(a, b int32) int {
		switch {
		case c.earn[a] > c.earn[b]:
			return -1
		case c.earn[a] < c.earn[b]:
			return 1
		}
		return int(a - b)
	})
	n := max(0, min(c.most-len(chosen), len(order)))
	for n > 0 && c.earn[order[n-1]] < 0 {
		n--
	}
	for _, j := range order[:n] {
		chosen = append(chosen, j)
		earned += c.earn[j]
		entry = c.earn[j]
	}
	if len(chosen) < c.most {
		entry = 0
	}
	if n < len(order) {
		next = max(0, c.earn[order[n]])
	}
	return earned, chosen, entry, next
}

// climb raises the bound of a case, as [climb] does.
func (c *packed) climb(r []float64, is []int8, most int, tried func(chosen []int32)) (low float64, often []float64) {
	k := c.root
	kept := slices.Clone(r)
	dir := make([]float64, c.n)
	often = make([]float64, c.m)
	heft, theta, quiet := 1.0, 1.0, 0
	low = math.Inf(-1)
	g := make([]float64, c.n)
	for range most {
		if c.stop() && !math.IsInf(low, -1) {
			break
		}
		now, chosen, _, _ := c.price(r, is)
		if now > low {
			if now > low+1e-5*math.Abs(c.upper-low) {
				quiet = 0
			}
			low = now
			copy(kept, r)
			if tried != nil {
				tried(chosen)
			}
		} else if quiet++; quiet >= 6 {
			if theta /= 2; theta < 1e-3 {
				break
			}
			quiet = 0
			copy(r, kept)
			clear(dir)
			continue
		}
		if low >= c.cut() {
			break
		}
		for i := range g {
			g[i] = 1
		}
		for _, j := range chosen {
			often[j] += heft
			c.knapsack(int(j), r, func(i int32, w float64) { g[i] -= w / k.w[i] })
		}
		heft *= 1.05
		norm := 0.0
		for i := range g {
			dir[i] = g[i] + deflection*dir[i]
			if r[i] >= k.out[i] && dir[i] > 0 {
				dir[i] = 0
			}
			norm += k.w[i] * dir[i] * dir[i]
		}
		if norm == 0 {
			break
		}
		step := theta * (c.upper - now) / norm
		for i := range r {
			r[i] = min(max(0, r[i]+step*dir[i]), k.out[i])
		}
	}
	copy(r, kept)
	return low, often
}

// solve looks at cases, those of the least bound first opened.
func (c *packed) solve() {
	is := make([]int8, c.m)
	for j := range c.must {
		is[j] = opened
	}
	first, start := c.first()
	c.try(first)
	r := make([]float64, c.n)
	for i := range r {
		r[i] = min(start[i], c.root.out[i])
	}
	least := math.Inf(1)
	type node struct {
		is  []int8
		r   []float64
		low float64
	}
	stack := []node{{is, r, math.Inf(-1)}}
	for len(stack) > 0 {
		now := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if now.low >= c.cut() {
			least = min(least, now.low)
			continue
		}
		if c.stop() && c.nodes > 0 {
			least = min(least, now.low)
			continue
		}
		most := 60
		if c.nodes == 0 {
			most = 300
		}
		c.nodes++
		tries := 0
		low, often := c.climb(now.r, now.is, most, func(chosen []int32) {
			if tries++; c.nodes == 1 && tries%4 == 0 {
				c.try(chosen)
			}
		})
		low = max(low, now.low)
		if c.nodes == 1 {
			c.low = max(0, low)
			c.tell("bound")
			c.exchange()
			c.step = "branch"
		}
		if low >= c.cut() {
			least = min(least, low)
			continue
		}
		at, chosen, entry, next := c.price(now.r, now.is)
		c.try(chosen)
		in := make([]bool, c.m)
		for _, j := range chosen {
			in[j] = true
		}
		isNow := slices.Clone(now.is)
		cut := c.cut()
		open, left := 0, 0
		for j, s := range isNow {
			if s == free {
				switch {
				case in[j] && at+c.earn[j]-next >= cut:
					isNow[j] = opened
				case !in[j] && at+entry-c.earn[j] >= cut:
					isNow[j] = closed
				}
			}
			switch isNow[j] {
			case opened:
				open++
			case free:
				left++
			}
		}
		if open > c.most || c.over(isNow) {
			least = min(least, max(low, cut))
			continue
		}
		branch := int32(-1)
		for j, s := range isNow {
			if s == free && (branch < 0 || often[j] > often[branch]) {
				branch = int32(j)
			}
		}
		if left == 0 || open == c.most {
			// One solution is left: it is worth what it costs.
			c.try(c.opened(isNow))
			least = min(least, max(low, c.upper-exact/4*c.scale()))
			continue
		}
		without := slices.Clone(isNow)
		without[branch] = closed
		isNow[branch] = opened
		stack = append(stack, node{without, slices.Clone(now.r), low}, node{isNow, now.r, low})
		if c.nodes%16 == 0 {
			lowest := least
			for _, nd := range stack {
				lowest = min(lowest, nd.low)
			}
			c.low = max(c.low, min(lowest, c.upper))
			c.tell("branch")
		}
	}
	c.low = max(c.low, min(least, c.upper))
}

// over says that what a case has opened costs too much.
func (c *packed) over(is []int8) bool {
	if c.fee == nil {
		return false
	}
	spent := 0.0
	for j, s := range is {
		if s == opened {
			spent += c.fee[j]
		}
	}
	return spent > c.money*(1+1e-12)
}

func (c *packed) opened(is []int8) (out []int32) {
	for j, s := range is {
		if s == opened {
			out = append(out, int32(j))
		}
	}
	return out
}

// first is a choice to begin with, sites of Fixed and those that could serve most,
// and a radius of each row.
func (c *packed) first() (chosen []int32, r []float64) {
	for j := range c.must {
		chosen = append(chosen, int32(j))
	}
	near := make([]float64, c.n)
	for i := range near {
		near[i] = math.Inf(1)
	}
	r = make([]float64, c.n)
	add := func(j int) {
		for i := range near {
			if d := c.d[i*c.m+j]; d < near[i] {
				r[i], near[i] = near[i], d
			} else if d < r[i] || r[i] == 0 {
				r[i] = d
			}
		}
	}
	for j := range c.must {
		add(j)
	}
	spent := 0.0
	for len(chosen) < c.most {
		best, at := math.Inf(-1), -1
		for j := c.must; j < c.m; j++ {
			if slices.Contains(chosen, int32(j)) || c.fee != nil && spent+c.fee[j] > c.money {
				continue
			}
			served, left := 0.0, c.cap[j]
			for i := range c.n {
				if d := c.d[i*c.m+j]; d < near[i] && left > 0 {
					w := min(left, c.root.w[i])
					left -= w
					served += w * (min(near[i], c.root.out[i], 1e12) - d)
				}
			}
			if served > best {
				best, at = served, j
			}
		}
		if at < 0 {
			break
		}
		if c.fee != nil {
			spent += c.fee[at]
		}
		chosen = append(chosen, int32(at))
		add(at)
		if c.stop() {
			break
		}
	}
	for i := range r {
		if math.IsInf(r[i], 1) {
			r[i] = near[i]
		}
		if math.IsInf(r[i], 1) {
			r[i] = 0
		}
	}
	return chosen, r
}

// try keeps columns if they are the best so far.
func (c *packed) try(columns []int32) {
	if len(columns) > c.most {
		return
	}
	spent := 0.0
	for _, j := range columns {
		if c.fee != nil {
			spent += c.fee[j]
		}
	}
	if spent > c.money*(1+1e-12) {
		return
	}
	columns = slices.Clone(columns)
	slices.Sort(columns)
	v := c.transport(columns, nil)
	if v < c.upper {
		c.upper, c.best = v, columns
		c.tell(c.step)
	}
}

// exchange tries to replace open columns by those that earn most.
func (c *packed) exchange() {
	order := make([]int32, 0, c.m)
	for j := c.must; j < c.m; j++ {
		order = append(order, int32(j))
	}
	earn := slices.Clone(c.earn)
	slices.SortFunc(order, func(a, b int32) int {
		switch {
		case earn[a] > earn[b]:
			return -1
		case earn[a] < earn[b]:
			return 1
		}
		return int(a - b)
	})
	order = order[:min(len(order), 2*c.most+10)]
	for again, tries := true, 0; again; {
		again = false
		for _, j := range order {
			if slices.Contains(c.best, j) {
				continue
			}
			now := slices.Clone(c.best)
			if len(now) < c.most {
				c.try(append(slices.Clone(now), j))
			}
			for x := range now {
				if int(now[x]) < c.must {
					continue
				}
				if tries++; tries > 400 || c.stop() {
					return
				}
				other := slices.Clone(now)
				other[x] = j
				before := c.upper
				if c.try(other); c.upper < before {
					again = true
					break
				}
			}
		}
	}
}

// transport is the least cost of serving with columns, by moving what is too much
// along the cheapest chains of moves (Busacker and Gowen 1961), and tells what goes
// where.
func (c *packed) transport(columns []int32, moved func(i, x int, w float64)) float64 {
	p := len(columns) + 1 // the last is staying unserved
	dist := func(i, x int) float64 {
		if x == p-1 {
			return c.root.out[i]
		}
		return c.d[i*c.m+int(columns[x])]
	}
	flow := make([]float64, c.n*p)
	load := make([]float64, p)
	room := make([]float64, p)
	for x, j := range columns {
		room[x] = c.cap[j]
	}
	room[p-1] = math.Inf(1)
	at := make([][]int32, p) // rows with a share in each column
	total := 0.0
	for i := range c.n {
		best := p - 1
		for x := range p - 1 {
			if dist(i, x) < dist(i, best) {
				best = x
			}
		}
		flow[i*p+best] = c.root.w[i]
		load[best] += c.root.w[i]
		at[best] = append(at[best], int32(i))
		total += c.root.w[i]
	}
	tiny := 1e-12 * total
	edge, by := make([]float64, p*p), make([]int32, p*p)
	fresh := func(a int) {
		for b := range p {
			edge[a*p+b], by[a*p+b] = math.Inf(1), -1
		}
		for _, i := range at[a] {
			if flow[int(i)*p+a] <= 0 {
				continue
			}
			here := dist(int(i), a)
			for b := range p {
				if there := dist(int(i), b); b != a && there-here < edge[a*p+b] {
					edge[a*p+b], by[a*p+b] = there-here, i
				}
			}
		}
	}
	for a := range p {
		fresh(a)
	}
	length, from := make([]float64, p), make([]int, p)
	for {
		// Shortest chains from all columns that hold too much at once.
		some := false
		for x := range p {
			length[x], from[x] = math.Inf(1), -1
			if load[x] > room[x]+tiny {
				length[x] = 0
				some = true
			}
		}
		if !some {
			break
		}
		for range p {
			change := false
			for a := range p {
				if math.IsInf(length[a], 1) {
					continue
				}
				for b := range p {
					if l := length[a] + edge[a*p+b]; l+1e-12*(1+math.Abs(l)) < length[b] {
						if load[b] > room[b]+tiny {
							continue
						}
						length[b], from[b] = l, a
						change = true
					}
				}
			}
			if !change {
				break
			}
		}
		end := -1
		for x := range p {
			if load[x] < room[x]-tiny && from[x] >= 0 && (end < 0 || length[x] < length[end]) {
				end = x
			}
		}
		if end < 0 {
			return math.Inf(1)
		}
		amount := room[end] - load[end]
		start := end
		for steps := 0; from[start] >= 0; steps++ {
			if steps > p {
				return math.Inf(1) // cannot be: there is no cycle of negative length
			}
			a := from[start]
			amount = min(amount, flow[int(by[a*p+start])*p+a])
			start = a
		}
		amount = min(amount, load[start]-room[start])
		touched := []int{}
		for x := end; from[x] >= 0; x = from[x] {
			a := from[x]
			i := int(by[a*p+x])
			flow[i*p+a] -= amount
			if flow[i*p+x] == 0 {
				at[x] = append(at[x], int32(i))
			}
			flow[i*p+x] += amount
			touched = append(touched, a, x)
		}
		load[start] -= amount
		load[end] += amount
		for _, a := range touched {
			fresh(a)
		}
	}
	cost := 0.0
	for i := range c.n {
		for x := range p {
			if w := flow[i*p+x]; w > 0 {
				cost += w * dist(i, x)
				if moved != nil {
					moved(i, x, w)
				}
			}
		}
	}
	return cost
}

// answer is the best found, with who serves most of whom.
func (c *packed) answer() (*Solution, error) {
	n, _ := c.Costs.Size()
	s := &Solution{Value: c.upper, Bound: c.bound(), Nodes: c.nodes, Served: make([]int, n)}
	for i := range s.Served {
		s.Served[i] = -1
	}
	left := 0.0
	most := make([]float64, n)
	c.transport(c.best, func(i, x int, w float64) {
		d := int(c.demands[i])
		if x == len(c.best) {
			if c.penalty > 0 && c.root.out[i] == c.penalty {
				left += w
			}
			return
		}
		if j := c.best[x]; c.d[i*c.m+int(j)] < c.root.out[i] && w > most[d] {
			most[d], s.Served[d] = w, int(c.sites[j])
		}
	})
	if left > 1e-9*c.weight {
		if c.low < c.upper*(1-1e-3) {
			return nil, fault.New(fault.Unavailable, "siting.no_time")
		}
		return nil, fault.New(fault.Invalid, "siting.unreachable_together", c.most)
	}
	for _, j := range c.best {
		s.Sites = append(s.Sites, int(c.sites[j]))
	}
	slices.Sort(s.Sites)
	if c.Model == MaxCover {
		s.Value, s.Bound = c.weight-s.Value, c.weight-s.Bound
	}
	return s, nil
}
