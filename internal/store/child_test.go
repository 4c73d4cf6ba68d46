package store

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/job"
)

// child is what this test program does when a test starts it as another process.
func child(role, dsn string) int {
	run := map[string]func(context.Context, *DB) error{"write": writeForEver, "full disk": fillTheDisk, "read only": func(ctx context.Context, db *DB) error { return writeOne(ctx, db, 0, 2) }}[role]
	if role == "read only" && os.Getuid() == 0 {
		// Rights bind nobody, not root.
		if err := errors.Join(syscall.Setgid(65534), syscall.Setuid(65534)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	db, err := Open(context.Background(), dsn)
	if err == nil {
		err = run(context.Background(), db)
	}
	if err != nil {
		fmt.Println(fault.CodeOf(err))
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// started starts this test program as a child; it ends with the test.
func started(t *testing.T, role, dsn string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "BASSIN_TEST_ROLE="+role, "BASSIN_TEST_DSN="+dsn)
	if role != "read only" { // whose refusals are wanted
		cmd.Stderr = os.Stderr
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it has mostly ended by then
		_ = cmd.Wait()
	})
	return cmd, bufio.NewScanner(out)
}

const writers = 6

// writeForEver has writers make changes, each of a row, an entry, an event and a
// counter, and tells each one once it is acknowledged: "writer number".
func writeForEver(ctx context.Context, db *DB) error {
	var said sync.Mutex
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			n := counted(ctx, db, w)
			for {
				// A change whose outcome is unknown is made again: it is there, or it is made.
				if err := writeOne(ctx, db, w, n+1); err != nil {
					continue
				}
				n++
				said.Lock()
				fmt.Println(w, n)
				said.Unlock()
			}
		})
	}
	all.Wait()
	return nil
}

// counted is how far a writer has come.
func counted(ctx context.Context, db *DB, w int) int {
	for {
		s, err := db.Setting(ctx, fmt.Sprintf("writer-%d", w))
		if err != nil {
			continue
		}
		n := 0
		if s.Value != nil && json.Unmarshal(s.Value, &n) != nil {
			panic("a counter is no number")
		}
		return n
	}
}

func writeOne(ctx context.Context, db *DB, w, n int) error {
	return db.change(ctx, "try", func(t *tx) error {
		code := fmt.Sprintf("%d/%d", w, n)
		made, err := t.exec("try", `INSERT INTO perimeter (code, communes, vintage, created_at) VALUES ($1, '', 2026, $2) ON CONFLICT (code) DO NOTHING`, code, t.now)
		if err != nil || made == 0 {
			return err
		}
		if _, err := t.exec("try", `INSERT INTO setting (name, value, version) VALUES ($1, '1', 1)
			ON CONFLICT (name) DO UPDATE SET version = setting.version + 1, value = CAST(setting.version + 1 AS TEXT)`, fmt.Sprintf("writer-%d", w)); err != nil {
			return err
		}
		t.record(audit.Entry{By: audit.System, Action: "try", Subject: code, Became: audit.Values{"who": audit.Personal{Of: fmt.Sprintf("p%d", w), Value: code}}})
		t.tell(job.Event{Kind: "try", Body: json.RawMessage(`"` + code + `"`)})
		return nil
	})
}

// follow reads what a writer child says until stop says so, and returns how far
// each writer was acknowledged.
func watch(lines *bufio.Scanner, acknowledged *[writers]int, stop func(said int) bool) {
	for said := 1; lines.Scan(); said++ {
		var w, n int
		if _, err := fmt.Sscan(lines.Text(), &w, &n); err == nil { // the last line may be cut
			acknowledged[w] = max(acknowledged[w], n)
		}
		if stop(said) {
			return
		}
	}
}

// nothingLost checks that all that was acknowledged is there, that no change is
// half done, and that the chain is whole up to and after the head noted before.
func nothingLost(t *testing.T, db *DB, acknowledged [writers]int, before audit.Head) audit.Head {
	t.Helper()
	all := 0
	for w := range writers {
		n := counted(t.Context(), db, w)
		all += n
		if n < acknowledged[w] || n > acknowledged[w]+1 {
			t.Errorf("writer %d: %d changes are there, %d were acknowledged", w, n, acknowledged[w])
		}
		var rows int
		err := db.read.QueryRowContext(t.Context(), `SELECT count(*) FROM perimeter p JOIN audit_row a ON a.subject = p.code JOIN outbox o ON o.body = '"' || p.code || '"'
			WHERE p.code LIKE $1`, fmt.Sprintf("%d/%%", w)).Scan(&rows)
		if err != nil || rows != n {
			t.Errorf("writer %d: %d changes have row, entry and event, %v, want %d", w, rows, err, n)
		}
	}
	for _, table := range []string{"perimeter", "audit_row", "outbox"} {
		if n := count(t, db, table); n != all {
			t.Errorf("%s has %d rows for %d changes", table, n, all)
		}
	}
	r, err := audit.Verify(t.Context(), db, before)
	if err != nil || len(r.Problems) > 0 {
		t.Errorf("the chain: %v, %v", r.Problems, err)
	}
	return r.Head
}

