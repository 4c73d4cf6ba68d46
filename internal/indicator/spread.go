package indicator

import (
	"cmp"
	"math"
	"slices"

	"bassin/internal/territory"
)

// Spread is how a rate differs between the communes of a territory, or between the
// quarters (IRIS) of one divided commune.
type Spread struct {
	Communes int     // with a figure
	Quarters int     // with a figure, where the territory is one commune; else 0
	Low      float64 // D1 and D9 of their rates, each counting for its denominator, in the unit
	High     float64
	// Between is the part of the rate's variance that lies between them, from 0
	// (the same everywhere) to 1 (all or nothing): sum of w (p_c − p)² / (p (1 − p)),
	// w the share of the denominator. NaN for what is no share of a whole.
	Between float64
}

// SpreadOf tells how a rate differs between communes, or inside one that is divided
// where the snapshot knows it. It returns false for what is no rate and where fewer
// than two have a figure.
func (p *Panel) SpreadOf(t *territory.Territory, d *Definition, vintage int) (Spread, bool) {
	r := &p.recipes[d][vintage]
	if r.den == nil || r.level != "" || d.Rule == Growth || d.Rule == Single {
		return Spread{}, false
	}
	runs := p.layout.runs(t)
	if len(runs) == 1 && runs[0].to-runs[0].from == 1 {
		s, ok := p.quarters[quartersKey{d, runs[0].from}]
		return s, ok && vintage == d.Latest()
	}
	var parts []part
	for _, run := range runs {
		for i := run.from; i < run.to; i++ {
			if den := r.den[i]; den > 0 {
				parts = append(parts, part{r.num[i], den})
			}
		}
	}
	s, ok := spreadOf(parts)
	s.Low, s.High = r.scale*s.Low, r.scale*s.High
	if d.Unit != "percent" {
		s.Between = math.NaN()
	}
	return s, ok
}

type part struct{ num, den float64 }

func (p part) rate() float64 { return p.num / p.den }

func spreadOf(parts []part) (Spread, bool) {
	if len(parts) < 2 {
		return Spread{}, false
	}
	slices.SortFunc(parts, func(a, b part) int { return cmp.Compare(a.rate(), b.rate()) })
	var num, den float64
	for _, x := range parts {
		num, den = num+x.num, den+x.den
	}
	rate := num / den
	s := Spread{Communes: len(parts), Low: math.NaN(), High: math.NaN()}
	var sofar float64
	for _, x := range parts {
		sofar += x.den
		if math.IsNaN(s.Low) && sofar >= 0.1*den {
			s.Low = x.rate()
		}
		if math.IsNaN(s.High) && sofar >= 0.9*den {
			s.High = x.rate()
		}
		s.Between += x.den / den * (x.rate() - rate) * (x.rate() - rate)
	}
	if s.Between /= rate * (1 - rate); !(rate > 0 && rate < 1) {
		s.Between = math.NaN()
	}
	return s, true
}
