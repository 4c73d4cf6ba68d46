package orgweb

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// pageRows is how many organisations a page of the list shows.
const pageRows = 50

// mostCollectivites is how many collectivités found by name are shown, and
// mostCommunes how many communes of a territory.
const (
	mostCollectivites = 8
	mostCommunes      = 60
)

// listView is the page of the list.
type listView struct {
	Title, Lead   string
	Query         web.Field
	Kind          web.Field
	Where         web.Field
	Territory     string // identifier, "" for all
	Within        string // the territory in words
	Everywhere    string // address of the same list without the territory
	Choices       []web.Anchor
	Collectivites *web.Table
	Communes      *web.Details
	Table         *web.Table
	Pages         *web.Pagination
	Empty         *web.State
	CSV           *web.Anchor
	Actions       []web.Anchor
}

// asked is what a list is asked for.
type asked struct {
	filter people.OrganisationFilter
	in     *territory.Territory // nil for everywhere
	page   int
	typed  url.Values
}

// readAsked reads the address of a list. A territory that does not exist is not found.
func (p *Pages) readAsked(r *http.Request) (asked, error) {
	s, q := snapshot.FromContext(r.Context()), r.URL.Query()
	a := asked{page: 1, typed: url.Values{}}
	keep := func(name, value string) {
		if value != "" {
			a.typed.Set(name, value)
		}
	}
	a.filter.Query = cut(q.Get("q"), 200)
	keep("q", a.filter.Query)
	if k := people.OrganisationKind(q.Get("type")); k.Valid() {
		a.filter.Kind = k
		keep("type", string(k))
	}
	if text := q.Get("territoire"); text != "" {
		id, _ := territory.ParseID(text)
		t, ok := s.France.Territory(id)
		if !ok {
			return a, fault.New(fault.NotFound, "territory.not_found", cut(text, 40))
		}
		a.in = t
		keep("territoire", id.String())
		if id.Level != territory.Pays {
			all, err := p.Rules.Store.ActionTerritories(r.Context())
			if err != nil {
				return a, err
			}
			a.filter.Territories = overlapping(s.France, t, all)
		}
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 1 && n < 1e6 {
		a.page = n
	}
	return a, nil
}

// cut keeps what a database can hold of what was typed.
func cut(s string, most int) string {
	s = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", ""))
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most])
	}
	return s
}

