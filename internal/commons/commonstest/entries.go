package commonstest

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
	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/territory"
)

// Store is what is under test: each change must show in the record and the outbox.
type Store interface {
	commons.EntryStore
	audit.Store
	job.Outbox
}

// Run checks a store of entries against the contract. Open gives an empty store,
// ready to use, and closes it when the test it is given ends.
func Run(t *testing.T, open func(t *testing.T) Store) {
	for _, c := range []struct {
		name  string
		check func(t *testing.T, s Store)
	}{
		{"kept as it was given", kept},
		{"nothing of that name", nothing},
		{"versions go up by one, from the one that was read", versions},
		{"a refusal leaves all as it was", refusal},
		{"the record and the outbox come with the change", together},
		{"made once, whoever asks", madeOnce},
		{"of those who change one thing, each sees the one before", inTurn},
		{"a number is that of one publication", numbers},
		{"entries are found, page by page", entriesFound},
		{"revisions are found, last changed first", revisionsFound},
		{"where submitted revisions wait", waiting},
		{"entries merged in one, at once or through others", mergedInto},
		{"revisions follow their entry home", moved},
	} {
		t.Run(c.name, func(t *testing.T) { c.check(t, open(t)) })
	}
}

var (
	basin   = territory.ID{Level: territory.BassinDeVie, Code: "22266"}
	commune = territory.ID{Level: territory.Commune, Code: "2A004"}
	nowhere = territory.ID{} // the whole installation
	day     = time.Date(2026, 11, 26, 9, 0, 0, 123456000, time.UTC)
)

func entry(id string) commons.Entry {
	return commons.Entry{ID: id, Kind: commons.Software, State: commons.Published, Own: commons.Sheet{"title": {id}}, CreatedAt: day, UpdatedAt: day}
}

func revision(id, of string) commons.Revision {
	return commons.Revision{ID: id, Entry: of, Kind: commons.Software, Sheet: commons.Sheet{"title": {of}}, Author: "ada", State: commons.Draft, CreatedAt: day, UpdatedAt: day}
}

// put keeps entries and revisions in one change.
func put(t *testing.T, s Store, rows ...any) {
	t.Helper()
	if err := s.ChangeEntries(t.Context(), func(tx commons.EntryTx) error { return putIn(tx, rows...) }); err != nil {
		t.Fatal(err)
	}
}

func putIn(tx commons.EntryTx, rows ...any) error {
	var errs []error
	for _, row := range rows {
		switch v := row.(type) {
		case commons.Entry:
			errs = append(errs, tx.PutEntry(v))
		case commons.Revision:
			errs = append(errs, tx.PutRevision(v))
		}
	}
	return errors.Join(errs...)
}

