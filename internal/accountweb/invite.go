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
				{Name: "where", Label: l.T("account.invite.where"), Type: "radio", Options: []web.Option{
					{Value: "territory", Label: l.T("account.invite.where_territory")}, {Value: "everywhere", Label: l.T("account.everywhere")},
				}},
				{Name: "territory", Label: l.T("account.setup.territory"), Help: l.T("account.invite.territory_help")},
				{Name: "act", Label: l.T("account.invite.act"), Help: l.T("account.invite.act_help")},
			}},
		},
		Crumbs: []web.Crumb{{Text: l.T("account.nav.admin"), Href: "/administration"}, {Text: l.T("account.invite.people"), Href: "/administration/personnes"}},
		Rights: []web.Right{right(r, l, "person.invite"), right(r, l, "mandate.give")},
	}
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
		typed, where := value("territory"), value("where")
		switch {
		case where == "everywhere" && typed != "":
			wrong = append(wrong, fault.New(fault.Invalid, "account.invite.where_both").In("territory"))
		case where == "everywhere":
			v.Grant.Scope = people.Everywhere
		case typed == "" && where == "territory":
			wrong = append(wrong, fault.New(fault.Invalid, "account.invite.where_name").In("territory"))
		case typed == "":
			wrong = append(wrong, fault.New(fault.Invalid, "account.invite.where_missing").In("where"))
		default:
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
	if value("essai") != "" { // to be written otherwise
		return p.page(w, r, f, http.StatusOK)
	}
	if v.Grant != nil {
		switch err := p.Accounts.MayInvite(r.Context(), people.Of(r.Context()), v); {
		case err != nil:
			return p.again(w, r, f, err)
		case value("confirme") == "":
			return p.page(w, r, p.invitePreview(r, f, v), http.StatusOK)
		}
	}
	token, err := p.Accounts.Invite(r.Context(), people.Of(r.Context()), v)
	if err != nil {
		return p.again(w, r, f, err)
	}
	given := l.T("account.invite.nothing")
	if v.Grant != nil {
		given = p.offered(r, v)
	}
	return p.handed(w, r, l.T("account.invite.done", v.Email), given, "/invitation/"+token, l.T("account.invite.until"))
}

// inviteAgain sends an invitation that nobody took up once more, by a new link.
func (p *Pages) inviteAgain(w http.ResponseWriter, r *http.Request) error {
	l := p.Gate.Kit.Locale(r.Context())
	token, v, err := p.Accounts.InviteAgain(r.Context(), people.Of(r.Context()), r.PathValue("id"))
	if err != nil {
		return err
	}
	given := l.T("account.invite.nothing")
	if v.Grant != nil {
		given = p.offered(r, v.Invitation)
	}
	return p.handed(w, r, l.T("account.invite.done", v.Email), given, "/invitation/"+token, l.T("account.invite.until"))
}

// offered says in words the mandate of an invitation.
func (p *Pages) offered(r *http.Request, v people.Invitation) string {
	l := p.Gate.Kit.Locale(r.Context())
	name, _ := p.Where(r.Context(), l, v.Grant.Scope)
	return l.T("account.invite.gives", l.T("people.role."+string(v.Grant.Role)), name)
}

// invitePreview says what is about to be offered, before anything is sent.
func (p *Pages) invitePreview(r *http.Request, f *form, v people.Invitation) *form {
	l := p.Gate.Kit.Locale(r.Context())
	out := &form{
		Title: l.T("account.invite.check", v.Email), Lead: []string{p.offered(r, v)}, Action: f.Action, Crumbs: f.Crumbs, Rights: f.Rights,
		Groups: fields(), Button: l.T("account.invite.button"), Other: l.T("account.invite.change"),
		Hidden: []web.Hidden{{Name: "confirme", Value: "1"}},
	}
	for _, name := range []string{"email", "name", "langue", "role", "where", "territory", "act"} {
		out.Hidden = append(out.Hidden, web.Hidden{Name: name, Value: strings.TrimSpace(r.PostFormValue(name))})
	}
	return out
}

// handed shows a link once, to be handed over, where no mail brings it. Where one does,
// the link is for the owner of the address alone.
func (p *Pages) handed(w http.ResponseWriter, r *http.Request, title, text, path, until string) error {
	l, invited := p.Gate.Kit.Locale(r.Context()), strings.HasPrefix(path, "/invitation/")
	f := &form{Title: title, Links: []web.Anchor{{Text: l.T("account.invite.people"), Href: "/administration/personnes"}}}
	if invited {
		f.Links = append(f.Links, web.Anchor{Text: l.T("account.invite.pending"), Href: "/administration/invitations"})
		f.Rights = []web.Right{right(r, l, "person.invite"), right(r, l, "mandate.give")}
	} else {
		f.Rights = []web.Right{right(r, l, "person.reset")}
	}
	if text != "" {
		f.Lead = append(f.Lead, text)
	}
	if p.Accounts.CanMail() {
		f.Lead = append(f.Lead, l.T("account.invite.sent"), until)
		return p.page(w, r, f, http.StatusOK)
	}
	f.Lead = append(f.Lead, l.T("account.invite.copy"), l.T("account.invite.unverified"), until)
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
	token, err := p.Accounts.SendReset(r.Context(), a.By(), id)
	if err != nil {
		return err
	}
	return p.handed(w, r, l.T("account.hand.done", who.Name), "", "/mot-de-passe/nouveau/"+token, l.T("account.hand.until"))
}
