package commonstest

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/audit"
	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/territory"
)

// RunLibrary tries the rules of the library on a store.
func RunLibrary(t *testing.T, open func(t *testing.T) Store) {
	for _, c := range []struct {
		name string
		try  func(w *world)
	}{
		{"a draft, then submitted, refused, taken up again and published", lifeOfARevision},
		{"who may publish does so at once", atOnce},
		{"what is wrong is said by field", wrong},
		{"who sees which revision", whoSees},
		{"nobody writes in another's name", othersName},
		{"different fields are joined", joined},
		{"the same field clashes, and is chosen", clashes},
		{"an author who may publish resolves a clash", authorsClash},
		{"a moderator corrects, on what was seen", corrects},
		{"of two moderators at once, one decides", twoModerators},
		{"two publications on one base are both there", twoPublications},
		{"a listed entry has a row at its first change", firstChange},
		{"an emptied field stays empty, a correction stays", stays},
		{"withdrawn", withdrawn},
		{"retired with a successor, reopened", retired},
		{"merged and apart again, nothing lost", mergedApart},
		{"merges at once make no circle", noCircle},
		{"moved to another home", movedHome},
		{"hostile ids", hostileIDs},
	} {
		t.Run(c.name, func(t *testing.T) { c.try(newWorld(t, open(t))) })
	}
}

// world is a library with a coordinator of a basin, one of the whole installation,
// and people without mandate.
type world struct {
	*testing.T
	s         Store
	l         *commons.Library
	catalogue atomic.Pointer[commons.Catalogue]
}

const (
	sill, sill2 = "sill:1", "sill:2" // entries of the catalogue
)

var bassin, town = people.Over(basin), people.Over(territory.ID{Level: territory.Commune, Code: "22266"})

func newWorld(t *testing.T, s Store) *world {
	w := &world{T: t, s: s}
	w.publish(commons.Sheet{"title": {"Logiciel libre"}, "summary": {"Selon la source."}, "keywords": {"un", "deux"}})
	w.l = &commons.Library{Store: s, Catalogue: func(context.Context) *commons.Catalogue { return w.catalogue.Load() }}
	w.l.Check = commons.Checking{
		Entry: func(ctx context.Context, id string) (bool, error) {
			_, err := w.l.Read(ctx, id)
			if fault.CodeOf(err) == fault.NotFound {
				return false, nil
			}
			return err == nil, err
		},
		France: func(context.Context) *territory.France { return nil }, // custom sets only: see home
	}
	w.l.Check = places{w.l.Check}
	return w
}

// places accepts the places of these tests, and leaves the rest to the real check.
type places struct{ commons.Checker }

func (p places) Check(ctx context.Context, k commons.Kind, s commons.Sheet) (commons.Sheet, error) {
	if at := s.Get("territories"); at != "" {
		if at != bassin.String() && at != town.String() {
			return s, fault.New(fault.Invalid, "commons.territory_unknown", at).In("territories")
		}
		rest := s.Clone()
		delete(rest, "territories")
		out, err := p.Checker.Check(ctx, k, rest)
		if err == nil {
			out["territories"] = s["territories"]
		}
		return out, err
	}
	return p.Checker.Check(ctx, k, s)
}

// publish makes an edition of the catalogue in which one entry says this.
func (w *world) publish(s commons.Sheet) {
	w.catalogue.Store(commons.NewCatalogue([]commons.Listed{
		{ID: sill, Kind: commons.Software, Said: []commons.Statement{{Source: "sill", Record: "1", Licence: "etalab-2.0", Sheet: s}}},
		{ID: sill2, Kind: commons.Software, Said: []commons.Statement{{Source: "sill", Record: "2", Sheet: commons.Sheet{"title": {"Autre"}, "summary": {"Deux."}, "licence": {"MIT"}, "website": {"https://deux.example"}}}}},
	}))
}

func (w *world) as(id string, mandates ...people.Mandate) context.Context {
	return people.WithActor(w.Context(), &people.Actor{Person: people.Person{ID: id}, Session: people.Session{Strong: true}, Mandates: mandates,
		Covers: func(_ context.Context, outer, inner people.Scope) (bool, error) {
			return outer == bassin && inner == town, nil
		}})
}

func (w *world) ada() context.Context { return w.as("ada") }
func (w *world) bob() context.Context { return w.as("bob") }
func (w *world) eve() context.Context { // coordinates the basin
	return w.as("eve", people.Mandate{Role: people.Coordinator, Scope: bassin})
}
func (w *world) root() context.Context {
	return w.as("root", people.Mandate{Role: people.Administrator})
}

func (w *world) is(what string, err error, want fault.Code) {
	w.Helper()
	if fault.CodeOf(err) != want {
		w.Errorf("%s: %v, want %q", what, err, want)
	}
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) propose(ctx context.Context, p commons.Proposal) commons.Revision {
	w.Helper()
	r, err := w.l.Propose(ctx, p)
	w.must(err)
	return r
}

