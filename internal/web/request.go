package web

import (
	"context"
	"net/http"

	"bassin/internal/i18n"
)

// request is what the middleware learns of a request. One exists for each
// request, from the first middleware to the last line of the log.
type request struct {
	id    string
	local *i18n.Localizer
	path  string // as asked, language prefix included
	route string // pattern of the route that answers, "" if none
	// stable says that the answer of that route may be kept, see Route.Stable.
	stable bool
	limits Limits
	hint   i18n.Lang
	theme  string
}

type requestKey struct{}

func requestOf(ctx context.Context) *request {
	if q, ok := ctx.Value(requestKey{}).(*request); ok {
		return q
	}
	return nil
}

// RequestID returns the identifier of the request, "" outside of one. It is
// shown on error pages and written in every line of the log.
func RequestID(ctx context.Context) string {
	if q := requestOf(ctx); q != nil {
		return q.id
	}
	return ""
}

// Theme returns the colours that the reader chose: light, dark, or "" for their
// system's. Images need it: they do not see the page they are on.
func Theme(ctx context.Context) string {
	if q := requestOf(ctx); q != nil {
		return q.theme
	}
	return ""
}

// Locales are the localizers of every language.
func (k *Renderer) Locales() []*i18n.Localizer {
	var out []*i18n.Localizer
	for _, lang := range k.catalog.Langs() {
		out = append(out, k.catalog.Localizer(lang))
	}
	return out
}

// Locale returns the voice of the request's language: French where ctx is not
// that of a request of this package.
func (k *Renderer) Locale(ctx context.Context) *i18n.Localizer {
	if q := requestOf(ctx); q != nil && q.local != nil {
		return q.local
	}
	return k.catalog.Localizer(i18n.FR)
}

// state returns the request's state, made on the spot where the middleware did
// not run: tests of single handlers need nothing else.
func (k *Renderer) state(r *http.Request) (*request, *http.Request) {
	if q := requestOf(r.Context()); q != nil {
		return q, r
	}
	lang, _ := k.paths.split(r.URL.Path)
	q := &request{id: newRequestID(), path: r.URL.Path, local: k.catalog.Localizer(lang), theme: themeOf(r)}
	return q, r.WithContext(context.WithValue(r.Context(), requestKey{}, q))
}

// Asked is the path and query of a request as the reader's browser shows it, to lead back to.
func (k *Renderer) Asked(r *http.Request) string {
	q, _ := k.state(r)
	if r.URL.RawQuery != "" {
		return q.path + "?" + r.URL.RawQuery
	}
	return q.path
}
