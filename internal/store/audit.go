package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/people"
)

var _ audit.Store = (*DB)(nil)

// Record implements [audit.Store].
func (db *DB) Record(ctx context.Context, entries ...audit.Entry) error {
	return db.change(ctx, "write the record", func(t *tx) error {
		t.record(entries...)
		return nil
	})
}

// Head implements [audit.Store].
func (db *DB) Head(ctx context.Context) (audit.Head, error) {
	var h audit.Head
	if err := db.read.QueryRowContext(ctx, `SELECT seq, hash FROM audit_head WHERE id = 1`).Scan(&h.Seq, &h.Hash); err != nil {
		return audit.Head{}, failed("read the head of the record", err)
	}
	return h, db.notable(ctx, h)
}

const auditColumns = `seq, at, actor, action, subject, was, became, hash`

func scanRow(s scanner) (r audit.Row, err error) {
	if err = s.Scan(&r.Seq, &r.At, &r.By, &r.Action, &r.Subject, &r.Was, &r.Became, &r.Hash); err != nil {
		return r, failed("read the record", err)
	}
	r.At = r.At.UTC()
	return r, nil
}

// Rows implements [audit.Store]. It reads by pages, so that a slow reader holds
// up no checkpoint of the file.
func (db *DB) Rows(ctx context.Context) iter.Seq2[audit.Row, error] {
	const page = 1000
	return func(yield func(audit.Row, error) bool) {
		for last := int64(-1 << 62); ; { // below any number, even one slipped in
			rows, err := db.rows(ctx, `SELECT `+auditColumns+` FROM audit_row WHERE seq > $1 ORDER BY seq LIMIT $2`, last, page)
			if err != nil {
				yield(audit.Row{}, err)
				return
			}
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
				last = r.Seq
			}
			if len(rows) < page {
				return
			}
		}
	}
}

// After are the rows that follow one, in order, at most 500: what happened since.
func (db *DB) After(ctx context.Context, seq int64) ([]audit.Row, error) {
	return db.rows(ctx, `SELECT `+auditColumns+` FROM audit_row WHERE seq > $1 ORDER BY seq LIMIT 500`, seq)
}

// Find implements [audit.Store].
func (db *DB) Find(ctx context.Context, f audit.Filter) ([]audit.Row, error) {
	if !textual(string(f.By)) || !textual(f.Action) || !textual(f.Subject) {
		return nil, nil // PostgreSQL refuses to compare what is no text
	}
	var where []string
	var args []any
	and := func(condition string, arg any) {
		args = append(args, arg)
		where = append(where, fmt.Sprintf(condition, len(args)))
	}
	and("seq < $%d", f.Before)
	if f.Before <= 0 {
		args[0] = int64(1<<63 - 1)
	}
	if f.By != "" {
		and("actor = $%d", string(f.By))
	}
	if f.Action != "" {
		args = append(args, len([]rune(f.Action)), f.Action)
		where = append(where, fmt.Sprintf("substr(action, 1, $%d) = $%d", len(args)-1, len(args)))
	}
	if f.Subject != "" {
		and("subject = $%d", f.Subject)
	}
	if !f.Since.IsZero() {
		and("at >= $%d", stamp(f.Since))
	}
	if !f.Until.IsZero() {
		and("at < $%d", stamp(f.Until))
	}
	limit := min(f.Limit, 500)
	if limit <= 0 {
		limit = 100
	}
	args = append(args, limit)
	return db.rows(ctx, `SELECT `+auditColumns+` FROM audit_row WHERE `+strings.Join(where, " AND ")+
		fmt.Sprintf(" ORDER BY seq DESC LIMIT $%d", len(args)), args...)
}

func (db *DB) rows(ctx context.Context, query string, args ...any) ([]audit.Row, error) {
	return each(ctx, db.read, "read the record", scanRow, query, args...)
}

// Key implements [audit.Store].
func (db *DB) Key(ctx context.Context, person string) ([]byte, error) {
	k, _, err := readKey(ctx, db.read, person)
	return k, err
}

type querier interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

func readKey(ctx context.Context, q querier, person string) (key []byte, known bool, err error) {
	var secret string
	err = q.QueryRowContext(ctx, `SELECT secret FROM person_key WHERE person = $1`, person).Scan(&secret)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, false, nil
	case err != nil:
		return nil, false, failed("read a key", err)
	case secret == "":
		return nil, true, nil
	}
	key, err = base64.StdEncoding.DecodeString(secret)
	if err != nil {
		return nil, true, fmt.Errorf("store: the key of %s: %w", person, err)
	}
	return key, true, nil
}