// fresh proposes a new software of the basin.
func (w *world) fresh(ctx context.Context, submit bool) commons.Revision {
	w.Helper()
	return w.propose(ctx, commons.Proposal{Kind: commons.Software, Home: bassin, Submit: submit, Sheet: commons.Sheet{"title": {"Pad"}, "summary": {"Écrire ensemble."}}})
}

func (w *world) entry(id string) commons.Entry {
	w.Helper()
	e, err := w.l.Find(w.Context(), id)
	w.must(err)
	return e
}

// with is what an entry says, one field said otherwise.
func (w *world) with(id, field string, values ...string) commons.Sheet {
	w.Helper()
	e := w.entry(id)
	s, _ := e.Sheet()
	s = s.Clone()
	s.Set(field, values...)
	return s
}

// edit proposes one field of an entry otherwise.
func (w *world) edit(ctx context.Context, id, field string, values ...string) commons.Revision {
	w.Helper()
	return w.propose(ctx, commons.Proposal{Entry: id, Submit: true, Sheet: w.with(id, field, values...)})
}

func (w *world) reads(id string, want map[string]string) {
	w.Helper()
	e := w.entry(id)
	s, _ := e.Sheet()
	for field, v := range want {
		if got := strings.Join(s[field], "|"); got != v {
			w.Errorf("%s: %s is %q, want %q", id, field, got, v)
		}
	}
}

func (w *world) actions(subject string, want ...string) {
	w.Helper()
	rows, err := w.s.Find(w.Context(), audit.Filter{Subject: subject})
	w.must(err)
	var got []string
	for _, r := range rows {
		got = append([]string{strings.TrimPrefix(r.Action, "commons.")}, got...)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.Errorf("the record of %s (-want +got):\n%s", subject, diff)
	}
}

// told is how many events were left in the outbox since it was last asked.
func (w *world) told() int {
	w.Helper()
	now := time.Now().Add(time.Hour)
	d, err := w.s.Claim(w.Context(), []string{commons.Happened}, 99, now, now.Add(24*time.Hour))
	w.must(err)
	for _, x := range d {
		w.must(w.s.Delivered(w.Context(), x, now))
	}
	return len(d)
}

func lifeOfARevision(w *world) {
	r := w.fresh(w.ada(), false)
	if r.State != commons.Draft || r.Author != "ada" || r.Version != 1 || r.Entry == "" || w.told() != 0 {
		w.Fatalf("a draft: %+v", r)
	}
	_, err := w.l.Find(w.ada(), r.Entry)
	w.is("the entry of a draft", err, fault.NotFound)
	r = w.propose(w.ada(), commons.Proposal{Revision: r.ID, Version: r.Version, Submit: true, Note: " Voilà\x00 ", Sheet: commons.Sheet{"title": {"Pad"}, "summary": {"Écrire."}}})
	if r.State != commons.Submitted || r.Note != "Voilà" || w.told() != 1 {
		w.Errorf("submitted: %+v", r)
	}
	_, err = w.l.Decide(w.eve(), commons.Decision{Revision: r.ID, Version: r.Version, Answer: " \n"})
	w.is("refused without a word", err, fault.Invalid)
	_, err = w.l.Decide(w.ada(), commons.Decision{Revision: r.ID, Version: r.Version, Accept: true})
	w.is("decided by the author", err, fault.Forbidden)
	_, err = w.l.Decide(w.bob(), commons.Decision{Revision: r.ID, Version: r.Version, Accept: true})
	w.is("decided by anybody", err, fault.NotFound)
	no, err := w.l.Decide(w.eve(), commons.Decision{Revision: r.ID, Version: r.Version, Answer: "Trop court."})
	w.must(err)
	if no.State != commons.Refused || no.Reviewer != "eve" || no.Answer != "Trop court." || no.DecidedAt.IsZero() || no.Number != 0 || w.told() != 1 {
		w.Errorf("refused: %+v", no)
	}
	again := w.propose(w.ada(), commons.Proposal{Revision: no.ID, Version: no.Version, Submit: true, Sheet: commons.Sheet{"title": {"Pad"}, "summary": {"Écrire ensemble."}}})
	if again.Answer != "Trop court." || again.State != commons.Submitted {
		w.Errorf("taken up again: %+v", again)
	}
	yes, err := w.l.Decide(w.eve(), commons.Decision{Revision: r.ID, Version: again.Version, Accept: true})
	w.must(err)
	if yes.State != commons.Accepted || yes.Number != 1 || yes.Answer != "" {
		w.Errorf("published: %+v", yes)
	}
	e := w.entry(r.Entry)
	if e.State != commons.Published || e.Revision != 1 || e.Author != "ada" || e.Home != basin || e.Own.Get("summary") != "Écrire ensemble." || e.Version != 1 {
		w.Errorf("the entry: %+v", e)
	}
	_, err = w.l.Propose(w.ada(), commons.Proposal{Revision: r.ID, Version: yes.Version, Sheet: e.Own})
	w.is("changing what is published", err, fault.Conflict)
	_, err = w.l.Decide(w.eve(), commons.Decision{Revision: r.ID, Version: yes.Version, Answer: "Non"})
	w.is("refusing what is published", err, fault.Conflict)
	w.actions(commons.RevisionSubject(r.ID), "draft", "submit", "refuse", "submit")
	w.actions(commons.EntrySubject(r.Entry), "publish")
}

