package siting

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"bassin/internal/fault"
)

// places makes a middling problem of points: too large to look at all solutions.
func places(model Model, seed uint64, n, p int) Problem {
	r := rand.New(rand.NewPCG(seed, 3))
	at, w := make([][2]float64, n), make([]float64, n)
	for i := range at {
		at[i] = [2]float64{100 * r.Float64(), 100 * r.Float64()}
		w[i] = math.Floor(1 + 99*r.Float64()*r.Float64())
	}
	q := Problem{Model: model, Costs: NewPlane(at, at), Weights: w, Sites: p, Radius: 15}
	if model == SetCover {
		q.Sites = 0
	}
	return q
}

var models = []Model{PMedian, MaxCover, SetCover, PCentre}

func solved(t *testing.T, p Problem, o Options) *Solution {
	t.Helper()
	s, err := Solve(context.Background(), p, o)
	if err != nil {
		t.Fatal(err)
	}
	if s.Gap() > 1e-6 {
		t.Fatalf("value %v, bound %v", s.Value, s.Bound)
	}
	return s
}

func TestWorkersChangeNothing(t *testing.T) {
	for _, model := range models {
		for seed := range uint64(3) {
			p := places(model, seed, 90, 7)
			var first []Progress
			one := solved(t, p, Options{Seed: seed, Workers: 1, Progress: func(x Progress) { first = append(first, x) }})
			var second []Progress
			two := solved(t, p, Options{Seed: seed, Workers: 2, Progress: func(x Progress) { second = append(second, x) }})
			if !slices.Equal(one.Sites, two.Sites) || one.Value != two.Value || one.Bound != two.Bound || one.Nodes != two.Nodes || !slices.Equal(first, second) {
				t.Errorf("%s, seed %d: %v and %v", model, seed, one, two)
			}
		}
	}
}

func TestSeedChangesNoProof(t *testing.T) {
	for _, model := range models {
		p := places(model, 9, 80, 6)
		want := solved(t, p, Options{Seed: 1}).Value
		for seed := uint64(2); seed < 5; seed++ {
			if got := solved(t, p, Options{Seed: seed}).Value; !close(got, want) {
				t.Errorf("%s: %v with seed %d, %v with 1", model, got, seed, want)
			}
		}
	}
}

// The order in which places are told, and the unit of distances and weights, are
// no part of the question.
func TestOrderAndUnits(t *testing.T) {
	for _, model := range models {
		for seed := range uint64(3) {
			p := places(model, seed, 60, 5)
			want := solved(t, p, Options{}).Value
			r := rand.New(rand.NewPCG(seed, 4))
			order := r.Perm(60)
			at, w := make([][2]float64, 60), make([]float64, 60)
			for to, from := range order {
				x := p.Costs.(*Points).sites[from]
				at[to], w[to] = [2]float64{1000 * x[0], 1000 * x[1]}, 3*p.Weights[from]
			}
			q := p
			q.Costs, q.Weights, q.Radius = NewPlane(at, at), w, 1000*p.Radius
			got := solved(t, q, Options{}).Value
			scale := map[Model]float64{PMedian: 3000, MaxCover: 3, SetCover: 1, PCentre: 1000}[model]
			if !close(got, scale*want) {
				t.Errorf("%s, seed %d: %v, want %v × %v", model, seed, got, scale, want)
			}
		}
	}
}

func TestMoreCandidatesNeverHurt(t *testing.T) {
	for _, model := range models {
		for seed := range uint64(3) {
			p := places(model, seed, 60, 5)
			p.Candidates = rand.New(rand.NewPCG(seed, 5)).Perm(60)
			for _, n := range []int{40, 50, 60} {
				some, all := p, p
				some.Candidates, all.Candidates = p.Candidates[:n-10], p.Candidates[:n]
				a, err := Solve(context.Background(), some, Options{})
				if fault.CodeOf(err) == fault.Invalid { // nobody can be left out, and some are
					continue
				}
				b := solved(t, all, Options{})
				if model == MaxCover && b.Value < a.Value*(1-1e-6) || model != MaxCover && b.Value > a.Value*(1+1e-6) {
					t.Errorf("%s, seed %d: %v with %d candidates, %v with ten fewer", model, seed, b.Value, n, a.Value)
				}
			}
		}
	}
}

