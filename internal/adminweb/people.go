package adminweb

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"bassin/internal/audit"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/web"
)

func (p *Pages) peopleRoutes() []web.Route {
	return []web.Route{
		get("/personnes", "admin.people", p.list),
		get("/personnes/csv", "admin.people.csv", p.listCSV),
		get("/personnes/{id}", "admin.people.one", p.person),
		get("/personnes/{id}/suspendre", "person.suspend.form", p.turnForm("suspend")),
		post("/personnes/{id}/suspendre", "person.suspend", p.suspend),
		get("/personnes/{id}/rouvrir", "person.suspend.undo_form", p.turnForm("reopen")),
		post("/personnes/{id}/rouvrir", "person.suspend.undo", p.reopen),
		get("/personnes/{id}/effacer", "person.erase.form", p.eraseForm),
		post("/personnes/{id}/effacer", "person.erase", p.erase),
	}
}

const (
	peoplePath  = "/administration/personnes"
	peopleLimit = 50
)

// states are those that a list can be filtered by.
var states = []people.PersonState{people.Active, people.Unverified, people.Suspended, people.Erased}

// asked reads the filters of the list.
func (p *Pages) asked(r *http.Request, seen people.Seen) people.PeopleQuery {
	q := people.PeopleQuery{
		Text: typed(r, "q", 200), State: people.PersonState(typed(r, "etat", 20)), Role: people.Role(typed(r, "role", 20)),
		Unruled: typed(r, "mandat", 10) == "sans", On: p.People.Today(), After: typed(r, "apres", 40), Limit: peopleLimit + 1, Seen: &seen,
	}
	if q.Role != "" && !q.Role.Known() {
		q.Role = ""
	}
	return q
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	seen, err := p.People.Seen(ctx, people.Of(ctx), "admin.people")
	if err != nil {
		return err
	}
	q := p.asked(r, seen)
	found, err := p.People.Store.People(ctx, q)
	if err != nil {
		return err
	}
	filters := []string{"q", q.Text, "etat", string(q.State), "role", string(q.Role), "mandat", map[bool]string{true: "sans"}[q.Unruled]}
	v := &page{Title: l.T("admin.people.title"), Lead: l.T("admin.people.lead")}
	if !seen.All {
		v.Shows = append(v.Shows, web.Notice{Kind: web.Info, Text: l.T("admin.people.rule")})
	}
	filter := form{Get: true, Row: true, Action: peoplePath, Button: l.T("admin.filter"), Quiet: true, Fields: []web.Field{
		{Name: "q", Label: l.T("admin.people.search"), Type: "search", Value: q.Text},
		{Name: "etat", Label: l.T("admin.people.state"), Type: "select", Required: true, Options: optioned(l, "admin.state.", "admin.any", states, string(q.State))},
		{Name: "role", Label: l.T("admin.people.role"), Type: "select", Required: true, Options: optioned(l, "people.role.", "admin.any_role", people.Roles, string(q.Role))},
		{Name: "mandat", Label: l.T("admin.people.mandates"), Type: "select", Required: true, Options: []web.Option{
			{Value: "", Label: l.T("admin.people.any_mandate")}, {Value: "sans", Label: l.T("admin.people.unruled"), Chosen: q.Unruled}}},
	}}
	filter.Fields[0].Required = true
	main := part{Forms: []form{filter}}
	more := len(found) > peopleLimit
	found = found[:min(len(found), peopleLimit)]
	if len(found) == 0 {
		state := web.State{Kind: "empty", Title: l.T("admin.people.none"), Text: l.T("admin.people.none_text")}
		if may(r, "person.invite") {
			state.Action = &web.Anchor{Text: l.T("admin.people.invite"), Href: peoplePath + "/inviter", Strong: true}
		}
		main.After = []web.Component{state}
	} else {
		t := web.Table{ID: "personnes", Caption: l.T("admin.people.title"), Quiet: true, Columns: []web.Column{
			{Title: l.T("admin.people.name")}, {Title: l.T("admin.people.roles")}, {Title: l.T("admin.people.state")}, {Title: l.T("admin.people.seen")}}}
		for _, x := range found {
			roles, err := p.rolesOf(ctx, l, seen, x.ID)
			if err != nil {
				return err
			}
			t.Rows = append(t.Rows, []web.Cell{
				{Text: p.name(l, x), Href: peoplePath + "/" + x.ID, Note: x.Email}, {Text: cmp.Or(strings.Join(roles, " · "), "–")},
				{Text: i18n.Upper(l.T("admin.state." + string(x.State)))}, {Text: p.lastSeen(l, x)}})
		}
		main.After = []web.Component{t}
		if more || q.After != "" {
			pages := web.Pagination{Label: l.T("admin.people.title"), Text: l.T("admin.people.count", len(found))}
			if more {
				pages.Next = address(peoplePath, append(filters, "apres", found[len(found)-1].ID)...)
			}
			main.After = append(main.After, pages)
		}
	}
	links := web.Links{Label: l.T("admin.actions")}
	if q.After != "" {
		links.Items = append(links.Items, web.Anchor{Text: l.T("admin.people.first"), Href: address(peoplePath, filters...), Icon: "back"})
	}
	if may(r, "person.invite") {
		links.Items = append(links.Items, web.Anchor{Text: l.T("admin.people.invite"), Href: peoplePath + "/inviter", Icon: "person"}, web.Anchor{Text: l.T("admin.invited.title"), Href: invitedPath, Icon: "person"})
	}
	if may(r, "mandate.give") {
		links.Items = append(links.Items, web.Anchor{Text: l.T("admin.mandates.give"), Href: givePath, Icon: "person"})
	}
	links.Items = append(links.Items, web.Anchor{Text: l.T("admin.csv"), Href: address(peoplePath+"/csv", filters...), Icon: "down", Rel: "nofollow"})
	main.After = append(main.After, links)
	v.Parts = append(v.Parts, main)
	return p.draw(w, r, v, options{actions: []string{"admin.people", "person.invite", "person.suspend", "person.erase"}})
}

