package snapshot

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/place"
	"bassin/internal/territory"
	"bassin/internal/territory/shape"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func ptr[T any](v T) *T { return &v }

func square(t *testing.T, code string) *shape.Topology {
	t.Helper()
	s, err := shape.FromGeoJSON(strings.NewReader(`{"type":"FeatureCollection","features":[{"properties":{"code":"`+code+
		`"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[0,1],[1,1],[1,0],[0,0]]]}}]}`), "code")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sample is a country of two communes and of every kind of cell.
func sample(t *testing.T) Content {
	t.Helper()
	return Content{
		Inputs: "feed",
		Tables: territory.Tables{
			Vintage: 2026,
			Communes: []territory.CommuneRow{
				{Code: "22113", Name: "Lannion", Zone: "metro", PostalCodes: []string{"22300"}, Population: ptr(int32(20525)), PopulationYear: 2023,
					AreaKm2: ptr(43.91), Lon: -3.4613, Lat: 48.7434, Departement: "22", Region: "53", BassinDeVie: "22113", ACV: true, ACVDate: "2018-10-12"},
				{Code: "98901", Name: "Île de Clipperton", Article: -1, Zone: "com", PostalCodes: nil, Lon: -109.2, Lat: 10.3, Departement: "989", Region: "989"},
			},
			Zones: []territory.ZoneRow{
				{Level: "bv", Code: "22113", Name: "Lannion", Seat: "22113"}, {Level: "dep", Code: "22", Name: "Côtes-d'Armor"},
				{Level: "dep", Code: "989", Name: "Clipperton"}, {Level: "qpv", Code: "QN02203M", Name: "Ker Uhel"},
				{Level: "reg", Code: "53", Name: "Bretagne"}, {Level: "reg", Code: "989", Name: "Clipperton", Population: ptr(int32(0))},
			},
			Members:     []territory.MemberRow{{Level: "qpv", Code: "QN02203M", Commune: "22113"}},
			Parts:       []territory.PartRow{{Code: "22017", Name: "Brélévenez", Type: territory.PartAssociee, Commune: "22113", PostalCodes: []string{"22300", "22301"}}},
			Populations: []territory.PopulationRow{{Commune: "22113", Year: 2017, Population: 19880}, {Commune: "22113", Year: 2022, Population: 20525}},
			Events:      []territory.EventRow{{Date: "1961-02-06", Mod: 31, FromType: "COM", FromCode: "22017", FromName: "Brélévenez", ToType: "COM", ToCode: "22113", ToName: "Lannion"}},
			Passages:    []territory.PassageRow{{Old: "22017", New: "22113"}},
		},
		Communes: square(t, "22113"), Overseas: square(t, "98901"), Arrondissements: square(t, "75101"), QPV: square(t, "QN02203M"),
		Places: []place.Row{{Kind: "france-services", Source: "france-services", ID: "3102", Name: "France services de Lannion", Commune: "22113", Lon: -3.457863, Lat: 48.730351,
			Hours: "Mo 09:00 - 12:00", Labels: []string{"a", "b"}, Count: -1, Appointment: true}, {Kind: "library", Name: "Nowhere", Count: -1, Doubt: true}},
		PlacesODbL: []place.Row{{Kind: "mediation", List: "hinaura", Name: "LTC", Commune: "22113", Count: -1}},
		Indicators: []indicator.Definition{{
			Key: "jobs", Name: i18n.Text{FR: "Emplois", EN: "Jobs"}, Axis: indicator.Economy, Unit: "count", Rule: indicator.Sum,
			Sources: []string{"communes"}, Vintages: []indicator.Vintage{{Period: "2022", Numerator: "jobs.salaried + 1"}},
		}},
		Figures: indicator.Figures{Units: []string{"22113", "98901"}, Names: []string{"jobs.salaried + 1"}, Columns: [][]float64{{1250.5, math.NaN()}}, ShareAlike: []bool{false},
			Published: []indicator.Published{{Indicator: "jobs", Period: "2022", Level: "dep", Code: "22", Value: 3}},
			Quarters:  []indicator.Quarters{{Unit: "22113", Indicator: "jobs", Count: 8, Low: 1.5, High: 20, Between: 0.25}}},
		Sources: []Source{{Key: "communes", Title: i18n.Text{FR: "Communes", EN: "Communes"}, Credit: "INSEE", Licence: "etalab-2.0"}},
		Report:  []byte("{}\n"),
	}
}

func written(t *testing.T, c Content) (string, Manifest) {
	t.Helper()
	dir := t.TempDir()
	m, err := Write(dir, c)
	if err != nil {
		t.Fatal(err)
	}
	return dir, m
}

func TestRoundTrip(t *testing.T) {
	c := sample(t)
	dir, m := written(t, c)
	s, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, s.Manifest); diff != "" {
		t.Errorf("manifest written and read (-written +read):\n%s", diff)
	}
	var got territory.Tables
	r := reader{dir: dir, manifest: &m, seen: texts{}}
	got.Vintage = 2026
	got.Communes, got.Zones = read[territory.CommuneRow](&r, "communes"), read[territory.ZoneRow](&r, "zones")
	got.Members, got.Parts = read[territory.MemberRow](&r, "members"), read[territory.PartRow](&r, "parts")
	got.Populations, got.Events = read[territory.PopulationRow](&r, "populations"), read[territory.EventRow](&r, "events")
	got.Passages = read[territory.PassageRow](&r, "passages")
	if r.err != nil {
		t.Fatal(r.err)
	}
	if diff := cmp.Diff(c.Tables, got); diff != "" {
		t.Errorf("tables written and read (-written +read):\n%s", diff)
	}
	if rows := read[indicator.Quarters](&r, quartersName); r.err != nil || !slices.Equal(rows, c.Figures.Quarters) {
		t.Errorf("quarters written %v, read %v, %v", c.Figures.Quarters, rows, r.err)
	}
	for name, want := range map[string][]place.Row{placeTable: c.Places, placeTableODbL: c.PlacesODbL} {
		if diff := cmp.Diff(want, read[place.Row](&r, name)); diff != "" {
			t.Errorf("table %s written and read (-written +read):\n%s", name, diff)
		}
	}
	if s.Places.Len() != 3 || s.Places.Count(place.Mediation, []int32{0}) != 1 {
		t.Errorf("%d places", s.Places.Len())
	}
	for name, topologies := range map[string][2]*shape.Topology{
		"communes": {c.Communes, s.Communes}, "overseas": {c.Overseas, s.Overseas},
		"arrondissements": {c.Arrondissements, s.Arrondissements}, "qpv": {c.QPV, s.QPV},
	} {
		if !reflect.DeepEqual(topologies[0].Rows(), topologies[1].Rows()) {
			t.Errorf("outlines of %s differ once read", name)
		}
	}
	if bv, ok := s.France.Territory(territory.ID{Level: territory.BassinDeVie, Code: "22113"}); !ok || bv.Name != "Lannion" {
		t.Errorf("bv:22113 is %v", bv)
	}
	if s.Names.Len() == 0 {
		t.Error("no name to search")
	}
	if err := Verify(dir); err != nil {
		t.Errorf("a new snapshot does not verify: %v", err)
	}
}

