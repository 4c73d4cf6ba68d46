package composite

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"

	"bassin/internal/fault"
)

// Uncertainty is a set of stated variants of a method. Each draw takes one
// treatment, normalisation and mean, all equally often, and moves each weight by a
// uniform share of itself between -Noise and +Noise.
type Uncertainty struct {
	Draws          int
	Seed           uint64
	Noise          float64         // from 0 to 1
	Levels         []int           // whose weights move, 1 for indicators; none for all
	Normalisations []Normalisation // besides that of the method
	Means          []Mean          // for every aggregate, besides those of the method
	Treatments     []Treatment     // besides that of the method
	Low, High      float64         // quantiles of the interval; both 0 for 0.05 and 0.95
	Workers        int             // at once; the result does not depend on it
}

// MaxDraws bounds the memory that one study may ask for.
const MaxDraws = 100_000

// Factors of ranks.
const (
	FactorWeights       = "weights"
	FactorNormalisation = "normalisation"
	FactorMean          = "mean"
	FactorTreatment     = "treatment"
)

// Factor is a choice of the method and how far it moves each unit.
type Factor struct {
	Name string
	// Share is Var(E[rank | factor]) / Var(rank) by unit: the first-order
	// sensitivity index of Sobol (Saltelli and others, Global Sensitivity Analysis:
	// The Primer, 2008). It is estimated from the draws, between 0 and 1; all 0 for
	// a unit whose rank never moves.
	Share []float64
}

// Spread is how far ranks move under the variants. Units without index have NaN.
type Spread struct {
	Units   []string
	Nominal []int32 // rank by the method itself, 0 without index
	Mean    []float64
	Median  []float64
	Low     []float64 // quantiles with linear interpolation (type 7 of Hyndman and Fan, 1996)
	High    []float64
	Factors []Factor // those that vary
}

// combo is one treatment, normalisation and assignment of means.
type combo struct {
	leaves leaves
	gaps   []bool
	means  []Mean
	flat   bool // one mean throughout and nothing missing: one weighted sum ranks
}

// Uncertainty draws variants of the method that made r and ranks the units in each.
func (r *Result) Uncertainty(u Uncertainty) (*Spread, error) {
	if u.Low == 0 && u.High == 0 {
		u.Low, u.High = 0.05, 0.95
	}
	if err := r.checkUncertainty(u); err != nil {
		return nil, err
	}
	if len(r.Units) > math.MaxUint16 {
		return spread[int32](r, u)
	}
	return spread[uint16](r, u)
}

func (r *Result) checkUncertainty(u Uncertainty) error {
	if r.Values == nil {
		return fault.New(fault.Invalid, "composite.not_aggregated")
	}
	switch {
	case u.Draws < 2 || u.Draws > MaxDraws:
		return invalid("uncertainty.draws", "composite.draws", u.Draws, MaxDraws)
	case !(u.Noise >= 0 && u.Noise < 1):
		return invalid("uncertainty.noise", "composite.noise", plain(u.Noise))
	case !(u.Low >= 0 && u.Low <= u.High && u.High <= 1):
		return invalid("uncertainty.interval", "composite.interval")
	}
	top := r.tree.level[r.tree.root()]
	for _, l := range u.Levels {
		if l < 1 || l >= top {
			return invalid("uncertainty.levels", "composite.noise_level", l, top-1)
		}
	}
	for _, m := range u.Means {
		if !m.known() {
			return invalid("uncertainty.means", "composite.choice", string(m), "arithmetic, geometric, harmonic")
		}
	}
	for _, n := range u.Normalisations {
		if err := n.check("uncertainty.normalisations"); err != nil {
			return err
		}
		for i, x := range r.method.Indicators {
			if n.By == Target && math.IsNaN(x.Target) {
				return invalid(r.fields[i], "composite.target_missing", x.Key)
			}
		}
	}
	for _, t := range u.Treatments {
		if err := t.check("uncertainty.treatments"); err != nil {
			return err
		}
	}
	return nil
}

// plan is what is drawn: a combination and a set of weights for each draw.
type plan struct {
	u         Uncertainty
	treatment []int // by draw, the alternative taken
	norm      []int
	mean      []int
	sizes     [3]int
	paired    bool // draws 2k and 2k+1 share their weights
}

// chance returns the stream of random numbers of one purpose.
func chance(seed, purpose uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, purpose)) } //nolint:gosec // draws that can be made again, no secrets

func newPlan(u Uncertainty, treatments, norms, means int) plan {
	p := plan{u: u, sizes: [3]int{treatments, norms, means}}
	for f, out := range []*[]int{&p.treatment, &p.norm, &p.mean} {
		// Every alternative is taken equally often, in an order of its own.
		*out = chance(u.Seed, uint64(f)<<40).Perm(u.Draws)
		for d := range *out {
			(*out)[d] %= p.sizes[f]
		}
	}
	p.paired = u.Noise > 0 && treatments*norms*means > 1
	return p
}

