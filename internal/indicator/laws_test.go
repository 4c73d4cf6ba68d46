package indicator_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"bassin/internal/indicator"
	"bassin/internal/realdata"
	"bassin/internal/territory"
)

// same says whether two figures are one, to the last digit.
func same(a, b indicator.Value) bool {
	one := func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) }
	return one(a.Value, b.Value) && one(a.Numerator, b.Numerator) && one(a.Denominator, b.Denominator) && one(a.Coverage, b.Coverage) &&
		a.Known == b.Known && a.Of == b.Of && a.State == b.State && a.Imprecise == b.Imprecise
}

// A territory and the set of its communes, drawn by hand, have the same figures:
// all of them, but those published for the territory as a whole.
func TestTerritoryEqualsItsCommunesDrawn(t *testing.T) {
	s := realdata.Snapshot(t)
	f, p := s.France, s.Panel
	checked := 0
	for _, level := range []territory.Level{territory.Departement, territory.Region, territory.EPCI, territory.BassinDeVie} {
		for _, u := range f.Level(level) {
			drawn := f.Set(slices.Clone(u.Communes()))
			a, b := p.All(u), p.All(drawn)
			for i, d := range p.Definitions() {
				if d.Vintages[d.Latest()].Level != "" {
					continue
				}
				checked++
				if !same(a[i], b[i]) {
					t.Errorf("%s of %s: %+v, of its communes %+v", d.Key, u.ID, a[i], b[i])
				}
			}
		}
	}
	if checked < 500_000 {
		t.Errorf("only %d figures compared", checked)
	}
}

// What an address names counts once, however many times and in whatever order it
// is named.
func TestOverlapsCountOnce(t *testing.T) {
	s := realdata.Snapshot(t)
	f, p := s.France, s.Panel
	whole, err := f.Resolve("dep:22", nil)
	if err != nil {
		t.Fatal(err)
	}
	terms := []string{"dep:22", "bv:22278", "epci:200065928", "22113", "22113", "bv:22266~bv:22266", "dep:22"}
	r := rand.New(rand.NewPCG(1, 2))
	inside := func(n int32) bool { return f.Commune(n).Departement == "22" }
	var outside []int32
	for _, id := range []string{"bv:22266", "bv:22278", "epci:200065928"} {
		u, err := f.Resolve(id, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range u.Communes() {
			if !inside(n) {
				outside = append(outside, n)
			}
		}
	}
	for range 20 {
		r.Shuffle(len(terms), func(i, j int) { terms[i], terms[j] = terms[j], terms[i] })
		expr := terms[0]
		for _, x := range terms[1:] {
			expr += "," + x
		}
		expr += ",dep:22" // whatever a tilde took away is there again
		for _, n := range outside {
			expr += "~commune:" + f.Commune(n).Code
		}
		u, err := f.Resolve(expr, nil)
		if err != nil {
			t.Fatal(err)
		}
		a, b := p.All(whole), p.All(u)
		for i, d := range p.Definitions() {
			if d.Vintages[d.Latest()].Level == "" && !same(a[i], b[i]) {
				t.Fatalf("%s of %s: %+v, not %+v", d.Key, expr, b[i], a[i])
			}
		}
	}
}

// Basins, départements and régions cut the country in parts: what their parts have
// adds up to what the country has, in every vintage of every indicator.
func TestPartitionsAddUp(t *testing.T) {
	s := realdata.Snapshot(t)
	f, p := s.France, s.Panel
	france := f.Level(territory.Pays)[0]
	for _, level := range []territory.Level{territory.BassinDeVie, territory.Departement, territory.Region, territory.ZoneEmploi, territory.Commune} {
		times := make([]int, f.Len())
		for _, u := range f.Level(level) {
			if f.Commune(u.Communes()[0]).Zone == "com" {
				continue // collectivities are outside the 101 départements
			}
			for _, n := range u.Communes() {
				times[n]++
			}
		}
		for _, n := range france.Communes() {
			if times[n] != 1 {
				t.Errorf("%s is in %d of level %s", f.Commune(n).Code, times[n], level)
			}
		}
		for _, d := range p.Definitions() {
			for k := range d.Vintages {
				if d.Vintages[k].Level != "" {
					continue
				}
				sums := make([]float64, len(f.Level(level)))
				p.Sums(sums, level, d, k)
				whole := make([]float64, 1)
				p.Sums(whole, territory.Pays, d, k)
				var total, absolute float64
				for i, u := range f.Level(level) {
					if f.Commune(u.Communes()[0]).Zone != "com" {
						total += sums[i]
						absolute += math.Abs(sums[i])
					}
				}
				if math.Abs(total-whole[0]) > 1e-12*absolute*10 {
					t.Errorf("%s %s: level %s makes %v, the country %v", d.Key, d.Vintages[k].Period, level, total, whole[0])
				}
			}
		}
	}
}

// The arrondissements of a city make the city, where both have a figure. Sums that
// sources round apart may differ by 1 %, denominators by one in a thousand.
func TestArrondissementsMakeTheirCity(t *testing.T) {
	s := realdata.Snapshot(t)
	f, p := s.France, s.Panel
	wider := map[string]float64{
		"farmers":         0.25,                                                 // 0.1 % of the people at most, rounded to two digits of a percent
		"median_income":   0.04,                                                 // medians do not add up
		"income_benefits": 0.20, "income_minima": 0.20, "income_pensions": 0.03, // shares of incomes weighted by people
		"poverty": 0.02, "poor_people": 0.02, "poverty_75": 0.04, "poverty_lone_parents": 0.02, // whole percents
		"unemployment_2022": 0.02, // 0.2 point of 11
		// Estimates from a unit's mix of people: not linear, and low and high are of other variants.
		"illectronisme": 0.02, "illectronisme_people": 0.02, "illectronisme_low": 0.10, "illectronisme_high": 0.10,
	}
	checked := 0
	for _, city := range []string{"75056", "69123", "13055"} {
		n, _ := f.CommuneNumber(city)
		whole := f.Level(territory.Commune)[n]
		for _, d := range p.Definitions() {
			if d.Rule == indicator.Single {
				continue
			}
			for k := range d.Vintages {
				var num, den float64
				known, of := 0, 0
				for _, a := range f.Level(territory.ArrondissementMunicipal) {
					if part, _ := f.Part(a.Code); part.Commune != city {
						continue
					}
					of++
					if v := p.At(a, d, k); v.Shown() {
						known, num, den = known+1, num+v.Numerator, den+v.Denominator
					}
				}
				v := p.At(whole, d, k)
				if known < of || !v.Shown() {
					continue
				}
				checked++
				limit := wider[d.Key]
				if limit == 0 {
					limit = 0.01
				}
				if math.Abs(num-v.Numerator) > limit*math.Abs(v.Numerator) || math.Abs(den-v.Denominator) > 0.001*v.Denominator {
					t.Errorf("%s %s of %s: the arrondissements make %v / %v, the city has %v / %v", d.Key, d.Vintages[k].Period, city, num, den, v.Numerator, v.Denominator)
				}
			}
		}
	}
	if checked < 150 {
		t.Errorf("only %d figures compared", checked)
	}
}
