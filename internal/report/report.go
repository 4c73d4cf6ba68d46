package report

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/notice"
	"bassin/internal/people"
)

// Right is the right to moderate: to answer reports, to let comments appear and to hide them.
const Right = "report"

// Reasons are why something is reported, in the order in which they are offered.
var Reasons = []string{"illegal", "personal", "hateful", "false", "advertising", "else"}

// State says what became of a report.
type State string

// The states of a report: it waits, or what it is about was kept, hidden or edited.
const (
	Open   State = "open"
	Kept   State = "kept"
	Hidden State = "hidden"
	Edited State = "edited"
)

// Outcomes are what a report can be answered with.
var Outcomes = []State{Kept, Hidden, Edited}

// Report is what somebody says should not be there.
type Report struct {
	ID         string // a secret: its address is how a visitor follows it
	Subject    string // entry:ID, comment:ID
	Reason     string // of [Reasons]
	Text       string // "" for none, or long after it was answered
	Reporter   string // person, "" for a visitor
	State      State
	Answer     string
	AnsweredBy string // person
	CreatedAt  time.Time
	AnsweredAt time.Time // zero before
	Version    int64
}

// Thing is what a report is about.
type Thing struct {
	Title string
	Href  string
	Scope people.Scope // where the right to answer is asked
}

// Things finds what is reported, and hides it.
type Things interface {
	// Thing is fault.NotFound for what is not there.
	Thing(ctx context.Context, subject string) (Thing, error)
	// Hide takes it from view with a reason that is shown in its place; doing it again
	// is no error. The actor of ctx has the right.
	Hide(ctx context.Context, subject, reason string) error
}

// Tx is one change of reports.
type Tx interface {
	Now() time.Time
	NewSecret() string
	Report(ctx context.Context, id string) (Report, error)
	// PutReport keeps a report: version 0 is a new row, else the version goes up by one.
	PutReport(Report) error
	Record(...audit.Entry)
	Tell(...job.Event)
}

// Store keeps reports.
type Store interface {
	// Report is fault.NotFound if there is none.
	Report(ctx context.Context, id string) (Report, error)
	// Reports are those that are open, the oldest first, or answered, the last first.
	Reports(ctx context.Context, open bool, limit int) ([]Report, error)
	ChangeReports(ctx context.Context, f func(Tx) error) error
	// ForgetReports deletes what reporters wrote of reports answered before then.
	ForgetReports(ctx context.Context, before time.Time) (int, error)
	// Failures, Failed: as in package people, under keys that say no address.
	Failures(ctx context.Context, key string) (n int, last time.Time, err error)
	Failed(ctx context.Context, key string, at time.Time) error
	Forgive(ctx context.Context, key string) error
}

// Desk holds the rules of reports.
type Desk struct {
	Store  Store
	Things Things
	Now    func() time.Time
}

const (
	mostWords = 2000
	// A visitor's address, or a person, may report that often within an hour.
	visitorReports = 5
	unknownReports = 60
	personReports  = 20
)

// Send keeps a report. from is the network address, which is hashed and forgotten
// within a day. Errors: fault.NotFound for what is not there, a fault.Invalid per field.
func (d *Desk) Send(ctx context.Context, subject, reason, text, from string) (Report, error) {
	if _, err := d.Things.Thing(ctx, subject); err != nil {
		return Report{}, err
	}
	text = clean(text)
	var faults []error
	if !slices.Contains(Reasons, reason) {
		faults = append(faults, fault.New(fault.Invalid, "report.reason_choose").In("reason"))
	}
	switch {
	case utf8.RuneCountInString(text) > mostWords:
		faults = append(faults, fault.New(fault.Invalid, "report.too_long", mostWords).In("text"))
	case text == "" && (reason == "illegal" || reason == "else"):
		faults = append(faults, fault.New(fault.Invalid, "report.say_why").In("text"))
	}
	if err := errors.Join(faults...); err != nil {
		return Report{}, err
	}
	actor := people.Of(ctx)
	key, most := "report:"+people.HashToken("from " + from)[:32], visitorReports
	if from == "" { // it is not known: all visitors count as one
		most = unknownReports
	}
	if actor.Known() {
		key, most = "report:"+people.HashToken("person " + actor.Person.ID)[:32], personReports
	}
	if err := d.admit(ctx, key, most); err != nil {
		return Report{}, err
	}
	var kept Report
	err := d.Store.ChangeReports(ctx, func(tx Tx) error {
		r := Report{ID: tx.NewSecret(), Subject: subject, Reason: reason, Text: text, Reporter: actor.Person.ID, State: Open, CreatedAt: tx.Now()}
		if err := tx.PutReport(r); err != nil {
			return err
		}
		// The secret is not recorded: the subject of the row is what was reported.
		tx.Record(audit.Entry{By: actor.By(), Action: "report.send", Subject: subject, Became: audit.Values{"reason": reason}})
		tx.Tell(Waits(subject, "report"))
		r.Version = 1
		kept = r
		return nil
	})
	return kept, err
}

