package twins_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"bassin/internal/indicator/twins"
)

func skill(t *testing.T, s *twins.Space, outcomes []twins.Outcome, classes []int, k int) twins.Quality {
	t.Helper()
	q, err := s.Skill(outcomes, classes, k, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s is %v, want %v ± %v", what, got, want, within)
	}
}

func TestSkillByHand(t *testing.T) {
	// Nearest of 0..5 are 1 0 3 2 5 4 by the trait.
	s := make1(t, []twins.Trait{{Key: "x", Values: []float64{0, 1, 10, 11, 30, 31}}}, twins.Options{Shared: 1})
	y := []float64{2, 4, 7, 7, nan, 5}
	q := skill(t, s, []twins.Outcome{{Key: "y", Values: y}}, []int{0, 0, 1, 0, 1, -1}, 1)
	r := q.Outcomes[0]
	// 4 and 5 have no answer (5's twin lacks the outcome, 5 has no class), 2 is alone in its class once 4 is missing.
	if r.Units != 3 {
		t.Fatalf("%d units: %+v", r.Units, r)
	}
	near(t, "twins", r.Twins, (2.0+2+0)/3, 1e-12)
	near(t, "class", r.Class, (math.Abs(2-5.5)+math.Abs(4-4.5)+math.Abs(7-3))/3, 1e-12)
	near(t, "over class", q.OverClass, 1-r.Twins/r.Class, 1e-12)
	near(t, "over regression", q.OverRegression, 1-r.Twins/r.Regression, 1e-12)
}

func TestSkillKnownInAdvance(t *testing.T) {
	const n = 4000
	traits := crowd(2, n, 4, 0, 0)
	rnd := rand.New(rand.NewPCG(8, 8))
	noise, hill, slope := make([]float64, n), make([]float64, n), make([]float64, n)
	classes := make([]int, n)
	for u := range n {
		x := [4]float64{traits[0].Values[u], traits[1].Values[u], traits[2].Values[u], traits[3].Values[u]}
		noise[u] = rnd.NormFloat64()
		hill[u] = x[0]*x[0] + x[1]*x[1] + 0.1*rnd.NormFloat64()
		slope[u] = x[0] + x[1] + x[2] + x[3] + 0.1*rnd.NormFloat64()
	}
	s := make1(t, traits, twins.Options{Shared: 1, Workers: 2})
	q := skill(t, s, []twins.Outcome{{Key: "noise", Values: noise}, {Key: "hill", Values: hill}, {Key: "slope", Values: slope}}, classes, 10)
	// Against pure noise, the mean of ten errs by sqrt(1 + 1/10) times the mean of all.
	near(t, "noise over class", q.Outcomes[0].OverClass, 1-math.Sqrt(1.1), 0.015)
	near(t, "noise over regression", q.Outcomes[0].OverRegression, 1-math.Sqrt(1.1), 0.015)
	// Neither a class of all nor a straight line sees a hill; twins do.
	if r := q.Outcomes[1]; r.OverClass < 0.5 || r.OverRegression < 0.5 {
		t.Errorf("hill: %+v", r)
	}
	// A straight line knows a slope to its noise, of mean absolute value 0.1 sqrt(2/π).
	near(t, "regression on a slope", q.Outcomes[2].Regression, 0.1*math.Sqrt(2/math.Pi), 0.005)
	if r := q.Outcomes[2]; r.OverClass < 0.5 || r.OverRegression > -1 {
		t.Errorf("slope: %+v", r)
	}
	middle := []float64{q.Outcomes[0].OverRegression, q.Outcomes[1].OverRegression, q.Outcomes[2].OverRegression}
	slices.Sort(middle)
	if q.OverRegression != middle[1] {
		t.Error("median is", q.OverRegression, "of", middle)
	}
}

// refit is least squares by elimination, once for each unit left out.
func refit(rows [][]float64, y []float64) []float64 {
	out := make([]float64, len(y))
	for left := range y {
		p := len(rows[0]) + 1
		m := make([][]float64, p)
		for i := range m {
			m[i] = make([]float64, p+1)
		}
		for u, row := range rows {
			if u == left || math.IsNaN(y[u]) {
				continue
			}
			x := append([]float64{1}, row...)
			for i := range p {
				for j := range p {
					m[i][j] += x[i] * x[j]
				}
				m[i][p] += x[i] * y[u]
			}
		}
		for i := range p {
			best := i
			for r := i; r < p; r++ {
				if math.Abs(m[r][i]) > math.Abs(m[best][i]) {
					best = r
				}
			}
			m[i], m[best] = m[best], m[i]
			for r := range p {
				if r != i {
					f := m[r][i] / m[i][i]
					for c := i; c <= p; c++ {
						m[r][c] -= f * m[i][c]
					}
				}
			}
		}
		out[left] = m[0][p] / m[0][0]
		for i, v := range rows[left] {
			out[left] += v * m[i+1][p] / m[i+1][i+1]
		}
	}
	return out
}

