package siting

import (
	"math"

	"bassin/internal/fault"
)

// check refuses what cannot be meant, and says what and why.
func (p *Problem) check() error {
	switch p.Model {
	case PMedian, MaxCover, SetCover, PCentre:
	default:
		return fault.New(fault.Invalid, "siting.model", string(p.Model)).In("model")
	}
	n, sites := p.Costs.Size()
	switch {
	case n == 0:
		return fault.New(fault.Invalid, "siting.no_demand")
	case p.Weights != nil && len(p.Weights) != n:
		return fault.New(fault.Invalid, "siting.length.weights", len(p.Weights), n)
	case p.Unserved != nil && len(p.Unserved) != n:
		return fault.New(fault.Invalid, "siting.length.unserved", len(p.Unserved), n)
	case p.Fees != nil && len(p.Fees) != sites:
		return fault.New(fault.Invalid, "siting.length.fees", len(p.Fees), sites)
	case p.Capacities != nil && len(p.Capacities) != sites:
		return fault.New(fault.Invalid, "siting.length.capacities", len(p.Capacities), sites)
	}
	if m, ok := p.Costs.(*Matrix); ok {
		for x, d := range m.cells {
			if math.IsNaN(d) || d < 0 {
				return fault.New(fault.Invalid, "siting.distance", x/m.cols+1, x%m.cols+1)
			}
		}
	}
	for i, w := range p.Weights {
		if !(w >= 0) || math.IsInf(w, 1) {
			return fault.New(fault.Invalid, "siting.weight", i+1).In("weights")
		}
	}
	for i, d := range p.Unserved {
		if !(d >= 0) {
			return fault.New(fault.Invalid, "siting.unserved", i+1).In("unserved")
		}
	}
	for j, f := range p.Fees {
		if !(f >= 0) || math.IsInf(f, 1) {
			return fault.New(fault.Invalid, "siting.fee", j+1).In("fees")
		}
	}
	for j, c := range p.Capacities {
		if !(c >= 0) {
			return fault.New(fault.Invalid, "siting.capacity", j+1).In("capacities")
		}
	}
	if err := p.checkSites(sites); err != nil {
		return err
	}
	switch p.Model {
	case MaxCover, SetCover:
		if !(p.Radius >= 0) || math.IsInf(p.Radius, 1) {
			return fault.New(fault.Invalid, "siting.radius").In("radius")
		}
	}
	if p.Capacities != nil && (p.Model == SetCover || p.Model == PCentre) {
		return fault.New(fault.Invalid, "siting.capacities_model").In("capacities")
	}
	return nil
}

// checkSites checks Fixed, Candidates, Sites and Budget against one another.
func (p *Problem) checkSites(sites int) error {
	for _, list := range []struct {
		name string
		of   []int
	}{{"fixed", p.Fixed}, {"candidates", p.Candidates}} {
		seen := make(map[int]bool, len(list.of))
		for _, j := range list.of {
			if j < 0 || j >= sites {
				return fault.New(fault.Invalid, "siting.no_site", j+1, sites).In(list.name)
			}
			if seen[j] {
				return fault.New(fault.Invalid, "siting.site_twice", j+1).In(list.name)
			}
			seen[j] = true
		}
	}
	if p.Budget < 0 || math.IsNaN(p.Budget) || p.Budget > 0 && p.Fees == nil {
		return fault.New(fault.Invalid, "siting.budget").In("budget")
	}
	if p.Model == SetCover {
		return nil
	}
	if p.Sites < 0 || p.Sites == 0 && p.Budget == 0 {
		return fault.New(fault.Invalid, "siting.no_sites").In("p")
	}
	if p.Sites > 0 && len(p.Fixed) > p.Sites {
		return fault.New(fault.Invalid, "siting.fixed_over", len(p.Fixed), p.Sites).In("fixed")
	}
	all := len(p.Fixed)
	for _, may := range p.all() {
		if may {
			all++
		}
	}
	if all < p.Sites {
		return fault.New(fault.Invalid, "siting.few_candidates", p.Sites, all).In("p")
	}
	return nil
}
