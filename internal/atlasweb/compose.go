package atlasweb

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/atlas"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/names"
	"bassin/internal/web"
	"bassin/internal/web/carto"
	"bassin/internal/web/naming"
)

// Limits of the composer's page.
const (
	mostMapped  = 300  // communes up to which one chooses on the map
	mostJoined  = 2000 // communes up to which it is said whether they touch
	mostRows    = atlas.ManyCommunes
	mostAround  = 60
	mostOffered = 12 // territories that the search of the composer gives
)

func (p *Pages) composeRoutes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/composer", Action: "atlas.compose", Who: web.Everyone, Handler: p.compose},
		{Method: http.MethodPost, Pattern: "/composer", Action: "atlas.keep", Who: web.Everyone, Handler: p.keep},
		{Method: http.MethodPost, Pattern: "/composer/ajout", Action: "atlas.paste", Who: web.Everyone, Handler: p.paste},
	}
}

// composeView is the composer's page.
type composeView struct {
	Expr       string
	Name       string // of the perimeter, "" while it is empty
	Communes   int
	Population int
	Known      bool
	Unknown    int // communes whose population is not published
	Parts      int
	Largest    int
	Published  string // address of the published territory that it comes to, "" if it is one's own
	TooLong    bool
	Fault      string // why the address cannot be read
	Empty      string // why there is nothing to keep

	Terms   []composeTerm
	Query   string
	Found   []composeRow
	Map     template.HTML
	Credit  bool // the map holds outlines © OpenStreetMap contributors
	Many    bool // too many communes to choose on the map
	Members []composeRow
	Near    []composeRow
	Paste   pasteView
	Limits  composeLimits
}

type composeLimits struct{ Terms, Mapped, Rows int }

// composeTerm is a line of the recipe: what was added or removed as a whole.
type composeTerm struct {
	Name, Href string
	Remove     bool
	Drop       string // address without this line
}

// composeRow is a territory that can be added or removed.
type composeRow struct {
	Name, Kind, Where string
	Href              string
	Population        int
	Known             bool
	State             string // how much of it is in, where that must be said
	Add, Remove       string // addresses, "" where it makes no sense
}

// pasteView is the form of a pasted list.
type pasteView struct {
	Text       string
	Fault      string
	Wrong      []wrongLine
	Understood int
}

type wrongLine struct {
	Number  int
	Text    string
	Why     string
	Field   string // name of its choices
	Choices []choiceView
}

type choiceView struct{ Value, Text string }

// compose shows the composer. With plus, an identifier that the search box gives,
// it adds that territory and leads to the perimeter that results.
func (p *Pages) compose(w http.ResponseWriter, r *http.Request) error {
	if id, ok := territory.ParseID(r.FormValue("plus")); ok {
		if t, ok := snapshot.FromContext(r.Context()).France.Territory(id); ok && t.Level.Whole() {
			if d, err := p.draft(r, r.FormValue("e")); err == nil {
				return p.Kit.Redirect(w, r, composeHref(d.with(t), ""), http.StatusSeeOther)
			}
		}
	}
	return p.composer(w, r, r.FormValue("e"), r.FormValue("q"), pasteView{}, "")
}

// composer answers with the page. An expression that cannot be read is said on
// it, above an empty perimeter.
func (p *Pages) composer(w http.ResponseWriter, r *http.Request, expr, query string, paste pasteView, nothing string) error {
	l, s := p.Kit.Locale(r.Context()), snapshot.FromContext(r.Context())
	c := composerOf{l: l, s: s, href: func(path string) string { return p.Kit.Href(l.Lang(), path) }}
	page := &web.Page{Title: l.T("compose.title"), Description: l.T("compose.description"), Template: "atlas/compose", NoIndex: expr != "" || query != ""}
	d, err := p.draft(r, expr)
	if err != nil {
		e, ok := errors.AsType[*fault.Error](err)
		if !ok || web.Status(err) >= 500 {
			return err
		}
		d, _ = newDraft(s.France, "", nil) // an empty one never fails
		page.Status = web.Status(err)
		v := c.view(d, query)
		v.Fault, v.Paste = l.T(e.Key, e.Args...), paste
		page.View = v
		return p.Kit.Page(w, r, page)
	}
	v := c.view(d, query)
	v.Paste, v.Empty = paste, nothing
	if paste.Fault != "" || len(paste.Wrong) > 0 || nothing != "" {
		page.Status = http.StatusUnprocessableEntity
	}
	if v.Name != "" {
		page.Title = l.T("compose.title_for", v.Name)
	}
	page.View = v
	return p.Kit.Page(w, r, page)
}

func (p *Pages) draft(r *http.Request, expr string) (*draft, error) {
	s := snapshot.FromContext(r.Context())
	return newDraft(s.France, strings.TrimSpace(expr), func(term string) (*territory.Territory, error) {
		return p.Atlas.Resolve(r.Context(), s.France, term)
	})
}

