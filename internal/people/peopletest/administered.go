package peopletest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/people"
)

// oneStays has the two last administrators erase, or suspend, one another at once, over
// and over: one of them stays each time.
func oneStays(t *testing.T, s Store) {
	ctx := t.Context()
	d := &people.Directory{Store: s, Record: s, Now: time.Now, Zone: time.UTC}
	m := &people.Mandates{Store: s, Now: time.Now, Zone: time.UTC}
	root := func(id string) *people.Actor {
		t.Helper()
		add(t, s, id)
		x, err := m.GiveAs(ctx, audit.System, "", people.Grant{Person: id, Role: people.Administrator})
		if err != nil {
			t.Fatal(err)
		}
		return &people.Actor{Person: person(id), Session: people.Session{Strong: true}, Mandates: []people.Mandate{x}}
	}
	erase := func(a *people.Actor, id string) error { return d.Erase(ctx, a, id, "Zoé "+id) }
	suspend := func(a *people.Actor, id string) error { return d.Suspend(ctx, a, id, 1, "why") }
	ways := [][2]func(a *people.Actor, id string) error{{erase, erase}, {suspend, suspend}, {erase, suspend}}
	stays := root("r0")
	for round := range 12 {
		next := root(fmt.Sprint("r", round+1))
		two, way := [2]*people.Actor{stays, next}, ways[round%len(ways)]
		var errs [2]error
		var all sync.WaitGroup
		start := make(chan struct{})
		for i := range two {
			all.Go(func() {
				<-start
				errs[i] = way[i](two[i], two[1-i].Person.ID)
			})
		}
		close(start)
		all.Wait()
		done := 0
		for i, err := range errs {
			switch fault.CodeOf(err) {
			case "":
				done++
				stays = two[i]
			case fault.Conflict:
			default:
				t.Fatalf("round %d: %v", round, err)
			}
		}
		left, err := s.Administrators(ctx, d.Today())
		if err != nil || done != 1 || len(left) != 1 || left[0].Person != stays.Person.ID {
			t.Fatalf("round %d: %d went through, left %+v, %v: want one of the two", round, done, left, err)
		}
	}
}
