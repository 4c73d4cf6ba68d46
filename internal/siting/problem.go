package siting

import (
	"context"
	"math"

	"bassin/internal/fault"
)

// Model says what is sought.
type Model string

// The models.
const (
	PMedian  Model = "p-median"  // least weighted distance with so many sites
	MaxCover Model = "max-cover" // most weight within the radius with so many sites
	SetCover Model = "set-cover" // fewest (or cheapest) sites that leave nobody outside the radius
	PCentre  Model = "p-centre"  // least distance of the worst served with so many sites
)

// Problem is a question. Demands and sites are numbered from 0 as in Costs.
type Problem struct {
	Model   Model
	Costs   Costs
	Weights []float64 // of demands, at least 0; nil for 1 each
	Sites   int       // sites to open at most, those of Fixed included; 0 if only Budget limits them (and for SetCover)

	Fixed      []int     // sites open already, which stay
	Candidates []int     // sites that may be opened; nil for all
	Fees       []float64 // what opening each site costs, at least 0, paid for sites that are not Fixed; nil for nothing (SetCover: 1 each)
	Budget     float64   // what fees may add up to; 0 for no limit

	// Unserved is what it costs each demand to be left unserved, as a distance:
	// PMedian only, nil if all must be served, +Inf for one that must. With the
	// distance from home to work, Σ weight × Unserved less the value is what
	// hubs save, max(0, d(home, work) − d(home, hub)) each.
	Unserved []float64

	// Capacities are how much weight each site can serve, shared between demands
	// as one likes: PMedian and MaxCover only; nil for no limit.
	Capacities []float64

	Radius float64                 // MaxCover, SetCover: served within this distance
	Decay  func(d float64) float64 // MaxCover: share served at a distance up to Radius, from 1 down to 0, never rising; nil for all
	Scaled bool                    // PCentre: distances count times weights
}

// Options say how to look.
type Options struct {
	Seed     uint64
	Workers  int     // at least 1; the answer does not depend on it
	Gap      float64 // relative gap at which to stop; 0 to prove the best, to 1e-6 where costs are no whole numbers
	Progress func(Progress)
}

// Progress is where a search is.
type Progress struct {
	Value float64 // of the best solution so far
	Bound float64 // what no solution can beat
	Step  string  // "start", "bound", "improve", "branch"
	Nodes int     // of the tree of cases looked at
}

// Solution is what was found. Value is in the units of the problem: weight ×
// distance (PMedian), weight covered (MaxCover), fees or sites (SetCover), distance
// (PCentre).
type Solution struct {
	Sites []int   // open, Fixed included, ascending
	Value float64 // of Sites, computed anew from Costs
	Bound float64 // no solution is better than this
	Nodes int     // of the tree of cases looked at
	// Served is the site that serves each demand, -1 for none. With capacities
	// it is the one that serves most of it.
	Served []int
}

// Gap is how far from the best possible the solution can be, in parts of its value.
func (s *Solution) Gap() float64 {
	d := math.Abs(s.Value - s.Bound)
	if d == 0 {
		return 0
	}
	if s.Value == 0 {
		return math.Inf(1)
	}
	return d / math.Abs(s.Value)
}

// Solve looks for the best sites until it has proved them best or ctx is done. What
// it has then is given with its bound; an error is a fault that says what cannot be.
func Solve(ctx context.Context, p Problem, o Options) (*Solution, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	o.Workers = max(1, o.Workers)
	switch p.Model {
	case MaxCover, PMedian:
		if p.Capacities != nil {
			return solvePacked(ctx, p, o)
		}
		if p.Model == MaxCover && p.Decay == nil {
			return solveReach(ctx, p, o)
		}
		return solveMedian(ctx, p, o)
	case SetCover:
		return solveCover(ctx, p, o)
	case PCentre:
		return solveCentre(ctx, p, o)
	}
	return nil, fault.New(fault.Invalid, "siting.model", string(p.Model))
}

// may says which sites may be opened beside those of Fixed, and are affordable.
func (p *Problem) may() []bool {
	may := p.all()
	if p.Fees != nil && p.Budget > 0 {
		for j := range may {
			may[j] = may[j] && p.Fees[j] <= p.Budget
		}
	}
	return may
}

// all says which sites are candidates and not open yet.
func (p *Problem) all() []bool {
	_, sites := p.Costs.Size()
	may := make([]bool, sites)
	for j := range may {
		may[j] = p.Candidates == nil
	}
	for _, j := range p.Candidates {
		may[j] = true
	}
	for _, j := range p.Fixed {
		may[j] = false
	}
	return may
}

// served says whether a site of Fixed is within reach of a demand.
func (p *Problem) served(demand int, reach float64) bool {
	for _, j := range p.Fixed {
		if p.Costs.At(demand, j) <= reach {
			return true
		}
	}
	return false
}

// nearest is the site nearest to each demand among those given, -1 if none is
// within reach.
func (p *Problem) nearest(sites []int, reach float64) []int {
	n, _ := p.Costs.Size()
	served := make([]int, n)
	for i := range served {
		served[i] = -1
		best := math.Inf(1)
		for _, j := range sites {
			if d := p.Costs.At(i, j); d <= reach && d < best {
				served[i], best = j, d
			}
		}
	}
	return served
}
