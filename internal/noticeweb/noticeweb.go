package noticeweb

import (
	"context"
	"embed"
	"io/fs"
	"net/http"
	"time"

	"bassin/internal/notice"
	"bassin/internal/web"
)

//go:embed templates/*.html
var files embed.FS

// Pages are the pages of notices.
type Pages struct {
	Kit      *web.Renderer
	Store    notice.Store
	Settings func(context.Context) (notice.Settings, error) // tells when digests leave
	Now      func() time.Time
}

// Templates are the templates of these pages.
func Templates() web.Templates {
	sub, err := fs.Sub(files, "templates")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return web.Templates{Room: "noticeweb", Files: sub, Examples: examples()}
}

// Routes are the ways in. One click in a mail is a POST without cookie (RFC 8058):
// its token says who and what.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/mes-notifications", Action: "notice.list", Who: web.SignedIn, Handler: p.list},
		{Method: http.MethodPost, Pattern: "/mes-notifications/lire", Action: "notice.read", Who: web.SignedIn, Handler: p.read},
		{Method: http.MethodGet, Pattern: "/mes-notifications/choix", Action: "notice.choices", Who: web.SignedIn, Handler: p.choices},
		{Method: http.MethodPost, Pattern: "/mes-notifications/choix", Action: "notice.choose", Who: web.SignedIn, Handler: p.choose},
		{Method: http.MethodGet, Pattern: "/desabonnement/{token}", Action: "notice.stop_form", Who: web.Everyone, Handler: p.stopForm},
		{Method: http.MethodPost, Pattern: "/desabonnement/{token}", Action: "notice.stop", Who: web.Everyone, Handler: p.stop},
	}
}

// examples are the views on which the templates are checked when the server starts.
func examples() map[string][]any {
	items := []item{{ID: "1", Title: "…", Text: "…", Subject: "…", When: "…", Unread: true, Link: true}, {ID: "2", Title: "…", Subject: "…", When: "…"}}
	return map[string][]any{
		"noticeweb/list": {
			&listView{Lead: "…", Unread: 1, Until: "…", Items: items, Pagination: &web.Pagination{Label: "…", Text: "…", Next: "/"}, Page: 1},
			&listView{Empty: &web.State{Kind: "empty", Title: "…"}},
		},
		"noticeweb/choices": {&choicesView{Saved: true, Digest: "…", Fields: []web.Field{{Name: "mandates", Label: "…", Type: "radio", Options: []web.Option{{Value: "none", Label: "…"}}}}, Bound: []boundView{{"…", "…"}}}},
		"noticeweb/stop":    {&stopView{What: "…", Token: "…"}, &stopView{What: "…", Already: true}, &stopView{What: "…", Done: true}},
	}
}
