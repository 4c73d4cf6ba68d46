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
	counts []uint32
}

func newTally(v *view, name string) *tally {
	t := &tally{column: v.facets[name]}
	if t.column != nil {
		t.counts = make([]uint32, len(t.column.values))
	}
	return t
}

func (t *tally) add(docs []uint32) {
	if t.column == nil {
		return
	}
	first, of, counts := t.column.first, t.column.of, t.counts
	for _, d := range docs {
		for _, n := range of[first[d]:first[d+1]] {
			counts[n]++
		}
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
	before := func(a, b Count) int {
		if a.N != b.N {
			return b.N - a.N
		}
		return strings.Compare(a.Value, b.Value)
	}
	out := Counts{Distinct: len(of)}
	for value, n := range of {
		c := Count{Value: value, N: n}
		if limit <= 0 {
			out.Values = append(out.Values, c)
			continue
		}
		if last := len(out.Values) - 1; last+1 == limit { // kept in order: few out of many
			if before(c, out.Values[last]) > 0 {
				continue
			}
			out.Values = out.Values[:last]
		}
		x, _ := slices.BinarySearchFunc(out.Values, c, before)
		out.Values = slices.Insert(out.Values, x, c)
	}
	for _, value := range chosen {
		if !slices.ContainsFunc(out.Values, func(c Count) bool { return c.Value == value }) {
			out.Values = append(out.Values, Count{Value: value, N: of[value]})
		}
	}
	slices.SortFunc(out.Values, before)
	for n := range out.Values {
		out.Values[n].Chosen = slices.Contains(chosen, out.Values[n].Value)
	}
	return out
}
