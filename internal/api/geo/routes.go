package geo

import (
	"net/http"

	"bassin/internal/web"
)

// Routes lists the ways in, for the table that the docs print and for whoever
// serves them without [Handler.Before].
func (h *Handler) Routes() []web.Route {
	var out []web.Route
	for _, r := range []struct{ path, action string }{
		{"communes", "geo.communes"},
		{"communes/{code}", "geo.commune"},
		{"communes_associees_deleguees", "geo.parts"},
		{"communes_associees_deleguees/{code}", "geo.part"},
		{"epcis", "geo.epcis"},
		{"epcis/{code}", "geo.epci"},
		{"epcis/{code}/communes", "geo.epci_communes"},
		{"departements", "geo.departements"},
		{"departements/{code}", "geo.departement"},
		{"departements/{code}/communes", "geo.departement_communes"},
		{"regions", "geo.regions"},
		{"regions/{code}", "geo.region"},
		{"regions/{code}/departements", "geo.region_departements"},
		{"{path...}", "geo.nothing"},
	} {
		out = append(out, web.Route{
			Method: http.MethodGet, Pattern: Prefix + r.path, Action: r.action, Who: web.Everyone, Single: true,
			Handler: func(w http.ResponseWriter, r *http.Request) error {
				h.ServeHTTP(w, r)
				return nil
			},
		})
	}
	return out
}
