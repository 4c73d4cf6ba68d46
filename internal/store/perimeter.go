package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"bassin/internal/atlas"
	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/territory"
)

var _ atlas.Store = (*DB)(nil)

// Perimeter implements [atlas.Store].
func (db *DB) Perimeter(ctx context.Context, code string) (atlas.Perimeter, error) {
	if !textual(code) {
		return atlas.Perimeter{}, perimeterNotFound(code)
	}
	p := atlas.Perimeter{Code: code}
	var communes string
	err := db.read.QueryRowContext(ctx,
		`SELECT communes, vintage, created_at FROM perimeter WHERE code = $1`, code,
	).Scan(&communes, &p.Vintage, &p.CreatedAt)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return atlas.Perimeter{}, perimeterNotFound(code)
	case err != nil:
		return atlas.Perimeter{}, failed("read a perimeter", err)
	}
	if communes != "" {
		p.Communes = strings.Split(communes, ",")
	}
	p.CreatedAt = p.CreatedAt.UTC()
	return p, nil
}

func perimeterNotFound(code string) error {
	return fault.New(fault.NotFound, "territory.not_found", territory.ID{Level: territory.Custom, Code: code}.String())
}

// SavePerimeter implements [atlas.Store]. Whoever draws a set needs no account,
// and nothing is kept of them.
func (db *DB) SavePerimeter(ctx context.Context, p atlas.Perimeter) error {
	return db.change(ctx, "save a perimeter", func(t *tx) error {
		communes := strings.Join(p.Communes, ",")
		n, err := t.exec("save a perimeter", `INSERT INTO perimeter (code, communes, vintage, created_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (code) DO NOTHING`, p.Code, communes, p.Vintage, stamp(p.CreatedAt))
		if err != nil || n == 0 { // there already
			return err
		}
		t.record(audit.Entry{
			By: audit.Visitor, Action: "perimeter.save", Subject: "perimeter:" + p.Code,
			Became: audit.Values{"communes": communes, "vintage": p.Vintage},
		})
		return nil
	})
}
