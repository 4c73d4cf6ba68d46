package commons

import (
	"context"
	"time"
	"unicode/utf8"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/people"
)

// JoinNeed is the right to say that an organisation or a territory has a need too.
const JoinNeed = "commons.join"

// mostComment is how many letters a comment may have.
const mostComment = 500

// Join says that an organisation or a territory has a need too.
type Join struct {
	Need    string       // entry
	Party   people.Scope // never the whole installation
	By      string       // person; "" once they are erased
	Comment string
	At      time.Time // UTC
}

// JoinSubject is how the record names a join. It begins by the need, whose place in a
// search it changes.
func JoinSubject(need string, party people.Scope) string {
	return "join:" + need + "/" + party.String()
}

// JoinStore keeps joins. Each change leaves a row in the record, of subject [JoinSubject].
type JoinStore interface {
	// Joins are those of needs, the oldest first.
	Joins(ctx context.Context, needs []string) ([]Join, error)
	// AddJoin keeps a join, at the time of the database; fault.Conflict if the party has joined already.
	AddJoin(ctx context.Context, by audit.Actor, j Join) error
	// RemoveJoin takes one away; fault.NotFound if there is none.
	RemoveJoin(ctx context.Context, by audit.Actor, need string, party people.Scope) error
}

// Needs holds the rules of joining needs. Contexts are those of a request.
type Needs struct {
	Library *Library
	Store   JoinStore
}

// Of are the joins of a need, and of those that were merged in it, one a party.
func (n *Needs) Of(ctx context.Context, need string) ([]Join, error) {
	merged, err := n.Library.Store.MergedInto(ctx, []string{need})
	if err != nil {
		return nil, err
	}
	ids := []string{need}
	for _, e := range merged[need] {
		ids = append(ids, e.ID)
	}
	all, err := n.Store.Joins(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []Join
	seen := map[people.Scope]bool{}
	for _, j := range all {
		if !seen[j.Party] {
			seen[j.Party] = true
			out = append(out, j)
		}
	}
	return out, nil
}

// Counts are how many parties have joined each of these needs.
func (n *Needs) Counts(ctx context.Context, needs []string) (map[string]int, error) {
	merged, err := n.Library.Store.MergedInto(ctx, needs)
	if err != nil {
		return nil, err
	}
	of := map[string]string{}
	ids := append([]string{}, needs...)
	for _, need := range needs {
		of[need] = need
	}
	for need, list := range merged {
		for _, e := range list {
			of[e.ID] = need
			ids = append(ids, e.ID)
		}
	}
	all, err := n.Store.Joins(ctx, ids)
	if err != nil {
		return nil, err
	}
	type one struct {
		need  string
		party people.Scope
	}
	seen, out := map[one]bool{}, map[string]int{}
	for _, j := range all {
		if k := (one{of[j.Need], j.Party}); !seen[k] {
			seen[k] = true
			out[k.need]++
		}
	}
	return out, nil
}

// Parties are the organisations and territories for which somebody may join needs: the
// scopes of their own mandates.
func Parties(a *people.Actor) []people.Scope {
	right, _ := people.RightOf(JoinNeed)
	var out []people.Scope
	seen := map[people.Scope]bool{people.Everywhere: true}
	for _, m := range a.Mandates {
		for _, role := range right.Roles {
			if m.Role == role && !seen[m.Scope] {
				seen[m.Scope] = true
				out = append(out, m.Scope)
			}
		}
	}
	return out
}

// Join says that a party has a published need too.
func (n *Needs) Join(ctx context.Context, need string, party people.Scope, comment string) error {
	a := people.Of(ctx)
	e, err := n.need(ctx, need, party)
	if err != nil {
		return err
	}
	if e.State != Published {
		return fault.New(fault.Conflict, "commons.closed")
	}
	if comment = clean(comment, true); utf8.RuneCountInString(comment) > mostComment {
		return fault.New(fault.Invalid, "commons.too_long", mostComment).In("comment")
	}
	joined, err := n.Of(ctx, need)
	if err != nil {
		return err
	}
	for _, j := range joined { // under the name of one that was merged, too
		if j.Party == party {
			return errJoined
		}
	}
	return n.Store.AddJoin(ctx, a.By(), Join{Need: e.ID, Party: party, By: a.Person.ID, Comment: comment})
}

var errJoined = fault.New(fault.Conflict, "commons.join.already").In("party")

// Leave takes a party's join away, whoever of it joined.
func (n *Needs) Leave(ctx context.Context, need string, party people.Scope) error {
	if _, err := n.need(ctx, need, party); err != nil {
		return err
	}
	joined, err := n.Of(ctx, need)
	if err != nil {
		return err
	}
	for _, j := range joined {
		if j.Party == party {
			need = j.Need
		}
	}
	return n.Store.RemoveJoin(ctx, people.Of(ctx).By(), need, party)
}

// need is a need that everybody may see, if the actor may speak for the party.
func (n *Needs) need(ctx context.Context, id string, party people.Scope) (Entry, error) {
	if party == people.Everywhere {
		return Entry{}, fault.New(fault.Invalid, "commons.join.party").In("party")
	}
	if err := people.Of(ctx).Require(ctx, JoinNeed, party); err != nil {
		return Entry{}, err
	}
	e, err := n.Library.Read(ctx, id)
	if err == nil && (e.Kind != Need || e.State == Merged) {
		err = fault.New(fault.NotFound, "commons.not_found", id)
	}
	return e, err
}
