package atlas_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/atlas"
	"bassin/internal/territory"
)

func inhabitants(n int32) *int32 { return &n }

// country is a small France: two basins across two EPCI and two départements, a
// large town divided in arrondissements, an island without EPCI, a commune
// overseas without any zoning, and a région of 160 communes.
func country(t testing.TB) *territory.France {
	t.Helper()
	var communes []territory.CommuneRow
	zones := map[territory.ID]string{}
	add := func(c territory.CommuneRow) {
		for l, code := range map[territory.Level]string{
			territory.BassinDeVie: c.BassinDeVie, territory.EPCI: c.EPCI, territory.EPT: c.EPT,
			territory.Departement: c.Departement, territory.Region: c.Region, territory.AireAttraction: c.AireAttraction,
		} {
			if code != "" {
				zones[territory.ID{Level: l, Code: code}] = string(l) + " " + code
			}
		}
		communes = append(communes, c)
	}
	for i := range 160 {
		add(territory.CommuneRow{
			Code: fmt.Sprintf("01%03d", i+1), Name: fmt.Sprintf("Ain %d", i+1), Zone: "metro", Population: inhabitants(10), Density: 7,
			BassinDeVie: fmt.Sprintf("%05d", 1001+i/20*20), EPCI: fmt.Sprint(200000100 + i/80), Departement: "01", Region: "84", Massif: "02 - Massif du Jura",
		})
	}
	add(territory.CommuneRow{Code: "22001", Name: "Un", Zone: "metro", Population: inhabitants(100), Density: 6, BassinDeVie: "22002", EPCI: "200000001", Departement: "22", Region: "53", FRR: "FRR+", PVD: true, PVDDate: "2021-05-12", ORT: true, ORTDate: "2023-04-14", AireAttraction: "001"})
	add(territory.CommuneRow{Code: "22002", Name: "Deux", Zone: "metro", Population: inhabitants(300), Density: 5, BassinDeVie: "22002", EPCI: "200000001", Departement: "22", Region: "53", FRR: "FRR socle", ORT: true, ORTDate: "2020-01-24", AireAttraction: "001"})
	add(territory.CommuneRow{Code: "22003", Name: "Trois", Zone: "metro", BassinDeVie: "22002", EPCI: "200000002", Departement: "22", Region: "53", FRR: atlas.NotFRR})
	add(territory.CommuneRow{Code: "29001", Name: "Quatre", Zone: "metro", Population: inhabitants(600), Density: 6, BassinDeVie: "22002", EPCI: "200000002", Departement: "29", Region: "53"})
	add(territory.CommuneRow{Code: "29002", Name: "Île", Zone: "metro", Population: inhabitants(0), Density: 7, BassinDeVie: "29002", Departement: "29", Region: "53"})
	add(territory.CommuneRow{Code: "75056", Name: "Paris", Zone: "metro", Population: inhabitants(2_000_000), Density: 1, BassinDeVie: "75056", EPCI: "200054781", Departement: "75", Region: "11"})
	add(territory.CommuneRow{Code: "93001", Name: "Aubervilliers", Zone: "metro", Population: inhabitants(90_000), Density: 1, BassinDeVie: "75056", EPCI: "200054781", EPT: "200057867", Departement: "93", Region: "11"})
	add(territory.CommuneRow{Code: "98735", Name: "Papeete", Zone: "com", Departement: "987", Region: "987", Population: inhabitants(26_000)})
	tables := territory.Tables{
		Vintage: 2026, Communes: communes,
		Members: []territory.MemberRow{{Level: "qpv", Code: "QN02201M", Commune: "22002"}, {Level: "qpv", Code: "QN02201M", Commune: "22001"}},
		Parts: []territory.PartRow{
			{Code: "75111", Name: "Paris 11e Arrondissement", Type: territory.PartArrondissement, Commune: "75056", Population: inhabitants(138_170)},
			{Code: "75112", Name: "Paris 12e Arrondissement", Type: territory.PartArrondissement, Commune: "75056", Population: inhabitants(139_000)},
			{Code: "22009", Name: "Vieux", Type: territory.PartDeleguee, Commune: "22002"},
		},
		Events: []territory.EventRow{
			{Date: "2016-01-01", Mod: 32, FromType: "COM", FromCode: "22009", FromName: "Vieux", ToType: "COM", ToCode: "22002", ToName: "Deux"},
		},
	}
	for _, l := range territory.Levels {
		for id, name := range zones {
			if id.Level == l {
				tables.Zones = append(tables.Zones, territory.ZoneRow{Level: string(l), Code: id.Code, Name: name})
			}
		}
	}
	tables.Zones = append(tables.Zones, territory.ZoneRow{Level: "qpv", Code: "QN02201M", Name: "Le Quartier"})
	f, err := territory.New(tables)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func find(t testing.TB, f *territory.France, expr string) *territory.Territory {
	t.Helper()
	u, err := f.Resolve(expr, nil)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestLead(t *testing.T) {
	f := country(t)
	for _, c := range []struct{ commune, lead string }{
		{"22001", "bv:22002"},       // its basin
		{"29002", "bv:29002"},       // an island without EPCI has a basin all the same
		{"75056", "epci:200054781"}, // the basin is too large
		{"93001", "ept:200057867"},  // and an EPT is nearer than the métropole
		{"98735", ""},               // no basin overseas
	} {
		got := ""
		if p := atlas.Draw(f, find(t, f, c.commune)); p.Lead != nil {
			got = p.Lead.ID.String()
		}
		if got != c.lead {
			t.Errorf("%s leads to %q, want %q", c.commune, got, c.lead)
		}
	}
}

func TestUnitFollowsTheNumberOfCommunes(t *testing.T) {
	f := country(t)
	for _, c := range []struct {
		expr    string
		unit    territory.Level
		members int
	}{
		{"bv:22002", territory.Commune, 4},
		{"dep:01", territory.BassinDeVie, 8},
		{"reg:84", territory.BassinDeVie, 8},
		{"pays:FR", territory.Departement, 5},
		{"75056", territory.ArrondissementMunicipal, 2},
		{"22001", territory.Commune, 0},
		{"22001,dep:01", territory.BassinDeVie, 9},
		{"qpv:QN02201M", territory.Commune, 2},
		{"arm:75111", territory.Commune, 1},
	} {
		p := atlas.Draw(f, find(t, f, c.expr))
		if p.Unit != c.unit || len(p.Members) != c.members {
			t.Errorf("%s is listed by %d %s, want %d %s", c.expr, len(p.Members), p.Unit, c.members, c.unit)
		}
	}
}

func TestCrossings(t *testing.T) {
	f := country(t)
	type told struct{ Inside, Same, Contained bool }
	for _, c := range []struct {
		expr  string
		level territory.Level
		want  told
		out   int
	}{
		{"22001", territory.BassinDeVie, told{Inside: true}, 0},
		{"bv:22002", territory.EPCI, told{Contained: true}, 0},
		{"bv:22002", territory.Departement, told{}, 0},
		{"bv:22002", territory.Region, told{Inside: true}, 0},
		{"bv:22002", territory.AireAttraction, told{}, 2},
		{"dep:29", territory.EPCI, told{}, 1},
		{"dep:01", territory.Region, told{Inside: true, Same: true, Contained: true}, 0},
		{"dep:01", territory.BassinDeVie, told{Contained: true}, 0},
		{"qpv:QN02201M", territory.Commune, told{}, 0},
		{"qpv:QN02201M", territory.EPCI, told{Inside: true}, 0},
		{"arm:75111", territory.Commune, told{Inside: true}, 0},
	} {
		var got *atlas.Crossing
		for _, x := range atlas.Draw(f, find(t, f, c.expr)).Crossings {
			if x.Level == c.level {
				got = &x
			}
		}
		if got == nil {
			t.Errorf("%s says nothing of %s", c.expr, c.level)
			continue
		}
		if diff := cmp.Diff(c.want, told{got.Inside(), got.Same(), got.Contained()}); diff != "" || got.Outside != c.out {
			t.Errorf("%s and %s, %d communes outside, want %d (-want +got):\n%s", c.expr, c.level, got.Outside, c.out, diff)
		}
	}
	for _, expr := range []string{"pays:FR", "98735"} {
		for _, x := range atlas.Draw(f, find(t, f, expr)).Crossings {
			if x.Level == territory.BassinDeVie || expr == "pays:FR" {
				t.Errorf("%s is said to cross %s", expr, x.Level)
			}
		}
	}
}

func TestSharesNeverComeFromDistricts(t *testing.T) {
	f := country(t)
	for _, expr := range []string{"qpv:QN02201M", "arm:75111"} {
		p := atlas.Draw(f, find(t, f, expr))
		if p.Series != nil || p.Marks != nil || p.Density != nil || p.Districts != nil {
			t.Errorf("%s has figures that are its communes': %+v", expr, p)
		}
		for _, c := range p.Crossings {
			for _, r := range c.Relations {
				if r.Known || r.Population != 0 {
					t.Errorf("%s: a share of %s is told", expr, r.Other.ID)
				}
			}
		}
		for _, m := range p.Members {
			if m.Known || m.Partial() {
				t.Errorf("%s: a share of member %s is told", expr, m.ID)
			}
		}
	}
}

func TestMembersSayWhatIsOutside(t *testing.T) {
	f := country(t)
	p := atlas.Draw(f, find(t, f, "dep:22"))
	for _, m := range atlas.Members(f, p.Territory, territory.EPCI) {
		want := m.Code == "200000002" // half of it lies in the Finistère
		if m.Partial() != want {
			t.Errorf("%s is partial: %v, want %v", m.ID, m.Partial(), want)
		}
	}
	known := map[string]bool{}
	for _, m := range p.Members {
		known[m.Code] = m.Known
	}
	if diff := cmp.Diff(map[string]bool{"22001": true, "22002": true, "22003": false}, known); diff != "" {
		t.Errorf("members whose population is known (-want +got):\n%s", diff)
	}
}

func TestMarks(t *testing.T) {
	f := country(t)
	type mark struct {
		Programme    atlas.Programme
		Detail       string
		Communes     int
		Population   int
		Since, Until string
	}
	var got []mark
	for _, m := range atlas.Draw(f, find(t, f, "bv:22002,01001")).Marks {
		got = append(got, mark{m.Programme, m.Detail, len(m.Communes), m.Population, m.Since, m.Until})
	}
	want := []mark{
		{atlas.PVD, "", 1, 100, "2021-05-12", "2021-05-12"},
		{atlas.ORT, "", 2, 400, "2020-01-24", "2023-04-14"},
		{atlas.FRR, "FRR socle", 1, 300, "", ""},
		{atlas.FRR, "FRR+", 1, 100, "", ""},
		{atlas.Massif, "Massif du Jura", 1, 10, "", ""},
		{atlas.VerySparse, "", 1, 10, "", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("marks (-want +got):\n%s", diff)
	}
}

func TestDensitySharesSumToOne(t *testing.T) {
	f := country(t)
	for _, l := range territory.Levels {
		for _, u := range f.Level(l) {
			sum, classes := 0.0, atlas.Draw(f, u).Density
			for _, c := range classes {
				sum += c.Share
			}
			if pop, _ := u.Population(); len(classes) > 0 && pop > 0 && u.Zone != "com" && (sum < 0.999999 || sum > 1.000001) {
				t.Errorf("density classes of %s sum to %v", u.ID, sum)
			}
		}
	}
}

func TestCommuneKeepsItsStory(t *testing.T) {
	f := country(t)
	p := atlas.Draw(f, find(t, f, "22002"))
	if len(p.History) != 1 || len(p.Parts) != 1 || len(p.Districts) != 1 || p.Basin == nil {
		t.Errorf("portrait of 22002: %+v", p)
	}
	if p.Principal == nil || p.Principal.Code != "22002" {
		t.Errorf("principal commune %v", p.Principal)
	}
	if p := atlas.Draw(f, find(t, f, "22003")); p.Principal != nil {
		t.Errorf("22003 has no published population and still a principal %v", p.Principal)
	}
}
