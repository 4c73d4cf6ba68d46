package twins_test

import (
	"math"
	"slices"
	"testing"

	"bassin/internal/indicator/twins"
)

func column(s *twins.Space, trait int) []float64 {
	out := make([]float64, s.Units())
	for u := range out {
		out[u] = s.Scaled(u)[trait]
	}
	return out
}

func alike(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool {
		return math.IsNaN(x) && math.IsNaN(y) || math.Abs(x-y) <= 1e-9
	})
}

func TestScale(t *testing.T) {
	r12 := math.Sqrt(12)
	for _, c := range []struct {
		name string
		in   twins.Trait
		clip float64
		by   twins.Scale
		want []float64
	}{
		{"robust", twins.Trait{Values: []float64{1, 2, 3, 4, 100}}, 0, twins.Robust,
			[]float64{-2 / 1.4826, -1 / 1.4826, 0, 1 / 1.4826, 97 / 1.4826}},
		{"missing stays missing", twins.Trait{Values: []float64{nan, 1, 2, 3, nan}}, 0, twins.Robust,
			[]float64{nan, -1 / 1.4826, 0, 1 / 1.4826, nan}},
		{"bounded", twins.Trait{Values: []float64{-9, 2, 3, 4, 100}}, 5, twins.Robust,
			[]float64{-5, -1 / 1.4826, 0, 1 / 1.4826, 5}},
		{"logarithm", twins.Trait{Values: []float64{1, 10, 100}, Transform: twins.Log}, 0, twins.Robust,
			[]float64{-1 / 1.4826, 0, 1 / 1.4826}},
		{"most are equal", twins.Trait{Values: []float64{0, 0, 0, 5, 9}}, 0, twins.Percentile,
			[]float64{-0.25 * r12, -0.25 * r12, -0.25 * r12, 0.25 * r12, 0.5 * r12}},
		{"all are equal", twins.Trait{Values: []float64{4, 4, nan, 4}}, 5, twins.Percentile, []float64{0, 0, nan, 0}},
		{"one is known", twins.Trait{Values: []float64{nan, 4}}, 5, twins.Percentile, []float64{nan, 0}},
		{"none is known", twins.Trait{Values: []float64{nan, nan}}, 5, twins.Percentile, []float64{nan, nan}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := make1(t, []twins.Trait{c.in}, twins.Options{Clip: c.clip})
			if got := column(s, 0); !alike(got, c.want) || s.Scale(0) != c.by {
				t.Errorf("%v, %s; want %v, %s", got, s.Scale(0), c.want, c.by)
			}
		})
	}
}

func TestScaleLaws(t *testing.T) {
	base := crowd(11, 400, 6, 2, 0)
	for u := range base[4].Values { // most units have none
		base[4].Values[u] = max(0, base[4].Values[u]-1)
	}
	for u, v := range base[5].Values {
		base[5].Values[u] = math.Exp(v)
	}
	base[5].Transform = twins.Log
	o := twins.Options{Clip: 5, Shared: 1}
	want := make1(t, base, o)
	if want.Scale(4) != twins.Percentile {
		t.Fatal("the trait that most lack is scaled as", want.Scale(4))
	}
	for _, c := range []struct {
		name  string
		trait int
		f     func(float64) float64
	}{
		{"another unit", 0, func(x float64) float64 { return 1000 * x }},
		{"another origin", 1, func(x float64) float64 { return x + 32 }},
		{"another unit and origin", 2, func(x float64) float64 { return 1.8*x + 32 }},
		{"the other way round", 3, func(x float64) float64 { return -x }},
		{"an increasing curve of a percentile", 4, func(x float64) float64 { return x*x*x + math.Sqrt(x) }},
		{"another unit before a logarithm", 5, func(x float64) float64 { return 0.01 * x }},
		{"a power before a logarithm", 5, func(x float64) float64 { return math.Pow(x, 2.5) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			traits := slices.Clone(base)
			traits[c.trait].Values = make([]float64, 400)
			for u, v := range base[c.trait].Values {
				traits[c.trait].Values[u] = c.f(v)
			}
			got := make1(t, traits, o)
			for u := range 400 {
				a, b := got.Nearest(u, 5, nil), want.Nearest(u, 5, nil)
				if !slices.EqualFunc(a, b, func(x, y twins.Twin) bool { return x.Unit == y.Unit && math.Abs(x.Distance-y.Distance) < 1e-9 }) {
					t.Fatalf("twins of %d are %v, were %v", u, a, b)
				}
			}
		})
	}
}
