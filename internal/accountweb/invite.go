package accountweb

import (
	"errors"
	"net/http"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/web"
)

func (p *Pages) inviteForm(r *http.Request) *form {
	l, a := p.Gate.Kit.Locale(r.Context()), people.Of(r.Context())
	name := nameField(l, "")
	name.Required, name.Help, name.Autocomplete = false, l.T("account.invite.name_help"), "off"
	email := emailField(l, "")
	email.Autocomplete = "off"
	role := web.Field{Name: "role", Label: l.T("account.invite.role"), Help: l.T("account.invite.role_help"), Type: "select", Options: []web.Option{{Value: "", Label: l.T("account.invite.no_role")}}}
	may := map[people.Role]bool{}
	for _, m := range a.Mandates {
		for _, g := range m.Role.Gives() {
			may[g] = true
		}
	}
	for _, x := range people.Roles {
		if may[x] {
			role.Options = append(role.Options, web.Option{Value: string(x), Label: l.T("people.role." + string(x))})
		}
	}
	lead := l.T("account.invite.lead")
	if !p.Accounts.CanMail() {
		lead = l.T("account.invite.lead_off")
	}
	return &form{
		Title: l.T("account.invite.title"), Lead: []string{lead}, Action: "/administration/personnes/inviter", Button: l.T("account.invite.button"),
		Groups: []group{
			{Fields: []web.Field{email, name, langField(l, string(l.Lang()))}},
			{Title: l.T("account.invite.mandate"), Help: l.T("account.invite.mandate_help"), Fields: []web.Field{
				role,
				{Name: "territory", Label: l.T("account.setup.territory"), Help: l.T("account.invite.territory_help")},
				{Name: "act", Label: l.T("account.invite.act"), Help: l.T("account.invite.act_help")},
			}},
		},
		Crumbs: []web.Crumb{{Text: l.T("account.nav.admin"), Href: "/administration"}, {Text: l.T("account.invite.people"), Href: "/administration/personnes"}},
		Rights: []web.Right{right(r, l, "person.invite"), right(r, l, "mandate.give")},
	}
}

// right says who may do one thing, and whether the reader may.
func right(r *http.Request, l *i18n.Localizer, action string) web.Right {
	d := people.Of(r.Context()).MaySomewhere(action)
	return web.Right{What: l.T("people.right." + action), Who: d.Right.Who(l), May: d.May, Why: d.In(l)}
}

func (p *Pages) invitePage(w http.ResponseWriter, r *http.Request) error {
	return p.page(w, r, p.inviteForm(r), http.StatusOK)
}

func (p *Pages) invite(w http.ResponseWriter, r *http.Request) error {
	l := p.Gate.Kit.Locale(r.Context())
	f := p.inviteForm(r).typed(r)
	value := func(name string) string { return strings.TrimSpace(r.PostFormValue(name)) }
	v := people.Invitation{Email: value("email"), Name: value("name"), Lang: i18n.Lang(value("langue"))}
	var wrong []error
	if role := value("role"); role != "" {
		v.Grant = &people.Grant{Role: people.Role(role), Act: value("act")}
		if typed := value("territory"); typed != "" {
			id, err := p.Find(r.Context(), l, typed)
			if err == nil {
				v.Grant.Scope, err = people.ParseScope(id)
			}
			if err != nil {
				wrong = append(wrong, err)
			}
		}
	}
	if err := people.CheckEmail(v.Email); err != nil {
		wrong = append(wrong, err)
	}
	if len(wrong) > 0 {
		return p.again(w, r, f, errors.Join(wrong...))
	}
	token, err := p.Accounts.Invite(r.Context(), people.Of(r.Context()), v)
	if err != nil {
		return p.again(w, r, f, err)
	}
	return p.handed(w, r, l.T("account.invite.done", v.Email), "/invitation/"+token, l.T("account.invite.until"))
}

// handed shows a link once, to be handed over where no mail brings it.
func (p *Pages) handed(w http.ResponseWriter, r *http.Request, title, path, until string) error {
	l := p.Gate.Kit.Locale(r.Context())
	f := &form{Title: title, Links: []web.Anchor{{Text: l.T("account.invite.people"), Href: "/administration/personnes"}}}
	if p.Accounts.CanMail() && strings.HasPrefix(path, "/invitation/") {
		f.Lead = append(f.Lead, l.T("account.invite.sent"))
	}
	f.Lead = append(f.Lead, l.T("account.invite.copy"), until)
	f.Link = p.Base() + p.Gate.Kit.Href(l.Lang(), path)
	return p.page(w, r, f, http.StatusOK)
}

// resetOther makes the link by which somebody else chooses a password.
func (p *Pages) resetOther(w http.ResponseWriter, r *http.Request) error {
	l, a := p.Gate.Kit.Locale(r.Context()), people.Of(r.Context())
	id := r.PathValue("id")
	who, err := p.Gate.Store.Person(r.Context(), id)
	if err != nil {
		return err
	}
	if who.State == people.Erased {
		return fault.New(fault.Gone, "people.erased")
	}
	if err := a.Require(r.Context(), "person.reset", people.Everywhere); err != nil {
		return err
	}
	if r.Method == http.MethodGet {
		return p.page(w, r, &form{
			Title: l.T("account.hand.title"), Lead: []string{l.T("account.hand.lead", who.Name, who.Email), l.T("account.hand.warn")},
			Action: "/administration/personnes/" + id + "/mot-de-passe", Button: l.T("account.hand.button"), Groups: fields(),
			Rights: []web.Right{right(r, l, "person.reset")},
			Crumbs: []web.Crumb{{Text: l.T("account.nav.admin"), Href: "/administration"}, {Text: l.T("account.invite.people"), Href: "/administration/personnes"}, {Text: who.Name, Href: "/administration/personnes/" + id}},
		}, http.StatusOK)
	}
	token, err := p.Accounts.ResetFor(r.Context(), a.By(), id)
	if err != nil {
		return err
	}
	return p.handed(w, r, l.T("account.hand.done", who.Name), "/mot-de-passe/nouveau/"+token, l.T("account.hand.until"))
}
