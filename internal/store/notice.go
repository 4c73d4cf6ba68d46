package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/notice"
)

var _ notice.Store = (*DB)(nil)

// there locks a person against being erased until the change ends, and says
// whether they were before.
func (t *tx) there(person string) (bool, error) {
	if _, err := t.key(person); err != nil { // makes the row to lock
		return false, err
	}
	n, err := t.exec("lock a person", `UPDATE person_key SET person = person WHERE person = $1 AND erased_at IS NULL`, person)
	return n == 1, err
}

// Arrive implements [notice.Store].
func (db *DB) Arrive(ctx context.Context, a notice.Arrival) (fresh bool, err error) {
	n := a.Notice
	title, err := json.Marshal(n.Title)
	if err != nil {
		return false, err
	}
	body, err := json.Marshal(n.Text)
	if err != nil {
		return false, err
	}
	err = db.change(ctx, "keep a notice", func(t *tx) error {
		fresh = false
		if there, err := t.there(n.Person); err != nil || !there {
			return err
		}
		choices, err := readChoices(t.ctx, t, n.Person)
		if err != nil {
			return err
		}
		kept, mailed, waits := choices.Of(n.Subject).Means()
		if !kept {
			return nil
		}
		added, err := t.exec("keep a notice", `INSERT INTO notice (id, person, subject, title, body, link, at, came_at, read_at, waits)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, $9) ON CONFLICT (id) DO NOTHING`,
			a.ID, n.Person, string(n.Subject), string(title), string(body), n.Link, stamp(n.At), stamp(a.At), one(waits))
		if err != nil || added == 0 {
			return err
		}
		fresh = true
		if mailed && a.Mail != nil {
			t.tell(*a.Mail)
		}
		return nil
	})
	return fresh && err == nil, err
}

func one(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// Arrived implements [notice.Store].
func (db *DB) Arrived(ctx context.Context, id string) (time.Time, error) {
	var at time.Time
	err := db.read.QueryRowContext(ctx, `SELECT came_at FROM notice WHERE id = $1`, id).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, failed("read a notice", err)
	}
	return at.UTC(), nil
}

const noticeColumns = `id, person, subject, title, body, link, at, came_at, read_at`

func scanNotice(row scanner) (k notice.Kept, err error) {
	var title, body string
	var read sql.NullTime
	if err := row.Scan(&k.ID, &k.Person, &k.Subject, &title, &body, &k.Link, &k.At, &k.Arrived, &read); err != nil {
		return k, err
	}
	k.At, k.Arrived, k.Read = k.At.UTC(), k.Arrived.UTC(), utc(read)
	err = errors.Join(json.Unmarshal([]byte(title), &k.Title), json.Unmarshal([]byte(body), &k.Text))
	return k, err
}

// Notices implements [notice.Store].
func (db *DB) Notices(ctx context.Context, person string, offset, limit int) (notice.List, error) {
	var l notice.List
	err := db.read.QueryRowContext(ctx, `SELECT count(*), count(*) - count(read_at) FROM notice WHERE person = $1`, person).Scan(&l.All, &l.Unread)
	if err != nil {
		return l, failed("count notices", err)
	}
	l.Notices, err = each(ctx, db.read, "read notices", scanNotice, `SELECT `+noticeColumns+` FROM notice WHERE person = $1
		ORDER BY CASE WHEN read_at IS NULL THEN 0 ELSE 1 END, came_at DESC, id LIMIT $2 OFFSET $3`, person, limit, offset)
	return l, err
}

// Unread implements [notice.Store].
func (db *DB) Unread(ctx context.Context, person string) (int, error) {
	var n int
	if err := db.read.QueryRowContext(ctx, `SELECT count(*) - count(read_at) FROM notice WHERE person = $1`, person).Scan(&n); err != nil {
		return 0, failed("count notices", err)
	}
	return n, nil
}

// Read implements [notice.Store].
func (db *DB) Read(ctx context.Context, person, id string, at time.Time) (notice.Kept, error) {
	var found []notice.Kept
	err := db.change(ctx, "read a notice", func(t *tx) (err error) {
		found, err = each(t.ctx, t, "read a notice", scanNotice, `UPDATE notice SET read_at = COALESCE(read_at, $3) WHERE id = $1 AND person = $2 RETURNING `+noticeColumns,
			id, person, stamp(at))
		if err == nil && len(found) == 0 {
			err = fault.New(fault.NotFound, "notice.unknown")
		}
		return err
	})
	if err != nil {
		return notice.Kept{}, err
	}
	return found[0], nil
}

// ReadAll implements [notice.Store].
func (db *DB) ReadAll(ctx context.Context, person string, until, at time.Time) error {
	return db.change(ctx, "read notices", func(t *tx) error {
		_, err := t.exec("read notices", `UPDATE notice SET read_at = $2 WHERE person = $1 AND read_at IS NULL AND came_at <= $3`, person, stamp(at), stamp(until))
		return err
	})
}

func readChoices(ctx context.Context, q asker, person string) (notice.Choices, error) {
	rows, err := q.QueryContext(ctx, `SELECT subject, choice FROM notice_choice WHERE person = $1`, person)
	if err != nil {
		return nil, failed("read choices", err)
	}
	defer rows.Close()
	out := notice.Choices{}
	for rows.Next() {
		var s notice.Subject
		var c notice.Choice
		if err := rows.Scan(&s, &c); err != nil {
			return nil, failed("read choices", err)
		}
		out[s] = c
	}
	if err := rows.Err(); err != nil {
		return nil, failed("read choices", err)
	}
	return out, nil
}