func atOnce(w *world) {
	r := w.fresh(w.eve(), true)
	if r.State != commons.Accepted || r.Number != 1 || r.Reviewer != "eve" || w.told() != 1 {
		w.Errorf("by who may: %+v", r)
	}
	if d := w.fresh(w.eve(), false); d.State != commons.Draft {
		w.Errorf("a draft by who may: %+v", d)
	}
	if o := w.propose(w.eve(), commons.Proposal{Kind: commons.Need, Submit: true, Sheet: commons.Sheet{"title": {"T"}, "summary": {"S"}}}); o.State != commons.Submitted {
		w.Errorf("for the whole installation, by who may in a basin: %+v", o)
	}
	if o := w.propose(w.root(), commons.Proposal{Kind: commons.Need, Home: town, Submit: true, Sheet: commons.Sheet{"title": {"T"}, "summary": {"S"}}}); o.State != commons.Accepted {
		w.Errorf("by an administrator: %+v", o)
	}
	if o := w.edit(w.eve(), sill, "title", "X"); o.State != commons.Submitted {
		w.Errorf("a listed entry, by who may in a basin: %+v", o)
	}
}

func wrong(w *world) {
	good := commons.Sheet{"title": {"T"}, "summary": {"S"}}
	for name, p := range map[string]commons.Proposal{
		"no kind":             {Sheet: good},
		"no such kind":        {Kind: "tool", Sheet: good},
		"no summary":          {Kind: commons.Need, Submit: true, Sheet: commons.Sheet{"title": {"T"}}},
		"a field of others":   {Kind: commons.Need, Sheet: commons.Sheet{"licence": {"MIT"}}},
		"an unknown field":    {Kind: commons.Need, Sheet: commons.Sheet{"x": {"y"}}},
		"an unknown entry":    {Kind: commons.Need, Sheet: commons.Sheet{"adapted_from": {"nothing"}}},
		"a home that is none": {Kind: commons.Need, Sheet: good, Home: people.Over(territory.ID{Level: territory.Commune, Code: "00000"})},
		"an organisation":     {Kind: commons.Need, Sheet: good, Home: people.In("o")},
		"a long note":         {Kind: commons.Need, Sheet: good, Note: strings.Repeat("é", 2001)},
		"another kind":        {Entry: sill, Kind: commons.Need, Sheet: good},
		"itself":              {Entry: sill, Sheet: commons.Sheet{"title": {"T"}, "summary": {"S"}, "adapted_from": {sill}}},
	} {
		_, err := w.l.Propose(w.eve(), p)
		w.is(name, err, fault.Invalid)
	}
	_, err := w.l.Propose(w.Context(), commons.Proposal{Kind: commons.Need, Sheet: good})
	w.is("a visitor", err, fault.Unauthenticated)
	seen := 7
	_, err = w.l.Propose(w.ada(), commons.Proposal{Entry: sill, Seen: &seen, Sheet: good})
	w.is("on a publication that never was", err, fault.NotFound)
	if _, n, err := w.s.Revisions(w.Context(), commons.RevisionFilter{}); err != nil || n != 0 {
		w.Errorf("%d revisions were kept, %v", n, err)
	}
	// A draft may lack what a publication may not.
	w.propose(w.ada(), commons.Proposal{Kind: commons.Need, Sheet: commons.Sheet{}})
}

