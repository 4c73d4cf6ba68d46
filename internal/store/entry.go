package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/pressly/goose/v3"

	"bassin/internal/audit"
	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/territory"
)

var _ commons.EntryStore = (*DB)(nil)

const (
	entryColumns    = `id, kind, state, home, own, revision, author, merged_into, successor, reason, version, created_at, updated_at`
	revisionColumns = `id, entry, kind, home, number, base, sheet, note, author, state, reviewer, answer, created_at, updated_at, decided_at, version`
)

// homeText is how a home is kept: "" for the whole installation.
func homeText(id territory.ID) string {
	if id == (territory.ID{}) {
		return ""
	}
	return id.String()
}

func parseHome(text string) (territory.ID, error) {
	if text == "" {
		return territory.ID{}, nil
	}
	id, ok := territory.ParseID(text)
	if !ok {
		return id, fmt.Errorf("%q is no territory", text)
	}
	return id, nil
}

// sheetText is a sheet as canonical JSON: a field without a value is an empty array.
func sheetText(s commons.Sheet) (string, error) {
	out := make(map[string][]string, len(s))
	for field, values := range s {
		out[field] = append([]string{}, values...)
	}
	return audit.Canonical(out)
}

func parseSheet(text string) (s commons.Sheet, err error) {
	err = json.Unmarshal([]byte(text), &s)
	return s, err
}

func scanEntry(s scanner) (e commons.Entry, err error) {
	var home, own string
	if err = s.Scan(&e.ID, &e.Kind, &e.State, &home, &own, &e.Revision, &e.Author, &e.MergedInto, &e.Successor, &e.Reason, &e.Version, &e.CreatedAt, &e.UpdatedAt); err != nil {
		return e, err
	}
	e.CreatedAt, e.UpdatedAt = e.CreatedAt.UTC(), e.UpdatedAt.UTC()
	var wrong error
	e.Home, err = parseHome(home)
	e.Own, wrong = parseSheet(own)
	return e, errors.Join(err, wrong)
}

func scanRevision(s scanner) (r commons.Revision, err error) {
	var home, sheet string
	var decided sql.NullTime
	if err = s.Scan(&r.ID, &r.Entry, &r.Kind, &home, &r.Number, &r.Base, &sheet, &r.Note, &r.Author, &r.State, &r.Reviewer, &r.Answer, &r.CreatedAt, &r.UpdatedAt, &decided, &r.Version); err != nil {
		return r, err
	}
	r.CreatedAt, r.UpdatedAt, r.DecidedAt = r.CreatedAt.UTC(), r.UpdatedAt.UTC(), utc(decided)
	var wrong error
	r.Home, err = parseHome(home)
	r.Sheet, wrong = parseSheet(sheet)
	return r, errors.Join(err, wrong)
}

// entryReader reads entries, in or out of a change.
type entryReader struct {
	ask  asker
	hold bool // in a change: a row that is read is locked until it ends, by an update of nothing
}

func (r entryReader) locking(ctx context.Context, table, columns, id string) *sql.Row {
	return peopleReader(r).locking(ctx, table, columns, `id = $1`, id)
}

// there gives what was found: fault.NotFound under that key if nothing was.
func there[T any](what, key, id string, v T, err error) (T, error) {
	var none T
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return none, fault.New(fault.NotFound, key, id)
	case err != nil:
		return none, failed(what, err)
	}
	return v, nil
}

// Entry implements [commons.EntryReader].
func (r entryReader) Entry(ctx context.Context, id string) (commons.Entry, error) {
	if !textual(id) {
		return commons.Entry{}, fault.New(fault.NotFound, "commons.not_found", "")
	}
	e, err := scanEntry(r.locking(ctx, "commons_entry", entryColumns, id))
	return there("read an entry", "commons.not_found", id, e, err)
}

// Revision implements [commons.EntryReader].
func (r entryReader) Revision(ctx context.Context, id string) (commons.Revision, error) {
	if !textual(id) {
		return commons.Revision{}, fault.New(fault.NotFound, "commons.revision.not_found", "")
	}
	v, err := scanRevision(r.locking(ctx, "commons_revision", revisionColumns, id))
	return there("read a revision", "commons.revision.not_found", id, v, err)
}

// RevisionOf implements [commons.EntryReader]. What is published changes no more.
func (r entryReader) RevisionOf(ctx context.Context, entry string, number int) (commons.Revision, error) {
	if !textual(entry) || number <= 0 {
		return commons.Revision{}, fault.New(fault.NotFound, "commons.revision.not_found", "")
	}
	v, err := scanRevision(r.ask.QueryRowContext(ctx, `SELECT `+revisionColumns+` FROM commons_revision WHERE entry = $1 AND number = $2 AND number > 0`, entry, number))
	return there("read a publication", "commons.revision.not_found", entry, v, err)
}

