package shape

import (
	"encoding/json"
	"math"
	"slices"
	"testing"
)

// offered are the precisions that pages, the API and tiles ask for, in metres.
var offered = []float64{0, 50, 100, 250, 500, 1000, 2500, 10000, 1e6}

func TestNoCommuneVanishes(t *testing.T) {
	c := theFrance(t).communes
	for f := range int32(c.Len()) {
		for _, metres := range offered {
			for _, polygon := range c.FaceRegion(f).Outline(metres) {
				for _, ring := range polygon {
					distinct := map[Point]bool{}
					for _, p := range ring {
						distinct[p] = true
					}
					if len(distinct) < 3 || ring[0] != ring[len(ring)-1] {
						t.Fatalf("%s at %v m has a ring of %d distinct points", c.Code(f), metres, len(distinct))
					}
				}
			}
		}
	}
}

func relative(a, b float64) float64 { return math.Abs(a-b) / math.Abs(b) }

// The outline of a zone has the area of its communes, at each precision: borders
// inside cancel, so there is neither gap nor overlap.
func TestAreasAddUpAtEachPrecision(t *testing.T) {
	fr := theFrance(t)
	for _, metres := range offered {
		communes := make([]float64, fr.communes.Len())
		for f := range communes {
			communes[f] = fr.communes.FaceRegion(int32(f)).Outline(metres).Area()
		}
		for level, zones := range fr.zones {
			for code, faces := range zones {
				var sum float64
				for _, f := range faces {
					sum += communes[f]
				}
				if got := fr.communes.Region(faces).Outline(metres).Area(); relative(got, sum) > 1e-9 {
					t.Errorf("%s %s at %v m: %v, its communes %v", level, code, metres, got, sum)
				}
			}
		}
	}
}

func TestMergedAreasAddUp(t *testing.T) {
	fr := theFrance(t)
	regions := mergeLevel(t, fr, "reg")
	basins := mergeLevel(t, fr, "bv")
	for _, metres := range []float64{500, 5000} {
		for _, m := range []*Topology{regions, basins} {
			all := make([]int32, m.Len())
			var sum float64
			for f := range all {
				all[f] = int32(f)
				sum += m.FaceRegion(int32(f)).Outline(metres).Area()
			}
			if whole := m.Region(all).Outline(metres).Area(); relative(whole, sum) > 1e-9 {
				t.Errorf("%d faces at %v m: %v, together %v", m.Len(), metres, sum, whole)
			}
		}
	}
	for f := range int32(basins.Len()) {
		faces := fr.zones["bv"][basins.Code(f)]
		if a, b := basins.FaceRegion(f).Area(), fr.communes.Region(faces).Area(); relative(a, b) > 1e-9 {
			t.Errorf("basin %s: %v merged, %v dissolved", basins.Code(f), a, b)
		}
	}
}

