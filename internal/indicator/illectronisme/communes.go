package illectronisme

import (
	"fmt"
	"math"
)

// Columns are what is known of the communes, one number a commune, NaN where it is
// missing. Rows that lie inside others (the municipal arrondissements beside their
// city) are marked: they are estimated like the rest and left out of national totals.
type Columns struct {
	Overseas  []bool    // not in metropolitan France
	Inside    []bool    // a part of another row
	Residents []float64 // number, 2022 census

	// 2022 census, % of residents.
	Under15, From15To24, From60, From65, From75 []float64

	BelowBac []float64 // 2022 census, % of residents aged 15 or over who left school

	// 2022 census, % of residents aged 15 or over, by present occupation.
	Farmers, Trades, Managers, Intermediate, Employees, Workers []float64

	// What stands in overseas, where the ages of 2022 are missing.
	From15To64   []float64 // number, 2021 census
	Past15To24   []float64 // 2017 census, % of residents aged 15 or over
	Past65       []float64 // 2017 census, % of residents aged 15 or over
	PastBelowBac []float64 // 2017 census, % of residents aged 15 or over
}

func (c *Columns) check() error {
	if len(c.Inside) != len(c.Overseas) {
		return fmt.Errorf("illectronisme: column Inside has %d communes, Overseas has %d", len(c.Inside), len(c.Overseas))
	}
	for _, col := range []struct {
		name   string
		values []float64
	}{
		{"Residents", c.Residents}, {"Under15", c.Under15}, {"From15To24", c.From15To24}, {"From60", c.From60},
		{"From65", c.From65}, {"From75", c.From75}, {"BelowBac", c.BelowBac}, {"Farmers", c.Farmers},
		{"Trades", c.Trades}, {"Managers", c.Managers}, {"Intermediate", c.Intermediate},
		{"Employees", c.Employees}, {"Workers", c.Workers}, {"From15To64", c.From15To64},
		{"Past15To24", c.Past15To24}, {"Past65", c.Past65}, {"PastBelowBac", c.PastBelowBac},
	} {
		if len(col.values) != len(c.Overseas) {
			return fmt.Errorf("illectronisme: column %s has %d communes, Overseas has %d", col.name, len(col.values), len(c.Overseas))
		}
	}
	return nil
}

// The age bands that the census and the survey share: 15-24, 25-59, 60-74, 75 and over.
const (
	young = iota
	adult
	senior
	elder
	bands
)

// occupations are those of Columns, in its order.
const occupations = 6

// people are the residents aged 15 or over of a commune.
type people struct {
	at       int // index of the commune
	overseas bool
	inside   bool // counted with another
	number   float64
	ages     [bands]float64       // shares, sum 1
	belowBac float64              // share; NaN where unknown
	working  float64              // share who have an occupation
	jobs     [occupations]float64 // shares of those, sum 1; of NaN where unknown
}

// covers says whether a commune counts in the national total of the survey.
func (s *Survey) covers(p *people) bool { return !p.inside && !(s.Metro && p.overseas) }

// known lists the communes whose ages are known: those of the 2022 census and,
// overseas, those of 2017 brought to 2022. A commune of metropolitan France without
// ages in 2022 was merged or split since: those of 2017 are not its own.
func (c *Columns) known() []people {
	var out, rest []people
	for i := range c.Overseas {
		p := people{at: i, overseas: c.Overseas[i], inside: c.Inside[i]}
		if c.now(&p) {
			out = append(out, p)
		} else if p.overseas {
			rest = append(rest, p)
		}
	}
	b := c.bridge(out)
	for _, p := range rest {
		if c.past(&p, b) {
			out = append(out, p)
		}
	}
	return out
}

// now fills p from the 2022 census, and says whether it could.
func (c *Columns) now(p *people) bool {
	i := p.at
	p.number = c.Residents[i] * (1 - c.Under15[i]/100)
	p.ages = [bands]float64{c.From15To24[i], 100 - c.Under15[i] - c.From15To24[i] - c.From60[i], c.From60[i] - c.From75[i], c.From75[i]}
	p.belowBac = c.BelowBac[i] / 100
	p.jobs = [occupations]float64{c.Farmers[i], c.Trades[i], c.Managers[i], c.Intermediate[i], c.Employees[i], c.Workers[i]}
	p.working = scale(p.jobs[:]) / 100
	return scale(p.ages[:]) > 0 && p.number > 0
}

// scale brings values to a sum of 1 and returns the sum they had. A value that
// rounding left below zero is zero.
func scale(values []float64) (sum float64) {
	for i, v := range values {
		values[i] = max(0, v) // NaN stays
		sum += values[i]
	}
	for i := range values {
		values[i] /= sum
	}
	return sum
}

// bridge leads from the components of 2017 to the shares of 2022.
type bridge struct {
	young, from65, belowBac float64 // national share of 2022 for 1 of 2017, where both are known
	seniors                 float64 // share of the 60-64 in the 25-64, in 2022
	elders                  float64 // share of the 75+ in the 65+, in 2022
}

func (c *Columns) bridge(now []people) bridge {
	var then, today [3]float64
	var adults, seniors, aged, elders float64
	for _, p := range now {
		i := p.at
		from65 := 100 * c.From65[i] / (100 - c.Under15[i])
		if p.inside || math.IsNaN(from65) {
			continue
		}
		aged += p.number * from65
		elders += p.number * 100 * p.ages[elder]
		adults += p.number * (100*(1-p.ages[young]) - from65)
		seniors += p.number * (100*(p.ages[senior]+p.ages[elder]) - from65)
		past := [3]float64{c.Past15To24[i], c.Past65[i], c.PastBelowBac[i]}
		if math.IsNaN(past[0] + past[1] + past[2] + p.belowBac) {
			continue
		}
		for k, v := range [3]float64{100 * p.ages[young], from65, 100 * p.belowBac} {
			then[k] += p.number * past[k]
			today[k] += p.number * v
		}
	}
	return bridge{today[0] / then[0], today[1] / then[1], today[2] / then[2], seniors / adults, elders / aged}
}

// past fills p from the components of 2017, and says whether it could.
func (c *Columns) past(p *people, b bridge) bool {
	i := p.at
	from15, from65 := b.young*c.Past15To24[i]/100, b.from65*c.Past65[i]/100
	between := 1 - from15 - from65
	p.number = c.From15To64[i] / (1 - from65)
	p.ages = [bands]float64{from15, between * (1 - b.seniors), between*b.seniors + from65*(1-b.elders), from65 * b.elders}
	p.belowBac = min(1, b.belowBac*c.PastBelowBac[i]/100)
	for k := range p.jobs {
		p.jobs[k] = math.NaN()
	}
	return between >= 0 && from65 < 1 && p.number > 0 && scale(p.ages[:]) > 0
}
