package api

import (
	"slices"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/indicator"
	"bassin/internal/territory"
)

// AcrossInput names an indicator and a level. Priority districts are left out: no
// figure of a commune is theirs.
type AcrossInput struct {
	Shared
	KeyInput
	Level       string `query:"level" required:"true" enum:"arm,commune,cv,uu,bv,ept,epci,ti,aav,ze,arr,dep,reg,pays" example:"bv"`
	Period      string `query:"period" maxLength:"20"`
	Spreadsheet bool   `query:"spreadsheet"`
}

// across adds up the vintage asked for, the latest by default, over the level.
func (q *query) across(in *AcrossInput) (*indicator.Across, error) {
	d, err := q.definition(in.Key)
	if err != nil {
		return nil, err
	}
	vintage := d.Latest()
	if in.Period != "" {
		var ok bool
		if vintage, ok = d.Vintage(in.Period); !ok {
			var have []string
			for _, v := range d.Vintages {
				have = append(have, v.Period)
			}
			return nil, fault.New(fault.Invalid, "api.error.period", clip(in.Period), strings.Join(have, ", ")).In("period")
		}
	}
	return q.snap.Panel.Across(territory.Level(in.Level), d, vintage), nil
}

type valuesInput struct {
	AcrossInput
	Dep    string `query:"dep" maxLength:"3" example:"22"`
	Reg    string `query:"reg" maxLength:"3" example:"53"`
	Limit  int    `query:"limit" minimum:"1" maximum:"40000"`
	Cursor string `query:"cursor" maxLength:"50"`
}

// Values are an indicator over the territories of a level.
type Values struct {
	Page[LevelValue]
	Indicator string   `json:"indicator"`
	Level     string   `json:"level"`
	Period    string   `json:"period"`
	Unit      string   `json:"unit"`
	Sources   []string `json:"sources"`
}

// LevelValue is the figure of one territory.
type LevelValue struct {
	ID          string   `json:"id"`
	Code        string   `json:"code"`
	Name        string   `json:"name"`
	Value       *float64 `json:"value"`
	State       string   `json:"state" enum:"whole,partial,withheld,absent,not_additive,too_small"`
	Imprecise   bool     `json:"imprecise"`
	Numerator   *float64 `json:"numerator"`
	Denominator *float64 `json:"denominator"`
	Coverage    *float64 `json:"coverage"`
}

func levelValues(q *query, in *valuesInput) (*reply, error) {
	a, err := q.across(&in.AcrossInput)
	if err != nil {
		return nil, err
	}
	within, err := q.within(in.Dep, in.Reg)
	if err != nil {
		return nil, err
	}
	after := ""
	if in.Cursor != "" {
		id, ok := territory.ParseID(in.Cursor)
		if !ok || string(id.Level) != in.Level {
			return nil, fault.New(fault.Invalid, "api.error.cursor").In("cursor")
		}
		after = id.Code
	}
	v := a.Definition.Vintages[a.Vintage]
	out := Values{Indicator: in.Key, Level: in.Level, Period: v.Period, Unit: string(a.Definition.Unit), Sources: a.Definition.Sources}
	r := &reply{}
	for i, t := range a.Territories {
		if !within(t) {
			continue
		}
		out.Total++
		switch {
		case t.Code <= after:
		case in.Limit == 0 || len(out.Items) < in.Limit:
			out.Items = append(out.Items, levelValue(a, i))
		case out.Next == nil:
			next := nextPage(q.address, out.Items[len(out.Items)-1].ID)
			out.Next, r.next = &next, next
		}
	}
	out.Vintage, out.Items = q.france().Vintage(), listOf(q, out.Items).Items
	r.value, r.total = out, out.Total
	r.csv = func(s *table) {
		s.row("id", "code", "name", "value", "state", "imprecise", "numerator", "denominator", "coverage")
		for _, o := range out.Items {
			s.row(o.ID, o.Code, o.Name, o.Value, o.State, o.Imprecise, o.Numerator, o.Denominator, o.Coverage)
		}
	}
	return r, nil
}

func levelValue(a *indicator.Across, i int) LevelValue {
	t := a.Territories[i]
	o := LevelValue{
		ID: t.ID.String(), Code: t.Code, Name: t.Name, Value: known(a.Values[i]), State: stateKey(a.States[i]), Imprecise: a.Imprecise(i),
		Numerator: known(a.Numerators[i]),
	}
	if a.Denominators != nil && o.Value != nil {
		o.Denominator = known(a.Denominators[i])
	}
	o.Coverage = coverage(a.Definition, a.Vintage, indicator.Value{State: a.States[i], Coverage: a.Coverage[i]})
	return o
}

// within tells the territories that have a commune in a département or a région,
// every one where none is named.
func (q *query) within(dep, reg string) (func(*territory.Territory) bool, error) {
	f := q.france()
	for _, c := range []struct {
		level            territory.Level
		code, field, key string
	}{{territory.Departement, dep, "dep", "api.error.dep"}, {territory.Region, reg, "reg", "api.error.reg"}} {
		if _, ok := f.Territory(territory.ID{Level: c.level, Code: c.code}); !ok && c.code != "" {
			return nil, fault.New(fault.Invalid, c.key, c.code).In(c.field)
		}
	}
	return func(t *territory.Territory) bool {
		return (dep == "" || touches(f, t, dep)) &&
			(reg == "" || slices.ContainsFunc(t.Communes(), func(n int32) bool { return f.Commune(n).Region == reg }))
	}, nil
}
