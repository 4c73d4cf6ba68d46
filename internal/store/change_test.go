package store

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"bassin/internal/atlas"
	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/pgtest"
)

var box = atlas.Perimeter{Code: "0123456789", Communes: []string{"22113"}, Vintage: 2026}

// count is how many rows a table has.
func count(t *testing.T, db *DB, table string) (n int) {
	t.Helper()
	if err := db.read.QueryRowContext(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// A change, its entry and its event come about together or not at all.
func TestAChangeIsWholeOrNothing(t *testing.T) {
	onEach(t, func(t *testing.T, dsn string) {
		db := migrated(t, dsn)
		stop := errors.New("stop")
		for _, spoil := range []func(*tx) error{
			func(*tx) error { return stop },
			func(t *tx) error { t.record(audit.Entry{}); return nil },
		} {
			err := db.change(t.Context(), "try", func(tx *tx) error {
				if _, err := tx.exec("try", `INSERT INTO setting (name, value, version) VALUES ('a', '1', 1)`); err != nil {
					return err
				}
				tx.record(audit.Entry{By: audit.System, Action: "a", Subject: "b"})
				tx.tell(job.Event{Kind: "mail", Body: []byte(`{}`)})
				return spoil(tx)
			})
			if err == nil {
				t.Error("a spoilt change was made")
			}
		}
		for _, table := range []string{"setting", "outbox", "audit_row"} {
			if n := count(t, db, table); n != 0 {
				t.Errorf("%s has %d rows after changes that failed", table, n)
			}
		}
	})
}

func TestASavedPerimeterIsRecordedOnce(t *testing.T) {
	onEach(t, func(t *testing.T, dsn string) {
		db := migrated(t, dsn)
		for range 2 {
			if err := db.SavePerimeter(t.Context(), box); err != nil {
				t.Fatal(err)
			}
		}
		rows, err := db.Find(t.Context(), audit.Filter{Action: "perimeter."})
		if err != nil || len(rows) != 1 || rows[0].Became != `{"communes":"22113","vintage":2026}` || rows[0].By != audit.Visitor {
			t.Errorf("the record: %+v, %v", rows, err)
		}
	})
}

// Whatever is done to the record behind Bassin's back is found.
func TestTamperingIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		sql   string
		noted bool // found only with the head noted outside
	}{
		"a value":           {`UPDATE audit_row SET became = '{"n":9}' WHERE seq = 3`, false},
		"an actor":          {`UPDATE audit_row SET actor = 'person:eve' WHERE seq = 5`, false},
		"a time":            {`UPDATE audit_row SET at = '2001-01-01 00:00:00+00:00' WHERE seq = 1`, false},
		"a hash":            {`UPDATE audit_row SET hash = '00' WHERE seq = 2`, false},
		"removed":           {`DELETE FROM audit_row WHERE seq = 3`, false},
		"removed first":     {`DELETE FROM audit_row WHERE seq = 1`, false},
		"removed last":      {`DELETE FROM audit_row WHERE seq = 5`, false},
		"all removed":       {`DELETE FROM audit_row`, false},
		"closed up":         {`DELETE FROM audit_row WHERE seq = 3; UPDATE audit_row SET seq = 3 WHERE seq = 4; UPDATE audit_row SET seq = 4 WHERE seq = 5; UPDATE audit_head SET seq = 4`, false},
		"inserted at end":   {`INSERT INTO audit_row SELECT 6, at, actor, action, subject, was, became, hash FROM audit_row WHERE seq = 5`, false},
		"inserted first":    {`INSERT INTO audit_row SELECT 0, at, actor, action, subject, was, became, hash FROM audit_row WHERE seq = 5`, false},
		"swapped":           {`UPDATE audit_row SET seq = 99 WHERE seq = 2; UPDATE audit_row SET seq = 2 WHERE seq = 3; UPDATE audit_row SET seq = 3 WHERE seq = 99`, false},
		"cut, head and all": {`DELETE FROM audit_row WHERE seq > 3; UPDATE audit_head SET seq = 3, hash = (SELECT hash FROM audit_row WHERE seq = 3)`, true},
		"emptied":           {`DELETE FROM audit_row; UPDATE audit_head SET seq = 0, hash = ''`, true},
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, dsn string) {
				db := migrated(t, dsn)
				for n := range 5 {
					if err := db.Record(t.Context(), audit.Entry{By: audit.System, Action: "a", Subject: "b", Became: audit.Values{"n": n}}); err != nil {
						t.Fatal(err)
					}
				}
				head, err := db.Head(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range strings.Split(c.sql, ";") {
					if _, err := db.write.ExecContext(t.Context(), s); err != nil {
						t.Fatal(err)
					}
				}
				r, err := audit.Verify(t.Context(), db)
				if err != nil {
					t.Fatal(err)
				}
				if found := len(r.Problems) > 0; found == c.noted {
					t.Errorf("without a head noted outside: problems %v", r.Problems)
				}
				if r, err := audit.Verify(t.Context(), db, head); err != nil || len(r.Problems) == 0 {
					t.Errorf("with the head noted outside: problems %v, %v", r.Problems, err)
				}
			})
		})
	}
}

