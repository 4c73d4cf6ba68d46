package siting

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"bassin/internal/fault"
)

// brute is the value of the best solution, by looking at all, +Inf if there is none
// (-Inf for MaxCover).
func brute(p *Problem) float64 {
	_, sites := p.Costs.Size()
	best := math.Inf(1)
	if p.Model == MaxCover {
		best = math.Inf(-1)
	}
	free := []int{}
	for j, may := range p.all() {
		if may {
			free = append(free, j)
		}
	}
	for set := range 1 << len(free) {
		open := slices.Clone(p.Fixed)
		spent := 0.0
		for x, j := range free {
			if set>>x&1 == 1 {
				open = append(open, j)
				if p.Fees != nil {
					spent += p.Fees[j]
				}
			}
		}
		if p.Model != SetCover && p.Sites > 0 && len(open) > p.Sites || p.Budget > 0 && spent > p.Budget && p.Model != SetCover {
			continue
		}
		v := worth(p, open)
		if p.Model == MaxCover {
			best = max(best, v)
		} else {
			best = min(best, v)
		}
	}
	_ = sites
	return best
}

// worth is the value of open sites, by its definition.
func worth(p *Problem, open []int) float64 {
	n, _ := p.Costs.Size()
	fixed := map[int]bool{}
	for _, j := range p.Fixed {
		fixed[j] = true
	}
	total := 0.0
	if p.Model == SetCover {
		for _, j := range open {
			switch {
			case fixed[j]:
			case p.Fees == nil:
				total++
			default:
				total += p.Fees[j]
			}
		}
	}
	for i := range n {
		w := 1.0
		if p.Weights != nil {
			w = p.Weights[i]
		}
		if w == 0 {
			continue
		}
		d := math.Inf(1)
		for _, j := range open {
			d = min(d, p.Costs.At(i, j))
		}
		switch p.Model {
		case PMedian:
			if p.Unserved != nil {
				d = min(d, p.Unserved[i])
			}
			total += w * d
		case MaxCover:
			if d <= p.Radius {
				share := 1.0
				if p.Decay != nil {
					share = p.Decay(d)
				}
				total += w * share
			}
		case SetCover:
			if d > p.Radius {
				return math.Inf(1)
			}
		case PCentre:
			if p.Scaled {
				d *= w
			}
			total = max(total, d)
		}
	}
	return total
}

// draw makes a small problem of a model with any mix of its options.
func draw(model Model, r *rand.Rand) Problem {
	n, sites := 1+r.IntN(12), 1+r.IntN(9)
	p := Problem{Model: model, Radius: 5 + 30*r.Float64()}
	whole, holes := r.IntN(2) == 0, r.IntN(4) == 0
	if r.IntN(3) == 0 {
		at := make([][2]float64, n)
		for i := range at {
			at[i] = [2]float64{60 * r.Float64(), 60 * r.Float64()}
		}
		sites = n
		if r.IntN(2) == 0 {
			for i := range at {
				at[i] = [2]float64{5 + at[i][0]/100, 45 + at[i][1]/100}
			}
			p.Costs = NewGlobe(at, at)
		} else {
			p.Costs = NewPlane(at, at)
		}
	} else {
		cells := make([]float64, n*sites)
		for x := range cells {
			if cells[x] = 60 * r.Float64(); whole {
				cells[x] = math.Floor(cells[x] / 4)
			}
			if holes && r.IntN(3) == 0 {
				cells[x] = math.Inf(1)
			}
		}
		p.Costs = NewMatrix(n, sites, cells)
	}
	if r.IntN(2) == 0 {
		p.Weights = make([]float64, n)
		for i := range p.Weights {
			if p.Weights[i] = 10 * r.Float64(); whole {
				p.Weights[i] = math.Floor(p.Weights[i])
			}
		}
	}
	order := r.Perm(sites)
	if r.IntN(3) == 0 {
		p.Fixed = slices.Clone(order[:r.IntN(min(3, sites)+1)])
	}
	if r.IntN(3) == 0 {
		p.Candidates = slices.Clone(order[r.IntN(sites):])
	}
	p.Sites = len(p.Fixed) + r.IntN(4)
	if model == MaxCover && r.IntN(2) == 0 {
		p.Decay = func(d float64) float64 { return max(0, 1-d/40) }
	}
	if model == PMedian && r.IntN(2) == 0 {
		p.Unserved = make([]float64, n)
		for i := range p.Unserved {
			p.Unserved[i] = math.Floor(40 * r.Float64())
			if r.IntN(4) == 0 {
				p.Unserved[i] = math.Inf(1)
			}
		}
	}
	if r.IntN(3) == 0 {
		p.Fees = make([]float64, sites)
		for j := range p.Fees {
			p.Fees[j] = math.Floor(1 + 9*r.Float64())
		}
		if model != SetCover {
			p.Budget = 1 + 20*r.Float64()
			if r.IntN(2) == 0 {
				p.Sites = 0
			}
		}
	}
	p.Scaled = r.IntN(2) == 0
	return p
}

func close(a, b float64) bool { return math.Abs(a-b) <= 1e-6*(1e-9+max(math.Abs(a), math.Abs(b))) }

func TestAgainstAllSolutions(t *testing.T) {
	for _, model := range []Model{PMedian, MaxCover, SetCover, PCentre} {
		t.Run(string(model), func(t *testing.T) {
			solved := 0
			for seed := range uint64(1500) {
				p := draw(model, rand.New(rand.NewPCG(seed, 1)))
				s, err := Solve(context.Background(), p, Options{Seed: seed, Workers: 1})
				want := brute(&p)
				if err != nil {
					if c := fault.CodeOf(err); c != fault.Invalid {
						t.Fatalf("seed %d: %v", seed, err)
					}
					if !math.IsInf(want, 0) && p.check() == nil {
						t.Fatalf("seed %d: %v, best is %v: %s", seed, err, want, show(p))
					}
					continue
				}
				solved++
				if !close(s.Value, want) {
					t.Fatalf("seed %d: value %v, best is %v: %s", seed, s.Value, want, show(p))
				}
				if got := worth(&p, s.Sites); !close(got, s.Value) {
					t.Fatalf("seed %d: value %v, sites %v are worth %v", seed, s.Value, s.Sites, got)
				}
				if s.Gap() > 1e-6 && s.Value > 1e-9 {
					t.Fatalf("seed %d: bound %v of %v: %s", seed, s.Bound, s.Value, show(p))
				}
				if model == MaxCover && s.Bound < want-1e-9 || model != MaxCover && s.Bound > want*(1+1e-12)+1e-12 {
					t.Fatalf("seed %d: bound %v crosses the best, %v", seed, s.Bound, want)
				}
			}
			if solved < 700 {
				t.Errorf("only %d problems had a solution", solved)
			}
		})
	}
}

func show(p Problem) string {
	n, sites := p.Costs.Size()
	return fmt.Sprintf("%d×%d p=%d weights %v fixed %v candidates %v fees %v budget %v unserved %v radius %v decay %v",
		n, sites, p.Sites, p.Weights, p.Fixed, p.Candidates, p.Fees, p.Budget, p.Unserved, p.Radius, p.Decay != nil)
}
