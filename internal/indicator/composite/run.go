package composite

import (
	"bassin/internal/fault"
)

// Result is what a method makes of a table, step by step. Steps beyond the one
// asked for are nil. Columns are indexed as Indicators, values as Units.
type Result struct {
	Units      []string // those kept
	Indicators []string // those kept, by key

	Denominated [][]float64
	Imputed     [][]float64
	Treated     [][]float64
	Normalised  [][]float64

	Aggregates []string    // the index first, then downwards
	Values     [][]float64 // by aggregate
	Ranks      []int32     // on the index, 1 for the best, or the lowest if the method says so; equals share the better rank; 0 without index

	DroppedUnits      []Dropped
	DroppedIndicators []Dropped
	Treating          []Treating // by indicator

	method Method // with the kept indicators only
	fields []string
	tree   *tree
	leaves leaves // the normalised columns, ready for the means of the method
}

// Run applies a method to a table, all its steps.
func Run(t Table, m Method) (*Result, error) { return RunTo(t, m, Aggregated) }

// RunTo applies a method up to a stage, whatever the later steps would refuse.
func RunTo(t Table, m Method, stage Stage) (*Result, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	if len(t.Units) < 2 {
		return nil, invalid("", "composite.too_few_units", len(t.Units))
	}
	var groups []string
	if g := m.Imputation.Group; g != "" && m.Imputation.By != Leave {
		var ok bool
		if groups, ok = t.Texts[g]; !ok || len(groups) != len(t.Units) {
			return nil, invalid("imputation.group", "composite.no_column", g)
		}
	}
	cols, err := m.denominate(t)
	if err != nil {
		return nil, err
	}
	r := &Result{Units: t.Units, Denominated: cols, method: m}
	kept := make([]int, len(cols))
	for i := range kept {
		kept[i] = i
	}
	if !m.Screening.Imputed {
		if kept, groups, err = r.screen(kept, groups); err != nil {
			return nil, err
		}
	}
	r.Imputed = m.Imputation.impute(r.Denominated, groups)
	if m.Screening.Imputed {
		if kept, _, err = r.screen(kept, groups); err != nil {
			return nil, err
		}
	}
	if r.tree, err = m.tree(kept); err != nil {
		return nil, err
	}
	r.method.Indicators = make([]Indicator, len(kept))
	r.fields = make([]string, len(kept))
	for i, k := range kept {
		r.method.Indicators[i] = m.Indicators[k]
		r.fields[i] = fieldOf(k)
		r.Indicators = append(r.Indicators, m.Indicators[k].Key)
	}
	if stage.before(Treated) {
		return r, nil
	}
	r.Treated, r.Treating = r.treat(m.Treatment)
	if stage.before(Normalised) {
		return r, nil
	}
	if r.Normalised, err = r.normalise(m.Normalisation, r.Treated); err != nil {
		return nil, err
	}
	if stage.before(Aggregated) {
		return r, nil
	}
	return r, r.aggregate()
}

// screen drops rows and columns of what r has so far.
func (r *Result) screen(cols []int, groups []string) ([]int, []string, error) {
	s := r.method.Screening
	on := r.Denominated
	if r.Imputed != nil {
		on = r.Imputed
	}
	units, kept, shareUnits, shareCols := s.screen(on, len(r.Units))
	for _, c := range cols {
		if shareCols[c] < s.Indicators {
			r.DroppedIndicators = append(r.DroppedIndicators, Dropped{r.method.Indicators[c].Key, shareCols[c]})
		}
	}
	if len(kept) == 0 {
		return nil, nil, fault.New(fault.Invalid, "composite.screened_indicators", plain(s.Indicators)).In("screening.indicators")
	}
	if len(units) < 2 {
		return nil, nil, fault.New(fault.Invalid, "composite.screened_units", plain(s.Units)).In("screening.units")
	}
	pick := func(cols [][]float64) [][]float64 {
		if cols == nil {
			return nil
		}
		out := make([][]float64, len(kept))
		for i, c := range kept {
			out[i] = pickRows(cols[c], units)
		}
		return out
	}
	for u, name := range r.Units {
		if shareUnits[u] < s.Units {
			r.DroppedUnits = append(r.DroppedUnits, Dropped{name, shareUnits[u]})
		}
	}
	r.Units, r.Denominated, r.Imputed = pickRows(r.Units, units), pick(r.Denominated), pick(r.Imputed)
	if groups != nil {
		groups = pickRows(groups, units)
	}
	return kept, groups, nil
}

