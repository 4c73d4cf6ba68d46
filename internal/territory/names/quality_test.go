package names_test

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"bassin/internal/territory/names"
)

var update = flag.Bool("update", false, "write the golden files again")

// quality is one line of a file of judged queries.
type quality struct {
	query    string
	expected []string
	accepted int
}

func readQuality(tb testing.TB, path string) []quality {
	tb.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	var out []quality
	for s := bufio.NewScanner(bytes.NewReader(text)); s.Scan(); {
		if strings.HasPrefix(s.Text(), "#") {
			continue
		}
		f := strings.Split(s.Text(), "\t")
		if len(f) != 3 {
			tb.Fatalf("%s: %q has %d columns, not 3", path, s.Text(), len(f))
		}
		rank, err := strconv.Atoi(f[2])
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, quality{f[0], strings.Fields(f[1]), rank})
	}
	return out
}

// TestQuality judges the first answers against what people mean. The golden file
// holds the figures, the misses and the first answer of each query.
func TestQuality(t *testing.T) {
	for _, set := range []string{"quality", "heldout"} {
		t.Run(set, func(t *testing.T) { judge(t, "testdata/"+set) })
	}
}

func judge(t *testing.T, path string) {
	x := index(t)
	var lines, misses bytes.Buffer
	var first, within int
	var reciprocal float64
	queries := readQuality(t, path+".txt")
	for _, q := range queries {
		got := x.Search(q.query, names.Options{})
		at := slices.IndexFunc(got, func(m names.Match) bool { return slices.Contains(q.expected, m.ID.String()) }) + 1
		if at > 0 {
			reciprocal += 1 / float64(at)
		}
		if at == 1 {
			first++
		}
		if at > 0 && at <= q.accepted {
			within++
		} else {
			fmt.Fprintf(&misses, "miss\t%s\texpected %s by rank %d, found at %d\n", q.query, strings.Join(q.expected, " "), q.accepted, at)
		}
		answer := "nothing"
		if len(got) > 0 {
			answer = fmt.Sprintf("%s\t%s\t%s\t%s", got[0].ID, got[0].Name, got[0].Why, got[0].Text)
		}
		fmt.Fprintf(&lines, "%s\t%d\t%s\n", q.query, at, answer)
	}
	n := float64(len(queries))
	var out bytes.Buffer
	fmt.Fprintf(&out, "queries\t%d\nhit@1\t%.3f\nwithin accepted rank\t%.3f\nMRR@10\t%.3f\n\n", len(queries), float64(first)/n, float64(within)/n, reciprocal/n)
	out.Write(misses.Bytes())
	fmt.Fprint(&out, "\n# query\trank of the expected\tfirst answer: id, name, why, what matched\n")
	out.Write(lines.Bytes())
	golden(t, path+".golden", out.Bytes())
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
		for i := range min(len(g), len(w)) {
			if g[i] != w[i] {
				t.Errorf("%s:%d:\n got %s\nwant %s", path, i+1, g[i], w[i])
			}
		}
		if len(g) != len(w) {
			t.Errorf("%s: %d lines, want %d", path, len(g), len(w))
		}
	}
}
