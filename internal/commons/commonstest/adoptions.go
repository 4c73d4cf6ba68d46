package commonstest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/audit"
	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/people"
)

// AdoptionStore is what is under test, with the entries that adoptions name.
type AdoptionStore interface {
	Store
	commons.AdoptionStore
	Head(context.Context) (audit.Head, error)
	After(ctx context.Context, seq int64) ([]audit.Row, error)
}

// RunAdoptions checks a store of adoptions, and their rules on it. Open gives an empty store.
func RunAdoptions(t *testing.T, open func(t *testing.T) AdoptionStore) {
	for _, c := range []struct {
		name string
		try  func(w *using)
	}{
		{"kept as it was given", adoptionKept},
		{"found, page by page", adoptionsFound},
		{"a refusal leaves all as it was", adoptionRefused},
		{"declared by somebody who speaks is verified at once", declaredBySpeaker},
		{"declared by a coordinator waits for somebody who speaks", declaredByOther},
		{"a provider's word that somebody works there is enough", vouchedFor},
		{"who may not", mayNot},
		{"what is wrong is said by field", adoptionWrong},
		{"said anew is one adoption", saidAnew},
		{"of two at once, one adoption comes", declaredAtOnce},
		{"the second of two writers is told", adoptionStale},
		{"holds for a year, then is confirmed", holdsAYear},
		{"ended with a reason, resumed", endedAndResumed},
		{"all or nothing, and what was said stays", allOrNothing},
		{"merged entries show together, apart again", mergedUses},
		{"counted by entry, for the search", usesCounted},
	} {
		t.Run(c.name, func(t *testing.T) { c.try(newUsing(t, open(t))) })
	}
}

// using is a world whose organisations use things.
type using struct {
	*world
	store AdoptionStore
	a     *commons.Adoptions
	works string
}

func newUsing(t *testing.T, s AdoptionStore) *using {
	u := &using{world: newWorld(t, s), store: s}
	body := func(id string) (people.Organisation, error) {
		switch id {
		case "o1":
			return people.Organisation{ID: id, Kind: people.KindAssociation, Name: "Un"}, nil
		case "o2":
			return people.Organisation{ID: id, Kind: people.KindCompany, Name: "Deux"}, nil
		case "old": // merged
			return people.Organisation{ID: "o1", Kind: people.KindAssociation, Name: "Un"}, nil
		}
		return people.Organisation{}, fault.New(fault.NotFound, "organisation.not_found", id)
	}
	u.a = &commons.Adoptions{Store: s, Library: u.l, Zone: time.UTC,
		Organisation: func(_ context.Context, id string) (people.Organisation, error) { return body(id) },
		Organisations: func(_ context.Context, ids []string) (map[string]people.Organisation, error) {
			out := map[string]people.Organisation{}
			for _, id := range ids {
				if o, err := body(id); err == nil {
					out[id] = o
				}
			}
			return out, nil
		},
		Works: func(context.Context) (string, error) { return u.works, nil },
	}
	return u
}

// ada speaks for o1.
func (u *using) speaker() context.Context {
	return u.as("ada", people.Mandate{Role: people.Signatory, Scope: people.In("o1")})
}

func said(entry, organisation string) commons.Adoption {
	return commons.Adoption{Entry: entry, Organisation: organisation, Since: "2024", Version: "3.1", Use: "Le courrier", Served: 300, Cost: "under_5000", Effort: "days_month",
		Good: "Simple.\n\nSûr.", Bad: "Lent.", Contact: "Direction du numérique"}
}

func (u *using) declare(ctx context.Context, a commons.Adoption) commons.Adoption {
	u.Helper()
	out, err := u.a.Declare(ctx, a)
	u.must(err)
	kept, err := u.store.Adoption(u.Context(), out.ID)
	if diff := cmp.Diff(out, kept); diff != "" || err != nil {
		u.Fatalf("what Declare says and what is kept (-said +kept), %v:\n%s", err, diff)
	}
	return out
}

func (u *using) today() people.Date { return people.DateOf(time.Now(), time.UTC) }

