package commonsweb

import (
	"net/http"

	"bassin/internal/commons"
	"bassin/internal/web"
)

// experimentRoutes are the ways in of experiments and needs alone.
func (p *Pages) experimentRoutes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/experimentations", Action: "commons.experiments", Who: web.Everyone, Handler: p.only(commons.Experiment)},
		{Method: http.MethodGet, Pattern: "/besoins", Action: "commons.needs", Who: web.Everyone, Handler: p.only(commons.Need)},
		{Method: http.MethodPost, Pattern: "/communs/{id}/rejoindre", Action: "commons.join", Who: web.Granted, Handler: p.join},
		{Method: http.MethodPost, Pattern: "/communs/{id}/quitter", Action: "commons.join.leave", Who: web.Granted, Handler: p.leave},
	}
}

// only leads to the entries of a kind, with what else the address asks.
func (p *Pages) only(k commons.Kind) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		q := r.URL.Query()
		q.Set("type", string(k))
		return p.Kit.Redirect(w, r, "/communs?"+q.Encode(), http.StatusFound)
	}
}