// name is how a list names a person.
func (p *Pages) name(l *i18n.Localizer, x people.Person) string {
	switch {
	case x.State == people.Erased:
		return l.T("admin.person.erased")
	case x.Name == "":
		return l.T("admin.person.unnamed")
	}
	return x.Name
}

func (p *Pages) lastSeen(l *i18n.Localizer, x people.Person) string {
	if x.SeenAt.IsZero() {
		return l.T("admin.people.never")
	}
	return l.Date(x.SeenAt.In(p.Zone))
}

// rolesOf are a person's mandates of today that the reader sees, each in a few words.
func (p *Pages) rolesOf(ctx context.Context, l *i18n.Localizer, seen people.Seen, id string) ([]string, error) {
	held, err := p.People.Store.MandatesOf(ctx, id)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, m := range seen.Mandates(held) {
		if m.Holds(p.People.Today()) {
			out = append(out, l.T("admin.mandate.short", i18n.Upper(l.T("people.role."+string(m.Role))), p.at(ctx, l, m.Scope).Text))
		}
	}
	return out, nil
}

func (p *Pages) listCSV(w http.ResponseWriter, r *http.Request) error {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	seen, err := p.People.Seen(ctx, people.Of(ctx), "admin.people")
	if err != nil {
		return err
	}
	q := p.asked(r, seen)
	q.Limit, q.After = 1000, ""
	var rows [][]string
	for {
		found, err := p.People.Store.People(ctx, q)
		if err != nil {
			return err
		}
		for _, x := range found {
			roles, err := p.rolesOf(ctx, l, seen, x.ID)
			if err != nil {
				return err
			}
			rows = append(rows, []string{x.ID, x.Name, x.Email, l.T("admin.state." + string(x.State)), strings.Join(roles, " · "), day(x.CreatedAt, p.Zone), day(x.SeenAt, p.Zone)})
		}
		if len(found) < q.Limit {
			break
		}
		q.After = found[len(found)-1].ID
	}
	return writeCSV(w, l, l.T("admin.people.file"), []string{
		l.T("admin.csv.id"), l.T("admin.people.name"), l.T("admin.person.email"), l.T("admin.people.state"), l.T("admin.people.roles"), l.T("admin.person.since"), l.T("admin.people.seen"),
	}, rows)
}

