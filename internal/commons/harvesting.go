package commons

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
)

// Fetcher reads sources. It keeps to what is polite and safe to ask.
type Fetcher interface {
	// Open prepares to read a source. Validators are those that its files had.
	Open(src Source, validators func(ctx context.Context, records []string) (map[string]string, error)) Fetch
}

// Fetch is a source being read.
type Fetch interface {
	// Page reads a page: the first if at is "".
	Page(ctx context.Context, at string) (Fetched, error)
}

// Fetched is a page of a source.
type Fetched struct {
	Found      []Found
	Findings   []Finding            // of the page itself
	Refused    map[string][]Finding // by record: why nothing could be read of it
	Kept       []string             // records of which nothing is known to have changed
	Gone       []string             // records that the source withdrew
	Validators map[string]string    // of records that have files of their own
	Validator  string               // of a source that is one document
	Unchanged  bool                 // the whole source is as it was
	Anew       bool                 // the place to go on from is no longer known: begin again
	Next       string               // where the next page is, or the next run begins
	Last       bool
	Bytes      int64
}

// Later is an error of a source that asks to be left alone for a time.
type Later struct {
	For time.Duration
	Err error
}

func (l *Later) Error() string { return l.Err.Error() }

// Unwrap is why.
func (l *Later) Unwrap() error { return l.Err }

// Harvester harvests sources into the library.
type Harvester struct {
	Library *Library
	Store   HarvestStore
	Fetcher Fetcher
	Own     func() string // public address of this installation, "" if not known
	Now     func() time.Time
}

const (
	batch    = 200            // records of one change
	tooOld   = 24 * time.Hour // a run interrupted for longer begins again
	perTurn  = 20 * time.Minute
	mostName = 1000           // bytes of the name of a record
	fewest   = 20             // so many missing records may go whatever share they are
	mostWait = 24 * time.Hour // between two tries of a source that fails
)

// Due harvests all sources that are due, one after the other, and goes on with those
// that were interrupted. It says how many, and how many failed.
func (h *Harvester) Due(ctx context.Context) (job map[string]int, err error) {
	list, err := h.Store.Sources(ctx)
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, src := range list {
		removing := src.State == SourceGone && !src.RunAt.IsZero()
		if !removing && (src.State != SourceOn || src.Due.After(h.Now())) {
			continue
		}
		switch r, err := h.Run(ctx, src.ID); {
		case ctx.Err() != nil:
			return counts, ctx.Err()
		case fault.CodeOf(err) == fault.Conflict || fault.CodeOf(err) == fault.NotFound: // somebody changed it meanwhile
		case err != nil:
			return counts, err
		case r.Error != nil:
			counts["failed"]++
		default:
			counts["sources"]++
		}
	}
	return counts, nil
}

// run is a run under way.
type run struct {
	*Harvester
	src   Source
	index *identities
}

// Run harvests one source, from where it was. What went wrong with the source is in the
// report; an error is of the library's own.
func (h *Harvester) Run(ctx context.Context, id string) (Report, error) {
	src, err := h.Store.Source(ctx, id)
	if err != nil {
		return Report{}, err
	}
	r := &run{Harvester: h, src: src}
	if src.State == SourceGone {
		return r.finish(ctx)
	}
	if now := h.Now(); src.RunAt.IsZero() || now.Sub(src.RunAt) > tooOld {
		r.begin(now)
	}
	r.src.Report.Error = nil
	fetch := h.Fetcher.Open(r.src, func(ctx context.Context, names []string) (map[string]string, error) {
		return h.Store.Validators(ctx, id, names)
	})
	started := h.Now()
	for {
		page, err := fetch.Page(ctx, r.src.Cursor)
		if ctx.Err() != nil {
			return r.src.Report, ctx.Err()
		}
		if err != nil {
			return r.failed(ctx, err)
		}
		if page.Anew {
			r.src.Cursor = ""
			r.begin(r.Now())
			continue
		}
		if err := r.page(ctx, page); err != nil {
			return r.src.Report, err
		}
		if page.Last {
			return r.finish(ctx)
		}
		if h.Now().Sub(started) > perTurn { // others have their turn; this one goes on in the next
			return r.src.Report, nil
		}
	}
}

// begin prepares a run from the beginning, or from where another Bassin was left.
func (r *run) begin(now time.Time) {
	if r.src.Kind != OtherBassin {
		r.src.Cursor = ""
	}
	r.src.RunAt = now.UTC().Truncate(time.Microsecond)
	r.src.Report = Report{Began: r.src.RunAt, Full: r.src.Cursor == "", Counts: map[What]int{}}
}

