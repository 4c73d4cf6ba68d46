package atlasweb

import (
	"context"
	"html/template"

	"bassin/internal/atlas"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/carto"
	"bassin/internal/web/naming"
)

// mapView is what the section of the map shows.
type mapView struct {
	SVG        template.HTML
	Caption    string
	ShareAlike bool   // holds outlines of OpenStreetMap contributors
	Hidden     string // members that are not on the map, in words
	Around     []linkView
	AroundWord string
	Table      string // anchor of the table of the same members, "" where there is none
}

func mapSection() web.Section {
	return web.Section{ID: "carte", Title: "territory.section.map", Order: 20,
		Render: func(ctx context.Context, q web.SectionRequest) (template.HTML, error) {
			v := visitOf(ctx, q)
			if v.snapshot == nil {
				return "", nil
			}
			draw := func() mapView { return teller{q.Localizer, q.France, q.Href}.plate(v) }
			var view mapView
			if v.kept != nil && len(q.Territory.Communes()) >= largePortrait {
				view = v.kept.drawn(v.snapshot, plateKey{q.Territory.ID, q.Localizer.Lang()}, draw)
			} else {
				view = draw()
			}
			if view.SVG == "" {
				return q.Fragment("atlas/territory_nomap", view)
			}
			return q.Fragment("atlas/territory_map", view)
		}}
}

// aroundMost is the number of neighbours listed under a map; the map shows the rest.
const aroundMost = 40

func (t teller) plate(v *visit) mapView {
	l, p, u := t.l, v.portrait, v.portrait.Territory
	heading := naming.Heading(l, t.f, u)
	o := carto.Options{
		Unit: p.Unit, Label: l.T("territory.map.label", heading), Scale: true,
		Href: func(o *territory.Territory) string { return t.href(o.Path()) },
		Title: func(o *territory.Territory) string {
			return l.T("territory.map.title", naming.Heading(l, t.f, o), t.inhabitants(o))
		},
	}
	drawn := carto.Territory(v.snapshot, u, o)
	view := mapView{SVG: drawn.SVG, ShareAlike: drawn.ShareAlike, Caption: l.T("territory.map.caption." + mapKey(p))}
	if drawn.SVG == "" {
		return view
	}
	if drawn.Hidden > 0 {
		view.Hidden = l.T("territory.map.hidden", drawn.Hidden)
	}
	switch {
	case !u.Level.Whole() || u.Level == territory.Commune && p.Unit == territory.Commune:
		// no table has the same pieces
	case len(p.Members) > 0:
		view.Table = "#membres"
	}
	view.Around, view.AroundWord = t.around(v)
	return view
}

// mapKey chooses the words under the map.
func mapKey(p *atlas.Portrait) string {
	switch {
	case p.Territory.Level == territory.Commune && p.Unit == territory.Commune:
		return "commune"
	case !p.Territory.Level.Whole():
		return "smaller." + string(p.Territory.Level)
	}
	return "members"
}

// around lists the neighbours: communes around a commune or a small set, basins
// around a basin, territories of the same level otherwise.
func (t teller) around(v *visit) ([]linkView, string) {
	u := v.portrait.Territory
	if !u.Level.Whole() || u.Level == territory.Pays || v.snapshot == nil {
		return nil, ""
	}
	level := u.Level
	if level == territory.Custom {
		level = territory.BassinDeVie
	}
	var out []linkView
	seen := map[*territory.Territory]bool{u: true}
	for _, n := range v.snapshot.Neighbours(u) {
		o := t.f.One(n, level)
		if level == territory.Commune {
			o = t.f.Level(territory.Commune)[n]
		}
		if o == nil || seen[o] {
			continue
		}
		seen[o] = true
		out = append(out, linkView{Href: t.href(o.Path()), Text: naming.Heading(t.l, t.f, o), Size: t.figure(o)})
	}
	if len(out) == 0 {
		return nil, ""
	}
	if u.Level == territory.Custom {
		level = territory.EPCI // basins around a set may hold a part of it: they are not its neighbours
	}
	word := t.l.T("territory.map.around."+string(level), len(out))
	return out[:min(len(out), aroundMost)], word
}
