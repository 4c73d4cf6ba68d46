package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"math/big"
	"strings"
	"time"
	"unicode/utf8"

	"bassin/internal/audit"
	"bassin/internal/fault"
)

// tables are all that the database keeps, each after those it refers to, with the
// migration that made it.
var tables = []struct {
	name  string
	since int64
}{
	{"perimeter", 1},
	{"audit_row", 2}, {"audit_head", 2}, {"person_key", 2}, {"outbox", 2}, {"setting", 2},
	{"person", 3}, {"credential", 3}, {"session", 3}, {"ticket", 3}, {"failure", 3}, {"mandate", 3},
	{"organisation", 4}, {"organisation_territory", 4}, {"organisation_merge", 4}, {"organisation_apart", 4},
	{"secret", 5},
	{"notice", 6}, {"notice_choice", 6}, {"schedule", 6},
	{"blob", 7}, {"attachment", 7},
	{"commons_entry", 8}, {"commons_revision", 8},
	{"adoption", 9},
	{"commons_join", 10},
	{"commons_comment", 11}, {"commons_credit", 11}, {"commons_contributor", 11}, {"commons_search", 11}, {"commons_seen", 11}, {"follow", 11}, {"report", 11},
	{"commons_source", 12}, {"commons_harvested", 12},
}

// Summary is what a copy holds.
type Summary struct {
	Version int64      // of the tables, see [DB.Version]
	At      time.Time  // UTC, when the copy was begun
	Head    audit.Head // of the record at that moment
	Tables  []Sum
}

// Sum tells the rows of a table apart from any others: the sum, modulo 2²⁵⁶, of
// the SHA-256 of each, which doesn't depend on their order.
type Sum struct {
	Table string
	Rows  int64
	Hash  string // hexadecimal
}

// column is a column of a table and the kind of its values.
type column struct {
	Name string `json:"name"`
	Kind string `json:"kind"` // text, integer, time
}

// line is one line of a copy that is not a row. A copy is JSON, one value a line:
// what it is, then each table, its rows as arrays, its sum, and at last the
// SHA-256 of all the lines before.
type line struct {
	Format  int        `json:"bassin_copy,omitempty"` // 1
	Version int64      `json:"version,omitempty"`
	At      *time.Time `json:"at,omitempty"`
	Head    string     `json:"head,omitempty"`

	Table   string   `json:"table,omitempty"`
	Columns []column `json:"columns,omitempty"`

	End  string `json:"end,omitempty"`
	Rows int64  `json:"rows,omitempty"`
	Hash string `json:"hash,omitempty"`

	Done string `json:"done,omitempty"`
}

const format = 1

// Dump writes all that the database keeps, as it stands at one moment, while
// others go on writing. The tables may be of an older version.
func (db *DB) Dump(ctx context.Context, w io.Writer) (Summary, error) {
	version, err := db.Version(ctx)
	if err != nil {
		return Summary{}, err
	}
	t, err := db.read.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return Summary{}, failed("copy", err)
	}
	defer t.Rollback() // nothing was written
	s := Summary{Version: version, At: stamp(db.now())}
	if version >= 2 {
		if err := t.QueryRowContext(ctx, `SELECT seq, hash FROM audit_head WHERE id = 1`).Scan(&s.Head.Seq, &s.Head.Hash); err != nil {
			return Summary{}, failed("copy the head of the record", err)
		}
		if err := db.notable(ctx, s.Head); err != nil {
			return Summary{}, err
		}
	}
	d := &dumper{w: w, whole: sha256.New()}
	if err := d.put(line{Format: format, Version: version, At: &s.At, Head: s.Head.String()}); err != nil {
		return Summary{}, err
	}
	for _, table := range tables {
		if table.since > version {
			continue
		}
		sum, err := d.table(ctx, t, table.name)
		if err != nil {
			return Summary{}, err
		}
		s.Tables = append(s.Tables, sum)
	}
	if err := d.put(line{Done: hex.EncodeToString(d.whole.Sum(nil))}); err != nil {
		return Summary{}, err
	}
	return s, nil
}

// Sums are the sums of all tables, as [DB.Dump] would tell them.
func (db *DB) Sums(ctx context.Context) ([]Sum, error) {
	s, err := db.Dump(ctx, io.Discard)
	return s.Tables, err
}

type dumper struct {
	w     io.Writer
	whole hash.Hash
}

func (d *dumper) put(v any) error {
	b, err := json.Marshal(v)
	if err == nil {
		err = d.write(append(b, '\n'))
	}
	return err
}

