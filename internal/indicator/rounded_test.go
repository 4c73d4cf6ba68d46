package indicator_test

import (
	"math"
	"strings"
	"testing"

	"bassin/internal/indicator"
	"bassin/internal/realdata"
	"bassin/internal/territory"
)

// What rests on counts rounded to 5 is not compared under 50, a zero there means
// fewer than 5, and a part above its whole is not compared either.
func TestRoundedCounts(t *testing.T) {
	s := realdata.Snapshot(t)
	for _, c := range []struct {
		commune            string
		imprecise, blurred bool
		over               bool
	}{
		{"01008", true, true, false},   // none published
		{"91247", true, false, true},   // 315 households of 185
		{"22278", false, false, false}, // Saint-Brieuc: 1,915
	} {
		d, _ := s.Panel.Definition("rsa_share")
		at, ok := find(s.France, territory.Commune, c.commune)
		if !ok {
			t.Fatalf("no commune %s", c.commune)
		}
		v := s.Panel.Latest(at, d)
		if v.Imprecise != c.imprecise || v.Blurred != c.blurred || d.Over(v.Numerator, v.Denominator) != c.over {
			t.Errorf("%s: %+v", c.commune, v)
		}
	}
	for _, d := range s.Panel.Definitions() {
		rounded := false
		for _, source := range d.Sources {
			rounded = rounded || source == "caf" || source == "jobseekers"
		}
		if rounded != (d.Rounded == 5) {
			t.Errorf("%s: rounded to %d", d.Key, d.Rounded)
		}
		if d.Rounded == 0 || d.Rule == indicator.Sum {
			continue
		}
		a := s.Panel.Across(territory.Commune, d, d.Latest())
		solid := 0
		for i, x := range a.Solid() {
			if math.IsNaN(x) {
				continue
			}
			solid++
			if a.Numerators[i] < 50 || d.Rule == indicator.Growth && a.Denominators[i] < 50 || d.Rule == indicator.Ratio && x > 100 {
				t.Fatalf("%s of %s is compared: %v, %v of %v", d.Key, a.Territories[i].Code, x, a.Numerators[i], a.Denominators[i])
			}
		}
		if solid < 1000 {
			t.Errorf("%s: %d communes are compared", d.Key, solid)
		}
	}
}

// The estimate of few people is not compared, and communes merged or split since
// the census have none.
func TestEstimateOfFew(t *testing.T) {
	s := realdata.Snapshot(t)
	d, _ := s.Panel.Definition("illectronisme")
	a := s.Panel.Across(territory.Commune, d, d.Latest())
	for i, x := range a.Solid() {
		if !math.IsNaN(x) && a.Numerators[i] < indicator.Least {
			t.Fatalf("%s is compared on %v people", a.Territories[i].Code, a.Numerators[i])
		}
	}
	for code := range strings.FieldsSeq("12218 14581 49126 69114") {
		if at, ok := find(s.France, territory.Commune, code); !ok || s.Panel.Latest(at, d).Shown() {
			t.Errorf("%s has an estimate", code)
		}
	}
	speed, _ := s.Panel.Definition("ftth")
	for _, x := range s.Panel.Definitions() {
		if strings.Join(x.Sources, "") != "speed2019" {
			continue
		}
		for _, at := range s.France.Level(territory.Departement) {
			if overseas := strings.HasPrefix(at.Code, "97"); overseas && s.Panel.Latest(at, x).Shown() {
				t.Errorf("%s of %s is shown", x.Key, at.Code)
			} else if !overseas && s.Panel.Latest(at, speed).Shown() && !s.Panel.Latest(at, x).Shown() {
				t.Errorf("%s of %s is missing", x.Key, at.Code)
			}
		}
	}
}
