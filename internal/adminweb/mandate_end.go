package adminweb

import (
	"cmp"
	"net/http"

	"bassin/internal/people"
	"bassin/internal/web"
)

func (p *Pages) ending(r *http.Request) (*page, options, error) {
	l := p.Kit.Locale(r.Context())
	m, err := p.one(r)
	if err != nil {
		return nil, options{}, err
	}
	v, o, err := p.mandatePage(r, m, l.T("admin.mandate.end_title"))
	if err != nil {
		return nil, options{}, err
	}
	self := mandatesPath + "/" + m.ID
	o.crumbs = append(o.crumbs, web.Crumb{Text: l.T("admin.mandate.title", l.T("people.role."+string(m.Role))), Href: self})
	v.Lead = l.T("admin.mandate.end_lead")
	v.Parts = []part{{Forms: []form{{ID: "fin", Action: self + "/terminer", Button: l.T("admin.mandate.end"), Cancel: &web.Anchor{Text: l.T("admin.cancel"), Href: self},
		Hidden: []web.Hidden{{Name: "version", Value: number(m.Version)}},
		Fields: []web.Field{
			{Name: "to", Label: l.T("admin.mandate.last"), Help: l.T("admin.mandate.last_help"), Type: "date", Required: true, Value: cmp.Or(typed(r, "to", 10), string(p.People.Today()))},
			{Name: "reason", Label: l.T("admin.mandate.reason"), Help: l.T("admin.mandate.reason_help"), Type: "textarea", Rows: 3, Value: typed(r, "reason", 600)},
		}}}}}
	return v, o, nil
}

func (p *Pages) endForm(w http.ResponseWriter, r *http.Request) error {
	v, o, err := p.ending(r)
	if err != nil {
		return err
	}
	return p.draw(w, r, v, o)
}

func (p *Pages) end(w http.ResponseWriter, r *http.Request) error {
	if err := parsed(r); err != nil {
		return err
	}
	id := r.PathValue("id")
	m, err := p.Mandates.End(r.Context(), people.Of(r.Context()), id, numbered(r, "version"), people.Date(typed(r, "to", 10)), typed(r, "reason", 600))
	if err == nil {
		return p.toMandate(w, r, m, "ended")
	}
	v, o, gone := p.ending(r)
	if gone != nil {
		return gone
	}
	return p.again(w, r, v, o, err)
}
