package observatory_test

import (
	"math"
	"slices"
	"testing"

	"bassin/internal/atlas"
	"bassin/internal/indicator"
	"bassin/internal/observatory"
	"bassin/internal/realdata"
	"bassin/internal/territory"
)

func open(t testing.TB) *observatory.Observatory {
	t.Helper()
	return (&observatory.Service{Unit: atlas.Unit}).Of(realdata.Snapshot(t))
}

func at(t testing.TB, o *observatory.Observatory, level territory.Level, code string) *territory.Territory {
	t.Helper()
	u, ok := o.France.Territory(territory.ID{Level: level, Code: code})
	if !ok {
		t.Fatalf("no %s:%s", level, code)
	}
	return u
}

func TestTheTwelveFiguresAreInTheCatalogue(t *testing.T) {
	o := open(t)
	if len(observatory.Twelve) != 12 {
		t.Errorf("%d figures", len(observatory.Twelve))
	}
	for _, key := range slices.Concat(observatory.Twelve, observatory.Networks) {
		if _, ok := o.Panel.Definition(key); !ok && key != observatory.Mobile {
			t.Errorf("the catalogue has no %s", key)
		}
	}
	for _, u := range []*territory.Territory{at(t, o, "bv", "22113"), at(t, o, "epci", "200065928"), at(t, o, "dep", "22"), at(t, o, "pays", "FR")} {
		if x := o.Diagnose(u); len(x.Missing) > 0 {
			t.Errorf("%s lacks %v", u.ID, x.Missing)
		}
	}
}

// The people estimated in the parts are those of the whole, and the range holds
// the estimate.
func TestConcernedAddUp(t *testing.T) {
	o := open(t)
	for _, u := range slices.Concat(o.France.Level(territory.BassinDeVie), o.France.Level(territory.Departement), o.France.Level(territory.Region), o.France.Level(territory.ZoneEmploi)) {
		x := o.Essentials(u)
		if x.Concerned == nil {
			continue
		}
		c := x.Concerned
		if !(c.Low <= c.People && c.People <= c.High) || !(c.LowRate <= c.Rate && c.Rate <= c.HighRate) {
			t.Errorf("%s: %v is not between %v and %v", u.ID, c.People, c.Low, c.High)
		}
		if len(x.Parts) == 0 {
			continue
		}
		var sum float64
		for _, p := range x.Parts {
			if !math.IsNaN(p.People) {
				sum += p.People
			}
		}
		if math.Abs(sum-c.People) > 1e-6*c.People {
			t.Errorf("%s: the parts make %v, the whole %v", u.ID, sum, c.People)
		}
	}
}

// Parts to visit first have no help, are far from it, and come by number of people.
func TestVisits(t *testing.T) {
	o := open(t)
	some := 0
	for _, u := range o.France.Level(territory.EPCI) {
		x := o.Diagnose(u)
		some += len(x.Visits)
		if len(x.Visits) > observatory.MostVisits {
			t.Errorf("%s: %d visits", u.ID, len(x.Visits))
		}
		for i, p := range x.Visits {
			if p.Sites > 0 && p.Territory.Level == territory.Commune || !(p.Km > observatory.Far) || !(p.People > 0) {
				t.Errorf("%s: a visit to %s, %d sites, %v km, %v people", u.ID, p.Territory.Name, p.Sites, p.Km, p.People)
			}
			if i > 0 && p.People > x.Visits[i-1].People {
				t.Errorf("%s: %s comes too late", u.ID, p.Territory.Name)
			}
		}
	}
	if some < 1000 {
		t.Errorf("%d visits in all", some)
	}
}

// A figure is placed by counting, and only where it may be.
func TestStandingsCount(t *testing.T) {
	o := open(t)
	for _, key := range observatory.Twelve {
		d, _ := o.Panel.Definition(key)
		a := o.Panel.Across(territory.BassinDeVie, d, d.Latest())
		solid := a.Solid()
		for i, u := range a.Territories {
			if i%97 != 0 {
				continue
			}
			f, ok := o.Figure(u, d)
			if !ok || f.Standing == nil {
				if !math.IsNaN(solid[i]) && d.Ranked() {
					t.Errorf("%s of %s is not placed", key, u.ID)
				}
				continue
			}
			below, above, n := 0, 0, 0
			for _, k := range f.Standing.Peers.Indexes {
				switch x := solid[k]; {
				case math.IsNaN(x):
					continue
				case x < f.Value.Value:
					below++
				case x > f.Value.Value:
					above++
				}
				n++
			}
			if f.Standing.Below != below || f.Standing.Above != above || f.Standing.Values.Len() != n {
				t.Errorf("%s of %s: %d below and %d above of %d, counted %d, %d and %d", key, u.ID, f.Standing.Below, f.Standing.Above, f.Standing.Values.Len(), below, above, n)
			}
		}
	}
}

// What has no figure is told as such, never as zero.
func TestWithoutFigures(t *testing.T) {
	o := open(t)
	for _, u := range []*territory.Territory{at(t, o, "dep", "976"), at(t, o, "commune", "97701"), at(t, o, "commune", "55039")} {
		x := o.Diagnose(u)
		if x.Concerned != nil {
			t.Errorf("%s: an estimate of %v people where no age is published", u.ID, x.Concerned.People)
		}
		for i := range x.Figures {
			if f := &x.Figures[i]; math.IsNaN(f.Value.Value) {
				t.Errorf("%s: %s has no value and is shown", u.ID, f.Definition.Key)
			}
		}
	}
	if x := o.Diagnose(at(t, o, "commune", "97701")); len(x.Help.Beyond) > 0 {
		t.Errorf("a distance is told in an island that the list does not cover: %+v", x.Help.Beyond)
	}
	if x := o.Diagnose(at(t, o, "arm", "75101")); len(x.Help.Sites) > 3 {
		t.Errorf("the first arrondissement is given the %d sites of Paris", len(x.Help.Sites))
	}
}

// Emploi en recul is what its definition says, commune by commune.
func TestDeclining(t *testing.T) {
	o := open(t)
	jobs, _ := o.Panel.Definition("salaried_jobs")
	people, _ := o.Panel.Definition("population")
	value := func(u *territory.Territory, d *indicator.Definition, period string) float64 {
		v, ok := d.Vintage(period)
		if !ok {
			t.Fatalf("%s has no vintage %s", d.Key, period)
		}
		return o.Panel.At(u, d, v).Value
	}
	declining := o.Diagnose(at(t, o, "pays", "FR")).Marks.Declining
	n := 0
	for i, u := range o.France.Level(territory.Commune) {
		p, known := u.Population()
		want := known && p >= 2000 && p <= 100_000 && len(o.France.Of(int32(i), territory.TerritoireIndustrie)) > 0 &&
			value(u, jobs, "2022") < value(u, jobs, "2017") && value(u, people, "2022") < value(u, people, "2016")
		if got := slices.Contains(declining, int32(i)); got != want {
			t.Errorf("%s: %v, want %v", u.Name, got, want)
		}
		if want {
			n++
		}
	}
	if n < 100 || n > 1500 {
		t.Errorf("%d communes", n)
	}
}
