package commons

import (
	"context"
	"errors"

	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/territory"
)

// Review is the right to decide what is published, and to retire and merge entries.
const Review = "commons.review"

// Proposal is what somebody writes of an entry.
type Proposal struct {
	Revision string // id of the revision to change, "" for a new one
	Version  int64  // of that revision, as it was read
	Entry    string // id of the entry to change, "" for a new one
	Kind     Kind   // of a new entry
	Home     people.Scope
	Sheet    Sheet // the whole sheet as it should read
	Note     string
	Submit   bool // else it stays a draft
}

// Propose keeps a revision: a draft, or one submitted to the moderators. What somebody
// submits who may review it is published at once. Errors: fault.Unauthenticated,
// fault.NotFound, fault.Conflict, a *fault.Stale[Revision], a [*Clash], and a
// fault.Invalid per field.
func (l *Library) Propose(ctx context.Context, p Proposal) (Revision, error) {
	actor := people.Of(ctx)
	if !actor.Known() {
		return Revision{}, fault.New(fault.Unauthenticated, "people.may.no_account")
	}
	r, e, err := l.revision(ctx, p)
	if err != nil {
		return Revision{}, err
	}
	sheet, err := l.Check.Check(ctx, r.Kind, p.Sheet)
	if err == nil && p.Submit {
		err = whole(r.Kind, sheet)
	}
	if err != nil {
		return Revision{}, err
	}
	r.Sheet, r.Note, r.State = ownOf(e, sheet), p.Note, Draft
	if p.Submit {
		r.State = Submitted
	}
	may, err := actor.May(ctx, Review, r.Scope())
	if err != nil {
		return Revision{}, err
	}
	err = l.Store.ChangeEntries(ctx, func(tx EntryTx) error {
		next := r
		if err := l.keep(ctx, tx, &next, p); err != nil {
			return err
		}
		if p.Submit && may.May {
			if err := l.accept(ctx, tx, &next, actor.Person.ID); err != nil {
				return err
			}
		}
		if err := tx.PutRevision(next); err != nil {
			return err
		}
		next.Version++
		r = next
		tx.Record(recorded(actor.By(), "commons."+done[next.State], next))
		if next.State != Draft {
			tx.Tell(told(next))
		}
		return nil
	})
	return r, err
}

// revision is the revision that a proposal writes, and the entry that it is about: a
// zero one if it is new.
func (l *Library) revision(ctx context.Context, p Proposal) (Revision, Entry, error) {
	if p.Revision != "" {
		r, err := l.Own(ctx, p.Revision)
		if err != nil {
			return Revision{}, Entry{}, err
		}
		if !r.State.Open() {
			return Revision{}, Entry{}, fault.New(fault.Conflict, "commons.revision.closed")
		}
		e, err := l.about(ctx, r)
		return r, e, err
	}
	r := Revision{Kind: p.Kind, Home: p.Home.Territory, Author: people.Of(ctx).Person.ID}
	if p.Entry == "" {
		if !r.Kind.Valid() {
			return r, Entry{}, fault.New(fault.Invalid, "commons.kind.choose").In("kind")
		}
		return r, Entry{Kind: r.Kind, Home: r.Home}, nil
	}
	e, err := l.follow(ctx, p.Entry)
	if err == nil && e.State != Published {
		err = fault.New(fault.Conflict, "commons.closed")
	}
	r.Entry, r.Kind, r.Home, r.Base = e.ID, e.Kind, e.Home, e.Revision
	return r, e, err
}

// about is the entry that a revision is about: one not yet published holds nothing.
func (l *Library) about(ctx context.Context, r Revision) (Entry, error) {
	e, err := l.Find(ctx, r.Entry)
	if fault.CodeOf(err) == fault.NotFound && r.Base == 0 {
		return Entry{ID: r.Entry, Kind: r.Kind, Home: r.Home}, nil
	}
	return e, err
}

