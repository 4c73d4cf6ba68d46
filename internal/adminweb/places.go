package adminweb

import (
	"context"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/names"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// Places finds where mandates hold.
type Places struct {
	// Resolve finds a territory, custom ones too.
	Resolve func(ctx context.Context, f *territory.France, expr string) (*territory.Territory, error)
	// Organisation is the name of an organisation; nil where there are none.
	Organisation func(ctx context.Context, id string) (string, error)
	// Organisations finds organisations by a part of their name.
	Organisations func(ctx context.Context, typed string) ([]Named, error)
}

// Named is a thing by its name.
type Named struct{ ID, Name string }

// place is a scope in words.
type place struct {
	Text string // in a sentence: le bassin de vie de Rostrenen
	Href string // "" where there is no page
}

// at is a scope in words. What exists no more is told by its code.
func (p *Pages) at(ctx context.Context, l *i18n.Localizer, s people.Scope) place {
	switch {
	case s == people.Everywhere:
		return place{Text: l.T("admin.everywhere")}
	case s.Organisation != "":
		if p.Places.Organisation != nil {
			if name, err := p.Places.Organisation(ctx, s.Organisation); err == nil {
				return place{name, "/organisations/" + s.Organisation}
			}
		}
		return place{Text: s.String()}
	}
	f := snapshot.FromContext(ctx).France
	t, err := p.Places.Resolve(ctx, f, s.Territory.String())
	if err != nil {
		return place{Text: s.String()}
	}
	return place{naming.Named(l, f, t), t.Path()}
}

// Exists says whether a scope can be given.
func (p *Pages) Exists(ctx context.Context, s people.Scope) error {
	switch {
	case s == people.Everywhere:
		return nil
	case s.Organisation != "":
		if p.Places.Organisation == nil {
			return fault.New(fault.NotFound, "people.scope", s.Organisation)
		}
		_, err := p.Places.Organisation(ctx, s.Organisation)
		return err
	}
	_, err := p.Places.Resolve(ctx, snapshot.FromContext(ctx).France, s.Territory.String())
	return err
}

// found answers a search for a territory: the one that is meant, or the box with
// choices or with what is wrong.
func (p *Pages) found(ctx context.Context, l *i18n.Localizer, box *pick, typed string, to func(territory.ID) string) (string, error) {
	s := snapshot.FromContext(ctx)
	box.Typed = typed
	if id, ok := territory.ParseID(typed); ok {
		if _, err := p.Places.Resolve(ctx, s.France, typed); err == nil {
			return to(id), nil
		}
	}
	var found []*territory.Territory
	for _, m := range s.Names.Search(typed, names.Options{Limit: 12}) {
		if t, ok := s.France.Territory(m.ID); ok && len(t.Communes()) > 0 {
			found = append(found, t)
		}
	}
	switch {
	case typed == "":
		box.Error = l.T("admin.pick.empty")
	case len(found) == 0:
		box.Error = l.T("admin.pick.none", typed)
	case len(found) == 1:
		return to(found[0].ID), nil
	default:
		box.Lead = l.T("admin.pick.several", typed)
		for _, t := range found {
			box.Choices = append(box.Choices, web.Anchor{Text: p.choice(l, s.France, t), Href: to(t.ID), Rel: "nofollow"})
		}
	}
	return "", nil
}

// choice is how a territory is named among others.
func (p *Pages) choice(l *i18n.Localizer, f *territory.France, t *territory.Territory) string {
	text := naming.Heading(l, f, t)
	if t.Level == territory.Commune || t.Level == territory.ArrondissementMunicipal {
		return l.T("admin.pick.told", text, naming.Kind(l, t))
	}
	return text
}

// scoped reads a scope from a parameter: "" is none, "partout" the whole installation.
func scoped(s string) (people.Scope, bool) {
	switch s = strings.TrimSpace(s); s {
	case "":
		return people.Scope{}, false
	case everywhere:
		return people.Everywhere, true
	}
	scope, err := people.ParseScope(s)
	return scope, err == nil
}

const everywhere = "partout"
