package observatoryweb

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/observatory"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// Parameters of the forms that choose territories, besides those of the explorer.
const (
	regionParam      = "reg"
	departementParam = "dep"
	densityParam     = "densite"
	sizeParam        = "taille"
	programmeParam   = "programme"
)

// filterView is the form: each field keeps what was typed, right or wrong.
type filterView struct {
	Action  string
	Errors  web.Errors
	Main    []web.Field
	Folded  []web.Field
	Open    bool // a folded field is in use
	Button  string
	Summary string
}

// chooser reads an address that chooses an indicator and territories, and notes
// what is wrong in it.
type chooser struct {
	words
	s      *snapshot.Snapshot
	o      *observatory.Observatory
	query  url.Values
	href   func(path string) string // a path given in French words, in the reader's language
	errors []web.FieldError

	indicator *indicator.Definition // nil where none is chosen, or a wrong one
	level     territory.Level
	filter    observatory.Filter
}

func (c *chooser) wrong(field, key string, args ...any) {
	c.errors = append(c.errors, web.FieldError{Field: field, Text: c.l.T(key, args...)})
}

// typed is a parameter as it was typed, cut where nobody would have typed more.
func (c *chooser) typed(name string) string {
	s := strings.ToValidUTF8(strings.TrimSpace(c.query.Get(name)), "")
	if r := []rune(s); len(r) > 60 {
		return string(r[:60])
	}
	return s
}

// comparedLevels are those whose territories are ranked, in the order of forms.
var comparedLevels = []territory.Level{
	territory.BassinDeVie, territory.EPCI, territory.Commune, territory.Departement, territory.Region, territory.ZoneEmploi, territory.AireAttraction,
	territory.UniteUrbaine, territory.Canton, territory.Arrondissement, territory.TerritoireIndustrie, territory.EPT, territory.ArrondissementMunicipal,
}

// read reads all but the order.
func (c *chooser) read() {
	if key := c.typed(keyParam); key != "" {
		d, ok := c.o.Panel.Definition(key)
		if !ok {
			c.wrong(keyParam, "ranking.wrong.indicator", key)
		}
		c.indicator = d
	}
	c.level = territory.BassinDeVie
	if key := c.typed(levelParam); key != "" {
		if !slices.Contains(comparedLevels, territory.Level(key)) {
			c.wrong(levelParam, "ranking.wrong.level", key)
		} else {
			c.level = territory.Level(key)
		}
	}
	region := c.area(regionParam, territory.Region, "ranking.wrong.region")
	departement := c.area(departementParam, territory.Departement, "ranking.wrong.departement")
	c.filter.Within = region
	if departement != nil {
		c.filter.Within = departement
		if region != nil && c.f.One(departement.Communes()[0], territory.Region) != region {
			c.wrong(departementParam, "ranking.wrong.outside", departement.Name, region.Name)
		}
	}
	if key := c.typed(densityParam); key != "" {
		i := slices.IndexFunc(densities, func(d indicator.Density) bool { return densityKey(d) == key })
		if i < 0 {
			c.wrong(densityParam, "ranking.wrong.density", key)
		} else {
			c.filter.Density = densities[i]
		}
	}
	if key := c.typed(sizeParam); key != "" {
		if i := slices.Index(sizes(), key); i >= 0 {
			c.filter.Size = i + 1
		} else {
			c.wrong(sizeParam, "ranking.wrong.size", key)
		}
	}
	if key := c.typed(programmeParam); key != "" {
		if slices.Contains(observatory.Programmes, observatory.Programme(key)) {
			c.filter.Programme = observatory.Programme(key)
		} else {
			c.wrong(programmeParam, "ranking.wrong.programme", key)
		}
	}
}

func (c *chooser) area(name string, l territory.Level, key string) *territory.Territory {
	code := c.typed(name)
	if code == "" {
		return nil
	}
	t, ok := c.f.Territory(territory.ID{Level: l, Code: strings.ToUpper(code)})
	if !ok {
		c.wrong(name, key, code)
	}
	return t
}

var densities = []indicator.Density{indicator.Dense, indicator.Between, indicator.Rural}

// sizes are the classes of size as addresses write them: 0-200, 200-500, …, 200000-.
func sizes() []string {
	out, from := []string{}, "0"
	for _, limit := range indicator.SizeLimits {
		out = append(out, from+"-"+strconv.Itoa(limit))
		from = strconv.Itoa(limit)
	}
	return append(out, from+"-")
}

