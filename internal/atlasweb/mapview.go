package atlasweb

import (
	"net/http"

	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
)

func (p *Pages) mapRoutes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/carte", Action: "atlas.map", Who: web.Everyone, Handler: p.mapPage, Stable: true},
		{Method: http.MethodGet, Pattern: "/carte/france.svg", Action: "atlas.map.image", Who: web.Everyone, Handler: p.franceImage, Single: true},
		{Method: http.MethodGet, Pattern: "/carte/france", Action: "atlas.map.click", Who: web.Everyone, Handler: p.franceClick},
		{Method: http.MethodGet, Pattern: "/tiles/{snapshot}/{level}/{z}/{x}/{y}", Action: "atlas.map.tile", Who: web.Everyone, Handler: p.tile, Single: true},
	}
}

// mapLevels are the levels that the interactive map shows, one at a time.
var mapLevels = []territory.Level{territory.BassinDeVie, territory.EPCI, territory.Departement, territory.Commune}

// interactiveView is the page of the interactive map.
type interactiveView struct {
	Levels   []mapLevel
	Tiles    string // address of tiles, with {level}, {z}, {x} and {y}
	Worker   string // address of the map library's worker
	Base     string // what precedes /level/code in the reader's language
	Snapshot string
	List     mapLevel // the level shown first, as a table
}

type mapLevel struct {
	Key, Text, List string
	Count           int
	Current         bool
}

func (p *Pages) mapPage(w http.ResponseWriter, r *http.Request) error {
	s, l := snapshot.FromContext(r.Context()), p.Kit.Locale(r.Context())
	asked := territory.Level(r.URL.Query().Get("niveau"))
	v := interactiveView{
		Tiles: "/tiles/" + s.Manifest.Hash + "/{level}/{z}/{x}/{y}", Worker: "/assets/maplibre-worker.js",
		Base: p.Kit.Href(l.Lang(), "/"), Snapshot: s.Manifest.Hash,
	}
	for i, level := range mapLevels {
		m := mapLevel{
			Key: string(level), Text: l.T("map.level." + string(level)), Count: len(s.France.Level(level)),
			List: p.Kit.Href(l.Lang(), "/liste/"+string(level)), Current: level == asked,
		}
		if m.Current || i == 0 {
			v.List = m
		}
		v.Levels = append(v.Levels, m)
	}
	if v.List.Key == string(mapLevels[0]) {
		v.Levels[0].Current = true
	}
	return p.Kit.Page(w, r, &web.Page{
		Title: l.T("map.title"), Description: l.T("map.lead"), Template: "map/view", View: v, Wide: true,
		Styles: []string{"map.css"}, Scripts: []string{"map.js"},
	})
}

func mapExamples() map[string][]any {
	bv := mapLevel{Key: "bv", Text: "Bassins de vie", List: "/liste/bv", Count: 1707, Current: true}
	return map[string][]any{
		"map/sea":  {seaView{Name: "Lannion", Href: "/bv/22113"}},
		"map/view": {interactiveView{Levels: []mapLevel{bv}, Tiles: "/tiles/a/{level}/{z}/{x}/{y}", Worker: "/w.js", Base: "/", Snapshot: "a", List: bv}},
	}
}