// Entry implements [commons.EntryReader].
func (db *DB) Entry(ctx context.Context, id string) (commons.Entry, error) {
	return entryReader{ask: db.read}.Entry(ctx, id)
}

// Revision implements [commons.EntryReader].
func (db *DB) Revision(ctx context.Context, id string) (commons.Revision, error) {
	return entryReader{ask: db.read}.Revision(ctx, id)
}

// RevisionOf implements [commons.EntryReader].
func (db *DB) RevisionOf(ctx context.Context, entry string, number int) (commons.Revision, error) {
	return entryReader{ask: db.read}.RevisionOf(ctx, entry, number)
}

// texts are those of a list that a column can hold at all.
func texts[T ~string](list []T) []T {
	var out []T
	for _, v := range list {
		if textual(string(v)) {
			out = append(out, v)
		}
	}
	return out
}

// Entries implements [commons.EntryStore].
func (db *DB) Entries(ctx context.Context, f commons.EntryFilter) ([]commons.Entry, error) {
	if !textual(f.Author) || !textual(f.After) {
		return nil, nil
	}
	var c conditions
	if len(f.IDs) > 0 {
		among(&c, `id IN (%s)`, texts(f.IDs))
	}
	if len(f.States) > 0 {
		among(&c, `state IN (%s)`, texts(f.States))
	}
	if f.Author != "" {
		c.and(`author = $%d AND author <> ''`, f.Author) // so that the index of authors serves
	}
	if f.After != "" {
		c.and(bytewise(db.dialect, "id")+` > $%d`, f.After)
	}
	limit := min(f.Limit, 1000)
	if limit <= 0 {
		limit = 50
	}
	return each(ctx, db.read, "read entries", scanEntry,
		`SELECT `+entryColumns+` FROM commons_entry`+c.String()+fmt.Sprintf(` ORDER BY %s LIMIT $%d`, bytewise(db.dialect, "id"), len(c.args)+1), append(c.args, limit)...)
}

// bytewise is a text that both databases sort alike, whatever the language of PostgreSQL.
func bytewise(d goose.Dialect, column string) string {
	if d == goose.DialectPostgres {
		return column + ` COLLATE "C"`
	}
	return column
}

// MergedInto implements [commons.EntryStore].
func (db *DB) MergedInto(ctx context.Context, ids []string) (map[string][]commons.Entry, error) {
	out := map[string][]commons.Entry{}
	const page = 500
	for ids = texts(ids); len(ids) > 0; ids = ids[min(page, len(ids)):] {
		var c conditions
		among(&c, `merged_into IN (%s)`, ids[:min(page, len(ids))])
		// UNION keeps each pair once: a circle of merges ends.
		pairs, err := each(ctx, db.read, "read merges", func(s scanner) (p [2]string, err error) {
			err = s.Scan(&p[0], &p[1])
			return p, err
		}, `WITH RECURSIVE merge (kept, merged) AS (
				SELECT merged_into, id FROM commons_entry`+c.String()+` AND merged_into <> ''
				UNION SELECT merge.kept, commons_entry.id FROM merge JOIN commons_entry ON commons_entry.merged_into = merge.merged AND commons_entry.merged_into <> ''
			) SELECT kept, merged FROM merge WHERE merged <> kept`, c.args...)
		if err != nil {
			return nil, err
		}
		into := map[string][]string{}
		var merged []string
		for _, p := range pairs {
			into[p[1]] = append(into[p[1]], p[0])
			merged = append(merged, p[1])
		}
		for part := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(merged))), page) {
			found, err := db.Entries(ctx, commons.EntryFilter{IDs: part, Limit: page})
			if err != nil {
				return nil, err
			}
			for _, e := range found {
				for _, kept := range into[e.ID] {
					out[kept] = append(out[kept], e)
				}
			}
		}
	}
	return out, nil
}

// Revisions implements [commons.EntryStore].
func (db *DB) Revisions(ctx context.Context, f commons.RevisionFilter) ([]commons.Revision, int, error) {
	if !textual(f.Entry) || !textual(f.Author) {
		return nil, 0, nil
	}
	var c conditions
	if f.Entry != "" {
		c.and(`entry = $%d`, f.Entry)
	}
	if f.Author != "" {
		c.and(`author = $%d AND author <> ''`, f.Author)
	}
	if len(f.States) > 0 {
		among(&c, `state IN (%s)`, texts(f.States))
	}
	if f.Homes != nil {
		homes := make([]string, len(f.Homes))
		for i, h := range f.Homes {
			homes[i] = homeText(h)
		}
		among(&c, `home IN (%s)`, texts(homes))
	}
	var total int
	if err := db.read.QueryRowContext(ctx, `SELECT count(*) FROM commons_revision`+c.String(), c.args...).Scan(&total); err != nil {
		return nil, 0, failed("count revisions", err)
	}
	limit := min(f.Limit, 500)
	if limit <= 0 {
		limit = 50
	}
	n := len(c.args)
	out, err := each(ctx, db.read, "read revisions", scanRevision, `SELECT `+revisionColumns+` FROM commons_revision`+c.String()+
		fmt.Sprintf(` ORDER BY updated_at DESC, id LIMIT $%d OFFSET $%d`, n+1, n+2), append(c.args, limit, max(f.Offset, 0))...)
	return out, total, err
}

