package peopletest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/people"
	"bassin/internal/territory"
)

// Store is what is under test: each change must show in the record.
type Store interface {
	people.Store
	audit.Store
	job.Outbox
}

// Run checks a store against the contract. Open gives an empty store, ready to use,
// and closes it when the test it is given ends.
func Run(t *testing.T, open func(t *testing.T) Store) {
	for _, c := range []struct {
		name  string
		check func(t *testing.T, s Store)
	}{
		{"a person comes back as kept", comesBack},
		{"an address has one account", oneAddress},
		{"a change is whole or nothing", whole},
		{"a ticket is taken once", once},
		{"a session seats its person, with the mandates of the day", seated},
		{"sessions end", sessionsEnd},
		{"credentials are found, replaced, dropped", credentials},
		{"lists are filtered and paged", lists},
		{"mandates are listed by scope, role and time", mandateLists},
		{"failures add up and are forgiven", failures},
		{"what has expired is forgotten", expire},
		{"an erased person leaves nothing but their id", erased},
		{"changes of one person wait for one another", serial},
		{"tickets are listed as long as they hold", ticketLists},
		{"invitations are seen, sent again and withdrawn", invitations},
		{"two who administer cannot both take the other away", oneStays},
		{"rules of mandates", mandateRules},
		{"who is seen, suspended, reopened, erased", directory},
	} {
		t.Run(c.name, func(t *testing.T) { c.check(t, open(t)) })
	}
}

// day is when the tests happen.
var day = time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)

const today = people.Date("2026-11-26")

func change(t *testing.T, s Store, f func(tx people.Tx) error) {
	t.Helper()
	if err := s.ChangePeople(t.Context(), "test", f); err != nil {
		t.Fatal(err)
	}
}

func person(id string) people.Person {
	return people.Person{ID: id, Name: "Zoé " + id, Email: strings.ToUpper(id) + "@Example.fr", Lang: "fr", State: people.Active, CreatedAt: day, Version: 1}
}

func add(t *testing.T, s Store, ids ...string) {
	t.Helper()
	change(t, s, func(tx people.Tx) error {
		for _, id := range ids {
			if err := tx.AddPerson(person(id)); err != nil {
				return err
			}
		}
		return nil
	})
}

func comesBack(t *testing.T, s Store) {
	p := people.Person{ID: "ada", Name: "Ada é\u202f<b>'\"", Email: " Ada@É.fr", Lang: "en", State: people.Unverified, CreatedAt: day.Add(123456 * time.Microsecond), Version: 1}
	change(t, s, func(tx people.Tx) error { return tx.AddPerson(p) })
	check := func(want people.Person) {
		t.Helper()
		got, err := s.Person(t.Context(), "ada")
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
	check(p)
	if got, err := s.PersonByEmail(t.Context(), people.EmailKey("ADA@é.FR ")); err != nil || got.ID != "ada" {
		t.Errorf("by address: %+v, %v", got, err)
	}
	for _, no := range []string{"", "bob", "a\x00", "\xff"} {
		if _, err := s.Person(t.Context(), no); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("Person(%q): %v, want not found", no, err)
		}
		if _, err := s.PersonByEmail(t.Context(), no); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("PersonByEmail(%q): %v, want not found", no, err)
		}
	}
	p.Name, p.State, p.SeenAt = "Ada", people.Active, day
	change(t, s, func(tx people.Tx) error { return tx.SetPerson(p) })
	p.Version = 2
	check(p)
}

func oneAddress(t *testing.T, s Store) {
	add(t, s, "ada", "bob")
	other := person("eve")
	other.Email = "ada@EXAMPLE.fr "
	err := s.ChangePeople(t.Context(), "test", func(tx people.Tx) error { return tx.AddPerson(other) })
	if fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a second account: %v, want a conflict", err)
	}
	bob := person("bob")
	bob.Email = "ADA@example.fr"
	err = s.ChangePeople(t.Context(), "test", func(tx people.Tx) error { return tx.SetPerson(bob) })
	if fault.CodeOf(err) != fault.Conflict {
		t.Errorf("taking another's address: %v, want a conflict", err)
	}
	// Of many who sign up at once with one address, one gets it.
	var all sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		all.Go(func() {
			p := person(fmt.Sprint("n", i))
			p.Email = "new@example.fr"
			errs[i] = s.ChangePeople(t.Context(), "test", func(tx people.Tx) error { return tx.AddPerson(p) })
		})
	}
	all.Wait()
	if n := len(slices.DeleteFunc(errs, func(err error) bool { return fault.CodeOf(err) == fault.Conflict })); n != 1 {
		t.Errorf("%d got the address, want 1: %v", n, errs)
	}
}

