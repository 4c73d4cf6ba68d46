package shape

import "math"

// Projection draws positions on a plane, in the units of the drawing, y down.
type Projection struct {
	plane  plane
	scale  float64
	dx, dy float64
	view   View
}

// View is the rectangle of a drawing that a map fills, with a margin inside it.
// Height 0 means as high as the outlines need at that width.
type View struct{ X, Y, Width, Height, Margin float64 }

// plane is a map projection: metres east and north of some origin.
type plane interface {
	forward(p Point) (x, y float64)
	inverse(x, y float64) Point
}

// NewProjection fits outlines in a view, centred, on a local plane: an
// equirectangular projection true along the middle latitude, good for anything
// smaller than a région.
func NewProjection(v View, extent ...MultiPolygon) *Projection {
	south, north := math.Inf(1), math.Inf(-1)
	eachPoint(extent, func(p Point) { south, north = min(south, p.Lat), max(north, p.Lat) })
	if south > north {
		south, north = 0, 0
	}
	return fit(equirectangular{math.Cos((south + north) / 2 * radian)}, v, extent)
}

// NewLambert93 fits outlines in a view, centred, on the official projection of
// metropolitan France.
func NewLambert93(v View, extent ...MultiPolygon) *Projection { return fit(lambert93{}, v, extent) }

func eachPoint(extent []MultiPolygon, do func(Point)) {
	for _, m := range extent {
		for _, polygon := range m {
			for _, ring := range polygon {
				for _, p := range ring {
					do(p)
				}
			}
		}
	}
}

func fit(pl plane, v View, extent []MultiPolygon) *Projection {
	west, south, east, north := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	eachPoint(extent, func(p Point) {
		x, y := pl.forward(p)
		west, east = min(west, x), max(east, x)
		south, north = min(south, y), max(north, y)
	})
	if west > east {
		west, south, east, north = 0, 0, 0, 0
	}
	w := max(1, v.Width-2*v.Margin)
	if v.Height == 0 {
		v.Height = math.Ceil(w*(north-south)/max(east-west, 1e-9) + 2*v.Margin)
	}
	h := max(1, v.Height-2*v.Margin)
	k := min(w/max(east-west, 1e-9), h/max(north-south, 1e-9))
	return &Projection{
		plane: pl, scale: k, view: v,
		dx: v.X + v.Width/2 - k*(west+east)/2,
		dy: v.Y + v.Height/2 + k*(south+north)/2,
	}
}

// XY returns where a position is drawn.
func (p *Projection) XY(at Point) (x, y float64) {
	x, y = p.plane.forward(at)
	return p.dx + p.scale*x, p.dy - p.scale*y
}

// Invert returns the position drawn at x, y: what a click on the map means.
func (p *Projection) Invert(x, y float64) Point {
	return p.plane.inverse((x-p.dx)/p.scale, (p.dy-y)/p.scale)
}

// View returns the rectangle the map fills.
func (p *Projection) View() View { return p.view }

// Holds says whether x, y lies in the view of the projection, which tells the
// inset that a click fell in.
func (p *Projection) Holds(x, y float64) bool {
	v := p.view
	return x >= v.X && x < v.X+v.Width && y >= v.Y && y < v.Y+v.Height
}

// Metres returns how many metres a unit of the drawing covers: the precision to
// ask of outlines for this drawing, and the length of a scale bar.
func (p *Projection) Metres() float64 { return 1 / p.scale }

// equirectangular holds the cosine of the latitude along which it is true.
type equirectangular struct{ cos float64 }

func (e equirectangular) forward(p Point) (x, y float64) {
	return p.Lon * e.cos * metresPerDegree, p.Lat * metresPerDegree
}

func (e equirectangular) inverse(x, y float64) Point {
	return Point{x / e.cos / metresPerDegree, y / metresPerDegree}
}

// lambert93 is the Lambert conformal conic projection with the constants of
// Lambert-93 (IGN, NTG 71: algorithms ALG0001 to ALG0004).
type lambert93 struct{}

const (
	lambertN  = 0.7256077650532670
	lambertC  = 11754255.4260960
	lambertXs = 700000.0
	lambertYs = 12655612.0498760
	lambertL0 = 3.0 // degrees
)

// isometric is the isometric latitude on GRS80 (ALG0001).
func isometric(sine float64) float64 {
	return math.Atanh(sine) - grs80E*math.Atanh(grs80E*sine)
}

func (lambert93) forward(p Point) (x, y float64) {
	r := lambertC * math.Exp(-lambertN*isometric(math.Sin(p.Lat*radian)))
	sin, cos := math.Sincos(lambertN * (p.Lon - lambertL0) * radian)
	return lambertXs + r*sin, lambertYs - r*cos
}

func (lambert93) inverse(x, y float64) Point {
	dx, dy := x-lambertXs, lambertYs-y
	lat := -math.Log(math.Hypot(dx, dy)/lambertC) / lambertN
	sine := math.Tanh(lat)
	for range 8 { // ALG0002: each turn gains two digits
		sine = math.Tanh(lat + grs80E*math.Atanh(grs80E*sine))
	}
	return Point{lambertL0 + math.Atan2(dx, dy)/lambertN/radian, math.Asin(sine) / radian}
}
