package shape

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// twoSquares is a row of two unit squares, 10 steps wide, that share their middle arc.
const twoSquares = `{"type":"Topology",
	"transform":{"scale":[0.001,0.001],"translate":[2,46]},
	"arcs":[[[10,0],[0,10]],[[10,10],[-10,0],[0,-10],[10,0]],[[10,0],[10,0],[0,10],[-10,0]]],
	"objects":{"c":{"type":"GeometryCollection","geometries":[
		{"type":"Polygon","arcs":[[0,1]],"properties":{"code":"A"}},
		{"type":"MultiPolygon","arcs":[[[-1,2]]],"properties":{"code":"B"}}]}}}`

func TestReadTopoJSON(t *testing.T) {
	topo, err := ReadTopoJSON(strings.NewReader(twoSquares), "c", "code")
	if err != nil {
		t.Fatal(err)
	}
	if b, ok := topo.Face("B"); !ok || b != 1 || topo.Code(1) != "B" || topo.Len() != 2 {
		t.Errorf("face B is %d, %v of %d", b, ok, topo.Len())
	}
	n := topo.Neighbours(0)
	if len(n) != 1 || n[0].Face != 1 || n[0].Metres < 1110 || n[0].Metres > 1114 { // a hundredth of a degree of latitude
		t.Errorf("neighbours of A: %v", n)
	}
	want := MultiPolygon{{{{2.01, 46}, {2.01, 46.01}, {2, 46.01}, {2, 46}, {2.01, 46}}}}
	if got := topo.FaceRegion(0).Outline(0); !sameRing(got[0][0], want[0][0]) || len(got) != 1 {
		t.Errorf("outline of A: %v", got)
	}
	if got := topo.Region([]int32{0, 1, 1, 7, -3}).Outline(0); len(got) != 1 || len(got[0]) != 1 || len(got[0][0]) != 7 {
		t.Errorf("outline of both: %v", got)
	}
}

// sameRing compares closed rings whatever their first point, in the same direction.
func sameRing(a, b Ring) bool {
	if len(a) != len(b) || len(a) < 2 || a[0] != a[len(a)-1] || b[0] != b[len(b)-1] {
		return false
	}
	n := len(a) - 1
	for shift := range n {
		same := true
		for i := range n {
			p, q := a[i], b[(i+shift)%n]
			same = same && abs(p.Lon-q.Lon) < 1e-9 && abs(p.Lat-q.Lat) < 1e-9
		}
		if same {
			return true
		}
	}
	return false
}

func abs(x float64) float64 { return max(x, -x) }

func TestReadTopoJSONRefuses(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{`"arcs":[[[10,0],[0,10]]`, `"arcs":[[[10,0],[0,10,`, "invalid character"},
		{`"Topology"`, `"FeatureCollection"`, "not Topology"},
		{`"transform"`, `"transformed"`, "must be quantised"},
		{`[0.001,0.001]`, `[0.001]`, "must be quantised"},
		{`[0.001,0.001]`, `[0.001,-0.001]`, "not a positive number"},
		{`[2,46]`, `[2,4600]`, "not in degrees"},
		{`"c":{`, `"d":{`, `no geometry collection named "c"`},
		{`[[10,0],[0,10]]`, `[[10,0]]`, "arc 0 has 1 points"},
		{`[[10,0],[0,10]]`, `[[10,0],[0]]`, "pairs of whole numbers; near ]]"},
		{`[[10,0],[0,10]]`, `[[10,0],[0,10,5]]`, "pairs of whole numbers; near ,5]]"},
		{`[[10,0],[0,10]]`, `[[10,0],[0,1e9]]`, "pairs of whole numbers; near e9]]"},
		{`[[10,0],[0,10]]`, `[[10.5,0],[0,10]]`, "pairs of whole numbers; near .5,0]"},
		{`[[10,0],[0,10]]`, `[[10,0],[0,999999999]]`, "beyond the grid"},
		{`[[10,0],[0,10]]`, `[[10,0],[0,99999999999999999999]]`, "pairs of whole numbers"},
		{`[[10,0],[0,10]]`, `7`, "not a list of positions"},
		{`[[0,1]]`, `[[0,99]]`, `face 0 (code "A"): reference to arc 99, and there are 3 arcs`},
		{`[[0,1]]`, `[[0,-99]]`, "reference to arc 98"},
		{`[[0,1]]`, `[[0,2]]`, "is broken between references 0 and 2"},
		{`[[0,1]]`, `[[0,-1]]`, "a ring has no area"},
		{`[[0,1]]`, `[[]]`, "a ring has no arc"},
		{`[[0,1]]`, `[]`, "a polygon has no ring"},
		{`[[0,1]]`, `"x"`, `geometry 0 (code "A"): arcs: json`},
		{`[[[-1,2]]]`, `[[[0,1]]]`, `arc 1 already has face 0 (code "A") on that side`},
		{`[[[-1,2]]]`, `[]`, "no outline"},
		{`"Polygon"`, `"LineString"`, `"LineString", not a polygon`},
		{`"A"`, `"B"`, `faces 0 and 1 have the same code "B"`},
		{`"A"`, `22113`, `property "code" is 22113, not a text`},
		{`{"code":"A"}`, `{"nom":"A"}`, `geometry 0: no property "code"`},
		{`]}}}`, `]}}} {}`, "something follows the end"},
		{twoSquares, ``, "the file is empty"},
		{twoSquares, `{"type":"Topology"`, "unexpected EOF"},
	} {
		_, err := ReadTopoJSON(strings.NewReader(strings.Replace(twoSquares, c.old, c.new, 1)), "c", "code")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s -> %s: error %v, want %q", c.old, c.new, err, c.want)
		}
	}
}

