package commonstest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/people"
)

// HarvestStore is what the rules of harvesting need besides.
type HarvestStore interface {
	Store
	commons.HarvestStore
}

// RunHarvest tries the rules of harvesting on a store.
func RunHarvest(t *testing.T, open func(t *testing.T) HarvestStore) {
	for _, c := range []struct {
		name string
		try  func(h *harvest)
	}{
		{"what is kept of a source", sourceKept},
		{"who may say what is harvested", whoHarvests},
		{"came, changed, vanished, came back", comesAndGoes},
		{"the same record again changes nothing", sameAgain},
		{"people's corrections win", correctionsWin},
		{"joined by what tells entries apart", joinsEntries},
		{"two that are called alike in different places are two", apartByRepository},
		{"an entry that two sources have goes with the second", twoSources},
		{"an interrupted run goes on", goesOn},
		{"what is refused, with why", refusedWhy},
		{"a source that fails is tried again later", failsLater},
		{"most of a source does not vanish at once", heldBack},
		{"a removed source takes its words with it", removed},
		{"another installation says what it withdrew", incremental},
		{"what comes from here is left alone", noLoop},
		{"a source that somebody changes meanwhile stops", changedMeanwhile},
		{"trying keeps nothing", triedOnly},
		{"passwords in addresses are not repeated", noPasswords},
	} {
		t.Run(c.name, func(t *testing.T) { c.try(newHarvest(t, open(t))) })
	}
}

// harvest is a library with a source whose pages the tests write.
type harvest struct {
	*world
	hs    HarvestStore
	h     *commons.Harvester
	rules *commons.Sources
	pages map[string][]commons.Fetched // by address; page n is at "n"
	fails error                        // of the page asked for next
	at    []string                     // pages that were asked for
	clock time.Time
}

func newHarvest(t *testing.T, s HarvestStore) *harvest {
	w := newWorld(t, s)
	h := &harvest{world: w, hs: s, pages: map[string][]commons.Fetched{}, clock: time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)}
	w.l.Harvested = s.Harvested
	h.h = &commons.Harvester{Library: w.l, Store: s, Fetcher: h, Now: func() time.Time { return h.clock }, Own: func() string { return "https://ici.example" }}
	h.rules = &commons.Sources{Store: s, Check: w.l.Check, Now: h.h.Now}
	return h
}

// Open implements [commons.Fetcher].
func (h *harvest) Open(src commons.Source, _ func(context.Context, []string) (map[string]string, error)) commons.Fetch {
	return fetch{h, src}
}

type fetch struct {
	h   *harvest
	src commons.Source
}

// Page implements [commons.Fetch].
func (f fetch) Page(_ context.Context, at string) (commons.Fetched, error) {
	f.h.at = append(f.h.at, at)
	pages, n := f.h.pages[f.src.Address], 0
	if at != "" {
		if _, err := fmt.Sscan(at, &n); err != nil {
			return commons.Fetched{}, err
		}
	}
	if n > 0 || len(pages) <= 1 {
		if err := f.h.fails; err != nil {
			f.h.fails = nil
			return commons.Fetched{}, err
		}
	}
	if n >= len(pages) {
		return commons.Fetched{Next: at, Last: true}, nil
	}
	p := pages[n]
	if f.src.Kind == commons.OtherBassin {
		p.Next = fmt.Sprint(n + 1)
	} else if n+1 < len(pages) {
		p.Next = fmt.Sprint(n + 1)
	}
	p.Last = n+1 >= len(pages)
	return p, nil
}

func (h *harvest) root() context.Context {
	return h.as("root", people.Mandate{Role: people.Administrator, Scope: people.Everywhere})
}

// source adds a source that says these records on one page.
func (h *harvest) source(k commons.SourceKind, name string, found ...commons.Found) commons.Source {
	h.Helper()
	src, err := h.rules.Add(h.root(), commons.Source{Kind: k, Address: "https://" + name + ".example/", Title: name, Rhythm: commons.Daily, Licence: "etalab-2.0", Home: basin})
	if err != nil {
		h.Fatal(err)
	}
	h.says(src, found...)
	return src
}