func whoSees(w *world) {
	visitor := w.Context()
	sees := func(r commons.Revision, want ...context.Context) {
		w.Helper()
		for name, ctx := range map[string]context.Context{"visitor": visitor, "ada": w.ada(), "bob": w.bob(), "eve": w.eve(), "root": w.root()} {
			expected := fault.NotFound
			for _, x := range want {
				if people.Of(x).Person.ID == people.Of(ctx).Person.ID {
					expected = ""
				}
			}
			_, err := w.l.Own(ctx, r.ID)
			w.is(string(r.State)+" seen by "+name, err, expected)
			_, _, err = w.l.Proposed(ctx, r.ID)
			w.is(string(r.State)+" with its entry by "+name, err, expected)
		}
	}
	r := w.fresh(w.ada(), false)
	sees(r, w.ada())
	r = w.propose(w.ada(), commons.Proposal{Revision: r.ID, Version: 1, Submit: true, Sheet: r.Sheet})
	sees(r, w.ada(), w.eve(), w.root())
	r, err := w.l.Decide(w.eve(), commons.Decision{Revision: r.ID, Version: r.Version, Answer: "Non"})
	w.must(err)
	sees(r, w.ada(), w.eve(), w.root())
	w.must(w.l.Withdraw(w.ada(), r.ID, r.Version))
	r.State = commons.Withdrawn
	sees(r, w.ada())
	sees(w.fresh(w.eve(), true), visitor, w.ada(), w.bob(), w.eve(), w.root())
	other := w.edit(w.ada(), sill, "title", "X") // of the whole installation
	sees(other, w.ada(), w.root())

	homes, err := w.l.Homes(w.eve())
	if err != nil || len(homes) != 0 {
		w.Errorf("what waits for eve: %v, %v", homes, err)
	}
	w.fresh(w.ada(), true)
	if homes, err = w.l.Homes(w.eve()); err != nil || len(homes) != 1 || homes[0] != basin {
		w.Errorf("what waits for eve: %v, %v", homes, err)
	}
	if homes, err = w.l.Homes(w.root()); err != nil || len(homes) != 2 {
		w.Errorf("what waits for root: %v, %v", homes, err)
	}
}

func othersName(w *world) {
	r := w.fresh(w.ada(), true)
	for _, ctx := range []context.Context{w.eve(), w.bob(), w.root()} {
		_, err := w.l.Propose(ctx, commons.Proposal{Revision: r.ID, Version: r.Version, Submit: true, Sheet: r.Sheet})
		w.is("written by another", err, fault.NotFound)
		w.is("withdrawn by another", w.l.Withdraw(ctx, r.ID, r.Version), fault.NotFound)
	}
	w.is("withdrawn by a visitor", w.l.Withdraw(w.Context(), r.ID, r.Version), fault.NotFound)
}

func joined(w *world) {
	id := w.fresh(w.eve(), true).Entry
	mine := w.propose(w.ada(), commons.Proposal{Entry: id, Submit: true, Sheet: w.with(id, "keywords", "a", "b")})
	same := w.propose(w.bob(), commons.Proposal{Entry: id, Submit: true, Sheet: w.with(id, "website", "https://pad.example")})
	w.edit(w.eve(), id, "website", "https://pad.example")
	for _, r := range []commons.Revision{mine, same} { // the second says what is there already
		out, err := w.l.Decide(w.eve(), commons.Decision{Revision: r.ID, Version: r.Version, Accept: true})
		w.must(err)
		if out.Base != 1 {
			w.Errorf("it was written on %d", out.Base)
		}
	}
	w.reads(id, map[string]string{"keywords": "a|b", "website": "https://pad.example", "title": "Pad"})
	if e := w.entry(id); e.Revision != 4 {
		w.Errorf("%d publications, want 4", e.Revision)
	}
	before, err := w.l.Before(w.Context(), commons.Revision{Entry: id, State: commons.Accepted, Number: 2}, w.entry(id))
	if err != nil || before.Own.Get("website") != "" || before.Own.Get("title") != "Pad" {
		w.Errorf("before the second: %v, %v", before.Own, err)
	}
}

func clash(w *world, err error) *commons.Clash {
	w.Helper()
	c, ok := errors.AsType[*commons.Clash](err)
	if !ok {
		w.Fatalf("%v, want a clash", err)
	}
	w.is("a clash", err, fault.Conflict)
	return c
}

func clashes(w *world) {
	// The entry is listed: what sources say shows in both versions.
	mine := w.edit(w.ada(), sill, "title", "Le mien")
	theirs := w.propose(w.root(), commons.Proposal{Entry: sill, Submit: true, Sheet: commons.Sheet{"title": {"Le leur"}, "summary": {"Nouveau."}}})
	if theirs.Number != 1 || theirs.Sheet["keywords"] == nil {
		w.Errorf("what takes keywords away: %+v", theirs)
	}
	_, err := w.l.Decide(w.root(), commons.Decision{Revision: mine.ID, Version: mine.Version, Accept: true})
	c := clash(w, err)
	want := &commons.Clash{Fields: []string{"title"}, Revision: 1,
		Present:  commons.Sheet{"title": {"Le leur"}, "summary": {"Nouveau."}, "keywords": {}},
		Proposed: commons.Sheet{"title": {"Le mien"}, "summary": {"Nouveau."}, "keywords": {}}}
	if diff := cmp.Diff(want, c); diff != "" {
		w.Errorf("the clash (-want +got):\n%s", diff)
	}
	w.reads(sill, map[string]string{"title": "Le leur"})
	chosen := c.Proposed.Clone()
	chosen.Set("title", "Les deux")
	r, err := w.l.Decide(w.root(), commons.Decision{Revision: mine.ID, Version: mine.Version, Accept: true, Sheet: chosen, Seen: &c.Revision})
	w.must(err)
	if r.Number != 2 || r.Author != "ada" || r.Reviewer != "root" {
		w.Errorf("the publication: %+v", r)
	}
	w.reads(sill, map[string]string{"title": "Les deux", "summary": "Nouveau.", "keywords": ""})
}

