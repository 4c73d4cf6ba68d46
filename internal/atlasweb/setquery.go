package atlasweb

import (
	"net/http"
	"net/url"

	"bassin/internal/fault"
	"bassin/internal/web"
)

func (p *Pages) setRoutes() []web.Route {
	return []web.Route{{Method: http.MethodGet, Pattern: "/set", Action: "atlas.set", Who: web.Everyone, Handler: p.setByQuery}}
}

// setByQuery leads from /set?communes=22113,22278 to the page of that set: a
// program or a form can write the list as a parameter.
func (p *Pages) setByQuery(w http.ResponseWriter, r *http.Request) error {
	expr := r.URL.Query().Get("communes")
	if expr == "" {
		return fault.New(fault.Invalid, "territory.set.empty").In("communes")
	}
	return p.Kit.Redirect(w, r, "/set/"+url.PathEscape(expr), http.StatusSeeOther)
}
