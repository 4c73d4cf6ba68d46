package observatory

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync"

	"bassin/internal/fault"
	"bassin/internal/indicator"
	"bassin/internal/indicator/composite"
	"bassin/internal/territory"
)

// Index is an index made: what it says of each territory of a level, and how far
// that depends on its choices. It never changes once made, and is shared.
//
// Everything is turned so that more is more fragile: rank 1 is the most fragile.
// Slices by territory follow Territories, the ranked ones.
type Index struct {
	Parameters  IndexParameters
	Draws       int // 0: ranks without their range
	Seed        uint64
	Territories []*territory.Territory // ranked, in the order of the level
	Unranked    int                    // territories of the level of which too little is known
	Components  []IndexComponent
	Axes        []IndexAxisScores
	Score       []float64
	Rank        []int32            // 1 for the most fragile, equals share the better rank
	Low, High   []float64          // of ranks, 5 and 95 % of the variants; nil without draws
	Median      []float64          // of ranks; nil without draws
	Factors     []composite.Factor // which choice moves each rank; nil without draws
	Norms       []composite.Scale  // of the variants, the index's own first
	Means       []composite.Mean   // of the variants, the index's own first

	at    map[*territory.Territory]int32
	order []int32 // by rank
	pairs func() []Pair
}

// IndexComponent is a component over the ranked territories.
type IndexComponent struct {
	Definition *indicator.Definition
	Axis       IndexAxis
	Weight     float64
	Share      float64   // of the whole index, from 0 to 1
	Logged     bool      // its logarithm is taken, where the scale is not one of ranks
	Values     []float64 // as published, NaN where missing, imprecise or partial
	Scores     []float64 // on the common scale, more being more fragile
	Skewness   float64
	Kurtosis   float64 // excess
}

// IndexAxisScores is an axis over the ranked territories.
type IndexAxisScores struct {
	Axis   IndexAxis
	Weight float64
	Share  float64
	Scores []float64
}

// At is the place of a territory among the ranked.
func (x *Index) At(t *territory.Territory) (int, bool) {
	i, ok := x.at[t]
	return int(i), ok
}

// Order lists the places of the ranked, the most fragile first. It is shared.
func (x *Index) Order() []int32 { return x.order }

// Strongest is the factor that moves a territory's rank most, with its share of
// the variance of that rank. It returns false where the rank never moves.
func (x *Index) Strongest(i int) (name string, share float64, ok bool) {
	for _, f := range x.Factors {
		if f.Share[i] > share {
			name, share, ok = f.Name, f.Share[i], true
		}
	}
	return name, share, ok
}

// Always counts the territories that stay among the first k in at least 95 % of
// the variants.
func (x *Index) Always(k int) int {
	n := 0
	for _, high := range x.High {
		if high <= float64(k) {
			n++
		}
	}
	return n
}

// The common scales. Geometric and harmonic means need values above zero.
var norms = map[composite.Scale]composite.Normalisation{
	composite.Percentile: {By: composite.Percentile, Low: 1, High: 100},
	composite.MinMax:     {By: composite.MinMax, Low: 1, High: 100},
	composite.ZScore:     {By: composite.ZScore, Centre: 100, Spread: 10},
	composite.Robust:     {By: composite.Robust, Centre: 100, Spread: 10},
	composite.Borda:      {By: composite.Borda},
}

// treatment takes the logarithm of columns with a long tail, where |skewness| > 2
// and excess kurtosis > 3.5; it leaves ranks, hence percentiles, as they are.
var treatment = composite.Treatment{Log: true, Skewness: 2, Kurtosis: 3.5}

// wholeKey names the index itself among aggregates.
const wholeKey = "index"

// axisKey names an axis among aggregates: an indicator could have its name.
func axisKey(axis string) string { return "axis:" + axis }

// base is an index before weights are chosen.
type base struct {
	parameters  IndexParameters // with equal weights
	territories []*territory.Territory
	unranked    int
	definitions []*indicator.Definition
	values      [][]float64
	table       composite.Table
	result      *composite.Result
}