func whole(t *testing.T, s Store) {
	no := errors.New("no")
	err := s.ChangePeople(t.Context(), "test", func(tx people.Tx) error {
		if err := tx.AddPerson(person("ada")); err != nil {
			return err
		}
		tx.Record(audit.Entry{By: audit.System, Action: "a", Subject: "b"})
		tx.Tell(job.Event{Kind: "mail", Body: []byte(`{}`)})
		return no
	})
	if !errors.Is(err, no) {
		t.Fatal(err)
	}
	if _, err := s.Person(t.Context(), "ada"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a refused change left a person: %v", err)
	}
	if h, _ := s.Head(t.Context()); h.Seq != 0 {
		t.Errorf("a refused change left %d rows of record", h.Seq)
	}
	if e, _ := s.Events(t.Context(), job.Waiting, 9); len(e) != 0 {
		t.Errorf("a refused change left %d events", len(e))
	}
}

func once(t *testing.T, s Store) {
	change(t, s, func(tx people.Tx) error {
		return tx.PutTicket(people.Ticket{TokenHash: "h", Purpose: "reset", Data: "{}", CreatedAt: day, ExpiresAt: day.Add(time.Hour)})
	})
	if k, err := s.Ticket(t.Context(), "h"); err != nil || k.Purpose != "reset" {
		t.Fatalf("%+v, %v", k, err)
	}
	var all sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		all.Go(func() {
			errs[i] = s.ChangePeople(t.Context(), "test", func(tx people.Tx) error { _, err := tx.TakeTicket("h"); return err })
		})
	}
	all.Wait()
	if n := len(slices.DeleteFunc(errs, func(err error) bool { return fault.CodeOf(err) == fault.NotFound })); n != 1 {
		t.Errorf("%d took the ticket, want 1: %v", n, errs)
	}
}

func session(id, who string) people.Session {
	return people.Session{ID: id, Person: who, TokenHash: "hash-" + id, Method: "password", Device: "Firefox", CreatedAt: day, SeenAt: day, ExpiresAt: day.Add(time.Hour)}
}

func seated(t *testing.T, s Store) {
	add(t, s, "ada")
	bv := people.Over(territory.ID{Level: territory.BassinDeVie, Code: "22266"})
	change(t, s, func(tx people.Tx) error {
		x := session("s", "ada")
		x.Strong = true
		err := tx.PutSession(x)
		for i, m := range []people.Mandate{
			{ID: "now", Role: people.Coordinator, Scope: bv, From: "2026-01-01"},
			{ID: "last-day", Role: people.Member, Scope: people.In("o1"), From: "2026-01-02", To: today},
			{ID: "past", Role: people.Administrator, From: "2025-01-01", To: "2026-11-25"},
			{ID: "future", Role: people.Administrator, From: "2026-11-27"},
		} {
			m.Person, m.CreatedAt, m.Act = "ada", day, fmt.Sprint("acte ", i)
			err = errors.Join(err, tx.AddMandate(m))
		}
		return err
	})
	a, err := s.Seated(t.Context(), "hash-s", day, today)
	if err != nil || a.Person.ID != "ada" || !a.Session.Strong || len(a.Mandates) != 2 || a.Mandates[0].ID != "now" || a.Mandates[0].Scope != bv || a.Mandates[1].Scope != people.In("o1") {
		t.Fatalf("%+v, %v", a, err)
	}
	no := func(why, hash string, at time.Time) {
		t.Helper()
		if a, err := s.Seated(t.Context(), hash, at, today); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%s: %+v, %v, want not found", why, a, err)
		}
	}
	no("another token", "hash-x", day)
	no("expired", "hash-s", day.Add(time.Hour))
	no("made by a clock since set back", "hash-s", day.Add(-people.Ahead-time.Second))
	if _, err := s.Seated(t.Context(), "hash-s", day.Add(-people.Ahead), today); err != nil {
		t.Errorf("a clock set back by as much as is allowed ends a session: %v", err)
	}
	p := person("ada")
	p.State = people.Suspended
	change(t, s, func(tx people.Tx) error { return tx.SetPerson(p) })
	no("suspended", "hash-s", day)
}