func TestFixingTheChosenChangesNothing(t *testing.T) {
	for _, model := range models {
		for seed := range uint64(3) {
			p := places(model, seed, 60, 5)
			s := solved(t, p, Options{})
			q := p
			q.Fixed = s.Sites[:len(s.Sites)-2]
			again := solved(t, q, Options{})
			want := s.Value
			if model == SetCover {
				want -= float64(len(q.Fixed)) // those of Fixed are there already
			}
			if !close(again.Value, want) {
				t.Errorf("%s, seed %d: %v with some of the best fixed, want %v", model, seed, again.Value, want)
			}
		}
	}
}

// What is told on the way is a solution's value and a bound, whenever one stops.
func TestStoppedAnywhere(t *testing.T) {
	for _, model := range models {
		p := places(model, 11, 80, 6)
		best := solved(t, p, Options{}).Value
		for n := 1; n < 12; n++ {
			ctx, stop := context.WithCancel(context.Background())
			told := 0
			s, err := Solve(ctx, p, Options{Progress: func(x Progress) {
				if model != MaxCover && x.Bound > best*(1+1e-9) || model == MaxCover && x.Bound < best*(1-1e-9) {
					t.Errorf("%s: bound %v told, best is %v", model, x.Bound, best)
				}
				if told++; told == n {
					stop()
				}
			}})
			stop()
			if err != nil {
				t.Fatal(err)
			}
			low, high := s.Bound, s.Value
			if model == MaxCover {
				low, high = high, low
			}
			if low > best*(1+1e-9) || high < best*(1-1e-9) {
				t.Errorf("%s stopped after %d: value %v, bound %v, best is %v", model, n, s.Value, s.Bound, best)
			}
			if got := worth(&p, s.Sites); !close(got, s.Value) {
				t.Errorf("%s stopped after %d: value %v, sites are worth %v", model, n, s.Value, got)
			}
		}
	}
}

func TestAGapIsEnough(t *testing.T) {
	p := places(PMedian, 5, 400, 20)
	s, err := Solve(context.Background(), p, Options{Gap: 0.05})
	if err != nil || s.Gap() > 0.05 {
		t.Errorf("%v, %v", s, err)
	}
}

// Any radii give a bound: no price lets the dual cross the best solution.
func TestAnyRadiiGiveABound(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 6))
		p := places(PMedian, seed, 12, 3)
		best := brute(&p)
		m := &median{Problem: &p, search: newSearch(context.Background(), Options{})}
		if err := m.prepare(); err != nil {
			t.Fatal(err)
		}
		k := m.root
		k.cols, k.reach, k.rows, m.full = m.allowed, make([]float64, 12), make([][]near, 12), make([]float64, 12)
		rows := make([]int32, 12)
		for i := range rows {
			rows[i], k.reach[i] = int32(i), math.Inf(1)
		}
		m.list(k, rows)
		for range 200 {
			radii := make([]float64, 12)
			for i := range radii {
				radii[i] = 150 * r.Float64() * r.Float64()
			}
			d := newDual(k, radii)
			if d.price(nil); d.low > best*(1+1e-12) {
				t.Fatalf("seed %d: bound %v, best %v", seed, d.low, best)
			}
			// And so do the bounds with one column forced in or out.
			kept, opened, _ := d.fixed(best * (1 + 1e-9))
			for _, j := range opened {
				q := p
				q.Candidates = slices.DeleteFunc(allOf(12), func(x int) bool { return x == int(j) })
				if brute(&q) < best {
					t.Fatalf("seed %d: column %d need not be open", seed, j)
				}
			}
			for j, may := range kept {
				if q := p; !may && !slices.Contains(opened, int32(j)) {
					q.Fixed = []int{j}
					if brute(&q) < best*(1-1e-9) {
						t.Fatalf("seed %d: column %d may be open", seed, j)
					}
				}
			}
		}
	}
}

