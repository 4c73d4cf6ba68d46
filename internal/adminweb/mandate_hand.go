package adminweb

import (
	"cmp"
	"net/http"

	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/web"
)

// handing is the page that hands a mandate over: to whom, then when, then in words.
func (p *Pages) handing(r *http.Request, g grant) (*page, options, string, error) {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	if err := parsed(r); err != nil {
		return nil, options{}, "", err
	}
	m, err := p.one(r)
	if err != nil {
		return nil, options{}, "", err
	}
	v, o, err := p.mandatePage(r, m, l.T("admin.hand.title"))
	if err != nil {
		return nil, o, "", err
	}
	v.Lead = l.T("admin.hand.lead")
	self := mandatesPath + "/" + m.ID
	path := self + "/transmettre"
	o.crumbs = append(o.crumbs, web.Crumb{Text: l.T("admin.mandate.title", l.T("people.role."+string(m.Role))), Href: self})
	x, err := p.chosenPerson(ctx, g.person)
	if err != nil && fault.CodeOf(err) != fault.NotFound && fault.CodeOf(err) != fault.Gone {
		return nil, o, "", err
	}
	if err != nil || x.State == people.Erased {
		box := &pick{Action: path, Hidden: g.hidden("personne")}
		href, err := p.whom(r, box, func(id string) string { return address(path, "personne", id) })
		if err != nil || href != "" {
			return nil, o, href, err
		}
		v.Parts = []part{{ID: "etape", Title: l.T("admin.hand.who"), Pick: box}}
		return v, o, "", nil
	}
	details := form{ID: "etape-details", Get: true, Action: path, Button: l.T("admin.give.preview"), Hidden: []web.Hidden{{Name: "personne", Value: g.person}, {Name: "voir", Value: "1"}},
		Fields: p.terms(l, g, cmp.Or(g.from, string(tomorrow(p.People.Today()))))}
	details.Fields = append(details.Fields[:1], details.Fields[2:]...) // the term stays what it was
	details.Fields[0].Label, details.Fields[0].Help = l.T("admin.hand.from"), l.T("admin.hand.from_help")
	details.Lead = l.T("admin.hand.to", p.name(l, x))
	wrong := people.Grant{Role: m.Role, From: people.Date(g.from), Act: g.act, ActHref: g.href}.Check()
	if g.checked && g.from == "" {
		wrong = fault.New(fault.Invalid, "people.mandate.day").In("from")
	}
	if !g.checked || wrong != nil {
		if g.checked {
			if err := details.wrong(l, wrong); err != nil {
				return nil, o, "", err
			}
		}
		v.Parts = []part{{ID: "etape", Title: l.T("admin.hand.when"), Forms: []form{details}}}
		return v, o, "", nil
	}
	from := people.Date(g.from)
	term := m.To
	if term < from {
		term = ""
	}
	where := p.at(ctx, l, m.Scope)
	old, err := p.holders(ctx, []people.Mandate{m})
	if err != nil {
		return nil, o, "", err
	}
	v.Parts = []part{{ID: "etape", Title: l.T("admin.give.check"), Shows: []web.Component{
		web.Notice{Kind: web.Info, Title: p.told(l, x, m.Role, where, from, term), Text: l.T("admin.hand.ends", l.Of(cmp.Or(old[m.Person], l.T("admin.person.erased")), -1), l.Day(string(from.Before())))}},
		Forms: []form{{ID: "transmettre", Action: path, Button: l.T("admin.hand.button"), Hidden: append(g.hidden("role", "ou", "to"), web.Hidden{Name: "version", Value: number(m.Version)}), Cancel: &web.Anchor{Text: l.T("admin.give.back"), Href: address(path, g.pairs()...)}}}}}
	return v, o, "", nil
}

func (p *Pages) handForm(w http.ResponseWriter, r *http.Request) error {
	v, o, href, err := p.handing(r, granting(r))
	if err != nil {
		return err
	}
	if href != "" {
		return p.Kit.Redirect(w, r, href, http.StatusSeeOther)
	}
	return p.draw(w, r, v, o)
}

func (p *Pages) hand(w http.ResponseWriter, r *http.Request) error {
	if err := parsed(r); err != nil {
		return err
	}
	g := granting(r)
	x, err := p.chosenPerson(r.Context(), g.person)
	if err != nil {
		return err
	}
	m, err := p.Mandates.HandOver(r.Context(), people.Of(r.Context()), r.PathValue("id"), numbered(r, "version"), x.ID, people.Date(g.from), g.act, g.href)
	if err == nil {
		return p.toMandate(w, r, m, "handed")
	}
	g.checked = false
	v, o, href, e := p.handing(r, g)
	if e != nil || href != "" || len(v.Parts) == 0 || len(v.Parts[0].Forms) == 0 {
		return cmp.Or(e, err)
	}
	if e := v.Parts[0].Forms[0].wrong(p.Kit.Locale(r.Context()), err); e != nil {
		return e
	}
	o.status = web.Status(err)
	return p.draw(w, r, v, o)
}
