package illectronisme_test

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func TestLawsOnFrance(t *testing.T) {
	f := load(t)
	r := f.estimate(t)
	known := 0
	for i, code := range f.codes {
		low, mid, high, pop := r.Low[i], r.Central[i], r.High[i], r.Pop15[i]
		missing := math.IsNaN(low)
		if missing != math.IsNaN(mid) || missing != math.IsNaN(high) || missing != math.IsNaN(pop) {
			t.Fatalf("%s: %v %v %v of %v: all are missing or none", code, low, mid, high, pop)
		}
		if f.departement[i] == "976" && !missing {
			t.Fatalf("%s: the survey leaves Mayotte out", code)
		}
		if missing {
			continue
		}
		known++
		if !(0 < low && low <= mid && mid <= high && high < pop) {
			t.Fatalf("%s: %v, %v, %v of %v people", code, low, mid, high, pop)
		}
		// People of 15 or over are a part of the residents; overseas the two years differ.
		if most := f.columns.Residents[i]; !f.columns.Overseas[i] && pop > most*(1+1e-12) {
			t.Fatalf("%s: %v people aged 15 or over of %v residents", code, pop, most)
		}
	}
	// Missing: the 17 communes of Mayotte, the 8 without a profile, the 6 without inhabitants.
	if got := len(f.codes) - known; got != 31 {
		t.Errorf("%d communes have no estimate, 31 expected", got)
	}

	everywhere := func(i int) bool { return !f.columns.Inside[i] }
	metro := func(i int) bool { return everywhere(i) && !f.columns.Overseas[i] }
	total := func(people []float64, in func(int) bool) float64 { return f.sum(people, in) / f.sum(r.Pop15, in) }
	if got := total(r.Central, everywhere); math.Abs(got-0.154) > 1e-12 {
		t.Errorf("central: France has %v, 0.154 is published", got)
	}
	for _, v := range r.Variants {
		in, want := everywhere, 0.154
		if v.Variant.Year == 2019 {
			in, want = metro, 0.16
		}
		if got := total(v.People, in); math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: %v, %v is published", v.Variant, got, want)
		}
	}
}

// A city is what its arrondissements make, up to the curve of the formula.
func TestArrondissementsMakeTheirCity(t *testing.T) {
	f := load(t)
	r := f.estimate(t)
	for city, first := range map[string]string{"75056": "751", "69123": "6938", "13055": "132"} {
		at := slices.Index(f.codes, city)
		parts := f.sum(r.Central, func(i int) bool { return f.columns.Inside[i] && strings.HasPrefix(f.codes[i], first) })
		if whole := r.Central[at]; math.Abs(parts/whole-1) > 0.03 {
			t.Errorf("%s: %.0f people, its arrondissements %.0f", city, whole, parts)
		}
	}
}
