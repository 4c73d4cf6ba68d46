package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/people"
)

// referring are the columns that name an organisation, as people.OrganisationSubject
// does: what a merge moves. A feature that refers to organisations adds its own.
var referring = []struct {
	table, column string
	versioned     bool   // has a version, which changes with the row
	action        string // of the record, when a row moves
	subject       string // of the record, in SQL; "" is TABLE:ID
}{
	{table: "mandate", column: "scope", versioned: true, action: "mandate.move"},
	{table: "attachment", column: "subject", versioned: true, action: "media.move"},
	{table: "adoption", column: "organisation", versioned: true, action: "adoption.move", subject: `'adoption:' || entry || '/' || id`}, // as commons.AdoptionSubject
}

// refer makes the rows of a table that name one organisation name another, among
// ids only unless that is nil, and tells which they were.
func (t *tx) refer(by audit.Actor, table, from, to string, ids []string) ([]string, error) {
	for _, r := range referring {
		if r.table != table {
			continue
		}
		was, became := people.OrganisationSubject(from), people.OrganisationSubject(to)
		var c conditions
		set := r.column + ` = $1`
		if r.versioned {
			set += `, version = version + 1`
		}
		c.args = []any{became}
		c.and(r.column+` = $%d`, was)
		if ids != nil {
			among(&c, `id IN (%s)`, ids)
		}
		subject := r.subject
		if subject == "" {
			subject = `'` + table + `:' || id`
		}
		rows, err := each(t.ctx, t, "move "+table, func(s scanner) (row [2]string, err error) {
			err = s.Scan(&row[0], &row[1])
			return row, err
		}, `UPDATE `+table+` SET `+set+c.String()+` RETURNING id, `+subject, c.args...)
		if err != nil {
			return nil, err
		}
		slices.SortFunc(rows, func(a, b [2]string) int { return cmp.Compare(a[0], b[0]) })
		var moved []string
		for _, row := range rows {
			moved = append(moved, row[0])
			t.record(audit.Entry{By: by, Action: r.action, Subject: row[1],
				Was: audit.Values{r.column: was}, Became: audit.Values{r.column: became}})
		}
		return moved, nil
	}
	return nil, fmt.Errorf("store: nothing in %s refers to organisations", table)
}

// lockBoth holds two rows, always in the same order, so that two changes never wait
// for one another in a circle.
func (t *tx) lockBoth(a, b string) (x, y people.Organisation, err error) {
	if a > b {
		y, x, err = t.lockBoth(b, a)
		return x, y, err
	}
	if x, err = t.lockOrganisation(a); err == nil {
		y, err = t.lockOrganisation(b)
	}
	return x, y, err
}

// MergeOrganisations implements [people.OrganisationStore].
func (db *DB) MergeOrganisations(ctx context.Context, by audit.Actor, of people.MergeOf, join func(kept, merged people.Organisation) (people.Organisation, error)) (people.Merge, error) {
	var m people.Merge
	err := db.change(ctx, "merge organisations", func(t *tx) error {
		if of.Kept == of.Merged {
			return fault.New(fault.Invalid, "organisation.merge.itself").In("kept")
		}
		kept, merged, err := t.lockBoth(of.Kept, of.Merged)
		if err != nil {
			return err
		}
		if err := people.MayMerge(&kept, &merged); err != nil {
			return err
		}
		next, err := join(kept, merged)
		if err != nil {
			return err
		}
		next.ID, next.MergedInto, next.Version, next.CreatedAt = kept.ID, "", kept.Version+1, kept.CreatedAt
		gone := merged
		gone.State, gone.MergedInto, gone.Version = people.OrganisationMerged, kept.ID, merged.Version+1
		if kept.Version != of.KeptVersion {
			return &fault.Stale[people.Organisation]{Theirs: kept, Yours: next}
		}
		if merged.Version != of.MergedVersion {
			return &fault.Stale[people.Organisation]{Theirs: merged, Yours: gone}
		}
		m = people.Merge{ID: token()[:16], Kept: kept.ID, Merged: merged.ID, MergedState: merged.State, By: by, At: t.now, Before: map[string]string{}, After: map[string]string{}}
		changed := kept.Differs(&next)
		for _, f := range changed {
			m.Before[f], m.After[f] = kept.Get(f), next.Get(f)
		}
		// The merged one first: it gives up its numbers, which the kept one may take.
		if err := t.writeOrganisation(&gone); err != nil {
			return err
		}
		if err := t.writeOrganisation(&next); err != nil {
			return err
		}
		rows := 0
		for _, r := range referring {
			ids, err := t.refer(by, r.table, merged.ID, kept.ID, nil)
			if err != nil {
				return err
			}
			if len(ids) > 0 {
				rows += len(ids)
				m.Moved = append(m.Moved, people.Moved{Table: r.table, Rows: ids})
			}
		}
		if err := t.insertMerge(m); err != nil {
			return err
		}
		was, became := told(&kept, changed), told(&next, changed)
		became["merged_from"], became["moved"] = merged.ID, rows
		t.record(
			audit.Entry{By: by, Action: "organisation.merge", Subject: people.OrganisationSubject(kept.ID), Was: was, Became: became},
			audit.Entry{By: by, Action: "organisation.merge", Subject: people.OrganisationSubject(merged.ID),
				Was: audit.Values{"state": string(merged.State)}, Became: audit.Values{"state": string(gone.State), "merged_into": kept.ID}},
		)
		return nil
	})
	if err != nil {
		return people.Merge{}, err
	}
	return m, nil
}

