package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"bassin/internal/commons"
	"bassin/internal/fault"
)

var _ commons.HarvestStore = (*DB)(nil)

const (
	sourceColumns    = `id, kind, address, title, home, rhythm, licence, state, allow, validator, place, run_at, due_at, failures, report, version, created_at`
	harvestedColumns = `source, record, entry, kind, sheet, sum, validator, first_seen, changed_at, last_seen, gone_at`
)

func scanSource(s scanner) (v commons.Source, err error) {
	var home, report string
	var allow int
	var run sql.NullTime
	if err = s.Scan(&v.ID, &v.Kind, &v.Address, &v.Title, &home, &v.Rhythm, &v.Licence, &v.State, &allow, &v.Validator, &v.Cursor, &run, &v.Due, &v.Failures, &report, &v.Version, &v.CreatedAt); err != nil {
		return v, err
	}
	v.Allow, v.RunAt, v.Due, v.CreatedAt = allow == 1, utc(run), v.Due.UTC(), v.CreatedAt.UTC()
	v.Home, err = parseHome(home)
	return v, errors.Join(err, json.Unmarshal([]byte(report), &v.Report))
}

func scanRecord(s scanner) (v commons.Record, err error) {
	var sheet string
	var gone sql.NullTime
	if err = s.Scan(&v.Source, &v.Name, &v.Entry, &v.Kind, &sheet, &v.Sum, &v.Validator, &v.FirstSeen, &v.ChangedAt, &v.LastSeen, &gone); err != nil {
		return v, err
	}
	v.FirstSeen, v.ChangedAt, v.LastSeen, v.GoneAt = v.FirstSeen.UTC(), v.ChangedAt.UTC(), v.LastSeen.UTC(), utc(gone)
	v.Sheet, err = parseSheet(sheet)
	return v, err
}

// Sources implements [commons.HarvestStore].
func (db *DB) Sources(ctx context.Context) ([]commons.Source, error) {
	return each(ctx, db.read, "list sources", scanSource, `SELECT `+sourceColumns+` FROM commons_source ORDER BY created_at, id`)
}

// Source implements [commons.HarvestStore].
func (db *DB) Source(ctx context.Context, id string) (commons.Source, error) {
	return entryReader{ask: db.read}.source(ctx, id)
}

func (r entryReader) source(ctx context.Context, id string) (commons.Source, error) {
	if !textual(id) {
		return commons.Source{}, fault.New(fault.NotFound, "harvest.not_found", "")
	}
	v, err := scanSource(r.locking(ctx, "commons_source", sourceColumns, id))
	return there("read a source", "harvest.not_found", id, v, err)
}

// Unseen implements [commons.HarvestStore].
func (db *DB) Unseen(ctx context.Context, source string, before time.Time, limit int) ([]commons.Record, error) {
	return each(ctx, db.read, "read what is missing", scanRecord, `SELECT `+harvestedColumns+` FROM commons_harvested
		WHERE source = $1 AND last_seen < $2 AND gone_at IS NULL ORDER BY `+bytewise(db.dialect, "record")+` LIMIT $3`, source, stamp(before), limit)
}

