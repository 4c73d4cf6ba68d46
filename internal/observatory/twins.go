package observatory

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync"

	"bassin/internal/fault"
	"bassin/internal/indicator/twins"
	"bassin/internal/territory"
)

// Twin is a territory like another on the [Traits].
type Twin struct {
	Territory *territory.Territory
	Distance  float64    // 0 for the same, 1 about a standard deviation on each trait
	Alike     []Likeness // under [Apart], the most particular to the two first
	Differ    []Likeness // at least [Apart], the widest gap first
}

// Likeness is how a territory and its twin compare on a trait.
type Likeness struct {
	Trait      Trait
	Own, Other float64
	Apart      float64 // Other less Own, in standard deviations or nearly, see package twins
}

// Apart is the gap, in standard deviations or nearly, from which a trait is said to differ.
const Apart = 0.5

// MostTwins is how many twins a diagnosis tells.
const MostTwins = 5

// TwinOptions are what twins must not be.
type TwinOptions struct {
	NotNeighbours      bool // not touching
	NotSameDepartement bool // without any commune in the same département
}

// TwinLevels are the levels that have twins, the most useful first.
var TwinLevels = []territory.Level{territory.BassinDeVie, territory.EPCI, territory.Commune, territory.Departement}

// TwinLevel is the level among which the twins of a territory are looked for: its
// own, basins for a set that somebody drew.
func TwinLevel(t *territory.Territory) (territory.Level, bool) {
	if t.Level == territory.Custom {
		return territory.BassinDeVie, true
	}
	return t.Level, slices.Contains(TwinLevels, t.Level)
}

// Twins returns the k territories most like t, the most alike first. It fails with
// a [fault.Error] where the level of t has no twins, or too few traits of t are known.
func (o *Observatory) Twins(t *territory.Territory, k int, opt TwinOptions) ([]Twin, error) {
	level, ok := TwinLevel(t)
	if !ok {
		return nil, fault.New(fault.Invalid, "twinsof.error.level").In("t")
	}
	s, err := o.twinSpace(level)
	if err != nil {
		return nil, err
	}
	ts := o.France.Level(level)
	out := o.kept(t, level, opt)
	var near []twins.Twin
	var explain func(unit int) []twins.Difference
	var scaled []float64
	if own, ok := slices.BinarySearchFunc(ts, t.Code, func(x *territory.Territory, code string) int { return cmp.Compare(x.Code, code) }); ok && ts[own] == t {
		scaled = s.Scaled(own)
		near = s.Nearest(own, k, func(_, other int) bool { return out(ts[other]) })
		explain = func(unit int) []twins.Difference { return s.Explain(own, unit) }
	} else {
		who, err := s.Stranger(o.own(t))
		if err != nil {
			return nil, err
		}
		scaled = who.Scaled()
		near = who.Nearest(k, func(unit int) bool { return out(ts[unit]) })
		explain = who.Explain
	}
	if !enough(scaled) {
		return nil, fault.New(fault.NotFound, "twinsof.error.unknown", countKnown(scaled), len(Traits)).In("t")
	}
	list := make([]Twin, len(near))
	for i, n := range near {
		list[i] = Twin{Territory: ts[n.Unit], Distance: n.Distance}
		list[i].tell(explain(n.Unit), scaled, s.Scaled(n.Unit))
	}
	return list, nil
}

// enough tells whether a territory has the traits that a comparison asks for.
func enough(scaled []float64) bool {
	return float64(countKnown(scaled)) >= twins.DefaultShared*float64(len(scaled))
}

func countKnown(row []float64) int {
	n := 0
	for _, v := range row {
		if v == v {
			n++
		}
	}
	return n
}

// tell sorts the traits of a pair in those alike and those that differ. The first
// alike are those where both lie farthest from the middle, on the same side.
func (w *Twin) tell(all []twins.Difference, own, other []float64) {
	for _, d := range all {
		x := Likeness{Traits[d.Trait], d.A, d.B, d.Scaled}
		if math.Abs(d.Scaled) < Apart {
			w.Alike = append(w.Alike, x)
		} else {
			w.Differ = append(w.Differ, x)
		}
	}
	place := map[string]float64{}
	for i, tr := range Traits {
		if own[i]*other[i] > 0 {
			place[tr.Key] = min(math.Abs(own[i]), math.Abs(other[i]))
		}
	}
	slices.SortStableFunc(w.Alike, func(a, b Likeness) int { return cmp.Compare(place[b.Trait.Key], place[a.Trait.Key]) })
	slices.Reverse(w.Differ)
}

// kept tells which territories of a level cannot be twins of t: itself, those that
// share communes with it, and those that the options leave out.
func (o *Observatory) kept(t *territory.Territory, level territory.Level, opt TwinOptions) func(*territory.Territory) bool {
	out := map[*territory.Territory]bool{t: true}
	add := func(communes []int32) {
		for _, n := range communes {
			for _, u := range o.France.Of(n, level) {
				out[u] = true
			}
		}
	}
	add(t.Communes())
	if opt.NotNeighbours {
		add(o.Snapshot.Neighbours(t))
	}
	if !opt.NotSameDepartement {
		return func(u *territory.Territory) bool { return out[u] }
	}
	in := map[string]bool{}
	for _, n := range t.Communes() {
		in[o.France.Commune(n).Departement] = true
	}
	return func(u *territory.Territory) bool {
		return out[u] || slices.ContainsFunc(u.Communes(), func(n int32) bool { return in[o.France.Commune(n).Departement] })
	}
}

// twinRoom is what twins rest on in one snapshot, each part made when first asked
// for: one space a level that has twins, one column a distance.
type twinRoom struct {
	mu     sync.Mutex
	spaces map[territory.Level]*twins.Space
	once   sync.Once
	remote map[string][]float64 // by trait, by commune
}

func (o *Observatory) twinSpace(l territory.Level) (*twins.Space, error) {
	o.twins.mu.Lock()
	defer o.twins.mu.Unlock()
	if s := o.twins.spaces[l]; s != nil {
		return s, nil
	}
	traits := make([]twins.Trait, len(Traits))
	for i, tr := range Traits {
		traits[i] = twins.Trait{Key: tr.Key, Values: o.trait(tr, l), Transform: tr.Transform}
	}
	s, err := twins.New(traits, twins.Options{Clip: twins.DefaultClip, Shared: twins.DefaultShared, Workers: runtime.GOMAXPROCS(0)})
	if err != nil {
		return nil, err
	}
	if o.twins.spaces == nil {
		o.twins.spaces = map[territory.Level]*twins.Space{}
	}
	o.twins.spaces[l] = s
	return s, nil
}

// remoteness is that of a trait, made once.
func (o *Observatory) remoteness(key string) []float64 {
	o.twins.once.Do(func() {
		o.twins.remote = map[string][]float64{}
		for _, tr := range Traits {
			if tr.beyond > 0 {
				o.twins.remote[tr.Key] = remoteness(o.France, tr.beyond)
			}
		}
	})
	return o.twins.remote[key]
}
