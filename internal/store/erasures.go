package store

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
)

// erasureLog is a file beside the database that says who was erased and when,
// one a line. It holds ids only, and outlives the database it stands by.
type erasureLog struct {
	mu    sync.Mutex
	path  string // "" to keep none
	known map[string]bool
}

// KeepErasures keeps the log at path from now on, and brings over what is on one
// side only: whoever was erased since a copy was made is erased again when the
// copy is brought back, by whatever means. It returns how many were erased again.
func (db *DB) KeepErasures(ctx context.Context, path string) (again int, err error) {
	l := &erasureLog{path: path, known: map[string]bool{}}
	people, err := l.read()
	if err != nil {
		return 0, fault.New(fault.Unavailable, "store.erasures", path).Because(err)
	}
	erased, err := db.erased(ctx)
	if err != nil {
		return 0, err
	}
	for person, at := range erased {
		if err := l.note(person, at); err != nil {
			return 0, err
		}
	}
	db.erasures = l
	for _, person := range people {
		if _, ok := erased[person]; ok {
			continue
		}
		if err := db.Erase(ctx, audit.System, person); err != nil {
			return again, err
		}
		again++
	}
	return again, nil
}

// erased is who was erased according to the database.
func (db *DB) erased(ctx context.Context) (map[string]time.Time, error) {
	rows, err := db.read.QueryContext(ctx, `SELECT person, erased_at FROM person_key WHERE erased_at IS NOT NULL`)
	if err != nil {
		return nil, failed("read erasures", err)
	}
	defer rows.Close()
	out := map[string]time.Time{}
	for rows.Next() {
		var person string
		var at time.Time
		if err := rows.Scan(&person, &at); err != nil {
			return nil, failed("read erasures", err)
		}
		out[person] = at.UTC()
	}
	if err := rows.Err(); err != nil {
		return nil, failed("read erasures", err)
	}
	return out, nil
}

// read returns who is in the log. A last line cut short by a crash belongs to an
// erasure that was never acknowledged.
func (l *erasureLog) read() ([]string, error) {
	text, err := os.ReadFile(l.path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if whole := bytes.LastIndexByte(text, '\n') + 1; whole < len(text) {
		if err := os.Truncate(l.path, int64(whole)); err != nil {
			return nil, err
		}
		text = text[:whole]
	}
	var out []string
	for n, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		_, person, ok := strings.Cut(line, " ")
		if line == "" {
			continue
		}
		if !ok || checkPerson(person) != nil {
			return nil, fmt.Errorf("%s:%d: not a time and an id: %q", l.path, n+1, line)
		}
		if !l.known[person] {
			l.known[person] = true
			out = append(out, person)
		}
	}
	return out, nil
}

// note adds a person to the log and waits until the disk has it.
func (l *erasureLog) note(person string, at time.Time) error {
	if l == nil || l.path == "" {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known[person] {
		return nil
	}
	f, err := os.OpenFile(l.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = fmt.Fprintf(f, "%s %s\n", at.UTC().Format(time.RFC3339), person)
		if err == nil {
			err = f.Sync()
		}
		if shut := f.Close(); err == nil {
			err = shut
		}
	}
	if err != nil {
		return fault.New(fault.Unavailable, "store.erasures", l.path).Because(err)
	}
	l.known[person] = true
	return nil
}
