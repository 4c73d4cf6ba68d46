package adminweb

import (
	"context"
	"net/http"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
)

func (p *Pages) mandateRoutes() []web.Route {
	return []web.Route{
		get("/mandats", "admin.mandates", p.mandates),
		get("/mandats/csv", "admin.mandates.csv", p.mandatesCSV),
		get("/mandats/{id}", "admin.mandates.one", p.mandate),
		get("/mandats/donner", "mandate.give.form", p.giveForm),
		post("/mandats/donner", "mandate.give", p.give),
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
		{Name: "quand", Label: l.T("admin.mandates.when"), Type: "select", Required: true, Options: optioned(l, "admin.mandates.", "", []string{"now", "bientot", "future", "past", "tous"}, cmpOr(when, "now"))},
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
		role := web.Cell{Text: i18n.Upper(l.T("people.role." + string(m.Role))), Href: mandatesPath + "/" + m.ID}
		row := []web.Cell{role, {Text: i18n.Upper(where.Text), Href: where.Href}, {Text: l.Day(string(m.From)), Sort: string(m.From)}, {Text: p.until(l, m), Sort: string(m.To)}, {Text: cmpOr(m.Act, "–")}}
		if strings.HasPrefix(m.ActHref, "http") || strings.HasPrefix(m.ActHref, "/") {
			row[4] = web.Cell{Text: cmpOr(m.Act, l.T("admin.mandate.read")), Href: m.ActHref}
		}
		if who {
			row[0].Href = ""
			row = append([]web.Cell{{Text: cmpOr(names[m.Person], l.T("admin.person.erased")), Href: mandatesPath + "/" + m.ID}}, row...)
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// until is the end of a mandate in words.
func (p *Pages) until(l *i18n.Localizer, m people.Mandate) string {
	switch {
	case m.To == "":
		return l.T("admin.mandate.no_term")
	case m.To < m.From:
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
		return cmpErr(err, wrong)
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

func cmpErr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

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
	return p.draw(w, r, v, o)
}

// mandatePage says all there is to know of a mandate.
func (p *Pages) mandatePage(r *http.Request, m people.Mandate, title string) (*page, options, error) {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	names, err := p.holders(ctx, []people.Mandate{m})
	if err != nil {
		return nil, options{}, err
	}
	where := p.at(ctx, l, m.Scope)
	holder := web.Fact{Term: l.T("admin.mandate.holder"), Text: cmpOr(names[m.Person], l.T("admin.person.erased"))}
	if may(r, "admin.people") {
		holder.Href = peoplePath + "/" + m.Person
	}
	facts := web.Facts{Items: []web.Fact{
		holder,
		{Term: l.T("admin.mandate.role"), Text: i18n.Upper(l.T("people.role." + string(m.Role)))},
		{Term: l.T("admin.mandate.where"), Text: i18n.Upper(where.Text), Href: where.Href},
		{Term: l.T("admin.mandate.from"), Text: l.Day(string(m.From))},
		{Term: l.T("admin.mandate.to"), Text: p.until(l, m)},
		{Term: l.T("admin.mandate.act"), Text: cmpOr(m.Act, l.T("admin.mandate.no_act")), Href: m.ActHref},
		{Term: l.T("admin.mandate.given_by"), Text: cmpOr(names[m.GivenBy], l.T("admin.mandate.console")), Note: l.Moment(m.CreatedAt)},
	}}
	if m.EndedBy != "" {
		facts.Items = append(facts.Items, web.Fact{Term: l.T("admin.mandate.ended_by"), Text: cmpOr(names[m.EndedBy], l.T("admin.person.erased")), Note: m.EndReason})
	}
	if m.Follows != "" {
		facts.Items = append(facts.Items, web.Fact{Term: l.T("admin.mandate.follows"), Text: l.T("admin.mandate.before"), Href: mandatesPath + "/" + m.Follows})
	}
	return &page{Title: title, Shows: []web.Component{facts}}, options{crumbs: []web.Crumb{{Text: l.T("admin.mandates.title"), Href: mandatesPath}}, in: &m.Scope, actions: []string{"admin.mandates", "mandate.end", "mandate.handover"}}, nil
}

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
			{Name: "to", Label: l.T("admin.mandate.last"), Help: l.T("admin.mandate.last_help"), Type: "date", Required: true, Value: cmpOr(typed(r, "to", 10), string(p.People.Today()))},
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
	_, err := p.Mandates.End(r.Context(), people.Of(r.Context()), id, numbered(r, "version"), people.Date(typed(r, "to", 10)), typed(r, "reason", 600))
	if err == nil {
		return p.to(w, r, mandatesPath+"/"+id, "ended")
	}
	v, o, gone := p.ending(r)
	if gone != nil {
		return gone
	}
	return p.again(w, r, v, o, err)
}

// grant is a mandate as it is being chosen, step by step, in an address.
type grant struct {
	person, role, where string
	from, to, act, href string
	checked             bool // all was said: show it before it is done
}

func granting(r *http.Request) grant {
	return grant{typed(r, "personne", 40), typed(r, "role", 20), typed(r, "ou", 200), typed(r, "from", 10), typed(r, "to", 10), typed(r, "act", 400), typed(r, "act_href", 500), r.FormValue("voir") == "1"}
}

func (g grant) pairs() []string {
	return []string{"personne", g.person, "role", g.role, "ou", g.where, "from", g.from, "to", g.to, "act", g.act, "act_href", g.href}
}

// hidden carries what was chosen, but for some.
func (g grant) hidden(but ...string) []web.Hidden {
	var out []web.Hidden
	pairs := g.pairs()
next:
	for i := 0; i < len(pairs); i += 2 {
		for _, b := range but {
			if pairs[i] == b {
				continue next
			}
		}
		if pairs[i+1] != "" {
			out = append(out, web.Hidden{Name: pairs[i], Value: pairs[i+1]})
		}
	}
	return out
}

// whom asks for a person: one whom the reader sees, by a part of their name, or anybody
// by their whole address. It returns where to go if only one is meant.
func (p *Pages) whom(r *http.Request, box *pick, to func(id string) string) (string, error) {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	box.ID, box.Name, box.Label, box.Help, box.Button = "qui", "qui", l.T("admin.pick.person"), l.T("admin.pick.person_help"), l.T("admin.pick.person_button")
	box.Typed = typed(r, "qui", 200)
	if _, asked := r.Form["qui"]; !asked {
		return "", nil
	}
	if box.Typed == "" {
		box.Error = l.T("admin.pick.person_empty")
		return "", nil
	}
	if a, err := mail.ParseAddress(box.Typed); err == nil {
		x, err := p.People.Store.PersonByEmail(ctx, people.EmailKey(a.Address))
		if err == nil && x.State != people.Erased {
			return to(x.ID), nil
		}
		if err != nil && fault.CodeOf(err) != fault.NotFound {
			return "", err
		}
		box.Error = l.T("admin.pick.person_unknown", a.Address)
		return "", nil
	}
	seen, err := p.People.Seen(ctx, people.Of(ctx), "admin.people")
	if err != nil {
		return "", err
	}
	found, err := p.People.Store.People(ctx, people.PeopleQuery{Text: box.Typed, Seen: &seen, On: p.People.Today(), Limit: 21})
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		box.Error = l.T("admin.pick.person_none", box.Typed)
	case len(found) == 1:
		return to(found[0].ID), nil
	default:
		box.Lead = l.T("admin.pick.several", box.Typed)
		if len(found) > 20 {
			box.Lead, found = l.T("admin.pick.many", box.Typed), found[:20]
		}
		for _, x := range found {
			box.Choices = append(box.Choices, web.Anchor{Text: l.T("admin.pick.told", p.name(l, x), x.Email), Href: to(x.ID), Rel: "nofollow"})
		}
	}
	return "", nil
}

// mayGive are the roles that the reader may give somewhere.
func mayGive(r *http.Request) []people.Role {
	var out []people.Role
	a := people.Of(r.Context())
	for _, role := range people.Roles {
		for _, m := range a.Mandates {
			d, err := a.MayGive(r.Context(), "mandate.give", role, m.Scope)
			if err == nil && d.May {
				out = append(out, role)
				break
			}
		}
	}
	return out
}

// giveForm asks for a mandate, one thing after the other: who, what, where, from when
// on; then shows in words what would be done. All that was said is in the address.
func (p *Pages) giveForm(w http.ResponseWriter, r *http.Request) error {
	v, o, href, err := p.giving(r, granting(r))
	if err != nil {
		return err
	}
	if href != "" {
		return p.Kit.Redirect(w, r, href, http.StatusSeeOther)
	}
	return p.draw(w, r, v, o)
}

func (p *Pages) giving(r *http.Request, g grant) (*page, options, string, error) {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	if err := parsed(r); err != nil {
		return nil, options{}, "", err
	}
	v := &page{Title: l.T("admin.give.title"), Lead: l.T("admin.give.lead")}
	o := options{crumbs: []web.Crumb{{Text: l.T("admin.mandates.title"), Href: mandatesPath}}, actions: []string{"mandate.give"}}
	facts := web.Facts{}
	with := func(change func(*grant)) string {
		next := g
		change(&next)
		return address(givePath, next.pairs()...)
	}
	said := func(term, text string, without func(*grant)) {
		facts.Items = append(facts.Items, web.Fact{Term: term, Body: web.Say(l, "admin.give.said", text, web.Linked(p.Kit.Href(l.Lang(), with(without)), l.T("admin.give.change")))})
	}
	// Who.
	x, err := p.People.Store.Person(ctx, g.person)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return nil, o, "", err
	}
	if err != nil || x.State == people.Erased {
		box := &pick{Action: givePath, Hidden: g.hidden("personne")}
		href, err := p.whom(r, box, func(id string) string { return with(func(g *grant) { g.person = id }) })
		if err != nil || href != "" {
			return nil, o, href, err
		}
		v.Parts = []part{{ID: "etape", Title: l.T("admin.give.who"), Pick: box}}
		return v, o, "", nil
	}
	said(l.T("admin.mandate.holder"), p.name(l, x), func(g *grant) { g.person = "" })
	// What.
	role := people.Role(g.role)
	if !role.Known() {
		f := form{ID: "etape-role", Get: true, Action: givePath, Button: l.T("admin.give.next"), Hidden: g.hidden("role"), Fields: []web.Field{{Name: "role", Label: l.T("admin.mandate.role"), Help: l.T("admin.give.role_help"), Type: "radio", Required: true}}}
		for _, role := range mayGive(r) {
			f.Fields[0].Options = append(f.Fields[0].Options, web.Option{Value: string(role), Label: l.T("admin.give.role", i18n.Upper(l.T("people.role."+string(role))), l.T("admin.role."+string(role)))})
		}
		if r.Form.Has("role") && g.role == "" {
			f.Fields[0].Error = l.T("people.mandate.role")
		}
		v.Shows, v.Parts = []web.Component{facts}, []part{{ID: "etape", Title: l.T("admin.give.what"), Forms: []form{f}}}
		return v, o, "", nil
	}
	said(l.T("admin.mandate.role"), i18n.Upper(l.T("people.role."+string(role))), func(g *grant) { g.role = "" })
	// Where.
	scope, ok := scoped(g.where)
	var refused *web.Notice
	if ok {
		if err := p.Exists(ctx, scope); err != nil {
			ok = false
		} else if d, err := people.Of(ctx).MayGive(ctx, "mandate.give", role, scope); err != nil {
			return nil, o, "", err
		} else if !d.May {
			ok, refused = false, &web.Notice{Kind: web.Attention, Text: l.T("admin.give.not_there", l.T("people.role."+string(role)), p.at(ctx, l, scope).Text, d.In(l)), Role: "alert"}
		}
	}
	if !ok {
		s, href, err := p.askWhere(r, g, role, with)
		if err != nil || href != "" {
			return nil, o, href, err
		}
		if refused != nil {
			s.Shows = append(s.Shows, *refused)
		}
		v.Shows, v.Parts = []web.Component{facts}, []part{s}
		return v, o, "", nil
	}
	o.in = &scope
	where := p.at(ctx, l, scope)
	said(l.T("admin.mandate.where"), i18n.Upper(where.Text), func(g *grant) { g.where = "" })
	// When, and on what act.
	v.Shows = []web.Component{facts}
	full := people.Grant{Person: x.ID, Role: role, Scope: scope, From: people.Date(g.from), To: people.Date(g.to), Act: g.act, ActHref: g.href}
	details := form{ID: "etape-details", Get: true, Action: givePath, Button: l.T("admin.give.preview"), Hidden: append(g.hidden("from", "to", "act", "act_href"), web.Hidden{Name: "voir", Value: "1"}), Fields: p.terms(l, g, cmpOr(g.from, string(p.People.Today())))}
	if !g.checked {
		v.Parts = []part{{ID: "etape", Title: l.T("admin.give.when"), Forms: []form{details}}}
		return v, o, "", nil
	}
	if err := full.Check(); err != nil {
		if err := details.wrong(l, err); err != nil {
			return nil, o, "", err
		}
		v.Parts = []part{{ID: "etape", Title: l.T("admin.give.when"), Forms: []form{details}}}
		return v, o, "", nil
	}
	v.Parts = []part{{ID: "etape", Title: l.T("admin.give.check"), Shows: []web.Component{web.Notice{Kind: web.Info, Title: p.told(l, x, role, where, full.From, full.To), Text: p.rested(l, full.Act)}},
		Forms: []form{{ID: "donner", Action: givePath, Button: l.T("admin.give.button"), Hidden: g.hidden(), Cancel: &web.Anchor{Text: l.T("admin.give.back"), Href: address(givePath, g.pairs()...)}}}}}
	return v, o, "", nil
}

// told says in words what a mandate makes of a person.
func (p *Pages) told(l *i18n.Localizer, x people.Person, role people.Role, where place, from, to people.Date) string {
	if from == "" {
		from = p.People.Today()
	}
	if to == "" {
		return l.T("admin.give.told", p.name(l, x), l.T("people.role."+string(role)), where.Text, l.Day(string(from)))
	}
	return l.T("admin.give.told_until", p.name(l, x), l.T("people.role."+string(role)), where.Text, l.Day(string(from)), l.Day(string(to)))
}

func (p *Pages) rested(l *i18n.Localizer, act string) string {
	if act == "" {
		return l.T("admin.give.no_act")
	}
	return l.T("admin.give.act", act)
}

// terms are the fields of days and act.
func (p *Pages) terms(l *i18n.Localizer, g grant, from string) []web.Field {
	return []web.Field{
		{Name: "from", Label: l.T("admin.give.from"), Type: "date", Required: true, Value: from},
		{Name: "to", Label: l.T("admin.give.to"), Help: l.T("admin.give.to_help"), Type: "date", Value: g.to},
		{Name: "act", Label: l.T("admin.mandate.act"), Help: l.T("admin.give.act_help"), Example: l.T("admin.give.act_example"), Value: g.act},
		{Name: "act_href", Label: l.T("admin.mandate.act_href"), Help: l.T("admin.give.act_href_help"), Type: "url", Value: g.href},
	}
}

// askWhere asks for a territory, an organisation, or the whole installation.
func (p *Pages) askWhere(r *http.Request, g grant, role people.Role, with func(func(*grant)) string) (part, string, error) {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	box := &pick{ID: "lieu", Action: givePath, Name: "lieu", Value: "ou", Label: l.T("admin.pick.territory"), Help: l.T("admin.pick.territory_help"), Button: l.T("admin.pick.button"), Hidden: g.hidden("ou")}
	s := part{ID: "etape", Title: l.T("admin.give.where"), Text: l.T("admin.give.where_text"), Pick: box}
	if r.Form.Has("lieu") && r.FormValue("organisme") == "" {
		href, err := p.found(ctx, l, box, typed(r, "lieu", 200), func(id territory.ID) string { return with(func(g *grant) { g.where = id.String() }) })
		if err != nil || href != "" {
			return s, href, err
		}
	}
	links := web.Links{Label: l.T("admin.give.else")}
	d, err := people.Of(ctx).MayGive(ctx, "mandate.give", role, people.Everywhere)
	if err != nil {
		return s, "", err
	}
	if d.May {
		links.Items = append(links.Items, web.Anchor{Text: l.T("admin.give.everywhere"), Href: with(func(g *grant) { g.where = everywhere })})
	}
	if p.Places.Organisations != nil {
		f := form{ID: "dans", Get: true, Action: givePath, Button: l.T("admin.pick.organisation_button"), Quiet: true, Hidden: g.hidden("ou"),
			Fields: []web.Field{{Name: "organisme", Label: l.T("admin.pick.organisation"), Help: l.T("admin.pick.organisation_help"), Type: "search", Required: true, Value: typed(r, "organisme", 200)}}}
		if name := typed(r, "organisme", 200); name != "" {
			found, err := p.Places.Organisations(ctx, name)
			if err != nil {
				return s, "", err
			}
			if len(found) == 0 {
				f.Fields[0].Error = l.T("admin.pick.none", name)
			}
			choices := web.Links{Label: l.T("admin.pick.several", name)}
			for _, o := range found {
				choices.Items = append(choices.Items, web.Anchor{Text: o.Name, Href: with(func(g *grant) { g.where = people.In(o.ID).String() })})
			}
			if len(found) > 0 {
				s.After = append(s.After, choices)
			}
		}
		s.Forms = []form{f}
	}
	if len(links.Items) > 0 {
		s.After = append(s.After, links)
	}
	return s, "", nil
}

func (p *Pages) give(w http.ResponseWriter, r *http.Request) error {
	if err := parsed(r); err != nil {
		return err
	}
	g := granting(r)
	scope, ok := scoped(g.where)
	if !ok {
		return fault.New(fault.Invalid, "people.scope", g.where)
	}
	m, err := p.Mandates.Give(r.Context(), people.Of(r.Context()), people.Grant{
		Person: g.person, Role: people.Role(g.role), Scope: scope, From: people.Date(g.from), To: people.Date(g.to), Act: g.act, ActHref: g.href,
	})
	if err == nil {
		return p.to(w, r, mandatesPath+"/"+m.ID, "given")
	}
	g.checked = false
	v, o, href, e := p.giving(r, g)
	if e != nil || href != "" {
		return cmpErr(e, err)
	}
	l := p.Kit.Locale(r.Context())
	if len(v.Parts) == 0 || len(v.Parts[0].Forms) == 0 {
		return err
	}
	if e := v.Parts[0].Forms[0].wrong(l, err); e != nil {
		return e
	}
	o.status = web.Status(err)
	return p.draw(w, r, v, o)
}

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
	x, err := p.People.Store.Person(ctx, g.person)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
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
	details := form{ID: "etape-details", Get: true, Action: path, Button: l.T("admin.give.preview"), Hidden: []web.Hidden{{Name: "personne", Value: x.ID}, {Name: "voir", Value: "1"}},
		Fields: p.terms(l, g, cmpOr(g.from, string(tomorrow(p.People.Today()))))}
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
		web.Notice{Kind: web.Info, Title: p.told(l, x, m.Role, where, from, term), Text: l.T("admin.hand.ends", cmpOr(old[m.Person], l.T("admin.person.erased")), l.Day(string(from.Before())))}},
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
	m, err := p.Mandates.HandOver(r.Context(), people.Of(r.Context()), r.PathValue("id"), numbered(r, "version"), g.person, people.Date(g.from), g.act, g.href)
	if err == nil {
		return p.to(w, r, mandatesPath+"/"+m.ID, "handed")
	}
	g.checked = false
	v, o, href, e := p.handing(r, g)
	if e != nil || href != "" || len(v.Parts) == 0 || len(v.Parts[0].Forms) == 0 {
		return cmpErr(e, err)
	}
	if e := v.Parts[0].Forms[0].wrong(p.Kit.Locale(r.Context()), err); e != nil {
		return e
	}
	o.status = web.Status(err)
	return p.draw(w, r, v, o)
}