func allOf(n int) []int {
	out := make([]int, n)
	for j := range out {
		out[j] = j
	}
	return out
}

func TestNearFindsWhatAtSays(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 7))
	var at [][2]float64
	for range 300 {
		at = append(at, [2]float64{360*r.Float64() - 180, 170*r.Float64() - 85})
	}
	own := make([]float64, len(at))
	for i := range own {
		own[i] = 30 * r.Float64()
	}
	for name, c := range map[string]Costs{"plane": NewPlane(at, at), "globe": NewGlobe(at, at), "own": NewGlobe(at, at).Within(own)} {
		for i := range 50 {
			reach := 9000 * r.Float64() * r.Float64()
			if name == "plane" {
				reach /= 50
			}
			found := map[int]float64{}
			c.Near(i, reach, func(j int, d float64) { found[j] = d })
			for j := range at {
				d, ok := found[j]
				if want := c.At(i, j); ok != (want <= reach) || ok && d != want {
					t.Errorf("%s: %d to %d is %v, found %v within %v", name, i, j, want, d, reach)
				}
			}
		}
	}
}

// Paris to Marseille, Brest to Strasbourg: as the crow flies, by the IGN's ellipsoid
// 660.5 and 901 km; the sphere is within half a percent.
func TestGreatCircles(t *testing.T) {
	c := NewGlobe([][2]float64{{2.3522, 48.8566}, {-4.4861, 48.3904}}, [][2]float64{{5.3698, 43.2965}, {7.7521, 48.5734}})
	for i, want := range []float64{660.5, 901} {
		if got := c.At(i, i); math.Abs(got/want-1) > 0.005 {
			t.Errorf("%v km, want %v", got, want)
		}
	}
}

// What hubs save is Σ w max(0, d(home, work) − d(home, hub)).
func TestSavings(t *testing.T) {
	p := places(PMedian, 3, 9, 2)
	p.Unserved = make([]float64, 9)
	for i := range p.Unserved {
		p.Unserved[i] = float64(10 * i)
	}
	s := solved(t, p, Options{})
	all, saved := 0.0, 0.0
	for i, w := range p.Weights {
		all += w * p.Unserved[i]
		near := math.Inf(1)
		for _, j := range s.Sites {
			near = min(near, p.Costs.At(i, j))
		}
		saved += w * max(0, p.Unserved[i]-near)
		if (s.Served[i] < 0) != (near > p.Unserved[i]) && near != p.Unserved[i] {
			t.Errorf("demand %d: served by %d, %v away, %v to work", i, s.Served[i], near, p.Unserved[i])
		}
	}
	if !close(all-s.Value, saved) {
		t.Errorf("saved %v, by its definition %v", all-s.Value, saved)
	}
}

func FuzzSolve(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, int8(seed%4), 3, 1, 2.0, -1.0)
	}
	f.Fuzz(func(t *testing.T, seed uint64, model int8, n, p int, radius, odd float64) {
		r := rand.New(rand.NewPCG(seed, 8))
		n = 1 + abs(n)%8
		cells, w := make([]float64, n*n), make([]float64, n)
		for x := range cells {
			cells[x] = math.Floor(10 * r.Float64())
		}
		for i := range w {
			w[i] = math.Floor(5 * r.Float64())
		}
		cells[r.IntN(len(cells))] = odd
		w[r.IntN(n)] = max(odd, -1e6)
		q := Problem{Model: models[abs(int(model))%4], Costs: NewMatrix(n, n, cells), Weights: w, Sites: p, Radius: radius, Fixed: []int{r.IntN(n + 1)}}
		s, err := Solve(context.Background(), q, Options{Seed: seed})
		if err != nil {
			if c := fault.CodeOf(err); c != fault.Invalid {
				t.Fatalf("%v", err)
			}
			return
		}
		if got := worth(&q, s.Sites); !close(got, s.Value) && math.Abs(got-s.Value) > 1e-6 {
			t.Errorf("value %v, sites are worth %v", s.Value, got)
		}
	})
}

