package shape

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The constants of Lambert-93 are checked against what defines it: its origin, and
// lengths kept along its two standard parallels, 44° and 49°.
func TestLambert93(t *testing.T) {
	if x, y := (lambert93{}).forward(Point{3, 46.5}); abs(x-700000) > 1e-3 || abs(y-6600000) > 1e-3 {
		t.Errorf("the origin is at %v, %v", x, y)
	}
	const axis = 6378137.0
	for _, lat := range []float64{44, 49} {
		for _, lon := range []float64{-4, 3, 8} {
			step := 1e-4
			x1, y1 := (lambert93{}).forward(Point{lon, lat})
			x2, y2 := (lambert93{}).forward(Point{lon + step, lat})
			s := math.Sin(lat * radian)
			want := axis / math.Sqrt(1-grs80E*grs80E*s*s) * math.Cos(lat*radian) * step * radian
			if got := math.Hypot(x2-x1, y2-y1); relative(got, want) > 1e-6 {
				t.Errorf("at %v°, %v°: a step of %v m is drawn %v m", lon, lat, want, got)
			}
		}
	}
}

func TestProjectionsInvert(t *testing.T) {
	box := Box{-5, 41, 10, 51.5}.Outline()
	for name, p := range map[string]*Projection{
		"lambert": NewLambert93(View{X: 10, Y: 20, Width: 600, Height: 500, Margin: 5}, box),
		"local":   NewProjection(View{Width: 300}, box),
	} {
		for _, at := range []Point{{-4.5, 48.4}, {2.35, 48.86}, {9.2, 41.4}, {3, 46.5}} {
			x, y := p.XY(at)
			if got := p.Invert(x, y); abs(got.Lon-at.Lon) > 1e-9 || abs(got.Lat-at.Lat) > 1e-9 {
				t.Errorf("%s: %v comes back as %v", name, at, got)
			}
			if !p.Holds(x, y) {
				t.Errorf("%s: %v is drawn out of the view, at %v, %v", name, at, x, y)
			}
		}
		if x, y := p.XY(Point{2.35, 48.86}); true {
			if x2, y2 := p.XY(Point{2.35, 49}); y2 >= y || abs(x2-x) > 1 {
				t.Errorf("%s: north is not up", name)
			}
		}
	}
	if v := NewProjection(View{Width: 300, Margin: 10}, Box{0, -1, 2, 1}.Outline()).View(); v.Height != 300 { // as wide as high on the equator
		t.Errorf("height %v", v.Height)
	}
}

func TestFitFillsTheView(t *testing.T) {
	m := Box{2, 46, 3, 48}.Outline()
	p := NewProjection(View{X: 100, Y: 50, Width: 200, Height: 120, Margin: 10}, m)
	_, top := p.XY(Point{2.5, 48})
	_, bottom := p.XY(Point{2.5, 46})
	west, _ := p.XY(Point{2, 47})
	east, _ := p.XY(Point{3, 47})
	if abs(top-60) > 1e-6 || abs(bottom-160) > 1e-6 || abs((west+east)/2-200) > 1e-6 {
		t.Errorf("drawn from %v, %v to %v, %v", west, top, east, bottom)
	}
	if got := p.Metres(); relative(got, 2*metresPerDegree/100) > 1e-9 {
		t.Errorf("%v m a unit", got)
	}
}

// flat draws degrees as they are, y up, a hundred units a degree.
func flat() *Projection {
	return &Projection{plane: equirectangular{1}, scale: 100 / metresPerDegree}
}

