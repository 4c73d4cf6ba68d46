package commonsweb

import (
	"context"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"slices"
	"time"

	"bassin/internal/commons"
	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/job"
	"bassin/internal/people"
	"bassin/internal/web"
)

//go:embed library/*.html
var files embed.FS

// Pages are the pages of the library.
type Pages struct {
	Kit     *web.Renderer
	Site    func() web.Site
	Library *commons.Library
	Shelf   *commons.Shelf
	Formats Formats
	Bodies  Bodies
	People  People
	Now     func() time.Time
	Zone    *time.Location // where days begin
	Needs   *commons.Needs
	// Place names a scope, with its page; fault.NotFound if there is none.
	Place func(ctx context.Context, l *i18n.Localizer, in people.Scope) (name, href string, err error)
	// Amount is a value of an indicator in words.
	Amount func(l *i18n.Localizer, d *indicator.Definition, x float64) string
	Desk   *job.Desk // of large imports
	// Fetch gets a file from an address, as far as the installation lets it; nil if it
	// reaches nothing. Its errors are written for people.
	Fetch func(ctx context.Context, address string) ([]byte, error)
	// Parts are what else the page of an entry tells, in order.
	Parts []Part
	// Harvests is what the library is harvested from; nil if nothing is.
	Harvests *Harvests
}

// Bodies is what these pages ask of organisations.
type Bodies interface {
	// Find returns the organisation of that id, or fault.NotFound.
	Find(ctx context.Context, id string) (people.Organisation, error)
	// Search returns those that have a name, at most so many.
	Search(ctx context.Context, typed string, limit int) ([]people.Organisation, error)
}

// People is what these pages ask of people.
type People interface {
	Names(ctx context.Context, ids []string) (map[string]string, error)
}

// Part is a section of the page of an entry; "" shows nothing.
type Part func(r *http.Request, e *commons.Entry, sheet commons.Sheet) (template.HTML, error)

// Templates are the templates of these pages.
func Templates() web.Templates {
	sub, err := fs.Sub(files, "library")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return web.Templates{Room: "library", Files: sub, Examples: examples()}
}

