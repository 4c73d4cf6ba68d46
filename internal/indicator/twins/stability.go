package twins

// Steadiness is how far twins hold when one trait is left out.
type Steadiness struct {
	Mean    float64   // of Without
	Without []float64 // by trait left out, the mean Jaccard index of the two sets of twins, from 0 to 1
}

// Stability compares the k nearest on all traits with those on all but one, for each
// trait, over some units or over all when units is nil. It needs two traits, and the
// time of All for each. A unit without twins on either side is not counted.
func (s *Space) Stability(k int, units []int, skip func(i, j int) bool) (Steadiness, error) {
	if len(s.traits) < 2 {
		return Steadiness{}, invalid("traits", "twins.two_traits")
	}
	whole := s.of(units, k, skip)
	var out Steadiness
	for t := range s.traits {
		part := s.without(t).of(units, k, skip)
		sum, n := 0.0, 0
		for u := range whole {
			if either := len(whole[u]) + len(part[u]); either > 0 {
				both := common(whole[u], part[u])
				sum += float64(both) / float64(either-both)
				n++
			}
		}
		out.Without = append(out.Without, sum/float64(n))
		out.Mean += sum / float64(n) / float64(len(s.traits))
	}
	return out, nil
}

func common(a, b []Twin) int {
	in := make(map[int]bool, len(a))
	for _, t := range a {
		in[t.Unit] = true
	}
	n := 0
	for _, t := range b {
		if in[t.Unit] {
			n++
		}
	}
	return n
}
