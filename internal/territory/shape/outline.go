package shape

import "math"

// Point is a position in degrees, WGS84.
type Point struct{ Lon, Lat float64 }

// Ring is a closed line: its last point repeats the first.
type Ring []Point

// Polygon is a shell, counter-clockwise, and its holes, clockwise (RFC 7946).
type Polygon []Ring

// MultiPolygon is an outline, its largest polygon first if it was dissolved.
type MultiPolygon []Polygon

// appendRing appends the points of a ring that weigh at least least, open.
func (t *Topology) appendRing(dst []gridPoint, ring []int32, least uint8) []gridPoint {
	for _, ref := range ring {
		a, forward := arcOf(ref)
		lo, hi := t.start[a], t.start[a+1]-1 // the last point is the first of the next arc
		if forward {
			for i := lo; i < hi; i++ {
				if t.weights[i] >= least {
					dst = append(dst, t.points[i])
				}
			}
		} else {
			for i := hi; i > lo; i-- {
				if t.weights[i] >= least {
					dst = append(dst, t.points[i])
				}
			}
		}
	}
	return dst
}

// Outline returns the region at a precision in metres: details smaller than a
// square of that side are smoothed away. 0 (or anything up to 1) gives every
// point. Borders shared by two regions have the same points in both at the same
// precision, so areas add up at each. No ring vanishes: each keeps three points
// at least; see [MultiPolygon.Without] to drop islets.
func (r *Region) Outline(metres float64) MultiPolygon {
	least := threshold(metres)
	out := make(MultiPolygon, len(r.polygons))
	var pts []gridPoint
	for i, rings := range r.polygons {
		out[i] = make(Polygon, len(rings))
		for k, ring := range rings {
			pts = r.t.appendRing(pts[:0], ring, least)
			line := make(Ring, len(pts)+1)
			for j, p := range pts {
				line[len(pts)-j] = r.t.grid.point(p) // reversed: GeoJSON has the interior on the left
			}
			line[0] = line[len(pts)]
			out[i][k] = line
		}
	}
	return out
}

// Without drops polygons and holes smaller than an area in square metres. The
// largest polygon always stays.
func (m MultiPolygon) Without(area float64) MultiPolygon {
	largest, most := -1, 0.0
	for i, p := range m {
		if a := p[0].area(); largest < 0 || a > most {
			largest, most = i, a
		}
	}
	var out MultiPolygon
	for i, p := range m {
		if i != largest && p[0].area() < area {
			continue
		}
		kept := Polygon{p[0]}
		for _, hole := range p[1:] {
			if -hole.area() >= area {
				kept = append(kept, hole)
			}
		}
		out = append(out, kept)
	}
	return out
}

// Area returns the area in square metres on the GRS80 ellipsoid. Outlines follow
// limits that take in estuaries and lakes: for densities use official areas.
func (m MultiPolygon) Area() float64 {
	var sum float64
	for _, p := range m {
		for _, ring := range p {
			sum += ring.area()
		}
	}
	return sum
}

// Area returns the area of the region at full precision, as [MultiPolygon.Area].
func (r *Region) Area() float64 { return r.Outline(0).Area() }

// area is the area of a ring in square metres, negative if clockwise: on the
// sphere of equal area, each segment covers a trapezium down to the equator in
// Lambert's equal-area cylindrical projection (Snyder, Map Projections: A Working
// Manual, USGS 1395, 1987, equations 3-11, 3-12 and 10-1, 10-2). Each segment
// counts for itself, so areas of neighbours add up exactly.
func (r Ring) area() float64 {
	if len(r) == 0 {
		return 0
	}
	var sum float64
	lon, s := r[0].Lon, authalicSine(r[0].Lat)
	s0 := s // from the ring's own latitude: small terms lose no digits
	for _, p := range r[1:] {
		s2 := authalicSine(p.Lat)
		sum -= (p.Lon - lon) * (s - s0 + s2 - s0) / 2
		lon, s = p.Lon, s2
	}
	return sum * radian * authalicRadius * authalicRadius
}

const (
	radian          = math.Pi / 180
	earthRadius     = 6371008.8 // mean radius, metres
	metresPerDegree = earthRadius * radian

	grs80E         = 0.0818191910428158 // first eccentricity
	authalicPole   = 1.9955310874809384 // q of Snyder 3-12 at the pole
	authalicRadius = 6371007.1810       // of the sphere that has the area of GRS80
)

// authalicQ is q of Snyder 3-12, of the sine of a latitude.
func authalicQ(sine float64) float64 {
	es := grs80E * sine
	return (1 - grs80E*grs80E) * (sine/(1-es*es) + math.Atanh(es)/grs80E)
}

func authalicSine(lat float64) float64 { return authalicQ(math.Sin(lat*radian)) / authalicPole }
