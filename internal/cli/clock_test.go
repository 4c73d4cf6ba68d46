package cli

import (
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"bassin/internal/audit"
	"bassin/internal/job"
	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/smtptest"
)

// jumping is a clock that goes on as the machine's does, off by as much as it was moved.
type jumping struct{ off atomic.Int64 }

func (c *jumping) now() time.Time { return time.Now().Add(time.Duration(c.off.Load())) }

func (c *jumping) to(off time.Duration) { c.off.Store(int64(off)) }

const (
	day  = 24 * time.Hour
	year = 365 * day
)

var taskDone = regexp.MustCompile(`msg="a task is done" task=(\w+)`)

// jumped is a running product whose clock a test moves.
type jumped struct {
	*Server
	t     *testing.T
	clock *jumping
	base  string
	relay *smtptest.Server
	log   *lines
}

func jumps(t *testing.T, dsn string) *jumped {
	t.Helper()
	j := &jumped{t: t, clock: &jumping{}, relay: smtptest.New(t, smtptest.Options{}), log: &lines{}}
	j.Server = openAt(t, j.clock.now, func(c *serveCommand) {
		c.Database.Store = dsn
		c.Mail = mailing{SMTP: "smtp://" + j.relay.Host + ":" + j.relay.Port + "?tls=none", MailFrom: "bassin@example.fr"}
	})
	j.Server.log = slog.New(slog.NewTextHandler(j.log, nil))
	j.base = serving(t, j.Server)
	return j
}

// rounds is how often each task was done.
func (j *jumped) rounds() map[string]int {
	n := map[string]int{}
	for _, m := range taskDone.FindAllStringSubmatch(j.log.String(), -1) {
		n[m[1]]++
	}
	return n
}

// planned waits until no task is due, nor later than its plan allows, and none runs.
func (j *jumped) planned(when string) {
	j.t.Helper()
	until(j.t, "the tasks to be planned, "+when, func() bool {
		now := j.clock.now()
		all, err := j.db.Schedules(j.t.Context(), now)
		if err != nil {
			j.t.Fatal(err)
		}
		return len(all) == len(j.tasks(j.post(), j.Server.mail.can)) && !slices.ContainsFunc(all, func(s job.Schedule) bool {
			return s.Running || !s.Due.After(now) || s.Due.After(now.Add(25*time.Hour+job.Skew))
		})
	})
}

// receives waits for a mail.
func (j *jumped) receives(subject string) {
	j.t.Helper()
	until(j.t, subject, func() bool {
		return slices.ContainsFunc(j.relay.Messages(), func(m smtptest.Message) bool { return strings.Contains(string(m.Data), subject) })
	})
}

// leaves puts a mail in the outbox.
func (j *jumped) leaves(subject string) {
	j.t.Helper()
	e, err := notice.Mail{To: "zoe@example.fr", Subject: subject, Text: "texte"}.Event("")
	if err == nil {
		err = j.db.Leave(j.t.Context(), e)
	}
	if err != nil {
		j.t.Fatal(err)
	}
}

// at asks for a page with the cookies of a visitor, taking none: who was turned away may come back.
func (v *visitor) at(path string) int {
	v.t.Helper()
	r, _ := fetch(v.t, &http.Client{Transport: carrying{"bassin_session=" + v.cookie("bassin_session")}, CheckRedirect: stays.CheckRedirect}, v.base+path)
	return r.StatusCode
}

