package store

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/pressly/goose/v3"

	"bassin/internal/audit"
	"bassin/internal/fault"
)

// syncer makes changes last on PostgreSQL, many at once. A change that is recorded
// gives the head of the record free without waiting for the disk; it is acknowledged
// once a later commit, shared by all who wait, has waited for it. PostgreSQL writes
// its journal in order, so that commit takes with it whatever was committed before.
type syncer struct {
	mu      sync.Mutex
	waiting []waiter
	running bool
}

type waiter struct {
	row  audit.Head // what the change left in the record
	done chan error // of room for one
}

// syncTime is how long one shared commit may take.
const syncTime = 30 * time.Second

// lasting returns once the disk has the change that left row in the record. After
// an error its outcome is unknown.
func (db *DB) lasting(ctx context.Context, row audit.Head) error {
	w := waiter{row, make(chan error, 1)}
	s := &db.syncer
	s.mu.Lock()
	s.waiting = append(s.waiting, w)
	if !s.running {
		s.running = true
		go db.syncAll()
	}
	s.mu.Unlock()
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		return failed("wait for the disk", ctx.Err())
	}
}

// notable returns once the disk has the row at the head of the record: a head noted
// outside must not be one that a crash takes back.
func (db *DB) notable(ctx context.Context, head audit.Head) error {
	if db.dialect != goose.DialectPostgres || head.Seq == 0 {
		return nil
	}
	err := db.lasting(ctx, head)
	if !errors.Is(err, errLost) {
		return err
	}
	// After a crash the head itself would be another: one that still stands without its
	// row was tampered with, which is for the proof to say.
	var now audit.Head
	if again := db.read.QueryRowContext(ctx, `SELECT seq, hash FROM audit_head WHERE id = 1`).Scan(&now.Seq, &now.Hash); again == nil && now == head {
		return nil
	}
	return err
}

// syncAll serves those who wait, until nobody does: whoever comes during one
// commit shares the next.
func (db *DB) syncAll() {
	s := &db.syncer
	for {
		s.mu.Lock()
		all := s.waiting
		s.waiting = nil
		s.running = len(all) > 0
		s.mu.Unlock()
		if len(all) == 0 {
			return
		}
		there, err := db.syncOnce(all)
		for _, w := range all {
			switch {
			case err != nil:
				w.done <- err
			case there[w.row.Seq] != w.row.Hash:
				w.done <- errLost
			default:
				w.done <- nil
			}
		}
	}
}

// errLost is a change that PostgreSQL had taken, and lost in a crash before the disk had it.
var errLost = fault.New(fault.Unavailable, "store.unavailable").Because(errors.New("store: wait for the disk: the change was lost in a crash"))

// syncOnce reads the rows of those who wait, and commits in a way that waits for
// the disk. PostgreSQL may have crashed and recovered since they committed: only a
// row that this very transaction sees was committed before it in the same journal.
func (db *DB) syncOnce(all []waiter) (there map[int64]string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), syncTime)
	defer cancel()
	t, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return nil, failed("wait for the disk", err)
	}
	defer t.Rollback() // after a commit it does nothing
	numbers := make([]int64, len(all))
	for i, w := range all {
		numbers[i] = w.row.Seq
	}
	rows, err := t.QueryContext(ctx, `SELECT seq, hash FROM audit_row WHERE seq = ANY($1)`, numbers)
	if err != nil {
		return nil, failed("wait for the disk", err)
	}
	defer rows.Close()
	there = make(map[int64]string, len(all))
	for rows.Next() {
		var h audit.Head
		if err := rows.Scan(&h.Seq, &h.Hash); err != nil {
			return nil, failed("wait for the disk", err)
		}
		there[h.Seq] = h.Hash
	}
	if err := rows.Err(); err != nil {
		return nil, failed("wait for the disk", err)
	}
	if _, err := t.ExecContext(ctx, waitForDisk); err != nil {
		return nil, failed("wait for the disk", err)
	}
	if err := t.Commit(); err != nil {
		return nil, failed("wait for the disk", err)
	}
	return there, nil
}

// waitForDisk makes the commit of a transaction that wrote nothing wait for the
// disk all the same: it leaves an empty message in the journal, and no table.
const waitForDisk = `SELECT pg_logical_emit_message(true, 'bassin', '')`
