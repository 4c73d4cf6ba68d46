package commons_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"bassin/internal/commons"
)

func entry(id string, links ...string) *commons.Entry {
	s := commons.Sheet{"title": {id}}
	for _, l := range links {
		field, to, _ := strings.Cut(l, ":")
		s[field] = append(s[field], to)
	}
	return &commons.Entry{ID: id, Kind: commons.Experiment, State: commons.Published, Own: s}
}

func told(list []commons.Relative) string {
	var out []string
	for _, r := range list {
		out = append(out, fmt.Sprintf("%d %s %s→%s", r.Generation, r.Tie, r.Via, r.ID))
	}
	return strings.Join(out, ", ")
}

func TestLineageByGeneration(t *testing.T) {
	g := commons.NewLineage()
	for _, e := range []*commons.Entry{
		entry("need"), entry("first", "answers:need", "became:tool"), entry("second", "adapted_from:first"),
		entry("third", "adapted_from:second", "inspired_by:first"), entry("tool"), entry("service", "uses:tool"), entry("alone"),
	} {
		g.Put(e)
	}
	for _, c := range []struct{ id, up, down string }{
		{"first", "1 answers first→need", "1 adapted_from first→second, 1 inspired_by first→third, 1 became first→tool, 2 uses tool→service"},
		{"third", "1 adapted_from third→second, 1 inspired_by third→first, 2 answers first→need", ""},
		{"service", "1 uses service→tool, 2 became tool→first, 3 answers first→need", ""},
		{"need", "", "1 answers need→first, 2 adapted_from first→second, 2 inspired_by first→third, 2 became first→tool, 3 uses tool→service"},
		{"alone", "", ""}, {"nowhere", "", ""},
	} {
		if got := told(g.Ancestors(c.id)); got != c.up {
			t.Errorf("%s comes from %q, not %q", c.id, got, c.up)
		}
		if got := told(g.Descendants(c.id)); got != c.down {
			t.Errorf("from %s came %q, not %q", c.id, got, c.down)
		}
	}
}

func TestLineageFollowsMergesAndChanges(t *testing.T) {
	g := commons.NewLineage()
	g.Put(entry("kept"))
	g.Put(entry("child", "adapted_from:double"))
	double := entry("double", "inspired_by:source")
	g.Put(double)
	if got := told(g.Ancestors("child")); got != "1 adapted_from child→double, 2 inspired_by double→source" {
		t.Errorf("before the merge: %s", got)
	}
	double.State, double.MergedInto = commons.Merged, "kept"
	g.Put(double)
	if got := told(g.Descendants("kept")); got != "1 adapted_from kept→child" {
		t.Errorf("from the kept one came %q", got)
	}
	if got := told(g.Ancestors("child")); got != "1 adapted_from child→kept" {
		t.Errorf("the child comes from %q", got)
	}
	double.State, double.MergedInto = commons.Published, ""
	g.Put(double)
	if got := told(g.Descendants("kept")); got != "" {
		t.Errorf("once separated, %q", got)
	}
	child := entry("child")
	child.State = commons.Unpublished
	g.Put(child)
	if got := told(g.Descendants("double")); got != "" {
		t.Errorf("of an entry that is not to be seen: %q", got)
	}
}

// TestLineageIsTheSameBothWays tries random graphs with circles: a comes from b exactly if b led to a, as many generations away.
func TestLineageIsTheSameBothWays(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		n := 2 + r.IntN(12)
		g := commons.NewLineage()
		merged := map[string]bool{}
		for range 2 { // what is put again replaces what was there
			for i := range n {
				var links []string
				for range r.IntN(4) {
					links = append(links, commons.Ties[r.IntN(len(commons.Ties))]+":"+fmt.Sprint(r.IntN(n)))
				}
				e := entry(fmt.Sprint(i), links...)
				if merged[e.ID] = i > 0 && r.IntN(6) == 0; merged[e.ID] {
					e.State, e.MergedInto = commons.Merged, fmt.Sprint(r.IntN(i))
				}
				g.Put(e)
			}
		}
		for i := range n {
			id := fmt.Sprint(i)
			if merged[id] {
				continue
			}
			for _, up := range g.Ancestors(id) {
				if up.ID == id {
					t.Fatalf("seed %d: %s comes from itself", seed, id)
				}
				if !slices.ContainsFunc(g.Descendants(up.ID), func(d commons.Relative) bool { return d.ID == id && d.Generation == up.Generation }) {
					t.Fatalf("seed %d: %s comes from %s, which did not lead to it", seed, id, up.ID)
				}
			}
		}
	}
}
