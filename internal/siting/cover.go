package siting

import (
	"context"
	"math"
	"slices"

	"bassin/internal/fault"
)

// cover is the covering of rows by columns: SetCover, and the question that PCentre
// asks again and again.
type cover struct {
	search
	rows    [][]int32 // sites that cover each row
	rest    float64   // what a row left out costs
	lost    float64   // weight of demands that no site covers
	weights []float64 // of rows, if they have some
	mark    []int32   // by site, the last asked about
	asks    int32
}

// left is how many rows a choice of sites leaves out.
func (c *cover) left(sites []int32) (n int) {
	c.asks++
	for _, j := range sites {
		c.mark[j] = c.asks
	}
rows:
	for _, row := range c.rows {
		for _, j := range row {
			if c.mark[j] == c.asks {
				continue rows
			}
		}
		n++
	}
	return n
}

// lean drops rows that are covered whenever another is, and columns that cover no
// more than another and cost no less; all rows must be covered.
func lean(rows [][]int32, fee []float64) (kept [][]int32) {
	for range 4 {
		before := count(rows)
		rows = fewerRows(rows)
		rows = fewerColumns(rows, fee)
		if count(rows) == before {
			break
		}
	}
	return rows
}

func count(rows [][]int32) (n int) {
	for _, row := range rows {
		n += len(row)
	}
	return n
}

// fewerRows keeps the rows that hold no other.
func fewerRows(rows [][]int32) [][]int32 {
	slices.SortStableFunc(rows, func(a, b []int32) int { return len(a) - len(b) })
	top := int32(0)
	for _, row := range rows {
		for _, j := range row {
			top = max(top, j)
		}
	}
	// A row that holds row a holds the column of a that fewest rows hold.
	turn := make([][]int32, top+1)
	for i, row := range rows {
		for _, j := range row {
			turn[j] = append(turn[j], int32(i))
		}
	}
	gone := make([]bool, len(rows))
	for a, row := range rows {
		if gone[a] || len(row) == 0 {
			continue
		}
		rare := row[0]
		for _, j := range row {
			if len(turn[j]) < len(turn[rare]) {
				rare = j
			}
		}
		for _, b := range turn[rare] {
			if int(b) != a && !gone[b] && len(rows[b]) >= len(row) && holds(rows[b], row) {
				gone[b] = true
			}
		}
	}
	var out [][]int32
	for i, row := range rows {
		if !gone[i] {
			out = append(out, row)
		}
	}
	return out
}

// holds says whether a sorted set holds another.
func holds(all, some []int32) bool {
	x := 0
	for _, j := range some {
		for x < len(all) && all[x] < j {
			x++
		}
		if x == len(all) || all[x] != j {
			return false
		}
		x++
	}
	return true
}

// fewerColumns takes from the rows the columns that another may stand for.
func fewerColumns(rows [][]int32, fee []float64) [][]int32 {
	turn := map[int32][]int32{}
	var sites []int32
	for i, row := range rows {
		for _, j := range row {
			if turn[j] == nil {
				sites = append(sites, j)
			}
			turn[j] = append(turn[j], int32(i))
		}
	}
	slices.Sort(sites)
	gone := map[int32]bool{}
	for _, a := range sites {
		// Whoever stands for a covers the row of a that has fewest columns.
		rare := turn[a][0]
		for _, i := range turn[a] {
			if len(rows[i]) < len(rows[rare]) {
				rare = i
			}
		}
		for _, b := range rows[rare] {
			if b == a || gone[b] || len(turn[b]) < len(turn[a]) || fee != nil && fee[b] > fee[a] {
				continue
			}
			same := len(turn[b]) == len(turn[a]) && (fee == nil || fee[b] == fee[a])
			if (!same || b < a) && holds(turn[b], turn[a]) {
				gone[a] = true
				break
			}
		}
	}
	out := make([][]int32, len(rows))
	for i, row := range rows {
		out[i] = slices.DeleteFunc(slices.Clone(row), func(j int32) bool { return gone[j] })
	}
	return out
}

// covering makes the work of covering rows, each row left out costing rest.
func covering(rows [][]int32, rest, reach float64) *work {
	k := &work{money: math.Inf(1)}
	number := map[int32]int32{}
	for _, row := range rows {
		for _, j := range row {
			number[j] = 0
		}
	}
	for j := range number {
		k.cols = append(k.cols, j)
	}
	slices.Sort(k.cols)
	for c, j := range k.cols {
		number[j] = int32(c)
	}
	for _, row := range rows {
		to := make([]near, len(row))
		for x, j := range row {
			to[x] = near{0, number[j]}
		}
		k.rows = append(k.rows, to)
		k.w = append(k.w, 1)
		k.out = append(k.out, rest)
		k.reach = append(k.reach, reach)
		k.pairs += len(row)
	}
	return k
}

