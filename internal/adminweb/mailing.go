package adminweb

import (
	"errors"
	"html/template"
	"net/http"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/web"
)

// passwordField asks for the password of the mail server, and never shows it.
func (p *Pages) passwordField(l *i18n.Localizer) web.Field {
	return web.Field{Name: "password", Label: l.T("admin.setting.courriel.password"), Help: l.T("admin.setting.courriel.password_help"), Type: "password", Autocomplete: "off"}
}

// sameServer refuses to give a password that is kept to a server for which it was not typed.
func (p *Pages) sameServer(r *http.Request, s sheet, values map[string]string) error {
	secret, err := p.Secrets.Secret(r.Context(), s.name)
	if err != nil || secret == "" || values["user"] == "" || r.PostFormValue("password") != "" {
		return err
	}
	kept, err := p.Settings.Setting(r.Context(), s.name)
	if err != nil {
		return err
	}
	old, err := s.values(kept.Value)
	if err == nil && old["host"] != values["host"] {
		err = fault.New(fault.Invalid, "admin.setting.courriel.password_again").In("password")
	}
	return err
}

// keepPassword keeps the password that was typed; without a user there is none to keep.
func (p *Pages) keepPassword(r *http.Request, s sheet, values map[string]string) error {
	ctx, typed := r.Context(), r.PostFormValue("password")
	if values["user"] == "" || values["host"] == "" {
		old, err := p.Secrets.Secret(ctx, s.name)
		if err != nil || old == "" {
			return err
		}
		typed = ""
	} else if typed == "" {
		return nil
	}
	return p.Secrets.SetSecret(ctx, people.Of(ctx).By(), s.name, typed)
}

// mailTest is the part that sends a test by the server in use.
func (p *Pages) mailTest(r *http.Request) ([]part, error) {
	l := p.Kit.Locale(r.Context())
	s := part{ID: "essai", Title: l.T("admin.setting.courriel.test")}
	h, err := p.Server.Health(r.Context())
	if err != nil {
		return nil, err
	}
	if !h.Mail {
		s.Text = l.T("admin.setting.courriel.test_none")
		return []part{s}, nil
	}
	to := people.Of(r.Context()).Person.Email
	if r.Method == http.MethodPost {
		to = typed(r, "to", 300)
	}
	s.Text = l.T("admin.setting.courriel.test_text")
	s.Forms = []form{{ID: "envoi", Action: settingsPath + "/courriel/essai", Button: l.T("admin.setting.courriel.test_button"), Quiet: true,
		Fields: []web.Field{{Name: "to", Label: l.T("admin.setting.courriel.test_to"), Type: "email", Required: true, Value: to}}}}
	return []part{s}, nil
}

// tryMail sends a test and says how it went: in words, with what the server said folded.
func (p *Pages) tryMail(w http.ResponseWriter, r *http.Request) error {
	if err := parsed(r); err != nil {
		return err
	}
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	to := typed(r, "to", 300)
	err := people.CheckEmail(to)
	if err == nil {
		if err = p.TryMail(ctx, to, l.Lang()); err == nil {
			return p.to(w, r, settingsPath+"/courriel", "mail_tried")
		}
	}
	parts, e := p.mailTest(r)
	if e != nil {
		return e
	}
	why, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err
	}
	if len(parts[0].Forms) > 0 && why.Code == fault.Invalid {
		why = why.In("to")
		if e := parts[0].Forms[0].wrong(l, why); e != nil {
			return e
		}
	} else {
		parts[0].Shows = []web.Component{web.Notice{Kind: web.Attention, Title: l.T("admin.setting.courriel.test_failed"), Text: l.T(why.Key, why.Args...), Role: "alert"}}
		if why.Err != nil {
			parts[0].Shows = append(parts[0].Shows, web.Details{Summary: l.T("admin.setting.courriel.test_said"), Body: "<p>" + template.HTML(template.HTMLEscapeString(why.Err.Error())) + "</p>"}) //nolint:gosec // escaped
		}
	}
	v := &page{Title: l.T("admin.setting.courriel.test"), Parts: parts}
	v.Parts[0].Title = ""
	return p.draw(w, r, v, options{status: web.Status(why), crumbs: []web.Crumb{{Text: l.T("admin.setting.title"), Href: settingsPath}, {Text: l.T("admin.setting.courriel"), Href: settingsPath + "/courriel"}}, actions: []string{"setting"}})
}
