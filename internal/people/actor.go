package people

import (
	"context"
	"slices"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/i18n"
)

// Covers says whether what is in scope inner is inside scope outer: a commune inside
// a basin, an organisation that acts there.
type Covers func(ctx context.Context, outer, inner Scope) (bool, error)

// Actor is who makes a request: a visitor, or a person with their mandates in force.
type Actor struct {
	Person   Person    // zero for a visitor
	Session  Session   // zero for a visitor
	Mandates []Mandate // in force today
	Covers   Covers
}

type actorKey struct{}

// WithActor makes a the actor of ctx.
func WithActor(ctx context.Context, a *Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// Of is the actor of ctx: a visitor if nobody is known.
func Of(ctx context.Context) *Actor {
	if a, ok := ctx.Value(actorKey{}).(*Actor); ok {
		return a
	}
	return &Actor{}
}

// Known says whether somebody is signed in.
func (a *Actor) Known() bool { return a.Person.ID != "" }

// By is how the record names the actor.
func (a *Actor) By() audit.Actor {
	if !a.Known() {
		return audit.Visitor
	}
	return audit.Person(a.Person.ID)
}

// counts says whether a mandate may be used in this session: that of an
// administrator only once a second factor was shown.
func (a *Actor) counts(m Mandate) bool { return m.Role != Administrator || a.Session.Strong }

// May says whether the actor may do action to what is in that scope, and why.
func (a *Actor) May(ctx context.Context, action string, in Scope) (Decision, error) {
	return a.decide(action, func(m Mandate) (bool, error) { return a.reaches(ctx, m.Scope, in) })
}

// MaySomewhere says whether the actor may do action in any scope at all: what
// decides whether a way in is open, before the thing itself is known.
func (a *Actor) MaySomewhere(action string) Decision {
	d, _ := a.decide(action, func(Mandate) (bool, error) { return true, nil })
	return d
}

func (a *Actor) decide(action string, reaches func(Mandate) (bool, error)) (Decision, error) {
	r, ok := RightOf(action)
	if !ok {
		return Decision{Why: NotInTable}, nil
	}
	if !a.Known() {
		return Decision{Why: NoAccount, Right: r}, nil
	}
	best := Decision{Why: NoMandate, Right: r}
	for _, m := range a.Mandates {
		if !r.grants(m.Role) {
			continue
		}
		in := !r.Whole || m.Scope == Everywhere
		if in {
			var err error
			if in, err = reaches(m); err != nil {
				return Decision{}, err
			}
		}
		switch {
		case in && a.counts(m):
			return Decision{true, ByMandate, r, m}, nil
		case in:
			best = Decision{false, SecondFactor, r, m}
		case best.Why == NoMandate:
			best = Decision{false, OutOfScope, r, m}
		}
	}
	return best, nil
}

func (a *Actor) reaches(ctx context.Context, outer, inner Scope) (bool, error) {
	if outer == Everywhere || outer == inner {
		return true, nil
	}
	if inner == Everywhere || a.Covers == nil {
		return false, nil
	}
	return a.Covers(ctx, outer, inner)
}

// MayGive says whether the actor may give, end or hand over a mandate of that role in that scope.
func (a *Actor) MayGive(ctx context.Context, action string, role Role, in Scope) (Decision, error) {
	d, err := a.decide(action, func(m Mandate) (bool, error) {
		if !slices.Contains(gives[m.Role], role) {
			return false, nil
		}
		return a.reaches(ctx, m.Scope, in)
	})
	return d, err
}

// Require is nil if the actor may, else why not as a fault.
func (a *Actor) Require(ctx context.Context, action string, in Scope) error {
	d, err := a.May(ctx, action, in)
	if err != nil {
		return err
	}
	return d.Err()
}

// RequireSomeone is nil if somebody is signed in.
func (a *Actor) RequireSomeone() error {
	if !a.Known() {
		return fault.New(fault.Unauthenticated, "people.may.no_account")
	}
	return nil
}

// In says in words why the actor may or may not.
func (d Decision) In(l *i18n.Localizer) string {
	switch d.Why {
	case ByMandate, OutOfScope, SecondFactor:
		return l.T("people.may."+string(d.Why), l.T("people.role."+string(d.Mandate.Role)))
	case NoMandate:
		return l.T("people.may."+string(d.Why), d.Right.who(l))
	}
	return l.T("people.may." + string(d.Why))
}
