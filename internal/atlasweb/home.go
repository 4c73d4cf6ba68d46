package atlasweb

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
)

func (p *Pages) homeRoutes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/{$}", Action: "atlas.home", Who: web.Everyone, Handler: p.home},
	}
}

// homeView is the home page.
type homeView struct {
	Basins, Crossing, EPCI, Communes int
	Examples                         []levelLink
	Departements, Overseas           []levelLink
	Ways                             []wayView
	Snapshot                         string // hash, in the address of the map's image
}

// wayView is the way in for a kind of user.
type wayView struct {
	Who, Text, Link, Href string
}

func (p *Pages) home(w http.ResponseWriter, r *http.Request) error {
	l, s := p.Kit.Locale(r.Context()), snapshot.FromContext(r.Context())
	href := func(path string) string { return p.Kit.Href(l.Lang(), path) }
	v := &homeView{
		Basins: len(s.France.Level(territory.BassinDeVie)), Crossing: crossingBasins(s.France),
		EPCI: len(s.France.Level(territory.EPCI)), Communes: s.France.Len(), Snapshot: s.Manifest.Hash,
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
	v.Ways = []wayView{
		{l.T("home.ways.mayor"), l.T("home.ways.mayor.text"), l.T("home.ways.mayor.link"), href("/recherche")},
		{l.T("home.ways.coordinator"), l.T("home.ways.coordinator.text"), l.T("home.ways.coordinator.link"), href("/composer")},
		{l.T("home.ways.citizen"), l.T("home.ways.citizen.text"), l.T("home.ways.citizen.link"), href("/carte")},
		{l.T("home.ways.mediator"), l.T("home.ways.mediator.text"), l.T("home.ways.mediator.link"), href("/liste/qpv")},
		{l.T("home.ways.it"), l.T("home.ways.it.text"), l.T("home.ways.it.link"), href("/api")},
		{l.T("home.ways.researcher"), l.T("home.ways.researcher.text"), l.T("home.ways.researcher.link"), href("/donnees")},
	}
	return p.Kit.Page(w, r, &web.Page{
		Title: l.T("home.title"), Description: l.T("home.description"), Template: "atlas/home", View: v, Front: true, Wide: true,
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

// byName sorts territories as a French dictionary does: accents do not count.
func byName(ts []*territory.Territory) []*territory.Territory {
	plain := strings.NewReplacer("É", "E", "È", "E", "Î", "I", "Ô", "O", "é", "e", "è", "e", "ê", "e", "ë", "e", "î", "i", "ï", "i", "ô", "o", "ö", "o", "â", "a", "ç", "c", "û", "u")
	out := slices.Clone(ts)
	slices.SortStableFunc(out, func(a, b *territory.Territory) int {
		return cmp.Or(strings.Compare(plain.Replace(a.Name), plain.Replace(b.Name)), cmp.Compare(a.Code, b.Code))
	})
	return out
}
