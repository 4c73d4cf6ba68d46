package twins

import (
	"cmp"
	"math"
	"slices"
)

// Difference is how two units compare on a trait that both have.
type Difference struct {
	Trait  int // its place among the traits
	Key    string
	A, B   float64 // as given
	Scaled float64 // that of B less that of A, on the scale of the trait, once clipped
	Share  float64 // of the squared distance, from 0 to 1; 0 for the same units
}

// Explain compares unit b with unit a: the traits most alike first, those that differ
// most last, equals in the order of traits.
func (s *Space) Explain(a, b int) []Difference {
	raw := make([]float64, len(s.traits))
	for t := range raw {
		raw[t] = s.traits[t].Values[a]
	}
	return s.explain(raw, s.row(a), b)
}

func (s *Space) explain(raw, ra []float64, b int) []Difference {
	rb := s.row(b)
	var out []Difference
	sum := 0.0
	for t, trait := range s.traits {
		d := rb[t] - ra[t]
		if d != d {
			continue
		}
		part := s.weight[t] * d * d
		sum += part
		out = append(out, Difference{Trait: t, Key: trait.Key, A: raw[t], B: trait.Values[b], Scaled: d, Share: part})
	}
	for i := range out {
		if sum > 0 {
			out[i].Share /= sum
		}
	}
	slices.SortStableFunc(out, func(x, y Difference) int { return cmp.Compare(math.Abs(x.Scaled), math.Abs(y.Scaled)) })
	return out
}
