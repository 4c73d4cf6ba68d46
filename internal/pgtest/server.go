package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a running private PostgreSQL.
type Server struct {
	dir     string // data and socket
	bin     string
	who     *syscall.Credential
	args    []string
	cmd     *exec.Cmd
	log     *bytes.Buffer
	exited  chan struct{}
	counter atomic.Int64
}

// Start makes and starts a server that listens on a Unix socket only and does
// not wait for disks. Settings are added to its own, in the form name=value.
// Whoever starts it must [Server.Stop] it; should this process die, so does it.
func Start(settings ...string) (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	who, err := unprivileged()
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, who: who, log: new(bytes.Buffer)}
	if s.dir, err = folder(who); err != nil {
		return nil, err
	}
	if err := s.start(settings); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	return s, nil
}

func (s *Server) start(settings []string) error {
	data := filepath.Join(s.dir, "data")
	initdb := s.command("initdb", "--pgdata="+data, "--username=bassin",
		"--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
	if err := initdb.Run(); err != nil {
		return fmt.Errorf("pgtest: initdb: %w\n%s", err, s.log)
	}
	s.args = []string{"-D", data, "-k", s.dir}
	for _, setting := range slices.Concat([]string{
		"listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off",
		"max_connections=60", "timezone=Pacific/Noumea", // not UTC, to catch who relies on it
	}, settings) {
		s.args = append(s.args, "-c", setting)
	}
	return s.Resume()
}

// Resume starts a server that was halted, on the same data.
func (s *Server) Resume() error {
	cmd, exited := s.command("postgres", s.args...), make(chan struct{})
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("pgtest: postgres: %w", err)
	}
	s.cmd, s.exited = cmd, exited
	go func() {
		// The status is not looked at: a server that ends too early is told by its log.
		_ = cmd.Wait()
		close(exited)
	}()
	if err := s.ready(30 * time.Second); err != nil {
		return errors.Join(err, s.end())
	}
	return nil
}

// Halt ends the server as a crash does: nothing is written, connections are cut,
// and what was committed is recovered by [Server.Resume].
func (s *Server) Halt() error {
	if err := s.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		return fmt.Errorf("pgtest: halt: %w", err)
	}
	<-s.exited
	return nil
}

func (s *Server) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, program), args...)
	cmd.Dir = s.dir
	cmd.Stdout, cmd.Stderr = s.log, s.log
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	// SIGQUIT is PostgreSQL's immediate shutdown: nothing outlives a test that is killed.
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.who, Pdeathsig: syscall.SIGQUIT}
	return cmd
}

func (s *Server) ready(limit time.Duration) error {
	var err error
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		select {
		case <-s.exited:
			return fmt.Errorf("pgtest: PostgreSQL ended as it started:\n%s", s.log)
		default:
		}
		if err = s.exec(context.Background(), "SELECT 1"); err == nil {
			return nil
		}
	}
	return fmt.Errorf("pgtest: PostgreSQL does not answer after %v: %w", limit, err)
}

// Database makes an empty database and returns its address and what drops it.
func (s *Server) Database(ctx context.Context) (dsn string, drop func() error, err error) {
	name := "test" + strconv.FormatInt(s.counter.Add(1), 10)
	if err := s.exec(ctx, "CREATE DATABASE "+name); err != nil {
		return "", nil, err
	}
	drop = func() error {
		return s.exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)")
	}
	return s.dsn(name), drop, nil
}

func (s *Server) dsn(database string) string {
	return "postgres://bassin@/" + database + "?host=" + url.QueryEscape(s.dir)
}

// Run runs one of PostgreSQL's own programs, such as pgbench, and returns what it says.
func (s *Server) Run(ctx context.Context, program string, args ...string) (said string, err error) {
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, program), args...)
	cmd.Dir = s.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("pgtest: %s: %w\n%s", program, err, out)
	}
	return string(out), nil
}

func (s *Server) exec(ctx context.Context, statement string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, s.dsn("postgres"))
	if err != nil {
		return fmt.Errorf("pgtest: %w", err)
	}
	_, err = c.Exec(ctx, statement)
	if err = errors.Join(err, c.Close(ctx)); err != nil {
		return fmt.Errorf("pgtest: %s: %w", statement, err)
	}
	return nil
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() error {
	return errors.Join(s.end(), os.RemoveAll(s.dir))
}

func (s *Server) end() error {
	select {
	case <-s.exited:
		return nil
	default:
	}
	if err := s.cmd.Process.Signal(syscall.SIGINT); err != nil { // fast shutdown
		return fmt.Errorf("pgtest: stop: %w", err)
	}
	select {
	case <-s.exited:
		return nil
	case <-time.After(20 * time.Second):
	}
	if err := s.cmd.Process.Signal(syscall.SIGQUIT); err != nil {
		return fmt.Errorf("pgtest: stop: %w", err)
	}
	<-s.exited
	return nil
}

// programs finds the newest PostgreSQL: Debian keeps its programs out of the PATH.
func programs() (string, error) {
	var best string
	newest := -1
	dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	for _, dir := range dirs {
		v, err := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
		if err == nil && v > newest && runs(dir) {
			best, newest = dir, v
		}
	}
	if best != "" {
		return best, nil
	}
	if p, err := exec.LookPath("initdb"); err == nil && runs(filepath.Dir(p)) {
		return filepath.Dir(p), nil
	}
	return "", errors.New("PostgreSQL is not installed: this test needs a real server; run `make test`, which installs it, or install the package postgresql")
}

func runs(dir string) bool {
	for _, program := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(dir, program)); err != nil {
			return false
		}
	}
	return true
}

// unprivileged is who runs the server: PostgreSQL refuses to run as root.
// It is nil when this process is not root.
func unprivileged() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("pgtest: user %s: %w", name, err)
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("pgtest: PostgreSQL refuses to run as root and there is neither a user postgres nor nobody")
}

// folder makes a folder of the server's user whose name is short enough for a
// Unix socket in it (107 bytes).
func folder(who *syscall.Credential) (string, error) {
	parent := os.TempDir()
	if len(parent) > 60 {
		parent = "/tmp"
	}
	dir, err := os.MkdirTemp(parent, "bassin-pg-")
	if err != nil {
		return "", fmt.Errorf("pgtest: %w", err)
	}
	if who != nil {
		if err := os.Chown(dir, int(who.Uid), int(who.Gid)); err != nil {
			return "", fmt.Errorf("pgtest: %w", err)
		}
	}
	return dir, nil
}
