package search

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files again")

// judged is a need and the documents that answer it.
type judged struct {
	set, query string
	answers    []string
}

func judgedSet(t testing.TB) []judged {
	t.Helper()
	text, err := os.ReadFile("testdata/judged.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out []judged
	for line := range lines(string(text)) {
		f := strings.Split(line, "\t")
		out = append(out, judged{f[0], f[1], f[2:]})
	}
	return out
}

// measure gives the share of answers among the first ten (of ten, if there are more)
// and one over the rank of the first answer, 0 beyond the tenth.
func measure(got, answers []string) (recall, reciprocal float64) {
	n := 0
	for x, id := range got[:min(10, len(got))] {
		if slices.Contains(answers, id) {
			if n++; reciprocal == 0 {
				reciprocal = 1 / float64(x+1)
			}
		}
	}
	return float64(n) / float64(min(10, len(answers))), reciprocal
}

// The golden file tells recall@10 and reciprocal rank of each query. A query that falls
// below its line fails; one that rises asks for the file to be written again.
func TestJudgedQueriesAreAnsweredAsWell(t *testing.T) {
	documents := catalogues(t)
	known := map[string]bool{}
	for _, d := range documents {
		known[d.ID] = true
	}
	x := New(catalogueFields...)
	x.Put(documents...)
	var out strings.Builder
	sums := map[string][3]float64{}
	for _, j := range judgedSet(t) {
		for _, id := range j.answers {
			if !known[id] {
				t.Errorf("%s: no document %s", j.query, id)
			}
		}
		var got []string
		for _, h := range x.Find(Query{Text: j.query, Size: 10}).Hits {
			got = append(got, h.ID)
		}
		recall, reciprocal := measure(got, j.answers)
		fmt.Fprintf(&out, "%.2f %.2f\t%s\t%s\n", recall, reciprocal, j.set, j.query)
		s := sums[j.set]
		sums[j.set] = [3]float64{s[0] + 1, s[1] + recall, s[2] + reciprocal}
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
