package pipeline

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const dataDir = "../../data"

func manifest(t testing.TB) Manifest {
	t.Helper()
	m, err := loadManifest(dataDir)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func source(t testing.TB, key string) Source {
	t.Helper()
	for _, s := range manifest(t).Sources {
		if s.Key == key {
			return s
		}
	}
	t.Fatalf("no source %s", key)
	return Source{}
}

func unpacked(t testing.TB, s Source) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dataDir, s.Path))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(s.Path, ".gz") {
		return b
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if b, err = io.ReadAll(z); err != nil {
		t.Fatal(err)
	}
	return b
}

func packed(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// loaded reads one source whose file holds b, with the right checksum.
func loaded(t *testing.T, s Source, b []byte) (*table, SourceReport, string) {
	t.Helper()
	sum := sha256.Sum256(b)
	s.SHA256 = hex.EncodeToString(sum[:])
	return loadedAs(t, s, b)
}

func loadedAs(t *testing.T, s Source, b []byte) (*table, SourceReport, string) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, s.Path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if b != nil {
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var report SourceReport
	rows, _, ps := s.load(dir, &report)
	return rows, report, strings.ReplaceAll(ps.Error(), dir+string(filepath.Separator), "data/")
}

func TestDamagedTable(t *testing.T) {
	s := source(t, "epci")
	good := string(unpacked(t, s))
	lines := strings.SplitAfter(good, "\n")
	line := func(n int, old, new string) string {
		out := append([]string(nil), lines...)
		out[n-1] = strings.Replace(out[n-1], old, new, 1)
		if out[n-1] == lines[n-1] {
			t.Fatalf("line %d has no %q", n, old)
		}
		return strings.Join(out, "")
	}
	for _, c := range []struct{ name, content, want string }{
		{"empty file", "", `data/territory/epci-2026.csv: the file is empty; put the whole file back`},
		{"renamed column", line(1, "siren", "SIREN"), `data/territory/epci-2026.csv, line 1, column "siren": the column is missing (not in the manifest: SIREN); give the column its name back, or change the manifest if the source changed`},
		{"missing column", strings.ReplaceAll(line(1, ",population_totale", ""), "\r", ""), `data/territory/epci-2026.csv, line 1, column "population_totale": the column is missing; give the column its name back, or change the manifest if the source changed`},
		{"unknown column", line(1, "siren", "siren,more"), `data/territory/epci-2026.csv, line 1, column "more": the column is not in the manifest; describe the column in the manifest or remove it`},
		{"column twice", line(1, "siren", "siren,siren"), `data/territory/epci-2026.csv, line 1, column "siren": the column is there twice`},
		{"not a SIREN", line(12, lines[11][:9], "20000"), `data/territory/epci-2026.csv, line 12, column "siren": "20000" is not a SIREN (9 digits)`},
		{"not a number", line(2, "28363", "28 363"), `data/territory/epci-2026.csv, line 2, column "population_municipale": "28 363" is not a whole number`},
		{"below the range", line(2, ",7,", ",0,"), `data/territory/epci-2026.csv, line 2, column "nb_communes": "0" is below 1`},
		{"not a value", line(2, "FPU", "FPZ"), `data/territory/epci-2026.csv, line 2, column "mode_financement": "FPZ" is not one of FPU, FA`},
		{"empty cell", line(2, ",74,", ",,"), `data/territory/epci-2026.csv, line 2, column "departement_siege": the cell is empty and must not be`},
		{"space", line(2, "CC Faucigny", " CC Faucigny"), `data/territory/epci-2026.csv, line 2, column "nom": " CC Faucigny - Glières" begins or ends with a space`},
		{"not UTF-8", line(2, "Glières", "Gli\xe8res"), `data/territory/epci-2026.csv, line 2, column "nom": "CC Faucigny - Gli\xe8res" is not UTF-8`},
		{"cut line", line(2, ",29204", ""), `data/territory/epci-2026.csv, line 2: 7 cells instead of 8: a comma is missing or too many, or the line is cut short`},
		{"open quote", line(2, "CC Faucigny", `"CC Faucigny`), `a quotation mark is open or misplaced`},
		{"twice", good + lines[1], `data/territory/epci-2026.csv, line 1257, column "siren": "200000172" is already on line 2; remove one of the two`},
		{"fewer rows", strings.Join(lines[:100], ""), `data/territory/epci-2026.csv: 99 rows instead of 1255; put the file back, or correct the manifest if the source changed`},
		{"other totals", line(2, ",CC,", ",CA,"), `data/territory/epci-2026.csv: 988 rows where type is "CC" instead of 989; put the file back, or correct the manifest if the source changed`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, _, got := loaded(t, s, []byte(c.content)); !strings.Contains(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
	t.Run("good", func(t *testing.T) {
		rows, report, got := loaded(t, s, []byte("\xef\xbb\xbf"+strings.ReplaceAll(good, "\n", "\r\n")))
		if got != "" || len(rows.rows) != 1255 || report.Rows != 1255 {
			t.Errorf("a byte order mark and Windows line ends are refused: %s", got)
		}
	})
}

func TestDamagedFile(t *testing.T) {
	s := source(t, "frr")
	gz := packed(t, unpacked(t, s))
	flipped := bytes.Clone(gz)
	flipped[len(gz)/2] ^= 0x55
	for _, c := range []struct {
		name, want string
		content    []byte
	}{
		{"missing", "data/territory/frr-2025-07.csv.gz: the file is missing; put it back from where it came: github incubateur-ademe/benefriches@", nil},
		{"empty", "data/territory/frr-2025-07.csv.gz: the gzip file is truncated after 0 bytes (0 unpacked); put the whole file back", []byte{}},
		{"truncated", "data/territory/frr-2025-07.csv.gz: the gzip file is truncated after 1000 bytes", gz[:1000]},
		{"damaged", "data/territory/frr-2025-07.csv.gz: the gzip file is damaged (", flipped},
		{"not gzip", "data/territory/frr-2025-07.csv.gz: the gzip file is damaged (gzip: invalid header)", unpacked(t, s)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, _, got := loaded(t, s, c.content); !strings.Contains(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestChecksum(t *testing.T) {
	s := source(t, "epci")
	changed := bytes.Replace(unpacked(t, s), []byte("Faucigny"), []byte("Faucignie"), 1)
	_, _, got := loadedAs(t, s, changed)
	want := "data/territory/epci-2026.csv: the checksum is not the one of the manifest; put the file back, or write its new checksum in sources.json if the source changed"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	// What is wrong inside is told as well: it says more.
	changed = bytes.Replace(changed, []byte("200000172"), []byte("20000017"), 1)
	if _, _, got = loadedAs(t, s, changed); !strings.Contains(got, `line 2, column "siren": "20000017" is not a SIREN (9 digits)`) || !strings.Contains(got, want) {
		t.Errorf("got %s", got)
	}
}

func TestManyProblemsAreCounted(t *testing.T) {
	s := source(t, "epci")
	_, _, got := loaded(t, s, bytes.ReplaceAll(unpacked(t, s), []byte(",FPU,"), []byte(",?,")))
	if n := strings.Count(got, "is not one of FPU, FA"); n != mostProblems {
		t.Errorf("%d problems told, want %d", n, mostProblems)
	}
	if !strings.Contains(got, "data/territory/epci-2026.csv: 1085 more problems like these") {
		t.Errorf("got %s", got)
	}
}

func TestDamagedMap(t *testing.T) {
	topo, geo := source(t, "outlines-arrondissements"), source(t, "outlines-overseas")
	edit := func(s Source, old, new string) []byte {
		b := unpacked(t, s)
		out := bytes.Replace(b, []byte(old), []byte(new), 1)
		if bytes.Equal(b, out) {
			t.Fatalf("%s has no %q", s.Path, old)
		}
		return packed(t, out)
	}
	for _, c := range []struct {
		name    string
		source  Source
		content []byte
		want    string
	}{
		{"cut topojson", topo, packed(t, unpacked(t, topo)[:5000]), "arrondissements-municipaux-2026.topojson.gz: the file is not valid JSON: unexpected end of JSON input, at byte 5000"},
		{"no property", topo, edit(topo, `"code":"75119",`, ``), `column "code": the property is missing`},
		{"other property", topo, edit(topo, `"code":"75119"`, `"code":"75119","x":1`), `column "x": the property is not in the manifest; describe it in the manifest`},
		{"number for text", topo, edit(topo, `"code":"75119"`, `"code":75119`), `column "code": 75119 is not a text`},
		{"no such arc", topo, edit(topo, `[[-127,-124,-141,142]]`, `[[-127,-124,-141,99999]]`), "99999"},
		{"no such object", topo, edit(topo, `"arrondissements":`, `"arm":`), "0 rows instead of 45"},
		{"code twice", topo, edit(topo, `"code":"75119"`, `"code":"75120"`), `"75120" is already on feature`},
		{"cut geojson", geo, packed(t, unpacked(t, geo)[:5000]), "communes-com-2026-1000m.geojson.gz: the file is not valid JSON"},
		{"not a position", geo, edit(geo, `[-56.349,46.783]`, `[-56.349,146.783]`), "not a longitude and a latitude"},
		{"not a commune", geo, edit(geo, `"code":"97501"`, `"code":"9750"`), `feature 1, column "code": "9750" is not an INSEE commune code`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, _, got := loaded(t, c.source, c.content); !strings.Contains(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestCells(t *testing.T) {
	low, high := -1.5, 8.0
	for _, c := range []struct {
		column       Column
		right, wrong []string
	}{
		{Column{Type: "text"}, []string{"Île-de-Sein", "x"}, []string{" x", "x\t", "\xff"}},
		{Column{Type: "int"}, []string{"0", "-3", "12"}, []string{"1.0", "1e3", "douze", "99999999999999999999"}},
		{Column{Type: "decimal", Min: &low, Max: &high}, []string{"8", "-1.5", "3.25"}, []string{"3,25", "NaN", "Inf", "8.01", "-2"}},
		{Column{Type: "flag"}, []string{"0", "1"}, []string{"2", "true", "01"}},
		{Column{Type: "date"}, []string{"2026-01-31", "1943-01-01"}, []string{"2026-02-30", "31/01/2026", "2026-1-1"}},
		{Column{Type: "commune"}, []string{"01001", "2A004", "97411", "98901"}, []string{"1001", "2C004", "2a004", "010011", "2A0O4"}},
		{Column{Type: "departement"}, []string{"01", "2A", "2B", "974"}, []string{"1", "2C", "9740", "20A"}},
		{Column{Type: "region"}, []string{"53", "975"}, []string{"5", "2A", "9999"}},
		{Column{Type: "siren"}, []string{"200065928"}, []string{"20006592", "2000659280", "20006592A"}},
		{Column{Type: "postal"}, []string{"22300", "01400"}, []string{"2230", "2A300"}},
		{Column{Type: "text", Values: []string{"CC", "CA"}}, []string{"CC"}, []string{"cc", "CU"}},
		{Column{Type: "code", Name: "c", Pattern: "^ti-[0-9]{4}$"}, []string{"ti-0101"}, []string{"ti-101", "TI-0101"}},
	} {
		if c.column.Name == "" {
			c.column.Name = "c"
		}
		if err := c.column.check(); err != nil {
			t.Fatal(err)
		}
		for _, v := range c.right {
			if wrong := c.column.wrong(v); wrong != "" {
				t.Errorf("%s: %q %s", c.column.Type, v, wrong)
			}
		}
		for _, v := range c.wrong {
			if c.column.wrong(v) == "" {
				t.Errorf("%s: %q is accepted", c.column.Type, v)
			}
		}
	}
}

func FuzzCSV(f *testing.F) {
	s := source(f, "epci")
	head := unpacked(f, s)[:600]
	f.Add(head)
	f.Add([]byte("siren,siren\n\"a\nb\",c"))
	f.Add([]byte("siren\n\xff\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		ps := &sourceProblems{file: "f.csv", place: "line"}
		rows := readCSV(b, &s, ps)
		if rows == nil {
			if len(ps.all()) == 0 {
				t.Error("refused without a problem")
			}
			return
		}
		var report SourceReport
		rows.validate(ps, &report)
		for _, p := range ps.all() {
			if p.Number > bytes.Count(b, []byte("\n"))+1 {
				t.Errorf("%v: there is no such line", p)
			}
		}
		for i, row := range rows.rows {
			if len(row) != len(s.Columns) || rows.lines[i] < 2 && !bytes.HasPrefix(b, []byte("\n")) {
				t.Errorf("row %d has %d cells and line %d", i, len(row), rows.lines[i])
			}
		}
	})
}

func FuzzFeatures(f *testing.F) {
	topo, geo := source(f, "outlines-arrondissements"), source(f, "outlines-overseas")
	f.Add([]byte(`{"objects":{"arrondissements":{"geometries":[{"properties":{"code":"75101","nom":"a","commune":"75056"}}]}}}`))
	f.Add([]byte(`{"features":[{"properties":{"code":"97501","nom":"b","departement":"975"}},{}]}`))
	f.Add([]byte(`{"features":[null]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, s := range []Source{topo, geo} {
			ps := &sourceProblems{file: "f", place: "feature"}
			rows := readFeatures(b, &s, ps)
			if rows == nil && len(ps.all()) == 0 {
				t.Error("refused without a problem")
			}
			if rows != nil {
				rows.validate(ps, &SourceReport{})
			}
		}
	})
}
