package store

import (
	"context"
	"database/sql"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/report"
)

var _ report.Store = (*DB)(nil)

const reportColumns = `id, subject, reason, body, reporter, state, answer, answered_by, created_at, answered_at, version`

func scanReport(s scanner) (r report.Report, err error) {
	var answered sql.NullTime
	err = s.Scan(&r.ID, &r.Subject, &r.Reason, &r.Text, &r.Reporter, &r.State, &r.Answer, &r.AnsweredBy, &r.CreatedAt, &answered, &r.Version)
	r.CreatedAt, r.AnsweredAt = r.CreatedAt.UTC(), utc(answered)
	return r, err
}

// Report implements [report.Store].
func (db *DB) Report(ctx context.Context, id string) (report.Report, error) {
	return oneReport(ctx, entryReader{ask: db.read}, id)
}

func oneReport(ctx context.Context, r entryReader, id string) (report.Report, error) {
	if !textual(id) {
		return report.Report{}, fault.New(fault.NotFound, "report.not_found")
	}
	v, err := scanReport(r.locking(ctx, "report", reportColumns, id))
	return there("read a report", "report.not_found", id, v, err)
}

// Reports implements [report.Store].
func (db *DB) Reports(ctx context.Context, open bool, limit int) ([]report.Report, error) {
	where := `state = 'open' ORDER BY created_at, id`
	if !open {
		where = `state <> 'open' ORDER BY answered_at DESC, id`
	}
	return each(ctx, db.read, "read reports", scanReport, `SELECT `+reportColumns+` FROM report WHERE `+where+` LIMIT $1`, limit)
}

// ForgetReports implements [report.Store]: see [DB.ForgetHidden].
func (db *DB) ForgetReports(ctx context.Context, before time.Time) (n int, err error) {
	err = db.change(ctx, "forget reports", func(t *tx) error {
		done, err := t.exec("forget reports", `UPDATE report SET body = '', reporter = '', version = version + 1 WHERE state <> 'open' AND (body <> '' OR reporter <> '') AND answered_at < $1`, stamp(before))
		n = int(done)
		return err
	})
	return n, err
}

// ChangeReports implements [report.Store].
func (db *DB) ChangeReports(ctx context.Context, f func(report.Tx) error) error {
	return db.change(ctx, "change reports", func(t *tx) error { return f(reportTx{t}) })
}

type reportTx struct{ t *tx }

func (r reportTx) Now() time.Time           { return r.t.now }
func (r reportTx) NewSecret() string        { return token() }
func (r reportTx) Record(e ...audit.Entry)  { r.t.record(e...) }
func (r reportTx) Tell(events ...job.Event) { r.t.tell(events...) }
func (r reportTx) Report(ctx context.Context, id string) (report.Report, error) {
	return oneReport(ctx, entryReader{r.t, true}, id)
}

// PutReport implements [report.Tx].
func (r reportTx) PutReport(v report.Report) error {
	if v.Version == 0 && v.Reporter != "" {
		there, err := r.t.there(v.Reporter)
		if err != nil {
			return err
		}
		if !there {
			v.Reporter = "" // erased meanwhile: what they say stands without them
		}
	}
	args := []any{v.ID, v.Subject, v.Reason, v.Text, v.Reporter, string(v.State), v.Answer, v.AnsweredBy, stamp(v.CreatedAt), orNull(v.AnsweredAt), v.Version + 1}
	if v.Version == 0 {
		return once(r.t.exec("make a report", `INSERT INTO report (`+reportColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING`, args...))
	}
	return once(r.t.exec("change a report", `UPDATE report SET subject = $2, reason = $3, body = $4, reporter = $5, state = $6, answer = $7, answered_by = $8,
		created_at = $9, answered_at = $10, version = $11 WHERE id = $1 AND version = $11 - 1`, args...))
}
