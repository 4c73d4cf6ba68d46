package adminweb

import (
	"cmp"
	"context"
	"strings"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/web"
)

// nameList knows in words those whom rows of the record speak of.
type nameList struct {
	people map[string]string // names by id; none for the erased
	things map[string]place  // mandates and organisations, by how the record names them
}

// named reads the names of those whom rows speak of, and of more subjects.
func (p *Pages) named(ctx context.Context, l *i18n.Localizer, rows []audit.Row, more ...string) (nameList, error) {
	n := nameList{map[string]string{}, map[string]place{}}
	for _, r := range rows {
		more = append(more, string(r.By), r.Subject)
	}
	return n, p.learn(ctx, l, n, more...)
}

// learn reads the names that a list lacks yet.
func (p *Pages) learn(ctx context.Context, l *i18n.Localizer, n nameList, subjects ...string) error {
	var ids []string
	meet := func(id string) {
		if _, known := n.people[id]; !known {
			n.people[id] = ""
			ids = append(ids, id)
		}
	}
	mandates := map[string]people.Mandate{}
	for _, s := range subjects {
		kind, id, _ := strings.Cut(s, ":")
		if _, known := n.things[s]; known || id == "" {
			continue
		}
		switch kind {
		case "person":
			meet(id)
		case "mandate":
			m, err := p.People.Store.Mandate(ctx, id)
			switch fault.CodeOf(err) {
			case "":
				mandates[s] = m
				meet(m.Person)
			case fault.NotFound: // told by its number
			default:
				return err
			}
		case "organisation":
			if at := p.at(ctx, l, people.In(id)); at.Href != "" {
				n.things[s] = at
			}
		}
	}
	if len(ids) > 0 {
		names, err := p.People.Store.Names(ctx, ids)
		if err != nil {
			return err
		}
		for id, name := range names {
			n.people[id] = name
		}
	}
	for s, m := range mandates {
		n.things[s] = place{l.T("admin.subject.mandate_of", l.T("people.role."+string(m.Role)), cmp.Or(n.people[m.Person], l.T("admin.person.erased")), p.at(ctx, l, m.Scope).Text), mandatesPath + "/" + m.ID}
	}
	return nil
}

// subjectOf is how the record names what a value is the id of, "" for other values.
func subjectOf(name, value string) string {
	switch name {
	case "person", "given_by", "ended_by":
		return "person:" + value
	case "follows":
		return "mandate:" + value
	case "merged_from", "merged_into", "apart_from":
		return "organisation:" + value
	case "subject":
		return value
	}
	return ""
}

// actor is who made a change, in words.
func (n nameList) actor(l *i18n.Localizer, a audit.Actor) string {
	if id, ok := strings.CutPrefix(string(a), "person:"); ok {
		return cmp.Or(n.people[id], l.T("admin.person.erased"))
	}
	if command, ok := a.Command(); ok {
		return l.T("admin.actor.console", "bassin "+command)
	}
	if key := "admin.actor." + string(a); l.Has(key) {
		return l.T(key)
	}
	return string(a)
}

// subject is what a change was about, in words, with its page if it has one.
func (n nameList) subject(l *i18n.Localizer, s string) place {
	kind, id, _ := strings.Cut(s, ":")
	words := kind
	if key := "admin.subject." + kind; l.Has(key) {
		words = l.T(key)
	}
	thing, known := n.things[s]
	switch {
	case kind == "person":
		name := n.people[id]
		if name == "" {
			return place{Text: l.T("admin.subject.named", words, l.T("admin.person.erased"))}
		}
		return place{l.T("admin.subject.named", words, name), peoplePath + "/" + id}
	case known:
		return place{l.T("admin.subject.named", words, thing.Text), thing.Href}
	case id == "":
		return place{Text: words}
	}
	return place{Text: l.T("admin.subject.named", words, id)}
}

// cell is a subject in a table: it leads to the page of the thing, or to all that
// happened to it.
func (n nameList) cell(l *i18n.Localizer, s string) web.Cell {
	about := n.subject(l, s)
	return web.Cell{Text: about.Text, Href: cmp.Or(about.Href, address(auditPath, "sur", s))}
}