// Having implements [commons.HarvestStore].
func (db *DB) Having(ctx context.Context, source string, before time.Time) (all, unseen int, err error) {
	err = db.read.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(CASE WHEN last_seen < $2 THEN 1 ELSE 0 END), 0) FROM commons_harvested
		WHERE source = $1 AND gone_at IS NULL`, source, stamp(before)).Scan(&all, &unseen)
	if err != nil {
		err = failed("count what is harvested", err)
	}
	return all, unseen, err
}

// Validators implements [commons.HarvestStore].
func (db *DB) Validators(ctx context.Context, source string, names []string) (map[string]string, error) {
	records, err := entryReader{ask: db.read}.records(ctx, source, names)
	out := make(map[string]string, len(records))
	for name, r := range records {
		if r.GoneAt.IsZero() {
			out[name] = r.Validator
		}
	}
	return out, err
}

// Harvested implements [commons.HarvestStore].
func (db *DB) Harvested(ctx context.Context, ids []string) (map[string][]commons.Statement, error) {
	out := map[string][]commons.Statement{}
	const page = 500
	for ids = texts(ids); len(ids) > 0; ids = ids[min(page, len(ids)):] {
		var c conditions
		among(&c, `entry IN (%s)`, ids[:min(page, len(ids))])
		type said struct {
			entry string
			commons.Statement
		}
		list, err := each(ctx, db.read, "read what is harvested", func(s scanner) (v said, err error) {
			var source, sheet string
			var changed time.Time
			var gone sql.NullTime
			if err = s.Scan(&v.entry, &source, &v.Record, &sheet, &changed, &gone, &v.Licence); err != nil {
				return v, err
			}
			v.Source, v.Vintage, v.Gone = commons.HarvestKey(source), changed.UTC().Format(time.DateOnly), gone.Valid
			v.Sheet, err = parseSheet(sheet)
			return v, err
		}, `SELECT entry, source, record, sheet, changed_at, gone_at, licence FROM commons_harvested JOIN commons_source ON commons_source.id = source`+c.String()+
			` ORDER BY created_at, source, `+bytewise(db.dialect, "record"), c.args...)
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			out[v.entry] = append(out[v.entry], v.Statement)
		}
	}
	return out, nil
}

func (r entryReader) records(ctx context.Context, source string, names []string) (map[string]commons.Record, error) {
	var c conditions
	c.and(`source = $%d`, source)
	among(&c, `record IN (%s)`, texts(names))
	list, err := each(ctx, r.ask, "read records", scanRecord, `SELECT `+harvestedColumns+` FROM commons_harvested`+c.String(), c.args...)
	out := make(map[string]commons.Record, len(list))
	for _, v := range list {
		out[v.Name] = v
	}
	return out, err
}

// ChangeHarvest implements [commons.HarvestStore]. It waits its turn as other changes of
// the library do.
func (db *DB) ChangeHarvest(ctx context.Context, f func(commons.HarvestTx) error) error {
	return db.ChangeEntries(ctx, func(tx commons.EntryTx) error {
		return f(harvestTx{tx.(entryTx)}) //nolint:forcetypeassert // ours
	})
}

// harvestTx is a change of what is harvested.
type harvestTx struct{ entryTx }

// Source implements [commons.HarvestTx].
func (h harvestTx) Source(ctx context.Context, id string) (commons.Source, error) {
	return h.source(ctx, id)
}

// Records implements [commons.HarvestTx].
func (h harvestTx) Records(ctx context.Context, source string, names []string) (map[string]commons.Record, error) {
	return h.records(ctx, source, names)
}

// PutSource implements [commons.HarvestTx].
func (h harvestTx) PutSource(v commons.Source) error {
	report, err := json.Marshal(v.Report)
	if err != nil {
		return fmt.Errorf("store: keep a source: %w", err)
	}
	allow := 0
	if v.Allow {
		allow = 1
	}
	args := []any{v.ID, string(v.Kind), v.Address, v.Title, homeText(v.Home), string(v.Rhythm), v.Licence, string(v.State), allow, v.Validator, v.Cursor, orNull(v.RunAt), stamp(v.Due),
		v.Failures, string(report), v.Version + 1, stamp(v.CreatedAt)}
	if v.Version == 0 {
		return once(h.t.exec("make a source", `INSERT INTO commons_source (`+sourceColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT (id) DO NOTHING`, args...))
	}
	return once(h.t.exec("change a source", `UPDATE commons_source SET kind = $2, address = $3, title = $4, home = $5, rhythm = $6, licence = $7, state = $8, allow = $9, validator = $10,
		place = $11, run_at = $12, due_at = $13, failures = $14, report = $15, version = $16, created_at = $17 WHERE id = $1 AND version = $16 - 1`, args...))
}

// PutRecords implements [commons.HarvestTx].
func (h harvestTx) PutRecords(list ...commons.Record) error {
	for _, v := range list {
		sheet, err := sheetText(v.Sheet)
		if err != nil {
			return err
		}
		_, err = h.t.exec("keep a record", `INSERT INTO commons_harvested (`+harvestedColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
			ON CONFLICT (source, record) DO UPDATE SET entry = $3, kind = $4, sheet = $5, sum = $6, validator = $7, first_seen = $8, changed_at = $9, last_seen = $10, gone_at = $11`,
			v.Source, v.Name, v.Entry, string(v.Kind), sheet, v.Sum, v.Validator, stamp(v.FirstSeen), stamp(v.ChangedAt), stamp(v.LastSeen), orNull(v.GoneAt))
		if err != nil {
			return err
		}
	}
	return nil
}

// Saw implements [commons.HarvestTx].
func (h harvestTx) Saw(source string, names []string, at time.Time) error {
	if len(names) == 0 {
		return nil
	}
	var c conditions
	c.and(`source = $%d`, source)
	among(&c, `record IN (%s)`, texts(names))
	args := append(c.args, stamp(at))
	_, err := h.t.exec("see records again", `UPDATE commons_harvested SET last_seen = `+fmt.Sprintf("$%d", len(args))+c.String(), args...)
	return err
}

// Speaking implements [commons.HarvestTx].
func (h harvestTx) Speaking(ctx context.Context, entries []string) (map[string]int, error) {
	type counted struct {
		entry string
		n     int
	}
	var c conditions
	among(&c, `entry IN (%s)`, texts(entries))
	list, err := each(ctx, h.ask, "count records of entries", func(s scanner) (v counted, err error) {
		err = s.Scan(&v.entry, &v.n)
		return v, err
	}, `SELECT entry, count(*) FROM commons_harvested`+c.String()+` AND gone_at IS NULL GROUP BY entry`, c.args...)
	out := map[string]int{}
	for _, v := range list {
		out[v.entry] = v.n
	}
	return out, err
}
