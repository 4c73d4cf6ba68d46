package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"bassin/internal/fault"
	"bassin/internal/people"
)

// Seated implements [people.Store].
func (db *DB) Seated(ctx context.Context, hash string, now time.Time, on people.Date) (people.Actor, error) {
	var a people.Actor
	var seen sql.NullTime
	p, s := &a.Person, &a.Session
	err := db.read.QueryRowContext(ctx, `SELECT s.id, s.person, s.token_hash, s.method, s.strong, s.device, s.created_at, s.seen_at, s.expires_at,
			p.id, p.name, p.email, p.lang, p.state, p.created_at, p.seen_at, p.version
		FROM session s JOIN person p ON p.id = s.person WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.created_at <= $3 AND p.state IN ('active', 'unverified')`, hash, stamp(now), stamp(now.Add(people.Ahead))).Scan(
		&s.ID, &s.Person, &s.TokenHash, &s.Method, &s.Strong, &s.Device, &s.CreatedAt, &s.SeenAt, &s.ExpiresAt,
		&p.ID, &p.Name, &p.Email, &p.Lang, &p.State, &p.CreatedAt, &seen, &p.Version)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return people.Actor{}, fault.New(fault.NotFound, "store.not_found", "")
	case err != nil:
		return people.Actor{}, failed("read a session", err)
	}
	s.CreatedAt, s.SeenAt, s.ExpiresAt, p.CreatedAt, p.SeenAt = s.CreatedAt.UTC(), s.SeenAt.UTC(), s.ExpiresAt.UTC(), p.CreatedAt.UTC(), utc(seen)
	a.Mandates, err = each(ctx, db.read, "read mandates", scanMandate, `SELECT `+mandateColumns+` FROM mandate
		WHERE person = $1 AND starts <= $2 AND (ends = '' OR ends >= $2) ORDER BY starts, id`, p.ID, string(on))
	if err != nil {
		return people.Actor{}, err
	}
	return a, nil
}

// Touch implements [people.Store].
func (db *DB) Touch(ctx context.Context, session string, at time.Time) error {
	return db.change(ctx, "touch a session", func(t *tx) error {
		_, err := t.exec("touch a session", `UPDATE session SET seen_at = $2 WHERE id = $1`, session, stamp(at))
		return err
	})
}

// conditions gathers what a list asks for.
type conditions struct {
	where []string
	args  []any
}

// and adds a condition; each %d stands for the number of one more value. What is no
// text, which PostgreSQL refuses to compare, is nowhere.
func (c *conditions) and(condition string, values ...any) {
	for _, v := range values {
		if s, ok := v.(string); ok && !textual(s) {
			c.where = append(c.where, "1 = 0")
			return
		}
	}
	numbers := make([]any, len(values))
	for i, v := range values {
		c.args = append(c.args, v)
		numbers[i] = len(c.args)
	}
	c.where = append(c.where, fmt.Sprintf(condition, numbers...))
}

func (c *conditions) String() string {
	if len(c.where) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.where, " AND ")
}

// among says that a column holds one of some values, of which there may be none.
func (c *conditions) among(column string, values []string) string {
	if len(values) == 0 {
		return "1 = 0"
	}
	marks := make([]string, len(values))
	for i, v := range values {
		c.args = append(c.args, v)
		marks[i] = fmt.Sprintf("$%d", len(c.args))
	}
	return column + " IN (" + strings.Join(marks, ", ") + ")"
}

// words are scopes as they are kept.
func words(scopes []people.Scope) []string {
	out := make([]string, len(scopes))
	for i, s := range scopes {
		out[i] = s.String()
	}
	return out
}

// seen keeps a list of people to whom somebody sees.
func (c *conditions) seen(s people.Seen) {
	held := c.among("held.scope", words(s.Scopes))
	c.where = append(c.where, `(EXISTS (SELECT 1 FROM mandate held WHERE held.person = person.id AND `+held+`) OR `+c.among("id", s.People)+`)`)
}

// containing is a pattern of LIKE for texts that hold s, to be used with ESCAPE '!'.
func containing(s string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s) + "%"
}

// People implements [people.Store].
func (db *DB) People(ctx context.Context, q people.PeopleQuery) ([]people.Person, error) {
	var c conditions
	if q.State != "" {
		c.and(`state = $%d`, string(q.State))
	} else {
		c.and(`state <> 'erased'`)
	}
	if q.Text != "" && textual(q.Text) {
		c.and(`(name_key LIKE $%d ESCAPE '!' OR email_key LIKE $%d ESCAPE '!')`, containing(folded(q.Text)), containing(people.EmailKey(q.Text)))
	}
	held := `EXISTS (SELECT 1 FROM mandate m WHERE m.person = person.id AND m.starts <= $%d AND (m.ends = '' OR m.ends >= $%d)`
	if q.Role != "" {
		here := ""
		if q.Seen != nil && !q.Seen.All && !q.Role.Public() { // a filter tells no more than the page of a person
			here = ` AND ` + c.among("m.scope", words(q.Seen.Scopes))
		}
		c.and(held+` AND m.role = $%d`+here+`)`, string(q.On), string(q.On), string(q.Role))
	}
	if q.Unruled {
		c.and(`NOT `+held+`)`, string(q.On), string(q.On))
	}
	if q.Seen != nil && !q.Seen.All {
		c.seen(*q.Seen)
	}
	if q.After != "" {
		c.and(`(name_key, id) > (SELECT name_key, id FROM person WHERE id = $%d)`, q.After)
	}
	limit := q.Limit
	if limit <= 0 || limit > 1000 {
		limit = 50
	}
	return each(ctx, db.read, "list people", scanPerson,
		`SELECT `+personColumns+` FROM person`+c.String()+fmt.Sprintf(` ORDER BY name_key, id LIMIT %d`, limit), c.args...)
}

