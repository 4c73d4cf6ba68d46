package atlasweb

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bassin/internal/atlas"
	"bassin/internal/i18n"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// territoryRoutes are the pages of territories, one pattern a level so that no
// other page of two words can be taken for one.
func (p *Pages) territoryRoutes() []web.Route {
	var out []web.Route
	for _, l := range append(slices.Clone(territory.Levels), territory.Custom) {
		level := l
		out = append(out, web.Route{
			Method: http.MethodGet, Pattern: "/" + string(level) + "/{code}", Action: "atlas.territory." + string(level), Who: web.Everyone,
			Stable: level != territory.Custom, // a set's address may not be kept yet
			Handler: func(w http.ResponseWriter, r *http.Request) error {
				return p.territory(w, r, level, r.PathValue("code"))
			},
		})
	}
	return append(out, p.exportRoutes()...)
}

// sections are those of the atlas itself, in reading order; other features add
// theirs through [Pages.Sections].
func sections() []web.Section {
	return []web.Section{
		populationSection(), mapSection(), belongsSection(), membersSection(), programmesSection(), storySection(), sourcesSection(),
	}
}

// visit is what the sections of one territory page share: the portrait is drawn
// once a request, and links to the page itself keep the address it was asked by.
type visit struct {
	snapshot *snapshot.Snapshot
	portrait *atlas.Portrait
	self     string     // path in French words, /set/22113,22278 for a set that is not kept
	term     string     // the territory as a term of a set expression
	kept     *portraits // where maps of large territories are kept, nil for none
}

type visitKey struct{}

// visitOf returns the visit of a request, made on the spot for a section that
// another page shows.
func visitOf(ctx context.Context, q web.SectionRequest) *visit {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok && v.portrait.Territory == q.Territory {
		return v
	}
	return &visit{
		snapshot: snapshot.FromContext(ctx), portrait: atlas.Draw(q.France, q.Territory),
		self: q.Territory.Path(), term: termOf(q.Territory.ID),
	}
}

// territory answers with the page of a territory, or leads to it.
func (p *Pages) territory(w http.ResponseWriter, r *http.Request, level territory.Level, code string) error {
	s := snapshot.FromContext(r.Context())
	f := s.France
	if level == territory.Custom {
		return p.customTerritory(w, r, s, code)
	}
	t, ok := f.Territory(territory.ID{Level: level, Code: code})
	if !ok {
		return p.elsewhere(w, r, s, level, code)
	}
	return p.territoryPage(w, r, &visit{snapshot: s, portrait: p.portrait(s, t), self: t.Path(), term: termOf(t.ID), kept: &p.portraits})
}

// customTerritory answers for a set, by short address or by expression. An
// expression that comes to one published territory leads to its page.
func (p *Pages) customTerritory(w http.ResponseWriter, r *http.Request, s *snapshot.Snapshot, expr string) error {
	t, err := p.Atlas.Resolve(r.Context(), s.France, expr)
	if err != nil {
		return err
	}
	if t.Level != territory.Custom {
		return p.Kit.Redirect(w, r, t.Path(), http.StatusSeeOther)
	}
	v := &visit{snapshot: s, portrait: atlas.Draw(s.France, t), self: "/set/" + url.PathEscape(expr), term: expr}
	if territory.IsSetCode(expr) {
		v.term = "set:" + expr
	}
	return p.territoryPage(w, r, v)
}

// linkView is a link of a page. Download says that it leads to a file.
type linkView struct {
	Href, Text string
	Download   bool
	Size       string
}

// territoryView is what the page of a territory shows above and around its sections.
type territoryView struct {
	Kind     string // its level in words
	Title    string
	What     string // what such a territory is
	Vintage  string
	From     template.HTML   // where the reader comes from: an old code, a part
	Answer   []template.HTML // the one thing to know first
	Action   *linkView       // the main action
	Links    []linkView
	Sections []web.RenderedSection
}

func (p *Pages) territoryPage(w http.ResponseWriter, r *http.Request, v *visit) error {
	l := p.Kit.Locale(r.Context())
	f, t := v.snapshot.France, v.portrait.Territory
	ctx := context.WithValue(r.Context(), visitKey{}, v)
	href := func(path string) string { return p.Kit.Href(l.Lang(), path) }
	view := territoryView{
		Kind: i18n.Upper(kindWithCode(l, t)), Title: naming.Heading(l, f, t),
		What: what(l, t.Level), Vintage: l.T("territory.vintage", i18n.Plain(f.Vintage())),
		From: comesFrom(l, f, t, r.URL.Query().Get("depuis")),
	}
	teller := teller{l: l, f: f, href: href}
	view.Answer, view.Action = teller.answer(v.portrait)
	view.Links = teller.actions(v)
	view.Sections = p.Kit.Sections(ctx, slices.Concat(sections(), p.Sections), web.SectionRequest{
		Territory: t, France: f, Self: v.self, Localizer: l, Query: r.URL.Query(),
	})
	page := &web.Page{
		Title: view.Title, Description: plain(view.Answer), Template: "atlas/territory", View: view,
		Crumbs: web.TerritoryCrumbs(l, f, t), Territory: &web.Context{Name: view.Title, Kind: naming.Kind(l, t), Href: v.self},
		Canonical: v.self, NoIndex: t.Level == territory.Custom,
	}
	return p.Kit.Page(w, r.WithContext(ctx), page)
}

// what says what such a territory is, for the levels that not everybody knows.
func what(l *i18n.Localizer, level territory.Level) string {
	switch level {
	case territory.Commune, territory.Departement, territory.Region, territory.Pays, territory.Custom:
		return ""
	}
	return l.T("level." + string(level) + ".what")
}

// kindWithCode is the level in words, with the code by which a level is known to
// those who live there: that of a département, of a commune.
func kindWithCode(l *i18n.Localizer, t *territory.Territory) string {
	switch t.Level {
	case territory.Commune, territory.Departement:
		return l.T("territory.kind_code", naming.Kind(l, t), t.Code)
	}
	return naming.Kind(l, t)
}

// plain takes the tags off sentences, for the description of the page.
func plain(sentences []template.HTML) string {
	var b strings.Builder
	for _, s := range sentences {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		in := false
		for _, r := range string(s) {
			switch {
			case r == '<':
				in = true
			case r == '>':
				in = false
			case !in:
				b.WriteRune(r)
			}
		}
	}
	return strings.NewReplacer("&#39;", "'", "&amp;", "&", "&#34;", `"`, "&lt;", "<", "&gt;", ">").Replace(b.String())
}
