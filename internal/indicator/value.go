package indicator

import (
	"math"

	"bassin/internal/territory"
)

// State says what a value is worth.
type State int8

// The states.
const (
	Absent      State = iota // no commune of the perimeter has a figure
	Whole                    // figures for at least [Enough] of the inhabitants
	Partial                  // figures for fewer: shown with their coverage
	Withheld                 // as Partial, but what is missing is not random: not shown
	NotAdditive              // it cannot be made of communes
	TooSmall                 // the perimeter is smaller than a commune
)

// Enough is the share of inhabitants under which a figure says whom it speaks of.
const Enough = 0.95

// Least is the numerator under which a rate from a census sample is imprecise, in people.
const Least = 200

// Value is an indicator over a perimeter at one time.
type Value struct {
	Value       float64 // in the unit; NaN unless Shown
	Numerator   float64 // what was added up; NaN where Value is
	Denominator float64 // NaN for a sum
	Coverage    float64 // share of the perimeter's inhabitants, from 0 to 1, that live where there is a figure
	Known       int     // communes with a figure
	Of          int     // communes of the perimeter
	State       State
	Imprecise   bool // a rate that rests on too little to be compared: see [Definition.Fewest] and [Definition.Over]
	Blurred     bool // a zero that means fewer than [Definition.Rounded]
}

// Shown says whether there is a value to show.
func (v Value) Shown() bool { return v.State == Whole || v.State == Partial }

// At returns a vintage of an indicator over a territory.
func (p *Panel) At(t *territory.Territory, d *Definition, vintage int) Value {
	return p.tally(t).at(d, vintage)
}

// Latest returns the latest vintage of an indicator over a territory.
func (p *Panel) Latest(t *territory.Territory, d *Definition) Value { return p.At(t, d, d.Latest()) }

// All returns the latest vintage of every indicator, in the order of the catalogue.
func (p *Panel) All(t *territory.Territory) []Value {
	y := p.tally(t)
	y.told = make([]covered, p.masks)
	out := make([]Value, len(p.definitions))
	for i, d := range p.definitions {
		out[i] = y.at(d, d.Latest())
	}
	return out
}

// Series returns every vintage of an indicator, in the order of its definition.
func (p *Panel) Series(t *territory.Territory, d *Definition) []Value {
	y := p.tally(t)
	out := make([]Value, len(d.Vintages))
	for i := range d.Vintages {
		out[i] = y.at(d, i)
	}
	return out
}

// tally adds indicators up over one perimeter.
type tally struct {
	panel *Panel
	id    territory.ID
	runs  []run
	of    int       // units of the perimeter
	all   float64   // its inhabitants
	told  []covered // by mask, where many indicators share few; nil to do without
}

// covered is how much of a perimeter has a figure.
type covered struct {
	share float64
	known int32
	done  bool
}

func (p *Panel) tally(t *territory.Territory) *tally {
	y := &tally{panel: p, id: t.ID, runs: p.layout.runs(t)}
	for _, r := range y.runs {
		y.of += int(r.to - r.from)
	}
	y.all = sum(p.inhabitants, y.runs)
	return y
}

func (y *tally) covered(m *mask) covered {
	if y.told != nil && y.told[m.number].done {
		return y.told[m.number]
	}
	c := covered{known: int32(m.known.count(y.runs)), done: true}
	if c.known > 0 {
		with := 0.0
		if int(c.known) < y.of {
			with = sum(m.inhabitants, y.runs)
		}
		c.share = share(with, y.all, int(c.known), y.of)
	}
	if y.told != nil {
		y.told[m.number] = c
	}
	return c
}

func (y *tally) at(d *Definition, vintage int) Value {
	r := &y.panel.recipes[d][vintage]
	v := Value{Value: math.NaN(), Numerator: math.NaN(), Denominator: math.NaN(), Of: y.of}
	switch {
	case r.level != "":
		v.State = NotAdditive
		if x, ok := y.panel.published[publishedKey{d, vintage, y.id}]; ok {
			v.Value, v.State, v.Coverage, v.Known = x, Whole, 1, v.Of
		}
		return v
	case len(y.runs) == 0:
		v.State = TooSmall
		return v
	}
	c := y.covered(r.where)
	v.Known, v.Coverage = int(c.known), c.share
	if v.Known > 0 {
		r.settle(d, &v, y.runs)
	}
	return v
}

// settle adds up and judges a value whose coverage is told.
func (r *recipe) settle(d *Definition, v *Value, runs []run) {
	num, den := sum(r.num, runs), math.NaN()
	if r.den != nil {
		den = sum(r.den, runs)
	}
	v.State = r.judge(d, v.Coverage, v.Known, v.Of)
	if !v.Shown() {
		return
	}
	x := r.value(d, num, den)
	if math.IsNaN(x) {
		v.State = Absent
		return
	}
	v.Value, v.Numerator, v.Denominator = x, num, den
	v.Imprecise, v.Blurred = d.imprecise(num, den), d.Blurred(num)
}

// judge says what a value is worth by how much of the perimeter it speaks of.
func (r *recipe) judge(d *Definition, coverage float64, known, of int) State {
	switch {
	case known == 0:
		return Absent
	case d.Rule == Single && of > 1:
		return NotAdditive
	case coverage >= Enough:
		return Whole
	case d.Complete:
		return Withheld
	}
	return Partial
}

// value makes the figure of its sums, NaN where they make none.
func (r *recipe) value(d *Definition, num, den float64) float64 {
	switch {
	case r.den == nil:
		return num
	case den <= 0:
		return math.NaN()
	case d.Rule == Growth:
		if num <= 0 {
			return math.NaN()
		}
		return 100 * (math.Pow(num/den, 1/r.years) - 1)
	}
	return r.scale * num / den
}

// Fewest is the number counted under which a rate or a growth is imprecise, 0 for none.
func (d *Definition) Fewest() float64 {
	switch {
	case d.Sample && d.Rate():
		return Least
	case d.Rate() || d.Rule == Growth:
		return float64(10 * d.Rounded)
	}
	return 0
}

// Over says whether a part is more than its whole.
func (d *Definition) Over(numerator, denominator float64) bool {
	return d.Part && numerator > denominator
}

// Blurred says whether a count is a zero that means fewer than [Definition.Rounded].
func (d *Definition) Blurred(numerator float64) bool { return d.Rounded > 0 && numerator == 0 }

// imprecise judges what was counted; both terms of a growth are counts.
func (d *Definition) imprecise(numerator, denominator float64) bool {
	fewest := d.Fewest()
	return numerator < fewest || d.Rule == Growth && denominator < fewest || d.Over(numerator, denominator)
}

// share is the part of a perimeter that has a figure: by inhabitants, or by
// communes where nobody lives.
func share(with, all float64, known, of int) float64 {
	switch {
	case known == of:
		return 1
	case all > 0:
		return with / all
	}
	return float64(known) / float64(of)
}
