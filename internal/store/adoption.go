package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/pressly/goose/v3"

	"bassin/internal/audit"
	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/people"
)

var _ commons.AdoptionStore = (*DB)(nil)

const adoptionColumns = `id, entry, organisation, since, used_version, purpose, served, cost, effort, good, bad, contact, declared_by, verified_by, verified_on, until, ended_on, end_reason, version, created_at, updated_at`

func scanAdoption(s scanner) (a commons.Adoption, err error) {
	err = s.Scan(&a.ID, &a.Entry, &a.Organisation, &a.Since, &a.Version, &a.Use, &a.Served, &a.Cost, &a.Effort, &a.Good, &a.Bad, &a.Contact,
		&a.DeclaredBy, &a.VerifiedBy, &a.VerifiedOn, &a.Until, &a.EndedOn, &a.EndReason, &a.Row, &a.CreatedAt, &a.UpdatedAt)
	a.Organisation = strings.TrimPrefix(a.Organisation, people.OrganisationSubject(""))
	a.CreatedAt, a.UpdatedAt = a.CreatedAt.UTC(), a.UpdatedAt.UTC()
	return a, err
}

// adoptionBy reads one adoption, locked in a change by an update of nothing.
func (r entryReader) adoptionBy(ctx context.Context, id string) (commons.Adoption, error) {
	if !textual(id) {
		return commons.Adoption{}, fault.New(fault.NotFound, "adoption.not_found", "")
	}
	a, err := scanAdoption(r.locking(ctx, "adoption", adoptionColumns, id))
	return there("read an adoption", "adoption.not_found", id, a, err)
}

// Adoption implements [commons.AdoptionStore].
func (db *DB) Adoption(ctx context.Context, id string) (commons.Adoption, error) {
	return entryReader{ask: db.read}.adoptionBy(ctx, id)
}

// subjects are organisations as columns name them.
func subjects(organisations []string) []string {
	out := make([]string, len(organisations))
	for i, id := range organisations {
		out[i] = people.OrganisationSubject(id)
	}
	return out
}

// Adoptions implements [commons.AdoptionStore].
func (db *DB) Adoptions(ctx context.Context, f commons.AdoptionFilter) ([]commons.Adoption, error) {
	if !textual(f.After) || !textual(string(f.EndsBefore)) {
		return nil, nil
	}
	var c conditions
	if f.Entries != nil {
		among(&c, `entry IN (%s)`, texts(f.Entries))
	}
	if f.Organisations != nil {
		among(&c, `organisation IN (%s)`, texts(subjects(f.Organisations)))
	}
	if f.Open || f.EndsBefore != "" {
		c.and(`ended_on = ''`)
	}
	if f.EndsBefore != "" {
		c.and(`verified_on <> ''`)
		c.and(`until < $%d`, string(f.EndsBefore))
	}
	if f.After != "" {
		c.and(bytewise(db.dialect, "id")+` > $%d`, f.After)
	}
	limit := min(f.Limit, 5000)
	if limit <= 0 {
		limit = 500
	}
	return each(ctx, db.read, "read adoptions", scanAdoption,
		`SELECT `+adoptionColumns+` FROM adoption`+c.String()+fmt.Sprintf(` ORDER BY %s LIMIT $%d`, bytewise(db.dialect, "id"), len(c.args)+1), append(c.args, limit)...)
}

// ChangeAdoptions implements [commons.AdoptionStore]. Changes run one at a time: of
// two who declare the same, the second changes what the first declared.
func (db *DB) ChangeAdoptions(ctx context.Context, f func(commons.AdoptionTx) error) error {
	return db.change(ctx, "change adoptions", func(t *tx) error {
		if db.dialect == goose.DialectPostgres {
			if _, err := t.exec("wait for adoptions", `SELECT pg_advisory_xact_lock(hashtextextended('bassin adoptions', 0))`); err != nil {
				return err
			}
		}
		return f(adoptionTx{t})
	})
}

// adoptionTx is a change of adoptions.
type adoptionTx struct{ t *tx }

func (a adoptionTx) Now() time.Time           { return a.t.now }
func (a adoptionTx) NewID() string            { return token()[:16] }
func (a adoptionTx) Record(r ...audit.Entry)  { a.t.record(r...) }
func (a adoptionTx) Tell(events ...job.Event) { a.t.tell(events...) }

// Adoption implements [commons.AdoptionTx].
func (a adoptionTx) Adoption(ctx context.Context, id string) (commons.Adoption, error) {
	return entryReader{a.t, true}.adoptionBy(ctx, id)
}

// OpenAdoption implements [commons.AdoptionTx].
func (a adoptionTx) OpenAdoption(ctx context.Context, entries []string, organisation string) (commons.Adoption, error) {
	var c conditions
	among(&c, `entry IN (%s)`, texts(entries))
	among(&c, `organisation IN (%s)`, texts(subjects([]string{organisation})))
	c.and(`ended_on = ''`)
	found, err := each(ctx, a.t, "read an open adoption", scanAdoption, `SELECT `+adoptionColumns+` FROM adoption`+c.String()+` ORDER BY updated_at DESC, id LIMIT 1`, c.args...)
	switch {
	case err != nil:
		return commons.Adoption{}, err
	case len(found) == 0:
		return commons.Adoption{}, fault.New(fault.NotFound, "adoption.not_found", "")
	}
	return a.Adoption(ctx, found[0].ID) // held: a merge of organisations may move it meanwhile
}

// PutAdoption implements [commons.AdoptionTx].
func (a adoptionTx) PutAdoption(v commons.Adoption) error {
	args := []any{v.ID, v.Entry, people.OrganisationSubject(v.Organisation), v.Since, v.Version, v.Use, v.Served, v.Cost, v.Effort, v.Good, v.Bad, v.Contact,
		v.DeclaredBy, v.VerifiedBy, string(v.VerifiedOn), string(v.Until), string(v.EndedOn), v.EndReason, v.Row + 1, stamp(v.CreatedAt), stamp(v.UpdatedAt)}
	if v.Row == 0 {
		return once(a.t.exec("keep an adoption", `INSERT INTO adoption (`+adoptionColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) ON CONFLICT (id) DO NOTHING`, args...))
	}
	return once(a.t.exec("change an adoption", `UPDATE adoption SET entry = $2, organisation = $3, since = $4, used_version = $5, purpose = $6, served = $7, cost = $8, effort = $9,
		good = $10, bad = $11, contact = $12, declared_by = $13, verified_by = $14, verified_on = $15, until = $16, ended_on = $17, end_reason = $18,
		version = $19, created_at = $20, updated_at = $21 WHERE id = $1 AND version = $19 - 1`, args...))
}
