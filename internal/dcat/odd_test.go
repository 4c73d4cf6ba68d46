package dcat_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"bassin/internal/dcat"
	"bassin/internal/i18n"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sheets prints what was found of a file, and what was said of it.
func sheets(t *testing.T, name string, body []byte) string {
	t.Helper()
	c, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "== %s\n", name)
	reader := dcat.Reader{Format: formats[filepath.Ext(name)], Base: "https://portail.example.fr/catalog" + filepath.Ext(name)}
	found, page, findings := reader.Page(body)
	for _, f := range found {
		fmt.Fprintf(&b, "%s %s", f.Kind, f.Record)
		if f.Line > 0 {
			fmt.Fprintf(&b, " (line %d)", f.Line)
		}
		b.WriteByte('\n')
		var fields []string
		for k := range f.Sheet {
			fields = append(fields, k)
		}
		slices.Sort(fields)
		for _, k := range fields {
			fmt.Fprintf(&b, "    %s: %q\n", k, f.Sheet[k])
		}
	}
	if page.Next != "" {
		fmt.Fprintf(&b, "next page %s, of %d\n", page.Next, page.Total)
	}
	for _, f := range findings {
		fmt.Fprintf(&b, "%s", f.Severity)
		if f.Line > 0 {
			fmt.Fprintf(&b, " %d:%d", f.Line, f.Column)
		}
		for _, s := range []string{f.Resource, f.Field} {
			if s != "" {
				b.WriteString(" " + s)
			}
		}
		fmt.Fprintf(&b, ": %s\n", c.Localizer(i18n.FR).T(f.Key, f.Args...))
	}
	return b.String()
}

var formats = map[string]dcat.Format{".ttl": dcat.Turtle, ".rdf": dcat.RDFXML, ".jsonld": dcat.JSONLD}

func golden(t *testing.T, folder string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", folder, "*.*"))
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	var got strings.Builder
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got.WriteString(sheets(t, filepath.Base(name), body))
	}
	file := filepath.Join("testdata", folder+".golden")
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		for i, line := range strings.Split(got.String(), "\n") {
			if lines := strings.Split(string(want), "\n"); i >= len(lines) || lines[i] != line {
				t.Fatalf("%s:%d is now %q (-update writes it)", file, i+1, line)
			}
		}
		t.Fatalf("%s has more lines than there are now", file)
	}
}

// Files that are broken or odd, each with what is said of it.
func TestOddFiles(t *testing.T) { golden(t, "odd") }

// Catalogues as programs in use write them.
func TestCataloguesInUse(t *testing.T) { golden(t, "real") }
