package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func runSiting(t *testing.T, files map[string]string, args ...string) (status int, out, errs string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for x, a := range args {
		if _, ok := files[a]; ok {
			args[x] = filepath.Join(dir, a)
		}
	}
	var o, e bytes.Buffer
	status = Run(append([]string{"siting", "solve"}, args...), Environment{Version: "1", Stdout: &o, Stderr: &e})
	return status, o.String(), strings.ReplaceAll(e.String(), dir+string(filepath.Separator), "")
}

// line are five places on a line, of which the ends weigh most.
const line = "id,x,y,weight\na,0,0,5\nb,1,0,1\nc,2,0,1\nd,3,0,1\ne,4,0,5\n"

func TestSitingSolves(t *testing.T) {
	for _, c := range []struct {
		name  string
		args  []string
		value float64
		sites string
	}{
		{"two medians", []string{"--model", "p-median", "--p", "2", "--points", "line.csv"}, 4, "a e"},
		{"one stays", []string{"--model", "p-median", "--p", "2", "--points", "line.csv", "--fixed", "c.csv"}, 12, "a c"},
		{"centre", []string{"--model", "p-centre", "--p", "1", "--points", "line.csv"}, 2, "c"},
		{"cover", []string{"--model", "max-cover", "--p", "1", "--radius", "1", "--points", "line.csv"}, 7, ""},
		{"all covered", []string{"--model", "set-cover", "--radius", "1", "--points", "line.csv"}, 2, ""},
		{"matrix", []string{"--model", "p-median", "--p", "1", "--cost-matrix", "table.csv"}, 3, "2"},
		{"capacities", []string{"--model", "p-median", "--p", "2", "--cost-matrix", "table.csv", "--capacities", "room.csv"}, 5, "1 2"},
		{"few candidates", []string{"--model", "p-median", "--p", "1", "--points", "line.csv", "--candidates", "bc.csv"}, 22, "c"},
		{"budget", []string{"--model", "p-median", "--points", "line.csv", "--fees", "fees.csv", "--budget", "3"}, 22, "c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{"line.csv": line, "c.csv": "id\nc\n", "bc.csv": "b\nc\n", "table.csv": "1,0,9\n5,2,9\n2,1,\n",
				"room.csv": "2,1\n", "fees.csv": "site;fee\na;4\nb;4\nc;3\nd;4\ne;4\n"}
			status, out, errs := runSiting(t, files, append(c.args, "--format", "json")...)
			if status != 0 {
				t.Fatalf("status %d: %s", status, errs)
			}
			var got sited
			if err := json.Unmarshal([]byte(out), &got); err != nil {
				t.Fatal(err)
			}
			if got.Value != c.value || !got.Proved {
				t.Errorf("value %v (bound %v), want %v", got.Value, got.Bound, c.value)
			}
			if slices.Sort(got.Sites); c.sites != "" && strings.Join(got.Sites, " ") != c.sites {
				t.Errorf("sites %v, want %s", got.Sites, c.sites)
			}
		})
	}
}

func TestSitingRefusesInWords(t *testing.T) {
	for _, c := range []struct {
		name, points string
		args         []string
		fr, en       string
	}{
		{"fewer candidates than hubs", line, []string{"--model", "p-median", "--p", "6"}, "6 lieux sont demandés, et 5 seulement peuvent être ouverts.", "6 sites are asked for, and only 5 can be open."},
		{"negative weight", "id,x,y,weight\na,0,0,-1\n", []string{"--model", "p-median", "--p", "1"}, "p.csv, ligne 2 : -1 est négatif.", "p.csv, line 2: -1 is negative."},
		{"unreachable", line, []string{"--model", "set-cover", "--radius", "0.5", "--candidates", "list"}, "La demande 1 n’a aucun lieu à sa portée.", "Demand 1 has no site within reach."},
		{"no number", "id,x,y\na,zero,0\n", []string{"--model", "p-median", "--p", "1"}, "p.csv, ligne 2, colonne 2 : « zero » n’est pas un nombre.", "p.csv, line 2, column 2: “zero” is not a number."},
		{"no radius", line, []string{"--model", "max-cover", "--p", "1"}, "Donnez le rayon", "Give the radius"},
		{"no column", "name,x,y\na,0,0\n", []string{"--model", "p-median", "--p", "1"}, "il faut les colonnes id", "columns id"},
		{"unknown site", line, []string{"--model", "p-median", "--p", "1", "--fixed", "bad"}, "« z » n’est pas un lieu", "“z” is not a site"},
	} {
		for _, lang := range []string{"fr", "en"} {
			t.Run(c.name+" "+lang, func(t *testing.T) {
				files := map[string]string{"p.csv": c.points, "list": "c\n", "bad": "a\nz\n"}
				status, out, errs := runSiting(t, files, append(slices.Clone(c.args), "--points", "p.csv", "--lang", lang)...)
				want := c.en
				if lang == "fr" {
					want = c.fr
				}
				if status != 1 || out != "" || !strings.Contains(strings.ReplaceAll(errs, "\u00a0", " "), want) {
					t.Errorf("status %d, %q, %q: want %q", status, out, errs, want)
				}
			})
		}
	}
}
