package adminweb

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/snapshot"
	"bassin/internal/web"
)

func (p *Pages) mandateRoutes() []web.Route {
	return []web.Route{
		get("/mandats", "admin.mandates", p.mandates),
		get("/mandats/csv", "admin.mandates.csv", p.mandatesCSV),
		get("/mandats/{id}", "admin.mandates.one", p.mandate),
		get("/mandats/donner", "mandate.give.form", p.giveForm),
		post("/mandats/donner", "mandate.give", p.give),
		p.actRoute(),
		get("/mandats/{id}/terminer", "mandate.end.form", p.endForm),
		post("/mandats/{id}/terminer", "mandate.end", p.end),
		get("/mandats/{id}/transmettre", "mandate.handover.form", p.handForm),
		post("/mandats/{id}/transmettre", "mandate.handover", p.hand),
	}
}

const (
	mandatesPath  = "/administration/mandats"
	givePath      = mandatesPath + "/donner"
	mandatesLimit = 50
)

// chosen reads the filters of the list of mandates. None says that nothing can be in it.
func (p *Pages) chosen(r *http.Request) (q people.MandateQuery, none bool, wrong error, err error) {
	ctx := r.Context()
	q = people.MandateQuery{Role: people.Role(typed(r, "role", 20)), Held: typed(r, "quand", 10), On: p.People.Today(), Limit: mandatesLimit}
	if q.Role != "" && !q.Role.Known() {
		q.Role = ""
	}
	switch q.Held {
	case "":
		q.Held = "now"
	case "tous":
		q.Held = ""
	case "bientot":
		q.Held, q.EndsBy = "now", people.Date(p.Now().In(p.Zone).AddDate(0, 0, soon).Format(time.DateOnly))
	}
	if n, e := strconv.Atoi(r.FormValue("page")); e == nil && n > 1 && n < 100000 {
		q.Offset = (n - 1) * mandatesLimit
	}
	seen, err := p.People.Seen(ctx, people.Of(ctx), "admin.mandates")
	if err != nil {
		return q, false, nil, err
	}
	if !seen.All {
		q.Scopes = seen.Scopes
	}
	if where := typed(r, "ou", 200); where != "" {
		inside, e := p.inside(ctx, where, seen)
		if e != nil {
			return q, true, e, nil
		}
		q.Scopes = inside
		return q, len(inside) == 0, nil, nil
	}
	return q, !seen.All && len(q.Scopes) == 0, nil, nil
}

// inside are the scopes with mandates that are, or lie in, what was typed.
func (p *Pages) inside(ctx context.Context, typed string, seen people.Seen) ([]people.Scope, error) {
	outer, ok := scoped(typed)
	if !ok {
		var first string
		s := snapshot.FromContext(ctx)
		for _, m := range s.Names.Search(typed, searchOne) {
			if t, ok := s.France.Territory(m.ID); ok && len(t.Communes()) > 0 {
				first = t.ID.String()
				break
			}
		}
		if outer, ok = scoped(first); !ok {
			return nil, fault.New(fault.Invalid, "admin.pick.none", typed).In("ou")
		}
	}
	all, err := p.People.Store.Scopes(ctx)
	if err != nil {
		return nil, err
	}
	var out []people.Scope
	for _, s := range all {
		if !seen.In(s) {
			continue
		}
		in := s == outer
		if !in && outer != people.Everywhere && s != people.Everywhere {
			if in, err = p.Covers(ctx, outer, s); err != nil {
				return nil, err
			}
		}
		if in {
			out = append(out, s)
		}
	}
	return out, nil
}

func (p *Pages) mandates(w http.ResponseWriter, r *http.Request) error {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	q, none, wrong, err := p.chosen(r)
	if err != nil {
		return err
	}
	var found []people.Mandate
	total := 0
	if !none {
		if found, total, err = p.People.Store.Mandates(ctx, q); err != nil {
			return err
		}
	}
	when := r.FormValue("quand")
	filters := []string{"role", string(q.Role), "quand", when, "ou", typed(r, "ou", 200)}
	filter := form{Get: true, Row: true, Action: mandatesPath, Button: l.T("admin.filter"), Quiet: true, Fields: []web.Field{
		{Name: "ou", Label: l.T("admin.mandates.where"), Type: "search", Required: true, Value: typed(r, "ou", 200)},
		{Name: "role", Label: l.T("admin.people.role"), Type: "select", Required: true, Options: optioned(l, "people.role.", "admin.any_role", people.Roles, string(q.Role))},
		{Name: "quand", Label: l.T("admin.mandates.when"), Type: "select", Required: true, Options: optioned(l, "admin.mandates.", "", []string{"now", "bientot", "future", "past", "tous"}, cmp.Or(when, "now"))},
	}}
	v := &page{Title: l.T("admin.mandates.title"), Lead: l.T("admin.mandates.lead")}
	if wrong != nil {
		if err := filter.wrong(l, wrong); err != nil {
			return err
		}
	}
	main := part{Forms: []form{filter}}
	if len(found) == 0 {
		main.After = []web.Component{web.State{Kind: "empty", Title: l.T("admin.mandates.none"), Text: l.T("admin.mandates.none_text")}}
	} else {
		t, err := p.table(ctx, l, "mandats", l.T("admin.mandates.title"), found, true)
		if err != nil {
			return err
		}
		main.After = append(main.After, t)
		if total > mandatesLimit {
			at := q.Offset/mandatesLimit + 1
			pages := web.Pagination{Label: l.T("admin.mandates.title"), Text: l.T("admin.range", q.Offset+1, q.Offset+len(found), total)}
			if at > 1 {
				pages.Previous = address(mandatesPath, append(filters, "page", strconv.Itoa(at-1))...)
			}
			if q.Offset+len(found) < total {
				pages.Next = address(mandatesPath, append(filters, "page", strconv.Itoa(at+1))...)
			}
			main.After = append(main.After, pages)
		}
	}
	links := web.Links{Label: l.T("admin.actions")}
	if may(r, "mandate.give") {
		links.Items = append(links.Items, web.Anchor{Text: l.T("admin.mandates.give"), Href: givePath, Icon: "person"})
	}
	links.Items = append(links.Items, web.Anchor{Text: l.T("admin.csv"), Href: address(mandatesPath+"/csv", filters...), Icon: "down", Rel: "nofollow"})
	main.After = append(main.After, links)
	v.Parts = []part{main}
	return p.draw(w, r, v, options{actions: []string{"admin.mandates", "mandate.give", "mandate.end", "mandate.handover"}})
}

