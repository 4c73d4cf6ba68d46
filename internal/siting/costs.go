package siting

import (
	"math"
	"slices"
)

// Costs are the distances from demands (rows) to sites (columns), in any unit:
// kilometres, minutes. A site that a demand cannot reach is at +Inf. None is
// negative, none is NaN. They are safe to ask from several goroutines.
type Costs interface {
	// Size is the number of demands and of sites.
	Size() (demands, sites int)
	// At is the distance of one site from one demand.
	At(demand, site int) float64
	// Near calls found for each site at most reach away from a demand, in any order.
	Near(demand int, reach float64, found func(site int, distance float64))
	// Whole says that all finite distances are known to be whole numbers.
	Whole() bool
}

// Matrix is a table of distances.
type Matrix struct {
	rows, cols int
	cells      []float64 // row by row
	whole      bool
	holes      bool // some sites are out of reach
}

// NewMatrix makes costs of cells[demand*sites+site].
func NewMatrix(demands, sites int, cells []float64) *Matrix {
	m := &Matrix{rows: demands, cols: sites, cells: cells, whole: true}
	for _, d := range cells {
		switch {
		case math.IsInf(d, 1):
			m.holes = true
		case d != math.Floor(d):
			m.whole = false
		}
	}
	return m
}

// Size implements [Costs].
func (m *Matrix) Size() (demands, sites int) { return m.rows, m.cols }

// At implements [Costs].
func (m *Matrix) At(demand, site int) float64 { return m.cells[demand*m.cols+site] }

// Near implements [Costs].
func (m *Matrix) Near(demand int, reach float64, found func(site int, distance float64)) {
	for j, d := range m.cells[demand*m.cols : (demand+1)*m.cols] {
		if d <= reach && d < math.Inf(1) {
			found(j, d)
		}
	}
}

// Whole implements [Costs].
func (m *Matrix) Whole() bool { return m.whole }

// earth is the mean radius of the Earth in kilometres (IUGG).
const earth = 6371.0088

// Points are distances between places, by the straight line on a plane or by the
// great circle on the globe, found by a k-d tree.
type Points struct {
	demands, sites [][3]float64
	globe          bool
	own            []float64
	tree           tree
}

// NewPlane makes distances between points of a plane, in the unit of x and y.
func NewPlane(demands, sites [][2]float64) *Points {
	flat := func(from [][2]float64) [][3]float64 {
		to := make([][3]float64, len(from))
		for i, p := range from {
			to[i] = [3]float64{p[0], p[1], 0}
		}
		return to
	}
	return newPoints(flat(demands), flat(sites), false)
}

// NewGlobe makes great-circle distances in kilometres between points given as
// longitude and latitude in degrees.
func NewGlobe(demands, sites [][2]float64) *Points {
	lift := func(from [][2]float64) [][3]float64 {
		to := make([][3]float64, len(from))
		for i, p := range from {
			lon, lat := p[0]*math.Pi/180, p[1]*math.Pi/180
			to[i] = [3]float64{math.Cos(lat) * math.Cos(lon), math.Cos(lat) * math.Sin(lon), math.Sin(lat)}
		}
		return to
	}
	return newPoints(lift(demands), lift(sites), true)
}

func newPoints(demands, sites [][3]float64, globe bool) *Points {
	return &Points{demands: demands, sites: sites, globe: globe, tree: newTree(sites)}
}

// Within gives each demand a distance to the site of the same number that is not
// 0: that from its people to the middle of their own commune.
func (p *Points) Within(own []float64) *Points {
	q := *p
	q.own = own
	return &q
}

// Size implements [Costs].
func (p *Points) Size() (demands, sites int) { return len(p.demands), len(p.sites) }

// At implements [Costs].
func (p *Points) At(demand, site int) float64 {
	if p.own != nil && demand == site {
		return p.own[demand]
	}
	return p.length(between(&p.demands[demand], &p.sites[site]))
}

