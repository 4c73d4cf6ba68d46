package shape

import (
	"fmt"
	"math"
)

// Outside is the face number of everything that no face covers.
const Outside int32 = -1

// maxCoord bounds grid coordinates, so that sums and differences fit an int32.
const maxCoord = 1 << 29

// Grid places whole coordinates on the globe: degrees = whole*Scale + Translate,
// longitude first, WGS84.
type Grid struct {
	Scale     [2]float64
	Translate [2]float64
}

func (g Grid) check() error {
	for i := range 2 {
		if !(g.Scale[i] > 0) || math.IsInf(g.Scale[i], 0) {
			return fmt.Errorf("transform: scale %v is not a positive number", g.Scale[i])
		}
		if math.IsNaN(g.Translate[i]) || math.Abs(g.Translate[i]) > 360 {
			return fmt.Errorf("transform: translate %v is not in degrees", g.Translate[i])
		}
	}
	return nil
}

func (g Grid) point(p gridPoint) Point {
	return Point{float64(p.x)*g.Scale[0] + g.Translate[0], float64(p.y)*g.Scale[1] + g.Translate[1]}
}

// metres returns the size in metres of one step of the grid, along x and y, at row y.
func (g Grid) metres(y int32) (kx, ky float64) {
	lat := float64(y)*g.Scale[1] + g.Translate[1]
	return g.Scale[0] * metresPerDegree * math.Cos(lat*radian), g.Scale[1] * metresPerDegree
}

type gridPoint struct{ x, y int32 }

type gridBox struct{ minX, minY, maxX, maxY int32 }

var emptyBox = gridBox{math.MaxInt32, math.MaxInt32, math.MinInt32, math.MinInt32}

func (b *gridBox) add(p gridPoint) {
	b.minX, b.maxX = min(b.minX, p.x), max(b.maxX, p.x)
	b.minY, b.maxY = min(b.minY, p.y), max(b.maxY, p.y)
}

func (b *gridBox) join(o gridBox) {
	b.minX, b.maxX = min(b.minX, o.minX), max(b.maxX, o.maxX)
	b.minY, b.maxY = min(b.minY, o.minY), max(b.maxY, o.maxY)
}

// Topology holds outlines as faces over shared arcs. It never changes once made,
// so it is safe for concurrent use. France is 35,000 faces, 104,000 arcs and
// 1.3 million points, 16 MB in memory.
type Topology struct {
	grid    Grid
	start   []int32     // arc a has the points start[a] to start[a+1]-1
	points  []gridPoint // of all arcs, end to end
	weights []uint8     // one a point, see weigh
	right   []int32     // face on the right of an arc walked forward, or Outside
	left    []int32
	from    []int32 // node where an arc starts
	to      []int32
	boxes   []gridBox // of arcs
	faces   []Region
	codes   []string
	index   map[string]int32
}

// Len returns the number of faces; they are numbered from 0.
func (t *Topology) Len() int { return len(t.codes) }

// Code returns the code of a face.
func (t *Topology) Code(face int32) string { return t.codes[face] }

// Face returns the number of the face that has this code.
func (t *Topology) Face(code string) (int32, bool) {
	f, ok := t.index[code]
	return f, ok
}

// FaceRegion returns one face as a region, without any computation.
func (t *Topology) FaceRegion(face int32) *Region { return &t.faces[face] }

// Size returns the number of arcs and of points.
func (t *Topology) Size() (arcs, points int) { return len(t.boxes), len(t.points) }

// arc returns the points of an arc, walked forward.
func (t *Topology) arc(a int32) []gridPoint { return t.points[t.start[a]:t.start[a+1]] }

// arcOf tells the arc of a reference, and whether it is walked forward.
// As in TopoJSON, reference ^a is arc a walked backward.
func arcOf(ref int32) (arc int32, forward bool) {
	if ref < 0 {
		return ^ref, false
	}
	return ref, true
}

// inside returns the face on the side of the interior, which is always the right.
func (t *Topology) inside(ref int32) int32 {
	if ref < 0 {
		return t.left[^ref]
	}
	return t.right[ref]
}

func (t *Topology) beyond(ref int32) int32 { return t.inside(^ref) }

func (t *Topology) nodeFrom(ref int32) int32 {
	if ref < 0 {
		return t.to[^ref]
	}
	return t.from[ref]
}

func (t *Topology) nodeTo(ref int32) int32 { return t.nodeFrom(^ref) }