// keep stores the perimeter and leads to its page. One that comes to a published
// territory leads to that.
func (p *Pages) keep(w http.ResponseWriter, r *http.Request) error {
	l, s := p.Kit.Locale(r.Context()), snapshot.FromContext(r.Context())
	expr := r.PostFormValue("e")
	d, err := p.draft(r, expr)
	if err != nil {
		return p.composer(w, r, expr, "", pasteView{}, "")
	}
	if len(d.Members) == 0 {
		return p.composer(w, r, "", "", pasteView{}, l.T("compose.nothing"))
	}
	t := d.Whole
	if t.Level == territory.Custom {
		if t, err = p.Atlas.Keep(r.Context(), s.France, d.Expr); err != nil {
			return err
		}
	}
	return p.Kit.Redirect(w, r, t.Path(), http.StatusSeeOther)
}

// paste adds a pasted list. Lines that are not understood come back with the
// list as it was typed, and nothing is added until they are settled or left out.
func (p *Pages) paste(w http.ResponseWriter, r *http.Request) error {
	l, s := p.Kit.Locale(r.Context()), snapshot.FromContext(r.Context())
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "web.error.400.text").Because(err)
	}
	expr, text := strings.TrimSpace(r.PostFormValue("e")), strings.ToValidUTF8(r.PostFormValue("liste"), "\ufffd")
	view := pasteView{Text: text}
	if len(text) > maxPasted || strings.Count(text, "\n") > territory.MaxTerms {
		view.Fault = l.T("compose.paste.too_long", territory.MaxTerms)
		view.Text = ""
		return p.composer(w, r, expr, "", view, "")
	}
	chosen := map[int]string{}
	for field, values := range r.PostForm {
		if n, err := strconv.Atoi(strings.TrimPrefix(field, "ligne")); err == nil && len(values) > 0 {
			chosen[n] = values[0]
		}
	}
	read := readPasted(s.France, s.Names, text, chosen)
	switch {
	case read.Lines == 0:
		view.Fault = l.T("compose.paste.empty")
		return p.composer(w, r, expr, "", view, "")
	case len(read.Wrong) > 0 && (r.PostFormValue("partiel") == "" || len(read.Terms) == 0):
		view.Understood = read.Lines - len(read.Wrong)
		for _, x := range read.Wrong {
			view.Wrong = append(view.Wrong, wrongView(l, s.France, x))
		}
		return p.composer(w, r, expr, "", view, "")
	}
	d, err := p.draft(r, expr)
	if err != nil {
		return p.composer(w, r, expr, "", view, "")
	}
	whole := strings.TrimPrefix(d.Expr+","+strings.Join(read.Terms, ","), ",")
	if len(whole) > MaxComposed/2 {
		// A long list is kept at once, so that the address stays short.
		t, err := p.Atlas.Keep(r.Context(), s.France, whole)
		if err != nil {
			return err
		}
		whole = t.ID.String()
	}
	return p.Kit.Redirect(w, r, composeHref(whole, ""), http.StatusSeeOther)
}

func wrongView(l *i18n.Localizer, f *territory.France, x pastedLine) wrongLine {
	v := wrongLine{
		Number: x.Number, Text: x.Text, Why: l.T("compose.paste.line." + string(x.Fault)), Field: "ligne" + strconv.Itoa(x.Number),
	}
	if x.Fault == lineUnknown && len(x.Choices) > 0 {
		v.Why += " " + l.T("compose.paste.guess")
	}
	for _, t := range x.Choices {
		text := t.Name + " · " + t.Code
		if d := f.One(t.Communes()[0], territory.Departement); d != nil {
			text = l.T("search.in", t.Name, d.Name) + " · " + t.Code
		}
		v.Choices = append(v.Choices, choiceView{termOf(t.ID), text})
	}
	return v
}

// composeHref is the address of the composer for an expression.
func composeHref(expr, anchor string) string {
	if expr == "" {
		return "/composer" + anchor
	}
	// All signs of an expression may stand in a query as they are; nothing else may.
	plain := func(r rune) bool {
		return '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' || strings.ContainsRune(":,~-", r)
	}
	if strings.ContainsFunc(expr, func(r rune) bool { return !plain(r) }) {
		expr = url.QueryEscape(expr)
	}
	return "/composer?e=" + expr + anchor
}

// composerOf makes the composer's view in one language.
type composerOf struct {
	l    *i18n.Localizer
	s    *snapshot.Snapshot
	href func(path string) string
}