func kept(t *testing.T, s Store) {
	hard := "L’Œuf « 🏳️‍🌈 »\n\t\u202f\\ \"'%_ {\"a\":[]}\x00\u2028<&>"
	e := commons.Entry{
		ID: "00112233445566aa", Kind: commons.Experiment, State: commons.Retired, Home: basin, Revision: 7, Author: "ada", MergedInto: "m", Successor: "s", Reason: "Pourquoi\nvoilà",
		Own: commons.Sheet{"title": {hard}, "themes": {"b", "a", "b"}, "licence": {}}, CreatedAt: day, UpdatedAt: day.Add(time.Microsecond),
	}
	r := commons.Revision{
		ID: "r1", Entry: e.ID, Kind: e.Kind, Home: commune, Number: 7, Base: 6, Sheet: e.Own, Note: "Note\n« é »", Author: "ada", State: commons.Accepted, Reviewer: "eve",
		Answer: "Merci !", CreatedAt: day, UpdatedAt: day.Add(time.Hour), DecidedAt: day.Add(2 * time.Hour),
	}
	bare := commons.Revision{ID: "r2", Entry: "e2", Kind: commons.Need, Sheet: commons.Sheet{}, State: commons.Draft, CreatedAt: day, UpdatedAt: day}
	put(t, s, e, r, bare)
	e.Version, r.Version, bare.Version = 1, 1, 1
	check := func(where string, in commons.EntryReader) {
		t.Helper()
		got, err := in.Entry(t.Context(), e.ID)
		if diff := cmp.Diff(e, got); diff != "" || err != nil {
			t.Errorf("%s, entry (-want +got), %v:\n%s", where, err, diff)
		}
		for _, want := range []commons.Revision{r, bare} {
			got, err := in.Revision(t.Context(), want.ID)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%s, revision (-want +got), %v:\n%s", where, err, diff)
			}
		}
		of, err := in.RevisionOf(t.Context(), e.ID, 7)
		if diff := cmp.Diff(r, of); diff != "" || err != nil {
			t.Errorf("%s, publication (-want +got), %v:\n%s", where, err, diff)
		}
	}
	check("outside", s)
	e.Own, e.State, e.Home = commons.Sheet{}, commons.Merged, nowhere
	r.State, r.DecidedAt, r.Note = commons.Withdrawn, time.Time{}, ""
	if err := s.ChangeEntries(t.Context(), func(tx commons.EntryTx) error {
		e, r := e, r
		if err := putIn(tx, e, r); err != nil {
			return err
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	e.Version, r.Version = 2, 2
	if err := s.ChangeEntries(t.Context(), func(tx commons.EntryTx) error { check("inside", tx); return nil }); err != nil {
		t.Fatal(err)
	}
	check("after", s)
}

var hostile = []string{"", "nothing", "\x00", "a\x00b", "\xff", "'", "' OR '1'='1", "$1", "%", "../..", strings.Repeat("x", 10_000)}

func nothing(t *testing.T, s Store) {
	put(t, s, entry("a"), revision("r", "a"))
	missing := func(what string, err error) {
		t.Helper()
		if fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%s: %v, want fault.NotFound", what, err)
		}
	}
	ask := func(in commons.EntryReader, id string) {
		_, err := in.Entry(t.Context(), id)
		missing(fmt.Sprintf("entry %.20q", id), err)
		_, err = in.Revision(t.Context(), id)
		missing(fmt.Sprintf("revision %.20q", id), err)
		_, err = in.RevisionOf(t.Context(), id, 1)
		missing(fmt.Sprintf("publication of %.20q", id), err)
	}
	for _, id := range hostile {
		ask(s, id)
		if err := s.ChangeEntries(t.Context(), func(tx commons.EntryTx) error { ask(tx, id); return nil }); err != nil {
			t.Error(err)
		}
		if got, err := s.Entries(t.Context(), commons.EntryFilter{IDs: []string{id}}); err != nil || len(got) != 0 {
			t.Errorf("entries %.20q: %v, %v", id, got, err)
		}
		if got, err := s.MergedInto(t.Context(), []string{id}); err != nil || len(got) != 0 {
			t.Errorf("merged in %.20q: %v, %v", id, got, err)
		}
		if id == "" {
			continue
		}
		if got, err := s.Entries(t.Context(), commons.EntryFilter{Author: id}); err != nil || len(got) != 0 {
			t.Errorf("entries of %.20q: %v, %v", id, got, err)
		}
		if got, err := s.Entries(t.Context(), commons.EntryFilter{States: []commons.State{commons.State(id)}}); err != nil || len(got) != 0 {
			t.Errorf("entries in state %.20q: %v, %v", id, got, err)
		}
		for _, f := range []commons.RevisionFilter{{Entry: id}, {Author: id}, {States: []commons.RevisionState{commons.RevisionState(id)}}, {Homes: []territory.ID{{Level: territory.Commune, Code: id}}}} {
			if got, n, err := s.Revisions(t.Context(), f); err != nil || len(got) != 0 || n != 0 {
				t.Errorf("revisions of %.20q: %v, %d, %v", id, got, n, err)
			}
		}
	}
	for _, n := range []int{0, -1, 1} {
		_, err := s.RevisionOf(t.Context(), "a", n)
		missing(fmt.Sprint("publication ", n), err)
	}
	// One hostile id takes nothing from the others.
	if got, err := s.Entries(t.Context(), commons.EntryFilter{IDs: append([]string{"a"}, hostile...)}); err != nil || len(got) != 1 {
		t.Errorf("one among hostile ids: %v, %v", got, err)
	}
}

func versions(t *testing.T, s Store) {
	put(t, s, entry("a"), revision("r", "a"))
	again := func(version int64, want fault.Code) {
		t.Helper()
		for _, row := range []any{entry("a"), revision("r", "a")} {
			err := s.ChangeEntries(t.Context(), func(tx commons.EntryTx) error {
				switch v := row.(type) {
				case commons.Entry:
					v.Version = version
					return tx.PutEntry(v)
				case commons.Revision:
					v.Version = version
					return tx.PutRevision(v)
				}
				return nil
			})
			if fault.CodeOf(err) != want {
				t.Errorf("%T on version %d: %v, want %q", row, version, err, want)
			}
		}
	}
	again(0, fault.Conflict)
	again(2, fault.Conflict)
	again(1, "")
	again(1, fault.Conflict)
	again(2, "")
	gone := entry("b")
	gone.Version = 1
	err := s.ChangeEntries(t.Context(), func(tx commons.EntryTx) error { return tx.PutEntry(gone) })
	if fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a version of what has no row: %v, want fault.Conflict", err)
	}
	e, err := s.Entry(t.Context(), "a")
	if err != nil || e.Version != 3 {
		t.Errorf("version %d, %v, want 3", e.Version, err)
	}
}

