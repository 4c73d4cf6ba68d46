package atlasweb

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

func (p *Pages) homeRoutes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/{$}", Action: "atlas.home", Who: web.Everyone, Handler: p.home, Stable: true},
	}
}

// homeView is the home page.
type homeView struct {
	Basins, Crossing, EPCI, Communes int
	Box                              web.Search
	Examples                         []levelLink
	Maps                             []homeMap // the same image at several widths: one of them is shown
	Departements, Overseas           []levelLink
	Ways                             []web.Card // one for each kind of user
}

// homeMap is the map of France as an image one clicks on. A browser sends the
// point in pixels of the image as shown, so its width goes along.
type homeMap struct {
	Src           string
	Width, Height int
}

// homeWidths are the widths in pixels at which the map is shown, for narrow and
// wide screens.
var homeWidths = [...]int{288, 540}

func (p *Pages) home(w http.ResponseWriter, r *http.Request) error {
	l, s := p.Kit.Locale(r.Context()), snapshot.FromContext(r.Context())
	href := func(path string) string { return p.Kit.Href(l.Lang(), path) }
	v := &homeView{
		Basins: len(s.France.Level(territory.BassinDeVie)), Crossing: crossingBasins(s.France),
		EPCI: len(s.France.Level(territory.EPCI)), Communes: s.France.Len(),
		Box: web.Search{ID: "recherche", Label: l.T("home.search_label"), Help: l.T("home.search_help"), Big: true},
	}
	plan, _ := p.french.draw(s, "")
	width, height := plan.Size()
	src := "/carte/france.svg?v=" + s.Manifest.Hash
	if theme := web.Theme(r.Context()); theme != "" {
		src += "&theme=" + theme
	}
	for _, w := range homeWidths {
		v.Maps = append(v.Maps, homeMap{src, w, height * w / width})
	}
	for _, q := range []string{"Mellionnec", "22300", "Cherbourg-Octeville"} {
		v.Examples = append(v.Examples, levelLink{Text: q, Href: finder{l, s, href}.address(q, "")})
	}
	for _, d := range byName(s.France.Level(territory.Departement)) {
		link := levelLink{Text: l.T("search.in", d.Name, d.Code), Href: href(d.Path())}
		if d.Zone == "com" {
			v.Overseas = append(v.Overseas, link)
		} else {
			v.Departements = append(v.Departements, link)
		}
	}
	v.Ways = []web.Card{
		{Icon: "building", Title: l.T("home.ways.mayor"), Text: l.T("home.ways.mayor.text"), Meta: l.T("home.ways.mayor.link"), Href: "/recherche"},
		{Icon: "person", Title: l.T("home.ways.coordinator"), Text: l.T("home.ways.coordinator.text"), Meta: l.T("home.ways.coordinator.link"), Href: "/composer"},
		{Icon: "people", Title: l.T("home.ways.citizen"), Text: l.T("home.ways.citizen.text"), Meta: l.T("home.ways.citizen.link"), Href: "/carte"},
		{Icon: "hand", Title: l.T("home.ways.mediator"), Text: l.T("home.ways.mediator.text"), Meta: l.T("home.ways.mediator.link"), Href: "/liste/qpv"},
		{Icon: "server", Title: l.T("home.ways.it"), Text: l.T("home.ways.it.text"), Meta: l.T("home.ways.it.link"), Href: "/api"},
		{Icon: "chart", Title: l.T("home.ways.researcher"), Text: l.T("home.ways.researcher.text"), Meta: l.T("home.ways.researcher.link"), Href: "/donnees"},
	}
	return p.Kit.Page(w, r, &web.Page{
		Title: l.T("home.title"), Description: l.T("home.description"), Template: "atlas/home", View: v, Front: true,
	})
}

// crossingBasins counts the basins whose communes lie in several départements.
func crossingBasins(f *territory.France) int {
	count := 0
	for _, b := range f.Level(territory.BassinDeVie) {
		first := f.One(b.Communes()[0], territory.Departement)
		if slices.ContainsFunc(b.Communes(), func(n int32) bool { return f.One(n, territory.Departement) != first }) {
			count++
		}
	}
	return count
}

// byName sorts territories as lists do: neither accents nor hyphens count.
func byName(ts []*territory.Territory) []*territory.Territory {
	type named struct {
		key string
		t   *territory.Territory
	}
	keyed := make([]named, len(ts))
	for i, t := range ts {
		keyed[i] = named{naming.SortKey(t.Name), t}
	}
	slices.SortFunc(keyed, func(a, b named) int {
		return cmp.Or(strings.Compare(a.key, b.key), cmp.Compare(a.t.Code, b.t.Code))
	})
	out := make([]*territory.Territory, len(ts))
	for i := range keyed {
		out[i] = keyed[i].t
	}
	return out
}
