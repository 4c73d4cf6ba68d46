package atlasweb

import (
	"html/template"
	"strings"

	"bassin/internal/atlas"
	"bassin/internal/i18n"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// namedMost is how many territories a sentence names before it only counts them.
const namedMost = 4

// teller says things of territories in one language.
type teller struct {
	l    *i18n.Localizer
	f    *territory.France
	href func(path string) string // address in the reader's language
}

// link is the name of a territory in a sentence, leading to its page.
func (t teller) link(u *territory.Territory) template.HTML {
	return web.Linked(t.href(u.Path()), naming.Named(t.l, t.f, u))
}

func (t teller) communes(n int) string { return t.l.T("territory.n_communes", n) }

// inhabitants writes the population of a territory, or that it is not published.
func (t teller) inhabitants(u *territory.Territory) string {
	n, known := u.Population()
	switch {
	case !known:
		return t.l.T("territory.population_unknown")
	case n == 0:
		return t.l.T("territory.nobody")
	}
	return t.l.T("territory.n_inhabitants", n)
}

// answer is what a reader needs first, and where to go from there.
func (t teller) answer(p *atlas.Portrait) ([]template.HTML, *linkView) {
	switch p.Territory.Level {
	case territory.Commune:
		return t.answerCommune(p)
	case territory.QPV, territory.ArrondissementMunicipal:
		return t.answerSmaller(p)
	case territory.Pays:
		return []template.HTML{web.Say(t.l, "territory.answer.pays", t.communes(p.Communes), t.inhabitants(p.Territory),
			web.Linked(t.href("/liste/bv"), t.l.T("territory.n_basins", len(t.f.Level(territory.BassinDeVie)))))}, nil
	}
	out := []template.HTML{t.answerWhole(p)}
	if s := t.extent(p); s != "" {
		out = append(out, s)
	}
	return out, nil
}

func (t teller) answerWhole(p *atlas.Portrait) template.HTML {
	u := p.Territory
	number := "one"
	if u.Level == territory.Departement || u.Level == territory.Region {
		if strings.HasPrefix(t.l.The(u.Name, naming.Article(t.f, u)), "les ") {
			number = "many"
		}
	}
	name := i18n.Upper(naming.Named(t.l, t.f, u))
	if p.Communes == 1 {
		return web.Say(t.l, "territory.answer.single", name, t.link(t.f.Level(territory.Commune)[u.Communes()[0]]), t.inhabitants(u))
	}
	if _, known := u.Population(); !known {
		return web.Say(t.l, "territory.answer."+number+".whole_unknown", name, t.communes(p.Communes))
	}
	return web.Say(t.l, "territory.answer."+number+".whole", name, t.communes(p.Communes), t.inhabitants(u))
}

func (t teller) answerCommune(p *atlas.Portrait) ([]template.HTML, *linkView) {
	u, lead := p.Territory, p.Lead
	row := t.f.Commune(u.Communes()[0])
	number := "one"
	if row.Article == int8(territory.PlurLes) || row.Article == int8(territory.PlurAux) {
		number = "many"
	}
	if lead == nil {
		dep := t.f.One(u.Communes()[0], territory.Departement)
		if dep == nil {
			return nil, nil
		}
		return []template.HTML{web.Say(t.l, "territory.answer."+number+".overseas", u.Name,
			web.Linked(t.href(dep.Path()), t.l.Of(dep.Name, naming.Article(t.f, dep))), t.inhabitants(u))}, nil
	}
	var out []template.HTML
	size, people := t.communes(len(lead.Communes())), t.inhabitants(lead)
	switch {
	case lead.Level != territory.BassinDeVie:
		out = append(out, web.Say(t.l, "territory.answer."+number+".group", u.Name, t.link(lead), size, people))
		if b := p.Basin; b != nil {
			out = append(out, web.Say(t.l, "territory.answer.large_basin", t.link(b), t.communes(len(b.Communes())), t.inhabitants(b)))
		}
	case lead.Code == u.Code:
		out = append(out, web.Say(t.l, "territory.answer."+number+".pole", u.Name,
			web.Linked(t.href(lead.Path()), t.l.T("territory.its_basin")), size, people))
	default:
		out = append(out, web.Say(t.l, "territory.answer."+number+".basin", u.Name, t.link(lead), size, people))
	}
	if row.EPCI == "" && row.Zone != "com" {
		out = append(out, web.Say(t.l, "territory.answer.no_epci"))
	}
	return out, &linkView{Href: t.href(lead.Path()), Text: t.l.T("territory.see."+string(lead.Level), naming.Heading(t.l, t.f, lead))}
}

// answerSmaller speaks of what is smaller than a commune: where it lies, and for
// a municipal arrondissement the population published for it.
func (t teller) answerSmaller(p *atlas.Portrait) ([]template.HTML, *linkView) {
	u := p.Territory
	if u.Level == territory.ArrondissementMunicipal {
		c := t.f.Level(territory.Commune)[u.Communes()[0]]
		return []template.HTML{web.Say(t.l, "territory.answer.arm", u.Name, t.link(c), t.inhabitants(u))},
			&linkView{Href: t.href(c.Path()), Text: t.l.T("territory.see.commune", naming.Heading(t.l, t.f, c))}
	}
	var where []template.HTML
	for _, n := range u.Communes() {
		where = append(where, t.link(t.f.Level(territory.Commune)[n]))
	}
	if len(where) == 1 {
		c := t.f.Level(territory.Commune)[u.Communes()[0]]
		return []template.HTML{web.Say(t.l, "territory.answer.qpv", u.Name, web.Linked(t.href(c.Path()), t.l.At(c.Name, int8(c.Article))))},
			&linkView{Href: t.href(c.Path()), Text: t.l.T("territory.see.commune", naming.Heading(t.l, t.f, c))}
	}
	return []template.HTML{web.Say(t.l, "territory.answer.qpv_many", u.Name, web.Listed(t.l, where))}, nil
}

// extent says in one sentence which départements and which intercommunalités a
// perimeter lies in or crosses.
func (t teller) extent(p *atlas.Portrait) template.HTML {
	levels := []territory.Level{territory.Departement, territory.EPCI}
	switch p.Territory.Level {
	case territory.Departement, territory.Region:
		return t.region(p)
	case territory.EPCI, territory.EPT:
		levels[1] = territory.BassinDeVie
	}
	var parts []template.HTML
	last := ""
	for _, level := range levels {
		for _, c := range p.Crossings {
			if c.Level != level {
				continue
			}
			verb, part := t.lies(c)
			if verb != last {
				part = web.Say(t.l, "territory.extent."+verb, part)
			}
			parts, last = append(parts, part), verb
		}
	}
	switch len(parts) {
	case 0:
		return ""
	case 1:
		return web.Say(t.l, "territory.extent.one", parts[0])
	}
	return web.Say(t.l, "territory.extent.two", parts[0], parts[1])
}

// lies says how a perimeter lies in the territories of a level.
func (t teller) lies(c atlas.Crossing) (verb string, part template.HTML) {
	switch {
	case c.Inside():
		return "verb_inside", t.within(c.Relations[0].Other)
	case len(c.Relations) > namedMost:
		return "verb_across", web.Say(t.l, "territory.extent.count."+string(c.Level), len(c.Relations))
	}
	var names []template.HTML
	for _, r := range c.Relations {
		names = append(names, t.link(r.Other))
	}
	return "verb_across", web.Say(t.l, "territory.extent.across."+string(c.Level), len(names), web.Listed(t.l, names))
}

// region says which région a département is part of, or how many départements a
// région has.
func (t teller) region(p *atlas.Portrait) template.HTML {
	if p.Territory.Zone == "com" {
		return ""
	}
	for _, c := range p.Crossings {
		switch {
		case c.Level != territory.Region && c.Level != territory.Departement:
		case c.Same():
			return web.Say(t.l, "territory.extent.same_region")
		case c.Level == territory.Region && c.Inside():
			return web.Say(t.l, "territory.extent.of_region", web.Linked(t.href(c.Relations[0].Other.Path()), c.Relations[0].Other.Name))
		case c.Level == territory.Departement:
			return web.Say(t.l, "territory.extent.departements", t.l.T("territory.count.dep", len(c.Relations)))
		}
	}
	return ""
}

// within says that something lies whole in a territory: dans les Côtes-d'Armor,
// dans le bassin de vie de Lannion.
func (t teller) within(u *territory.Territory) template.HTML {
	if u.Level == territory.Departement || u.Level == territory.Region {
		return web.Linked(t.href(u.Path()), t.l.Within(u.Name, naming.Article(t.f, u)))
	}
	return web.Say(t.l, "territory.extent.inside", t.link(u))
}

// actions are the other things one can do from here.
func (t teller) actions(v *visit) []linkView {
	p := v.portrait
	if !p.Territory.Level.Whole() || p.Territory.Level == territory.Pays {
		return nil
	}
	out := []linkView{{
		Href: t.href(composeHref(v.term, "")), Text: t.l.T("territory.compose." + composeKey(p.Territory.Level)),
	}}
	return out
}

func composeKey(level territory.Level) string {
	if level == territory.Custom {
		return "change"
	}
	return "start"
}
