package observatoryweb

import (
	"net/http"
	"slices"

	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/names"
	"bassin/internal/web"
)

// hubRoutes are the way into the observatory.
func (p *Pages) hubRoutes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/observatoire", Action: "observatory.hub", Who: web.Everyone, Handler: p.hub, Stable: true},
	}
}

// hubView asks for a territory first, then shows the other ways in.
type hubView struct {
	Title, Lead string
	Query       string
	Found       []web.Card
	Nothing     string
	Examples    []web.Anchor
	Ways        []web.Card
	Method      []web.Anchor
}

// hubWays are the ways in, in order: a key of the catalogue of texts, an address, an icon.
var hubWays = []struct{ key, href, icon string }{
	{"explorer", "/explorer", "map"},
	{"ranking", "/classement", "table"},
	{"fragility", "/fragilite", "edit"},
	{"changes", "/evolutions", "chart"},
	{"twins", "/jumeaux", "people"},
	{"compare", "/comparer", "building"},
	{"catalogue", "/indicateurs", "info"},
}

// hubExamples are basins to look at first: a middle one, the largest, overseas.
var hubExamples = []string{"22113", "75056", "97105", "97611"}

const hubFound = 8

func (p *Pages) hub(w http.ResponseWriter, r *http.Request) error {
	s, l := snapshot.FromContext(r.Context()), p.Kit.Locale(r.Context())
	x := chooser{words: words{l, s.France}, s: s, query: r.URL.Query()}
	diagnosed := func(t *territory.Territory) string { return t.Path() + "/diagnostic" }
	if id, ok := territory.ParseID(x.typed(ownParam)); ok {
		if t, ok := s.France.Territory(id); ok && t.Level != territory.QPV {
			return p.Kit.Redirect(w, r, diagnosed(t), http.StatusSeeOther)
		}
	}
	v := hubView{Title: l.T("hub.title"), Lead: l.T("hub.lead", len(s.Panel.Definitions())), Query: x.typed("q")}
	if v.Query != "" {
		levels := slices.DeleteFunc(slices.Clone(territory.Levels), func(k territory.Level) bool { return k == territory.QPV })
		for _, m := range s.Names.Search(v.Query, names.Options{Limit: hubFound, Levels: levels}) {
			if t, ok := s.France.Territory(m.ID); ok {
				v.Found = append(v.Found, web.Card{Title: x.heading(t), Text: x.lies(t), Meta: x.words.level(t.Level, 1), Href: diagnosed(t)})
			}
		}
		if len(v.Found) == 0 {
			v.Nothing = l.T("hub.nothing", v.Query)
		}
	}
	for _, code := range hubExamples {
		if t, ok := s.France.Territory(territory.ID{Level: territory.BassinDeVie, Code: code}); ok {
			v.Examples = append(v.Examples, web.Anchor{Text: t.Name, Href: diagnosed(t)})
		}
	}
	for _, k := range hubWays {
		v.Ways = append(v.Ways, web.Card{Title: l.T("hub.way." + k.key), Text: l.T("hub.way." + k.key + ".text"), Href: k.href, Icon: k.icon})
	}
	v.Method = []web.Anchor{{Text: l.T("hub.data"), Href: "/donnees"}, {Text: l.T("hub.api"), Href: "/api"}}
	return p.Kit.Page(w, r, &web.Page{Title: v.Title, Description: v.Lead, Template: "observatory/hub", View: v, Front: true, NoIndex: len(x.query) > 0})
}
