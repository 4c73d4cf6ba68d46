package commons

import (
	"context"
	"strings"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/people"
)

// change applies a moderator's decision to an entry: of those who decide at once, the
// second sees a *fault.Stale[Entry].
func (l *Library) change(ctx context.Context, action, id string, version int64, decide func(EntryTx, *Entry) error) error {
	e, err := l.Find(ctx, id)
	if err != nil {
		return err
	}
	actor := people.Of(ctx)
	if err := actor.Require(ctx, Review, e.Scope()); err != nil {
		return err
	}
	return l.Store.ChangeEntries(ctx, func(tx EntryTx) error {
		was, err := l.row(ctx, tx, id)
		if err != nil {
			return err
		}
		if was.Version != version || was.Version != e.Version {
			return &fault.Stale[Entry]{Theirs: was, Yours: e}
		}
		next := was
		if next.Version == 0 {
			next.Own, next.CreatedAt = Sheet{}, tx.Now()
		}
		if err := decide(tx, &next); err != nil {
			return err
		}
		next.UpdatedAt = tx.Now()
		if err := tx.PutEntry(next); err != nil {
			return err
		}
		tx.Record(audit.Entry{
			By: actor.By(), Action: action, Subject: EntrySubject(id),
			Was: standing(was), Became: standing(next),
		})
		tx.Tell(entryEvent(ctx, id, strings.TrimPrefix(action, "commons.")))
		return nil
	})
}

// standing is what the record keeps of how an entry stands.
func standing(e Entry) audit.Values {
	return audit.Values{"state": string(e.State), "home": people.Over(e.Home).String(), "reason": e.Reason, "successor": e.Successor, "merged_into": e.MergedInto}
}

// Move gives a published or retired entry another home, and all that is proposed of it:
// the moderators of both must be the same person.
func (l *Library) Move(ctx context.Context, id string, version int64, home people.Scope) error {
	e, err := l.Find(ctx, id)
	if err != nil {
		return err
	}
	to, err := l.home(ctx, e.Kind, home)
	if err != nil {
		return err
	}
	there := Entry{Home: to}
	if err := people.Of(ctx).Require(ctx, Review, there.Scope()); err != nil {
		return err
	}
	return l.change(ctx, "commons.move", id, version, func(tx EntryTx, e *Entry) error {
		if !e.Readable() {
			return fault.New(fault.Conflict, "commons.closed")
		}
		e.Home = to
		return tx.MoveRevisions(e.ID, to)
	})
}

// Retire closes a published entry: it stays readable, with why, and with what to take
// instead if there is such an entry.
func (l *Library) Retire(ctx context.Context, id string, version int64, reason, successor string) error {
	reason, err := words("reason", reason)
	if err == nil && reason == "" {
		err = fault.New(fault.Invalid, "commons.reason.missing").In("reason")
	}
	if err != nil {
		return err
	}
	if successor != "" {
		s, err := l.follow(ctx, successor)
		if err != nil || s.State != Published || s.ID == id {
			return fault.New(fault.Invalid, "commons.successor.unknown").In("successor")
		}
		successor = s.ID
	}
	return l.change(ctx, "commons.retire", id, version, func(_ EntryTx, e *Entry) error {
		if e.State != Published {
			return fault.New(fault.Conflict, "commons.closed")
		}
		e.State, e.Reason, e.Successor = Retired, reason, successor
		return nil
	})
}

// Hide takes an entry from view: the reason stands in its place. Hiding one that is
// hidden already is no error.
func (l *Library) Hide(ctx context.Context, id, reason string) error {
	reason, err := words("reason", reason)
	if err == nil && reason == "" {
		err = fault.New(fault.Invalid, "commons.reason.missing").In("reason")
	}
	if err != nil {
		return err
	}
	e, err := l.Find(ctx, id)
	if err != nil || e.State == Hidden {
		return err
	}
	return l.change(ctx, "commons.hide", id, e.Version, func(_ EntryTx, e *Entry) error {
		if !e.Readable() {
			return fault.New(fault.Conflict, "commons.closed")
		}
		e.State, e.Reason, e.Successor = Hidden, reason, ""
		return nil
	})
}

// Reopen takes a retirement back, or lets a hidden entry be seen again.
func (l *Library) Reopen(ctx context.Context, id string, version int64) error {
	return l.change(ctx, "commons.reopen", id, version, func(_ EntryTx, e *Entry) error {
		if e.State != Retired && e.State != Hidden {
			return fault.New(fault.Conflict, "commons.closed")
		}
		e.State, e.Reason, e.Successor = Published, "", ""
		return nil
	})
}

// Merge makes of two entries of a kind one: the address of merged leads to kept, which
// shows what sources and people said of both; where both said something, kept wins.
// Nothing of what refers to merged moves, so that [Library.Unmerge] loses nothing.
func (l *Library) Merge(ctx context.Context, merged string, version int64, kept string) error {
	into, err := l.follow(ctx, kept)
	if err != nil {
		return err
	}
	if err := people.Of(ctx).Require(ctx, Review, into.Scope()); err != nil {
		return err
	}
	return l.change(ctx, "commons.merge", merged, version, func(tx EntryTx, e *Entry) error {
		now, err := l.followed(ctx, tx, into.ID)
		switch {
		case err != nil:
			return err
		case e.State != Published && e.State != Retired || now.State != Published:
			return fault.New(fault.Conflict, "commons.closed")
		case e.ID == now.ID || e.Kind != now.Kind:
			return fault.New(fault.Invalid, "commons.merge.kinds").In("kept")
		case now.ID != into.ID || now.Home != into.Home: // not those for whom the right was asked
			return fault.New(fault.Conflict, "store.stale")
		}
		e.State, e.MergedInto = Merged, into.ID
		tx.Record(audit.Entry{By: people.Of(ctx).By(), Action: "commons.merge", Subject: EntrySubject(into.ID), Became: audit.Values{"merged_from": e.ID}})
		return nil
	})
}

// followed is [Library.follow] inside a change.
func (l *Library) followed(ctx context.Context, tx EntryTx, id string) (Entry, error) {
	e, err := l.row(ctx, tx, id)
	for range 50 {
		if err != nil || e.State != Merged {
			break
		}
		e, err = l.row(ctx, tx, e.MergedInto)
	}
	return e, err
}

// Unmerge takes a merge back: the entry stands as it stood before.
func (l *Library) Unmerge(ctx context.Context, id string, version int64) error {
	return l.change(ctx, "commons.unmerge", id, version, func(tx EntryTx, e *Entry) error {
		if e.State != Merged {
			return fault.New(fault.Conflict, "commons.closed")
		}
		tx.Record(audit.Entry{By: people.Of(ctx).By(), Action: "commons.unmerge", Subject: EntrySubject(e.MergedInto), Was: audit.Values{"merged_from": e.ID}})
		e.State, e.MergedInto = Published, ""
		if e.Reason != "" { // it was retired with one
			e.State = Retired
		}
		return nil
	})
}
