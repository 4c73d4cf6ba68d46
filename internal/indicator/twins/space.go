package twins

import (
	"math"
	"slices"
)

// Space is a set of units placed by their scaled traits. It does not change.
type Space struct {
	traits  []Trait
	opt     Options
	units   int
	scales  []scaler  // by trait
	weight  []float64 // by trait
	whole   float64   // sum of weights
	z       []float64 // scaled values, unit by unit, NaN where missing
	missing [][]int   // by pattern, the traits that its units lack; pattern 0 lacks none
	pattern []int32   // by unit
	index
}

// New places units by their traits. It fails with an Invalid [fault.Error] whose
// Field is the place at fault, such as traits[2].
func New(traits []Trait, o Options) (*Space, error) {
	if err := check(traits, o); err != nil {
		return nil, err
	}
	s := &Space{
		traits: slices.Clone(traits), opt: o, units: len(traits[0].Values),
		scales: make([]scaler, len(traits)), weight: make([]float64, len(traits)),
	}
	s.opt.Workers = max(1, o.Workers)
	s.z = make([]float64, s.units*len(traits))
	for t, trait := range traits {
		s.scales[t] = newScaler(trait, o.Clip)
		for u, v := range trait.Values {
			s.z[u*len(traits)+t] = s.scales[t].scaled(v)
		}
		s.weight[t] = trait.Weight
		if trait.Weight == 0 {
			s.weight[t] = 1
		}
	}
	s.settle()
	return s, nil
}

// settle makes all that follows from scaled values and weights.
func (s *Space) settle() {
	s.whole = 0
	for _, w := range s.weight {
		s.whole += w
	}
	s.findPatterns()
	s.index = s.newIndex()
}

// without is the space on all traits but one.
func (s *Space) without(trait int) *Space {
	p := len(s.traits)
	r := &Space{
		traits: slices.Delete(slices.Clone(s.traits), trait, trait+1), opt: s.opt, units: s.units,
		scales: slices.Delete(slices.Clone(s.scales), trait, trait+1),
		weight: slices.Delete(slices.Clone(s.weight), trait, trait+1),
		z:      make([]float64, 0, s.units*(p-1)),
	}
	for u := range s.units {
		row := s.row(u)
		r.z = append(append(r.z, row[:trait]...), row[trait+1:]...)
	}
	r.settle()
	return r
}

// Units is their number.
func (s *Space) Units() int { return s.units }

// Scale says how a trait was scaled.
func (s *Space) Scale(trait int) Scale { return s.scales[trait].by }

// Scaled returns the scaled values of a unit by trait, NaN where missing. It must
// not be changed.
func (s *Space) Scaled(unit int) []float64 { return s.row(unit) }

func (s *Space) row(u int) []float64 {
	p := len(s.traits)
	return s.z[u*p : u*p+p : u*p+p]
}

// Distance is that of two units, and whether they share enough to have one.
func (s *Space) Distance(a, b int) (float64, bool) {
	d, ok := s.square(a, b)
	return math.Sqrt(d), ok
}

// square is the mean squared difference over the traits that both units have.
func (s *Space) square(a, b int) (float64, bool) { return s.between(s.row(a), s.row(b)) }

func (s *Space) between(ra, rb []float64) (float64, bool) {
	sum, weight := 0.0, 0.0
	for t, w := range s.weight {
		d := ra[t] - rb[t]
		if d != d {
			continue
		}
		sum += float64(w * float64(d*d)) // conversions forbid a fused, differently rounded product
		weight += w
	}
	if !s.enough(weight) {
		return math.NaN(), false
	}
	return sum / weight, true
}

// enough tells whether a shared weight lets two units be compared. The margin keeps
// the order of a sum from deciding.
func (s *Space) enough(weight float64) bool {
	return weight > 0 && weight >= s.opt.Shared*s.whole*(1-1e-12)
}

// findPatterns groups units by the traits that they lack.
func (s *Space) findPatterns() {
	s.missing = [][]int{nil}
	s.pattern = make([]int32, s.units)
	known := map[string]int32{"": 0}
	var key []byte
	for u := range s.units {
		key = key[:0]
		for t, v := range s.row(u) {
			if v != v {
				key = append(key, byte(t), byte(t>>8), byte(t>>16))
			}
		}
		id, ok := known[string(key)]
		if !ok {
			id = int32(len(s.missing))
			known[string(key)] = id
			var lacks []int
			for t, v := range s.row(u) {
				if v != v {
					lacks = append(lacks, t)
				}
			}
			s.missing = append(s.missing, lacks)
		}
		s.pattern[u] = id
	}
}
