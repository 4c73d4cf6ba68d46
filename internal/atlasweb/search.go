package atlasweb

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"bassin/internal/atlas"
	"bassin/internal/i18n"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/names"
	"bassin/internal/territory/shape"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// Limits of a search page.
const (
	maxTyped   = 120 // letters of a query that are read
	perLevel   = 6   // results shown of each level when all levels are
	firstLevel = 10  // and of the level of the best answer
	mostFound  = 100 // results that a search gives at most
)

// groupOrder is the order of levels on the page, below the best answer: what
// people most often look for first.
var groupOrder = [...]territory.Level{
	territory.Commune, territory.ArrondissementMunicipal, territory.BassinDeVie, territory.EPCI, territory.EPT, territory.Departement,
	territory.Region, territory.Pays, territory.ZoneEmploi, territory.AireAttraction, territory.UniteUrbaine, territory.Arrondissement,
	territory.Canton, territory.TerritoireIndustrie, territory.QPV,
}

func (p *Pages) searchRoutes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/recherche", Action: "atlas.search", Who: web.Everyone, Handler: p.search},
		{Method: http.MethodGet, Pattern: "/suggest", Action: "atlas.suggest", Who: web.Everyone, Handler: p.suggest},
	}
}

// searchView is the search page.
type searchView struct {
	Query  string
	Box    web.Search
	Level  string // key of the one level searched, "" for all
	Cut    bool   // the query was longer than what was read
	Point  *pointView
	Best   *foundView
	Groups []foundGroup
	Levels []levelLink // ways to narrow the search, none where there is one level
	Count  int
	Full   bool // there may be more than mostFound
	Near   []foundView
	How    []howView // examples, where nothing was typed or found
}

// foundView is one territory found.
type foundView struct {
	Name  string
	Href  string
	Kind  string // its level in words
	Where string // what tells it from its namesakes
	Size  string // inhabitants, communes
	Why   string // why it answers, where that is not obvious
	Lead  *leadView
	value string // identifier
}

// What tells what and where it is and how large, in one line.
func (v foundView) What() string {
	parts := slices.DeleteFunc([]string{v.Kind, v.Where, v.Size}, func(s string) bool { return s == "" })
	return strings.Join(parts, ", ")
}

// leadView is the territory that a commune's page leads to.
type leadView struct {
	Text string // the words before its name
	Name string
	Href string
	Size string
}

type foundGroup struct {
	Title string
	Found []foundView
	More  string // address of all results of this level, "" where all are here
	Total int
	Level string // plural of the level in words
}

type levelLink struct {
	Text string
	Href string
}

type howView struct {
	Text     string
	Examples []levelLink
}

type pointView struct {
	Text    string // the position, latitude then longitude
	Swapped string // the latitude read, where longitude came first
	In      *foundView
	Also    []foundView
}

func (p *Pages) search(w http.ResponseWriter, r *http.Request) error {
	l, s := p.Kit.Locale(r.Context()), snapshot.FromContext(r.Context())
	f := finder{l, s, func(path string) string { return p.Kit.Href(l.Lang(), path) }}
	v := f.page(r.FormValue("q"), r.FormValue("niveau"))
	page := &web.Page{
		Title: l.T("search.title"), Description: l.T("search.description"), Template: "atlas/search", View: v,
		Query: v.Query, NoIndex: v.Query != "", Front: true,
	}
	if v.Query != "" {
		page.Title = l.T("search.title_for", shortened(v.Query, 40))
	}
	return p.Kit.Page(w, r, page)
}

// finder makes the views of a search in one language.
type finder struct {
	l    *i18n.Localizer
	s    *snapshot.Snapshot
	href func(path string) string
}

