package adminweb

import (
	"html/template"
	"net/http"
	"strings"

	"bassin/internal/i18n"
	"bassin/internal/job"
	"bassin/internal/people"
	"bassin/internal/web"
)

func (p *Pages) outboxRoutes() []web.Route {
	return []web.Route{
		get("/envois", "outbox", p.outbox),
		post("/envois/relancer", "outbox.retry_all", p.retryAll),
		post("/envois/{id}/relancer", "outbox.retry", p.retry),
		get("/envois/{id}/abandonner", "outbox.drop.form", p.dropForm),
		post("/envois/{id}/abandonner", "outbox.drop", p.drop),
	}
}

const (
	deadShown    = 100
	waitingShown = 20
)

// deadView is an event that was given up.
type deadView struct {
	Kind, When, Why, Raw string
	Retry                form
	Drop, DropTold       string
}

func (p *Pages) outbox(w http.ResponseWriter, r *http.Request) error {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	tally, err := p.Keeper.Tally(ctx)
	if err != nil {
		return err
	}
	v := &page{Title: l.T("admin.outbox.title"), Lead: l.T("admin.outbox.lead")}
	h, err := p.Server.Health(ctx)
	if err != nil {
		return err
	}
	if !h.Mail {
		v.Shows = append(v.Shows, web.Notice{Kind: web.Attention, Title: l.T("admin.attention.mail"), Text: l.T("admin.outbox.no_mail")})
	}
	v.Shows = append(v.Shows, web.Facts{Items: []web.Fact{
		{Term: l.T("admin.outbox.waiting"), Text: l.Number(tally[job.Waiting]), Note: l.T("admin.outbox.waiting_text")},
		{Term: l.T("admin.outbox.dead"), Text: l.Number(tally[job.Dead]), Note: l.T("admin.outbox.dead_text")},
		{Term: l.T("admin.outbox.done"), Text: l.Number(tally[job.Done]), Note: l.T("admin.outbox.done_text")},
	}})
	dead, err := p.Outbox.Events(ctx, job.Dead, deadShown)
	if err != nil {
		return err
	}
	if len(dead) > 0 {
		body, err := p.dead(l, dead)
		if err != nil {
			return err
		}
		s := part{ID: "abandonnes", Title: l.T("admin.outbox.dead"), Body: body}
		if tally[job.Dead] > len(dead) {
			s.Text = l.T("admin.outbox.first", len(dead), tally[job.Dead])
		}
		if len(dead) > 1 {
			s.Forms = []form{{Action: outboxPath + "/relancer", Button: l.T("admin.outbox.retry_all", tally[job.Dead])}}
		}
		v.Parts = append(v.Parts, s)
	}
	waiting, err := p.Outbox.Events(ctx, job.Waiting, waitingShown)
	if err != nil {
		return err
	}
	s := part{ID: "attente", Title: l.T("admin.outbox.waiting")}
	if len(waiting) == 0 {
		s.Text = l.T("admin.outbox.nothing")
	} else {
		t := web.Table{ID: "attente-t", Caption: l.T("admin.outbox.title"), Quiet: true, Columns: []web.Column{{Title: l.T("admin.outbox.what")}, {Title: l.T("admin.outbox.since")}, {Title: l.T("admin.outbox.next")}, {Title: l.T("admin.outbox.attempts"), Numeric: true}, {Title: l.T("admin.outbox.last")}}}
		for _, e := range waiting {
			why := "–"
			if e.Error != "" {
				why = l.T("admin.why." + because(e.Error))
			}
			t.Rows = append(t.Rows, []web.Cell{{Text: kind(l, e.Kind)}, {Text: l.Moment(e.CreatedAt)}, {Text: l.Moment(e.Due)}, {Text: l.Number(e.Attempts)}, {Text: why}})
		}
		s.Shows = []web.Component{t}
		if tally[job.Waiting] > len(waiting) {
			s.Text = l.T("admin.outbox.first", len(waiting), tally[job.Waiting])
		}
	}
	v.Parts = append(v.Parts, s)
	return p.draw(w, r, v, options{actions: []string{"outbox"}})
}

