package store

import (
	"math/rand/v2"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/pgtest"
)

// kills is how often each test kills: 20, or BASSIN_SOAK times (make soak).
func kills(t *testing.T, usual int) int {
	t.Helper()
	s := os.Getenv("BASSIN_SOAK")
	if s == "" {
		return usual
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		t.Fatalf("BASSIN_SOAK is %q, a number of kills is expected", s)
	}
	return n
}

// kill -9 under concurrent writes: whatever was acknowledged is there, nothing is
// half done, the chain is whole.
func TestKilledWhileWriting(t *testing.T) {
	dsn := databases[0].dsn(t)
	db := migrated(t, dsn)
	var acknowledged [writers]int
	var head audit.Head
	r := rand.New(rand.NewPCG(1, 2))
	for range kills(t, 20) {
		cmd, lines := started(t, "write", dsn)
		after, pause := 1+r.IntN(30), time.Duration(r.IntN(3000))*time.Microsecond
		watch(lines, &acknowledged, func(said int) bool { return said == after })
		time.Sleep(pause) // so that it dies anywhere in a change
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		drain(lines, &acknowledged)
		_ = cmd.Wait() // it was killed
		head = nothingLost(t, db, acknowledged, head)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d changes, %v acknowledged", head.Seq, acknowledged)
}

// durable is a PostgreSQL that writes a change out before it acknowledges it, as an
// installation's does. It waits for no disk: what a killed process has written
// stays with the system.
func durable(t *testing.T) (*pgtest.Server, string) {
	t.Helper()
	s, err := pgtest.Start("synchronous_commit=on")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	dsn, _, err := s.Database(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s, dsn
}

// The program and PostgreSQL are killed in turn: the program by SIGKILL, then one
// process of PostgreSQL, which takes all of it through a recovery.
func TestKilledInTurnOnPostgreSQL(t *testing.T) {
	_, dsn := durable(t)
	db := migrated(t, dsn)
	var acknowledged [writers]int
	var head audit.Head
	r := rand.New(rand.NewPCG(3, 4))
	for round := range kills(t, 6) {
		cmd, lines := started(t, "write", dsn)
		after := 20 + r.IntN(60)
		watch(lines, &acknowledged, func(said int) bool { return said == after })
		if round%2 == 1 {
			killBackend(t, db)
			// The program goes on by itself once PostgreSQL has recovered.
			watch(lines, &acknowledged, func(said int) bool { return said == 20+2*writers })
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		drain(lines, &acknowledged)
		_ = cmd.Wait() // it was killed
		settled(t, db)
		head = nothingLost(t, db, acknowledged, head)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d changes, %v acknowledged", head.Seq, acknowledged)
}

// killBackend kills a process of PostgreSQL that writes for a child.
func killBackend(t *testing.T, db *DB) {
	t.Helper()
	var pid int
	if err := db.read.QueryRowContext(t.Context(), `SELECT pid FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' ORDER BY backend_start DESC LIMIT 1`).Scan(&pid); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}

// settled waits until PostgreSQL answers and no change of a killed child is under way.
func settled(t *testing.T, db *DB) {
	t.Helper()
	var n int
	var err error
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		err = db.read.QueryRowContext(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'`).Scan(&n)
		if err == nil && n == 0 {
			return
		}
	}
	t.Fatalf("PostgreSQL does not settle: %d at work, %v", n, err)
}

// PostgreSQL is gone for a while: those who write are told so, those who wait a
// moment notice nothing, and all is there afterwards.
func TestPostgreSQLGoneForAWhile(t *testing.T) {
	server, dsn := durable(t)
	db := migrated(t, dsn)
	var acknowledged [writers]int
	write := func() error {
		err := writeOne(t.Context(), db, 0, acknowledged[0]+1)
		if err == nil {
			acknowledged[0]++
		}
		return err
	}
	if err := write(); err != nil {
		t.Fatal(err)
	}
	if err := server.Halt(); err != nil {
		t.Fatal(err)
	}
	if err := write(); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("writing without PostgreSQL: %v, want fault.Unavailable", err)
	}
	if _, err := db.Setting(t.Context(), "writer-0"); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("reading without PostgreSQL: %v, want fault.Unavailable", err)
	}
	back := make(chan error, 1)
	go func() {
		time.Sleep(300 * time.Millisecond)
		back <- server.Resume()
	}()
	for end := time.Now().Add(30 * time.Second); acknowledged[0] < 2 && time.Now().Before(end); {
		if err := write(); err != nil && fault.CodeOf(err) != fault.Unavailable {
			t.Fatal(err)
		}
	}
	if err := <-back; err != nil {
		t.Fatal(err)
	}
	settled(t, db)
	if acknowledged[0] < 2 {
		t.Error("half a minute after PostgreSQL is back, nothing can be written")
	}
	nothingLost(t, db, acknowledged, audit.Head{})
}
