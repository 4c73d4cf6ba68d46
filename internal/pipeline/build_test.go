package pipeline

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"bassin/internal/snapshot"
	"bassin/internal/territory"
)

var update = flag.Bool("update", false, "write the golden files anew")

// read reads the real data once for the tests that only look at it.
var read = sync.OnceValues(func() (*inputs, error) {
	m, err := loadManifest(dataDir)
	if err != nil {
		return nil, err
	}
	return readInputs(context.Background(), dataDir, m, &progress{})
})

// copied returns the real data, whose cells the test may change with set.
func copied(t *testing.T) *inputs {
	t.Helper()
	in, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return &inputs{manifest: in.manifest, tables: maps.Clone(in.tables), outlines: in.outlines, reports: make([]SourceReport, len(in.reports))}
}

// set changes the cell of the row whose first column has the value.
func (in *inputs) set(t *testing.T, key, column, of, to string) {
	t.Helper()
	x := *in.tables[key]
	x.rows, x.lines = slices.Clone(x.rows), slices.Clone(x.lines)
	in.tables[key] = &x
	for i := range x.rows {
		if x.rows[i][0] == of {
			x.rows[i] = slices.Clone(x.rows[i])
			x.rows[i][x.at[column]] = to
			return
		}
	}
	t.Fatalf("%s has no %s", key, of)
}

func TestReferences(t *testing.T) {
	in := copied(t)
	in.set(t, "communes", "epci", "22113", "123456789")
	in.set(t, "qpv-outlines", "code", "QN00101M", "QN99999Z")
	want := []string{
		`data/territory/communes-2026.csv.gz, line 7360, column "epci": "123456789" is not in epci.siren; correct the code, or add it there`,
		`data/territory/qpv-2024.geojson.gz, feature 1, column "code": "QN99999Z" is not in qpv-communes.qpv; correct the code, or add it there`,
	}
	if got := in.resolve("data").Error(); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func TestPastCommunesMove(t *testing.T) {
	in := copied(t)
	// 93059 merged into 93066; 22017 into 22113, which has a row of its own;
	// 97123 leads nowhere.
	in.set(t, "qpv-communes", "commune", "QN09317M", "93059")
	in.set(t, "frr", "commune", "22114", "22017")
	in.set(t, "typologies", "commune", "22114", "97123")
	if ps := in.resolve("data"); len(ps) > 0 {
		t.Fatal(ps)
	}
	found := map[string]string{}
	for i, s := range in.manifest.Sources {
		for _, f := range in.reports[i].Findings {
			found[s.Key] += f.String() + "; "
		}
	}
	for key, want := range map[string]string{
		"qpv-communes": "moved: 1 commune, past communes, moved to the commune of today (93059 to 93066)",
		"frr":          "moved: 1 commune, past communes, moved to the commune of today (22017 to 22113); dropped: 1 commune, rows of past communes whose commune of today has a row of its own (22113)",
		"typologies":   "dropped: 1 commune, codes that lead to no commune of today, or to several (97123)",
	} {
		if !strings.Contains(found[key], want) {
			t.Errorf("%s: got %q\nwant %q", key, found[key], want)
		}
	}
	if n := len(in.tables["frr"].rows); n != 34874 {
		t.Errorf("%d rows of FRR, want one dropped", n)
	}
	for i := range in.tables["qpv-communes"].rows {
		if in.tables["qpv-communes"].get(i, "commune") == "93059" {
			t.Error("93059 is still there")
		}
	}
}

func TestCrossChecksCanFail(t *testing.T) {
	for _, c := range []struct {
		name                        string
		run                         func(*cross)
		key, of, column, to, expect string
	}{
		{"basin of another file", (*cross).bassins, "bassins-communes", "22114", "bv2022", "22278", "the two files of zonings put each commune in the same living basin: not so for 22114"},
		{"pole elsewhere", (*cross).bassins, "bassins-communes", "22113", "bv2022", "22278", "each living basin bears the code of its pole, a commune that lies in it: not so for 22113"},
		{"no basin", (*cross).perimeters, "bassins-communes", "22114", "commune", "22113", "every commune of the 101 départements exactly once, and no other: not so for 22114 (missing)"},
		{"communes of a zone", (*cross).tables, "zones-emploi", "0051", "nb_communes", "183", "each employment zone has the communes and the inhabitants that its list states (306): not so for 0051: 183 communes and 123814 inhabitants stated, 184 and 123814 found"},
		{"people of a basin", (*cross).tables, "bassins", "22113", "population_municipale", "1", "each living basin has the communes and the inhabitants that its list states (1707): not so for 22113"},
		{"communes of an EPCI", (*cross).epci, "epci", "200065928", "nb_communes", "1", "each EPCI has the number of communes that its list states (1255): not so for 200065928: 1 communes stated, 57 found"},
		{"communes of an EPT", (*cross).ept, "ept", "200057867", "communes", "93001|93027", "each EPT has the communes that its list states (11): not so for 200057867"},
		{"région of a commune", (*cross).upper, "communes", "22113", "region", "52", "each commune lies in the région of its département: not so for 22113"},
		{"zone of a commune", (*cross).upper, "communes", "22113", "zone", "drom", "each commune is in the zone (metro, drom, com) of its département: not so for 22113"},
		{"arrondissement", (*cross).upper, "communes", "22113", "arrondissement", "011", "each commune lies in the département of its arrondissement: not so for 22113"},
		{"passage of a living commune", (*cross).history, "passage", "22113", "code", "22278", "no commune of today is led to another one: not so for 22113"},
		{"date without mark", (*cross).programmes, "programmes", "01004", "acv", "0", "no date of signature without its programme: not so for 01004"},
		{"third place unknown to mediation", (*cross).thirdPlaces, "third-places", "hinaura", "name", "LAB02", "each third place is marked as one in the list of places of mediation (414): not so for LAB02"},
		{"basin of an outline", (*cross).bassins, "outlines-communes", "22113", "bv", "22278", "the outlines name the living basin of each commune: not so for 22113"},
		{"outline without territory", (*cross).maps, "outlines-epci", "200065928", "code", "200065929", "every EPCI has an outline, and no other has (1255): not so for 200065928 (missing)"},
		{"communes of a QPV", (*cross).qpv, "qpv-outlines", "QN00101M", "communes", "22113", "the list and the outlines put each QPV in the same communes: not so for QN00101M"},
		{"area", (*cross).maps, "communes", "75056", "departement", "77", "the outline of each département has the area of its communes, within 2 % (median 0.005 %): not so for 75"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := copied(t)
			in.set(t, c.key, c.column, c.of, c.to)
			x := &cross{in: in, dir: "data", report: &Report{}}
			c.run(x)
			if got := x.all.Error(); !strings.Contains(got, c.expect) {
				t.Errorf("got  %s\nwant %s", got, c.expect)
			}
		})
	}
}

