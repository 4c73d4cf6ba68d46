package adminweb

import (
	"net/http"
	"strconv"

	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/web"
)

func (p *Pages) invitedRoutes() []web.Route {
	return []web.Route{
		get("/invitations", "person.invite.list", p.invitations),
		get("/invitations/{id}", "person.invite.one", p.invitation),
		get("/invitations/{id}/retirer", "person.invite.withdraw.form", p.withdrawForm),
		post("/invitations/{id}/retirer", "person.invite.withdraw", p.withdraw),
	}
}

const (
	invitedPath  = "/administration/invitations"
	invitedLimit = 50
)

func (p *Pages) invitations(w http.ResponseWriter, r *http.Request) error {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	all, err := p.Invited.Invitations(ctx, people.Of(ctx))
	if err != nil {
		return err
	}
	v := &page{Title: l.T("admin.invited.title"), Lead: l.T("admin.invited.lead")}
	seen, err := people.Of(ctx).May(ctx, "person.invite", people.Everywhere)
	if err != nil {
		return err
	}
	if !seen.May {
		v.Shows = append(v.Shows, web.Notice{Kind: web.Info, Text: l.T("admin.invited.rule")})
	}
	main := part{}
	from := 0
	if n, e := strconv.Atoi(r.FormValue("page")); e == nil && n > 1 {
		from = min((n-1)*invitedLimit, len(all))
	}
	shown := all[from:min(from+invitedLimit, len(all))]
	if len(shown) == 0 {
		main.After = append(main.After, web.State{Kind: "empty", Title: l.T("admin.invited.none"), Text: l.T("admin.invited.none_text"), Action: &web.Anchor{Text: l.T("admin.people.invite"), Href: peoplePath + "/inviter", Strong: true}})
	} else {
		t := web.Table{ID: "invitations", Caption: l.T("admin.invited.title"), Quiet: true, Columns: []web.Column{
			{Title: l.T("admin.invited.who")}, {Title: l.T("admin.invited.mandate")}, {Title: l.T("admin.invited.by")}, {Title: l.T("admin.invited.at")}, {Title: l.T("admin.invited.until")}}}
		names, err := p.People.Store.Names(ctx, inviters(shown))
		if err != nil {
			return err
		}
		for _, x := range shown {
			t.Rows = append(t.Rows, []web.Cell{
				{Text: x.Email, Note: x.Name, Href: invitedPath + "/" + x.ID}, {Text: p.offered(r, l, x)}, {Text: giver(l, names, x.By)},
				{Text: l.Date(x.At.In(p.Zone)), Sort: x.At.UTC().Format("2006-01-02T15:04")}, {Text: l.Date(x.Until.In(p.Zone)), Sort: x.Until.UTC().Format("2006-01-02T15:04")}})
		}
		main.After = append(main.After, t)
		if len(all) > invitedLimit {
			at := from/invitedLimit + 1
			pages := web.Pagination{Label: l.T("admin.invited.title"), Text: l.T("admin.range", from+1, from+len(shown), len(all))}
			if at > 1 {
				pages.Previous = address(invitedPath, "page", strconv.Itoa(at-1))
			}
			if from+len(shown) < len(all) {
				pages.Next = address(invitedPath, "page", strconv.Itoa(at+1))
			}
			main.After = append(main.After, pages)
		}
		main.After = append(main.After, web.Links{Label: l.T("admin.actions"), Items: []web.Anchor{{Text: l.T("admin.people.invite"), Href: peoplePath + "/inviter", Icon: "person"}}})
	}
	v.Parts = []part{main}
	return p.draw(w, r, v, options{crumbs: []web.Crumb{{Text: l.T("admin.people.title"), Href: peoplePath}}, actions: []string{"person.invite", "mandate.give"}})
}

func inviters(list []people.Invited) (ids []string) {
	for _, x := range list {
		if x.By != "" {
			ids = append(ids, x.By)
		}
	}
	return ids
}