// Mandates implements [people.Store].
func (db *DB) Mandates(ctx context.Context, q people.MandateQuery) ([]people.Mandate, int, error) {
	var c conditions
	if len(q.Scopes) > 0 {
		marks := make([]string, len(q.Scopes))
		values := make([]any, len(q.Scopes))
		for i, s := range q.Scopes {
			marks[i], values[i] = "$%d", s.String()
		}
		c.and(`scope IN (`+strings.Join(marks, ", ")+`)`, values...)
	}
	if q.Role != "" {
		c.and(`role = $%d`, string(q.Role))
	}
	on := string(q.On)
	switch q.Held {
	case "now":
		c.and(`starts <= $%d AND (ends = '' OR ends >= $%d)`, on, on)
	case "past":
		c.and(`ends <> '' AND ends < $%d`, on)
	case "future":
		c.and(`starts > $%d`, on)
	}
	if q.EndsBy != "" {
		c.and(`ends <> '' AND ends <= $%d AND person IN (SELECT id FROM person WHERE state NOT IN ('suspended', 'erased'))`, string(q.EndsBy))
	}
	var total int
	if err := db.read.QueryRowContext(ctx, `SELECT count(*) FROM mandate`+c.String(), c.args...).Scan(&total); err != nil {
		return nil, 0, failed("count mandates", err)
	}
	limit := q.Limit
	if limit <= 0 || limit > 1000 {
		limit = 50
	}
	list, err := each(ctx, db.read, "list mandates", scanMandate, `SELECT `+mandateColumns+` FROM mandate`+c.String()+
		fmt.Sprintf(` ORDER BY starts DESC, id LIMIT %d OFFSET %d`, limit, max(0, q.Offset)), c.args...)
	return list, total, err
}

// Scopes implements [people.Store].
func (db *DB) Scopes(ctx context.Context) ([]people.Scope, error) {
	return each(ctx, db.read, "list scopes", func(s scanner) (people.Scope, error) {
		var text string
		if err := s.Scan(&text); err != nil {
			return people.Scope{}, err
		}
		return people.ParseScope(text)
	}, `SELECT DISTINCT scope FROM mandate ORDER BY scope`)
}

// Names implements [people.Store].
func (db *DB) Names(ctx context.Context, ids []string) (map[string]string, error) {
	out := map[string]string{}
	for len(ids) > 0 {
		n := min(len(ids), 500)
		var c conditions
		marks, values := make([]string, n), make([]any, n)
		for i, id := range ids[:n] {
			marks[i], values[i] = "$%d", id
		}
		c.and(`id IN (`+strings.Join(marks, ", ")+`) AND name <> ''`, values...)
		type named struct{ id, name string }
		found, err := each(ctx, db.read, "read names", func(s scanner) (n named, err error) {
			err = s.Scan(&n.id, &n.name)
			return n, err
		},
			`SELECT id, name FROM person`+c.String(), c.args...)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			out[f.id] = f.name
		}
		ids = ids[n:]
	}
	return out, nil
}

// Failures implements [people.Store].
func (db *DB) Failures(ctx context.Context, key string) (n int, last time.Time, err error) {
	err = db.read.QueryRowContext(ctx, `SELECT times, last_at FROM failure WHERE subject = $1`, key).Scan(&n, &last)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, time.Time{}, nil
	}
	if err != nil {
		return 0, time.Time{}, failed("read failures", err)
	}
	return n, last.UTC(), nil
}

// Failed implements [people.Store].
func (db *DB) Failed(ctx context.Context, key string, at time.Time) error {
	return db.change(ctx, "note a failure", func(t *tx) error {
		_, err := t.exec("note a failure", `INSERT INTO failure (subject, times, last_at) VALUES ($1, 1, $2)
			ON CONFLICT (subject) DO UPDATE SET times = failure.times + 1, last_at = $2`, key, stamp(at))
		return err
	})
}

// Forgive implements [people.Store].
func (db *DB) Forgive(ctx context.Context, key string) error {
	return db.change(ctx, "forget failures", func(t *tx) error {
		_, err := t.exec("forget failures", `DELETE FROM failure WHERE subject = $1`, key)
		return err
	})
}

// Expire implements [people.Store].
func (db *DB) Expire(ctx context.Context, before time.Time) (total int64, err error) {
	err = db.change(ctx, "forget what has expired", func(t *tx) error {
		total = 0
		for _, statement := range []string{
			`DELETE FROM session WHERE expires_at < $1`, `DELETE FROM ticket WHERE expires_at < $1`, `DELETE FROM failure WHERE last_at < $1`,
		} {
			n, err := t.exec("forget what has expired", statement, stamp(before))
			if err != nil {
				return err
			}
			total += n
		}
		return nil
	})
	return total, err
}
