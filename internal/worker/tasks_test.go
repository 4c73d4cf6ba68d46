package worker

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"bassin/internal/audit"
	"bassin/internal/job"
	"bassin/internal/store"
)

// clock is one that a test sets.
type clock struct{ at atomic.Pointer[time.Time] }

func (c *clock) set(at time.Time) { c.at.Store(&at) }
func (c *clock) now() time.Time   { return *c.at.Load() }

var noon = time.Date(2026, 11, 26, 11, 0, 0, 0, time.UTC)

// minding is a worker whose looks at the tasks a test makes itself.
func minding(t *testing.T, db *store.DB, c *clock, tasks ...Task) (look func()) {
	t.Helper()
	w := worker(db, c.now, nil)
	w.Schedules, w.Tasks, w.Lease, w.Chance = db, tasks, 2*time.Minute, func() float64 { return 0 }
	return func() {
		t.Helper()
		turns, err := w.due(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range turns {
			w.turn(t.Context(), x.Task, x.Turn)
		}
	}
}

func counting(n *int) func(context.Context, job.Turn) (job.Counts, error) {
	return func(context.Context, job.Turn) (job.Counts, error) {
		*n++
		return job.Counts{"runs": *n}, nil
	}
}

func shown(t *testing.T, db *store.DB, now time.Time, name string) job.Schedule {
	t.Helper()
	l, err := db.Schedules(t.Context(), now)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range l {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no task %s among %+v", name, l)
	return job.Schedule{}
}

// A clock that jumps makes no storm and stops nothing: an overdue task runs once,
// and after a jump back it comes round again within its period.
func TestClockJumps(t *testing.T) {
	db := opened(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"))
	c := new(clock)
	hours, days := 0, 0
	look := minding(t, db, c,
		Task{"hourly", Always(job.Every(time.Hour)), counting(&hours)},
		Task{"daily", Always(job.DailyAt(8, 0)), counting(&days)})
	at := func(when time.Time, wantHours, wantDays int) {
		t.Helper()
		c.set(when)
		for range 5 {
			look()
		}
		if hours != wantHours || days != wantDays {
			t.Fatalf("at %v: %d hourly and %d daily runs, want %d and %d", when, hours, days, wantHours, wantDays)
		}
	}
	at(noon, 0, 0) // made known: at noon, the first is due an hour later
	at(noon.Add(time.Hour), 1, 0)
	at(noon.AddDate(0, 0, 1), 2, 1)
	at(noon.AddDate(10, 0, 0), 3, 2)               // ten years ahead: once, not for each day missed
	at(noon.AddDate(0, 0, 1).Add(time.Hour), 3, 2) // and back: planned anew from here on
	at(noon.AddDate(0, 0, 1).Add(2*time.Hour), 4, 2)
	at(noon.AddDate(0, 0, 2), 5, 3)
	at(noon.AddDate(-10, 0, 0), 5, 3) // ten years back
	at(noon.AddDate(-10, 0, 0).Add(time.Hour), 6, 3)
	at(noon.AddDate(-10, 0, 1), 7, 4)
	for n := range 6 { // back and forth by a minute: no storm
		at(noon.AddDate(-10, 0, 1).Add(time.Duration(n%2)*time.Minute), 7, 4)
	}
}

func TestATaskThatFailsIsTriedAgainAndShown(t *testing.T) {
	db := opened(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"))
	c := new(clock)
	runs := 0
	fail := func(context.Context, job.Turn) (job.Counts, error) {
		switch runs++; runs {
		case 1:
			return job.Counts{"half": 1}, errors.New("no answer")
		case 2:
			panic("a defect")
		}
		return job.Counts{"done": 3}, nil
	}
	others := 0
	look := minding(t, db, c, Task{"tidy", Always(job.Every(time.Hour)), fail}, Task{"other", Always(job.Every(time.Hour)), counting(&others)})
	c.set(noon)
	look()
	c.set(noon.Add(time.Hour))
	look()
	if s := shown(t, db, c.now(), "tidy"); s.Failures != 1 || s.Error != "no answer" || !s.Due.Equal(c.now().Add(10*time.Second)) || others != 1 {
		t.Errorf("after a failure: %+v, and the other ran %d times", s, others)
	}
	c.set(c.now().Add(10 * time.Second))
	look()
	if s := shown(t, db, c.now(), "tidy"); s.Failures != 2 || !s.Done.IsZero() || !s.Due.Equal(c.now().Add(20*time.Second)) {
		t.Errorf("after a panic: %+v", s)
	}
	c.set(c.now().Add(20 * time.Second))
	look()
	if s := shown(t, db, c.now(), "tidy"); s.Failures != 0 || s.Error != "" || s.Counts["done"] != 3 || !s.Due.Equal(c.now().Add(time.Hour)) {
		t.Errorf("when it went well: %+v", s)
	}
	if err := db.RunNow(t.Context(), audit.Person("ada"), "tidy", c.now()); err != nil {
		t.Fatal(err)
	}
	look()
	if runs != 4 {
		t.Errorf("asked for, it ran %d times, want a fourth", runs)
	}
}

// A setting that changes counts from the next look on.
func TestAPlanFollowsItsSetting(t *testing.T) {
	db := opened(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"))
	c := new(clock)
	plan, runs := job.DailyAt(8, 0), 0
	var broken error
	w := worker(db, c.now, nil)
	w.Schedules, w.Tasks = db, []Task{{"digest", func(context.Context) (job.Plan, error) { return plan, broken }, counting(&runs)}}
	c.set(noon)
	if _, err := w.due(t.Context()); err != nil {
		t.Fatal(err)
	}
	plan = job.DailyAt(13, 0) // in Paris: noon in UTC
	if _, err := w.due(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := shown(t, db, noon, "digest"); !s.Due.Equal(noon.Add(time.Hour)) {
		t.Errorf("due at %v, want in an hour", s.Due)
	}
	broken = errors.New("the setting cannot be read")
	if _, err := w.due(t.Context()); err == nil {
		t.Error("a plan that cannot be read is not told")
	}
}

// A worker that is stopped lets its tasks finish.
func TestStoppingFinishesTasks(t *testing.T) {
	db := opened(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"))
	begun, release := make(chan struct{}), make(chan struct{})
	w := worker(db, time.Now, nil)
	w.Schedules, w.Tasks = db, []Task{{"slow", Always(job.Every(time.Hour)), func(context.Context, job.Turn) (job.Counts, error) {
		close(begun)
		<-release
		return job.Counts{"done": 1}, nil
	}}}
	now := time.Now()
	if err := db.Plan(t.Context(), "slow", job.Every(time.Hour), now); err != nil {
		t.Fatal(err)
	}
	if err := db.RunNow(t.Context(), audit.System, "slow", now); err != nil {
		t.Fatal(err)
	}
	stop := running(t, w)
	<-begun
	go func() {
		time.Sleep(50 * time.Millisecond)
		close(release)
	}()
	stop()
	if s := shown(t, db, time.Now(), "slow"); s.Counts["done"] != 1 || s.Running {
		t.Errorf("after stopping: %+v", s)
	}
}

// A lease that another server has taken up ends the work.
func TestALostLeaseEndsTheWork(t *testing.T) {
	db := opened(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"))
	now := time.Now()
	if err := db.Plan(t.Context(), "slow", job.Every(time.Hour), now.Add(-2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	w := worker(db, time.Now, nil)
	w.Schedules, w.Lease = db, 200*time.Millisecond
	turn, ok, err := db.Take(t.Context(), "slow", now, now.Add(time.Millisecond))
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if _, ok, err := db.Take(t.Context(), "slow", now.Add(time.Second), now.Add(time.Minute)); err != nil || !ok {
		t.Fatal(ok, err)
	}
	_, err = w.held(t.Context(), Task{Name: "slow", Do: func(ctx context.Context, _ job.Turn) (job.Counts, error) {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(30 * time.Second):
			return nil, fmt.Errorf("nobody ended it")
		}
	}}, turn)
	if err == nil || err.Error() == "nobody ended it" {
		t.Errorf("the work ended with %v", err)
	}
}
