package jobtest

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/job"
)

// ScheduleStore is what is under test: a run asked for must show in the record.
type ScheduleStore interface {
	job.Schedules
	audit.Store
}

// RunSchedules checks schedules against the contract. Open gives an empty store,
// ready to use, and closes it when the test it is given ends.
func RunSchedules(t *testing.T, open func(t *testing.T) ScheduleStore) {
	for _, c := range []struct {
		name  string
		check func(t *testing.T, s ScheduleStore)
	}{
		{"planned, taken, finished", round},
		{"one server has it", oneServer},
		{"a lease is taken up when it ends", lost},
		{"failures are shown", failing},
		{"a new plan counts from now on", replanned},
		{"clocks that were ahead", ahead},
		{"run now", runNow},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.check(t, open(t))
		})
	}
}

var hourly = job.Every(time.Hour)

func take(t *testing.T, s job.Schedules, now time.Time) (job.Turn, bool) {
	t.Helper()
	turn, ok, err := s.Take(t.Context(), "tidy", now, now.Add(time.Minute))
	must(t, err)
	return turn, ok
}

func taken(t *testing.T, s job.Schedules, now time.Time) job.Turn {
	t.Helper()
	turn, ok := take(t, s, now)
	if !ok {
		t.Fatalf("not to be had at %v", now)
	}
	return turn
}

func shown(t *testing.T, s job.Schedules, now time.Time) job.Schedule {
	t.Helper()
	l, err := s.Schedules(t.Context(), now)
	must(t, err)
	if len(l) != 1 {
		t.Fatalf("%d tasks, want 1: %+v", len(l), l)
	}
	return l[0]
}

func round(t *testing.T, s ScheduleStore) {
	if _, ok := take(t, s, noon); ok {
		t.Error("a task that is not known was taken")
	}
	must(t, s.Plan(t.Context(), "tidy", hourly, noon))
	must(t, s.Plan(t.Context(), "tidy", hourly, noon.Add(time.Minute))) // no change
	due := noon.Add(time.Hour)
	want := job.Schedule{Name: "tidy", Plan: "every 1h0m0s", Due: due, Counts: job.Counts{}}
	if diff := cmp.Diff(want, shown(t, s, noon.Add(time.Minute))); diff != "" {
		t.Errorf("planned (-want +got):\n%s", diff)
	}
	if _, ok := take(t, s, due.Add(-time.Millisecond)); ok {
		t.Error("taken before it is due")
	}
	turn := taken(t, s, due)
	if !turn.Due.Equal(due) || turn.Failures != 0 || !turn.Now.Equal(due) {
		t.Errorf("the first turn is %+v", turn)
	}
	if !shown(t, s, due).Running {
		t.Error("not shown as running")
	}
	at := due.Add(2 * time.Second)
	o := job.Outcome{At: at, Took: 1500 * time.Millisecond, Next: due.Add(time.Hour), Counts: job.Counts{"outbox": 12, "notices": 0}}
	must(t, s.Finish(t.Context(), turn, o))
	want = job.Schedule{Name: "tidy", Plan: "every 1h0m0s", Due: o.Next, Tried: at, Done: at, Took: o.Took, Counts: o.Counts}
	if diff := cmp.Diff(want, shown(t, s, at)); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
	if err := s.Finish(t.Context(), turn, o); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("finished twice: %v, want fault.Conflict", err)
	}
	if turn := taken(t, s, o.Next); !turn.Due.Equal(o.Next) {
		t.Errorf("the next turn is %+v", turn)
	}
}

func oneServer(t *testing.T, s ScheduleStore) {
	must(t, s.Plan(t.Context(), "tidy", hourly, noon))
	var mu sync.Mutex
	var turns []job.Turn
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			for range 5 {
				turn, ok, err := s.Take(t.Context(), "tidy", noon.Add(time.Hour), noon.Add(2*time.Hour))
				if err != nil {
					t.Error(err)
				}
				if ok {
					mu.Lock()
					turns = append(turns, turn)
					mu.Unlock()
				}
			}
		})
	}
	all.Wait()
	if len(turns) != 1 {
		t.Errorf("taken %d times", len(turns))
	}
}

func lost(t *testing.T, s ScheduleStore) {
	must(t, s.Plan(t.Context(), "tidy", hourly, noon))
	due := noon.Add(time.Hour)
	first := taken(t, s, due)
	must(t, s.Hold(t.Context(), first, due.Add(2*time.Minute)))
	if _, ok := take(t, s, due.Add(119*time.Second)); ok {
		t.Fatal("taken up though it was held")
	}
	second := taken(t, s, due.Add(2*time.Minute))
	for _, err := range []error{s.Hold(t.Context(), first, due.Add(time.Hour)), s.Finish(t.Context(), first, job.Outcome{At: due, Next: due.Add(time.Hour)})} {
		if fault.CodeOf(err) != fault.Conflict {
			t.Errorf("a lost lease: %v, want fault.Conflict", err)
		}
	}
	must(t, s.Finish(t.Context(), second, job.Outcome{At: due, Next: due.Add(time.Hour)}))
}

