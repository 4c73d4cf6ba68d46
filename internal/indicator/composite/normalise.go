package composite

import (
	"math"
	"slices"

	"bassin/internal/fault"
)

// normalise returns x on the scale, more being better. It refuses a column on
// which the scale cannot tell units apart.
func (n Normalisation) normalise(ind Indicator, field string, x []float64) ([]float64, error) {
	known := present(x, make([]float64, 0, len(x)))
	out := make([]float64, len(x))
	copy(out, x)
	if len(known) == 0 {
		return out, nil
	}
	sign := 1.0
	if ind.Falling {
		sign = -1
		for u := range out {
			out[u] = -out[u]
		}
		for i := range known {
			known[i] = -known[i]
		}
	}
	slices.Sort(known)
	lowest, highest := known[0], known[len(known)-1]
	flat := lowest == highest
	refuse := func(key string, args ...any) error {
		return fault.New(fault.Invalid, key, args...).In(field)
	}
	switch n.By {
	case MinMax:
		if flat {
			return nil, refuse("composite.flat", ind.Key)
		}
		for u, v := range out {
			out[u] = n.Low + (n.High-n.Low)*((v-lowest)/(highest-lowest))
		}
	case Target:
		goal := sign * ind.Target
		if !(goal > lowest) {
			return nil, refuse("composite.target_behind", ind.Key, plain(ind.Target))
		}
		for u, v := range out {
			if !math.IsNaN(v) {
				out[u] = n.Low + (n.High-n.Low)*min(1, (v-lowest)/(goal-lowest))
			}
		}
	case ZScore:
		if flat || len(known) < 2 {
			return nil, refuse("composite.flat", ind.Key)
		}
		m := mean(known)
		sd := deviation(known, m)
		for u, v := range out {
			out[u] = n.Centre + n.Spread*((v-m)/sd)
		}
	case Robust:
		m := median(known)
		away := make([]float64, len(known))
		for i, v := range known {
			away[i] = math.Abs(v - m)
		}
		mad := 1.4826 * median(away)
		if !(mad > 0) {
			return nil, refuse("composite.mad", ind.Key)
		}
		for u, v := range out {
			out[u] = n.Centre + n.Spread*((v-m)/mad)
		}
	case Percentile, Borda, Rank:
		n.ranks(out, known)
	}
	for _, v := range out {
		if math.IsInf(v, 0) {
			return nil, refuse("composite.huge", ind.Key)
		}
	}
	return out, nil
}

// ranks replaces each value by what its place among the known, sorted, is worth.
func (n Normalisation) ranks(out, known []float64) {
	for u, v := range out {
		if math.IsNaN(v) {
			continue
		}
		below, _ := slices.BinarySearch(known, v)
		switch n.By {
		case Percentile:
			out[u] = n.Low + (n.High-n.Low)*(float64(below)/float64(max(1, len(known)-1)))
		case Borda:
			out[u] = float64(below)
		case Rank:
			above, _ := slices.BinarySearchFunc(known, v, func(a, b float64) int {
				if a <= b {
					return -1
				}
				return 1
			})
			out[u] = float64(below+1+above) / 2
		}
	}
}
