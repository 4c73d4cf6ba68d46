package observatoryweb

import (
	"net/http"
	"net/url"
	"slices"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/observatory"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// figuresRoutes are every indicator of a territory, one pattern a level.
func (p *Pages) figuresRoutes() []web.Route {
	var out []web.Route
	for _, l := range append(slices.Clone(territory.Levels), territory.Custom) {
		out = append(out, web.Route{
			Method: http.MethodGet, Pattern: "/" + string(l) + "/{code}/indicateurs", Action: "observatory.figures." + string(l), Who: web.Everyone,
			Stable:  l != territory.Custom, // a set's address may not be kept yet
			Handler: func(w http.ResponseWriter, r *http.Request) error { return p.figures(w, r, l) },
		})
	}
	return out
}

// everyAxis is the value of the parameter that opens them all.
const everyAxis = "tous"

// figuresView is the indicators of a territory, axis by axis.
type figuresView struct {
	Kind, Title string
	Lead        []string
	Axes        []figuresAxis
	Ways        []web.Anchor // to each axis alone
	Links       web.Links
	None        []string // instead of figures, where no figure is published
	Instead     []web.Anchor
	Sources     []web.Source
}

type figuresAxis struct {
	ID, Title string
	Main      string // its main figures in a line
	Open      bool
	Alone     bool
	Table     web.Table
}

func (p *Pages) figures(w http.ResponseWriter, r *http.Request, level territory.Level) error {
	t, self, err := p.visited(r, level)
	if err != nil {
		return err
	}
	if self == "" {
		return p.Kit.Redirect(w, r, t.Path()+"/indicateurs", http.StatusMovedPermanently)
	}
	s, l := snapshot.FromContext(r.Context()), p.Kit.Locale(r.Context())
	axis := r.URL.Query().Get("axe")
	if axis != "" && axis != everyAxis && !isAxis(axis) {
		return fault.New(fault.NotFound, "figures.no_axis", cut(axis, 60))
	}
	x := figurer{words: words{l, s.France}, s: s, o: p.Observatory.Of(s), t: t, self: self, axis: axis, id: t.ID.String()}
	if t.Level == territory.Custom {
		x.id = r.PathValue("code")
	}
	view := x.view()
	return p.Kit.Page(w, r, &web.Page{
		Title: l.T("figures.title", view.Title), Description: joined(slices.Concat(view.Lead, view.None)), Template: "observatory/figures", View: view,
		Crumbs:    web.TerritoryCrumbs(l, s.France, t),
		Territory: &web.Context{Name: view.Title, Kind: naming.Kind(l, t), Href: self},
		NoIndex:   t.Level == territory.Custom || axis != "",
	})
}

// figurer lays out every indicator of a territory.
type figurer struct {
	words
	s    *snapshot.Snapshot
	o    *observatory.Observatory
	t    *territory.Territory
	self string // path of its page
	axis string
	id   string // as programs name it
}

func (x figurer) view() *figuresView {
	l, t := x.l, x.t
	v := &figuresView{Kind: i18n.Upper(l.T("figures.kind", naming.Kind(l, t))), Title: x.heading(t)}
	if t.Level == territory.QPV {
		x.district(v)
		return v
	}
	for _, a := range indicator.Axes {
		v.Ways = append(v.Ways, web.Anchor{Text: l.T("observatory.axis." + string(a)), Href: x.self + "/indicateurs?axe=" + string(a), Current: x.axis == string(a)})
	}
	larger := x.o.Larger(t)
	told, total := 0, 0
	var sources []string
	for _, a := range indicator.Axes {
		if x.axis != "" && x.axis != everyAxis && x.axis != string(a) {
			continue
		}
		var defs []*indicator.Definition
		for _, d := range x.o.Panel.Definitions() {
			if d.Axis == a {
				defs = append(defs, d)
			}
		}
		if len(defs) == 0 {
			continue
		}
		lines := x.o.Lines(t, defs)
		g := figuresAxis{ID: string(a), Title: l.T("observatory.axis." + string(a)), Open: x.axis != "", Alone: x.axis == string(a)}
		g.Main = x.main(lines)
		g.Table = x.table(string(a), g.Title, lines, larger)
		for i := range lines {
			total++
			if lines[i].Value.Shown() {
				told++
				for _, key := range lines[i].Definition.Sources {
					if !slices.Contains(sources, key) {
						sources = append(sources, key)
					}
				}
			}
		}
		v.Axes = append(v.Axes, g)
	}
	v.Lead = append(v.Lead, l.T("figures.lead", told, total))
	if compared, ok := observatory.ComparedLevel(t); ok {
		peers := x.o.Panel.PeersOf(t, compared)
		v.Lead = append(v.Lead, l.T("figures.compared", x.group(compared, peers, len(peers.Indexes))))
	}
	for _, key := range sources {
		if f, ok := x.s.Manifest.Source(key); ok {
			v.Sources = append(v.Sources, web.SourceOf(l.Lang(), f))
		}
	}
	v.Links = web.Links{Label: l.T("ranking.links"), Items: []web.Anchor{
		{Text: l.T("diagnosis.back"), Href: x.self, Icon: "back"},
		{Text: l.T("figures.diagnosis"), Href: x.self + "/diagnostic", Icon: "chart"},
		{Text: l.T("figures.csv"), Href: api(l, "/api/v1/territories/"+url.PathEscape(x.id)+"/indicators?format=csv"), Icon: "down"},
	}}
	if x.axis == "" {
		v.Links.Items = append(v.Links.Items, web.Anchor{Text: l.T("figures.unfold"), Href: x.self + "/indicateurs?axe=" + everyAxis, Icon: "print"})
	} else {
		v.Links.Items = append(v.Links.Items, web.Anchor{Text: l.T("figures.fold"), Href: x.self + "/indicateurs", Icon: "table"})
	}
	return v
}

// district says honestly that no figure is a district's own.
func (x figurer) district(v *figuresView) {
	l := x.l
	v.None = []string{l.T("figures.qpv"), l.T("figures.qpv_commune")}
	for _, n := range x.t.Communes() {
		c := x.f.Level(territory.Commune)[n]
		v.Instead = append(v.Instead, web.Anchor{Text: l.T("figures.qpv_link", c.Name), Href: c.Path() + "/indicateurs"})
	}
}

// mainFigures is how many a folded axis tells in its line.
const mainFigures = 2

// main are the figures of the diagnosis that an axis holds, else its first shares,
// in a line.
func (x figurer) main(lines []observatory.Line) string {
	var first, told []*observatory.Line
	for i := range lines {
		f := &lines[i]
		switch {
		case !f.Definition.Ranked() || !f.Value.Shown() || f.Value.Imprecise:
		case slices.Contains(observatory.Twelve, f.Definition.Key):
			told = append(told, f)
		default:
			first = append(first, f)
		}
	}
	if len(told) == 0 {
		told = first
	}
	s := ""
	for i, f := range told[:min(len(told), mainFigures)] {
		if i > 0 {
			s += " · "
		}
		s += x.l.T("figures.main", x.name(f.Definition), x.full(f.Definition, f.Value.Value))
	}
	return s
}

func (x figurer) table(id, caption string, lines []observatory.Line, larger []*territory.Territory) web.Table {
	l := x.l
	t := web.Table{ID: "t-" + id, Caption: caption, Quiet: true, Columns: []web.Column{
		{Title: l.T("ranking.form.indicateur")}, {Title: l.T("figures.column.value"), Numeric: true},
	}}
	_, compared := observatory.ComparedLevel(x.t)
	if compared {
		t.Columns = append(t.Columns, web.Column{Title: l.T("figures.column.similar"), Numeric: true})
	}
	for _, r := range larger {
		t.Columns = append(t.Columns, web.Column{Title: r.Name, Numeric: true})
	}
	t.Columns = append(t.Columns, web.Column{Title: l.T("figures.column.change"), Numeric: true}, web.Column{Title: l.T("catalogue.column.date"), Numeric: true})
	for i := range lines {
		f := &lines[i]
		d := f.Definition
		row := []web.Cell{{Text: x.name(d), Href: "/indicateurs/" + d.Key, Note: x.note(f)}, {Text: amount(l, d, f.Value.Value)}}
		if !f.Value.Shown() {
			row[1].Text = l.T("figures.state." + stateKey(f.Value.State))
		}
		if compared {
			row = append(row, web.Cell{Text: amount(l, d, f.Median)})
		}
		for _, r := range f.References {
			cell := web.Cell{Text: amount(l, d, r.Value.Value)}
			if !r.Value.Shown() {
				cell.Text = l.T("figures.state." + stateKey(r.Value.State))
			}
			row = append(row, cell)
		}
		row = append(row, web.Cell{Text: x.moved(f)}, web.Cell{Text: vintage(l, d.Vintages[d.Latest()])})
		t.Rows = append(t.Rows, row)
	}
	return t
}

// note is the unit where the number does not say it, then the reserves.
func (x figurer) note(f *observatory.Line) string {
	d, v := f.Definition, f.Value
	var out []string
	if of := perWhat(x.l, d); of != "" {
		out = append(out, i18n.Upper(of)+".")
	}
	if !v.Shown() {
		out = append(out, i18n.Upper(x.state(v.State))+".")
		return joined(out)
	}
	if d.Proxy { // said in a word: two hundred rows would say the same sentence
		out = append(out, i18n.Upper(x.l.T("catalogue.mark.proxy"))+".")
		plain := *d
		plain.Proxy = false
		return joined(append(out, x.reserves(&plain, v)...))
	}
	return joined(append(out, x.reserves(d, v)...))
}

// moved is the change since an earlier date, in a cell.
func (x figurer) moved(f *observatory.Line) string {
	c := f.Change
	if c == nil {
		return "–"
	}
	by := x.l.Change(c.By, 1)
	if c.Points {
		by = x.l.T("changes.points", signed(x.l, c.By, 1))
	}
	return x.l.T("figures.since", by, period(x.l, c.From))
}
