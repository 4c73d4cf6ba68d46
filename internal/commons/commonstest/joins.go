package commonstest

import (
	"context"
	"testing"

	"bassin/internal/audit"
	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/people"
)

// JoinStore is what is under test: each change must show in the record.
type JoinStore interface {
	commons.JoinStore
	commons.EntryStore
	audit.Store
}

// RunJoins checks a store of joins against the contract, and the rules over it. Open
// gives an empty store, as for [Run].
func RunJoins(t *testing.T, open func(t *testing.T) JoinStore) {
	for _, c := range []struct {
		name  string
		check func(t *testing.T, s JoinStore)
	}{
		{"joined once a party, and left", joinedOnce},
		{"counted over merges", joinsCounted},
		{"for one's own party only", joinsGranted},
		{"nobody's once they are erased", joinsErased},
	} {
		t.Run(c.name, func(t *testing.T) { c.check(t, open(t)) })
	}
}

var (
	basinScope = people.Over(basin)
	office     = people.In("o000000000000001")
)

func joinsOf(t *testing.T, s JoinStore, needs ...string) []commons.Join {
	t.Helper()
	list, err := s.Joins(t.Context(), needs)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func joinedOnce(t *testing.T, s JoinStore) {
	by := audit.Person("ada")
	for _, party := range []people.Scope{basinScope, office} {
		if err := s.AddJoin(t.Context(), by, commons.Join{Need: "n1", Party: party, By: "ada", Comment: "Été\nici"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.AddJoin(t.Context(), by, commons.Join{Need: "n1", Party: basinScope}); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("joined twice: %v", err)
	}
	list := joinsOf(t, s, "n1", "n2")
	if len(list) != 2 || list[0].Party != basinScope || list[0].By != "ada" || list[0].Comment != "Été\nici" || list[0].At.IsZero() {
		t.Errorf("the joins are %+v", list)
	}
	if err := s.RemoveJoin(t.Context(), by, "n1", basinScope); err != nil {
		t.Error(err)
	}
	if err := s.RemoveJoin(t.Context(), by, "n1", basinScope); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("left twice: %v", err)
	}
	if list := joinsOf(t, s, "n1"); len(list) != 1 || list[0].Party != office {
		t.Errorf("the joins left are %+v", list)
	}
	if list := joinsOf(t, s); len(list) != 0 {
		t.Errorf("of no need, %+v", list)
	}
	rows, err := s.Find(t.Context(), audit.Filter{Action: "commons."}) // the newest first
	if err != nil || len(rows) != 3 || rows[2].Action != "commons.join" || rows[2].Subject != "join:n1/bv:22266" || rows[0].Action != "commons.leave" {
		t.Errorf("the record is %+v, %v", rows, err)
	}
}

func publishedEntry(t *testing.T, s JoinStore, id string, kind commons.Kind, into string) {
	t.Helper()
	err := s.ChangeEntries(t.Context(), func(tx commons.EntryTx) error {
		e := commons.Entry{ID: id, Kind: kind, State: commons.Published, Own: commons.Sheet{"title": {id}}, Revision: 1, CreatedAt: tx.Now(), UpdatedAt: tx.Now()}
		if into != "" {
			e.State, e.MergedInto = commons.Merged, into
		}
		tx.Record(audit.Entry{By: audit.System, Action: "fill", Subject: commons.EntrySubject(id)})
		return tx.PutEntry(e)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func joinsCounted(t *testing.T, s JoinStore) {
	publishedEntry(t, s, "kept", commons.Need, "")
	publishedEntry(t, s, "double", commons.Need, "kept")
	for _, j := range []commons.Join{{Need: "kept", Party: basinScope}, {Need: "double", Party: basinScope}, {Need: "double", Party: office}} {
		if err := s.AddJoin(t.Context(), audit.System, j); err != nil {
			t.Fatal(err)
		}
	}
	n := needs(s)
	if c, err := n.Counts(t.Context(), []string{"kept", "other"}); err != nil || c["kept"] != 2 || c["other"] != 0 {
		t.Errorf("the counts are %v, %v", c, err)
	}
	if list, err := n.Of(t.Context(), "kept"); err != nil || len(list) != 2 || list[0].Party != basinScope || list[1].Party != office {
		t.Errorf("the joins are %+v, %v", list, err)
	}
}

func needs(s JoinStore) *commons.Needs {
	return &commons.Needs{Library: &commons.Library{Store: s, Catalogue: func(context.Context) *commons.Catalogue { return commons.NewCatalogue(nil) }}, Store: s}
}

// acting is somebody with one mandate basinScope, or without any.
func acting(t *testing.T, role people.Role) context.Context {
	a := &people.Actor{Covers: func(_ context.Context, outer, inner people.Scope) (bool, error) { return outer == inner, nil }}
	if role != "" {
		a.Person.ID, a.Session.Strong = "ada", true
		a.Mandates = []people.Mandate{{Role: role, Scope: basinScope}}
	}
	return people.WithActor(t.Context(), a)
}

func joinsGranted(t *testing.T, s JoinStore) {
	publishedEntry(t, s, "need", commons.Need, "")
	publishedEntry(t, s, "guide", commons.Knowledge, "")
	n := needs(s)
	for _, c := range []struct {
		role  people.Role
		need  string
		party people.Scope
		want  fault.Code
	}{
		{people.Member, "need", basinScope, ""},
		{people.Member, "need", basinScope, fault.Conflict}, // already
		{people.Member, "need", office, fault.Forbidden},
		{people.Observer, "need", basinScope, fault.Forbidden},
		{"", "need", basinScope, fault.Unauthenticated},
		{people.Member, "guide", basinScope, fault.NotFound},
		{people.Member, "nothing", basinScope, fault.NotFound},
		{people.Member, "need", people.Everywhere, fault.Invalid},
	} {
		if err := n.Join(acting(t, c.role), c.need, c.party, "Nous aussi."); fault.CodeOf(err) != c.want && (err != nil || c.want != "") {
			t.Errorf("%s joins %s for %s: %v, want %s", c.role, c.need, c.party, err, c.want)
		}
	}
	if err := n.Leave(acting(t, people.Observer), "need", basinScope); fault.CodeOf(err) != fault.Forbidden {
		t.Errorf("an observer leaves: %v", err)
	}
	if err := n.Leave(acting(t, people.Coordinator), "need", basinScope); err != nil {
		t.Error(err)
	}
}

func joinsErased(t *testing.T, s JoinStore) {
	if err := s.AddJoin(t.Context(), audit.Person("ada"), commons.Join{Need: "n1", Party: basinScope, By: "ada", Comment: "De ma part"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Erase(t.Context(), audit.System, "ada"); err != nil {
		t.Fatal(err)
	}
	if list := joinsOf(t, s, "n1"); len(list) != 1 || list[0].By != "" || list[0].Comment != "" {
		t.Errorf("once they are erased, %+v", list)
	}
}
