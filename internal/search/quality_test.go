package search_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"bassin/internal/search"
	"bassin/internal/search/searchtest"
)

var update = flag.Bool("update", false, "write the golden files again")

// The golden file tells recall@10 and reciprocal rank of each query. A query that falls
// below its line fails; one that rises asks for the file to be written again.
func TestJudgedQueriesAreAnsweredAsWell(t *testing.T) {
	documents, err := searchtest.Catalogues("../../data/commons")
	if err != nil {
		t.Fatal(err)
	}
	needs, err := searchtest.Needs("testdata/judged.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, d := range documents {
		known[d.ID] = true
	}
	x := search.New(searchtest.Fields()...)
	x.Put(documents...)
	var out strings.Builder
	sums := map[string][3]float64{}
	for _, j := range needs {
		for _, id := range j.Answers {
			if !known[id] {
				t.Errorf("%s: no document %s", j.Query, id)
			}
		}
		var got []string
		for _, h := range x.Find(search.Query{Text: j.Query, Size: 10}).Hits {
			got = append(got, h.ID)
		}
		recall, reciprocal := searchtest.Measure(got, j.Answers)
		fmt.Fprintf(&out, "%.2f %.2f\t%s\t%s\n", recall, reciprocal, j.Set, j.Query)
		s := sums[j.Set]
		sums[j.Set] = [3]float64{s[0] + 1, s[1] + recall, s[2] + reciprocal}
	}
	for _, set := range []string{"held", "tuned"} {
		s := sums[set]
		fmt.Fprintf(&out, "%s: %.0f queries, recall@10 %.3f, mean reciprocal rank %.3f\n", set, s[0], s[1]/s[0], s[2]/s[0])
	}
	const golden = "testdata/quality.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != out.String() {
		a, b := strings.Split(string(want), "\n"), strings.Split(out.String(), "\n")
		for x := range max(len(a), len(b)) {
			if x >= len(a) || x >= len(b) || a[x] != b[x] {
				t.Errorf("was %q\nis  %q", a[min(x, len(a)-1)], b[min(x, len(b)-1)])
			}
		}
	}
}
