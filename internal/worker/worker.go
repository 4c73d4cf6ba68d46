package worker

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"bassin/internal/fault"
	"bassin/internal/job"
)

// Deliver delivers one event. It must be safe to call twice for the same
// delivery: a server that dies in between cannot tell whether it arrived.
type Deliver func(ctx context.Context, d job.Delivery) error

// Worker delivers events until it is stopped. Several may share an outbox, in one
// process or on several servers whose clocks agree to within half a lease.
type Worker struct {
	Outbox job.Outbox
	Kinds  map[string]Deliver // events of other kinds wait for a server that knows them
	// Ready says whether events of a kind can be delivered for now; those of others
	// wait. Nil: all can.
	Ready  func(kind string) bool
	Now    func() time.Time
	Chance func() float64 // from 0 to 1
	Log    *slog.Logger

	// Tasks are seen to besides, as Schedules says; nil for none.
	Tasks     []Task
	Schedules job.Schedules

	Lease    time.Duration // how long others leave a claimed event or task alone; a delivery may take half of it
	Pause    time.Duration // between two looks at an empty outbox
	Parallel int           // deliveries at once
	Grace    time.Duration // what is left to deliveries and tasks in progress when the worker stops
}

// Run delivers and sees to the tasks until ctx ends, then lets what is in progress finish.
func (w *Worker) Run(ctx context.Context) {
	kinds := slices.Sorted(maps.Keys(w.Kinds))
	deliveries, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	go func() {
		select {
		case <-ctx.Done():
			wait(deliveries, w.Grace)
			stop()
		case <-deliveries.Done():
		}
	}()
	if len(w.Tasks) > 0 {
		var minding sync.WaitGroup
		minding.Go(func() { w.mind(ctx, deliveries) })
		defer minding.Wait()
	}
	failures := 0
	for ctx.Err() == nil {
		now := w.Now()
		batch, err := w.Outbox.Claim(ctx, w.ready(kinds), w.Parallel, now, now.Add(w.Lease))
		if err != nil && ctx.Err() == nil {
			failures++
			if failures == 1 {
				w.Log.Warn("the outbox does not answer; its events wait", "error", err)
			}
		} else if failures > 0 {
			w.Log.Info("the outbox answers again")
			failures = 0
		}
		w.deliverAll(deliveries, batch)
		if len(batch) < w.Parallel {
			wait(ctx, w.Pause*time.Duration(min(1+failures, 30)))
		}
	}
}

// ready are the kinds that can be delivered for now.
func (w *Worker) ready(kinds []string) []string {
	if w.Ready == nil {
		return kinds
	}
	return slices.DeleteFunc(slices.Clone(kinds), func(kind string) bool { return !w.Ready(kind) })
}

func (w *Worker) deliverAll(ctx context.Context, batch []job.Delivery) {
	var all sync.WaitGroup
	for _, d := range batch {
		all.Go(func() { w.deliver(ctx, d) })
	}
	all.Wait()
}

// deliver makes one attempt and settles it.
func (w *Worker) deliver(ctx context.Context, d job.Delivery) {
	limit, cancel := context.WithTimeout(ctx, w.Lease/2)
	defer cancel()
	err := w.try(limit, d)
	log := w.Log.With("event", d.ID, "kind", d.Kind, "attempt", d.Attempt)
	switch {
	case err == nil:
		w.settle(ctx, log, func(ctx context.Context) error { return w.Outbox.Delivered(ctx, d, w.Now()) })
	case job.IsPermanent(err) || d.Attempt >= job.MaxAttempts:
		log.Error("an event is given up", "error", err)
		w.settle(ctx, log, func(ctx context.Context) error { return w.Outbox.GiveUp(ctx, d, err.Error()) })
	default:
		pause := job.Wait(d.Attempt, w.Chance())
		log.Warn("an event will be tried again", "in", pause.Round(time.Second), "error", err)
		w.settle(ctx, log, func(ctx context.Context) error { return w.Outbox.Again(ctx, d, w.Now().Add(pause), err.Error()) })
	}
}

// try keeps a delivery that panics from taking the server with it.
func (w *Worker) try(ctx context.Context, d job.Delivery) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("worker: delivering a %s panicked: %v", d.Kind, r)
		}
	}()
	return w.Kinds[d.Kind](ctx, d)
}

// settle says how a delivery ended, again and again while the database is away
// and the lease lasts: an event delivered and not settled would be delivered twice.
func (w *Worker) settle(ctx context.Context, log *slog.Logger, say func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.Lease/2)
	defer cancel()
	for {
		err := say(ctx)
		if err == nil {
			return
		}
		if fault.CodeOf(err) != fault.Unavailable || !wait(ctx, min(w.Pause, time.Second)) {
			log.Error("how an event ended cannot be kept", "error", err)
			return
		}
	}
}

// wait waits that long and says whether ctx is still on.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
