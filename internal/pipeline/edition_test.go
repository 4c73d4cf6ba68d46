package pipeline

import (
	"path/filepath"
	"slices"
	"testing"

	"bassin/internal/territory"
)

// catalogues reads the real catalogues of commons, with the tables that places are found in left empty.
func catalogues(t *testing.T) *inputs {
	t.Helper()
	m, err := loadManifest(filepath.Join("..", "..", "data"))
	if err != nil {
		t.Fatal(err)
	}
	in := &inputs{tables: map[string]*table{"epci": {}}}
	for i := range m.Sources {
		s := &m.Sources[i]
		if !slices.Contains(trust, s.Key) {
			continue
		}
		ps := &sourceProblems{}
		content, _ := s.read(filepath.Join("..", "..", "data"), ps)
		if in.tables[s.Key] = readCSV(content, s, ps); len(ps.list) > 0 {
			t.Fatal(ps.list)
		}
	}
	return in
}

func entriesOf(t *testing.T, in *inputs) map[[2]string]string {
	t.Helper()
	france, err := territory.New(territory.Tables{Vintage: 2026})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := in.commons(t.Context(), france, &Report{})
	if err != nil {
		t.Fatal(err)
	}
	out := map[[2]string]string{}
	for _, r := range rows {
		out[[2]string{r.Source, r.Record}] = r.Entry
	}
	return out
}

// TestNewEditionKeepsAddresses gives the catalogues back in another order, with rows
// more and rows less: what is still there keeps its entry.
func TestNewEditionKeepsAddresses(t *testing.T) {
	before := entriesOf(t, catalogues(t))
	next := catalogues(t)
	for _, key := range trust {
		c := next.tables[key]
		c.rows = append(c.rows[:0:0], c.rows[1:]...)
		slices.Reverse(c.rows)
	}
	sill := next.tables["sill"]
	added := slices.Clone(sill.rows[0])
	added[sill.at["id"]], added[sill.at["name"]], added[sill.at["comptoir_du_libre_id"]] = "9001", "Tout nouveau", "9001"
	sill.rows = append([][]string{added}, sill.rows...)
	after := entriesOf(t, next)
	if after[[2]string{"sill", "9001"}] != "sill-9001" {
		t.Error("the new software has no entry")
	}
	kept := 0
	for record, entry := range after {
		if was, ok := before[record]; ok && was != entry && before[[2]string{"sill", "1"}] != was {
			t.Errorf("%v was %s and is %s", record, was, entry)
		} else if ok {
			kept++
		}
	}
	if kept < 2400 {
		t.Errorf("only %d records were compared", kept)
	}
}

func TestLicenceNames(t *testing.T) {
	for cell, want := range map[string]string{"GPL V2.0": "GPL-2.0-only", "MPL 2.0 et EPL 1.0": "MPL-2.0 AND EPL-1.0", "N/A": "", "other": "", "mit": "mit",
		"MIT, LGPL-3, AGPL-3": "MIT AND LGPL-3.0-only AND AGPL-3.0-only", "Apache-2.0": "Apache-2.0"} {
		if got, _ := licenceOf(cell); got != want {
			t.Errorf("%q: %q instead of %q", cell, got, want)
		}
	}
}

func TestBareNames(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"7zip", "7-Zip", true}, {"Tomcat", "Apache Tomcat", true}, {"LibreOffice", "LibreOffice (Collabora) online", false}, {"Noyau Debian", "Debian", false},
		{"PostGIS", "PostgreSQL", false}, {"Firefox", "Mozilla Firefox (Extended Support Release)", true}, {"Gitlab", "GitLab Community Edition", true},
		{"Struts 1", "Struts 2", false}, {"Grafana Loki", "Grafana", false},
	} {
		if got := bare(c.a) == bare(c.b); got != c.same {
			t.Errorf("%s and %s: %v", c.a, c.b, got)
		}
	}
}