func sessionsEnd(t *testing.T, s Store) {
	add(t, s, "ada", "bob")
	change(t, s, func(tx people.Tx) error {
		return errors.Join(tx.PutSession(session("a", "ada")), tx.PutSession(session("b", "ada")), tx.PutSession(session("c", "ada")), tx.PutSession(session("d", "bob")))
	})
	if err := s.Touch(t.Context(), "b", day.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	ids := func(who string) string {
		t.Helper()
		list, err := s.Sessions(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, x := range list {
			out = append(out, x.ID)
		}
		return strings.Join(out, " ")
	}
	if got := ids("ada"); got != "b a c" {
		t.Errorf("sessions: %s, want the last used first", got)
	}
	change(t, s, func(tx people.Tx) error { return tx.DropSession("a") })
	change(t, s, func(tx people.Tx) error { return tx.DropSessions("ada", "c") })
	if ada, bob := ids("ada"), ids("bob"); ada != "c" || bob != "d" {
		t.Errorf("left: %s and %s, want c and d", ada, bob)
	}
	// A new token for the same session: the old one seats nobody.
	x := session("c", "ada")
	x.TokenHash = "fresh"
	change(t, s, func(tx people.Tx) error { return tx.PutSession(x) })
	if _, err := s.Seated(t.Context(), "hash-c", day, today); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("the old token: %v, want not found", err)
	}
}

func credentials(t *testing.T, s Store) {
	add(t, s, "ada", "bob")
	c := people.Credential{ID: "c", Person: "ada", Kind: people.Passkey, Label: "Téléphone", Key: "key", Data: "{}", CreatedAt: day}
	change(t, s, func(tx people.Tx) error { return tx.PutCredential(c) })
	c.Label, c.UsedAt = "Clé", day
	change(t, s, func(tx people.Tx) error { return tx.PutCredential(c) })
	got, err := s.CredentialByKey(t.Context(), people.Passkey, "key")
	if diff := cmp.Diff(c, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := s.CredentialByKey(t.Context(), people.External, "key"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("of another kind: %v", err)
	}
	theirs := people.Credential{ID: "d", Person: "bob", Kind: people.Passkey, Key: "key", CreatedAt: day}
	if err := s.ChangePeople(t.Context(), "test", func(tx people.Tx) error { return tx.PutCredential(theirs) }); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("linking it to somebody else: %v, want a conflict", err)
	}
	// Somebody else's cannot be replaced by its id.
	theirs.ID, theirs.Key = "c", "other"
	change(t, s, func(tx people.Tx) error { return tx.PutCredential(theirs) })
	if got, err := s.CredentialByKey(t.Context(), people.Passkey, "key"); err != nil || got.Person != "ada" {
		t.Errorf("taken over: %+v, %v", got, err)
	}
	change(t, s, func(tx people.Tx) error { return tx.DropCredential("c") })
	if list, err := s.Credentials(t.Context(), "ada"); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
}

func lists(t *testing.T, s Store) {
	add(t, s, "a", "b", "c", "d", "e")
	sus := person("d")
	sus.State, sus.Name = people.Suspended, "Émile 100%_!"
	change(t, s, func(tx people.Tx) error {
		return errors.Join(tx.SetPerson(sus), tx.AddMandate(people.Mandate{ID: "m", Person: "b", Role: people.Mediator, From: "2026-01-01", CreatedAt: day}))
	})
	if err := s.Erase(t.Context(), audit.System, "e"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		q    people.PeopleQuery
		want string
	}{
		{"all, by name, without the erased", people.PeopleQuery{}, "d a b c"},
		{"a page", people.PeopleQuery{Limit: 2}, "d a"},
		{"the next page", people.PeopleQuery{Limit: 2, After: "a"}, "b c"},
		{"a state", people.PeopleQuery{State: people.Suspended}, "d"},
		{"a name without accents", people.PeopleQuery{Text: "emile"}, "d"},
		{"an address", people.PeopleQuery{Text: "B@EXAMPLE"}, "b"},
		{"signs that mean something to SQL", people.PeopleQuery{Text: "%"}, "d a b c"},
		{"an underscore in an address", people.PeopleQuery{Text: "a_example"}, ""},
		{"a role", people.PeopleQuery{Role: people.Mediator, On: today}, "b"},
		{"those seen by a scope", people.PeopleQuery{Seen: &people.Seen{Scopes: []people.Scope{people.Everywhere}}}, "b"},
		{"and some besides", people.PeopleQuery{Seen: &people.Seen{Scopes: []people.Scope{people.Everywhere, people.In("o")}, People: []string{"a"}}}, "a b"},
		{"by nobody's scope", people.PeopleQuery{Seen: &people.Seen{}}, ""},
		{"seen and asked for", people.PeopleQuery{Seen: &people.Seen{People: []string{"a", "d"}}, Text: "emile", Limit: 3}, "d"},
		{"by all", people.PeopleQuery{Seen: &people.Seen{All: true}}, "d a b c"},
		{"a role, before it was given", people.PeopleQuery{Role: people.Mediator, On: "2025-01-01"}, ""},
		{"without any mandate", people.PeopleQuery{Unruled: true, On: today}, "d a c"},
		{"nothing that can be text", people.PeopleQuery{Text: "'; DROP TABLE person; --"}, ""},
	} {
		list, err := s.People(t.Context(), c.q)
		var ids []string
		for _, p := range list {
			ids = append(ids, p.ID)
		}
		if got := strings.Join(ids, " "); err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", c.name, got, err, c.want)
		}
	}
	names, err := s.Names(t.Context(), []string{"a", "e", "nobody"})
	if err != nil || len(names) != 1 || names["a"] != "Zoé a" {
		t.Errorf("names: %v, %v", names, err)
	}
}