var errNo = errors.New("no")

func refusal(t *testing.T, s Store) {
	err := s.ChangeEntries(t.Context(), func(tx commons.EntryTx) error {
		if err := putIn(tx, entry("a"), revision("r", "a")); err != nil {
			return err
		}
		tx.Record(audit.Entry{By: audit.System, Action: "a", Subject: commons.EntrySubject("a")})
		tx.Tell(job.Event{Kind: commons.Happened, Body: []byte(`{}`)})
		return errNo
	})
	if !errors.Is(err, errNo) {
		t.Errorf("%v, want the error of the change", err)
	}
	if _, err := s.Entry(t.Context(), "a"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("the entry is there: %v", err)
	}
	if _, n, err := s.Revisions(t.Context(), commons.RevisionFilter{}); err != nil || n != 0 {
		t.Errorf("%d revisions, %v", n, err)
	}
	if h, err := s.Head(t.Context()); err != nil || h.Seq != 0 {
		t.Errorf("the record ends at %v, %v", h, err)
	}
	if d, err := s.Claim(t.Context(), []string{commons.Happened}, 9, time.Now().Add(time.Hour), time.Now().Add(2*time.Hour)); err != nil || len(d) != 0 {
		t.Errorf("told: %v, %v", d, err)
	}
}

func together(t *testing.T, s Store) {
	var ids []string
	err := s.ChangeEntries(t.Context(), func(tx commons.EntryTx) error {
		ids = []string{tx.NewID(), tx.NewID()}
		if d := time.Since(tx.Now()); d < -time.Minute || d > time.Hour || tx.Now().Location() != time.UTC {
			t.Errorf("now is %v", tx.Now())
		}
		tx.Record(audit.Entry{By: audit.Person("ada"), Action: "commons.publish", Subject: commons.EntrySubject(ids[0])})
		tx.Tell(job.Event{Kind: commons.Happened, Body: []byte(`{"entry":"a"}`)})
		return putIn(tx, entry(ids[0]), revision(ids[1], ids[0]))
	})
	if err != nil || ids[0] == ids[1] || ids[0] == "" {
		t.Fatalf("%v, %v", ids, err)
	}
	if rows, err := s.Find(t.Context(), audit.Filter{Subject: commons.EntrySubject(ids[0])}); err != nil || len(rows) != 1 {
		t.Errorf("the record: %v, %v", rows, err)
	}
	if r, err := audit.Verify(t.Context(), s); err != nil || len(r.Problems) > 0 {
		t.Errorf("the record: %+v, %v", r, err)
	}
	if d, err := s.Claim(t.Context(), []string{commons.Happened}, 9, time.Now().Add(time.Hour), time.Now().Add(2*time.Hour)); err != nil || len(d) != 1 {
		t.Errorf("told: %v, %v", d, err)
	}
}

// at runs f for 0 to n-1, all at once.
func at(n int, f func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { f(i) })
	}
	all.Wait()
}

func madeOnce(t *testing.T, s Store) {
	const n = 12
	var made [n]error
	at(n, func(i int) {
		made[i] = s.ChangeEntries(t.Context(), func(tx commons.EntryTx) error { return tx.PutEntry(entry("a")) })
	})
	count := 0
	for _, err := range made {
		switch fault.CodeOf(err) {
		case "":
			count++
		case fault.Conflict:
		default:
			t.Error(err)
		}
	}
	if count != 1 {
		t.Errorf("%d made it, want 1", count)
	}
}

