package observatoryweb

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/observatory"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/names"
	"bassin/internal/web"
)

// indexRoutes are the index of fragility: page, map, table to take away.
func (p *Pages) indexRoutes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/fragilite", Action: "observatory.index", Who: web.Everyone, Handler: p.index},
		{Method: http.MethodGet, Pattern: "/fragilite/carte.svg", Action: "observatory.index.image", Who: web.Everyone, Handler: p.indexImage, Stable: true},
		{Method: http.MethodGet, Pattern: "/fragilite/ici", Action: "observatory.index.click", Who: web.Everyone, Handler: p.indexClick},
		{Method: http.MethodGet, Pattern: "/fragilite/csv", Action: "observatory.index.csv", Who: web.Everyone, Handler: p.indexCSV},
	}
}

// indexView is the page of the index.
type indexView struct {
	Title, What string
	Errors      web.Errors
	Changed     string // how this index differs from the default
	Default     web.Anchor
	Answer      []string
	Levels      web.Links
	Own         *indexOwnView
	Find        indexFindView
	Map         *indexMapView
	Table       *web.Table
	Pages       *web.Pagination
	Links       web.Links
	Copy        web.Copy
	Form        indexFormView
	Method      indexMethodView
	Sources     []web.Source
}

// indexFindView is the form by which readers find their own territory.
type indexFindView struct {
	Value  string
	Hidden []web.Hidden
	Text   string // what was found, where that is not one territory
	Found  []web.Anchor
}

// indexTaken is an index as asked for.
type indexTaken struct {
	s    *snapshot.Snapshot
	o    *observatory.Observatory
	p    observatory.IndexParameters
	text observatory.IndexText // canonical
	x    *observatory.Index
}

// takeIndex reads an address and makes its index.
func (p *Pages) takeIndex(r *http.Request) (*indexTaken, error) {
	s := snapshot.FromContext(r.Context())
	k := &indexTaken{s: s, o: p.Observatory.Of(s)}
	var err error
	if k.p, err = k.o.ParseIndex(indexTextOf(r.URL.Query())); err != nil {
		return k, err
	}
	k.text = k.o.IndexText(k.p)
	k.x, err = k.o.Index(r.Context(), k.p, k.o.DrawsOf(k.p), observatory.IndexSeed)
	return k, err
}

// index shows the index. What the form sends is led to the short address of the
// same index.
func (p *Pages) index(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	if q.Has(indexFormParam) {
		o := p.Observatory.Of(snapshot.FromContext(r.Context()))
		text, some := indexFormText(o, q)
		if !some {
			return p.showIndex(w, r, &indexTaken{s: o.Snapshot, o: o}, fault.New(fault.Invalid, "index.error.empty").In("components"))
		}
		if parameters, err := o.ParseIndex(text); err == nil {
			text = o.IndexText(parameters)
		}
		return p.Kit.Redirect(w, r, "/fragilite"+indexQuery(text, indexOwn(q.Get(indexOwnParam))), http.StatusSeeOther)
	}
	k, err := p.takeIndex(r)
	if code := fault.CodeOf(err); err != nil && code != fault.Invalid {
		return err
	}
	if own := q.Get(indexOwnParam); own != "" && err == nil {
		if id, found := findOwn(k.s, k.p.Level, own); len(found) == 0 && id != "" && id != own {
			return p.Kit.Redirect(w, r, "/fragilite"+indexQuery(k.text, indexOwn(id)), http.StatusSeeOther)
		}
	}
	return p.showIndex(w, r, k, err)
}

