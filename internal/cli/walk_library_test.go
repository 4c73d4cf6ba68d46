package cli

import (
	"net/http"
	"strconv"

	"bassin/internal/audit"
	"bassin/internal/commons"
	"bassin/internal/people"
)

// entry publishes software that moderators here review.
func (w *world) entry() commons.Entry {
	w.t.Helper()
	var e commons.Entry
	w.entries(func(tx commons.EntryTx) error {
		now := tx.Now()
		e = commons.Entry{ID: tx.NewID(), Kind: commons.Software, State: commons.Published, Home: here.Territory, Own: commons.Sheet{"title": {"Essai"}, "summary": {"Un logiciel."}}, Revision: 1, CreatedAt: now, UpdatedAt: now}
		if err := tx.PutEntry(e); err != nil {
			return err
		}
		tx.Record(audit.Entry{By: audit.System, Action: "commons.publish", Subject: commons.EntrySubject(e.ID)})
		return tx.PutRevision(commons.Revision{ID: tx.NewID(), Entry: e.ID, Kind: e.Kind, Home: e.Home, Number: 1, Sheet: e.Own, State: commons.Accepted, CreatedAt: now, UpdatedAt: now, DecidedAt: now})
	})
	e.Version = 1
	return e
}

// need publishes a need.
func (w *world) need() commons.Entry {
	return w.set(w.entry(), func(e *commons.Entry) { e.Kind = commons.Need })
}

// submitted is a proposal of somebody that waits for moderators here.
func (w *world) submitted() commons.Revision {
	w.t.Helper()
	author := w.mandate(people.Observer, here).Person
	var r commons.Revision
	w.entries(func(tx commons.EntryTx) error {
		now := tx.Now()
		r = commons.Revision{ID: tx.NewID(), Entry: tx.NewID(), Kind: commons.Need, Home: here.Territory, Sheet: commons.Sheet{"title": {"Essai"}, "summary": {"Un besoin."}}, Author: author, State: commons.Submitted, CreatedAt: now, UpdatedAt: now}
		tx.Record(audit.Entry{By: audit.Person(author), Action: "commons.submit", Subject: commons.RevisionSubject(r.ID)})
		return tx.PutRevision(r)
	})
	r.Version = 1
	return r
}

func (w *world) entries(f func(commons.EntryTx) error) {
	w.t.Helper()
	if err := w.s.db.ChangeEntries(w.t.Context(), f); err != nil {
		w.t.Fatal(err)
	}
}

// set changes the state of an entry, and returns it as it is then.
func (w *world) set(e commons.Entry, change func(*commons.Entry)) commons.Entry {
	w.t.Helper()
	change(&e)
	w.entries(func(tx commons.EntryTx) error { return tx.PutEntry(e) })
	e.Version++
	return e
}

func librarySamples() map[string]sample {
	// of is a call about an entry that is reviewed here.
	of := func(path string, made func(w *world) commons.Entry, pairs ...string) sample {
		return func(w *world) call {
			e := made(w)
			return call{path: "/communs/" + e.ID + path, form: form(append(pairs, "version", strconv.FormatInt(e.Version, 10))...), in: &here}
		}
	}
	return map[string]sample{
		"commons.review.manage": of("/gerer", (*world).entry),
		"commons.review.retire": of("/retirer", (*world).entry, "reason", "remplacé"),
		"commons.review.reopen": of("/rouvrir", func(w *world) commons.Entry {
			return w.set(w.entry(), func(e *commons.Entry) { e.State, e.Reason = commons.Retired, "remplacé" })
		}),
		"commons.review.merge": func(w *world) call {
			e := w.entry()
			return call{path: "/communs/" + e.ID + "/reunir", form: form("version", "1", "kept", w.entry().ID), in: &here}
		},
		"commons.review.unmerge": of("/separer", func(w *world) commons.Entry {
			kept := w.entry().ID
			return w.set(w.entry(), func(e *commons.Entry) { e.State, e.MergedInto = commons.Merged, kept })
		}),
		"commons.join": of("/rejoindre", (*world).need, "party", here.String()),
		"commons.join.leave": func(w *world) call {
			e := w.need()
			if err := w.s.db.AddJoin(w.t.Context(), audit.System, commons.Join{Need: e.ID, Party: here}); err != nil {
				w.t.Fatal(err)
			}
			return call{path: "/communs/" + e.ID + "/quitter", form: form("party", here.String()), in: &here}
		},
		"commons.review.queue": at("/propositions/a-relire"),
		"commons.review.decide": func(w *world) call {
			r := w.submitted()
			return call{path: "/propositions/" + r.ID + "/decider", form: form("version", "1", "publier", "1"), in: &here, beside: http.StatusNotFound}
		},
	}
}
