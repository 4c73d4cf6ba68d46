package pipeline_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bassin/internal/commons"
	"bassin/internal/realdata"
	"bassin/internal/territory"
)

func TestRecordsOfCatalogues(t *testing.T) {
	s := realdata.Snapshot(t)
	records, entries := map[string]map[string]bool{}, map[string]bool{}
	for _, r := range s.Statements {
		if records[r.Source] == nil {
			records[r.Source] = map[string]bool{}
		}
		records[r.Source][r.Record], entries[r.Entry] = true, true
	}
	want := map[string]int{"sill": 232, "codegouv": 21, "support-market": 497, "floss-services": 100, "public-forges": 387,
		"data-schemas": 95, "opendata-platforms": 219, "opendata-bodies": 891}
	for source, n := range want {
		if len(records[source]) != n {
			t.Errorf("%s: %d records instead of %d", source, len(records[source]), n)
		}
	}
	if len(records) != len(want) {
		t.Errorf("%d catalogues instead of %d", len(records), len(want))
	}
	c := commons.CatalogueOf(s)
	if c.Len() != len(entries) {
		t.Errorf("%d entries in the catalogue, %d in the table: rows of an entry are not together", c.Len(), len(entries))
	}
}

// TestValuesOfCatalogues asks the library of every value, as it does of what people write.
func TestValuesOfCatalogues(t *testing.T) {
	s := realdata.Snapshot(t)
	c := commons.CatalogueOf(s)
	check := commons.Checking{
		France:    func(context.Context) *territory.France { return s.France },
		Entry:     func(_ context.Context, id string) (bool, error) { _, ok := c.Entry(id); return ok, nil },
		Indicator: func(context.Context, string) bool { return false },
	}
	for e := range c.All() {
		if missing := commons.Missing(e.Kind, sheetOf(e)); len(missing) > 0 {
			t.Errorf("%s has no %v", e.ID, missing)
		}
		for _, said := range e.Said {
			kept, err := check.Check(t.Context(), e.Kind, said.Sheet)
			if err != nil {
				t.Errorf("%s, %s %s: %v", e.ID, said.Source, said.Record, err)
			} else if !kept.Equal(said.Sheet) {
				t.Errorf("%s, %s %s: written otherwise than the library keeps it: %v", e.ID, said.Source, said.Record, said.Sheet.Changes(kept))
			}
		}
	}
}

func sheetOf(e commons.Entry) commons.Sheet {
	s, _ := e.Sheet()
	return s
}

// TestEntriesOfCatalogues shows twelve entries, each field with whose word it is.
func TestEntriesOfCatalogues(t *testing.T) {
	c := commons.CatalogueOf(realdata.Snapshot(t))
	var b bytes.Buffer
	for _, id := range []string{"sill-1", "sill-56", "sill-67", "sill-205", "sill-233", "codegouv-ara", "support-4", "service-1", "forge-github-com-etalab",
		"schema-etalab-schema-bal", "platform-data-rennes-metropole", "opendata-213500010"} {
		e, ok := c.Entry(id)
		if !ok {
			t.Errorf("there is no %s", id)
			continue
		}
		sheet, from := e.Sheet()
		fmt.Fprintf(&b, "%s (%s)\n", id, e.Kind)
		for _, f := range commons.FieldsOf(e.Kind) {
			if v := sheet[f.Name]; len(v) > 0 {
				o := from[f.Name]
				presumed := ""
				if o.Presumed {
					presumed = " presumed"
				}
				fmt.Fprintf(&b, "  %s: %s  [%s %s, %s, %s%s]\n", f.Name, strings.Join(v, " | "), o.Source, o.Record, o.Vintage, o.Licence, presumed)
			}
		}
	}
	golden(t, "commons.golden", b.Bytes())
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; read what changes, then -update:\n%s", path, got)
	}
}

// TestSameSoftware holds the joining of catalogues to pairs judged by hand.
func TestSameSoftware(t *testing.T) {
	c := commons.CatalogueOf(realdata.Snapshot(t))
	content, err := os.ReadFile(filepath.Join("testdata", "commons-pairs.txt"))
	if err != nil {
		t.Fatal(err)
	}
	judged, right, wrong, missed := 0, 0, 0, 0
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, " ; ")
		if len(f) < 3 || !slices.Contains([]string{"same", "apart"}, f[0]) {
			t.Fatalf("not a judgement: %q", line)
		}
		var entries [2]string
		for i, r := range f[1:3] {
			source, rest, _ := strings.Cut(r, " ")
			record, _, _ := strings.Cut(rest, " ")
			var ok bool
			if entries[i], ok = c.Of(source, record); !ok {
				t.Fatalf("%q: there is no such record", r)
			}
		}
		judged++
		joined := entries[0] == entries[1]
		switch {
		case joined && f[0] == "same":
			right++
		case joined:
			wrong++
			t.Logf("joined wrongly: %s", line)
		case f[0] == "same":
			missed++
			t.Logf("not joined: %s", line)
		}
	}
	got := fmt.Sprintf("%d pairs judged: %d joined rightly, %d wrongly, %d missed; precision %.2f, recall %.2f\n",
		judged, right, wrong, missed, float64(right)/float64(right+wrong), float64(right)/float64(right+missed))
	if judged < 80 {
		t.Errorf("only %d pairs", judged)
	}
	golden(t, "commons-pairs.golden", []byte(got))
}
