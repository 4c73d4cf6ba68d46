package adminweb

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/web"
)

// page is what every page of the administration shows: parts, one after the other.
type page struct {
	Title string
	Lead  string
	Shows []web.Component
	Parts []part
}

// part is a part of a page, under its heading if it has one.
type part struct {
	ID, Title, Text string
	Shows           []web.Component
	Body            template.HTML
	Pick            *pick
	Forms           []form
	After           []web.Component
}

// form is a form: what is asked, and what sends it.
type form struct {
	ID      string
	Action  string
	Get     bool // it asks, and changes nothing
	Row     bool // fields side by side: a filter
	Lead    string
	Errors  web.Errors
	Fields  []web.Field
	Hidden  []web.Hidden
	Button  string
	Quiet   bool
	Cancel  *web.Anchor
	Told    string // what the button says to those who hear it among others like it, "" for Button
	Compact bool   // a button in a list
}

// pick is a search box that takes one thing: its script suggests territories.
type pick struct {
	ID, Action, Label, Help, Button string
	Name, Typed, Error              string
	Value                           string // name of the parameter that takes a suggested territory, "" to suggest nothing
	Hidden                          []web.Hidden
	Lead                            string // above the choices
	Choices                         []web.Anchor
}

// draw renders a page, under the administration in the breadcrumb.
func (p *Pages) draw(w http.ResponseWriter, r *http.Request, v *page, o options) error {
	l := p.Kit.Locale(r.Context())
	if done := r.URL.Query().Get("fait"); done != "" && r.Method == http.MethodGet && l.Has("admin.done."+done) {
		v.Shows = append([]web.Component{web.Notice{Kind: web.Done, Text: l.T("admin.done." + done), Role: "status"}}, v.Shows...)
	}
	var crumbs []web.Crumb
	if !o.home {
		crumbs = append([]web.Crumb{{Text: l.T("admin.title"), Href: "/administration"}}, o.crumbs...)
	}
	rights, err := p.rights(r.Context(), l, o.in, o.actions)
	if err != nil {
		return err
	}
	return p.Kit.Page(w, r, &web.Page{
		Title: v.Title, Template: "admin/page", View: v, Crumbs: crumbs, NoIndex: true, Status: o.status, Rights: rights, Styles: []string{"admin.css"}, Scripts: o.scripts,
	})
}

// options are what surrounds a page.
type options struct {
	home    bool
	crumbs  []web.Crumb // between the administration and the page
	status  int
	in      *people.Scope // where what the page shows is; nil for nowhere in particular
	actions []string      // what can be done here
	scripts []string
}

// rights says who may do each action, and whether the reader may.
func (p *Pages) rights(ctx context.Context, l *i18n.Localizer, in *people.Scope, actions []string) ([]web.Right, error) {
	actor := people.Of(ctx)
	var out []web.Right
	for _, action := range actions {
		r, ok := people.RightOf(action)
		if !ok {
			continue
		}
		d := actor.MaySomewhere(action)
		if in != nil {
			var err error
			if d, err = actor.May(ctx, action, *in); err != nil {
				return nil, err
			}
		}
		out = append(out, web.Right{What: l.T("people.right." + r.Name), Who: r.Who(l), May: d.May, Why: d.In(l)})
	}
	return out, nil
}

// may says whether the reader may do an action somewhere.
func may(r *http.Request, action string) bool { return people.Of(r.Context()).MaySomewhere(action).May }

// typed is what a form sent under a name: text that a database can hold, without
// space around, cut at that many letters.
func typed(r *http.Request, name string, most int) string {
	s := strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(r.FormValue(name), ""), "\x00", ""))
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most])
	}
	return s
}

// parsed reads the form of a request.
func parsed(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return err
		}
		return fault.New(fault.Invalid, "web.error.400.text").Because(err)
	}
	return nil
}

// said is a fault in words with the field it is about. Others are not for people:
// ok is false.
func said(l *i18n.Localizer, err error) (field, text string, ok bool) {
	e, is := errors.AsType[*fault.Error](err)
	if !is || e.Code == fault.Internal || e.Code == fault.Unavailable || e.Code == fault.Forbidden || e.Code == fault.Unauthenticated || !l.Has(e.Key) {
		return "", "", false
	}
	return e.Field, l.T(e.Key, e.Args...), true
}

// wrong puts a fault in a form: beside its field if it names one, and on top. It
// returns the error where it is not one to show there.
func (f *form) wrong(l *i18n.Localizer, err error) error {
	field, text, ok := said(l, err)
	if !ok {
		return err
	}
	at := f.ID
	for i := range f.Fields {
		if f.Fields[i].Name == field {
			f.Fields[i].Error, at = text, field
		}
	}
	f.Errors.Items = append(f.Errors.Items, web.FieldError{Field: at, Text: text})
	return nil
}

// to sends the reader on after a change, with the words that say it is done.
func (p *Pages) to(w http.ResponseWriter, r *http.Request, href, done string) error {
	sign := "?"
	if strings.Contains(href, "?") {
		sign = "&"
	}
	return p.Kit.Redirect(w, r, href+sign+"fait="+url.QueryEscape(done), http.StatusSeeOther)
}

// address writes a path with parameters, those without a value left out.
func address(path string, pairs ...string) string {
	var b strings.Builder
	b.WriteString(path)
	sign := byte('?')
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			continue
		}
		b.WriteByte(sign)
		b.WriteString(url.QueryEscape(pairs[i]) + "=" + url.QueryEscape(pairs[i+1]))
		sign = '&'
	}
	return b.String()
}

// optioned makes the options of a select from values whose words are in the catalogue.
func optioned[T ~string](l *i18n.Localizer, prefix, any string, values []T, chosen string) []web.Option {
	var out []web.Option
	if any != "" {
		out = append(out, web.Option{Value: "", Label: l.T(any)})
	}
	for _, v := range values {
		out = append(out, web.Option{Value: string(v), Label: i18n.Upper(l.T(prefix + string(v))), Chosen: string(v) == chosen})
	}
	return out
}
