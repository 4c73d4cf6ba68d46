package siting

import (
	"context"
	"math"
	"slices"
)

// solveReach solves MaxCover where one is covered or not: demands covered by the
// same sites are one, and sites that cover no more than another are left out.
func solveReach(ctx context.Context, p Problem, o Options) (*Solution, error) {
	if err := p.roomFor(p.Radius); err != nil {
		return nil, err
	}
	n, sites := p.Costs.Size()
	may := p.may()
	c := &cover{search: newSearch(ctx, o), mark: make([]int32, sites)}
	c.whole, c.anneals = true, true
	total := 0.0
	lists, weights := make([][]int32, n), make([]float64, n)
	c.crew.each(shards*4, func(s int) {
		for i := n * s / (shards * 4); i < n*(s+1)/(shards*4); i++ {
			if p.Weights != nil && p.Weights[i] == 0 || p.served(i, p.Radius) {
				continue
			}
			p.Costs.Near(i, p.Radius, func(j int, _ float64) {
				if may[j] {
					lists[i] = append(lists[i], int32(j))
				}
			})
			slices.Sort(lists[i])
		}
	})
	for i, row := range lists {
		w := 1.0
		if p.Weights != nil {
			w = p.Weights[i]
		}
		total += w
		c.whole = c.whole && w == math.Floor(w)
		switch {
		case row != nil:
			c.rows = append(c.rows, row)
			weights[len(c.rows)-1] = w
		case w > 0 && !p.served(i, p.Radius):
			c.lost += w
		}
	}
	c.weights = weights[:len(c.rows)]
	var fee []float64
	if p.Budget > 0 {
		fee = p.Fees
	}
	c.rows = fewerColumns(c.rows, fee)
	c.merge()
	most, money := p.room()
	c.cost = func(sites []int32) float64 {
		if len(sites) > most || !p.affordable(sites) {
			return math.Inf(1)
		}
		return c.missed(sites)
	}
	c.scale = func() float64 { return max(total-c.upper, 1e-9*total) }
	c.told = func(step string) {
		if o.Progress != nil {
			o.Progress(Progress{Value: total - c.upper, Bound: total - c.low, Step: step, Nodes: c.nodes})
		}
	}
	k := covering(c.rows, 1, 1)
	k.w, k.base = c.weights, c.lost
	k.p, k.money = min(most, len(k.cols)), money
	if fee != nil {
		for _, j := range k.cols {
			k.fee = append(k.fee, fee[j])
		}
	}
	c.root = k
	c.offer(nil)
	if k.leaf() {
		if k.p > 0 {
			c.offer(k.cols)
		}
		c.low = c.upper
	} else {
		s := newSwaps(k)
		s.set(s.greedy())
		c.take(s)
		s.improve(c.stop)
		c.take(s)
		// A row covered once pays what its cover earns by it; one covered more
		// often shares.
		r := make([]float64, len(k.rows))
		times := make([]float64, len(k.rows))
		turn := k.columns()
		for _, j := range s.open {
			for _, e := range turn[j] {
				times[e.j]++
			}
		}
		for i := range r {
			r[i] = 1
			if times[i] > 0 {
				r[i] = 0.5 / times[i]
			}
		}
		c.prove(r)
	}
	s := &Solution{Value: total - c.upper, Bound: total - c.bound(), Nodes: c.nodes, Sites: slices.Clone(p.Fixed)}
	for _, j := range c.sites {
		s.Sites = append(s.Sites, int(j))
	}
	slices.Sort(s.Sites)
	s.Served = p.nearest(s.Sites, p.Radius)
	return s, nil
}

// merge makes one of the rows that the same columns cover.
func (c *cover) merge() {
	order := make([]int, len(c.rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return slices.Compare(c.rows[a], c.rows[b]) })
	var rows [][]int32
	var weights []float64
	for x, i := range order {
		if x > 0 && slices.Equal(c.rows[i], c.rows[order[x-1]]) {
			weights[len(weights)-1] += c.weights[i]
			continue
		}
		rows, weights = append(rows, c.rows[i]), append(weights, c.weights[i])
	}
	c.rows, c.weights = rows, weights
}

// missed is the weight that sites do not cover.
func (c *cover) missed(sites []int32) float64 {
	c.asks++
	for _, j := range sites {
		c.mark[j] = c.asks
	}
	total := c.lost
rows:
	for i, row := range c.rows {
		for _, j := range row {
			if c.mark[j] == c.asks {
				continue rows
			}
		}
		total += c.weights[i]
	}
	return total
}

// greedy opens the column that covers most of what is left for its money, again and
// again (Church and ReVelle 1974).
func (s *swaps) greedy() []int32 {
	k := s.k
	done := make([]bool, len(k.rows))
	worth := func(j int32) (w float64) {
		for _, e := range s.turn[j] {
			if !done[e.j] {
				w += k.w[e.j]
			}
		}
		if k.fee != nil && k.fee[j] > 0 {
			w /= k.fee[j]
		}
		return w
	}
	// Worths only fall: a heap of old ones is enough.
	heap := make([]entry, len(k.cols))
	for j := range heap {
		heap[j] = entry{worth(int32(j)), int32(j)}
	}
	heapify(heap)
	var open []int32
	money := k.money
	for len(heap) > 0 && len(open) < k.p {
		j := heap[0].j
		if w := worth(j); w < heap[0].worth {
			heap[0].worth = w
			sink(heap, 0)
			continue
		}
		heap[0] = heap[len(heap)-1]
		heap = heap[:len(heap)-1]
		if len(heap) > 0 {
			sink(heap, 0)
		}
		if k.fee != nil {
			if k.fee[j] > money {
				continue
			}
			money -= k.fee[j]
		}
		open = append(open, j)
		for _, e := range s.turn[j] {
			done[e.j] = true
		}
	}
	return open
}