func (p *Pages) person(w http.ResponseWriter, r *http.Request) error {
	l, ctx := p.Kit.Locale(r.Context()), r.Context()
	x, held, err := p.People.Person(ctx, people.Of(ctx), r.PathValue("id"))
	if err != nil {
		return err
	}
	self := peoplePath + "/" + x.ID
	v := &page{Title: p.name(l, x)}
	facts := web.Facts{Items: []web.Fact{
		{Term: l.T("admin.people.state"), Text: i18n.Upper(l.T("admin.state." + string(x.State))), Note: l.T("admin.state.text." + string(x.State))},
	}}
	if x.State != people.Erased {
		facts.Items = append(facts.Items, web.Fact{Term: l.T("admin.person.email"), Text: x.Email, Href: "mailto:" + x.Email},
			web.Fact{Term: l.T("admin.person.since"), Text: l.Date(x.CreatedAt.In(p.Zone))},
			web.Fact{Term: l.T("admin.people.seen"), Text: p.lastSeen(l, x)},
			web.Fact{Term: l.T("admin.person.lang"), Text: l.T("admin.lang." + x.Lang)})
	}
	if x.State == people.Suspended {
		if why := p.suspendedFor(ctx, x.ID); why != "" {
			facts.Items = append(facts.Items, web.Fact{Term: l.T("admin.person.why"), Text: why})
		}
	}
	v.Shows = append(v.Shows, facts)
	all, err := people.Of(ctx).May(ctx, "admin.people", people.Everywhere)
	if err != nil {
		return err
	}
	if !all.May {
		v.Shows = append(v.Shows, web.Notice{Kind: web.Info, Text: l.T("admin.person.rule")})
	}
	today := p.People.Today()
	for _, time := range []struct {
		key  string
		when func(people.Mandate) bool
	}{
		{"now", func(m people.Mandate) bool { return m.Holds(today) }},
		{"future", func(m people.Mandate) bool { return m.From > today }},
		{"past", func(m people.Mandate) bool { return m.Past(today) }},
	} {
		var chosen []people.Mandate
		for _, m := range held {
			if time.when(m) {
				chosen = append(chosen, m)
			}
		}
		s := part{ID: "mandats-" + time.key, Title: l.T("admin.person.mandates." + time.key)}
		switch {
		case len(chosen) > 0:
			t, err := p.table(ctx, l, s.ID+"-t", l.T("admin.subject.named", s.Title, p.name(l, x)), chosen, false)
			if err != nil {
				return err
			}
			s.Shows = []web.Component{t}
		case time.key == "now":
			s.Text = l.T("admin.person.no_mandate")
		default:
			continue
		}
		if time.key == "now" && may(r, "mandate.give") && x.State != people.Erased {
			s.After = []web.Component{web.Links{Label: l.T("admin.actions"), Items: []web.Anchor{{Text: l.T("admin.mandates.give"), Href: address(givePath, "personne", x.ID), Icon: "person"}}}}
		}
		v.Parts = append(v.Parts, s)
	}
	if links := p.personLinks(r, l, x, self); len(links) > 0 {
		v.Parts = append(v.Parts, part{ID: "compte", Title: l.T("admin.person.account"), Text: l.T("admin.person.account_text"), Shows: []web.Component{web.Links{Label: l.T("admin.person.account"), Items: links}}})
	}
	return p.draw(w, r, v, options{crumbs: []web.Crumb{{Text: l.T("admin.people.title"), Href: peoplePath}}, actions: []string{"admin.people", "mandate.give", "person.reset", "person.suspend", "person.erase"}})
}

// personLinks are what can be done to an account.
func (p *Pages) personLinks(r *http.Request, l *i18n.Localizer, x people.Person, self string) (out []web.Anchor) {
	add := func(yes bool, action, key, href string) {
		if yes && may(r, action) && x.State != people.Erased && x.ID != people.Of(r.Context()).Person.ID {
			out = append(out, web.Anchor{Text: l.T(key), Href: href})
		}
	}
	add(true, "person.reset", "account.hand.title", self+"/mot-de-passe")
	add(x.State != people.Suspended, "person.suspend", "admin.person.suspend", self+"/suspendre")
	add(x.State == people.Suspended, "person.suspend", "admin.person.reopen", self+"/rouvrir")
	add(true, "person.erase", "admin.person.erase", self+"/effacer")
	if may(r, "audit") {
		out = append(out, web.Anchor{Text: l.T("admin.person.audit"), Href: address(auditPath, "sur", x.Subject())})
	}
	return out
}

// suspendedFor is the reason given at the last suspension, "" if it cannot be read.
func (p *Pages) suspendedFor(ctx context.Context, id string) string {
	rows, err := p.Record.Find(ctx, audit.Filter{Subject: "person:" + id, Action: "person.suspend", Limit: 1})
	if err != nil || len(rows) == 0 {
		return ""
	}
	v, err := audit.Open(rows[0].Became, func(of string) ([]byte, error) { return p.Record.Key(ctx, of) })
	if err != nil {
		return ""
	}
	own, _ := v["reason"].(audit.Personal)
	why, _ := own.Value.(string)
	return why
}

