package illectronisme

import (
	"errors"
	"math"
)

// Result is the estimate, one number a commune, NaN where the ages are unknown. All
// are numbers of people: they add up over communes, and their shares are made by
// dividing sums. Low and High are a range under stated variants, not a confidence
// interval; the sum of the lows of several communes is at most the low of the whole.
type Result struct {
	Low, Central, High []float64
	Pop15              []float64 // residents aged 15 or over, of whom they are a part

	Variants []Estimated // each stated variant, in the order of [Stated]
	Derived  Derived
}

// Estimated is the number of people by commune under one variant.
type Estimated struct {
	Variant Variant
	People  []float64
}

// Stated lists the variants.
func Stated() []Variant {
	var out []Variant
	for _, year := range []int{2021, 2019} {
		for b := Age; b <= Diploma; b++ {
			out = append(out, Variant{b, year})
		}
	}
	return out
}

// Central is the variant of the central estimate.
func Central(overseas bool) Variant {
	if overseas {
		return Variant{Diploma, 2021}
	}
	return Variant{AgeDiploma, 2021}
}

// Estimate makes the synthetic estimate. Each variant applies its rates to the
// people of each commune, then multiplies all odds by the one factor that gives back
// the published national total of its year. In metropolitan France the range is that
// of the variants that rest on age. Overseas, where ages say little, diploma alone
// joins them, and the range goes up to what the least qualified live: everybody below
// the baccalauréat at the rate published for at most the certificat d'études.
func Estimate(r Rates, c Columns) (Result, error) {
	if err := c.check(); err != nil {
		return Result{}, err
	}
	all := c.known()
	if len(all) == 0 {
		return Result{}, errors.New("illectronisme: the ages of no commune are known")
	}
	m, err := newModel(r, all)
	if err != nil {
		return Result{}, err
	}
	n := len(c.Overseas)
	out := Result{Low: missing(n), Central: missing(n), High: missing(n), Pop15: missing(n), Derived: m.derived}
	central := func(p *people) Variant { return Central(p.overseas) }
	for k, x := range m.people(all, central, 2021) {
		i := all[k].at
		out.Low[i], out.Central[i], out.High[i], out.Pop15[i] = x, x, x, all[k].number
	}
	for _, v := range Stated() {
		e := Estimated{v, missing(n)}
		for k, x := range m.people(all, func(*people) Variant { return v }, v.Year) {
			p := &all[k]
			e.People[p.at] = x
			if v.Basis != Diploma || p.overseas {
				out.Low[p.at], out.High[p.at] = min(out.Low[p.at], x), max(out.High[p.at], x)
			}
		}
		out.Variants = append(out.Variants, e)
	}
	for k := range all {
		if p := &all[k]; p.overseas && !math.IsNaN(p.belowBac) {
			ceiling := r.Certificate.Share*p.belowBac + r.Bac3.Share*(1-p.belowBac)
			out.High[p.at] = max(out.High[p.at], p.number*ceiling)
		}
	}
	return out, nil
}

func missing(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

// people gives the number of people of each commune under the variant that it
// has, with the national total of the year.
func (m *model) people(all []people, variant func(*people) Variant, year int) []float64 {
	by := make([]logits, len(all))
	for k := range all {
		by[k] = m.by(variant(&all[k]), &all[k])
	}
	s := m.rates.Surveys[m.survey(year)]
	var number float64
	for _, p := range all {
		if s.covers(&p) {
			number += p.number
		}
	}
	// Newton's method on the shift that all log odds share: the total is smooth and
	// grows with it.
	var shift float64
	for range 50 {
		var total, slope float64
		for k, p := range all {
			if !s.covers(&p) {
				continue
			}
			for b, a := range p.ages {
				q := share(by[k][b] + shift)
				total += p.number * a * q
				slope += p.number * a * q * (1 - q)
			}
		}
		step := (s.All.Share*number - total) / slope
		shift += min(1, max(-1, step))
		if math.Abs(step) < 1e-13 {
			break
		}
	}
	out := make([]float64, len(all))
	for k, p := range all {
		for b, a := range p.ages {
			out[k] += p.number * a * share(by[k][b]+shift)
		}
	}
	return out
}
