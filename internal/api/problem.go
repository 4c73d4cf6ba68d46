package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/web"
)

// Problem is why a request has no answer (RFC 9457).
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Code   string `json:"code" enum:"invalid,not_found,gone,forbidden,conflict,too_large,unavailable,internal"`
	Field  string `json:"field,omitempty"`
}

// problem says in words why a request failed. The text of a fault is written for
// people; that of another error is not, and stays inside.
func problem(l *i18n.Localizer, err error) Problem {
	p := Problem{Status: web.Status(err), Code: string(fault.CodeOf(err))}
	p.Type = "/api#" + p.Code
	p.Title = l.T("api.problem." + p.Code)
	p.Detail = p.Title
	if e, ok := errors.AsType[*fault.Error](err); ok {
		p.Field = e.Field
		if l.Has(e.Key) {
			p.Detail = l.T(e.Key, e.Args...)
		}
	}
	return p
}

// toProblem turns what the library says of malformed input into our words.
func (a *API) toProblem(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	code, field := fault.Invalid, ""
	switch {
	case m.Status == http.StatusRequestEntityTooLarge:
		code = fault.TooLarge
	case m.Status >= 500:
		code = fault.Internal
	case len(m.Errors) > 0 && m.Errors[0] != nil:
		field = m.Errors[0].Location
		if i := strings.LastIndexByte(field, '.'); i >= 0 {
			field = field[i+1:]
		}
	}
	err := fault.New(code, "api.error.body")
	if field != "" {
		err = fault.New(code, "api.error.parameter", field).In(field)
	}
	return problem(a.localizer(ctx), err), nil
}

func (a *API) localizer(ctx huma.Context) *i18n.Localizer {
	return a.catalog.Localizer(a.language(ctx.Query("lang"), ctx.Header("Accept-Language")))
}

// refuse writes why a request has no answer.
func refuse(ctx huma.Context, l *i18n.Localizer, err error) {
	p := problem(l, err)
	ctx.SetHeader("Content-Type", "application/problem+json")
	ctx.SetHeader("Content-Language", string(l.Lang()))
	ctx.SetStatus(p.Status)
	json.NewEncoder(ctx.BodyWriter()).Encode(p)
}

// nothing answers where there is no operation.
func (a *API) nothing(w http.ResponseWriter, r *http.Request) error {
	a.fail(w, r, fault.New(fault.NotFound, "api.error.address"), http.StatusNotFound)
	return nil
}

// Failures writes as problems what is refused below /api/ before an operation is
// reached: another method, a form sent from another site, a body too large.
func (a *API) Failures() web.Failures { return web.Failures{Below: "/api/", Write: a.fail} }

func (a *API) fail(w http.ResponseWriter, r *http.Request, err error, status int) {
	l := a.catalog.Localizer(a.language(r.URL.Query().Get("lang"), r.Header.Get("Accept-Language")))
	// The kit's words are for readers of pages.
	if e, ok := errors.AsType[*fault.Error](err); ok {
		c := *e
		switch {
		case status == http.StatusMethodNotAllowed:
			c.Key = "api.error.method"
		case status == http.StatusForbidden:
			c.Key = "api.error.origin"
		case c.Key == "web.error.address":
			c.Key = "api.error.address"
		}
		err = &c
	}
	p := problem(l, err)
	p.Status = status
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Language", string(l.Lang()))
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p) // a reader who leaves is no error
}
