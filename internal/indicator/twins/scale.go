package twins

import (
	"math"
	"slices"
)

// Scale is how a trait was scaled.
type Scale string

// The scales.
const (
	Robust     Scale = "robust"
	Percentile Scale = "percentile"
)

// scaler puts raw values of a trait on its scale.
type scaler struct {
	by     Scale
	log    bool
	clip   float64   // 0 for no bound
	centre float64   // of a robust scale
	unit   float64   // of a robust scale
	known  []float64 // of a percentile scale, sorted
}

// newScaler measures the scale of a trait.
func newScaler(t Trait, clip float64) scaler {
	sc := scaler{by: Robust, log: t.Transform == Log, clip: clip}
	known := make([]float64, 0, len(t.Values))
	for _, v := range t.Values {
		if v == v {
			known = append(known, sc.turned(v))
		}
	}
	slices.Sort(known)
	sc.centre = middle(known)
	away := make([]float64, len(known))
	for i, v := range known {
		away[i] = math.Abs(v - sc.centre)
	}
	slices.Sort(away)
	if sc.unit = 1.4826 * middle(away); !(sc.unit > 0) || math.IsInf(sc.unit, 0) {
		sc.by, sc.known = Percentile, known
	}
	return sc
}

func (sc *scaler) turned(v float64) float64 {
	if sc.log {
		return math.Log(v)
	}
	return v
}

// scaled puts one raw value on the scale; NaN stays.
func (sc *scaler) scaled(v float64) float64 {
	if v != v {
		return v
	}
	v = sc.turned(v)
	if sc.by == Percentile {
		v = sc.place(v)
	} else {
		v = (v - sc.centre) / sc.unit
	}
	if sc.clip > 0 {
		v = max(-sc.clip, min(sc.clip, v))
	}
	return v
}

// place is (p - 1/2) √12, p the place of a value among the known; one beyond them
// all takes the first or last place.
func (sc *scaler) place(v float64) float64 {
	if len(sc.known) < 2 {
		return 0
	}
	first, _ := slices.BinarySearch(sc.known, v)
	after, _ := slices.BinarySearchFunc(sc.known, v, func(a, b float64) int {
		if a <= b {
			return -1
		}
		return 1
	})
	p := float64(first+after-1) / 2 / float64(len(sc.known)-1)
	return (max(0, min(1, p)) - 0.5) * math.Sqrt(12)
}

// middle is the median of sorted values, NaN for none.
func middle(sorted []float64) float64 {
	n := len(sorted)
	switch {
	case n == 0:
		return math.NaN()
	case n%2 == 1:
		return sorted[n/2]
	}
	return sorted[n/2-1]/2 + sorted[n/2]/2
}
