package commonsweb

import (
	"encoding/json"
	"net/http"
	"strconv"

	"bassin/internal/commons"
	"bassin/internal/snapshot"
	"bassin/internal/web"
)

// projectRoutes give experiments after the schema projets-territoire 0.1.0.
func (p *Pages) projectRoutes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/experimentations/projets-territoire.json", Action: "commons.projects.json", Who: web.Everyone, Handler: p.projectsJSON},
		{Method: http.MethodGet, Pattern: "/experimentations/projets-territoire.csv", Action: "commons.projects.csv", Who: web.Everyone, Handler: p.projectsCSV},
		{Method: http.MethodGet, Pattern: "/experimentations/collectivites.csv", Action: "commons.projects.places", Who: web.Everyone, Handler: p.placesCSV},
	}
}

// projects are the experiments that the address asks for.
func (p *Pages) projects(r *http.Request) ([]commons.Project, []commons.Collectivite, error) {
	a, err := p.readAsked(r)
	if err != nil {
		return nil, nil, err
	}
	a.search.Filters[commons.FacetKind] = []string{string(commons.Experiment)}
	a.search.From, a.search.Size = 0, mostExported
	_, entries, err := p.Shelf.Find(r.Context(), a.search)
	if err != nil {
		return nil, nil, err
	}
	projects, places := commons.ProjectsOf(snapshot.FromContext(r.Context()).France, p.Site().BaseURL, entries)
	return projects, places, nil
}

func (p *Pages) projectsJSON(w http.ResponseWriter, r *http.Request) error {
	projects, places, err := p.projects(r)
	if err != nil {
		return err
	}
	if projects == nil {
		projects = []commons.Project{}
	}
	w.Header().Set("Content-Type", "application/json")
	if places == nil {
		places = []commons.Collectivite{}
	}
	return json.NewEncoder(w).Encode(map[string]any{"projets-territoire": projects, "collectivites": places})
}

func (p *Pages) projectsCSV(w http.ResponseWriter, r *http.Request) error {
	projects, _, err := p.projects(r)
	if err != nil {
		return err
	}
	return p.table(w, r, "projets-territoire.csv", []string{"id", "createdAt", "updatedAt", "nom", "description", "budgetPrevisionnel", "dateDebutPrevisionnelle", "phase", "phaseStatut", "collectiviteIds"}, func(write func([]string)) {
		for _, x := range projects {
			budget := ""
			if x.Budget > 0 {
				budget = strconv.FormatInt(x.Budget, 10)
			}
			ids, _ := json.Marshal(x.Places) // texts
			write([]string{x.ID, x.CreatedAt, x.UpdatedAt, web.Harmless(x.Name), web.Harmless(x.Description), budget, x.Begins, x.Phase, x.Status, string(ids)})
		}
	})
}

func (p *Pages) placesCSV(w http.ResponseWriter, r *http.Request) error {
	_, places, err := p.projects(r)
	if err != nil {
		return err
	}
	return p.table(w, r, "collectivites.csv", []string{"id", "nom", "type", "codeInsee", "codeEpci", "createdAt", "updatedAt"}, func(write func([]string)) {
		for _, x := range places {
			write([]string{x.ID, web.Harmless(x.Name), x.Type, x.INSEE, x.EPCI, x.CreatedAt, x.UpdatedAt})
		}
	})
}

// table sends a file of rows.
func (p *Pages) table(w http.ResponseWriter, r *http.Request, name string, head []string, rows func(write func([]string))) error {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	return web.WriteCSV(w, p.Kit.Locale(r.Context()), head, rows)
}
