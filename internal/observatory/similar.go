package observatory

import (
	"bassin/internal/indicator"
	"bassin/internal/territory"
)

// Line is an indicator of a territory in a list of them all.
type Line struct {
	Definition *indicator.Definition
	Value      indicator.Value // as it is, shown or not
	Median     float64         // of similar territories; NaN where there is none
	References []Reference
	Change     *Change
}

// Lines tells indicators of a territory beside those of similar ones, also those
// that have nothing to show.
func (o *Observatory) Lines(t *territory.Territory, defs []*indicator.Definition) []Line {
	level, compared := ComparedLevel(t)
	var peers indicator.Peers
	if compared {
		peers = o.Panel.PeersOf(t, level)
	}
	larger := o.larger(t)
	out := make([]Line, len(defs))
	for i, d := range defs {
		x := Line{Definition: d, Value: o.Panel.Latest(t, d), Median: nan()}
		if compared && d.Ranked() {
			x.Median = o.median(level, peers, d)
		}
		for _, r := range larger {
			x.References = append(x.References, Reference{r, o.Panel.Latest(r, d)})
		}
		if x.Value.Shown() {
			x.Change = o.change(t, d, x.Value)
		}
		out[i] = x
	}
	return out
}

// Larger are the territories that figures are compared with, nearest first.
func (o *Observatory) Larger(t *territory.Territory) []*territory.Territory { return o.larger(t) }

// median is that of the solid values of a group. It is kept, unlike the values: a
// page asks for two hundred of them.
func (o *Observatory) median(l territory.Level, peers indicator.Peers, d *indicator.Definition) float64 {
	key := comparisonKey{l, peers.Density, peers.From, peers.To, d.Key}
	if kept, ok := o.medians.Load(key); ok {
		return kept.(float64)
	}
	ts, solid := o.France.Level(l), make([]float64, 0, len(peers.Indexes))
	for _, i := range peers.Indexes {
		if v := o.Panel.Latest(ts[i], d); v.State == indicator.Whole && !v.Imprecise {
			solid = append(solid, v.Value)
		}
	}
	values, m := indicator.NewDistribution(solid, nil), nan()
	if values.Len() >= 2 {
		m = values.Quantile(0.5)
	}
	o.medians.Store(key, m)
	return m
}
