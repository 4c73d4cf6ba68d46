package accountweb

import (
	"net/http"

	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/web"
)

// departCookie is held by a browser while it is away at a provider.
const departCookie = "bassin_depart"

// providers are the ways in that others vouch for.
func (p *Pages) providers(r *http.Request) (out []web.Anchor) {
	if p.Accounts.Providers == nil {
		return nil
	}
	l := p.Gate.Kit.Locale(r.Context())
	for _, x := range p.Accounts.Providers.Names() {
		out = append(out, web.Anchor{Text: l.T("account.provider.with", x.Name), Href: with(r, "/connexion/fournisseur/"+x.Key), Rel: "nofollow"})
	}
	return out
}

// leave sends a browser to a provider.
func (p *Pages) leave(w http.ResponseWriter, r *http.Request) error {
	var token, to string
	var err error
	key := r.PathValue("key")
	if invitation := r.FormValue("invitation"); invitation != "" {
		token, to, err = p.Accounts.DepartToJoin(r.Context(), key, invitation)
	} else {
		token, to, err = p.Accounts.Depart(r.Context(), key, r.FormValue("retour"), false)
	}
	if err != nil {
		return p.overInvited(w, r, err)
	}
	p.Gate.set(w, r, departCookie, token, 900)
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// arrive takes a browser back from a provider.
func (p *Pages) arrive(w http.ResponseWriter, r *http.Request) error {
	c, err := r.Cookie(p.Gate.cookieName(r, departCookie))
	if err != nil {
		return p.over(w, r, fault.New(fault.Gone, "people.ticket.gone"), nil)
	}
	p.Gate.set(w, r, departCookie, "", -1)
	l := p.Gate.Kit.Locale(r.Context())
	out, err := p.Accounts.Arrive(r.Context(), people.Of(r.Context()), c.Value, r.PathValue("key"), r.URL.Query(), p.visit(r))
	switch {
	case fault.CodeOf(err) == fault.Gone:
		return p.over(w, r, err, nil)
	case err != nil && fault.CodeOf(err) != fault.Invalid && fault.CodeOf(err) != fault.Conflict:
		return err
	case err != nil && people.Of(r.Context()).Known():
		return p.again(w, r, &form{Title: l.T("account.home.title"), Links: []web.Anchor{{Text: l.T("account.home.title"), Href: "/mon-compte"}}}, err)
	case err != nil:
		return p.again(w, r, p.signInForm(r), err)
	case out.Linked:
		return p.done(w, r, "lie")
	case out.Mailed:
		return p.sent(w, r)
	}
	if out.Back != "" {
		r.Form.Set("retour", out.Back)
	}
	return p.enter(w, r, out.Entered)
}

func (p *Pages) linkProviderForm(r *http.Request) (*form, error) {
	l := p.Gate.Kit.Locale(r.Context())
	for _, x := range p.names() {
		if x.Key != r.PathValue("key") {
			continue
		}
		present, err := p.confirming(r)
		return &form{
			Title: l.T("account.provider.link", x.Name), Lead: []string{l.T("account.provider.link_lead", x.Name)}, Action: "/mon-compte/fournisseur/" + x.Key,
			Button: l.T("account.provider.link_button"), Groups: fields(present...), Crumbs: within(l),
		}, err
	}
	return nil, fault.New(fault.NotFound, "people.provider.none")
}

func (p *Pages) names() []people.ProviderName {
	if p.Accounts.Providers == nil {
		return nil
	}
	return p.Accounts.Providers.Names()
}

func (p *Pages) linkProviderPage(w http.ResponseWriter, r *http.Request) error {
	f, err := p.linkProviderForm(r)
	if err != nil {
		return err
	}
	return p.page(w, r, f, http.StatusOK)
}

// linkProvider answers with a link to the provider: pages may send forms nowhere else.
func (p *Pages) linkProvider(w http.ResponseWriter, r *http.Request) error {
	f, err := p.linkProviderForm(r)
	if err != nil {
		return err
	}
	token, to, err := p.Accounts.DepartToLink(r.Context(), people.Of(r.Context()), r.PathValue("key"), r.PostFormValue("present"))
	if err != nil {
		return p.again(w, r, f, err)
	}
	p.Gate.set(w, r, departCookie, token, 900)
	f.Button, f.Groups = "", nil
	f.Links = []web.Anchor{{Text: p.Gate.Kit.Locale(r.Context()).T("account.provider.go"), Href: to, Strong: true, Rel: "noreferrer"}}
	return p.page(w, r, f, http.StatusOK)
}
