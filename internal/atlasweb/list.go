package atlasweb

import (
	"net/http"
	"net/url"
	"slices"
	"sync"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// listRoutes are the lists of the territories of a level: the table twin of the
// interactive map.
func (p *Pages) listRoutes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/liste/{level}", Action: "atlas.list", Who: web.Everyone, Handler: p.list, Stable: true},
		{Method: http.MethodGet, Pattern: "/liste/{level}/csv", Action: "atlas.list.csv", Who: web.Everyone, Handler: p.listCSV},
	}
}

// lists keeps the rows of the lists of one snapshot, by level, order, and
// language where names differ: under a hundred, of pointers for the most part. The zero value is empty.
type lists struct {
	mu   sync.Mutex
	of   *snapshot.Snapshot
	kept map[listKey][]*item
}

// listKey is a list in one order.
type listKey struct {
	level territory.Level
	lang  i18n.Lang
	sort  string
	desc  bool
}

// items returns the rows of a level in an order. They are shared and must not be
// changed.
func (c *lists) items(s *snapshot.Snapshot, t teller, level territory.Level, o order) []*item {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of != s {
		c.of, c.kept = s, map[listKey][]*item{}
	}
	key := listKey{level: level, sort: o.Key, desc: o.Desc}
	if level == territory.EPCI {
		key.lang = t.l.Lang() // the only level whose short names are written out
	}
	if out, ok := c.kept[key]; ok {
		return out
	}
	// Every order is of the same rows.
	base := listKey{level: level, lang: key.lang, sort: byTheName}
	rows, ok := c.kept[base]
	if !ok {
		for _, u := range s.France.Level(level) {
			rows = append(rows, newItem(t.short(u), u))
		}
		order{Key: byTheName}.apply(rows)
		c.kept[base] = rows
	}
	if key == base {
		return rows
	}
	out := slices.Clone(rows)
	o.apply(out)
	c.kept[key] = out
	return out
}

// listView is the page of a list.
type listView struct {
	Title, What  string
	Level        string
	Action       string // where the filter leads
	Sort, Order  string
	Departements []web.Option
	Filtered     string // the département, in words
	Table        web.Table
	Pages        *web.Pagination
	CSV          web.Anchor
	Levels       []web.Anchor
	Empty        *web.State
}

// listLevels are the levels that have a list, in the order of the page's links.
var listLevels = []territory.Level{
	territory.BassinDeVie, territory.EPCI, territory.Commune, territory.Departement, territory.Region, territory.ZoneEmploi, territory.AireAttraction,
	territory.UniteUrbaine, territory.Canton, territory.Arrondissement, territory.QPV, territory.TerritoireIndustrie, territory.EPT,
	territory.ArrondissementMunicipal,
}

// filter is what a list is asked for.
type filter struct {
	level territory.Level
	dep   *territory.Territory // nil for all
	order order
	keys  []string
}

// readFilter reads a list's address. An unknown level or département is not found.
func readFilter(f *territory.France, level string, q url.Values) (filter, error) {
	out := filter{level: territory.Level(level)}
	if !slices.Contains(listLevels, out.level) {
		return out, fault.New(fault.NotFound, "territory.list.no_level", level)
	}
	if code := q.Get("dep"); code != "" {
		d, ok := f.Territory(territory.ID{Level: territory.Departement, Code: code})
		if !ok {
			return out, fault.New(fault.NotFound, "territory.list.no_dep", code)
		}
		out.dep = d
	}
	out.keys = []string{byTheName, ""}
	if out.level != territory.QPV {
		out.keys = append(out.keys, byPopulation)
	}
	if out.level != territory.Commune && out.level != territory.ArrondissementMunicipal {
		out.keys = append(out.keys, byCommunes)
	}
	out.order = readOrder(q, out.keys, byTheName, false)
	return out, nil
}

