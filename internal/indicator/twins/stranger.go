package twins

import (
	"math"
	"slices"
)

// Stranger is somebody who is not one of the units, put on their scales.
type Stranger struct {
	space *Space
	raw   []float64
	z     []float64
}

// Stranger scales raw values, one a trait and NaN where missing, as those of the
// units were: the values of a unit give its place. It fails as [New] does.
func (s *Space) Stranger(values []float64) (Stranger, error) {
	if len(values) != len(s.traits) {
		return Stranger{}, invalid("values", "twins.length", "values", len(values), len(s.traits))
	}
	r := Stranger{s, slices.Clone(values), make([]float64, len(values))}
	for t, v := range values {
		trait := s.traits[t]
		switch {
		case math.IsInf(v, 0):
			return Stranger{}, invalid("values", "twins.infinite", trait.Key, t)
		case trait.Transform == Log && v <= 0:
			return Stranger{}, invalid("values", "twins.log", trait.Key, t)
		}
		r.z[t] = s.scales[t].scaled(v)
	}
	return r, nil
}

// Scaled returns the scaled values by trait, NaN where missing. It must not be changed.
func (r Stranger) Scaled() []float64 { return r.z }

// Nearest returns the k units most like the stranger, as [Space.Nearest] does, by
// comparing all of them.
func (r Stranger) Nearest(k int, skip func(unit int) bool) []Twin {
	out := make([]Twin, 0, max(0, min(k, r.space.units)))
	for u := range r.space.units {
		d, ok := r.space.between(r.z, r.space.row(u))
		if !ok || len(out) == cap(out) && (len(out) == 0 || d >= out[len(out)-1].Distance) || skip != nil && skip(u) {
			continue
		}
		if len(out) < cap(out) {
			out = append(out, Twin{})
		}
		at := len(out) - 1
		for at > 0 && d < out[at-1].Distance {
			out[at] = out[at-1]
			at--
		}
		out[at] = Twin{u, d} // squared until all are there: roots could make equals
	}
	for i := range out {
		out[i].Distance = math.Sqrt(out[i].Distance)
	}
	return out
}

// Explain compares a unit with the stranger, as [Space.Explain] does.
func (r Stranger) Explain(unit int) []Difference { return r.space.explain(r.raw, r.z, unit) }
