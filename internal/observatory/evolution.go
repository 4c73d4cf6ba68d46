package observatory

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"bassin/internal/indicator"
	"bassin/internal/territory"
)

func nan() float64 { return math.NaN() }

// Move is what changed for a territory between two vintages.
type Move struct {
	Territory *territory.Territory
	Then, Now float64
	By        float64 // in points for rates in percent, as a share of Then otherwise
}

// Evolution is what changed for the territories of a level between two vintages.
type Evolution struct {
	Definition *indicator.Definition
	Level      territory.Level
	From, To   int
	Points     bool   // changes are in points
	Moves      []Move // solid at both, the highest change first
	Aside      []Move // too few people, or part of the communes, at either: by population
	Without    int    // kept by the filter and without a value at either
	Median     float64
}

// Evolves says whether an indicator can tell a change: two vintages, of what is
// not itself a change.
func Evolves(d *indicator.Definition) bool {
	return len(d.Vintages) > 1 && d.Rule != indicator.Growth && !d.Unranked
}

// Evolve compares two vintages over a level. What rests on fewer than
// [indicator.Least] people at either is kept apart, census sample or not: in a
// place that small a few people make the change.
func (o *Observatory) Evolve(l territory.Level, d *indicator.Definition, from, to int, x Filter) *Evolution {
	a, b, keeps := o.Panel.Across(l, d, from), o.Panel.Across(l, d, to), o.keeps(l, x)
	out := &Evolution{Definition: d, Level: l, From: from, To: to, Points: d.Unit == "percent"}
	var changes []float64
	for i, t := range a.Territories {
		if !keeps(i) {
			continue
		}
		m := Move{Territory: t, Then: a.Values[i], Now: b.Values[i]}
		if m.By = m.Now - m.Then; !out.Points {
			m.By /= m.Then
		}
		if math.IsNaN(m.By) || math.IsInf(m.By, 0) {
			out.Without++
			continue
		}
		if a.States[i] != indicator.Whole || b.States[i] != indicator.Whole || few(a, i) || few(b, i) {
			out.Aside = append(out.Aside, m)
			continue
		}
		out.Moves = append(out.Moves, m)
		changes = append(changes, m.By)
	}
	slices.SortStableFunc(out.Moves, func(a, b Move) int { return cmp.Compare(b.By, a.By) })
	out.Median = indicator.NewDistribution(changes, nil).Quantile(0.5)
	byPopulation(out.Aside, func(m Move) *territory.Territory { return m.Territory })
	return out
}

// few says whether a value rests on too few people: those it counts, else those who live there.
func few(a *indicator.Across, i int) bool {
	d := a.Definition
	if d.Unit == "count" || d.Rate() && d.Unit == "percent" {
		return a.Numerators[i] < indicator.Least
	}
	n, known := a.Territories[i].Population()
	return known && n < indicator.Least
}

// Redrawn counts the communes of a territory that gained or lost another's land
// from a period to another, both years included. Older figures are moved to the
// communes of today; what cannot be parted again stays where it is.
func (o *Observatory) Redrawn(t *territory.Territory, from, to string) int {
	since, until, count := yearOf(from), yearOf(to), 0
	for _, n := range t.Communes() {
		if o.redrawn(n, since, until) {
			count++
		}
	}
	return count
}

func (o *Observatory) redrawn(n int32, since, until int) bool {
	for _, e := range o.France.History(o.France.Commune(n).Code) {
		switch e.Kind() {
		case territory.Created, territory.Restored, territory.Merged, territory.Absorbed:
			if y := yearOf(e.Date); y >= since && y <= until {
				return true
			}
		}
	}
	return false
}

// yearOf reads the year that a period or a day begins with.
func yearOf(period string) int {
	y, _ := strconv.Atoi(period[:min(4, len(period))]) // 0 for what is no year: no event is that old
	return y
}
