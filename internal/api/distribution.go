package api

import (
	"math"

	"bassin/internal/fault"
	"bassin/internal/indicator"
	"bassin/internal/territory"
)

type distributionInput struct {
	AcrossInput
	Territory string `query:"territory" maxLength:"24000" example:"bv:22113"`
}

// Distribution is how an indicator spreads over the territories of a level. Values
// that are partial or imprecise are counted and left out of the comparison.
type Distribution struct {
	Indicator    string   `json:"indicator"`
	Level        string   `json:"level"`
	Period       string   `json:"period"`
	Unit         string   `json:"unit"`
	Sources      []string `json:"sources"`
	Vintage      int      `json:"vintage"`
	Total        int      `json:"total"`
	N            int      `json:"n"`
	Missing      int      `json:"missing"`
	Imprecise    int      `json:"imprecise"`
	Partial      int      `json:"partial"`
	Min          *float64 `json:"min"`
	P10          *float64 `json:"p10"`
	P25          *float64 `json:"p25"`
	Median       *float64 `json:"median"`
	P75          *float64 `json:"p75"`
	P90          *float64 `json:"p90"`
	Max          *float64 `json:"max"`
	Mean         *float64 `json:"mean"`
	MeanWeighted bool     `json:"meanWeighted"`
	Place        *Rank    `json:"place,omitempty"`
}

// Rank is the place of a territory among those of a level.
type Rank struct {
	ID         string   `json:"id"`
	Name       string   `json:"name"`
	Figure     Figure   `json:"figure"`
	Rank       *int     `json:"rank"`
	Among      *int     `json:"among"`
	Percentile *float64 `json:"percentile"`
}

func distribution(q *query, in *distributionInput) (*reply, error) {
	a, err := q.across(&in.AcrossInput)
	if err != nil {
		return nil, err
	}
	solid := a.Solid()
	spread := indicator.NewDistribution(solid, nil)
	out := Distribution{
		Indicator: in.Key, Level: in.Level, Period: a.Definition.Vintages[a.Vintage].Period, Unit: string(a.Definition.Unit),
		Sources: a.Definition.Sources, Vintage: q.france().Vintage(), Total: len(solid), N: spread.Len(),
		Min: known(spread.Quantile(0)), P10: known(spread.Quantile(0.1)), P25: known(spread.Quantile(0.25)), Median: known(spread.Quantile(0.5)),
		P75: known(spread.Quantile(0.75)), P90: known(spread.Quantile(0.9)), Max: known(spread.Quantile(1)),
		Mean: known(mean(a, solid)), MeanWeighted: a.Denominators != nil,
	}
	for i, s := range a.States {
		switch {
		case s == indicator.Partial:
			out.Partial++
		case math.IsNaN(a.Values[i]):
			out.Missing++
		case a.Imprecise(i):
			out.Imprecise++
		}
	}
	if in.Territory != "" {
		if out.Place, err = q.rank(in, a, spread); err != nil {
			return nil, err
		}
	}
	return &reply{value: out, csv: func(t *table) {
		head := []any{"indicator", "level", "period", "unit", "total", "n", "missing", "imprecise", "partial", "min", "p10", "p25", "median", "p75", "p90", "max", "mean"}
		cells := []any{
			out.Indicator, out.Level, out.Period, out.Unit, out.Total, out.N, out.Missing, out.Imprecise, out.Partial,
			out.Min, out.P10, out.P25, out.Median, out.P75, out.P90, out.Max, out.Mean,
		}
		if p := out.Place; p != nil {
			head = append(head, "territory", "value", "state", "rank", "among", "percentile")
			cells = append(cells, p.ID, p.Figure.Value, p.Figure.State, p.Rank, p.Among, p.Percentile)
		}
		t.row(head...)
		t.row(cells...)
	}}, nil
}

// mean is the figure of the territories compared, taken together: each counts for
// its denominator. Totals, which have none, count alike.
func mean(a *indicator.Across, solid []float64) float64 {
	var sum, weights float64
	for i, x := range solid {
		switch {
		case math.IsNaN(x):
		case a.Denominators == nil:
			sum, weights = sum+x, weights+1
		default:
			sum, weights = sum+x*a.Denominators[i], weights+a.Denominators[i]
		}
	}
	return sum / weights
}

// rank places a territory: 1 is the highest value. A value that may not be
// compared has no rank.
func (q *query) rank(in *distributionInput, a *indicator.Across, spread indicator.Distribution) (*Rank, error) {
	d := a.Definition
	switch {
	case d.Unranked:
		return nil, fault.New(fault.Invalid, "api.error.unranked", d.Name.In(q.local.Lang())).In("territory")
	case d.Rule == indicator.Single:
		return nil, fault.New(fault.Invalid, "api.error.unranked.single", d.Name.In(q.local.Lang())).In("territory")
	case !d.Ranked():
		return nil, fault.New(fault.Invalid, "api.error.unranked.count", d.Name.In(q.local.Lang())).In("territory")
	}
	t, err := q.resolveIn("territory", in.Territory)
	if err != nil {
		return nil, err
	}
	if t.Level != territory.Level(in.Level) && t.Level != territory.Custom {
		return nil, fault.New(fault.Invalid, "api.error.other_level", t.ID.String(), in.Level).In("territory")
	}
	v := q.snap.Panel.At(t, d, a.Vintage)
	out := &Rank{ID: t.ID.String(), Name: q.territory(t).Name, Figure: q.figure(d, a.Vintage, v)}
	if v.State != indicator.Whole || v.Imprecise || spread.Len() == 0 {
		return out, nil
	}
	below, above := spread.Below(v.Value)
	rank, among := above+1, spread.Len()
	out.Rank, out.Among = &rank, &among
	// Half of those alike are counted below, so that the median is 50.
	out.Percentile = known(100 * (float64(below) + float64(among-below-above)/2) / float64(among))
	return out, nil
}