func authorsClash(w *world) {
	draft := w.propose(w.root(), commons.Proposal{Entry: sill, Sheet: w.with(sill, "title", "Le mien")})
	w.edit(w.root(), sill, "title", "Le leur")
	p := commons.Proposal{Revision: draft.ID, Version: draft.Version, Submit: true, Sheet: w.with(sill, "title", "Le mien")}
	_, err := w.l.Propose(w.root(), p)
	c := clash(w, err)
	p.Seen, p.Sheet = &c.Revision, c.Proposed
	if r := w.propose(w.root(), p); r.Number != 2 {
		w.Errorf("resolved: %+v", r)
	}
	w.reads(sill, map[string]string{"title": "Le mien", "keywords": "un|deux"})
}

func corrects(w *world) {
	mine := w.edit(w.ada(), sill, "title", "Le mien")
	_, err := w.l.Decide(w.root(), commons.Decision{Revision: mine.ID, Version: mine.Version, Accept: true, Sheet: commons.Sheet{"title": {"T"}}})
	w.is("without a summary", err, fault.Invalid)
	_, err = w.l.Decide(w.root(), commons.Decision{Revision: mine.ID, Version: mine.Version, Accept: true, Sheet: commons.Sheet{"title": {"T"}, "summary": {"S"}, "x": {"y"}}})
	w.is("with an unknown field", err, fault.Invalid)
	saw := 0
	sheet := w.with(sill, "title", "Corrigé")
	w.edit(w.root(), sill, "title", "Entre-temps")
	_, err = w.l.Decide(w.root(), commons.Decision{Revision: mine.ID, Version: mine.Version, Accept: true, Sheet: sheet, Seen: &saw})
	_ = clash(w, err)
	w.reads(sill, map[string]string{"title": "Entre-temps"})
	r, err := w.l.Decide(w.root(), commons.Decision{Revision: mine.ID, Version: mine.Version, Accept: true, Sheet: sheet})
	w.must(err)
	w.reads(sill, map[string]string{"title": "Corrigé", "summary": "Selon la source."})
	if diff := cmp.Diff(commons.Sheet{"title": {"Corrigé"}}, r.Sheet); diff != "" {
		w.Errorf("kept (-want +got):\n%s", diff)
	}
	// What the last publication lacks with the proposal is not published.
	bare := w.propose(w.ada(), commons.Proposal{Kind: commons.Need, Home: bassin, Submit: true, Sheet: commons.Sheet{"title": {"T"}, "summary": {"S"}}})
	_, err = w.l.Decide(w.eve(), commons.Decision{Revision: bare.ID, Version: bare.Version, Accept: true, Answer: strings.Repeat("x", 2001)})
	w.is("a long answer", err, fault.Invalid)
}

func twoModerators(w *world) {
	r := w.fresh(w.ada(), true)
	var errs [2]error
	at(2, func(i int) {
		_, errs[i] = w.l.Decide(w.eve(), commons.Decision{Revision: r.ID, Version: r.Version, Accept: i == 0, Answer: "Moi"})
	})
	if (errs[0] == nil) == (errs[1] == nil) {
		w.Fatalf("%v, %v: one must decide", errs[0], errs[1])
	}
	w.is("the second", errors.Join(errs[:]...), fault.Conflict)
	if _, ok := errors.AsType[*fault.Stale[commons.Revision]](errors.Join(errs[:]...)); !ok {
		w.Errorf("%v, want both versions", errors.Join(errs[:]...))
	}
	// Retiring: likewise.
	e := w.entry(w.fresh(w.eve(), true).Entry)
	at(2, func(i int) { errs[i] = w.l.Retire(w.eve(), e.ID, e.Version, "Parce que", "") })
	if (errs[0] == nil) == (errs[1] == nil) {
		w.Errorf("%v, %v: one must retire it", errs[0], errs[1])
	}
	w.is("the second", errors.Join(errs[:]...), fault.Conflict)
}

func twoPublications(w *world) {
	const n = 6
	fields := []string{"title", "website", "repository", "documentation", "contact_role", "wikidata"}
	values := []string{"T", "https://a.example", "https://b.example", "https://c.example", "Mairie", "Q1"}
	var rs [n]commons.Revision
	for i := range n {
		rs[i] = w.edit(w.ada(), sill, fields[i], values[i])
	}
	at(n, func(i int) {
		if _, err := w.l.Decide(w.root(), commons.Decision{Revision: rs[i].ID, Version: 1, Accept: true}); err != nil {
			w.Error(err)
		}
	})
	for i := range n {
		w.reads(sill, map[string]string{fields[i]: values[i]})
		if _, err := w.s.RevisionOf(w.Context(), sill, i+1); err != nil {
			w.Error(err)
		}
	}
	if e := w.entry(sill); e.Revision != n || e.Version != n {
		w.Errorf("publication %d, version %d, want %d", e.Revision, e.Version, n)
	}
}

