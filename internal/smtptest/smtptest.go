package smtptest

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"io"
	"net"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"
)

//go:embed server.py
var program string

// Message is a mail that the server accepted.
type Message struct {
	Sender     string
	Recipients []string
	Data       []byte // as received, headers first
	TLS        bool
	User       string // who signed in, "" for nobody
}

// Options say what the server asks of those who send.
type Options struct {
	Cert, Key      string // files; with them STARTTLS is required
	User, Password string
}

// Server is a server that can be stopped and started again on the same port.
type Server struct {
	Host, Port string
	options    Options

	cmd   *exec.Cmd
	stdin io.Closer
	ended chan struct{}

	mu       sync.Mutex
	messages []Message
}

// New chooses a port and starts nothing yet.
func New(t testing.TB, options Options) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return &Server{Host: "127.0.0.1", Port: strconv.Itoa(l.Addr().(*net.TCPAddr).Port), options: options}
}

// Start starts the server and waits until it answers; it ends with the test.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	// Debian's Python: the module is installed for it, not for another in the PATH.
	s.cmd = exec.Command("/usr/bin/python3", "-c", program, s.Port, s.options.Cert, s.options.Key, s.options.User, s.options.Password)
	stdin, err := s.cmd.StdinPipe() // closed when this process ends, which ends the server
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs tail
	s.cmd.Stderr = &errs
	if err := s.cmd.Start(); err != nil {
		t.Fatalf("smtptest: %v: this test needs a real server; run `make test`, which installs it, or install the package python3-aiosmtpd", err)
	}
	s.stdin, s.ended = stdin, make(chan struct{})
	ready := make(chan struct{})
	go func() {
		defer close(s.ended)
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 64<<20)
		for lines.Scan() {
			var m struct {
				Ready bool
				Message
			}
			if json.Unmarshal(lines.Bytes(), &m) != nil {
				continue
			}
			if m.Ready {
				close(ready)
				continue
			}
			s.mu.Lock()
			s.messages = append(s.messages, m.Message)
			s.mu.Unlock()
		}
		// How it ended is told by what it wrote.
		_ = s.cmd.Wait()
	}()
	t.Cleanup(s.Stop)
	select {
	case <-ready:
	case <-s.ended:
		t.Fatalf("smtptest: the server ended as it started (is python3-aiosmtpd installed? `make test` does it):\n%s", errs.String())
	case <-time.After(30 * time.Second):
		t.Fatalf("smtptest: the server is not ready after 30 s:\n%s", errs.String())
	}
}

// Stop ends the server; what it received stays.
func (s *Server) Stop() {
	s.stdin.Close()
	select {
	case <-s.ended:
	case <-time.After(5 * time.Second):
		_ = s.cmd.Process.Kill() // it may have ended meanwhile
		<-s.ended
	}
}

// Messages is all that was accepted so far.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Message(nil), s.messages...)
}

// tail keeps what a process writes.
type tail struct {
	mu sync.Mutex
	b  []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, p...)
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.b)
}