// inTurn adds one to a number in an entry that has no row at first: what is read stays
// as read, even that there is nothing.
func inTurn(t *testing.T, s Store) {
	const n = 12
	at(n, func(int) {
		err := s.ChangeEntries(t.Context(), func(tx commons.EntryTx) error {
			e, err := tx.Entry(t.Context(), "a")
			if fault.CodeOf(err) == fault.NotFound {
				e, err = entry("a"), nil
			}
			if err != nil {
				return err
			}
			e.Revision++
			r := revision(fmt.Sprint("r", e.Revision), "a")
			r.Number, r.State = e.Revision, commons.Accepted
			return putIn(tx, e, r)
		})
		if err != nil {
			t.Error(err)
		}
	})
	e, err := s.Entry(t.Context(), "a")
	if err != nil || e.Revision != n || e.Version != n {
		t.Errorf("revision %d, version %d, %v, want %d of both", e.Revision, e.Version, err, n)
	}
	// Those who hold two in opposite orders both end.
	put(t, s, entry("b"))
	at(n, func(i int) {
		ids := []string{"a", "b"}
		if i%2 == 1 {
			slices.Reverse(ids)
		}
		err := s.ChangeEntries(t.Context(), func(tx commons.EntryTx) error {
			for _, id := range ids {
				e, err := tx.Entry(t.Context(), id)
				if err != nil {
					return err
				}
				if err := tx.PutEntry(e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	if e, err := s.Entry(t.Context(), "b"); err != nil || e.Version != n+1 {
		t.Errorf("version %d, %v, want %d", e.Version, err, n+1)
	}
}

func numbers(t *testing.T, s Store) {
	one, two := revision("r1", "a"), revision("r2", "a")
	one.Number, two.Number = 1, 1
	put(t, s, one, revision("r3", "a"), revision("r4", "a"))
	err := s.ChangeEntries(t.Context(), func(tx commons.EntryTx) error { return tx.PutRevision(two) })
	if fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a second publication of one number: %v, want fault.Conflict", err)
	}
	three := revision("r3", "a")
	three.Number, three.Version = 1, 1
	err = s.ChangeEntries(t.Context(), func(tx commons.EntryTx) error { return tx.PutRevision(three) })
	if fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a draft that takes the number: %v, want fault.Conflict", err)
	}
	two.Entry = "b"
	put(t, s, two)
}

func ids[T any](list []T, id func(T) string) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = id(v)
	}
	return strings.Join(out, " ")
}

func entriesFound(t *testing.T, s Store) {
	a, b, c, d := entry("B-1"), entry("a.2"), entry("a:3"), entry("é")
	a.Author, c.Author = "ada", "bob"
	b.State, d.State = commons.Retired, commons.Merged
	d.MergedInto = "a:3"
	put(t, s, a, b, c, d)
	for _, x := range []struct {
		f    commons.EntryFilter
		want string
	}{
		{commons.EntryFilter{}, "B-1 a.2 a:3 é"},
		{commons.EntryFilter{IDs: []string{"é", "B-1", "none", "B-1"}}, "B-1 é"},
		{commons.EntryFilter{States: []commons.State{commons.Retired, commons.Merged}}, "a.2 é"},
		{commons.EntryFilter{Author: "ada"}, "B-1"},
		{commons.EntryFilter{Author: "ada", States: []commons.State{commons.Merged}}, ""},
		{commons.EntryFilter{Limit: 2}, "B-1 a.2"},
		{commons.EntryFilter{Limit: 2, After: "a.2"}, "a:3 é"},
		{commons.EntryFilter{After: "é"}, ""},
		{commons.EntryFilter{After: "C"}, "a.2 a:3 é"},
	} {
		got, err := s.Entries(t.Context(), x.f)
		if text := ids(got, func(e commons.Entry) string { return e.ID }); err != nil || text != x.want {
			t.Errorf("%+v: %s, %v, want %s", x.f, text, err, x.want)
		}
	}
	// Pages hold each entry once.
	var many []any
	var named []string
	for i := range 120 {
		named = append(named, fmt.Sprintf("m%03d", i))
		many = append(many, entry(named[i]))
	}
	put(t, s, many...)
	if got, err := s.Entries(t.Context(), commons.EntryFilter{}); err != nil || len(got) != 50 {
		t.Errorf("a page of %d, %v, want 50", len(got), err)
	}
	var all []string
	for after := "m"; ; {
		page, err := s.Entries(t.Context(), commons.EntryFilter{After: after, Limit: 13})
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, e := range page {
			all = append(all, e.ID)
		}
		after = all[len(all)-1]
	}
	if diff := cmp.Diff(append(named, "é"), all); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
}

func revisionsFound(t *testing.T, s Store) {
	rows := []commons.Revision{revision("r1", "a"), revision("r2", "a"), revision("r3", "b"), revision("r4", "c"), revision("r5", "c")}
	for i := range rows {
		rows[i].UpdatedAt = day.Add(time.Duration(i) * time.Second)
	}
	rows[0].State, rows[0].Number = commons.Accepted, 1
	rows[1].State, rows[1].Home = commons.Submitted, basin
	rows[2].State, rows[2].Home, rows[2].Author = commons.Submitted, commune, "bob"
	rows[3].State, rows[3].Author = commons.Submitted, ""
	rows[4].UpdatedAt = rows[3].UpdatedAt
	for _, r := range rows {
		put(t, s, r)
	}
	for _, x := range []struct {
		f     commons.RevisionFilter
		want  string
		total int
	}{
		{commons.RevisionFilter{}, "r4 r5 r3 r2 r1", 5},
		{commons.RevisionFilter{Entry: "a"}, "r2 r1", 2},
		{commons.RevisionFilter{Author: "ada"}, "r5 r2 r1", 3},
		{commons.RevisionFilter{States: []commons.RevisionState{commons.Submitted}}, "r4 r3 r2", 3},
		{commons.RevisionFilter{States: []commons.RevisionState{commons.Submitted, commons.Draft}, Homes: []territory.ID{nowhere}}, "r4 r5", 2},
		{commons.RevisionFilter{Homes: []territory.ID{basin, commune}}, "r3 r2", 2},
		{commons.RevisionFilter{Homes: []territory.ID{}}, "", 0},
		{commons.RevisionFilter{Homes: []territory.ID{basin, nowhere}, Author: "ada"}, "r5 r2 r1", 3},
		{commons.RevisionFilter{Limit: 2}, "r4 r5", 5},
		{commons.RevisionFilter{Limit: 2, Offset: 2}, "r3 r2", 5},
		{commons.RevisionFilter{Offset: 99}, "", 5},
		{commons.RevisionFilter{Limit: -1, Offset: -1}, "r4 r5 r3 r2 r1", 5},
	} {
		got, total, err := s.Revisions(t.Context(), x.f)
		if text := ids(got, func(r commons.Revision) string { return r.ID }); err != nil || text != x.want || total != x.total {
			t.Errorf("%+v: %s of %d, %v, want %s of %d", x.f, text, total, err, x.want, x.total)
		}
	}
}

func waiting(t *testing.T, s Store) {
	if got, err := s.WaitingHomes(t.Context()); err != nil || len(got) != 0 {
		t.Errorf("where nothing waits: %v, %v", got, err)
	}
	for i, home := range []territory.ID{basin, nowhere, basin, commune, nowhere} {
		r := revision(fmt.Sprint("r", i), "a")
		r.Home, r.State = home, commons.Submitted
		if home == commune {
			r.State = commons.Refused
		}
		put(t, s, r)
	}
	got, err := s.WaitingHomes(t.Context())
	if diff := cmp.Diff([]territory.ID{nowhere, basin}, got); diff != "" || err != nil {
		t.Errorf("where revisions wait (-want +got), %v:\n%s", err, diff)
	}
}

func mergedInto(t *testing.T, s Store) {
	into := func(id, kept string) commons.Entry {
		e := entry(id)
		e.State, e.MergedInto = commons.Merged, kept
		return e
	}
	put(t, s, entry("k"), into("b", "k"), into("a", "k"), into("deep", "a"), into("listed", "without-row"), into("x", "y"), into("y", "x"))
	got, err := s.MergedInto(t.Context(), []string{"k", "a", "deep", "without-row", "x", "none"})
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]string{}
	for id, list := range got {
		shown[id] = ids(list, func(e commons.Entry) string { return e.ID })
	}
	if diff := cmp.Diff(map[string]string{"k": "a b deep", "a": "deep", "without-row": "listed", "x": "y"}, shown); diff != "" {
		t.Errorf("merged (-want +got):\n%s", diff)
	}
	if got["k"][0].Own.Get("title") != "a" || got["k"][0].Version != 1 {
		t.Errorf("the merged entry: %+v", got["k"][0])
	}
	if got, err := s.MergedInto(t.Context(), nil); err != nil || len(got) != 0 {
		t.Errorf("merged in nothing: %v, %v", got, err)
	}
	many := make([]string, 1203)
	for i := range many {
		many[i] = fmt.Sprint("z", i)
	}
	many[1200] = "k"
	if got, err := s.MergedInto(t.Context(), many); err != nil || len(got["k"]) != 3 {
		t.Errorf("among many: %v, %v", got, err)
	}
}

func moved(t *testing.T, s Store) {
	put(t, s, revision("r1", "a"), revision("r2", "a"), revision("r3", "b"))
	if err := s.ChangeEntries(t.Context(), func(tx commons.EntryTx) error { return tx.MoveRevisions("a", basin) }); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]territory.ID{"r1": basin, "r2": basin, "r3": nowhere} {
		if r, err := s.Revision(t.Context(), id); err != nil || r.Home != want || r.Version != 1 {
			t.Errorf("%s is at %v, version %d, %v, want %v", id, r.Home, r.Version, err, want)
		}
	}
}