func firstChange(w *world) {
	e := w.entry(sill)
	if e.Version != 0 || e.State != commons.Published || e.Title() != "Logiciel libre" {
		w.Errorf("listed: %+v", e)
	}
	r := w.edit(w.root(), sill, "title", "Pad")
	if diff := cmp.Diff(commons.Sheet{"title": {"Pad"}}, r.Sheet); diff != "" {
		w.Errorf("only what differs is kept (-want +got):\n%s", diff)
	}
	e = w.entry(sill)
	if e.Version != 1 || e.Author != "" || e.Home != nowhere || e.Revision != 1 {
		w.Errorf("with a row: %+v", e)
	}
	_, from := e.Sheet()
	if !from["title"].People() || from["summary"].Source != "sill" || from["summary"].Licence != "etalab-2.0" {
		w.Errorf("on whose word: %v", from)
	}
	w.must(w.l.Retire(w.root(), sill2, 0, "Abandonné", sill))
	if e := w.entry(sill2); e.State != commons.Retired || e.Version != 1 || e.Successor != sill || e.Title() != "Autre" {
		w.Errorf("retired: %+v", e)
	}
	all, err := w.l.All(w.Context(), []string{sill2, "none", sill})
	if err != nil || len(all) != 2 || all[0].ID != sill2 || all[1].Title() != "Pad" {
		w.Errorf("all: %v, %v", all, err)
	}
}

func stays(w *world) {
	w.edit(w.root(), sill, "keywords")
	w.reads(sill, map[string]string{"keywords": "", "title": "Logiciel libre"})
	w.edit(w.root(), sill, "title", "Corrigé")
	w.publish(commons.Sheet{"title": {"Nouvelle édition"}, "summary": {"Autrement."}, "keywords": {"trois"}})
	w.reads(sill, map[string]string{"keywords": "", "title": "Corrigé", "summary": "Autrement."})
	// The source comes to agree, people write of something else, the source changes again.
	w.publish(commons.Sheet{"title": {"Corrigé"}, "summary": {"Autrement."}})
	w.edit(w.root(), sill, "website", "https://x.example")
	w.publish(commons.Sheet{"title": {"Défait"}, "summary": {"Autrement."}, "keywords": {"quatre"}})
	w.reads(sill, map[string]string{"title": "Corrigé", "keywords": "", "website": "https://x.example"})
	// To write as the source does is to follow it again.
	w.edit(w.root(), sill, "title", "Défait")
	w.publish(commons.Sheet{"title": {"Refait"}, "summary": {"Autrement."}})
	w.reads(sill, map[string]string{"title": "Refait"})
	// A proposal to empty a field meets a publication of another one.
	w.publish(commons.Sheet{"title": {"T"}, "summary": {"S"}, "website": {"https://s.example"}, "repository": {"https://r.example"}})
	mine := w.edit(w.ada(), sill, "repository")
	w.edit(w.root(), sill, "documentation", "https://d.example")
	_, err := w.l.Decide(w.root(), commons.Decision{Revision: mine.ID, Version: 1, Accept: true})
	w.must(err)
	w.reads(sill, map[string]string{"repository": "", "documentation": "https://d.example"})
}

func withdrawn(w *world) {
	r := w.fresh(w.ada(), true)
	w.is("with an old version", w.l.Withdraw(w.ada(), r.ID, 7), fault.Conflict)
	w.must(w.l.Withdraw(w.ada(), r.ID, r.Version))
	w.is("twice", w.l.Withdraw(w.ada(), r.ID, r.Version+1), fault.Conflict)
	_, err := w.l.Propose(w.ada(), commons.Proposal{Revision: r.ID, Version: r.Version + 1, Sheet: r.Sheet})
	w.is("changed after", err, fault.Conflict)
	_, err = w.l.Decide(w.eve(), commons.Decision{Revision: r.ID, Version: r.Version + 1, Accept: true})
	w.is("published after", err, fault.NotFound)
	w.actions(commons.RevisionSubject(r.ID), "submit", "withdraw")
}