// page answers what was typed. The level narrows the search if it is one.
func (f finder) page(typed, level string) *searchView {
	v := &searchView{}
	v.Query, v.Cut = cleaned(typed)
	v.Box = web.Search{ID: "recherche", Label: f.l.T("search.label"), Help: f.l.T("search.help"), Value: v.Query, Big: true}
	if v.Query == "" {
		v.How = f.how()
		return v
	}
	if at, ok := readPoint(v.Query); ok {
		v.Point = f.point(at)
		return v
	}
	o := names.Options{Limit: mostFound}
	if lv := territory.Level(level); lv != territory.Custom && lv.Valid() {
		v.Level, o.Levels = level, []territory.Level{lv}
	}
	found := f.s.Names.Search(v.Query, o)
	if t := f.byID(v.Query); t != nil {
		found = slices.DeleteFunc(found, func(m names.Match) bool { return m.ID == t.ID })
		found = slices.Insert(found, 0, names.Match{ID: t.ID, Name: t.Name, Text: t.Name, Why: names.ByName})
	}
	v.Count, v.Full = len(found), len(found) >= mostFound
	if len(found) == 0 {
		v.How = f.how()
		v.Near = f.near(v.Query)
		return v
	}
	best := f.found(found[0])
	v.Best = &best
	f.groups(v, found[1:])
	return v
}

// cleaned is what is read of a typed text: one line, no more than maxTyped letters.
func cleaned(typed string) (q string, cut bool) {
	if !utf8.ValidString(typed) {
		typed = strings.ToValidUTF8(typed, " ")
	}
	q = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, typed)), " ")
	if short := shortened(q, maxTyped); short != q {
		return strings.TrimSuffix(short, "…"), true
	}
	return q, false
}

// byID reads a typed identifier such as bv:22113.
func (f finder) byID(q string) *territory.Territory {
	if id, ok := territory.ParseID(q); ok {
		t, _ := f.s.France.Territory(id)
		return t
	}
	return nil
}

func (f finder) groups(v *searchView, rest []names.Match) {
	groups := names.GroupByLevel(rest)
	slices.SortStableFunc(groups, func(a, b names.Group) int {
		return slices.Index(groupOrder[:], a.Level) - slices.Index(groupOrder[:], b.Level)
	})
	for i, g := range groups {
		shown := perLevel
		if i == 0 {
			shown = firstLevel
		}
		if v.Level != "" {
			shown = mostFound
		}
		group := foundGroup{Title: f.plural(g.Level), Level: f.plural(g.Level), Total: len(g.Matches)}
		for _, m := range g.Matches[:min(len(g.Matches), shown)] {
			x := f.found(m)
			if x.Kind == f.l.T("level."+string(g.Level)+".name") {
				x.Kind = "" // the heading says it
			}
			group.Found = append(group.Found, x)
		}
		if len(g.Matches) > shown {
			group.More = f.address(v.Query, string(g.Level))
		}
		v.Groups = append(v.Groups, group)
		v.Levels = append(v.Levels, levelLink{Text: group.Title, Href: f.address(v.Query, string(g.Level))})
	}
	switch {
	case v.Level != "":
		v.Levels = []levelLink{{Text: f.l.T("search.all_levels"), Href: f.address(v.Query, "")}}
	case len(v.Groups) < 2:
		v.Levels = nil
	}
}

func (f finder) plural(level territory.Level) string {
	return i18n.Upper(f.l.T("level." + string(level) + ".names"))
}

func (f finder) address(q, level string) string {
	v := url.Values{"q": {q}}
	if level != "" {
		v.Set("niveau", level)
	}
	return f.href("/recherche?" + v.Encode())
}

func (f finder) found(m names.Match) foundView {
	t, ok := f.s.France.Territory(m.ID)
	if !ok {
		return foundView{Name: m.Name, Href: f.href(m.ID.Path())}
	}
	v := f.view(t)
	if d, ok := f.s.France.Territory(territory.ID{Level: territory.Departement, Code: m.Departement}); ok && d != t {
		v.Where = f.l.T("search.in", d.Name, d.Code)
	}
	switch m.Why {
	case names.ByFormerName, names.ByPart, names.ByPostalCode, names.ByCode, names.BySigle:
		v.Why = f.l.T("search.why."+string(m.Why), m.Text)
	case names.ByTypo:
		v.Why = f.l.T("search.why.typo")
	}
	return v
}

