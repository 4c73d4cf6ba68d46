package retention_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/job"
	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/retention"
	"bassin/internal/store"
)

func TestPeriods(t *testing.T) {
	d := retention.Defaults()
	if err := d.Check(); err != nil {
		t.Errorf("the first periods are refused: %v", err)
	}
	want := retention.Periods{Delivered: 30, Undelivered: 90, Notices: 365, Expired: 30, Unverified: 7, Hidden: 365, Inactive: 1095, Warning: 30}
	if d != want {
		t.Errorf("the first periods are %+v", d)
	}
	// Each bound is about a field of its own, under the name it is kept by.
	for _, b := range retention.Bounds() {
		for n, ok := range map[int]bool{b.Least - 1: false, b.Least: true, b.Most: true, b.Most + 1: false} {
			p := retention.Defaults()
			*b.Of(&p) = n
			err := p.Check()
			if ok != (err == nil) {
				t.Errorf("%s of %d days: %v", b.Name, n, err)
			}
			if f, is := errors.AsType[*fault.Error](err); !ok && (!is || f.Field != b.Name) {
				t.Errorf("%s of %d days: the field named is %+v", b.Name, n, f)
			}
			kept, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			var byName map[string]int
			if err := json.Unmarshal(kept, &byName); err != nil || byName[b.Name] != n || len(byName) != len(retention.Bounds()) {
				t.Errorf("%s is kept as %s", b.Name, kept)
			}
		}
	}
	for value, ok := range map[string]bool{`{}`: true, `{"notices":60}`: true, `{"notices":1}`: false, `[]`: false, `{"notices":"x"}`: false} {
		p, err := retention.Parse(json.RawMessage(value))
		if ok != (err == nil) || value == `{"notices":60}` && (p.Notices != 60 || p.Delivered != 30) {
			t.Errorf("%s: %+v, %v", value, p, err)
		}
	}
}

var now = time.Date(2026, 11, 26, 2, 30, 0, 0, time.UTC)

type house struct {
	*store.DB
	keeper *retention.Keeper
	mails  bool // whether mails leave
	now    time.Time
}

func opened(t *testing.T) *house {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	catalog, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	h := &house{DB: db, now: now}
	post := &notice.Post{Store: db, Readers: db, Now: func() time.Time { return h.now }, Letters: &notice.Letters{
		Catalog: catalog, Href: func(_ i18n.Lang, path string) string { return path },
		Site: func(context.Context) (notice.Site, error) {
			return notice.Site{Name: "Bassin", BaseURL: "https://bassin.example.fr"}, nil
		},
	}}
	h.keeper = &retention.Keeper{Settings: db, Record: db, Outbox: db, Notices: db, Post: post, Accounts: db, Mails: func() bool { return h.mails }}
	h.mails = true
	return h
}