func TestFromGeoJSONRefuses(t *testing.T) {
	feature := func(geometry string) string {
		return `{"type":"FeatureCollection","features":[{"properties":{"code":"Q"},"geometry":` + geometry + `}]}`
	}
	for _, c := range []struct{ in, want string }{
		{`{"type":"Topology"}`, "not FeatureCollection"},
		{`{"type":"FeatureCollection","features":[{"properties":{}}]}`, `feature 0: no property "code"`},
		{feature(`null`), `feature 0 (code "Q"): no geometry`},
		{feature(`{"type":"Point","coordinates":[1,2]}`), `"Point", not a polygon`},
		{feature(`{"type":"Polygon"}`), "coordinates: missing"},
		{feature(`{"type":"Polygon","coordinates":[[[1]]]}`), "position 0 of a ring is [1]"},
		{feature(`{"type":"Polygon","coordinates":[[[1,2],[1,95]]]}`), "position 1 of a ring is [1 95]"},
		{feature(`{"type":"Polygon","coordinates":[[[1,2],[1,3],[1,2]]]}`), "no outline with an area"},
		{feature(`{"type":"Polygon","coordinates":[]}`), "no outline with an area"},
	} {
		if _, err := FromGeoJSON(strings.NewReader(c.in), "code"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.in, err, c.want)
		}
	}
}

// cells makes a topology from a drawing: each letter is a face made of its unit
// squares, joined; north is up.
func cells(t testing.TB, rows ...string) *Topology {
	t.Helper()
	unit := map[byte][]string{}
	var letters []byte
	for y, row := range rows {
		for x := range len(row) {
			c := row[x]
			if c == '.' {
				continue
			}
			if unit[c] == nil {
				letters = append(letters, c)
			}
			a, b := float64(x)/100, float64(len(rows)-y)/100
			unit[c] = append(unit[c], fmt.Sprintf(`[[[%v,%v],[%v,%v],[%v,%v],[%v,%v],[%v,%v]]]`,
				a, b, a+.01, b, a+.01, b+.01, a, b+.01, a, b))
		}
	}
	var features []string
	for _, c := range letters {
		for i, square := range unit[c] {
			features = append(features, fmt.Sprintf(
				`{"properties":{"code":"%c%d"},"geometry":{"type":"MultiPolygon","coordinates":[%s]}}`, c, i, square))
		}
	}
	small, err := FromGeoJSON(strings.NewReader(`{"type":"FeatureCollection","features":[`+strings.Join(features, ",")+`]}`), "code")
	if err != nil {
		t.Fatal(err)
	}
	codes := make([]string, len(letters))
	groups := make([][]int32, len(letters))
	for i, c := range letters {
		codes[i] = string(c)
		for f := range small.Len() {
			if small.Code(int32(f))[0] == c {
				groups[i] = append(groups[i], int32(f))
			}
		}
	}
	merged, err := small.Merge(codes, groups)
	if err != nil {
		t.Fatal(err)
	}
	return merged
}

