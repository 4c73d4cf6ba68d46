package indicator

import (
	"math"

	"bassin/internal/territory"
)

// Across is a vintage of an indicator over all the territories of a level, in the
// order of [territory.France.Level]. Slices have one number a territory.
type Across struct {
	Definition   *Definition
	Vintage      int
	Territories  []*territory.Territory
	Values       []float64 // NaN where none is shown
	Numerators   []float64 // NaN where Values is
	Denominators []float64 // nil for a sum
	Coverage     []float64
	States       []State
}

// Imprecise says whether the value of territory i rests on too little to be compared.
func (a *Across) Imprecise(i int) bool {
	den := math.NaN()
	if a.Denominators != nil {
		den = a.Denominators[i]
	}
	return a.Definition.imprecise(a.Numerators[i], den)
}

// Solid returns the values that may be compared: shown, and neither imprecise nor
// partial. The others are NaN.
func (a *Across) Solid() []float64 {
	out := make([]float64, len(a.Values))
	for i, x := range a.Values {
		if out[i] = x; a.States[i] != Whole || a.Imprecise(i) {
			out[i] = math.NaN()
		}
	}
	return out
}

// cover is how much of each territory of a level a mask speaks of. It does not
// depend on figures, so it is made once.
type cover struct {
	share []float64
	known []int32
	of    []int32
}

type coverKey struct {
	mask  *mask
	level territory.Level
}

func (p *Panel) cover(m *mask, l territory.Level) *cover {
	if c, ok := p.covers.Load(coverKey{m, l}); ok {
		return c.(*cover)
	}
	s := p.layout.spans[l]
	n := len(s.start) - 1
	c := &cover{make([]float64, n), make([]int32, n), make([]int32, n)}
	for i := range n {
		runs := s.of(i)
		for _, r := range runs {
			c.of[i] += r.to - r.from
		}
		if c.known[i] = int32(m.known.count(runs)); c.known[i] > 0 {
			c.share[i] = share(sum(m.inhabitants, runs), sum(p.inhabitants, runs), int(c.known[i]), int(c.of[i]))
		}
	}
	kept, _ := p.covers.LoadOrStore(coverKey{m, l}, c)
	return kept.(*cover)
}

// Across returns a vintage of an indicator over all the territories of a level.
func (p *Panel) Across(l territory.Level, d *Definition, vintage int) *Across {
	r := &p.recipes[d][vintage]
	ts := p.layout.france.Level(l)
	a := &Across{Definition: d, Vintage: vintage, Territories: ts,
		Values: make([]float64, len(ts)), Numerators: make([]float64, len(ts)), States: make([]State, len(ts))}
	if r.level != "" || !l.Whole() && l != territory.ArrondissementMunicipal {
		a.Coverage = make([]float64, len(ts))
		if r.den != nil {
			a.Denominators = make([]float64, len(ts))
		}
		for i, t := range ts {
			v := p.At(t, d, vintage)
			if r.den != nil {
				a.Denominators[i] = v.Denominator
			}
			a.Values[i], a.Numerators[i], a.States[i], a.Coverage[i] = v.Value, v.Numerator, v.State, v.Coverage
		}
		return a
	}
	s, c := p.layout.spans[l], p.cover(r.where, l)
	a.Coverage = c.share
	sums(a.Numerators, r.num, s)
	if r.den != nil {
		a.Denominators = make([]float64, len(ts))
		sums(a.Denominators, r.den, s)
	}
	for i := range ts {
		a.States[i] = r.judge(d, c.share[i], int(c.known[i]), int(c.of[i]))
		den := math.NaN()
		if a.Denominators != nil {
			den = a.Denominators[i]
		}
		x := math.NaN()
		if a.States[i] == Whole || a.States[i] == Partial {
			if x = r.value(d, a.Numerators[i], den); math.IsNaN(x) {
				a.States[i] = Absent
			}
		}
		if a.Values[i] = x; math.IsNaN(x) {
			a.Numerators[i] = math.NaN()
		}
	}
	return a
}

// Sums adds up the numerators of a vintage over every territory of a level into
// dst, zero where there is no figure: the bare sum that all else rests on.
func (p *Panel) Sums(dst []float64, l territory.Level, d *Definition, vintage int) {
	sums(dst, p.recipes[d][vintage].num, p.layout.spans[l])
}

func sums(dst, column []float64, s spans) {
	for i := range dst {
		dst[i] = sum(column, s.of(i))
	}
}
