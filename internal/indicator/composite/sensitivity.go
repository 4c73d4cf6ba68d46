package composite

// factorDraws is a factor and how the draws tell of it.
type factorDraws struct {
	Factor
	level  []int // by draw, the alternative taken; nil for the weights
	counts []float64
	paired bool // of the weights: draws 2k and 2k+1 share theirs
	alone  bool // no other factor varies
}

// factors lists what varies in the plan.
func (p plan) factors(units int) []factorDraws {
	var out []factorDraws
	add := func(name string, level []int, size int, paired bool) {
		f := factorDraws{Factor: Factor{Name: name, Share: make([]float64, units)}, level: level, paired: paired}
		f.counts = make([]float64, size)
		for _, l := range level {
			f.counts[l]++
		}
		out = append(out, f)
	}
	if p.u.Noise > 0 {
		add(FactorWeights, nil, 0, p.paired)
	}
	for i, f := range []struct {
		name  string
		level []int
	}{{FactorTreatment, p.treatment}, {FactorNormalisation, p.norm}, {FactorMean, p.mean}} {
		if p.sizes[i] > 1 {
			add(f.name, f.level, p.sizes[i], false)
		}
	}
	if len(out) == 1 {
		out[0].alone = true
	}
	return out
}

// share estimates Var(E[rank | factor]) / Var(rank) from a unit's ranks, their
// mean and the sum of their squared distances to it.
//
// For the weights, two draws that share theirs and nothing else covary by exactly
// Var(E[rank | weights]). For a choice among a few, it is the variance between the
// means of its draws, less what chance alone would make (epsilon squared, Kelley
// 1935).
func share[T int32 | uint16](f factorDraws, row []T, mean, sst float64, sums []float64) float64 {
	if sst == 0 {
		return 0
	}
	if f.alone {
		return 1
	}
	n := float64(len(row))
	if f.level == nil {
		cov, pairs := 0.0, 0.0
		for d := 0; d+1 < len(row); d += 2 {
			cov += (float64(row[d]) - mean) * (float64(row[d+1]) - mean)
			pairs++
		}
		return clamp(cov / pairs / (sst / n))
	}
	sums = sums[:len(f.counts)]
	clear(sums)
	for d, v := range row {
		sums[f.level[d]] += float64(v) - mean
	}
	between := 0.0
	groups := 0.0
	for l, c := range f.counts {
		if c > 0 {
			between += sums[l] * sums[l] / c
			groups++
		}
	}
	if n <= groups {
		return clamp(between / sst)
	}
	within := max(0, sst-between) / (n - groups)
	return clamp((between - (groups-1)*within) / sst)
}

func clamp(x float64) float64 { return max(0, min(1, x)) }
