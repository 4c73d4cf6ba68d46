package cli

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"bassin/internal/audit"
)

// publicActions begin the names of the actions after which a public page may read
// otherwise: what the library says and who uses it, who holds which mandate, which organisations there are.
var publicActions = []string{"adoption.", "commons.", "mandate.", "organisation.", "person."}

// edition counts what changed in public, on this server or another, by following the
// record: pages that were kept before are not given any more.
type edition struct {
	record interface {
		Head(context.Context) (audit.Head, error)
		After(ctx context.Context, seq int64) ([]audit.Row, error)
	}
	mu  sync.Mutex
	seq int64 // of the last row seen
	n   atomic.Int64
}

// start begins at the end of the record: nothing is kept yet.
func (e *edition) start(ctx context.Context) error {
	head, err := e.record.Head(ctx)
	e.seq = head.Seq
	return err
}

// refresh looks at what has been recorded since.
func (e *edition) refresh(ctx context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for {
		rows, err := e.record.After(ctx, e.seq)
		if err != nil || len(rows) == 0 {
			return err
		}
		for _, r := range rows {
			e.seq = r.Seq
			for _, p := range publicActions {
				if strings.HasPrefix(r.Action, p) {
					e.n.Add(1)
				}
			}
		}
	}
}

// follow refreshes until ctx ends. A database that is away changes nothing that is kept.
func (e *edition) follow(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	away := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			err := e.refresh(ctx)
			if err != nil && !away && ctx.Err() == nil {
				log.Warn("what changed in public cannot be followed for now", "error", err)
			}
			away = err != nil
		}
	}
}
