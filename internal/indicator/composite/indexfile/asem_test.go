package indexfile

import (
	"encoding/csv"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"bassin/internal/indicator/composite"
)

// The engine alone against COINr 1.1.14; the command is compared table by table,
// variants too, in package cli.
func TestEngineAgreesWithCOINr(t *testing.T) {
	open := func(name string) *os.File {
		f, err := os.Open("../testdata/asem/" + name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	m, err := ReadMethod(open("method.yaml"), "method.yaml")
	if err != nil {
		t.Fatal(err)
	}
	table, err := ReadTable(open("asem_iData.csv"), "asem_iData.csv", m)
	if err != nil {
		t.Fatal(err)
	}
	r, err := composite.Run(table, m.Recipe)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		known  string
		keys   []string
		values [][]float64
	}{
		{"step1_denominated.csv", r.Indicators, r.Denominated},
		{"step2_treated.csv", r.Indicators, r.Treated},
		{"step3_normalised.csv", r.Indicators, r.Normalised},
		{"step4_aggregated.csv", slices.Concat(r.Indicators, r.Aggregates), slices.Concat(r.Normalised, r.Values)},
	} {
		records, err := csv.NewReader(open(step.known)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(records[0]) != len(step.keys)+1 || len(records) != len(r.Units)+1 {
			t.Fatalf("%s: %d columns of %d units, known are %d of %d", step.known, len(step.keys), len(r.Units), len(records[0])-1, len(records)-1)
		}
		for c, key := range records[0][1:] {
			col := step.values[slices.Index(step.keys, key)]
			for _, record := range records[1:] {
				got := col[slices.Index(r.Units, record[0])]
				want, err := strconv.ParseFloat(record[c+1], 64)
				if err != nil && record[c+1] != "NA" {
					t.Fatal(err)
				}
				if record[c+1] == "NA" {
					want = math.NaN()
				}
				if math.IsNaN(got) != math.IsNaN(want) || math.Abs(got-want) > 1e-9*max(1, math.Abs(want)) {
					t.Errorf("%s: %s of %s is %v, want %v", step.known, key, record[0], got, want)
				}
			}
		}
	}
}
