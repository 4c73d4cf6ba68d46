package mandateweb

import (
	"context"
	"slices"

	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// most is how many mandates are told of one territory.
const most = 500

// around are the scopes that reach a territory: itself, those that hold all its
// communes, from the narrowest, and the whole installation.
func around(f *territory.France, t *territory.Territory) []people.Scope {
	scopes := []people.Scope{people.Over(t.ID)}
	for _, level := range territory.Levels {
		if level == t.Level || level == territory.Custom || len(t.Communes()) == 0 {
			continue
		}
		for _, of := range f.Of(t.Communes()[0], level) {
			if holds(f, of, t) {
				scopes = append(scopes, people.Over(of.ID))
			}
		}
	}
	return append(scopes, people.Everywhere)
}

func holds(f *territory.France, outer, inner *territory.Territory) bool {
	if len(inner.Communes()) > len(outer.Communes()) {
		return false
	}
	for _, n := range inner.Communes() {
		if !slices.Contains(f.Of(n, outer.Level), outer) {
			return false
		}
	}
	return true
}

// holder is a mandate as it is told to everyone.
type holder struct {
	Role, Name   string // the role in words; the name, "" once erased
	Where        string
	WhereHref    string
	Here         bool // over this very territory
	From, To     string
	Act, ActHref string
}

// held are the public mandates that reach a territory, now or in the past, roles in
// their order and the narrowest scope first.
func (p *Pages) held(ctx context.Context, l *i18n.Localizer, f *territory.France, t *territory.Territory, when string) ([]holder, error) {
	scopes := around(f, t)
	found, _, err := p.Store.Mandates(ctx, people.MandateQuery{Scopes: scopes, Held: when, On: people.DateOf(p.Now(), p.Zone), Limit: most})
	if err != nil {
		return nil, err
	}
	found = slices.DeleteFunc(found, func(m people.Mandate) bool { return !m.Role.Public() })
	slices.SortStableFunc(found, func(a, b people.Mandate) int {
		if d := slices.Index(people.PublicRoles, a.Role) - slices.Index(people.PublicRoles, b.Role); d != 0 {
			return d
		}
		return slices.Index(scopes, a.Scope) - slices.Index(scopes, b.Scope)
	})
	ids := make([]string, len(found))
	for i, m := range found {
		ids[i] = m.Person
	}
	names, err := p.Store.Names(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]holder, len(found))
	for i, m := range found {
		h := holder{Role: i18n.Upper(l.T("people.role." + string(m.Role))), Name: names[m.Person], Here: m.Scope.Territory == t.ID, From: l.Day(string(m.From)), Act: m.Act, ActHref: m.ActHref}
		if m.To != "" {
			h.To = l.Day(string(m.To))
		}
		if file, err := p.Act(ctx, m.Subject()); err != nil {
			return nil, err
		} else if file != "" { // here whatever becomes of another site
			h.ActHref = file
		}
		if m.Scope == people.Everywhere {
			h.Where = l.T("mandate.everywhere")
		} else if of, ok := f.Territory(m.Scope.Territory); ok {
			h.Where, h.WhereHref = i18n.Upper(naming.Named(l, f, of)), of.Path()
		} else {
			h.Where, h.WhereHref = naming.Heading(l, f, t), t.Path() // a custom set: this one
		}
		out[i] = h
	}
	return out, nil
}

// term says for how long, in words.
func (h holder) term(l *i18n.Localizer) string {
	if h.To == "" {
		return l.T("mandate.since", h.From)
	}
	return l.T("mandate.from_to", h.From, h.To)
}

// table is a list of holders.
func table(l *i18n.Localizer, id, caption string, list []holder) web.Table {
	t := web.Table{ID: id, Caption: caption, Quiet: true, Columns: []web.Column{
		{Title: l.T("mandate.role")}, {Title: l.T("mandate.name")}, {Title: l.T("mandate.where")}, {Title: l.T("mandate.when")}, {Title: l.T("mandate.act")},
	}}
	for _, h := range list {
		name := h.Name
		if name == "" {
			name = l.T("mandate.erased")
		}
		act := h.Act
		if act == "" && h.ActHref != "" {
			act = l.T("mandate.act_read")
		}
		t.Rows = append(t.Rows, []web.Cell{{Text: h.Role}, {Text: name}, {Text: h.Where, Href: h.WhereHref}, {Text: h.term(l)}, {Text: act, Href: h.ActHref}})
	}
	return t
}