// failed ends a turn: the source is tried again later, from where it was.
func (r *run) failed(ctx context.Context, why error) (Report, error) {
	f, ok := errors.AsType[*fault.Error](why)
	if !ok {
		return r.src.Report, why
	}
	now := r.Now()
	next := r.src
	next.Report = r.src.Report.clone()
	l := Told(Rejected, "", Finding{Key: f.Key, Args: f.Args})
	next.Report.Error, next.Report.Ended = &l, now
	next.Failures++
	wait := min(mostWait, 10*time.Minute<<min(next.Failures-1, 10))
	if later, ok := errors.AsType[*Later](why); ok {
		wait = min(max(wait, later.For), 7*24*time.Hour)
	}
	next.Due = now.Add(wait)
	return next.Report, r.keep(ctx, next, func(HarvestTx, *Source) error { return nil })
}

// keep makes a change of the source, with what f changes besides; a source that somebody
// changed meanwhile is fault.Conflict.
func (r *run) keep(ctx context.Context, next Source, f func(HarvestTx, *Source) error) error {
	var kept Source
	err := r.Store.ChangeHarvest(ctx, func(tx HarvestTx) error {
		now, err := tx.Source(ctx, r.src.ID)
		if err != nil {
			return err
		}
		if now.Version != r.src.Version {
			return fault.New(fault.Conflict, "store.stale")
		}
		v := next
		v.Report = next.Report.clone()
		if err := f(tx, &v); err != nil {
			return err
		}
		if err := tx.PutSource(v); err != nil {
			return err
		}
		v.Version++
		kept = v
		return nil
	})
	if err == nil {
		r.src = kept
	}
	return err
}

// read is a record as it would be kept.
type read struct {
	name     string
	kind     Kind
	sheet    Sheet
	sum      string
	findings []Finding
	missing  bool // of what nothing is published without
	line     int
}

// page keeps what a page says, in changes of [batch] records; the last one moves on to
// the next page.
func (r *run) page(ctx context.Context, page Fetched) error {
	if r.index == nil && len(page.Found) > 0 {
		index, err := r.identities(ctx)
		if err != nil {
			return err
		}
		r.index = index
	}
	if len(page.Kept) > 0 || len(page.Refused) > 0 {
		names := slices.Clone(page.Kept)
		err := r.keep(ctx, r.src, func(tx HarvestTx, next *Source) error {
			for name, findings := range page.Refused {
				next.Report.tell(refusal(name, "", findings))
				names = append(names, name)
			}
			next.Report.Same += len(page.Kept)
			return r.saw(tx, names)
		})
		if err != nil {
			return err
		}
	}
	for gone := range slices.Chunk(page.Gone, batch) {
		err := r.keep(ctx, r.src, func(tx HarvestTx, next *Source) error {
			known, err := tx.Records(ctx, r.src.ID, gone)
			if err != nil {
				return err
			}
			var list []Record
			for _, name := range gone {
				if rec, ok := known[name]; ok && rec.GoneAt.IsZero() {
					list = append(list, rec)
				}
			}
			return r.withdraw(ctx, tx, &next.Report, list)
		})
		if err != nil {
			return err
		}
	}
	for rest := page.Found; len(rest) > 0; { // what others refer to comes first
		var now []Found
		if now, rest = r.ready(ctx, rest); len(now) == 0 {
			now, rest = rest, nil // they refer to one another, or to what is not there
		}
		if err := r.take(ctx, now, page.Validators); err != nil {
			return err
		}
	}
	next := r.src
	next.Report = r.src.Report.clone()
	next.Cursor = page.Next
	next.Report.Pages++
	next.Report.Bytes += page.Bytes
	if page.Unchanged {
		next.Report.Unchanged = true
	}
	if page.Last {
		next.Validator = page.Validator
	}
	for _, f := range page.Findings {
		next.Report.tell(Told(Odd, "", f))
	}
	return r.keep(ctx, next, func(HarvestTx, *Source) error { return nil })
}

// take keeps what was found, in changes of [batch] records.
func (r *run) take(ctx context.Context, found []Found, validators map[string]string) error {
	reads, err := r.reads(ctx, found)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(reads, batch) {
		var fresh []func()
		err := r.keep(ctx, r.src, func(tx HarvestTx, next *Source) (err error) {
			fresh, err = r.records(ctx, tx, &next.Report, part, validators)
			return err
		})
		if err != nil {
			return err
		}
		for _, f := range fresh {
			f()
		}
	}
	return nil
}