func mandateLists(t *testing.T, s Store) {
	add(t, s, "ada")
	bv := people.Over(territory.ID{Level: territory.BassinDeVie, Code: "22266"})
	change(t, s, func(tx people.Tx) error {
		var err error
		for _, m := range []people.Mandate{
			{ID: "1", Role: people.Coordinator, Scope: bv, From: "2024-01-01", To: "2025-12-31"},
			{ID: "2", Role: people.Coordinator, Scope: bv, From: "2026-01-01"},
			{ID: "3", Role: people.Member, Scope: people.In("o"), From: "2026-06-01"},
			{ID: "4", Role: people.Administrator, From: "2027-01-01"},
		} {
			m.Person, m.CreatedAt = "ada", day
			err = errors.Join(err, tx.AddMandate(m))
		}
		return err
	})
	for _, c := range []struct {
		name  string
		q     people.MandateQuery
		want  string
		total int
	}{
		{"all, the latest first", people.MandateQuery{On: today}, "4 3 2 1", 4},
		{"a page", people.MandateQuery{On: today, Offset: 1, Limit: 2}, "3 2", 4},
		{"a scope", people.MandateQuery{Scopes: []people.Scope{bv}, On: today}, "2 1", 2},
		{"the whole installation", people.MandateQuery{Scopes: []people.Scope{people.Everywhere}, On: today}, "4", 1},
		{"two scopes, now", people.MandateQuery{Scopes: []people.Scope{bv, people.In("o")}, Held: "now", On: today}, "3 2", 2},
		{"past", people.MandateQuery{Held: "past", On: today}, "1", 1},
		{"future", people.MandateQuery{Held: "future", On: today}, "4", 1},
		{"a role", people.MandateQuery{Role: people.Member, On: today}, "3", 1},
		{"those that end by a day", people.MandateQuery{EndsBy: "2026-01-31", On: today}, "1", 1},
		{"none does", people.MandateQuery{EndsBy: "2025-12-30", On: today}, "", 0},
	} {
		list, total, err := s.Mandates(t.Context(), c.q)
		var ids []string
		for _, m := range list {
			ids = append(ids, m.ID)
		}
		if got := strings.Join(ids, " "); err != nil || got != c.want || total != c.total {
			t.Errorf("%s: %q of %d, %v, want %q of %d", c.name, got, total, err, c.want, c.total)
		}
	}
	scopes, err := s.Scopes(t.Context())
	if want := []people.Scope{people.Everywhere, bv, people.In("o")}; err != nil || !slices.Equal(scopes, want) {
		t.Errorf("scopes: %v, %v, want %v", scopes, err, want)
	}
	admins, err := s.Administrators(t.Context(), "2027-01-01")
	if err != nil || len(admins) != 1 {
		t.Errorf("administrators: %v, %v", admins, err)
	}
	if admins, err := s.Administrators(t.Context(), today); err != nil || len(admins) != 0 {
		t.Errorf("administrators today: %v, %v", admins, err)
	}
}