func pickRows[T any](x []T, rows []int) []T {
	out := make([]T, len(rows))
	for i, u := range rows {
		out[i] = x[u]
	}
	return out
}

func (r *Result) treat(t Treatment) ([][]float64, []Treating) {
	cols, done := make([][]float64, len(r.Imputed)), make([]Treating, len(r.Imputed))
	for i, col := range r.Imputed {
		cols[i], done[i] = t.treat(col)
	}
	return cols, done
}

func (r *Result) normalise(n Normalisation, cols [][]float64) ([][]float64, error) {
	out := make([][]float64, len(cols))
	for i, col := range cols {
		var err error
		if out[i], err = n.normalise(r.method.Indicators[i], r.fields[i], col); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r *Result) aggregate() error {
	t := r.tree
	n := len(r.Units)
	if r.leaves.cols == nil {
		var err error
		if r.leaves, err = t.ready(r.Normalised, t.means, r.Units, r.method.Normalisation.By); err != nil {
			return err
		}
	}
	s := t.scratch(n)
	if node, unit := t.aggregate(r.leaves, t.gaps(r.leaves), t.weight, t.means, r.method.Available, 0, n, s); node >= 0 {
		return refuseMean(t.means[t.parent[node]], t.keys[node], r.Units[unit], string(r.method.Normalisation.By))
	}
	for _, a := range t.shown {
		r.Aggregates = append(r.Aggregates, t.keys[a])
		r.Values = append(r.Values, s.value[a])
	}
	r.Ranks = make([]int32, n)
	newRanker(n).rank(r.Values[0], r.Ranks, r.method.LowestFirst)
	return nil
}

// Reweighted returns the index and the ranks with other weights, by key of
// indicator or aggregate; keys that are not given keep theirs. It costs no more
// than the aggregation.
func (r *Result) Reweighted(weights map[string]float64) ([]float64, []int32, error) {
	other, err := r.With(weights)
	if err != nil {
		return nil, nil, err
	}
	return other.Values[0], other.Ranks, nil
}

// With returns the result with other weights, as [Result.Reweighted] has them. It
// shares the steps before the aggregation with r.
func (r *Result) With(weights map[string]float64) (*Result, error) {
	m := r.method
	known := 0
	m.Indicators = append([]Indicator(nil), m.Indicators...)
	for i := range m.Indicators {
		if w, ok := weights[m.Indicators[i].Key]; ok {
			m.Indicators[i].Weight, known = w, known+1
		}
	}
	m.Aggregates = append([]Aggregate(nil), m.Aggregates...)
	for i := range m.Aggregates {
		if w, ok := weights[m.Aggregates[i].Key]; ok {
			m.Aggregates[i].Weight, known = w, known+1
		}
	}
	if known != len(weights) {
		return nil, fault.New(fault.Invalid, "composite.unknown_weight")
	}
	if r.Values == nil {
		return nil, fault.New(fault.Invalid, "composite.not_aggregated")
	}
	other := *r
	other.method, other.Aggregates, other.Values, other.Ranks = m, nil, nil, nil
	var err error
	if other.tree, err = m.tree(nil); err != nil {
		return nil, err
	}
	if err := other.aggregate(); err != nil {
		return nil, err
	}
	return &other, nil
}