// ready are those found whose links all lead somewhere here; the others are left.
func (r *run) ready(ctx context.Context, found []Found) (ready, left []Found) {
	if r.src.Kind != OtherBassin {
		return found, nil
	}
	for _, f := range found {
		here := r.localised(ctx, f.Kind, f.Sheet)
		if slices.ContainsFunc(FieldsOf(f.Kind), func(x Field) bool { return x.Type == Reference && len(here[x.Name]) < len(f.Sheet[x.Name]) }) {
			left = append(left, f)
		} else {
			ready = append(ready, f)
		}
	}
	return ready, left
}

func (r *run) saw(tx HarvestTx, names []string) error {
	for part := range slices.Chunk(names, batch) {
		if err := tx.Saw(r.src.ID, part, r.src.RunAt); err != nil {
			return err
		}
	}
	return nil
}

// refusal is the line of a record that could not be taken: its first error says why.
func refusal(record, title string, findings []Finding) Item {
	f := Finding{Key: "harvest.nothing"}
	for i := len(findings) - 1; i >= 0; i-- {
		if findings[i].Severity == Wrong {
			f = findings[i]
		}
	}
	l := Told(Rejected, record, f)
	l.Title = title
	return l
}

// reads checks what a page gave, each record by the rules of its kind.
func (r *run) reads(ctx context.Context, found []Found) ([]read, error) {
	out := make([]read, 0, len(found))
	seen := map[string]bool{}
	for _, f := range found {
		if f.Record = clean(f.Record, false); f.Record == "" || len(f.Record) > mostName || seen[f.Record] {
			continue
		}
		seen[f.Record] = true
		if r.src.Kind == OtherBassin {
			f.Sheet = r.localised(ctx, f.Kind, f.Sheet)
		}
		checked, findings, err := CheckFound(ctx, r.Library.Check, []Found{f})
		if err != nil {
			return nil, err
		}
		v := read{name: f.Record, kind: f.Kind, sheet: checked[0].Sheet, findings: findings, line: f.Line}
		v.missing = len(Missing(v.kind, v.sheet)) > 0
		v.sum = sumOf(v.kind, v.sheet)
		out = append(out, v)
	}
	return out, nil
}

// localised gives the entries that a sheet of another Bassin refers to by their addresses
// the ids that they have here; those that are not here are left out.
func (r *run) localised(ctx context.Context, k Kind, s Sheet) Sheet {
	out := s.Clone()
	for _, f := range FieldsOf(k) {
		if f.Type != Reference {
			continue
		}
		values := out[f.Name]
		delete(out, f.Name)
		for _, v := range values {
			id := lastSegment(v)
			if _, listed := r.Library.Catalogue(ctx).Entry(id); !listed && !r.own(ctx, v) {
				id = r.index.named(v)
			}
			if id != "" {
				out[f.Name] = append(out[f.Name], id)
			}
		}
	}
	return out
}

// records keeps records in a change. What it returns is done once the change is made.
func (r *run) records(ctx context.Context, tx HarvestTx, report *Report, list []read, validators map[string]string) (after []func(), err error) {
	names := make([]string, len(list))
	for i, v := range list {
		names[i] = v.name
	}
	known, err := tx.Records(ctx, r.src.ID, names)
	if err != nil {
		return nil, err
	}
	var same []string
	var put []Record
	fresh := newIdentities() // that this change gives
	for _, v := range list {
		rec, was := known[v.name]
		if was && r.src.Kind != OtherBassin && !rec.LastSeen.Before(r.src.RunAt) {
			continue // of this run, before it was interrupted
		}
		title := v.sheet.Get("title")
		if r.own(ctx, v.name) {
			report.Own++
			continue
		}
		if was && rec.GoneAt.IsZero() && rec.Sum == v.sum && rec.Validator == validators[v.name] {
			same = append(same, v.name)
			report.Same++
			continue
		}
		entry, joined := rec.Entry, false
		if !was {
			entry, joined = r.same(v, fresh)
		}
		if refused := r.refused(v, was, rec, joined); refused != nil {
			report.tell(refusal(v.name, title, refused))
			if was {
				same = append(same, v.name)
			}
			continue
		}
		next := Record{Source: r.src.ID, Name: v.name, Entry: entry, Kind: v.kind, Sheet: v.sheet, Sum: v.sum, Validator: validators[v.name],
			FirstSeen: rec.FirstSeen, ChangedAt: rec.ChangedAt, LastSeen: r.src.RunAt}
		what := Changed
		switch {
		case !was:
			what, next.FirstSeen, next.ChangedAt = Came, tx.Now(), tx.Now()
			if joined {
				report.Joined++
			}
		case !rec.GoneAt.IsZero():
			what, next.ChangedAt = Returned, tx.Now()
		case rec.Sum == v.sum:
			put = append(put, next) // only its file's validator is another
			report.Same++
			continue
		default:
			next.ChangedAt = tx.Now()
		}
		if next.Entry, err = r.entry(ctx, tx, entry, v); err != nil {
			return nil, err
		}
		put = append(put, next)
		report.tell(Item{What: what, Record: v.name, Title: title, Entry: next.Entry})
		for _, f := range v.findings {
			report.tell(Told(Odd, v.name, f))
		}
		tx.Record(audit.Entry{By: audit.System, Action: "commons.harvest." + happened[what], Subject: EntrySubject(next.Entry), Became: audit.Values{"source": r.src.ID, "record": v.name}})
		fresh.add(next.Entry, v.kind, v.name, v.sheet)
		id, at := next.Entry, v
		after = append(after, func() { r.index.add(id, at.kind, at.name, at.sheet) })
	}
	if err := tx.PutRecords(put...); err != nil {
		return nil, err
	}
	return after, r.saw(tx, same)
}