func adoptionKept(u *using) {
	want := said("e", "o1")
	want.ID, want.DeclaredBy, want.VerifiedBy, want.VerifiedOn, want.Until, want.EndedOn, want.EndReason = "x", "ada", "bob", "2026-01-02", "2027-01-02", "2026-11-01", "Fini : « trop cher »"
	want.CreatedAt, want.UpdatedAt = day, day.Add(time.Second)
	put := func(a commons.Adoption) error {
		return u.store.ChangeAdoptions(u.Context(), func(tx commons.AdoptionTx) error { return tx.PutAdoption(a) })
	}
	u.must(put(want))
	want.Row = 1
	got, err := u.store.Adoption(u.Context(), "x")
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		u.Fatalf("(-want +got), %v:\n%s", err, diff)
	}
	u.must(put(got))
	u.is("an older row", put(got), fault.Conflict)
	got.Row = 0
	u.is("the same id again", put(got), fault.Conflict)
	for _, id := range []string{"", "y", "a\x00b", "\xff"} {
		_, err := u.store.Adoption(u.Context(), id)
		u.is("no such adoption", err, fault.NotFound)
	}
}

func adoptionsFound(u *using) {
	var all []commons.Adoption
	u.must(u.store.ChangeAdoptions(u.Context(), func(tx commons.AdoptionTx) error {
		all = nil
		for i := range 9 {
			a := said(fmt.Sprint("e", i%3), fmt.Sprint("o", i/3))
			a.ID, a.CreatedAt, a.UpdatedAt = string("Zaé"[i%2])+fmt.Sprint(i), day, day
			if i%2 == 0 {
				a.VerifiedBy, a.VerifiedOn, a.Until = "ada", "2026-01-01", people.Date(fmt.Sprintf("2027-01-%02d", i+1))
			}
			if i == 4 {
				a.EndedOn = "2026-02-02"
			}
			if err := tx.PutAdoption(a); err != nil {
				return err
			}
			a.Row = 1
			all = append(all, a)
		}
		return nil
	}))
	slices.SortFunc(all, func(a, b commons.Adoption) int { return strings.Compare(a.ID, b.ID) })
	for _, c := range []struct {
		name string
		f    commons.AdoptionFilter
		keep func(a commons.Adoption) bool
	}{
		{"all", commons.AdoptionFilter{}, func(commons.Adoption) bool { return true }},
		{"entries", commons.AdoptionFilter{Entries: []string{"e1", "e2", "a\x00"}}, func(a commons.Adoption) bool { return a.Entry != "e0" }},
		{"organisations", commons.AdoptionFilter{Organisations: []string{"o1"}}, func(a commons.Adoption) bool { return a.Organisation == "o1" }},
		{"none", commons.AdoptionFilter{Entries: []string{}}, func(commons.Adoption) bool { return false }},
		{"open", commons.AdoptionFilter{Open: true}, func(a commons.Adoption) bool { return a.EndedOn == "" }},
		{"ending", commons.AdoptionFilter{EndsBefore: "2027-01-07"}, func(a commons.Adoption) bool {
			return a.EndedOn == "" && a.VerifiedOn != "" && a.Until < "2027-01-07"
		}},
		{"hostile", commons.AdoptionFilter{After: "\x00"}, func(commons.Adoption) bool { return false }},
	} {
		want := slices.DeleteFunc(slices.Clone(all), func(a commons.Adoption) bool { return !c.keep(a) })
		var got []commons.Adoption
		for f := c.f; ; {
			f.Limit = 2
			page, err := u.store.Adoptions(u.Context(), f)
			u.must(err)
			got = append(got, page...)
			if len(page) < 2 {
				break
			}
			f.After = page[1].ID
		}
		if diff := cmp.Diff(want, got); diff != "" && len(want)+len(got) > 0 {
			u.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func adoptionRefused(u *using) {
	before, err := u.store.Head(u.Context())
	u.must(err)
	stop := errors.New("stop")
	err = u.store.ChangeAdoptions(u.Context(), func(tx commons.AdoptionTx) error {
		a := said("e", "o1")
		a.ID, a.CreatedAt, a.UpdatedAt = "x", day, day
		u.must(tx.PutAdoption(a))
		tx.Record(audit.Entry{By: audit.System, Action: "try", Subject: commons.AdoptionSubject(a)})
		return stop
	})
	after, wrong := u.store.Head(u.Context())
	u.must(wrong)
	_, there := u.store.Adoption(u.Context(), "x")
	if !errors.Is(err, stop) || before != after || fault.CodeOf(there) != fault.NotFound {
		u.Errorf("%v, %v, %v, %v", err, before, after, there)
	}
}

func declaredBySpeaker(u *using) {
	a := u.declare(u.speaker(), said(sill, "o1"))
	if a.State(u.today()) != commons.Verified || a.VerifiedBy != "ada" || a.DeclaredBy != "ada" || a.VerifiedOn != u.today() || a.Until <= a.VerifiedOn || a.Row != 1 || a.Good != "Simple.\n\nSûr." {
		u.Errorf("%+v", a)
	}
	rows, err := u.store.After(u.Context(), 0)
	u.must(err)
	if r := rows[len(rows)-1]; r.Action != "adoption.declare" || r.Subject != "adoption:"+sill+"/"+a.ID || r.By != audit.Person("ada") {
		u.Errorf("the record says %+v", r)
	}
}

func declaredByOther(u *using) {
	a := u.declare(u.root(), said(sill, "o1"))
	if a.State(u.today()) != commons.Declared || a.VerifiedBy != "" {
		u.Fatalf("%+v", a)
	}
	_, err := u.a.Verify(u.root(), a.ID)
	u.is("an administrator does not speak for it", err, fault.Forbidden)
	_, err = u.a.Verify(u.bob(), a.ID)
	u.is("somebody else", err, fault.Forbidden)
	list, err := u.a.Verify(u.speaker(), a.ID)
	u.must(err)
	if v := list[0]; v.State(u.today()) != commons.Verified || v.VerifiedBy != "ada" || v.DeclaredBy != "root" || v.Row != 2 {
		u.Errorf("%+v", v)
	}
	later := u.declare(u.root(), said(sill, "o1")) // what was verified stays so
	if later.ID != a.ID || later.State(u.today()) != commons.Verified {
		u.Errorf("%+v", later)
	}
}

func vouchedFor(u *using) {
	u.works = "o1"
	if a := u.declare(u.bob(), said(sill, "o1")); a.State(u.today()) != commons.Verified || a.VerifiedBy != "bob" {
		u.Errorf("%+v", a)
	}
	_, err := u.a.Declare(u.bob(), said(sill, "o2"))
	u.is("another organisation", err, fault.Forbidden)
	_, err = u.a.Declare(u.Context(), said(sill, "o1"))
	u.is("a visitor", err, fault.Unauthenticated)
}

func mayNot(u *using) {
	observer := u.as("oz", people.Mandate{Role: people.Observer, Scope: people.In("o1")})
	for _, ctx := range []context.Context{u.bob(), observer} {
		_, err := u.a.Declare(ctx, said(sill, "o1"))
		u.is("without a mandate that says so", err, fault.Forbidden)
	}
	a := u.declare(u.speaker(), said(sill, "o1"))
	_, err := u.a.End(u.bob(), a.ID, u.today(), "Non")
	u.is("ends another's", err, fault.Forbidden)
	_, err = u.a.Verify(observer, a.ID)
	u.is("an observer verifies", err, fault.Forbidden)
}

func adoptionWrong(u *using) {
	for field, change := range map[string]func(a *commons.Adoption){
		"since":   func(a *commons.Adoption) { a.Since = "hier" },
		"served":  func(a *commons.Adoption) { a.Served = -2 },
		"cost":    func(a *commons.Adoption) { a.Cost = "rien" },
		"effort":  func(a *commons.Adoption) { a.Effort = "x" },
		"version": func(a *commons.Adoption) { a.Version = strings.Repeat("é", 61) },
		"use":     func(a *commons.Adoption) { a.Use = strings.Repeat("é", 301) },
		"good":    func(a *commons.Adoption) { a.Good = strings.Repeat("é", 1001) },
		"bad":     func(a *commons.Adoption) { a.Bad = strings.Repeat("é", 1001) },
		"contact": func(a *commons.Adoption) { a.Contact = strings.Repeat("é", 201) },
	} {
		a := said(sill, "o1")
		change(&a)
		_, err := u.a.Declare(u.speaker(), a)
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Field != field || f.Code != fault.Invalid {
			u.Errorf("%s: %v", field, err)
		}
	}
	_, err := u.a.Declare(u.speaker(), said("none", "o1"))
	u.is("no such entry", err, fault.NotFound)
	_, err = u.a.Declare(u.root(), said(sill, "none"))
	u.is("no such organisation", err, fault.NotFound)
}

func saidAnew(u *using) {
	a := u.declare(u.speaker(), said(sill, "o1"))
	next := commons.Adoption{Entry: sill, Organisation: "old", Since: "2025-06", Served: -1} // a merged id leads to the same
	b := u.declare(u.root(), next)
	if b.ID != a.ID || b.Since != "2025-06" || b.Version != "" || b.DeclaredBy != "ada" || b.Row != 2 {
		u.Errorf("%+v", b)
	}
}

func declaredAtOnce(u *using) {
	var wait sync.WaitGroup
	for range 6 {
		wait.Go(func() {
			if _, err := u.a.Declare(u.speaker(), said(sill, "o1")); err != nil {
				u.Error(err)
			}
		})
	}
	wait.Wait()
	all, err := u.store.Adoptions(u.Context(), commons.AdoptionFilter{})
	if err != nil || len(all) != 1 || all[0].Row != 6 {
		u.Errorf("%+v, %v", all, err)
	}
}

func adoptionStale(u *using) {
	a := u.declare(u.speaker(), said(sill, "o1"))
	mine, other := a, a
	other.Use = "Autre chose"
	u.declare(u.speaker(), other)
	_, err := u.a.Declare(u.speaker(), mine)
	if s, ok := errors.AsType[*fault.Stale[commons.Adoption]](err); !ok || s.Theirs.Use != "Autre chose" {
		u.Errorf("%v", err)
	}
}

func holdsAYear(u *using) {
	a := u.declare(u.speaker(), said(sill, "o1"))
	if a.State(a.Until) != commons.Verified || a.State(a.Until.After()) != commons.Expired {
		u.Errorf("%+v", a)
	}
	u.must(u.store.ChangeAdoptions(u.Context(), func(tx commons.AdoptionTx) error {
		a.VerifiedOn, a.Until = "2020-02-29", "2021-03-01"
		return tx.PutAdoption(a)
	}))
	if found, err := u.store.Adoptions(u.Context(), commons.AdoptionFilter{EndsBefore: u.today()}); err != nil || len(found) != 1 || found[0].State(u.today()) != commons.Expired {
		u.Fatalf("%+v, %v", found, err)
	}
	list, err := u.a.Verify(u.speaker(), a.ID)
	if err != nil || list[0].State(u.today()) != commons.Verified {
		u.Errorf("%+v, %v", list, err)
	}
}

func endedAndResumed(u *using) {
	a := u.declare(u.speaker(), said(sill, "o1"))
	for field, try := range map[string]struct {
		on     people.Date
		reason string
	}{"reason": {u.today(), " "}, "ended_on": {u.today().After(), "Plus tard"}} {
		_, err := u.a.End(u.speaker(), a.ID, try.on, try.reason)
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Field != field {
			u.Errorf("%s: %v", field, err)
		}
	}
	b, err := u.a.End(u.speaker(), a.ID, u.today(), "Trop cher")
	if err != nil || b.State(u.today()) != commons.Ended || b.EndReason != "Trop cher" {
		u.Fatalf("%+v, %v", b, err)
	}
	_, err = u.a.End(u.speaker(), a.ID, u.today(), "Encore")
	u.is("ended twice", err, fault.Conflict)
	_, err = u.a.Verify(u.speaker(), a.ID)
	u.is("verified once ended", err, fault.Conflict)
	b, err = u.a.Resume(u.speaker(), a.ID)
	if err != nil || b.State(u.today()) != commons.Verified {
		u.Fatalf("%+v, %v", b, err)
	}
	_, err = u.a.Resume(u.speaker(), a.ID)
	u.is("resumed twice", err, fault.Conflict)
	_, err = u.a.End(u.speaker(), a.ID, u.today(), "Changé")
	u.must(err)
	again := u.declare(u.speaker(), said(sill, "o1"))
	if again.ID == a.ID {
		u.Error("a use that ended came back as it was")
	}
	_, err = u.a.Resume(u.speaker(), a.ID)
	u.is("resumed beside a new one", err, fault.Conflict)
}

func allOrNothing(u *using) {
	first := u.declare(u.speaker(), said(sill, "o1"))
	list := []commons.Adoption{{Entry: sill, Version: "4.0", Served: -1}, {Entry: "none", Served: -1}}
	_, err := u.a.DeclareAll(u.speaker(), "o1", list)
	if one, ok := errors.AsType[*commons.Unstated](err); !ok || one.At != 1 || fault.CodeOf(err) != fault.NotFound {
		u.Fatalf("%v", err)
	}
	if kept, err := u.store.Adoption(u.Context(), first.ID); err != nil || kept.Row != 1 {
		u.Errorf("a part was declared: %+v, %v", kept, err)
	}
	list[1].Entry = sill2
	out, err := u.a.DeclareAll(u.speaker(), "o1", list)
	u.must(err)
	if len(out) != 2 || out[0].ID != first.ID || out[0].Version != "4.0" || out[0].Use != first.Use || out[0].Served != 300 || out[1].State(u.today()) != commons.Verified {
		u.Errorf("%+v", out)
	}
	_, err = u.a.DeclareAll(u.speaker(), "o1", make([]commons.Adoption, commons.MostDeclared+1))
	u.is("too many", err, fault.TooLarge)
}

func mergedUses(u *using) {
	one := u.declare(u.speaker(), said(sill, "o1"))
	two := u.declare(u.root(), said(sill2, "o1"))
	u.declare(u.root(), said(sill2, "o2"))
	u.must(u.l.Merge(u.root(), sill2, 0, sill))
	of, err := u.a.Of(u.Context(), sill, u.today())
	u.must(err)
	if len(of) != 2 || of[0].ID != one.ID || of[1].Organisation != "o2" {
		u.Errorf("of the kept entry: %+v", of)
	}
	by, err := u.a.By(u.Context(), u.today(), "o1")
	u.must(err)
	if len(by) != 1 || by[0].ID != one.ID || by[0].Entry != sill {
		u.Errorf("by the organisation: %+v", by)
	}
	if a := u.declare(u.root(), said(sill2, "o2")); a.Entry != sill2 || a.Row != 2 { // what is kept under the merged id is said anew
		u.Errorf("%+v", a)
	}
	e, err := u.l.Find(u.Context(), sill2)
	u.must(err)
	u.must(u.l.Unmerge(u.root(), sill2, e.Version))
	if of, err = u.a.Of(u.Context(), sill2, u.today()); err != nil || len(of) != 2 || !slices.ContainsFunc(of, func(a commons.Adoption) bool { return a.ID == two.ID }) {
		u.Errorf("apart again: %+v, %v", of, err)
	}
}

func usesCounted(u *using) {
	u.declare(u.speaker(), said(sill, "o1"))
	u.declare(u.root(), said(sill, "o2"))
	u.works = "o2"
	u.declare(u.bob(), said(sill2, "o2"))
	count := func(want map[string]commons.Use, ids ...string) {
		u.Helper()
		got, err := u.a.Uses(u.Context(), ids, u.today())
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			u.Errorf("(-want +got), %v:\n%s", err, diff)
		}
	}
	company, association := string(people.KindCompany), string(people.KindAssociation)
	count(map[string]commons.Use{sill: {Verified: 1, Kinds: []string{association}}, sill2: {Verified: 1, Kinds: []string{company}}}, sill, sill2)
	u.must(u.l.Merge(u.root(), sill2, 0, sill))
	count(map[string]commons.Use{sill: {Verified: 2, Kinds: []string{association, company}}}, sill)
}