// base reads the figures and scales them. Which territories are ranked does not
// depend on weights.
func (o *Observatory) base(p IndexParameters) (*base, error) {
	p = equal(p)
	b := &base{parameters: p}
	shares := p.Shares(o.IndexAxisOf)
	all := o.France.Level(p.Level)
	known := make([]float64, len(all))
	columns := make([][]float64, len(p.Components))
	for i, c := range p.Components {
		d, _ := o.indexable(c.Key)
		b.definitions = append(b.definitions, d)
		columns[i] = solid(o.Panel.Across(p.Level, d, d.Latest()))
		for u, v := range columns[i] {
			if !math.IsNaN(v) {
				known[u] += shares[i]
			}
		}
	}
	var rows []int
	for u, t := range all {
		if known[u] >= IndexKnown-1e-9 {
			rows = append(rows, u)
			b.territories = append(b.territories, t)
			b.table.Units = append(b.table.Units, t.Code)
		}
	}
	b.unranked = len(all) - len(rows)
	b.table.Columns = map[string][]float64{}
	for i, c := range p.Components {
		col := make([]float64, len(rows))
		for k, u := range rows {
			col[k] = columns[i][u]
		}
		b.table.Columns[c.Key] = col
		b.values = append(b.values, col)
	}
	if len(rows) < indicator.Fewest {
		return nil, fault.New(fault.Invalid, "index.error.few", len(rows)).In("components")
	}
	var err error
	b.result, err = composite.Run(b.table, o.method(p))
	return b, err
}

// solid are the values that may count: those that may be compared, and of
// estimates made from a census only those of [indicator.Least] people or more.
func solid(a *indicator.Across) []float64 {
	out := a.Solid()
	if a.Definition.Estimate && a.Definition.Unit == "percent" {
		for i := range out {
			if !(a.Numerators[i] >= indicator.Least) {
				out[i] = math.NaN()
			}
		}
	}
	return out
}

func equal(p IndexParameters) IndexParameters {
	p.Components, p.Axes = slices.Clone(p.Components), slices.Clone(p.Axes)
	for i := range p.Components {
		p.Components[i].Weight = 1
	}
	for i := range p.Axes {
		p.Axes[i].Weight = 1
	}
	return p
}

// method is the recipe of the engine. There more is better, so that a geometric
// mean lets no strength make up for a lack; the lowest is the most fragile.
func (o *Observatory) method(p IndexParameters) composite.Method {
	m := composite.Method{
		Aggregates: []composite.Aggregate{{Key: wholeKey, Weight: 1}}, Treatment: treatment,
		Normalisation: norms[p.Norm], Mean: p.Mean, LowestFirst: true,
	}
	for _, a := range p.Axes {
		m.Aggregates = append(m.Aggregates, composite.Aggregate{Key: axisKey(a.Key), Parent: wholeKey, Weight: a.Weight, Mean: composite.Arithmetic})
	}
	for _, c := range p.Components {
		d, _ := o.indexable(c.Key)
		m.Indicators = append(m.Indicators, composite.Indicator{
			Key: c.Key, Parent: axisKey(string(o.IndexAxisOf(c.Key))), Weight: c.Weight, Falling: d.Polarity == indicator.Worse, Target: math.NaN(),
		})
	}
	return m
}

// weights are those of p by key, for the engine.
func (p *IndexParameters) weights() map[string]float64 {
	out := map[string]float64{}
	for _, c := range p.Components {
		out[c.Key] = c.Weight
	}
	for _, a := range p.Axes {
		out[axisKey(a.Key)] = a.Weight
	}
	return out
}

