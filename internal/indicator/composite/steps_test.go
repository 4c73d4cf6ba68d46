package composite_test

import (
	"math"
	"slices"
	"testing"

	"bassin/internal/indicator/composite"
)

// one is a method with one indicator, so that the index is its normalised column.
func one(n composite.Normalisation) composite.Method {
	return composite.Method{Mean: composite.Arithmetic, Normalisation: n,
		Indicators: []composite.Indicator{{Key: "x", Weight: 1, Target: 8}}}
}

func column(x ...float64) composite.Table {
	t := composite.Table{Columns: map[string][]float64{"x": x}}
	for i := range x {
		t.Units = append(t.Units, string(rune('a'+i)))
	}
	return t
}

func TestScales(t *testing.T) {
	for _, c := range []struct {
		n    composite.Normalisation
		fall bool
		x    []float64
		want []float64
	}{
		{composite.Normalisation{By: composite.MinMax, Low: 0, High: 100}, false, []float64{2, 4, nan, 10}, []float64{0, 25, nan, 100}},
		{composite.Normalisation{By: composite.MinMax, Low: 1, High: 5}, true, []float64{2, 4, 10}, []float64{5, 4, 1}},
		{composite.Normalisation{By: composite.ZScore, Centre: 0, Spread: 1}, false, []float64{1, 2, 3}, []float64{-1, 0, 1}},
		{composite.Normalisation{By: composite.ZScore, Centre: 50, Spread: 10}, true, []float64{1, 2, 3}, []float64{60, 50, 40}},
		{composite.Normalisation{By: composite.Robust, Centre: 0, Spread: 1.4826}, false, []float64{1, 2, 3, 100}, []float64{-1.5, -0.5, 0.5, 97.5}},
		{composite.Normalisation{By: composite.Percentile, Low: 0, High: 1}, false, []float64{7, 5, 7, 9, nan}, []float64{1. / 3, 0, 1. / 3, 1, nan}},
		{composite.Normalisation{By: composite.Borda}, false, []float64{7, 5, 7, 9}, []float64{1, 0, 1, 3}},
		{composite.Normalisation{By: composite.Borda}, true, []float64{7, 5, 7, 9}, []float64{1, 3, 1, 0}},
		{composite.Normalisation{By: composite.Rank}, false, []float64{7, 5, 7, 9}, []float64{2.5, 1, 2.5, 4}},
		{composite.Normalisation{By: composite.Target, Low: 0, High: 1}, false, []float64{4, 6, 8, 20}, []float64{0, 0.5, 1, 1}},
		{composite.Normalisation{By: composite.Target, Low: 0, High: 1}, true, []float64{4, 10, 12}, []float64{1, 0.5, 0}},
	} {
		m := one(c.n)
		m.Indicators[0].Falling = c.fall
		if got := run(t, column(c.x...), m).Values[0]; !allNear(got, c.want) {
			t.Errorf("%+v, falling %v, of %v: %v, want %v", c.n, c.fall, c.x, got, c.want)
		}
	}
}

func TestTreatment(t *testing.T) {
	outliers := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 30, 100}
	left := slices.Clone(outliers)
	for i := range left {
		left[i] = -left[i]
	}
	limits := composite.Treatment{Skewness: 2, Kurtosis: 3.5}
	withLog, once := limits, limits
	withLog.Log, once.Winsorise = true, 1
	logOf := func(x, lo, hi float64) float64 { return math.Log(x - lo + 0.01*(hi-lo)) }
	for _, c := range []struct {
		name string
		how  composite.Treatment
		x    []float64
		want func(i int) float64
		done string
	}{
		{"none", composite.Treatment{}, outliers, func(i int) float64 { return outliers[i] }, composite.Untreated},
		{"within limits", once, outliers[:10], func(i int) float64 { return outliers[i] }, composite.Untreated},
		{"one point", once, outliers, func(i int) float64 { return min(30, outliers[i]) }, composite.Winsorised},
		{"one point on the left", once, left, func(i int) float64 { return max(-30, left[i]) }, composite.Winsorised},
		{"log", withLog, outliers, func(i int) float64 { return logOf(outliers[i], 1, 100) }, composite.Logged},
		{"log on the left", withLog, left, func(i int) float64 { return -logOf(-left[i], 1, 100) }, composite.Logged},
	} {
		m := one(composite.Normalisation{By: composite.MinMax, High: 1})
		m.Treatment = c.how
		r := run(t, column(c.x...), m)
		want := make([]float64, len(c.x))
		for i := range want {
			want[i] = c.want(i)
		}
		if !allNear(r.Treated[0], want) || r.Treating[0].How != c.done {
			t.Errorf("%s: %s %v, want %s %v", c.name, r.Treating[0].How, r.Treated[0], c.done, want)
		}
	}
}