func mergeLevel(t testing.TB, fr *france, level string) *Topology {
	t.Helper()
	var codes []string
	for code := range fr.zones[level] {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	groups := make([][]int32, len(codes))
	for i, code := range codes {
		groups[i] = fr.zones[level][code]
	}
	m, err := fr.communes.Merge(codes, groups)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The published outlines of the larger levels were dissolved by others and
// simplified at 120 m, which small islands feel most.
func TestDissolvedAreasMatchPublishedOutlines(t *testing.T) {
	fr := theFrance(t)
	for _, c := range []struct {
		level, file   string
		median, worst float64
	}{
		{"bv", "bassins-de-vie-2022", 5e-4, 0.03},
		{"epci", "epci-2026", 5e-4, 0.03},
		{"dep", "departements-2026", 1e-4, 0.005},
		{"reg", "regions-2026", 1e-4, 0.005},
		{"ze", "zones-emploi-2020", 2e-4, 0.005},
	} {
		published := load(t, c.file, c.level)
		var differences []float64
		for f := range int32(published.Len()) {
			code := published.Code(f)
			faces := fr.zones[c.level][code]
			if len(faces) == 0 {
				t.Errorf("%s %s has no commune", c.level, code)
				continue
			}
			differences = append(differences, relative(fr.communes.Region(faces).Area(), published.FaceRegion(f).Area()))
		}
		slices.Sort(differences)
		median, worst := differences[len(differences)/2], differences[len(differences)-1]
		t.Logf("%s: median difference %.4f %%, worst %.3f %%", c.level, 100*median, 100*worst)
		if median > c.median || worst > c.worst {
			t.Errorf("%s: median difference %v, worst %v", c.level, median, worst)
		}
	}
}

// The area of GRS80 is 5.10065621724e14 m² (H. Moritz, Geodetic Reference System
// 1980, Journal of Geodesy 74, 2000, gives R2 = 6371007.1810 for the same area).
func TestAreaOfTheEllipsoid(t *testing.T) {
	var sum float64
	for lon := -180.0; lon < 180; lon += 10 {
		for lat := -90.0; lat < 90; lat += 10 {
			sum += Box{lon, lat, lon + 10, lat + 10}.Outline().Area()
		}
	}
	if relative(sum, 5.10065621724e14) > 1e-9 {
		t.Errorf("the globe has %v m²", sum)
	}
}

func TestNeighboursAreMutual(t *testing.T) {
	c := theFrance(t).communes
	lengths := map[[2]int32]float64{}
	for f := range int32(c.Len()) {
		for _, n := range c.Neighbours(f) {
			if n.Face == f || n.Metres <= 0 {
				t.Fatalf("%s is its own neighbour, or over no length: %v", c.Code(f), n)
			}
			lengths[[2]int32{f, n.Face}] = n.Metres
		}
	}
	for pair, metres := range lengths {
		if back := lengths[[2]int32{pair[1], pair[0]}]; relative(back, metres) > 1e-12 {
			t.Errorf("%s and %s: %v m one way, %v m the other", c.Code(pair[0]), c.Code(pair[1]), metres, back)
		}
	}
	paris, _ := c.Face("75056")
	if n := c.Neighbours(paris); len(n) != 29 {
		t.Errorf("Paris has %d neighbours, not the 29 communes around it", len(n))
	}
}

func TestMeshOfDepartements(t *testing.T) {
	fr := theFrance(t)
	m := mergeLevel(t, fr, "dep")
	inner := m.Mesh(func(left, right int32) bool { return left != Outside && right != Outside }, 0)
	var got float64
	for _, line := range inner {
		for i := 1; i < len(line); i++ {
			cos := math.Cos((line[i].Lat + line[i-1].Lat) / 2 * radian)
			got += metresPerDegree * math.Hypot((line[i].Lon-line[i-1].Lon)*cos, line[i].Lat-line[i-1].Lat)
		}
	}
	var want float64
	for f := range int32(m.Len()) {
		want += m.FaceRegion(f).BorderWith(func(g int32) bool { return g != Outside }) / 2
	}
	if relative(got, want) > 1e-6 {
		t.Errorf("the mesh is %v m long, the borders %v m", got, want)
	}
	if arcs, _ := m.Size(); len(inner) > arcs/2 {
		t.Errorf("%d lines for %d arcs: they are not chained", len(inner), arcs)
	}
}

func TestWithout(t *testing.T) {
	topo := cells(t, "AAA.B", "ACA..", "AAA..")
	a, _ := topo.Face("A")
	b, _ := topo.Face("B")
	all := topo.Region([]int32{a, b}).Outline(0)
	one := Box{0, 0, .01, .01}.Outline().Area()
	for _, c := range []struct {
		area            float64
		polygons, holes int
	}{{0, 2, 1}, {one / 2, 2, 1}, {one * 2, 1, 0}, {one * 100, 1, 0}} {
		got := all.Without(c.area)
		holes := 0
		for _, p := range got {
			holes += len(p) - 1
		}
		if len(got) != c.polygons || holes != c.holes {
			t.Errorf("without %v: %d polygons and %d holes, want %d and %d", c.area/one, len(got), holes, c.polygons, c.holes)
		}
	}
}

func TestAppendGeoJSON(t *testing.T) {
	for _, c := range []struct {
		name     string
		m        MultiPolygon
		decimals int
		want     string
	}{
		{"one polygon", MultiPolygon{{{{-1.25, 46}, {2, -0.004}, {2.5, 47.1239}, {-1.25, 46}}}}, 2,
			`{"type":"Polygon","coordinates":[[[-1.25,46],[2,0],[2.5,47.12],[-1.25,46]]]}`},
		{"repeated points", MultiPolygon{{{{1, 1}, {1.0001, 1}, {2, 1}, {2, 2}, {1.00001, 1.00001}, {1, 1}}}}, 3,
			`{"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]}`},
		{"too small for its decimals", MultiPolygon{{{{1, 1}, {1.1, 1}, {1.1, 1.1}, {1, 1}}}}, 0,
			`{"type":"Polygon","coordinates":[[[1,1],[1,1],[1,1],[1,1]]]}`},
		{"two polygons", MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}, {{{-5.05, 0}, {6, 0}, {6, 1}, {-5.05, 0}}}}, 1,
			`{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[-5.1,0],[6,0],[6,1],[-5.1,0]]]]}`},
		{"nothing", nil, 1, `{"type":"MultiPolygon","coordinates":[]}`},
	} {
		got := c.m.AppendGeoJSON(nil, c.decimals)
		if string(got) != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if !json.Valid(got) {
			t.Errorf("%s: not JSON", c.name)
		}
	}
	if got := string((Point{-3.45901, 48.7}).AppendGeoJSON(nil, 4)); got != `{"type":"Point","coordinates":[-3.459,48.7]}` {
		t.Error(got)
	}
}

func BenchmarkFromRows(b *testing.B) {
	rows := theFrance(b).communes.Rows()
	for b.Loop() {
		if _, err := FromRows(rows); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDissolveBasin(b *testing.B) {
	fr := theFrance(b)
	for b.Loop() {
		fr.communes.Region(fr.zones["bv"]["22113"])
	}
}

func BenchmarkOutlineBasin(b *testing.B) {
	fr := theFrance(b)
	r := fr.communes.Region(fr.zones["bv"]["22113"])
	for b.Loop() {
		r.Outline(100)
	}
}

func BenchmarkDissolveRegion(b *testing.B) {
	fr := theFrance(b)
	for b.Loop() {
		fr.communes.Region(fr.zones["reg"]["53"])
	}
}

func BenchmarkMergeBasins(b *testing.B) {
	fr := theFrance(b)
	for b.Loop() {
		mergeLevel(b, fr, "bv")
	}
}

func BenchmarkGeoJSON(b *testing.B) {
	fr := theFrance(b)
	m := fr.communes.Region(fr.zones["dep"]["22"]).Outline(0)
	var buf []byte
	for b.Loop() {
		buf = m.AppendGeoJSON(buf[:0], 5)
	}
	b.SetBytes(int64(len(buf)))
}
