package carto_test

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"bassin/internal/atlas"
	"bassin/internal/realdata"
	"bassin/internal/territory"
	"bassin/internal/web/carto"
)

func gzipped(t *testing.T, b []byte) int {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

// wellFormed parses a drawing and returns the elements it holds, by name.
func wellFormed(t *testing.T, svg string) map[string]int {
	t.Helper()
	count := map[string]int{}
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return count
		}
		if err != nil {
			t.Fatalf("drawing is not well formed: %v", err)
		}
		if e, ok := token.(xml.StartElement); ok {
			count[e.Name.Local]++
			for _, a := range e.Attr {
				if a.Name.Local == "style" {
					t.Fatalf("<%s> has an inline style, which the content security policy refuses", e.Name.Local)
				}
			}
		}
	}
}

func options(t *territory.Territory, unit territory.Level) carto.Options {
	return carto.Options{
		Unit: unit, Label: "Carte : " + t.Name, Scale: true,
		Href:  func(u *territory.Territory) string { return u.Path() },
		Title: func(u *territory.Territory) string { return u.Name },
	}
}

func TestTerritoriesAreDrawnWithinTheirWeight(t *testing.T) {
	s := realdata.Snapshot(t)
	for _, c := range []struct {
		expr  string
		links int // at least: members and neighbours that can be followed
		bytes int // at most, gzip
	}{
		{"commune:22146", 5, 12_000}, {"bv:22113", 30, 12_000}, {"bv:22266", 25, 12_000}, {"bv:75056", 20, 25_000},
		{"dep:22", 20, 25_000}, {"dep:2A", 100, 25_000}, {"dep:974", 20, 25_000}, {"reg:53", 100, 30_000},
		{"pays:FR", 101, 25_000}, {"commune:22016", 1, 12_000}, {"arm:75111", 19, 12_000}, {"commune:75056", 20, 30_000},
		{"commune:97411", 3, 12_000}, {"dep:987", 40, 12_000}, {"commune:97502", 1, 12_000}, {"commune:55039", 3, 12_000},
		{"qpv:QN02201M", 1, 12_000}, {"22278,22113,22360", 10, 12_000},
	} {
		u, err := s.France.Resolve(c.expr, nil)
		if err != nil {
			t.Fatalf("%s: %v", c.expr, err)
		}
		d := carto.Territory(s, u, options(u, atlas.Unit(s.France, u)))
		found := wellFormed(t, string(d.SVG))
		if found["a"] < c.links {
			t.Errorf("%s: %d links, at least %d expected", c.expr, found["a"], c.links)
		}
		if n := gzipped(t, []byte(d.SVG)); n > c.bytes {
			t.Errorf("%s: %d bytes compressed, %d allowed", c.expr, n, c.bytes)
		}
		if com := u.Zone == "com"; d.ShareAlike != com {
			t.Errorf("%s: credit of OpenStreetMap said: %v, due: %v", c.expr, d.ShareAlike, com)
		}
		if !strings.Contains(string(d.SVG), `aria-label="Carte : `) {
			t.Errorf("%s: the map has no accessible name", c.expr)
		}
	}
}

