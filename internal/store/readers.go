package store

import (
	"context"
	"database/sql"
	"time"

	"bassin/internal/i18n"
	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/retention"
)

var (
	_ notice.Readers     = (*DB)(nil)
	_ retention.Accounts = (*DB)(nil)
)

// Reader implements [notice.Readers].
func (db *DB) Reader(ctx context.Context, person string) (notice.Reader, error) {
	p, err := db.Person(ctx, person)
	if err != nil {
		return notice.Reader{}, err
	}
	return notice.Reader{Email: p.Email, Name: p.Name, Lang: i18n.Lang(p.Lang), Active: p.State == people.Active}, nil
}

// Unverified implements [retention.Accounts].
func (db *DB) Unverified(ctx context.Context, before time.Time, after string, limit int) ([]string, error) {
	return each(ctx, db.read, "look for unverified accounts", scanText,
		`SELECT id FROM person WHERE state = 'unverified' AND created_at < $1 AND id > $2 ORDER BY id LIMIT $3`, stamp(before), after, limit)
}

// Inactive implements [retention.Accounts].
func (db *DB) Inactive(ctx context.Context, since time.Time, on people.Date, after string, limit int) ([]retention.Inactive, error) {
	return each(ctx, db.read, "look for inactive accounts", func(s scanner) (x retention.Inactive, err error) {
		var seen sql.NullTime
		err = s.Scan(&x.Person, &x.Seen, &seen)
		if seen.Valid {
			x.Seen = seen.Time
		}
		x.Seen = x.Seen.UTC()
		return x, err
	}, `SELECT id, created_at, seen_at FROM person WHERE state = 'active' AND COALESCE(seen_at, created_at) < $1 AND id > $2
		AND NOT EXISTS (SELECT 1 FROM mandate m WHERE m.person = person.id AND (m.ends = '' OR m.ends >= $3)) ORDER BY id LIMIT $4`,
		stamp(since), after, string(on), limit)
}

// Ending are the mandates whose last day lies between two, both included.
func (db *DB) Ending(ctx context.Context, from, to people.Date) ([]people.Mandate, error) {
	return each(ctx, db.read, "look for mandates that end", scanMandate,
		`SELECT `+mandateColumns+` FROM mandate WHERE ends >= $1 AND ends <= $2 AND starts <= ends ORDER BY ends, id`, string(from), string(to))
}
