package twins

import (
	"fmt"
	"math"
	"slices"
)

// Outcome is what twins are judged on. It is never a trait.
type Outcome struct {
	Key    string
	Values []float64 // one a unit, NaN where missing
}

// Skill is how well an outcome of a unit is told from others. The three errors are
// mean absolute errors over the same units, in the outcome's own unit of measure:
// those that have the outcome and an answer of all three kinds.
type Skill struct {
	Key        string
	Units      int
	Twins      float64 // answer: the mean of the twins that have the outcome
	Class      float64 // answer: the mean of the class, the unit left out
	Regression float64 // answer: ordinary least squares on the scaled traits, the unit left out

	OverClass      float64 // 1 - Twins / Class; above 0, twins tell more
	OverRegression float64 // 1 - Twins / Regression
}

// Quality is the skill of twins over held-out outcomes.
type Quality struct {
	Outcomes       []Skill
	OverClass      float64 // median over the outcomes, NaN for none
	OverRegression float64
}

// Skill judges the k nearest by outcomes that they were not chosen on. Classes are one
// a unit, below 0 for none. Units that skip leaves out are left out of twins only: the
// other two answers may use them.
//
// The regression has a constant; a missing trait stands at the median. Each unit is
// left out through the hat matrix, y - ŷ₋ᵢ = (y - ŷ) / (1 - hᵢ) (Allen, "The
// relationship between variable selection and data augmentation and a method for
// prediction", Technometrics 16, 1974).
//
// An outcome with the key of a trait is refused, and so is one that the regression
// finds to a millionth: it could be computed from the traits. Others that could be,
// through a product or a ratio, are for the caller to keep away.
func (s *Space) Skill(outcomes []Outcome, classes []int, k int, units []int, skip func(i, j int) bool) (Quality, error) {
	if len(classes) != s.units {
		return Quality{}, invalid("classes", "twins.length", "classes", len(classes), s.units)
	}
	for i, o := range outcomes {
		field := fmt.Sprintf("outcomes[%d]", i)
		if len(o.Values) != s.units {
			return Quality{}, invalid(field, "twins.length", o.Key, len(o.Values), s.units)
		}
		for u, v := range o.Values {
			if math.IsInf(v, 0) {
				return Quality{}, invalid(field, "twins.infinite", o.Key, u)
			}
		}
		if slices.ContainsFunc(s.traits, func(t Trait) bool { return t.Key == o.Key }) {
			return Quality{}, invalid(field, "twins.outcome_trait", o.Key)
		}
	}
	near := s.of(units, k, skip)
	var q Quality
	var overClass, overRegression []float64
	for i, o := range outcomes {
		regression := s.regress(o.Values)
		r := judge(o, byTwins(o.Values, near), byClass(o.Values, classes), regression)
		if r.Units > 0 && r.Regression <= 1e-6*r.Class {
			return Quality{}, invalid(fmt.Sprintf("outcomes[%d]", i), "twins.outcome_computed", o.Key)
		}
		q.Outcomes = append(q.Outcomes, r)
		if !math.IsNaN(r.OverClass) {
			overClass = append(overClass, r.OverClass)
		}
		if !math.IsNaN(r.OverRegression) {
			overRegression = append(overRegression, r.OverRegression)
		}
	}
	slices.Sort(overClass)
	slices.Sort(overRegression)
	q.OverClass, q.OverRegression = middle(overClass), middle(overRegression)
	return q, nil
}

func judge(o Outcome, twins, class, regression []float64) Skill {
	r := Skill{Key: o.Key}
	for u, y := range o.Values {
		a, b, c := math.Abs(y-twins[u]), math.Abs(y-class[u]), math.Abs(y-regression[u])
		if math.IsNaN(a + b + c) {
			continue
		}
		r.Units++
		r.Twins += a
		r.Class += b
		r.Regression += c
	}
	n := float64(r.Units) // NaN for no unit
	r.Twins, r.Class, r.Regression = r.Twins/n, r.Class/n, r.Regression/n
	r.OverClass, r.OverRegression = 1-r.Twins/r.Class, 1-r.Twins/r.Regression
	return r
}

// byTwins is the mean of the twins that have the outcome, NaN if none has.
func byTwins(y []float64, near [][]Twin) []float64 {
	out := make([]float64, len(y))
	for u, twins := range near {
		sum, n := 0.0, 0
		for _, t := range twins {
			if v := y[t.Unit]; v == v {
				sum += v
				n++
			}
		}
		out[u] = sum / float64(n)
	}
	return out
}

// byClass is the mean of the others of the class, NaN if there is none.
func byClass(y []float64, classes []int) []float64 {
	type total struct {
		sum float64
		n   int
	}
	totals := map[int]total{}
	for u, v := range y {
		if v == v && classes[u] >= 0 {
			t := totals[classes[u]]
			totals[classes[u]] = total{t.sum + v, t.n + 1}
		}
	}
	out := make([]float64, len(y))
	for u, v := range y {
		t := totals[classes[u]]
		if v == v {
			t.sum -= v
			t.n--
		}
		out[u] = math.NaN()
		if t.n > 0 {
			out[u] = t.sum / float64(t.n)
		}
	}
	return out
}
