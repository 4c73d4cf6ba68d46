package observatoryweb

import (
	"net/http"

	"bassin/internal/indicator"
	"bassin/internal/snapshot"
	"bassin/internal/web"
)

// catalogueRoutes are the catalogue of indicators.
func (p *Pages) catalogueRoutes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/indicateurs", Action: "observatory.catalogue", Who: web.Everyone, Handler: p.catalogue, Stable: true},
	}
}

// catalogueView is the list of all indicators, axis by axis.
type catalogueView struct {
	Title string
	Axes  []axisView
}

type axisView struct {
	ID, Title string
	Items     []itemView
}

type itemView struct{ Key, Name, Definition, Vintages, Map string }

func catalogueExamples() map[string][]any {
	return map[string][]any{"observatory/catalogue": {catalogueView{Title: "Indicateurs", Axes: []axisView{{ID: "population", Title: "Population",
		Items: []itemView{{Key: "density", Name: "Densité", Definition: "Habitants par km².", Vintages: "2022", Map: "/explorer?indicateur=density"}}}}}}}
}

func (p *Pages) catalogue(w http.ResponseWriter, r *http.Request) error {
	s, l := snapshot.FromContext(r.Context()), p.Kit.Locale(r.Context())
	view := catalogueView{Title: l.T("observatory.catalogue.title")}
	for _, axis := range indicator.Axes {
		a := axisView{ID: string(axis), Title: l.T("observatory.axis." + string(axis))}
		for _, d := range s.Panel.Definitions() {
			if d.Axis != axis {
				continue
			}
			item := itemView{Key: d.Key, Name: d.Name.In(l.Lang()), Definition: d.Definition.In(l.Lang()), Vintages: period(l, d.Vintages[0].Period), Map: "/explorer?" + keyParam + "=" + d.Key}
			if last := d.Vintages[d.Latest()].Period; last != d.Vintages[0].Period {
				item.Vintages = l.T("observatory.from_to", item.Vintages, period(l, last))
			}
			a.Items = append(a.Items, item)
		}
		if len(a.Items) > 0 {
			view.Axes = append(view.Axes, a)
		}
	}
	return p.Kit.Page(w, r, &web.Page{Title: view.Title, Description: view.Title, Template: "observatory/catalogue", View: view})
}
