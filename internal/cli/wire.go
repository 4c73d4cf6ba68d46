package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"bassin/internal/accountweb"
	"bassin/internal/adminweb"
	"bassin/internal/api"
	"bassin/internal/api/geo"
	"bassin/internal/atlas"
	"bassin/internal/atlasweb"
	"bassin/internal/commons"
	"bassin/internal/commonsweb"
	"bassin/internal/i18n"
	"bassin/internal/job"
	"bassin/internal/mandateweb"
	"bassin/internal/mediaweb"
	"bassin/internal/notice"
	"bassin/internal/noticeweb"
	"bassin/internal/observatory"
	"bassin/internal/observatoryweb"
	"bassin/internal/orgweb"
	"bassin/internal/people"
	"bassin/internal/personal"
	"bassin/internal/personalweb"
	"bassin/internal/reportweb"
	"bassin/internal/siteweb"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/assets"
)

// nav is the navigation of every page's header.
var nav = []web.Link{
	{Key: "web.nav.map", Href: "/carte"},
	{Key: "web.nav.observatory", Href: "/observatoire"},
	{Key: "web.nav.commons", Href: "/communs"},
	{Key: "web.nav.compose", Href: "/composer"},
	{Key: "web.nav.data", Href: "/donnees"},
	{Key: "web.nav.about", Href: "/a-propos"},
}

// pageCache is what kept pages may take, in bytes: some 1,500 of them, compressed.
const pageCache = 24 << 20

