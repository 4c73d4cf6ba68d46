package accountweb

import (
	"net/http"
	"net/url"

	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/web"
)

// back is where a page leads once it is done: a path of this site that the reader came
// from, or their account.
func (p *Pages) back(r *http.Request) string {
	if to := r.FormValue("retour"); to != "" {
		return p.Gate.Kit.Inside(r, to)
	}
	return p.Gate.Kit.Href(p.Gate.Kit.Locale(r.Context()).Lang(), "/mon-compte")
}

// kept carries the way back along.
func kept(r *http.Request) []web.Hidden {
	if to := r.FormValue("retour"); to != "" {
		return []web.Hidden{{Name: "retour", Value: to}}
	}
	return nil
}

// with adds the way back to a path.
func with(r *http.Request, path string) string {
	if to := r.FormValue("retour"); to != "" {
		return path + "?retour=" + url.QueryEscape(to)
	}
	return path
}

func (p *Pages) signInForm(r *http.Request) *form {
	l := p.Gate.Kit.Locale(r.Context())
	email := emailField(l, "")
	email.Example = ""
	f := &form{
		Title: l.T("account.sign_in.title"), Action: "/connexion", Hidden: kept(r), Button: l.T("account.sign_in.button"),
		Groups: fields(email,
			web.Field{Name: "password", Label: l.T("account.field.password"), Type: "password", Autocomplete: "current-password", Required: true},
			keepField(l)),
		Passkey: p.passkeySignIn(r),
	}
	if r.FormValue("retour") != "" {
		f.Lead = []string{l.T("account.sign_in.needed")}
	}
	f.Providers = p.providers(r)
	f.Links = []web.Anchor{{Text: l.T("account.forgot.title"), Href: "/mot-de-passe/oublie"}, {Text: l.T("account.link.title"), Href: with(r, "/connexion/lien")}}
	if open, err := p.Accounts.SelfRegistration(r.Context()); err == nil && open {
		f.Links = append(f.Links, web.Anchor{Text: l.T("account.sign_up.title"), Href: "/inscription"})
	} else {
		f.Links = append(f.Links, web.Anchor{Text: l.T("account.sign_up.how"), Href: "/inscription"})
	}
	return f
}

func (p *Pages) signInPage(w http.ResponseWriter, r *http.Request) error {
	if people.Of(r.Context()).Known() {
		http.Redirect(w, r, p.back(r), http.StatusSeeOther)
		return nil
	}
	return p.page(w, r, p.signInForm(r), http.StatusOK)
}

func (p *Pages) signIn(w http.ResponseWriter, r *http.Request) error {
	in, err := p.Accounts.SignIn(r.Context(), r.PostFormValue("email"), r.PostFormValue("password"), p.visit(r))
	if err != nil {
		return p.again(w, r, p.signInForm(r).typed(r), err)
	}
	return p.enter(w, r, in)
}

// enter follows a proof of who one is: the device gets the session, and whatever session
// it held before ends.
func (p *Pages) enter(w http.ResponseWriter, r *http.Request, in people.Entered) error {
	if in.Second != "" {
		return p.page(w, r, p.secondForm(r, in.Second), http.StatusOK)
	}
	if a := people.Of(r.Context()); a.Known() && a.Session.ID != in.Session.ID {
		if err := p.Accounts.SignOut(r.Context(), a); err != nil {
			return err
		}
	}
	p.Gate.Open(w, r, in)
	if in.Withheld {
		l := p.Gate.Kit.Locale(r.Context())
		return p.told(w, r, l.T("account.join.withheld"), []string{l.T("account.join.withheld_text")}, web.Anchor{Text: l.T("account.home.title"), Href: "/mon-compte"})
	}
	http.Redirect(w, r, p.back(r), http.StatusSeeOther)
	return nil
}

func (p *Pages) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := p.Accounts.SignOut(r.Context(), people.Of(r.Context())); err != nil {
		return err
	}
	p.Gate.forget(w, r)
	return p.Gate.Kit.Redirect(w, r, "/", http.StatusSeeOther)
}

func (p *Pages) linkForm(r *http.Request) *form {
	l := p.Gate.Kit.Locale(r.Context())
	return &form{
		Crumbs: beside(l), Title: l.T("account.link.title"), Lead: []string{l.T("account.link.lead")}, Action: "/connexion/lien", Button: l.T("account.link.button"),
		Groups: fields(emailField(l, "")), Links: []web.Anchor{{Text: l.T("account.sign_in.back"), Href: "/connexion"}},
	}
}

// beside are the crumbs of the pages that help to sign in.
func beside(l *i18n.Localizer) []web.Crumb {
	return []web.Crumb{{Text: l.T("account.sign_in.title"), Href: "/connexion"}}
}

// asking shows a form that needs mail, or says that no mail leaves.
func (p *Pages) asking(w http.ResponseWriter, r *http.Request, f *form) error {
	if !p.Accounts.CanMail() {
		l := p.Gate.Kit.Locale(r.Context())
		f.Lead, f.Groups, f.Button = []string{l.T("people.mail.off"), p.contact(r)}, nil, ""
	}
	return p.page(w, r, f, http.StatusOK)
}

// contact says whom to ask.
func (p *Pages) contact(r *http.Request) string {
	l := p.Gate.Kit.Locale(r.Context())
	if c := p.Site().Contact; c != "" {
		return l.T("account.contact", c)
	}
	return l.T("account.contact_none")
}

func (p *Pages) linkPage(w http.ResponseWriter, r *http.Request) error {
	return p.asking(w, r, p.linkForm(r))
}

func (p *Pages) sendLink(w http.ResponseWriter, r *http.Request) error {
	if err := p.Accounts.AskLink(r.Context(), r.PostFormValue("email"), p.visit(r)); err != nil {
		return p.again(w, r, p.linkForm(r).typed(r), err)
	}
	return p.sent(w, r)
}

// sent is the page after a mail was asked for: the same for every address.
func (p *Pages) sent(w http.ResponseWriter, r *http.Request) error {
	l := p.Gate.Kit.Locale(r.Context())
	return p.told(w, r, l.T("account.sent.title"), []string{l.T("account.sent.text"), l.T("account.sent.none")}, web.Anchor{Text: l.T("account.sign_in.back"), Href: "/connexion"})
}

// openLink shows a button: programs that look at mails follow links, and must not use them up.
func (p *Pages) openLink(w http.ResponseWriter, r *http.Request) error {
	l, token := p.Gate.Kit.Locale(r.Context()), r.PathValue("token")
	who, err := p.Accounts.MayLink(r.Context(), token)
	if err != nil {
		return p.overLink(w, r, err)
	}
	return p.page(w, r, &form{
		Title: l.T("account.link.open"), Lead: []string{l.T("account.link.open_lead", who.Name)}, Action: "/connexion/lien/" + token,
		Groups: fields(keepField(l)), Button: l.T("account.sign_in.button"), Rights: held(l, l.T("account.sign_in.title")),
	}, http.StatusOK)
}

func (p *Pages) useLink(w http.ResponseWriter, r *http.Request) error {
	in, err := p.Accounts.UseLink(r.Context(), r.PathValue("token"), p.visit(r))
	if err != nil {
		return p.overLink(w, r, err)
	}
	return p.enter(w, r, in)
}