// refused says why a record is not taken; nil if it is. What is missing may be missing
// where others say it of the same entry.
func (r *run) refused(v read, was bool, rec Record, joined bool) []Finding {
	if was && rec.Kind != v.kind {
		return []Finding{{Severity: Wrong, Key: "harvest.other_kind", Line: v.line}}
	}
	if v.missing && !joined && (!was || len(Missing(rec.Kind, rec.Sheet)) == 0) {
		return v.findings
	}
	return nil
}

// own says whether a record is an entry of this installation, come back from elsewhere.
func (r *run) own(ctx context.Context, record string) bool {
	if r.Harvester.Own == nil {
		return false
	}
	base := strings.TrimSuffix(r.Harvester.Own(), "/")
	if base == "" || !strings.HasPrefix(record, base+"/") {
		return false
	}
	_, err := r.Library.Find(ctx, lastSegment(record))
	return err == nil
}

func lastSegment(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	path := strings.TrimSuffix(u.Path, "/")
	return path[strings.LastIndexByte(path, '/')+1:]
}

// entry is the entry of a record: a new one, or one that is there and shows that it
// changed, or that it is back.
func (r *run) entry(ctx context.Context, tx HarvestTx, id string, v read) (string, error) {
	if id == "" {
		e := Entry{ID: "h" + tx.NewID()[1:], Kind: v.kind, State: Published, Home: r.src.Home, Own: Sheet{}, CreatedAt: tx.Now(), UpdatedAt: tx.Now()}
		return e.ID, tx.PutEntry(e)
	}
	e, err := tx.Entry(ctx, id)
	if fault.CodeOf(err) == fault.NotFound { // of the catalogue: it needs no row
		return id, nil
	}
	if err != nil {
		return id, err
	}
	back := e.State == Retired && e.Reason == WithdrawnBySource
	if !back && e.Revision > 0 {
		return id, nil
	}
	if back {
		e.State, e.Reason = Published, ""
	}
	e.UpdatedAt = tx.Now()
	return id, tx.PutEntry(e)
}

// withdraw takes back what a source said; an entry of which nobody else says enough is
// retired.
func (r *run) withdraw(ctx context.Context, tx HarvestTx, report *Report, list []Record) error {
	entries := make([]string, len(list))
	for i := range list {
		list[i].GoneAt = tx.Now()
		entries[i] = list[i].Entry
	}
	if err := tx.PutRecords(list...); err != nil {
		return err
	}
	speaking, err := tx.Speaking(ctx, entries)
	if err != nil {
		return err
	}
	for _, rec := range list {
		report.tell(Item{What: Vanished, Record: rec.Name, Title: rec.Sheet.Get("title"), Entry: rec.Entry})
		became := audit.Values{"source": r.src.ID, "record": rec.Name}
		e, err := tx.Entry(ctx, rec.Entry)
		if err != nil && fault.CodeOf(err) != fault.NotFound {
			return err
		}
		if _, listed := r.Library.Catalogue(ctx).Entry(rec.Entry); err == nil && e.State == Published && speaking[rec.Entry] == 0 && !listed && len(Missing(e.Kind, e.Own)) > 0 {
			e.State, e.Reason, e.UpdatedAt = Retired, WithdrawnBySource, tx.Now()
			became["state"] = string(Retired)
			if err := tx.PutEntry(e); err != nil {
				return err
			}
		}
		tx.Record(audit.Entry{By: audit.System, Action: "commons.harvest." + happened[Vanished], Subject: EntrySubject(rec.Entry), Became: became})
	}
	return nil
}

