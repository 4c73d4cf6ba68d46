package place_test

import (
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"bassin/internal/i18n"
	"bassin/internal/place"
	"bassin/internal/realdata"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
)

var update = flag.Bool("update", false, "write the golden files anew")

func communes(s *snapshot.Snapshot) []territory.CommuneRow {
	out := make([]territory.CommuneRow, s.France.Len())
	for i := range out {
		out[i] = *s.France.Commune(int32(i))
	}
	return out
}

// The figures that the producers publish of their lists, and towns looked up by
// hand in the files.
func TestRealPlaces(t *testing.T) {
	s := realdata.Snapshot(t)
	x := s.Places
	main, antennas, itinerant, pupils, posts, charge := 0, 0, 0, 0, 0, 0
	in := map[int32]bool{}
	for i := range x.Len() {
		p := x.At(int32(i))
		switch k := place.Kind(p.Kind); k {
		case place.FranceServices:
			in[p.Number] = true
			if p.Type == "main" {
				main++
			} else {
				antennas++
			}
			if p.Itinerant {
				itinerant++
			}
			if p.Doubt || !p.Located() || p.Number < 0 {
				t.Errorf("France services %s (%s) cannot be placed", p.ID, p.Name)
			}
		case place.PrimarySchool, place.MiddleSchool, place.HighSchool, place.AdaptedSchool, place.SchoolSection:
			pupils += max(0, int(p.Count))
		case place.Conseillers:
			posts += int(p.Count)
		case place.EVCharging:
			charge += int(p.Count)
		}
	}
	if main != 2721 || antennas != 124 || itinerant != 163 || len(in) != 2602 {
		t.Errorf("France services: %d main sites, %d antennas, %d itinerant, %d communes; ANCT has 2721, 124, 163, 2602", main, antennas, itinerant, len(in))
	}
	if pupils != 11959620 || posts != 2138 || charge != 54928 {
		t.Errorf("%d pupils, %d posts, %d charge points", pupils, posts, charge)
	}
	for _, c := range []struct {
		commune string
		want    map[place.Kind]int
	}{
		{"22278", map[place.Kind]int{place.FranceServices: 1, place.Mediation: 13, place.PrimarySchool: 29, place.MiddleSchool: 8, place.HighSchool: 11, place.SchoolSection: 3, place.RailStation: 1}},
		{"22113", map[place.Kind]int{place.FranceServices: 1, place.Mediation: 2, place.PrimarySchool: 11, place.RailStation: 1}},
	} {
		n, _ := s.France.CommuneNumber(c.commune)
		for k, want := range c.want {
			if got := x.Count(k, []int32{n}); got != want {
				t.Errorf("%s: %d %s, want %d", c.commune, got, k, want)
			}
		}
	}
	brieuc, _ := s.France.CommuneNumber("22278")
	p := x.At(x.In(place.FranceServices, []int32{brieuc})[0])
	if p.Name != "France services Saint-Brieuc" || p.Address != "3 Rue de Genève" || p.Postcode != "22000" || p.Date != "2020-01-01" || p.ID != "133" {
		t.Errorf("the one of Saint-Brieuc is %+v", p)
	}
	for k, want := range map[place.Kind]int{
		place.FranceServices: 2845, place.Mediation: 11923, place.Conseillers: 1450, place.AidantsConnect: 3407, place.ThirdPlace: 414, place.Library: 15779,
		place.EVCharging: 17144, place.RailStation: 2974,
	} {
		if from, to := x.Of(k); int(to-from) != want {
			t.Errorf("%d places of kind %s, want %d", to-from, k, want)
		}
	}
}

// A set of communes has the places of its parts, in whatever order.
func TestRealCountsAdd(t *testing.T) {
	s := realdata.Snapshot(t)
	for _, k := range place.Kinds {
		whole, parts := 0, 0
		for _, d := range s.France.Level(territory.Departement) {
			n := s.Places.Count(k, d.Communes())
			back := slices.Clone(d.Communes())
			slices.Reverse(back)
			if got := len(s.Places.In(k, back)); got != n {
				t.Errorf("%s in %s: %d, and %d from the end", k, d.Name, n, got)
			}
			parts += n
		}
		from, to := s.Places.Of(k)
		for i := from; i < to; i++ {
			if s.Places.At(i).Number >= 0 {
				whole++
			}
		}
		if parts != whole {
			t.Errorf("%s: %d by département, %d in all", k, parts, whole)
		}
	}
}

func TestRealNearestIsBruteForce(t *testing.T) {
	s := realdata.Snapshot(t)
	x := s.Places
	for _, k := range []place.Kind{place.FranceServices, place.RailStation} {
		from, to := x.Of(k)
		for n := int32(0); n < int32(s.France.Len()); n += 97 {
			c := s.France.Commune(n)
			want := math.Inf(1)
			for i := from; i < to; i++ {
				if lon, lat, ok := x.Point(i); ok && !(k == place.FranceServices && x.At(i).Itinerant) {
					want = min(want, place.Km(c.Lon, c.Lat, lon, lat))
				}
			}
			if _, km, ok := x.Nearest(k, c.Lon, c.Lat); !ok || math.Abs(km-want) > 1e-9*max(1, want) {
				t.Errorf("%s nearest to %s: %v km, want %v", k, c.Name, km, want)
			}
		}
	}
}

