package pipeline

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const smallManifest = `{
  "format": 1,
  "vintage": 2026,
  "sources": [
    {
      "key": "places",
      "path": "places.csv",
      "title": {"fr": "Lieux", "en": "Places"},
      "producer": "P",
      "vintage": {"fr": "2026", "en": "2026"},
      "licence": "etalab-2.0",
      "credit": "P",
      "origin": "here",
      "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "format": "csv",
      "rows": 3,
      "columns": [
        {"name": "code", "type": "commune", "unique": true},
        {"name": "people", "type": "int", "min": 0}
      ],
      "keyColumns": ["code"],
      "totals": [{"sum": "people", "is": 12}]
    }
  ]
}
`

func TestManifestErrors(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"syntax", `"rows": 3,`, `"rows": 3`, "m.json, line 17: invalid character"},
		{"unknown field", `"rows": 3`, `"lines": 3`, `m.json, line 16: unknown field "lines"`},
		{"wrong type", `"rows": 3`, `"rows": "3"`, "m.json, line 16: cannot unmarshal string"},
		{"trailing", "  ]\n}\n", "  ]\n}\n{}", "line 26: something follows the end of the manifest"},
		{"format", `"format": 1`, `"format": 2`, "m.json: the manifest is in format 2 and this program reads format 1"},
		{"vintage", `2026,`, `26,`, "vintage 26 is not a year of the COG"},
		{"key", `"places"`, `"Places!"`, "the key is not small letters"},
		{"path", `"places.csv"`, `"../places.csv"`, `path "../places.csv" leads out of the data folder`},
		{"no title", `"en": "Places"`, `"en": ""`, `source 1 ("places"): title.en is missing`},
		{"no licence", `"etalab-2.0"`, `""`, "licence is missing"},
		{"checksum", `"e3b0c4`, `"E3B0C4`, "is not 64 hexadecimal digits"},
		{"file format", `"csv"`, `"xlsx"`, `format "xlsx" is not csv, topojson or geojson`},
		{"object", `"csv"`, `"topojson"`, "object goes with the format topojson"},
		{"rows", `"rows": 3,`, ``, "rows is missing"},
		{"column type", `"type": "int"`, `"type": "number"`, `column "people": type "number" is not one of text, int`},
		{"column twice", `"people", "type"`, `"code", "type"`, `column "code" is given twice`},
		{"pattern", `"type": "commune"`, `"type": "code"`, "a pattern goes with type code"},
		{"bad pattern", `"type": "commune"`, `"type": "code", "pattern": "("`, "missing closing )"},
		{"range of text", `"type": "int", "min"`, `"type": "text", "min"`, "min and max go with types int and decimal only"},
		{"key column", `["code"]`, `["kode"]`, `key column "kode" is not one of the columns`},
		{"reference", `"unique": true`, `"references": "communes.code"`, `column "code" refers to "communes.code", which is not a source and its column`},
		{"past", `"unique": true`, `"past": "drop"`, `past is "move"`},
		{"total of what", `{"sum": "people", "is": 12}`, `{"is": 12}`, "a total is one of count, sum and distinct"},
		{"total of unknown", `"sum": "people"`, `"sum": "pupils"`, `a total speaks of "pupils"`},
		{"total without figure", `, "is": 12`, ``, `the total of "people" does not say what it is`},
		{"total of text", `"sum": "people"`, `"sum": "code"`, "it has no exact sum"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(smallManifest, c.old) {
				t.Fatalf("the manifest has no %q", c.old)
			}
			_, err := ReadManifest(strings.NewReader(strings.Replace(smallManifest, c.old, c.new, 1)), "m.json")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
	if _, err := ReadManifest(strings.NewReader(smallManifest), "m.json"); err != nil {
		t.Errorf("the good one is refused: %v", err)
	}
}

func TestManifestNeedsSources(t *testing.T) {
	m := manifest(t)
	if err := m.checkNeeded("m.json"); err != nil {
		t.Fatal(err)
	}
	for i := range m.Sources {
		if m.Sources[i].Key == "frr" {
			m.Sources[i].Columns[3].Name = "classement"
		}
	}
	if err := m.checkNeeded("m.json"); err == nil || err.Error() != `m.json: source "frr": column "classement_frr" is missing; the build cannot do without it` {
		t.Errorf("got %v", err)
	}
	m.Sources = m.Sources[1:]
	if err := m.checkNeeded("m.json"); err == nil || err.Error() != `m.json: the source "communes" is missing; the build cannot do without it` {
		t.Errorf("got %v", err)
	}
}

// Every file of data/ is either described in the manifest or about it, and the
// ODbL files lie apart.
func TestDataFolderIsDescribed(t *testing.T) {
	described := map[string]bool{"sources.json": true, "indicators.json": true, "README.md": true}
	for _, s := range manifest(t).Sources {
		described[s.Path] = true
		if apart := strings.HasPrefix(s.Path, "odbl/"); apart != (s.Licence == "ODbL-1.0") {
			t.Errorf("%s is under %s", s.Path, s.Licence)
		}
		for _, text := range s.Treatment {
			if text.FR == "" || text.EN == "" {
				t.Errorf("%s: a treatment lacks a language", s.Key)
			}
		}
	}
	for _, folder := range []string{".", "territory", "indicators", "places", "published", "odbl"} {
		entries, err := os.ReadDir(filepath.Join(dataDir, folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if path := filepath.ToSlash(filepath.Join(folder, e.Name())); !e.IsDir() && !described[path] {
				t.Errorf("data/%s is not in the manifest", path)
			}
		}
	}
}

func FuzzReadManifest(f *testing.F) {
	f.Add([]byte(smallManifest))
	f.Add([]byte(`{"format":1,"vintage":2026,"sources":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ReadManifest(bytes.NewReader(b), "m.json")
		if err != nil {
			return
		}
		again, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ReadManifest(bytes.NewReader(again), "m.json"); err != nil {
			t.Errorf("an accepted manifest is refused once written again: %v", err)
		}
	})
}
