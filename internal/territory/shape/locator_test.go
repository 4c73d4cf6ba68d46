package shape

import (
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

func TestEveryLabelIsInItsCommune(t *testing.T) {
	fr := theFrance(t)
	for f := range int32(fr.communes.Len()) {
		p, ok := fr.communes.FaceRegion(f).Label()
		if !ok {
			t.Fatalf("%s has no label", fr.communes.Code(f))
		}
		if g, ok := fr.locator.Locate(p); !ok || g != f {
			t.Errorf("the label of %s, %v, is in face %d (%v)", fr.communes.Code(f), p, g, ok)
		}
	}
}

// holders counts, over the faces whose extent holds it, those that hold a point.
func holders(l *Locator, p Point) (n int, face int32) {
	x, y, ok := l.fixed(p)
	face = Outside
	if !ok {
		return 0, face
	}
	gx, gy := int32(x>>l.bits), int32(y>>l.bits)
	for f := range l.t.faces {
		if b := &l.t.faces[f].box; gx >= b.minX && gx <= b.maxX && gy >= b.minY && gy <= b.maxY && l.holds(int32(f), x, y) {
			n++
			face = int32(f)
		}
	}
	return n, face
}

// Points on borders are the hard ones: exactly one commune holds each, or at most
// one on the border of France, and the grid finds that one.
func TestBorderPointsBelongToOneCommune(t *testing.T) {
	fr := theFrance(t)
	c := fr.communes
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		a := int32(r.IntN(len(c.boxes)))
		pts := c.arc(a)
		i := 1 + r.IntN(len(pts)-1)
		p, q := c.grid.point(pts[i-1]), c.grid.point(pts[i])
		k := []float64{0, 0.5, 1, r.Float64()}[r.IntN(4)]
		at := Point{p.Lon + k*(q.Lon-p.Lon), p.Lat + k*(q.Lat-p.Lat)}
		n, face := holders(fr.locator, at)
		coast := c.left[a] == Outside || c.right[a] == Outside
		if n > 1 || n == 0 && !coast && k > 0 && k < 1 {
			t.Errorf("%d communes hold %v, on arc %d between %d and %d", n, at, a, c.left[a], c.right[a])
		}
		if got, _ := fr.locator.Locate(at); got != face {
			t.Errorf("the grid finds %d at %v, the outlines %d", got, at, face)
		}
	}
}

func orbOutline(m MultiPolygon) orb.MultiPolygon {
	out := make(orb.MultiPolygon, len(m))
	for i, polygon := range m {
		for _, ring := range polygon {
			var line orb.Ring
			for _, p := range ring {
				line = append(line, orb.Point{p.Lon, p.Lat})
			}
			out[i] = append(out[i], line)
		}
	}
	return out
}

// Away from borders another implementation must agree: orb/planar.
func TestLocateAgreesWithOrb(t *testing.T) {
	fr := theFrance(t)
	r := rand.New(rand.NewPCG(3, 4))
	outlines := map[int32]orb.MultiPolygon{}
	found := 0
	for range 4000 {
		box := fr.communes.FaceRegion(int32(r.IntN(fr.communes.Len()))).Box().Grow(2000)
		at := Point{box.West + r.Float64()*(box.East-box.West), box.South + r.Float64()*(box.North-box.South)}
		want := Outside
		for _, f := range fr.communes.FacesIn(Box{at.Lon, at.Lat, at.Lon, at.Lat}) {
			if outlines[f] == nil {
				outlines[f] = orbOutline(fr.communes.FaceRegion(f).Outline(0))
			}
			if planar.MultiPolygonContains(outlines[f], orb.Point{at.Lon, at.Lat}) {
				want = f
			}
		}
		got, ok := fr.locator.Locate(at)
		if got != want {
			near := fr.locator.Near(at, 0.05) // the grid's fractions are 1 cm wide
			if len(near) == 0 {
				t.Errorf("%v is in %d, orb says %d", at, got, want)
			}
		}
		if ok {
			found++
		}
	}
	if found < 2000 {
		t.Errorf("only %d points on land: the test does not test", found)
	}
}

