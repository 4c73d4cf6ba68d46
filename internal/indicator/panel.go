package indicator

import (
	"encoding/binary"
	"fmt"
	"math"
	"sync"

	"bassin/internal/territory"
)

// Panel is every indicator of one snapshot over every perimeter, ready to be
// added up. It never changes once made, so it is safe for concurrent use.
//
// A column holds one number a unit, zero where it is missing, so that any figure
// of any perimeter is a few plain sums: of its numerator, of its denominator over
// the same units, and of the inhabitants of these units, which tells how much of
// the perimeter the figure speaks of.
type Panel struct {
	layout      *layout
	definitions []*Definition
	byKey       map[string]*Definition
	recipes     map[*Definition][]recipe // by vintage
	masks       int                      // how many there are
	inhabitants []float64                // by slot
	published   map[publishedKey]float64
	quarters    map[quartersKey]Spread
	covers      sync.Map // coverKey → *cover
	classes     sync.Map // territory.Level → []Class
	peers       sync.Map // peersKey → Peers
}

// recipe is how one vintage is added up.
type recipe struct {
	num, den []float64 // den is nil for a sum
	where    *mask
	scale    float64
	years    float64
	level    territory.Level // published for that level, "" otherwise
}

// mask is the units that have a figure, shared by the recipes that have it for the same ones.
type mask struct {
	number      int
	known       known
	inhabitants []float64 // of these units
}

type publishedKey struct {
	definition *Definition
	vintage    int
	id         territory.ID
}

// New prepares the figures. It fails where definitions and columns contradict
// each other, which the pipeline is to prevent: the error is meant for a developer.
func New(f *territory.France, definitions []Definition, figures Figures) (*Panel, error) {
	p := &Panel{
		layout: newLayout(f), byKey: map[string]*Definition{}, recipes: map[*Definition][]recipe{}, published: map[publishedKey]float64{}, quarters: map[quartersKey]Spread{},
	}
	at, err := p.places(figures.Units)
	if err != nil {
		return nil, err
	}
	p.inhabitants = make([]float64, p.layout.size)
	for n := range int32(f.Len()) {
		if c := f.Commune(n).Population; c != nil {
			p.inhabitants[p.layout.slot[n]] = float64(*c)
		}
	}
	for _, t := range f.Level(territory.ArrondissementMunicipal) {
		if n, ok := t.Population(); ok {
			p.inhabitants[p.layout.arm[t.Code]] = float64(n)
		}
	}
	b := builder{panel: p, at: at, figures: figures, byName: map[string]int{}, masks: map[string]*mask{}, columns: map[columnKey][]float64{}}
	for i, name := range figures.Names {
		b.byName[name] = i
	}
	p.definitions = make([]*Definition, len(definitions))
	for i := range definitions {
		d := &definitions[i]
		if p.byKey[d.Key] != nil || len(d.Vintages) == 0 {
			return nil, fmt.Errorf("indicator: %s is defined twice or has no vintage", d.Key)
		}
		p.definitions[i], p.byKey[d.Key] = d, d
		for _, v := range d.Vintages {
			r, err := b.recipe(d, v)
			if err != nil {
				return nil, fmt.Errorf("indicator: %s, %s: %w", d.Key, v.Period, err)
			}
			p.recipes[d] = append(p.recipes[d], r)
		}
	}
	for _, row := range figures.Published {
		d := p.byKey[row.Indicator]
		if d == nil {
			return nil, fmt.Errorf("indicator: a figure is published for %s, which is not defined", row.Indicator)
		}
		v, ok := d.Vintage(row.Period)
		if !ok {
			return nil, fmt.Errorf("indicator: %s has no vintage %s", d.Key, row.Period)
		}
		p.published[publishedKey{d, v, territory.ID{Level: territory.Level(row.Level), Code: row.Code}}] = row.Value
	}
	if err := p.addQuarters(figures.Quarters); err != nil {
		return nil, err
	}
	return p, nil
}

// places finds the slot of each unit.
func (p *Panel) places(units []string) ([]int32, error) {
	at := make([]int32, len(units))
	for i, code := range units {
		n, ok := p.layout.france.CommuneNumber(code)
		if ok {
			at[i] = p.layout.slot[n]
			continue
		}
		if at[i], ok = p.layout.arm[code]; !ok {
			return nil, fmt.Errorf("indicator: figures of unknown unit %s", code)
		}
	}
	return at, nil
}

type columnKey struct {
	name string
	mask *mask
}

// builder makes recipes, keeping one copy of each mask and column.
type builder struct {
	panel   *Panel
	at      []int32
	figures Figures
	byName  map[string]int
	masks   map[string]*mask
	columns map[columnKey][]float64
}

func (b *builder) recipe(d *Definition, v Vintage) (recipe, error) {
	r := recipe{scale: d.Unit.Scale(), years: v.Years, level: v.Level}
	if v.Level != "" {
		return r, nil
	}
	if d.Rule == Growth && v.Years <= 0 {
		return r, fmt.Errorf("a growth needs its years")
	}
	num, err := b.spread(v.Numerator)
	if err != nil {
		return r, err
	}
	needed := [][]float64{num}
	var den []float64
	if v.Denominator != "" {
		if den, err = b.spread(v.Denominator); err != nil {
			return r, err
		}
		needed = append(needed, den)
	}
	r.where = b.mask(knownIn(needed...))
	r.num = b.column(v.Numerator, r.where, num)
	if den != nil {
		r.den = b.column(v.Denominator, r.where, den)
	}
	return r, nil
}

// spread puts a column of the figures in the order of slots.
func (b *builder) spread(name string) ([]float64, error) {
	i, ok := b.byName[name]
	if !ok {
		return nil, fmt.Errorf("there is no column %q", name)
	}
	out := make([]float64, b.panel.layout.size)
	for k := range out {
		out[k] = math.NaN()
	}
	for k, x := range b.figures.Columns[i] {
		out[b.at[k]] = x
	}
	return out, nil
}

func (b *builder) mask(k known) *mask {
	bytes := make([]byte, 0, 8*len(k))
	for _, w := range k {
		bytes = binary.LittleEndian.AppendUint64(bytes, w)
	}
	m := b.masks[string(bytes)]
	if m == nil {
		m = &mask{number: b.panel.masks, known: k, inhabitants: k.only(b.panel.inhabitants)}
		b.panel.masks++
		b.masks[string(bytes)] = m
	}
	return m
}

func (b *builder) column(name string, m *mask, values []float64) []float64 {
	key := columnKey{name, m}
	c := b.columns[key]
	if c == nil {
		c = m.known.only(values)
		b.columns[key] = c
	}
	return c
}

// Definitions returns the catalogue in its order. It is shared and must not be changed.
func (p *Panel) Definitions() []*Definition { return p.definitions }

// Definition finds an indicator by its key.
func (p *Panel) Definition(key string) (*Definition, bool) {
	d, ok := p.byKey[key]
	return d, ok
}

// France is the country the panel speaks of.
func (p *Panel) France() *territory.France { return p.layout.france }
