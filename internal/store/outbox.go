package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bassin/internal/fault"
	"bassin/internal/job"
)

var _ job.Outbox = (*DB)(nil)

// Leave implements [job.Outbox].
func (db *DB) Leave(ctx context.Context, events ...job.Event) error {
	return db.change(ctx, "leave events", func(t *tx) error {
		t.tell(events...)
		return nil
	})
}

// Claim implements [job.Outbox]. Two servers that choose the same rows do not get
// them both: the second waits for the first's update, then finds them leased.
func (db *DB) Claim(ctx context.Context, kinds []string, n int, now, until time.Time) ([]job.Delivery, error) {
	if len(kinds) == 0 || n <= 0 {
		return nil, nil
	}
	lease := token()
	args := []any{stamp(now)}
	marks := make([]string, len(kinds))
	for i, k := range kinds {
		args = append(args, k)
		marks[i] = fmt.Sprintf("$%d", len(args))
	}
	due := `state = 'waiting' AND due_at <= $1 AND lease_until <= $1 AND kind IN (` + strings.Join(marks, ", ") + `)`
	// Looking first costs no lock when nothing waits, which is nearly always.
	var waiting int
	if err := db.read.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM outbox WHERE `+due+` LIMIT 1) AS any_due`, args...).Scan(&waiting); err != nil {
		return nil, failed("look into the outbox", err)
	}
	if waiting == 0 {
		return nil, nil
	}
	args = append(args, lease, stamp(until), n)
	k := len(args)
	var out []job.Delivery
	err := db.change(ctx, "claim events", func(t *tx) (err error) {
		out, err = each(t.ctx, t, "claim events", func(row scanner) (job.Delivery, error) {
			d := job.Delivery{Lease: lease}
			var body string
			err := row.Scan(&d.ID, &d.Kind, &body, &d.Attempt)
			d.Body = []byte(body)
			return d, err
		}, fmt.Sprintf(`UPDATE outbox SET lease = $%d, lease_until = $%d, attempts = attempts + 1
			WHERE `+due+` AND id IN (SELECT id FROM outbox WHERE `+due+` ORDER BY due_at, id LIMIT $%d)
			RETURNING id, kind, body, attempts`, k-2, k-1, k), args...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// settle ends a lease, if it is still held.
func (db *DB) settle(ctx context.Context, d job.Delivery, set string, args ...any) error {
	return db.change(ctx, "settle an event", func(t *tx) error {
		n, err := t.exec("settle an event", `UPDATE outbox SET lease = '', `+set+` WHERE id = $1 AND lease = $2 AND state = 'waiting'`,
			append([]any{d.ID, d.Lease}, args...)...)
		if err == nil && n == 0 {
			err = fault.New(fault.Conflict, "store.lease_lost", d.ID)
		}
		return err
	})
}

// Delivered implements [job.Outbox]. What was said is kept no longer.
func (db *DB) Delivered(ctx context.Context, d job.Delivery, at time.Time) error {
	return db.settle(ctx, d, `state = 'done', body = '', error = '', lease_until = $3`, stamp(at))
}

// Again implements [job.Outbox].
func (db *DB) Again(ctx context.Context, d job.Delivery, due time.Time, why string) error {
	return db.settle(ctx, d, `due_at = $3, lease_until = created_at, error = $4`, stamp(due), plain(why))
}

// GiveUp implements [job.Outbox].
func (db *DB) GiveUp(ctx context.Context, d job.Delivery, why string) error {
	return db.settle(ctx, d, `state = 'dead', lease_until = created_at, error = $3`, plain(why))
}

// Release implements [job.Outbox].
func (db *DB) Release(ctx context.Context, d job.Delivery) error {
	return db.settle(ctx, d, `lease_until = created_at, attempts = attempts - 1`)
}

// plain is what a text column can hold of a foreign message, at most 500 bytes.
func plain(s string) string {
	if len(s) > 500 {
		s = s[:500]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
}

// Events implements [job.Outbox].
func (db *DB) Events(ctx context.Context, s job.State, limit int) ([]job.Status, error) {
	return each(ctx, db.read, "list events", func(row scanner) (e job.Status, err error) {
		err = row.Scan(&e.ID, &e.Kind, &e.State, &e.Attempts, &e.CreatedAt, &e.Due, &e.Error)
		e.CreatedAt, e.Due = e.CreatedAt.UTC(), e.Due.UTC()
		return e, err
	}, `SELECT id, kind, state, attempts, created_at, due_at, error FROM outbox
		WHERE state = $1 ORDER BY created_at, id LIMIT $2`, string(s), limit)
}

// Prune implements [job.Outbox].
func (db *DB) Prune(ctx context.Context, s job.State, before time.Time) (int, error) {
	moment := "created_at"
	if s == job.Done {
		moment = "lease_until" // when it was delivered
	}
	var n int64
	err := db.change(ctx, "forget old events", func(t *tx) (err error) {
		n, err = t.exec("forget old events", `DELETE FROM outbox WHERE state = $1 AND `+moment+` < $2`, string(s), stamp(before))
		return err
	})
	return int(n), err
}

// Rewind implements [job.Outbox].
func (db *DB) Rewind(ctx context.Context, now time.Time) (int, error) {
	var n int64
	err := db.change(ctx, "rewind the outbox", func(t *tx) (err error) {
		n, err = t.exec("rewind the outbox", `UPDATE outbox SET due_at = $1, created_at = CASE WHEN created_at > $2 THEN $1 ELSE created_at END,
				lease = '', lease_until = $1
			WHERE state = 'waiting' AND (created_at > $2 OR lease_until > $2 OR attempts > 0 AND due_at > $3)`,
			stamp(now), stamp(now.Add(job.Skew)), stamp(now.Add(job.MaxWait+job.Skew)))
		return err
	})
	return int(n), err
}