// weights writes the noisy weights of a draw to out.
func (p plan) weights(t *tree, draw int, out []float64) {
	copy(out, t.weight)
	if p.u.Noise == 0 {
		return
	}
	if p.paired {
		draw /= 2
	}
	rnd := chance(p.u.Seed, 1<<60|uint64(draw))
	for n := range out {
		shake := 1 + p.u.Noise*(2*rnd.Float64()-1)
		if len(p.u.Levels) == 0 || slices.Contains(p.u.Levels, t.level[n]) {
			out[n] *= shake
		}
	}
}

// combos prepares every combination of alternatives, in the order of index.
func (r *Result) combos(u Uncertainty) (list []combo, treatments, norms, means int, err error) {
	ts := []Treatment{r.method.Treatment}
	for _, t := range u.Treatments {
		if !slices.Contains(ts, t) {
			ts = append(ts, t)
		}
	}
	ns := []Normalisation{r.method.Normalisation}
	for _, n := range u.Normalisations {
		if !slices.Contains(ns, n) {
			ns = append(ns, n)
		}
	}
	t := r.tree
	ms := [][]Mean{t.means}
	for _, m := range u.Means {
		all := make([]Mean, len(t.keys))
		for n := t.leaves; n < len(all); n++ {
			all[n] = m
		}
		if !slices.ContainsFunc(ms, func(other []Mean) bool { return slices.Equal(other, all) }) {
			ms = append(ms, all)
		}
	}
	for i, treatment := range ts {
		treated := r.Treated
		if i > 0 {
			treated, _ = r.treat(treatment)
		}
		for j, norm := range ns {
			normalised := r.Normalised
			if i+j > 0 {
				if normalised, err = r.normalise(norm, treated); err != nil {
					return nil, 0, 0, 0, err
				}
			}
			for _, m := range ms {
				l, err := t.ready(normalised, m, r.Units, norm.By)
				if err != nil {
					return nil, 0, 0, 0, err
				}
				c := combo{leaves: l, gaps: t.gaps(l), means: m, flat: true}
				for n := t.leaves; n < len(t.keys); n++ {
					c.flat = c.flat && !c.gaps[n] && m[n] == m[t.root()]
				}
				list = append(list, c)
			}
		}
	}
	return list, len(ts), len(ns), len(ms), nil
}

func spread[T int32 | uint16](r *Result, u Uncertainty) (*Spread, error) {
	list, nt, nn, nm, err := r.combos(u)
	if err != nil {
		return nil, err
	}
	p := newPlan(u, nt, nn, nm)
	units := len(r.Units)
	ranks := make([][]T, u.Draws)
	faults := make([]error, u.Draws)
	parallel(u.Workers, u.Draws, 1, func() func(lo, hi int) {
		d := newDrawer(r, units)
		return func(lo, hi int) {
			for draw := lo; draw < hi; draw++ {
				c := &list[(p.treatment[draw]*nn+p.norm[draw])*nm+p.mean[draw]]
				p.weights(r.tree, draw, d.weights)
				if faults[draw] = d.score(c); faults[draw] != nil {
					continue
				}
				ranks[draw] = make([]T, units)
				scores := d.scores
				if r.method.LowestFirst {
					scores = d.ranker.turn(scores)
				}
				rankInto(d.ranker, scores, ranks[draw])
			}
		}
	})
	if i := slices.IndexFunc(faults, func(err error) bool { return err != nil }); i >= 0 {
		return nil, faults[i]
	}

	s := &Spread{Units: r.Units, Nominal: r.Ranks}
	for _, column := range []*[]float64{&s.Mean, &s.Median, &s.Low, &s.High} {
		*column = make([]float64, units)
	}
	factors := p.factors(units)
	for _, f := range factors {
		s.Factors = append(s.Factors, f.Factor)
	}
	const block = 128
	parallel(u.Workers, units, block, func() func(lo, hi int) {
		rows := make([]T, block*u.Draws)
		sorter := make([]T, u.Draws)
		var counts []int32
		sums := make([]float64, max(nt, nn, nm))
		return func(lo, hi int) {
			for draw, all := range ranks {
				for i, v := range all[lo:hi] {
					rows[i*u.Draws+draw] = v
				}
			}
			for unit := lo; unit < hi; unit++ {
				row := rows[(unit-lo)*u.Draws:][:u.Draws]
				if row[0] == 0 {
					for _, column := range [][]float64{s.Mean, s.Median, s.Low, s.High} {
						column[unit] = math.NaN()
					}
					for _, f := range factors {
						f.Share[unit] = math.NaN()
					}
					continue
				}
				m, sst := 0.0, 0.0
				for _, v := range row {
					m += float64(v)
				}
				m /= float64(u.Draws)
				for _, v := range row {
					sst += (float64(v) - m) * (float64(v) - m)
				}
				s.Mean[unit] = m
				for _, f := range factors {
					f.Share[unit] = share(f, row, m, sst, sums)
				}
				counts = quantiles(row, sorter, counts, u.Low, u.High, &s.Low[unit], &s.Median[unit], &s.High[unit])
			}
		}
	})
	return s, nil
}

