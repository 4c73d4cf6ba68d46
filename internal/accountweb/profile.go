package accountweb

import (
	"net/http"

	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/web"
)

// within are the crumbs of the pages of one's account.
func within(l *i18n.Localizer) []web.Crumb {
	return []web.Crumb{{Text: l.T("account.home.title"), Href: "/mon-compte"}}
}

// confirming is the field that asks who is there, for those who have a password.
func (p *Pages) confirming(r *http.Request) ([]web.Field, error) {
	creds, err := p.Gate.Store.Credentials(r.Context(), people.Of(r.Context()).Person.ID)
	if err != nil {
		return nil, err
	}
	for _, c := range creds {
		if c.Kind == people.Password {
			return []web.Field{presentField(p.Gate.Kit.Locale(r.Context()))}, nil
		}
	}
	return nil, nil
}

func (p *Pages) passwordForm(r *http.Request) (*form, error) {
	l := p.Gate.Kit.Locale(r.Context())
	present, err := p.confirming(r)
	f := &form{
		Title: l.T("account.password.title"), Lead: []string{l.T("account.password.lead")}, Action: "/mon-compte/mot-de-passe", Button: l.T("account.password.button"),
		Groups: fields(append(present, newPasswordField(l))...), Crumbs: within(l),
	}
	// The address beside the password lets a browser keep the two together.
	f.Hidden = []web.Hidden{{Name: "username", Value: people.Of(r.Context()).Person.Email}}
	return f, err
}

func (p *Pages) passwordPage(w http.ResponseWriter, r *http.Request) error {
	f, err := p.passwordForm(r)
	if err != nil {
		return err
	}
	return p.page(w, r, f, http.StatusOK)
}

func (p *Pages) password(w http.ResponseWriter, r *http.Request) error {
	f, err := p.passwordForm(r)
	if err != nil {
		return err
	}
	if err := p.Accounts.ChangePassword(r.Context(), people.Of(r.Context()), r.PostFormValue("present"), r.PostFormValue("password")); err != nil {
		return p.again(w, r, f, err)
	}
	return p.done(w, r, "mot-de-passe")
}

// done leads back to the account, which says what was done.
func (p *Pages) done(w http.ResponseWriter, r *http.Request, what string) error {
	return p.Gate.Kit.Redirect(w, r, "/mon-compte?fait="+what, http.StatusSeeOther)
}

func (p *Pages) nameForm(r *http.Request) *form {
	l, a := p.Gate.Kit.Locale(r.Context()), people.Of(r.Context())
	return &form{
		Title: l.T("account.name.title"), Action: "/mon-compte/nom", Button: l.T("account.save"),
		Groups: fields(nameField(l, a.Person.Name), langField(l, a.Person.Lang)), Crumbs: within(l),
	}
}

func (p *Pages) namePage(w http.ResponseWriter, r *http.Request) error {
	return p.page(w, r, p.nameForm(r), http.StatusOK)
}

func (p *Pages) name(w http.ResponseWriter, r *http.Request) error {
	if err := p.Accounts.Rename(r.Context(), people.Of(r.Context()), r.PostFormValue("name"), i18n.Lang(r.PostFormValue("langue"))); err != nil {
		return p.again(w, r, p.nameForm(r).typed(r), err)
	}
	return p.done(w, r, "nom")
}

func (p *Pages) emailForm(r *http.Request) (*form, error) {
	l, a := p.Gate.Kit.Locale(r.Context()), people.Of(r.Context())
	present, err := p.confirming(r)
	email := emailField(l, "")
	email.Label, email.Autocomplete = l.T("account.field.new_email"), "email"
	lead := l.T("account.email.lead", a.Person.Email)
	if !p.Accounts.CanMail() {
		lead = l.T("account.email.lead_off", a.Person.Email)
	}
	return &form{
		Title: l.T("account.email.title"), Lead: []string{lead}, Action: "/mon-compte/adresse", Button: l.T("account.email.button"),
		Groups: fields(append(present, email)...), Crumbs: within(l),
	}, err
}

func (p *Pages) emailPage(w http.ResponseWriter, r *http.Request) error {
	f, err := p.emailForm(r)
	if err != nil {
		return err
	}
	return p.page(w, r, f, http.StatusOK)
}

func (p *Pages) email(w http.ResponseWriter, r *http.Request) error {
	f, err := p.emailForm(r)
	if err != nil {
		return err
	}
	if err := p.Accounts.ChangeEmail(r.Context(), people.Of(r.Context()), r.PostFormValue("email"), r.PostFormValue("present")); err != nil {
		return p.again(w, r, f.typed(r), err)
	}
	if p.Accounts.CanMail() {
		return p.done(w, r, "adresse-demandee")
	}
	return p.done(w, r, "adresse")
}

func (p *Pages) endSessions(w http.ResponseWriter, r *http.Request) error {
	a := people.Of(r.Context())
	id := r.PostFormValue("session")
	if id == "" {
		if err := p.Accounts.EndOthers(r.Context(), a); err != nil {
			return err
		}
		return p.done(w, r, "appareils")
	}
	if err := p.Accounts.EndSession(r.Context(), a, id); err != nil {
		return err
	}
	if id == a.Session.ID {
		p.Gate.forget(w, r)
		return p.Gate.Kit.Redirect(w, r, "/", http.StatusSeeOther)
	}
	return p.done(w, r, "appareil")
}