// build checks that the parts fit together and computes what is derived from
// them. Rings are turned so that their interior is on the right: shells
// clockwise, holes counter-clockwise, north up.
func build(grid Grid, start []int32, points []gridPoint, weights []uint8, codes []string, faces [][][][]int32) (*Topology, error) {
	if err := grid.check(); err != nil {
		return nil, err
	}
	arcs := len(start) - 1
	t := &Topology{
		grid: grid, start: start, points: points, weights: weights, codes: codes,
		right: make([]int32, arcs), left: make([]int32, arcs),
		from: make([]int32, arcs), to: make([]int32, arcs),
		boxes: make([]gridBox, arcs),
		faces: make([]Region, len(faces)),
		index: make(map[string]int32, len(codes)),
	}
	t.measureArcs()
	for f, code := range codes {
		if code == "" {
			return nil, fmt.Errorf("face %d has no code", f)
		}
		if other, ok := t.index[code]; ok {
			return nil, fmt.Errorf("faces %d and %d have the same code %q", other, f, code)
		}
		t.index[code] = int32(f)
		r := Region{t: t, polygons: faces[f]}
		if err := t.attach(int32(f), &r); err != nil {
			return nil, fmt.Errorf("face %d (code %q): %w", f, code, err)
		}
		t.faces[f] = r
	}
	return t, nil
}

func (t *Topology) measureArcs() {
	nodes := make(map[gridPoint]int32, len(t.boxes))
	node := func(p gridPoint) int32 {
		n, ok := nodes[p]
		if !ok {
			n = int32(len(nodes))
			nodes[p] = n
		}
		return n
	}
	for a := range t.boxes {
		pts := t.arc(int32(a))
		b := emptyBox
		for _, p := range pts {
			b.add(p)
		}
		t.boxes[a] = b
		t.right[a], t.left[a] = Outside, Outside
		t.from[a], t.to[a] = node(pts[0]), node(pts[len(pts)-1])
	}
}

// attach checks the rings of a face, turns them and records the face on the
// sides of its arcs.
func (t *Topology) attach(f int32, r *Region) error {
	r.box = emptyBox
	if len(r.polygons) == 0 {
		return fmt.Errorf("no outline")
	}
	for _, rings := range r.polygons {
		if len(rings) == 0 {
			return fmt.Errorf("a polygon has no ring")
		}
		for i, ring := range rings {
			if err := t.checkRing(ring); err != nil {
				return err
			}
			switch area := t.ringArea(ring); {
			case area == 0:
				return fmt.Errorf("a ring has no area")
			case (area > 0) == (i == 0): // a shell that runs counter-clockwise, or a hole clockwise
				reverseRing(ring)
			}
			for _, ref := range ring {
				a, forward := arcOf(ref)
				side := &t.left[a]
				if forward {
					side = &t.right[a]
				}
				if *side != Outside {
					return fmt.Errorf("arc %d already has face %d (code %q) on that side", a, *side, t.codes[*side])
				}
				*side = f
				r.box.join(t.boxes[a])
			}
		}
	}
	return nil
}

func (t *Topology) checkRing(ring []int32) error {
	if len(ring) == 0 {
		return fmt.Errorf("a ring has no arc")
	}
	for _, ref := range ring {
		if a, _ := arcOf(ref); int(a) >= len(t.boxes) {
			return fmt.Errorf("reference to arc %d, and there are %d arcs", a, len(t.boxes))
		}
	}
	for i, ref := range ring {
		if next := ring[(i+1)%len(ring)]; t.nodeTo(ref) != t.nodeFrom(next) {
			return fmt.Errorf("a ring is broken between references %d and %d", ref, next)
		}
	}
	return nil
}

func reverseRing(ring []int32) {
	for i, j := 0, len(ring)-1; i <= j; i, j = i+1, j-1 {
		ring[i], ring[j] = ^ring[j], ^ring[i]
	}
}

// ringArea returns twice the signed area in grid units, negative if clockwise.
func (t *Topology) ringArea(ring []int32) int64 {
	var sum int64
	var origin gridPoint
	for i, ref := range ring {
		a, forward := arcOf(ref)
		pts := t.arc(a)
		if i == 0 {
			origin = pts[0] // coordinates from the ring itself keep the sums far from overflow
		}
		var s int64
		x1, y1 := int64(pts[0].x)-int64(origin.x), int64(pts[0].y)-int64(origin.y)
		for _, p := range pts[1:] {
			x2, y2 := int64(p.x)-int64(origin.x), int64(p.y)-int64(origin.y)
			s += x1*y2 - x2*y1
			x1, y1 = x2, y2
		}
		if forward {
			sum += s
		} else {
			sum -= s
		}
	}
	return sum
}
