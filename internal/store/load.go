package store

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/pressly/goose/v3"

	"bassin/internal/audit"
	"bassin/internal/fault"
)

// Empty says whether nobody has written anything yet.
func (db *DB) Empty(ctx context.Context) (bool, error) {
	for _, t := range tables {
		if t.name == "audit_head" { // always one row
			continue
		}
		var n int
		if err := db.read.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM `+t.name+` LIMIT 1) AS any_row`).Scan(&n); err != nil {
			return false, failed("look for rows", err)
		}
		if n > 0 {
			return false, nil
		}
	}
	return true, nil
}

// Ahead is how many bytes of a copy are read ahead.
const Ahead = 1 << 20

// Prepare loads a copy into this database, which must be new: tables of the
// copy's version are made, filled, brought to today's, and its record verified.
// A copy that is damaged, foreign or of a newer Bassin is refused. What follows it is
// left to read if copied is a *bufio.Reader of [Ahead] bytes.
func (db *DB) Prepare(ctx context.Context, copied io.Reader) (Summary, error) {
	in := bufio.NewReaderSize(copied, Ahead)
	first, err := in.ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return Summary{}, damaged("%w", err)
	}
	s, err := header(first)
	if err != nil {
		return Summary{}, err
	}
	steps, err := db.steps()
	if err != nil {
		return Summary{}, err
	}
	_, known, err := steps.GetVersions(ctx)
	if err != nil {
		return Summary{}, failed("read the version", err)
	}
	if s.Version > known {
		return Summary{}, fault.New(fault.Conflict, "store.newer", s.Version, known)
	}
	if s.Version > 0 {
		if _, err := steps.UpTo(ctx, s.Version); err != nil {
			return Summary{}, failed("make the tables", err)
		}
	}
	if s, err = db.load(ctx, s, first, in); err != nil {
		return Summary{}, err
	}
	if err := db.Migrate(ctx); err != nil {
		return Summary{}, err
	}
	if s.Version >= 2 {
		r, err := audit.Verify(ctx, db, s.Head)
		if err != nil {
			return Summary{}, err
		}
		if len(r.Problems) > 0 {
			return Summary{}, damaged("the record in the copy does not hold: %s", r.Problems[0])
		}
	}
	return s, nil
}

// Replace puts what from keeps in the place of all that db keeps, in one
// transaction: whoever reads meanwhile sees the old or the new, whole. Both have
// today's tables. The sums of both are compared before and after.
func (db *DB) Replace(ctx context.Context, from *DB) (Summary, error) {
	r, w := io.Pipe()
	sent := make(chan error, 1)
	go func() {
		_, err := from.Dump(ctx, w)
		sent <- err
		w.CloseWithError(err) // nil is the end of the copy
	}()
	in := bufio.NewReaderSize(r, Ahead)
	first, err := in.ReadBytes('\n')
	var s Summary
	if err == nil {
		s, err = header(first)
	}
	if err == nil {
		var have int64
		have, err = db.Version(ctx)
		if err == nil && have != s.Version {
			err = fault.New(fault.Conflict, "store.versions_differ", s.Version, have)
		}
	}
	if err == nil {
		s, err = db.load(ctx, s, first, in)
	}
	r.CloseWithError(errors.New("store: the copy was refused")) // ends the sender if it is not done
	if e := <-sent; err == nil && e != nil {
		err = e
	}
	if err != nil {
		return Summary{}, err
	}
	after, err := db.Sums(ctx)
	if err != nil {
		return Summary{}, err
	}
	if !slices.Equal(after, s.Tables) {
		return Summary{}, damaged("what was read back differs from what was copied: %v, %v", after, s.Tables)
	}
	return s, db.flush(ctx)
}

// load reads the rest of a copy into the tables, after emptying them.
func (db *DB) load(ctx context.Context, s Summary, first []byte, in *bufio.Reader) (Summary, error) {
	t, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return Summary{}, failed("load a copy", err)
	}
	defer t.Rollback() // after a commit it does nothing
	if db.dialect == goose.DialectPostgres {
		// Where several write at once, nobody may slip a row in meanwhile.
		for _, table := range tables {
			if table.since > s.Version {
				continue
			}
			if _, err := t.ExecContext(ctx, `LOCK TABLE `+table.name+` IN EXCLUSIVE MODE`); err != nil {
				return Summary{}, failed("load a copy", err)
			}
		}
	}
	for _, table := range slices.Backward(tables) {
		if table.since > s.Version {
			continue
		}
		if _, err := t.ExecContext(ctx, `DELETE FROM `+table.name); err != nil {
			return Summary{}, failed("load a copy", err)
		}
	}
	l := &loader{ctx: ctx, tx: t, in: in, whole: sha256.New()}
	l.whole.Write(first)
	if s.Tables, err = l.all(); err != nil {
		return Summary{}, err
	}
	var want []string
	for _, table := range tables {
		if table.since <= s.Version {
			want = append(want, table.name)
		}
	}
	if got := names(s.Tables); !slices.Equal(got, want) {
		return Summary{}, damaged("the copy has the tables %v, %v were expected", got, want)
	}
	if err := t.Commit(); err != nil {
		return Summary{}, failed("load a copy", err)
	}
	return s, nil
}

func names(sums []Sum) (out []string) {
	for _, s := range sums {
		out = append(out, s.Table)
	}
	return out
}

type loader struct {
	ctx   context.Context
	tx    *sql.Tx
	in    *bufio.Reader
	whole hash.Hash
}

// next reads a line, without its end. The hash is of the lines before it.
func (l *loader) next() (text []byte, before string, err error) {
	text, err = l.in.ReadBytes('\n')
	if err != nil {
		return nil, "", damaged("the copy ends in the middle: %w", err)
	}
	before = hex.EncodeToString(l.whole.Sum(nil))
	l.whole.Write(text)
	return bytes.TrimSuffix(text, []byte("\n")), before, nil
}

func (l *loader) all() (sums []Sum, err error) {
	for {
		text, before, err := l.next()
		if err != nil {
			return nil, err
		}
		var head line
		if err := json.Unmarshal(text, &head); err != nil {
			return nil, damaged("%w", err)
		}
		switch {
		case head.Done != "":
			if head.Done != before {
				return nil, damaged("the sum of the whole is wrong")
			}
			return sums, nil
		case head.Table == "":
			return nil, damaged("an unknown line: %.80s", text)
		}
		sum, err := l.table(head)
		if err != nil {
			return nil, err
		}
		sums = append(sums, sum)
	}
}

func (l *loader) table(head line) (sum Sum, err error) {
	if !slices.ContainsFunc(tables, func(t struct {
		name  string
		since int64
	}) bool {
		return t.name == head.Table
	}) {
		return Sum{}, damaged("an unknown table: %q", head.Table)
	}
	insert, err := l.prepare(head)
	if err != nil {
		return Sum{}, err
	}
	defer func() { err = errors.Join(err, insert.Close()) }()
	var total adder
	for {
		text, _, err := l.next()
		if err != nil {
			return Sum{}, err
		}
		if !isRow(text) {
			var end line
			if err := json.Unmarshal(text, &end); err != nil || end.End != head.Table {
				return Sum{}, damaged("%s does not end as it should: %.80s", head.Table, text)
			}
			s := total.of(head.Table)
			if s.Rows != end.Rows || s.Hash != end.Hash {
				return Sum{}, damaged("the sum of %s is wrong", head.Table)
			}
			return s, nil
		}
		values, err := decode(head.Columns, text)
		if err != nil {
			return Sum{}, damaged("%s, row %d: %w", head.Table, total.rows+1, err)
		}
		total.add(text)
		if _, err := insert.ExecContext(l.ctx, values...); err != nil {
			return Sum{}, failed("load "+head.Table, err)
		}
	}
}

// prepare makes the statement that inserts a row, of columns that the table has.
func (l *loader) prepare(head line) (*sql.Stmt, error) {
	have, err := l.columns(head.Table)
	if err != nil {
		return nil, err
	}
	var columns, marks []string
	for i, c := range head.Columns {
		columns = append(columns, c.Name)
		marks = append(marks, fmt.Sprintf("$%d", i+1))
	}
	if !slices.Equal(have, columns) { // also keeps a forged name out of the statement
		return nil, damaged("%s has the columns %v, %v were expected", head.Table, columns, have)
	}
	s, err := l.tx.PrepareContext(l.ctx, `INSERT INTO `+head.Table+` (`+strings.Join(columns, ", ")+`) VALUES (`+strings.Join(marks, ", ")+`)`)
	if err != nil {
		return nil, failed("load "+head.Table, err)
	}
	return s, nil
}

// columns are those that a table has here.
func (l *loader) columns(table string) ([]string, error) {
	rows, err := l.tx.QueryContext(l.ctx, `SELECT * FROM `+table+` WHERE 1 = 0`)
	if err != nil {
		return nil, failed("load "+table, err)
	}
	defer rows.Close()
	have, err := rows.Columns()
	if err := errors.Join(err, rows.Err()); err != nil {
		return nil, failed("load "+table, err)
	}
	return have, nil
}

func decode(columns []column, text []byte) ([]any, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, err
	}
	if len(raw) != len(columns) {
		return nil, fmt.Errorf("%d values for %d columns", len(raw), len(columns))
	}
	out := make([]any, len(raw))
	for i, r := range raw {
		if string(r) == "null" {
			continue
		}
		var err error
		switch columns[i].Kind {
		case "text":
			var v string
			err = json.Unmarshal(r, &v)
			out[i] = v
		case "integer":
			var v int64
			err = json.Unmarshal(r, &v)
			out[i] = v
		case "time":
			var v time.Time
			err = json.Unmarshal(r, &v)
			if err == nil && !writable(v) {
				err = fmt.Errorf("the year %d", v.UTC().Year())
			}
			out[i] = v.UTC()
		default:
			err = fmt.Errorf("an unknown kind %q", columns[i].Kind)
		}
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", columns[i].Name, err)
		}
	}
	return out, nil
}
