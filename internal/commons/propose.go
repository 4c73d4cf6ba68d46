package commons

import (
	"context"
	"errors"
	"slices"
	"unicode/utf8"

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
	// Seen is the number of the publication from which the sheet was made; nil is that
	// on which the revision was written, and the last one for a new revision.
	Seen   *int
	Note   string
	Submit bool // else it stays a draft
}

// Propose keeps a revision of its author: a draft, or one submitted to the moderators.
// What somebody submits who may review it is published at once. Errors:
// fault.Unauthenticated, fault.NotFound, fault.Conflict, a *fault.Stale[Revision], a
// [*Clash], and a fault.Invalid per field.
func (l *Library) Propose(ctx context.Context, p Proposal) (Revision, error) {
	kept, err := l.ProposeAll(ctx, []Proposal{p}, nil)
	if err != nil {
		return Revision{}, err
	}
	return kept[0], nil
}

// ProposeAll keeps several revisions of one author, all or none: see [Library.Propose].
// tell hears how far it is; it may be nil.
func (l *Library) ProposeAll(ctx context.Context, list []Proposal, tell func(done, total int)) ([]Revision, error) {
	ready := make([]prepared, len(list))
	for i, p := range list {
		if tell != nil {
			tell(i, 2*len(list))
		}
		var err error
		if ready[i], err = l.prepare(ctx, p); err != nil {
			return nil, err
		}
	}
	var kept []Revision
	err := l.Store.ChangeEntries(ctx, func(tx EntryTx) error {
		kept = make([]Revision, len(ready))
		for i := range ready {
			if tell != nil {
				tell(len(list)+i, 2*len(list))
			}
			var err error
			if kept[i], err = l.put(ctx, tx, &ready[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return kept, err
}

// prepared is a proposal that was checked, and what is written of it.
type prepared struct {
	Proposal
	revision Revision
	said     []Statement
	publish  bool // its author may review it
}

// prepare checks a proposal before anything is written.
func (l *Library) prepare(ctx context.Context, p Proposal) (prepared, error) {
	actor := people.Of(ctx)
	if !actor.Known() {
		return prepared{}, fault.New(fault.Unauthenticated, "people.may.no_account")
	}
	r, e, err := l.revision(ctx, p)
	if err != nil {
		return prepared{}, err
	}
	sheet, err := l.Check.Check(ctx, r.Kind, p.Sheet)
	if err == nil {
		err = apart(e.ID, r.Kind, sheet)
	}
	if err == nil && p.Submit {
		err = whole(r.Kind, sheet)
	}
	note, long := words("note", p.Note)
	if err = errors.Join(err, long); err != nil {
		return prepared{}, err
	}
	r.Sheet, r.Note, r.State = ownOf(e, sheet), note, Draft
	if p.Submit {
		r.State = Submitted
	}
	may, err := actor.May(ctx, Review, r.Scope())
	return prepared{p, r, e.Said, p.Submit && may.May}, err
}

// put writes a proposal inside a change.
func (l *Library) put(ctx context.Context, tx EntryTx, p *prepared) (Revision, error) {
	actor, next := people.Of(ctx), p.revision
	if err := l.keep(ctx, tx, &next, p.Proposal); err != nil {
		return next, err
	}
	if p.publish {
		next.Answer = ""
		if err := l.accept(ctx, tx, &next, p.said, actor.Person.ID); err != nil {
			return next, err
		}
	}
	if err := tx.PutRevision(next); err != nil {
		return next, err
	}
	next.Version++
	tx.Record(recorded(actor.By(), "commons."+done[next.State], next))
	if next.State != Draft {
		tx.Tell(told(next))
	}
	return next, nil
}

// revision is the revision that a proposal writes, and the entry that it is about as it
// stood in the publication that the writer saw: a zero one if it is new.
func (l *Library) revision(ctx context.Context, p Proposal) (Revision, Entry, error) {
	actor := people.Of(ctx)
	if p.Revision != "" {
		r, err := l.Own(ctx, p.Revision)
		if err == nil && r.Author != actor.Person.ID { // others may read it, and not write in their name
			err = fault.New(fault.NotFound, "commons.revision.not_found", p.Revision)
		}
		if err == nil && !r.State.Open() {
			err = fault.New(fault.Conflict, "commons.revision.closed")
		}
		if err != nil {
			return Revision{}, Entry{}, err
		}
		e, err := l.about(ctx, r)
		if err == nil && p.Submit && (e.State == Retired || e.State == Merged || e.State == Hidden) {
			err = fault.New(fault.Conflict, "commons.closed")
		}
		if err != nil {
			return Revision{}, Entry{}, err
		}
		r.Home = e.Home
		if p.Seen != nil {
			r.Base = *p.Seen
		}
		e, err = l.at(ctx, e, r.Base)
		return r, e, err
	}
	r := Revision{Kind: p.Kind, Author: actor.Person.ID}
	if p.Entry == "" {
		if !r.Kind.Valid() {
			return r, Entry{}, fault.New(fault.Invalid, "commons.kind.choose").In("kind")
		}
		var err error
		r.Home, err = l.home(ctx, r.Kind, p.Home)
		return r, Entry{Kind: r.Kind, Home: r.Home}, err
	}
	e, err := l.follow(ctx, p.Entry)
	if err == nil && e.State != Published {
		err = fault.New(fault.Conflict, "commons.closed")
	}
	if err == nil && p.Kind != "" && p.Kind != e.Kind {
		err = fault.New(fault.Invalid, "commons.kind.fixed").In("kind")
	}
	if err != nil {
		return r, e, err
	}
	r.Entry, r.Kind, r.Home, r.Base = e.ID, e.Kind, e.Home, e.Revision
	if p.Seen != nil {
		r.Base = *p.Seen
	}
	e, err = l.at(ctx, e, r.Base)
	return r, e, err
}

// about is the entry that a revision is about: one not yet published holds nothing.
func (l *Library) about(ctx context.Context, r Revision) (Entry, error) {
	e, err := l.Find(ctx, r.Entry)
	if fault.CodeOf(err) == fault.NotFound && r.Base == 0 {
		return Entry{ID: r.Entry, Kind: r.Kind, Home: r.Home, State: Unpublished}, nil
	}
	return e, err
}

// at is an entry as people had written it in the publication of that number.
func (l *Library) at(ctx context.Context, e Entry, number int) (Entry, error) {
	switch number {
	case e.Revision:
		return e, nil
	case 0:
		e.Own = nil
		return e, nil
	}
	r, err := l.Store.RevisionOf(ctx, e.ID, number)
	e.Own = r.Sheet
	return e, err
}

// home is a home that exists, as it is kept.
func (l *Library) home(ctx context.Context, k Kind, in people.Scope) (territory.ID, error) {
	if in == people.Everywhere {
		return territory.ID{}, nil
	}
	checked, err := l.Check.Check(ctx, k, Sheet{"territories": {in.Territory.String()}})
	if in.Organisation == "" && err == nil {
		if id, ok := territory.ParseID(checked.Get("territories")); ok {
			return id, nil
		}
	}
	if err != nil && fault.CodeOf(err) != fault.Invalid {
		return territory.ID{}, err
	}
	return territory.ID{}, fault.New(fault.Invalid, "commons.territory_unknown", in.String()).In("home")
}

// mostNoted is how many letters a note, an answer or a reason may have.
const mostNoted = 2_000

// words are what somebody says in a note, an answer or a reason, as they are kept.
func words(field, v string) (string, error) {
	v = clean(v, true)
	if utf8.RuneCountInString(v) > mostNoted {
		return v, fault.New(fault.Invalid, "commons.too_long", mostNoted).In(field)
	}
	return v, nil
}

// Own finds a revision for its author; for those who may review it once it is
// submitted, and as they refused it; for everybody once it is published. To others it is
// fault.NotFound.
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
	} else if may.May && (r.State == Submitted || r.State == Refused) {
		return r, nil
	}
	return Revision{}, fault.New(fault.NotFound, "commons.revision.not_found", id)
}

// ownOf is the part of a whole sheet to keep of an entry: what it says otherwise than
// the sources, what it takes away from them, and what people said before and it does
// not change: their word stands whatever sources come to say.
func ownOf(e Entry, whole Sheet) Sheet {
	below, _ := compose(e.Said, nil)
	own := Sheet{}
	for _, f := range Fields {
		now := whole[f.Name]
		was, said := e.Own[f.Name]
		if said && slices.Equal(was, now) || !slices.Equal(below[f.Name], now) {
			own[f.Name] = append([]string{}, now...)
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

// apart refuses a sheet that says of an entry that it comes from itself.
func apart(id string, k Kind, s Sheet) error {
	var faults []error
	for _, f := range FieldsOf(k) {
		if f.Type == Reference && id != "" && s.Has(f.Name, id) {
			faults = append(faults, fault.New(fault.Invalid, "commons.entry_itself").In(f.Name))
		}
	}
	return errors.Join(faults...)
}

// keep prepares the row of a revision: a new one, or the one it changes.
func (l *Library) keep(ctx context.Context, tx EntryTx, next *Revision, p Proposal) error {
	now := tx.Now()
	next.UpdatedAt = now
	if next.Entry != "" { // it may have moved to where others decide
		e, err := l.row(ctx, tx, next.Entry)
		if err == nil && e.Home != next.Home {
			err = fault.New(fault.Conflict, "store.stale")
		}
		if err != nil && (fault.CodeOf(err) != fault.NotFound || next.Base > 0) {
			return err
		}
	}
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
	Revision int   // number of the publication that it meets: see Proposal.Seen
	Present  Sheet // the whole sheet as it reads now
	Proposed Sheet // as it would read, the clashing fields as the revision has them
}

func (c *Clash) Error() string { return c.Unwrap().Error() }

// Unwrap makes it a fault.Conflict.
func (c *Clash) Unwrap() error { return fault.New(fault.Conflict, "commons.clash") }

// accept publishes a revision on what was published last; said is what sources say.
func (l *Library) accept(ctx context.Context, tx EntryTx, r *Revision, said []Statement, reviewer string) error {
	e, err := l.row(ctx, tx, r.Entry)
	if fault.CodeOf(err) == fault.NotFound && r.Base == 0 {
		e, err = Entry{ID: r.Entry, Kind: r.Kind, Home: r.Home, Author: r.Author}, nil
	}
	if err != nil {
		return err
	}
	if e.State == Retired || e.State == Merged || e.State == Hidden {
		return fault.New(fault.Conflict, "commons.closed")
	}
	if e.Revision != r.Base {
		base := Revision{Sheet: Sheet{}}
		if r.Base != 0 {
			if base, err = tx.RevisionOf(ctx, r.Entry, r.Base); err != nil {
				return err
			}
		}
		out, clashes := r.Sheet.Rebase(base.Sheet, e.Own)
		if len(clashes) > 0 {
			present, _ := compose(said, e.Own)
			proposed, _ := compose(said, out)
			return &Clash{clashes, e.Revision, present, proposed}
		}
		r.Sheet = out
	}
	sheet, _ := compose(said, r.Sheet)
	if err := whole(e.Kind, sheet); err != nil {
		return err
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
	Sheet    Sheet // the whole sheet as the moderator corrected it; nil for as it is proposed
	// Seen is the number of the publication from which Sheet was made; nil is the last.
	Seen   *int
	Answer string // needed to refuse
}

// Decide publishes or refuses a submitted revision. Errors: fault.Forbidden,
// fault.NotFound, a *fault.Stale[Revision], a [*Clash], a fault.Invalid per field.
func (l *Library) Decide(ctx context.Context, d Decision) (Revision, error) {
	r, err := l.Own(ctx, d.Revision)
	if err != nil {
		return Revision{}, err
	}
	actor := people.Of(ctx)
	if err := actor.Require(ctx, Review, r.Scope()); err != nil {
		return Revision{}, err
	}
	answer, err := words("answer", d.Answer)
	if err == nil && !d.Accept && answer == "" {
		err = fault.New(fault.Invalid, "commons.answer.missing").In("answer")
	}
	if err != nil {
		return Revision{}, err
	}
	yours := r
	var said []Statement
	if d.Accept {
		e, err := l.about(ctx, r)
		if err != nil {
			return Revision{}, err
		}
		said = e.Said
		if d.Sheet != nil {
			if yours.Sheet, yours.Base, err = l.corrected(ctx, e, d); err != nil {
				return Revision{}, err
			}
		}
	}
	var kept Revision
	err = l.Store.ChangeEntries(ctx, func(tx EntryTx) error {
		next, err := tx.Revision(ctx, d.Revision)
		if err != nil {
			return err
		}
		if next.Version != d.Version || next.Version != r.Version || next.State != Submitted || next.Home != r.Home {
			return &fault.Stale[Revision]{Theirs: next, Yours: yours}
		}
		next.Answer, next.UpdatedAt = answer, tx.Now()
		if d.Accept {
			next.Sheet, next.Base = yours.Sheet, yours.Base
			if err := l.accept(ctx, tx, &next, said, actor.Person.ID); err != nil {
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
		kept = next
		return nil
	})
	return kept, err
}

// corrected is what to keep of a sheet that a moderator corrected, and the publication
// from which it was made.
func (l *Library) corrected(ctx context.Context, e Entry, d Decision) (own Sheet, base int, err error) {
	base = e.Revision
	if d.Seen != nil {
		base = *d.Seen
	}
	sheet, err := l.Check.Check(ctx, e.Kind, d.Sheet)
	if err == nil {
		err = errors.Join(apart(e.ID, e.Kind, sheet), whole(e.Kind, sheet))
	}
	if err == nil {
		e, err = l.at(ctx, e, base)
	}
	return ownOf(e, sheet), base, err
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