// wire joins every part of the product into one handler.
func (s *Server) wire(ctx context.Context, catalog *i18n.Catalog) (http.Handler, error) {
	zone := i18n.Paris()
	files, err := assets.Load()
	if err != nil {
		return nil, err
	}
	s.site = &liveSite{given: s.command.Site, version: s.version, store: s.db}
	if err := s.site.refresh(ctx); err != nil {
		return nil, err
	}
	site := s.site.site
	s.edition = &edition{record: s.db}
	if err := s.edition.start(ctx); err != nil {
		return nil, err
	}
	perimeters := &atlas.Service{Store: s.db, Now: s.now}
	figures := &observatory.Service{Perimeters: perimeters, Unit: atlas.Unit}
	bodies := &people.Organisations{Store: s.db}
	s.bodies = bodies
	s.library = s.newLibrary()
	if s.harvester, err = s.newHarvester(); err != nil {
		return nil, err
	}
	s.shelf = &commons.Shelf{Library: s.library, Record: s.db, France: func(ctx context.Context) *territory.France { return snapshot.FromContext(ctx).France }}
	public, err := api.New(api.Config{Live: &s.live, Sets: perimeters, Figures: figures, Shelf: s.shelf, Catalog: catalog, Changes: s.giver(bodies).After, Build: s.version, BaseURL: site().BaseURL})
	if err != nil {
		return nil, err
	}
	reach := people.Reach{Resolve: perimeters.Resolve, ActsIn: bodies.ActsIn}
	s.covers = reach.Covers
	gate := &accountweb.Gate{Store: s.db, Covers: reach.Covers, Now: s.now, Zone: zone, Unread: s.db.Unread}
	given, err := s.command.Mail.relay()
	if err != nil {
		return nil, err
	}
	s.mail = &liveMail{given: given, store: s.db}
	if err := s.mail.refresh(ctx); err != nil {
		return nil, err
	}
	s.scopes = scopes{db: s.db, perimeters: perimeters, bodies: bodies, now: s.now, snapshot: s.snapshotNow}
	if s.accounts, err = newAccounts(s.db, s.db, s.scopes.mandates(zone)); err != nil {
		return nil, err
	}
	s.accounts.Now, s.accounts.Mandates.Now = s.now, s.now
	if s.accounts.Providers, err = s.providersOf(); err != nil {
		return nil, err
	}
	kit, err := web.New(web.Config{
		Site: site, Catalog: catalog, Assets: files, Log: s.log, Nav: nav, Guard: gate.Guard, Account: gate.Account,
		Cache: web.NewCache(pageCache, func() string {
			// With the day, as mandates begin and end with it.
			return fmt.Sprint(s.live.Load().Manifest.Hash, s.site.edition.Load(), s.edition.n.Load(), people.DateOf(s.now(), zone))
		}),
		Templates: slices.Concat(atlasweb.Templates(), observatoryweb.Templates(), []web.Templates{siteweb.Templates(), personalweb.Templates(), noticeweb.Templates(), adminweb.Templates(), orgweb.Templates(), mandateweb.Templates(), commonsweb.Templates(), reportweb.Templates(), accountweb.Templates(), api.Templates()}),
		Failures:  public.Failures(),
	})
	if err != nil {
		return nil, err
	}
	s.kit, gate.Kit = kit, kit
	watch := &observatoryweb.Pages{Kit: kit, Site: site, Observatory: figures}
	attached := &mediaweb.Pages{Kit: kit, Media: s.media, May: s.mayRead, Now: s.now}
	who := &orgweb.Pages{Kit: kit, Rules: bodies, Record: s.db, People: s.db, Files: attached, Now: s.now, Zone: zone}
	mandates := &mandateweb.Pages{Kit: kit, Store: s.db, Act: attached.First, Now: s.now, Zone: zone, Resolve: perimeters.Resolve}
	pages := &atlasweb.Pages{Kit: kit, Atlas: perimeters, Sections: slices.Concat(watch.Sections(), mandates.Sections(), who.Sections())}
	formats, err := formatsOf(catalog)
	if err != nil {
		return nil, err
	}
	library := &commonsweb.Pages{Kit: kit, Fetch: s.fetch, Site: site, Library: s.library, Shelf: s.shelf, Formats: formats, Desk: &job.Desk{Now: s.now}, Bodies: bodies, People: s.db, Now: s.now, Zone: zone}
	library.Amount, library.Place = observatoryweb.Amount, s.place(perimeters)
	library.Harvests = s.harvests()
	library.Needs = &commons.Needs{Library: s.library, Store: s.db}
	s.shelf.Joined = library.Needs.Counts
	pages.Sections = append(pages.Sections, library.Sections()...)
	s.community = s.newCommunity(bodies, s.shelf, library.ReadSearch)
	talk := s.communityPages(library)
	who.Parts = append(who.Parts, talk.OfOrganisation)
	adoptions := s.newAdoptions(bodies, zone)
	s.shelf.Uses = func(ctx context.Context, ids []string) (map[string]commons.Use, error) {
		return adoptions.Uses(ctx, ids, people.DateOf(s.now(), zone))
	}
	uses := s.usesPages(&commonsweb.Uses{Kit: kit, Shelf: s.shelf, Adoptions: adoptions, Bodies: bodies, Now: s.now, Zone: zone}, figures)
	who.More, library.Parts = uses.Told, append([]commonsweb.Part{uses.Part}, talk.EntryParts()...)
	pages.Sections = append(pages.Sections, uses.Sections()...)
	about := &siteweb.Pages{Kit: kit, Site: site, Listed: map[string]func(context.Context) ([]string, error){"communs": library.Addresses}}
	admin := s.administration(kit, perimeters, bodies, reach, zone)
	admin.Files = attached
	own := &personalweb.Pages{Kit: kit, Site: site, Data: &personal.Service{Store: s.db, Now: s.now, Zone: zone}, Confirm: s.accounts.Confirm, Where: s.placeName(perimeters), Now: s.now, Zone: zone, Periods: s.periods}
	told := &noticeweb.Pages{Kit: kit, Store: s.db, Now: s.now, Settings: func(ctx context.Context) (notice.Settings, error) { return notice.ReadSettings(ctx, s.db) }}
	account := s.accountPages(gate, perimeters)
	account.Files = attached
	abuse := s.reportPages(kit, account.From, zone)

	s.routes = slices.Concat(kit.Routes(), attached.Routes(), pages.Routes(), watch.Routes(), about.Routes(), own.Routes(), told.Routes(), admin.Routes(), who.Routes(), mandates.Routes(), library.Routes(), uses.Routes(), talk.Routes(), abuse.Routes(), account.Routes(), public.Routes(), public.DocsRoutes(kit))
	router, err := kit.Router(s.routes)
	if err != nil {
		return nil, err
	}
	metrics := web.NewMetrics()
	probes := http.NewServeMux()
	probes.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { probe(w, nil) })
	probes.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) { probe(w, s.ready(r.Context())) })
	probes.Handle("GET /metrics", metrics.Handler())
	stack := kit.Stack(s.seeing(gate.Seat(router)), metrics, time.Now, web.Limits{Time: s.command.Service.RequestTimeout})
	// The stack is no pattern of the mux, which would answer some addresses itself, unlogged and unguarded.
	mux := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := probes.Handler(r); pattern != "" {
			probes.ServeHTTP(w, r)
			return
		}
		stack.ServeHTTP(w, r)
	})

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
