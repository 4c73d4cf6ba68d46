package siting

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"bassin/internal/fault"
)

// unitByUnit is the least cost of serving whole weights by open sites of whole
// capacities, one unit after the other along the shortest chain: slow and plain.
func unitByUnit(p *Problem, open []int) float64 {
	n, _ := p.Costs.Size()
	var of []int // demand of each unit
	for i := range n {
		w := 1
		if p.Weights != nil {
			w = int(p.Weights[i])
		}
		for range w {
			of = append(of, i)
		}
	}
	cost := func(u, x int) float64 {
		out := math.Inf(1)
		if p.Unserved != nil {
			out = p.Unserved[of[u]]
		}
		if p.Model == MaxCover {
			out = 1
		}
		if x == len(open) {
			return out
		}
		d := p.Costs.At(of[u], open[x])
		if p.Model == MaxCover {
			if d > p.Radius {
				return 1
			}
			if p.Decay != nil {
				return 1 - p.Decay(d)
			}
			return 0
		}
		return d
	}
	at := make([]int, len(of))
	for u := range at {
		at[u] = -1
	}
	load := make([]int, len(open)+1)
	room := func(x int) bool { return x == len(open) || float64(load[x]+1) <= p.Capacities[open[x]] }
	total := 0.0
	for u := range of {
		length := make([]float64, len(open)+1)
		unit, from := make([]int, len(length)), make([]int, len(length))
		for x := range length {
			length[x], unit[x], from[x] = cost(u, x), u, -1
		}
		for range length {
			for v := range u {
				a := at[v]
				for b := range length {
					if l := length[a] + cost(v, b) - cost(v, a); b != a && l < length[b]-1e-9 {
						length[b], unit[b], from[b] = l, v, a
					}
				}
			}
		}
		end := -1
		for x := range length {
			if room(x) && (end < 0 || length[x] < length[end]) {
				end = x
			}
		}
		if end < 0 || math.IsInf(length[end], 1) {
			return math.Inf(1)
		}
		total += length[end]
		load[end]++
		for x := end; x >= 0; x = from[x] {
			at[unit[x]] = x
		}
	}
	if p.Model == MaxCover {
		return float64(len(of)) - total
	}
	return total
}

func TestCapacitiesAgainstAllSolutions(t *testing.T) {
	solved, tight := 0, 0
	for seed := range uint64(600) {
		r := rand.New(rand.NewPCG(seed, 2))
		model := PMedian
		if seed%2 == 0 {
			model = MaxCover
		}
		p := draw(model, r)
		n, sites := p.Costs.Size()
		if n > 7 || sites > 7 {
			continue
		}
		for i := range p.Weights {
			p.Weights[i] = math.Floor(p.Weights[i] / 3)
		}
		p.Capacities = make([]float64, sites)
		for j := range p.Capacities {
			p.Capacities[j] = float64(r.IntN(8))
		}
		s, err := Solve(context.Background(), p, Options{Seed: seed, Workers: 1})
		want, bare := math.Inf(1), math.Inf(1)
		if model == MaxCover {
			want = math.Inf(-1)
		}
		var freely []int
		for j, may := range p.all() {
			if may {
				freely = append(freely, j)
			}
		}
		for set := range 1 << len(freely) {
			open, spent := slices.Clone(p.Fixed), 0.0
			for x, j := range freely {
				if set>>x&1 == 1 {
					open = append(open, j)
					if p.Fees != nil {
						spent += p.Fees[j]
					}
				}
			}
			if p.Sites > 0 && len(open) > p.Sites || p.Budget > 0 && spent > p.Budget {
				continue
			}
			v := unitByUnit(&p, open)
			if model == MaxCover {
				want = max(want, v)
			} else {
				want = min(want, v)
				bare = min(bare, worth(&p, open))
			}
		}
		if err != nil {
			if c := fault.CodeOf(err); c != fault.Invalid {
				t.Fatalf("seed %d: %v", seed, err)
			}
			if !math.IsInf(want, 0) && p.check() == nil {
				t.Fatalf("seed %d: %v, best is %v: %s %v", seed, err, want, show(p), p.Capacities)
			}
			continue
		}
		solved++
		if want > bare+1e-9 {
			tight++
		}
		if !close(s.Value, want) && math.Abs(s.Value-want) > 1e-9 {
			t.Fatalf("seed %d: %s value %v, best is %v: %s capacities %v", seed, model, s.Value, want, show(p), p.Capacities)
		}
		if s.Value > 1e-9 && s.Gap() > 1e-6 {
			t.Fatalf("seed %d: %s bound %v of %v", seed, model, s.Bound, s.Value)
		}
	}
	if solved < 100 || tight < 20 {
		t.Errorf("%d problems had a solution, capacities mattered in %d", solved, tight)
	}
}