// rows are the territories that a filter keeps, sorted.
func (p *Pages) rows(s *snapshot.Snapshot, t teller, q filter) []*item {
	items := p.lists.items(s, t, q.level, q.order)
	if q.dep == nil {
		return items
	}
	kept := make([]*item, 0, 400)
	for _, it := range items {
		if slices.ContainsFunc(it.of.Communes(), func(n int32) bool { return s.France.One(n, territory.Departement) == q.dep }) {
			kept = append(kept, it)
		}
	}
	return kept
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	l, s := p.Kit.Locale(r.Context()), snapshot.FromContext(r.Context())
	t := teller{l, s.France, func(path string) string { return p.Kit.Href(l.Lang(), path) }}
	query := r.URL.Query()
	q, err := readFilter(s.France, r.PathValue("level"), query)
	if err != nil {
		return err
	}
	items := p.rows(s, t, q)
	shown, pages := q.order.page(items)
	path := "/liste/" + string(q.level)
	view := listView{
		Title: l.T("territory.list.title."+string(q.level), len(items)), What: l.T("level." + string(q.level) + ".what"), Level: string(q.level),
		Action: t.href(path), Sort: q.order.Key, Order: "croissant",
	}
	if q.order.Desc {
		view.Order = "decroissant"
	}
	if q.dep != nil {
		view.Filtered = l.T("territory.list.filtered", l.T("territory.count."+string(q.level), len(items)), l.Within(q.dep.Name, naming.Article(s.France, q.dep)))
		view.Title = view.Filtered
	}
	view.Table = web.Table{ID: "t-liste", Quiet: true, Caption: view.Title, Sortable: pages == 1, Columns: q.order.heads(path, query, "", q.keys, t.listColumns(q))}
	for _, it := range shown {
		view.Table.Rows = append(view.Table.Rows, t.listRow(it, q))
	}
	view.Pages = q.order.pagination(l, path, query, view.Title, len(items), pages, "")
	view.CSV = web.Anchor{Href: path + "/csv", Text: l.T("territory.list.csv", len(items)), Icon: "download"}
	if q.dep != nil {
		view.CSV.Href += "?dep=" + q.dep.Code
	}
	for _, level := range listLevels {
		view.Levels = append(view.Levels, web.Anchor{Href: "/liste/" + string(level), Text: i18n.Upper(l.T("level." + string(level) + ".names")), Current: level == q.level})
	}
	if q.level != territory.Departement && q.level != territory.Region {
		for _, d := range p.lists.items(s, t, territory.Departement, order{Key: byTheName}) {
			view.Departements = append(view.Departements, web.Option{Value: d.of.Code, Label: l.T("territory.list.dep", d.of.Name, d.of.Code), Chosen: d.of == q.dep})
		}
	}
	if len(items) == 0 {
		view.Empty = &web.State{Kind: "empty", Title: l.T("territory.list.empty"), Action: &web.Anchor{Text: l.T("territory.list.all"), Href: path}}
	}
	return p.Kit.Page(w, r, &web.Page{
		Title: view.Title, Description: view.What, Template: "atlas/list", View: view,
		Crumbs:  []web.Crumb{{Text: l.T("territory.france"), Href: "/pays/FR"}},
		NoIndex: len(query) > 0,
	})
}

func (t teller) listColumns(q filter) []web.Column {
	l := t.l
	columns := make([]web.Column, 0, len(q.keys))
	for i, k := range q.keys {
		switch {
		case i == 1:
			columns = append(columns, web.Column{Title: l.T("territory.col." + whereKey(q.level))})
		case k == byTheName:
			columns = append(columns, web.Column{Title: i18n.Upper(l.T("level." + string(q.level) + ".name"))})
		case k == byPopulation:
			columns = append(columns, web.Column{Title: l.T("territory.col.population"), Numeric: true})
		case k == byCommunes:
			columns = append(columns, web.Column{Title: l.T("territory.col.communes"), Numeric: true})
		}
	}
	return columns
}

// whereKey chooses what the second column of a list tells: where it is.
func whereKey(level territory.Level) string {
	switch level {
	case territory.Departement:
		return "region"
	case territory.Region:
		return "departements"
	}
	return "departement"
}

func (t teller) listRow(it *item, q filter) []web.Cell {
	row := make([]web.Cell, 0, len(q.keys))
	for i, k := range q.keys {
		if i == 1 {
			row = append(row, text(t.where(it.of, q.level)))
			continue
		}
		if k == byTheName {
			row = append(row, web.Cell{Text: it.name, Href: it.of.Path(), Sort: it.fold})
			continue
		}
		row = append(row, t.memberRow(it, []string{k})...)
	}
	return row
}

// where names the départements of a territory, the région of a département and
// how many départements a région has.
func (t teller) where(u *territory.Territory, level territory.Level) string {
	up := territory.Departement
	if level == territory.Departement {
		up = territory.Region
	}
	var names []string
	var seen *territory.Territory
	for _, n := range u.Communes() {
		d := t.f.One(n, up)
		if d == nil || d == seen {
			continue
		}
		seen = d
		if !slices.Contains(names, d.Name) {
			names = append(names, d.Name)
		}
	}
	if len(names) > namedMost {
		return t.l.T("territory.count."+string(up), len(names))
	}
	return t.l.List(names)
}
