package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/territory"
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
	p := problem(a.localizer(ctx), malformed(ctx, m))
	p.Status = m.Status
	if p.Status == http.StatusUnprocessableEntity { // see exchange.SetStatus
		p.Status = http.StatusBadRequest
	}
	return p, nil
}

// malformed says what is wrong with a request that the library refused.
func malformed(ctx huma.Context, m *huma.ErrorModel) *fault.Error {
	switch {
	case m.Status == http.StatusRequestEntityTooLarge:
		return fault.New(fault.TooLarge, "web.error.413.text")
	case m.Status == http.StatusUnsupportedMediaType:
		return fault.New(fault.Invalid, "api.error.media")
	case m.Status >= 500:
		return fault.New(fault.Internal, "")
	case len(m.Errors) == 0 || m.Errors[0] == nil:
		return fault.New(fault.Invalid, "api.error.body")
	}
	at := m.Errors[0].Location
	place, name, _ := strings.Cut(at, ".")
	name, _, _ = strings.Cut(name, "[")
	switch {
	case name == "":
		return fault.New(fault.Invalid, "api.error.body")
	case place == "body":
		return tooLong(name, m.Errors[0].Value, longestBody)
	case place == "path":
		return tooLong(name, m.Errors[0].Value, longestPath)
	}
	for _, p := range ctx.Operation().Parameters {
		if p.Name != name || p.In != place || p.Schema == nil {
			continue
		}
		if p.Required && ctx.Query(name) == "" {
			return fault.New(fault.Invalid, "api.error.required", name).In(name)
		}
		return possible(name, p.Schema)
	}
	return fault.New(fault.Invalid, "api.error.parameter", name).In(name)
}

// Characters of an expression at most; the tags of OneInput and SetInput say the same.
const (
	longestPath = 24000
	longestBody = 60000
)

// tooLong says what is wrong with a set: its length, if it is long, for that is
// the only bound that a text or a list can break.
func tooLong(name string, v any, most int) *fault.Error {
	e := fault.New(fault.Invalid, "api.error.body")
	switch v := v.(type) {
	case string:
		if len(v) > most {
			e = fault.New(fault.Invalid, "api.error.long", territory.MaxTerms, most)
		}
	case []any:
		if len(v) > territory.MaxTerms {
			e = fault.New(fault.Invalid, "territory.set.too_many", territory.MaxTerms)
		}
	}
	return e.In(name)
}

// possible says what values a parameter may have.
func possible(name string, s *huma.Schema) *fault.Error {
	var e *fault.Error
	switch {
	case len(s.Enum) > 0:
		var list []string
		for _, v := range s.Enum {
			list = append(list, fmt.Sprint(v))
		}
		e = fault.New(fault.Invalid, "api.error.among", name, strings.Join(list, ", "))
	case s.Type == huma.TypeBoolean:
		e = fault.New(fault.Invalid, "api.error.among", name, "true, false")
	case s.Minimum != nil && s.Maximum != nil:
		key := "api.error.range"
		if s.Type == huma.TypeInteger {
			key = "api.error.range.whole"
		}
		e = fault.New(fault.Invalid, key, name, int(*s.Minimum), int(*s.Maximum))
	case s.MaxLength != nil:
		e = fault.New(fault.Invalid, "api.error.length", name, *s.MaxLength)
	default:
		e = fault.New(fault.Invalid, "api.error.parameter", name)
	}
	return e.In(name)
}

// number refuses what is no number: NaN slips between bounds.
func number(name string, v float64, least, most int) error {
	if v >= float64(least) && v <= float64(most) {
		return nil
	}
	return fault.New(fault.Invalid, "api.error.range", name, least, most).In(name)
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