// Own finds a revision for its author or for those who may review it; to others it
// is fault.NotFound unless it was published.
func (l *Library) Own(ctx context.Context, id string) (Revision, error) {
	r, err := l.Store.Revision(ctx, id)
	if err != nil {
		return Revision{}, err
	}
	actor := people.Of(ctx)
	if r.State == Accepted || actor.Known() && actor.Person.ID == r.Author {
		return r, nil
	}
	if may, err := actor.May(ctx, Review, r.Scope()); err != nil {
		return Revision{}, err
	} else if may.May && r.State != Draft {
		return r, nil
	}
	return Revision{}, fault.New(fault.NotFound, "commons.revision.not_found", id)
}

// ownOf is the part of a whole sheet to keep of an entry: what it says otherwise than
// its sources, and what it takes away from them.
func ownOf(e Entry, whole Sheet) Sheet {
	below, _ := compose(e.Said, nil)
	own := whole.Beyond(below)
	for field := range below {
		if len(whole[field]) == 0 {
			own[field] = []string{}
		}
	}
	for field, values := range own {
		if _, below := below[field]; len(values) == 0 && !below {
			delete(own, field) // nothing said of nothing
		}
	}
	return own
}

// whole refuses a sheet that lacks what nothing is published without.
func whole(k Kind, s Sheet) error {
	var faults []error
	for _, field := range Missing(k, s) {
		faults = append(faults, fault.New(fault.Invalid, "commons.missing."+field).In(field))
	}
	return errors.Join(faults...)
}

// keep prepares the row of a revision: a new one, or the one it changes.
func (l *Library) keep(ctx context.Context, tx EntryTx, next *Revision, p Proposal) error {
	now := tx.Now()
	next.UpdatedAt = now
	if p.Revision == "" {
		next.ID, next.CreatedAt = tx.NewID(), now
		if next.Entry == "" {
			next.Entry = tx.NewID()
		}
		return nil
	}
	was, err := tx.Revision(ctx, p.Revision)
	if err != nil {
		return err
	}
	if was.Version != p.Version || !was.State.Open() {
		return &fault.Stale[Revision]{Theirs: was, Yours: *next}
	}
	next.Version, next.CreatedAt = was.Version, was.CreatedAt
	return nil
}

// Clash refuses to publish a revision because others published since it was written
// and changed the same fields otherwise.
type Clash struct {
	Fields   []string
	Present  Sheet // the entry's Own now
	Proposed Sheet // as it would be, the clashing fields as the revision has them
}

func (c *Clash) Error() string { return c.Unwrap().Error() }

// Unwrap makes it a fault.Conflict.
func (c *Clash) Unwrap() error { return fault.New(fault.Conflict, "commons.clash") }

// accept publishes a revision on what was published last.
func (l *Library) accept(ctx context.Context, tx EntryTx, r *Revision, reviewer string) error {
	e, err := l.row(ctx, tx, r.Entry)
	if fault.CodeOf(err) == fault.NotFound && r.Base == 0 {
		e, err = Entry{ID: r.Entry, Kind: r.Kind, Home: r.Home, Author: r.Author}, nil
	}
	if err != nil {
		return err
	}
	if e.State == Retired || e.State == Merged {
		return fault.New(fault.Conflict, "commons.closed")
	}
	if e.Revision != r.Base {
		base := Revision{Sheet: Sheet{}}
		if r.Base > 0 {
			if base, err = tx.RevisionOf(ctx, r.Entry, r.Base); err != nil {
				return err
			}
		}
		out, clashes := r.Sheet.Rebase(base.Sheet, e.Own)
		if len(clashes) > 0 {
			return &Clash{clashes, e.Own, out}
		}
		r.Sheet = out
	}
	now := tx.Now()
	e.Own, e.State, e.UpdatedAt = r.Sheet, Published, now
	e.Revision++
	if e.Version == 0 {
		e.CreatedAt = now
	}
	r.Number, r.State, r.Reviewer, r.DecidedAt = e.Revision, Accepted, reviewer, now
	return tx.PutEntry(e)
}

// Decision is what a moderator decides of a submitted revision.
type Decision struct {
	Revision string
	Version  int64
	Accept   bool
	Sheet    Sheet  // the entry's Own as the moderator corrected it; nil for as it is proposed
	Answer   string // needed to refuse
}

