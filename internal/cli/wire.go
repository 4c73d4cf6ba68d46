package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"bassin/internal/api"
	"bassin/internal/api/geo"
	"bassin/internal/atlas"
	"bassin/internal/atlasweb"
	"bassin/internal/i18n"
	"bassin/internal/observatory"
	"bassin/internal/observatoryweb"
	"bassin/internal/siteweb"
	"bassin/internal/snapshot"
	"bassin/internal/web"
	"bassin/internal/web/assets"
)

// nav is the navigation of every page's header.
var nav = []web.Link{
	{Key: "web.nav.map", Href: "/carte"},
	{Key: "web.nav.observatory", Href: "/observatoire"},
	{Key: "web.nav.compose", Href: "/composer"},
	{Key: "web.nav.data", Href: "/donnees"},
	{Key: "web.nav.about", Href: "/a-propos"},
}

// pageCache is what kept pages may take, in bytes: some 1,500 of them, compressed.
const pageCache = 24 << 20

// wire joins every part of the product into one handler.
func (s *Server) wire(catalog *i18n.Catalog) (http.Handler, error) {
	files, err := assets.Load()
	if err != nil {
		return nil, err
	}
	identity := s.command.Site.identity(s.version)
	perimeters := &atlas.Service{Store: s.db, Now: time.Now}
	figures := &observatory.Service{Perimeters: perimeters, Unit: atlas.Unit}
	public, err := api.New(api.Config{Live: &s.live, Sets: perimeters, Figures: figures, Catalog: catalog, Build: s.version, BaseURL: identity.BaseURL})
	if err != nil {
		return nil, err
	}
	kit, err := web.New(web.Config{
		Site: identity, Catalog: catalog, Assets: files, Log: s.log, Nav: nav,
		Cache:     web.NewCache(pageCache, func() string { return s.live.Load().Manifest.Hash }),
		Templates: slices.Concat(atlasweb.Templates(), observatoryweb.Templates(), []web.Templates{siteweb.Templates(), api.Templates()}),
		Failures:  public.Failures(),
	})
	if err != nil {
		return nil, err
	}
	watch := &observatoryweb.Pages{Kit: kit, Site: identity, Observatory: figures}
	pages := &atlasweb.Pages{Kit: kit, Atlas: perimeters, Sections: watch.Sections()}
	site := &siteweb.Pages{Kit: kit, Site: identity}

	s.routes = slices.Concat(kit.Routes(), pages.Routes(), watch.Routes(), site.Routes(), public.Routes(), public.DocsRoutes(kit))
	router, err := kit.Router(s.routes)
	if err != nil {
		return nil, err
	}
	metrics := web.NewMetrics()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { probe(w, nil) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) { probe(w, s.ready(r.Context())) })
	mux.Handle("GET /metrics", metrics.Handler())
	mux.Handle("/", kit.Stack(s.seeing(router), metrics, time.Now, web.Limits{Time: s.command.Service.RequestTimeout}))

	s.geo = geo.NewHandler(&s.live, s.version, catalog.Localizer(i18n.FR))
	s.geo.Prepare(s.live.Load())
	s.pages = pages
	go pages.Prepare(s.live.Load())
	return s.geo.Before(mux), nil
}

// seeing gives each request the one snapshot it sees from its first line to its last.
func (s *Server) seeing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(snapshot.WithContext(r.Context(), s.live.Load())))
	})
}

// ready says why the server cannot answer people, if it cannot.
func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if s.live.Load() == nil {
		return fmt.Errorf("no snapshot in use")
	}
	return s.db.Ping(ctx)
}

// probe answers a load balancer. Causes go to the log, not to the network.
func probe(w http.ResponseWriter, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	status := "ok"
	if err != nil {
		status = "unavailable"
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	json.NewEncoder(w).Encode(map[string]string{"status": status}) // a prober who leaves is no error
}

func (s site) identity(version string) web.Site {
	return web.Site{
		Name: s.Name, Publisher: s.Publisher, Address: s.Address, Director: s.Director,
		Host: s.Host, Contact: s.Contact, BaseURL: s.BaseURL, Version: version,
	}
}