func TestRegressionIsRefitWithoutEachUnit(t *testing.T) {
	const n = 60
	traits := crowd(4, n, 5, 1, 0.2)
	rnd := rand.New(rand.NewPCG(8, 8))
	y := make([]float64, n)
	for u := range y {
		y[u] = 1e4 + 3*traits[4].Values[u] + rnd.NormFloat64()
	}
	y[7], y[30] = nan, nan
	// A copy of a trait adds nothing, and must not upset anything.
	doubled := append(slices.Clone(traits), twins.Trait{Key: "copy", Values: traits[4].Values})
	for _, c := range [][]twins.Trait{traits, doubled} {
		s := make1(t, c, twins.Options{Shared: 0, Clip: 5})
		q := skill(t, s, []twins.Outcome{{Key: "y", Values: y}}, make([]int, n), 3)
		rows := make([][]float64, n)
		for u := range rows {
			for _, v := range s.Scaled(u)[:5] {
				if math.IsNaN(v) {
					v = 0
				}
				rows[u] = append(rows[u], v)
			}
		}
		sum := 0.0
		for u, v := range refit(rows, y) {
			if !math.IsNaN(y[u]) {
				sum += math.Abs(y[u] - v)
			}
		}
		if q.Outcomes[0].Units != n-2 {
			t.Fatal("units:", q.Outcomes[0].Units)
		}
		near(t, "regression", q.Outcomes[0].Regression, sum/(n-2), 1e-8)
	}
}

func TestSkillRefuses(t *testing.T) {
	traits := crowd(2, 100, 3, 1, 0)
	s := make1(t, traits, twins.Options{Shared: 1})
	sum := make([]float64, 100)
	for u := range sum {
		sum[u] = 40 - 2*traits[0].Values[u] + traits[2].Values[u]
	}
	for _, c := range []struct {
		o       twins.Outcome
		classes int
		want    string
	}{
		{twins.Outcome{Key: "t1", Values: make([]float64, 100)}, 100, "twins.outcome_trait at outcomes[0]"},
		{twins.Outcome{Key: "y", Values: sum}, 100, "twins.outcome_computed at outcomes[0]"},
		{twins.Outcome{Key: "y", Values: sum[:9]}, 100, "twins.length at outcomes[0]"},
		{twins.Outcome{Key: "y", Values: append(slices.Clone(sum[:99]), math.Inf(-1))}, 100, "twins.infinite at outcomes[0]"},
		{twins.Outcome{Key: "y", Values: sum}, 9, "twins.length at classes"},
	} {
		if _, err := s.Skill([]twins.Outcome{c.o}, make([]int, c.classes), 5, nil, nil); keyOf(err) != c.want {
			t.Errorf("got %s, want %s", keyOf(err), c.want)
		}
	}
	missing := slices.Repeat([]float64{nan}, 100)
	q := skill(t, s, []twins.Outcome{{Key: "y", Values: missing}}, make([]int, 100), 5)
	if r := q.Outcomes[0]; r.Units != 0 || !math.IsNaN(r.OverClass) || !math.IsNaN(q.OverClass) {
		t.Errorf("an outcome that nobody has: %+v", q)
	}
}

// A sample is judged as it is among all.
func TestSkillOfSome(t *testing.T) {
	traits := crowd(3, 400, 4, 2, 0.1)
	y := crowd(9, 400, 1, 0, 0.2)[0].Values
	classes := make([]int, 400)
	s := make1(t, traits, twins.Options{Shared: 0.5, Workers: 2})
	sum, n := 0.0, 0.0
	for u := range 400 {
		q, err := s.Skill([]twins.Outcome{{Key: "y", Values: y}}, classes, 5, []int{u}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r := q.Outcomes[0]; r.Units == 1 {
			sum, n = sum+r.Twins, n+1
		}
	}
	whole := skill(t, s, []twins.Outcome{{Key: "y", Values: y}}, classes, 5)
	near(t, "error", whole.Outcomes[0].Twins, sum/n, 1e-12)
	near(t, "units", float64(whole.Outcomes[0].Units), n, 0)
}

func TestStability(t *testing.T) {
	traits := crowd(6, 300, 4, 1, 0.1)
	same := twins.Trait{Key: "same for all", Values: slices.Repeat([]float64{7}, 300)}
	traits = append(traits, same)
	o := twins.Options{Clip: 5, Shared: 0.5, Workers: 3}
	s := make1(t, traits, o)
	got, err := s.Stability(10, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	whole := s.All(10, nil)
	mean := 0.0
	for out := range traits {
		part := make1(t, slices.Delete(slices.Clone(traits), out, out+1), o).All(10, nil)
		sum, n := 0.0, 0.0
		for u := range whole {
			set := map[int]int{}
			for _, tw := range whole[u] {
				set[tw.Unit]++
			}
			for _, tw := range part[u] {
				set[tw.Unit]++
			}
			both := 0.0
			for _, times := range set {
				if times == 2 {
					both++
				}
			}
			if len(set) > 0 {
				sum += both / float64(len(set))
				n++
			}
		}
		near(t, traits[out].Key, got.Without[out], sum/n, 1e-12)
		mean += sum / n / float64(len(traits))
	}
	near(t, "mean", got.Mean, mean, 1e-12)
	if got.Without[0] > 0.9 {
		t.Error("leaving out a trait changes nothing:", got)
	}

	// Of two equal traits one is enough.
	a := crowd(6, 300, 1, 0, 0)[0]
	b := a
	b.Key = "again"
	twice, err := make1(t, []twins.Trait{a, b}, o).Stability(10, []int{3, 5, 200}, nil)
	if err != nil || twice.Mean != 1 {
		t.Error("two equal traits:", twice, err)
	}
	if _, err := make1(t, []twins.Trait{a}, o).Stability(10, nil, nil); keyOf(err) != "twins.two_traits at traits" {
		t.Error("one trait:", keyOf(err))
	}
}
