package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"bassin/internal/fault"
)

// statuses maps what went wrong to what HTTP calls it.
var statuses = map[fault.Code]int{
	fault.Invalid:         http.StatusBadRequest,
	fault.NotFound:        http.StatusNotFound,
	fault.Gone:            http.StatusGone,
	fault.Forbidden:       http.StatusForbidden,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Conflict:        http.StatusConflict,
	fault.TooLarge:        http.StatusRequestEntityTooLarge,
	fault.Unavailable:     http.StatusServiceUnavailable,
	fault.Internal:        http.StatusInternalServerError,
}

// Status returns the HTTP status of an error.
func Status(err error) int {
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return http.StatusServiceUnavailable
	}
	if s, ok := statuses[fault.CodeOf(err)]; ok {
		return s
	}
	return http.StatusInternalServerError
}

// OfField says whether a fault is shown beside the field it names, not as a page of its own.
func OfField(e *fault.Error) bool { return e.Field != "" && Status(e) < 500 }

// failure is what the error page shows.
type failure struct {
	Status int
	Title  string
	Text   string
	ID     string // of the request, where it helps to report it
	Search Search
	Way    Anchor // what to do next, instead of searching
}

// Failures writes errors below a path in another form than a page, for readers
// who are programs: also what no route answers, or what is refused before one.
type Failures struct {
	Below string // /api/
	Write func(w http.ResponseWriter, r *http.Request, err error, status int)
}

// Fail answers with the page of an error, in the reader's language.
func (k *Renderer) Fail(w http.ResponseWriter, r *http.Request, err error) {
	k.fail(w, r, err, Status(err))
}

func (k *Renderer) fail(w http.ResponseWriter, r *http.Request, err error, status int) {
	q, r := k.state(r)
	l := q.local
	if status >= 500 {
		k.log.LogAttrs(r.Context(), slog.LevelError, "request failed", slog.String("request", q.id), slog.Int("status", status), slog.String("error", err.Error()))
	}
	// q.path is as asked: below /en/api/ there is nothing but pages.
	if o := k.failures; o.Write != nil && strings.HasPrefix(q.path, o.Below) {
		o.Write(w, r, err, status)
		return
	}
	f := failure{Status: status, Title: l.T(fmt.Sprintf("web.error.%d.title", title(status))), Text: l.T(fmt.Sprintf("web.error.%d.text", title(status)))}
	// The text of a fault is written for people; that of another error is not.
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Key != "" && l.Has(e.Key) {
		f.Text = l.T(e.Key, e.Args...)
	}
	if status >= 500 {
		f.ID = q.id
	}
	switch {
	case status == http.StatusUnauthorized:
		f.Way = Anchor{Text: l.T("web.account.sign_in"), Href: "/connexion", Strong: true}
	case status == http.StatusForbidden && k.account != nil:
		f.Way = Anchor{Text: l.T("web.nav.rights"), Href: "/droits"}
	default:
		f.Search = Search{ID: "q-again", Big: true}
	}
	p := &Page{Title: f.Title, Template: "web/error", View: f, Status: status, NoIndex: true, Front: true}
	if err := k.Page(w, r, p); err != nil {
		k.log.LogAttrs(r.Context(), slog.LevelError, "error page failed", slog.String("request", q.id), slog.String("error", err.Error()))
		http.Error(w, f.Title+"\n"+q.id, status)
	}
}

// title returns the status whose title and text are in the catalogue.
func title(status int) int {
	switch status {
	case 400, 401, 403, 404, 405, 408, 409, 410, 413, 503:
		return status
	}
	if status >= 500 {
		return 500
	}
	return 400
}
