package adminweb

import (
	"net/http"

	"bassin/internal/people"
	"bassin/internal/web"
)

func (p *Pages) actRoute() web.Route {
	send := post("/mandats/{id}/acte", "mandate.give.act", p.act)
	send.Body = p.Files.Body()
	return send
}

// actPart has the file of the act on which a mandate rests, with forms for those who
// may give such a mandate.
func (p *Pages) actPart(r *http.Request, m people.Mandate, failed error) (part, error) {
	l := p.Kit.Locale(r.Context())
	d, err := people.Of(r.Context()).MayGive(r.Context(), "mandate.give", m.Role, m.Scope)
	if err != nil {
		return part{}, err
	}
	action, text := "", ""
	if d.May {
		action, text = mandatesPath+"/"+m.ID+"/acte", l.T("admin.mandate.act_some")
		if m.Public() {
			text = l.T("admin.mandate.act_all")
		}
	}
	files, err := p.Files.Panel(r, m.Subject(), action, failed)
	return part{ID: "acte", Title: l.T("admin.mandate.act_file"), Text: text, Shows: []web.Component{files}}, err
}

// act adds, describes or removes the file of an act. It is as public as the mandate.
func (p *Pages) act(w http.ResponseWriter, r *http.Request) error {
	m, err := p.one(r)
	if err != nil {
		return err
	}
	actor := people.Of(r.Context())
	d, err := actor.MayGive(r.Context(), "mandate.give", m.Role, m.Scope)
	if err == nil {
		err = d.Err()
	}
	if err != nil {
		return err
	}
	if err := p.Files.Receive(r, actor.By(), m.Subject(), m.Public()); err != nil {
		return p.mandateWith(w, r, err)
	}
	return p.to(w, r, mandatesPath+"/"+m.ID, "act")
}
