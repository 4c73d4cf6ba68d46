package searchtest

import (
	"os"
	"slices"
	"strings"
)

// Judged is a need as somebody types it, and the documents that answer it.
type Judged struct {
	Set, Query string // Set is tuned or held
	Answers    []string
}

// Needs reads a file of needs: set, query and answers, between tabs.
func Needs(name string) ([]Judged, error) {
	text, err := os.ReadFile(name) //nolint:gosec // the test says which
	if err != nil {
		return nil, err
	}
	var out []Judged
	for line := range strings.Lines(string(text)) {
		if f := strings.Split(strings.TrimSpace(line), "\t"); len(f) > 2 && line[0] != '#' {
			out = append(out, Judged{f[0], f[1], f[2:]})
		}
	}
	return out, nil
}

// Measure gives the share of the answers among the first ten found (of ten, if there are
// more) and one over the rank of the first answer, 0 beyond the tenth.
func Measure(found, answers []string) (recall, reciprocal float64) {
	n := 0
	for x, id := range found[:min(10, len(found))] {
		if slices.Contains(answers, id) {
			if n++; reciprocal == 0 {
				reciprocal = 1 / float64(x+1)
			}
		}
	}
	return float64(n) / float64(min(10, len(answers))), reciprocal
}
