package place

import (
	"cmp"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"bassin/internal/territory"
)

func small(t *testing.T) ([]territory.CommuneRow, []Row, *Index) {
	t.Helper()
	communes := []territory.CommuneRow{
		{Code: "22113", Departement: "22", Zone: "metro", Lon: -3.46, Lat: 48.74, PostalCodes: []string{"22300"}},
		{Code: "22278", Departement: "22", Zone: "metro", Lon: -2.76, Lat: 48.51, PostalCodes: []string{"22000"}},
		{Code: "2A004", Departement: "2A", Zone: "metro", Lon: 8.7, Lat: 41.93, PostalCodes: []string{"20000"}},
	}
	rows := []Row{
		{Kind: "stop", Source: "transit-stations", ID: "node/1", Name: "Gare", Commune: "22278", Lon: -2.764, Lat: 48.507, Type: "train", Count: -1},
		{Kind: "france-services", Source: "france-services", ID: "2", Name: "Bus", Commune: "22113", Lon: -3.45, Lat: 48.73, Format: "bus", Itinerant: true, Count: -1},
		{Kind: "france-services", Source: "france-services", ID: "1", Name: "Brieuc", Address: strings.Repeat("3 rue de Genève ", 30), Postcode: "22000", City: "Saint-Brieuc", Commune: "22278",
			Lon: -2.745, Lat: 48.517, Type: "main", Format: "fixed", Hours: "Mo 08:00 - 12:00", Labels: []string{"a", "b"}, Date: "2020-01-01", Appointment: true, Count: -1},
		{Kind: "france-services", Source: "france-services", ID: "3", Name: "Doubtful", Commune: "22113", Lon: -3.46, Lat: 48.74, Doubt: true, Count: -1},
		{Kind: "aidants-connect", Source: "aidants-connect", ID: "9", Name: "CCAS", Postcode: "22300", Count: -1},
		{Kind: "aidants-connect", Source: "aidants-connect", ID: "8", Name: "Mairie", Postcode: "22000", Commune: "22278", Count: -1},
		{Kind: "primary-school", Name: "Untold", Commune: "22113", Count: -1},
		{Kind: "primary-school", Name: "Told", Commune: "22278", Count: 40},
		{Kind: "primary-school", Name: "Untold too", Commune: "22278", Count: -1},
	}
	x, err := New(communes, rows[:1], rows[1:])
	if err != nil {
		t.Fatal(err)
	}
	return communes, rows, x
}

func TestIndexKeepsEveryRow(t *testing.T) {
	_, rows, x := small(t)
	if x.Len() != len(rows) {
		t.Fatalf("%d places of %d rows", x.Len(), len(rows))
	}
	var got []Row
	for i := range x.Len() {
		got = append(got, x.At(int32(i)).Row)
	}
	byKind := func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	}
	want := slices.Clone(rows)
	slices.SortFunc(want, byKind)
	slices.SortFunc(got, byKind)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	names := func(ids []int32) (out []string) {
		for _, i := range ids {
			out = append(out, x.At(i).Name)
		}
		return out
	}
	for _, c := range []struct {
		kind     Kind
		communes []int32
		want     []string
	}{
		{FranceServices, []int32{0, 1}, []string{"Bus", "Doubtful", "Brieuc"}},
		{FranceServices, []int32{1}, []string{"Brieuc"}},
		{FranceServices, []int32{2}, nil},
		{AidantsConnect, []int32{0, 1, 2}, []string{"Mairie"}}, // one is of no known commune
		{Library, []int32{0, 1, 2}, nil},
		{"castle", []int32{0}, nil},
	} {
		if got := names(x.In(c.kind, c.communes)); !slices.Equal(got, c.want) || x.Count(c.kind, c.communes) != len(c.want) {
			t.Errorf("%s in %v: %v, want %v", c.kind, c.communes, got, c.want)
		}
	}
}

func TestUnknownCommuneOrKind(t *testing.T) {
	for _, r := range []Row{{Kind: "library", Commune: "99999"}, {Kind: "castle"}} {
		if _, err := New(nil, []Row{r}); err == nil || !strings.Contains(err.Error(), r.Kind) {
			t.Errorf("%+v: %v", r, err)
		}
	}
}

