package search

import (
	"math"
	"slices"
	"strings"
)

var missing = math.NaN()

// gate lets documents through that have one of the chosen values.
type gate struct {
	column *column
	chosen []bool // by value
}

func newGate(v *view, f filter) gate {
	g := gate{column: v.facets[f.name]}
	if g.column == nil {
		return g
	}
	g.chosen = make([]bool, len(g.column.values))
	for _, value := range f.chosen {
		if n, ok := slices.BinarySearch(g.column.values, value); ok {
			g.chosen[n] = true
		}
	}
	return g
}

func (g *gate) open(doc uint32) bool {
	if g.column == nil {
		return false
	}
	for _, n := range g.column.of[g.column.first[doc]:g.column.first[doc+1]] {
		if g.chosen[n] {
			return true
		}
	}
	return false
}

// tally counts the values of a facet in a view.
type tally struct {
	column *column
	own    int // the filter of the same facet, which does not narrow it; -2 for none
	counts []uint32
}

func newTally(v *view, name string, filters []filter) *tally {
	t := &tally{column: v.facets[name], own: -2}
	for n, f := range filters {
		if f.name == name {
			t.own = n
		}
	}
	if t.column != nil {
		t.counts = make([]uint32, len(t.column.values))
	}
	return t
}

func (t *tally) add(doc uint32) {
	if t.column == nil {
		return
	}
	for _, n := range t.column.of[t.column.first[doc]:t.column.first[doc+1]] {
		t.counts[n]++
	}
}

func (t *tally) tell(to map[string]int) {
	for n, c := range t.counts {
		if c > 0 {
			to[t.column.values[n]] += int(c)
		}
	}
}

// counts orders the values of a facet and keeps the most frequent and the chosen.
func counts(of map[string]int, chosen []string, limit int) Counts {
	out := Counts{Distinct: len(of)}
	for value, n := range of {
		out.Values = append(out.Values, Count{value, n, slices.Contains(chosen, value)})
	}
	for _, value := range chosen {
		if _, ok := of[value]; !ok && !slices.ContainsFunc(out.Values, func(c Count) bool { return c.Value == value }) {
			out.Values = append(out.Values, Count{value, 0, true})
		}
	}
	slices.SortFunc(out.Values, func(a, b Count) int {
		if a.N != b.N {
			return b.N - a.N
		}
		return strings.Compare(a.Value, b.Value)
	})
	if limit > 0 && len(out.Values) > limit {
		kept := out.Values[:limit:limit]
		for _, c := range out.Values[limit:] {
			if c.Chosen {
				kept = append(kept, c)
			}
		}
		out.Values = kept
	}
	return out
}
