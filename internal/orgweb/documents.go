package orgweb

import (
	"context"
	"net/http"

	"bassin/internal/audit"
	"bassin/internal/people"
	"bassin/internal/web"
)

// Files is what these pages ask of attachments.
type Files interface {
	// Panel is what a page shows of a subject's attachments, with forms to action if it is given.
	Panel(r *http.Request, subject, action string, failed error) (web.Files, error)
	// Receive does what a form of a panel asks.
	Receive(r *http.Request, by audit.Actor, subject string, public bool) error
	// Count is how many a subject has.
	Count(ctx context.Context, subject string) (int, error)
	// Body is how many bytes such a form may take.
	Body() int64
}

// documents puts on the page of an organisation what was attached to it, with forms for
// those who may correct it.
func (p *Pages) documents(r *http.Request, o *people.Organisation, v *showView, failed error) error {
	update, err := p.Rules.MayUpdate(r.Context(), people.Of(r.Context()), o.ID)
	if err != nil {
		return err
	}
	action := ""
	if update.May {
		action = address(o.ID) + "/documents"
	}
	v.Documents, err = p.Files.Panel(r, people.OrganisationSubject(o.ID), action, failed)
	return err
}

// attach adds, describes or removes a document. All of them are public, as the page says.
func (p *Pages) attach(w http.ResponseWriter, r *http.Request) error {
	o, err := p.editable(r)
	if err != nil {
		return err
	}
	if err := p.Files.Receive(r, people.Of(r.Context()).By(), people.OrganisationSubject(o.ID), true); err != nil {
		return p.showPage(w, r, o, err)
	}
	return p.Kit.Redirect(w, r, address(o.ID)+"?fait=documents", http.StatusSeeOther)
}
