package orgweb

import (
	"context"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"time"

	"bassin/internal/audit"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/web"
)

//go:embed organisation/*.html
var files embed.FS

// Pages are the pages of organisations.
type Pages struct {
	Kit    *web.Renderer
	Rules  *people.Organisations
	Record Record
	People People
	Files  Files
	Now    func() time.Time
	Zone   *time.Location // where days begin
	// Parts are what else the page of an organisation tells, in order; "" shows nothing.
	Parts []func(r *http.Request, organisation string) (template.HTML, error)
	// More leads to what else is told of an organisation; nil for nothing.
	More func(r *http.Request, o *people.Organisation) (web.Anchor, error)
}

// Record is what these pages ask of the record of changes.
type Record interface {
	Find(ctx context.Context, f audit.Filter) ([]audit.Row, error)
}

// People is what these pages ask of those who hold mandates.
type People interface {
	Mandates(ctx context.Context, q people.MandateQuery) (found []people.Mandate, total int, err error)
	Names(ctx context.Context, ids []string) (map[string]string, error)
}

// Templates are the templates of these pages.
func Templates() web.Templates {
	sub, err := fs.Sub(files, "organisation")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return web.Templates{Room: "organisation", Files: sub, Examples: examples()}
}

// Routes are the ways in. Those that change something look at the precise place
// again, in package people.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/organisations", Action: "organisation.list", Who: web.Everyone, Handler: p.list},
		{Method: http.MethodGet, Pattern: "/organisations/csv", Action: "organisation.csv", Who: web.Everyone, Handler: p.csv},
		{Method: http.MethodGet, Pattern: "/organisations/nouvelle", Action: "organisation.create.identify", Who: web.Granted, Handler: p.identify},
		{Method: http.MethodGet, Pattern: "/organisations/nouvelle/fiche", Action: "organisation.create.sheet", Who: web.Granted, Handler: p.createSheet},
		{Method: http.MethodPost, Pattern: "/organisations/nouvelle/fiche", Action: "organisation.create", Who: web.Granted, Handler: p.create},
		{Method: http.MethodGet, Pattern: "/organisations/importer", Action: "organisation.create.import.form", Who: web.Granted, Handler: p.importForm},
		{Method: http.MethodPost, Pattern: "/organisations/importer", Action: "organisation.create.import.read", Who: web.Granted, Body: importBody, Handler: p.importRead},
		{Method: http.MethodGet, Pattern: "/organisations/importer/modele", Action: "organisation.create.import.template", Who: web.Granted, Handler: p.importTemplate},
		{Method: http.MethodPost, Pattern: "/organisations/importer/enregistrer", Action: "organisation.create.import", Who: web.Granted, Body: importBody, Handler: p.importKeep},
		{Method: http.MethodGet, Pattern: "/organisations/doublons", Action: "organisation.merge.pairs", Who: web.Granted, Handler: p.pairs},
		{Method: http.MethodPost, Pattern: "/organisations/doublons", Action: "organisation.merge.apart", Who: web.Granted, Handler: p.apart},
		{Method: http.MethodGet, Pattern: "/organisations/{id}", Action: "organisation.show", Who: web.Everyone, Handler: p.show},
		{Method: http.MethodGet, Pattern: "/organisations/{id}/modifier", Action: "organisation.update.sheet", Who: web.Granted, Handler: p.updateSheet},
		{Method: http.MethodPost, Pattern: "/organisations/{id}/modifier", Action: "organisation.update", Who: web.Granted, Handler: p.update},
		{Method: http.MethodPost, Pattern: "/organisations/{id}/documents", Action: "organisation.update.documents", Who: web.Granted, Body: p.Files.Body(), Handler: p.attach},
		{Method: http.MethodGet, Pattern: "/organisations/{id}/fusionner", Action: "organisation.merge.sheet", Who: web.Granted, Handler: p.mergeSheet},
		{Method: http.MethodPost, Pattern: "/organisations/{id}/fusionner", Action: "organisation.merge", Who: web.Granted, Handler: p.merge},
		{Method: http.MethodPost, Pattern: "/organisations/{id}/annuler-la-fusion", Action: "organisation.merge.undo", Who: web.Granted, Handler: p.undo},
	}
}

// address is the page of an organisation.
func address(id string) string { return "/organisations/" + id }

// right says who may do an action in a place, and whether the reader may.
func right(ctx context.Context, l *i18n.Localizer, action string, d people.Decision) web.Right {
	r, _ := people.RightOf(action)
	return web.Right{What: l.T("people.right." + r.Name), Who: r.Who(l), May: d.May, Why: d.In(l)}
}

// may says whether the reader may do an action somewhere.
func may(ctx context.Context, action string) bool { return people.Of(ctx).MaySomewhere(action).May }
