package cli

import (
	"bytes"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const asem = "../indicator/composite/testdata/asem"

func runIndex(args ...string) (status int, out, errs string) {
	var o, e bytes.Buffer
	status = Run(append([]string{"index"}, args...), Environment{Version: "1", Stdout: &o, Stderr: &e})
	return status, o.String(), e.String()
}

func mustIndex(t *testing.T, args ...string) string {
	t.Helper()
	status, out, errs := runIndex(args...)
	if status != 0 {
		t.Fatalf("bassin index %v: status %d: %s", args, status, errs)
	}
	return out
}

// cells reads a table of results: unit, then column, to value.
func cells(t *testing.T, text string) map[string]map[string]string {
	t.Helper()
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]string{}
	for _, r := range records[1:] {
		out[r[0]] = map[string]string{}
		for i, h := range records[0] {
			out[r[0]][h] = r[i]
		}
	}
	return out
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	if s == "" || s == "NA" {
		return math.NaN()
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// sameTable compares every column of the known answer, to 1e-9.
func sameTable(t *testing.T, got, known string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(asem, known))
	if err != nil {
		t.Fatal(err)
	}
	have, want := cells(t, got), cells(t, string(b))
	if len(have) != len(want) || len(want) != 51 {
		t.Fatalf("%d units, want %d", len(have), len(want))
	}
	worst, compared, bad := 0.0, 0, 0
	for unit, row := range want {
		for column, text := range row {
			if column == "uCode" {
				continue
			}
			cell, ok := have[unit][column]
			if !ok {
				t.Fatalf("no value of %s for %s", column, unit)
			}
			x, y := number(t, cell), number(t, text)
			if math.IsNaN(x) && math.IsNaN(y) {
				continue
			}
			compared++
			d := math.Abs(x-y) / max(1, math.Abs(y))
			if !(d <= 1e-9) {
				if bad++; bad < 10 {
					t.Errorf("%s: %s of %s is %v, want %v", known, column, unit, x, y)
				}
			}
			worst = max(worst, d)
		}
	}
	if bad > 0 {
		t.Errorf("%s: %d values differ", known, bad)
	}
	t.Logf("%s: %d values, largest difference %.1e", known, compared, worst)
}

// asemMethod writes the method with some of its text replaced.
func asemMethod(t *testing.T, pairs ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(asem, "method.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("the method has no %q", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	name := filepath.Join(t.TempDir(), "method.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// The known answers are of COINr 1.1.14, an independent implementation.
func TestIndexAgreesWithCOINr(t *testing.T) {
	data := filepath.Join(asem, "asem_iData.csv")
	for _, c := range []struct {
		stage, known string
		method       []string
	}{
		{"denominated", "step1_denominated.csv", nil},
		{"treated", "step2_treated.csv", nil},
		{"normalised", "step3_normalised.csv", nil},
		{"aggregated", "step4_aggregated.csv", nil},
		{"aggregated", "variant_n_minmax_a_amean.csv", []string{"range: [0, 100]", "range: [1, 100]"}},
		{"aggregated", "variant_n_minmax_a_gmean.csv", []string{"range: [0, 100]", "range: [1, 100]", "mean: arithmetic", "mean: geometric"}},
		{"aggregated", "variant_n_zscore_a_amean.csv", []string{"by: min-max, range: [0, 100]", "by: z-score, centre: 50, spread: 10"}},
		{"aggregated", "variant_n_zscore_a_hmean.csv", []string{"by: min-max, range: [0, 100]", "by: z-score, centre: 50, spread: 10", "mean: arithmetic", "mean: harmonic"}},
	} {
		t.Run(c.known, func(t *testing.T) {
			sameTable(t, mustIndex(t, "--data", data, "--method", asemMethod(t, c.method...), "--stage", c.stage), c.known)
		})
	}
}

// The input has 15 digits, and COINr had more: NOR and JPN, equal in the file on
// TolMin, were apart by one in the sixteenth. What rests on ties alone is compared
// from the treated table, which has all digits.
func TestIndexByBordaAgreesWithCOINr(t *testing.T) {
	method := asemMethod(t, "by: min-max, range: [0, 100]", "by: borda", "imputation: {by: mean, group: EurAsia_group}", "",
		"treatment: {winsorise: 5, skewness: 2, kurtosis: 3.5, then: log}", "")
	b, err := os.ReadFile(method)
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`, denominator: \w+`).ReplaceAllString(string(b), "")
	if err := os.WriteFile(method, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	sameTable(t, mustIndex(t, "--data", filepath.Join(asem, "step2_treated.csv"), "--method", method), "variant_n_borda_a_amean.csv")
}

// R's random numbers are not ours: the intervals of its 100 draws must lie where
// those of our own studies of 100 draws lie, and its mean ranks no further from
// the long run than ours.
func TestIndexSpreadsRanksAsCOINrDoes(t *testing.T) {
	study := func(draws, seed string) map[string]map[string]string {
		method := asemMethod(t, "draws: 1000", "draws: "+draws, "seed: 42", "seed: "+seed)
		return cells(t, mustIndex(t, "--data", filepath.Join(asem, "asem_iData.csv"), "--method", method, "--stage", "uncertainty"))
	}
	long := study("5000", "1")
	measure := func(rows map[string]map[string]string, low, high, average string) (width, away float64) {
		for unit, row := range rows {
			width += (number(t, row[high]) - number(t, row[low])) / 51
			away += math.Abs(number(t, row[average])-number(t, long[unit]["rank_mean"])) / 51
		}
		return width, away
	}
	narrow, wide, far := math.Inf(1), 0.0, 0.0
	for seed := range 20 {
		width, away := measure(study("100", strconv.Itoa(seed)), "rank_low", "rank_high", "rank_mean")
		narrow, wide, far = min(narrow, width), max(wide, width), max(far, away)
	}
	b, err := os.ReadFile(filepath.Join(asem, "ua_rankstats_seed42.csv"))
	if err != nil {
		t.Fatal(err)
	}
	known := cells(t, string(b))
	width, away := measure(known, "Q5", "Q95", "Mean")
	t.Logf("mean width %.2f, ours %.2f to %.2f; mean ranks %.3f from the long run, ours up to %.3f", width, narrow, wide, away, far)
	if width < narrow || width > wide || away > far {
		t.Errorf("mean width %.2f, want %.2f to %.2f; mean ranks are %.3f away, want at most %.3f", width, narrow, wide, away, far)
	}
	for unit, row := range known {
		if long[unit]["rank"] != row["Nominal"] {
			t.Errorf("%s is ranked %s, want %s", unit, long[unit]["rank"], row["Nominal"])
		}
		if math.Abs(number(t, long[unit]["rank_median"])-number(t, row["Median"])) > 1 {
			t.Errorf("%s has the median rank %s, want %s", unit, long[unit]["rank_median"], row["Median"])
		}
	}
}

// A small method that uses every part, on a small table: what is written, to the
// last character.
func TestIndexWritesItsGoldenOutputs(t *testing.T) {
	for _, stage := range []string{"denominated", "imputed", "treated", "normalised", "aggregated", "uncertainty"} {
		for _, format := range []string{"csv", "json"} {
			name := filepath.Join("testdata", "index", stage+"."+format)
			got := mustIndex(t, "--data", "testdata/index/table.csv", "--method", "testdata/index/method.yaml", "--stage", stage, "--format", format)
			if *update {
				if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs:\n%s\nwant\n%s", name, got, want)
			}
		}
	}
	out := filepath.Join(t.TempDir(), "out.csv")
	if printed := mustIndex(t, "--data", "testdata/index/table.csv", "--method", "testdata/index/method.yaml", "--out", out); printed != "" {
		t.Errorf("printed besides the file: %s", printed)
	}
	want, err := os.ReadFile("testdata/index/aggregated.csv")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(out); err != nil || string(got) != string(want) {
		t.Errorf("%v, file:\n%s", err, got)
	}
}

func TestIndexTellsMistakesInTheReadersLanguage(t *testing.T) {
	folder := t.TempDir()
	put := func(name, text string) string {
		name = filepath.Join(folder, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	table := put("t.csv", "code;a;b\nx;1,5;2\ny;2;3\nz;3;1\n")
	bad := put("bad.csv", "code;a;b\nx;beaucoup;2\ny;2;3\n")
	flat := put("flat.csv", "code;a;b\nx;1;2\ny;1;3\n")
	method := put("m.yaml", "unit: code\nindicators:\n  - key: a\n  - key: b\n")
	unknown := put("unknown.yaml", "unit: code\nindicators:\n  - key: a\n    colour: red\n")
	zeros := put("zeros.yaml", "unit: code\nindicators:\n  - key: a\n  - key: b\naggregation:\n  mean: geometric\n")
	old := put("kept.csv", "kept")
	for _, c := range []struct {
		name string
		args []string
		want []string
	}{
		{"a cell", []string{"--data", bad, "--method", method, "--lang", "fr"}, []string{bad + ":2:3: a: ", "beaucoup", "n’est pas un nombre"}},
		{"a cell in English", []string{"--data", bad, "--method", method, "--lang", "en"}, []string{bad + ":2:3: a: ", "is not a number"}},
		{"an unknown key", []string{"--data", table, "--method", unknown, "--lang", "en"}, []string{unknown + ":4:5: indicators[0].colour: ", "not known here"}},
		{"an indicator that is flat", []string{"--data", flat, "--method", method, "--lang", "en", "--out", old}, []string{method + ":3:5: indicators[0]: ", "same value everywhere"}},
		{"a mean that cannot be", []string{"--data", table, "--method", zeros, "--lang", "en"}, []string{zeros + ":6:9: aggregation.mean: ", "above zero", "range: [1, 100]"}},
		{"no study", []string{"--data", table, "--method", method, "--stage", "uncertainty", "--lang", "fr"}, []string{method + ": uncertainty: ", "draws: 1000"}},
		{"no file", []string{"--data", "nowhere.csv", "--method", method}, []string{"nowhere.csv"}},
	} {
		status, out, errs := runIndex(c.args...)
		if status != 1 || out != "" {
			t.Errorf("%s: status %d, printed %q", c.name, status, out)
		}
		for _, want := range c.want {
			if !strings.Contains(errs, want) {
				t.Errorf("%s: said %q, want %q in it", c.name, errs, want)
			}
		}
	}
	if b, err := os.ReadFile(old); err != nil || string(b) != "kept" {
		t.Errorf("a failure left %q, %v", b, err)
	}
	t.Setenv("LANG", "fr_FR.UTF-8")
	if _, _, errs := runIndex("--data", bad, "--method", method); !strings.Contains(errs, "n’est pas") {
		t.Errorf("LANG is French, said %q", errs)
	}
	for _, args := range [][]string{{"--data", table}, {"--data", table, "--method", method, "--stage", "soup"}, {"--data", table, "--method", method, "--format", "xls"}} {
		if status, _, _ := runIndex(args...); status != 2 {
			t.Errorf("%v: status %d, want 2", args, status)
		}
	}
}
