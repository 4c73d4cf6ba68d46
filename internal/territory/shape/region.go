package shape

import (
	"math"
	"slices"
)

// Region is the outline of any set of faces, dissolved: rings of arcs, without
// coordinates of its own, so it is small and gives the outline at any precision.
type Region struct {
	t        *Topology
	polygons [][][]int32 // shell first, interior on the right; the largest polygon first when dissolved
	box      gridBox
}

// Topology returns the topology the region was made of.
func (r *Region) Topology() *Topology { return r.t }

// Empty says whether the region covers nothing.
func (r *Region) Empty() bool { return len(r.polygons) == 0 }

// Region dissolves faces: its border is the arcs with one side in and the other
// out. Repeated and unknown faces do not count. Polygons that only touch at a
// point are apart, and a hole that touches its shell at a point is a hole
// (OGC Simple Features). No face gives an empty region.
func (t *Topology) Region(faces []int32) *Region {
	in := newSet(len(t.faces))
	var members []int32
	for _, f := range faces {
		if f >= 0 && int(f) < len(t.faces) && in.add(f) {
			members = append(members, f)
		}
	}
	if len(members) == 1 {
		return &t.faces[members[0]]
	}
	var border []int32
	for _, f := range members {
		for _, rings := range t.faces[f].polygons {
			for _, ring := range rings {
				for _, ref := range ring {
					if b := t.beyond(ref); b == Outside || !in.has(b) {
						border = append(border, ref)
					}
				}
			}
		}
	}
	r := &Region{t: t, box: emptyBox}
	r.assemble(t.stitch(border))
	return r
}

// set is a set of small numbers.
type set []uint64

func newSet(n int) set { return make(set, (n+63)/64) }

func (s set) has(i int32) bool { return s[i>>6]&(1<<(i&63)) != 0 }

// add says whether i was not there before.
func (s set) add(i int32) bool {
	fresh := !s.has(i)
	s[i>>6] |= 1 << (i & 63)
	return fresh
}

// stitch joins border arcs end to end into simple rings.
func (t *Topology) stitch(border []int32) [][]int32 {
	first := make(map[int32]int32, len(border)) // node -> an arc of border that leaves it
	next := make([]int32, len(border))          // another arc that leaves the same node, or -1
	for i, ref := range border {
		n := t.nodeFrom(ref)
		other, ok := first[n]
		if !ok {
			other = -1
		}
		first[n], next[i] = int32(i), other
	}
	used := make([]bool, len(border))
	var rings [][]int32
	var path []int32
	for i := range border {
		if used[i] {
			continue
		}
		path = append(path[:0], border[i])
		used[i] = true
		for len(path) > 0 {
			last := path[len(path)-1]
			n := t.nodeTo(last)
			if k := t.visited(path, n, next[first[n]] >= 0); k >= 0 {
				rings = append(rings, slices.Clone(path[k:]))
				if path = path[:k]; k == 0 {
					break
				}
				last = path[k-1]
			}
			out := t.turnRight(border, used, next, first[n], last)
			if out < 0 {
				break // cannot happen with closed rings: as many arcs enter a node as leave it
			}
			used[out] = true
			path = append(path, border[out])
		}
	}
	return rings
}

// visited returns the place in path of the arc that left node n, or -1. A node
// left by a single arc can only be the start of the path.
func (t *Topology) visited(path []int32, n int32, several bool) int {
	if t.nodeFrom(path[0]) == n {
		return 0
	}
	if several {
		for k := len(path) - 1; k > 0; k-- {
			if t.nodeFrom(path[k]) == n {
				return k
			}
		}
	}
	return -1
}

// turnRight chooses, among the unused arcs that leave the node where ref arrives,
// the one that turns most to the right: the interior is on the right, so this one
// borders the same corner of it.
func (t *Topology) turnRight(border []int32, used []bool, next []int32, first, ref int32) int32 {
	best, bestAngle := int32(-1), 0.0
	back := math.NaN()
	for i := first; i >= 0; i = next[i] {
		if used[i] {
			continue
		}
		if best < 0 && next[i] < 0 {
			return i
		}
		if math.IsNaN(back) {
			back = t.heading(^ref)
		}
		// Counter-clockwise from the way back, the first arc met closes the corner.
		angle := math.Mod(t.heading(border[i])-back+4*math.Pi, 2*math.Pi)
		if best < 0 || angle < bestAngle {
			best, bestAngle = i, angle
		}
	}
	return best
}

// heading is the direction in which an arc leaves its node, in radians.
func (t *Topology) heading(ref int32) float64 {
	a, forward := arcOf(ref)
	pts := t.arc(a)
	p, q := pts[0], pts[1]
	if !forward {
		p, q = pts[len(pts)-1], pts[len(pts)-2]
	}
	return math.Atan2(float64(q.y)-float64(p.y), float64(q.x)-float64(p.x))
}

// assemble gives each hole to the smallest shell around it, largest polygon first.
func (r *Region) assemble(rings [][]int32) {
	type shell struct {
		rings [][]int32
		area  int64
		box   gridBox
	}
	var shells []*shell
	var holes [][]int32
	for _, ring := range rings {
		area := r.t.ringArea(ring)
		if area == 0 {
			continue // the same line there and back
		}
		if area > 0 {
			holes = append(holes, ring)
			continue
		}
		s := &shell{[][]int32{ring}, -area, emptyBox}
		for _, ref := range ring {
			a, _ := arcOf(ref)
			s.box.join(r.t.boxes[a])
		}
		r.box.join(s.box)
		shells = append(shells, s)
	}
	slices.SortStableFunc(shells, func(a, b *shell) int {
		switch {
		case a.area > b.area:
			return -1
		case a.area < b.area:
			return 1
		}
		return 0
	})
	for _, hole := range holes {
		for i := len(shells) - 1; i >= 0; i-- {
			if s := shells[i]; i == 0 || r.t.surrounds(s.rings[0], s.box, hole) {
				s.rings = append(s.rings, hole)
				break
			}
		}
	}
	for _, s := range shells {
		r.polygons = append(r.polygons, s.rings)
	}
}

// surrounds says whether a hole lies in a shell, by the middle of the hole's first
// segment: a hole may touch its shell at a node, never along a segment.
func (t *Topology) surrounds(shell []int32, box gridBox, hole []int32) bool {
	a, _ := arcOf(hole[0])
	pts := t.arc(a)
	x, y := int64(pts[0].x)+int64(pts[1].x), int64(pts[0].y)+int64(pts[1].y)
	if x < 2*int64(box.minX) || x > 2*int64(box.maxX) || y < 2*int64(box.minY) || y > 2*int64(box.maxY) {
		return false
	}
	inside := false
	for _, ref := range shell {
		a, _ := arcOf(ref)
		if t.crossings(a, x, y, 1) {
			inside = !inside
		}
	}
	return inside
}

func (r *Region) eachRef(do func(ref int32)) {
	for _, rings := range r.polygons {
		for _, ring := range rings {
			for _, ref := range ring {
				do(ref)
			}
		}
	}
}