// showIndex lays the page out. An index that cannot be made is told above the
// default one, with what was asked still in the form.
func (p *Pages) showIndex(w http.ResponseWriter, r *http.Request, k *indexTaken, wrong error) error {
	l, q := p.Kit.Locale(r.Context()), r.URL.Query()
	d := indexTeller{words: words{l, k.s.France}, indexTaken: k}
	view := indexView{Title: l.T("index.title"), What: l.T("index.what")}
	status := 0
	asked := k.p
	if wrong != nil {
		status = http.StatusBadRequest
		view.Errors.Items = []web.FieldError{{Field: "changer-l-indice", Text: d.problem(wrong)}}
		if len(asked.Components) == 0 {
			asked = k.o.DefaultIndex()
		}
		k.p = k.o.DefaultIndex()
		k.text = observatory.IndexText{}
		var err error
		if k.x, err = k.o.Index(r.Context(), k.p, k.o.DrawsOf(k.p), observatory.IndexSeed); err != nil {
			return err
		}
	}
	d.fill(&view, q)
	view.Map = d.plan(p.indexPlan(k.s), themed(r))
	view.Form = d.form(asked, q)
	view.Form.Open = wrong != nil
	return p.Kit.Page(w, r, &web.Page{
		Title: view.Title, Description: view.Answer[0], Template: "observatory/fragility", View: view, Status: status,
		Crumbs:  []web.Crumb{{Text: l.T("hub.title"), Href: "/observatoire"}},
		NoIndex: wrong != nil || k.text != (observatory.IndexText{Level: k.text.Level}) || q.Has(indexOwnParam) || q.Has(indexPageParam),
	})
}

// themed is what the address of an image says of the reader's theme.
func themed(r *http.Request) string {
	if theme := web.Theme(r.Context()); theme != "" {
		return "theme=" + theme
	}
	return ""
}

// problem says a fault in words.
func (d indexTeller) problem(err error) string {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return d.l.T(e.Key, e.Args...)
	}
	return d.l.T("index.error.unknown")
}

// findOwn finds the territory that a reader means: an identifier, or a name among
// the territories of the level. Several that answer equally well are all returned,
// and none is chosen.
func findOwn(s *snapshot.Snapshot, level territory.Level, typed string) (id string, found []*territory.Territory) {
	one, ok := territory.ParseID(typed)
	if n, is := s.France.CommuneNumber(typed); is { // a code alone
		one, ok = s.France.Level(territory.Commune)[n].ID, true
	}
	if ok {
		if t, ok := s.France.Territory(one); ok {
			if t.Level == level || t.Level != territory.Commune {
				return t.ID.String(), nil
			}
			n, _ := s.France.CommuneNumber(t.Code)
			if in := s.France.One(n, level); in != nil {
				return in.ID.String(), nil // a commune stands for where it lies
			}
			return t.ID.String(), nil
		}
	}
	matches := s.Names.Search(typed, names.Options{Limit: 8, Levels: []territory.Level{level}})
	for _, m := range matches {
		if t, ok := s.France.Territory(m.ID); ok {
			found = append(found, t)
		}
	}
	if len(found) == 1 {
		return found[0].ID.String(), nil
	}
	return "", found
}

// fill lays out all but the form.
func (d indexTeller) fill(v *indexView, q url.Values) {
	l := d.l
	v.Answer = d.answer()
	if d.text != (observatory.IndexText{Level: d.text.Level}) {
		v.Changed = d.changed()
		v.Default = web.Anchor{Text: l.T("index.changed.back"), Href: "/fragilite" + indexQuery(observatory.IndexText{Level: d.text.Level}, indexOwn(q.Get(indexOwnParam)))}
	}
	v.Levels.Label = l.T("index.levels")
	for _, level := range observatory.IndexLevels {
		t := d.text
		if t.Level = string(level); level == observatory.IndexLevels[0] {
			t.Level = ""
		}
		v.Levels.Items = append(v.Levels.Items, web.Anchor{Text: i18n.Upper(d.level(level, 2)), Href: "/fragilite" + indexQuery(t), Current: level == d.p.Level})
	}
	own := d.own(v, q)
	v.Method = d.method()
	v.Sources = d.sources()
	address := "/fragilite" + indexQuery(d.text, indexOwn(own))
	v.Copy = web.Copy{Href: address}
	v.Links = web.Links{Label: l.T("index.links"), Items: []web.Anchor{
		{Icon: "link", Text: l.T("index.link"), Href: address},
		{Icon: "download", Text: l.T("index.csv"), Href: "/fragilite/csv" + indexQuery(d.text)},
		{Icon: "server", Text: l.T("index.api"), Href: "/api/v1/index" + apiQuery(d.text, d.x.Draws)},
	}}
	d.table(v, q, own)
}