func TestLocateOutside(t *testing.T) {
	fr := theFrance(t)
	for _, p := range []Point{{-30, 45}, {13.4, 52.5}, {4.35, 50.85}, {0, 0}, {200, 100}, {-400, -400}} {
		if f, ok := fr.locator.Locate(p); ok {
			t.Errorf("%v is in %s", p, fr.communes.Code(f))
		}
		if hits := fr.locator.Near(p, 10); len(hits) > 0 {
			t.Errorf("%v is near %v", p, hits)
		}
	}
	empty, err := FromRows(Rows{Grid: Grid{Scale: [2]float64{1, 1}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := NewLocator(empty).Locate(Point{0, 0}); ok {
		t.Error("found a face in nothing")
	}
}

func TestLocateKnownPlaces(t *testing.T) {
	fr := theFrance(t)
	for _, c := range []struct {
		p    Point
		code string
	}{
		{Point{2.3522, 48.8566}, "75056"},
		{Point{-3.4590, 48.7326}, "22113"}, // Lannion, town hall
		{Point{-2.7653, 48.5141}, "22278"}, // Saint-Brieuc
		{Point{55.4504, -20.8789}, "97411"},
		{Point{-52.3350, 4.9372}, "97302"},
		{Point{8.7386, 41.9192}, "2A004"},
	} {
		f, ok := fr.locator.Locate(c.p)
		if !ok || fr.communes.Code(f) != c.code {
			t.Errorf("%v: %d, %v, want %s", c.p, f, ok, c.code)
		}
	}
}

func TestNear(t *testing.T) {
	topo := cells(t, "AB", "..") // A from 0 to 1113 m of longitude, then B; south at .02
	l := NewLocator(topo)
	metre := 1 / metresPerDegree
	for _, c := range []struct {
		at     Point
		metres float64
		want   []Hit
	}{
		{Point{.01 - 4*metre, .025}, 10, []Hit{{0, true, 4}, {1, false, 4}}},
		{Point{.01 + 12*metre, .025}, 10, []Hit{{1, true, 12}}},
		{Point{.005, .02 - 7*metre}, 10, []Hit{{0, false, 7}}},
		{Point{.005, .02 - 12*metre}, 10, nil},
		{Point{.005, .025}, 0, []Hit{{0, true, .005 / metre}}},
		{Point{-3 * metre, .03 + 4*metre}, 6, []Hit{{0, false, 5}}},
	} {
		got := l.Near(c.at, c.metres)
		same := len(got) == len(c.want)
		for i := range got {
			same = same && got[i].Face == c.want[i].Face && got[i].Inside == c.want[i].Inside && abs(got[i].Metres-c.want[i].Metres) < 0.2
		}
		if !same {
			t.Errorf("%v within %v m: %v, want %v", c.at, c.metres, got, c.want)
		}
	}
}

// A point just across a QPV's border is near it and not inside.
func TestNearDistricts(t *testing.T) {
	q := loadGeoJSON(t, "territory/qpv-2024")
	l := NewLocator(q)
	if q.Len() != 1584 {
		t.Fatalf("%d districts", q.Len())
	}
	for f := range int32(q.Len()) {
		p, _ := q.FaceRegion(f).Label()
		hits := l.Near(p, 10)
		found := false
		for _, h := range hits {
			found = found || h.Face == f && h.Inside
		}
		if !found {
			t.Errorf("%s: its label %v is near %v", q.Code(f), p, hits)
		}
		a, _ := arcOf(q.faces[f].polygons[0][0][0])
		for _, h := range l.Near(q.grid.point(q.arc(a)[0]), 10) {
			if h.Face == f {
				found = h.Metres < 0.2
			}
		}
		if !found {
			t.Errorf("%s: a point of its border is not at its edge", q.Code(f))
		}
	}
}

func TestOverseasCollectivities(t *testing.T) {
	com := loadGeoJSON(t, "odbl/communes-com-2026-1000m")
	l := NewLocator(com)
	for f := range int32(com.Len()) {
		p, _ := com.FaceRegion(f).Label()
		if g, ok := l.Locate(p); !ok || g != f {
			t.Errorf("the label of %s, %v, is in %d (%v)", com.Code(f), p, g, ok)
		}
	}
}

func BenchmarkLocate(b *testing.B) {
	fr := theFrance(b)
	r := rand.New(rand.NewPCG(5, 6))
	points := make([]Point, 1<<14)
	for i := range points {
		box := fr.communes.FaceRegion(int32(r.IntN(fr.communes.Len()))).Box()
		points[i] = Point{box.West + r.Float64()*(box.East-box.West), box.South + r.Float64()*(box.North-box.South)}
	}
	i := 0
	for b.Loop() {
		fr.locator.Locate(points[i%len(points)])
		i++
	}
}

func BenchmarkNear(b *testing.B) {
	fr := theFrance(b)
	for b.Loop() {
		fr.locator.Near(Point{-2.7653, 48.5141}, 50)
	}
}

func BenchmarkNewLocator(b *testing.B) {
	fr := theFrance(b)
	for b.Loop() {
		NewLocator(fr.communes)
	}
}
