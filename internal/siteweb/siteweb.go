package siteweb

import (
	"context"
	"embed"
	"io/fs"
	"net/http"

	"bassin/internal/web"
)

//go:embed templates/*.html
var files embed.FS

// Pages are the pages about the installation.
type Pages struct {
	Kit  *web.Renderer
	Site func() web.Site
	// Listed are the addresses of pages of features, by the name of their part of the sitemap.
	Listed map[string]func(context.Context) ([]string, error)
}

// Templates are the templates of these pages.
func Templates() web.Templates {
	sub, err := fs.Sub(files, "templates")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return web.Templates{Room: "site", Files: sub, Examples: examples()}
}

// Routes are the ways in.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/donnees", Action: "site.data", Who: web.Everyone, Handler: p.data},
		{Method: http.MethodGet, Pattern: "/donnees/rapport.json", Action: "site.report", Who: web.Everyone, Single: true, Handler: p.report},
		{Method: http.MethodGet, Pattern: "/donnees/tables/{file}", Action: "site.table", Who: web.Everyone, Single: true, Handler: p.table},
		{Method: http.MethodGet, Pattern: "/donnees/contours/{file}", Action: "site.outlines", Who: web.Everyone, Single: true, Handler: p.outlines},
		{Method: http.MethodGet, Pattern: "/a-propos", Action: "site.about", Who: web.Everyone, Handler: p.about},
		{Method: http.MethodGet, Pattern: "/accessibilite", Action: "site.accessibility", Who: web.Everyone, Handler: p.accessibility},
		{Method: http.MethodGet, Pattern: "/mentions-legales", Action: "site.legal", Who: web.Everyone, Handler: p.legal},
		{Method: http.MethodGet, Pattern: "/robots.txt", Action: "site.robots", Who: web.Everyone, Single: true, Handler: p.robots},
		{Method: http.MethodGet, Pattern: "/sitemap.xml", Action: "site.sitemap", Who: web.Everyone, Single: true, Handler: p.sitemap},
		{Method: http.MethodGet, Pattern: "/sitemaps/{file}", Action: "site.sitemap_part", Who: web.Everyone, Single: true, Handler: p.sitemapPart},
		{Method: http.MethodGet, Pattern: "/favicon.svg", Action: "site.icon", Who: web.Everyone, Single: true, Handler: p.icon},
	}
}