// study weighs a base and draws variants.
func (o *Observatory) study(b *base, p IndexParameters, draws int, seed uint64) (*Index, error) {
	r, err := b.result.With(p.weights())
	if err != nil {
		return nil, err
	}
	shares := p.Shares(o.IndexAxisOf)
	x := &Index{
		Parameters: p, Draws: draws, Seed: seed, Territories: b.territories, Unranked: b.unranked, Rank: r.Ranks,
		at: make(map[*territory.Territory]int32, len(b.territories)), Norms: []composite.Scale{p.Norm}, Means: []composite.Mean{p.Mean},
	}
	for i, c := range p.Components {
		done := r.Treating[i]
		x.Components = append(x.Components, IndexComponent{
			Definition: b.definitions[i], Axis: o.IndexAxisOf(c.Key), Weight: c.Weight, Share: shares[i], Logged: done.How == composite.Logged,
			Values: b.values[i], Scores: turned(p.Norm, r.Normalised[i]), Skewness: done.Skewness, Kurtosis: done.Kurtosis,
		})
	}
	for i, key := range r.Aggregates {
		scores := turned(p.Norm, r.Values[i])
		if key == wholeKey {
			x.Score = scores
			continue
		}
		a := p.Axes[slices.IndexFunc(p.Axes, func(a Weighted) bool { return axisKey(a.Key) == key })]
		axis := IndexAxisScores{Axis: IndexAxis(a.Key), Weight: a.Weight, Scores: scores}
		for _, c := range x.Components {
			if c.Axis == axis.Axis {
				axis.Share += c.Share
			}
		}
		x.Axes = append(x.Axes, axis)
	}
	for i, t := range x.Territories {
		x.at[t] = int32(i)
		x.order = append(x.order, int32(i))
	}
	x.pairs = sync.OnceValue(x.correlate)
	slices.SortStableFunc(x.order, func(a, b int32) int { return int(x.Rank[a]) - int(x.Rank[b]) })
	if draws == 0 {
		return x, nil
	}
	u := composite.Uncertainty{Draws: draws, Seed: seed, Noise: IndexNoise, Workers: runtime.GOMAXPROCS(0)}
	o.vary(b, p, x, &u)
	spread, err := r.Uncertainty(u)
	if err != nil {
		return nil, err
	}
	x.Low, x.High, x.Median, x.Factors = spread.Low, spread.High, spread.Median, spread.Factors
	return x, nil
}

// vary adds the variants that the figures allow: other scales, other means. A
// scale that cannot tell these territories apart is left out.
func (o *Observatory) vary(b *base, p IndexParameters, x *Index, u *composite.Uncertainty) {
	goes := func(norm composite.Scale, mean composite.Mean) bool {
		q := p
		q.Norm, q.Mean = norm, mean
		m := o.method(q)
		for i := range m.Aggregates {
			m.Aggregates[i].Mean = mean // variants have one mean throughout
		}
		_, err := composite.Run(b.table, m)
		return err == nil
	}
	for _, mean := range []composite.Mean{composite.Arithmetic, composite.Geometric} {
		if goes(p.Norm, mean) {
			u.Means = append(u.Means, mean)
			if mean != p.Mean {
				x.Means = append(x.Means, mean)
			}
		}
	}
	for _, norm := range []composite.Scale{composite.Percentile, composite.MinMax, composite.ZScore} {
		if norm == p.Norm || !goes(norm, p.Mean) {
			continue
		}
		if !slices.ContainsFunc(u.Means, func(m composite.Mean) bool { return !goes(norm, m) }) {
			u.Normalisations = append(u.Normalisations, norms[norm])
			x.Norms = append(x.Norms, norm)
		}
	}
}

// turned makes more of a score mean more fragile, on the same scale.
func turned(norm composite.Scale, scores []float64) []float64 {
	var ends float64 // sum of both ends of the scale
	switch n := norms[norm]; {
	case n.By.Bounded():
		ends = n.Low + n.High
	case n.By.Centred():
		ends = 2 * n.Centre
	default:
		ends = float64(len(scores) - 1)
	}
	out := make([]float64, len(scores))
	for i, v := range scores {
		out[i] = ends - v
	}
	return out
}

// Pair is two components with the correlation of their ranks.
type Pair struct {
	A, B int
	Rho  float64
}

// Pairs are the correlations between components over the ranked territories,
// scores being turned, the strongest first (Spearman). They are computed once.
func (x *Index) Pairs() []Pair { return x.pairs() }

func (x *Index) correlate() []Pair {
	var out []Pair
	for a := range x.Components {
		for b := range a {
			if rho, _ := indicator.Spearman(x.Components[b].Scores, x.Components[a].Scores); !math.IsNaN(rho) {
				out = append(out, Pair{b, a, rho})
			}
		}
	}
	slices.SortStableFunc(out, func(p, q Pair) int { return cmp.Compare(math.Abs(q.Rho), math.Abs(p.Rho)) })
	return out
}

// TooClose is the correlation from which two components say nearly the same.
const TooClose = 0.8

// Worse is the share of the other ranked territories that are less fragile than
// one on a component, from 0 to 1, NaN where it does not count.
func (c *IndexComponent) Worse(i int) float64 {
	below, known := 0, -1
	for _, v := range c.Scores {
		if !math.IsNaN(v) {
			known++
			if v < c.Scores[i] {
				below++
			}
		}
	}
	if math.IsNaN(c.Scores[i]) || known < 1 {
		return math.NaN()
	}
	return float64(below) / float64(known)
}
