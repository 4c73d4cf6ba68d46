package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"

	"bassin/internal/fault"
)

// DB is an open database. It is safe for concurrent use.
type DB struct {
	read    *sql.DB
	write   *sql.DB // SQLite: one connection, so that writers queue here rather than fail; otherwise read
	dialect goose.Dialect

	syncer   syncer // PostgreSQL's
	now      func() time.Time
	erasures *erasureLog // nil until KeepErasures
}

// Open opens the database that dsn names and checks that it answers:
//
//	sqlite:PATH                        a file, made if missing, folders included
//	postgres://user@host/name?…        a PostgreSQL database that exists
//
// It leaves the tables as they are; see [DB.Migrate]. Errors: fault.Invalid for a
// dsn that cannot be read, fault.Unavailable for a database that does not answer.
// No error tells a password.
func Open(ctx context.Context, dsn string) (*DB, error) {
	db, err := open(dsn)
	if err != nil {
		return nil, err
	}
	if err := db.Ping(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func open(dsn string) (*DB, error) {
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		return openSQLite(path)
	}
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return openPostgres(dsn)
	}
	scheme, _, _ := strings.Cut(dsn, ":")
	return nil, fault.New(fault.Invalid, "store.dsn_unknown", scheme)
}

// busyTimeout is how long SQLite waits for a lock, in milliseconds.
const busyTimeout = "10000"

// openSQLite sets what keeps a file safe through a power cut (WAL and full
// synchronisation), what makes references binding, and what makes a lock wait.
func openSQLite(path string) (*DB, error) {
	if path == "" || strings.ContainsRune(path, 0) {
		return nil, fault.New(fault.Invalid, "store.dsn_no_path")
	}
	//nolint:gosec // the path is the operator's
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fault.New(fault.Unavailable, "store.folder", filepath.Dir(path)).Because(err)
	}
	// For nobody else's eyes; SQLite gives its journal the same rights. If the file
	// cannot be made, SQLite says why.
	//nolint:gosec // the path is the operator's
	if f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600); err == nil {
		f.Close()
	}
	options := url.Values{
		"_busy_timeout": {busyTimeout},
		"_journal_mode": {"WAL"},
		"_synchronous":  {"FULL"},
		"_foreign_keys": {"1"},
		"_pragma":       {"secure_delete(1)"}, // what is deleted is overwritten
		"_dqs":          {"0"},                // a mistyped "column" is an error, as in PostgreSQL
		"_txlock":       {"immediate"},
		"_time_format":  {"sqlite"},
		"_timezone":     {"UTC"},
	}
	name := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + options.Encode()
	pool := func(connections int) (*sql.DB, error) {
		c, err := sqlite.NewConnector(name)
		if err != nil {
			return nil, fault.New(fault.Invalid, "store.dsn_unreadable").Because(err)
		}
		p := sql.OpenDB(c)
		p.SetMaxOpenConns(connections)
		p.SetMaxIdleConns(connections)
		return p, nil
	}
	write, err := pool(1)
	if err != nil {
		return nil, err
	}
	read, err := pool(max(4, runtime.NumCPU()))
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	return &DB{read: read, write: write, dialect: goose.DialectSQLite3, now: time.Now}, nil
}

func openPostgres(dsn string) (*DB, error) {
	config, err := pgx.ParseConfig(dsn) // its error hides the password
	if err != nil {
		return nil, fault.New(fault.Invalid, "store.dsn_unreadable").Because(err)
	}
	p := stdlib.OpenDB(*config)
	p.SetMaxOpenConns(16)
	p.SetMaxIdleConns(8)
	p.SetConnMaxIdleTime(5 * time.Minute)
	return &DB{read: p, write: p, dialect: goose.DialectPostgres, now: time.Now}, nil
}

// Clock makes another clock than the machine's date what is kept. It is given before the
// database is used.
func (db *DB) Clock(now func() time.Time) { db.now = now }

// Ping says whether the database answers: nil, or fault.Unavailable.
func (db *DB) Ping(ctx context.Context) error {
	// The write connection first: it makes the file and sets the journal mode,
	// which would fail under two connections at once.
	for _, p := range []*sql.DB{db.write, db.read} {
		if err := p.PingContext(ctx); err != nil {
			return fault.New(fault.Unavailable, "store.unavailable").Because(fmt.Errorf("store: ping: %w", err))
		}
	}
	return nil
}

// Close lets running statements finish and closes every connection.
func (db *DB) Close() error {
	if db.read == db.write {
		return db.read.Close()
	}
	return errors.Join(db.read.Close(), db.write.Close())
}

// failed names the statement that failed. A database that does not answer, is
// full or is locked for too long is fault.Unavailable; the rest is a defect.
func failed(what string, err error) error {
	err = fmt.Errorf("store: %s: %w", what, err)
	if unavailable(err) {
		return fault.New(fault.Unavailable, "store.unavailable").Because(err)
	}
	return err
}

// flush makes SQLite move what its journal holds into the file and empty it, so
// that nothing erased lingers there. A reader that goes on for long, such as a
// backup, keeps the journal from being emptied; changes after it overwrite it.
// PostgreSQL cleans up in its own time.
func (db *DB) flush(ctx context.Context) (err error) {
	if db.dialect != goose.DialectSQLite3 {
		return nil
	}
	c, err := db.write.Conn(ctx)
	if err != nil {
		return failed("empty the journal", err)
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	// Nobody can write meanwhile: wait for readers a second at most.
	for _, statement := range []string{`PRAGMA busy_timeout = 1000`, `PRAGMA wal_checkpoint(TRUNCATE)`, `PRAGMA busy_timeout = ` + busyTimeout} {
		if _, err := c.ExecContext(ctx, statement); err != nil {
			return failed("empty the journal", err)
		}
	}
	return nil
}

// stamp is how a time is kept: UTC, to the microsecond, which both databases hold.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// Size is the kind of the database and what it takes, in bytes.
func (db *DB) Size(ctx context.Context) (kind string, size int64, err error) {
	kind, question := "SQLite", `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`
	if db.dialect == goose.DialectPostgres {
		kind, question = "PostgreSQL", `SELECT pg_database_size(current_database())`
	}
	if err := db.read.QueryRowContext(ctx, question).Scan(&size); err != nil {
		return kind, 0, failed("measure the database", err)
	}
	return kind, size, nil
}