func (d *dumper) write(b []byte) error {
	d.whole.Write(b) // never fails
	if _, err := d.w.Write(b); err != nil {
		return fmt.Errorf("store: write a copy: %w", err)
	}
	return nil
}

func (d *dumper) table(ctx context.Context, t *sql.Tx, name string) (Sum, error) {
	rows, err := t.QueryContext(ctx, `SELECT * FROM `+name)
	if err != nil {
		return Sum{}, failed("copy "+name, err)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return Sum{}, failed("copy "+name, err)
	}
	columns := make([]column, len(types))
	values, into := make([]any, len(types)), make([]any, len(types))
	for i, c := range types {
		columns[i] = column{c.Name(), kind(c.DatabaseTypeName())}
		if columns[i].Kind == "" {
			return Sum{}, fmt.Errorf("store: copy %s: column %s is a %s", name, c.Name(), c.DatabaseTypeName())
		}
		into[i] = &values[i]
	}
	if err := d.put(line{Table: name, Columns: columns}); err != nil {
		return Sum{}, err
	}
	var total adder
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return Sum{}, failed("copy "+name, err)
		}
		text, err := encode(columns, values)
		if err != nil {
			return Sum{}, fmt.Errorf("store: copy %s: %w", name, err)
		}
		total.add(text)
		if err := d.write(append(text, '\n')); err != nil {
			return Sum{}, err
		}
	}
	if err := rows.Err(); err != nil {
		return Sum{}, failed("copy "+name, err)
	}
	s := total.of(name)
	return s, d.put(line{End: name, Rows: s.Rows, Hash: s.Hash})
}

// kind is what a column of that type in either database holds.
func kind(databaseType string) string {
	switch strings.ToUpper(databaseType) {
	case "TEXT":
		return "text"
	case "INTEGER", "BIGINT", "INT4", "INT8":
		return "integer"
	case "TIMESTAMP":
		return "time"
	}
	return ""
}

// encode writes a row in one way only, whichever database it comes from.
func encode(columns []column, values []any) ([]byte, error) {
	out := make([]any, len(values))
	for i, v := range values {
		switch x := v.(type) {
		case nil, int64:
			out[i] = x
		case string:
			if !utf8.ValidString(x) {
				return nil, fmt.Errorf("column %s holds bytes that are no text: %q", columns[i].Name, x)
			}
			out[i] = x
		case time.Time:
			if !writable(x) {
				return nil, fmt.Errorf("column %s holds the year %d", columns[i].Name, x.UTC().Year())
			}
			out[i] = x.UTC().Format(time.RFC3339Nano)
		default:
			return nil, fmt.Errorf("column %s holds a %T", columns[i].Name, v)
		}
	}
	return json.Marshal(out)
}

// writable says whether RFC 3339 has a form for t.
func writable(t time.Time) bool { y := t.UTC().Year(); return y >= 0 && y <= 9999 }

// adder sums the hashes of rows.
type adder struct {
	rows  int64
	total big.Int
}

func (a *adder) add(row []byte) {
	h := sha256.Sum256(row)
	a.rows++
	a.total.Add(&a.total, new(big.Int).SetBytes(h[:]))
	if a.total.BitLen() > 256 {
		a.total.SetBit(&a.total, 256, 0)
	}
}

func (a *adder) of(table string) Sum {
	return Sum{table, a.rows, hex.EncodeToString(a.total.FillBytes(make([]byte, sha256.Size)))}
}

// damaged is the refusal of a copy that cannot be trusted.
func damaged(format string, args ...any) error {
	return fault.New(fault.Invalid, "store.copy_damaged").Because(fmt.Errorf("store: "+format, args...))
}

// header reads the first line of a copy.
func header(text []byte) (Summary, error) {
	var l line
	if err := json.Unmarshal(text, &l); err != nil || l.Format == 0 || l.At == nil {
		return Summary{}, fault.New(fault.Invalid, "store.copy_foreign")
	}
	if l.Format > format {
		return Summary{}, fault.New(fault.Conflict, "store.newer", l.Format, format)
	}
	head, err := audit.ParseHead(l.Head)
	if err != nil {
		return Summary{}, damaged("%w", err)
	}
	return Summary{Version: l.Version, At: *l.At, Head: head}, nil
}

// isRow says whether a line of a copy is a row.
func isRow(text []byte) bool { return bytes.HasPrefix(text, []byte("[")) }
