package indicator_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"bassin/internal/indicator"
	"bassin/internal/territory"
)

// country makes n communes in basins of one to nine communes, whose members are
// scattered over three départements, as real ones are.
func country(t testing.TB, n int, r *rand.Rand) *territory.France {
	t.Helper()
	tables := territory.Tables{Vintage: 2026}
	code := func(i int) string { return fmt.Sprintf("%02d%03d", 10+i%3, i/3) }
	var all []territory.CommuneRow
	for i := range n {
		people := int32(r.IntN(5000))
		pole := i - i%9
		all = append(all, territory.CommuneRow{Code: code(i), Name: code(i), Zone: "metro", Population: &people,
			BassinDeVie: code(pole), Departement: code(i)[:2], Region: "53"})
		if i == pole {
			tables.Zones = append(tables.Zones, territory.ZoneRow{Level: "bv", Code: code(i), Name: code(i)})
		}
	}
	for _, d := range []string{"10", "11", "12"} {
		tables.Zones = append(tables.Zones, territory.ZoneRow{Level: "dep", Code: d, Name: d})
	}
	tables.Zones = append(tables.Zones, territory.ZoneRow{Level: "reg", Code: "53", Name: "Bretagne"}, territory.ZoneRow{Level: "qpv", Code: "QN01001M", Name: "Le Quartier"})
	slices.SortFunc(all, func(a, b territory.CommuneRow) int {
		if a.Code < b.Code {
			return -1
		}
		return 1
	})
	tables.Communes = all
	people := int32(700)
	tables.Parts = []territory.PartRow{{Code: "99101", Name: "1er", Type: territory.PartArrondissement, Commune: all[0].Code, Population: &people}}
	tables.Members = []territory.MemberRow{{Level: "qpv", Code: "QN01001M", Commune: all[0].Code}}
	f, err := territory.New(tables)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// panel measures five things with holes, each by a rule.
func panel(t testing.TB, f *territory.France, r *rand.Rand) (*indicator.Panel, byHand) {
	t.Helper()
	column := func(hole float64) []float64 {
		c := make([]float64, f.Len()+1)
		for i := range c {
			if c[i] = float64(r.IntN(1000)); r.Float64() < hole {
				c[i] = math.NaN()
			}
		}
		return c
	}
	units := f.Codes(f.Level(territory.Pays)[0])
	figures := indicator.Figures{
		Units: append(units, "99101"), Names: []string{"a", "b", "c", "d"},
		Columns:   [][]float64{column(0), column(0.1), column(0.02), column(0)},
		Published: []indicator.Published{{Indicator: "given", Period: "2022", Level: "dep", Code: "11", Value: 7.5}},
	}
	rule := func(key string, rule indicator.Rule, unit indicator.Unit, num, den string) indicator.Definition {
		return indicator.Definition{Key: key, Rule: rule, Unit: unit, Sample: true, Vintages: []indicator.Vintage{{Period: "2022", Numerator: num, Denominator: den, Years: 4}}}
	}
	withheld := rule("withheld", indicator.Ratio, "percent", "b", "d")
	withheld.Complete = true
	given := indicator.Definition{Key: "given", Rule: indicator.Single, Unit: "percent", Vintages: []indicator.Vintage{{Period: "2022", Level: territory.Departement}}}
	p, err := indicator.New(f, []indicator.Definition{
		rule("total", indicator.Sum, "count", "a", ""), rule("rate", indicator.Ratio, "percent", "b", "c"),
		rule("growth", indicator.Growth, "percent", "d", "a"), rule("single", indicator.Single, "ratio", "c", ""), withheld, given,
	}, figures)
	if err != nil {
		t.Fatal(err)
	}
	return p, byHand(figures)
}

// byHand are the figures of a panel, to add up by hand.
type byHand indicator.Figures

// figure is the cell of a column for a unit, by code.
func (h byHand) figure(column int, code string) float64 {
	return h.Columns[column][slices.Index(h.Units, code)]
}

func near(a, b float64) bool {
	return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-12*math.Max(1, math.Max(math.Abs(a), math.Abs(b)))
}

// Every figure of every perimeter is what adding up by hand gives: communes
// without one of the two terms of a rate count in neither.
func TestAgainstAddingUpByHand(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	f := country(t, 400, r)
	p, hand := panel(t, f, r)
	rate, _ := p.Definition("rate")
	total, _ := p.Definition("total")
	check := func(u *territory.Territory) {
		var num, den, sum, with, all float64
		known := 0
		for _, code := range f.Codes(u) {
			n, _ := f.CommuneNumber(code)
			people := float64(*f.Commune(n).Population)
			all += people
			sum += hand.figure(0, code)
			if b, c := hand.figure(1, code), hand.figure(2, code); !math.IsNaN(b) && !math.IsNaN(c) {
				num, den, with = num+b, den+c, with+people
				known++
			}
		}
		v := p.Latest(u, rate)
		want := 100 * num / den
		if known == 0 || den == 0 {
			want = math.NaN()
		}
		if !near(v.Value, want) || v.Known != known || known > 0 && !near(v.Coverage, with/all) && known < v.Of {
			t.Errorf("%s: %+v, want %v of %d communes", u.ID, v, want, known)
		}
		if v := p.Latest(u, total); !near(v.Value, sum) || v.State != indicator.Whole || v.Coverage != 1 {
			t.Errorf("%s: total %+v, want %v", u.ID, v, sum)
		}
	}
	for _, l := range []territory.Level{territory.Commune, territory.BassinDeVie, territory.Departement, territory.Region, territory.Pays} {
		for _, u := range f.Level(l) {
			check(u)
		}
	}
	for range 50 {
		var members []int32
		for n := range int32(f.Len()) {
			if r.IntN(5) == 0 {
				members = append(members, n)
			}
		}
		check(f.Set(members))
	}
}

// A whole level at once and each territory alone are the same figures.
func TestAcrossEqualsAt(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	f := country(t, 300, r)
	p, _ := panel(t, f, r)
	for _, d := range p.Definitions() {
		for _, l := range []territory.Level{territory.Commune, territory.ArrondissementMunicipal, territory.QPV, territory.BassinDeVie, territory.Departement, territory.Pays} {
			a := p.Across(l, d, d.Latest())
			for i, u := range a.Territories {
				v := p.Latest(u, d)
				if !near(a.Values[i], v.Value) || a.States[i] != v.State || !near(a.Numerators[i], v.Numerator) || !near(a.Coverage[i], v.Coverage) || a.Imprecise(i) != v.Imprecise {
					t.Errorf("%s of %s: %v %v and %v %v", d.Key, u.ID, a.Values[i], a.States[i], v.Value, v.State)
				}
			}
		}
	}
}

// A set equals the union of its parts, in whatever order, and nothing counts twice.
func TestUnionOfParts(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	f := country(t, 300, r)
	p, _ := panel(t, f, r)
	for _, key := range []string{"total", "rate"} {
		d, _ := p.Definition(key)
		var num, den float64
		for _, u := range f.Level(territory.BassinDeVie) {
			if v := p.Latest(u, d); v.Shown() {
				num += v.Numerator
				den += v.Denominator
			}
		}
		whole := p.Latest(f.Level(territory.Pays)[0], d)
		if !near(num, whole.Numerator) || !near(den, whole.Denominator) {
			t.Errorf("%s: the basins make %v / %v, the country %v / %v", key, num, den, whole.Numerator, whole.Denominator)
		}
	}
}

func TestStates(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	f := country(t, 300, r)
	p, hand := panel(t, f, r)
	state := func(key string, u *territory.Territory) indicator.Value {
		d, _ := p.Definition(key)
		return p.Latest(u, d)
	}
	france, commune := f.Level(territory.Pays)[0], f.Level(territory.Commune)[4]
	if v := state("single", france); v.State != indicator.NotAdditive || v.Shown() || !math.IsNaN(v.Value) {
		t.Errorf("a figure that does not add up is given for the country: %+v", v)
	}
	if v := state("single", commune); v.Value != hand.figure(2, commune.Code) {
		t.Errorf("the figure of one commune: %+v", v)
	}
	if v := state("withheld", france); v.State != indicator.Withheld || !math.IsNaN(v.Value) || v.Coverage > 0.95 {
		t.Errorf("a figure is shown though a tenth is missing, and not at random: %+v", v)
	}
	if v := state("rate", france); v.State != indicator.Partial || !v.Shown() {
		t.Errorf("a partial figure: %+v", v)
	}
	if v := state("total", f.Level(territory.QPV)[0]); v.State != indicator.TooSmall {
		t.Errorf("a district is given the figure of its commune: %+v", v)
	}
	arm := f.Level(territory.ArrondissementMunicipal)[0]
	if v := state("total", arm); v.Value != hand.figure(0, "99101") {
		t.Errorf("the arrondissement: %+v, want %v", v, hand.figure(0, "99101"))
	}
	departements := f.Level(territory.Departement)
	if v := state("given", departements[1]); v.Value != 7.5 || v.State != indicator.Whole {
		t.Errorf("a published value: %+v", v)
	}
	if v := state("given", departements[0]); v.State != indicator.NotAdditive {
		t.Errorf("a value that is not published: %+v", v)
	}
	for _, u := range f.Level(territory.Commune) {
		if v := state("rate", u); v.Shown() && v.Imprecise != (v.Numerator < indicator.Least) {
			t.Errorf("%s: a numerator of %v, imprecise %v", u.ID, v.Numerator, v.Imprecise)
		}
	}
	growth := state("growth", france)
	if want := 100 * (math.Pow(growth.Numerator/growth.Denominator, 0.25) - 1); !near(growth.Value, want) {
		t.Errorf("growth %v, want %v", growth.Value, want)
	}
}
