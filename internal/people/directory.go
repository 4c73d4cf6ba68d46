package people

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"bassin/internal/audit"
	"bassin/internal/fault"
)

// Directory is people as those who look after them see them.
type Directory struct {
	Store  Store
	Record audit.Store
	Now    func() time.Time
	Zone   *time.Location // where days begin
}

// Seen is whom an actor sees: everybody, or those with a mandate, past ones too, in
// one of the scopes, and some besides.
type Seen struct {
	All    bool
	Scopes []Scope
	People []string
}

// Today is the day it is.
func (d *Directory) Today() Date { return DateOf(d.Now(), d.Zone) }

// Seen says whom the actor sees by a right: all of them with a mandate over the whole
// installation, else those with a mandate inside theirs, and those they invited.
func (d *Directory) Seen(ctx context.Context, a *Actor, action string) (Seen, error) {
	all, err := a.May(ctx, action, Everywhere)
	if err != nil || all.May {
		return Seen{All: all.May}, err
	}
	var seen Seen
	scopes, err := d.Store.Scopes(ctx)
	if err != nil {
		return Seen{}, err
	}
	for _, s := range scopes {
		in, err := a.May(ctx, action, s)
		if err != nil {
			return Seen{}, err
		}
		if in.May {
			seen.Scopes = append(seen.Scopes, s)
		}
	}
	if !a.Known() {
		return seen, nil
	}
	invited, err := d.Record.Find(ctx, audit.Filter{By: a.By(), Action: "person.add", Limit: 500})
	if err != nil {
		return Seen{}, err
	}
	for _, r := range invited {
		if id, ok := strings.CutPrefix(r.Subject, "person:"); ok && !slices.Contains(seen.People, id) {
			seen.People = append(seen.People, id)
		}
	}
	return seen, nil
}

// In says whether what is in a scope is seen.
func (s Seen) In(scope Scope) bool { return s.All || slices.Contains(s.Scopes, scope) }

// Mandates are those of a list that are seen: in a scope that is, and those of public
// functions, which everyone reads.
func (s Seen) Mandates(held []Mandate) []Mandate {
	var out []Mandate
	for _, m := range held {
		if s.In(m.Scope) || m.Role.Public() {
			out = append(out, m)
		}
	}
	return out
}

// Person finds a person whom the actor sees, with those of their mandates that the
// actor sees. Whoever they don't see is fault.Forbidden, whether or not they exist.
func (d *Directory) Person(ctx context.Context, a *Actor, id string) (Person, []Mandate, error) {
	return d.person(ctx, a, "admin.people", id)
}

// Chosen finds the person whom an actor means for a mandate: by their id one whom they
// see, or whose mandates they see; by their whole address anybody, as whoever knows it
// learns nothing. An id alone opens nobody's page to those who don't see them.
func (d *Directory) Chosen(ctx context.Context, a *Actor, typed string) (Person, error) {
	if strings.Contains(typed, "@") {
		p, err := d.Store.PersonByEmail(ctx, EmailKey(typed))
		if err == nil && p.State == Erased {
			err = fault.New(fault.Gone, "people.erased")
		}
		return p, err
	}
	p, _, err := d.person(ctx, a, "admin.people", typed)
	if fault.CodeOf(err) == fault.Forbidden {
		p, _, err = d.person(ctx, a, "admin.mandates", typed)
	}
	return p, err
}

func (d *Directory) person(ctx context.Context, a *Actor, action, id string) (Person, []Mandate, error) {
	seen, err := d.Seen(ctx, a, action)
	if err != nil {
		return Person{}, nil, err
	}
	p, err := d.Store.Person(ctx, id)
	if err != nil {
		if !seen.All && fault.CodeOf(err) == fault.NotFound {
			err = fault.New(fault.Forbidden, "people.unseen")
		}
		return Person{}, nil, err
	}
	held, err := d.Store.MandatesOf(ctx, id)
	if err != nil {
		return Person{}, nil, err
	}
	if !slices.Contains(seen.People, id) && !seen.All && !slices.ContainsFunc(held, func(m Mandate) bool { return seen.In(m.Scope) }) {
		return Person{}, nil, fault.New(fault.Forbidden, "people.unseen")
	}
	return p, seen.Mandates(held), nil
}

// Suspend keeps a person from signing in and ends their sessions. The reason is
// theirs to read on request: it is recorded sealed with their key.
func (d *Directory) Suspend(ctx context.Context, a *Actor, id string, version int64, reason string) error {
	return d.turn(ctx, a, id, version, reason, "person.suspend", Suspended)
}

// Reopen lets a suspended person sign in again.
func (d *Directory) Reopen(ctx context.Context, a *Actor, id string, version int64, reason string) error {
	return d.turn(ctx, a, id, version, reason, "person.reopen", Active)
}

func (d *Directory) turn(ctx context.Context, a *Actor, id string, version int64, reason, action string, to PersonState) error {
	if err := a.Require(ctx, "person.suspend", Everywhere); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	switch {
	case reason == "":
		return fault.New(fault.Invalid, "people.reason").In("reason")
	case utf8.RuneCountInString(reason) > 500:
		return fault.New(fault.Invalid, "people.mandate.reason_long").In("reason")
	case id == a.Person.ID:
		return fault.New(fault.Conflict, "people.oneself")
	}
	return d.Store.ChangePeople(ctx, action, func(tx Tx) error {
		old, err := tx.Person(ctx, id)
		switch {
		case err != nil:
			return err
		case old.State == Erased:
			return fault.New(fault.Gone, "people.erased")
		case old.Version != version || (old.State == Suspended) != (to == Active):
			return fault.New(fault.Conflict, "people.changed")
		}
		if to == Suspended {
			if err := AdministeredWithout(ctx, tx, DateOf(tx.Now(), d.Zone), id); err != nil {
				return err
			}
			if err := tx.DropSessions(id, ""); err != nil {
				return err
			}
		}
		p := old
		p.State = to
		if err := tx.SetPerson(p); err != nil {
			return err
		}
		became := p.Recorded()
		became["reason"] = audit.Personal{Of: id, Value: reason}
		tx.Record(audit.Entry{By: a.By(), Action: action, Subject: p.Subject(), Was: old.Recorded(), Became: became})
		return nil
	})
}

// Erase destroys all that tells of a person. Words is what the actor wrote to
// confirm it: the person's name.
func (d *Directory) Erase(ctx context.Context, a *Actor, id, words string) error {
	if err := a.Require(ctx, "person.erase", Everywhere); err != nil {
		return err
	}
	return d.Store.ErasePerson(ctx, a.By(), id, func(r Reader) error {
		p, err := r.Person(ctx, id)
		switch {
		case err != nil:
			return err
		case p.State == Erased:
			return fault.New(fault.Gone, "people.erased")
		case id == a.Person.ID:
			return fault.New(fault.Conflict, "people.oneself")
		case !slices.Equal(Fold(words), Fold(p.Name)):
			return fault.New(fault.Invalid, "people.erase.words", p.Name).In("words")
		}
		return AdministeredWithout(ctx, r, d.Today(), id)
	})
}
