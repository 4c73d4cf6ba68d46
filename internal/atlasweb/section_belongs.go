package atlasweb

import (
	"context"
	"html/template"

	"bassin/internal/atlas"
	"bassin/internal/i18n"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// belongsView says what a perimeter lies in and what it crosses. It is never a
// tree: each level stands for itself, with shares on both sides.
type belongsView struct {
	Inside  *web.Table      // levels one territory of which holds it whole
	Outside []template.HTML // levels that it is in no territory of
	Across  []acrossView    // levels that cross it
}

// acrossView is one level that crosses the perimeter, or that it is made of.
type acrossView struct {
	ID    string
	Title string        // 3 intercommunalités
	Text  template.HTML // how they cross, in words
	Bar   *web.Stack    // how its population is shared out, nil where it is not
	Table web.Table
	Open  bool // its table is shown unfolded
}

func belongsSection() web.Section {
	return web.Section{ID: "appartenances", Title: "territory.section.belongs", Order: 30,
		For: func(l territory.Level) bool { return l != territory.Pays },
		Render: func(ctx context.Context, q web.SectionRequest) (template.HTML, error) {
			v := visitOf(ctx, q)
			view := teller{q.Localizer, q.France, q.Href}.belongs(v)
			if view.Inside == nil && len(view.Across) == 0 && len(view.Outside) == 0 {
				return "", nil
			}
			return q.Fragment("atlas/territory_belongs", view)
		}}
}

const (
	acrossRows = 15 // rows up to which the table of a level that crosses is whole
	acrossMost = 8  // rows of a longer one, the rest being a link away
	barParts   = 6  // parts of a bar, the others together
	telling    = .6 // least share of the people in the parts that a bar names
)

func (t teller) belongs(v *visit) belongsView {
	l, p := t.l, v.portrait
	var view belongsView
	inside := web.Table{
		ID: "t-dans", Caption: l.T("territory.belongs.inside_caption", naming.Heading(l, t.f, p.Territory)),
		Columns: []web.Column{{Title: l.T("territory.col.territory")},
			{Title: l.T("territory.col.communes"), Numeric: true}, {Title: l.T("territory.col.population"), Numeric: true}},
	}
	shares := p.Territory.Level.Whole()
	if shares {
		inside.Columns = append(inside.Columns, web.Column{Title: l.T("territory.col.weight"), Numeric: true})
	}
	for _, c := range p.Crossings {
		if !c.Inside() {
			view.Across = append(view.Across, t.across(v, c))
			continue
		}
		r := c.Relations[0]
		name := t.named(r.Other)
		switch c.Level {
		case territory.Commune, territory.EPT, territory.EPCI, territory.Departement, territory.Region:
			name.Note = i18n.Upper(naming.Kind(l, r.Other)) // the names of other levels say their level
		}
		row := []web.Cell{
			name, text(l.Number(len(r.Other.Communes()))), text(t.figure(r.Other)),
		}
		if shares {
			weight := "–"
			switch {
			case c.Same():
				weight = l.T("territory.belongs.same")
			case r.Known:
				weight = l.Share(r.OfOther)
			}
			row = append(row, text(weight))
		}
		inside.Rows = append(inside.Rows, row)
	}
	if len(inside.Rows) > 0 {
		view.Inside = &inside
	}
	view.Outside = t.outside(p)
	return view
}

// figure is a population in a table, a dash where it is not published.
func (t teller) figure(u *territory.Territory) string {
	if n, known := u.Population(); known {
		return t.l.Number(n)
	}
	return "–"
}

// outside says which levels the perimeter has no part in, for the levels where
// that teaches something.
func (t teller) outside(p *atlas.Portrait) []template.HTML {
	u := p.Territory
	if !u.Level.Whole() {
		return nil
	}
	if u.Zone == "com" {
		return []template.HTML{web.Say(t.l, "territory.belongs.none.overseas")}
	}
	var out []template.HTML
	for _, level := range []territory.Level{territory.EPCI, territory.UniteUrbaine, territory.AireAttraction, territory.TerritoireIndustrie} {
		if u.Level == level {
			continue
		}
		found := false
		for _, c := range p.Crossings {
			found = found || c.Level == level
		}
		if !found {
			out = append(out, web.Say(t.l, "territory.belongs.none."+string(level)))
		}
	}
	return out
}

func (t teller) across(v *visit, c atlas.Crossing) acrossView {
	l, u := t.l, v.portrait.Territory
	n := len(c.Relations)
	view := acrossView{ID: "a-" + string(c.Level), Title: i18n.Upper(l.T("territory.count."+string(c.Level), n))}
	view.Text = t.how(c, u)
	view.Table = web.Table{ID: "t-" + string(c.Level), Quiet: true, Caption: l.T("territory.belongs.caption", i18n.Upper(l.T("level."+string(c.Level)+".names")), naming.Heading(l, t.f, u))}
	shares := u.Level.Whole() && c.Relations[0].Known
	view.Table.Columns = []web.Column{{Title: i18n.Upper(l.T("level." + string(c.Level) + ".name"))}}
	if c.Level != territory.Commune {
		view.Table.Columns = append(view.Table.Columns, web.Column{Title: l.T("territory.col.shared"), Numeric: true})
	}
	if shares {
		view.Table.Columns = append(view.Table.Columns,
			web.Column{Title: l.T("territory.col.of_this"), Numeric: true}, web.Column{Title: l.T("territory.col.of_other"), Numeric: true})
	}
	for i, r := range c.Relations {
		if n > acrossRows && i >= acrossMost {
			break
		}
		row := []web.Cell{t.named(r.Other)}
		if c.Level != territory.Commune {
			row = append(row, text(l.T("territory.out_of", r.Communes, len(r.Other.Communes()))))
		}
		if shares {
			row = append(row, text(l.Share(r.OfThis)), text(l.Share(r.OfOther)))
		}
		view.Table.Rows = append(view.Table.Rows, row)
	}
	if n > acrossRows {
		view.Table.More = &web.Anchor{Href: v.self + "?unite=" + string(c.Level) + "#membres", Text: l.T("territory.belongs.more", n)}
	}
	if shares && n > 1 && named(c) >= telling {
		view.Bar = t.bar(c, view.Title)
	}
	view.Open = view.Bar == nil && n <= acrossRows
	return view
}

// named is the share of the people that the named parts of a bar hold, those who
// live in no territory of the level included.
func named(c atlas.Crossing) float64 {
	sum := c.OfOutside
	for _, r := range c.Relations[:min(len(c.Relations), barParts)] {
		sum += r.OfThis
	}
	return sum
}

// how says in words how the territories of a level cross a perimeter.
func (t teller) how(c atlas.Crossing, u *territory.Territory) template.HTML {
	l, n := t.l, len(c.Relations)
	if !u.Level.Whole() {
		return web.Say(l, "territory.belongs.smaller")
	}
	var out template.HTML
	switch partial := n - c.Whole; {
	case partial == 0:
		out = web.Say(l, "territory.belongs.contained", n)
	case c.Whole == 0 && n == 1:
		out = web.Say(l, "territory.belongs.part_of_one")
	case c.Whole == 0:
		out = web.Say(l, "territory.belongs.across", n)
	default:
		out = web.Say(l, "territory.belongs.mixed", partial, n)
	}
	if c.Outside > 0 {
		out += " " + web.Say(l, "territory.belongs.outside."+outsideKey(c.Level), c.Outside, l.Share(c.OfOutside))
	}
	return out
}

func outsideKey(level territory.Level) string {
	switch level {
	case territory.EPCI, territory.UniteUrbaine, territory.AireAttraction, territory.TerritoireIndustrie:
		return string(level)
	}
	return "other"
}

// bar shares the population out between the largest parts, the others together
// and what lies in none.
func (t teller) bar(c atlas.Crossing, title string) *web.Stack {
	l := t.l
	out := &web.Stack{ID: "b-" + string(c.Level), Title: l.T("territory.belongs.bar", title), Head: [2]string{i18n.Upper(l.T("level." + string(c.Level) + ".name")), l.T("territory.col.of_this")}}
	single := min(len(c.Relations), barParts)
	if len(c.Relations) == barParts+1 {
		single++
	}
	rest := 0.0
	for i, r := range c.Relations {
		if i >= single {
			rest += r.OfThis
			continue
		}
		out.Parts = append(out.Parts, web.Share{Label: t.short(r.Other), Href: r.Other.Path(), Value: r.OfThis, Text: l.Share(r.OfThis), Class: shade(i, single)})
	}
	if n := len(c.Relations) - single; n > 0 {
		out.Parts = append(out.Parts, web.Share{Label: l.T("territory.others", n), Value: rest, Text: l.Share(rest)})
	}
	if c.OfOutside > 0 {
		out.Parts = append(out.Parts, web.Share{Label: l.T("territory.none"), Value: c.OfOutside, Text: l.Share(c.OfOutside), Class: -1})
	}
	return out
}