// Once a person is erased, neither their values nor their key are in any file.
func TestErasedBytesAreGone(t *testing.T) {
	dsn := databases[0].dsn(t)
	db := migrated(t, dsn)
	if err := db.Record(t.Context(), audit.Entry{By: audit.System, Action: "a", Subject: "b", Became: audit.Values{"mail": audit.Personal{Of: "ada", Value: "x"}}}); err != nil {
		t.Fatal(err)
	}
	err := db.change(t.Context(), "leave a mail", func(t *tx) error {
		t.tell(job.Event{Kind: "mail", Body: []byte(`{"to":"ada@example.fr"}`), Person: "ada"})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var secret string
	if err := db.read.QueryRowContext(t.Context(), `SELECT secret FROM person_key WHERE person = 'ada'`).Scan(&secret); err != nil {
		t.Fatal(err)
	}
	everything := func() (all string) {
		files, err := filepath.Glob(strings.TrimPrefix(dsn, "sqlite:") + "*")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			all += string(b)
		}
		return all
	}
	for _, s := range []string{secret, "ada@example.fr"} {
		if !strings.Contains(everything(), s) {
			t.Fatalf("%q should be there before the erasure", s)
		}
	}
	if err := db.Erase(t.Context(), audit.System, "ada"); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{secret, "ada@example.fr"} {
		if strings.Contains(everything(), s) {
			t.Errorf("%q is still in a file after the erasure", s)
		}
	}
}

// An old copy brought back by hand: whoever was erased since is erased again.
func TestErasuresOutliveAnOldCopy(t *testing.T) {
	onEach(t, func(t *testing.T, dsn string) {
		log := filepath.Join(t.TempDir(), "erasures.log")
		db := migrated(t, dsn)
		mail := func(p string) audit.Entry {
			return audit.Entry{By: audit.System, Action: "a", Subject: "b", Became: audit.Values{"mail": audit.Personal{Of: p, Value: p}}}
		}
		if err := db.Record(t.Context(), mail("ada"), mail("bob")); err != nil {
			t.Fatal(err)
		}
		var old string
		if err := db.read.QueryRowContext(t.Context(), `SELECT secret FROM person_key WHERE person = 'ada'`).Scan(&old); err != nil {
			t.Fatal(err)
		}
		if err := db.Erase(t.Context(), audit.System, "cem"); err != nil { // before there was a log
			t.Fatal(err)
		}
		if n, err := db.KeepErasures(t.Context(), log); n != 0 || err != nil {
			t.Fatalf("KeepErasures: %d, %v", n, err)
		}
		if err := db.Erase(t.Context(), audit.System, "ada"); err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(log); err != nil || strings.Count(string(b), "\n") != 2 || !strings.HasSuffix(string(b), " ada\n") || !strings.Contains(string(b), " cem\n") {
			t.Errorf("the log is %q, %v", b, err)
		}
		// The old copy has her key. A crash left half a line in the log.
		if _, err := db.write.ExecContext(t.Context(), `UPDATE person_key SET secret = $1, erased_at = NULL WHERE person = 'ada'`, old); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(log, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString("2026-11-26T09:00:00Z bo"); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if n, err := db.KeepErasures(t.Context(), log); n != 1 || err != nil {
			t.Errorf("KeepErasures on the old copy: %d erased again, %v, want 1", n, err)
		}
		if k, err := db.Key(t.Context(), "ada"); k != nil || err != nil {
			t.Errorf("her key is back: %v, %v", k, err)
		}
		if k, err := db.Key(t.Context(), "bob"); k == nil || err != nil {
			t.Errorf("somebody else lost theirs: %v, %v", k, err)
		}
		if r, err := audit.Verify(t.Context(), db); err != nil || len(r.Problems) > 0 {
			t.Errorf("the chain: %+v, %v", r, err)
		}
	})
}

func TestErasingFailsWithoutItsLog(t *testing.T) {
	db := migrated(t, databases[0].dsn(t))
	dir := filepath.Join(t.TempDir(), "later")
	if _, err := db.KeepErasures(t.Context(), filepath.Join(dir, "erasures.log")); err != nil {
		t.Fatal(err) // nothing to write yet
	}
	if err := db.Erase(t.Context(), audit.System, "ada"); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("erasing without a place for the log: %v, want fault.Unavailable", err)
	}
	if n := count(t, db, "person_key") + count(t, db, "audit_row"); n != 0 {
		t.Errorf("the erasure left %d rows though it failed", n)
	}
}

// The clock jumps: rows keep their order, and the chain holds.
func TestClockJumps(t *testing.T) {
	onEach(t, func(t *testing.T, dsn string) {
		db := migrated(t, dsn)
		var acknowledged [writers]int
		for n, year := range []int{2026, 2036, 1970, 2026} {
			db.now = func() time.Time { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC) }
			if err := writeOne(t.Context(), db, 0, n+1); err != nil {
				t.Fatal(err)
			}
			acknowledged[0]++
		}
		nothingLost(t, db, acknowledged, audit.Head{})
		rows, err := db.Find(t.Context(), audit.Filter{})
		if err != nil || len(rows) != 4 || rows[0].Subject != "0/4" || rows[3].Subject != "0/1" {
			t.Errorf("the newest first: %+v, %v", rows, err)
		}
	})
}

