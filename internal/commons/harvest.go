package commons

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"time"
	"unicode/utf8"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/people"
	"bassin/internal/territory"
)

// Harvest is the right to say from where the library is harvested.
const Harvest = "harvest"

// SourceKind says what is at the address of a source.
type SourceKind string

// The kinds of sources.
const (
	OneFile     SourceKind = "publiccode" // a publiccode.yml
	ManyFiles   SourceKind = "list"       // a list of addresses of such files: plain, CSV or JSON
	OfData      SourceKind = "dcat"       // a catalogue in DCAT-AP
	OtherBassin SourceKind = "bassin"     // another installation of Bassin
)

// SourceKinds lists them.
var SourceKinds = []SourceKind{OneFile, ManyFiles, OfData, OtherBassin}

// Rhythm says how often a source is harvested.
type Rhythm string

// The rhythms.
const (
	Daily  Rhythm = "daily"
	Weekly Rhythm = "weekly"
)

// Rhythms lists them.
var Rhythms = []Rhythm{Daily, Weekly}

// next is when a source harvested at that moment is due again: at night.
func (r Rhythm) next(now time.Time) time.Time {
	due := job.DailyAt(2, 20).Next(now)
	if r == Weekly {
		due = due.AddDate(0, 0, 6)
	}
	return due
}

// SourceState says whether a source is harvested.
type SourceState string

// The states of a source.
const (
	SourceOn     SourceState = "on"
	SourcePaused SourceState = "paused"
	SourceGone   SourceState = "removed" // what it said is being withdrawn, or is
)

// Source is a catalogue elsewhere from which the library is harvested.
type Source struct {
	ID      string
	Kind    SourceKind
	Address string
	Title   string
	Home    territory.ID // of what it brings; zero is the whole installation
	Rhythm  Rhythm
	Licence string // SPDX, of its words; "" if not known
	State   SourceState
	// Allow lets the next run withdraw what is missing, however much it is.
	Allow bool

	Validator string    // of what the address answered last, as the fetcher wrote it
	Cursor    string    // page where the run goes on, or where the next one of another Bassin begins
	RunAt     time.Time // when the run under way began; zero for none
	Due       time.Time
	Failures  int // since a run last ended well
	Report    Report
	Version   int64
	CreatedAt time.Time
}

// SourceSubject is how the record of changes names a source.
func SourceSubject(id string) string { return "source:" + id }

// harvestPrefix begins the key of a source that is harvested. See [Statement].
const harvestPrefix = "harvest:"

// HarvestKey is how statements and origins name a source.
func HarvestKey(id string) string { return harvestPrefix + id }

// HarvestOf is the id of the source that a statement comes from, if it was harvested.
func HarvestOf(source string) (string, bool) {
	if len(source) > len(harvestPrefix) && source[:len(harvestPrefix)] == harvestPrefix {
		return source[len(harvestPrefix):], true
	}
	return "", false
}

// WithdrawnBySource is the reason of an entry that was retired because its source says
// nothing of it any more. Pages put it in words.
const WithdrawnBySource = "withdrawn by its source"

// Record is what one source says of an entry.
type Record struct {
	Source    string
	Name      string // how the source names it: an address, most often
	Entry     string
	Kind      Kind
	Sheet     Sheet
	Sum       string // of kind and sheet: two that are alike have the same
	Validator string // of the file that it was read from, if it has one of its own
	FirstSeen time.Time
	ChangedAt time.Time
	LastSeen  time.Time
	GoneAt    time.Time // zero while the source has it
}

