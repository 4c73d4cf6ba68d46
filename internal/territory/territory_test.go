package territory_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/fault"
	"bassin/internal/territory"
)

func pop(n int32) *int32 { return &n }

// small is a country of five communes, two basins across two EPCI, one merger.
func small(t testing.TB) *territory.France {
	t.Helper()
	commune := func(code, name, bv, epci, dep string, p *int32) territory.CommuneRow {
		return territory.CommuneRow{
			Code: code, Name: name, Zone: "metro", Population: p, PostalCodes: []string{"22000"},
			BassinDeVie: bv, EPCI: epci, Departement: dep, Region: "53", Lon: -3, Lat: 48,
		}
	}
	zone := func(l territory.Level, code, name string) territory.ZoneRow {
		return territory.ZoneRow{Level: string(l), Code: code, Name: name}
	}
	f, err := territory.New(territory.Tables{
		Vintage: 2026,
		Communes: []territory.CommuneRow{
			commune("22001", "Un", "22002", "200000001", "22", pop(100)),
			commune("22002", "Deux", "22002", "200000001", "22", pop(300)),
			commune("22003", "Trois", "22002", "200000002", "22", nil),
			commune("29001", "Quatre", "29001", "200000002", "29", pop(500)),
			commune("29002", "Île", "29001", "", "29", pop(0)),
		},
		Zones: []territory.ZoneRow{
			zone(territory.BassinDeVie, "22002", "Deux"), zone(territory.BassinDeVie, "29001", "Quatre"),
			zone(territory.EPCI, "200000001", "CC Une"), zone(territory.EPCI, "200000002", "CC Autre"),
			zone(territory.Departement, "22", "Côtes-d'Armor"), zone(territory.Departement, "29", "Finistère"),
			zone(territory.Region, "53", "Bretagne"), zone(territory.QPV, "QN02201M", "Le Quartier"),
		},
		Members:     []territory.MemberRow{{Level: "qpv", Code: "QN02201M", Commune: "22002"}},
		Parts:       []territory.PartRow{{Code: "22009", Name: "Vieux", Type: territory.PartDeleguee, Commune: "22002"}},
		Populations: []territory.PopulationRow{{Commune: "22001", Year: 2016, Population: 90}, {Commune: "22002", Year: 2016, Population: 280}, {Commune: "22001", Year: 2022, Population: 99}},
		Events: []territory.EventRow{
			{Date: "1973-01-01", Mod: 31, FromType: "COM", FromCode: "22008", FromName: "Plus vieux", ToType: "COM", ToCode: "22009", ToName: "Vieux"},
			{Date: "2016-01-01", Mod: 32, FromType: "COM", FromCode: "22002", FromName: "Deux", ToType: "COM", ToCode: "22002", ToName: "Deux"},
			{Date: "2016-01-01", Mod: 32, FromType: "COM", FromCode: "22009", FromName: "Vieux", ToType: "COM", ToCode: "22002", ToName: "Deux"},
			{Date: "2016-01-01", Mod: 32, FromType: "COM", FromCode: "22009", FromName: "Vieux", ToType: "COMD", ToCode: "22009", ToName: "Vieux"},
		},
		Passages: []territory.PassageRow{{Old: "22009", New: "22002"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestPopulationOfMembers(t *testing.T) {
	f := small(t)
	for _, c := range []struct {
		expr  string
		want  int
		known bool
	}{
		{"bv:22002", 400, true}, {"epci:200000002", 500, true}, {"pays:FR", 900, true},
		{"22003", 0, false}, {"29002", 0, true}, {"qpv:QN02201M", 0, false},
	} {
		u, err := f.Resolve(c.expr, nil)
		if err != nil {
			t.Fatalf("%s: %v", c.expr, err)
		}
		if got, known := u.Population(); got != c.want || known != c.known {
			t.Errorf("population of %s = %d, %v, want %d, %v", c.expr, got, known, c.want, c.known)
		}
	}
}

func TestRelationsGiveSharesOnBothSides(t *testing.T) {
	f := small(t)
	bv, _ := f.Territory(territory.ID{Level: territory.BassinDeVie, Code: "22002"})
	rs := f.Relations(bv, territory.EPCI)
	if len(rs) != 2 || rs[0].Other.Code != "200000001" || rs[1].Other.Code != "200000002" {
		t.Fatalf("relations of bv:22002 with EPCI: %+v", rs)
	}
	if rs[0].OfThis != 1 || rs[0].OfOther != 1 || rs[0].Communes != 2 {
		t.Errorf("first EPCI: %+v", rs[0])
	}
	if rs[1].OfThis != 0 || rs[1].Population != 0 || rs[1].Communes != 1 {
		t.Errorf("a commune without a published population counts for nothing: %+v", rs[1])
	}
	if q := f.Relations(bv, territory.QPV); len(q) != 1 || q[0].Known {
		t.Errorf("no share of population may be told of a QPV: %+v", q)
	}
}

func TestRelationSharesSumToOneWhereTheZoningCovers(t *testing.T) {
	f := small(t)
	for _, l := range []territory.Level{territory.BassinDeVie, territory.Departement, territory.Region} {
		for _, u := range f.Level(territory.EPCI) {
			sum := 0.0
			for _, r := range f.Relations(u, l) {
				sum += r.OfThis
			}
			if math.Abs(sum-1) > 1e-12 {
				t.Errorf("shares of %s by %s sum to %v", u.ID, l, sum)
			}
		}
	}
}

func TestSeriesNeverChangesPerimeter(t *testing.T) {
	f := small(t)
	u, _ := f.Resolve("22001,22002", nil)
	if diff := cmp.Diff([]territory.Count{{Year: 2016, Population: 370}}, f.Series(u)); diff != "" {
		t.Errorf("2022 lacks a member and must be left out (-want +got):\n%s", diff)
	}
}

func TestHistory(t *testing.T) {
	f := small(t)
	if got := f.Current("22009"); !slices.Equal(got, []string{"22002"}) {
		t.Errorf("22009 leads to %v", got)
	}
	if got := f.Current("22008"); !slices.Equal(got, []string{"22002"}) {
		t.Errorf("22008, absent from the passage table, leads to %v through the log", got)
	}
	if got := f.Current("99999"); got != nil {
		t.Errorf("an unknown code leads to %v", got)
	}
	var names []string
	for _, o := range f.Formers("22002") {
		names = append(names, o.Name)
	}
	if diff := cmp.Diff([]string{"Plus vieux", "Vieux"}, names); diff != "" {
		t.Errorf("formers of 22002 (-want +got):\n%s", diff)
	}
	if h := f.History("22002"); len(h) != 1 || h[0].FromCode != "22009" || h[0].Kind() != territory.Merged {
		t.Errorf("history of 22002: %+v", h)
	}
}

func TestResolveSets(t *testing.T) {
	f := small(t)
	kept := func(code string) ([]string, error) {
		if code == "abcdefgh12" {
			return []string{"22001", "29001"}, nil
		}
		return nil, fault.New(fault.NotFound, "territory.not_found", code)
	}
	for _, c := range []struct {
		expr string
		want []string
		code fault.Code
	}{
		{expr: "22001,22002", want: []string{"22001", "22002"}},
		{expr: "communes=22001,22002", want: []string{"22001", "22002"}},
		{expr: "communes=", code: fault.Invalid},
		{expr: "22002,22001,22001", want: []string{"22001", "22002"}},
		{expr: "22001, 22002,", want: []string{"22001", "22002"}},
		{expr: "bv:22002~22003", want: []string{"22001", "22002"}},
		{expr: "bv:22002~22003,22003", want: []string{"22001", "22002", "22003"}},
		{expr: "epci:200000001,bv:29001~29002", want: []string{"22001", "22002", "29001"}},
		{expr: "22009,22001", want: []string{"22001", "22002"}},
		{expr: "set:abcdefgh12~29001,22003", want: []string{"22001", "22003"}},
		{expr: "set:abcdefgh12", want: []string{"22001", "29001"}},
		{expr: "", code: fault.Invalid},
		{expr: "~22001", code: fault.Invalid},
		{expr: "22001~", code: fault.Invalid},
		{expr: "22001~22001", code: fault.Invalid},
		{expr: "22001,qpv:QN02201M", code: fault.Invalid},
		{expr: "22001,99999", code: fault.NotFound},
		{expr: "bv:99999", code: fault.NotFound},
		{expr: "planet:earth", code: fault.Invalid},
		{expr: "set:zzzzzzzzzz", code: fault.NotFound},
		{expr: "../../etc", code: fault.Invalid},
	} {
		u, err := f.Resolve(c.expr, kept)
		if got := fault.CodeOf(err); got != c.code {
			t.Errorf("Resolve(%q): %v, want code %q", c.expr, err, c.code)
			continue
		}
		if err != nil {
			var e *fault.Error
			if !errors.As(err, &e) || e.Key == "" {
				t.Errorf("Resolve(%q): %v is not an error for people", c.expr, err)
			}
			continue
		}
		if diff := cmp.Diff(c.want, f.Codes(u)); diff != "" {
			t.Errorf("Resolve(%q) (-want +got):\n%s", c.expr, diff)
		}
	}
}

func TestSetCodeIsTheContentOnly(t *testing.T) {
	f := small(t)
	a, _ := f.Resolve("22001,22002,22003", nil)
	b, _ := f.Resolve("22003,bv:22002", nil)
	c, _ := f.Resolve("22001,22002", nil)
	if a.Code != b.Code || a.Code == c.Code {
		t.Errorf("addresses %s and %s of the same set, %s of another", a.Code, b.Code, c.Code)
	}
	if !territory.IsSetCode(a.Code) {
		t.Errorf("%q is not a short address", a.Code)
	}
}

func FuzzResolve(f *testing.F) {
	fr := small(f)
	for _, s := range []string{"22001", "22001,22002~bv:29001", "set:abcdefgh12", "~", ",,,", "bv:22002~~22001", "é,", "ti:ti-0101"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		u, err := fr.Resolve(expr, nil)
		if (u == nil) == (err == nil) {
			t.Fatalf("Resolve(%q) = %v, %v", expr, u, err)
		}
		if err != nil && fault.CodeOf(err) == fault.Internal {
			t.Fatalf("Resolve(%q) fails with a defect: %v", expr, err)
		}
		if u != nil && (len(u.Communes()) == 0 || !slices.IsSorted(u.Communes())) {
			t.Fatalf("Resolve(%q) has members %v", expr, u.Communes())
		}
	})
}
