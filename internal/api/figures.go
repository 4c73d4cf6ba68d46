package api

import (
	"math"
	"slices"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/indicator"
)

// Figure is an indicator over a territory at one time.
type Figure struct {
	Key           string   `json:"key"`
	Name          string   `json:"name"`
	Period        string   `json:"period"`
	Value         *float64 `json:"value"`
	Unit          string   `json:"unit"`
	State         string   `json:"state" enum:"whole,partial,withheld,absent,not_additive,too_small"`
	Imprecise     bool     `json:"imprecise"`
	Numerator     *float64 `json:"numerator"`
	Denominator   *float64 `json:"denominator"`
	Coverage      *float64 `json:"coverage"`
	CommunesKnown int      `json:"communesKnown"`
	Communes      int      `json:"communes"`
	Sources       []string `json:"sources"`
}

// stateKey names a state for programs.
func stateKey(s indicator.State) string {
	switch s {
	case indicator.Whole:
		return "whole"
	case indicator.Partial:
		return "partial"
	case indicator.Withheld:
		return "withheld"
	case indicator.NotAdditive:
		return "not_additive"
	case indicator.TooSmall:
		return "too_small"
	}
	return "absent"
}

// known is a number that JSON can hold: none for NaN.
func known(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	return &x
}

// coverage is that of a value, none where there are no communes to speak of.
func coverage(d *indicator.Definition, vintage int, v indicator.Value) *float64 {
	if v.State == indicator.TooSmall || d.Vintages[vintage].Level != "" {
		return nil
	}
	return &v.Coverage
}

func (q *query) figure(d *indicator.Definition, vintage int, v indicator.Value) Figure {
	return Figure{
		Key: d.Key, Name: d.Name.In(q.local.Lang()), Period: d.Vintages[vintage].Period, Value: known(v.Value), Unit: string(d.Unit),
		State: stateKey(v.State), Imprecise: v.Imprecise, Numerator: known(v.Numerator), Denominator: known(v.Denominator),
		Coverage: coverage(d, vintage, v), CommunesKnown: v.Known, Communes: v.Of, Sources: d.Sources,
	}
}

// figuresReply answers figures in every form.
func (q *query) figuresReply(out []Figure) *reply {
	return &reply{total: len(out), value: listOf(q, out), csv: func(t *table) {
		t.row("key", "name", "period", "value", "unit", "state", "imprecise", "numerator", "denominator", "coverage", "communesKnown", "communes", "sources")
		for _, o := range out {
			t.row(o.Key, o.Name, o.Period, o.Value, o.Unit, o.State, o.Imprecise, o.Numerator, o.Denominator, o.Coverage, o.CommunesKnown, o.Communes,
				strings.Join(o.Sources, " "))
		}
	}}
}

type figuresInput struct {
	SheetInput
	Axis string `query:"axis" enum:"networks,capability,dependence,help,economy,health,education,energy,transport,heritage,population"`
	Keys string `query:"keys" maxLength:"10000" example:"population,density"`
}

// figures are the latest values of a territory.
func figures(q *query, in *figuresInput) (*reply, error) {
	t, err := q.resolve(in.ID)
	if err != nil {
		return nil, err
	}
	var wanted []string
	if in.Keys != "" {
		for key := range strings.SplitSeq(in.Keys, ",") {
			d, err := q.definition(strings.TrimSpace(key))
			if err != nil {
				return nil, fault.New(fault.Invalid, "api.error.indicator", clip(key)).In("keys")
			}
			wanted = append(wanted, d.Key)
		}
	}
	var out []Figure
	for i, v := range q.snap.Panel.All(t) {
		d := q.snap.Panel.Definitions()[i]
		if (in.Axis == "" || string(d.Axis) == in.Axis) && (wanted == nil || slices.Contains(wanted, d.Key)) {
			out = append(out, q.figure(d, d.Latest(), v))
		}
	}
	return q.figuresReply(out), nil
}

type seriesInput struct {
	SheetInput
	KeyInput
}

// series are all vintages of an indicator over a territory, the oldest first.
func series(q *query, in *seriesInput) (*reply, error) {
	d, err := q.definition(in.Key)
	if err != nil {
		return nil, err
	}
	t, err := q.resolve(in.ID)
	if err != nil {
		return nil, err
	}
	var out []Figure
	for i, v := range q.snap.Panel.Series(t, d) {
		out = append(out, q.figure(d, i, v))
	}
	return q.figuresReply(out), nil
}
