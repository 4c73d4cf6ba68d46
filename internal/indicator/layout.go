package indicator

import (
	"cmp"
	"slices"
	"strings"

	"bassin/internal/territory"
)

// layout is where the figure of each unit stands in a column. Communes of one
// basin stand together, and so do basins of one département: most perimeters are
// a few runs of neighbours. Municipal arrondissements come last.
type layout struct {
	france *territory.France
	slot   []int32          // by commune number
	arm    map[string]int32 // by code of a municipal arrondissement
	size   int
	spans  map[territory.Level]spans
}

// run is the slots from the first to the one before the second.
type run struct{ from, to int32 }

// spans are the runs of each territory of a level: those of the i-th are
// runs[start[i]:start[i+1]].
type spans struct {
	start []int32
	runs  []run
}

func (s spans) of(i int) []run { return s.runs[s.start[i]:s.start[i+1]] }

func newLayout(f *territory.France) *layout {
	y := &layout{france: f, slot: make([]int32, f.Len()), arm: map[string]int32{}, spans: map[territory.Level]spans{}}
	order := make([]int32, f.Len())
	for i := range order {
		order[i] = int32(i)
	}
	pole := func(n int32) string {
		if c, ok := f.CommuneNumber(f.Commune(n).BassinDeVie); ok {
			return f.Commune(c).Departement
		}
		return f.Commune(n).Departement
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(strings.Compare(pole(a), pole(b)), strings.Compare(f.Commune(a).BassinDeVie, f.Commune(b).BassinDeVie), cmp.Compare(a, b))
	})
	for i, n := range order {
		y.slot[n] = int32(i)
	}
	y.size = f.Len()
	for _, t := range f.Level(territory.ArrondissementMunicipal) {
		y.arm[t.Code] = int32(y.size)
		y.size++
	}
	for _, l := range territory.Levels {
		ts := f.Level(l)
		s := spans{start: make([]int32, 1, len(ts)+1)}
		for _, t := range ts {
			s.runs = y.append(s.runs, t)
			s.start = append(s.start, int32(len(s.runs)))
		}
		y.spans[l] = s
	}
	return y
}

// append adds the runs of a territory. Districts (QPV) have none: no figure of a
// commune is theirs.
func (y *layout) append(runs []run, t *territory.Territory) []run {
	switch {
	case t.Level == territory.ArrondissementMunicipal:
		if at, ok := y.arm[t.Code]; ok {
			return append(runs, run{at, at + 1})
		}
		return runs
	case !t.Level.Whole():
		return runs
	}
	members := t.Communes()
	at := make([]int32, len(members))
	for i, n := range members {
		at[i] = y.slot[n]
	}
	slices.Sort(at)
	first := len(runs)
	for _, s := range at {
		if k := len(runs); k > first && runs[k-1].to == s {
			runs[k-1].to++
			continue
		}
		runs = append(runs, run{s, s + 1})
	}
	return runs
}

// runs returns those of a territory, published or drawn.
func (y *layout) runs(t *territory.Territory) []run {
	if i, ok := y.index(t); ok {
		return y.spans[t.Level].of(i)
	}
	return y.append(nil, t)
}

// index is the place of a published territory in its level.
func (y *layout) index(t *territory.Territory) (int, bool) {
	return slices.BinarySearchFunc(y.france.Level(t.Level), t.Code, func(o *territory.Territory, code string) int {
		return strings.Compare(o.Code, code)
	})
}

// sum adds a column over runs. Four sums at once keep the processor busy; the
// order of additions depends on the perimeter alone.
func sum(column []float64, runs []run) float64 {
	var total float64
	for _, r := range runs {
		v := column[r.from:r.to]
		var a, b, c, d float64
		for len(v) >= 4 {
			a += v[0]
			b += v[1]
			c += v[2]
			d += v[3]
			v = v[4:]
		}
		for _, x := range v {
			a += x
		}
		total += a + b + (c + d)
	}
	return total
}