// turning is the page that suspends an account or opens it again.
func (p *Pages) turning(r *http.Request, word string, x people.Person) (*page, options) {
	l := p.Kit.Locale(r.Context())
	self := peoplePath + "/" + x.ID
	action := map[string]string{"suspend": "/suspendre", "reopen": "/rouvrir"}[word]
	f := form{ID: "motif", Action: self + action, Button: l.T("admin.person." + word + "_button"),
		Fields: []web.Field{{Name: "reason", Label: l.T("admin.person.reason"), Help: l.T("admin.person.reason_help"), Type: "textarea", Rows: 3, Required: true, Value: typed(r, "reason", 600)}},
		Hidden: []web.Hidden{{Name: "version", Value: number(x.Version)}}, Cancel: &web.Anchor{Text: l.T("admin.cancel"), Href: self}}
	return &page{Title: l.T("admin.person."+word+"_title", p.name(l, x)), Lead: l.T("admin.person." + word + "_lead"), Parts: []part{{Forms: []form{f}}}},
		options{crumbs: p.personCrumbs(l, x), actions: []string{"person.suspend"}}
}

func (p *Pages) personCrumbs(l *i18n.Localizer, x people.Person) []web.Crumb {
	return []web.Crumb{{Text: l.T("admin.people.title"), Href: peoplePath}, {Text: p.name(l, x), Href: peoplePath + "/" + x.ID}}
}

func (p *Pages) turnForm(word string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		x, err := p.People.Store.Person(r.Context(), r.PathValue("id"))
		if err != nil {
			return err
		}
		v, o := p.turning(r, word, x)
		return p.draw(w, r, v, o)
	}
}

func (p *Pages) suspend(w http.ResponseWriter, r *http.Request) error {
	return p.turned(w, r, "suspend", p.People.Suspend)
}

func (p *Pages) reopen(w http.ResponseWriter, r *http.Request) error {
	return p.turned(w, r, "reopen", p.People.Reopen)
}

func (p *Pages) turned(w http.ResponseWriter, r *http.Request, word string, turn func(context.Context, *people.Actor, string, int64, string) error) error {
	if err := parsed(r); err != nil {
		return err
	}
	id := r.PathValue("id")
	err := turn(r.Context(), people.Of(r.Context()), id, numbered(r, "version"), typed(r, "reason", 600))
	if err == nil {
		return p.to(w, r, peoplePath+"/"+id, word)
	}
	x, gone := p.People.Store.Person(r.Context(), id)
	if gone != nil {
		return gone
	}
	v, o := p.turning(r, word, x)
	return p.again(w, r, v, o, err)
}

// again shows a form anew with what is wrong in it, or returns an error that is not
// one of the form.
func (p *Pages) again(w http.ResponseWriter, r *http.Request, v *page, o options, err error) error {
	for i := range v.Parts {
		for j := range v.Parts[i].Forms {
			f := &v.Parts[i].Forms[j]
			if f.Get {
				continue
			}
			if err := f.wrong(p.Kit.Locale(r.Context()), err); err != nil {
				return err
			}
			o.status = web.Status(err)
			return p.draw(w, r, v, o)
		}
	}
	return err
}

func (p *Pages) erasing(r *http.Request, x people.Person) (*page, options) {
	l := p.Kit.Locale(r.Context())
	self := peoplePath + "/" + x.ID
	f := form{ID: "effacer", Action: self + "/effacer", Button: l.T("admin.person.erase_button"),
		Fields: []web.Field{{Name: "words", Label: l.T("admin.person.words"), Help: l.T("admin.person.words_help", p.name(l, x)), Required: true, Value: typed(r, "words", 200), Autocomplete: "off"}},
		Cancel: &web.Anchor{Text: l.T("admin.cancel"), Href: self}}
	v := &page{Title: l.T("admin.person.erase_title", p.name(l, x)), Lead: l.T("admin.person.erase_lead"), Parts: []part{
		{ID: "part", Title: l.T("admin.person.goes"), Text: l.T("admin.person.goes_text")},
		{ID: "reste", Title: l.T("admin.person.stays"), Text: l.T("admin.person.stays_text")},
		{Forms: []form{f}},
	}}
	return v, options{crumbs: p.personCrumbs(l, x), actions: []string{"person.erase"}}
}

func (p *Pages) eraseForm(w http.ResponseWriter, r *http.Request) error {
	x, err := p.People.Store.Person(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	v, o := p.erasing(r, x)
	return p.draw(w, r, v, o)
}

func (p *Pages) erase(w http.ResponseWriter, r *http.Request) error {
	if err := parsed(r); err != nil {
		return err
	}
	id := r.PathValue("id")
	err := p.People.Erase(r.Context(), people.Of(r.Context()), id, typed(r, "words", 200))
	if err == nil {
		return p.to(w, r, peoplePath+"/"+id, "erased")
	}
	x, gone := p.People.Store.Person(r.Context(), id)
	if gone != nil {
		return gone
	}
	v, o := p.erasing(r, x)
	return p.again(w, r, v, o, err)
}