func TestImputationAndScreening(t *testing.T) {
	table := composite.Table{
		Units:   []string{"a", "b", "c", "d", "e"},
		Columns: map[string][]float64{"x": {1, 3, 8, nan, nan}, "y": {1, 2, 3, 4, 5}, "z": {nan, nan, nan, nan, 1}, "n": {1, 2, 4, 0, 1}},
		Texts:   map[string][]string{"g": {"1", "1", "1", "1", "2"}},
	}
	m := composite.Method{Mean: composite.Arithmetic, Normalisation: composite.Normalisation{By: composite.Rank}}
	for _, key := range []string{"x", "y", "z"} {
		m.Indicators = append(m.Indicators, composite.Indicator{Key: key, Weight: 1, Target: nan})
	}
	with := func(change func(*composite.Method)) *composite.Result {
		t.Helper()
		other := m
		other.Indicators = slices.Clone(m.Indicators)
		change(&other)
		return run(t, table, other)
	}
	for _, c := range []struct {
		im   composite.Imputation
		want []float64
	}{
		{composite.Imputation{}, []float64{1, 3, 8, nan, nan}},
		{composite.Imputation{By: composite.AtMean}, []float64{1, 3, 8, 4, 4}},
		{composite.Imputation{By: composite.AtMedian}, []float64{1, 3, 8, 3, 3}},
		{composite.Imputation{By: composite.AtMean, Group: "g"}, []float64{1, 3, 8, 4, nan}},
	} {
		if r := with(func(m *composite.Method) { m.Imputation = c.im }); !allNear(r.Imputed[0], c.want) {
			t.Errorf("%+v: %v, want %v", c.im, r.Imputed[0], c.want)
		}
	}
	r := with(func(m *composite.Method) { m.Screening = composite.Screening{Indicators: 0.5, Units: 0.9} })
	if !slices.Equal(r.Units, []string{"a", "b", "c"}) || !slices.Equal(r.Indicators, []string{"x", "y"}) {
		t.Errorf("kept %v of %v", r.Indicators, r.Units)
	}
	if len(r.DroppedUnits) != 2 || len(r.DroppedIndicators) != 1 || r.DroppedIndicators[0] != (composite.Dropped{Key: "z", Share: 0.2}) {
		t.Errorf("dropped %v and %v", r.DroppedUnits, r.DroppedIndicators)
	}
	r = with(func(m *composite.Method) {
		m.Screening = composite.Screening{Indicators: 1, Imputed: true}
		m.Imputation = composite.Imputation{By: composite.AtMean}
	})
	if len(r.Indicators) != 3 {
		t.Errorf("after imputation %v are kept, want all", r.Indicators)
	}
	r = with(func(m *composite.Method) { m.Indicators[0].Denominator = "n" })
	if want := []float64{1, 1.5, 2, nan, nan}; !allNear(r.Denominated[0], want) {
		t.Errorf("divided: %v, want %v", r.Denominated[0], want)
	}
}