// offered is the mandate of an invitation in a few words.
func (p *Pages) offered(r *http.Request, l *i18n.Localizer, x people.Invited) string {
	if x.Grant == nil {
		return l.T("admin.invited.no_mandate")
	}
	return l.T("admin.mandate.short", i18n.Upper(l.T("people.role."+string(x.Grant.Role))), p.at(r.Context(), l, x.Grant.Scope).Text)
}

// invited says all there is to know of an invitation.
func (p *Pages) invited(r *http.Request) (*page, options, people.Invited, error) {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	x, err := p.Invited.InvitationOf(ctx, people.Of(ctx), r.PathValue("id"))
	if err != nil {
		return nil, options{}, x, err
	}
	names, err := p.People.Store.Names(ctx, inviters([]people.Invited{x}))
	if err != nil {
		return nil, options{}, x, err
	}
	facts := web.Facts{Items: []web.Fact{{Term: l.T("admin.person.email"), Text: x.Email, Href: "mailto:" + x.Email}}}
	if x.Name != "" {
		facts.Items = append(facts.Items, web.Fact{Term: l.T("admin.people.name"), Text: x.Name})
	}
	facts.Items = append(facts.Items,
		web.Fact{Term: l.T("admin.invited.mandate"), Text: p.offered(r, l, x), Note: act(x)}, web.Fact{Term: l.T("admin.invited.by"), Text: giver(l, names, x.By), Note: l.Moment(x.At.In(p.Zone))},
		web.Fact{Term: l.T("admin.invited.until"), Text: l.Moment(x.Until.In(p.Zone))})
	o := options{crumbs: []web.Crumb{{Text: l.T("admin.people.title"), Href: peoplePath}, {Text: l.T("admin.invited.title"), Href: invitedPath}}, actions: []string{"person.invite", "mandate.give"}}
	if x.Grant != nil {
		o.in = &x.Grant.Scope
	}
	return &page{Title: l.T("admin.invited.one", x.Email), Shows: []web.Component{facts}}, o, x, nil
}

func act(x people.Invited) string {
	if x.Grant == nil {
		return ""
	}
	return x.Grant.Act
}

func (p *Pages) invitation(w http.ResponseWriter, r *http.Request) error {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	v, o, x, err := p.invited(r)
	if err != nil {
		return err
	}
	self := invitedPath + "/" + x.ID
	if err := p.Invited.MayManage(ctx, people.Of(ctx), x); err == nil {
		v.Parts = []part{
			{ID: "renvoyer", Title: l.T("admin.invited.again"), Text: l.T("admin.invited.again_text"), Forms: []form{{ID: "encore", Action: self + "/renvoyer", Button: l.T("admin.invited.again_button")}}},
			{ID: "retirer", Title: l.T("admin.invited.withdraw"), Text: l.T("admin.invited.withdraw_text"), Shows: []web.Component{web.Links{Label: l.T("admin.actions"), Items: []web.Anchor{{Text: l.T("admin.invited.withdraw"), Href: self + "/retirer"}}}}},
		}
	}
	return p.draw(w, r, v, o)
}

func (p *Pages) withdrawForm(w http.ResponseWriter, r *http.Request) error {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	v, o, x, err := p.invited(r)
	if err == nil {
		err = p.Invited.MayManage(ctx, people.Of(ctx), x)
	}
	if err != nil {
		return err
	}
	self := invitedPath + "/" + x.ID
	v.Title, v.Lead = l.T("admin.invited.withdraw_title", x.Email), l.T("admin.invited.withdraw_lead")
	o.crumbs = append(o.crumbs, web.Crumb{Text: x.Email, Href: self})
	v.Parts = []part{{Forms: []form{{ID: "retrait", Action: self + "/retirer", Button: l.T("admin.invited.withdraw"), Cancel: &web.Anchor{Text: l.T("admin.cancel"), Href: self}}}}}
	return p.draw(w, r, v, o)
}

func (p *Pages) withdraw(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.Invited.Withdraw(r.Context(), people.Of(r.Context()), r.PathValue("id")); err != nil {
		return err
	}
	return p.to(w, r, invitedPath, "withdrawn")
}
