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

// programmesView is what public programmes and classifications say of a territory.
type programmesView struct {
	Overseas  string // why nothing is said of an overseas collectivity
	Marks     []markView
	Districts template.HTML
	List      []linkView // the districts
	More      *linkView
	Density   *web.Stack
	DensityOf template.HTML
	Types     []typeView
}

// markView is a programme and what of the territory it covers.
type markView struct {
	Name, What string
	Text       template.HTML
}

// typeView is how a published typology classes a commune.
type typeView struct{ Name, Value, What string }

func programmesSection() web.Section {
	return web.Section{ID: "programmes", Title: "territory.section.programmes", Order: 50,
		For: func(l territory.Level) bool { return l.Whole() },
		Render: func(ctx context.Context, q web.SectionRequest) (template.HTML, error) {
			v := visitOf(ctx, q)
			return q.Fragment("atlas/territory_programmes", teller{q.Localizer, q.France, q.Href}.programmes(v))
		}}
}

const (
	marksNamed    = 6  // communes named in a sentence on a programme
	districtsMost = 12 // districts listed one by one
)

func (t teller) programmes(v *visit) programmesView {
	l, p := t.l, v.portrait
	u := p.Territory
	if u.Zone == "com" {
		// Only the list of priority districts reaches the collectivities.
		if len(p.Districts) == 0 {
			return programmesView{Overseas: l.T("territory.programmes.overseas")}
		}
		view := programmesView{Overseas: l.T("territory.programmes.overseas_districts")}
		t.districts(v, &view)
		return view
	}
	var view programmesView
	population, _ := u.Population()
	for _, m := range p.Marks {
		if m.Programme == atlas.VerySparse && u.Level == territory.Commune {
			continue // the density says it already
		}
		view.Marks = append(view.Marks, t.mark(u, m, population))
	}
	if m := t.industry(p); m != nil {
		view.Marks = append(view.Marks, *m)
	}
	t.districts(v, &view)
	t.density(p, &view)
	if u.Level == territory.Commune {
		view.Types = t.types(t.f.Commune(u.Communes()[0]))
	}
	return view
}

// frrKeys are the classes of the list of the DGCL, by its wording.
var frrKeys = map[string]string{
	"FRR socle": "base", "FRR+": "plus", "FRR bénéficiaire": "kept",
	"Classée FRR partiellement": "part", "FRR bénéficiaire partiellement": "kept_part",
}

func (t teller) mark(u *territory.Territory, m atlas.Mark, population int) markView {
	l := t.l
	key := "territory.mark." + string(m.Programme)
	view := markView{Name: l.T(key), What: l.T(key + ".what")}
	switch {
	case m.Programme == atlas.FRR && frrKeys[m.Detail] != "":
		view.Name = l.T("territory.mark.frr." + frrKeys[m.Detail])
		view.What = l.T("territory.mark.frr." + frrKeys[m.Detail] + ".what")
	case m.Detail != "":
		view.Name = m.Detail
	}
	if u.Level == territory.Commune {
		view.Text = web.Say(l, "territory.mark.yes")
		if m.Programme == atlas.ORT && m.Since != "" {
			view.Text = web.Say(l, "territory.mark.signed", l.Day(m.Since))
		}
		return view
	}
	all := len(u.Communes())
	share := "–"
	if population > 0 {
		share = l.Share(float64(m.Population) / float64(population))
	}
	switch {
	case len(m.Communes) == all:
		view.Text = web.Say(l, "territory.mark.all", all)
	case len(m.Communes) <= marksNamed:
		var names []template.HTML
		for _, n := range m.Communes {
			names = append(names, t.link(t.f.Level(territory.Commune)[n]))
		}
		view.Text = web.Say(l, "territory.mark.named", len(m.Communes), all, share, web.Listed(l, names))
	default:
		view.Text = web.Say(l, "territory.mark.count", len(m.Communes), all, share)
	}
	if m.Programme == atlas.ORT && m.Since != "" {
		if m.Since == m.Until {
			view.Text += " " + web.Say(l, "territory.mark.signed", l.Day(m.Since))
		} else {
			view.Text += " " + web.Say(l, "territory.mark.signed_between", l.Day(m.Since), l.Day(m.Until))
		}
	}
	return view
}

// industry names the Territoires d'industrie a perimeter takes part in.
func (t teller) industry(p *atlas.Portrait) *markView {
	for _, c := range p.Crossings {
		if c.Level != territory.TerritoireIndustrie {
			continue
		}
		l := t.l
		view := &markView{Name: l.T("territory.mark.ti"), What: l.T("level.ti.what")}
		if len(c.Relations) > marksNamed {
			view.Text = web.Say(l, "territory.mark.ti.count", len(c.Relations))
			return view
		}
		var names []template.HTML
		for _, r := range c.Relations {
			names = append(names, web.Linked(t.href(r.Other.Path()), r.Other.Name))
		}
		view.Text = web.Listed(l, names) + "."
		if p.Territory.Level != territory.Commune && c.OfOutside > 0 {
			view.Text += " " + web.Say(l, "territory.mark.ti.share", l.Share(1-c.OfOutside))
		}
		return view
	}
	return nil
}