// Decide publishes or refuses a submitted revision. Errors: fault.Forbidden,
// fault.NotFound, a *fault.Stale[Revision], a [*Clash], fault.Invalid.
func (l *Library) Decide(ctx context.Context, d Decision) (Revision, error) {
	r, err := l.Own(ctx, d.Revision)
	if err != nil {
		return Revision{}, err
	}
	actor := people.Of(ctx)
	if err := actor.Require(ctx, Review, r.Scope()); err != nil {
		return Revision{}, err
	}
	if !d.Accept && d.Answer == "" {
		return Revision{}, fault.New(fault.Invalid, "commons.answer.missing").In("answer")
	}
	err = l.Store.ChangeEntries(ctx, func(tx EntryTx) error {
		next, err := tx.Revision(ctx, d.Revision)
		if err != nil {
			return err
		}
		if next.Version != d.Version || next.State != Submitted {
			return &fault.Stale[Revision]{Theirs: next, Yours: r}
		}
		next.Answer, next.UpdatedAt = d.Answer, tx.Now()
		if d.Accept {
			if d.Sheet != nil {
				e, err := l.row(ctx, tx, next.Entry)
				if err == nil { // the moderator saw both
					next.Base = e.Revision
				}
				next.Sheet = d.Sheet
			}
			if err := l.accept(ctx, tx, &next, actor.Person.ID); err != nil {
				return err
			}
		} else {
			next.State, next.Reviewer, next.DecidedAt = Refused, actor.Person.ID, tx.Now()
		}
		if err := tx.PutRevision(next); err != nil {
			return err
		}
		next.Version++
		tx.Record(recorded(actor.By(), "commons."+done[next.State], next))
		tx.Tell(told(next))
		r = next
		return nil
	})
	return r, err
}

// Withdraw takes back a revision that its author proposed.
func (l *Library) Withdraw(ctx context.Context, id string, version int64) error {
	actor := people.Of(ctx)
	return l.Store.ChangeEntries(ctx, func(tx EntryTx) error {
		r, err := tx.Revision(ctx, id)
		if err != nil {
			return err
		}
		if !actor.Known() || r.Author != actor.Person.ID {
			return fault.New(fault.NotFound, "commons.revision.not_found", id)
		}
		if r.Version != version || !r.State.Open() {
			return &fault.Stale[Revision]{Theirs: r, Yours: r}
		}
		r.State, r.UpdatedAt = Withdrawn, tx.Now()
		tx.Record(recorded(actor.By(), "commons."+done[r.State], r))
		return tx.PutRevision(r)
	})
}

// Proposed is [Library.Own] with the entry that the revision is about, whose Own is
// what was published last.
func (l *Library) Proposed(ctx context.Context, id string) (Revision, Entry, error) {
	r, err := l.Own(ctx, id)
	if err != nil {
		return Revision{}, Entry{}, err
	}
	e, err := l.about(ctx, r)
	return r, e, err
}

// Before is the entry as it stood when a revision was written.
func (l *Library) Before(ctx context.Context, r Revision, e Entry) (Entry, error) {
	if r.Base == e.Revision && r.State != Accepted {
		return e, nil
	}
	e.Own = nil
	number := r.Base
	if r.State == Accepted {
		number = r.Number - 1 // what it was carried over to
	}
	if number == 0 {
		return e, nil
	}
	before, err := l.Store.RevisionOf(ctx, r.Entry, number)
	e.Own = before.Sheet
	return e, err
}

// Homes are where the actor reviews what is proposed: territories, and the zero ID for
// what belongs to the whole installation.
func (l *Library) Homes(ctx context.Context) ([]territory.ID, error) {
	waiting, err := l.Store.WaitingHomes(ctx)
	if err != nil {
		return nil, err
	}
	out := []territory.ID{}
	for _, home := range waiting {
		r := Revision{Home: home}
		d, err := people.Of(ctx).May(ctx, Review, r.Scope())
		if err != nil {
			return nil, err
		}
		if d.May {
			out = append(out, home)
		}
	}
	return out, nil
}