// WaitingHomes implements [commons.EntryStore].
func (db *DB) WaitingHomes(ctx context.Context) ([]territory.ID, error) {
	return each(ctx, db.read, "read where revisions wait", func(s scanner) (territory.ID, error) {
		text, err := scanText(s)
		if err != nil {
			return territory.ID{}, err
		}
		return parseHome(text)
	}, `SELECT DISTINCT home FROM commons_revision WHERE state = 'submitted' ORDER BY home`)
}

// ChangeEntries implements [commons.EntryStore]. Changes of the library run one at a
// time, as they do anyway on SQLite: an entry that has no row yet cannot be locked.
func (db *DB) ChangeEntries(ctx context.Context, f func(commons.EntryTx) error) error {
	return db.change(ctx, "change the library", func(t *tx) error {
		if db.dialect == goose.DialectPostgres {
			if _, err := t.exec("wait for the library", `SELECT pg_advisory_xact_lock(hashtextextended('bassin commons', 0))`); err != nil {
				return err
			}
		}
		return f(entryTx{entryReader{t, true}, t})
	})
}

// entryTx is a change of the library.
type entryTx struct {
	entryReader
	t *tx
}

func (e entryTx) Now() time.Time           { return e.t.now }
func (e entryTx) NewID() string            { return token()[:16] }
func (e entryTx) Record(r ...audit.Entry)  { e.t.record(r...) }
func (e entryTx) Tell(events ...job.Event) { e.t.tell(events...) }

// errEntryChanged refuses to keep a row on another than the one that was read.
var errEntryChanged = fault.New(fault.Conflict, "store.stale")

// once is fault.Conflict unless one row was written.
func once(n int64, err error) error {
	if taken(err) { // another publication took the number
		return fault.New(fault.Conflict, "store.stale").Because(err)
	}
	if err == nil && n != 1 {
		err = errEntryChanged
	}
	return err
}

// PutEntry implements [commons.EntryTx].
func (e entryTx) PutEntry(v commons.Entry) error {
	own, err := sheetText(v.Own)
	if err != nil {
		return err
	}
	args := []any{v.ID, string(v.Kind), string(v.State), homeText(v.Home), own, v.Revision, v.Author, v.MergedInto, v.Successor, v.Reason, v.Version + 1, stamp(v.CreatedAt), stamp(v.UpdatedAt)}
	if v.Version == 0 {
		return once(e.t.exec("make an entry", `INSERT INTO commons_entry (`+entryColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (id) DO NOTHING`, args...))
	}
	return once(e.t.exec("change an entry", `UPDATE commons_entry SET kind = $2, state = $3, home = $4, own = $5, revision = $6, author = $7,
		merged_into = $8, successor = $9, reason = $10, version = $11, created_at = $12, updated_at = $13 WHERE id = $1 AND version = $11 - 1`, args...))
}

// PutRevision implements [commons.EntryTx].
func (e entryTx) PutRevision(v commons.Revision) error {
	sheet, err := sheetText(v.Sheet)
	if err != nil {
		return err
	}
	args := []any{v.ID, v.Entry, string(v.Kind), homeText(v.Home), v.Number, v.Base, sheet, v.Note, v.Author, string(v.State), v.Reviewer, v.Answer,
		stamp(v.CreatedAt), stamp(v.UpdatedAt), orNull(v.DecidedAt), v.Version + 1}
	if v.Version == 0 {
		return once(e.t.exec("make a revision", `INSERT INTO commons_revision (`+revisionColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT (id) DO NOTHING`, args...))
	}
	return once(e.t.exec("change a revision", `UPDATE commons_revision SET entry = $2, kind = $3, home = $4, number = $5, base = $6, sheet = $7, note = $8, author = $9,
		state = $10, reviewer = $11, answer = $12, created_at = $13, updated_at = $14, decided_at = $15, version = $16 WHERE id = $1 AND version = $16 - 1`, args...))
}

// MoveRevisions implements [commons.EntryTx].
func (e entryTx) MoveRevisions(entry string, home territory.ID) error {
	_, err := e.t.exec("move revisions", `UPDATE commons_revision SET home = $2 WHERE entry = $1`, entry, homeText(home))
	return err
}