// apiQuery writes the same index for programs.
func apiQuery(t observatory.IndexText, draws int) string {
	out, drawn := "", ""
	if draws != observatory.IndexDraws {
		drawn = itoa(draws)
	}
	for _, p := range [][2]string{{"level", t.Level}, {"components", t.Components}, {"weights", t.Weights}, {"norm", t.Norm}, {"mean", t.Mean}, {"draws", drawn}} {
		if p[1] == "" {
			continue
		}
		sep := "&"
		if out == "" {
			sep = "?"
		}
		out += sep + p[0] + "=" + p[1]
	}
	return out
}

// indexRows is how many territories a page of the table lists.
const indexRows = 50

// table lists the ranked territories from the page asked for, or from that of the
// reader's own.
func (d indexTeller) table(v *indexView, q url.Values, own string) {
	l, x := d.l, d.x
	order := x.Order()
	pages := (len(order) + indexRows - 1) / indexRows
	page := 1
	if n, err := strconv.Atoi(q.Get(indexPageParam)); err == nil {
		page = min(max(n, 1), pages)
	}
	from := (page - 1) * indexRows
	to := min(from+indexRows, len(order))
	t := &web.Table{ID: "t-rangs", Quiet: true, Caption: l.T("index.table.caption", len(order), d.level(d.p.Level, len(order))), Columns: []web.Column{
		{Title: i18n.Upper(d.level(d.p.Level, 1))}, {Title: l.T("index.table.rank"), Numeric: true}, {Title: l.T("index.table.range"), Numeric: true}, {Title: l.T("index.table.score"), Numeric: true},
	}}
	for _, a := range x.Axes {
		t.Columns = append(t.Columns, web.Column{Title: d.axis(a.Axis), Numeric: true})
	}
	for _, i := range order[from:to] {
		at := x.Territories[i]
		row := []web.Cell{
			{Text: d.short(at), Href: "/fragilite" + indexQuery(d.text, indexOwn(at.ID.String()))},
			{Text: l.Number(int(x.Rank[i]))}, {Text: d.span(int(i))}, {Text: l.Decimal(x.Score[i], 1)},
		}
		if at.ID.String() == own {
			row[0].Marks = []web.Mark{{Text: l.T("index.table.own")}}
		}
		for _, a := range x.Axes {
			cell := "–"
			if s := a.Scores[i]; s == s {
				cell = l.Decimal(s, 0)
			}
			row = append(row, web.Cell{Text: cell})
		}
		t.Rows = append(t.Rows, row)
	}
	v.Table = t
	if pages < 2 {
		return
	}
	v.Pages = &web.Pagination{Label: t.Caption, Text: l.T("territory.page", from+1, to, len(order))}
	link := func(n int) string {
		return "/fragilite" + indexQuery(d.text, indexOwn(own), indexPageParam+"="+itoa(n)) + "#tableau"
	}
	if page > 1 {
		v.Pages.Previous = link(page - 1)
	}
	if page < pages {
		v.Pages.Next = link(page + 1)
	}
}

// sources are those of the components.
func (d indexTeller) sources() []web.Source {
	var keys []string
	var out []web.Source
	for _, c := range d.x.Components {
		for _, key := range c.Definition.Sources {
			if slices.Contains(keys, key) {
				continue
			}
			keys = append(keys, key)
			if s, ok := d.s.Manifest.Source(key); ok {
				out = append(out, web.SourceOf(d.l.Lang(), s))
			}
		}
	}
	return out
}
