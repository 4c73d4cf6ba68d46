package shape

import (
	"container/heap"
	"math"
)

// Label returns a point well inside the region, where a name or a mark may stand:
// the pole of inaccessibility of its largest polygon to within 1/50 of its size,
// found by halving squares (V. Agafonkin, A new algorithm for finding a visual
// center of a polygon, 2016). ok is false for an empty region.
func (r *Region) Label() (p Point, ok bool) {
	if r.Empty() {
		return Point{}, false
	}
	rings := r.largest()
	s := search{}
	box := emptyBox
	for _, ring := range rings {
		pts := r.t.appendRing(nil, ring, 0)
		for _, p := range pts {
			box.add(p)
		}
		s.rings = append(s.rings, pts)
	}
	s.kx, s.ky = r.t.grid.metres(box.minY/2 + box.maxY/2)
	x, y := s.pole(box)
	g := r.t.grid
	return Point{x/s.kx*g.Scale[0] + g.Translate[0], y/s.ky*g.Scale[1] + g.Translate[1]}, true
}

func (r *Region) largest() [][]int32 {
	best := r.polygons[0]
	for _, rings := range r.polygons[1:] {
		if r.t.ringArea(rings[0]) < r.t.ringArea(best[0]) { // shells are negative
			best = rings
		}
	}
	return best
}

// search works in metres: grid coordinates times kx and ky.
type search struct {
	rings  [][]gridPoint
	kx, ky float64
}

type square struct{ x, y, half, distance float64 }

// most is an upper bound of the distance anywhere in the square.
func (q square) most() float64 { return q.distance + q.half*math.Sqrt2 }

type squares []square

func (s squares) Len() int           { return len(s) }
func (s squares) Less(i, j int) bool { return s[i].most() > s[j].most() }
func (s squares) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *squares) Push(v any)        { *s = append(*s, v.(square)) }
func (s *squares) Pop() any {
	v := (*s)[len(*s)-1]
	*s = (*s)[:len(*s)-1]
	return v
}

func (s *search) pole(box gridBox) (x, y float64) {
	w, h := float64(box.maxX-box.minX)*s.kx, float64(box.maxY-box.minY)*s.ky
	x0, y0 := float64(box.minX)*s.kx, float64(box.minY)*s.ky
	size := max(min(w, h), max(w, h)/16)
	precision := max(w, h) / 50
	best := s.at(x0+w/2, y0+h/2, 0)
	var queue squares
	for sx := x0; sx < x0+w; sx += size {
		for sy := y0; sy < y0+h; sy += size {
			queue = append(queue, s.at(sx+size/2, sy+size/2, size/2))
		}
	}
	heap.Init(&queue)
	// Very thin shapes need finer squares than the precision before one falls inside.
	for n := 0; len(queue) > 0 && (n < 5000 || best.distance <= 0) && n < 100000; n++ {
		q := heap.Pop(&queue).(square)
		if q.distance > best.distance {
			best = q
		}
		if best.distance > 0 && q.most()-best.distance <= precision {
			break
		}
		half := q.half / 2
		for _, d := range [4][2]float64{{-1, -1}, {1, -1}, {-1, 1}, {1, 1}} {
			if c := s.at(q.x+d[0]*half, q.y+d[1]*half, half); c.most() > best.distance {
				heap.Push(&queue, c)
			}
		}
	}
	return best.x, best.y
}

// at measures the signed distance from a point to the border, positive inside.
func (s *search) at(x, y, half float64) square {
	inside := false
	best := math.Inf(1)
	for _, ring := range s.rings {
		q := ring[len(ring)-1]
		qx, qy := float64(q.x)*s.kx, float64(q.y)*s.ky
		for _, p := range ring {
			px, py := float64(p.x)*s.kx, float64(p.y)*s.ky
			if (py > y) != (qy > y) && x < (qx-px)*(y-py)/(qy-py)+px {
				inside = !inside
			}
			dx, dy := qx-px, qy-py
			ex, ey := x-px, y-py
			if l := dx*dx + dy*dy; l > 0 {
				u := max(0, min(1, (ex*dx+ey*dy)/l))
				ex, ey = ex-u*dx, ey-u*dy
			}
			best = min(best, ex*ex+ey*ey)
			qx, qy = px, py
		}
	}
	d := math.Sqrt(best)
	if !inside {
		d = -d
	}
	return square{x, y, half, d}
}
