package observatory

import (
	"bassin/internal/indicator"
	"bassin/internal/territory"
)

type fifthsKey struct {
	level territory.Level
	key   string
}

// Fifths are the four limits that part the territories of a level in five equal
// groups by an indicator, so that one colour means the same on every map.
func (o *Observatory) Fifths(l territory.Level, d *indicator.Definition) []float64 {
	key := fifthsKey{l, d.Key}
	if kept, ok := o.fifths.Load(key); ok {
		return kept.([]float64)
	}
	all := indicator.NewDistribution(o.Panel.Across(l, d, d.Latest()).Values, nil)
	var limits []float64
	for _, q := range []float64{0.2, 0.4, 0.6, 0.8} {
		limits = append(limits, all.Quantile(q))
	}
	kept, _ := o.fifths.LoadOrStore(key, limits)
	return kept.([]float64)
}
