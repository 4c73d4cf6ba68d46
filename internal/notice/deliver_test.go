package notice_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/job"
	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/store"
)

// book is who people are.
type book map[string]notice.Reader

func (b book) Reader(_ context.Context, person string) (notice.Reader, error) {
	r, ok := b[person]
	if !ok {
		return r, fault.New(fault.NotFound, "notice.unknown")
	}
	return r, nil
}

// noon is in the year of the database's own clock or after: mails left then are due.
var noon = time.Date(2026, 11, 26, 11, 0, 0, 0, time.UTC)

func database(t *testing.T) *store.DB {
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
	return db
}

func post(t *testing.T, db *store.DB, people book) *notice.Post {
	t.Helper()
	return &notice.Post{Store: db, Readers: people, Letters: notice.LetterS(t, notice.Words(t)), Now: func() time.Time { return noon }}
}

func in(lang i18n.Lang) notice.Reader {
	r := notice.Zoe
	r.Lang = lang
	return r
}

// ending is a notice that ends with the catalogue as it is.
func ending(person string, s notice.Subject) notice.Notice {
	return notice.Notice{
		Person: person, Subject: s, At: noon.Add(-time.Hour), Link: "/mon-compte",
		Title: notice.Say("notice.mandate.ends", "secrétaire", "Conseil du Trégor", notice.Day("2026-12-26")), Text: notice.Say("notice.mandate.ends_text"),
	}
}

// mails are those that wait in the outbox, by reader: each is taken once.
func mails(t *testing.T, db *store.DB) map[string]notice.Mail {
	t.Helper()
	now := time.Now().Add(time.Minute)
	d, err := db.Claim(t.Context(), []string{notice.MailKind}, 1000, now, now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]notice.Mail{}
	for _, x := range d {
		var m notice.Mail
		if err := json.Unmarshal(x.Body, &m); err != nil {
			t.Fatal(err)
		}
		if _, twice := out[m.To]; twice {
			t.Errorf("two mails to %s", m.To)
		}
		out[m.To] = m
	}
	return out
}

func arrived(t *testing.T, db *store.DB, person string) []notice.Kept {
	t.Helper()
	l, err := db.Notices(t.Context(), person, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return l.Notices
}

// still hides the token of a mail, which differs from one database to the next.
func still(m notice.Mail, text string) string {
	_, token, ok := strings.Cut(m.Unsubscribe, "/desabonnement/")
	if !ok {
		return text
	}
	return strings.ReplaceAll(text, token, "JETON")
}

func TestANoticeIsALetterOfItsOwn(t *testing.T) {
	for _, lang := range []i18n.Lang{i18n.FR, i18n.EN} {
		for _, subject := range []notice.Subject{notice.Mandates, notice.Security} {
			db := database(t)
			e, err := ending("zoe", subject).Event()
			if err != nil || e.Person != "zoe" || e.Kind != notice.Kind {
				t.Fatalf("%+v, %v", e, err)
			}
			p := post(t, db, book{"zoe": in(lang)})
			for range 3 { // a server that dies delivers again
				if err := p.Deliver(t.Context(), job.Delivery{ID: "00ff", Body: e.Body}); err != nil {
					t.Fatal(err)
				}
			}
			if k := arrived(t, db, "zoe"); len(k) != 1 || k[0].ID != "00ff" || !k[0].Arrived.Equal(noon) {
				t.Errorf("arrived %+v", k)
			}
			left := mails(t, db)
			if len(left) != 1 {
				t.Fatalf("%d mails were left", len(left))
			}
			for _, m := range left {
				notice.Golden(t, fmt.Sprintf("notice-%s.%s.txt", subject, lang), "Subject: "+m.Subject+"\n\n"+still(m, m.Text))
				if stoppable := m.Unsubscribe != ""; stoppable == subject.Bound() {
					t.Errorf("%s can be stopped: %t", subject, stoppable)
				}
			}
		}
	}
}

func TestWhoGetsAMail(t *testing.T) {
	closed, wrong := notice.Zoe, notice.Zoe
	closed.Active, wrong.Email = false, "not an address"
	db := database(t)
	p := post(t, db, book{"closed": closed, "wrong": wrong})
	for person, want := range map[string]struct{ arrives, permanent bool }{
		"closed": {arrives: true}, "wrong": {arrives: true, permanent: true}, "unknown": {},
	} {
		fresh, err := p.Tell(t.Context(), person, ending(person, notice.Mandates))
		if (err != nil) != want.permanent || job.IsPermanent(err) != want.permanent {
			t.Errorf("%s: %v", person, err)
		}
		if fresh != want.arrives || len(arrived(t, db, person)) == 1 != want.arrives {
			t.Errorf("%s: arrives is %t", person, fresh)
		}
	}
	if left := mails(t, db); len(left) != 0 {
		t.Errorf("mails were left: %v", left)
	}
	for name, spoil := range map[string]func(*notice.Notice){
		"nobody": func(n *notice.Notice) { n.Person = "" }, "no subject": func(n *notice.Notice) { n.Subject = "x" },
		"the digest": func(n *notice.Notice) { n.Subject = notice.Digest }, "no title": func(n *notice.Notice) { n.Title = notice.Text{} },
		"no time":   func(n *notice.Notice) { n.At = time.Time{} },
		"elsewhere": func(n *notice.Notice) { n.Link = "//example.org" }, "an address": func(n *notice.Notice) { n.Link = "https://example.org" },
	} {
		n := ending("zoe", notice.Mandates)
		spoil(&n)
		if _, err := n.Event(); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v, want fault.Invalid", name, err)
		}
		if _, err := p.Tell(t.Context(), "1", n); !job.IsPermanent(err) {
			t.Errorf("%s: %v, want a lasting refusal", name, err)
		}
	}
	if err := p.Deliver(t.Context(), job.Delivery{ID: "1", Body: []byte(`{`)}); !job.IsPermanent(err) {
		t.Errorf("an event that cannot be read: %v", err)
	}
}