func TestASpreadSetShowsItsMostPopulatedPartAndSaysWhatIsHidden(t *testing.T) {
	s := realdata.Snapshot(t)
	u, err := s.France.Resolve("22278,97411,97412", nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := carto.Territory(s, u, options(u, territory.Commune)); d.Hidden != 1 {
		t.Errorf("%d communes said to be out of the map, want 1: Saint-Brieuc", d.Hidden)
	}
}

func TestFillClassesAndMissingValues(t *testing.T) {
	s := realdata.Snapshot(t)
	u, _ := s.France.Territory(territory.ID{Level: territory.BassinDeVie, Code: "22113"})
	o := options(u, territory.Commune)
	o.Fill = func(m *territory.Territory) int {
		if m.Code == "22113" {
			return carto.Hatched
		}
		return 3
	}
	svg := string(carto.Territory(s, u, o).SVG)
	if strings.Count(svg, `class="in none"`) != 1 || strings.Count(svg, `class="in c3"`) != len(u.Communes())-1 {
		t.Errorf("classes are not those that were given")
	}
}

func TestToggleMakesEveryCommuneInViewALink(t *testing.T) {
	s := realdata.Snapshot(t)
	u, _ := s.France.Territory(territory.ID{Level: territory.Commune, Code: "22146"})
	o := options(u, territory.Commune)
	o.Toggle = func(m *territory.Territory) string { return "/composer?e=" + m.Code }
	svg := string(carto.Territory(s, u, o).SVG)
	if !strings.Contains(svg, `href="/composer?e=22146"`) || !strings.Contains(svg, `href="/composer?e=22266"`) {
		t.Errorf("the commune and its neighbours cannot be toggled")
	}
}

// Towns of every part of the map.
var towns = []string{
	"75056", "13055", "69123", "31555", "44109", "34172", "67482", "33063", "59350", "35238", "29019", "63113", "14118", "21231",
	"2A004", "2B033", "22113", "22278", "22266", "56121", "85191", "17300", "40192", "64102", "65440", "66136", "11069", "34003",
	"30189", "84007", "83137", "06088", "05061", "73065", "74010", "39300", "25056", "70550", "68224", "57463", "55029", "08105",
	"02691", "62041", "80021", "76540", "50129", "61001", "72181", "37261", "36044", "23096", "19272", "15014", "48095", "07019",
	"97105", "97209", "97302", "97411", "97608",
}

func TestAClickOnTheMapOfFranceLeadsToTheBasinDrawnThere(t *testing.T) {
	s := realdata.Snapshot(t)
	f := carto.NewFrance(s)
	for _, code := range towns {
		n, ok := s.France.CommuneNumber(code)
		if !ok {
			t.Fatalf("no commune %s", code)
		}
		x, y, ok := f.XY(n)
		w, h := f.Size()
		if !ok || x < 0 || y < 0 || x > float64(w) || y > float64(h) {
			t.Errorf("%s is drawn at %.0f, %.0f, out of the map", code, x, y)
			continue
		}
		// The published centre of some communes lies just outside their outline, but in their basin.
		got, _ := f.At(x, y)
		if a, b := s.France.One(n, territory.BassinDeVie), s.France.One(got, territory.BassinDeVie); a != b {
			t.Errorf("a click on %s leads to %s", a.Name, b.Name)
		}
	}
}

func TestAClickAtSeaOffersTheNearest(t *testing.T) {
	s := realdata.Snapshot(t)
	f := carto.NewFrance(s)
	n, on := f.At(70, 120) // off Brittany
	if c := s.France.Commune(n); on || c.Departement != "29" {
		t.Errorf("off Brittany: %s, on land: %v", c.Name, on)
	}
	w, h := f.Size()
	for _, p := range [][2]float64{{0, 0}, {-50, 1e9}, {float64(w), float64(h)}} {
		if n, on := f.At(p[0], p[1]); on || n < 0 || int(n) >= s.France.Len() {
			t.Errorf("at %v: commune %d, on land: %v", p, n, on)
		}
	}
}

func TestTheMapOfFranceIsLightAndDrawnOnceForAll(t *testing.T) {
	s := realdata.Snapshot(t)
	f := carto.NewFrance(s)
	for _, theme := range []string{"", "light", "dark"} {
		image := f.Image(theme)
		if n := gzipped(t, image); n > 35_000 {
			t.Errorf("theme %q: %d bytes compressed, 35,000 allowed", theme, n)
		}
		if wellFormed(t, string(image))["path"] < 10 {
			t.Errorf("theme %q: the map is empty", theme)
		}
		if !bytes.Equal(image, f.Image(theme)) {
			t.Errorf("theme %q: two drawings differ", theme)
		}
	}
}

func BenchmarkTerritory(b *testing.B) {
	s := realdata.Snapshot(b)
	for _, expr := range []string{"commune:22146", "bv:22113", "dep:22", "reg:53"} {
		u, err := s.France.Resolve(expr, nil)
		if err != nil {
			b.Fatal(err)
		}
		unit := atlas.Unit(s.France, u)
		b.Run(fmt.Sprint(expr), func(b *testing.B) {
			for b.Loop() {
				carto.Territory(s, u, options(u, unit))
			}
		})
	}
}
