package atlasweb

import (
	"net/http"

	"bassin/internal/web"
)

func (p *Pages) mapRoutes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/carte/france.svg", Action: "atlas.map.image", Who: web.Everyone, Handler: p.franceImage, Single: true},
		{Method: http.MethodGet, Pattern: "/carte/france", Action: "atlas.map.click", Who: web.Everyone, Handler: p.franceClick},
	}
}

func mapExamples() map[string][]any {
	return map[string][]any{"map/sea": {seaView{Name: "Lannion", Href: "/bv/22113"}}}
}