// What cannot be written down now is tried again whole: no notice without its mail.
func TestADatabaseThatIsGone(t *testing.T) {
	db := database(t)
	p := post(t, db, book{"zoe": notice.Zoe})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Tell(t.Context(), "1", ending("zoe", notice.Mandates)); err == nil || job.IsPermanent(err) {
		t.Errorf("telling: %v, want an error worth trying again", err)
	}
	if _, err := p.Digests(t.Context()); err == nil {
		t.Error("digests were left in a database that is gone")
	}
}

func TestDigestsReadAlikeInBothLanguages(t *testing.T) {
	for _, lang := range []i18n.Lang{i18n.FR, i18n.EN} {
		db := database(t)
		people := book{}
		for _, person := range []string{"ada", "bob", "zoe"} {
			r := in(lang)
			r.Name, r.Email = "", person+"@example.fr"
			people[person] = r
		}
		p := post(t, db, people)
		tell := func(id string, after time.Duration, n notice.Notice) {
			p.Now = func() time.Time { return noon.Add(after) }
			if n.At.IsZero() {
				n.At = noon
			}
			if err := db.Choose(t.Context(), "system", n.Person, notice.Choices{notice.Mandates: notice.Daily}); err != nil {
				t.Fatal(err)
			}
			if fresh, err := p.Tell(t.Context(), id, n); err != nil || !fresh {
				t.Fatalf("%s: %t, %v", id, fresh, err)
			}
		}
		for n := range notice.Listed + 3 {
			tell(fmt.Sprint(n), 0, notice.Notice{Person: "ada", Subject: notice.Administration, Title: notice.Say("notice.alert.dead", n+1)})
		}
		tell("one", 0, notice.Notice{Person: "bob", Subject: notice.Administration, Title: notice.Say("notice.alert.dead", 1), Link: notice.DeadPath})
		tell("a", 3*time.Minute, ending("zoe", notice.Mandates))
		tell("b", 2*time.Minute, notice.Notice{Person: "zoe", Subject: notice.Administration, Title: notice.Say("notice.alert.task", notice.TaskName("retention"), notice.Moment(noon)), Link: notice.TasksPath})
		tell("c", time.Minute, notice.Notice{Person: "zoe", Subject: notice.Mandates, Title: notice.Say("notice.mandate.ends", "<b>", "Rostrenen", notice.Day("2026-12-01"))})
		tell("read", 0, ending("zoe", notice.Mandates))
		if _, err := db.Read(t.Context(), "zoe", "read", noon); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the second finds nothing to tell
			if _, err := p.Digests(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		left := mails(t, db)
		if len(left) != 3 {
			t.Fatalf("%d were left", len(left))
		}
		m := left["<zoe@example.fr>"]
		notice.Golden(t, "digest."+string(lang)+".txt", "Subject: "+m.Subject+"\n\n"+still(m, m.Text))
		notice.Golden(t, "digest."+string(lang)+".html", still(m, m.HTML))
		one := left["<bob@example.fr>"]
		notice.Golden(t, "digest-one."+string(lang)+".txt", "Subject: "+one.Subject+"\n\n"+still(one, one.Text))
		if long := left["<ada@example.fr>"].Text; strings.Count(long, "\n- ") != notice.Listed || !strings.Contains(long, " 3 ") {
			t.Errorf("a long one tells %d lines:\n%s", strings.Count(long, "\n- "), long)
		}
		// The link of the mail stops it.
		_, token, _ := strings.Cut(m.Unsubscribe, "/desabonnement/")
		if s, err := db.Stop(t.Context(), token); err != nil || s != notice.Digest {
			t.Errorf("the link stops %q, %v", s, err)
		}
	}
}

func TestADigestThatFailsHoldsNobodyUp(t *testing.T) {
	wrong, closed := notice.Zoe, notice.Zoe
	wrong.Email, closed.Active = "x", false
	db := database(t)
	p := post(t, db, book{"ada": wrong, "bob": closed, "zoe": notice.Zoe})
	for _, person := range []string{"ada", "bob", "gone", "zoe"} {
		if _, err := db.Arrive(t.Context(), notice.Arrival{ID: person, Notice: ending(person, notice.Administration), At: noon}); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := p.Digests(t.Context()); n != 1 || err == nil || !strings.Contains(err.Error(), "ada") {
		t.Errorf("%d left, %v, want one and the name of whom none can be written to", n, err)
	}
	if who, err := db.Waiting(t.Context(), "", 9); err != nil || !slices.Equal(who, []string{"ada"}) {
		t.Errorf("%v wait still, %v, want ada", who, err)
	}
}

func trégor(s people.Scope) any {
	if s == people.Everywhere {
		return notice.Everywhere
	}
	return "Trégor"
}

func TestMandatesAreRememberedTwice(t *testing.T) {
	db := database(t)
	p := post(t, db, book{"zoe": notice.Zoe})
	mandate := people.Mandate{ID: "7", Person: "zoe", Role: people.Secretary, Scope: people.In("x"), From: "2026-01-01", To: "2026-12-26"}
	for _, c := range []struct {
		now  string
		told int
	}{{"2026-10-01", 0}, {"2026-11-25", 0}, {"2026-11-26", 1}, {"2026-11-27", 0}, {"2026-12-18", 0}, {"2026-12-19", 1}, {"2026-12-20", 0}, {"2026-12-26", 0}, {"2026-12-27", 0}} {
		at, err := time.ParseInLocation("2006-01-02 15", c.now+" 00", i18n.Paris())
		if err != nil {
			t.Fatal(err)
		}
		p.Now = func() time.Time { return at }
		if n, err := p.RemindMandates(t.Context(), []people.Mandate{mandate}, trégor); err != nil || n != c.told {
			t.Errorf("on %s: %d told, %v, want %d", c.now, n, err, c.told)
		}
		if asked := mandate.To <= notice.RemindFor(people.Date(c.now)); c.told == 1 && !asked {
			t.Errorf("on %s, the mandate is not asked for", c.now)
		}
	}
	// Made longer, then near its end again.
	mandate.To = "2027-01-02"
	p.Now = func() time.Time { return time.Date(2026, 12, 27, 10, 0, 0, 0, time.UTC) }
	if n, err := p.RemindMandates(t.Context(), []people.Mandate{mandate}, trégor); err != nil || n != 1 {
		t.Errorf("made longer: %d told, %v", n, err)
	}
	mandate.To = "soon"
	if _, err := p.RemindMandates(t.Context(), []people.Mandate{mandate}, trégor); err == nil {
		t.Error("a day that cannot be read passed")
	}
}

func TestChangesOfMandatesAreTold(t *testing.T) {
	db := database(t)
	p := post(t, db, book{"zoe": notice.Zoe})
	m := people.Mandate{ID: "7", Person: "zoe", Role: people.Secretary, Scope: people.In("x"), From: "2026-12-01"}
	long := m
	long.To, long.Scope = "2027-12-01", people.Everywhere
	want := []string{
		"Vous avez un nouveau mandat\u00a0: secrétaire de conseil, Trégor Il commence le 1er décembre 2026.",
		"Vous avez un nouveau mandat\u00a0: secrétaire de conseil, tout le site Il va du 1er décembre 2026 au 1er décembre 2027.",
		"Votre mandat prend fin\u00a0: secrétaire de conseil, tout le site Son dernier jour est le 1er décembre 2027. Il reste visible parmi vos mandats passés.",
	}
	for i, c := range []struct {
		kind string
		m    people.Mandate
	}{{"mandate.given", m}, {"mandate.given", long}, {"mandate.ended", long}} {
		e, err := notice.MandateEvent(c.kind, c.m, trégor, noon)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Deliver(t.Context(), job.Delivery{ID: fmt.Sprint("e", i), Body: e.Body}); err != nil {
			t.Fatal(err)
		}
	}
	l := notice.Words(t).Localizer(i18n.FR)
	var got []string
	for _, k := range arrived(t, db, "zoe") { // of one moment: in the order of their ids
		got = append(got, k.Title.In(l)+" "+k.Text.In(l))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := notice.MandateEvent("mandate.lost", m, trégor, noon); err == nil {
		t.Error("an unknown change was told")
	}
}

func TestAlertsTellEachThingOnce(t *testing.T) {
	db := database(t)
	p := post(t, db, book{"ada": notice.Zoe, "bob": notice.Zoe})
	dead := []job.Status{{ID: "b", CreatedAt: noon}, {ID: "a", CreatedAt: noon.Add(-time.Hour)}}
	tasks := []job.Schedule{{Name: "digest", Failures: notice.Failing, Done: noon, Error: "no answer"}, {Name: "retention", Failures: notice.Failing - 1}}
	alert := func(want int, dead []job.Status, tasks []job.Schedule) {
		t.Helper()
		if n, err := p.Alert(t.Context(), []string{"ada", "bob"}, dead, tasks); err != nil || n != want {
			t.Errorf("%d told, %v, want %d", n, err, want)
		}
	}
	alert(4, dead, tasks)
	alert(0, dead, tasks)
	tasks[0].Failures++ // still failing
	alert(0, dead[:1], tasks)
	alert(2, append(dead, job.Status{ID: "c", CreatedAt: noon.Add(time.Hour)}), nil)
	tasks[0].Done = noon.Add(time.Hour) // it went well in between
	alert(2, nil, tasks)
	for _, k := range arrived(t, db, "ada") {
		if l := notice.Words(t).Localizer(i18n.FR); k.Subject != notice.Administration || strings.Contains(k.Title.In(l)+k.Text.In(l), "⟦") {
			t.Errorf("told %q, %q", k.Title.In(l), k.Text.In(l))
		}
	}
	if _, err := p.Alert(t.Context(), []string{""}, dead, nil); err == nil {
		t.Error("an alert to nobody passed")
	}
}

func TestSubjectsHaveTheirTexts(t *testing.T) {
	c := notice.Words(t)
	for _, lang := range c.Langs() {
		l := c.Localizer(lang)
		for _, s := range append(notice.Subjects(), notice.Digest) {
			if !l.Has(s.Name().Key) {
				t.Errorf("%s has no name in %s", s, lang)
			}
		}
	}
	mine := notice.Choices{notice.Security: notice.None, notice.Mandates: "x", notice.Administration: notice.None}
	for s, want := range map[notice.Subject]notice.Choice{notice.Security: notice.AtOnce, notice.Mandates: notice.AtOnce, notice.Administration: notice.None, "x": notice.None} {
		if got := mine.Of(s); got != want {
			t.Errorf("%s is told %s, want %s", s, got, want)
		}
	}
}

func TestSettings(t *testing.T) {
	for value, want := range map[string]int{"": 8, `{}`: 8, `{"digest_hour":0}`: 0, `{"digest_hour":23}`: 23, `{"digest_hour":24}`: -1, `{"digest_hour":-1}`: -1, `[]`: -1} {
		var raw json.RawMessage
		if value != "" {
			raw = json.RawMessage(value)
		}
		s, err := notice.ParseSettings(raw)
		if want < 0 && err == nil || want >= 0 && (err != nil || s.DigestHour != want) {
			t.Errorf("%q: %+v, %v", value, s, err)
		}
	}
	db := database(t)
	if p, err := notice.DigestPlan(t.Context(), db); err != nil || p != job.DailyAt(8, 0) {
		t.Errorf("the digest leaves %s, %v", p, err)
	}
	if _, err := db.UpdateSetting(t.Context(), "system", notice.SettingName, 0, func(json.RawMessage) (json.RawMessage, error) {
		return json.RawMessage(`{"digest_hour":18}`), nil
	}); err != nil {
		t.Fatal(err)
	}
	if p, err := notice.DigestPlan(t.Context(), db); err != nil || p != job.DailyAt(18, 0) {
		t.Errorf("the digest leaves %s, %v", p, err)
	}
}