// Choices implements [notice.Store].
func (db *DB) Choices(ctx context.Context, person string) (notice.Choices, error) {
	return readChoices(ctx, db.read, person)
}

// Choose implements [notice.Store].
func (db *DB) Choose(ctx context.Context, by audit.Actor, person string, c notice.Choices) error {
	if err := c.Check(); err != nil {
		return err
	}
	return db.change(ctx, "choose notices", func(t *tx) error {
		return t.choose(by, person, func(notice.Choices) notice.Choices { return c })
	})
}

// choose makes the choices that change makes of the present ones.
func (t *tx) choose(by audit.Actor, person string, change func(notice.Choices) notice.Choices) error {
	// Two who choose for one person take turns from here on.
	there, err := t.there(person)
	if err == nil && !there {
		err = fault.New(fault.Gone, "notice.person_gone")
	}
	if err != nil {
		return err
	}
	old, err := readChoices(t.ctx, t, person)
	if err != nil {
		return err
	}
	was, became := audit.Values{}, audit.Values{}
	for s, choice := range change(old) {
		if before := old.Of(s); before == choice {
			continue
		} else {
			was[string(s)] = audit.Personal{Of: person, Value: string(before)}
		}
		became[string(s)] = audit.Personal{Of: person, Value: string(choice)}
		if _, err := t.exec("choose notices", `INSERT INTO notice_choice (person, subject, choice) VALUES ($1, $2, $3)
			ON CONFLICT (person, subject) DO UPDATE SET choice = $3`, person, string(s), string(choice)); err != nil {
			return err
		}
		if choice == notice.Daily {
			continue
		}
		if _, err := t.exec("choose notices", `UPDATE notice SET waits = 0 WHERE person = $1 AND subject = $2 AND waits = 1`, person, string(s)); err != nil {
			return err
		}
	}
	if len(became) > 0 {
		t.record(audit.Entry{By: by, Action: "notice.choose", Subject: string(audit.Person(person)), Was: was, Became: became})
	}
	return nil
}

// StopToken implements [notice.Store].
func (db *DB) StopToken(ctx context.Context, person string, s notice.Subject) (string, error) {
	key, known, err := readKey(ctx, db.read, person)
	if err == nil && !known {
		err = db.change(ctx, "make a key", func(t *tx) error {
			key, err = t.key(person)
			return err
		})
	}
	if err == nil && key == nil {
		err = fault.New(fault.NotFound, "notice.person_gone")
	}
	if err != nil {
		return "", err
	}
	return notice.StopToken(key, person, s), nil
}

// Stopping implements [notice.Store].
func (db *DB) Stopping(ctx context.Context, token string) (notice.Subject, bool, error) {
	person, s, err := notice.ReadStopToken(token, func(person string) ([]byte, error) { return db.Key(ctx, person) })
	if err != nil {
		return "", false, err
	}
	c, err := db.Choices(ctx, person)
	return s, len(c.Without(s)) > 0, err
}

// Stop implements [notice.Store]. Whoever holds the link does it, signed in or not.
func (db *DB) Stop(ctx context.Context, token string) (notice.Subject, error) {
	person, s, err := notice.ReadStopToken(token, func(person string) ([]byte, error) { return db.Key(ctx, person) })
	if err != nil {
		return "", err
	}
	return s, db.change(ctx, "stop notices", func(t *tx) error {
		return t.choose(audit.Visitor, person, func(old notice.Choices) notice.Choices { return old.Without(s) })
	})
}

// Waiting implements [notice.Store].
func (db *DB) Waiting(ctx context.Context, after string, limit int) ([]string, error) {
	return each(ctx, db.read, "look for who waits", scanText, `SELECT DISTINCT person FROM notice WHERE waits = 1 AND person > $1 ORDER BY person LIMIT $2`, after, limit)
}

// LeaveDigest implements [notice.Store]. Of two servers that begin together, the
// second finds nothing that waits.
func (db *DB) LeaveDigest(ctx context.Context, person string, write func([]notice.Kept) (*job.Event, error)) (left bool, err error) {
	err = db.change(ctx, "leave a digest", func(t *tx) error {
		left = false
		if there, err := t.there(person); err != nil || !there {
			return err
		}
		all, err := each(t.ctx, t, "leave a digest", scanNotice, `UPDATE notice SET waits = 0 WHERE person = $1 AND waits = 1 RETURNING `+noticeColumns, person)
		if err != nil {
			return err
		}
		var unread []notice.Kept
		for _, k := range all {
			if k.Read.IsZero() {
				unread = append(unread, k)
			}
		}
		notice.Newest(unread)
		e, err := write(unread)
		if err != nil {
			return fmt.Errorf("write a digest: %w", err)
		}
		if e != nil {
			t.tell(*e)
			left = true
		}
		return nil
	})
	return left && err == nil, err
}

// ForgetRead implements [notice.Store].
func (db *DB) ForgetRead(ctx context.Context, before time.Time) (int, error) {
	var n int64
	err := db.change(ctx, "forget notices", func(t *tx) (err error) {
		n, err = t.exec("forget notices", `DELETE FROM notice WHERE read_at < $1`, stamp(before))
		return err
	})
	return int(n), err
}
