package accountweb

import (
	"errors"
	"html/template"
	"net/http"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/web"
)

// form is a page that asks for something.
type form struct {
	Title   string
	Lead    []string
	Notices []web.Notice
	Errors  web.Errors
	Action  string // path in French words
	Upload  bool   // a file may go with it
	Hidden  []web.Hidden
	Groups  []group
	Button  string // "" for a page that only tells
	Other   string // a second button, whose name is "essai"
	Links   []web.Anchor
	Crumbs  []web.Crumb
	Picture template.URL // to be read by an application
	Key     string       // the same, to be typed
	Codes   []string     // to be written down: shown this once
	Next    string       // where to go on after them, as the browser asks for it
	Link    string       // to be copied: shown this once
	Rights  []web.Right
	Passkey *passkeyForm
	// Providers are ways in that others vouch for.
	Providers []web.Anchor
}

// group is fields under a title, "" for none.
type group struct {
	Title, Help string
	Shown       web.Component // before the fields, nil for nothing
	Fields      []web.Field
	File        *fileField // before them too
}

// fileField takes a file.
type fileField struct {
	Name, Label, Help, Accept string
	Error                     string
}

func fields(f ...web.Field) []group { return []group{{Fields: f}} }

// page shows a form.
func (p *Pages) page(w http.ResponseWriter, r *http.Request, f *form, status int) error {
	if f.Rights == nil {
		f.Rights = lines(r, p.Gate.Kit.Locale(r.Context()))
	}
	page := &web.Page{Title: f.Title, Template: "account/form", View: f, NoIndex: true, Status: status, Crumbs: f.Crumbs, Rights: f.Rights}
	if f.Passkey != nil {
		page.Scripts = []string{"passkey.js"}
	}
	return p.Gate.Kit.Page(w, r, page)
}

// again shows a form once more with what is wrong in it. An error that no text of ours
// explains is returned.
func (p *Pages) again(w http.ResponseWriter, r *http.Request, f *form, err error) error {
	l := p.Gate.Kit.Locale(r.Context())
	status := http.StatusBadRequest
	faults, rest := fault.Split(err, func(e *fault.Error) bool {
		return e.Code != fault.Internal && e.Code != fault.Gone && l.Has(e.Key)
	})
	if rest != nil {
		return rest
	}
	for _, e := range faults {
		switch {
		case e.Field == people.Waiting:
			status = http.StatusTooManyRequests
		case e.Code == fault.Unavailable:
			status = http.StatusServiceUnavailable
		}
		f.wrong(e.Field, l.T(e.Key, e.Args...))
	}
	return p.page(w, r, f, status)
}

// wrong says beside a field what is wrong with it, and on top, where it leads to the
// field; or to the first one, if it is about none.
func (f *form) wrong(name, text string) {
	for g := range f.Groups {
		for i := range f.Groups[g].Fields {
			if x := &f.Groups[g].Fields[i]; x.Name == name {
				x.Error = text
				f.Errors.Items = append(f.Errors.Items, web.FieldError{Field: name, Text: text})
				return
			}
		}
		if x := f.Groups[g].File; x != nil && x.Name == name {
			x.Error = text
			f.Errors.Items = append(f.Errors.Items, web.FieldError{Field: name, Text: text})
			return
		}
	}
	for _, g := range f.Groups {
		if len(g.Fields) > 0 {
			f.Errors.Items = append(f.Errors.Items, web.FieldError{Field: g.Fields[0].Name, Text: text})
			return
		}
	}
	f.Notices = append(f.Notices, web.Notice{Kind: web.Attention, Text: text, Role: "alert"})
}

// typed gives the fields what was sent, secrets aside.
func (f *form) typed(r *http.Request) *form {
	for g := range f.Groups {
		for i := range f.Groups[g].Fields {
			x := &f.Groups[g].Fields[i]
			switch v := r.PostFormValue(x.Name); x.Type {
			case "password":
			case "checkbox", "radio", "select":
				for o := range x.Options {
					x.Options[o].Chosen = x.Options[o].Value == v
				}
			default:
				x.Value = v
			}
		}
	}
	return f
}

// told is a page that says what was done and what comes next.
func (p *Pages) told(w http.ResponseWriter, r *http.Request, title string, texts []string, links ...web.Anchor) error {
	return p.page(w, r, &form{Title: title, Lead: texts, Links: links}, http.StatusOK)
}

