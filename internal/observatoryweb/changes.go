package observatoryweb

import (
	"bytes"
	"math"
	"net/http"
	"slices"
	"strconv"

	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/observatory"
	"bassin/internal/snapshot"
	"bassin/internal/web"
)

// changesRoutes are what changed between two vintages.
func (p *Pages) changesRoutes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/evolutions", Action: "observatory.changes", Who: web.Everyone, Handler: p.changes, Stable: true},
		{Method: http.MethodGet, Pattern: "/evolutions/csv", Action: "observatory.changes.csv", Who: web.Everyone, Handler: p.changesCSV},
	}
}

// Parameters of the changes alone.
const (
	fromParam = "de"
	toParam   = "a"
)

const moversRows = 25 // shown at each end

// changesView is what changed, or the form alone where nothing is asked for.
type changesView struct {
	Kind, Title string
	Lead        string
	Notes       []string
	Form        filterView
	Refused     *web.Notice
	Starts      []web.Anchor
	Periods     []web.Anchor
	Answer      []string
	Up, Down    *web.Table
	Aside       *asideView
	Without     string
	Redrawn     string
	Links       web.Links
	Sources     []web.Source
}

// changer answers one address of the changes.
type changer struct {
	chooser
	from, to int
}

func (p *Pages) changer(r *http.Request) *changer {
	s, l := snapshot.FromContext(r.Context()), p.Kit.Locale(r.Context())
	x := &changer{chooser: chooser{
		words: words{l, s.France}, s: s, o: p.Observatory.Of(s), query: r.URL.Query(), href: func(path string) string { return p.Kit.Href(l.Lang(), path) },
	}}
	x.read()
	d := x.indicator
	if d == nil {
		return x
	}
	x.from, x.to = 0, d.Latest()
	x.from = x.vintage(fromParam, x.from)
	x.to = x.vintage(toParam, x.to)
	if len(x.errors) == 0 && x.from >= x.to && observatory.Evolves(d) {
		x.wrong(fromParam, "changes.wrong.order", vintage(l, d.Vintages[x.from]), vintage(l, d.Vintages[x.to]))
	}
	return x
}

func (x *changer) vintage(name string, otherwise int) int {
	key := x.typed(name)
	if key == "" {
		return otherwise
	}
	i, ok := x.indicator.Vintage(key)
	if !ok {
		var have []string
		for _, v := range x.indicator.Vintages {
			have = append(have, v.Period)
		}
		x.wrong(name, "changes.wrong.period", key, x.l.List(have))
		return otherwise
	}
	return i
}

// refused says why an indicator has no changes to tell at a level, "" if it has.
func (x *changer) refused() string {
	d := x.indicator
	at := d.Vintages[d.Latest()].Level
	switch {
	case d.Unranked:
		return "changes.refused.listed"
	case d.Rule == indicator.Growth:
		return "changes.refused.growth"
	case len(d.Vintages) < 2:
		return "changes.refused.one"
	case at != "" && at != x.level:
		return "changes.refused.elsewhere"
	}
	return ""
}

func (p *Pages) changes(w http.ResponseWriter, r *http.Request) error {
	x := p.changer(r)
	view := x.view()
	page := &web.Page{
		Title: view.Title, Description: view.Lead, Template: "observatory/changes", View: view,
		Crumbs: []web.Crumb{{Text: x.l.T("hub.title"), Href: "/observatoire"}}, NoIndex: len(x.query) > 0,
	}
	if len(x.errors) > 0 || view.Refused != nil {
		page.Status = http.StatusBadRequest
	}
	return p.Kit.Page(w, r, page)
}

func (x *changer) view() *changesView {
	l, d := x.l, x.indicator
	v := &changesView{Kind: l.T("changes.kind"), Title: l.T("changes.title"), Lead: l.T("changes.lead")}
	v.Form = x.form("/evolutions", l.T("changes.show"), observatory.Evolves)
	if d == nil {
		for _, k := range x.o.Panel.Definitions() {
			if observatory.Evolves(k) && k.Vintages[k.Latest()].Level == "" {
				v.Starts = append(v.Starts, web.Anchor{Text: x.name(k), Href: "/evolutions?indicateur=" + k.Key + "&niveau=" + string(x.level)})
			}
		}
		return v
	}
	v.Title, v.Kind, v.Lead = l.T("changes.title_of", x.name(d)), l.T("changes.kind_of", x.levels(x.level)), d.Definition.In(l.Lang())
	if key := x.refused(); key != "" {
		v.Refused = &web.Notice{Kind: web.Attention, Title: l.T("changes.refused.title", x.name(d)), Text: l.T(key)}
		return v
	}
	for i := range d.Latest() {
		v.Periods = append(v.Periods, web.Anchor{
			Text: l.T("changes.period", vintage(l, d.Vintages[i]), vintage(l, d.Vintages[d.Latest()])), Current: i == x.from && x.to == d.Latest(),
			Href: x.address("/evolutions", fromParam, d.Vintages[i].Period, toParam, ""),
		})
	}
	if len(v.Periods) == 1 {
		v.Periods = nil
	}
	if len(x.errors) == 0 {
		x.fill(v, x.o.Evolve(x.level, d, x.from, x.to, x.filter))
	}
	return v
}

