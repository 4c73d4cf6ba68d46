package reporttest

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/report"
	"bassin/internal/territory"
)

// Store is what is under test.
type Store interface {
	report.Store
	audit.Store
	job.Outbox
}

// Run tries reports on a store. Open gives an empty one.
func Run(t *testing.T, open func(t *testing.T) Store) {
	for _, c := range []struct {
		name string
		try  func(*office)
	}{
		{"reported, answered, told", answered},
		{"what is wrong is said", wrong},
		{"hidden once answered so", hidden},
		{"who answers", who},
		{"not too often", often},
		{"the time it takes", delay},
		{"forgotten once answered, and erased", forgotten},
	} {
		t.Run(c.name, func(t *testing.T) { c.try(newOffice(t, open(t))) })
	}
}

type office struct {
	*testing.T
	s      Store
	now    time.Time
	desk   *report.Desk
	hidden map[string]string
}

var basin = people.Over(territory.ID{Level: territory.BassinDeVie, Code: "22266"})

func newOffice(t *testing.T, s Store) *office {
	o := &office{T: t, s: s, now: time.Now(), hidden: map[string]string{}}
	o.desk = &report.Desk{Store: s, Things: o, Now: func() time.Time { return o.now }}
	return o
}

// Thing implements [report.Things]: comments are in the basin, entries everywhere.
func (o *office) Thing(_ context.Context, subject string) (report.Thing, error) {
	switch subject {
	case "comment:1":
		return report.Thing{Title: "Un", Href: "/", Scope: basin}, nil
	case "entry:1":
		return report.Thing{Title: "Deux", Href: "/"}, nil
	}
	return report.Thing{}, fault.New(fault.NotFound, "report.gone")
}

// Hide implements [report.Things].
func (o *office) Hide(_ context.Context, subject, reason string) error {
	o.hidden[subject] = reason
	return nil
}

func (o *office) as(id string, mandates ...people.Mandate) context.Context {
	return people.WithActor(o.Context(), &people.Actor{Person: people.Person{ID: id}, Session: people.Session{Strong: true}, Mandates: mandates})
}

func (o *office) eve() context.Context {
	return o.as("eve", people.Mandate{Role: people.Coordinator, Scope: basin})
}

func (o *office) is(what string, err error, want fault.Code) {
	o.Helper()
	if fault.CodeOf(err) != want {
		o.Errorf("%s: %v, want %q", what, err, want)
	}
}

func (o *office) send(ctx context.Context, subject string) report.Report {
	o.Helper()
	r, err := o.desk.Send(ctx, subject, "hateful", " Injure\x00 ", "192.0.2.1")
	if err != nil {
		o.Fatal(err)
	}
	return r
}

func answered(o *office) {
	r := o.send(o.as("ada"), "comment:1")
	if r.State != report.Open || r.Text != "Injure" || r.Reporter != "ada" || len(r.ID) < 32 {
		o.Errorf("sent: %+v", r)
	}
	list, things, err := o.desk.Queue(o.eve())
	if err != nil || len(list) != 1 || list[0].ID != r.ID || things["comment:1"].Title != "Un" {
		o.Errorf("the queue: %+v, %v", list, err)
	}
	a := report.Answer{Report: r.ID, Version: r.Version, State: report.Kept, Words: "C’est une opinion."}
	got, err := o.desk.Answer(o.eve(), a)
	if err != nil || got.State != report.Kept || got.AnsweredBy != "eve" || got.AnsweredAt.IsZero() {
		o.Fatalf("answered: %+v, %v", got, err)
	}
	_, err = o.desk.Answer(o.eve(), a)
	o.is("answered twice", err, fault.Conflict)
	if list, _, err := o.desk.Queue(o.eve()); err != nil || len(list) != 0 {
		o.Errorf("left in the queue: %v, %v", list, err)
	}
	later := time.Now().Add(time.Hour)
	d, err := o.s.Claim(o.Context(), []string{notice.Kind, report.WaitsKind}, 9, later, later.Add(time.Hour))
	if err != nil || len(d) != 2 {
		o.Fatalf("events: %v, %v", d, err)
	}
	for _, x := range d {
		var n notice.Notice
		if x.Kind != notice.Kind {
			continue
		}
		if err := json.Unmarshal(x.Body, &n); err != nil || n.Person != "ada" || n.Title.Key != "report.tell.kept" || n.Link != "/signalements/"+r.ID {
			o.Errorf("told: %+v, %v", n, err)
		}
	}
	rows, err := o.s.Find(o.Context(), audit.Filter{Subject: "comment:1"})
	if err != nil || len(rows) != 2 || rows[0].Action != "report.answer" {
		o.Errorf("recorded: %v, %v", rows, err)
	}
	for _, row := range rows {
		if strings.Contains(row.Became, r.ID) || strings.Contains(row.Became, "Injure") {
			o.Errorf("the record tells the secret or the words: %s", row.Became)
		}
	}
}