func TestBuild(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	var steps []Step
	hash, report, err := Build(t.Context(), dataDir, a, func(s Step) { steps = append(steps, s) })
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range steps {
		if s.Number != i+1 || s.Of != len(steps) || s.Name == "" {
			t.Errorf("step %d of %d is %+v", i+1, len(steps), s)
		}
	}
	again, _, err := Build(t.Context(), dataDir, b, nil)
	if err != nil || again != hash {
		t.Fatalf("built again: %s, %v; want %s", again, err, hash)
	}
	sameFiles(t, filepath.Join(a, "snapshots"), filepath.Join(b, "snapshots"))

	var text bytes.Buffer
	if err := report.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/report.txt", text.Bytes())

	dir, err := snapshot.Current(a)
	if err != nil || filepath.Base(dir) != hash {
		t.Fatalf("current is %s, %v", dir, err)
	}
	s, err := snapshot.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	print, err := Fingerprint(dataDir)
	if err != nil || s.Manifest.Inputs != print {
		t.Errorf("inputs %s, want the fingerprint %s, %v", s.Manifest.Inputs, print, err)
	}
	facts(t, s)
	damagedBuild(t, a, hash)
}

func sameFiles(t *testing.T, a, b string) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(a, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		n++
		rel, _ := filepath.Rel(a, path)
		x, _ := os.ReadFile(path)
		y, err := os.ReadFile(filepath.Join(b, rel))
		if !bytes.Equal(x, y) {
			t.Errorf("%s differs between two builds", rel)
		}
		return err
	})
	if err != nil || n < 18 {
		t.Errorf("%d files compared, %v", n, err)
	}
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; run the test with -update and read the difference. Got:\n%s", path, got)
	}
}

