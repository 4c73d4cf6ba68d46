package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"bassin/internal/atlas"
	"bassin/internal/atlas/atlastest"
	"bassin/internal/audit"
	"bassin/internal/audit/audittest"
	"bassin/internal/fault"
	"bassin/internal/job/jobtest"
	"bassin/internal/media/mediatest"
	"bassin/internal/notice/noticetest"
	"bassin/internal/people/peopletest"
	"bassin/internal/pgtest"
	"bassin/internal/setting/settingtest"
)

func TestMain(m *testing.M) {
	if role := os.Getenv("BASSIN_TEST_ROLE"); role != "" {
		os.Exit(child(role, os.Getenv("BASSIN_TEST_DSN")))
	}
	os.Exit(pgtest.Run(m))
}

// databases are the two kinds that every test of this package runs on.
var databases = []struct {
	name string
	dsn  func(t *testing.T) string // of an empty database
}{
	{"sqlite", func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "bassin.db") }},
	{"postgres", func(t *testing.T) string { return pgtest.DSN(t) }},
}

// onEach runs a test on an empty database of each kind.
func onEach(t *testing.T, test func(t *testing.T, dsn string)) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) { test(t, d.dsn(t)) })
	}
}

// opened opens dsn until the test ends.
func opened(t *testing.T, dsn string) *DB {
	t.Helper()
	db, err := Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// migrated is opened, with today's tables.
func migrated(t *testing.T, dsn string) *DB {
	t.Helper()
	db := opened(t, dsn)
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

// What people wrote is for nobody else's eyes, whatever the folder's rights.
func TestTheFileIsForItsOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "var")
	db := migrated(t, "sqlite:"+filepath.Join(dir, "bassin.db"))
	if err := writeOne(t.Context(), db, 0, 1); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{"": 0o750, "bassin.db": 0o600, "bassin.db-wal": 0o600, "bassin.db-shm": 0o600} {
		st, err := os.Stat(filepath.Join(dir, path))
		if err != nil || st.Mode().Perm()&^want != 0 {
			t.Errorf("%q has the rights %v, %v, want %v at most", path, st.Mode(), err, want)
		}
	}
}

func TestAtlasContract(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			atlastest.Run(t, func(t *testing.T) atlas.Store { return migrated(t, d.dsn(t)) })
		})
	}
}

func TestAuditContract(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			audittest.Run(t, func(t *testing.T) audit.Store { return migrated(t, d.dsn(t)) })
		})
	}
}

func TestOutboxContract(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			jobtest.Run(t, func(t *testing.T) jobtest.Kept { return migrated(t, d.dsn(t)) })
			jobtest.RunKeeper(t, func(t *testing.T) jobtest.Kept { return migrated(t, d.dsn(t)) })
		})
	}
}

func TestSettingContract(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			settingtest.Run(t, func(t *testing.T) settingtest.Store { return migrated(t, d.dsn(t)) })
		})
	}
}

func TestPeopleContract(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			peopletest.Run(t, func(t *testing.T) peopletest.Store { return migrated(t, d.dsn(t)) })
		})
	}
}

func TestNoticeContract(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			noticetest.Run(t, func(t *testing.T) noticetest.Store { return migrated(t, d.dsn(t)) })
		})
	}
}

func TestScheduleContract(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			jobtest.RunSchedules(t, func(t *testing.T) jobtest.ScheduleStore { return migrated(t, d.dsn(t)) })
		})
	}
}

func TestMediaContract(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			mediatest.Run(t, func(t *testing.T) mediatest.Store { return migrated(t, d.dsn(t)) })
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(strings.Repeat("not a database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		dsn  string
		want fault.Code
		key  string
	}{
		{"", fault.Invalid, "store.dsn_unknown"},
		{"mysql://u:secret@h/d", fault.Invalid, "store.dsn_unknown"},
		{"bassin.db", fault.Invalid, "store.dsn_unknown"},
		{"sqlite:", fault.Invalid, "store.dsn_no_path"},
		{"sqlite:a\x00b", fault.Invalid, "store.dsn_no_path"},
		{"sqlite:" + file, fault.Unavailable, "store.unavailable"},
		{"sqlite:" + file + "/bassin.db", fault.Unavailable, "store.folder"},
		{"postgres://u:secret@h:port/d", fault.Invalid, "store.dsn_unreadable"},
		{"postgres://u:secret@127.0.0.1:1/d?connect_timeout=2", fault.Unavailable, "store.unavailable"},
	} {
		db, err := Open(t.Context(), c.dsn)
		if err == nil {
			t.Errorf("Open(%q) succeeded", c.dsn)
			if err := db.Close(); err != nil {
				t.Error(err)
			}
			continue
		}
		if got := fault.CodeOf(err); got != c.want || !strings.Contains(err.Error(), c.key) {
			t.Errorf("Open(%q): %v, want %s with %s", c.dsn, err, c.want, c.key)
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("Open(%q) tells the password: %v", c.dsn, err)
		}
	}
}

// A path is a file name and nothing else, whatever signs people put in it.
func TestSQLitePathIsLiteral(t *testing.T) {
	for _, name := range []string{"a b.db", "été.db", "50%.db", "%41.db", "a?mode=memory.db", "a#b.db", "a&_dqs=1.db", "new/folder/x.db"} {
		path := filepath.Join(t.TempDir(), name)
		migrated(t, "sqlite:"+path)
		if _, err := os.Stat(path); err != nil {
			t.Errorf("no file of the name asked for: %v", err)
		}
	}
}

func TestSQLiteIsSafeThroughPowerCuts(t *testing.T) {
	db := opened(t, databases[0].dsn(t))
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"} {
		var got string
		if err := db.write.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s is %s, want %s", pragma, got, want)
		}
	}
}

func TestKeptAfterReopening(t *testing.T) {
	onEach(t, func(t *testing.T, dsn string) {
		want := atlas.Perimeter{Code: "0123456789", Communes: []string{"22113"}, Vintage: 2026, CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
		db, err := Open(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := db.SavePerimeter(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		got, err := migrated(t, dsn).Perimeter(t.Context(), want.Code)
		if err != nil || got.CreatedAt != want.CreatedAt || got.Vintage != want.Vintage {
			t.Errorf("after reopening: %v, %v, want %v", got, err, want)
		}
	})
}

func TestClosedDatabaseAnswersWithAnError(t *testing.T) {
	onEach(t, func(t *testing.T, dsn string) {
		db, err := Open(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if err := db.Ping(t.Context()); fault.CodeOf(err) != fault.Unavailable {
			t.Errorf("Ping of a closed database: %v, want fault.Unavailable", err)
		}
	})
}

// Two servers on one file: the second waits for the first rather than fail.
func TestSQLiteSharedByTwoPrograms(t *testing.T) {
	dsn := databases[0].dsn(t)
	one, two := migrated(t, dsn), migrated(t, dsn)
	tx, err := one.write.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		done <- two.SavePerimeter(t.Context(), atlas.Perimeter{Code: "0123456789", Communes: []string{"22113"}})
	}()
	select {
	case err := <-done:
		t.Errorf("a write went through another's transaction: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