func wrong(o *office) {
	_, err := o.desk.Send(o.Context(), "comment:2", "else", "Là", "")
	o.is("of nothing", err, fault.NotFound)
	_, err = o.desk.Send(o.Context(), "comment:1", "boring", "Là", "")
	o.is("an unknown reason", err, fault.Invalid)
	_, err = o.desk.Send(o.Context(), "comment:1", "illegal", " ", "")
	o.is("illegal without a word", err, fault.Invalid)
	_, err = o.desk.Send(o.Context(), "comment:1", "hateful", strings.Repeat("é", 2001), "")
	o.is("too long", err, fault.Invalid)
	r := o.send(o.Context(), "comment:1")
	_, err = o.desk.Answer(o.eve(), report.Answer{Report: r.ID, Version: r.Version, State: report.Kept, Words: "\n"})
	o.is("answered without a word", err, fault.Invalid)
	_, err = o.desk.Answer(o.eve(), report.Answer{Report: r.ID, Version: r.Version, State: report.Open, Words: "Oui"})
	o.is("no decision", err, fault.Invalid)
	_, err = o.desk.Answer(o.eve(), report.Answer{Report: r.ID, Version: r.Version + 1, State: report.Kept, Words: "Oui"})
	o.is("another version", err, fault.Conflict)
	for _, id := range []string{"", "a\x00b", "\xff"} {
		_, err = o.s.Report(o.Context(), id)
		o.is("a hostile id", err, fault.NotFound)
	}
}

func hidden(o *office) {
	r := o.send(o.Context(), "comment:1")
	if _, err := o.desk.Answer(o.eve(), report.Answer{Report: r.ID, Version: r.Version, State: report.Hidden, Words: "Injure."}); err != nil || o.hidden["comment:1"] != "Injure." {
		o.Errorf("hidden: %v, %v", o.hidden, err)
	}
}

func who(o *office) {
	r, whole := o.send(o.Context(), "comment:1"), o.send(o.Context(), "entry:1")
	for name, ctx := range map[string]context.Context{"ada": o.as("ada"), "an observer": o.as("o", people.Mandate{Role: people.Observer, Scope: basin})} {
		_, err := o.desk.Answer(ctx, report.Answer{Report: r.ID, Version: r.Version, State: report.Hidden, Words: "Oui"})
		o.is(name, err, fault.Forbidden)
	}
	_, err := o.desk.Answer(o.Context(), report.Answer{Report: r.ID, Version: r.Version, State: report.Hidden, Words: "Oui"})
	o.is("a visitor", err, fault.Unauthenticated)
	_, err = o.desk.Answer(o.eve(), report.Answer{Report: whole.ID, Version: whole.Version, State: report.Hidden, Words: "Oui"})
	o.is("of the whole installation", err, fault.Forbidden)
	if list, _, err := o.desk.Queue(o.eve()); err != nil || len(list) != 1 {
		o.Errorf("the queue of the basin: %v, %v", list, err)
	}
	if list, _, err := o.desk.Queue(o.as("root", people.Mandate{Role: people.Administrator})); err != nil || len(list) != 2 {
		o.Errorf("the queue of all: %v, %v", list, err)
	}
	if len(o.hidden) != 0 {
		o.Errorf("hidden: %v", o.hidden)
	}
}

func often(o *office) {
	for range 5 {
		o.send(o.Context(), "comment:1")
	}
	_, err := o.desk.Send(o.Context(), "comment:1", "hateful", "", "192.0.2.1")
	o.is("once too often", err, fault.Invalid)
	if _, err := o.desk.Send(o.Context(), "comment:1", "hateful", "", "192.0.2.2"); err != nil {
		o.Errorf("from elsewhere: %v", err)
	}
	o.send(o.as("ada"), "comment:1") // somebody with an account counts apart
	o.now = o.now.Add(61 * time.Minute)
	o.send(o.Context(), "comment:1")
}

func delay(o *office) {
	if d, err := o.desk.Delay(o.Context()); d != 0 || err != nil {
		o.Errorf("of none: %v, %v", d, err)
	}
	err := o.s.ChangeReports(o.Context(), func(tx report.Tx) error {
		for _, hours := range []int{1, 30, 500} {
			if err := tx.PutReport(report.Report{ID: tx.NewSecret(), Subject: "comment:1", State: report.Kept, CreatedAt: o.now, AnsweredAt: o.now.Add(time.Duration(hours) * time.Hour)}); err != nil {
				return err
			}
		}
		return nil
	})
	if d, failed := o.desk.Delay(o.Context()); d != 30*time.Hour || failed != nil || err != nil {
		o.Errorf("the median: %v, %v, %v", d, failed, err)
	}
}

func forgotten(o *office) {
	r, open := o.send(o.as("ada"), "comment:1"), o.send(o.as("ada"), "comment:1")
	if _, err := o.desk.Answer(o.eve(), report.Answer{Report: r.ID, Version: r.Version, State: report.Kept, Words: "Oui"}); err != nil {
		o.Fatal(err)
	}
	if n, err := o.s.ForgetReports(o.Context(), time.Now().Add(-time.Hour)); n != 0 || err != nil {
		o.Errorf("too early: %d, %v", n, err)
	}
	if n, err := o.s.ForgetReports(o.Context(), time.Now().Add(time.Hour)); n != 1 || err != nil {
		o.Errorf("forgotten: %d, %v", n, err)
	}
	if got, err := o.s.Report(o.Context(), r.ID); err != nil || got.Text != "" || got.Reporter != "" || got.Answer != "Oui" {
		o.Errorf("left: %+v, %v", got, err)
	}
	if err := o.s.Erase(o.Context(), audit.System, "ada"); err != nil {
		o.Fatal(err)
	}
	if got, err := o.s.Report(o.Context(), open.ID); err != nil || got.Reporter != "" || got.State != report.Open || got.Text == "" {
		o.Errorf("of somebody erased: %+v, %v", got, err)
	}
}
