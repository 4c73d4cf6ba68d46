package worker

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"bassin/internal/fault"
	"bassin/internal/job"
)

// Task is work that comes round: each time it is due, one of the servers does it.
type Task struct {
	Name string
	When func(ctx context.Context) (job.Plan, error) // asked again and again: settings change
	// Do does the work and says what it did. It goes on where it was when a server
	// died in between: what is done is done once, what is not is done the next time.
	Do func(ctx context.Context, t job.Turn) (job.Counts, error)
}

// Always is a plan that no setting changes.
func Always(p job.Plan) func(context.Context) (job.Plan, error) {
	return func(context.Context) (job.Plan, error) { return p, nil }
}

// lookEvery is how many pauses of the outbox lie between two looks at the tasks.
const lookEvery = 5

// mind looks after the tasks until ctx ends, then lets those in progress finish
// within works. Its pace is that of a timer: a clock that jumps makes no task wait,
// and makes one that is overdue run once.
func (w *Worker) mind(ctx, works context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	failures := 0
	for ctx.Err() == nil {
		turns, err := w.due(ctx)
		if err != nil && ctx.Err() == nil {
			if failures++; failures == 1 {
				w.Log.Warn("the tasks that come round cannot be seen to; they wait", "error", err)
			}
		} else if failures > 0 {
			w.Log.Info("the tasks that come round are seen to again")
			failures = 0
		}
		for _, t := range turns {
			running.Go(func() { w.turn(works, t.Task, t.Turn) })
		}
		wait(ctx, lookEvery*w.Pause*time.Duration(min(1+failures, 10)))
	}
}

type taken struct {
	Task
	job.Turn
}

// due plans every task and takes those that are due.
func (w *Worker) due(ctx context.Context) (turns []taken, first error) {
	known, err := w.Schedules.Schedules(ctx, w.Now())
	if err != nil {
		return nil, err
	}
	at := map[string]job.Schedule{}
	for _, s := range known {
		at[s.Name] = s
	}
	for _, task := range w.Tasks {
		turn, ok, err := w.take(ctx, task, at[task.Name])
		if err != nil && first == nil {
			first = fmt.Errorf("task %s: %w", task.Name, err)
		}
		if ok {
			turns = append(turns, taken{task, turn})
		}
	}
	return turns, first
}

func (w *Worker) take(ctx context.Context, task Task, s job.Schedule) (job.Turn, bool, error) {
	plan, err := task.When(ctx)
	if err != nil {
		return job.Turn{}, false, err
	}
	now := w.Now()
	if s.Plan != plan.String() || s.Due.After(plan.Latest(now)) {
		return job.Turn{}, false, w.Schedules.Plan(ctx, task.Name, plan, now)
	}
	if s.Due.After(now) || s.Running && s.Due.Add(job.Skew).After(now) {
		return job.Turn{}, false, nil
	}
	return w.Schedules.Take(ctx, task.Name, now, now.Add(w.Lease))
}

// turn runs a task under its lease and says how it ended.
func (w *Worker) turn(ctx context.Context, task Task, t job.Turn) {
	log := w.Log.With("task", task.Name)
	started := time.Now()
	counts, err := w.held(ctx, task, t)
	o := job.Outcome{At: w.Now(), Took: time.Since(started), Counts: counts}
	plan, e := task.When(context.WithoutCancel(ctx))
	if e != nil {
		plan = job.Every(time.Hour) // the next look plans it anew
	}
	o.Next = plan.Next(o.At)
	if err != nil {
		o.Error = err.Error()
		if again := o.At.Add(job.Wait(t.Failures+1, w.Chance())); again.Before(o.Next) {
			o.Next = again
		}
		log.Error("a task failed and will be tried again", "at", o.Next, "failures", t.Failures+1, "error", err)
	} else {
		log.Info("a task is done", "took", o.Took.Round(time.Millisecond), "counts", counts)
	}
	w.settle(ctx, log, func(ctx context.Context) error { return w.Schedules.Finish(ctx, t, o) })
}

// held does the work while its lease is made to last. A lease that was lost ends it:
// another server has taken it up.
func (w *Worker) held(ctx context.Context, task Task, t job.Turn) (counts job.Counts, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	var holding sync.WaitGroup
	holding.Go(func() {
		for wait(ctx, w.Lease/4) {
			if err := w.Schedules.Hold(ctx, t, w.Now().Add(w.Lease)); fault.CodeOf(err) == fault.Conflict {
				cancel(err)
			}
		}
	})
	defer holding.Wait()
	defer cancel(nil)
	defer func() {
		if r := recover(); r != nil {
			w.Log.Error("a task panicked", "task", task.Name, "panic", r, slog.String("stack", string(debug.Stack())))
			err = fmt.Errorf("worker: the task %s panicked: %v", task.Name, r)
		}
	}()
	return task.Do(ctx, t)
}
