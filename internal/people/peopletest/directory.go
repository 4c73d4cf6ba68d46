package peopletest

import (
	"context"
	"slices"
	"testing"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/territory"
)

// directory runs the rules of looking after people on a real store.
func directory(t *testing.T, s Store) {
	add(t, s, "root", "ada", "bob", "eve")
	ctx := t.Context()
	d := &people.Directory{Store: s, Record: s, Now: time.Now, Zone: time.UTC}
	m := &people.Mandates{Store: s, Now: time.Now, Zone: time.UTC}
	bv := people.Over(territory.ID{Level: territory.BassinDeVie, Code: "22266"})
	commune := people.Over(territory.ID{Level: territory.Commune, Code: "22266"})
	give := func(who string, role people.Role, in people.Scope) people.Mandate {
		t.Helper()
		x, err := m.GiveAs(ctx, audit.System, "", people.Grant{Person: who, Role: role, Scope: in})
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	refused := func(what string, err error, want fault.Code) {
		t.Helper()
		if fault.CodeOf(err) != want {
			t.Errorf("%s: %v, want %s", what, err, want)
		}
	}
	root := &people.Actor{Person: people.Person{ID: "root"}, Session: people.Session{Strong: true}, Mandates: []people.Mandate{give("root", people.Administrator, people.Everywhere)}}
	ada := &people.Actor{Person: people.Person{ID: "ada"}, Mandates: []people.Mandate{give("ada", people.Coordinator, bv)},
		Covers: func(_ context.Context, outer, inner people.Scope) (bool, error) {
			return outer == bv && inner == commune, nil
		}}
	give("bob", people.Mediator, commune)

	seen := func(a *people.Actor) string {
		t.Helper()
		x, err := d.Seen(ctx, a, "admin.people")
		if err != nil {
			t.Fatal(err)
		}
		list, err := s.People(ctx, people.PeopleQuery{Seen: &x, On: d.Today()})
		if err != nil {
			t.Fatal(err)
		}
		out := ""
		for _, p := range list {
			out += p.ID + " "
		}
		return out
	}
	if got := seen(root); got != "ada bob eve root " {
		t.Errorf("an administrator sees %s", got)
	}
	if got := seen(ada); got != "ada bob " {
		t.Errorf("a coordinator sees %s", got)
	}
	if got := seen(&people.Actor{}); got != "" {
		t.Errorf("a visitor sees %s", got)
	}
	_, held, err := d.Person(ctx, ada, "bob")
	if err != nil || len(held) != 1 {
		t.Errorf("whom a coordinator sees: %v, %v", held, err)
	}
	// What else they do elsewhere is not hers to know, unless everyone does.
	council := people.Over(territory.ID{Level: territory.BassinDeVie, Code: "29002"})
	give("bob", people.Contributor, council)
	give("bob", people.President, council)
	give("bob", people.Administrator, people.Everywhere)
	roles := func(a *people.Actor) (out []people.Role) {
		t.Helper()
		_, held, err := d.Person(ctx, a, "bob")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range held {
			out = append(out, m.Role)
		}
		slices.Sort(out)
		return out
	}
	if got, want := roles(ada), []people.Role{people.Mediator, people.President}; !slices.Equal(got, want) {
		t.Errorf("a coordinator sees of the mandates of somebody %v, want %v", got, want)
	}
	if got := roles(root); len(got) != 4 {
		t.Errorf("an administrator sees of the mandates of somebody %v", got)
	}
	with := func(a *people.Actor, role people.Role) int {
		t.Helper()
		x, err := d.Seen(ctx, a, "admin.people")
		if err != nil {
			t.Fatal(err)
		}
		list, err := s.People(ctx, people.PeopleQuery{Seen: &x, Role: role, On: d.Today()})
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	for role, want := range map[people.Role]int{people.Mediator: 1, people.President: 1, people.Contributor: 0, people.Administrator: 0} {
		if got := with(ada, role); got != want {
			t.Errorf("a coordinator who filters by %s finds %d, want %d", role, got, want)
		}
	}
	if got := with(root, people.Administrator); got != 2 {
		t.Errorf("an administrator who filters by their role finds %d, want 2", got)
	}
	for _, id := range []string{"eve", "nobody"} {
		_, _, err := d.Person(ctx, ada, id)
		refused("a coordinator looks at "+id, err, fault.Forbidden)
	}
	// Whoever takes up an invitation is seen by who invited them.
	if err := s.Record(ctx, audit.Entry{By: audit.Person("ada"), Action: "person.add", Subject: "person:eve"}); err != nil {
		t.Fatal(err)
	}
	if got := seen(ada); got != "ada bob eve " {
		t.Errorf("a coordinator sees whom they invited: %s", got)
	}

	refused("a coordinator suspends nobody", d.Suspend(ctx, ada, "bob", 1, "why"), fault.Forbidden)
	refused("without a reason", d.Suspend(ctx, root, "bob", 1, " "), fault.Invalid)
	refused("oneself", d.Suspend(ctx, root, "root", 1, "why"), fault.Conflict)
	refused("reopening what is open", d.Reopen(ctx, root, "bob", 1, "why"), fault.Conflict)
	refused("as it was before", d.Suspend(ctx, root, "bob", 9, "why"), fault.Conflict)
	change(t, s, func(tx people.Tx) error { return tx.PutSession(session("s", "bob")) })
	if err := d.Suspend(ctx, root, "bob", 1, "why"); err != nil {
		t.Fatal(err)
	}
	if left, err := s.Sessions(ctx, "bob"); err != nil || len(left) != 0 {
		t.Errorf("sessions of a suspended person: %v, %v", left, err)
	}
	rows, err := s.Find(ctx, audit.Filter{Action: "person.suspend"})
	if err != nil || len(rows) != 1 || rows[0].By != "person:root" {
		t.Fatalf("the record: %+v, %v", rows, err)
	}
	v, err := audit.Open(rows[0].Became, func(p string) ([]byte, error) { return s.Key(ctx, p) })
	if err != nil || v["reason"] != (audit.Personal{Of: "bob", Value: "why"}) {
		t.Errorf("the reason is recorded as %v, %v: want it sealed", v["reason"], err)
	}
	if err := d.Reopen(ctx, root, "bob", 2, "sorted out"); err != nil {
		t.Error(err)
	}

	refused("erasing without the name", d.Erase(ctx, root, "bob", "bob"), fault.Invalid)
	refused("erasing oneself", d.Erase(ctx, root, "root", "Zoé root"), fault.Conflict)
	refused("a coordinator erases nobody", d.Erase(ctx, ada, "bob", "Zoé bob"), fault.Forbidden)
	if err := d.Erase(ctx, root, "bob", "zoe BOB"); err != nil {
		t.Error(err)
	}
	refused("twice", d.Erase(ctx, root, "bob", ""), fault.Gone)
	// Whoever administers alone stays: a second one, acting for the first time.
	other := &people.Actor{Person: people.Person{ID: "eve"}, Session: people.Session{Strong: true}, Mandates: []people.Mandate{{Role: people.Administrator}}}
	refused("suspending the last administrator", d.Suspend(ctx, other, "root", 1, "why"), fault.Conflict)
	refused("erasing the last administrator", d.Erase(ctx, other, "root", "Zoé root"), fault.Conflict)
	if list, err := s.People(ctx, people.PeopleQuery{}); err != nil || slices.ContainsFunc(list, func(p people.Person) bool { return p.ID == "bob" }) {
		t.Errorf("the erased are listed: %v, %v", list, err)
	}
}
