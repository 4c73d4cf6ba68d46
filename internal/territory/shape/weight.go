package shape

import (
	"math"
	"slices"
)

// always is the weight of a point that no simplification removes.
const always = 255

// perOctave is the number of weights in a doubling of the effective area: 6
// makes weights 0 to 254 reach from 1 to 5e12 square metres, each 12 % above the last.
const perOctave = 6

// weightOf quantises an effective area in square metres.
func weightOf(area float64) uint8 {
	if !(area > 1) {
		return 0
	}
	return uint8(min(math.Floor(perOctave*math.Log2(area)), always-1))
}

// threshold returns the least weight kept at a precision: a point stays if its
// effective area is at least that of a square whose side is metres.
func threshold(metres float64) uint8 {
	if !(metres > 1) {
		return 0
	}
	return uint8(min(math.Ceil(2*perOctave*math.Log2(metres)), always))
}

// weigh computes, arc by arc, the effective area of each point by the algorithm
// of Visvalingam and Whyatt (The Cartographic Journal 30(1), 1993): the point of
// smallest triangle leaves first, and no point weighs less than one that left
// before it, so that keeping weights above a threshold is the simplification.
// The ends of an arc always stay: an arc simplifies alike for both of its faces.
func weigh(t *Topology) {
	var v visvalingam
	for a := range t.boxes {
		v.weigh(t.grid, t.arc(int32(a)), t.weights[t.start[a]:t.start[a+1]])
	}
	guard(t)
}

// visvalingam is the working memory of one arc: a heap of interior points by area.
type visvalingam struct {
	area       []float64
	prev, next []int32
	heap       []int32 // points
	place      []int32 // of points in heap
}

func (v *visvalingam) weigh(g Grid, pts []gridPoint, w []uint8) {
	n := len(pts)
	w[0], w[n-1] = always, always
	if n < 3 {
		return
	}
	kx, ky := g.metres(pts[n/2].y)
	triangle := func(a, b, c int32) float64 {
		abx, aby := float64(pts[b].x)-float64(pts[a].x), float64(pts[b].y)-float64(pts[a].y)
		acx, acy := float64(pts[c].x)-float64(pts[a].x), float64(pts[c].y)-float64(pts[a].y)
		return math.Abs(abx*acy-acx*aby) / 2 * kx * ky
	}
	v.area, v.prev, v.next = resize(v.area, n), resize(v.prev, n), resize(v.next, n)
	v.place, v.heap = resize(v.place, n), v.heap[:0]
	for i := int32(1); i < int32(n)-1; i++ {
		v.prev[i], v.next[i] = i-1, i+1
		v.area[i] = triangle(i-1, i, i+1)
		v.place[i] = int32(len(v.heap))
		v.heap = append(v.heap, i)
	}
	for i := len(v.heap)/2 - 1; i >= 0; i-- {
		v.down(i)
	}
	floor := 0.0
	for len(v.heap) > 0 {
		i := v.heap[0]
		last := len(v.heap) - 1
		v.swap(0, last)
		v.heap = v.heap[:last]
		v.down(0)
		floor = max(floor, v.area[i])
		w[i] = weightOf(floor)
		p, q := v.prev[i], v.next[i]
		if p > 0 {
			v.next[p] = q
			v.move(p, triangle(v.prev[p], p, q))
		}
		if int(q) < n-1 {
			v.prev[q] = p
			v.move(q, triangle(p, q, v.next[q]))
		}
	}
}

func (v *visvalingam) less(i, j int) bool {
	a, b := v.heap[i], v.heap[j]
	if v.area[a] != v.area[b] {
		return v.area[a] < v.area[b]
	}
	return a < b
}

func (v *visvalingam) swap(i, j int) {
	v.heap[i], v.heap[j] = v.heap[j], v.heap[i]
	v.place[v.heap[i]], v.place[v.heap[j]] = int32(i), int32(j)
}

