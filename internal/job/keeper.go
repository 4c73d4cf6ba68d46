package job

import (
	"context"
	"time"

	"bassin/internal/audit"
)

// Keeper is the outbox for who looks after it. What it changes is recorded.
type Keeper interface {
	// Tally counts events by state.
	Tally(ctx context.Context) (map[State]int, error)
	// Retry puts dead events back in line, all of them if no id is given, and says how
	// many. An id that is not that of a dead event is fault.NotFound.
	Retry(ctx context.Context, by audit.Actor, due time.Time, ids ...string) (int, error)
	// Drop gives a dead event up for good: fault.NotFound if there is none of that id.
	Drop(ctx context.Context, by audit.Actor, id string) error
}
