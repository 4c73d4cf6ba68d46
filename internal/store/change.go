package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	chance "math/rand/v2"
	"net"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"bassin/internal/audit"
	"bassin/internal/job"
)

// tx is one change under way: whatever is written through it, its entries of the
// record and its events come about together or not at all.
type tx struct {
	*sql.Tx
	ctx     context.Context
	now     time.Time
	entries []audit.Entry
	events  []job.Event
}

// record adds to what the change leaves in the record.
func (t *tx) record(e ...audit.Entry) { t.entries = append(t.entries, e...) }

// tell adds to what the change leaves in the outbox.
func (t *tx) tell(e ...job.Event) { t.events = append(t.events, e...) }

// exec runs a statement and returns how many rows it changed.
func (t *tx) exec(what, statement string, args ...any) (int64, error) {
	r, err := t.ExecContext(t.ctx, statement, args...)
	if err != nil {
		return 0, failed(what, err)
	}
	n, err := r.RowsAffected()
	if err != nil {
		return 0, failed(what, err)
	}
	return n, nil
}

// For how long a change is tried again: when the database was gone before it was
// asked to commit, and when another change was in the way, which PostgreSQL takes a
// second to see where the two wait in a circle.
const (
	patience   = 3 * time.Second
	lockedWait = 10 * time.Second
)

// change is the one way to change what the database keeps: f runs in a
// transaction, more than once if the database was busy; what it recorded and told
// is written with it. An error of f undoes everything and is returned as it is.
func (db *DB) change(ctx context.Context, what string, f func(*tx) error) error {
	started := time.Now()
	for most := 10 * time.Millisecond; ; most = min(2*most, time.Second) {
		err, sure := db.attempt(ctx, what, f)
		pause := chance.N(most) //nolint:gosec // no secret: by chance, or those who met would meet again
		limit := patience
		if locked(err) {
			limit = lockedWait
		}
		if err == nil || !sure || !passing(err) || time.Since(started)+pause > limit {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

// attempt tries a change once. It is sure when the error left nothing behind: a
// connection lost while committing leaves it unknown whether the change was made.
func (db *DB) attempt(ctx context.Context, what string, f func(*tx) error) (err error, sure bool) {
	begun, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return failed(what, err), true
	}
	defer begun.Rollback() // after a commit it does nothing
	t := &tx{Tx: begun, ctx: ctx, now: stamp(db.now())}
	if err := f(t); err != nil {
		return err, true
	}
	if err := t.post(); err != nil {
		return err, true
	}
	shared := db.dialect == goose.DialectPostgres && len(t.entries) > 0
	head, err := t.chain(shared)
	if err != nil {
		return err, true
	}
	if db.dialect == goose.DialectPostgres && !shared {
		// What it found done may not be on the disk yet.
		if _, err := t.exec(what, waitForDisk); err != nil {
			return err, true
		}
	}
	if err := begun.Commit(); err != nil {
		return failed(what, err), locked(err)
	}
	if shared {
		return db.lasting(ctx, head), false
	}
	return nil, true
}

// post writes the events.
func (t *tx) post() error {
	for _, e := range t.events {
		due := stamp(e.Due)
		if e.Due.IsZero() {
			due = t.now
		}
		_, err := t.exec("leave an event", `INSERT INTO outbox (id, kind, body, person, state, attempts, created_at, due_at, lease, lease_until, error)
			VALUES ($1, $2, $3, $4, 'waiting', 0, $5, $6, '', $5, '')`,
			token(), e.Kind, string(e.Body), e.Person, t.now, due)
		if err != nil {
			return err
		}
	}
	return nil
}

// chain writes the entries. The head is locked last, after every other lock the
// change takes, so that two changes never wait for one another in a circle. Where
// the wait for the disk is shared, the commit does not wait itself; see [syncer].
func (t *tx) chain(shared bool) (audit.Head, error) {
	if len(t.entries) == 0 {
		return audit.Head{}, nil
	}
	rows := make([]audit.Row, len(t.entries))
	for i, e := range t.entries {
		var err error
		if rows[i], err = e.Row(t.now, t.key, rand.Reader); err != nil {
			return audit.Head{}, err
		}
	}
	lock := `UPDATE audit_head SET seq = seq + $1 WHERE id = 1 RETURNING seq, hash`
	if shared {
		lock += `, set_config('synchronous_commit', 'off', true)` // of this transaction only
	}
	var head audit.Head
	var off string
	into := []any{&head.Seq, &head.Hash, &off}
	if !shared {
		into = into[:2]
	}
	err := t.QueryRowContext(t.ctx, lock, len(rows)).Scan(into...)
	if err != nil {
		return audit.Head{}, failed("lock the head of the record", err)
	}
	head.Seq -= int64(len(rows))
	for _, r := range rows {
		r = r.After(head)
		if _, err := t.exec("write the record", `INSERT INTO audit_row (seq, at, actor, action, subject, was, became, hash)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			r.Seq, r.At, string(r.By), r.Action, r.Subject, r.Was, r.Became, r.Hash); err != nil {
			return audit.Head{}, err
		}
		head = r.Head()
	}
	_, err = t.exec("move the head of the record", `UPDATE audit_head SET hash = $1 WHERE id = 1`, head.Hash)
	return head, err
}

// token is 128 bits of chance in hexadecimal.
func token() string {
	b := make([]byte, 16)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// passing says whether the same change may well succeed in a moment.
func passing(err error) bool {
	if locked(err) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) {
		return true
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return len(e.Code) == 5 && (e.Code[:2] == "08" || e.Code[:3] == "57P")
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	_, ok := errors.AsType[net.Error](err)
	return ok && !errors.Is(err, context.DeadlineExceeded)
}

// locked says whether another change was in the way: this one left nothing behind.
func locked(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "40001" || e.Code == "40P01"
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()&0xff == sqlite3.SQLITE_BUSY
	}
	return false
}
