package pipeline

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bassin/internal/indicator"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
)

// The coverage of mobile networks, as an installer who has it would add it: the
// example of docs/guide/dsi-installateur.md.
const (
	mobileCSV = `commune,locaux,locaux_4g
22113,100,90
22046,50,
22136,40,40
`
	mobileManifest = `{
  "format": 1,
  "sources": [{
    "key": "mobile", "path": "mobile.csv", "producer": "Mon département", "licence": "etalab-2.0", "credit": "Mon département, relevé 2026",
    "title": {"fr": "Couverture mobile", "en": "Mobile coverage"}, "vintage": {"fr": "2026", "en": "2026"},
    "columns": [
      {"name": "commune", "type": "commune"},
      {"name": "locaux", "type": "int", "min": 0, "merge": "sum"},
      {"name": "locaux_4g", "type": "int", "min": 0, "merge": "sum"}
    ]
  }],
  "indicators": [{
    "key": "mobile_4g", "axis": "networks", "unit": "percent", "polarity": "better", "rule": "ratio",
    "name": {"fr": "Locaux couverts en 4G", "en": "Premises covered by 4G"},
    "definition": {"fr": "Part des locaux couverts en 4G.", "en": "Share of premises covered by 4G."},
    "numerator": {"fr": "locaux couverts", "en": "premises covered"}, "denominator": {"fr": "locaux", "en": "premises"},
    "vintages": [{"period": "2026", "numerator": "mobile.locaux_4g", "denominator": "mobile.locaux"}]
  }]
}
`
)

// withLocal is the project's data with a folder of the installer's own.
func withLocal(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	entries, err := os.ReadDir(dataDir)
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs(dataDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == localFolder {
			continue
		}
		if err := os.Symlink(filepath.Join(root, e.Name()), filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, localFolder), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, localFolder, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestAnInstallerAddsAnIndicator(t *testing.T) {
	dir := withLocal(t, map[string]string{"mobile.csv": mobileCSV, "mobile.json": mobileManifest})
	with, err := Fingerprint(dir)
	if err != nil {
		t.Fatal(err)
	}
	if without, err := Fingerprint(dataDir); err != nil || with == without {
		t.Errorf("the installer's files do not count in the fingerprint (%v)", err)
	}
	varDir := t.TempDir()
	if _, _, err := Build(t.Context(), dir, varDir, nil); err != nil {
		t.Fatal(err)
	}
	at, err := snapshot.Current(varDir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := snapshot.Open(at)
	if err != nil {
		t.Fatal(err)
	}
	d, ok := s.Panel.Definition("mobile_4g")
	if !ok || !slices.Equal(d.Sources, []string{"mobile"}) {
		t.Fatalf("the indicator is not in the catalogue: %+v", d)
	}
	value := func(id territory.ID) indicator.Value {
		u, ok := s.France.Territory(id)
		if !ok {
			t.Fatalf("no %s", id)
		}
		return s.Panel.Latest(u, d)
	}
	if v := value(territory.ID{Level: territory.Commune, Code: "22113"}); v.Value != 90 || v.State != indicator.Whole {
		t.Errorf("Lannion: %+v, want 90 %%", v)
	}
	if v := value(territory.ID{Level: territory.Commune, Code: "22046"}); v.State != indicator.Absent || !math.IsNaN(v.Value) {
		t.Errorf("a commune without a cell: %+v, want none", v)
	}
	if v := value(territory.ID{Level: territory.Departement, Code: "22"}); v.State != indicator.Partial || math.Abs(v.Value-100*130.0/140) > 1e-9 || v.Known != 2 {
		t.Errorf("the département: %+v, want 92.9 %% of two communes", v)
	}
	if source, ok := s.Manifest.Source("mobile"); !ok || source.Producer != "Mon département" {
		t.Errorf("the source is not told: %+v", source)
	}
}

func TestWhatAnInstallerGetsWrongIsTold(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"a comma", `"format": 1,`, `"format": 1`, "mobile.json, line 3: invalid character"},
		{"a field", `"producer"`, `"producteur"`, `mobile.json, line 4: unknown field "producteur"`},
		{"a type", `"type": "int", "min": 0, "merge": "sum"},`, `"type": "integer"},`, `column "locaux": type "integer" is not one of`},
		{"a formula", `mobile.locaux_4g"`, `mobile.locaux_4g %% 2"`, "is not arithmetic"},
		{"an axis", `"networks"`, `"reseaux"`, `axis "reseaux" is not one of`},
		{"a language", `"en": "Premises covered by 4G"`, `"en": ""`, "name is missing in French or in English"},
		{"a rule", `"rule": "ratio"`, `"rule": "sum"`, "the rule sum asks for value, and for nothing else"},
		{"a key of ours", `"key": "mobile_4g"`, `"key": "ftth"`, `indicator "ftth": its key is given twice`},
		{"a source of ours", `"key": "mobile", "path"`, `"key": "communes", "path"`, "its key or its path is given twice"},
		{"a path", `"path": "mobile.csv"`, `"path": "../../mobile.csv"`, "leads out of the data folder"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(mobileManifest, c.old, c.new, 1)
			if text == mobileManifest {
				t.Fatal("the manifest is not changed")
			}
			_, err := loadManifest(withLocal(t, map[string]string{"mobile.csv": mobileCSV, "mobile.json": text}))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"a code", "22046", "2204", `mobile.csv, line 3, column "commune": "2204" is not an INSEE commune code`},
		{"a number", "22113,100,90", "22113,100,beaucoup", `mobile.csv, line 2, column "locaux_4g": "beaucoup" is not a whole number`},
		{"a cell", "22113,100,90", "22113,100", "mobile.csv, line 2: 2 cells instead of 3"},
		{"a header", "locaux_4g", "locaux 4G", `the column is missing (not in the manifest: locaux 4G)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := withLocal(t, map[string]string{"mobile.csv": strings.Replace(mobileCSV, c.old, c.new, 1), "mobile.json": mobileManifest})
			m, err := loadManifest(dir)
			if err != nil {
				t.Fatal(err)
			}
			var ps Problems
			for i := range m.Sources {
				if s := &m.Sources[i]; s.local {
					_, _, found := s.load(dir, &SourceReport{})
					ps = append(ps, found...)
				}
			}
			if !strings.Contains(ps.Error(), c.want) {
				t.Errorf("got %v\nwant %s", ps, c.want)
			}
		})
	}
}