// table shows mandates, with who holds them or without.
func (p *Pages) table(ctx context.Context, l *i18n.Localizer, id, caption string, list []people.Mandate, who bool) (web.Table, error) {
	t := web.Table{ID: id, Caption: caption, Quiet: true, Columns: []web.Column{
		{Title: l.T("admin.mandate.role")}, {Title: l.T("admin.mandate.where")}, {Title: l.T("admin.mandate.from")}, {Title: l.T("admin.mandate.to")}, {Title: l.T("admin.mandate.act")}}}
	names, err := p.holders(ctx, list)
	if err != nil {
		return t, err
	}
	if who {
		t.Columns = append([]web.Column{{Title: l.T("admin.mandate.holder")}}, t.Columns...)
	}
	for _, m := range list {
		where := p.at(ctx, l, m.Scope)
		role := web.Cell{Text: i18n.Upper(l.T("people.role." + string(m.Role)))}
		if !who { // in the list, all are the reader's to open, by the name
			opens, err := people.Of(ctx).May(ctx, "admin.mandates", m.Scope)
			if err != nil {
				return t, err
			}
			if opens.May {
				role.Href = mandatesPath + "/" + m.ID
			}
		}
		row := []web.Cell{role, {Text: i18n.Upper(where.Text), Href: where.Href}, {Text: l.Day(string(m.From)), Sort: string(m.From)}, {Text: p.until(l, m), Sort: string(m.To)}, {Text: cmp.Or(m.Act, "–")}}
		if strings.HasPrefix(m.ActHref, "http") || strings.HasPrefix(m.ActHref, "/") {
			row[4] = web.Cell{Text: cmp.Or(m.Act, l.T("admin.mandate.read")), Href: m.ActHref}
		}
		if who {
			row = append([]web.Cell{{Text: cmp.Or(names[m.Person], l.T("admin.person.erased")), Href: mandatesPath + "/" + m.ID}}, row...)
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

// until is the end of a mandate in words.
func (p *Pages) until(l *i18n.Localizer, m people.Mandate) string {
	switch {
	case m.To == "":
		return l.T("admin.mandate.no_term")
	case m.NeverBegan():
		return l.T("admin.mandate.never_began")
	}
	return l.Day(string(m.To))
}

// holders names those who hold, gave or ended mandates.
func (p *Pages) holders(ctx context.Context, list []people.Mandate) (map[string]string, error) {
	var ids []string
	for _, m := range list {
		for _, id := range []string{m.Person, m.GivenBy, m.EndedBy} {
			if id != "" {
				ids = append(ids, id)
			}
		}
	}
	return p.People.Store.Names(ctx, ids)
}

func (p *Pages) mandatesCSV(w http.ResponseWriter, r *http.Request) error {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	q, none, wrong, err := p.chosen(r)
	if err != nil || wrong != nil {
		return cmp.Or(err, wrong)
	}
	q.Limit, q.Offset = 1000, 0
	var rows [][]string
	for !none {
		found, total, err := p.People.Store.Mandates(ctx, q)
		if err != nil {
			return err
		}
		names, err := p.holders(ctx, found)
		if err != nil {
			return err
		}
		for _, m := range found {
			rows = append(rows, []string{m.ID, names[m.Person], l.T("people.role." + string(m.Role)), p.at(ctx, l, m.Scope).Text, m.Scope.String(), string(m.From), string(m.To), m.Act, m.ActHref, names[m.GivenBy], names[m.EndedBy], m.EndReason})
		}
		q.Offset += len(found)
		none = len(found) == 0 || q.Offset >= total
	}
	return writeCSV(w, l, l.T("admin.mandates.file"), []string{
		l.T("admin.csv.id"), l.T("admin.mandate.holder"), l.T("admin.mandate.role"), l.T("admin.mandate.where"), l.T("admin.csv.scope"), l.T("admin.mandate.from"), l.T("admin.mandate.to"),
		l.T("admin.mandate.act"), l.T("admin.mandate.act_href"), l.T("admin.mandate.given_by"), l.T("admin.mandate.ended_by"), l.T("admin.mandate.reason"),
	}, rows)
}
