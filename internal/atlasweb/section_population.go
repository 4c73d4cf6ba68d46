package atlasweb

import (
	"context"
	"html/template"
	"math"

	"bassin/internal/atlas"
	"bassin/internal/i18n"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// populationView is what the section of population shows.
type populationView struct {
	Known  bool
	Figure string // number alone
	Unit   string
	When   string          // census years of the figure
	Source string          // who counted
	Change template.HTML   // what the census series says, in words
	Notes  []template.HTML // what is missing or particular
	Chart  *web.Line
}

func populationSection() web.Section {
	return web.Section{ID: "population", Title: "territory.section.population", Order: 10,
		Render: func(ctx context.Context, q web.SectionRequest) (template.HTML, error) {
			v := visitOf(ctx, q)
			return q.Fragment("atlas/territory_population", teller{q.Localizer, q.France, q.Href}.population(v.portrait))
		}}
}

func (t teller) population(p *atlas.Portrait) populationView {
	u, l := p.Territory, t.l
	n, known := u.Population()
	v := populationView{Known: known}
	if !known {
		key := "territory.population.none"
		if u.Level == territory.QPV {
			key = "territory.population.none_qpv"
		}
		v.Notes = append(v.Notes, web.Say(l, key))
		return v
	}
	v.Figure, v.Unit = l.Number(n), l.T("territory.inhabitants_unit", n)
	if v.When = t.censusYears(u); v.When == "" {
		v.When = l.T("territory.population.no_year")
	}
	v.Source = l.T("territory.population.source")
	if u.Zone == "com" {
		v.Source = l.T("territory.population.source_overseas")
	}
	if !u.Level.Whole() {
		v.Notes = append(v.Notes, web.Say(l, "territory.population.no_series_arm"))
		return v
	}
	if n == 0 {
		v.Notes = append(v.Notes, web.Say(l, "territory.population.nobody"))
	}
	if published, members := t.f.Coverage(u); published < members {
		v.Notes = append(v.Notes, web.Say(l, "territory.population.partial", members-published, members))
	}
	if mayotte(t.f, u) {
		v.Notes = append(v.Notes, web.Say(l, "territory.population.mayotte"))
	}
	if u.Level == territory.Pays {
		t.france(p, &v)
		return v
	}
	t.series(p, &v)
	return v
}

// france says what the figure of the country leaves out, and gives the evolution
// of the communes that have a series: those of Mayotte have none.
func (t teller) france(p *atlas.Portrait, v *populationView) {
	l, n := t.l, 0
	var names []template.HTML
	for _, d := range t.f.Level(territory.Departement) {
		if d.Zone == "com" {
			n += len(d.Communes())
			names = append(names, t.link(d))
		}
	}
	if len(names) > 0 {
		v.Notes = append(v.Notes, web.Say(l, "territory.population.france_overseas", n, len(names), web.Listed(l, names)))
	}
	if len(p.Series) > 1 || !mayotte(t.f, p.Territory) {
		t.series(p, v)
		return
	}
	first, last, without, mahorais := t.followedCommunes(p.Territory)
	v.Notes = append(v.Notes, web.Say(l, "territory.population.france_series", without, mahorais))
	if first.Population > 0 {
		v.Change = web.Say(l, "territory.population.france_without") + " " + change(l, first, last)
	}
}

// followedCommunes sums the first and the last year of the series over the
// communes that have both, and counts those that lack one, with Mayotte's among them.
func (t teller) followedCommunes(u *territory.Territory) (first, last territory.Count, without, mahorais int) {
	all := t.f.Level(territory.Commune)
	for _, n := range u.Communes() {
		if s := t.f.Series(all[n]); len(s) > 1 {
			if first.Year == 0 {
				first.Year, last.Year = s[0].Year, s[len(s)-1].Year
			}
			if s[0].Year == first.Year && s[len(s)-1].Year == last.Year {
				first.Population += s[0].Population
				last.Population += s[len(s)-1].Population
				continue
			}
		}
		without++
		if t.f.Commune(n).Departement == "976" {
			mahorais++
		}
	}
	return first, last, without, mahorais
}

// series draws the evolution: the years for which every commune of today's
// perimeter has a figure, and only those.
func (t teller) series(p *atlas.Portrait, v *populationView) {
	l, s := t.l, p.Series
	if len(s) < 2 {
		v.Notes = append(v.Notes, web.Say(l, "territory.population.no_series"))
		return
	}
	first, last := s[0], s[len(s)-1]
	v.Change = change(l, first, last)
	if v.Change == "" {
		return
	}
	v.Change += " " + t.newer(p.Territory, last)
	caption := l.T("territory.population.caption", naming.Heading(l, t.f, p.Territory), i18n.Plain(first.Year), i18n.Plain(last.Year))
	line := web.Series{Label: naming.Heading(l, t.f, p.Territory)}
	for _, c := range s {
		line.Points = append(line.Points, web.Point{Year: c.Year, Value: float64(c.Population)})
	}
	v.Chart = &web.Line{ID: "c-population", Title: caption, Series: []web.Series{line}, Format: web.Whole, Unit: l.T("territory.inhabitants_unit", 2)}
	// Years that some communes lack are left out; the largest commune lacks none.
	if p.Principal != nil && len(s) < len(t.f.Series(p.Principal)) {
		v.Notes = append(v.Notes, web.Say(l, "territory.population.some_years", len(s)))
	}
}

// newer tells the figure at the head of the page from the end of the series when
// it is of a later census, and the change between the two when all the communes
// have both.
func (t teller) newer(u *territory.Territory, last territory.Count) template.HTML {
	l := t.l
	from, to := t.census(u)
	if to <= last.Year {
		return ""
	}
	n, _ := u.Population()
	published, members := t.f.Coverage(u)
	if from != to || published < members || last.Population == 0 || n == 0 {
		return web.Say(l, "territory.population.newer_some", i18n.Plain(last.Year), i18n.Plain(to))
	}
	return web.Say(l, "territory.population.newer", i18n.Plain(last.Year), i18n.Plain(to), l.Number(n),
		l.Change(float64(n)/float64(last.Population)-1, 1))
}

// flat is the relative change a year under which a population is said to be stable.
const flat = 0.0005

// change says in words how a population changed, with the mean yearly rate
// (last/first)^(1/years) − 1. It is empty for a territory nobody lived in.
func change(l *i18n.Localizer, first, last territory.Count) template.HTML {
	if first.Population == 0 || last.Population == 0 {
		return ""
	}
	ratio := float64(last.Population) / float64(first.Population)
	yearly := math.Pow(ratio, 1/float64(last.Year-first.Year)) - 1
	key := "territory.population.up"
	switch {
	case math.Abs(yearly) < flat:
		key = "territory.population.flat"
	case yearly < 0:
		key = "territory.population.down"
	}
	return web.Say(l, key, i18n.Plain(first.Year), i18n.Plain(last.Year),
		strong(l.Percent(math.Abs(ratio-1), 1)), l.Change(yearly, 1), l.Number(first.Population), l.Number(last.Population))
}

func strong(s string) template.HTML {
	return template.HTML("<strong>" + template.HTMLEscapeString(s) + "</strong>") //nolint:gosec // escaped
}

// censusYears says of which census the current figure is: one year, or the span
// of those of the members.
func (t teller) censusYears(u *territory.Territory) string {
	from, to := t.census(u)
	switch {
	case to == 0:
		return ""
	case from == to:
		return t.l.T("territory.population.year", i18n.Plain(to))
	}
	return t.l.T("territory.population.years", i18n.Plain(from), i18n.Plain(to))
}

// census returns the first and the last census year of the members' figures, 0
// where none is told.
func (t teller) census(u *territory.Territory) (from, to int) {
	for _, n := range u.Communes() {
		c := t.f.Commune(n)
		if c.Population == nil || c.PopulationYear == 0 {
			continue
		}
		y := int(c.PopulationYear)
		if from == 0 || y < from {
			from = y
		}
		to = max(to, y)
	}
	return from, to
}

// mayotte says whether the territory holds a commune of Mayotte.
func mayotte(f *territory.France, u *territory.Territory) bool {
	for _, n := range u.Communes() {
		if f.Commune(n).Departement == "976" {
			return true
		}
	}
	return false
}