// A server's clock jumps while people work: forward and back, by little and by much.
func TestTheClockJumps(t *testing.T) {
	onEachStore(t, func(t *testing.T, _, dsn string) {
		j := jumps(t, dsn)
		zoe := adds(t, j.Server, "Zoé", "zoe@example.fr")
		adds(t, j.Server, "Paul", "paul@example.fr")
		today := people.DateOf(time.Now(), j.accounts.Mandates.Zone)
		tomorrow := people.DateOf(time.Now().Add(day), j.accounts.Mandates.Zone)
		grant := func(role people.Role, from, to people.Date) {
			t.Helper()
			if _, err := j.accounts.Mandates.GiveAs(t.Context(), audit.System, "", people.Grant{Person: zoe.ID, Role: role, From: from, To: to}); err != nil {
				t.Fatal(err)
			}
		}
		grant(people.Coordinator, today, today)
		grant(people.Mediator, tomorrow, "")
		j.relay.Start(t)
		until(t, "the mandates to be told", func() bool { n, err := j.db.Unread(t.Context(), zoe.ID); return err == nil && n == 2 })
		j.planned("at first")
		for _, task := range []string{"retention", "digest", "orphans"} {
			if err := j.db.RunNow(t.Context(), audit.System, task, j.clock.now()); err != nil {
				t.Fatal(err)
			}
		}
		until(t, "a first round", func() bool { n := j.rounds(); return n["retention"] > 0 && n["digest"] > 0 && n["orphans"] > 0 })
		j.planned("after a first round")

		brief, long := comes(t, j.base), comes(t, j.base)
		brief.signsIn("zoe@example.fr", goodPassword).sees(http.StatusOK, "Zoé")
		long.post("/connexion", "email", "paul@example.fr", "password", goodPassword, "rester", "1").sees(http.StatusOK, "Paul")
		invited, err := j.accounts.InviteAs(t.Context(), audit.System, people.Invitation{Email: "lea@example.fr"})
		if err != nil {
			t.Fatal(err)
		}
		roles := func() string {
			t.Helper()
			a, err := j.db.Seated(t.Context(), people.HashToken(brief.cookie("bassin_session")), j.clock.now(), people.DateOf(j.clock.now(), j.accounts.Mandates.Zone))
			if err != nil {
				return "signed out"
			}
			var out []string
			for _, m := range a.Mandates {
				out = append(out, string(m.Role))
			}
			return strings.Join(out, " ")
		}
		unverified := people.Person{ID: "new", Name: "Neuve", Email: "neuve@example.fr", Lang: "fr", State: people.Unverified, CreatedAt: time.Now()}
		if err := j.db.ChangePeople(t.Context(), "add", func(tx people.Tx) error { return tx.AddPerson(unverified) }); err != nil {
			t.Fatal(err)
		}

		for _, c := range []struct {
			when        string
			off         time.Duration
			brief, long int    // what their own pages answer
			roles       string // of the brief session
			invitation  int
			rounds      int // of the tasks of each day, at most; those that come round each hour may come once more
		}{
			{"right", 0, 200, 200, "coordinator", 200, 0},
			{"an hour back", -time.Hour, 200, 200, "coordinator", 200, 1},
			{"right again after an hour back", 0, 200, 200, "coordinator", 200, 1},
			{"a day ahead", day, 303, 200, "signed out", 200, 2},
			{"right again after a day ahead", 0, 200, 200, "coordinator", 200, 1},
			// Then sessions and tickets are of a far future: they must not last for a year more.
			{"a year back", -year, 303, 303, "signed out", 410, 1},
			{"right again after a year back", 0, 200, 200, "coordinator", 200, 2},
			{"a year ahead", year, 303, 303, "signed out", 410, 2},
			{"right again after a year ahead", 0, 200, 200, "coordinator", 200, 1},
		} {
			rounds := j.rounds()
			j.clock.to(c.off)
			if got := brief.at("/mon-compte"); got != c.brief {
				t.Errorf("%s, a brief session gets %d, want %d", c.when, got, c.brief)
			}
			if got := long.at("/mon-compte"); got != c.long {
				t.Errorf("%s, a long session gets %d, want %d", c.when, got, c.long)
			}
			if got := roles(); got != c.roles {
				t.Errorf("%s, the mandates of a brief session are %q, want %q", c.when, got, c.roles)
			}
			if got := comes(t, j.base).at("/invitation/" + invited); got != c.invitation {
				t.Errorf("%s, an invitation answers %d, want %d", c.when, got, c.invitation)
			}
			// Whoever comes now is let in, works, and gets what is sent.
			v := comes(t, j.base)
			v.signsIn("paul@example.fr", goodPassword).sees(http.StatusOK, "Paul")
			v.post("/mon-compte/nom", "name", "Paul "+c.when, "langue", "fr").sees(http.StatusOK, "Paul "+c.when)
			v.get("/mes-notifications").sees(http.StatusOK)
			j.leaves("a mail, " + c.when)
			j.receives("a mail, " + c.when)
			j.planned(c.when)
			for task, n := range j.rounds() {
				most := c.rounds
				if task == "outbox" {
					most++
				}
				if n -= rounds[task]; n > most {
					t.Errorf("%s, the task %s ran %d times, want %d at most", c.when, task, n, most)
				}
				if c.off > 0 && n == 0 {
					t.Errorf("%s, the task %s did not run", c.when, task)
				}
			}
			verified(t, j.Server)
		}
		// What was done while the clock was a year ahead holds nobody up once it is right again.
		j.relay.Stop()
		j.clock.to(year)
		j.leaves("a late mail")
		grant(people.Observer, people.DateOf(j.clock.now(), j.accounts.Mandates.Zone), "")
		until(t, "a mail that cannot leave", func() bool {
			l, err := j.db.Events(t.Context(), job.Waiting, 10)
			return err == nil && slices.ContainsFunc(l, func(s job.Status) bool { return s.Attempts > 0 && s.Error != "" })
		})
		until(t, "the last mandate to be told", func() bool { n, err := j.db.Unread(t.Context(), zoe.ID); return err == nil && n > 2 })
		for range 6 {
			comes(t, j.base).signsIn("zoe@example.fr", "au hasard de la route")
		}
		ahead := comes(t, j.base)
		ahead.signsIn("paul@example.fr", goodPassword).sees(http.StatusOK, "Paul")
		j.clock.to(0)
		if got := ahead.at("/mon-compte"); got != http.StatusSeeOther {
			t.Errorf("a session made a year from now is in force: %d", got)
		}
		v := comes(t, j.base)
		v.signsIn("zoe@example.fr", goodPassword).sees(http.StatusOK, "Zoé")
		all := v.get("/mes-notifications").sees(http.StatusOK).doc().Find("input[name=until]")
		v.post("/mes-notifications/lire", "until", all.AttrOr("value", "")).sees(http.StatusOK)
		if n, err := j.db.Unread(t.Context(), zoe.ID); n > 0 || err != nil {
			t.Errorf("%d notices stay unread, %v", n, err)
		}
		j.relay.Start(t)
		j.planned("at the end")
		j.clock.to(time.Hour + time.Minute)
		j.receives("a late mail")
		// Retention never took the wrong year for years.
		if l, err := j.db.Unverified(t.Context(), time.Now().Add(year), "", 10); err != nil || len(l) != 1 {
			t.Errorf("of the account that was not verified yet there is left %v, %v", l, err)
		}
		if l, err := j.db.Events(t.Context(), job.Done, 100); err != nil || len(l) < 10 {
			t.Errorf("only %d mails are known to have left, %v", len(l), err)
		}
		verified(t, j.Server)
	})
}
