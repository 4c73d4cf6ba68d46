package publiccode_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/commons"
	"bassin/internal/harvest/publiccode"
	"bassin/internal/i18n"
)

var update = flag.Bool("update", false, "rewrite golden files")

func reader(t testing.TB) *publiccode.Reader {
	t.Helper()
	r, err := publiccode.New()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Each file, sound or broken, gives the entry and the words of the golden file.
func TestFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/files/*.yml")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	words, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	r := reader(t)
	var got strings.Builder
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found, findings := r.Read(data)
		fmt.Fprintf(&got, "== %s\n", filepath.Base(file))
		for _, f := range found {
			fmt.Fprintf(&got, "%s %s\n", f.Kind, f.Record)
			for _, name := range slices.Sorted(maps.Keys(f.Sheet)) {
				fmt.Fprintf(&got, "  %s = %.60q\n", name, f.Sheet[name])
			}
		}
		for _, f := range findings {
			for _, lang := range []i18n.Lang{i18n.FR, i18n.EN} {
				fmt.Fprintf(&got, "%d:%d %s %s: %.300s\n", f.Line, f.Column, f.Severity, f.Field, words.Localizer(lang).T(f.Key, f.Args...))
			}
			if f.Detail != "" {
				fmt.Fprintf(&got, "  (%.120s)\n", strings.ReplaceAll(f.Detail, "\n", " "))
			}
		}
	}
	const golden = "testdata/files.golden"
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

// Names, addresses and telephones of people are in nothing that is given.
func TestPeopleAreLeftAside(t *testing.T) {
	r := reader(t)
	for _, name := range []string{"valid_v0", "contact_person", "contact_email"} {
		data, err := os.ReadFile("testdata/files/" + name + ".yml")
		if err != nil {
			t.Fatal(err)
		}
		found, findings := r.Read(data)
		all := fmt.Sprintf("%v %v", found, findings)
		for _, s := range []string{"Lovelace", "ada", "Francesco", "@comune", "+39", "dario"} {
			if strings.Contains(all, s) {
				t.Errorf("%s: %q is given", name, s)
			}
		}
	}
}

func TestLargeFiles(t *testing.T) {
	r := reader(t)
	for _, c := range []struct {
		key  string
		file []byte
	}{
		{"publiccode.large", make([]byte, 1<<20)},
		{"publiccode.nodes", []byte("name: N\nplatforms:\n" + strings.Repeat("  - a\n", 20_000))},
		{"publiccode.deep", []byte("x: " + strings.Repeat("[", 100_000))},
		{"publiccode.deep", []byte("x: " + strings.Repeat("{a: ", 30_000))},
		{"publiccode.deep", []byte(strings.Repeat("- ", 60_000))},
		{"publiccode.deep", []byte("x: " + strings.Repeat("[\n", 40_000))}, // minutes for the YAML library
		{"publiccode.yaml", []byte(strings.Repeat("a: ", 40_000))},
		{"publiccode.yaml", []byte("x: " + strings.Repeat("&a ", 40_000))},
	} {
		found, findings := r.Read(c.file)
		if len(found) > 0 || !slices.ContainsFunc(findings, func(f commons.Finding) bool { return f.Key == c.key }) {
			t.Errorf("%d entries, %v; %s was expected", len(found), findings, c.key)
		}
	}
}

// Whatever the bytes, reading ends, says something true, and what was read is written
// as a file that is read again the same.
func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob("testdata/files/*.yml")
	for _, file := range files {
		if data, err := os.ReadFile(file); err == nil {
			f.Add(data)
		}
	}
	r := reader(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		found, findings := r.Read(data)
		lines := bytes.Count(data, []byte("\n")) + 2
		for _, f := range findings {
			if f.Key == "" || f.Severity == "" || f.Line < 0 || f.Line > lines {
				t.Errorf("finding %+v of %d lines", f, lines)
			}
		}
		if len(found) == 0 {
			if len(findings) == 0 {
				t.Error("nothing was read and nothing is said")
			}
			return
		}
		file := publiccode.Write(found[0].Sheet, nil)
		again, _ := r.Read(file)
		if len(again) != 1 {
			t.Fatalf("what was read is not read again:\n%s", file)
		}
		for _, field := range []string{"summary", "summary_en"} {
			if len([]rune(found[0].Sheet.Get(field))) > 150 { // it is cut
				delete(found[0].Sheet, field)
				delete(again[0].Sheet, field)
			}
		}
		if d := cmp.Diff(held(found[0].Sheet), held(again[0].Sheet)); d != "" {
			t.Errorf("%s\n%s", d, file)
		}
	})
}