func retired(w *world) {
	a, b := w.fresh(w.eve(), true).Entry, w.fresh(w.eve(), true).Entry
	waiting := w.edit(w.ada(), a, "title", "X")
	w.is("without a reason", w.l.Retire(w.eve(), a, 1, " ", b), fault.Invalid)
	w.is("by anybody", w.l.Retire(w.bob(), a, 1, "R", b), fault.Forbidden)
	w.is("by a visitor", w.l.Retire(w.Context(), a, 1, "R", b), fault.Unauthenticated)
	w.is("followed by itself", w.l.Retire(w.eve(), a, 1, "R", a), fault.Invalid)
	w.is("followed by nothing", w.l.Retire(w.eve(), a, 1, "R", "none"), fault.Invalid)
	w.is("with an old version", w.l.Retire(w.eve(), a, 9, "R", b), fault.Conflict)
	w.is("reopened before", w.l.Reopen(w.eve(), a, 1), fault.Conflict)
	w.must(w.l.Retire(w.eve(), a, 1, "Remplacé", b))
	e, err := w.l.Read(w.Context(), a)
	if err != nil || e.State != commons.Retired || e.Reason != "Remplacé" || e.Successor != b {
		w.Errorf("retired: %+v, %v", e, err)
	}
	w.is("twice", w.l.Retire(w.eve(), a, 2, "R", b), fault.Conflict)
	_, err = w.l.Propose(w.ada(), commons.Proposal{Entry: a, Sheet: e.Own})
	w.is("proposed after", err, fault.Conflict)
	_, err = w.l.Propose(w.ada(), commons.Proposal{Revision: waiting.ID, Version: 1, Submit: true, Sheet: e.Own})
	w.is("submitted again after", err, fault.Conflict)
	_, err = w.l.Decide(w.eve(), commons.Decision{Revision: waiting.ID, Version: 1, Accept: true})
	w.is("published after", err, fault.Conflict)
	w.must(w.l.Reopen(w.eve(), a, 2))
	if e := w.entry(a); e.State != commons.Published || e.Reason != "" || e.Successor != "" {
		w.Errorf("reopened: %+v", e)
	}
	_, err = w.l.Decide(w.eve(), commons.Decision{Revision: waiting.ID, Version: 1, Accept: true})
	w.must(err)
	w.actions(commons.EntrySubject(a), "publish", "retire", "reopen", "publish")
}

func mergedApart(w *world) {
	kept := w.fresh(w.root(), true).Entry
	w.edit(w.root(), sill, "contact_role", "Mairie")
	w.edit(w.root(), sill, "keywords") // emptied there: the source's stay away
	w.edit(w.root(), sill2, "website")
	before := w.entry(sill)
	w.is("by who has the right in one only", w.l.Merge(w.eve(), sill, before.Version, kept), fault.Forbidden)
	w.is("with itself", w.l.Merge(w.root(), sill, before.Version, sill), fault.Invalid)
	need := w.propose(w.root(), commons.Proposal{Kind: commons.Need, Submit: true, Sheet: commons.Sheet{"title": {"T"}, "summary": {"S"}}}).Entry
	w.is("of another kind", w.l.Merge(w.root(), sill, before.Version, need), fault.Invalid)
	w.is("in nothing", w.l.Merge(w.root(), sill, before.Version, "none"), fault.NotFound)
	w.must(w.l.Merge(w.root(), sill, before.Version, kept))
	w.must(w.l.Merge(w.root(), sill2, 1, sill)) // leads to the kept one
	if e := w.entry(sill2); e.MergedInto != kept {
		w.Errorf("merged in %s, want %s", e.MergedInto, kept)
	}
	w.reads(kept, map[string]string{"title": "Pad", "contact_role": "Mairie", "keywords": "", "website": "", "licence": "MIT"})
	e := w.entry(kept)
	if _, from := e.Sheet(); !from["contact_role"].People() || from["licence"].Source != "sill" {
		w.Errorf("on whose word: %v", from)
	}
	if got, err := w.l.Read(w.Context(), sill); err != nil || got.State != commons.Merged || got.MergedInto != kept {
		w.Errorf("its address: %+v, %v", got, err)
	}
	// What is proposed of the merged one is of the kept one, and keeps its own words only.
	r := w.propose(w.root(), commons.Proposal{Entry: sill, Submit: true, Sheet: w.with(kept, "website", "https://k.example")})
	if r.Entry != kept {
		w.Errorf("proposed of %s, want %s", r.Entry, kept)
	}
	if diff := cmp.Diff(commons.Sheet{"title": {"Pad"}, "summary": {"Écrire ensemble."}, "website": {"https://k.example"}}, r.Sheet); diff != "" {
		w.Errorf("its words (-want +got):\n%s", diff)
	}
	// A merge of what kept shows that of both, and more.
	last := w.fresh(w.root(), true).Entry
	w.must(w.l.Merge(w.root(), kept, w.entry(kept).Version, last))
	w.reads(last, map[string]string{"contact_role": "Mairie", "licence": "MIT", "website": "https://k.example"})
	w.is("back in a circle", w.l.Merge(w.root(), last, w.entry(last).Version, sill), fault.Invalid)
	w.must(w.l.Unmerge(w.root(), kept, w.entry(kept).Version))
	w.is("twice", w.l.Unmerge(w.root(), kept, w.entry(kept).Version), fault.Conflict)

	w.must(w.l.Unmerge(w.root(), sill, before.Version+1))
	after := w.entry(sill)
	before.Version, before.UpdatedAt = after.Version, after.UpdatedAt
	if diff := cmp.Diff(before, after); diff != "" {
		w.Errorf("apart again (-want +got):\n%s", diff)
	}
	w.reads(kept, map[string]string{"contact_role": "", "licence": "MIT"})
	// A retired one is retired again.
	w.must(w.l.Retire(w.root(), sill, after.Version, "Fini", ""))
	w.must(w.l.Merge(w.root(), sill, after.Version+1, kept))
	w.must(w.l.Unmerge(w.root(), sill, after.Version+2))
	if e := w.entry(sill); e.State != commons.Retired || e.Reason != "Fini" {
		w.Errorf("apart again: %+v", e)
	}
	w.actions(commons.EntrySubject(sill2), "publish", "merge")
}

