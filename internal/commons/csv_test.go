package commons_test

import (
	"bytes"
	"flag"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/commons"
	"bassin/internal/i18n"
)

var update = flag.Bool("update", false, "rewrite golden files")

// Each broken table says what is wrong with it, line by line, in both languages.
func TestBrokenTables(t *testing.T) {
	files, err := filepath.Glob("testdata/csv/*.csv")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d tables, %v", len(files), err)
	}
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found, findings := commons.ReadCSV(data)
		fmt.Fprintf(&got, "%s\n", filepath.Base(file))
		for _, f := range found {
			fmt.Fprintf(&got, "  %d: %s %s %q\n", f.Line, f.Kind, f.Record, map[string][]string(f.Sheet))
		}
		for _, f := range findings {
			for _, lang := range []i18n.Lang{i18n.FR, i18n.EN} {
				fmt.Fprintf(&got, "  %d:%d %s %s: %s\n", f.Line, f.Column, f.Severity, f.Field, words.Localizer(lang).T(f.Key, f.Args...))
			}
		}
	}
	const golden = "testdata/csv/findings.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got.String()); d != "" {
		t.Errorf("findings changed:\n%s", d)
	}
}

func table(t testing.TB, comma rune, rows ...commons.Found) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := commons.WriteCSV(&b, comma, commons.CSVColumns(), slices.Values(rows)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTablesComeBack(t *testing.T) {
	rows := []commons.Found{
		{Record: "a", Kind: commons.Software, Sheet: commons.Sheet{"title": {"=1+1"}, "summary": {"'=x"}, "description": {"one\n\ntwo; \"three\", four"}, "features": {"a|b", `c\`, `\|`, "-d"}, "languages": {"fr", "en"}}},
		{Record: "-b", Kind: commons.Need, Sheet: commons.Sheet{"title": {"Été"}, "problem": {"@x"}}},
	}
	for _, comma := range []rune{',', ';', '\t'} {
		file := table(t, comma, rows...)
		found, findings := commons.ReadCSV(file)
		if len(findings) > 0 {
			t.Errorf("findings %v", findings)
		}
		for i := range found {
			found[i].Line = 0
		}
		if d := cmp.Diff(rows, found); d != "" {
			t.Errorf("with %q:\n%s", comma, d)
		}
		for _, cell := range []string{"=1+1", "-b", "@x", "-d"} {
			if bytes.Contains(file, []byte(string(comma)+cell)) {
				t.Errorf("with %q a spreadsheet would run %s", comma, cell)
			}
		}
	}
}

func TestEmptyTableIsAForm(t *testing.T) {
	var b bytes.Buffer
	var none iter.Seq[commons.Found] = func(func(commons.Found) bool) {}
	if err := commons.WriteCSV(&b, ';', commons.CSVColumns(commons.Need), none); err != nil {
		t.Fatal(err)
	}
	found, findings := commons.ReadCSV(b.Bytes())
	if len(found) != 0 || len(findings) != 1 || findings[0].Key != "table.no_rows" {
		t.Errorf("read %v, %v", found, findings)
	}
	if head := b.String(); strings.Contains(head, "repository") || !strings.Contains(head, ";wanted_by;") {
		t.Errorf("columns of a need are %s", head)
	}
}

func TestLargeTables(t *testing.T) {
	if found, findings := commons.ReadCSV(make([]byte, 21<<20)); found != nil || findings[0].Key != "table.large" {
		t.Errorf("21 MB gave %d entries, %v", len(found), findings)
	}
	file := []byte("kind\n" + strings.Repeat("need\n", 20_001))
	found, findings := commons.ReadCSV(file)
	if len(found) != 20_000 || len(findings) != 1 || findings[0].Key != "table.many_rows" {
		t.Errorf("20,001 rows gave %d entries, %v", len(found), findings)
	}
	if _, findings := commons.ReadCSV([]byte("kind\n" + strings.Repeat("x\n", 2_000))); len(findings) != 500 {
		t.Errorf("2,000 bad rows gave %d findings", len(findings))
	}
}

// What was read once is written and read again the same, whatever the bytes.
func FuzzCSV(f *testing.F) {
	files, _ := filepath.Glob("testdata/csv/*.csv")
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		found, findings := commons.ReadCSV(data)
		for _, f := range findings {
			if f.Key == "" || f.Severity == "" || f.Line < 0 {
				t.Errorf("finding %+v", f)
			}
		}
		for i, f := range found {
			if !f.Kind.Valid() || f.Line < 2 {
				t.Errorf("found %+v", f)
			}
			found[i].Line = 0
			if !utf8.ValidString(f.Record) {
				t.Errorf("record %q", f.Record)
			}
		}
		again, findings := commons.ReadCSV(table(t, ';', found...))
		for i := range again {
			again[i].Line = 0
		}
		if len(found) > 0 && (len(findings) > 0 || cmp.Diff(found, again) != "") {
			t.Errorf("%v\n%s", findings, cmp.Diff(found, again))
		}
	})
}