// over says of a link that holds no more what to do next. Other errors are returned.
func (p *Pages) over(w http.ResponseWriter, r *http.Request, err error, texts []string, next ...web.Anchor) error {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Code != fault.Gone {
		return err
	}
	l := p.Gate.Kit.Locale(r.Context())
	next = append(next, web.Anchor{Text: l.T("account.sign_in.title"), Href: "/connexion"})
	if people.Of(r.Context()).Known() {
		next[len(next)-1] = web.Anchor{Text: l.T("account.home.title"), Href: "/mon-compte"}
	}
	next[0].Strong = true
	return p.page(w, r, &form{Title: l.T("account.over.title"), Lead: append([]string{l.T(e.Key, e.Args...)}, texts...), Links: next}, http.StatusGone)
}

// overInvited is [Pages.over] of the links that make an account or confirm an address.
func (p *Pages) overInvited(w http.ResponseWriter, r *http.Request, err error) error {
	if fault.CodeOf(err) != fault.Gone {
		return err
	}
	l := p.Gate.Kit.Locale(r.Context())
	texts := []string{l.T("account.over.invited"), p.contact(r)}
	var next []web.Anchor
	if people.Of(r.Context()).Known() {
		next = append(next, web.Anchor{Text: l.T("account.email.title"), Href: "/mon-compte/adresse"})
	} else if open, off := p.Accounts.SelfRegistration(r.Context()); off == nil && open && p.Accounts.CanMail() {
		next = append(next, web.Anchor{Text: l.T("account.over.sign_up"), Href: "/inscription"})
	}
	return p.over(w, r, err, texts, next...)
}

// overReset is [Pages.over] of the links that choose a password.
func (p *Pages) overReset(w http.ResponseWriter, r *http.Request, err error) error {
	return p.over(w, r, err, nil, web.Anchor{Text: p.Gate.Kit.Locale(r.Context()).T("account.over.reset"), Href: "/mot-de-passe/oublie"})
}

// overLink is [Pages.over] of the links that sign in.
func (p *Pages) overLink(w http.ResponseWriter, r *http.Request, err error) error {
	return p.over(w, r, err, nil, web.Anchor{Text: p.Gate.Kit.Locale(r.Context()).T("account.over.link"), Href: "/connexion/lien"})
}

// The fields that several pages have.
func emailField(l *i18n.Localizer, value string) web.Field {
	return web.Field{Name: "email", Label: l.T("account.field.email"), Type: "email", Value: value, Autocomplete: "username", Required: true, Example: l.T("account.field.email_example")}
}

func nameField(l *i18n.Localizer, value string) web.Field {
	return web.Field{Name: "name", Label: l.T("account.field.name"), Help: l.T("account.field.name_help"), Value: value, Autocomplete: "name", Required: true}
}

func newPasswordField(l *i18n.Localizer) web.Field {
	return web.Field{Name: "password", Label: l.T("account.field.new_password"), Help: l.T("account.field.new_password_help"), Type: "password", Autocomplete: "new-password", Required: true}
}

func presentField(l *i18n.Localizer) web.Field {
	return web.Field{Name: "present", Label: l.T("account.field.present"), Help: l.T("account.field.present_help"), Type: "password", Autocomplete: "current-password", Required: true}
}

func keepField(l *i18n.Localizer) web.Field {
	return web.Field{Name: "rester", Label: l.T("account.field.keep"), Help: l.T("account.field.keep_help"), Type: "checkbox", Options: []web.Option{{Value: "1", Label: l.T("account.field.keep_option")}}}
}

// passkeyKeepField is [keepField] in the form of a passkey, which stands beside another.
func passkeyKeepField(l *i18n.Localizer) web.Field {
	f := keepField(l)
	f.Name = "rester-cle"
	return f
}

func langField(l *i18n.Localizer, chosen string) web.Field {
	f := web.Field{Name: "langue", Label: l.T("account.field.lang"), Help: l.T("account.field.lang_help"), Type: "select", Required: true}
	for _, x := range []i18n.Lang{i18n.FR, i18n.EN} {
		f.Options = append(f.Options, web.Option{Value: string(x), Label: l.T("account.lang." + string(x)), Chosen: string(x) == chosen})
	}
	return f
}