func (h *house) add(t *testing.T, id string, state people.PersonState, seen time.Time) {
	t.Helper()
	err := h.ChangePeople(t.Context(), "add", func(tx people.Tx) error {
		return tx.AddPerson(people.Person{ID: id, Name: "Zoé", Email: id + "@example.fr", Lang: "fr", State: state, CreatedAt: seen, SeenAt: seen})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// run applies the periods as the worker does, after a run of the day before.
func (h *house) run(t *testing.T, at time.Time) job.Counts {
	t.Helper()
	h.now = at
	counts, err := h.keeper.Apply(t.Context(), job.Turn{Name: "retention", Now: at, Due: at.Add(-time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

func (h *house) state(t *testing.T, id string) people.PersonState {
	t.Helper()
	p, err := h.Person(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return p.State
}

func TestWhatIsPastItsPeriodGoes(t *testing.T) {
	h := opened(t)
	event := job.Event{Kind: "post", Body: json.RawMessage(`{}`)}
	if err := h.Leave(t.Context(), event, event); err != nil {
		t.Fatal(err)
	}
	d, err := h.Claim(t.Context(), []string{"post"}, 2, time.Now().Add(time.Hour), time.Now().Add(2*time.Hour))
	if err != nil || len(d) != 2 {
		t.Fatal(d, err)
	}
	for i, days := range []int{31, 29} {
		if err := h.Delivered(t.Context(), d[i], now.AddDate(0, 0, -days)); err != nil {
			t.Fatal(err)
		}
	}
	h.add(t, "zoe", people.Active, now)
	for id, days := range map[string]int{"old": 366, "new": 364} {
		n := notice.Notice{Person: "zoe", Subject: notice.Administration, Title: notice.Say("notice.everywhere"), At: now.AddDate(-2, 0, 0)}
		if _, err := h.Arrive(t.Context(), notice.Arrival{ID: id, Notice: n, At: n.At}); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Read(t.Context(), "zoe", id, now.AddDate(0, 0, -days)); err != nil {
			t.Fatal(err)
		}
	}
	h.add(t, "forgotten", people.Unverified, now.AddDate(0, 0, -8))
	h.add(t, "waiting", people.Unverified, now.AddDate(0, 0, -6))
	err = h.ChangePeople(t.Context(), "fill", func(tx people.Tx) error {
		return errors.Join(
			tx.PutTicket(people.Ticket{TokenHash: "1", Purpose: "reset", Data: "{}", CreatedAt: now, ExpiresAt: now.AddDate(0, 0, -31)}),
			tx.PutTicket(people.Ticket{TokenHash: "2", Purpose: "reset", Data: "{}", CreatedAt: now, ExpiresAt: now.AddDate(0, 0, -29)}))
	})
	if err != nil {
		t.Fatal(err)
	}
	want := job.Counts{"outbox": 1, "notices": 1, "unverified": 1, "expired": 1}
	if diff := cmp.Diff(want, h.run(t, now)); diff != "" {
		t.Errorf("deleted (-want +got):\n%s", diff)
	}
	if h.state(t, "forgotten") != people.Erased || h.state(t, "waiting") != people.Unverified {
		t.Errorf("the unverified are %s and %s", h.state(t, "forgotten"), h.state(t, "waiting"))
	}
	rows, err := h.Find(t.Context(), audit.Filter{Action: "retention."})
	if err != nil || len(rows) != 1 || rows[0].By != audit.System || rows[0].Became != `{"expired":1,"notices":1,"outbox":1,"unverified":1}` {
		t.Errorf("recorded %+v, %v", rows, err)
	}
	if again := h.run(t, now); len(again) != 0 {
		t.Errorf("deleted again: %v", again)
	}
	if rows, err := h.Find(t.Context(), audit.Filter{Action: "retention."}); err != nil || len(rows) != 1 {
		t.Errorf("nothing done is recorded: %+v, %v", rows, err)
	}
	// A period that is set counts.
	if _, err := h.UpdateSetting(t.Context(), audit.System, retention.Name, 0, func(json.RawMessage) (json.RawMessage, error) {
		return json.RawMessage(`{"delivered":1,"notices":30}`), nil
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(job.Counts{"outbox": 1, "notices": 1}, h.run(t, now)); diff != "" {
		t.Errorf("with shorter periods (-want +got):\n%s", diff)
	}
}

// Three years away: warned by mail; a month later erased, unless they came back.
func TestInactiveAccounts(t *testing.T) {
	h := opened(t)
	h.add(t, "away", people.Active, now.AddDate(0, 0, -1095).Add(-time.Hour))
	h.add(t, "back", people.Active, now.AddDate(0, 0, -1095).Add(-time.Hour))
	h.add(t, "here", people.Active, now.AddDate(-2, 0, 0))
	if diff := cmp.Diff(job.Counts{"warned": 2}, h.run(t, now)); diff != "" {
		t.Errorf("at first (-want +got):\n%s", diff)
	}
	d, err := h.Claim(t.Context(), []string{notice.MailKind}, 9, time.Now().Add(time.Hour), time.Now().Add(2*time.Hour))
	if err != nil || len(d) != 2 {
		t.Fatalf("%d mails were left, %v, want 2", len(d), err)
	}
	var m notice.Mail
	if err := json.Unmarshal(d[0].Body, &m); err != nil || !strings.Contains(m.Text, "27 décembre 2026") || m.Unsubscribe != "" {
		t.Errorf("the warning is %+v, %v", m, err)
	}
	if again := h.run(t, now.AddDate(0, 0, 29)); len(again) != 0 {
		t.Errorf("before the month is over: %v", again)
	}
	err = h.ChangePeople(t.Context(), "sign in", func(tx people.Tx) error {
		p, err := tx.Person(t.Context(), "back")
		if err != nil {
			return err
		}
		p.SeenAt = now.AddDate(0, 0, 20)
		return tx.SetPerson(p)
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(job.Counts{"erased": 1}, h.run(t, now.AddDate(0, 0, 31))); diff != "" {
		t.Errorf("after the month (-want +got):\n%s", diff)
	}
	if h.state(t, "away") != people.Erased || h.state(t, "back") != people.Active || h.state(t, "here") != people.Active {
		t.Errorf("away is %s, back is %s, here is %s", h.state(t, "away"), h.state(t, "back"), h.state(t, "here"))
	}
	// A second absence has a warning of its own.
	h.run(t, now.AddDate(2, 0, 0)) // here is warned
	if got := h.run(t, now.AddDate(3, 0, 21)); got["warned"] != 1 || got["erased"] != 1 {
		t.Errorf("three years later: %v, want back warned and here erased", got)
	}
}

// Nobody is erased whom no mail could warn, nor by a clock that jumped.
func TestNobodyIsErasedUnawares(t *testing.T) {
	h := opened(t)
	h.add(t, "away", people.Active, now.AddDate(-4, 0, 0))
	h.mails = false
	for _, at := range []time.Time{now, now.AddDate(0, 0, 40)} {
		if got := h.run(t, at); len(got) != 0 {
			t.Errorf("without mail: %v", got)
		}
	}
	h.mails = true
	h.run(t, now)
	jumped := now.AddDate(10, 0, 0)
	h.now = jumped
	got, err := h.keeper.Apply(t.Context(), job.Turn{Now: jumped, Due: now})
	if err != nil || got["postponed"] != 1 || len(got) != 1 {
		t.Errorf("ten years ahead: %v, %v", got, err)
	}
	if h.state(t, "away") != people.Active {
		t.Error("erased by a clock that jumped")
	}
	if rows, err := h.Find(t.Context(), audit.Filter{Action: "retention."}); err != nil || len(rows) != 1 {
		t.Errorf("recorded %d, %v, want the warning only", len(rows), err)
	}
}