func failures(t *testing.T, s Store) {
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if err := s.Failed(t.Context(), "k", day); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n, last, err := s.Failures(t.Context(), "k"); err != nil || n != 10 || !last.Equal(day) {
		t.Errorf("%d, %v, %v, want 10", n, last, err)
	}
	if err := s.Forgive(t.Context(), "k"); err != nil {
		t.Fatal(err)
	}
	if n, _, err := s.Failures(t.Context(), "k"); err != nil || n != 0 {
		t.Errorf("forgiven: %d, %v", n, err)
	}
}

func expire(t *testing.T, s Store) {
	add(t, s, "ada")
	change(t, s, func(tx people.Tx) error {
		return errors.Join(tx.PutSession(session("s", "ada")), tx.PutTicket(people.Ticket{TokenHash: "h", Purpose: "p", CreatedAt: day, ExpiresAt: day.Add(2 * time.Hour)}))
	})
	if err := s.Failed(t.Context(), "k", day); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Expire(t.Context(), day.Add(90*time.Minute)); err != nil || n != 2 {
		t.Errorf("%d, %v, want the session and the failure", n, err)
	}
	if _, err := s.Ticket(t.Context(), "h"); err != nil {
		t.Errorf("the ticket lives still: %v", err)
	}
}

func erased(t *testing.T, s Store) {
	add(t, s, "ada")
	change(t, s, func(tx people.Tx) error {
		return errors.Join(tx.PutSession(session("s", "ada")),
			tx.PutTicket(people.Ticket{TokenHash: "h", Person: "ada", Purpose: "p", CreatedAt: day, ExpiresAt: day}),
			tx.PutCredential(people.Credential{ID: "c", Person: "ada", Kind: people.Password, Data: "x", CreatedAt: day}),
			tx.AddMandate(people.Mandate{ID: "m", Person: "ada", Role: people.Mediator, From: "2020-01-01", CreatedAt: day}))
	})
	if err := s.Erase(t.Context(), audit.Person("ada"), "ada"); err != nil {
		t.Fatal(err)
	}
	p, err := s.Person(t.Context(), "ada")
	if err != nil || p.Name != "" || p.Email != "" || p.State != people.Erased {
		t.Errorf("%+v, %v", p, err)
	}
	sessions, _ := s.Sessions(t.Context(), "ada")
	secrets, _ := s.Credentials(t.Context(), "ada")
	_, noTicket := s.Ticket(t.Context(), "h")
	if len(sessions)+len(secrets) != 0 || fault.CodeOf(noTicket) != fault.NotFound {
		t.Errorf("left: %v %v %v", sessions, secrets, noTicket)
	}
	if m, err := s.Mandate(t.Context(), "m"); err != nil || m.To == "" {
		t.Errorf("the mandate stays, ended: %+v, %v", m, err)
	}
	// The address is free again, for somebody new.
	fresh := person("ada")
	fresh.ID = "ada2"
	change(t, s, func(tx people.Tx) error { return tx.AddPerson(fresh) })
}

func serial(t *testing.T, s Store) {
	add(t, s, "ada")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			err := s.ChangePeople(t.Context(), "test", func(tx people.Tx) error {
				p, err := tx.Person(t.Context(), "ada")
				if err != nil {
					return err
				}
				p.Name += "x"
				return tx.SetPerson(p)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if p, err := s.Person(t.Context(), "ada"); err != nil || p.Name != "Zoé ada"+strings.Repeat("x", 8) || p.Version != 9 {
		t.Errorf("%+v, %v: changes were lost", p, err)
	}
}