func TestSameBytes(t *testing.T) {
	a, am := written(t, sample(t))
	b, bm := written(t, sample(t))
	if am.Hash != bm.Hash {
		t.Errorf("hashes %s and %s", am.Hash, bm.Hash)
	}
	files := 0
	err := filepath.WalkDir(a, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		rel, _ := filepath.Rel(a, path)
		x, _ := os.ReadFile(path)
		y, err := os.ReadFile(filepath.Join(b, rel))
		if !bytes.Equal(x, y) {
			t.Errorf("%s differs", rel)
		}
		return err
	})
	if err != nil || files != 25 {
		t.Errorf("%d files, %v; want 22 tables, the catalogue of indicators, a report and a manifest", files, err)
	}
	other := sample(t)
	other.Tables.Communes[0].Name = "Lannuon"
	if _, m := written(t, other); m.Hash == am.Hash {
		t.Error("another content has the same hash")
	}
}

func TestODbLApart(t *testing.T) {
	_, m := written(t, sample(t))
	n := 0
	for _, table := range m.Tables {
		if apart := strings.HasPrefix(table.Path, "odbl/"); apart != (table.Licence == "ODbL-1.0") {
			t.Errorf("%s under %s lies in %s", table.Name, table.Licence, table.Path)
		} else if apart {
			n++
		}
	}
	if n != 4 {
		t.Errorf("%d tables under ODbL, want 4", n)
	}
}