// fillTheDisk writes until the file may grow no more, reads, is given room again
// and writes on.
func fillTheDisk(ctx context.Context, db *DB) error {
	signal.Ignore(syscall.SIGXFSZ) // a write over the limit fails rather than kill
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	room := limit
	limit.Cur = 4 << 20
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	n := 0
	var err error
	for err = writeOne(ctx, db, 0, 1); err == nil && n < 10_000; err = writeOne(ctx, db, 0, n+1) {
		n++
	}
	if fault.CodeOf(err) != fault.Unavailable {
		return fmt.Errorf("after %d changes, fault.Unavailable is wanted: %w", n, err)
	}
	if got := counted(ctx, db, 0); got != n {
		return fmt.Errorf("on a full disk %d changes are read, %d were acknowledged", got, n)
	}
	if err := writeOne(ctx, db, 0, n+1); fault.CodeOf(err) != fault.Unavailable {
		return fmt.Errorf("a second try on a full disk, fault.Unavailable is wanted: %w", err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &room); err != nil {
		return err
	}
	if err := writeOne(ctx, db, 0, n+1); err != nil {
		return fmt.Errorf("with room again: %w", err)
	}
	fmt.Println(0, n+1)
	return nil
}

// ended waits for a child and returns what it said.
func ended(cmd *exec.Cmd, lines *bufio.Scanner) (said string, err error) {
	var b strings.Builder
	for lines.Scan() {
		b.WriteString(lines.Text() + "\n")
	}
	return b.String(), cmd.Wait()
}

func TestFullDisk(t *testing.T) {
	dsn := databases[0].dsn(t)
	db := migrated(t, dsn)
	cmd, lines := started(t, "full disk", dsn)
	var acknowledged [writers]int
	watch(lines, &acknowledged, func(int) bool { return false })
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if acknowledged[0] < 10 {
		t.Errorf("only %d changes were made", acknowledged[0])
	}
	nothingLost(t, db, acknowledged, audit.Head{})
}

// SQLite's own word for a full disk, when the file has all the pages it may have.
func TestFullFile(t *testing.T) {
	db := migrated(t, databases[0].dsn(t))
	if _, err := db.write.ExecContext(t.Context(), `PRAGMA max_page_count = 60`); err != nil {
		t.Fatal(err)
	}
	var acknowledged [writers]int
	var err error
	for err == nil && acknowledged[0] < 10_000 {
		if err = writeOne(t.Context(), db, 0, acknowledged[0]+1); err == nil {
			acknowledged[0]++
		}
	}
	if fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("after %d changes: %v, want fault.Unavailable", acknowledged[0], err)
	}
	head := nothingLost(t, db, acknowledged, audit.Head{})
	if _, err := db.write.ExecContext(t.Context(), `PRAGMA max_page_count = 100000`); err != nil {
		t.Fatal(err)
	}
	acknowledged[0]++
	if err := writeOne(t.Context(), db, 0, acknowledged[0]); err != nil {
		t.Errorf("with room again: %v", err)
	}
	nothingLost(t, db, acknowledged, head)
}

func TestReadOnlyFolder(t *testing.T) {
	dir := t.TempDir()
	for d := dir; d != os.TempDir() && d != "/"; d = filepath.Dir(d) { // the child is not root
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "bassin.db")
	one := migrated(t, "sqlite:"+path)
	if err := writeOne(t.Context(), one, 0, 1); err != nil {
		t.Fatal(err)
	}
	if err := one.flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(path, 0o444), os.Chmod(dir, 0o555)); err != nil {
		t.Fatal(err)
	}
	for _, dsn := range []string{"sqlite:" + path, "sqlite:" + filepath.Join(dir, "new", "bassin.db"), "sqlite:" + filepath.Join(dir, "new.db")} {
		cmd, lines := started(t, "read only", dsn)
		if said, err := ended(cmd, lines); err == nil || said != string(fault.Unavailable)+"\n" {
			t.Errorf("writing to %s in a read-only folder: %q, %v, want fault.Unavailable", dsn, said, err)
		}
	}
	if err := errors.Join(os.Chmod(dir, 0o755), os.Chmod(path, 0o644)); err != nil {
		t.Fatal(err)
	}
	nothingLost(t, one, [writers]int{1}, audit.Head{})
}

// drain lets a killed child's last words through.
func drain(lines *bufio.Scanner, acknowledged *[writers]int) {
	watch(lines, acknowledged, func(int) bool { return false })
}
