package mandateweb

import (
	"context"
	"html/template"
	"net/http"
	"slices"

	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// Sections are what these pages say on territory pages.
func (p *Pages) Sections() []web.Section {
	return []web.Section{{ID: "qui-fait-quoi", Title: "mandate.section.title", Order: 70, Render: p.section}}
}

// sectionView is what a territory page says of mandates.
type sectionView struct {
	Table web.Table
	More  string // address of the page that says all
}

// sectionRows is how many mandates a territory page shows.
const sectionRows = 8

// section is empty where nobody has a public mandate: most territories have none,
// and a page does not dwell on what is not there.
func (p *Pages) section(ctx context.Context, q web.SectionRequest) (template.HTML, error) {
	list, err := p.held(ctx, q.Localizer, q.France, q.Territory, "now")
	if err != nil || len(list) == 0 {
		return "", err
	}
	v := sectionView{More: "/qui-fait-quoi?territoire=" + q.Territory.ID.String()}
	v.Table = table(q.Localizer, "mandats", q.Localizer.T("mandate.section.title"), list[:min(len(list), sectionRows)])
	return q.Fragment("mandate/section", v)
}

// listView is who does and did what on a territory.
type listView struct {
	Named     string
	Country   bool // nothing holds it
	Now, Past web.Table
	Cut       int
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	l, f := p.Kit.Locale(r.Context()), snapshot.FromContext(r.Context()).France
	expr := r.URL.Query().Get("territoire")
	if expr == "" {
		expr = "pays:FR"
	}
	t, err := p.Resolve(r.Context(), f, expr)
	if err != nil {
		return err
	}
	now, err := p.held(r.Context(), l, f, t, "now")
	if err != nil {
		return err
	}
	past, err := p.held(r.Context(), l, f, t, "past")
	if err != nil {
		return err
	}
	past = slices.DeleteFunc(past, func(h holder) bool { return h.Name == "" && !h.Here })
	v := &listView{Named: naming.Named(l, f, t), Country: t.Level == territory.Pays}
	v.Now, v.Past = table(l, "maintenant", l.T("mandate.now"), now), table(l, "avant", l.T("mandate.past"), past)
	if max(len(now), len(past)) >= most {
		v.Cut = most
	}
	return p.Kit.Page(w, r, &web.Page{
		Title: l.T("mandate.title", naming.Heading(l, f, t)), Description: l.T("mandate.description", v.Named), Template: "mandate/list", View: v,
		Crumbs: web.TerritoryCrumbs(l, f, t), Territory: &web.Context{Name: naming.Heading(l, f, t), Kind: naming.Kind(l, t), Href: t.Path()},
		Canonical: "/qui-fait-quoi?territoire=" + t.ID.String(),
	})
}

// examples are the views on which the templates are checked when the server starts.
func examples() map[string][]any {
	some := web.Table{ID: "a", Caption: "…", Columns: []web.Column{{Title: "…"}}, Rows: [][]web.Cell{{{Text: "…"}}}}
	return map[string][]any{
		"mandate/section": {sectionView{Table: some, More: "/a"}},
		"mandate/list":    {&listView{Named: "…", Now: some, Past: some, Cut: 2}, &listView{Named: "…", Country: true}},
	}
}
