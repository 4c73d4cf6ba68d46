package twins

import (
	"cmp"
	"math"
	"slices"
)

const (
	head     = 8  // coordinates looked at first, and in which leaves have a box
	leafSize = 64 // units
)

// index is the units turned to their principal axes, a missing trait standing at the
// median, in leaves of units that lie together and lack the same traits.
type index struct {
	order  []int32         // units, leaf by leaf
	place  []int32         // of each unit in order
	turned [][head]float64 // by place, the coordinates in blocks, those of most variance first
	blocks int             // to a unit
	leaves []leaf
	leafOf []int32 // by place
	slack  float64 // what rounding may do to a squared distance
}

type leaf struct {
	from, to int32
	pattern  int32
	low      [head]float64
	high     [head]float64
}

func (s *Space) newIndex() index {
	p := len(s.traits)
	rows := make([]float64, len(s.z)) // weighted, so that squares add up to the distance
	reach := 0.0
	for u := range s.units {
		norm := 0.0
		for t, v := range s.row(u) {
			if v == v {
				x := v * math.Sqrt(s.weight[t])
				rows[u*p+t] = x
				norm += x * x
			}
		}
		reach = max(reach, norm)
	}
	ix := index{slack: 1e-15 * reach, blocks: (p + head - 1) / head}
	width := ix.blocks * head
	turned := make([]float64, s.units*width) // unit by unit
	main := axes(rows, p)
	for u := range s.units {
		row := rows[u*p : u*p+p]
		for i, axis := range main {
			x := 0.0
			for t, v := range row {
				x += v * axis[t]
			}
			turned[u*width+i] = x
		}
	}
	ix.order = make([]int32, s.units)
	for u := range ix.order {
		ix.order[u] = int32(u)
	}
	slices.SortStableFunc(ix.order, func(a, b int32) int { return cmp.Compare(s.pattern[a], s.pattern[b]) })
	at := func(u int32, axis int) float64 { return turned[int(u)*width+axis] }
	for from := 0; from < s.units; {
		to := from + 1
		for to < s.units && s.pattern[ix.order[to]] == s.pattern[ix.order[from]] {
			to++
		}
		ix.split(from, to, at)
		from = to
	}
	ix.place = make([]int32, s.units)
	ix.leafOf = make([]int32, s.units)
	ix.turned = make([][head]float64, s.units*ix.blocks)
	for i, u := range ix.order {
		ix.place[u] = int32(i)
		row := turned[int(u)*width : int(u)*width+width]
		for b := range ix.blocks {
			copy(ix.turned[i*ix.blocks+b][:], row[b*head:])
		}
	}
	for l := range ix.leaves {
		lf := &ix.leaves[l]
		lf.pattern = s.pattern[ix.order[lf.from]]
		lf.low, lf.high = ix.turned[int(lf.from)*ix.blocks], ix.turned[int(lf.from)*ix.blocks]
		for i := lf.from; i < lf.to; i++ {
			ix.leafOf[i] = int32(l)
			for a, x := range ix.turned[int(i)*ix.blocks] {
				lf.low[a] = min(lf.low[a], x)
				lf.high[a] = max(lf.high[a], x)
			}
		}
	}
	return ix
}

// split halves a range of units along the axis where they spread most, down to leaves.
func (ix *index) split(from, to int, at func(unit int32, axis int) float64) {
	if to-from <= leafSize {
		ix.leaves = append(ix.leaves, leaf{from: int32(from), to: int32(to)})
		return
	}
	part := ix.order[from:to]
	best, widest := 0, -1.0
	for a := range head {
		sum, squares := 0.0, 0.0
		for _, u := range part {
			sum += at(u, a) / float64(len(part))
		}
		for _, u := range part {
			squares += (at(u, a) - sum) * (at(u, a) - sum)
		}
		if squares > widest {
			best, widest = a, squares
		}
	}
	slices.SortFunc(part, func(u, v int32) int {
		return cmp.Or(cmp.Compare(at(u, best), at(v, best)), cmp.Compare(u, v))
	})
	half := from + (to-from)/2
	ix.split(from, half, at)
	ix.split(half, to, at)
}
