package adminweb

import (
	"cmp"
	"context"
	"net/http"
	"net/mail"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// grant is a mandate as it is being chosen, step by step, in an address.
type grant struct {
	person, role, where string
	from, to, act, href string
	checked             bool // all was said: show it before it is done
}

func granting(r *http.Request) grant {
	return grant{typed(r, "personne", 300), typed(r, "role", 20), typed(r, "ou", 200), typed(r, "from", 10), typed(r, "to", 10), typed(r, "act", 400), typed(r, "act_href", 500), r.FormValue("voir") == "1"}
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
			return to(a.Address), nil
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

// chosenPerson is who is meant, by the id or the address in an address of ours; nobody yet
// is fault.NotFound.
func (p *Pages) chosenPerson(ctx context.Context, typed string) (people.Person, error) {
	if typed == "" {
		return people.Person{}, fault.New(fault.NotFound, "people.unseen")
	}
	return p.People.Chosen(ctx, people.Of(ctx), typed)
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
	x, err := p.chosenPerson(ctx, g.person)
	if err != nil && fault.CodeOf(err) != fault.NotFound && fault.CodeOf(err) != fault.Gone {
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
	details := form{ID: "etape-details", Get: true, Action: givePath, Button: l.T("admin.give.preview"), Hidden: append(g.hidden("from", "to", "act", "act_href"), web.Hidden{Name: "voir", Value: "1"}), Fields: p.terms(l, g, cmp.Or(g.from, string(p.People.Today())))}
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
	x, err := p.chosenPerson(r.Context(), g.person)
	if err != nil {
		return err
	}
	m, err := p.Mandates.Give(r.Context(), people.Of(r.Context()), people.Grant{
		Person: x.ID, Role: people.Role(g.role), Scope: scope, From: people.Date(g.from), To: people.Date(g.to), Act: g.act, ActHref: g.href,
	})
	if err == nil {
		return p.to(w, r, mandatesPath+"/"+m.ID, "given")
	}
	g.checked = false
	v, o, href, e := p.giving(r, g)
	if e != nil || href != "" {
		return cmp.Or(e, err)
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
