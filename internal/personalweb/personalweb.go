package personalweb

import (
	"context"
	"embed"
	"io/fs"
	"net/http"
	"time"

	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/personal"
	"bassin/internal/web"
)

//go:embed templates/*.html
var files embed.FS

// Pages are the pages of personal data.
type Pages struct {
	Kit  *web.Renderer
	Site func() web.Site
	Data *personal.Service
	// Confirm makes sure that it is the person who sits there, by their password.
	Confirm func(ctx context.Context, a *people.Actor, password string) error
	// Where is a scope in words; what exists no more is told by its code.
	Where   func(ctx context.Context, l *i18n.Localizer, in people.Scope) string
	Now     func() time.Time
	Zone    *time.Location
	Periods func(r *http.Request, l *i18n.Localizer) ([]Period, error) // of keeping, as set; nil before they can be set
}

// Period is how long something is kept, in words.
type Period struct{ What, Long string }

// Templates are the templates of these pages.
func Templates() web.Templates {
	sub, err := fs.Sub(files, "templates")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return web.Templates{Room: "personal", Files: sub, Examples: examples()}
}

// Routes are the ways in.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/donnees-personnelles", Action: "personal.register", Who: web.Everyone, Handler: p.register},
		{Method: http.MethodGet, Pattern: "/mes-donnees", Action: "personal.mine", Who: web.SignedIn, Handler: p.mine},
		{Method: http.MethodGet, Pattern: "/mes-donnees/export.json", Action: "personal.json", Who: web.SignedIn, Handler: p.exportJSON},
		{Method: http.MethodGet, Pattern: "/mes-donnees/export.csv", Action: "personal.csv", Who: web.SignedIn, Handler: p.exportCSV},
		{Method: http.MethodGet, Pattern: "/mes-donnees/effacer", Action: "personal.erase_form", Who: web.SignedIn, Handler: p.eraseForm},
		{Method: http.MethodPost, Pattern: "/mes-donnees/effacer", Action: "personal.erase", Who: web.SignedIn, Handler: p.erase},
	}
}

// examples are the views on which the templates are checked when the server starts.
func examples() map[string][]any {
	part := partView{ID: "a", Name: "…", Why: "…", Table: web.Table{Caption: "…", Columns: []web.Column{{Title: "…"}}, Rows: [][]web.Cell{{{Text: "…"}}}}}
	return map[string][]any{
		"personal/mine":  {&mineView{Parts: []partView{part, {ID: "b", Name: "…", Why: "…"}}, Cut: 2}},
		"personal/erase": {&eraseView{Email: "a@b.fr"}, &eraseView{Email: "a@b.fr", Typed: "…", Wrong: map[string]string{"email": "…", "present": "…"}, Errors: web.Errors{Items: []web.FieldError{{Field: "email", Text: "…"}}}}},
		"personal/register": {
			&registerView{Site: web.Site{Name: "…", Contact: "a@b.fr", Publisher: "…"}, Holdings: []holdingView{{ID: "a", Name: "…", Why: "…", Basis: "…", Readers: "…", Kept: "…", What: []string{"…"}, Rows: 2, Public: true}}, Periods: []Period{{"…", "…"}}},
			&registerView{Erased: true},
		},
	}
}