func (p *Pages) dead(l *i18n.Localizer, events []job.Status) (template.HTML, error) {
	out := make([]deadView, len(events))
	for i, e := range events {
		name := l.T("admin.outbox.one", kind(l, e.Kind), l.Moment(e.CreatedAt))
		out[i] = deadView{
			Kind: kind(l, e.Kind), When: l.T("admin.outbox.when", l.Moment(e.CreatedAt), e.Attempts), Why: l.T("admin.why." + because(e.Error)), Raw: e.Error,
			Retry: form{Compact: true, Quiet: true, Action: outboxPath + "/" + e.ID + "/relancer", Button: l.T("admin.outbox.retry"), Told: l.T("admin.outbox.told", l.T("admin.outbox.retry"), name)},
			Drop:  outboxPath + "/" + e.ID + "/abandonner", DropTold: l.T("admin.outbox.told", l.T("admin.outbox.drop"), name),
		}
	}
	return p.Kit.Fragment(l.Lang(), "admin/dead", out)
}

// kind is what an event is, in words.
func kind(l *i18n.Localizer, k string) string {
	if key := "admin.kind." + k; l.Has(key) {
		return l.T(key)
	}
	return k
}

// because sorts what the other side answered into what a person can do something
// about. See RFC 5321, section 4.2.3, and RFC 3463 for the codes of mail.
func because(answer string) string {
	has := func(any ...string) bool {
		for _, s := range any {
			if strings.Contains(strings.ToLower(answer), s) {
				return true
			}
		}
		return false
	}
	switch {
	case has("535", "534", "5.7.8", "authentication"):
		return "credentials"
	case has("no such host", "connection refused", "dial tcp", "timeout", "deadline", "unreachable", "eof"):
		return "away"
	case has("certificate", "tls", "x509"):
		return "certificate"
	case has("552", "5.2.2", "mailbox full", "quota"):
		return "full"
	case has("550", "551", "553", "5.1.", "no such user", "unknown user", "mailbox unavailable"):
		return "address"
	case has("554", "5.7.", "spam", "blocked", "policy"):
		return "refused"
	}
	return "other"
}

func (p *Pages) retryAll(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.Keeper.Retry(r.Context(), people.Of(r.Context()).By(), p.Now()); err != nil {
		return err
	}
	return p.to(w, r, outboxPath, "retried")
}

func (p *Pages) retry(w http.ResponseWriter, r *http.Request) error {
	if _, err := p.Keeper.Retry(r.Context(), people.Of(r.Context()).By(), p.Now(), r.PathValue("id")); err != nil {
		return err
	}
	return p.to(w, r, outboxPath, "retried")
}

func (p *Pages) dropForm(w http.ResponseWriter, r *http.Request) error {
	l := p.Kit.Locale(r.Context())
	v := &page{Title: l.T("admin.outbox.drop_title"), Lead: l.T("admin.outbox.drop_lead"), Parts: []part{{Forms: []form{{
		Action: outboxPath + "/" + r.PathValue("id") + "/abandonner", Button: l.T("admin.outbox.drop_button"), Cancel: &web.Anchor{Text: l.T("admin.cancel"), Href: outboxPath}}}}}}
	return p.draw(w, r, v, options{crumbs: []web.Crumb{{Text: l.T("admin.outbox.title"), Href: outboxPath}}, actions: []string{"outbox"}})
}

func (p *Pages) drop(w http.ResponseWriter, r *http.Request) error {
	if err := p.Keeper.Drop(r.Context(), people.Of(r.Context()).By(), r.PathValue("id")); err != nil {
		return err
	}
	return p.to(w, r, outboxPath, "dropped")
}