// solveCover solves SetCover.
func solveCover(ctx context.Context, p Problem, o Options) (*Solution, error) {
	if err := p.roomFor(p.Radius); err != nil {
		return nil, err
	}
	n, sites := p.Costs.Size()
	may := p.may()
	fee := p.Fees
	c := &cover{search: newSearch(ctx, o), mark: make([]int32, sites)}
	c.whole = true
	most := 1.0
	for j, f := range fee {
		if may[j] {
			c.whole = c.whole && f == math.Floor(f)
			most = max(most, f)
		}
	}
	for i := range n {
		if p.Weights != nil && p.Weights[i] == 0 || p.served(i, p.Radius) {
			continue
		}
		var row []int32
		p.Costs.Near(i, p.Radius, func(j int, _ float64) {
			if may[j] {
				row = append(row, int32(j))
			}
		})
		if len(row) == 0 {
			return nil, fault.New(fault.Invalid, "siting.unreachable", i+1).In("radius")
		}
		slices.Sort(row)
		c.rows = append(c.rows, row)
	}
	c.rest = 2*most + 1
	price := func(j int32) float64 {
		if fee == nil {
			return 1
		}
		return fee[j]
	}
	c.cost = func(sites []int32) float64 {
		total := c.rest * float64(c.left(sites))
		for _, j := range sites {
			total += price(j)
		}
		return total
	}
	c.scale = func() float64 { return c.upper }
	c.told = func(step string) {
		if o.Progress != nil {
			o.Progress(Progress{Value: c.upper, Bound: c.low, Step: step, Nodes: c.nodes})
		}
	}
	c.mend = func(sites []int32) []int32 { return c.complete(sites, price) }
	c.offer(c.greedy(price))
	rows := lean(slices.Clone(c.rows), fee)
	k := covering(rows, c.rest, most)
	k.toll, k.p = true, len(k.cols)
	for _, j := range k.cols {
		k.fee = append(k.fee, price(j))
	}
	c.root = k
	if len(rows) > 0 {
		r := make([]float64, len(rows))
		for i, row := range k.rows {
			// No row pays more than the cheapest site that covers it.
			k.reach[i] = math.Inf(1)
			for _, e := range row {
				k.reach[i] = min(k.reach[i], k.fee[e.j])
			}
			r[i] = k.reach[i] / float64(len(row))
		}
		c.prove(r)
	} else {
		c.low = c.upper
	}
	s := &Solution{Value: c.upper, Bound: c.bound(), Nodes: c.nodes, Sites: slices.Clone(p.Fixed)}
	for _, j := range c.sites {
		s.Sites = append(s.Sites, int(j))
	}
	slices.Sort(s.Sites)
	s.Served = p.nearest(s.Sites, p.Radius)
	return s, nil
}

// greedy covers by the site that covers most for its price, again and again (Chvátal
// 1979), then closes what is not needed.
func (c *cover) greedy(price func(j int32) float64) []int32 {
	turn := make([][]int32, len(c.mark))
	for i, row := range c.rows {
		for _, j := range row {
			turn[j] = append(turn[j], int32(i))
		}
	}
	news := make([]int, len(turn))
	for j := range turn {
		news[j] = len(turn[j])
	}
	times := make([]int, len(c.rows))
	worth := func(j int) float64 {
		if f := price(int32(j)); f > 0 {
			return float64(news[j]) / f
		}
		return math.Inf(1)
	}
	// Worths only fall: a heap of old ones is enough.
	var heap []entry
	for j, n := range news {
		if n > 0 {
			heap = append(heap, entry{worth(j), int32(j)})
		}
	}
	heapify(heap)
	var sites []int32
	for left := len(c.rows); left > 0; {
		j := int(heap[0].j)
		if w := worth(j); news[j] > 0 && w < heap[0].worth {
			heap[0].worth = w
			sink(heap, 0)
			continue
		}
		heap[0] = heap[len(heap)-1]
		heap = heap[:len(heap)-1]
		if len(heap) > 0 {
			sink(heap, 0)
		}
		if news[j] == 0 {
			continue
		}
		sites = append(sites, int32(j))
		for _, i := range turn[j] {
			if times[i]++; times[i] == 1 {
				left--
				for _, b := range c.rows[i] {
					news[b]--
				}
			}
		}
	}
	for x := len(sites) - 1; x >= 0; x-- {
		needed := false
		for _, i := range turn[sites[x]] {
			needed = needed || times[i] == 1
		}
		if !needed {
			for _, i := range turn[sites[x]] {
				times[i]--
			}
			sites = slices.Delete(sites, x, x+1)
		}
	}
	return sites
}

// complete adds to sites what covers all, row by row.
func (c *cover) complete(sites []int32, price func(j int32) float64) []int32 {
	c.asks++
	for _, j := range sites {
		c.mark[j] = c.asks
	}
	for _, row := range c.rows {
		covered := false
		best := row[0]
		for _, j := range row {
			covered = covered || c.mark[j] == c.asks
			if price(j) < price(best) {
				best = j
			}
		}
		if !covered {
			c.mark[best] = c.asks
			sites = append(slices.Clip(sites), best)
		}
	}
	return sites
}

type entry struct {
	worth float64
	j     int32
}

func heapify(h []entry) {
	for x := len(h)/2 - 1; x >= 0; x-- {
		sink(h, x)
	}
}

// sink moves an entry down to where it belongs in a heap, the greatest on top.
func sink(h []entry, x int) {
	before := func(a, b entry) bool { return a.worth > b.worth || a.worth == b.worth && a.j < b.j }
	for {
		c := 2*x + 1
		if c >= len(h) {
			return
		}
		if c+1 < len(h) && before(h[c+1], h[c]) {
			c++
		}
		if !before(h[c], h[x]) {
			return
		}
		h[x], h[c] = h[c], h[x]
		x = c
	}
}