// admit lets so many through within an hour.
func (d *Desk) admit(ctx context.Context, key string, most int) error {
	n, last, err := d.Store.Failures(ctx, key)
	if err != nil {
		return err
	}
	now := d.Now()
	if since := now.Sub(last); n > 0 && (since > time.Hour || since < -job.Skew) {
		if err := d.Store.Forgive(ctx, key); err != nil {
			return err
		}
		n = 0
	}
	if n >= most {
		return fault.New(fault.Invalid, "report.wait").In("text")
	}
	return d.Store.Failed(ctx, key, now)
}

// Answer is what a moderator decides of a report.
type Answer struct {
	Report  string
	Version int64
	State   State  // one of [Outcomes]
	Words   string // shown to whoever reported; for what is hidden, in its place too
}

// Answer answers a report, hides what it is about if that is the answer, and tells
// whoever reported if they have an account. Errors: fault.Forbidden, fault.NotFound,
// fault.Conflict if it was answered before, a fault.Invalid per field.
func (d *Desk) Answer(ctx context.Context, a Answer) (Report, error) {
	r, err := d.Store.Report(ctx, a.Report)
	if err != nil {
		return r, err
	}
	thing, err := d.Things.Thing(ctx, r.Subject)
	if err != nil {
		if fault.CodeOf(err) != fault.NotFound {
			return r, err
		}
		thing = Thing{} // it went meanwhile: those of the whole installation answer
	}
	actor := people.Of(ctx)
	if err := actor.Require(ctx, Right+".answer", thing.Scope); err != nil {
		return r, err
	}
	words := clean(a.Words)
	var faults []error
	if !slices.Contains(Outcomes, a.State) {
		faults = append(faults, fault.New(fault.Invalid, "report.outcome_choose").In("outcome"))
	}
	if words == "" || utf8.RuneCountInString(words) > mostWords {
		faults = append(faults, fault.New(fault.Invalid, "report.answer_say", mostWords).In("words"))
	}
	if err := errors.Join(faults...); err != nil {
		return r, err
	}
	if r.State != Open || r.Version != a.Version {
		return r, fault.New(fault.Conflict, "report.answered")
	}
	if a.State == Hidden { // before the answer: whoever reads it finds it done
		if err := d.Things.Hide(ctx, r.Subject, words); err != nil {
			return r, err
		}
	}
	err = d.Store.ChangeReports(ctx, func(tx Tx) error {
		next, err := tx.Report(ctx, a.Report)
		if err != nil {
			return err
		}
		if next.State != Open || next.Version != a.Version {
			return fault.New(fault.Conflict, "report.answered")
		}
		next.State, next.Answer, next.AnsweredBy, next.AnsweredAt = a.State, words, actor.Person.ID, tx.Now()
		if err := tx.PutReport(next); err != nil {
			return err
		}
		tx.Record(audit.Entry{By: actor.By(), Action: "report.answer", Subject: r.Subject, Became: audit.Values{"state": string(a.State), "answer": words}})
		if next.Reporter != "" {
			e, err := notice.Notice{
				Person: next.Reporter, Subject: notice.Contributions, At: tx.Now(), Link: Address(next.ID),
				Title: notice.Say("report.tell."+string(a.State), thing.Title), Text: notice.Say("report.tell.words", words),
			}.Event()
			if err != nil {
				return err
			}
			tx.Tell(e)
		}
		next.Version++
		r = next
		return nil
	})
	return r, err
}

// Address is the page of a report.
func Address(id string) string { return "/signalements/" + id }

// Queue are the open reports that the actor of ctx may answer, the oldest first.
func (d *Desk) Queue(ctx context.Context) ([]Report, map[string]Thing, error) {
	all, err := d.Store.Reports(ctx, true, 500)
	if err != nil {
		return nil, nil, err
	}
	things := map[string]Thing{}
	var out []Report
	for _, r := range all {
		thing, known := things[r.Subject]
		if !known {
			if thing, err = d.Things.Thing(ctx, r.Subject); err != nil && fault.CodeOf(err) != fault.NotFound {
				return nil, nil, err
			}
			things[r.Subject] = thing
		}
		may, err := people.Of(ctx).May(ctx, Right+".answer", thing.Scope)
		if err != nil {
			return nil, nil, err
		}
		if may.May {
			out = append(out, r)
		}
	}
	return out, things, nil
}

// Delay is the median time from a report to its answer, of the last fifty answered;
// zero if fewer than three were.
func (d *Desk) Delay(ctx context.Context) (time.Duration, error) {
	last, err := d.Store.Reports(ctx, false, 50)
	if err != nil || len(last) < 3 {
		return 0, err
	}
	took := make([]time.Duration, len(last))
	for i, r := range last {
		took[i] = r.AnsweredAt.Sub(r.CreatedAt)
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}

// clean takes away what does not show.
func clean(v string) string {
	v = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(v, ""))
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\ufeff':
			return -1
		}
		return r
	}, v))
}
