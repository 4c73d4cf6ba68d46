package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"bassin/internal/atlas"
	"bassin/internal/commons"
	"bassin/internal/i18n"
	"bassin/internal/observatory"
	"bassin/internal/snapshot"
	"bassin/internal/web"
)

// Prefix is where this version of the interface is mounted.
const Prefix = "/api/v1"

// Config is what an API is made of.
type Config struct {
	Live    *snapshot.Live
	Sets    *atlas.Service
	Figures *observatory.Service
	Shelf   *commons.Shelf
	Catalog *i18n.Catalog
	// Changes is what people say of the library of commons, for other installations.
	Changes func(ctx context.Context, after string, limit int) (commons.Changes, error)
	Build   string // the program's version: an answer may change with it
	BaseURL string // public address of the installation without a slash at the end; may be empty
}

// API answers the requests below Prefix.
type API struct {
	live    *snapshot.Live
	sets    *atlas.Service
	figures *observatory.Service
	shelf   *commons.Shelf
	catalog *i18n.Catalog
	changes func(ctx context.Context, after string, limit int) (commons.Changes, error)
	build   string
	routes  []web.Route
	specs   map[i18n.Lang]*huma.OpenAPI
	text    map[i18n.Lang][]byte // of specs, as JSON
}

// New makes the API and its description in each language.
func New(c Config) (*API, error) {
	a := &API{
		live: c.Live, sets: c.Sets, figures: c.Figures, shelf: c.Shelf, catalog: c.Catalog, changes: c.Changes, build: strings.ReplaceAll(c.Build, `"`, ""),
		specs: map[i18n.Lang]*huma.OpenAPI{}, text: map[i18n.Lang][]byte{},
	}
	for _, lang := range c.Catalog.Langs() {
		routes := &collector{}
		b := &builder{api: a, huma: huma.NewAPI(a.config(c.BaseURL), routes)}
		b.operations()
		spec := b.huma.OpenAPI()
		describe(spec, c.Catalog.Localizer(lang))
		text, err := indented(spec)
		if err != nil {
			return nil, err
		}
		a.specs[lang], a.text[lang] = spec, text
		if lang == i18n.FR {
			a.routes = routes.routes
		}
	}
	a.routes = append(a.routes,
		web.Route{Method: http.MethodGet, Pattern: Prefix + "/openapi.json", Action: "api.spec", Who: web.Everyone, Single: true, Handler: a.spec},
		web.Route{Method: http.MethodOptions, Pattern: Prefix + "/{path...}", Action: "api.preflight", Who: web.Everyone, Single: true, Handler: preflight},
		web.Route{Method: http.MethodGet, Pattern: Prefix + "/{path...}", Action: "api.nothing", Who: web.Everyone, Single: true, Handler: a.nothing},
	)
	return a, nil
}

// Routes are the ways in: one for each operation, the OpenAPI document, and what
// answers at addresses where there is nothing.
func (a *API) Routes() []web.Route { return a.routes }

// Spec is the OpenAPI document in a language, as JSON.
func (a *API) Spec(lang i18n.Lang) []byte { return a.text[lang] }

func (a *API) config(baseURL string) huma.Config {
	format := huma.DefaultJSONFormat
	c := huma.DefaultConfig("", "1")
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", "", nil
	c.Formats = map[string]huma.Format{"application/json": format, "json": format}
	c.Transformers = []huma.Transformer{a.toProblem}
	c.Servers = []*huma.Server{{URL: baseURL + Prefix}}
	return c
}

// collector gathers operations as routes.
type collector struct{ routes []web.Route }

// Handle adds an operation.
func (c *collector) Handle(op *huma.Operation, handle func(huma.Context)) {
	c.routes = append(c.routes, web.Route{
		Method: op.Method, Pattern: Prefix + op.Path, Action: "api." + op.OperationID, Who: web.Everyone, Single: true,
		Handler: func(w http.ResponseWriter, r *http.Request) error {
			handle(exchange{humago.NewContext(op, r, w)})
			return nil
		},
	})
}

// ServeHTTP is asked for by the interface of adapters; requests come by the routes.
func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }

// base has another name than the method Context that it holds.
type base = huma.Context

// exchange is a request and its answer.
type exchange struct{ base }

// SetStatus says 400 of input that breaks a rule, as everywhere in Bassin.
func (e exchange) SetStatus(status int) {
	if status == http.StatusUnprocessableEntity {
		status = http.StatusBadRequest
	}
	if status >= 400 {
		e.base.SetHeader("Access-Control-Allow-Origin", "*")
		e.base.SetHeader("Cache-Control", "no-store")
	}
	e.base.SetStatus(status)
}

// preflight lets scripts of any site read, with any header.
func preflight(w http.ResponseWriter, _ *http.Request) error {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "GET, HEAD")
	h.Set("Access-Control-Allow-Headers", "*")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *API) spec(w http.ResponseWriter, r *http.Request) error {
	lang := a.language(r.URL.Query().Get("lang"), r.Header.Get("Accept-Language"))
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Language", string(lang))
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cache-Control", "public, max-age=3600")
	h.Set("Vary", "Accept-Language, Accept-Encoding")
	return web.Respond(w, r, a.text[lang])
}

// language is the one asked for by name, or else the preferred one, or French.
func (a *API) language(name, header string) i18n.Lang {
	if lang := i18n.Lang(name); a.catalog.Has(lang) {
		return lang
	}
	if lang, ok := a.catalog.Preferred(header); ok {
		return lang
	}
	return i18n.FR
}