// href is the address of the list with something else under a name.
func (a asked) href(path, name, value string) string {
	q := url.Values{}
	for k, v := range a.typed {
		q[k] = v
	}
	q.Del(name)
	if value != "" {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	ctx, l, s := r.Context(), p.Kit.Locale(r.Context()), snapshot.FromContext(r.Context())
	where := cut(r.URL.Query().Get("ou"), 200)
	a, err := p.readAsked(r)
	if err != nil {
		return err
	}
	v := &listView{Title: l.T("organisation.title"), Lead: l.T("organisation.lead")}
	if where != "" {
		id, choices := people.ReadTerritory(s, where)
		if id.Level != "" {
			return p.Kit.Redirect(w, r, a.href("/organisations", "territoire", id.String()), http.StatusSeeOther)
		}
		for _, c := range choices {
			v.Choices = append(v.Choices, web.Anchor{Text: told(l, s.France, c), Href: a.href("/organisations", "territoire", c.String()), Rel: "nofollow"})
		}
	}
	v.Query = web.Field{Name: "q", Label: l.T("organisation.list.query"), Help: l.T("organisation.list.query_help"), Value: a.filter.Query, Type: "search", Required: true}
	v.Kind = kindField(l, "type", a.filter.Kind, l.T("organisation.list.all_kinds"))
	v.Kind.Required = true
	v.Where = web.Field{Name: "ou", Label: l.T("organisation.list.where"), Help: l.T("organisation.list.where_help"), Value: where, Required: true}
	if where != "" && len(v.Choices) == 0 {
		v.Where.Error = l.T("organisation.list.nowhere", where)
	}
	if a.in != nil {
		v.Territory, v.Within, v.Everywhere = a.in.ID.String(), naming.Named(l, s.France, a.in), a.href("/organisations", "territoire", "")
		v.Title = l.T("organisation.title_in", naming.Heading(l, s.France, a.in))
	}
	shown := people.OrganisationFilter{}
	if a.page == 1 {
		if shown.IDs, err = p.collectivites(r, l, a, v); err != nil {
			return err
		}
	}
	f := a.filter
	f.Limit, f.Offset = pageRows, (a.page-1)*pageRows
	found, total, err := p.Rules.Store.Organisations(ctx, f)
	if err != nil {
		return err
	}
	found = slices.DeleteFunc(found, func(o people.Organisation) bool { return slices.Contains(shown.IDs, o.ID) })
	if len(found) > 0 {
		t := p.table(l, s.France, "organisations", l.T("organisation.list.caption", total), found)
		v.Table = &t
	}
	if total > pageRows {
		v.Pages = &web.Pagination{Label: l.T("organisation.title"), Text: l.T("organisation.list.page", f.Offset+1, min(f.Offset+pageRows, total), total)}
		if a.page > 1 {
			v.Pages.Previous = a.href("/organisations", "page", strconv.Itoa(a.page-1))
		}
		if f.Offset+pageRows < total {
			v.Pages.Next = a.href("/organisations", "page", strconv.Itoa(a.page+1))
		}
	}
	if total > 0 {
		v.CSV = &web.Anchor{Text: l.T("organisation.list.csv", total), Href: a.href("/organisations/csv", "page", ""), Icon: "down", Rel: "nofollow"}
	}
	if v.Table == nil && v.Collectivites == nil {
		v.Empty = &web.State{Kind: "empty", Title: l.T("organisation.list.empty"), Text: l.T("organisation.list.empty_next")}
		if len(a.typed) == 0 {
			v.Empty.Title, v.Empty.Text = l.T("organisation.list.none"), l.T("organisation.list.none_next")
		}
	}
	if may(ctx, "organisation.create") {
		v.Actions = append(v.Actions, web.Anchor{Text: l.T("organisation.create.title"), Href: "/organisations/nouvelle", Strong: true},
			web.Anchor{Text: l.T("organisation.import.title"), Href: "/organisations/importer", Quiet: true})
	}
	if may(ctx, "organisation.merge") {
		v.Actions = append(v.Actions, web.Anchor{Text: l.T("organisation.pairs.title"), Href: "/organisations/doublons", Quiet: true})
	}
	page := &web.Page{Title: v.Title, Description: v.Lead, Template: "organisation/list", View: v, NoIndex: len(r.URL.Query()) > 0}
	if a.in != nil {
		page.Territory = &web.Context{Name: naming.Heading(l, s.France, a.in), Kind: naming.Kind(l, a.in), Href: a.in.Path()}
		page.Crumbs = append(web.TerritoryCrumbs(l, s.France, a.in), web.Crumb{Text: page.Territory.Name, Href: a.in.Path()})
	}
	page.Rights = []web.Right{right(ctx, l, "organisation.create", people.Of(ctx).MaySomewhere("organisation.create"))}
	return p.Kit.Page(w, r, page)
}

// collectivites puts on the page those of the snapshot that have the name asked for
// or govern the territory, with a row or without, and returns their ids.
func (p *Pages) collectivites(r *http.Request, l *i18n.Localizer, a asked, v *listView) ([]string, error) {
	s := snapshot.FromContext(r.Context())
	siren, _, rna := a.filter.Numbers()
	var ids []territory.ID
	var communes []people.Organisation
	switch {
	case siren != "":
		if c, ok := people.CollectiviteBySIREN(s.France, siren); ok {
			ids = c.Territories
		}
	case rna != "" || a.filter.Query == "" && a.in == nil:
		return nil, nil
	case a.filter.Query != "":
		for _, t := range p.Rules.Named(r.Context(), a.filter.Query, 4*mostCollectivites) {
			if a.in == nil || people.Overlap(s.France, []territory.ID{t}, []territory.ID{a.in.ID}) {
				ids = append(ids, t)
			}
		}
	default:
		ids = governing(s.France, a.in)
		if a.in.Level.Whole() && a.in.Level != territory.Commune && len(a.in.Communes()) <= mostCommunes {
			for _, n := range a.in.Communes() {
				communes = append(communes, people.Collectivites(s.France, territory.ID{Level: territory.Commune, Code: s.France.Commune(n).Code})...)
			}
		}
	}
	var all []people.Organisation
	for _, id := range ids {
		for _, c := range people.Collectivites(s.France, id) {
			if (a.filter.Kind == "" || c.Kind == a.filter.Kind) && !slices.ContainsFunc(all, func(o people.Organisation) bool { return o.ID == c.ID }) {
				all = append(all, c)
			}
		}
	}
	if a.filter.Query != "" && siren == "" && len(all) > mostCollectivites {
		all = all[:mostCollectivites]
	}
	if len(communes) > 0 && (a.filter.Kind == "" || a.filter.Kind == people.KindCommune) {
		body, err := p.Kit.Fragment(l.Lang(), "web/table", p.table(l, s.France, "communes", l.T("organisation.list.communes_caption"), communes))
		if err != nil {
			return nil, err
		}
		v.Communes = &web.Details{Summary: l.T("organisation.list.communes", len(communes)), Body: body, Open: a.filter.Kind == people.KindCommune}
	}
	var shown []string
	for _, c := range all {
		shown = append(shown, c.ID)
	}
	if len(all) == 0 {
		return nil, nil
	}
	rows, _, err := p.Rules.Store.Organisations(r.Context(), people.OrganisationFilter{IDs: shown, Limit: 1000})
	if err != nil {
		return nil, err
	}
	for i := range all {
		for _, row := range rows {
			if row.ID == all[i].ID {
				all[i] = row
			}
		}
	}
	t := p.table(l, s.France, "collectivites", l.T("organisation.list.collectivites"), all)
	v.Collectivites = &t
	return shown, nil
}

// governing are the territories of collectivités that hold a part of t, the
// smallest first, itself included; communes only where t is one.
func governing(f *territory.France, t *territory.Territory) []territory.ID {
	if t.Level == territory.Pays {
		return nil
	}
	var out []territory.ID
	for _, l := range people.Governed {
		if l == territory.Commune && t.Level != territory.Commune && t.Level != territory.ArrondissementMunicipal {
			continue
		}
		for _, n := range t.Communes() {
			for _, u := range f.Of(n, l) {
				if !slices.Contains(out, u.ID) {
					out = append(out, u.ID)
				}
			}
		}
		if len(out) > 200 { // a région by its intercommunalités: enough
			break
		}
	}
	return out
}

// kindField is a choice of what an organisation is.
func kindField(l *i18n.Localizer, name string, chosen people.OrganisationKind, first string) web.Field {
	f := web.Field{Name: name, Label: l.T("organisation.field.kind"), Type: "select", Options: []web.Option{{Label: first, Chosen: chosen == ""}}}
	for _, k := range people.OrganisationKinds {
		f.Options = append(f.Options, web.Option{Value: string(k), Label: kindName(l, k), Chosen: k == chosen})
	}
	return f
}

func kindName(l *i18n.Localizer, k people.OrganisationKind) string {
	return l.T("organisation.kind." + string(k))
}

// table lists organisations.
func (p *Pages) table(l *i18n.Localizer, f *territory.France, id, caption string, list []people.Organisation) web.Table {
	t := web.Table{ID: id, Caption: caption, Quiet: id == "communes", Columns: []web.Column{
		{Title: l.T("organisation.field.name")}, {Title: l.T("organisation.list.kind")}, {Title: l.T("organisation.field.commune")},
	}}
	placed := slices.ContainsFunc(list, func(o people.Organisation) bool { return o.Commune != "" })
	if !placed {
		t.Columns = t.Columns[:2]
	}
	for _, o := range list {
		name := web.Cell{Text: o.Name, Href: address(o.ID)}
		if o.State == people.OrganisationClosed {
			name.Marks = []web.Mark{{Text: l.T("organisation.closed")}}
		}
		commune := ""
		if n, ok := f.CommuneNumber(o.Commune); ok {
			commune = f.Commune(n).Name
		}
		notes := []string{o.ShortName, people.FormatNumber(cmp.Or(o.SIRET, o.SIREN, o.RNA))}
		name.Note = strings.Join(slices.DeleteFunc(notes, func(s string) bool { return s == "" }), " · ")
		t.Rows = append(t.Rows, []web.Cell{name, {Text: kindName(l, o.Kind)}, {Text: commune}}[:len(t.Columns)])
	}
	return t
}

// csv gives all that a list would show, page after page.
func (p *Pages) csv(w http.ResponseWriter, r *http.Request) error {
	l, s := p.Kit.Locale(r.Context()), snapshot.FromContext(r.Context())
	a, err := p.readAsked(r)
	if err != nil {
		return err
	}
	var all []people.Organisation
	f := a.filter
	for f.Limit = 1000; ; f.Offset += f.Limit {
		found, total, err := p.Rules.Store.Organisations(r.Context(), f)
		if err != nil {
			return err
		}
		if all = append(all, found...); len(found) == 0 || len(all) >= total {
			break
		}
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="organisations.csv"`)
	return web.WriteCSV(w, l, people.OrganisationHead(l, people.OrganisationColumns), func(write func([]string)) {
		for i := range all {
			write(all[i].Row(s.France, people.OrganisationColumns))
		}
	})
}
