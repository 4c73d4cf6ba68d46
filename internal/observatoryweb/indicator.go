package observatoryweb

import (
	"math"
	"net/http"
	"slices"
	"strconv"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/observatory"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// indicatorView is all that is to be known of an indicator.
type indicatorView struct {
	Axis, Title, Definition string
	AxisHref                string
	Marks                   []web.Mark
	France                  *web.Figure
	Line                    *web.Line
	Making                  []web.Fact
	Formulas                []formulaView
	Vintages                web.Table
	Coverage                []string
	Spread                  *web.Table
	Strip                   *web.Strip
	High, Low               *web.Table
	NoExtremes              string
	Caveats                 []string
	Meanings                []legendLine
	Sources                 []web.Source
	Links                   web.Links
}

// formulaView is a vintage as it is computed, in the words of the manifest.
type formulaView struct{ Period, Numerator, Denominator, Note string }

func (p *Pages) indicator(w http.ResponseWriter, r *http.Request) error {
	s, l := snapshot.FromContext(r.Context()), p.Kit.Locale(r.Context())
	key := r.PathValue("key")
	d, ok := s.Panel.Definition(key)
	if !ok {
		return fault.New(fault.NotFound, "catalogue.unknown", cut(key, 60))
	}
	x := describer{words{l, s.France}, s, p.Observatory.Of(s), d}
	view := x.view()
	return p.Kit.Page(w, r, &web.Page{
		Title: view.Title, Description: view.Definition, Template: "observatory/indicator", View: view,
		Crumbs: []web.Crumb{{Text: l.T("hub.title"), Href: "/observatoire"}, {Text: l.T("catalogue.title"), Href: "/indicateurs"}},
	})
}

// cut shortens what somebody typed.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// describer lays the page of an indicator out.
type describer struct {
	words
	s *snapshot.Snapshot
	o *observatory.Observatory
	d *indicator.Definition
}

func (x describer) view() *indicatorView {
	l, d := x.l, x.d
	v := &indicatorView{
		Axis: l.T("observatory.axis." + string(d.Axis)), AxisHref: "/indicateurs?axe=" + string(d.Axis), Title: x.name(d), Definition: d.Definition.In(l.Lang()),
		Marks: x.marksOf(d), Sources: sourcesOf(l, x.s, d), Making: x.making(),
	}
	for _, m := range marks {
		if m.on(d) && m.key != "series" {
			v.Meanings = append(v.Meanings, legendLine{web.Mark{Text: l.T("catalogue.mark." + m.key), Attention: m.attention}, l.T("catalogue.means." + m.key)})
		}
	}
	for _, c := range d.Caveats {
		v.Caveats = append(v.Caveats, c.In(l.Lang()))
	}
	x.france(v)
	x.formulas(v)
	v.Coverage = x.coverage()
	x.spreads(v)
	x.extremes(v)
	v.Links = web.Links{Label: l.T("ranking.links")}
	add := func(key, href, icon string) {
		v.Links.Items = append(v.Links.Items, web.Anchor{Text: l.T(key), Href: href, Icon: icon})
	}
	if d.Ranked() {
		add("catalogue.link.ranking", "/classement?indicateur="+d.Key+"&niveau=bv", "table")
	}
	if at := d.Vintages[d.Latest()].Level; at == "" && d.Rule != indicator.Single {
		add("catalogue.link.explorer", "/explorer?niveau=bv&indicateur="+d.Key, "map")
	}
	if observatory.Evolves(d) {
		add("catalogue.link.changes", "/evolutions?indicateur="+d.Key+"&niveau="+string(x.level()), "chart")
	}
	add("catalogue.link.values", api(l, "/api/v1/indicators/"+d.Key+"/values?level="+string(x.level())+"&format=csv"), "down")
	add("catalogue.link.api", api(l, "/api/v1/indicators/"+d.Key), "server")
	return v
}

// level is the one whose figures are offered: that of publication, else basins.
func (x describer) level() territory.Level {
	if at := x.d.Vintages[x.d.Latest()].Level; at != "" {
		return at
	}
	return territory.BassinDeVie
}

func (x describer) making() []web.Fact {
	l, d := x.l, x.d
	out := []web.Fact{{Term: l.T("catalogue.fact.unit"), Text: i18n.Upper(x.unit(d))}, {Term: l.T("catalogue.fact.rule"), Text: l.T("catalogue.rule." + string(d.Rule))}}
	if s := d.Numerator.In(l.Lang()); s != "" {
		out = append(out, web.Fact{Term: l.T("catalogue.fact.numerator"), Text: i18n.Upper(s)})
	}
	if s := d.Denominator.In(l.Lang()); s != "" {
		out = append(out, web.Fact{Term: l.T("catalogue.fact.denominator"), Text: i18n.Upper(s)})
	}
	return append(out, web.Fact{Term: l.T("catalogue.fact.polarity"), Text: l.T("catalogue.polarity." + string(d.Polarity))},
		web.Fact{Term: l.T("catalogue.fact.dates"), Text: i18n.Upper(x.dates(d))}, web.Fact{Term: l.T("catalogue.fact.key"), Text: d.Key})
}

// country is France, of the 101 départements.
func (x describer) country() *territory.Territory { return x.f.Level(territory.Pays)[0] }

// france is the value of the country and its series.
func (x describer) france(v *indicatorView) {
	l, d := x.l, x.d
	series := x.o.Panel.Series(x.country(), d)
	now := series[d.Latest()]
	v.France = &web.Figure{ID: "france-valeur", Sentence: l.T("catalogue.france", vintage(l, d.Vintages[d.Latest()]))}
	if now.Shown() {
		v.France.Value, v.France.Unit = amount(l, d, now.Value), perWhat(l, d)
		if name, ok := x.counts(d); ok && d.Rule != indicator.Growth {
			v.France.Note = l.T("catalogue.france.count", i18n.Upper(name), whole(now.Numerator))
		}
		if now.State == indicator.Partial {
			v.France.Note = joined([]string{l.T("diagnosis.reserve.partial", l.Percent(floored(now.Coverage), 0), now.Known, now.Of), v.France.Note})
		}
	} else {
		v.France.Sentence = l.T("catalogue.france.none", x.state(now.State))
		if at := d.Vintages[d.Latest()].Level; at != "" {
			v.France.Sentence = l.T("catalogue.france.elsewhere", x.words.level(at, 2))
		}
	}
	line := web.Line{ID: "serie", Title: l.T("catalogue.series", x.name(d)), Format: stripFormat(d), Unit: x.unit(d)}
	var points []web.Point
	for i, y := range series {
		year, err := strconv.Atoi(d.Vintages[i].Period)
		if err == nil && y.State == indicator.Whole {
			points = append(points, web.Point{Year: year, Value: y.Value})
		}
	}
	if line.Series = []web.Series{{Label: "France", Points: points}}; len(points) > 2 {
		v.Line = &line
	}
	v.Vintages = web.Table{ID: "t-dates", Caption: l.T("catalogue.vintages"), Quiet: true, Columns: []web.Column{
		{Title: l.T("catalogue.column.date")}, {Title: l.T("catalogue.column.france"), Numeric: true}, {Title: l.T("catalogue.column.coverage"), Numeric: true}, {Title: l.T("catalogue.column.communes"), Numeric: true},
	}}
	for i, y := range slices.Backward(series) {
		row := []web.Cell{{Text: i18n.Upper(vintage(l, d.Vintages[i]))}, {Text: amount(l, d, y.Value)}, {Text: l.Percent(floored(y.Coverage), 0)}, {Text: l.T("catalogue.communes_of", y.Known, y.Of)}}
		if at := d.Vintages[i].Level; at != "" {
			row[2].Text, row[3].Text = "–", l.T("catalogue.published_for", x.published(at, i), x.words.level(at, 2))
		}
		if !y.Shown() && d.Vintages[i].Level == "" {
			row[1].Text = x.state(y.State)
		}
		v.Vintages.Rows = append(v.Vintages.Rows, row)
	}
}

// published is how many territories of a level have a value of their own.
func (x describer) published(at territory.Level, vintage int) int {
	n := 0
	for _, value := range x.o.Panel.Across(at, x.d, vintage).Values {
		if value == value {
			n++
		}
	}
	return n
}

// floored never says that all is covered when a part is not.
func floored(share float64) float64 { return math.Floor(100*share+1e-9) / 100 }

func (x describer) formulas(v *indicatorView) {
	for _, y := range slices.Backward(x.d.Vintages) {
		f := formulaView{Period: i18n.Upper(vintage(x.l, y)), Numerator: y.Numerator, Denominator: y.Denominator}
		if y.Years > 0 {
			f.Note = x.l.T("catalogue.formula.years", x.l.Decimal(y.Years, 0))
		}
		if y.Level != "" {
			f.Note = x.l.T("catalogue.formula.published", x.words.level(y.Level, 2))
		}
		v.Formulas = append(v.Formulas, f)
	}
}

// coverage says of whom the latest vintage speaks, and where it is silent.
func (x describer) coverage() []string {
	l, d := x.l, x.d
	if d.Vintages[d.Latest()].Level != "" {
		return nil
	}
	now := x.o.Panel.Latest(x.country(), d)
	out := []string{l.T("catalogue.coverage", l.Percent(floored(now.Coverage), 0), now.Known, now.Of)}
	var silent, part []string
	for _, r := range x.f.Level(territory.Region) {
		if r.Zone == "com" {
			continue
		}
		switch y := x.o.Panel.Latest(r, d); {
		case y.Known == 0:
			silent = append(silent, r.Name)
		case y.Coverage < indicator.Enough:
			part = append(part, l.T("catalogue.coverage.part", r.Name, l.Percent(floored(y.Coverage), 0)))
		}
	}
	if len(silent) > 0 {
		out = append(out, l.T("catalogue.coverage.none", l.List(silent)))
	}
	if len(part) > 0 {
		out = append(out, l.T("catalogue.coverage.some", l.List(part)))
	}
	return out
}

// spreadLevels are those whose distribution is told.
var spreadLevels = []territory.Level{territory.Commune, territory.BassinDeVie, territory.EPCI, territory.Departement, territory.Region}

// spreads tells how values lie at each level.
func (x describer) spreads(v *indicatorView) {
	l, d := x.l, x.d
	if d.Unranked {
		return
	}
	levels := spreadLevels
	if at := d.Vintages[d.Latest()].Level; at != "" {
		levels = []territory.Level{at}
	}
	t := &web.Table{ID: "t-repartition", Caption: l.T("catalogue.spread"), Quiet: true, Columns: []web.Column{{Title: l.T("ranking.form.niveau")}}}
	for _, key := range []string{"number", "min", "d1", "median", "d9", "max"} {
		t.Columns = append(t.Columns, web.Column{Title: l.T("catalogue.column." + key), Numeric: true})
	}
	for _, level := range levels {
		values := indicator.NewDistribution(x.o.Panel.Across(level, d, d.Latest()).Solid(), nil)
		if values.Len() < 2 {
			continue
		}
		row := []web.Cell{{Text: i18n.Upper(x.words.level(level, 2))}, {Text: l.Number(values.Len())}}
		for _, q := range []float64{0, 0.1, 0.5, 0.9, 1} {
			row = append(row, web.Cell{Text: amount(l, d, values.Quantile(q))})
		}
		t.Rows = append(t.Rows, row)
		if now := x.o.Panel.Latest(x.country(), d); level == territory.BassinDeVie && d.Ranked() && now.Shown() {
			v.Strip = &web.Strip{
				ID: "bassins", Title: l.T("catalogue.strip", x.name(d), values.Len()), Own: now.Value, Label: "France", Others: values.Values(),
				Peers: l.T("catalogue.strip.peers", values.Len()), Format: stripFormat(d), Unit: x.unit(d),
			}
		}
	}
	if len(t.Rows) > 0 {
		v.Spread = t
	}
}

const extremeRows = 10

// extremes are the basins where the value is highest and lowest, solid ones only.
func (x describer) extremes(v *indicatorView) {
	l, d := x.l, x.d
	if why := observatory.Refusal(d, territory.BassinDeVie); why != observatory.IsRanked {
		v.NoExtremes = l.T("ranking.refused." + string(why))
		return
	}
	k := x.o.Rank(territory.BassinDeVie, d, observatory.Filter{}, true)
	if len(k.Rows) < 2*extremeRows {
		return
	}
	table := func(id, key string, rows []observatory.Row) *web.Table {
		t := &web.Table{ID: id, Caption: l.T(key), Columns: []web.Column{{Title: i18n.Upper(x.words.level(territory.BassinDeVie, 1))}, {Title: i18n.Upper(x.unit(d)), Numeric: true}, {Title: l.T("ranking.column.population"), Numeric: true}}}
		for _, r := range rows {
			n, _ := r.Territory.Population()
			t.Rows = append(t.Rows, []web.Cell{{Text: x.short(r.Territory), Href: r.Territory.Path(), Note: x.lies(r.Territory)}, {Text: amount(l, d, r.Value)}, {Text: l.Number(n)}})
		}
		return t
	}
	v.High = table("t-haut", "catalogue.highest", k.Rows[:extremeRows])
	low := slices.Clone(k.Rows[len(k.Rows)-extremeRows:])
	slices.Reverse(low)
	v.Low = table("t-bas", "catalogue.lowest", low)
}
