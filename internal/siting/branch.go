package siting

import (
	"math"
	"slices"
)

// node is a case: some columns open, some given up.
type node struct {
	k   *work
	r   []float64
	low float64
}

// verdict is what became of a node.
type verdict struct {
	k      *work     // what remains, nil if nothing better can be there
	r      []float64 // radii of the best bound
	branch int32     // column to branch on, -1 if all of k may open
	low    float64
	tried  []int32 // sites that the bound chose
	toil   int     // pairs looked at
}

// batch is how many nodes are looked at together, on any number of workers.
const batch = 4

// settle bounds a node, drops and opens columns by their reduced costs.
func (m *search) settle(nd *node, upper, cut float64) verdict {
	k, r, low := nd.k, nd.r, nd.low
	most, toil := 40, 0
	var c *climb
	for {
		if k.money < 0 {
			return verdict{toil: toil, low: math.Inf(1)}
		}
		if k.leaf() {
			return verdict{toil: toil, k: k, r: r, branch: -1, low: low}
		}
		if c == nil {
			c = newClimb(r, 6)
		}
		d := newDual(k, r)
		toil += most * k.pairs
		c.run(d, nil, upper, cut, most, m.stop)
		if low = max(low, d.low); low >= cut {
			return verdict{toil: toil, low: low}
		}
		kept, opened, left := d.fixed(cut)
		tried := slices.Clone(k.opened)
		for _, j := range d.sel {
			tried = append(tried, k.cols[j])
		}
		if len(opened) > 0 || left < len(k.cols)*9/10 {
			k = k.keep(kept, opened)
			r = d.r
			for i := range r {
				r[i] = min(r[i], k.reach[i])
				c.kept[i] = r[i]
			}
			most = max(most*2/3, 12)
			if !m.stop() {
				continue
			}
			if k.leaf() {
				return verdict{toil: toil, k: k, r: r, branch: -1, low: low}
			}
			return verdict{toil: toil, k: k, r: r, branch: 0, low: low, tried: tried}
		}
		branch, at := int32(0), math.Inf(1)
		for j, o := range d.often {
			if v := 1 - o/d.total; kept[j] && v < at {
				branch, at = int32(j), v
			}
		}
		return verdict{toil: toil, k: k, r: d.r, branch: branch, low: low, tried: tried}
	}
}

// leaf says that one may open all that is left.
func (k *work) leaf() bool {
	if k.p <= 0 || len(k.cols) == 0 {
		return true
	}
	if k.toll || len(k.cols) > k.p {
		return false
	}
	total := 0.0
	for _, f := range k.fee {
		total += f
	}
	return total <= k.money
}

// branch looks at cases until none can be better, depth first.
func (m *search) branch(r []float64) {
	m.step = "branch"
	for i := range r {
		r[i] = min(r[i], m.root.reach[i])
	}
	stack := []*node{{m.root, r, m.low}}
	next, toil := 64, 0
	least := math.Inf(1) // of the bounds of cases given up
	for len(stack) > 0 && !m.done() {
		var now []*node
		for len(now) < batch && len(stack) > 0 {
			nd := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if nd.low >= m.cut() {
				least = min(least, nd.low)
				continue
			}
			now = append(now, nd)
		}
		out := make([]verdict, len(now))
		upper, cut := m.goal(), m.cut()
		m.crew.each(len(now), func(x int) { out[x] = m.settle(now[x], upper, cut) })
		if m.stop() {
			stack = append(stack, now...)
			break
		}
		for x := len(out) - 1; x >= 0; x-- {
			v := out[x]
			m.nodes++
			toil += v.toil
			if v.k == nil {
				least = min(least, v.low)
				continue
			}
			if v.tried != nil {
				m.offer(v.tried)
			}
			if v.branch < 0 {
				sites := slices.Clone(v.k.opened)
				if v.k.p > 0 {
					sites = append(sites, v.k.cols...)
				}
				m.offer(sites)
				continue
			}
			kept := make([]bool, len(v.k.cols))
			for j := range kept {
				kept[j] = int32(j) != v.branch
			}
			for _, opened := range [][]int32{nil, {v.branch}} {
				k := v.k.keep(kept, opened)
				q := slices.Clone(v.r)
				for i := range q {
					q[i] = min(q[i], k.reach[i])
				}
				stack = append(stack, &node{k, q, v.low})
			}
		}
		low := least
		for _, nd := range stack {
			low = min(low, nd.low)
		}
		m.low = max(m.low, min(low, m.goal()))
		if m.nodes >= next {
			next *= 2
			m.kicks(toil / 4)
			toil = 0
		}
		if m.nodes%64 < batch {
			m.tell("branch")
		}
	}
	if len(stack) == 0 {
		m.low = max(m.low, min(least, m.goal()))
	}
}
