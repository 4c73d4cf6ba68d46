package adminweb

import (
	"context"
	"net/http"
	"time"

	"bassin/internal/audit"
	"bassin/internal/i18n"
	"bassin/internal/job"
	"bassin/internal/people"
	"bassin/internal/web"
)

func (p *Pages) homeRoutes() []web.Route {
	return []web.Route{get("", "admin.home", p.home)}
}

// ways are the rooms of the administration, by the right that opens each.
var ways = []struct{ action, key, href, icon string }{
	{"admin.people", "people", peoplePath, "people"},
	{"admin.mandates", "mandates", mandatesPath, "person"},
	{"organisation.update", "organisations", "/organisations", "building"},
	{"setting", "settings", settingsPath, "edit"},
	{"harvest", "harvest", "/administration/moissonnage", "down"},
	{"audit", "audit", auditPath, "table"},
	{"outbox", "outbox", outboxPath, "arrow"},
	{"task", "tasks", tasksPath, "done"},
	{"data.manage", "data", dataPath, "chart"},
	{"health", "health", healthPath, "server"},
}

// backupAge is after how long without a backup one is asked for.
const backupAge = 8 * 24 * time.Hour

// soon is how long before its end a mandate asks for attention, in days.
const soon = 30

func (p *Pages) home(w http.ResponseWriter, r *http.Request) error {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	v := &page{Title: l.T("admin.title"), Lead: l.T("admin.lead")}
	attention := part{ID: "attention", Title: l.T("admin.attention")}
	for _, n := range p.attention(ctx, r, l) {
		attention.Shows = append(attention.Shows, n)
	}
	if len(attention.Shows) == 0 {
		attention.Shows = []web.Component{web.Notice{Kind: web.Done, Text: l.T("admin.attention.none")}}
	}
	rooms := part{ID: "pieces", Title: l.T("admin.rooms")}
	var cards []web.Card
	for _, x := range ways {
		if may(r, x.action) {
			cards = append(cards, web.Card{Title: l.T("admin.way." + x.key), Text: l.T("admin.way." + x.key + ".text"), Href: x.href, Icon: x.icon})
		}
	}
	body, err := p.Kit.Fragment(l.Lang(), "admin/cards", cards)
	if err != nil {
		return err
	}
	rooms.Body = body
	v.Parts = []part{attention, rooms}
	return p.draw(w, r, v, options{home: true, actions: []string{"admin.home", "admin.people", "admin.mandates", "setting", "outbox", "task", "audit", "health", "data.manage"}})
}

// attention is what calls for somebody, the most pressing first, as far as the reader
// may do something about it. A part that does not answer says so and hides no other.
func (p *Pages) attention(ctx context.Context, r *http.Request, l *i18n.Localizer) []web.Notice {
	var out []web.Notice
	ask := func(action string, look func() ([]web.Notice, error)) {
		if !may(r, action) {
			return
		}
		found, err := look()
		if err != nil {
			found = []web.Notice{{Kind: web.Attention, Text: l.T("admin.attention.unknown", l.T("people.right."+action))}}
		}
		out = append(out, found...)
	}
	warn := func(key, href string, args ...any) web.Notice {
		return web.Notice{Kind: web.Attention, Title: l.T("admin.attention."+key, args...), Body: web.Say(l, "admin.attention."+key+".text", web.Linked(p.Kit.Href(l.Lang(), href), l.T("admin.attention."+key+".link")))}
	}
	ask("outbox", func() (out []web.Notice, err error) {
		tally, err := p.Keeper.Tally(ctx)
		if n := tally[job.Dead]; n > 0 {
			out = append(out, warn("dead", outboxPath, n))
		}
		return out, err
	})
	ask("task", func() (out []web.Notice, err error) {
		list, err := p.Schedules.Schedules(ctx, p.Now())
		for _, s := range list {
			if s.Failures > 0 {
				out = append(out, warn("task", tasksPath+"#tache-"+s.Name, taskName(l, s.Name)))
			}
		}
		return out, err
	})
	ask("health", func() (out []web.Notice, err error) {
		h, err := p.Server.Health(ctx)
		if err != nil {
			return nil, err
		}
		if h.Tight() {
			out = append(out, warn("disk", healthPath, l.Bytes(h.DiskFree)))
		}
		if !h.Mail {
			out = append(out, warn("mail", outboxPath))
		}
		rows, err := p.Record.Find(ctx, audit.Filter{Action: "store.backup", Limit: 1})
		switch {
		case err != nil:
		case len(rows) == 0:
			out = append(out, warn("no_backup", healthPath))
		case p.Now().Sub(rows[0].At) > backupAge:
			out = append(out, warn("backup", healthPath, l.Date(rows[0].At.In(p.Zone))))
		}
		return out, err
	})
	ask("data.manage", func() (out []web.Notice, err error) {
		d, err := p.Server.Data(ctx)
		if err == nil && d.Stale {
			out = append(out, warn("data", dataPath))
		}
		return out, err
	})
	ask("person.suspend", func() (out []web.Notice, err error) {
		alone, err := p.People.Store.Administrators(ctx, p.People.Today())
		who := map[string]bool{}
		for _, m := range alone {
			who[m.Person] = true
		}
		if err == nil && len(who) == 1 {
			out = append(out, warn("alone", address(givePath, "role", string(people.Administrator), "ou", everywhere)))
		}
		return out, err
	})
	ask("admin.mandates", func() (out []web.Notice, err error) {
		seen, err := p.People.Seen(ctx, people.Of(ctx), "admin.mandates")
		if err != nil || !seen.All && len(seen.Scopes) == 0 {
			return nil, err
		}
		today := p.Now().In(p.Zone)
		_, n, err := p.People.Store.Mandates(ctx, people.MandateQuery{Scopes: seen.Scopes, Held: "now", On: p.People.Today(), EndsBy: people.Date(today.AddDate(0, 0, soon).Format(time.DateOnly)), Limit: 1})
		if err == nil && n > 0 {
			out = append(out, warn("ending", address(mandatesPath, "quand", "bientot"), n))
		}
		return out, err
	})
	return out
}