func (h *harvest) says(src commons.Source, found ...commons.Found) {
	h.pages[src.Address] = []commons.Fetched{{Found: found}}
}

// run harvests a source an hour later.
func (h *harvest) run(src commons.Source) commons.Report {
	h.Helper()
	h.clock = h.clock.Add(time.Hour)
	r, err := h.h.Run(h.Context(), src.ID)
	if err != nil {
		h.Fatal(err)
	}
	return r
}

func (h *harvest) counts(r commons.Report, want string) {
	h.Helper()
	got := fmt.Sprint("came ", r.Counts[commons.Came], " changed ", r.Counts[commons.Changed], " vanished ", r.Counts[commons.Vanished], " returned ", r.Counts[commons.Returned], " refused ", r.Counts[commons.Rejected], " same ", r.Same)
	if got != want {
		h.Errorf("the run: %s, want %s; %+v", got, want, r.Lines)
	}
}

// entryOf is the entry of a record, as everybody reads it.
func (h *harvest) entryOf(src commons.Source, record string) (commons.Entry, commons.Sheet, map[string]commons.Origin) {
	h.Helper()
	var id string
	err := h.hs.ChangeHarvest(h.Context(), func(tx commons.HarvestTx) error {
		known, err := tx.Records(h.Context(), src.ID, []string{record})
		id = known[record].Entry
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	e, err := h.l.Read(h.Context(), id)
	if err != nil {
		h.Fatalf("the entry %q of %s: %v", id, record, err)
	}
	sheet, from := e.Sheet()
	return e, sheet, from
}

func software(record, title string, more ...string) commons.Found {
	s := commons.Sheet{"title": {title}, "summary": {title + " sert."}}
	for i := 0; i+1 < len(more); i += 2 {
		s[more[i]] = []string{more[i+1]}
	}
	return commons.Found{Record: record, Kind: commons.Software, Sheet: s}
}

func sourceKept(h *harvest) {
	day := time.Date(2026, 11, 26, 9, 0, 0, 250_000_000, time.UTC)
	want := commons.Source{Kind: commons.OfData, Address: "https://é.example/", Title: "Été", Home: basin, Rhythm: commons.Weekly, Licence: "MIT", State: commons.SourcePaused, Allow: true, Validator: `"é"`,
		Cursor: "2", RunAt: day, Due: day.Add(time.Hour), Failures: 2, Report: commons.Report{Began: day, Full: true, Counts: map[commons.What]int{commons.Came: 1}, Lines: []commons.Item{{What: commons.Came, Args: []string{"é"}}}}, CreatedAt: day}
	err := h.hs.ChangeHarvest(h.Context(), func(tx commons.HarvestTx) error {
		want.ID = tx.NewID()
		return tx.PutSource(want)
	})
	want.Version = 1
	got, e := h.hs.Source(h.Context(), want.ID)
	if diff := cmp.Diff(want, got); diff != "" || err != nil || e != nil {
		h.Errorf("%v, %v (-want +got):\n%s", err, e, diff)
	}
	if list, err := h.hs.Sources(h.Context()); err != nil || len(list) != 1 {
		h.Errorf("all sources: %v, %v", list, err)
	}
	for _, id := range []string{"", "autre", "\x00"} {
		if _, err := h.hs.Source(h.Context(), id); fault.CodeOf(err) != fault.NotFound {
			h.Errorf("source %q: %v", id, err)
		}
	}
	stale := want
	stale.Version = 5
	if err := h.hs.ChangeHarvest(h.Context(), func(tx commons.HarvestTx) error { return tx.PutSource(stale) }); fault.CodeOf(err) != fault.Conflict {
		h.Errorf("a source changed on another version: %v", err)
	}
	rec := commons.Record{Source: want.ID, Name: "https://é.example/1", Entry: "x", Kind: commons.Data, Sheet: commons.Sheet{"title": {"É"}, "licence": {}}, Sum: "ab", Validator: "v", FirstSeen: day, ChangedAt: day, LastSeen: day}
	err = h.hs.ChangeHarvest(h.Context(), func(tx commons.HarvestTx) error {
		if err := tx.PutRecords(rec); err != nil {
			return err
		}
		rec.GoneAt = day.Add(time.Minute)
		return tx.PutRecords(rec)
	})
	said, e := h.hs.Harvested(h.Context(), []string{"x", "y"})
	wantSaid := map[string][]commons.Statement{"x": {{Source: commons.HarvestKey(want.ID), Record: rec.Name, Vintage: "2026-11-26", Licence: "MIT", Sheet: rec.Sheet, Gone: true}}}
	if diff := cmp.Diff(wantSaid, said); diff != "" || err != nil || e != nil {
		h.Errorf("%v, %v (-want +got):\n%s", err, e, diff)
	}
}

func whoHarvests(h *harvest) {
	src := commons.Source{Kind: commons.OfData, Address: "https://a.example", Title: "A", Rhythm: commons.Daily}
	for _, ctx := range []context.Context{h.ada(), h.eve(), h.Context()} {
		if _, err := h.rules.Add(ctx, src); err == nil {
			h.Error("somebody without the right added a source")
		}
	}
	kept := h.source(commons.OfData, "a")
	if err := h.rules.Remove(h.eve(), kept.ID); fault.CodeOf(err) != fault.Forbidden {
		h.Errorf("a coordinator removed a source: %v", err)
	}
	for name, v := range map[string]commons.Source{
		"title": {Kind: commons.OfData, Address: "https://a.example", Rhythm: commons.Daily}, "kind": {Title: "A", Address: "https://a.example", Rhythm: commons.Daily},
		"rhythm": {Title: "A", Kind: commons.OfData, Address: "https://a.example"}, "address": {Title: "A", Kind: commons.OfData, Rhythm: commons.Daily, Address: "https://ada:secret@a.example"}, //nolint:gosec // which is to be refused
		"licence": {Title: "A", Kind: commons.OfData, Rhythm: commons.Daily, Address: "a.example", Licence: "libre"},
	} {
		_, err := h.rules.Add(h.root(), v)
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Field != name {
			h.Errorf("a source without %s: %v", name, err)
		}
	}
}

func comesAndGoes(h *harvest) {
	a, b := software("https://a.example/1", "Premier"), software("https://a.example/2", "Deuxième")
	src := h.source(commons.OfData, "a", a, b)
	h.counts(h.run(src), "came 2 changed 0 vanished 0 returned 0 refused 0 same 0")
	e, sheet, from := h.entryOf(src, a.Record)
	if sheet.Get("title") != "Premier" || from["title"] != (commons.Origin{Source: commons.HarvestKey(src.ID), Record: a.Record, Vintage: from["title"].Vintage, Licence: "etalab-2.0"}) || e.Home != basin {
		h.Errorf("the entry reads %v, from %+v, home %v", sheet, from, e.Home)
	}
	h.says(src, software("https://a.example/1", "Premier, corrigé"), b)
	h.counts(h.run(src), "came 0 changed 1 vanished 0 returned 0 refused 0 same 1")
	if _, sheet, _ := h.entryOf(src, a.Record); sheet.Get("title") != "Premier, corrigé" {
		h.Errorf("after a change: %v", sheet)
	}
	h.says(src, b)
	h.counts(h.run(src), "came 0 changed 0 vanished 1 returned 0 refused 0 same 1")
	e, sheet, _ = h.entryOf(src, a.Record)
	if e.State != commons.Retired || e.Reason != commons.WithdrawnBySource || sheet.Get("title") != "Premier, corrigé" {
		h.Errorf("what vanished: %s %q %v", e.State, e.Reason, sheet)
	}
	h.says(src, a, b)
	h.counts(h.run(src), "came 0 changed 0 vanished 0 returned 1 refused 0 same 1")
	if e, _, _ = h.entryOf(src, a.Record); e.State != commons.Published || e.Reason != "" {
		h.Errorf("what came back: %s %q", e.State, e.Reason)
	}
	got, err := h.hs.Source(h.Context(), src.ID)
	if err != nil || !got.RunAt.IsZero() || !got.Due.After(h.clock) || got.Report.Ended.IsZero() {
		h.Errorf("the source after its runs: %+v, %v", got, err)
	}
}

func sameAgain(h *harvest) {
	src := h.source(commons.OfData, "a", software("https://a.example/1", "Premier"))
	h.run(src)
	before, err := h.s.Head(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	h.counts(h.run(src), "came 0 changed 0 vanished 0 returned 0 refused 0 same 1")
	if after, err := h.s.Head(h.Context()); err != nil || after.Seq != before.Seq {
		h.Errorf("the record grew from %d to %d, %v", before.Seq, after.Seq, err)
	}
}

func correctionsWin(h *harvest) {
	src := h.source(commons.OfData, "a", software("https://a.example/1", "Titre"))
	h.run(src)
	e, sheet, _ := h.entryOf(src, "https://a.example/1")
	sheet = sheet.Clone()
	sheet.Set("title", "Titre d’ici")
	if _, err := h.l.Propose(h.eve(), commons.Proposal{Entry: e.ID, Sheet: sheet, Submit: true}); err != nil {
		h.Fatal(err)
	}
	h.says(src, software("https://a.example/1", "Titre d’ailleurs", "website", "https://w.example"))
	h.run(src)
	_, sheet, from := h.entryOf(src, "https://a.example/1")
	if sheet.Get("title") != "Titre d’ici" || !from["title"].People() || sheet.Get("website") != "https://w.example" || from["website"].People() {
		h.Errorf("after a run: %v, from %v", sheet, from)
	}
}

func joinsEntries(h *harvest) {
	h.publish(commons.Sheet{"title": {"Logiciel libre"}, "summary": {"Selon la source."}, "repository": {"https://www.forge.example/Libre.git"}, "wikidata": {"Q42"}})
	src := h.source(commons.OfData, "a",
		software("https://a.example/1", "Autre nom", "repository", "https://forge.example/libre/"),
		software("https://a.example/2", "Encore", "wikidata", "q42"),
		software("https://a.example/3", "LOGICIEL  Libre"),
		commons.Found{Record: "https://a.example/4", Kind: commons.Service, Sheet: commons.Sheet{"title": {"Logiciel libre"}, "summary": {"Un service."}}},
		commons.Found{Record: "https://a.example/5", Kind: commons.Software, Sheet: commons.Sheet{"wikidata": {"Q42"}, "website": {"https://w.example"}}}, // enough where others say the rest
	)
	r := h.run(src)
	h.counts(r, "came 5 changed 0 vanished 0 returned 0 refused 0 same 0")
	if r.Joined != 4 {
		h.Errorf("%d joined, want 4", r.Joined)
	}
	for _, n := range []string{"1", "2", "3", "5"} {
		if e, _, _ := h.entryOf(src, "https://a.example/"+n); e.ID != sill {
			h.Errorf("record %s is of %s", n, e.ID)
		}
	}
	if e, _, _ := h.entryOf(src, "https://a.example/4"); e.ID == sill {
		h.Error("a service was joined to software")
	}
	h.says(src, software("https://a.example/9", "Rien"))
	h.run(src)
	if e, err := h.l.Read(h.Context(), sill); err != nil || e.State != commons.Published {
		h.Errorf("an entry of the catalogue after its harvest vanished: %s, %v", e.State, err)
	}
}

func apartByRepository(h *harvest) {
	src := h.source(commons.OfData, "a", software("https://a.example/1", "Portail", "repository", "https://forge.example/un"), software("https://a.example/2", "Portail", "repository", "https://forge.example/deux"))
	h.run(src)
	one, _, _ := h.entryOf(src, "https://a.example/1")
	two, _, _ := h.entryOf(src, "https://a.example/2")
	if one.ID == two.ID {
		h.Error("two of one name are one")
	}
}

func twoSources(h *harvest) {
	found := software("https://origine.example/1", "Partagé")
	a, b := h.source(commons.OfData, "a", found), h.source(commons.OfData, "b", found)
	h.run(a)
	h.run(b)
	one, _, _ := h.entryOf(a, found.Record)
	two, _, _ := h.entryOf(b, found.Record)
	if one.ID != two.ID {
		h.Fatal("the same record of two sources is two entries")
	}
	h.says(a)
	h.run(a)
	if e, _, from := h.entryOf(b, found.Record); e.State != commons.Published || from["title"].Source != commons.HarvestKey(b.ID) {
		h.Errorf("after the first withdrew it: %s, from %v", e.State, from["title"])
	}
	h.says(b)
	h.run(b)
	if e, _, _ := h.entryOf(b, found.Record); e.State != commons.Retired {
		h.Errorf("after both withdrew it: %s", e.State)
	}
}

func goesOn(h *harvest) {
	src := h.source(commons.OfData, "a")
	var pages []commons.Fetched
	for p := range 3 {
		var page commons.Fetched
		for i := range 250 { // more than one change holds
			page.Found = append(page.Found, software(fmt.Sprintf("https://a.example/%d-%d", p, i), fmt.Sprintf("Logiciel %d-%d", p, i)))
		}
		pages = append(pages, page)
	}
	h.pages[src.Address] = pages
	h.fails = fault.New(fault.Unavailable, "harvest.error.away")
	r := h.run(src)
	if r.Error == nil || r.Counts[commons.Came] != 250 {
		h.Fatalf("an interrupted run: %+v", r)
	}
	r = h.run(src)
	if !slices.Equal(h.at, []string{"", "1", "1", "2"}) {
		h.Errorf("pages asked for: %q", h.at)
	}
	h.counts(r, "came 750 changed 0 vanished 0 returned 0 refused 0 same 0")
	if !r.Full || r.Error != nil {
		h.Errorf("the run that went on: %+v", r)
	}
	// A run that goes on withdraws nothing that it saw before it was interrupted.
	h.fails = fault.New(fault.Unavailable, "harvest.error.away")
	h.run(src)
	h.counts(h.run(src), "came 0 changed 0 vanished 0 returned 0 refused 0 same 750")
}

func refusedWhy(h *harvest) {
	bad := commons.Found{Record: "https://a.example/1", Kind: commons.Software, Sheet: commons.Sheet{"title": {"Sans résumé"}}, Line: 7}
	odd := software("https://a.example/2", "Licence inconnue", "licence", "libre")
	src := h.source(commons.OfData, "a", bad, odd)
	r := h.run(src)
	h.counts(r, "came 1 changed 0 vanished 0 returned 0 refused 1 same 0")
	keys := map[commons.What]string{}
	for _, l := range r.Lines {
		keys[l.What] = l.Key + " " + l.Field + " " + l.Record
	}
	if keys[commons.Rejected] != "commons.missing.summary summary "+bad.Record || keys[commons.Odd] != "commons.licence_unknown licence "+odd.Record {
		h.Errorf("the reasons: %v", keys)
	}
	if _, sheet, _ := h.entryOf(src, odd.Record); sheet.Get("title") == "" || len(sheet["licence"]) > 0 {
		h.Errorf("what was odd reads %v", sheet)
	}
	// What was good and is wrong now stays as it was, and does not vanish.
	h.says(src, commons.Found{Record: odd.Record, Kind: commons.Software, Sheet: commons.Sheet{"title": {"Sans résumé"}}})
	h.counts(h.run(src), "came 0 changed 0 vanished 0 returned 0 refused 1 same 0")
	if e, sheet, _ := h.entryOf(src, odd.Record); e.State != commons.Published || sheet.Get("title") != "Licence inconnue" {
		h.Errorf("what is wrong now: %s %v", e.State, sheet)
	}
	h.says(src, commons.Found{Record: odd.Record, Kind: commons.Data, Sheet: odd.Sheet})
	h.counts(h.run(src), "came 0 changed 0 vanished 0 returned 0 refused 1 same 0")
}

func failsLater(h *harvest) {
	src := h.source(commons.OfData, "a", software("https://a.example/1", "Un"))
	h.fails = &commons.Later{For: 30 * time.Hour, Err: fault.New(fault.Unavailable, "harvest.error.busy")}
	if r := h.run(src); r.Error == nil || r.Error.Key != "harvest.error.busy" {
		h.Errorf("a source that fails: %+v", r)
	}
	got, err := h.hs.Source(h.Context(), src.ID)
	if err != nil || got.Failures != 1 || got.Due.Sub(h.clock) != 30*time.Hour {
		h.Errorf("the source: due in %v, %+v, %v", got.Due.Sub(h.clock), got, err)
	}
	if n, err := h.h.Due(h.Context()); err != nil || len(n) != 0 {
		h.Errorf("a source that is not due was harvested: %v, %v", n, err)
	}
	h.clock = h.clock.Add(31 * time.Hour)
	if n, err := h.h.Due(h.Context()); err != nil || n["sources"] != 1 {
		h.Errorf("a source that is due: %v, %v", n, err)
	}
	if got, _ = h.hs.Source(h.Context(), src.ID); got.Failures != 0 || got.Report.Error != nil {
		h.Errorf("after it answered: %+v", got)
	}
}

func heldBack(h *harvest) {
	var all []commons.Found
	for i := range 30 {
		all = append(all, software(fmt.Sprintf("https://a.example/%d", i), fmt.Sprintf("Logiciel numéro %d", i)))
	}
	src := h.source(commons.OfData, "a", all...)
	h.run(src)
	h.says(src, all[0])
	r := h.run(src)
	h.counts(r, "came 0 changed 0 vanished 0 returned 0 refused 0 same 1")
	if r.Held != 29 {
		h.Errorf("%d held back, want 29", r.Held)
	}
	if err := h.rules.RunNow(h.root(), src.ID, true); err != nil {
		h.Fatal(err)
	}
	h.counts(h.run(src), "came 0 changed 0 vanished 29 returned 0 refused 0 same 1")
	if got, _ := h.hs.Source(h.Context(), src.ID); got.Allow {
		h.Error("the permission outlived its run")
	}
}

func removed(h *harvest) {
	src := h.source(commons.OfData, "a", software("https://a.example/1", "Un"))
	h.run(src)
	if err := h.rules.Remove(h.root(), src.ID); err != nil {
		h.Fatal(err)
	}
	if n, err := h.h.Due(h.Context()); err != nil || n["sources"] != 1 {
		h.Fatalf("%v, %v", n, err)
	}
	if e, sheet, _ := h.entryOf(src, "https://a.example/1"); e.State != commons.Retired || sheet.Get("title") != "Un" {
		h.Errorf("an entry of a removed source: %s %v", e.State, sheet)
	}
	if n, err := h.h.Due(h.Context()); err != nil || len(n) != 0 {
		h.Errorf("a removed source is harvested: %v, %v", n, err)
	}
	if err := h.rules.Pause(h.root(), src.ID, false); fault.CodeOf(err) != fault.NotFound {
		h.Errorf("a removed source goes on: %v", err)
	}
}

func incremental(h *harvest) {
	src := h.source(commons.OtherBassin, "autre", software("https://autre.example/communs/1", "Un"), software("https://autre.example/communs/2", "Deux"))
	r := h.run(src)
	h.counts(r, "came 2 changed 0 vanished 0 returned 0 refused 0 same 0")
	if !r.Full {
		h.Error("the first run is not full")
	}
	h.pages[src.Address] = append(h.pages[src.Address], commons.Fetched{Found: []commons.Found{software("https://autre.example/communs/2", "Deux bis")}, Gone: []string{"https://autre.example/communs/1", "https://autre.example/communs/9"}})
	r = h.run(src)
	h.counts(r, "came 0 changed 1 vanished 1 returned 0 refused 0 same 0")
	if r.Full {
		h.Error("the second run is full")
	}
	if e, _, _ := h.entryOf(src, "https://autre.example/communs/1"); e.State != commons.Retired {
		h.Errorf("what was withdrawn there is %s here", e.State)
	}
	h.counts(h.run(src), "came 0 changed 0 vanished 0 returned 0 refused 0 same 0") // and the rest stays
	// Both have the catalogues of the snapshot.
	h.pages[src.Address] = append(h.pages[src.Address], commons.Fetched{Found: []commons.Found{{Record: "https://autre.example/communs/" + sill, Kind: commons.Software, Sheet: commons.Sheet{"website": {"https://w.example"}}}}})
	h.counts(h.run(src), "came 1 changed 0 vanished 0 returned 0 refused 0 same 0")
	if e, err := h.l.Read(h.Context(), sill); err != nil || len(e.Said) != 2 {
		h.Errorf("the entry of both catalogues: %+v, %v", e.Said, err)
	}
}

func noLoop(h *harvest) {
	r, err := h.l.Propose(h.eve(), commons.Proposal{Kind: commons.Software, Home: bassin, Sheet: commons.Sheet{"title": {"D’ici"}, "summary": {"Né ici."}}, Submit: true})
	if err != nil {
		h.Fatal(err)
	}
	at := "https://ici.example/communs/" + r.Entry
	src := h.source(commons.OtherBassin, "autre", software(at, "D’ailleurs"), software("https://ici.example/communs/inconnu", "Jamais vu"))
	got := h.run(src)
	if got.Own != 1 || got.Counts[commons.Came] != 1 {
		h.Errorf("%d of one's own, %d came", got.Own, got.Counts[commons.Came])
	}
	if e, err := h.l.Read(h.Context(), r.Entry); err != nil || len(e.Said) != 0 {
		h.Errorf("one's own entry: %+v, %v", e.Said, err)
	}
}

func changedMeanwhile(h *harvest) {
	src := h.source(commons.OfData, "a", software("https://a.example/1", "Un"))
	h.h.Fetcher = opener(func(s commons.Source) commons.Fetch {
		return pager(func(ctx context.Context, at string) (commons.Fetched, error) {
			if err := h.rules.Pause(h.root(), src.ID, true); err != nil {
				h.Fatal(err)
			}
			return fetch{h, s}.Page(ctx, at)
		})
	})
	if _, err := h.h.Run(h.Context(), src.ID); fault.CodeOf(err) != fault.Conflict {
		h.Errorf("a run of a source paused meanwhile: %v", err)
	}
	if err := h.rules.RunNow(h.root(), src.ID, false); fault.CodeOf(err) != fault.Conflict {
		h.Errorf("a paused source runs: %v", err)
	}
}

type opener func(commons.Source) commons.Fetch

// Open implements [commons.Fetcher].
func (o opener) Open(s commons.Source, _ func(context.Context, []string) (map[string]string, error)) commons.Fetch {
	return o(s)
}

type pager func(context.Context, string) (commons.Fetched, error)

// Page implements [commons.Fetch].
func (p pager) Page(ctx context.Context, at string) (commons.Fetched, error) { return p(ctx, at) }

func triedOnly(h *harvest) {
	h.pages["https://a.example/"] = []commons.Fetched{{Found: []commons.Found{software("https://a.example/1", "Un"), software("https://a.example/2", "LOGICIEL LIBRE"), {Record: "https://a.example/3", Kind: commons.Need}}}}
	before, _ := h.s.Head(h.Context())
	r, err := h.h.Try(h.Context(), commons.Source{Kind: commons.OfData, Address: "https://a.example/", Title: "A", Rhythm: commons.Daily})
	if err != nil {
		h.Fatal(err)
	}
	h.counts(r, "came 2 changed 0 vanished 0 returned 0 refused 1 same 0")
	if r.Joined != 1 {
		h.Errorf("%d would be joined, want 1", r.Joined)
	}
	after, _ := h.s.Head(h.Context())
	if list, err := h.hs.Sources(h.Context()); err != nil || len(list) != 0 || before != after {
		h.Errorf("trying kept something: %v, %v", list, err)
	}
}

func noPasswords(h *harvest) {
	bad := software("https://a.example/1", "Un", "website", "https://ada:secret@w.example/")
	src := h.source(commons.OfData, "a", bad)
	h.pages[src.Address][0].Findings = []commons.Finding{
		{Field: "url", Key: "publiccode.unmet", Args: []any{"secret"}, Detail: "secret is no URL"}, {Key: "dcat.iri", Args: []any{"x https://ada:secret@w.example/ y"}},
	}
	for _, l := range h.run(src).Lines {
		if strings.Contains(fmt.Sprint(l), "secret") {
			h.Errorf("a line repeats a password: %+v", l)
		}
	}
}
