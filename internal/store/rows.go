package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"bassin/internal/fault"
)

// asker is a database, or a transaction in it.
type asker interface {
	querier
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}

// scanner is one row, or the row that is read now.
type scanner interface{ Scan(...any) error }

// each reads all rows of a question.
func each[T any](ctx context.Context, ask asker, what string, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := ask.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, failed(what, err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, failed(what, err)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, failed(what, err)
	}
	return out, nil
}

// found gives what one row held: fault.NotFound if there was none.
func found[T any](what, id string, v T, err error) (T, error) {
	switch {
	case errors.Is(err, sql.ErrNoRows):
		var none T
		return none, fault.New(fault.NotFound, "store.not_found", id)
	case err != nil:
		var none T
		return none, failed(what, err)
	}
	return v, nil
}

// scanText reads a row of one text.
func scanText(row scanner) (s string, err error) {
	err = row.Scan(&s)
	return s, err
}

// textual says whether a text column can hold s at all.
func textual(s string) bool { return !strings.ContainsRune(s, 0) && strings.ToValidUTF8(s, "") == s }

// orNull keeps no time as NULL.
func orNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return stamp(t)
}

// utc is zero for no time.
func utc(t sql.NullTime) time.Time {
	if !t.Valid {
		return time.Time{}
	}
	return t.Time.UTC()
}
