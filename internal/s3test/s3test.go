package s3test

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Keys that the server asks for.
const Access, Secret = "bassin-tests", "only-known-to-tests"

// Server is a server that can be stopped and started again on the same port.
type Server struct {
	Host string // with its port
	dir  string // a folder a bucket
	cmd  *exec.Cmd
	exit chan struct{}
}

// program builds the server once, or takes it from the build cache.
func program(t testing.TB) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	cmd := exec.Command("go", "tool", "-modfile=tools/go.mod", "-n", "versitygw")
	cmd.Dir = filepath.Join(filepath.Dir(here), "..", "..")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("s3test: building versitygw: %v\n%s", err, &errs)
	}
	return strings.TrimSpace(string(out))
}

// New starts a server; it ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Host: l.Addr().String(), dir: t.TempDir()}
	l.Close()
	s.Start(t)
	t.Cleanup(s.Stop)
	return s
}

// Bucket makes a bucket and returns its address as --files wants it.
func (s *Server) Bucket(t testing.TB, name string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(s.dir, "buckets", name), 0o750); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("s3://%s/%s?region=us-east-1&tls=none", s.Host, name)
}

// output keeps what a server writes.
type output struct {
	sync.Mutex
	b bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.Lock()
	defer o.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.Lock()
	defer o.Unlock()
	return o.b.String()
}

// Start starts it again after [Server.Stop], and waits until it answers.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	for _, dir := range []string{"buckets", "about"} {
		if err := os.MkdirAll(filepath.Join(s.dir, dir), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	// What it knows of objects lies beside: not every disk keeps extended attributes.
	s.cmd = exec.Command(program(t), "--port", s.Host, "--access", Access, "--secret", Secret, "--region", "us-east-1", "--quiet",
		"posix", "--sidecar", filepath.Join(s.dir, "about"), filepath.Join(s.dir, "buckets"))
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var said output
	s.cmd.Stdout, s.cmd.Stderr = &said, &said
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.exit = make(chan struct{})
	go func() {
		defer close(s.exit)
		_ = s.cmd.Wait() // how it ended is told by what it wrote
	}()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if r, err := http.Get("http://" + s.Host + "/"); err == nil {
			r.Body.Close()
			return
		}
		select {
		case <-s.exit:
			t.Fatalf("s3test: the server ended as it started:\n%s", said.String())
		default:
		}
	}
	t.Fatalf("s3test: the server is not ready after 30 s:\n%s", said.String())
}

// Stop ends the server; what it keeps stays.
func (s *Server) Stop() {
	_ = s.cmd.Process.Kill() // it may have ended before
	<-s.exit
}
