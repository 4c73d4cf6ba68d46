package people

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/job"
)

// Mandates holds the rules of giving, ending and handing over.
type Mandates struct {
	Store Store
	Now   func() time.Time
	Zone  *time.Location // where days begin
	// Notice is what tells a person of a change in their mandates, in the same
	// change; nil tells nobody.
	Notice func(kind string, m Mandate) (job.Event, error)
	// Known says whether a scope exists, for a mandate to be given by somebody: fault.NotFound
	// if not.
	Known func(ctx context.Context, by audit.Actor, s Scope) error
}

// Grant is a mandate to be given.
type Grant struct {
	Person  string
	Role    Role
	Scope   Scope
	From    Date // today if ""
	To      Date // "" for no term
	Act     string
	ActHref string
	follows string
}

// Today is the day it is.
func (s *Mandates) Today() Date { return DateOf(s.Now(), s.Zone) }

// Check refuses what cannot be a mandate, naming the field.
func (g Grant) Check() error {
	switch {
	case !g.Role.Known():
		return fault.New(fault.Invalid, "people.mandate.role").In("role")
	case g.From != "" && !g.From.Valid():
		return fault.New(fault.Invalid, "people.mandate.day").In("from")
	case g.To != "" && !g.To.Valid():
		return fault.New(fault.Invalid, "people.mandate.day").In("to")
	case g.To != "" && g.To < g.From:
		return fault.New(fault.Invalid, "people.mandate.backwards").In("to")
	}
	return checkAct(g.Act, g.ActHref)
}

func checkAct(act, href string) error {
	switch {
	case utf8.RuneCountInString(act) > 300:
		return fault.New(fault.Invalid, "people.mandate.act_long").In("act")
	case href != "" && !strings.HasPrefix(href, "https://") && !strings.HasPrefix(href, "http://") && !localPath(href):
		return fault.New(fault.Invalid, "people.mandate.act_href").In("act_href")
	}
	return nil
}

