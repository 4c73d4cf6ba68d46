package commonsweb

import (
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/search"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// hitsOnPage is how many entries a page of results shows.
const hitsOnPage = 20

// facet is a facet as addresses and pages name it.
type facet struct {
	name  string // in the index
	param string
	limit int
}

// facets are those of the page, in order.
var facets = []facet{
	{commons.FacetKind, "type", 0}, {commons.FacetTheme, "theme", 0}, {commons.FacetForm, "forme", 0}, {commons.FacetStatus, "etat", 0}, {commons.FacetLicence, "licence", 12},
	{commons.FacetLevel, "niveau", 0}, {commons.FacetSize, "taille", 0}, {commons.FacetUsedBy, "utilise-par", 0}, {commons.FacetAccessibility, "accessibilite", 0}, {commons.FacetJoined, "rejoint-par", 0}, {commons.FacetSource, "source", 0},
}

// orders are the ways to sort, in order; the first is by relevance.
var orders = []string{"", commons.ByTitle, commons.ByUpdate, commons.ByUse, commons.ByJoined}

// listView is the page of the library.
type listView struct {
	Title, Lead string
	Query       string
	Territory   string // identifier, "" for anywhere
	Within      string
	Where       web.Field
	Choices     []web.Anchor
	Sort        web.Field
	Narrowed    bool // some filter is chosen, or wrong
	Facets      []facetView
	Chosen      []web.Anchor // each takes a choice away
	Count       string
	Understood  string
	Instead     *web.Anchor
	Hits        []hitView
	Pages       *web.Pagination
	Empty       *web.State
	Actions     []web.Anchor
	Exports     web.Links
}

// facetView is a facet with its values and how many entries each has.
type facetView struct {
	Param, Title string
	Open         bool
	Values       []facetValue
}

type facetValue struct {
	Value, Label string
	N            int
	Chosen       bool
}

// hitView is an entry of the results.
type hitView struct {
	Title, Summary template.HTML // with what was found marked
	Href           string
	Marks          []web.Mark
	Meta           string
}

// asked is what a list is asked for, and as it was typed.
type asked struct {
	search commons.Search
	in     *territory.Territory // nil for anywhere
	page   int
	typed  url.Values
}

// readAsked reads the address of a list. What it does not know is left aside, but for
// a territory that does not exist, which is not found.
func (p *Pages) readAsked(r *http.Request) (asked, error) {
	return readQuery(r.URL.Query(), string(p.Kit.Locale(r.Context()).Lang()), snapshot.FromContext(r.Context()).France)
}

func readQuery(q url.Values, lang string, france *territory.France) (asked, error) {
	a := asked{page: 1, typed: url.Values{}, search: commons.Search{Lang: lang, Filters: map[string][]string{}, Size: hitsOnPage}}
	if a.search.Text = cut(q.Get("q"), 300); a.search.Text != "" {
		a.typed.Set("q", a.search.Text)
	}
	for _, f := range facets {
		for _, v := range q[f.param] {
			if v = cut(v, 100); v != "" && len(a.typed[f.param]) < 50 && !slices.Contains(a.typed[f.param], v) {
				a.search.Filters[f.name] = append(a.search.Filters[f.name], v)
				a.typed.Add(f.param, v)
			}
		}
	}
	if text := q.Get("territoire"); text != "" {
		id, _ := territory.ParseID(text)
		t, ok := france.Territory(id)
		if !ok {
			return a, fault.New(fault.NotFound, "territory.not_found", cut(text, 40))
		}
		a.in, a.search.In = t, id
		a.typed.Set("territoire", id.String())
	}
	if sort := q.Get("tri"); slices.Contains(orders[1:], sort) {
		a.search.Sort = sort
		a.typed.Set("tri", sort)
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 1 && n < 1e5 {
		a.page = n
		a.search.From = (n - 1) * hitsOnPage
	}
	return a, nil
}

// cut keeps what a search can read of what was typed.
func cut(s string, most int) string {
	s = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", ""))
	if r := []rune(s); len(r) > most {
		s = string(r[:most])
	}
	return s
}

// with is the address of the same search with other values under a name.
func (a asked) with(path, name string, values ...string) string {
	q := url.Values{}
	for k, v := range a.typed {
		q[k] = v
	}
	delete(q, name)
	if len(values) > 0 {
		q[name] = values
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (p *Pages) library(w http.ResponseWriter, r *http.Request) error {
	ctx, t := r.Context(), p.teller(r)
	a, err := p.readAsked(r)
	if err != nil {
		return err
	}
	where := cut(r.URL.Query().Get("ou"), 200)
	v := &listView{Title: t.l.T("library.title"), Lead: t.l.T("library.lead"), Query: a.search.Text}
	if where != "" {
		id, many := t.place(where)
		if _, ok := t.f.Territory(id); ok {
			return p.Kit.Redirect(w, r, a.with("/communs", "territoire", id.String()), http.StatusSeeOther)
		}
		for _, text := range many {
			id, _ := territory.ParseID(text)
			if u, ok := t.f.Territory(id); ok {
				v.Choices = append(v.Choices, web.Anchor{Text: naming.Heading(t.l, t.f, u), Href: a.with("/communs", "territoire", text), Rel: "nofollow"})
			}
		}
	}
	v.Where = web.Field{Name: "ou", Label: t.l.T("library.list.where"), Value: where, Required: true}
	if where != "" && len(v.Choices) == 0 {
		v.Where.Error = t.l.T("commons.territory_unknown", where)
	}
	for _, f := range facets {
		a.search.Facets = append(a.search.Facets, search.Facet{Name: f.name, Limit: f.limit})
	}
	result, entries, err := p.Shelf.Find(ctx, a.search)
	if err != nil {
		return err
	}
	if a.in != nil {
		v.Territory, v.Within = a.in.ID.String(), naming.Heading(t.l, t.f, a.in)
		v.Title = t.l.T("library.title_in", v.Within)
	}
	v.Sort = web.Field{Name: "tri", Type: "select", Label: t.l.T("library.list.sort"), Required: true}
	for _, o := range orders {
		v.Sort.Options = append(v.Sort.Options, web.Option{Value: o, Label: t.l.T("library.sort." + orRelevance(o)), Chosen: o == a.search.Sort})
	}
	t.facets(a, result, v)
	v.Narrowed = len(v.Chosen) > 0 || v.Where.Error != ""
	v.Count = t.l.T("library.list.count", result.Total)
	if result.Read != "" {
		v.Understood = t.l.T("library.list.understood", result.Read)
	}
	if result.Partial {
		v.Understood = strings.TrimSpace(v.Understood + " " + t.l.T("library.list.partial"))
	}
	if result.Instead != "" {
		v.Instead = &web.Anchor{Text: result.Instead, Href: a.with("/communs", "q", result.Instead), Rel: "nofollow"}
	}
	for i := range entries {
		v.Hits = append(v.Hits, t.hit(&entries[i], result))
	}
	if result.Total > hitsOnPage {
		from := a.search.From
		v.Pages = &web.Pagination{Label: v.Title, Text: t.l.T("library.list.page", min(from+1, result.Total), min(from+hitsOnPage, result.Total), result.Total)}
		if a.page > 1 {
			v.Pages.Previous = a.with("/communs", "page", strconv.Itoa(a.page-1))
		}
		if from+hitsOnPage < result.Total {
			v.Pages.Next = a.with("/communs", "page", strconv.Itoa(a.page+1))
		}
	}
	if len(v.Hits) == 0 {
		v.Empty = &web.State{Kind: "empty", Title: t.l.T("library.list.empty"), Text: t.l.T("library.list.empty_next"), Action: &web.Anchor{Text: t.l.T("library.state_need"), Href: "/proposer/need", Strong: true}}
	}
	v.Actions = []web.Anchor{{Text: t.l.T("library.choose.title"), Href: "/proposer", Strong: true, Rel: "nofollow"}}
	if len(a.typed) > 0 {
		v.Actions = append(v.Actions, web.Anchor{Text: t.l.T("library.searches.save"), Href: "/mes-recherches?recherche=" + url.QueryEscape(a.typed.Encode()), Quiet: true, Rel: "nofollow"})
	}
	if a.in != nil {
		v.Actions = append(v.Actions, web.Anchor{Text: t.l.T("library.follow.place"), Href: followHref(a.in.ID.String()), Quiet: true, Rel: "nofollow"})
	}
	if people.Of(ctx).Known() {
		v.Actions = append(v.Actions, web.Anchor{Text: t.l.T("library.mine.title"), Href: "/propositions", Quiet: true})
	}
	if people.Of(ctx).MaySomewhere(commons.Review).May {
		v.Actions = append(v.Actions, web.Anchor{Text: t.l.T("library.queue.title"), Href: "/propositions/a-relire", Quiet: true})
	}
	if result.Total > 0 {
		v.Exports = web.Links{Label: t.l.T("library.list.exports"), Items: []web.Anchor{
			{Text: t.l.T("library.list.csv", result.Total), Href: a.with("/communs/csv", "page"), Icon: "down", Rel: "nofollow"},
			{Text: t.l.T("library.list.turtle"), Href: a.with("/communs/catalogue.ttl", "page"), Rel: "nofollow"},
			{Text: t.l.T("library.list.jsonld"), Href: a.with("/communs/catalogue.jsonld", "page"), Rel: "nofollow"},
			{Text: t.l.T("library.list.atom"), Href: a.with("/communs/flux", "page"), Rel: "nofollow"},
		}}
	}
	if result.Total > 0 && slices.Contains(a.typed["type"], string(commons.Experiment)) {
		for _, end := range []string{"json", "csv"} {
			v.Exports.Items = append(v.Exports.Items, web.Anchor{Text: t.l.T("lineage.projects." + end), Href: a.with("/experimentations/projets-territoire."+end, "page"), Icon: "down", Rel: "nofollow"})
		}
		v.Exports.Items = append(v.Exports.Items, web.Anchor{Text: t.l.T("lineage.projects.places"), Href: a.with("/experimentations/collectivites.csv", "page"), Icon: "down", Rel: "nofollow"})
	}
	page := &web.Page{Title: v.Title, Description: v.Lead, Template: "library/list", View: v, NoIndex: len(r.URL.Query()) > 0, Rights: []web.Right{proposeRight(ctx, t.l)},
		Links: []web.HeadLink{
			{Rel: "alternate", Type: "application/atom+xml", Title: v.Title, Href: a.with("/communs/flux", "page")},
			{Rel: "alternate", Type: "text/turtle", Title: t.l.T("library.list.turtle"), Href: a.with("/communs/catalogue.ttl", "page")},
			{Rel: "alternate", Type: "application/ld+json", Title: t.l.T("library.list.jsonld"), Href: a.with("/communs/catalogue.jsonld", "page")},
		}}
	if a.in != nil {
		page.Territory = &web.Context{Name: v.Within, Kind: naming.Kind(t.l, a.in), Href: a.in.Path()}
		page.Crumbs = append(web.TerritoryCrumbs(t.l, t.f, a.in), web.Crumb{Text: v.Within, Href: a.in.Path()})
	}
	return p.Kit.Page(w, r, page)
}

func orRelevance(order string) string {
	if order == "" {
		return "relevance"
	}
	return order
}

// facets puts the facets on the page: those with something to choose.
func (t *teller) facets(a asked, result search.Result, v *listView) {
	for _, f := range facets {
		fv := facetView{Param: f.param, Title: t.l.T("library.facet." + f.name), Open: f.name == commons.FacetKind || f.name == commons.FacetTheme}
		for _, c := range result.Facets[f.name].Values {
			label := t.facetValue(f.name, c.Value)
			fv.Values = append(fv.Values, facetValue{c.Value, label, c.N, c.Chosen})
			if c.Chosen {
				fv.Open = true
				others := slices.DeleteFunc(slices.Clone(a.typed[f.param]), func(s string) bool { return s == c.Value })
				v.Chosen = append(v.Chosen, web.Anchor{Text: label, Href: a.with("/communs", f.param, others...), Rel: "nofollow"})
			}
		}
		if len(fv.Values) > 1 || len(fv.Values) == 1 && fv.Values[0].Chosen {
			v.Facets = append(v.Facets, fv)
		}
	}
	if a.in != nil {
		v.Chosen = append(v.Chosen, web.Anchor{Text: v.Within, Href: a.with("/communs", "territoire"), Rel: "nofollow"})
	}
}

// facetValue is a value of a facet in words.
func (t *teller) facetValue(name, v string) string {
	known := func(field string) string {
		if f, ok := commons.FieldNamed(field); ok && slices.Contains(f.Values, v) {
			return t.l.T("commons." + field + "." + v)
		}
		return v
	}
	switch name {
	case commons.FacetKind:
		if commons.Kind(v).Valid() {
			return t.l.T("commons.kinds." + v)
		}
	case commons.FacetTheme:
		return known("themes")
	case commons.FacetForm:
		return known("form")
	case commons.FacetStatus:
		if s := known("status"); s != v {
			return s
		}
		return known("phase_status")
	case commons.FacetAccessibility:
		return known("accessibility")
	case commons.FacetLevel:
		if l := territory.Level(v); l.Valid() {
			return i18n.Upper(t.l.T("level." + v))
		}
	case commons.FacetSize:
		for _, s := range commons.Sizes {
			if s.Name == v {
				return t.l.T("library.size." + v)
			}
		}
	case commons.FacetJoined:
		if slices.Contains(commons.Joiners, v) {
			return t.l.T("need.joiners." + v)
		}
	case commons.FacetUsedBy:
		if people.OrganisationKind(v).Valid() {
			return t.l.T("organisation.kind." + v)
		}
	case commons.FacetSource:
		return t.source(commons.Origin{Source: v}).Text
	}
	return v
}

// hit is an entry of the results, with what was found marked.
func (t *teller) hit(e *commons.Entry, result search.Result) hitView {
	s, _ := e.Sheet()
	h := hitView{Title: marked(s.Get("title"), result), Summary: marked(inLanguage(t.l, s, "summary"), result), Href: address(e.ID), Marks: marks(t.l, e, s)}
	var meta []string
	for _, id := range s.Territories() {
		if u, ok := t.f.Territory(id); ok && len(meta) < 3 {
			meta = append(meta, naming.Heading(t.l, t.f, u))
		}
	}
	if l := s.Get("licence"); l != "" {
		meta = append(meta, l)
	}
	h.Meta = strings.Join(append(meta, t.sources(e)...), " · ")
	return h
}

// marked is a text in which what was found is marked.
func marked(text string, result search.Result) template.HTML {
	var b strings.Builder
	at := 0
	for _, m := range result.Marks(text) {
		b.WriteString(template.HTMLEscapeString(text[at:m.From]))
		b.WriteString("<mark>" + template.HTMLEscapeString(text[m.From:m.To]) + "</mark>")
		at = m.To
	}
	b.WriteString(template.HTMLEscapeString(text[at:]))
	return template.HTML(b.String()) //nolint:gosec // every piece is escaped above
}

// mostExported is how many entries an export holds at most.
const mostExported = 50_000

// csv gives all that a search finds, field by field.
func (p *Pages) csv(w http.ResponseWriter, r *http.Request) error {
	a, err := p.readAsked(r)
	if err != nil {
		return err
	}
	a.search.From, a.search.Size = 0, mostExported
	_, entries, err := p.Shelf.Find(r.Context(), a.search)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="communs.csv"`)
	return commons.WriteCSV(w, comma(p.Kit.Locale(r.Context())), commons.CSVColumns(), func(yield func(commons.Found) bool) {
		for i := range entries {
			s, _ := entries[i].Sheet()
			if !yield(commons.Found{Record: entries[i].ID, Kind: entries[i].Kind, Sheet: s}) {
				return
			}
		}
	})
}

// comma is what separates the cells of a table for the spreadsheets of the reader's
// country.
func comma(l *i18n.Localizer) rune {
	if l.Lang() == i18n.FR {
		return ';'
	}
	return ','
}
