package observatory

import (
	"slices"

	"bassin/internal/indicator"
	"bassin/internal/indicator/composite"
	"bassin/internal/territory"
)

// IndexAxis is a group of components of the index. Those that are offered besides
// the default ones may be of any axis of the catalogue.
type IndexAxis string

// The axes of the index, in its order.
const (
	IndexNetworks   IndexAxis = "networks"
	IndexCapability IndexAxis = "capability"
	IndexIsolation  IndexAxis = "isolation"
	IndexDependence IndexAxis = "dependence"
	IndexHelp       IndexAxis = "help"
)

// IndexChoice is an indicator that the index offers, on its axis.
type IndexChoice struct {
	Key     string
	Axis    IndexAxis
	Default bool
}

// IndexChoices are the indicators offered first, in the order of the index. Each
// is left out or in for a reason that the docs give (docs/fragility-index.md).
var IndexChoices = []IndexChoice{
	{"ftth", IndexNetworks, true},
	{"under_30", IndexNetworks, false},
	{"illectronisme", IndexCapability, true},
	{"age_75", IndexCapability, false},
	{"below_bac", IndexCapability, false},
	{"median_income", IndexCapability, false},
	{"single_households", IndexIsolation, true},
	{"lone_parents", IndexIsolation, true},
	{"alone_80", IndexIsolation, false},
	{"rail_km", IndexIsolation, false},
	{"rsa_share", IndexDependence, true},
	{"aah_share", IndexDependence, true},
	{"jobseekers_share", IndexDependence, true},
	{"qf_under_400_share", IndexDependence, false},
	{"ppa_share", IndexDependence, false},
	{"france_services_km", IndexHelp, true},
	{"france_services_rate", IndexHelp, false},
	{"post_points_rate", IndexHelp, false},
}

// IndexLevels are the levels whose territories the index ranks, the default first.
var IndexLevels = []territory.Level{territory.BassinDeVie, territory.EPCI, territory.Departement, territory.Commune}

// IndexNorms are the scales offered, the default first.
var IndexNorms = []composite.Scale{composite.Percentile, composite.MinMax, composite.ZScore, composite.Robust, composite.Borda}

// IndexMeans are the means between axes, the default first.
var IndexMeans = []composite.Mean{composite.Geometric, composite.Arithmetic, composite.Harmonic}

// IndexKnown is the share of the index, axes and their components weighing the
// same, that must be known of a territory for it to be ranked.
const IndexKnown = 0.75

// IndexNoise is how far each weight moves in the variants, either way.
const IndexNoise = 0.25

// Weighted is a component or an axis with its weight against its like.
type Weighted struct {
	Key    string
	Weight float64
}

// IndexParameters are the whole of an index: the same parameters over the same
// data always give the same index. They are made by [Observatory.ParseIndex] or
// [Observatory.DefaultIndex], in canonical order.
type IndexParameters struct {
	Level      territory.Level
	Components []Weighted
	Axes       []Weighted // those of the components, in order
	Norm       composite.Scale
	Mean       composite.Mean // between axes; within one it is arithmetic
}

// DefaultIndex is the index as this edition of the data allows it.
func (o *Observatory) DefaultIndex() IndexParameters {
	p := IndexParameters{Level: IndexLevels[0], Norm: IndexNorms[0], Mean: IndexMeans[0]}
	for _, c := range IndexChoices {
		if _, ok := o.indexable(c.Key); ok && c.Default {
			p.Components = append(p.Components, Weighted{c.Key, 1})
		}
	}
	p.Axes = o.axesOf(p.Components, nil)
	return p
}

// indexable finds an indicator that may count in the index: it compares
// territories, and says which way is worse. Uneven censuses never do.
func (o *Observatory) indexable(key string) (*indicator.Definition, bool) {
	d, ok := o.Panel.Definition(key)
	return d, ok && d.Ranked() && d.Polarity != indicator.Neutral && d.Vintages[d.Latest()].Level == ""
}

// IndexAxisOf is the axis on which an indicator counts.
func (o *Observatory) IndexAxisOf(key string) IndexAxis {
	if i := choiceOf(key); i >= 0 {
		return IndexChoices[i].Axis
	}
	if d, ok := o.Panel.Definition(key); ok {
		return IndexAxis(d.Axis)
	}
	return ""
}

// OtherIndexChoices are the other indicators of the catalogue that may count.
func (o *Observatory) OtherIndexChoices() []*indicator.Definition {
	var out []*indicator.Definition
	for _, d := range o.Panel.Definitions() {
		if _, ok := o.indexable(d.Key); ok && choiceOf(d.Key) < 0 {
			out = append(out, d)
		}
	}
	return out
}

func choiceOf(key string) int {
	return slices.IndexFunc(IndexChoices, func(c IndexChoice) bool { return c.Key == key })
}

// place is where a component stands in canonical order: the choices, then the
// rest of the catalogue.
func (o *Observatory) place(key string) int {
	if i := choiceOf(key); i >= 0 {
		return i
	}
	return len(IndexChoices) + slices.IndexFunc(o.Panel.Definitions(), func(d *indicator.Definition) bool { return d.Key == key })
}

// axesOf lists the axes of components in the order in which these come, each with
// the weight given or 1.
func (o *Observatory) axesOf(components []Weighted, given map[IndexAxis]float64) []Weighted {
	var out []Weighted
	for _, c := range components {
		axis := o.IndexAxisOf(c.Key)
		if slices.ContainsFunc(out, func(w Weighted) bool { return w.Key == string(axis) }) {
			continue
		}
		w, ok := given[axis]
		if !ok {
			w = 1
		}
		out = append(out, Weighted{string(axis), w})
	}
	return out
}

// Shares are the part of the whole index that each component weighs, in the order
// of Components, from 0 to 1.
func (p *IndexParameters) Shares(axisOf func(string) IndexAxis) []float64 {
	axes, inside := 0.0, map[IndexAxis]float64{}
	weight := map[IndexAxis]float64{}
	for _, a := range p.Axes {
		axes += a.Weight
		weight[IndexAxis(a.Key)] = a.Weight
	}
	for _, c := range p.Components {
		inside[axisOf(c.Key)] += c.Weight
	}
	out := make([]float64, len(p.Components))
	for i, c := range p.Components {
		axis := axisOf(c.Key)
		out[i] = weight[axis] / axes * c.Weight / inside[axis]
	}
	return out
}

// ingredients are the indicators that the estimate of illectronisme is made of.
var ingredients = []string{
	"age_60", "age_65", "age_75", "age_80", "below_bac", "farmers", "self_employed", "managers", "intermediate", "employees", "workers",
	"retired", "ifn2017_below_bac", "ifn2017_age_65", "ifn2017_age_15_24", "illectronisme_low", "illectronisme_high",
}

// DoubledWithEstimate are the components of an index that the estimate of
// illectronisme, where it is one too, is made of: they count twice.
func (o *Observatory) DoubledWithEstimate(p IndexParameters) []*indicator.Definition {
	has := func(key string) bool {
		return slices.ContainsFunc(p.Components, func(c Weighted) bool { return c.Key == key })
	}
	var out []*indicator.Definition
	if !has(illectronisme) {
		return nil
	}
	for _, key := range ingredients {
		if d, ok := o.Panel.Definition(key); ok && has(key) {
			out = append(out, d)
		}
	}
	return out
}
