package pipeline

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

func TestFormula(t *testing.T) {
	columns := map[string][]float64{"a.x": {1, 2, math.NaN()}, "a.y": {4, 0, 1}, "b._2022_T1": {10, 10, 10}}
	get := func(n columnName) ([]float64, error) {
		if c := columns[n.String()]; c != nil {
			return c, nil
		}
		return nil, fmt.Errorf("no %s", n)
	}
	nan := math.NaN()
	for _, c := range []struct {
		text, form string
		want       []float64
	}{
		{"a.x", "a.x", []float64{1, 2, nan}},
		{"a.x+a.y", "a.x + a.y", []float64{5, 2, nan}},
		{" a.x*(100 - a.y)/100", "a.x * (100 - a.y) / 100", []float64{0.96, 2, nan}},
		{"a.x - a.y - 1", "a.x - a.y - 1", []float64{-4, 1, nan}},
		{"a.x / a.y", "a.x / a.y", []float64{0.25, nan, nan}},
		{"first(a.x, 7)", "first(a.x, 7)", []float64{1, 2, 7}},
		{"10*first(a.x/a.y,a.y)", "10 * first(a.x / a.y, a.y)", []float64{2.5, 0, 10}},
		{"b._2022_T1 * 0.5", "b._2022_T1 * 0.5", []float64{5, 5, 5}},
	} {
		f, err := parseFormula(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if f.text != c.form {
			t.Errorf("%s is written %q", c.text, f.text)
		}
		got, err := f.values(get, 3)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got {
			if got[i] != c.want[i] && !(math.IsNaN(got[i]) && math.IsNaN(c.want[i])) {
				t.Errorf("%s: %v instead of %v", c.text, got, c.want)
			}
		}
	}
	if columns["a.x"][0] != 1 {
		t.Error("a formula changed a column that it reads")
	}
	for _, bad := range []string{"", "x", "a.x +", "a.x % 2", "f(a.x)", "first(a.x)", "first(a.x, x)", "last(a.x, a.y)", "first(a.x, a.y, a.x)", "a.first(a.x, a.y)", "a.x.y", "a.x == 1", `"a"`, "-a.x", "a.x << 2", "'c'", strings.Repeat("(", 60) + "1" + strings.Repeat(")", 60)} {
		if f, err := parseFormula(bad); err == nil {
			t.Errorf("%q is read as %s", bad, f.text)
		}
	}
	if f, _ := parseFormula("a.x + c.z"); f.root != nil {
		if _, err := f.values(get, 3); err == nil {
			t.Error("an unknown column is read")
		}
	}
}

// Whatever is accepted computes, and means the same once written in its one form.
func FuzzFormula(f *testing.F) {
	f.Add("a.x*(100 - a.y)/100")
	f.Add("((1))+a.b-2e3")
	f.Fuzz(func(t *testing.T, text string) {
		one, err := parseFormula(text)
		if err != nil {
			return
		}
		get := func(n columnName) ([]float64, error) { return []float64{float64(len(n.column)), math.NaN(), 3}, nil }
		a, err := one.values(get, 3)
		if err != nil {
			t.Fatalf("%q is accepted and does not compute: %v", text, err)
		}
		two, err := parseFormula(one.text)
		if err != nil {
			t.Fatalf("%q is written %q, which is refused: %v", text, one.text, err)
		}
		b, err := two.values(get, 3)
		if err != nil || two.text != one.text {
			t.Fatalf("%q is written %q, then %q", text, one.text, two.text)
		}
		for i := range a {
			if a[i] != b[i] && !(math.IsNaN(a[i]) && math.IsNaN(b[i])) {
				t.Fatalf("%q: %v, then %v", text, a, b)
			}
		}
	})
}