// facts checks the snapshot against figures published elsewhere or known.
func facts(t *testing.T, s *snapshot.Snapshot) {
	t.Helper()
	commune := func(code string) *territory.CommuneRow {
		n, ok := s.France.CommuneNumber(code)
		if !ok {
			t.Fatalf("no commune %s", code)
		}
		return s.France.Commune(n)
	}
	brieuc, paris, mayotte, ruined, clipperton := commune("22278"), commune("75056"), commune("97611"), commune("55189"), commune("98901")
	switch {
	case brieuc.BassinDeVie != "22278" || !brieuc.ACV || brieuc.SeatRank != 3 || brieuc.Zone != "metro":
		t.Errorf("Saint-Brieuc is %+v", brieuc)
	case commune("22113").SeatRank != 2 || commune("35238").SeatRank != 4 || paris.SeatRank != 4 || commune("22114").SeatRank != 0:
		t.Error("seat ranks of Lannion, Rennes, Paris or Lanrelas are wrong")
	case commune("22146").BassinDeVie != "22266" || commune("22146").FRR != "FRR+" || commune("22146").Density != 7:
		t.Errorf("Mellionnec is %+v", commune("22146"))
	case mayotte.PopulationYear != 2017 || paris.PopulationYear != 2023:
		t.Error("census years of Mayotte or Paris are wrong")
	case ruined.Population == nil || *ruined.Population != 0:
		t.Error("Fleury-devant-Douaumont does not state zero inhabitants")
	case clipperton.Population != nil || clipperton.PopulationYear != 0 || clipperton.Article != int8(territory.Unknown):
		t.Error("Clipperton states inhabitants, or an article")
	case commune("85084").AreaKm2 != nil || commune("22113").AreaKm2 == nil:
		t.Error("areas of Essarts-en-Bocage or Lannion are wrong")
	}
	for level, want := range map[territory.Level]int{
		territory.BassinDeVie: 1707, territory.EPCI: 1255, territory.EPT: 11, territory.ZoneEmploi: 306, territory.AireAttraction: 699,
		territory.Departement: 109, territory.Region: 26, territory.Arrondissement: 333, territory.QPV: 1584, territory.TerritoireIndustrie: 149,
		territory.ArrondissementMunicipal: 45, territory.Commune: 34969,
	} {
		if got := len(s.France.Level(level)); got != want {
			t.Errorf("%d of level %s, want %d", got, level, want)
		}
	}
	for _, z := range s.France.Level(territory.UniteUrbaine) {
		if strings.HasSuffix(z.Code, "000") {
			t.Errorf("%s is outside urban units, not one", z.Code)
		}
	}
	// INSEE, municipal populations 2023: 66,165,815 in metropolitan France.
	france, _ := s.France.Territory(territory.ID{Level: territory.Pays, Code: "FR"})
	if n, _ := france.Population(); n != 66165815+2184983 {
		t.Errorf("%d inhabitants in France", n)
	}
	essarts, _ := s.France.Territory(territory.ID{Level: territory.Commune, Code: "85084"})
	if got := s.France.Series(essarts); got != nil {
		t.Errorf("Essarts-en-Bocage has the series of its former perimeter: %v", got)
	}
	if s.Communes.Len() != 34875 || s.Overseas.Len() != 94 || s.Arrondissements.Len() != 45 || s.QPV.Len() != 1584 {
		t.Errorf("outlines: %d, %d, %d, %d", s.Communes.Len(), s.Overseas.Len(), s.Arrondissements.Len(), s.QPV.Len())
	}
}

// damagedBuild checks that data that cannot be built, or a build that is
// stopped, leaves the snapshot in use as it was.
func damagedBuild(t *testing.T, varDir, hash string) {
	t.Helper()
	bad := t.TempDir()
	if err := os.CopyFS(bad, os.DirFS(dataDir)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(bad, "territory", "frr-2025-07.csv.gz")
	if err := os.Truncate(path, 1000); err != nil {
		t.Fatal(err)
	}
	if before, _ := Fingerprint(dataDir); before == "" {
		t.Error("no fingerprint")
	} else if after, err := Fingerprint(bad); err != nil || after == before {
		t.Errorf("damaged data has the same fingerprint, %v", err)
	}
	_, _, err := Build(t.Context(), bad, varDir, nil)
	if _, ok := errors.AsType[Problems](err); !ok || !strings.Contains(err.Error(), path+": the gzip file is truncated after 1000 bytes") {
		t.Errorf("got %v", err)
	}
	if _, err := Check(t.Context(), bad, nil); err == nil {
		t.Error("check accepts what build refuses")
	}
	stopped, stop := context.WithCancel(t.Context())
	if _, _, err := Build(stopped, dataDir, varDir, func(s Step) {
		if s.Number == 3 {
			stop()
		}
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("a stopped build ends with %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if _, err := Fingerprint(bad); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("fingerprint of data with a file missing: %v", err)
	}
	entries, err := os.ReadDir(filepath.Join(varDir, "snapshots"))
	if err != nil || len(entries) != 2 {
		t.Errorf("%v, %v in the folder of snapshots; want one and the pointer to it", entries, err)
	}
	if dir, err := snapshot.Current(varDir); err != nil || filepath.Base(dir) != hash {
		t.Errorf("current is %s, %v", dir, err)
	}
}

func TestNoDataFolder(t *testing.T) {
	dir := t.TempDir()
	want := filepath.Join(dir, "sources.json") + " is missing: " + dir + " must be the folder of the open data"
	if _, err := Check(t.Context(), dir, nil); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	if _, _, err := Build(t.Context(), dir, t.TempDir(), nil); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}
