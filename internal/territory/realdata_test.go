package territory_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"bassin/internal/realdata"
	"bassin/internal/territory"
)

// Counts published by INSEE, the DGCL and the ANCT for the vintages of data/.
func TestLevelsHaveTheirPublishedCounts(t *testing.T) {
	f := realdata.Snapshot(t).France
	for level, want := range map[territory.Level]int{
		territory.Commune: 34_969, territory.BassinDeVie: 1_707, territory.EPCI: 1_255, territory.EPT: 11,
		territory.ZoneEmploi: 306, territory.AireAttraction: 699, territory.Departement: 109, territory.Region: 26,
		territory.Arrondissement: 333, territory.QPV: 1_584, territory.TerritoireIndustrie: 149,
		territory.ArrondissementMunicipal: 45, territory.Pays: 1,
	} {
		if got := len(f.Level(level)); got != want {
			t.Errorf("%d territories of level %s, %d published", got, level, want)
		}
	}
	// Of the 1,707 basins, 572 span several départements and 1,260 several EPCI.
	several := func(l territory.Level) (n int) {
		for _, bv := range f.Level(territory.BassinDeVie) {
			if len(f.Relations(bv, l)) > 1 {
				n++
			}
		}
		return n
	}
	if dep, epci := several(territory.Departement), several(territory.EPCI); dep != 572 || epci != 1_260 {
		t.Errorf("basins across départements: %d, across EPCI: %d", dep, epci)
	}
}

func TestEveryCommuneOfThe101DepartementsIsInExactlyOneOfEachZoning(t *testing.T) {
	f := realdata.Snapshot(t).France
	for n := range int32(f.Len()) {
		c := f.Commune(n)
		if c.Zone == "com" {
			if len(f.Of(n, territory.BassinDeVie)) > 0 {
				t.Fatalf("%s, in an overseas collectivity, is in a basin", c.Code)
			}
			continue
		}
		for _, l := range []territory.Level{territory.BassinDeVie, territory.ZoneEmploi, territory.Arrondissement, territory.Departement, territory.Region, territory.Pays} {
			if c.Departement == "976" && l == territory.Arrondissement {
				continue // Mayotte has none
			}
			if got := len(f.Of(n, l)); got != 1 {
				t.Fatalf("commune %s is in %d territories of level %s", c.Code, got, l)
			}
		}
	}
}

func TestSharesOfPopulationSumToOneWhereAZoningCovers(t *testing.T) {
	f := realdata.Snapshot(t).France
	for _, level := range []territory.Level{territory.BassinDeVie, territory.EPCI, territory.Departement, territory.ZoneEmploi} {
		for _, u := range f.Level(level) {
			if n, known := u.Population(); !known || n == 0 || u.Zone == "com" {
				continue
			}
			for _, other := range []territory.Level{territory.BassinDeVie, territory.Departement, territory.Region, territory.ZoneEmploi} {
				sum := 0.0
				for _, r := range f.Relations(u, other) {
					sum += r.OfThis
					if back := share(f, r.Other, u); math.Abs(back-r.OfOther) > 1e-12 {
						t.Fatalf("%s and %s disagree on their common share: %v, %v", u.ID, r.Other.ID, back, r.OfOther)
					}
				}
				if math.Abs(sum-1) > 1e-9 {
					t.Fatalf("shares of %s by %s sum to %v", u.ID, other, sum)
				}
			}
		}
	}
}

func share(f *territory.France, t, other *territory.Territory) float64 {
	for _, r := range f.Relations(t, other.Level) {
		if r.Other == other {
			return r.OfThis
		}
	}
	return 0
}

func TestASetIsTheUnionOfItsParts(t *testing.T) {
	f := realdata.Snapshot(t).France
	rng := rand.New(rand.NewPCG(2013, 22))
	basins := f.Level(territory.BassinDeVie)
	for range 200 {
		a, b := basins[rng.IntN(len(basins))], basins[rng.IntN(len(basins))]
		union, err := f.Resolve(a.ID.String()+","+b.ID.String(), nil)
		if err != nil {
			t.Fatal(err)
		}
		swapped, err := f.Resolve(strings.Join(append(f.Codes(b), f.Codes(a)...), ","), nil)
		if err != nil {
			t.Fatal(err)
		}
		if union.Code != swapped.Code || !slices.Equal(union.Communes(), swapped.Communes()) {
			t.Fatalf("%s and %s: the union depends on how it is written", a.ID, b.ID)
		}
		pa, _ := a.Population()
		pb, _ := b.Population()
		if got, _ := union.Population(); a != b && got != pa+pb {
			t.Fatalf("%s and %s: %d inhabitants, want %d", a.ID, b.ID, got, pa+pb)
		}
		if a == b {
			continue
		}
		back, err := f.Resolve(union.ID.String()+"~"+b.ID.String(), func(string) ([]string, error) { return f.Codes(union), nil })
		if err != nil || !slices.Equal(back.Communes(), a.Communes()) {
			t.Fatalf("%s and %s: taking one away does not leave the other (%v)", a.ID, b.ID, err)
		}
	}
}

func TestTrickyPlaces(t *testing.T) {
	f := realdata.Snapshot(t).France
	at := func(code string) int32 {
		t.Helper()
		n, ok := f.CommuneNumber(code)
		if !ok {
			t.Fatalf("no commune %s", code)
		}
		return n
	}
	in := func(code string, l territory.Level, want string) {
		t.Helper()
		u := f.One(at(code), l)
		if got := ""; u != nil && u.Code != want || u == nil && want != got {
			t.Errorf("%s: %s is %v, want %q", code, l, u, want)
		}
	}
	in("22146", territory.BassinDeVie, "22266") // Mellionnec lives with Rostrenen
	in("22278", territory.BassinDeVie, "22278") // a basin has the code of its pole
	in("2A004", territory.Departement, "2A")
	in("75056", territory.EPCI, "200054781")
	in("97411", territory.BassinDeVie, "97411")
	in("98735", territory.BassinDeVie, "") // Papeete
	for _, island := range []string{"22016", "29083", "29155", "85113"} {
		in(island, territory.EPCI, "")
	}
	if got := len(f.Of(at("75056"), territory.ArrondissementMunicipal)); got != 20 {
		t.Errorf("Paris has %d arrondissements", got)
	}
	for old, want := range map[string]string{"22102": "22046", "14697": "14654", "50129": "50129", "49069": "49126", "20004": "2A004"} {
		if got := f.Current(old); !slices.Contains(got, want) {
			t.Errorf("%s leads to %v, want %s", old, got, want)
		}
	}
	mene := f.History("22046")
	if len(mene) == 0 || mene[len(mene)-1].Date != "2016-01-01" || mene[len(mene)-1].Kind() != territory.Merged {
		t.Errorf("Le Mené was made by merger on 2016-01-01: %+v", mene)
	}
	if got := len(f.Formers("22046")); got < 6 {
		t.Errorf("Le Mené took in %d communes", got)
	}
	paris, _ := f.Territory(territory.ID{Level: territory.BassinDeVie, Code: "75056"})
	if n, _ := paris.Population(); len(paris.Communes()) != 439 || n < 10_700_000 || n > 10_900_000 {
		t.Errorf("the basin of Paris: %d communes, %d inhabitants", len(paris.Communes()), n)
	}
}