// form lays the form out with the indicators that a page can show.
func (c *chooser) form(action, button string, shows func(*indicator.Definition) bool) filterView {
	l := c.l
	v := filterView{Action: action, Button: button, Errors: web.Errors{Items: c.errors}, Summary: l.T("ranking.form.filters")}
	of := c.field(keyParam)
	chosen := c.typed(keyParam)
	switch {
	case chosen == "":
		of.Options = []web.Option{{Label: l.T("ranking.form.choose"), Chosen: true}}
	case c.indicator != nil && !shows(c.indicator):
		of.Options = []web.Option{{Value: chosen, Label: c.name(c.indicator), Chosen: true}}
	}
	for _, axis := range indicator.Axes {
		g := web.Group{Label: l.T("observatory.axis." + string(axis))}
		for _, d := range c.o.Panel.Definitions() {
			if d.Axis == axis && shows(d) {
				g.Options = append(g.Options, web.Option{Value: d.Key, Label: c.name(d), Chosen: d == c.indicator})
			}
		}
		if len(g.Options) > 0 {
			of.Groups = append(of.Groups, g)
		}
	}
	level := c.field(levelParam)
	for _, k := range comparedLevels {
		level.Options = append(level.Options, web.Option{Value: string(k), Label: i18n.Upper(c.levels(k)), Chosen: k == c.level})
	}
	v.Main = []web.Field{c.keeping(of), c.keeping(level)}

	region, departement, density, size, programme := c.field(regionParam), c.field(departementParam), c.field(densityParam), c.field(sizeParam), c.field(programmeParam)
	region.Options = c.areas(territory.Region, regionParam)
	departement.Options = c.areas(territory.Departement, departementParam)
	for _, d := range densities {
		density.Options = append(density.Options, web.Option{Value: densityKey(d), Label: l.T("ranking.density." + densityKey(d)), Chosen: d == c.filter.Density})
	}
	for i, key := range sizes() {
		size.Options = append(size.Options, web.Option{Value: key, Label: c.size(i), Chosen: c.filter.Size == i+1})
	}
	for _, k := range observatory.Programmes {
		programme.Options = append(programme.Options, web.Option{Value: string(k), Label: l.T("ranking.programme." + string(k)), Chosen: k == c.filter.Programme})
	}
	for _, f := range []web.Field{region, departement, density, size, programme} {
		v.Open = v.Open || c.typed(f.Name) != ""
		f.Options = append([]web.Option{{Label: l.T("ranking.form.all")}}, f.Options...)
		v.Folded = append(v.Folded, c.keeping(f))
	}
	return v
}

// field is a list to choose from. None is marked as optional: each has a choice made.
func (c *chooser) field(name string) web.Field {
	return web.Field{Name: name, Type: "select", Label: c.l.T("ranking.form." + name), Required: true}
}

func (c *chooser) levels(l territory.Level) string { return c.words.level(l, 2) }

// keeping shows in a field what was typed, and what is wrong with it.
func (c *chooser) keeping(f web.Field) web.Field {
	i := slices.IndexFunc(c.errors, func(e web.FieldError) bool { return e.Field == f.Name })
	if i < 0 {
		return f
	}
	f.Error = c.errors[i].Text
	typed := c.typed(f.Name)
	if !slices.ContainsFunc(f.Options, func(o web.Option) bool { return o.Value == typed }) {
		for k := range f.Options {
			f.Options[k].Chosen = false
		}
		f.Options = append(f.Options, web.Option{Value: typed, Label: typed, Chosen: true})
	}
	return f
}

// areas are the territories of a level as options, by name.
func (c *chooser) areas(l territory.Level, name string) []web.Option {
	ts := slices.Clone(c.f.Level(l))
	slices.SortFunc(ts, func(a, b *territory.Territory) int {
		return strings.Compare(naming.SortKey(a.Name), naming.SortKey(b.Name))
	})
	chosen := strings.ToUpper(c.typed(name))
	var out []web.Option
	for _, t := range ts {
		if t.Zone == "com" {
			continue // no figure speaks of them but a few
		}
		out = append(out, web.Option{Value: t.Code, Label: t.Name, Chosen: t.Code == chosen})
	}
	return out
}

// size says a class of size in words.
func (w words) size(i int) string {
	limits := indicator.SizeLimits
	switch i {
	case 0:
		return w.l.T("ranking.size.under", limits[0])
	case len(limits):
		return w.l.T("ranking.size.over", limits[i-1])
	}
	return w.l.T("ranking.size.from_to", limits[i-1], limits[i])
}

// said is the filter in words, "" where all territories are kept.
func (c *chooser) said() string {
	var parts []string
	if t := c.filter.Within; t != nil {
		parts = append(parts, t.Name)
	}
	if d := c.filter.Density; d != indicator.NoDensity {
		parts = append(parts, c.l.T("ranking.density."+densityKey(d)))
	}
	if c.filter.Size > 0 {
		parts = append(parts, c.size(c.filter.Size-1))
	}
	if p := c.filter.Programme; p != "" {
		parts = append(parts, c.l.T("ranking.programme."+string(p)))
	}
	return strings.Join(parts, ", ")
}

// address writes the address of the same choice with other parameters; an empty
// value takes one out.
func (c *chooser) address(path string, changes ...string) string {
	q := url.Values{}
	for name, values := range c.query {
		if len(values) > 0 && values[0] != "" {
			q.Set(name, values[0])
		}
	}
	for i := 0; i+1 < len(changes); i += 2 {
		q.Set(changes[i], changes[i+1])
		if changes[i+1] == "" {
			q.Del(changes[i])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// short is a name under a heading that says the level already.
func (w words) short(t *territory.Territory) string {
	if t.Level == territory.EPCI || t.Level == territory.TerritoireIndustrie {
		return w.heading(t)
	}
	return t.Name
}

// lies names the département that a row lies in, "" where its level or name says it.
func (w words) lies(t *territory.Territory) string {
	switch t.Level {
	case territory.Departement, territory.Region, territory.ArrondissementMunicipal:
		return ""
	}
	if d, ok := w.f.Territory(territory.ID{Level: territory.Departement, Code: t.Seat}); ok {
		return d.Name // of an intercommunalité
	}
	if n, ok := w.f.CommuneNumber(t.Seat); ok {
		if d := w.f.One(n, territory.Departement); d != nil {
			return d.Name
		}
	}
	if len(t.Communes()) == 0 {
		return ""
	}
	if d := w.f.One(t.Communes()[0], territory.Departement); d != nil {
		return d.Name
	}
	return ""
}
