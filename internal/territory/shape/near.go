package shape

import (
	"cmp"
	"math"
	"slices"
)

// Hit is a face at or near a point.
type Hit struct {
	Face   int32
	Inside bool
	Metres float64 // from the point to the face's border, whichever side the point is on
}

// Near returns the faces that hold a point or come within a distance of it, those
// that hold it first, then the nearest. A point within 10 m of a QPV's border is
// "en limite": Metres <= 10, inside or not.
func (l *Locator) Near(p Point, metres float64) []Hit {
	if l.columns == 0 || math.IsNaN(p.Lon) || math.IsNaN(p.Lat) {
		return nil
	}
	g := l.t.grid
	fx, fy := (p.Lon-g.Translate[0])/g.Scale[0], (p.Lat-g.Translate[1])/g.Scale[1]
	kx := g.Scale[0] * metresPerDegree * max(1e-6, math.Cos(p.Lat*radian))
	ky := g.Scale[1] * metresPerDegree
	metres = max(0, metres)
	west, east := l.column(fx-metres/kx-1), l.column(fx+metres/kx+1)
	south, north := l.row(fy-metres/ky-1), l.row(fy+metres/ky+1)
	if fx+metres/kx+1 < float64(l.minX) || fx-metres/kx-1 > float64(l.maxX) ||
		fy+metres/ky+1 < float64(l.minY) || fy-metres/ky-1 > float64(l.maxY) {
		return nil
	}
	var faces []int32
	for cy := south; cy <= north; cy++ {
		for cx := west; cx <= east; cx++ {
			if e := l.entry(cx, cy); e < Outside {
				faces = append(faces, l.listed(e)...)
			} else if e != Outside {
				faces = append(faces, e)
			}
		}
	}
	slices.Sort(faces)
	x, y, within := l.fixed(p)
	var hits []Hit
	for _, f := range slices.Compact(faces) {
		h := Hit{f, within && l.holds(f, x, y), l.t.faces[f].distance(fx, fy, kx, ky)}
		if h.Inside || h.Metres <= metres {
			hits = append(hits, h)
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		if a.Inside != b.Inside {
			if a.Inside {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.Metres, b.Metres), cmp.Compare(a.Face, b.Face))
	})
	return hits
}

func (l *Locator) column(x float64) int64 {
	return (int64(max(float64(l.minX), min(float64(l.maxX), x))) - l.minX) >> l.shift
}

func (l *Locator) row(y float64) int64 {
	return (int64(max(float64(l.minY), min(float64(l.maxY), y))) - l.minY) >> l.shift
}

// distance is the distance in metres from a point of the grid to the border, on a
// plane where a step of the grid is kx by ky metres.
func (r *Region) distance(x, y, kx, ky float64) float64 {
	best := math.Inf(1)
	r.eachRef(func(ref int32) {
		a, _ := arcOf(ref)
		b := r.t.boxes[a]
		dx := max(0, float64(b.minX)-x, x-float64(b.maxX)) * kx
		dy := max(0, float64(b.minY)-y, y-float64(b.maxY)) * ky
		if math.Hypot(dx, dy) >= best {
			return
		}
		pts := r.t.arc(a)
		for i := 1; i < len(pts); i++ {
			px, py := float64(pts[i-1].x), float64(pts[i-1].y)
			d, _ := segmentDistance((x-px)*kx, (y-py)*ky, (float64(pts[i].x)-px)*kx, (float64(pts[i].y)-py)*ky)
			best = min(best, d)
		}
	})
	return best
}
