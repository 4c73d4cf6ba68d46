package commons

import (
	"context"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/people"
)

// change applies a moderator's decision to an entry: of those who decide at once, the
// second sees a *fault.Stale[Entry].
func (l *Library) change(ctx context.Context, action, id string, version int64, decide func(*Entry) error) error {
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
		if was.Version != version {
			return &fault.Stale[Entry]{Theirs: was, Yours: e}
		}
		next := was
		if next.Version == 0 {
			next.Own, next.CreatedAt = Sheet{}, tx.Now()
		}
		if err := decide(&next); err != nil {
			return err
		}
		next.UpdatedAt = tx.Now()
		if err := tx.PutEntry(next); err != nil {
			return err
		}
		tx.Record(audit.Entry{
			By: actor.By(), Action: action, Subject: EntrySubject(id),
			Was:    audit.Values{"state": string(was.State), "reason": was.Reason, "successor": was.Successor, "merged_into": was.MergedInto},
			Became: audit.Values{"state": string(next.State), "reason": next.Reason, "successor": next.Successor, "merged_into": next.MergedInto},
		})
		return nil
	})
}

// Retire closes a published entry: it stays readable, with why, and with what to take
// instead if there is such an entry.
func (l *Library) Retire(ctx context.Context, id string, version int64, reason, successor string) error {
	if reason == "" {
		return fault.New(fault.Invalid, "commons.reason.missing").In("reason")
	}
	if successor != "" {
		s, err := l.follow(ctx, successor)
		if err != nil || s.State != Published || s.ID == id {
			return fault.New(fault.Invalid, "commons.successor.unknown").In("successor")
		}
		successor = s.ID
	}
	return l.change(ctx, "commons.retire", id, version, func(e *Entry) error {
		if e.State != Published {
			return fault.New(fault.Conflict, "commons.closed")
		}
		e.State, e.Reason, e.Successor = Retired, reason, successor
		return nil
	})
}

// Reopen takes a retirement back.
func (l *Library) Reopen(ctx context.Context, id string, version int64) error {
	return l.change(ctx, "commons.reopen", id, version, func(e *Entry) error {
		if e.State != Retired {
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
	return l.change(ctx, "commons.merge", merged, version, func(e *Entry) error {
		switch {
		case e.State != Published && e.State != Retired || into.State != Published:
			return fault.New(fault.Conflict, "commons.closed")
		case e.ID == into.ID || e.Kind != into.Kind:
			return fault.New(fault.Invalid, "commons.merge.kinds").In("kept")
		}
		e.State, e.MergedInto = Merged, into.ID
		return nil
	})
}

// Unmerge takes a merge back.
func (l *Library) Unmerge(ctx context.Context, id string, version int64) error {
	return l.change(ctx, "commons.unmerge", id, version, func(e *Entry) error {
		if e.State != Merged {
			return fault.New(fault.Conflict, "commons.closed")
		}
		e.State, e.MergedInto = Published, ""
		return nil
	})
}
