package observatoryweb

import (
	"net/http"
	"strings"

	"bassin/internal/indicator"
	"bassin/internal/snapshot"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// catalogueRoutes are the catalogue of indicators and the page of each.
func (p *Pages) catalogueRoutes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/indicateurs", Action: "observatory.catalogue", Who: web.Everyone, Handler: p.catalogue, Stable: true},
		{Method: http.MethodGet, Pattern: "/indicateurs/{key}", Action: "observatory.indicator", Who: web.Everyone, Handler: p.indicator, Stable: true},
	}
}

// catalogueView is the list of indicators that answer a search, axis by axis.
type catalogueView struct {
	Title, Lead string
	Action      string
	Query       string
	Axis        web.Field
	Found       string
	Axes        []axisView
	Empty       *web.State
	Legend      []legendLine
	Links       web.Links
}

type axisView struct {
	ID, Title string
	Items     []itemView
}

type itemView struct {
	Key, Name, Definition, Detail string
	Marks                         []web.Mark
}

// legendLine says what a mark means.
type legendLine struct {
	Mark web.Mark
	Text string
}

// marksOf are the words that a reader must have in mind with an indicator.
func (w words) marksOf(d *indicator.Definition) []web.Mark {
	var out []web.Mark
	for _, m := range marks {
		if m.on(d) {
			out = append(out, web.Mark{Text: w.l.T("catalogue.mark." + m.key), Attention: m.attention})
		}
	}
	return out
}

// marks are what the catalogue says of an indicator in a word.
var marks = []struct {
	key       string
	attention bool
	on        func(*indicator.Definition) bool
}{
	{"estimate", true, func(d *indicator.Definition) bool { return d.Estimate }},
	{"proxy", true, func(d *indicator.Definition) bool { return d.Proxy }},
	{"unranked", true, func(d *indicator.Definition) bool { return d.Unranked }},
	{"sample", false, func(d *indicator.Definition) bool { return d.Sample }},
	{"rounded", false, func(d *indicator.Definition) bool { return d.Rounded > 0 }},
	{"complete", false, func(d *indicator.Definition) bool { return d.Complete }},
	{"single", false, func(d *indicator.Definition) bool { return d.Rule == indicator.Single }},
	{"medians", false, func(d *indicator.Definition) bool { return d.Rule == indicator.Medians }},
	{"series", false, func(d *indicator.Definition) bool { return len(d.Vintages) > 1 }},
}

func (p *Pages) catalogue(w http.ResponseWriter, r *http.Request) error {
	s, l := snapshot.FromContext(r.Context()), p.Kit.Locale(r.Context())
	c := chooser{words: words{l, s.France}, s: s, query: r.URL.Query()}
	view := catalogueView{
		Title: l.T("catalogue.title"), Lead: l.T("catalogue.lead", len(s.Panel.Definitions())), Action: "/indicateurs", Query: c.typed("q"),
		Axis: web.Field{Name: "axe", Type: "select", Required: true, Label: l.T("catalogue.axis"), Options: []web.Option{{Label: l.T("catalogue.every_axis")}}},
	}
	axis, found := c.typed("axe"), 0
	sought := strings.Fields(naming.SortKey(view.Query))
	for _, a := range indicator.Axes {
		view.Axis.Options = append(view.Axis.Options, web.Option{Value: string(a), Label: l.T("observatory.axis." + string(a)), Chosen: axis == string(a)})
		if axis != "" && axis != string(a) {
			continue
		}
		group := axisView{ID: string(a), Title: l.T("observatory.axis." + string(a))}
		for _, d := range s.Panel.Definitions() {
			if d.Axis == a && c.holds(d, sought) {
				group.Items = append(group.Items, itemView{d.Key, c.name(d), d.Definition.In(l.Lang()), c.detail(s, d), c.marksOf(d)})
			}
		}
		if found += len(group.Items); len(group.Items) > 0 {
			view.Axes = append(view.Axes, group)
		}
	}
	if axis != "" || len(sought) > 0 {
		view.Found = l.T("catalogue.found", found)
	}
	if found == 0 {
		view.Empty = &web.State{Kind: "empty", Title: l.T("catalogue.empty.title"), Text: l.T("catalogue.empty.text"), Action: &web.Anchor{Text: l.T("catalogue.empty.all"), Href: "/indicateurs"}}
		if axis != "" && !isAxis(axis) {
			view.Axis.Error = l.T("catalogue.empty.axis", axis)
			view.Axis.Options = append(view.Axis.Options, web.Option{Value: axis, Label: axis, Chosen: true})
		}
	}
	for _, m := range marks {
		view.Legend = append(view.Legend, legendLine{web.Mark{Text: l.T("catalogue.mark." + m.key), Attention: m.attention}, l.T("catalogue.means." + m.key)})
	}
	view.Links = web.Links{Label: l.T("catalogue.exports"), Items: []web.Anchor{
		{Text: l.T("catalogue.csv"), Href: api(l, "/api/v1/indicators?format=csv"), Icon: "down"}, {Text: l.T("catalogue.json"), Href: api(l, "/api/v1/indicators"), Icon: "down"},
	}}
	return p.Kit.Page(w, r, &web.Page{
		Title: view.Title, Description: view.Lead, Template: "observatory/catalogue", View: view, NoIndex: len(c.query) > 0,
		Crumbs: []web.Crumb{{Text: l.T("hub.title"), Href: "/observatoire"}},
	})
}

func isAxis(key string) bool {
	for _, a := range indicator.Axes {
		if string(a) == key {
			return true
		}
	}
	return false
}

// holds says whether an indicator has all the words, beginnings included.
func (w words) holds(d *indicator.Definition, sought []string) bool {
	if len(sought) == 0 {
		return true
	}
	lang := w.l.Lang()
	text := naming.SortKey(strings.Join([]string{d.Key, d.Name.In(lang), d.Definition.In(lang), d.Numerator.In(lang), d.Denominator.In(lang)}, " "))
	for _, word := range sought {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// detail is the unit, the dates and the producer in one line.
func (w words) detail(s *snapshot.Snapshot, d *indicator.Definition) string {
	parts := []string{w.unit(d), w.dates(d)}
	if len(d.Sources) > 0 {
		if f, ok := s.Manifest.Source(d.Sources[0]); ok {
			parts = append(parts, f.Producer)
		}
	}
	return strings.Join(parts, " · ")
}

// dates are the first and last vintages.
func (w words) dates(d *indicator.Definition) string {
	first, last := vintage(w.l, d.Vintages[0]), vintage(w.l, d.Vintages[d.Latest()])
	if first == last {
		return last
	}
	return w.l.T("observatory.from_to", first, last)
}

// unit says the unit with what it is of.
func (w words) unit(d *indicator.Definition) string {
	of := perWhat(w.l, d)
	switch d.Unit {
	case "count", "per1000", "per100k", "ratio", "visits":
		if of != "" {
			return of
		}
	}
	unit := w.l.T("catalogue.unit." + string(d.Unit))
	if of == "" {
		return unit
	}
	return unit + " " + of
}
