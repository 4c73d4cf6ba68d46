package adminweb

import (
	"cmp"
	"net/http"
	"slices"

	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/web"
)

// one finds a mandate that the reader sees.
func (p *Pages) one(r *http.Request) (people.Mandate, error) {
	ctx := r.Context()
	m, err := p.People.Store.Mandate(ctx, r.PathValue("id"))
	if err != nil {
		return m, err
	}
	d, err := people.Of(ctx).May(ctx, "admin.mandates", m.Scope)
	if err != nil {
		return m, err
	}
	return m, d.Err()
}

func (p *Pages) mandate(w http.ResponseWriter, r *http.Request) error {
	return p.mandateWith(w, r, nil)
}

// mandateWith is the page of a mandate, with why its act was refused.
func (p *Pages) mandateWith(w http.ResponseWriter, r *http.Request, failed error) error {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	m, err := p.one(r)
	if err != nil {
		return err
	}
	v, o, err := p.mandatePage(r, m, l.T("admin.mandate.title", l.T("people.role."+string(m.Role))))
	if err != nil {
		return err
	}
	links := web.Links{Label: l.T("admin.actions")}
	if !m.Past(p.People.Today()) {
		for _, x := range []struct{ action, key, path string }{{"mandate.handover", "admin.mandate.handover", "/transmettre"}, {"mandate.end", "admin.mandate.end", "/terminer"}} {
			d, err := people.Of(ctx).MayGive(ctx, x.action, m.Role, m.Scope)
			if err != nil {
				return err
			}
			if d.May {
				links.Items = append(links.Items, web.Anchor{Text: l.T(x.key), Href: mandatesPath + "/" + m.ID + x.path})
			}
		}
	}
	if len(links.Items) > 0 {
		v.Shows = append(v.Shows, links)
	}
	act, err := p.actPart(r, m, failed)
	if err != nil {
		return err
	}
	v.Parts = append(v.Parts, act)
	if failed != nil {
		o.status = http.StatusUnprocessableEntity
	}
	return p.draw(w, r, v, o)
}

// giver names who gave a mandate: nobody is the console of the server.
func giver(l *i18n.Localizer, names map[string]string, id string) string {
	if id == "" {
		return l.T("admin.mandate.console")
	}
	return cmp.Or(names[id], l.T("admin.person.erased"))
}

// mandatePage says all there is to know of a mandate.
func (p *Pages) mandatePage(r *http.Request, m people.Mandate, title string) (*page, options, error) {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	names, err := p.holders(ctx, []people.Mandate{m})
	if err != nil {
		return nil, options{}, err
	}
	where := p.at(ctx, l, m.Scope)
	holder := web.Fact{Term: l.T("admin.mandate.holder"), Text: cmp.Or(names[m.Person], l.T("admin.person.erased"))}
	if may(r, "admin.people") {
		holder.Href = peoplePath + "/" + m.Person
	}
	facts := web.Facts{Items: []web.Fact{
		holder,
		{Term: l.T("admin.mandate.role"), Text: i18n.Upper(l.T("people.role." + string(m.Role)))},
		{Term: l.T("admin.mandate.where"), Text: i18n.Upper(where.Text), Href: where.Href},
		{Term: l.T("admin.mandate.from"), Text: l.Day(string(m.From))},
		{Term: l.T("admin.mandate.to"), Text: p.until(l, m)},
		{Term: l.T("admin.mandate.act"), Text: cmp.Or(m.Act, l.T("admin.mandate.no_act")), Href: m.ActHref},
		{Term: l.T("admin.mandate.given_by"), Text: giver(l, names, m.GivenBy), Note: l.Moment(m.CreatedAt)},
	}}
	if m.EndedBy != "" {
		facts.Items = append(facts.Items, web.Fact{Term: l.T("admin.mandate.ended_by"), Text: cmp.Or(names[m.EndedBy], l.T("admin.person.erased")), Note: m.EndReason})
	}
	if m.Follows != "" {
		facts.Items = append(facts.Items, web.Fact{Term: l.T("admin.mandate.follows"), Text: l.T("admin.mandate.before"), Href: mandatesPath + "/" + m.Follows})
	}
	return &page{Title: title, Shows: []web.Component{facts}}, options{crumbs: []web.Crumb{{Text: l.T("admin.mandates.title"), Href: mandatesPath}}, in: &m.Scope, actions: []string{"admin.mandates", "mandate.end", "mandate.handover"}}, nil
}

// toMandate sends the reader on to a mandate that they just changed; or, if they no
// longer see it because they gave up their own, to a page that they do see.
func (p *Pages) toMandate(w http.ResponseWriter, r *http.Request, m people.Mandate, done string) error {
	ctx := r.Context()
	now := *people.Of(ctx)
	held, err := p.People.Store.MandatesOf(ctx, now.Person.ID)
	if err != nil {
		return err
	}
	now.Mandates = slices.DeleteFunc(held, func(m people.Mandate) bool { return !m.Holds(p.People.Today()) })
	d, err := now.May(ctx, "admin.mandates", m.Scope)
	switch {
	case err != nil:
		return err
	case d.May:
		return p.to(w, r, mandatesPath+"/"+m.ID, done)
	case now.MaySomewhere("admin.home").May:
		return p.to(w, r, "/administration", done)
	}
	return p.to(w, r, "/mon-compte", "mandat")
}
