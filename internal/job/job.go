package job

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// Event is something to be told outside once a change is made.
type Event struct {
	Kind   string // who delivers it, such as "mail"
	Body   json.RawMessage
	Person string    // whose data the body holds, "" for nobody's: erased with them
	Due    time.Time // zero for at once
}

// Delivery is an event on its way.
type Delivery struct {
	// ID stays the same however often the delivery is tried: by it the other side
	// knows a second one for what it is.
	ID      string
	Kind    string
	Body    json.RawMessage
	Attempt int // 1 for the first
	Lease   string
}

// State says where an event is.
type State string

const (
	Waiting State = "waiting" // to be delivered, or being delivered under a lease
	Done    State = "done"    // delivered; its body is gone
	Dead    State = "dead"    // given up: an administrator decides
)

// Status is an event as an administrator sees it.
type Status struct {
	ID        string
	Kind      string
	State     State
	Attempts  int
	CreatedAt time.Time
	Due       time.Time
	Error     string // of the last attempt
}

// Outbox keeps events until they are delivered. Several servers may share one.
type Outbox interface {
	// Leave keeps events that go with no other change.
	Leave(ctx context.Context, events ...Event) error
	// Claim leases up to n events of those kinds that are due at now, until a
	// moment when others may take them up. No two claims give the same event at once.
	Claim(ctx context.Context, kinds []string, n int, now, until time.Time) ([]Delivery, error)
	// Delivered says that d has arrived. An error of code fault.Conflict: the lease was lost.
	Delivered(ctx context.Context, d Delivery, at time.Time) error
	// Again gives d back, to be tried at due.
	Again(ctx context.Context, d Delivery, due time.Time, why string) error
	// GiveUp puts d among the dead.
	GiveUp(ctx context.Context, d Delivery, why string) error
	// Release gives d back untried.
	Release(ctx context.Context, d Delivery) error
	// Events lists events of a state, oldest first.
	Events(ctx context.Context, s State, limit int) ([]Status, error)
	// Prune forgets events delivered before then or, of another state, left before
	// then. It says how many.
	Prune(ctx context.Context, s State, before time.Time) (int, error)
	// Rewind makes due at now what a clock that was ahead has put off: events left in
	// the future, later attempts than any pause allows, leases longer than [Skew]. It
	// says how many.
	Rewind(ctx context.Context, now time.Time) (int, error)
}

// permanent marks an error that trying again cannot mend.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// Permanent says that trying again is no use: the address is wrong, the other side refuses.
func Permanent(err error) error { return permanent{err} }

// IsPermanent says whether err is one.
func IsPermanent(err error) bool {
	_, ok := errors.AsType[permanent](err)
	return ok
}

// MaxAttempts is after how many failures an event is given up: about a day at
// the pace of [Wait].
const MaxAttempts = 15

// MaxWait is the longest pause between two attempts.
const MaxWait = 6 * time.Hour

// Wait is how long to wait after that many failed attempts: 10 s, twice as long
// each time, at most [MaxWait], of which chance (from 0 to 1) takes up to half off
// so that those that failed together don't come back together.
func Wait(attempts int, chance float64) time.Duration {
	const first = 10 * time.Second
	d := MaxWait
	if attempts < 12 {
		d = min(MaxWait, first<<max(0, attempts-1))
	}
	return d - time.Duration(chance*float64(d)/2)
}