func abs(n int) int {
	if n < 0 {
		return -(n + 1)
	}
	return n
}

func TestRefuses(t *testing.T) {
	base := func() Problem { return places(PMedian, 1, 6, 2) }
	for name, c := range map[string]struct {
		key  string
		make func(p *Problem)
	}{
		"model":           {"siting.model", func(p *Problem) { p.Model = "best" }},
		"nobody":          {"siting.no_demand", func(p *Problem) { p.Costs, p.Weights = NewPlane(nil, nil), nil }},
		"weights":         {"siting.length.weights", func(p *Problem) { p.Weights = p.Weights[1:] }},
		"negative weight": {"siting.weight", func(p *Problem) { p.Weights[3] = -1 }},
		"no number":       {"siting.weight", func(p *Problem) { p.Weights[3] = math.NaN() }},
		"distance":        {"siting.distance", func(p *Problem) { p.Costs = NewMatrix(6, 1, []float64{0, 0, 0, 0, -1, 0}) }},
		"few candidates":  {"siting.few_candidates", func(p *Problem) { p.Candidates = []int{4} }},
		"no sites":        {"siting.no_sites", func(p *Problem) { p.Sites = 0 }},
		"fixed":           {"siting.fixed_over", func(p *Problem) { p.Fixed = []int{1, 2, 3} }},
		"no such site":    {"siting.no_site", func(p *Problem) { p.Fixed = []int{6} }},
		"twice":           {"siting.site_twice", func(p *Problem) { p.Fixed = []int{5, 5} }},
		"radius":          {"siting.radius", func(p *Problem) { p.Model, p.Radius = MaxCover, math.NaN() }},
		"budget":          {"siting.budget", func(p *Problem) { p.Budget = 3 }},
		"fee":             {"siting.fee", func(p *Problem) { p.Budget, p.Fees = 3, []float64{1, 1, -1, 1, 1, 1} }},
		"unreachable":     {"siting.unreachable", func(p *Problem) { p.Costs = NewMatrix(6, 2, hole(12, 4, 5)) }},
		"together":        {"siting.unreachable_together", func(p *Problem) { p.Costs, p.Sites = NewMatrix(6, 2, hole(12, 4, 7)), 1 }},
		"outside":         {"siting.unreachable", func(p *Problem) { p.Model, p.Radius, p.Candidates = SetCover, 1, []int{0} }},
		"room":            {"siting.capacity_total", func(p *Problem) { p.Capacities = make([]float64, 6) }},
		"room of a cover": {"siting.capacities_model", func(p *Problem) { p.Model, p.Capacities = SetCover, make([]float64, 6) }},
		"unserved":        {"siting.unserved", func(p *Problem) { p.Unserved = []float64{1, 1, 1, 1, 1, -1} }},
	} {
		t.Run(name, func(t *testing.T) {
			p := base()
			c.make(&p)
			_, err := Solve(context.Background(), p, Options{})
			if f, ok := err.(*fault.Error); !ok || f.Key != c.key { //nolint:errorlint // it is the fault itself
				t.Errorf("%v, want %s", err, c.key)
			}
		})
	}
}

// hole is a table of ones with some cells out of reach.
func hole(n int, far ...int) []float64 {
	cells := make([]float64, n)
	for x := range cells {
		cells[x] = 1
		if slices.Contains(far, x) {
			cells[x] = math.Inf(1)
		}
	}
	return cells
}