func TestColumns(t *testing.T) {
	_, m := written(t, sample(t))
	table, ok := m.Table("communes")
	if !ok {
		t.Fatal("no table of communes")
	}
	got := map[string]Column{}
	for _, c := range table.Columns {
		got[c.Name] = c
	}
	for _, want := range []Column{
		{Name: "code", Type: "text"}, {Name: "postal_codes", Type: "text", List: true},
		{Name: "population", Type: "int32", Optional: true}, {Name: "acv", Type: "bool"}, {Name: "lon", Type: "float64"},
	} {
		if got[want.Name] != want {
			t.Errorf("column %+v, want %+v", got[want.Name], want)
		}
	}
}

func TestDamaged(t *testing.T) {
	rewrite := func(name string, change func([]byte) []byte) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			path := filepath.Join(dir, name)
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, change(b), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	replace := func(old, new string) func([]byte) []byte {
		return func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(new), 1) }
	}
	for _, c := range []struct {
		name   string
		damage func(*testing.T, string)
		want   string
	}{
		{"no manifest", func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, manifestName)) }, "there is no manifest.json"},
		{"cut manifest", rewrite(manifestName, func(b []byte) []byte { return b[:len(b)/2] }), "unexpected end of JSON input"},
		{"other format", rewrite(manifestName, replace(`"format": 5`, `"format": 9`)), "the snapshot is in format 9 and this program reads format 5"},
		{"edited manifest", rewrite(manifestName, replace("INSEE", "insee")), "it was changed after it was written"},
		{"flipped byte", rewrite("communes.parquet", func(b []byte) []byte { b[len(b)/2] ^= 1; return b }), "communes.parquet was changed after it was written"},
		{"truncated", rewrite("zones.parquet", func(b []byte) []byte { return b[:len(b)-4] }), "zones.parquet has"},
		{"missing table", func(t *testing.T, dir string) { os.Remove(filepath.Join(dir, "events.parquet")) }, "events.parquet"},
		{"damaged outlines", rewrite("odbl/outlines-overseas-arcs.parquet", func(b []byte) []byte { b[9] ^= 1; return b }), "outlines-overseas-arcs.parquet was changed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, _ := written(t, sample(t))
			c.damage(t, dir)
			_, err := Open(dir)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), rebuild) {
				t.Errorf("got %v\nwant %q and what to do", err, c.want)
			}
			if Verify(dir) == nil {
				t.Error("it verifies")
			}
		})
	}
}

func TestDecodeRefusesOtherColumns(t *testing.T) {
	var b bytes.Buffer
	w := rowsOf("passages", []territory.PassageRow{{Old: "a", New: "b"}})
	if err := w.write(&b); err != nil {
		t.Fatal(err)
	}
	if _, err := decode[territory.PartRow](b.Bytes(), 1, texts{}); err == nil || !strings.Contains(err.Error(), "columns") {
		t.Errorf("other columns: %v", err)
	}
	if _, err := decode[territory.PassageRow](b.Bytes(), 2, texts{}); err == nil || !strings.Contains(err.Error(), "1 rows instead of 2") {
		t.Errorf("other number of rows: %v", err)
	}
	if _, err := decode[territory.PassageRow]([]byte("PAR1"), 1, texts{}); err == nil {
		t.Error("four bytes are a table")
	}
}

func numbered(t *testing.T, i int) Content {
	c := sample(t)
	c.Inputs = strings.Repeat("x", i+1)
	return c
}

func TestPublish(t *testing.T) {
	dir := t.TempDir()
	if _, err := Current(dir); err == nil || !strings.Contains(err.Error(), rebuild) {
		t.Errorf("no snapshot yet: %v", err)
	}
	var hashes []string
	for i := range 5 {
		m, err := Publish(dir, numbered(t, i), noon.Add(time.Duration(i)*time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, m.Hash)
		current, err := Current(dir)
		if err != nil || filepath.Base(current) != m.Hash {
			t.Fatalf("current is %s, %v; want %s", current, err, m.Hash)
		}
	}
	for i, h := range hashes {
		_, err := os.Stat(filepath.Join(dir, "snapshots", h))
		if kept := err == nil; kept != (i >= 2) {
			t.Errorf("snapshot %d of 5 kept: %v", i+1, kept)
		}
	}
	// Publishing an old one again makes it the newest.
	if _, err := Publish(dir, numbered(t, 2), noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if current, _ := Current(dir); filepath.Base(current) != hashes[2] {
		t.Errorf("current is %s, want %s", current, hashes[2])
	}
	left(t, dir, 4)
}

// left checks that nothing but snapshots and the pointer to one is there.
func left(t *testing.T, dir string, want int) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, "snapshots"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), building) {
			t.Errorf("%s was left", e.Name())
		}
	}
	if len(entries) != want {
		t.Errorf("%d entries, want %d", len(entries), want)
	}
}