// key is the key of a person, made if they have none, nil if they were erased.
func (t *tx) key(person string) ([]byte, error) {
	if err := checkPerson(person); err != nil {
		return nil, err
	}
	key, known, err := readKey(t.ctx, t, person)
	if known || err != nil {
		return key, err
	}
	fresh := make([]byte, audit.KeySize)
	rand.Read(fresh) // never fails
	// Another change may have made one meanwhile, or an erasure have passed: theirs holds.
	if _, err := t.exec("keep a key", `INSERT INTO person_key (person, secret, erased_at) VALUES ($1, $2, NULL) ON CONFLICT (person) DO NOTHING`,
		person, base64.StdEncoding.EncodeToString(fresh)); err != nil {
		return nil, err
	}
	key, _, err = readKey(t.ctx, t, person)
	return key, err
}

// checkPerson keeps ids to what one line of the erasure log can hold.
func checkPerson(person string) error {
	if person == "" || len(person) > 200 || strings.ContainsFunc(person, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return fault.New(fault.Invalid, "store.person", person)
	}
	return nil
}

// erasers delete what each table keeps of a person, or that it is theirs; a feature that keeps personal
// data adds its own.
var erasers = []string{
	`DELETE FROM outbox WHERE person = $1`,
	`DELETE FROM session WHERE person = $1`,
	`DELETE FROM ticket WHERE person = $1`,
	`DELETE FROM credential WHERE person = $1`,
	`UPDATE person SET name = '', name_key = '', email = '', email_key = '', seen_at = NULL, state = 'erased', version = version + 1 WHERE id = $1`,
	`DELETE FROM notice WHERE person = $1`,
	`DELETE FROM notice_choice WHERE person = $1`,
	`UPDATE attachment SET giver = '' WHERE giver = 'person:' || $1`, // they belong to their subject
	// What was published is the library's; what was not was theirs alone.
	`DELETE FROM commons_revision WHERE author = $1 AND state <> 'accepted'`,
	`UPDATE commons_revision SET author = '', note = '', answer = '', version = version + 1 WHERE author = $1`,
	`UPDATE commons_revision SET reviewer = '', version = version + 1 WHERE reviewer = $1`,
	`UPDATE commons_join SET person = '', comment = '' WHERE person = $1`, // the need stays its party's
	`UPDATE commons_entry SET author = '', version = version + 1 WHERE author = $1`,
	// What an organisation uses is its own, whoever said so.
	`UPDATE adoption SET declared_by = '', version = version + 1 WHERE declared_by = $1`,
	`UPDATE adoption SET verified_by = '', version = version + 1 WHERE verified_by = $1`,
	// The place of a comment stays, for those who answered it.
	`UPDATE commons_comment SET author = '', body = '', state = CASE state WHEN 'hidden' THEN 'hidden' ELSE 'deleted' END, version = version + 1 WHERE author = $1`,
	`UPDATE commons_comment SET moderator = '', version = version + 1 WHERE moderator = $1`,
	`DELETE FROM commons_credit WHERE person = $1`,
	`UPDATE commons_credit SET proposed_by = '', version = version + 1 WHERE proposed_by = $1`,
	`DELETE FROM commons_contributor WHERE person = $1`,
	`DELETE FROM commons_search WHERE person = $1`,
	`DELETE FROM follow WHERE person = $1`,
	// What should not be there waits for an answer all the same.
	`UPDATE report SET reporter = '', version = version + 1 WHERE reporter = $1`,
	`UPDATE report SET answered_by = '', version = version + 1 WHERE answered_by = $1`,
}

// Erase implements [audit.Store]. The log beside the database ([DB.KeepErasures])
// is written first: a copy made before cannot bring the person back.
func (db *DB) Erase(ctx context.Context, by audit.Actor, person string) error {
	return db.ErasePerson(ctx, by, person, func(people.Reader) error { return nil })
}

// ErasePerson implements [people.Store].
func (db *DB) ErasePerson(ctx context.Context, by audit.Actor, person string, may func(people.Reader) error) error {
	if err := checkPerson(person); err != nil {
		return err
	}
	err := db.change(ctx, "erase a person", func(t *tx) error {
		if err := may(peopleReader{t, true}); err != nil {
			return err
		}
		n, err := t.exec("destroy a key", `INSERT INTO person_key (person, secret, erased_at) VALUES ($1, '', $2)
			ON CONFLICT (person) DO UPDATE SET secret = '', erased_at = $2 WHERE person_key.erased_at IS NULL`, person, t.now)
		if err != nil || n == 0 { // erased before
			return err
		}
		for _, statement := range erasers {
			if _, err := t.exec("erase a person", statement, person); err != nil {
				return err
			}
		}
		today := t.now.Format(time.DateOnly)
		if _, err := t.exec("end mandates", `UPDATE mandate SET ends = $2, version = version + 1 WHERE person = $1 AND (ends = '' OR ends > $2)`, person, today); err != nil {
			return err
		}
		t.record(audit.Entry{By: by, Action: "person.erase", Subject: string(audit.Person(person))})
		return db.erasures.note(person, t.now)
	})
	if err != nil {
		return err
	}
	return db.flush(ctx)
}
