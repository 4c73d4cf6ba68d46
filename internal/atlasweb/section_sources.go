package atlasweb

import (
	"context"
	"html/template"
	"path"
	"slices"
	"strings"

	"bassin/internal/atlas"
	"bassin/internal/i18n"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// sourcesView says where all this comes from, and how to take it away.
type sourcesView struct {
	Sources   []web.Source
	Downloads web.Links
	Vintage   string
	Expr      string // how the API and set expressions name the territory
}

func sourcesSection() web.Section {
	return web.Section{ID: "sources", Title: "territory.section.sources", Order: 900,
		Render: func(ctx context.Context, q web.SectionRequest) (template.HTML, error) {
			v := visitOf(ctx, q)
			return q.Fragment("atlas/territory_sources", teller{q.Localizer, q.France, q.Href}.sources(v))
		}}
}

// sourceFiles are the files that a territory page speaks from, by the beginning
// of their names, and the levels they serve; nil is all.
var sourceFiles = []struct {
	prefix string
	levels []territory.Level
}{
	{"communes-2026.csv", nil},
	{"population-communes", nil},
	{"bassins-de-vie-2022-communes", nil},
	{"communes-zonages", nil},
	{"communes-typologies", []territory.Level{territory.Commune}},
	{"epci-2026.csv", nil},
	{"frr-", nil},
	{"acv-pvd-ort", nil},
	{"qpv-2024-communes", nil},
	{"territoires-industrie", nil},
	{"mouvements-communes", []territory.Level{territory.Commune}},
	{"communes-2026.topojson", nil},
	{"arrondissements-municipaux", []territory.Level{territory.ArrondissementMunicipal}},
	{"qpv-2024.geojson", []territory.Level{territory.QPV}},
}

func (t teller) sources(v *visit) sourcesView {
	l, u := t.l, v.portrait.Territory
	view := sourcesView{Vintage: l.T("territory.vintage", i18n.Plain(t.f.Vintage()))}
	if v.snapshot != nil {
		for _, s := range v.snapshot.Manifest.Sources {
			if speaks(s, u) && !silent(path.Base(s.Path), v.portrait) {
				view.Sources = append(view.Sources, web.SourceOf(l.Lang(), s))
			}
		}
	}
	view.Expr = v.term
	if u.Level == territory.Commune {
		view.Expr = u.ID.String()
	}
	items := []web.Anchor{}
	if u.Level.Whole() {
		items = append(items,
			web.Anchor{Text: l.T("territory.export.csv"), Href: v.self + "/communes.csv", Icon: "download"},
			web.Anchor{Text: l.T("territory.export.parquet"), Href: v.self + "/communes.parquet", Icon: "download"})
	}
	items = append(items, web.Anchor{Text: l.T("territory.export.geojson"), Href: v.self + "/contour.geojson", Icon: "download"})
	view.Downloads = web.Links{Label: l.T("territory.export.label"), Items: items}
	return view
}

// speaks says whether a page on the territory shows anything of a source.
func speaks(s snapshot.Source, u *territory.Territory) bool {
	if strings.HasPrefix(s.Path, "odbl/communes-com") {
		return u.Zone == "com"
	}
	name := path.Base(s.Path)
	for _, f := range sourceFiles {
		if !strings.HasPrefix(name, f.prefix) {
			continue
		}
		if f.levels == nil {
			return true
		}
		for _, l := range f.levels {
			if l == u.Level {
				return true
			}
		}
	}
	return false
}

// silent says that the sections of a page show nothing of a file which serves
// its level: programmes and series stop at communes, and few reach overseas.
func silent(name string, p *atlas.Portrait) bool {
	u := p.Territory
	starts := func(prefixes ...string) bool {
		return slices.ContainsFunc(prefixes, func(s string) bool { return strings.HasPrefix(name, s) })
	}
	switch {
	case starts("population-communes"):
		return len(p.Series) < 2 && u.Level != territory.Pays
	case starts("frr-", "acv-pvd-ort", "territoires-industrie"):
		return !u.Level.Whole() || u.Zone == "com"
	case starts("communes-typologies"):
		return u.Zone == "com"
	case starts("qpv-2024-communes"):
		return u.Level != territory.QPV && len(p.Districts) == 0 && (u.Zone == "com" || !u.Level.Whole())
	case starts("mouvements-communes"):
		return u.Zone == "com" && len(p.History) == 0
	case starts("bassins-de-vie", "communes-zonages", "epci-2026", "communes-2026.topojson"):
		return u.Zone == "com"
	}
	return false
}