func (t *tx) insertMerge(m people.Merge) error {
	before, err := audit.Canonical(m.Before)
	if err != nil {
		return err
	}
	after, err := audit.Canonical(m.After)
	if err != nil {
		return err
	}
	moved, err := audit.Canonical(m.Moved)
	if err != nil {
		return err
	}
	_, err = t.exec("note a merge", `INSERT INTO organisation_merge (`+mergeColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL)`,
		m.ID, m.Kept, m.Merged, string(m.MergedState), string(m.By), m.At, before, after, moved)
	return err
}

const mergeColumns = `id, kept, merged, merged_state, actor, at, was, became, moved, undone_at`

func scanMerge(s scanner) (m people.Merge, err error) {
	var before, after, moved string
	var undone sql.NullTime
	if err = s.Scan(&m.ID, &m.Kept, &m.Merged, &m.MergedState, &m.By, &m.At, &before, &after, &moved, &undone); err != nil {
		return m, err
	}
	m.At, m.UndoneAt = m.At.UTC(), utc(undone)
	err = errors.Join(json.Unmarshal([]byte(before), &m.Before), json.Unmarshal([]byte(after), &m.After), json.Unmarshal([]byte(moved), &m.Moved))
	return m, err
}

// Merges implements [people.OrganisationStore].
func (db *DB) Merges(ctx context.Context, organisation string) ([]people.Merge, error) {
	return each(ctx, db.read, "read merges", scanMerge, `SELECT `+mergeColumns+` FROM organisation_merge WHERE kept = $1 OR merged = $1 ORDER BY at DESC, id`, organisation)
}

// UndoMerge implements [people.OrganisationStore].
func (db *DB) UndoMerge(ctx context.Context, by audit.Actor, id string) (people.Undone, error) {
	var out people.Undone
	err := db.change(ctx, "undo a merge", func(t *tx) error {
		out = people.Undone{}
		m, err := scanMerge(t.QueryRowContext(t.ctx, `UPDATE organisation_merge SET at = at WHERE id = $1 RETURNING `+mergeColumns, id))
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return fault.New(fault.NotFound, "organisation.merge.not_found")
		case err != nil:
			return failed("read a merge", err)
		case !m.UndoneAt.IsZero():
			return fault.New(fault.Conflict, "organisation.merge.undone")
		}
		kept, merged, err := t.lockBoth(m.Kept, m.Merged)
		if err != nil {
			return err
		}
		if kept.State == people.OrganisationMerged {
			return fault.New(fault.Conflict, "organisation.merge.later", kept.Name)
		}
		next, left := m.Takeback(kept)
		back := merged
		back.State, back.MergedInto, back.Version = m.MergedState, "", merged.Version+1
		out.Merged, out.Left = merged.ID, left
		// The kept one first: it gives back the numbers that it took.
		changed := kept.Differs(&next)
		if len(changed) > 0 {
			next.Version++
			if err := t.writeOrganisation(&next); err != nil {
				return err
			}
		}
		if err := t.writeOrganisation(&back); err != nil {
			return err
		}
		for _, r := range m.Moved {
			ids, err := t.refer(by, r.Table, m.Kept, m.Merged, r.Rows)
			if err != nil {
				return err
			}
			out.Back += len(ids)
			out.Stayed += len(r.Rows) - len(ids)
		}
		if _, err := t.exec("note an undone merge", `UPDATE organisation_merge SET undone_at = $1 WHERE id = $2`, t.now, id); err != nil {
			return err
		}
		became := told(&next, changed)
		became["apart_from"], became["moved"], became["stayed"] = merged.ID, out.Back, out.Stayed
		t.record(
			audit.Entry{By: by, Action: "organisation.merge.undo", Subject: people.OrganisationSubject(kept.ID), Was: told(&kept, changed), Became: became},
			audit.Entry{By: by, Action: "organisation.merge.undo", Subject: people.OrganisationSubject(merged.ID),
				Was: audit.Values{"state": string(merged.State), "merged_into": kept.ID}, Became: audit.Values{"state": string(back.State)}},
		)
		return nil
	})
	if err != nil {
		return people.Undone{}, err
	}
	return out, nil
}

// SetApart implements [people.OrganisationStore].
func (db *DB) SetApart(ctx context.Context, by audit.Actor, a, b string) error {
	return db.change(ctx, "set organisations apart", func(t *tx) error { return t.setApart(by, a, b) })
}

func (t *tx) setApart(by audit.Actor, a, b string) error {
	one, other := min(a, b), max(a, b)
	if _, _, err := t.lockBoth(one, other); err != nil {
		return err
	}
	n, err := t.exec("set organisations apart", `INSERT INTO organisation_apart (one, other, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, one, other, t.now)
	if err != nil || n == 0 {
		return err
	}
	for _, pair := range [][2]string{{one, other}, {other, one}} {
		t.record(audit.Entry{By: by, Action: "organisation.apart", Subject: people.OrganisationSubject(pair[0]), Became: audit.Values{"apart_from": pair[1]}})
	}
	return nil
}

// Apart implements [people.OrganisationStore].
func (db *DB) Apart(ctx context.Context) (map[[2]string]bool, error) {
	found, err := each(ctx, db.read, "read pairs set apart", func(s scanner) (p [2]string, err error) {
		err = s.Scan(&p[0], &p[1])
		return p, err
	}, `SELECT one, other FROM organisation_apart`)
	if err != nil {
		return nil, err
	}
	out := make(map[[2]string]bool, len(found))
	for _, pair := range found {
		out[pair] = true
	}
	return out, nil
}
