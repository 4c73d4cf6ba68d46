package peopletest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/territory"
)

func ticketLists(t *testing.T, s Store) {
	add(t, s, "ada")
	change(t, s, func(tx people.Tx) error {
		var errs []error
		for i, k := range []people.Ticket{
			{TokenHash: "old", Purpose: "join", ExpiresAt: day},
			{TokenHash: "first", Purpose: "join", Data: "{}", ExpiresAt: day.Add(time.Hour)},
			{TokenHash: "held", Purpose: "join", Person: "ada", ExpiresAt: day.Add(time.Hour)},
			{TokenHash: "other", Purpose: "reset", ExpiresAt: day.Add(time.Hour)},
			{TokenHash: "last", Purpose: "join", Data: "{}", ExpiresAt: day.Add(time.Second)},
		} {
			k.CreatedAt = day.Add(time.Duration(i-9) * time.Minute)
			errs = append(errs, tx.PutTicket(k))
		}
		return errors.Join(errs...)
	})
	for _, c := range []struct {
		purpose string
		after   time.Time
		most    int
		want    string
	}{{"join", day, 9, "last first"}, {"join", day, 1, "last"}, {"join", day.Add(time.Second), 9, "first"}, {"join", day.Add(time.Hour), 9, ""}, {"link", day, 9, ""}} {
		list, err := s.Tickets(t.Context(), c.purpose, c.after, c.most)
		var got []string
		for _, k := range list {
			got = append(got, k.TokenHash)
		}
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%s after %s, %d: %v, %v, want %s", c.purpose, c.after, c.most, got, err, c.want)
		}
	}
}

func invitations(t *testing.T, s Store) {
	ctx := t.Context()
	add(t, s, "root", "ada", "eve")
	a := &people.Accounts{Store: s, Mandates: &people.Mandates{Store: s, Now: time.Now, Zone: time.UTC}, CanMail: func() bool { return false }, Now: time.Now}
	basin := people.Over(territory.ID{Level: territory.BassinDeVie, Code: "22266"})
	commune := people.Over(territory.ID{Level: territory.Commune, Code: "22266"})
	elsewhere := people.Over(territory.ID{Level: territory.BassinDeVie, Code: "29002"})
	actor := func(id string, role people.Role, in people.Scope) *people.Actor {
		return &people.Actor{Person: people.Person{ID: id}, Session: people.Session{Strong: true}, Mandates: []people.Mandate{{Role: role, Scope: in, From: "2026-01-01"}},
			Covers: func(_ context.Context, outer, inner people.Scope) (bool, error) {
				return outer == basin && inner == commune, nil
			}}
	}
	root, ada, eve := actor("root", people.Administrator, people.Everywhere), actor("ada", people.Coordinator, basin), actor("eve", people.Coordinator, elsewhere)
	token := map[string]string{}
	invite := func(by *people.Actor, name string, g *people.Grant) {
		t.Helper()
		var err error
		if token[name], err = a.Invite(ctx, by, people.Invitation{Email: name + "@example.fr", Grant: g}); err != nil {
			t.Fatal(err)
		}
	}
	invite(root, "member", &people.Grant{Role: people.Member, Scope: commune})
	invite(root, "chief", &people.Grant{Role: people.Coordinator, Scope: commune})
	invite(root, "plain", nil)
	invite(ada, "hers", nil)
	change(t, s, func(tx people.Tx) error { // somebody who signs up was not invited
		return tx.PutTicket(people.Ticket{TokenHash: strings.Repeat("5", 64), Purpose: "join", Data: `{"email":"self@example.fr","lang":"fr","sign_up":true}`, CreatedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour)})
	})
	id := map[string]string{}
	seen := func(by *people.Actor, want string) {
		t.Helper()
		list, err := a.Invitations(ctx, by)
		got := map[string]bool{}
		for _, v := range list {
			name, _, _ := strings.Cut(v.Email, "@")
			got[name], id[name] = true, v.ID
		}
		if err != nil || len(got) != len(strings.Fields(want)) {
			t.Errorf("%s sees %v, %v, want %s", by.Person.ID, got, err, want)
		}
		for _, name := range strings.Fields(want) {
			if !got[name] {
				t.Errorf("%s does not see %s", by.Person.ID, name)
			}
		}
	}
	seen(root, "member chief plain hers")
	seen(ada, "member chief hers")
	seen(eve, "")
	if _, err := a.Invitations(ctx, actor("bob", people.Mediator, basin)); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("a mediator lists invitations: %v", err)
	}
	refused := func(what string, err error, want fault.Code) {
		t.Helper()
		if fault.CodeOf(err) != want {
			t.Errorf("%s: %v, want %s", what, err, want)
		}
	}
	withdraw := func(by *people.Actor, name string) error { _, err := a.Withdraw(ctx, by, id[name]); return err }
	refused("withdrawing what is not seen", withdraw(eve, "member"), fault.Gone)
	refused("withdrawing what one could not offer", withdraw(ada, "chief"), fault.Forbidden)
	_, _, err := a.InviteAgain(ctx, ada, id["chief"])
	refused("sending again what one could not offer", err, fault.Forbidden)
	refused("withdrawing what one could offer", withdraw(ada, "member"), "")
	refused("twice", withdraw(ada, "member"), fault.Gone)
	_, err = a.Offered(ctx, token["member"])
	refused("the link of what was withdrawn", err, fault.Gone)
	fresh, v, err := a.InviteAgain(ctx, root, id["hers"])
	if err != nil || v.Email != "hers@example.fr" {
		t.Fatal(v, err)
	}
	_, err = a.Offered(ctx, token["hers"])
	refused("the link before", err, fault.Gone)
	if o, err := a.Offered(ctx, fresh); err != nil || o.Email != "hers@example.fr" || o.By != "root" {
		t.Errorf("the new link: %+v, %v", o, err)
	}
	seen(root, "chief plain hers")
	late := person("late")
	late.Email = "plain@example.fr"
	change(t, s, func(tx people.Tx) error { return tx.AddPerson(late) })
	_, _, err = a.InviteAgain(ctx, root, id["plain"])
	refused("somebody who has an account by now", err, fault.Conflict)
	seen(root, "chief plain hers") // nothing of it came about
	for action, subject := range map[string]string{"person.invite.withdraw": id["member"], "person.invite.again": id["hers"]} {
		rows, err := s.Find(ctx, audit.Filter{Action: action})
		if err != nil || len(rows) != 1 || rows[0].Subject != "invitation:"+subject || strings.Contains(fmt.Sprint(rows[0]), "example.fr") {
			t.Errorf("the record of %s: %+v, %v", action, rows, err)
		}
	}
}