// Two changes that wait for one another in a circle: both are made in the end.
func TestDeadlocksAreTriedAgain(t *testing.T) {
	onEach(t, func(t *testing.T, dsn string) {
		db := migrated(t, dsn)
		if _, err := db.write.ExecContext(t.Context(), `INSERT INTO setting (name, value, version) VALUES ('a', '0', 0), ('b', '0', 0)`); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for _, order := range [][2]string{{"a", "b"}, {"b", "a"}} {
			all.Go(func() {
				for range 3 {
					err := db.change(t.Context(), "try", func(tx *tx) error {
						for _, name := range order {
							if _, err := tx.exec("try", `UPDATE setting SET version = version + 1 WHERE name = $1`, name); err != nil {
								return err
							}
							time.Sleep(20 * time.Millisecond) // so that the other takes its first
						}
						tx.record(audit.Entry{By: audit.System, Action: "try", Subject: "both"})
						return nil
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		for _, name := range []string{"a", "b"} {
			if s, err := db.Setting(t.Context(), name); err != nil || s.Version != 6 {
				t.Errorf("%s was changed %d times, %v, want 6", name, s.Version, err)
			}
		}
		if r, err := audit.Verify(t.Context(), db); err != nil || r.Rows != 6 || len(r.Problems) > 0 {
			t.Errorf("the record: %+v, %v, want 6 rows", r, err)
		}
	})
}

// Whatever a feature's file changes goes through change: only these touch the
// connection that writes.
func TestNobodyWritesPastChange(t *testing.T) {
	allowed := []string{"store.go", "migrate.go", "change.go", "load.go", "sync.go"}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		switch writes := strings.Contains(string(b), "db.write"); {
		case writes && !slices.Contains(allowed, name):
			t.Errorf("%s writes past change, so without a row of record", name)
		case writes:
			seen++
		}
	}
	if seen != len(allowed) {
		t.Errorf("%d files touch the connection that writes, want %v", seen, allowed)
	}
}

// Whoever waits for the disk is told apart from the others: a crash may have taken
// back one change and not the next, which then has its number.
func TestALostChangeIsNotAcknowledged(t *testing.T) {
	db := migrated(t, pgtest.DSN(t))
	var rows []audit.Head
	for n := range 3 {
		if err := writeOne(t.Context(), db, 0, n+1); err != nil {
			t.Fatal(err)
		}
		h, err := db.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, h)
	}
	gone := []audit.Head{{Seq: rows[1].Seq, Hash: rows[0].Hash}, {Seq: rows[2].Seq + 1, Hash: rows[2].Hash}}
	for range 20 { // in whatever company they wait
		var all sync.WaitGroup
		for _, h := range rows {
			all.Go(func() {
				if err := db.lasting(t.Context(), h); err != nil {
					t.Errorf("row %d: %v", h.Seq, err)
				}
			})
		}
		for _, h := range gone {
			all.Go(func() {
				if err := db.lasting(t.Context(), h); fault.CodeOf(err) != fault.Unavailable {
					t.Errorf("row %d, which is another's: %v, want fault.Unavailable", h.Seq, err)
				}
			})
		}
		all.Wait()
	}
}