// drawer scores and ranks one draw after another.
type drawer struct {
	r       *Result
	weights []float64
	scores  []float64
	flat    []float64 // weight of each leaf in the whole
	scratch *scratch
	ranker  *ranker
}

// blockUnits is how many units are aggregated at once, so that they stay in cache.
const blockUnits = 1024

func newDrawer(r *Result, units int) *drawer {
	return &drawer{r: r, weights: make([]float64, len(r.tree.keys)), scores: make([]float64, units),
		flat: make([]float64, len(r.tree.keys)), scratch: r.tree.scratch(blockUnits), ranker: newRanker(units)}
}

// score fills d.scores: the index, or a number that orders units as it does.
func (d *drawer) score(c *combo) error {
	t := d.r.tree
	if c.flat {
		d.flatten(t, c)
		return nil
	}
	for lo := 0; lo < len(d.scores); lo += blockUnits {
		hi := min(lo+blockUnits, len(d.scores))
		node, unit := t.aggregate(c.leaves, c.gaps, d.weights, c.means, d.r.method.Available, lo, hi, d.scratch)
		if node >= 0 {
			return refuseMean(c.means[t.parent[node]], t.keys[node], d.r.Units[unit], string(d.r.method.Normalisation.By))
		}
		copy(d.scores[lo:hi], d.scratch.value[t.root()])
	}
	return nil
}

// flatten scores by one weighted sum of the leaves: means of one kind compose.
func (d *drawer) flatten(t *tree, c *combo) {
	d.flat[t.root()] = 1
	if c.means[t.root()] == Harmonic {
		d.flat[t.root()] = -1 // a mean of reciprocals falls where the mean rises
	}
	for n := t.root(); n >= t.leaves; n-- {
		sum := 0.0
		for _, k := range t.kids[n] {
			sum += d.weights[k]
		}
		for _, k := range t.kids[n] {
			d.flat[k] = d.flat[n] * (d.weights[k] / sum)
		}
	}
	for lo := 0; lo < len(d.scores); lo += blockUnits {
		hi := min(lo+blockUnits, len(d.scores))
		weigh(d.scores[lo:hi], c.leaves.cols, d.flat[:t.leaves], lo, hi)
	}
}

// weigh writes the weighted sum of columns, four at a time.
func weigh(out []float64, cols [][]float64, w []float64, lo, hi int) {
	clear(out)
	i := 0
	for ; i+4 <= len(cols); i += 4 {
		w0, w1, w2, w3 := w[i], w[i+1], w[i+2], w[i+3]
		a, b := cols[i][lo:hi][:len(out)], cols[i+1][lo:hi][:len(out)]
		c, d := cols[i+2][lo:hi][:len(out)], cols[i+3][lo:hi][:len(out)]
		for u := range out {
			out[u] += (w0*a[u] + w1*b[u]) + (w2*c[u] + w3*d[u])
		}
	}
	for ; i < len(cols); i++ {
		a, w0 := cols[i][lo:hi][:len(out)], w[i]
		for u := range out {
			out[u] += w0 * a[u]
		}
	}
}

// parallel runs work on ranges of n in steps, each worker with its own scratch.
func parallel(workers, n, step int, worker func() func(lo, hi int)) {
	var next atomic.Int64
	var wait sync.WaitGroup
	for range max(1, min(workers, n)) {
		wait.Go(func() {
			work := worker()
			for {
				lo := int(next.Add(int64(step))) - step
				if lo >= n {
					return
				}
				work(lo, min(lo+step, n))
			}
		})
	}
	wait.Wait()
}

// quantiles writes the low quantile, the median and the high one of a row.
func quantiles[T int32 | uint16](row, sorter []T, counts []int32, low, high float64, outLow, outMedian, outHigh *float64) []int32 {
	lo, hi := row[0], row[0]
	for _, v := range row {
		lo, hi = min(lo, v), max(hi, v)
	}
	width := int(hi) - int(lo) + 1
	if width <= 8*len(row) { // counting is quicker than sorting
		if cap(counts) < width {
			counts = make([]int32, 2*width)
		}
		counts = counts[:width]
		clear(counts)
		for _, v := range row {
			counts[v-lo]++
		}
		i := 0
		for v, n := range counts {
			for range n {
				sorter[i] = lo + T(v)
				i++
			}
		}
	} else {
		copy(sorter, row)
		slices.SortFunc(sorter, cmp.Compare[T])
	}
	*outLow, *outMedian, *outHigh = quantile(sorter, low), quantile(sorter, 0.5), quantile(sorter, high)
	return counts
}

// quantile is type 7 of Hyndman and Fan: linear between order statistics.
func quantile[T int32 | uint16](sorted []T, q float64) float64 {
	h := q * float64(len(sorted)-1)
	i := int(h)
	if i >= len(sorted)-1 {
		return float64(sorted[len(sorted)-1])
	}
	return float64(sorted[i]) + (h-float64(i))*(float64(sorted[i+1])-float64(sorted[i]))
}