func TestPublishRepairs(t *testing.T) {
	dir := t.TempDir()
	m, err := Publish(dir, sample(t), noon)
	if err != nil {
		t.Fatal(err)
	}
	at, _ := Current(dir)
	if err := os.WriteFile(filepath.Join(at, "zones.parquet"), []byte("?"), 0o644); err != nil {
		t.Fatal(err)
	}
	again, err := Publish(dir, sample(t), noon)
	if err != nil || again.Hash != m.Hash {
		t.Fatalf("published again: %s, %v", again.Hash, err)
	}
	if err := Verify(at); err != nil {
		t.Errorf("still damaged: %v", err)
	}
	left(t, dir, 2)
}

func TestPublishTogether(t *testing.T) {
	dir := t.TempDir()
	contents := []Content{numbered(t, 0), numbered(t, 0), numbered(t, 1), numbered(t, 1), numbered(t, 0), numbered(t, 1)}
	var wg sync.WaitGroup
	for _, c := range contents {
		wg.Go(func() {
			if _, err := Publish(dir, c, noon); err != nil {
				t.Errorf("publishing with others: %v", err)
			}
		})
	}
	wg.Wait()
	current, err := Current(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := Verify(current); err != nil {
		t.Error(err)
	}
	left(t, dir, 3)
}

func TestCrashLeavesCurrent(t *testing.T) {
	dir := t.TempDir()
	m, err := Publish(dir, sample(t), noon)
	if err != nil {
		t.Fatal(err)
	}
	// What a build leaves that is killed while it writes.
	crashed := filepath.Join(dir, "snapshots", building+"123")
	if err := os.MkdirAll(crashed, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(crashed, noon, noon); err != nil {
		t.Fatal(err)
	}
	if current, _ := Current(dir); filepath.Base(current) != m.Hash {
		t.Errorf("current is %s", current)
	}
	if _, err := Publish(dir, sample(t), noon.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(crashed); err != nil {
		t.Error("a build that may still run was removed")
	}
	if _, err := Publish(dir, sample(t), noon.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	left(t, dir, 2)
}

func TestCurrentRefusesNonsense(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "snapshots"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "snapshots", "current"), []byte("../../etc\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Current(dir); err == nil || !strings.Contains(err.Error(), "names no snapshot") {
		t.Errorf("got %v", err)
	}
}

func TestLive(t *testing.T) {
	var l Live
	if l.Load() != nil {
		t.Error("a new Live holds something")
	}
	a, b := &Snapshot{Dir: "a"}, &Snapshot{Dir: "b"}
	if old := l.Swap(a); old != nil {
		t.Errorf("replaced %v", old)
	}
	ctx := WithContext(context.Background(), l.Load())
	if old := l.Swap(b); old != a || l.Load() != b {
		t.Errorf("replaced %v, holds %v", old, l.Load())
	}
	if FromContext(ctx) != a {
		t.Error("a request in progress sees the next snapshot")
	}
	if FromContext(context.Background()) != nil {
		t.Error("a context that was given none has one")
	}
}

func FuzzManifest(f *testing.F) {
	f.Add([]byte(`{"format":1,"hash":"x","tables":[{"name":"a","path":"../../etc/passwd"}]}`))
	f.Add([]byte(`{"format":1}`))
	sealed := Manifest{Format: Format, Tables: []Table{{Name: "a", File: File{Path: "../a"}}}}
	sealed.Hash, _ = sealed.seal()
	b, err := json.Marshal(sealed)
	if err != nil {
		f.Fatal(err)
	}
	if _, err := parseManifest(b); err == nil {
		f.Fatal("a path that leads out of the folder is accepted")
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseManifest(b)
		if err != nil {
			return
		}
		again, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := parseManifest(again); err != nil || back.Hash != m.Hash {
			t.Errorf("an accepted manifest is refused once written again: %v", err)
		}
		for _, table := range m.Tables {
			if !filepath.IsLocal(filepath.FromSlash(table.Path)) {
				t.Errorf("path %q leads out of the folder", table.Path)
			}
		}
	})
}