func between(a, b *[3]float64) float64 {
	x, y, z := a[0]-b[0], a[1]-b[1], a[2]-b[2]
	return x*x + y*y + z*z
}

// length turns a squared chord into a distance.
func (p *Points) length(chord2 float64) float64 {
	d := math.Sqrt(chord2)
	if !p.globe {
		return d
	}
	return 2 * earth * math.Asin(min(1, d/2))
}

// Near implements [Costs].
func (p *Points) Near(demand int, reach float64, found func(site int, distance float64)) {
	chord := reach
	if p.globe {
		if reach >= math.Pi*earth {
			chord = 3
		} else {
			chord = 2 * math.Sin(reach/2/earth)
		}
	}
	if p.own != nil && demand < len(p.own) && p.own[demand] <= reach {
		found(demand, p.own[demand])
	}
	// A hair more than asked: what is found is compared again by its distance.
	p.tree.within(&p.demands[demand], chord*chord*(1+1e-12)+1e-300, func(j int32, d2 float64) {
		if p.own != nil && int(j) == demand {
			return
		}
		if d := p.length(d2); d <= reach {
			found(int(j), d)
		}
	})
}

// Whole implements [Costs].
func (p *Points) Whole() bool { return false }

// tree is a k-d tree of points: an order of them and the boxes of its halves.
type tree struct {
	at    [][3]float64 // in the order of the tree
	id    []int32
	boxes []box // a heap: the halves of boxes[k] are boxes[2k+1] and boxes[2k+2]
}

type box struct {
	low, high [3]float64
	from, to  int32
}

const bucket = 16 // points of a leaf

func newTree(points [][3]float64) tree {
	t := tree{at: make([][3]float64, len(points)), id: make([]int32, len(points))}
	for i := range t.id {
		t.id[i] = int32(i)
	}
	if len(points) > 0 {
		t.part(points, 0, 0, len(points))
	}
	for i, id := range t.id {
		t.at[i] = points[id]
	}
	return t
}

func (t *tree) part(points [][3]float64, k, from, to int) {
	for len(t.boxes) <= k {
		t.boxes = append(t.boxes, box{to: -1})
	}
	b := box{from: int32(from), to: int32(to), low: points[t.id[from]], high: points[t.id[from]]}
	for _, id := range t.id[from:to] {
		for a, x := range points[id] {
			b.low[a], b.high[a] = min(b.low[a], x), max(b.high[a], x)
		}
	}
	t.boxes[k] = b
	if to-from <= bucket {
		return
	}
	axis := 0
	for a := range 3 {
		if b.high[a]-b.low[a] > b.high[axis]-b.low[axis] {
			axis = a
		}
	}
	slices.SortFunc(t.id[from:to], func(i, j int32) int {
		switch x, y := points[i][axis], points[j][axis]; {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return int(i - j)
	})
	middle := (from + to) / 2
	t.part(points, 2*k+1, from, middle)
	t.part(points, 2*k+2, middle, to)
}

// within calls found for each point at most √reach2 away.
func (t *tree) within(p *[3]float64, reach2 float64, found func(id int32, d2 float64)) {
	if len(t.boxes) == 0 {
		return
	}
	var stack [64]int32
	n := 1
	for n > 0 {
		n--
		k := stack[n]
		b := &t.boxes[k]
		gap := 0.0
		for a := range 3 {
			if x := max(b.low[a]-p[a], p[a]-b.high[a]); x > 0 {
				gap += x * x
			}
		}
		if gap > reach2 {
			continue
		}
		if b.to-b.from <= bucket {
			for i := b.from; i < b.to; i++ {
				if d2 := between(&t.at[i], p); d2 <= reach2 {
					found(t.id[i], d2)
				}
			}
			continue
		}
		stack[n], stack[n+1] = 2*k+1, 2*k+2
		n += 2
	}
}