// finish withdraws what a full run did not see, and ends it. What is most of a source
// stays until somebody says that it may go: an empty answer is a failure more often
// than a decision.
func (r *run) finish(ctx context.Context) (Report, error) {
	removing := r.src.State == SourceGone
	if removing || r.src.Report.Full && !r.src.Report.Unchanged {
		before := r.src.RunAt
		if removing {
			before = r.src.RunAt.Add(1)
		}
		all, unseen, err := r.Store.Having(ctx, r.src.ID, before)
		if err != nil {
			return r.src.Report, err
		}
		if unseen > fewest && 2*unseen > all && !r.src.Allow && !removing {
			r.src.Report.Held = unseen
			unseen = 0
		}
		for unseen > 0 {
			list, err := r.Store.Unseen(ctx, r.src.ID, before, batch)
			if err != nil {
				return r.src.Report, err
			}
			if len(list) == 0 {
				break
			}
			if err := r.keep(ctx, r.src, func(tx HarvestTx, next *Source) error {
				return r.withdraw(ctx, tx, &next.Report, list)
			}); err != nil {
				return r.src.Report, err
			}
		}
	}
	now := r.Now()
	next := r.src
	next.Report = r.src.Report.clone()
	next.Report.Ended, next.RunAt, next.Failures, next.Allow = now, time.Time{}, 0, false
	next.Due = next.Rhythm.next(now)
	if next.Kind != OtherBassin {
		next.Cursor = ""
	}
	err := r.keep(ctx, next, func(HarvestTx, *Source) error { return nil })
	return r.src.Report, err
}

// Try reads the first page of a source and says what it would bring. Nothing is kept.
func (h *Harvester) Try(ctx context.Context, src Source) (Report, error) {
	r := &run{Harvester: h, src: src}
	r.begin(h.Now())
	r.src.Cursor = ""
	none := func(context.Context, []string) (map[string]string, error) { return nil, nil }
	page, err := h.Fetcher.Open(r.src, none).Page(ctx, "")
	if f, ok := errors.AsType[*fault.Error](err); ok {
		l := Told(Rejected, "", Finding{Key: f.Key, Args: f.Args})
		r.src.Report.Error = &l
		return r.src.Report, nil
	}
	if err != nil {
		return Report{}, err
	}
	if r.index, err = r.identities(ctx); err != nil {
		return Report{}, err
	}
	reads, err := r.reads(ctx, page.Found)
	if err != nil {
		return Report{}, err
	}
	report := &r.src.Report
	report.Pages, report.Bytes, report.Full = 1, page.Bytes, page.Last
	fresh := newIdentities()
	for _, v := range reads {
		if r.own(ctx, v.name) {
			report.Own++
			continue
		}
		entry, joined := r.same(v, fresh)
		if refused := r.refused(v, false, Record{}, joined); refused != nil {
			report.tell(refusal(v.name, v.sheet.Get("title"), refused))
			continue
		}
		if joined {
			report.Joined++
		}
		report.tell(Item{What: Came, Record: v.name, Title: v.sheet.Get("title"), Entry: entry})
		for _, f := range v.findings {
			report.tell(Told(Odd, v.name, f))
		}
	}
	for name, findings := range page.Refused {
		report.tell(refusal(name, "", findings))
	}
	for _, f := range page.Findings {
		report.tell(Told(Odd, "", f))
	}
	report.Ended = h.Now()
	return *report, nil
}

// argument is an argument of a finding as a report keeps it.
func argument(a any) string {
	text := []rune(fmt.Sprint(a))
	if len(text) > 200 {
		text = append(text[:199], '…')
	}
	return string(text)
}

// secretive says whether a finding may repeat a password: one of an address that is
// wrong.
func secretive(key, field string) bool {
	field = strings.ToLower(field)
	return strings.HasSuffix(field, "url") || strings.HasSuffix(field, "uri") || key == "commons.link_form" || key == "publiccode.url" || key == "dcat.link_form"
}

// holdsPassword says whether a text holds an address with somebody's name in it.
func holdsPassword(text string) bool {
	_, rest, ok := strings.Cut(text, "//")
	host, _, _ := strings.Cut(rest, "/")
	return ok && strings.Contains(host, "@")
}

func joinFaults(faults []error) error { return errors.Join(faults...) }
