package atlasweb

import (
	"context"
	"html/template"
	"net/url"
	"slices"
	"strconv"

	"bassin/internal/atlas"
	"bassin/internal/i18n"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// membersView is the table of what a territory is made of.
type membersView struct {
	Text    template.HTML
	Units   []unitLink // the same by another level
	Table   web.Table
	Pages   *web.Pagination
	CSV     *web.Anchor
	Partial bool // some members lie partly outside
}

// unitLink leads to the same table by another level.
type unitLink struct {
	Href, Text string
	Current    bool
}

func membersSection() web.Section {
	return web.Section{ID: "membres", Title: "territory.section.members", Order: 40,
		For: territory.Level.Whole,
		Render: func(ctx context.Context, q web.SectionRequest) (template.HTML, error) {
			v := visitOf(ctx, q)
			view := teller{q.Localizer, q.France, q.Href}.members(v, url.Values(q.Query))
			if view == nil {
				return "", nil
			}
			return q.Fragment("atlas/territory_members", view)
		}}
}

// units are the levels by which a table of members may be asked for.
func units(p *atlas.Portrait) []territory.Level {
	t := p.Territory
	if t.Level == territory.Commune {
		return []territory.Level{p.Unit}
	}
	var out []territory.Level
	for _, l := range []territory.Level{territory.Commune, territory.BassinDeVie, territory.EPCI, territory.Departement, territory.Region} {
		if l == t.Level || l == territory.Region && t.Level != territory.Pays {
			continue
		}
		if l == territory.Commune || l == p.Unit || t.Level == territory.Pays {
			out = append(out, l)
			continue
		}
		for _, c := range p.Crossings {
			if c.Level == l && len(c.Relations) > 1 {
				out = append(out, l)
			}
		}
	}
	return out
}

func (t teller) members(v *visit, q url.Values) *membersView {
	l, p := t.l, v.portrait
	u := p.Territory
	all := units(p)
	unit := p.Unit
	// Other levels can be asked for by a link of the section on what crosses.
	if asked := territory.Level(q.Get("unite")); asked != unit && u.Level != territory.Commune {
		if slices.Contains(all, asked) || slices.ContainsFunc(p.Crossings, func(c atlas.Crossing) bool { return c.Level == asked }) {
			unit = asked
		}
	}
	members := p.Members
	if unit != p.Unit {
		members = atlas.Members(t.f, u, unit)
	}
	if len(members) == 0 || u.Level == territory.Commune && unit == territory.Commune {
		return nil
	}
	items := make([]*item, len(members))
	partial := 0
	for i, m := range members {
		it := newItem(t.short(m.Territory), m.Territory)
		it.communes, it.share, it.known, it.density, it.partial = m.Communes, m.Share, m.Known, m.Density, m.Partial()
		if it.partial {
			partial++
		}
		items[i] = it
	}
	keys, columns := []string{byTheName, byPopulation}, []web.Column{
		{Title: i18n.Upper(l.T("level." + string(unit) + ".name"))}, {Title: l.T("territory.col.population"), Numeric: true}}
	if unit != territory.ArrondissementMunicipal {
		keys, columns = append(keys, byShare), append(columns, web.Column{Title: l.T("territory.col.share"), Numeric: true})
	}
	switch {
	case unit == territory.Commune:
		keys, columns = append(keys, byDensity), append(columns, web.Column{Title: l.T("territory.col.density")})
	case unit != territory.ArrondissementMunicipal:
		keys, columns = append(keys, byCommunes), append(columns, web.Column{Title: l.T("territory.col.communes"), Numeric: true})
	}
	o := readOrder(q, keys, byPopulation, true)
	o.apply(items)
	shown, pages := o.page(items)
	path := v.self
	view := &membersView{
		Table: web.Table{
			ID: "t-membres", Quiet: true, Sortable: pages == 1,
			Caption: l.T("territory.members.caption", i18n.Upper(l.T("level."+string(unit)+".names")), naming.Heading(l, t.f, u)),
			Columns: o.heads(path, q, "#membres", keys, columns),
		},
	}
	for _, it := range shown {
		view.Table.Rows = append(view.Table.Rows, t.memberRow(it, keys))
	}
	view.Text = t.membersText(p, unit, len(items), partial)
	view.Pages = o.pagination(l, path, q, view.Table.Caption, len(items), pages, "#membres")
	if len(all) > 1 {
		for _, level := range all {
			view.Units = append(view.Units, unitLink{
				Href: t.href(path) + "?unite=" + string(level) + "#membres", Text: i18n.Upper(l.T("level." + string(level) + ".names")), Current: level == unit,
			})
		}
	}
	if u.Level != territory.Commune {
		view.CSV = &web.Anchor{Href: v.self + "/communes.csv", Text: l.T("territory.members.csv")}
	}
	return view
}

// short is the name of a territory in a table whose heading says the level.
func (t teller) short(u *territory.Territory) string {
	if u.Level == territory.EPCI {
		return naming.Heading(t.l, t.f, u)
	}
	return u.Name
}

func (t teller) memberRow(it *item, keys []string) []web.Cell {
	l := t.l
	name := web.Cell{Text: it.name, Href: it.of.Path(), Sort: it.fold}
	if it.partial {
		name.Note = l.T("territory.members.partly", it.communes, len(it.of.Communes()))
	}
	row := make([]web.Cell, 0, len(keys))
	for _, k := range keys {
		switch k {
		case byTheName:
			row = append(row, name)
		case byPopulation:
			row = append(row, web.Cell{Text: t.figure(it.of), Sort: strconv.Itoa(it.population)})
		case byShare:
			s := "–"
			if it.known {
				s = l.Share(it.share)
			}
			row = append(row, web.Cell{Text: s, Sort: strconv.FormatFloat(it.share, 'f', 6, 64)})
		case byDensity:
			row = append(row, web.Cell{Text: densityName(l, it.density), Sort: strconv.Itoa(int(it.density))})
		case byCommunes:
			row = append(row, web.Cell{Text: l.Number(it.communes), Sort: strconv.Itoa(it.communes)})
		}
	}
	return row
}

// membersText says how many members there are, and what part of them lies outside.
func (t teller) membersText(p *atlas.Portrait, unit territory.Level, n, partial int) template.HTML {
	l := t.l
	out := web.Say(l, "territory.members.text", l.T("territory.count."+string(unit), n))
	if partial > 0 {
		out += " " + web.Say(l, "territory.members.partial", partial)
	}
	if unit != territory.Commune && unit == p.Unit && unit != territory.ArrondissementMunicipal && p.Territory.Level != territory.Pays {
		out += " " + web.Say(l, "territory.members.why_unit", p.Communes)
	}
	return out
}

// densityName is the class of the INSEE grid in words.
func densityName(l *i18n.Localizer, class int8) string {
	if class < 1 || class > 7 {
		return "–"
	}
	return l.T("territory.density." + string(rune('0'+class)))
}