// sumOf tells what a source says apart from what it said.
func sumOf(k Kind, s Sheet) string {
	text, err := json.Marshal([]any{k, s}) // maps are written in order
	if err != nil {
		panic(err) // texts only
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// What says what a line of a report is about.
type What string

// What a run tells.
const (
	Came     What = "came"
	Changed  What = "changed"
	Vanished What = "vanished"
	Returned What = "returned"
	Rejected What = "refused"
	Odd      What = "odd" // taken, but for something that was left aside
)

// happened names in the record what a source did to an entry.
var happened = map[What]string{Came: "came", Changed: "changed", Vanished: "vanished", Returned: "returned"}

// Item is one thing that a run tells.
type Item struct {
	What   What     `json:"what"`
	Record string   `json:"record,omitempty"`
	Title  string   `json:"title,omitempty"`
	Entry  string   `json:"entry,omitempty"`
	At     int      `json:"at,omitempty"` // line of the file
	Field  string   `json:"field,omitempty"`
	Key    string   `json:"key,omitempty"` // catalogue entry of the reason, filled with Args
	Args   []string `json:"args,omitempty"`
	Detail string   `json:"detail,omitempty"`
}

// mostLines is how many lines of each What a report keeps; all are counted.
const mostLines = 100

// Report is what a run did, so far or in all.
type Report struct {
	Began     time.Time    `json:"began"`
	Ended     time.Time    `json:"ended"`
	Full      bool         `json:"full"`      // it went through all that the source has
	Unchanged bool         `json:"unchanged"` // the source says that nothing changed
	Pages     int          `json:"pages"`
	Bytes     int64        `json:"bytes"`
	Counts    map[What]int `json:"counts"`
	Same      int          `json:"same"`   // as last time
	Joined    int          `json:"joined"` // among those that came: to entries that were there
	Own       int          `json:"own"`    // that come from here, and were left alone
	Held      int          `json:"held"`   // missing, and kept because they are too many at once
	Lines     []Item       `json:"lines"`
	Error     *Item        `json:"error,omitempty"` // why it stopped
}

// tell counts what happened and keeps the line if there are not too many yet.
func (r *Report) tell(l Item) {
	if r.Counts == nil {
		r.Counts = map[What]int{}
	}
	if r.Counts[l.What]++; r.Counts[l.What] <= mostLines {
		r.Lines = append(r.Lines, l)
	}
}

// clone shares nothing that tell writes.
func (r Report) clone() Report {
	counts := map[What]int{}
	for k, n := range r.Counts {
		counts[k] = n
	}
	r.Counts, r.Lines = counts, slices.Clone(r.Lines)
	return r
}

// Told is a line that a finding gives. What a wrong address says is not repeated: it may
// hold a password.
func Told(what What, record string, f Finding) Item {
	l := Item{What: what, Record: record, At: f.Line, Field: f.Field, Key: f.Key, Detail: f.Detail}
	for _, a := range f.Args {
		text := argument(a)
		if secretive(f.Key, f.Field) || holdsPassword(text) {
			text, l.Detail = "…", ""
		}
		l.Args = append(l.Args, text)
	}
	if secretive(f.Key, f.Field) || holdsPassword(l.Detail) {
		l.Detail = ""
	}
	return l
}

// HarvestTx is one change of what is harvested.
type HarvestTx interface {
	EntryTx
	Source(ctx context.Context, id string) (Source, error)
	// PutSource keeps a source: version 0 is a new row, else the version goes up by one;
	// fault.Conflict if it is another by now.
	PutSource(Source) error
	// Records are those of a source by their names; those that are not there are left out.
	Records(ctx context.Context, source string, names []string) (map[string]Record, error)
	// PutRecords keeps records, new or not.
	PutRecords(...Record) error
	// Saw says that records are as they were.
	Saw(source string, names []string, at time.Time) error
	// Speaking counts the records that sources still have of each entry.
	Speaking(ctx context.Context, entries []string) (map[string]int, error)
}

// HarvestStore keeps sources and what they say. What changes an entry leaves a row in
// the record, of subject [EntrySubject].
type HarvestStore interface {
	// Sources are all, oldest first.
	Sources(ctx context.Context) ([]Source, error)
	Source(ctx context.Context, id string) (Source, error)
	// Unseen are records that a source still had and that were last seen before then.
	Unseen(ctx context.Context, source string, before time.Time, limit int) ([]Record, error)
	// Having counts the records that a source still has, and those last seen before then.
	Having(ctx context.Context, source string, before time.Time) (all, unseen int, err error)
	// Validators are those of records, by name.
	Validators(ctx context.Context, source string, names []string) (map[string]string, error)
	// Harvested are what sources say of entries, of the oldest source first.
	Harvested(ctx context.Context, ids []string) (map[string][]Statement, error)
	ChangeHarvest(ctx context.Context, f func(HarvestTx) error) error
}

// Sources are the rules of what is harvested, for who looks after it. Contexts are those
// of a request, with its actor.
type Sources struct {
	Store HarvestStore
	Check Checker
	Now   func() time.Time
}

// Checked is a source as it is kept, or what is wrong with it, by field.
func (s *Sources) Checked(ctx context.Context, v Source) (Source, error) {
	var faults []error
	v.Title = clean(v.Title, false)
	if v.Title == "" || utf8.RuneCountInString(v.Title) > 100 {
		faults = append(faults, fault.New(fault.Invalid, "harvest.title_form").In("title"))
	}
	if !slices.Contains(SourceKinds, v.Kind) {
		faults = append(faults, fault.New(fault.Invalid, "harvest.kind_form").In("kind"))
	}
	if !slices.Contains(Rhythms, v.Rhythm) {
		faults = append(faults, fault.New(fault.Invalid, "harvest.rhythm_form").In("rhythm"))
	}
	address, err := link(clean(v.Address, false))
	if u, bad := url.Parse(address); err != nil || bad != nil || len(address) > 500 || u.Fragment != "" {
		faults = append(faults, fault.New(fault.Invalid, "harvest.address_form").In("address"))
	}
	v.Address = address
	if v.Licence = clean(v.Licence, false); v.Licence != "" {
		if v.Licence, err = licence(v.Licence); err != nil {
			faults = append(faults, fault.New(fault.Invalid, "commons.licence_unknown", v.Licence).In("licence"))
		}
	}
	if v.Home != (territory.ID{}) {
		if _, err := s.Check.Check(ctx, Need, Sheet{"territories": {v.Home.String()}}); err != nil {
			faults = append(faults, fault.New(fault.Invalid, "commons.territory_unknown", v.Home.String()).In("home"))
		}
	}
	return v, joinFaults(faults)
}

// Add keeps a new source, harvested at once.
func (s *Sources) Add(ctx context.Context, v Source) (Source, error) {
	actor := people.Of(ctx)
	if err := actor.Require(ctx, Harvest, people.Everywhere); err != nil {
		return v, err
	}
	v, err := s.Checked(ctx, v)
	if err != nil {
		return v, err
	}
	err = s.Store.ChangeHarvest(ctx, func(tx HarvestTx) error {
		v.ID, v.State, v.Version, v.CreatedAt, v.Due = tx.NewID(), SourceOn, 0, tx.Now(), tx.Now()
		tx.Record(audit.Entry{By: actor.By(), Action: "harvest.add", Subject: SourceSubject(v.ID), Became: sourceValues(v)})
		return tx.PutSource(v)
	})
	v.Version = 1
	return v, err
}

// rearrange applies what somebody decides of a source.
func (s *Sources) rearrange(ctx context.Context, action, id string, rule func(*Source, time.Time) error) error {
	actor := people.Of(ctx)
	if err := actor.Require(ctx, Harvest, people.Everywhere); err != nil {
		return err
	}
	return s.Store.ChangeHarvest(ctx, func(tx HarvestTx) error {
		v, err := tx.Source(ctx, id)
		if err != nil {
			return err
		}
		if v.State == SourceGone {
			return fault.New(fault.NotFound, "harvest.not_found", id)
		}
		was := sourceValues(v)
		if err := rule(&v, tx.Now()); err != nil {
			return err
		}
		tx.Record(audit.Entry{By: actor.By(), Action: action, Subject: SourceSubject(id), Was: was, Became: sourceValues(v)})
		return tx.PutSource(v)
	})
}

// Pause stops a source, or has it go on.
func (s *Sources) Pause(ctx context.Context, id string, paused bool) error {
	return s.rearrange(ctx, "harvest.pause", id, func(v *Source, now time.Time) error {
		if v.State = SourceOn; paused {
			v.State = SourcePaused
		} else {
			v.Due = now
		}
		return nil
	})
}

// RunNow makes a source due; allow lets it withdraw what is missing, however much it is.
func (s *Sources) RunNow(ctx context.Context, id string, allow bool) error {
	return s.rearrange(ctx, "harvest.run", id, func(v *Source, now time.Time) error {
		if v.State == SourcePaused {
			return fault.New(fault.Conflict, "harvest.paused")
		}
		v.Due, v.Allow, v.Failures = now, allow, 0
		if allow { // what has to go is seen by a run that goes through everything
			v.Cursor, v.RunAt, v.Validator = "", time.Time{}, ""
		}
		return nil
	})
}

// Remove gives a source up: what it alone said is retired, people's words stay.
func (s *Sources) Remove(ctx context.Context, id string) error {
	return s.rearrange(ctx, "harvest.remove", id, func(v *Source, now time.Time) error {
		v.State, v.RunAt, v.Due, v.Cursor = SourceGone, now, now, ""
		v.Report = Report{Began: now, Full: true}
		return nil
	})
}

// sourceValues is what the record keeps of a source.
func sourceValues(v Source) audit.Values {
	return audit.Values{"kind": string(v.Kind), "address": v.Address, "title": v.Title, "home": people.Over(v.Home).String(), "rhythm": string(v.Rhythm), "licence": v.Licence, "state": string(v.State)}
}
