package carto_test

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bassin/internal/indicator"
	"bassin/internal/place"
	"bassin/internal/realdata"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/shape"
	"bassin/internal/web/carto"
)

// density is a map of inhabitants by square kilometre, in classes of as many
// territories.
func density(t testing.TB, s *snapshot.Snapshot, level territory.Level, classes int) carto.Shading {
	t.Helper()
	d, ok := s.Panel.Definition("density")
	if !ok {
		t.Fatal("no indicator density")
	}
	a := s.Panel.Across(level, d, d.Latest())
	cut := indicator.CutBy(indicator.ByQuantile, a.Values, classes)
	at := map[*territory.Territory]int{}
	for i, u := range a.Territories {
		at[u] = cut.Class(a.Values[i])
	}
	return carto.Shading{Unit: level, Classes: cut.Classes(), Class: func(u *territory.Territory) int { return at[u] }}
}

func TestShadedMapsAreWithinTheirWeight(t *testing.T) {
	s := realdata.Snapshot(t)
	country := carto.NewFrance(s)
	var places []shape.Point
	from, to := s.Places.Of(place.FranceServices)
	for i := from; i < to; i++ {
		if lon, lat, ok := s.Places.Point(i); ok {
			places = append(places, shape.Point{Lon: lon, Lat: lat})
		}
	}
	for _, c := range []struct {
		level  territory.Level
		part   string
		places bool
		bytes  int // at most, gzip
	}{
		{territory.BassinDeVie, "", false, 30_000}, {territory.BassinDeVie, "", true, 50_000}, {territory.EPCI, "", false, 30_000},
		{territory.Departement, "", false, 20_000}, {territory.Commune, "", false, 150_000},
		{territory.Commune, "reg:53", false, 40_000}, {territory.Commune, "reg:76", false, 80_000}, {territory.BassinDeVie, "reg:53", false, 25_000},
		{territory.Commune, "dep:22", true, 20_000}, {territory.Commune, "dep:974", false, 15_000}, {territory.EPCI, "reg:93", false, 25_000},
	} {
		plan := country
		if c.part != "" {
			id, _ := territory.ParseID(c.part)
			u, _ := s.France.Territory(id)
			var ok bool
			if plan, ok = carto.NewPart(s, u); !ok {
				t.Fatalf("%s has no plan", c.part)
			}
		}
		o := density(t, s, c.level, 5)
		if c.places {
			o.Places = places
		}
		svg := plan.Shaded(o)
		n := gzipped(t, svg)
		t.Logf("%s %s places=%v: %d bytes, %d compressed", c.level, c.part, c.places, len(svg), n)
		if n > c.bytes {
			t.Errorf("%s %s: %d bytes compressed, %d allowed", c.level, c.part, n, c.bytes)
		}
		if found := wellFormed(t, string(svg)); found["path"] < 7 {
			t.Errorf("%s %s: %d paths", c.level, c.part, found["path"])
		}
		if dir := os.Getenv("BASSIN_TEST_IMAGES"); dir != "" {
			name := string(c.level) + strings.ReplaceAll(c.part, ":", "")
			if err := os.WriteFile(filepath.Join(dir, name+".svg"), svg, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestEachClassOfAShadedMapIsDrawn(t *testing.T) {
	s := realdata.Snapshot(t)
	o := density(t, s, territory.BassinDeVie, 4)
	o.Middle = 2
	class := o.Class
	o.Class = func(u *territory.Territory) int {
		if u.Code == "22113" {
			return carto.Hatched
		}
		return class(u)
	}
	o.Doubt = func(u *territory.Territory) bool { return u.Code == "22278" }
	svg := string(carto.NewFrance(s).Shaded(o))
	for _, want := range []string{"d1", "d3", "s2", "s6", "none", "doubt", "minus"} {
		if !strings.Contains(svg, `<path class="`+want+`"`) && !strings.Contains(svg, `<use href="#below" class="`+want+`"`) {
			t.Errorf("nothing is drawn in %s", want)
		}
	}
}

// The colours of images are those of the style sheet.
func TestTonesAreThoseOfTheSite(t *testing.T) {
	b, err := os.ReadFile("../assets/css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile(`(?s):root[^{]*\{([^}]*)\}`).FindAllStringSubmatch(string(b), -1)
	for i, theme := range []string{"light", "dark"} {
		for name, colour := range carto.Tones(theme) {
			if !strings.Contains(blocks[i][1], "--"+name+": "+colour+";") {
				t.Errorf("%s: --%s is not %s in tokens.css", theme, name, colour)
			}
		}
	}
}

// Each step of a scale is lighter or darker than the one before it, so that it
// reads in grey; steps are far enough apart for the eye.
func TestTonesReadInGrey(t *testing.T) {
	for _, theme := range []string{"light", "dark"} {
		tones := carto.Tones(theme)
		for classes := 2; classes <= 7; classes++ {
			for middle := range classes - 1 {
				if middle > 4 || classes-middle > 4 && middle > 0 {
					continue
				}
				for i := 1; i < classes; i++ {
					a, b := lightness(t, tones[carto.Tone(i-1, classes, middle)]), lightness(t, tones[carto.Tone(i, classes, middle)])
					rises := (theme == "dark") != (i < middle)
					if i == middle {
						continue // the sides of a middle differ by hue and by their mark
					}
					if (b > a) != rises || math.Abs(a-b) < 5 {
						t.Errorf("%s, %d classes, %d below the middle: class %d has lightness %.0f after %.0f", theme, classes, middle, i, b, a)
					}
				}
			}
		}
	}
}

// lightness is L* of CIE 1976, from 0 to 100.
func lightness(t *testing.T, hex string) float64 {
	t.Helper()
	if len(hex) != 7 {
		t.Fatalf("%q is no colour", hex)
	}
	var y float64
	for i, w := range []float64{.2126, .7152, .0722} {
		var n float64
		for _, r := range hex[1+2*i : 3+2*i] {
			n = n*16 + float64(strings.IndexRune("0123456789abcdef", r))
		}
		if n /= 255; n <= .04045 {
			n /= 12.92
		} else {
			n = math.Pow((n+.055)/1.055, 2.4)
		}
		y += w * n
	}
	return 116*math.Cbrt(y) - 16
}

func TestAClickOnAPartLeadsWithinIt(t *testing.T) {
	s := realdata.Snapshot(t)
	for _, code := range []string{"reg:53", "dep:22", "dep:974"} {
		id, _ := territory.ParseID(code)
		u, _ := s.France.Territory(id)
		plan, ok := carto.NewPart(s, u)
		if !ok {
			t.Fatalf("%s has no plan", code)
		}
		w, h := plan.Size()
		for _, n := range u.Communes()[:20] {
			x, y, ok := plan.XY(n)
			if !ok || x < 0 || y < 0 || x > float64(w) || y > float64(h) {
				t.Errorf("%s: %s is drawn at %.0f, %.0f", code, s.France.Commune(n).Name, x, y)
			}
			at, _ := plan.At(x, y)
			if s.France.One(at, u.Level) != u {
				t.Errorf("%s: a click on %s leads to %s", code, s.France.Commune(n).Name, s.France.Commune(at).Name)
			}
		}
	}
	// The collectivities overseas have no outline in the main file.
	if u, ok := s.France.Territory(territory.ID{Level: territory.Departement, Code: "975"}); !ok {
		t.Error("no dep:975")
	} else if _, ok := carto.NewPart(s, u); ok {
		t.Error("dep:975 has a plan")
	}
}
