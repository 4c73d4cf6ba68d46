package job

import (
	"context"
	"fmt"
	"time"

	"bassin/internal/audit"
	"bassin/internal/i18n"
)

// Plan says when work that comes round is due.
type Plan struct {
	every        time.Duration // 0 for once a day
	hour, minute int
}

// Every is a plan of once in that long.
func Every(d time.Duration) Plan { return Plan{every: max(d, time.Second)} }

// DailyAt is a plan of once a day, by the clocks of Paris. Where clocks skip that
// minute in spring, it comes an hour later or earlier.
func DailyAt(hour, minute int) Plan { return Plan{hour: hour, minute: minute} }

// Next is when the work is due after that moment.
func (p Plan) Next(after time.Time) time.Time {
	if p.every > 0 {
		return after.Add(p.every)
	}
	at := after.In(i18n.Paris())
	for day := at.Day(); ; day++ {
		if due := time.Date(at.Year(), at.Month(), day, p.hour, p.minute, 0, 0, i18n.Paris()); due.After(after) {
			return due
		}
	}
}

// Latest is the latest moment that work may be due at. Beyond it, clocks were
// ahead when it was planned; up to a few minutes, another server's is.
func (p Plan) Latest(now time.Time) time.Time { return p.Next(now.Add(Skew)) }

// Skew is by how much the clocks of servers may differ.
const Skew = 10 * time.Minute

// String is the plan in words. Two plans that differ have different words.
func (p Plan) String() string {
	if p.every > 0 {
		return "every " + p.every.String()
	}
	return fmt.Sprintf("daily at %02d:%02d", p.hour, p.minute)
}

// Counts is what a task did, by name: {"outbox": 12}.
type Counts map[string]int

// Schedule is a task that comes round, as an administrator sees it.
type Schedule struct {
	Name     string
	Plan     string // in words
	Due      time.Time
	Tried    time.Time // when it last ended, zero if it never did
	Done     time.Time // when it last ended well
	Took     time.Duration
	Counts   Counts // of when it last ended well
	Failures int    // since it last ended well
	Error    string // of the last time, "" if it ended well
	Running  bool
}

// Turn is one run of a task.
type Turn struct {
	Name     string
	Now      time.Time
	Due      time.Time // long ago, where nobody saw to it for long or a clock jumped
	Failures int
	Lease    string
}

// Outcome is how a turn ended.
type Outcome struct {
	At     time.Time
	Took   time.Duration
	Next   time.Time // when it is due again
	Counts Counts
	Error  string // "" if it ended well
}

// Schedules keeps when tasks are due. Several servers may share one.
type Schedules interface {
	// Schedules are all tasks, by name. Now tells who is running.
	Schedules(ctx context.Context, now time.Time) ([]Schedule, error)
	// Plan makes a task known, due at due. One that is known becomes due then if its
	// plan has changed, or if it is due later than latest, which a clock ahead has left.
	Plan(ctx context.Context, name string, p Plan, now time.Time) error
	// Take leases a task that is due, until a moment when others may take it up. No
	// two servers have it at once. A lease that ends later than any could was left by a
	// clock ahead, and holds nobody up.
	Take(ctx context.Context, name string, now, until time.Time) (Turn, bool, error)
	// Hold makes a lease last longer. An error of code fault.Conflict: it was lost.
	Hold(ctx context.Context, t Turn, until time.Time) error
	// Finish ends a turn. An error of code fault.Conflict: the lease was lost.
	Finish(ctx context.Context, t Turn, o Outcome) error
	// RunNow makes a task due; fault.NotFound if it is not known.
	RunNow(ctx context.Context, by audit.Actor, name string, now time.Time) error
}
