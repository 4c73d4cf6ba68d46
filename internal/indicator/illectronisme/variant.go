package illectronisme

import (
	"fmt"
	"math"
	"strconv"
)

// Basis is what the rate of a commune depends on.
type Basis int

// The stated bases.
const (
	Age           Basis = iota // ages only
	AgeDiploma                 // ages, and the share of people below the baccalauréat
	AgeOccupation              // ages, and for the 60+ the former occupation of retired people
	AgeBoth                    // ages, diploma and former occupation
	Diploma                    // the share of people below the baccalauréat only
)

func (b Basis) String() string {
	return [...]string{"age", "age and diploma", "age and former occupation", "age, diploma and former occupation", "diploma only"}[b]
}

// Variant is one way to estimate: a basis, and the year of the survey whose rates
// by age and national total it takes.
type Variant struct {
	Basis Basis
	Year  int
}

func (v Variant) String() string { return v.Basis.String() + ", " + strconv.Itoa(v.Year) }

// logits are log odds of a rate, by age band.
type logits [bands]float64

func logit(p float64) float64 { return math.Log(p / (1 - p)) }
func share(l float64) float64 { return 1 / (1 + math.Exp(-l)) }

// Derived are the rates that are not published and follow from those that are: the
// one unknown rate of each list is what makes the list add up to its published total.
type Derived struct {
	Adults2021      float64 // 25-59
	Adults2019      float64 // 25-59
	BelowBac        float64 // people below the baccalauréat, those above having the rate of Bac3
	FormerEmployees float64 // retired
}

// model holds what the formulas need besides the commune.
type model struct {
	rates    Rates
	derived  Derived
	byAge    [2]logits // by survey
	byJob    [occupations]float64
	belowBac float64 // national share of people below the baccalauréat
}

func newModel(r Rates, all []people) (model, error) {
	m := model{rates: r}
	for k, s := range r.Surveys {
		var n [bands]float64
		var sum float64
		for _, p := range all {
			if !s.covers(&p) {
				continue
			}
			for b, a := range p.ages {
				n[b] += p.number * a
			}
			sum += p.number
		}
		adults := (s.All.Share*sum - s.Young.Share*n[young] - s.From60.Share*n[senior] - s.From75.Share*n[elder]) / n[adult]
		if !(adults > 0 && adults < 1) {
			return model{}, fmt.Errorf("illectronisme: the rates of %d leave %.3f to the 25-59: the ages given are not those of France", s.Year, adults)
		}
		m.byAge[k] = logits{logit(s.Young.Share), logit(adults), logit(s.From60.Share), logit(s.From75.Share)}
		if k == 0 {
			m.derived.Adults2021 = adults
		} else {
			m.derived.Adults2019 = adults
		}
	}

	var number, below float64
	var jobs [occupations]float64
	for _, p := range all {
		if p.inside {
			continue
		}
		if !math.IsNaN(p.belowBac) {
			number += p.number
			below += p.number * p.belowBac
		}
		if !math.IsNaN(p.jobs[0]) {
			for k, j := range p.jobs {
				jobs[k] += p.number * p.working * j
			}
		}
	}
	m.belowBac = below / number
	m.derived.BelowBac = (r.Surveys[0].All.Share - r.Bac3.Share*(1-m.belowBac)) / m.belowBac
	scale(jobs[:])
	m.byJob = [occupations]float64{r.FormerFarmersTrades.Share, r.FormerFarmersTrades.Share, r.FormerManagers.Share, r.FormerIntermediate.Share, 0, r.FormerWorkers.Share}
	m.derived.FormerEmployees = (r.Retired.Share - mix(jobs, m.byJob)) / jobs[4]
	m.byJob[4] = m.derived.FormerEmployees
	for _, d := range []float64{m.derived.BelowBac, m.derived.FormerEmployees} {
		if !(d > 0 && d < 1) {
			return model{}, fmt.Errorf("illectronisme: the rates of 2021 leave %.3f to a group: the diplomas or occupations given are not those of France", d)
		}
	}
	return m, nil
}

func mix(shares, rates [occupations]float64) (sum float64) {
	for k := range shares {
		sum += shares[k] * rates[k]
	}
	return sum
}

// survey is the index of the survey of a year.
func (m *model) survey(year int) int {
	if year == m.rates.Surveys[0].Year {
		return 0
	}
	return 1
}

// by gives the log odds of each age band of a commune, before the national total is
// brought back. What is unknown of the commune changes nothing.
func (m *model) by(v Variant, p *people) logits {
	out := m.byAge[m.survey(v.Year)]
	if v.Basis == Diploma {
		for b := range out {
			out[b] = logit(m.rates.Surveys[m.survey(v.Year)].All.Share)
		}
	}
	if v.Basis != Age && v.Basis != AgeOccupation && !math.IsNaN(p.belowBac) {
		shift := logit(m.diploma(p)) - logit(m.rates.Surveys[0].All.Share)
		for b := range out {
			out[b] += shift
		}
	}
	if (v.Basis == AgeOccupation || v.Basis == AgeBoth) && !math.IsNaN(p.jobs[0]) {
		shift := logit(mix(p.jobs, m.byJob)) - logit(m.rates.Retired.Share)
		out[senior] += shift
		out[elder] += shift
	}
	return out
}

// diploma is the rate that the diplomas of a commune alone would give it.
func (m *model) diploma(p *people) float64 {
	return m.derived.BelowBac*p.belowBac + m.rates.Bac3.Share*(1-p.belowBac)
}
