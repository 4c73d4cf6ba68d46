package observatory

import (
	"cmp"
	"slices"
	"strings"

	"bassin/internal/indicator"
	"bassin/internal/territory"
)

// Reason says why an indicator ranks no territories.
type Reason string

// The reasons.
const (
	IsRanked    Reason = ""
	IsCount     Reason = "count"     // it would rank by size
	IsListed    Reason = "listed"    // an uneven census: more places known is not more places
	IsSingle    Reason = "single"    // it says nothing of what is made of several communes
	IsElsewhere Reason = "elsewhere" // published for another level only
)

// Refusal says why an indicator does not rank the territories of a level.
func Refusal(d *indicator.Definition, l territory.Level) Reason {
	switch at := d.Vintages[d.Latest()].Level; {
	case d.Unranked:
		return IsListed
	case at != "" && at != l:
		return IsElsewhere
	case d.Ranked():
		return IsRanked
	case d.Rule == indicator.Single:
		return IsSingle
	}
	return IsCount
}

// RateOf finds the rate that tells what a count tells, with size out of the way.
func (o *Observatory) RateOf(d *indicator.Definition) (*indicator.Definition, bool) {
	stem := d.Key
	for _, end := range []string{"_people", "_count", "_premises", "_homes", "_missing"} {
		stem = strings.TrimSuffix(stem, end)
	}
	for _, key := range []string{stem, d.Key + "_share", d.Key + "_rate", stem + "_share", stem + "_rate"} {
		if r, ok := o.Panel.Definition(key); ok && r != d && r.Ranked() {
			return r, true
		}
	}
	for _, r := range o.Panel.Definitions() {
		if r.Rate() && r.Ranked() && r.Vintages[r.Latest()].Numerator == d.Vintages[d.Latest()].Numerator {
			return r, true
		}
	}
	return nil, false
}

// Row is a territory in a ranking.
type Row struct {
	Territory   *territory.Territory
	Rank        int // from 1; equal values share it, and the next ones are as far as their number
	Tied        bool
	Value       float64
	Numerator   float64
	Denominator float64 // NaN for what is not divided
	Coverage    float64
	Imprecise   bool
}

// Ranking is the territories of a level in the order of an indicator.
type Ranking struct {
	Definition *indicator.Definition
	Level      territory.Level
	Rows       []Row // solid values, ranked
	Aside      []Row // imprecise or partial values, unranked, by population
	Without    int   // kept by the filter and without a value
}

// Rank ranks the latest values over a level, the highest first or the lowest.
func (o *Observatory) Rank(l territory.Level, d *indicator.Definition, x Filter, highest bool) *Ranking {
	a, keeps := o.Panel.Across(l, d, d.Latest()), o.keeps(l, x)
	out := &Ranking{Definition: d, Level: l}
	for i, t := range a.Territories {
		if !keeps(i) {
			continue
		}
		r := Row{Territory: t, Value: a.Values[i], Numerator: a.Numerators[i], Denominator: nan(), Coverage: a.Coverage[i], Imprecise: a.Imprecise(i)}
		if a.Denominators != nil {
			r.Denominator = a.Denominators[i]
		}
		switch {
		case r.Value != r.Value:
			out.Without++
		case r.Imprecise || a.States[i] != indicator.Whole:
			out.Aside = append(out.Aside, r)
		default:
			out.Rows = append(out.Rows, r)
		}
	}
	slices.SortStableFunc(out.Rows, func(a, b Row) int {
		if highest {
			return cmp.Compare(b.Value, a.Value)
		}
		return cmp.Compare(a.Value, b.Value)
	})
	for i := range out.Rows {
		out.Rows[i].Rank = i + 1
		if i > 0 && out.Rows[i].Value == out.Rows[i-1].Value {
			out.Rows[i].Rank = out.Rows[i-1].Rank
			out.Rows[i].Tied, out.Rows[i-1].Tied = true, true
		}
	}
	byPopulation(out.Aside, func(r Row) *territory.Territory { return r.Territory })
	return out
}

// byPopulation puts the most populated first, then by code.
func byPopulation[T any](rows []T, of func(T) *territory.Territory) {
	slices.SortStableFunc(rows, func(a, b T) int {
		m, _ := of(a).Population()
		n, _ := of(b).Population()
		return cmp.Or(cmp.Compare(n, m), strings.Compare(of(a).Code, of(b).Code))
	})
}