func failing(t *testing.T, s ScheduleStore) {
	must(t, s.Plan(t.Context(), "tidy", hourly, noon))
	due := noon.Add(time.Hour)
	must(t, s.Finish(t.Context(), taken(t, s, due), job.Outcome{At: due, Next: due.Add(time.Minute), Counts: job.Counts{"outbox": 3}}))
	for n := range 2 {
		due = due.Add(time.Minute)
		must(t, s.Finish(t.Context(), taken(t, s, due), job.Outcome{At: due, Next: due.Add(time.Minute), Error: "no\x00 answer"}))
		got := shown(t, s, due)
		if got.Failures != n+1 || got.Error != "no answer" || !got.Tried.Equal(due) || !got.Done.Equal(noon.Add(time.Hour)) || got.Counts["outbox"] != 3 || got.Running {
			t.Errorf("after %d failures: %+v", n+1, got)
		}
	}
	due = due.Add(time.Minute)
	turn := taken(t, s, due)
	if turn.Failures != 2 {
		t.Errorf("the next turn knows of %d failures, want 2", turn.Failures)
	}
	must(t, s.Finish(t.Context(), turn, job.Outcome{At: due, Next: due.Add(time.Minute)}))
	if got := shown(t, s, due); got.Failures != 0 || got.Error != "" || len(got.Counts) != 0 {
		t.Errorf("after it went well: %+v", got)
	}
}

func replanned(t *testing.T, s ScheduleStore) {
	must(t, s.Plan(t.Context(), "tidy", hourly, noon))
	must(t, s.Plan(t.Context(), "tidy", job.Every(time.Minute), noon))
	if got := shown(t, s, noon); !got.Due.Equal(noon.Add(time.Minute)) || got.Plan != "every 1m0s" {
		t.Errorf("due at %v, %s", got.Due, got.Plan)
	}
	must(t, s.Plan(t.Context(), "other", hourly, noon))
	l, err := s.Schedules(t.Context(), noon)
	must(t, err)
	if len(l) != 2 || l[0].Name != "other" || !l[1].Due.Equal(noon.Add(time.Minute)) {
		t.Errorf("the tasks are %+v", l)
	}
}

// A clock that was years ahead leaves due times and leases far in the future.
func ahead(t *testing.T, s ScheduleStore) {
	future := noon.AddDate(10, 0, 0)
	must(t, s.Plan(t.Context(), "tidy", hourly, noon))
	turn := taken(t, s, future) // the server that took it is killed, then the clock is right again
	must(t, s.Plan(t.Context(), "tidy", hourly, noon))
	second := taken(t, s, noon.Add(time.Hour))
	if err := s.Finish(t.Context(), turn, job.Outcome{At: future, Next: future}); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("the one from the future: %v, want fault.Conflict", err)
	}
	must(t, s.Finish(t.Context(), second, job.Outcome{At: future, Next: future.Add(time.Hour)}))
	must(t, s.Plan(t.Context(), "tidy", hourly, noon.Add(2*time.Hour)))
	if got := shown(t, s, noon); !got.Due.Equal(noon.Add(3 * time.Hour)) {
		t.Errorf("due at %v, want an hour from now", got.Due)
	}
	// Another server's clock may be a little ahead: no change.
	must(t, s.Plan(t.Context(), "tidy", hourly, noon.Add(2*time.Hour).Add(-job.Skew/2)))
	if got := shown(t, s, noon); !got.Due.Equal(noon.Add(3 * time.Hour)) {
		t.Errorf("a clock a little behind moved it to %v", got.Due)
	}
}

func runNow(t *testing.T, s ScheduleStore) {
	must(t, s.Plan(t.Context(), "tidy", hourly, noon))
	must(t, s.RunNow(t.Context(), audit.Person("ada"), "tidy", noon))
	taken(t, s, noon)
	if err := s.RunNow(t.Context(), audit.System, "nothing", noon); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("running nothing: %v, want fault.NotFound", err)
	}
	rows, err := s.Find(t.Context(), audit.Filter{Action: "schedule."})
	must(t, err)
	var said []string
	for _, r := range rows {
		said = append(said, string(r.By)+" "+r.Action+" "+r.Subject)
	}
	if got := strings.Join(said, "\n"); got != "person:ada schedule.run schedule:tidy" {
		t.Errorf("recorded %q", got)
	}
}