func TestNearestPassesOver(t *testing.T) {
	communes, _, x := small(t)
	i, km, ok := x.Nearest(FranceServices, communes[0].Lon, communes[0].Lat)
	if !ok || x.At(i).Name != "Brieuc" || math.Abs(km-58.1) > 0.2 {
		t.Errorf("nearest to Lannion: %v, %.2f km, %v: neither the bus nor the doubtful one counts", x.At(i).Name, km, ok)
	}
	if _, _, ok := x.Nearest(AidantsConnect, 0, 45); ok {
		t.Error("a place without a point is near")
	}
	if _, _, ok := x.Nearest("castle", 0, 45); ok {
		t.Error("an unknown kind is near")
	}
}

// A degree of longitude on the equator, and of latitude anywhere, is 2πR/360;
// Paris to New York is 5,837 km by the tables of distances on the sphere.
func TestKm(t *testing.T) {
	degree := 2 * math.Pi * EarthKm / 360
	for _, c := range []struct{ lon1, lat1, lon2, lat2, want, within float64 }{
		{0, 0, 1, 0, degree, 1e-9}, {2, 48, 2, 49, degree, 1e-9}, {5, 90, 80, 90, 0, 1e-9}, {-180, 10, 180, 10, 0, 1e-9},
		{0, 0, 180, 0, math.Pi * EarthKm, 1e-9}, {2.3522, 48.8566, -74.0060, 40.7128, 5837, 1},
	} {
		if got := Km(c.lon1, c.lat1, c.lon2, c.lat2); math.Abs(got-c.want) > c.within {
			t.Errorf("%v: %v km, want %v", c, got, c.want)
		}
	}
}

func TestNearestIsBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	random := func(spread float64) float64 { return math.Round((2*r.Float64()-1)*spread*1e6) / 1e6 }
	for _, spread := range []float64{180, 0.5} { // the whole Earth, the antimeridian included, and one town
		var rows []Row
		for range 3000 {
			rows = append(rows, Row{Kind: "library", Lon: random(spread), Lat: random(spread / 2), Doubt: r.IntN(9) == 0, Itinerant: r.IntN(9) == 0})
		}
		rows = append(rows, rows[:50]...) // the same points twice
		x, err := New(nil, rows)
		if err != nil {
			t.Fatal(err)
		}
		for range 500 {
			lon, lat := random(spread), random(spread/2)
			want := math.Inf(1)
			for i := range rows {
				if !rows[i].Doubt && !rows[i].Itinerant {
					want = min(want, Km(lon, lat, rows[i].Lon, rows[i].Lat))
				}
			}
			if i, km, ok := x.Nearest(Library, lon, lat); !ok || math.Abs(km-want) > 1e-6 || x.At(i).Doubt || x.At(i).Itinerant {
				t.Fatalf("nearest to %v, %v at %v km, want %v", lon, lat, km, want)
			}
		}
	}
}

func TestColumnsTellAbsentFromZero(t *testing.T) {
	communes, _, x := small(t)
	got := map[string][]float64{}
	for i, c := range Columns(communes, x) {
		if c.Name != Computed[i].Name || c.ODbL != Computed[i].ODbL {
			t.Errorf("column %d is %s, want %s", i, c.Name, Computed[i].Name)
		}
		got[c.Name] = c.Values
	}
	nan := math.NaN()
	for name, want := range map[string][]float64{
		"france_services_sites":      {1, 1, nan}, // nothing is said of Corsica
		"france_services_itinerant":  {1, 0, nan},
		"aidants_connect_structures": {nan, 1, nan}, // a structure of 22300 is somewhere there
		"schools_primary":            {1, 2, nan},
		"pupils":                     {nan, 40, nan}, // no number is published in the first
		"libraries_listed":           {nan, nan, nan},
		"rail_km":                    {nan, nan, nan},
	} {
		if !slices.EqualFunc(got[name], want, func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }) {
			t.Errorf("%s: %v, want %v", name, got[name], want)
		}
	}
}

func TestKinds(t *testing.T) {
	for _, k := range Kinds {
		if k.Complete() != (k == FranceServices) {
			t.Errorf("%s: only France services is a complete list", k)
		}
	}
	if !Mediation.Help() || Library.Help() || Kind("castle").Help() || Kind("castle").Valid() {
		t.Error("places of help are mistaken")
	}
}