func (c composerOf) view(d *draft, query string) *composeView {
	f := c.s.France
	v := &composeView{
		Expr: d.Expr, Communes: len(d.Members), TooLong: len(d.Expr) > MaxComposed,
		Limits: composeLimits{territory.MaxTerms, mostMapped, mostRows},
	}
	v.Query, _ = cleaned(query)
	for _, t := range d.Pieces {
		x := composeTerm{Name: naming.Heading(c.l, f, t.Of), Href: c.href("/" + string(t.Of.Level) + "/" + t.Of.Code), Remove: t.Remove, Drop: c.at(t.Rest, "")}
		if t.Of.Level == territory.Custom {
			x.Href = c.href("/set/" + url.PathEscape(strings.TrimPrefix(t.Term, "set:")))
		}
		v.Terms = append(v.Terms, x)
	}
	if d.Whole != nil {
		c.describe(v, d)
	}
	if v.Query != "" {
		v.Found = c.search(d, v.Query)
	}
	return v
}

// describe fills what is told of a perimeter that is not empty.
func (c composerOf) describe(v *composeView, d *draft) {
	f, t := c.s.France, d.Whole
	v.Name = naming.Heading(c.l, f, t)
	v.Population, v.Known = t.Population()
	published, all := f.Coverage(t)
	v.Unknown = all - published
	if t.Level != territory.Custom {
		v.Published = c.href(t.Path())
	}
	if len(d.Members) <= mostJoined {
		v.Parts, v.Largest = contiguous(d.In, d.Members, func(n int32, each func(int32)) {
			for _, o := range c.s.Neighbours(f.Level(territory.Commune)[n]) {
				each(o)
			}
		})
	}
	v.Many = len(d.Members) > mostMapped
	near := c.s.Neighbours(t)
	if !v.Many && !v.TooLong {
		m := carto.Territory(c.s, t, carto.Options{
			Unit: territory.Commune, Label: c.l.T("compose.map.label"), Scale: true,
			Toggle: func(o *territory.Territory) string { return c.at(d.toggled(o), "#carte") },
			Title: func(o *territory.Territory) string {
				if d.holds(o) {
					return c.l.T("compose.map.remove", o.Name)
				}
				return c.l.T("compose.map.add", o.Name)
			},
		})
		v.Map, v.Credit = m.SVG, m.ShareAlike
	}
	members := byName(c.communes(d.Members))
	for _, o := range members[:min(len(members), mostRows)] {
		v.Members = append(v.Members, c.row(d, o, "#communes"))
	}
	around := c.communes(near)
	for _, o := range byName(around[:min(len(around), mostAround)]) {
		v.Near = append(v.Near, c.row(d, o, "#voisines"))
	}
	if v.TooLong {
		for _, rows := range [][]composeRow{v.Members, v.Near} {
			for i := range rows {
				rows[i].Add, rows[i].Remove = "", ""
			}
		}
	}
}

func (c composerOf) communes(at []int32) []*territory.Territory {
	out := make([]*territory.Territory, len(at))
	for i, n := range at {
		out[i] = c.s.France.Level(territory.Commune)[n]
	}
	return out
}

// at is the address of the composer with a set; an empty one has no place to go to.
func (c composerOf) at(expr, anchor string) string {
	if expr == "" {
		anchor = ""
	}
	return c.href(composeHref(expr, anchor))
}

func (c composerOf) row(d *draft, t *territory.Territory, anchor string) composeRow {
	f := c.s.France
	x := composeRow{Name: naming.Heading(c.l, f, t), Kind: naming.Kind(c.l, t), Href: c.href(t.Path())}
	x.Population, x.Known = t.Population()
	if dep := f.One(t.Communes()[0], territory.Departement); dep != nil && t.Level == territory.Commune {
		x.Where = c.l.T("search.in", dep.Name, dep.Code)
	}
	in := 0
	for _, n := range t.Communes() {
		if d.In[n] {
			in++
		}
	}
	switch all := len(t.Communes()); {
	case !t.Level.Whole():
		x.State = c.l.T("compose.search.smaller")
		return x
	case in == all && all > 0:
		x.State = c.l.T("compose.search.inside")
	case in > 0:
		x.State = c.l.T("compose.search.partly", in, all)
	}
	if in < len(t.Communes()) {
		x.Add = c.at(d.with(t), anchor)
	}
	if in > 0 {
		x.Remove = c.at(d.without(t), anchor)
	}
	return x
}

// search lists what can be added or removed among what answers a query.
func (c composerOf) search(d *draft, q string) []composeRow {
	var out []composeRow
	levels := slices.DeleteFunc(slices.Clone(territory.Levels), func(l territory.Level) bool { return !l.Whole() || l == territory.Pays })
	for _, m := range c.s.Names.Search(q, names.Options{Limit: mostOffered, Levels: levels}) {
		if t, ok := c.s.France.Territory(m.ID); ok {
			x := c.row(d, t, "")
			if m.Why == names.ByFormerName || m.Why == names.ByPart || m.Why == names.ByPostalCode || m.Why == names.ByCode {
				x.State = strings.TrimPrefix(x.State+", "+c.l.T("search.why."+string(m.Why), m.Text), ", ")
			}
			out = append(out, x)
		}
	}
	return out
}