func (v *visvalingam) down(i int) {
	for {
		c := 2*i + 1
		if c >= len(v.heap) {
			return
		}
		if c+1 < len(v.heap) && v.less(c+1, c) {
			c++
		}
		if !v.less(c, i) {
			return
		}
		v.swap(i, c)
		i = c
	}
}

func (v *visvalingam) move(p int32, area float64) {
	v.area[p] = area
	i := int(v.place[p])
	for i > 0 && v.less(i, (i-1)/2) {
		v.swap(i, (i-1)/2)
		i = (i - 1) / 2
	}
	v.down(i)
}

func resize[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }

// guard keeps every ring of every face from vanishing: points are promoted, the
// farthest from what is kept first, until the ring that is left at the coarsest
// precision has three distinct points, its orientation, and a tenth of its area.
func guard(t *Topology) {
	var at []int32 // points of the ring, as indexes in t.points
	for f := range t.faces {
		for _, rings := range t.faces[f].polygons {
			for _, ring := range rings {
				at = at[:0]
				for _, ref := range ring {
					a, forward := arcOf(ref)
					lo, hi := t.start[a], t.start[a+1]-1
					for k := range hi - lo {
						if forward {
							at = append(at, lo+k)
						} else {
							at = append(at, hi-k)
						}
					}
				}
				guardRing(t, at)
			}
		}
	}
}

func guardRing(t *Topology, at []int32) {
	kept := func(i int) bool { return t.weights[at[i]] == always }
	whole := ringArea(t, at, func(int) bool { return true })
	for range at {
		left := ringArea(t, at, kept)
		if whole < 0 && left < 0 && left <= whole/10 || whole > 0 && left > 0 && left >= whole/10 {
			return // an area of the right sign needs three distinct points
		}
		if !promote(t, at, kept) {
			return
		}
	}
}

// promote keeps the point farthest from the chord of the kept points around it,
// and says whether there was one.
func promote(t *Topology, at []int32, kept func(int) bool) bool {
	first := slices.IndexFunc(at, func(i int32) bool { return t.weights[i] == always })
	best, far := -1, 0.0
	n := len(at)
	for i := 0; i < n; {
		j := i + 1
		for j < n && !kept((first+j)%n) {
			j++
		}
		p, q := t.points[at[(first+i)%n]], t.points[at[(first+j)%n]]
		for k := i + 1; k < j; k++ {
			r := t.points[at[(first+k)%n]]
			if d := chordDistance(p, q, r); d > far {
				best, far = (first+k)%n, d
			}
		}
		i = j
	}
	if best >= 0 {
		t.weights[at[best]] = always
	}
	return best >= 0
}

// chordDistance is the distance in grid units from r to the segment pq.
func chordDistance(p, q, r gridPoint) float64 {
	px, py := float64(p.x), float64(p.y)
	d, _ := segmentDistance(float64(r.x)-px, float64(r.y)-py, float64(q.x)-px, float64(q.y)-py)
	return d
}

// segmentDistance is the distance from (x, y) to the segment from the origin to
// (dx, dy), and where along the segment the nearest point lies, from 0 to 1.
func segmentDistance(x, y, dx, dy float64) (distance, along float64) {
	if l := dx*dx + dy*dy; l > 0 {
		along = max(0, min(1, (x*dx+y*dy)/l))
	}
	return math.Hypot(x-along*dx, y-along*dy), along
}

func ringArea(t *Topology, at []int32, keep func(int) bool) int64 {
	var sum int64
	o := t.points[at[0]]
	var first, last gridPoint
	none := true
	add := func(p gridPoint) {
		sum += (int64(last.x)-int64(o.x))*(int64(p.y)-int64(o.y)) - (int64(p.x)-int64(o.x))*(int64(last.y)-int64(o.y))
	}
	for i := range at {
		if !keep(i) {
			continue
		}
		p := t.points[at[i]]
		if none {
			first, none = p, false
		} else {
			add(p)
		}
		last = p
	}
	add(first)
	return sum
}