// What is missing leaves its weight to the others, unless too much is.
func TestMissingComponents(t *testing.T) {
	table := composite.Table{Units: []string{"a", "b", "c"}, Columns: map[string][]float64{
		"x": {1, 2, nan}, "y": {1, nan, nan}, "z": {2, 1, 3},
	}}
	m := composite.Method{Mean: composite.Arithmetic, Normalisation: composite.Normalisation{By: composite.Borda}}
	for i, key := range []string{"x", "y", "z"} {
		m.Indicators = append(m.Indicators, composite.Indicator{Key: key, Weight: float64(i + 1), Target: nan})
	}
	// Borda: x 0 1 –, y 0 – –, z 1 0 2.
	for _, c := range []struct {
		available float64
		want      []float64
		ranks     []int32
	}{
		{0, []float64{0.5, 0.25, 2}, []int32{2, 3, 1}},
		{0.5, []float64{0.5, 0.25, nan}, []int32{1, 2, 0}},
		{1, []float64{0.5, nan, nan}, []int32{1, 0, 0}},
	} {
		m.Available = c.available
		r := run(t, table, m)
		if !allNear(r.Values[0], c.want) || !slices.Equal(r.Ranks, c.ranks) {
			t.Errorf("available %v: %v ranked %v, want %v ranked %v", c.available, r.Values[0], r.Ranks, c.want, c.ranks)
		}
	}
}

