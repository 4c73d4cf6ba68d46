package shape

import "fmt"

// Merge makes a topology of larger faces, each a group of faces of t: basins of
// communes, départements of communes. Faces in no group are outside; a face in two
// groups is an error. Points where only communes met are no ends any more, so maps
// of large territories can be simplified much further than with [Topology.Region],
// and their common borders stay common.
func (t *Topology) Merge(codes []string, groups [][]int32) (*Topology, error) {
	if len(codes) != len(groups) {
		return nil, fmt.Errorf("%d codes for %d groups", len(codes), len(groups))
	}
	group := make([]int32, len(t.faces))
	for f := range group {
		group[f] = Outside
	}
	for g, faces := range groups {
		for _, f := range faces {
			if f < 0 || int(f) >= len(t.faces) {
				return nil, fmt.Errorf("group %q: there is no face %d", codes[g], f)
			}
			if other := group[f]; other != Outside && other != int32(g) {
				return nil, fmt.Errorf("face %q is in the groups %q and %q", t.codes[f], codes[other], codes[g])
			}
			group[f] = int32(g)
		}
	}
	of := func(f int32) int32 {
		if f == Outside {
			return Outside
		}
		return group[f]
	}
	border := t.kept(func(left, right int32) bool { return of(left) != of(right) })
	m := merger{t: t, into: make([]int32, len(t.boxes)), start: []int32{0}}
	m.join(border)
	faces := make([][][][]int32, len(groups))
	for g := range groups {
		for _, rings := range t.Region(groups[g]).polygons {
			polygon := make([][]int32, len(rings))
			for k, ring := range rings {
				polygon[k] = m.refs(ring)
			}
			faces[g] = append(faces[g], polygon)
		}
	}
	merged, err := build(t.grid, m.start, m.points, make([]uint8, len(m.points)), codes, faces)
	if err != nil {
		return nil, err
	}
	weigh(merged)
	return merged, nil
}

// merger joins arcs that follow each other where no third one meets them.
type merger struct {
	t      *Topology
	into   []int32 // arc of t -> reference to its new arc, in the same direction
	start  []int32
	points []gridPoint
}

func (m *merger) join(border []int32) {
	t := m.t
	at := make(map[int32][]int32, len(border)) // node -> references that leave it
	for _, a := range border {
		at[t.from[a]] = append(at[t.from[a]], a)
		at[t.to[a]] = append(at[t.to[a]], ^a)
	}
	done := newSet(len(t.boxes))
	walk := func(ref int32) {
		arc := int32(len(m.start)) - 1
		for {
			a, forward := arcOf(ref)
			done.add(a)
			m.into[a] = arc
			if !forward {
				m.into[a] = ^arc
			}
			m.points = t.appendRing(m.points, []int32{ref}, 0)
			leaving := at[t.nodeTo(ref)]
			if len(leaving) != 2 {
				break
			}
			next := leaving[0]
			if next == ^ref {
				next = leaving[1]
			}
			if b, _ := arcOf(next); done.has(b) {
				break // back where an island began
			}
			ref = next
		}
		m.points = append(m.points, t.end(ref))
		m.start = append(m.start, int32(len(m.points)))
	}
	for _, a := range border {
		for _, ref := range [2]int32{a, ^a} {
			if !done.has(a) && len(at[t.nodeFrom(ref)]) != 2 {
				walk(ref)
			}
		}
	}
	for _, a := range border {
		if !done.has(a) {
			walk(a)
		}
	}
}

// end is the last point of an arc as it is walked.
func (t *Topology) end(ref int32) gridPoint {
	if ref < 0 {
		return t.points[t.start[^ref]]
	}
	return t.points[t.start[ref+1]-1]
}

// refs turns a ring of arcs of t into one of new arcs.
func (m *merger) refs(ring []int32) []int32 {
	var out []int32
	for _, ref := range ring {
		a, forward := arcOf(ref)
		n := m.into[a]
		if !forward {
			n = ^n
		}
		if len(out) == 0 || out[len(out)-1] != n {
			out = append(out, n)
		}
	}
	if len(out) > 1 && out[0] == out[len(out)-1] { // the ring began in the middle of an arc
		out = out[:len(out)-1]
	}
	return out
}
