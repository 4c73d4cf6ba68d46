package store

import (
	"context"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/job"
)

var _ job.Keeper = (*DB)(nil)

// Tally implements [job.Keeper].
func (db *DB) Tally(ctx context.Context) (map[job.State]int, error) {
	type count struct {
		state job.State
		n     int
	}
	counts, err := each(ctx, db.read, "count events", func(s scanner) (c count, err error) {
		err = s.Scan(&c.state, &c.n)
		return c, err
	}, `SELECT state, count(*) FROM outbox GROUP BY state`)
	out := map[job.State]int{}
	for _, c := range counts {
		out[c.state] = c.n
	}
	return out, err
}

// Retry implements [job.Keeper].
func (db *DB) Retry(ctx context.Context, by audit.Actor, due time.Time, ids ...string) (int, error) {
	total := 0
	err := db.change(ctx, "retry events", func(t *tx) error {
		total = 0
		const again = `UPDATE outbox SET state = 'waiting', attempts = 0, due_at = $1 WHERE state = 'dead'`
		if len(ids) == 0 {
			n, err := t.exec("retry events", again, stamp(due))
			if err != nil || n == 0 {
				return err
			}
			total = int(n)
			t.record(audit.Entry{By: by, Action: "outbox.retry", Subject: "outbox", Became: audit.Values{"events": n}})
			return nil
		}
		for _, id := range ids {
			n, err := t.exec("retry an event", again+` AND id = $2`, stamp(due), id)
			if err != nil {
				return err
			}
			if n == 0 {
				return fault.New(fault.NotFound, "store.event_not_found", id)
			}
			total++
			t.record(audit.Entry{By: by, Action: "outbox.retry", Subject: "event:" + id})
		}
		return nil
	})
	return total, err
}

// Drop implements [job.Keeper].
func (db *DB) Drop(ctx context.Context, by audit.Actor, id string) error {
	return db.change(ctx, "drop an event", func(t *tx) error {
		var kind string
		var attempts int
		err := t.QueryRowContext(ctx, `DELETE FROM outbox WHERE id = $1 AND state = 'dead' RETURNING kind, attempts`, id).Scan(&kind, &attempts)
		if _, err := found("drop an event", id, id, err); err != nil {
			if fault.CodeOf(err) == fault.NotFound {
				err = fault.New(fault.NotFound, "store.event_not_found", id)
			}
			return err
		}
		t.record(audit.Entry{By: by, Action: "outbox.drop", Subject: "event:" + id, Was: audit.Values{"kind": kind, "attempts": attempts}})
		return nil
	})
}
