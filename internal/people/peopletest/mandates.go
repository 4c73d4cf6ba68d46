package peopletest

import (
	"sync"
	"testing"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/territory"
)

// mandateRules runs the rules of package people on a real store.
func mandateRules(t *testing.T, s Store) {
	add(t, s, "root", "ada", "bob")
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	m := &people.Mandates{Store: s, Now: time.Now, Zone: paris}
	ctx := t.Context()
	bv := people.Over(territory.ID{Level: territory.BassinDeVie, Code: "22266"})
	first, err := m.GiveAs(ctx, audit.System, "", people.Grant{Person: "root", Role: people.Administrator, Scope: people.Everywhere})
	if err != nil {
		t.Fatal(err)
	}
	root := &people.Actor{Person: people.Person{ID: "root"}, Session: people.Session{Strong: true}, Mandates: []people.Mandate{first}}
	refused := func(what string, err error, want fault.Code) {
		t.Helper()
		if fault.CodeOf(err) != want {
			t.Errorf("%s: %v, want %s", what, err, want)
		}
	}
	_, err = m.End(ctx, root, first.ID, 1, m.Today(), "")
	refused("ending the last administrator", err, fault.Conflict)

	given, err := m.Give(ctx, root, people.Grant{Person: "ada", Role: people.Coordinator, Scope: bv, Act: "Délibération"})
	if err != nil || given.GivenBy != "root" || given.From != m.Today() {
		t.Fatalf("%+v, %v", given, err)
	}
	_, err = m.Give(ctx, root, people.Grant{Person: "ada", Role: people.Coordinator, Scope: bv})
	refused("giving it twice", err, fault.Conflict)
	_, err = m.Give(ctx, root, people.Grant{Person: "nobody", Role: people.Coordinator, Scope: bv})
	refused("to nobody", err, fault.NotFound)
	_, err = m.Give(ctx, root, people.Grant{Person: "ada", Role: people.Member, Scope: bv, From: "2026-02-01", To: "2026-01-01"})
	refused("backwards", err, fault.Invalid)
	_, err = m.Give(ctx, root, people.Grant{Person: "ada", Role: people.Member, Scope: bv, ActHref: "javascript:alert(1)"})
	refused("an act that runs", err, fault.Invalid)
	_, err = m.Give(ctx, root, people.Grant{Person: "ada", Role: "king", Scope: bv})
	refused("no such role", err, fault.Invalid)

	ada := &people.Actor{Person: people.Person{ID: "ada"}, Mandates: []people.Mandate{given}}
	_, err = m.Give(ctx, ada, people.Grant{Person: "bob", Role: people.Coordinator, Scope: bv})
	refused("a coordinator makes no coordinator", err, fault.Forbidden)
	_, err = m.Give(ctx, ada, people.Grant{Person: "bob", Role: people.Mediator, Scope: people.Everywhere})
	refused("a coordinator of a basin reaches no further", err, fault.Forbidden)
	med, err := m.Give(ctx, ada, people.Grant{Person: "bob", Role: people.Mediator, Scope: bv})
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.End(ctx, &people.Actor{Person: people.Person{ID: "bob"}, Mandates: []people.Mandate{med}}, given.ID, 1, m.Today(), "")
	refused("a mediator ends nobody's", err, fault.Forbidden)
	_, err = m.End(ctx, &people.Actor{}, given.ID, 1, m.Today(), "")
	refused("a visitor", err, fault.Unauthenticated)
	_, err = m.End(ctx, root, given.ID, 1, "2020-01-01", "")
	refused("into the past", err, fault.Invalid)

	// A mandate with a term is shortened, never lengthened.
	short, err := m.Give(ctx, root, people.Grant{Person: "ada", Role: people.Observer, Scope: bv, To: m.Today().After().After()})
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.End(ctx, root, short.ID, 1, "2099-01-01", "")
	refused("lengthening", err, fault.Invalid)

	// Two hand it over at once: one does.
	tomorrow := people.DateOf(time.Now().AddDate(0, 0, 1), paris)
	var all sync.WaitGroup
	errs := make([]error, 2)
	next := make([]people.Mandate, 2)
	for i := range errs {
		all.Go(func() { next[i], errs[i] = m.HandOver(ctx, root, given.ID, 1, "bob", tomorrow, "Délibération 2", "") })
	}
	all.Wait()
	done := 0
	if errs[0] != nil {
		done = 1
	}
	if errs[done] != nil || fault.CodeOf(errs[1-done]) != fault.Conflict {
		t.Fatalf("handing over at once: %v", errs)
	}
	if n := next[done]; n.Follows != given.ID || n.From != tomorrow || n.Role != people.Coordinator || n.Scope != bv || n.Person != "bob" {
		t.Errorf("the successor: %+v", n)
	}
	old, err := s.Mandate(ctx, given.ID)
	if err != nil || old.To != m.Today() || old.EndedBy != "root" {
		t.Errorf("the mandate handed over: %+v, %v", old, err)
	}
	kept, err := s.Mandate(ctx, next[done].ID)
	if err != nil || kept.Follows != given.ID {
		t.Errorf("the successor as kept: %+v, %v", kept, err)
	}
	// The last administrator leaves by handing over, to somebody who can sign in.
	eve := person("eve")
	eve.State = people.Suspended
	change(t, s, func(tx people.Tx) error { return tx.AddPerson(eve) })
	_, err = m.HandOver(ctx, root, first.ID, 1, "eve", tomorrow, "", "")
	refused("to somebody suspended", err, fault.Conflict)
	if _, err := m.HandOver(ctx, root, first.ID, 1, "bob", tomorrow, "", ""); err != nil {
		t.Error(err)
	}
	if r, err := audit.Verify(ctx, s); err != nil || len(r.Problems) > 0 || r.Rows != 8 {
		t.Errorf("the record: %+v, %v, want 8 rows", r, err)
	}
}
