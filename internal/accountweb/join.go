package accountweb

import (
	"net/http"

	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/web"
)

func (p *Pages) signUpForm(r *http.Request) *form {
	l := p.Gate.Kit.Locale(r.Context())
	return &form{
		Crumbs: beside(l), Title: l.T("account.sign_up.title"), Lead: []string{l.T("account.sign_up.lead")}, Action: "/inscription", Button: l.T("account.sign_up.button"),
		Groups: fields(emailField(l, "")), Links: []web.Anchor{{Text: l.T("account.sign_in.back"), Href: "/connexion"}},
	}
}

func (p *Pages) signUpPage(w http.ResponseWriter, r *http.Request) error {
	l := p.Gate.Kit.Locale(r.Context())
	open, err := p.Accounts.SelfRegistration(r.Context())
	if err != nil {
		return err
	}
	if !open {
		return p.page(w, r, &form{
			Title: l.T("account.sign_up.how"), Lead: []string{l.T("account.sign_up.closed"), p.contact(r)}, Crumbs: beside(l),
			Links: []web.Anchor{{Text: l.T("account.sign_in.back"), Href: "/connexion"}}, Rights: []web.Right{right(r, l, "person.invite")},
		}, http.StatusOK)
	}
	return p.asking(w, r, p.signUpForm(r))
}

func (p *Pages) signUp(w http.ResponseWriter, r *http.Request) error {
	if err := p.Accounts.SignUp(r.Context(), r.PostFormValue("email"), p.visit(r)); err != nil {
		if fault.CodeOf(err) == fault.Forbidden {
			return err
		}
		return p.again(w, r, p.signUpForm(r).typed(r), err)
	}
	return p.sent(w, r)
}

// verifyForm is what the link of a mail leads to: an account to be made, or an address
// to be confirmed.
func (p *Pages) verifyForm(r *http.Request) (*form, error) {
	l, token := p.Gate.Kit.Locale(r.Context()), r.PathValue("token")
	offer, err := p.Accounts.Offered(r.Context(), token)
	if err == nil {
		f := &form{
			Title: l.T("account.join.title"), Lead: []string{l.T("account.join.lead", offer.Email)}, Action: "/verification/" + token, Button: l.T("account.join.button"),
			Rights: held(l, l.T("account.join.title")),
			Groups: fields(nameField(l, offer.Name), newPasswordField(l), keepField(l)),
		}
		for _, x := range p.names() {
			f.Providers = append(f.Providers, web.Anchor{Text: l.T("account.provider.with", x.Name), Href: "/connexion/fournisseur/" + x.Key + "?invitation=" + token, Rel: "nofollow"})
		}
		if offer.Grant != nil {
			name, _ := p.Where(r.Context(), l, offer.Grant.Scope)
			f.Lead = append(f.Lead, l.T("account.join.mandate", l.T("people.role."+string(offer.Grant.Role)), name))
		}
		return f, nil
	}
	if fault.CodeOf(err) != fault.Gone {
		return nil, err
	}
	what, email, err := p.Accounts.Confirmable(r.Context(), token)
	if err != nil {
		return nil, err
	}
	f := &form{Action: "/verification/" + token, Rights: held(l, l.T("account.line.email"))}
	if what == "undo" {
		f.Title, f.Lead, f.Button = l.T("account.undo.title"), []string{l.T("account.undo.lead", email)}, l.T("account.undo.button")
	} else {
		f.Title, f.Lead, f.Button = l.T("account.confirm.title"), []string{l.T("account.confirm.lead", email)}, l.T("account.confirm.button")
	}
	return f, nil
}

func (p *Pages) verifyPage(w http.ResponseWriter, r *http.Request) error {
	f, err := p.verifyForm(r)
	if err != nil {
		return p.overInvited(w, r, err)
	}
	return p.page(w, r, f, http.StatusOK)
}

func (p *Pages) verify(w http.ResponseWriter, r *http.Request) error {
	f, err := p.verifyForm(r)
	if err != nil {
		return p.overInvited(w, r, err)
	}
	l, token := p.Gate.Kit.Locale(r.Context()), r.PathValue("token")
	if len(f.Groups) > 0 {
		in, err := p.Accounts.Join(r.Context(), token, r.PostFormValue("name"), r.PostFormValue("password"), p.visit(r))
		if fault.CodeOf(err) == fault.Gone { // taken up meanwhile
			return p.overInvited(w, r, err)
		}
		if err != nil {
			return p.again(w, r, f.typed(r), err)
		}
		return p.enter(w, r, in)
	}
	what, err := p.Accounts.ConfirmEmail(r.Context(), token)
	if fault.CodeOf(err) == fault.Gone {
		return p.overInvited(w, r, err)
	}
	if err != nil {
		return p.again(w, r, f, err)
	}
	next := web.Anchor{Text: l.T("account.home.title"), Href: "/mon-compte"}
	if what == "undo" {
		return p.told(w, r, l.T("account.undo.done"), []string{l.T("account.undo.done_text")}, web.Anchor{Text: l.T("account.forgot.title"), Href: "/mot-de-passe/oublie"})
	}
	return p.told(w, r, l.T("account.confirm.done"), []string{l.T("account.confirm.done_text")}, next)
}

func (p *Pages) forgotForm(r *http.Request) *form {
	l := p.Gate.Kit.Locale(r.Context())
	return &form{
		Crumbs: beside(l), Title: l.T("account.forgot.title"), Lead: []string{l.T("account.forgot.lead")}, Action: "/mot-de-passe/oublie", Button: l.T("account.forgot.button"),
		Groups: fields(emailField(l, "")), Links: []web.Anchor{{Text: l.T("account.sign_in.back"), Href: "/connexion"}},
	}
}

func (p *Pages) forgotPage(w http.ResponseWriter, r *http.Request) error {
	return p.asking(w, r, p.forgotForm(r))
}

func (p *Pages) forgot(w http.ResponseWriter, r *http.Request) error {
	if err := p.Accounts.AskReset(r.Context(), r.PostFormValue("email"), p.visit(r)); err != nil {
		return p.again(w, r, p.forgotForm(r).typed(r), err)
	}
	return p.sent(w, r)
}

func (p *Pages) resetForm(r *http.Request, who people.Person) *form {
	l := p.Gate.Kit.Locale(r.Context())
	return &form{
		Title: l.T("account.reset.title"), Lead: []string{l.T("account.reset.lead", who.Email)}, Action: "/mot-de-passe/nouveau/" + r.PathValue("token"), Button: l.T("account.reset.button"),
		Rights: held(l, l.T("account.reset.title")),
		Groups: fields(newPasswordField(l), keepField(l)),
	}
}

func (p *Pages) resetPage(w http.ResponseWriter, r *http.Request) error {
	who, err := p.Accounts.MayReset(r.Context(), r.PathValue("token"))
	if err != nil {
		return p.overReset(w, r, err)
	}
	return p.page(w, r, p.resetForm(r, who), http.StatusOK)
}

func (p *Pages) reset(w http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	who, err := p.Accounts.MayReset(r.Context(), token)
	if err != nil {
		return p.overReset(w, r, err)
	}
	in, err := p.Accounts.Reset(r.Context(), token, r.PostFormValue("password"), p.visit(r))
	if fault.CodeOf(err) == fault.Gone {
		return p.overReset(w, r, err)
	}
	if err != nil {
		return p.again(w, r, p.resetForm(r, who).typed(r), err)
	}
	return p.enter(w, r, in)
}