func TestMeansByLevel(t *testing.T) {
	table := composite.Table{Units: []string{"a", "b", "c"}, Columns: map[string][]float64{"x": {1, 2, 3}, "y": {3, 2, 1}, "z": {2, 3, 1}}}
	m := composite.Method{
		Mean: composite.Arithmetic, LevelMeans: map[int]composite.Mean{3: composite.Geometric},
		Normalisation: composite.Normalisation{By: composite.Rank},
		Indicators:    []composite.Indicator{{Key: "x", Parent: "p", Weight: 1}, {Key: "y", Parent: "p", Weight: 3}, {Key: "z", Parent: "q", Weight: 1}},
		Aggregates:    []composite.Aggregate{{Key: "top", Weight: 1}, {Key: "p", Parent: "top", Weight: 1}, {Key: "q", Parent: "top", Weight: 1}},
	}
	r := run(t, table, m)
	if want := []float64{math.Sqrt(2.5 * 2), math.Sqrt(2 * 3), math.Sqrt(1.5 * 1)}; !allNear(r.Values[0], want) {
		t.Errorf("%v, want %v", r.Values[0], want)
	}
	m.Aggregates[1].Mean = composite.Harmonic
	r = run(t, table, m)
	if want := 4. / (1./1 + 3./3); !near(r.Values[1][0], want) || r.Aggregates[1] != "p" {
		t.Errorf("%s is %v, want p, %v", r.Aggregates[1], r.Values[1][0], want)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		key    string
		change func(*composite.Table, *composite.Method)
	}{
		{"composite.no_indicator", func(_ *composite.Table, m *composite.Method) { m.Indicators = nil }},
		{"composite.share", func(_ *composite.Table, m *composite.Method) { m.Screening.Units = 90 }},
		{"composite.choice", func(_ *composite.Table, m *composite.Method) { m.Mean = "quadratic" }},
		{"composite.choice", func(_ *composite.Table, m *composite.Method) { m.Imputation.By = "guess" }},
		{"composite.choice", func(_ *composite.Table, m *composite.Method) { m.Normalisation.By = "" }},
		{"composite.choice", func(_ *composite.Table, m *composite.Method) { m.LevelMeans = map[int]composite.Mean{2: "x"} }},
		{"composite.level", func(_ *composite.Table, m *composite.Method) {
			m.LevelMeans = map[int]composite.Mean{4: composite.Geometric}
		}},
		{"composite.target_missing", func(_ *composite.Table, m *composite.Method) {
			m.Normalisation.By, m.Indicators[2].Target = composite.Target, nan
		}},
		{"composite.target_behind", func(_ *composite.Table, m *composite.Method) {
			m.Normalisation.By, m.Indicators[2].Target = composite.Target, -1000
		}},
		{"composite.negative", func(_ *composite.Table, m *composite.Method) { m.Treatment.Winsorise = -1 }},
		{"composite.negative", func(_ *composite.Table, m *composite.Method) { m.Treatment.Skewness = -1 }},
		{"composite.not_finite", func(_ *composite.Table, m *composite.Method) { m.Treatment.Kurtosis = nan }},
		{"composite.range", func(_ *composite.Table, m *composite.Method) { m.Normalisation.High = 1 }},
		{"composite.spread", func(_ *composite.Table, m *composite.Method) { m.Normalisation.By = composite.ZScore }},
		{"composite.no_key", func(_ *composite.Table, m *composite.Method) { m.Indicators[1].Key = "" }},
		{"composite.twice", func(_ *composite.Table, m *composite.Method) { m.Indicators[1].Key = "a" }},
		{"composite.weight", func(_ *composite.Table, m *composite.Method) { m.Indicators[1].Weight = -1 }},
		{"composite.weight", func(_ *composite.Table, m *composite.Method) { m.Aggregates[1].Weight = math.Inf(1) }},
		{"composite.weightless", func(_ *composite.Table, m *composite.Method) { m.Aggregates[0].Weight, m.Aggregates[1].Weight = 0, 0 }},
		{"composite.two_roots", func(_ *composite.Table, m *composite.Method) { m.Aggregates[0].Parent = "" }},
		{"composite.parent", func(_ *composite.Table, m *composite.Method) { m.Aggregates[0].Parent = "nowhere" }},
		{"composite.parent", func(_ *composite.Table, m *composite.Method) { m.Indicators[0].Parent = "nowhere" }},
		{"composite.no_parent", func(_ *composite.Table, m *composite.Method) { m.Indicators[0].Parent = "" }},
		{"composite.circle", func(_ *composite.Table, m *composite.Method) {
			m.Aggregates[0].Parent, m.Aggregates[1].Parent = "b", "a"
		}},
		{"composite.circle", func(_ *composite.Table, m *composite.Method) { m.Aggregates[2].Parent = "a" }},
		{"composite.empty", func(_ *composite.Table, m *composite.Method) {
			m.Aggregates = append(m.Aggregates, composite.Aggregate{Key: "c", Parent: "top", Weight: 1})
		}},
		{"composite.no_column", func(_ *composite.Table, m *composite.Method) { m.Indicators[0].Denominator = "people" }},
		{"composite.no_column", func(_ *composite.Table, m *composite.Method) {
			m.Imputation = composite.Imputation{By: composite.AtMean, Group: "county"}
		}},
		{"composite.column_length", func(t *composite.Table, _ *composite.Method) { t.Columns["x0"] = t.Columns["x0"][1:] }},
		{"composite.overflow", func(t *composite.Table, _ *composite.Method) { t.Columns["x0"][3] = math.Inf(1) }},
		{"composite.too_few_units", func(t *composite.Table, _ *composite.Method) { t.Units = t.Units[:1] }},
		{"composite.screened_units", func(t *composite.Table, m *composite.Method) {
			for u := range t.Units[1:] {
				t.Columns["x1"][u] = nan
			}
			m.Screening.Units = 1
		}},
		{"composite.screened_indicators", func(t *composite.Table, m *composite.Method) {
			for _, col := range t.Columns {
				col[0] = nan
			}
			m.Screening.Indicators = 1
		}},
		{"composite.flat", func(t *composite.Table, _ *composite.Method) {
			for u := range t.Units {
				t.Columns["x1"][u] = 7
			}
		}},
		{"composite.mad", func(t *composite.Table, m *composite.Method) {
			for u := range t.Units[2:] {
				t.Columns["x1"][u] = 7
			}
			m.Normalisation = composite.Normalisation{By: composite.Robust, Spread: 1}
		}},
		{"composite.needs_positive", func(_ *composite.Table, m *composite.Method) { m.Mean, m.Normalisation.Low = composite.Geometric, 0 }},
		{"composite.needs_positive", func(_ *composite.Table, m *composite.Method) {
			m.LevelMeans = map[int]composite.Mean{3: composite.Harmonic}
			m.Normalisation = composite.Normalisation{By: composite.ZScore, Spread: 1}
		}},
	} {
		table, m := small(1, 12)
		c.change(&table, &m)
		if _, err := composite.Run(table, m); keyOf(err) != c.key {
			t.Errorf("refused by %q, want %s", keyOf(err), c.key)
		}
	}
}