func (t teller) districts(v *visit, view *programmesView) {
	l, p := t.l, v.portrait
	n := len(p.Districts)
	if n == 0 {
		view.Districts = web.Say(l, "territory.districts.none")
		return
	}
	communes := map[int32]bool{}
	in := map[int32]bool{}
	for _, c := range p.Territory.Communes() {
		in[c] = true
	}
	for _, d := range p.Districts {
		for _, c := range d.Communes() {
			if in[c] {
				communes[c] = true
			}
		}
	}
	if p.Territory.Level == territory.Commune {
		view.Districts = web.Say(l, "territory.districts.here", n)
	} else {
		view.Districts = web.Say(l, "territory.districts.text", n, l.T("territory.n_communes", len(communes)))
	}
	most := districtsMost
	if p.Territory.Level == territory.Commune {
		most = n
	}
	for i, d := range p.Districts {
		if i >= most && n > most+2 {
			break
		}
		name := d.Name
		if p.Territory.Level != territory.Commune && len(d.Communes()) > 0 {
			name = l.T("territory.districts.in", d.Name, t.f.Commune(d.Communes()[0]).Name)
		}
		view.List = append(view.List, linkView{Href: t.href(d.Path()), Text: name})
	}
	if len(view.List) < n {
		view.More = &linkView{Href: t.href("/liste/qpv"), Text: l.T("territory.districts.more", len(t.f.Level(territory.QPV)))}
		if p.Territory.Level == territory.Departement {
			view.More = &linkView{Href: t.href("/liste/qpv") + "?dep=" + p.Territory.Code, Text: l.T("territory.districts.more_dep", n)}
		}
	}
}

func (t teller) density(p *atlas.Portrait, view *programmesView) {
	l, u := t.l, p.Territory
	if len(p.Density) == 0 {
		return
	}
	if u.Level == territory.Commune {
		view.DensityOf = web.Say(l, "territory.density.commune", densityName(l, p.Density[0].Class))
		return
	}
	rural := 0.0
	s := &web.Stack{ID: "b-densite", Title: l.T("territory.density.caption", naming.Heading(l, t.f, u)), Head: [2]string{l.T("territory.col.density"), l.T("territory.col.share")}}
	for _, c := range p.Density {
		if c.Class >= 5 {
			rural += c.Share
		}
		s.Parts = append(s.Parts, web.Share{Label: densityName(l, c.Class), Value: c.Share, Text: l.Share(c.Share), Class: int(8 - c.Class),
			Note: t.communes(c.Communes)})
	}
	view.Density = s
	view.DensityOf = web.Say(l, "territory.density.rural", l.Share(rural))
	if population, _ := u.Population(); population == 0 {
		view.Density, view.DensityOf = nil, ""
	}
}

// Typologies by the wording of their sources; the catalogue has the words of each
// language.
var (
	centralityKeys = map[string]string{
		"Communes non centre":                               "none",
		"Centre local d'équipements et de services":         "local",
		"Centre intermédiaire d'équipements et de services": "middle",
		"Centre structurant d'équipements et de services":   "structuring",
		"Centre majeur d'équipements et de services":        "major",
	}
	ruralityKeys = map[string]string{
		"Les ruralités productives agricoles":                                      "farming",
		"Les ruralités résidentielles mixtes":                                      "residential",
		"Les ruralités résidentielles aisées":                                      "wealthy",
		"Les ruralités productives ouvrières":                                      "workers",
		"Les petites polarités mixtes":                                             "small_mixed",
		"Les ruralités touristiques à dominante résidentielle":                     "tourist_homes",
		"Les petites polarités industrielles et artisanales":                       "small_industry",
		"Les ruralités touristiques spécialisées":                                  "tourist",
		"Commune dont le périmètre a changé depuis la réalisation de la typologie": "changed",
	}
)

func (t teller) types(c *territory.CommuneRow) []typeView {
	l := t.l
	var out []typeView
	add := func(room, key, raw string) {
		value := raw
		if key != "" {
			value = l.T("territory.type." + room + "." + key)
		}
		if value != "" {
			out = append(out, typeView{Name: l.T("territory.type." + room), Value: i18n.Upper(value), What: l.T("territory.type." + room + ".what")})
		}
	}
	add("centrality", centralityKeys[c.Centrality], c.Centrality)
	if key := ruralityKeys[c.Rurality]; key != "" {
		add("rurality", key, "")
	}
	switch c.AAVCategory {
	case "11", "12", "13", "20", "30":
		add("aav", c.AAVCategory, "")
	}
	switch c.UUStatus {
	case "C", "B", "I", "H":
		add("uu", map[string]string{"C": "centre", "B": "suburb", "I": "alone", "H": "outside"}[c.UUStatus], "")
	}
	return out
}
