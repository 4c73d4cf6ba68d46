package store

import (
	"context"
	"fmt"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/follow"
)

var _ follow.Store = (*DB)(nil)

// Follow implements [follow.Store].
func (db *DB) Follow(ctx context.Context, by audit.Actor, person, subject string) error {
	return db.change(ctx, "follow", func(t *tx) error {
		there, err := t.there(person) // one at a time: the number holds
		if err == nil && !there {
			err = fault.New(fault.Gone, "people.erased")
		}
		if err != nil {
			return err
		}
		var n int
		if err := t.QueryRowContext(t.ctx, `SELECT count(*) FROM follow WHERE person = $1 AND subject <> $2`, person, subject).Scan(&n); err != nil {
			return failed("count what is followed", err)
		}
		if n >= follow.Most {
			return fault.New(fault.Conflict, "follow.many", follow.Most)
		}
		added, err := t.exec("follow", `INSERT INTO follow (person, subject, at) VALUES ($1, $2, $3) ON CONFLICT (person, subject) DO NOTHING`, person, subject, t.now)
		if added == 1 {
			t.record(audit.Entry{By: by, Action: "follow.start", Subject: subject})
		}
		return err
	})
}

// Unfollow implements [follow.Store].
func (db *DB) Unfollow(ctx context.Context, by audit.Actor, person, subject string) error {
	return db.change(ctx, "follow no more", func(t *tx) error {
		gone, err := t.exec("follow no more", `DELETE FROM follow WHERE person = $1 AND subject = $2`, person, subject)
		if gone == 1 {
			t.record(audit.Entry{By: by, Action: "follow.stop", Subject: subject})
		}
		return err
	})
}

// Follows implements [follow.Store].
func (db *DB) Follows(ctx context.Context, person string) ([]follow.Follow, error) {
	return each(ctx, db.read, "read what is followed", func(s scanner) (f follow.Follow, err error) {
		err = s.Scan(&f.Person, &f.Subject, &f.At)
		f.At = f.At.UTC()
		return f, err
	}, `SELECT person, subject, at FROM follow WHERE person = $1 ORDER BY at DESC, subject`, person)
}

// Followers implements [follow.Store].
func (db *DB) Followers(ctx context.Context, subjects []string, after string, limit int) ([]string, error) {
	var c conditions
	among(&c, `subject IN (%s)`, texts(subjects))
	person := bytewise(db.dialect, "person")
	c.and(person+` > $%d`, after)
	return each(ctx, db.read, "read followers", scanText, `SELECT DISTINCT `+person+` FROM follow`+c.String()+fmt.Sprintf(` ORDER BY 1 LIMIT $%d`, len(c.args)+1), append(c.args, limit)...)
}