func (x *changer) fill(v *changesView, e *observatory.Evolution) {
	l, d := x.l, x.indicator
	v.Notes = x.about(d)
	from, to := vintage(l, d.Vintages[x.from]), vintage(l, d.Vintages[x.to])
	var up, down []observatory.Move
	redrawn := 0
	for _, m := range e.Moves {
		switch {
		case m.By > 0:
			up = append(up, m)
		case m.By < 0:
			down = append(down, m)
		}
	}
	slices.Reverse(down)
	if len(e.Moves) > 0 {
		v.Answer = append(v.Answer, l.T("changes.answer", from, to, len(up), len(down), len(e.Moves), x.by(e, e.Median)))
	} else {
		v.Answer = append(v.Answer, l.T("changes.none"))
	}
	if s := x.said(); s != "" {
		v.Answer = append(v.Answer, l.T("ranking.filtered", s))
	}
	v.Up = x.table(e, "t-hausse", l.T("changes.up", min(len(up), moversRows)), up[:min(len(up), moversRows)], &redrawn)
	v.Down = x.table(e, "t-baisse", l.T("changes.down", min(len(down), moversRows)), down[:min(len(down), moversRows)], &redrawn)
	if len(e.Aside) > 0 {
		shown := e.Aside[:min(len(e.Aside), moversRows)]
		v.Aside = &asideView{Summary: l.T("ranking.aside.title", len(e.Aside)), Text: l.T("changes.aside", indicator.Least)}
		v.Aside.Table = *x.table(e, "t-apart", l.T("ranking.aside.caption", x.name(d)), shown, &redrawn)
		if len(e.Aside) > moversRows {
			v.Aside.Table.Note = l.T("ranking.aside.first", moversRows)
		}
	}
	if redrawn > 0 {
		v.Redrawn = l.T("changes.redrawn.note")
	}
	if e.Without > 0 {
		v.Without = l.T("changes.without", e.Without)
	}
	v.Links = web.Links{Label: l.T("ranking.links"), Items: []web.Anchor{
		{Text: l.T("changes.csv"), Href: x.address("/evolutions/csv"), Icon: "down"}, {Text: l.T("ranking.method"), Href: "/indicateurs/" + d.Key, Icon: "info"},
	}}
	v.Sources = sourcesOf(l, x.s, d)
}

// by writes a change: in points, or in percent.
func (x *changer) by(e *observatory.Evolution, change float64) string {
	if math.IsNaN(change) {
		return "–"
	}
	if e.Points {
		return x.l.T("changes.points", signed(x.l, change, 1))
	}
	return x.l.Change(change, 1)
}

// table lists moves; those whose perimeter changed are marked and counted. It is
// nil for none.
func (x *changer) table(e *observatory.Evolution, id, caption string, moves []observatory.Move, redrawn *int) *web.Table {
	if len(moves) == 0 {
		return nil
	}
	l, d := x.l, x.indicator
	from, to := d.Vintages[x.from].Period, d.Vintages[x.to].Period
	t := &web.Table{ID: id, Caption: caption, Columns: []web.Column{
		{Title: i18n.Upper(x.words.level(x.level, 1))}, {Title: l.T("changes.column.change"), Numeric: true}, {Title: period(l, from), Numeric: true}, {Title: period(l, to), Numeric: true}, {Title: l.T("ranking.column.population"), Numeric: true},
	}}
	for _, m := range moves {
		name := web.Cell{Text: x.short(m.Territory), Href: m.Territory.Path(), Note: x.lies(m.Territory)}
		if n := x.o.Redrawn(m.Territory, from, to); n > 0 {
			*redrawn++
			name.Marks = []web.Mark{{Text: l.T("changes.redrawn", n), Attention: true}}
		}
		people := web.Cell{Text: "–"}
		if n, known := m.Territory.Population(); known {
			people.Text = l.Number(n)
		}
		t.Rows = append(t.Rows, []web.Cell{name, {Text: x.by(e, m.By)}, {Text: amount(l, d, m.Then)}, {Text: amount(l, d, m.Now)}, people})
	}
	return t
}

// changesCSV is every change under the filters of the address.
func (p *Pages) changesCSV(w http.ResponseWriter, r *http.Request) error {
	x := p.changer(r)
	d := x.indicator
	if d == nil || len(x.errors) > 0 || x.refused() != "" {
		return p.Kit.Redirect(w, r, x.address("/evolutions"), http.StatusSeeOther)
	}
	e := x.o.Evolve(x.level, d, x.from, x.to, x.filter)
	from, to := d.Vintages[x.from].Period, d.Vintages[x.to].Period
	change := "change_share"
	if e.Points {
		change = "change_points"
	}
	var b bytes.Buffer
	head := []string{"id", "name", "departement", d.Key + "_" + from, d.Key + "_" + to, change, "apart", "communes_redrawn"}
	err := web.WriteCSV(&b, x.l, head, func(write func([]string)) {
		for i, moves := range [][]observatory.Move{e.Moves, e.Aside} {
			for _, m := range moves {
				write([]string{
					m.Territory.ID.String(), web.Harmless(x.heading(m.Territory)), web.Harmless(x.lies(m.Territory)),
					number(x.l, m.Then), number(x.l, m.Now), number(x.l, m.By), strconv.Itoa(i), strconv.Itoa(x.o.Redrawn(m.Territory, from, to)),
				})
			}
		}
	})
	if err != nil {
		return err
	}
	return sendCSV(w, r, "evolutions-"+d.Key+"-"+string(x.level), b.Bytes())
}