func TestRealColumns(t *testing.T) {
	s := realdata.Snapshot(t)
	rows := communes(s)
	sums, known := map[string]float64{}, map[string]int{}
	columns := map[string][]float64{}
	for _, c := range place.Columns(rows, s.Places) {
		if len(c.Values) != len(rows) {
			t.Fatalf("%s has %d values", c.Name, len(c.Values))
		}
		columns[c.Name] = c.Values
		for _, v := range c.Values {
			if !math.IsNaN(v) {
				sums[c.Name] += v
				known[c.Name]++
			}
		}
	}
	var got strings.Builder
	for _, d := range place.Computed {
		fmt.Fprintf(&got, "%-28s %6d communes known", d.Name, known[d.Name])
		if d.Adds {
			fmt.Fprintf(&got, ", %.0f %s in all", sums[d.Name], d.Unit)
		} else {
			fmt.Fprintf(&got, ", %.2f %s on average", sums[d.Name]/float64(known[d.Name]), d.Unit)
		}
		got.WriteString("\n")
	}
	golden(t, "testdata/columns.txt", got.String())
	// INSEE counts them too, in its base of equipments of 1 January 2024: collèges
	// (C201), public libraries (F307), stations (E107 to E109).
	for name, published := range map[string]float64{"schools_middle": 7509, "libraries_listed": 15834, "rail_stations_listed": 2941} {
		if off := sums[name]/published - 1; math.Abs(off) > 0.012 {
			t.Errorf("%s: %v, INSEE has %v", name, sums[name], published)
		}
	}
	at := func(code, name string) float64 {
		n, _ := s.France.CommuneNumber(code)
		return columns[name][n]
	}
	for _, c := range []struct {
		code, name string
		want       float64
	}{
		{"22278", "france_services_sites", 1}, {"22278", "mediation_places", 13}, {"22278", "schools_primary", 29},
		{"22114", "mediation_places", 0},               // Lanrelas: none listed
		{"97105", "ev_charge_points", math.NaN()},      // the list says nothing of Guadeloupe
		{"97502", "france_services_sites", math.NaN()}, // nor this one of Saint-Pierre-et-Miquelon
		{"2A004", "rail_km", math.NaN()},
	} {
		if got := at(c.code, c.name); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%s of %s is %v, want %v", c.name, c.code, got, c.want)
		}
	}
	// A place that lies in a commune is nearer than its farthest corner: half of
	// the communes with a fixed counter have it within 3 km of their centre.
	var near []float64
	for i := range rows {
		if columns["france_services_sites"][i] > 0 {
			near = append(near, columns["france_services_km"][i])
		}
	}
	slices.Sort(near)
	if m := near[len(near)/2]; m > 3 {
		t.Errorf("median distance of %v km where there is one", m)
	}
}

// Every published text of hours is understood as it stands, but for those of the
// golden file: the contradictory ones, then those that say a thing twice or leave
// blanks, then one in 25 of the rest in words.
func TestRealHours(t *testing.T) {
	s := realdata.Snapshot(t)
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	fr, en := c.Localizer(i18n.FR), c.Localizer(i18n.EN)
	texts := map[string]int{}
	from, to := s.Places.Of(place.FranceServices)
	for i := from; i < to; i++ {
		texts[s.Places.At(i).Hours]++
	}
	none := texts[""]
	delete(texts, "")
	var contrary, tidied, words strings.Builder
	plain, tidy, unsound, not, places := 0, 0, 0, 0, 0
	for _, text := range slices.Sorted(maps.Keys(texts)) {
		places += texts[text]
		w, ok := place.ParseHours(text)
		switch {
		case !ok:
			not++
			fmt.Fprintf(&contrary, "not understood: %s\n", text)
		case !w.Sound():
			unsound++
			fmt.Fprintf(&contrary, "%s\n", text)
		case w.String() != text:
			tidy++
			fmt.Fprintf(&tidied, "%s\n\t%s\n", text, w)
		default:
			if plain++; plain%25 == 0 {
				fmt.Fprintf(&words, "%s\n\t%s\n\t%s\n", text, said(w, fr), said(w, en))
			}
		}
	}
	golden(t, "testdata/hours.txt", fmt.Sprintf("%d places with hours, %d without; %d different texts: %d understood as they stand, %d tidied, %d contradictory, %d not understood\n\n%s\n%s\n%s",
		places, none, len(texts), plain, tidy, unsound, not, contrary.String(), tidied.String(), words.String()))
}

func said(w place.Week, l *i18n.Localizer) string {
	var lines []string
	for _, line := range w.Lines(l) {
		lines = append(lines, line.Days+" "+line.Times)
	}
	return strings.Join(lines, "; ")
}

// The server's memory is counted: the places of France weigh under 15 MB.
func TestRealWeight(t *testing.T) {
	s := realdata.Snapshot(t)
	rows := make([]place.Row, s.Places.Len())
	for i := range rows {
		rows[i] = s.Places.At(int32(i)).Row
	}
	all := communes(s)
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	x, err := place.New(all, rows)
	if err != nil {
		t.Fatal(err)
	}
	x.Nearest(place.FranceServices, 2, 48)
	x.Nearest(place.RailStation, 2, 48)
	weight := float64(heap()-before) / 1e6
	runtime.KeepAlive(rows)
	runtime.KeepAlive(x)
	t.Logf("%.1f MB for %d places", weight, len(rows))
	if weight > 15 {
		t.Errorf("%.1f MB for %d places", weight, len(rows))
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; run the test with -update and read the difference. It begins:\n%.2000s", path, got)
	}
}