func TestAppendPath(t *testing.T) {
	for _, c := range []struct {
		name     string
		m        MultiPolygon
		decimals int
		want     string
	}{
		{"a square", MultiPolygon{{{{0, 0}, {1, 0}, {1, -1}, {0, -1}, {0, 0}}}}, 0, "M0 0l100 0 0 100-100 0z"},
		{"decimals", MultiPolygon{{{{.005, 0}, {.015, 0}, {.0175, -.0276}, {.005, 0}}}}, 1, "M.5 0l1 0 .3 2.8z"},
		{"decimals in a row", MultiPolygon{{{{0, 0}, {.005, -.005}, {.01, -.02}, {0, 0}}}}, 1, "M0 0l.5.5.5 1.5z"},
		{"points that round to one", MultiPolygon{{{{0, 0}, {.001, 0}, {1, 0}, {1, -1}, {.001, .001}, {0, 0}}}}, 0, "M0 0l100 0 0 100z"},
		{"two polygons and a hole", MultiPolygon{
			{{{0, 0}, {1, 0}, {1, -1}, {0, 0}}, {{.5, -.1}, {.9, -.1}, {.9, -.5}, {.5, -.1}}},
			{{{2, 0}, {3, 0}, {3, -1}, {2, 0}}}}, 0, "M0 0l100 0 0 100zm50 10l40 0 0 40zm150-10l100 0 0 100z"},
		{"too small to see", MultiPolygon{{{{1, -1}, {1.001, -1}, {1, -1.001}, {1, -1}}}}, 0, "M100 100l1 0-1 1z"},
		{"a further polygon too small to see", MultiPolygon{
			{{{0, 0}, {1, 0}, {1, -1}, {0, 0}}},
			{{{1, -1}, {1.001, -1}, {1, -1.001}, {1, -1}}, {{0, 0}, {1, 0}, {1, -1}, {0, 0}}}}, 0, "M0 0l100 0 0 100z"},
		{"nothing", nil, 0, ""},
	} {
		if got := string(flat().AppendPath(nil, c.m, c.decimals)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	lines := [][]Point{{{0, 0}, {1, -1}, {2, -1}}, {{0, 0}, {.001, 0}}, {{-1, 0}, {0, 0}}}
	if got := string(flat().AppendLines([]byte("M9 9"), lines, 0)); got != "M9 9M0 0l100 100 100 0m-300-100l100 0" {
		t.Errorf("lines: %q", got)
	}
}

var pathToken = regexp.MustCompile(`[Mmlz]|-?(?:\d+(?:\.\d+)?|\.\d+)`)

// readPath is what a browser makes of a path: rings of absolute points.
func readPath(t *testing.T, path string) [][][2]float64 {
	t.Helper()
	var rings [][][2]float64
	var x, y float64
	var command string
	tokens := pathToken.FindAllString(path, -1)
	if strings.Join(tokens, "") != strings.ReplaceAll(path, " ", "") {
		t.Fatalf("%q is no path", path)
	}
	for i := 0; i < len(tokens); i++ {
		switch tok := tokens[i]; tok {
		case "M", "m", "l":
			command = tok
		case "z":
			x, y = rings[len(rings)-1][0][0], rings[len(rings)-1][0][1]
		default:
			dx, err1 := strconv.ParseFloat(tok, 64)
			dy, err2 := strconv.ParseFloat(tokens[i+1], 64)
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			i++
			x, y = x+dx, y+dy
			if command != "l" {
				rings = append(rings, nil)
			}
			rings[len(rings)-1] = append(rings[len(rings)-1], [2]float64{x, y})
		}
	}
	return rings
}

// Drawn communes of a basin have together the area of the drawn basin: rounding
// opens no gap either.
func TestDrawnBordersAreShared(t *testing.T) {
	fr := theFrance(t)
	faces := fr.zones["bv"]["22113"]
	whole := fr.communes.Region(faces).Outline(80)
	p := NewProjection(View{Width: 500, Height: 400}, whole)
	area := func(m MultiPolygon) float64 {
		var sum float64
		for _, ring := range readPath(t, string(p.AppendPath(nil, m, 1))) {
			for i := range ring {
				q := ring[(i+1)%len(ring)]
				sum += (ring[i][0]*q[1] - q[0]*ring[i][1]) / 2
			}
		}
		return sum
	}
	var sum float64
	for _, f := range faces {
		sum += area(fr.communes.FaceRegion(f).Outline(80))
	}
	if got := area(whole); relative(got, sum) > 1e-6 || got > 0 {
		t.Errorf("the basin is drawn on %v, its communes on %v", got, sum)
	}
}

// The map of France by basin must fit a light home page.
func TestMapOfFranceIsLight(t *testing.T) {
	fr := theFrance(t)
	bv := mergeLevel(t, fr, "bv")
	var metropolitan []int32
	for f := range int32(bv.Len()) {
		if !strings.HasPrefix(bv.Code(f), "97") {
			metropolitan = append(metropolitan, f)
		}
	}
	outline := bv.Region(metropolitan).Outline(3000).Without(1e7)
	p := NewLambert93(View{Width: 600, Margin: 4}, outline)
	in := newSet(bv.Len())
	for _, f := range metropolitan {
		in.add(f)
	}
	lines := bv.Mesh(func(left, right int32) bool {
		return left != Outside && right != Outside && in.has(left)
	}, 3*p.Metres())
	path := p.AppendPath(p.AppendLines(nil, lines, 0), outline, 0)
	t.Logf("%d bytes for %d lines, %v high", len(path), len(lines), p.View().Height)
	if len(path) > 40<<10 {
		t.Errorf("%d bytes before compression", len(path))
	}
}

func BenchmarkAppendPath(b *testing.B) {
	fr := theFrance(b)
	m := fr.communes.Region(fr.zones["bv"]["22113"]).Outline(100)
	p := NewProjection(View{Width: 500, Height: 400}, m)
	var buf []byte
	for b.Loop() {
		buf = p.AppendPath(buf[:0], m, 1)
	}
	b.SetBytes(int64(len(buf)))
}
