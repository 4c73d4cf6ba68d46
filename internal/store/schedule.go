package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/job"
)

var _ job.Schedules = (*DB)(nil)

// Schedules implements [job.Schedules].
func (db *DB) Schedules(ctx context.Context, now time.Time) ([]job.Schedule, error) {
	return each(ctx, db.read, "list tasks", scanSchedule, `SELECT name, plan, due_at, tried_at, done_at, took, counts, failures, error,
		CASE WHEN lease <> '' AND lease_until > $1 THEN 1 ELSE 0 END FROM schedule ORDER BY name`, stamp(now))
}

func scanSchedule(row scanner) (s job.Schedule, err error) {
	var tried, done sql.NullTime
	var took, running int64
	var counts string
	if err := row.Scan(&s.Name, &s.Plan, &s.Due, &tried, &done, &took, &counts, &s.Failures, &s.Error, &running); err != nil {
		return s, err
	}
	s.Due, s.Tried, s.Done = s.Due.UTC(), utc(tried), utc(done)
	s.Took, s.Running = time.Duration(took)*time.Millisecond, running == 1
	err = json.Unmarshal([]byte(counts), &s.Counts)
	return s, err
}

// Plan implements [job.Schedules].
func (db *DB) Plan(ctx context.Context, name string, p job.Plan, now time.Time) error {
	due, latest := stamp(p.Next(now)), stamp(p.Latest(now))
	return db.change(ctx, "plan a task", func(t *tx) error {
		_, err := t.exec("plan a task", `INSERT INTO schedule (name, plan, due_at, tried_at, done_at, took, counts, failures, error, lease, lease_until)
			VALUES ($1, $2, $3, NULL, NULL, 0, '{}', 0, '', '', $4)
			ON CONFLICT (name) DO UPDATE SET plan = $2, due_at = $3 WHERE schedule.plan <> $2 OR schedule.due_at > $5`,
			name, p.String(), due, stamp(now), latest)
		return err
	})
}

// Take implements [job.Schedules]. Of two servers, the second waits for the
// first's update, then finds the task leased.
func (db *DB) Take(ctx context.Context, name string, now, until time.Time) (job.Turn, bool, error) {
	turn, taken := job.Turn{Name: name, Now: now, Lease: token()}, false
	err := db.change(ctx, "take a task", func(t *tx) error {
		err := t.QueryRowContext(t.ctx, `UPDATE schedule SET lease = $2, lease_until = $3
			WHERE name = $1 AND due_at <= $4 AND (lease_until <= $4 OR lease_until > $5) RETURNING due_at, failures`,
			name, turn.Lease, stamp(until), stamp(now), stamp(until.Add(job.Skew))).Scan(&turn.Due, &turn.Failures)
		taken, turn.Due = err == nil, turn.Due.UTC()
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return failed("take a task", err)
		}
		return nil
	})
	return turn, taken && err == nil, err
}

// Hold implements [job.Schedules].
func (db *DB) Hold(ctx context.Context, turn job.Turn, until time.Time) error {
	return db.atTask(ctx, turn, `lease_until = $3`, stamp(until))
}

// Finish implements [job.Schedules].
func (db *DB) Finish(ctx context.Context, turn job.Turn, o job.Outcome) error {
	at, took := stamp(o.At), o.Took.Milliseconds()
	if o.Error != "" {
		return db.atTask(ctx, turn, `lease = '', lease_until = $3, tried_at = $3, due_at = $4, took = $5, failures = failures + 1, error = $6`,
			at, stamp(o.Next), took, plain(o.Error))
	}
	if o.Counts == nil {
		o.Counts = job.Counts{}
	}
	counts, err := audit.Canonical(o.Counts)
	if err != nil {
		return err
	}
	return db.atTask(ctx, turn, `lease = '', lease_until = $3, tried_at = $3, done_at = $3, due_at = $4, took = $5, failures = 0, error = '', counts = $6`,
		at, stamp(o.Next), took, counts)
}

// atTask changes a task whose lease is still held.
func (db *DB) atTask(ctx context.Context, turn job.Turn, set string, args ...any) error {
	return db.change(ctx, "settle a task", func(t *tx) error {
		n, err := t.exec("settle a task", `UPDATE schedule SET `+set+` WHERE name = $1 AND lease = $2`, append([]any{turn.Name, turn.Lease}, args...)...)
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "store.lease_lost", turn.Name)
		}
		return err
	})
}

// RunNow implements [job.Schedules].
func (db *DB) RunNow(ctx context.Context, by audit.Actor, name string, now time.Time) error {
	return db.change(ctx, "run a task", func(t *tx) error {
		n, err := t.exec("run a task", `UPDATE schedule SET due_at = $2 WHERE name = $1`, name, stamp(now))
		if err == nil && n == 0 {
			err = fault.New(fault.NotFound, "store.task_not_found", name)
		}
		t.record(audit.Entry{By: by, Action: "schedule.run", Subject: "schedule:" + name})
		return err
	})
}