// view shows a territory by itself, without a reason.
func (f finder) view(t *territory.Territory) foundView {
	v := foundView{Name: naming.Heading(f.l, f.s.France, t), Href: f.href(t.Path()), Kind: naming.Kind(f.l, t), Size: f.size(t), value: t.ID.String()}
	if t.Level == territory.Commune {
		if d := f.s.France.One(t.Communes()[0], territory.Departement); d != nil {
			v.Where = f.l.T("search.in", d.Name, d.Code)
		}
		if lead := atlas.Lead(f.s.France, t.Communes()[0]); lead != nil {
			v.Lead = &leadView{Text: f.l.T("search.lead"), Name: naming.Named(f.l, f.s.France, lead), Href: f.href(lead.Path()), Size: f.size(lead)}
			if lead.Level != territory.BassinDeVie {
				v.Lead.Text, v.Lead.Name = f.l.T("search.lead_other"), naming.Heading(f.l, f.s.France, lead)
			}
		}
	}
	return v
}

// size tells inhabitants, and communes where there are several.
func (f finder) size(t *territory.Territory) string {
	var parts []string
	if n := len(t.Communes()); n > 1 && t.Level.Whole() {
		parts = append(parts, f.l.T("search.communes", n))
	}
	if n, ok := t.Population(); ok {
		parts = append(parts, f.l.T("search.inhabitants", n))
	}
	return strings.Join(parts, ", ")
}

// near tries again with less: without the last word, then the beginning of the
// longest word.
func (f finder) near(q string) []foundView {
	words := strings.Fields(q)
	tries := []string{}
	if len(words) > 1 {
		tries = append(tries, strings.Join(words[:len(words)-1], " "))
	}
	longest := slices.MaxFunc(words, func(a, b string) int { return utf8.RuneCountInString(a) - utf8.RuneCountInString(b) })
	tries = append(tries, longest)
	if letters := []rune(longest); len(letters) > 5 {
		tries = append(tries, string(letters[:4]))
	}
	for _, q := range tries {
		if found := f.s.Names.Search(q, names.Options{Limit: 4}); len(found) > 0 {
			var out []foundView
			for _, m := range found {
				out = append(out, f.found(m))
			}
			return out
		}
	}
	return nil
}

// how lists what one may write, with examples that answer.
func (f finder) how() []howView {
	var out []howView
	for _, h := range []struct {
		key      string
		examples []string
	}{
		{"search.how.name", []string{"Mellionnec", "saint brieuc", "Plougastel"}},
		{"search.how.old", []string{"Cherbourg-Octeville"}},
		{"search.how.postal", []string{"22300", "2A004"}},
		{"search.how.homonym", []string{"Saint-Denis (93)", "Saint-Denis Réunion"}},
		{"search.how.group", []string{"Saint Brieuc Agglo", "Lozère", "Bretagne"}},
		{"search.how.point", []string{"48.51, -2.76"}},
	} {
		v := howView{Text: f.l.T(h.key)}
		for _, e := range h.examples {
			v.Examples = append(v.Examples, levelLink{Text: e, Href: f.address(e, "")})
		}
		out = append(out, v)
	}
	return out
}

func (f finder) point(at typedPoint) *pointView {
	v := &pointView{Text: f.l.Decimal(at.Lat, 4) + " ; " + f.l.Decimal(at.Lon, 4)}
	if at.Swapped {
		v.Swapped = f.l.Decimal(at.Lat, 4)
	}
	here := shape.Point{Lon: at.Lon, Lat: at.Lat}
	n, ok := f.s.Locate(here)
	if !ok {
		return v
	}
	in := f.view(f.s.France.Level(territory.Commune)[n])
	v.In = &in
	for _, q := range f.s.NearArrondissement(here) {
		if q.Inside {
			v.Also = append(v.Also, f.view(q.Territory))
		}
	}
	for _, q := range f.s.NearQPV(here) {
		x := f.view(q.Territory)
		if q.AtLimit {
			x.Why = f.l.T("search.point.limit")
		}
		v.Also = append(v.Also, x)
	}
	for _, level := range []territory.Level{territory.BassinDeVie, territory.EPT, territory.EPCI, territory.Departement, territory.Region} {
		if o := f.s.France.One(n, level); o != nil {
			v.Also = append(v.Also, f.view(o))
		}
	}
	return v
}