func (r *Region) counts() (polygons, holes int) {
	for _, rings := range r.polygons {
		polygons++
		holes += len(rings) - 1
	}
	return polygons, holes
}

func TestDissolveShapes(t *testing.T) {
	for _, c := range []struct {
		name            string
		rows            []string
		of              string
		polygons, holes int
	}{
		{"two side by side", []string{"AB"}, "AB", 1, 0},
		{"apart", []string{"A.B"}, "AB", 2, 0},
		{"a corner in common keeps polygons apart", []string{"A.", ".B"}, "AB", 2, 0},
		{"a corner in common, filled around", []string{"AC", "CB"}, "AB", 2, 0},
		{"an enclave is a hole", []string{"AAA", "ABA", "AAA"}, "A", 1, 1},
		{"an enclave filled is none", []string{"AAA", "ABA", "AAA"}, "AB", 1, 0},
		{"an island in an enclave", []string{"AAAAA", "ABBBA", "ABABA", "ABBBA", "AAAAA"}, "A", 2, 1},
		{"an island in an enclave, of another", []string{"AAAAA", "ABBBA", "ABCBA", "ABBBA", "AAAAA"}, "AC", 2, 1},
		{"two holes that touch at a corner", []string{"AAAA", "ABAA", "AABA", "AAAA"}, "A", 1, 2},
		{"a hole that touches the shell at a corner", []string{".AAA", "A.AA", "AAAA"}, "A", 1, 1},
		{"a ring of four by corners", []string{".A.", "A.A", ".A."}, "A", 4, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			topo := cells(t, c.rows...)
			var faces []int32
			var squares int
			for _, code := range c.of {
				f, ok := topo.Face(string(code))
				if !ok {
					t.Fatalf("no face %c", code)
				}
				faces = append(faces, f)
				squares += strings.Count(strings.Join(c.rows, ""), string(code))
			}
			r := topo.Region(faces)
			if p, h := r.counts(); p != c.polygons || h != c.holes {
				t.Errorf("%d polygons and %d holes, want %d and %d", p, h, c.polygons, c.holes)
			}
			one := Box{0, 0, .01, .01}.Outline().Area()
			if got := r.Area() / one; abs(got-float64(squares)) > 1e-5 {
				t.Errorf("area of %v squares, want %d", got, squares)
			}
			for _, polygon := range r.Outline(0) {
				for i, ring := range polygon {
					if (ring.area() > 0) != (i == 0) {
						t.Errorf("ring %d turns the wrong way", i)
					}
					seen := map[Point]bool{}
					for _, p := range ring[1:] {
						if seen[p] {
							t.Errorf("ring %d goes twice through %v", i, p)
						}
						seen[p] = true
					}
				}
			}
		})
	}
}

func TestMergeRefuses(t *testing.T) {
	topo := cells(t, "AB")
	for _, c := range []struct {
		codes  []string
		groups [][]int32
		want   string
	}{
		{[]string{"X"}, nil, "1 codes for 0 groups"},
		{[]string{"X"}, [][]int32{{5}}, "there is no face 5"},
		{[]string{"X", "Y"}, [][]int32{{0, 1}, {1}}, `face "B" is in the groups "X" and "Y"`},
		{[]string{"X", "Y"}, [][]int32{{0, 1}, {}}, `(code "Y"): no outline`},
	} {
		if _, err := topo.Merge(c.codes, c.groups); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want %q", c.groups, err, c.want)
		}
	}
}

func TestRowsRoundTrip(t *testing.T) {
	topo := load(t, "arrondissements-municipaux-2026", "arrondissements")
	again, err := FromRows(topo.Rows())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again.Rows(), topo.Rows()) {
		t.Error("rows differ after a round trip")
	}
	if !reflect.DeepEqual(again.FaceRegion(19).Outline(20), topo.FaceRegion(19).Outline(20)) {
		t.Error("an outline differs after a round trip")
	}
}

func TestFromRowsRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*Rows){
		"fewer points than weights":                   func(r *Rows) { r.Arcs[0].Points = r.Arcs[0].Points[:3] },
		"more points than weights":                    func(r *Rows) { r.Arcs[6].Weights = r.Arcs[6].Weights[1:] },
		"at least 2 are needed":                       func(r *Rows) { r.Arcs[0].Weights = nil },
		"beyond the grid":                             func(r *Rows) { copy(r.Arcs[6].Points, []byte{0xfe, 0xff, 0xff, 0xff, 0xff, 0x0f}) },
		"the rings do not add up to the references":   func(r *Rows) { r.Faces[0].RingArcs[0] = 99 },
		"the polygons do not add up to the rings":     func(r *Rows) { r.Faces[0].PolygonRings[0] = -1 },
		"rings or references are left over":           func(r *Rows) { r.Faces[0].Refs = append(r.Faces[0].Refs, 1) },
		`face 1 (code "75101")`:                       func(r *Rows) { r.Faces[1].Refs[0] = 1 << 30 },
		"face 2 has no code":                          func(r *Rows) { r.Faces[2].Code = "" },
		"transform: scale 0 is not a positive number": func(r *Rows) { r.Grid.Scale[1] = 0 },
	} {
		topo := load(t, "arrondissements-municipaux-2026", "arrondissements")
		rows := topo.Rows()
		rows.Faces[1].Code = "75101"
		spoil(&rows)
		if _, err := FromRows(rows); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v, want %q", err, name)
		}
	}
}

func FuzzReadTopoJSON(f *testing.F) {
	f.Add([]byte(twoSquares))
	f.Add([]byte(strings.Replace(twoSquares, "[10,0]", "[3,5]", 1)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if topo, err := ReadTopoJSON(bytes.NewReader(b), "c", "code"); err == nil {
			exercise(t, topo)
		}
	})
}

func FuzzFromGeoJSON(f *testing.F) {
	f.Add([]byte(`{"type":"FeatureCollection","features":[
		{"properties":{"code":"A"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1],[0,0]]]}},
		{"properties":{"code":"B"},"geometry":{"type":"MultiPolygon","coordinates":[[[[1,0],[2,0],[2,1],[1,1],[1,0]]],[[[1,0],[2,0],[1.5,1]]]]}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if topo, err := FromGeoJSON(bytes.NewReader(b), "code"); err == nil {
			exercise(t, topo)
		}
	})
}

func FuzzFromRows(f *testing.F) {
	f.Add([]byte{20, 0, 0, 20, 19, 0, 0, 19}, []byte{255, 3, 4, 255}, int32(0), int32(1), int32(1))
	f.Fuzz(func(t *testing.T, points, weights []byte, ref, arcs, rings int32) {
		topo, err := FromRows(Rows{
			Grid:  Grid{Scale: [2]float64{0.001, 0.001}},
			Arcs:  []ArcRow{{points, weights}},
			Faces: []FaceRow{{"A", []int32{ref}, []int32{arcs}, []int32{rings}}},
		})
		if err == nil && topo.FaceRegion(0).Area() <= 0 {
			t.Errorf("a face of no area was accepted")
		}
	})
}

// exercise runs every computation on a topology that was accepted.
func exercise(t *testing.T, topo *Topology) {
	again, err := FromRows(topo.Rows())
	if err != nil {
		t.Fatalf("its own rows are refused: %v", err)
	}
	var all []int32
	l := NewLocator(again)
	for f := range int32(again.Len()) {
		all = append(all, f)
		r := again.FaceRegion(f)
		for _, polygon := range r.Outline(1e6) {
			for _, ring := range polygon {
				distinct := map[Point]bool{}
				for _, p := range ring {
					distinct[p] = true
				}
				if len(distinct) < 3 {
					t.Fatalf("face %d has a ring of %d points at the coarsest precision", f, len(distinct))
				}
			}
		}
		if p, ok := r.Label(); ok {
			l.Locate(p)
			l.Near(p, 1000)
		}
		r.Neighbours()
	}
	r := again.Region(all)
	out := r.Outline(10).Without(100)
	if !json.Valid(out.AppendGeoJSON(nil, 6)) {
		t.Fatal("not JSON")
	}
	NewProjection(View{Width: 100, Height: 100}, out).AppendPath(nil, out, 1)
	again.Mesh(func(left, right int32) bool { return left != right }, 0)
	tl := NewTiler(TileLayer{Name: "x", Topology: again, Attributes: func(int32) []Attribute { return nil }})
	tl.Tile(0, 0, 0)
	tl.Tile(1, 1, 0)
}