// Routes are the ways in. Whether a person may do a thing to a given entry is
// decided in package commons.
func (p *Pages) Routes() []web.Route {
	return append(slices.Concat(p.experimentRoutes(), p.projectRoutes(), p.harvestRoutes()), []web.Route{
		{Method: http.MethodGet, Pattern: "/communs", Action: "commons.list", Who: web.Everyone, Handler: p.library},
		{Method: http.MethodGet, Pattern: "/communs/csv", Action: "commons.csv", Who: web.Everyone, Handler: p.csv},
		{Method: http.MethodGet, Pattern: "/communs/flux", Action: "commons.atom", Who: web.Everyone, Handler: p.atom},
		{Method: http.MethodGet, Pattern: "/communs/catalogue.ttl", Action: "commons.catalogue.turtle", Who: web.Everyone, Handler: p.turtle},
		{Method: http.MethodGet, Pattern: "/communs/catalogue.jsonld", Action: "commons.catalogue.jsonld", Who: web.Everyone, Handler: p.jsonLD},
		{Method: http.MethodGet, Pattern: "/communs/{id}/publiccode.yml", Action: "commons.publiccode", Who: web.Everyone, Handler: p.publiccode},
		{Method: http.MethodGet, Pattern: "/communs/{id}", Action: "commons.show", Who: web.Everyone, Handler: p.show},
		{Method: http.MethodGet, Pattern: "/communs/{id}/versions", Action: "commons.versions", Who: web.Everyone, Handler: p.versions},
		{Method: http.MethodGet, Pattern: "/communs/{id}/modifier", Action: "commons.edit.sheet", Who: web.SignedIn, Handler: p.editSheet},
		{Method: http.MethodPost, Pattern: "/communs/{id}/modifier", Action: "commons.edit", Who: web.SignedIn, Handler: p.edit},
		{Method: http.MethodGet, Pattern: "/communs/{id}/gerer", Action: "commons.review.manage", Who: web.Granted, Handler: p.manage},
		{Method: http.MethodPost, Pattern: "/communs/{id}/retirer", Action: "commons.review.retire", Who: web.Granted, Handler: p.retire},
		{Method: http.MethodPost, Pattern: "/communs/{id}/rouvrir", Action: "commons.review.reopen", Who: web.Granted, Handler: p.reopen},
		{Method: http.MethodPost, Pattern: "/communs/{id}/reunir", Action: "commons.review.merge", Who: web.Granted, Handler: p.merge},
		{Method: http.MethodPost, Pattern: "/communs/{id}/separer", Action: "commons.review.unmerge", Who: web.Granted, Handler: p.unmerge},
		{Method: http.MethodGet, Pattern: "/proposer", Action: "commons.new", Who: web.SignedIn, Handler: p.choose},
		{Method: http.MethodGet, Pattern: "/proposer/{kind}", Action: "commons.new.sheet", Who: web.SignedIn, Handler: p.newSheet},
		{Method: http.MethodPost, Pattern: "/proposer/{kind}", Action: "commons.new.keep", Who: web.SignedIn, Handler: p.create},
		{Method: http.MethodGet, Pattern: "/importer", Action: "commons.import.form", Who: web.SignedIn, Handler: p.importForm},
		{Method: http.MethodPost, Pattern: "/importer", Action: "commons.import", Who: web.SignedIn, Body: mostImported + 1<<20, Handler: p.receive},
		{Method: http.MethodGet, Pattern: "/importer/modele.csv", Action: "commons.import.template", Who: web.SignedIn, Handler: p.importTemplate},
		{Method: http.MethodGet, Pattern: "/importer/suivi", Action: "commons.import.work", Who: web.SignedIn, Handler: p.importWork},
		{Method: http.MethodPost, Pattern: "/importer/suivi", Action: "commons.import.go", Who: web.SignedIn, Handler: p.importGo},
		{Method: http.MethodGet, Pattern: "/propositions", Action: "commons.proposals", Who: web.SignedIn, Handler: p.mine},
		{Method: http.MethodGet, Pattern: "/propositions/a-relire", Action: "commons.review.queue", Who: web.Granted, Handler: p.queue},
		{Method: http.MethodGet, Pattern: "/propositions/{id}", Action: "commons.proposal", Who: web.SignedIn, Handler: p.proposal},
		{Method: http.MethodGet, Pattern: "/propositions/{id}/modifier", Action: "commons.proposal.sheet", Who: web.SignedIn, Handler: p.resumeSheet},
		{Method: http.MethodPost, Pattern: "/propositions/{id}/modifier", Action: "commons.proposal.keep", Who: web.SignedIn, Handler: p.resume},
		{Method: http.MethodPost, Pattern: "/propositions/{id}/abandonner", Action: "commons.proposal.withdraw", Who: web.SignedIn, Handler: p.withdraw},
		{Method: http.MethodPost, Pattern: "/propositions/{id}/decider", Action: "commons.review.decide", Who: web.Granted, Handler: p.decide},
	}...)
}

// address is the page of an entry.
func address(id string) string { return "/communs/" + id }

// proposalAddress is the page of a revision.
func proposalAddress(id string) string { return "/propositions/" + id }

// root is the first crumb of all these pages.
func root(l *i18n.Localizer) web.Crumb {
	return web.Crumb{Text: l.T("library.title"), Href: "/communs"}
}

// reviewRight says who reviews what is proposed in a place, and whether the reader may.
func reviewRight(ctx context.Context, l *i18n.Localizer, in people.Scope) (web.Right, error) {
	d, err := people.Of(ctx).May(ctx, commons.Review, in)
	r, _ := people.RightOf(commons.Review)
	return web.Right{What: l.T("people.right." + r.Name), Who: r.Who(l), May: d.May, Why: d.In(l)}, err
}

// proposeRight says that whoever has an account may propose.
func proposeRight(ctx context.Context, l *i18n.Localizer) web.Right {
	r := web.Right{What: l.T("library.right.propose"), Who: l.T("library.right.signed_in"), May: people.Of(ctx).Known(), Why: l.T("library.right.have_account")}
	if !r.May {
		r.Why = l.T("people.may.no_account")
	}
	return r
}
