package api

import (
	"slices"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
)

type indicatorsInput struct {
	Shared
	Axis        string `query:"axis" enum:"networks,capability,dependence,help,economy,health,education,energy,transport,heritage,population"`
	Q           string `query:"q" maxLength:"200"`
	Spreadsheet bool   `query:"spreadsheet"`
}

// Indicator is an entry of the catalogue.
type Indicator struct {
	Key        string   `json:"key"`
	Name       string   `json:"name"`
	Definition string   `json:"definition"`
	Axis       string   `json:"axis"`
	Unit       string   `json:"unit"`
	Of         string   `json:"of"`
	Polarity   string   `json:"polarity" enum:"worse,better,neutral"`
	Rule       string   `json:"rule" enum:"sum,ratio,mean,medians,growth,single"`
	Proxy      bool     `json:"proxy"`
	Estimate   bool     `json:"estimate"`
	Sample     bool     `json:"sample"`
	Rounded    int      `json:"rounded"`
	Unranked   bool     `json:"unranked"`
	Complete   bool     `json:"complete"`
	Ranked     bool     `json:"ranked"`
	Period     string   `json:"period"`
	Periods    []string `json:"periods"`
	Producers  []string `json:"producers"`
	Licences   []string `json:"licences"`
	Sources    []string `json:"sources"`
	Coverage   *float64 `json:"coverage"`
}

func indicators(q *query, in *indicatorsInput) (*reply, error) {
	var defs []*indicator.Definition
	text := plain(in.Q)
	for _, d := range q.snap.Panel.Definitions() {
		words := plain(strings.Join([]string{d.Key, d.Name.FR, d.Name.EN, d.Definition.FR, d.Definition.EN}, " "))
		if (in.Axis == "" || string(d.Axis) == in.Axis) && strings.Contains(words, text) {
			defs = append(defs, d)
		}
	}
	out := make([]Indicator, len(defs))
	for i, d := range defs {
		out[i] = q.indicator(d)
	}
	lang := q.local.Lang()
	return &reply{total: len(out), value: listOf(q, out), csv: func(t *table) {
		t.row("key", "name", "definition", "axis", "unit", "of", "polarity", "rule", "numeratorText", "denominatorText",
			"proxy", "estimate", "sample", "unranked", "complete", "ranked", "periods", "producers", "licences", "sources", "coverage", "caveats")
		for i, o := range out {
			d := defs[i]
			t.row(o.Key, o.Name, o.Definition, o.Axis, o.Unit, o.Of, o.Polarity, o.Rule, d.Numerator.In(lang), d.Denominator.In(lang),
				o.Proxy, o.Estimate, o.Sample, o.Unranked, o.Complete, o.Ranked, strings.Join(o.Periods, " "), strings.Join(o.Producers, " ; "),
				strings.Join(o.Licences, " "), strings.Join(o.Sources, " "), o.Coverage, strings.Join(textsIn(lang, d.Caveats), " "))
		}
	}}, nil
}

func (q *query) indicator(d *indicator.Definition) Indicator {
	lang := q.local.Lang()
	out := Indicator{
		Key: d.Key, Name: d.Name.In(lang), Definition: d.Definition.In(lang), Axis: string(d.Axis), Unit: string(d.Unit), Of: d.Of.In(lang),
		Polarity: string(d.Polarity), Rule: string(d.Rule), Proxy: d.Proxy, Estimate: d.Estimate, Sample: d.Sample, Rounded: d.Rounded, Unranked: d.Unranked,
		Complete: d.Complete, Ranked: d.Ranked(), Period: d.Vintages[d.Latest()].Period,
		Producers: []string{}, Licences: []string{}, Sources: d.Sources,
		Coverage: coverage(d, d.Latest(), q.snap.Panel.Latest(q.country(), d)),
	}
	for _, v := range d.Vintages {
		out.Periods = append(out.Periods, v.Period)
	}
	for _, s := range q.filesOf(d) {
		out.Producers, out.Licences = with(out.Producers, s.Producer), with(out.Licences, s.Licence)
	}
	return out
}

// with adds a text that is not there yet.
func with(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

func textsIn(lang i18n.Lang, list []i18n.Text) []string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = t.In(lang)
	}
	return out
}

// country is the whole of France.
func (q *query) country() *territory.Territory { return q.france().Level(territory.Pays)[0] }

// filesOf are the published files that an indicator comes from.
func (q *query) filesOf(d *indicator.Definition) []snapshot.Source {
	var out []snapshot.Source
	for _, key := range d.Sources {
		if s, ok := q.snap.Manifest.Source(key); ok {
			out = append(out, s)
		}
	}
	return out
}

// definition finds the indicator that a path names.
func (q *query) definition(key string) (*indicator.Definition, error) {
	d, ok := q.snap.Panel.Definition(key)
	if !ok {
		return nil, fault.New(fault.NotFound, "api.error.indicator", clip(key)).In("key")
	}
	return d, nil
}

// KeyInput names an indicator.
type KeyInput struct {
	Key string `path:"key" maxLength:"100" example:"density"`
}

type indicatorInput struct {
	Shared
	KeyInput
}

// IndicatorDetail is all that is to be known of an indicator before using it.
type IndicatorDetail struct {
	Indicator
	Vintage         int                `json:"vintage"`
	RuleText        string             `json:"ruleText"`
	NumeratorText   string             `json:"numeratorText,omitempty"`
	DenominatorText string             `json:"denominatorText,omitempty"`
	Caveats         []string           `json:"caveats"`
	Vintages        []IndicatorVintage `json:"vintages"`
	Files           []Source           `json:"files"`
	Links           IndicatorLinks     `json:"links"`
}

// IndicatorVintage is an indicator at one time: how it is made and of how much of
// France.
type IndicatorVintage struct {
	Period             string   `json:"period"`
	NumeratorFormula   string   `json:"numeratorFormula,omitempty"`
	DenominatorFormula string   `json:"denominatorFormula,omitempty"`
	Years              float64  `json:"years,omitempty"`
	PublishedFor       string   `json:"publishedFor,omitempty"`
	Coverage           *float64 `json:"coverage"`
	CommunesKnown      int      `json:"communesKnown"`
	Communes           int      `json:"communes"`
}

// IndicatorLinks lead to the figures.
type IndicatorLinks struct {
	Values       string `json:"values"`
	Distribution string `json:"distribution"`
}

func indicatorDetail(q *query, in *indicatorInput) (*reply, error) {
	d, err := q.definition(in.Key)
	if err != nil {
		return nil, err
	}
	lang, base := q.local.Lang(), Prefix+"/indicators/"+d.Key
	out := IndicatorDetail{
		Indicator: q.indicator(d), Vintage: q.france().Vintage(), RuleText: q.local.T("api.rule." + string(d.Rule)),
		NumeratorText: d.Numerator.In(lang), DenominatorText: d.Denominator.In(lang), Caveats: textsIn(lang, d.Caveats), Files: []Source{},
		Links: IndicatorLinks{base + "/values?level=bv", base + "/distribution?level=bv"},
	}
	for i, v := range q.snap.Panel.Series(q.country(), d) {
		w := d.Vintages[i]
		out.Vintages = append(out.Vintages, IndicatorVintage{
			w.Period, w.Numerator, w.Denominator, w.Years, string(w.Level), coverage(d, i, v), v.Known, v.Of,
		})
	}
	for _, s := range q.filesOf(d) {
		out.Files = append(out.Files, q.source(s))
	}
	return &reply{value: out}, nil
}