func localPath(s string) bool { return strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//") }

// Give gives a mandate. A person who holds the same role in the same scope at the
// same time already is fault.Conflict.
func (s *Mandates) Give(ctx context.Context, actor *Actor, g Grant) (Mandate, error) {
	if !g.Role.Known() {
		return Mandate{}, fault.New(fault.Invalid, "people.mandate.role").In("role")
	}
	d, err := actor.MayGive(ctx, "mandate.give", g.Role, g.Scope)
	if err != nil {
		return Mandate{}, err
	}
	if err := d.Err(); err != nil {
		return Mandate{}, err
	}
	return s.GiveAs(ctx, actor.By(), actor.Person.ID, g)
}

// GiveAs gives a mandate without asking for a right: for the console and the first set-up.
func (s *Mandates) GiveAs(ctx context.Context, by audit.Actor, giver string, g Grant) (m Mandate, err error) {
	if s.Known != nil {
		if err := s.Known(ctx, by, g.Scope); err != nil {
			return Mandate{}, err
		}
	}
	err = s.Store.ChangePeople(ctx, "give a mandate", func(tx Tx) error {
		m, err = s.GiveIn(ctx, tx, by, giver, g)
		return err
	})
	return m, err
}

// GiveIn is [Mandates.GiveAs] inside a wider change, such as taking up an invitation.
func (s *Mandates) GiveIn(ctx context.Context, tx Tx, by audit.Actor, giver string, g Grant) (Mandate, error) {
	if g.From == "" {
		g.From = DateOf(tx.Now(), s.Zone)
	}
	if err := g.Check(); err != nil {
		return Mandate{}, err
	}
	p, err := tx.Person(ctx, g.Person)
	if err != nil {
		return Mandate{}, err
	}
	if p.State == Erased {
		return Mandate{}, fault.New(fault.Gone, "people.erased")
	}
	held, err := tx.MandatesOf(ctx, g.Person)
	if err != nil {
		return Mandate{}, err
	}
	for _, h := range held {
		if h.Role == g.Role && h.Scope == g.Scope && (h.To == "" || g.From <= h.To) && (g.To == "" || h.From <= g.To) {
			return Mandate{}, fault.New(fault.Conflict, "people.mandate.held").In("role")
		}
	}
	m := Mandate{
		ID: NewID(), Person: g.Person, Role: g.Role, Scope: g.Scope, From: g.From, To: g.To, GivenBy: giver,
		Act: strings.TrimSpace(g.Act), ActHref: g.ActHref, Follows: g.follows, CreatedAt: tx.Now(), Version: 1,
	}
	if err := tx.AddMandate(m); err != nil {
		return Mandate{}, err
	}
	tx.Record(audit.Entry{By: by, Action: "mandate.give", Subject: m.Subject(), Became: m.Recorded()})
	return m, s.notify(tx, "mandate.given", m)
}

func (s *Mandates) notify(tx Tx, kind string, m Mandate) error {
	if s.Notice == nil {
		return nil
	}
	e, err := s.Notice(kind, m)
	if err != nil {
		return err
	}
	tx.Tell(e)
	return nil
}

// End ends a mandate after a day, yesterday at the earliest: what was done under it stands. The last
// administrator of the installation cannot end without a successor: fault.Conflict.
func (s *Mandates) End(ctx context.Context, actor *Actor, id string, version int64, last Date, reason string) (m Mandate, err error) {
	err = s.Store.ChangePeople(ctx, "end a mandate", func(tx Tx) error {
		old, err := s.ending(ctx, tx, actor, "mandate.end", id, version)
		if err != nil {
			return err
		}
		m = old
		m.To, m.EndedBy, m.EndReason = last, actor.Person.ID, strings.TrimSpace(reason)
		if err := s.close(ctx, tx, actor.By(), old, m); err != nil {
			return err
		}
		return s.stillAdministered(ctx, tx, old, m)
	})
	return m, err
}

// EndAs ends a mandate whatever its version, without asking for a right: for the console.
func (s *Mandates) EndAs(ctx context.Context, by audit.Actor, id string, last Date, reason string) (m Mandate, err error) {
	err = s.Store.ChangePeople(ctx, "end a mandate", func(tx Tx) error {
		old, err := tx.Mandate(ctx, id)
		if err != nil {
			return err
		}
		if old.Past(DateOf(tx.Now(), s.Zone)) {
			return fault.New(fault.Conflict, "people.mandate.over")
		}
		m = old
		m.To, m.EndReason = last, strings.TrimSpace(reason)
		if err := s.close(ctx, tx, by, old, m); err != nil {
			return err
		}
		return s.stillAdministered(ctx, tx, old, m)
	})
	return m, err
}

// HandOver ends a mandate and gives its successor the same role in the same scope
// from the next day, in one change: there is always a holder, and never two. It
// returns the successor's mandate.
func (s *Mandates) HandOver(ctx context.Context, actor *Actor, id string, version int64, to string, from Date, act, href string) (m Mandate, err error) {
	if !from.Valid() {
		return Mandate{}, fault.New(fault.Invalid, "people.mandate.day").In("from")
	}
	if err := checkAct(act, href); err != nil {
		return Mandate{}, err
	}
	err = s.Store.ChangePeople(ctx, "hand a mandate over", func(tx Tx) error {
		old, err := s.ending(ctx, tx, actor, "mandate.handover", id, version)
		if err != nil {
			return err
		}
		if old.Person == to {
			return fault.New(fault.Invalid, "people.mandate.same_person").In("person")
		}
		ended := old
		ended.To, ended.EndedBy, ended.EndReason = from.Before(), actor.Person.ID, ""
		if err := s.close(ctx, tx, actor.By(), old, ended); err != nil {
			return err
		}
		term := old.To
		if term != "" && term < from { // it ends the day before: the successor's has no term
			term = ""
		}
		m, err = s.GiveIn(ctx, tx, actor.By(), actor.Person.ID, Grant{Person: to, Role: old.Role, Scope: old.Scope, From: from, To: term, Act: act, ActHref: href, follows: old.ID})
		if err != nil {
			return err
		}
		return s.stillAdministered(ctx, tx, old, ended)
	})
	return m, err
}

// ending reads a mandate that the actor may end.
func (s *Mandates) ending(ctx context.Context, tx Tx, actor *Actor, action, id string, version int64) (Mandate, error) {
	old, err := tx.Mandate(ctx, id)
	if err != nil {
		return Mandate{}, err
	}
	d, err := actor.MayGive(ctx, action, old.Role, old.Scope)
	if err != nil {
		return Mandate{}, err
	}
	if err := d.Err(); err != nil {
		return Mandate{}, err
	}
	if old.Version != version {
		return Mandate{}, fault.New(fault.Conflict, "people.mandate.changed")
	}
	if old.Past(DateOf(tx.Now(), s.Zone)) {
		return Mandate{}, fault.New(fault.Conflict, "people.mandate.over")
	}
	return old, nil
}

// close writes the end of a mandate.
func (s *Mandates) close(ctx context.Context, tx Tx, by audit.Actor, old, m Mandate) error {
	today := DateOf(tx.Now(), s.Zone)
	switch {
	case !m.To.Valid():
		return fault.New(fault.Invalid, "people.mandate.day").In("to")
	case m.To < today.Before():
		return fault.New(fault.Invalid, "people.mandate.past").In("to")
	case old.To != "" && m.To > old.To:
		return fault.New(fault.Invalid, "people.mandate.longer").In("to")
	case utf8.RuneCountInString(m.EndReason) > 500:
		return fault.New(fault.Invalid, "people.mandate.reason_long").In("reason")
	}
	if m.To < m.From { // it never began
		m.To = m.From.Before()
	}
	if err := tx.SetMandate(m); err != nil {
		return err
	}
	tx.Record(audit.Entry{By: by, Action: "mandate.end", Subject: m.Subject(), Was: old.Recorded(), Became: m.Recorded()})
	return s.notify(tx, "mandate.ended", m)
}

// stillAdministered refuses to end the mandate of the last administrator, on the day
// after. Whoever takes over must be able to sign in.
func (s *Mandates) stillAdministered(ctx context.Context, tx Tx, old, ended Mandate) error {
	if old.Role != Administrator || old.Scope != Everywhere {
		return nil
	}
	held, err := tx.Administrators(ctx, ended.To.After())
	if err != nil {
		return err
	}
	for _, m := range held {
		if m.ID != old.ID {
			return nil
		}
	}
	return fault.New(fault.Conflict, "people.mandate.last")
}
