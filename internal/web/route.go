package web

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/i18n"
)

// Handler answers a request or returns why it cannot: the error becomes a page.
// A handler that returns an error must not have written anything.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Who says who may call a route.
type Who string

const (
	Everyone Who = "everyone"  // any visitor
	SignedIn Who = "signed in" // whoever has an account, about themselves
	Granted  Who = "granted"   // whom the table of rights grants the route's action
)

// Guard stands before the handler of a route that is not for [Everyone].
type Guard func(Route, Handler) Handler

// Route is one way in. Routes are data: cli joins them in one table, the docs
// print it and a test walks it.
type Route struct {
	Method  string // GET (which also answers HEAD), POST, …
	Pattern string // as ServeMux reads it, without method or language, words in French: /recherche, /bv/{code}
	Action  string // what it does, unique: atlas.search
	Who     Who
	Handler Handler
	// Single is a route without language: assets, exports, probes. Others answer
	// in each language, at the address its catalogue room path gives.
	Single bool
	// Stable is a route whose answer depends on nothing but its address, the
	// language, the theme and the edition of the data: the Cache may keep it.
	Stable bool
	// Body is how many bytes a request's body may have, where that is more than for
	// other routes: those that receive files.
	Body int64
}

// Router answers requests by the routes, in every language. It refuses a table
// in which two routes have the same action or answer the same requests.
type Router struct {
	kit    *Renderer
	muxes  map[i18n.Lang]*http.ServeMux
	routes []Route
}

// Router mounts the routes.
func (k *Renderer) Router(routes []Route) (*Router, error) {
	rt := &Router{kit: k, muxes: map[i18n.Lang]*http.ServeMux{}, routes: routes}
	for _, lang := range k.paths.langs {
		rt.muxes[lang] = http.NewServeMux()
	}
	actions := map[string]bool{}
	for _, route := range routes {
		if route.Method == "" || !strings.HasPrefix(route.Pattern, "/") || route.Action == "" || route.Who == "" || route.Handler == nil {
			return nil, fmt.Errorf("web: route %s %q (%s) is not complete", route.Method, route.Pattern, route.Action)
		}
		if actions[route.Action] {
			return nil, fmt.Errorf("web: action %s has two routes", route.Action)
		}
		actions[route.Action] = true
		if route.Who != Everyone {
			if k.guard == nil {
				return nil, fmt.Errorf("web: action %s is not for everyone, and nobody guards it", route.Action)
			}
			route.Handler = personal(k.guard(route, route.Handler))
		}
		for _, lang := range k.paths.langs {
			if route.Single && lang != i18n.FR {
				continue
			}
			if err := mount(rt.muxes[lang], route.Method+" "+words(route.Pattern, k.paths.to[lang]), k.answer(route)); err != nil {
				return nil, fmt.Errorf("web: action %s: %w", route.Action, err)
			}
		}
	}
	return rt, nil
}

// personal keeps an answer to one person out of every cache, the browser's too:
// whoever comes after them on a shared computer reads nothing by going back.
func personal(next Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("Cache-Control", "no-store")
		return next(w, r)
	}
}

// mount turns the panic by which ServeMux refuses a pattern into an error.
func mount(mux *http.ServeMux, pattern string, h http.Handler) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("pattern %q: %v", pattern, p)
		}
	}()
	mux.Handle(pattern, h)
	return nil
}

// Routes returns the table.
func (rt *Router) Routes() []Route { return rt.routes }

// ServeHTTP answers in the language of the address.
func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q, r := rt.kit.state(r)
	lang, path := rt.kit.paths.split(r.URL.Path)
	q.local = rt.kit.catalog.Localizer(lang)
	if lang != i18n.FR {
		// A shallow copy with the rest of the path, as http.StripPrefix makes.
		r2, u := *r, *r.URL
		u.Path = path
		if _, raw := rt.kit.paths.split(u.RawPath); u.RawPath != "" {
			u.RawPath = raw
		}
		r2.URL = &u
		r = &r2
	}
	mux := rt.muxes[lang]
	if h, pattern := mux.Handler(r); pattern == "" {
		rt.nothing(w, r, mux, h)
		return
	}
	mux.ServeHTTP(w, r)
}

// nothing answers where no route does: the address may differ by a slash, or
// exist for another method, or not exist.
func (rt *Router) nothing(w http.ResponseWriter, r *http.Request, mux *http.ServeMux, h http.Handler) {
	if p := strings.TrimRight(r.URL.Path, "/"); p != r.URL.Path && p != "" && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		r2, u := *r, *r.URL
		u.Path, u.RawPath = p, ""
		r2.URL = &u
		if _, pattern := mux.Handler(&r2); pattern != "" {
			// Cleaned, since two slashes at the beginning would lead to another site.
			to := url.URL{Path: path.Clean(requestOf(r.Context()).path), RawQuery: r.URL.RawQuery}
			http.Redirect(w, r, to.String(), http.StatusMovedPermanently)
			return
		}
	}
	probe := probe{header: http.Header{}}
	h.ServeHTTP(&probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.header.Get("Allow"))
		rt.kit.fail(w, r, fault.New(fault.Invalid, "web.error.method"), http.StatusMethodNotAllowed)
		return
	}
	rt.kit.Fail(w, r, fault.New(fault.NotFound, "web.error.address"))
}

// probe learns what ServeMux would answer without answering.
type probe struct {
	header http.Header
	status int
}

func (p *probe) Header() http.Header         { return p.header }
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }
func (p *probe) WriteHeader(status int)      { p.status = status }

// answer runs a route and turns its error into a page.
func (k *Renderer) answer(route Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q, r := k.state(r)
		q.route, q.stable = route.Pattern, route.Stable
		r, done, err := q.limits.bounded(w, r, route.Body)
		if err != nil {
			k.Fail(w, r, err)
			return
		}
		defer done()
		if err := k.whole(r); err != nil {
			k.fail(w, r, err, unread(err))
			return
		}
		if err := route.Handler(w, r); err != nil {
			k.Fail(w, r, err)
		}
	})
}

// whole reads the form of a page to its end before anything is done with it: fields
// that never arrived would be taken for fields left empty.
func (k *Renderer) whole(r *http.Request) error {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // "" for none
	if kind != "application/x-www-form-urlencoded" || k.failures.Below != "" && strings.HasPrefix(r.URL.Path, k.failures.Below) {
		return nil
	}
	return r.ParseForm()
}

// unread is the status for a form that could not be read.
func unread(err error) int {
	if big := (*http.MaxBytesError)(nil); errors.As(err, &big) {
		return http.StatusRequestEntityTooLarge
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return http.StatusRequestTimeout
	}
	return http.StatusBadRequest
}

// Redirect sends the reader to a path given in French words, in their language.
func (k *Renderer) Redirect(w http.ResponseWriter, r *http.Request, href string, status int) error {
	http.Redirect(w, r, k.paths.in(k.Locale(r.Context()).Lang(), href), status)
	return nil
}

// Href writes a path given in French words in a language.
func (k *Renderer) Href(lang i18n.Lang, href string) string { return k.paths.in(lang, href) }