func noCircle(w *world) {
	a, b := w.fresh(w.eve(), true).Entry, w.fresh(w.eve(), true).Entry
	var errs [2]error
	at(2, func(i int) {
		merged, kept := a, b
		if i == 1 {
			merged, kept = b, a
		}
		errs[i] = w.l.Merge(w.eve(), merged, 1, kept)
	})
	if (errs[0] == nil) == (errs[1] == nil) {
		w.Errorf("%v, %v: one must be", errs[0], errs[1])
	}
}

func movedHome(w *world) {
	r := w.fresh(w.root(), true)
	waiting := w.edit(w.ada(), r.Entry, "title", "X")
	if waiting.Home != basin {
		w.Errorf("it waits at %v", waiting.Home)
	}
	w.is("to where they have no right", w.l.Move(w.eve(), r.Entry, 1, people.Everywhere), fault.Forbidden)
	w.is("nowhere", w.l.Move(w.root(), r.Entry, 1, people.In("o")), fault.Invalid)
	w.is("by anybody", w.l.Move(w.bob(), r.Entry, 1, town), fault.Forbidden)
	w.is("from where they have no right", w.l.Move(w.eve(), sill, 0, bassin), fault.Forbidden)
	w.must(w.l.Move(w.eve(), r.Entry, 1, town))
	w.must(w.l.Move(w.root(), r.Entry, 2, people.Everywhere))
	if e := w.entry(r.Entry); e.Home != nowhere || e.State != commons.Published {
		w.Errorf("moved: %+v", e)
	}
	_, err := w.l.Decide(w.eve(), commons.Decision{Revision: waiting.ID, Version: 1, Accept: true})
	w.is("decided where it was", err, fault.NotFound)
	out := w.propose(w.ada(), commons.Proposal{Revision: waiting.ID, Version: 1, Submit: true, Sheet: w.with(r.Entry, "title", "Y")})
	if out.Home != nowhere {
		w.Errorf("it waits at %v", out.Home)
	}
	_, err = w.l.Decide(w.root(), commons.Decision{Revision: waiting.ID, Version: 2, Accept: true})
	w.must(err)
	w.must(w.l.Move(w.root(), sill, 0, bassin))
	if o := w.edit(w.eve(), sill, "title", "Z"); o.State != commons.Accepted {
		w.Errorf("a listed entry that eve looks after: %+v", o)
	}
	w.actions(commons.EntrySubject(r.Entry), "publish", "move", "move", "publish")
}

func hostileIDs(w *world) {
	good := commons.Sheet{"title": {"T"}, "summary": {"S"}}
	for _, id := range hostile {
		_, err := w.l.Find(w.root(), id)
		w.is("find", err, fault.NotFound)
		_, err = w.l.Own(w.root(), id)
		w.is("own", err, fault.NotFound)
		_, err = w.l.Decide(w.root(), commons.Decision{Revision: id, Accept: true})
		w.is("decide", err, fault.NotFound)
		w.is("withdraw", w.l.Withdraw(w.root(), id, 1), fault.NotFound)
		w.is("retire", w.l.Retire(w.root(), id, 1, "R", ""), fault.NotFound)
		w.is("reopen", w.l.Reopen(w.root(), id, 1), fault.NotFound)
		w.is("merge", w.l.Merge(w.root(), id, 1, sill), fault.NotFound)
		w.is("merge in", w.l.Merge(w.root(), sill, 0, id), fault.NotFound)
		w.is("unmerge", w.l.Unmerge(w.root(), id, 1), fault.NotFound)
		w.is("move", w.l.Move(w.root(), id, 1, bassin), fault.NotFound)
		if all, err := w.l.All(w.root(), []string{id, sill}); err != nil || len(all) != 1 {
			w.Errorf("all: %v, %v", all, err)
		}
		if id != "" {
			_, err = w.l.Propose(w.root(), commons.Proposal{Entry: id, Sheet: good})
			w.is("propose", err, fault.NotFound)
			_, err = w.l.Propose(w.root(), commons.Proposal{Revision: id, Sheet: good})
			w.is("change", err, fault.NotFound)
			_, err = w.l.Propose(w.root(), commons.Proposal{Kind: commons.Software, Sheet: commons.Sheet{"adapted_from": {"x" + id + "x"}}})
			w.is("refer to", err, fault.Invalid)
		}
	}
}
