package e2e

import (
	"bufio"
	"fmt"
	"io"
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

	"bassin/internal/browsertest"
	"bassin/internal/realdata"
)

// version is stamped into the binary under test.
const version = "9.8.7+test"

// binary is the built product, shared by all tests of this package.
var binary struct {
	path string
	err  error
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "bassin-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary.path, binary.err = built(dir)
	status := browsertest.Run(m)
	if shared.server != nil {
		select {
		case <-shared.server.done:
			fmt.Fprintf(os.Stderr, "the server ended by itself: %v\n%s\n", shared.server.err, shared.server.logged())
			status = 1
		default:
			shared.server.end()
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

// built builds the product as `make build` does, assets aside: they must be there.
func built(dir string) (string, error) {
	path := filepath.Join(dir, "bassin")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-X main.version="+version, "-o", path, "./cmd/bassin")
	cmd.Dir = realdata.Root()
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
}

func bassin(t testing.TB) string {
	t.Helper()
	if binary.err != nil {
		t.Fatal(binary.err)
	}
	return binary.path
}

// server is the product running as a process of its own.
type server struct {
	cmd  *exec.Cmd
	base string
	done chan struct{} // closed when the process has ended
	err  error         // how it ended

	mu  sync.Mutex
	log strings.Builder
}

// start starts `bassin serve` on a free port and waits until it is ready.
func start(t testing.TB, args ...string) *server {
	t.Helper()
	s, err := launch(bassin(t), args...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func launch(path string, args ...string) (*server, error) {
	s := &server{done: make(chan struct{})}
	s.cmd = exec.Command(path, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	s.cmd.Stderr = s
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	ready, started := make(chan string, 1), make(chan error)
	go func() {
		// The signal of death comes when the thread that started the process ends:
		// this one stays as long as the process does.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := s.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if _, address, ok := strings.Cut(lines.Text(), "ready on http://"); ok {
				ready <- "http://" + strings.TrimSpace(address)
			}
		}
		s.err = s.cmd.Wait()
		close(s.done)
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	select {
	case s.base = <-ready:
		return s, nil
	case <-s.done:
		return nil, fmt.Errorf("the server ended as it started: %w\n%s", s.err, s.logged())
	case <-time.After(2 * time.Minute):
		s.end()
		return nil, fmt.Errorf("the server is not ready after two minutes:\n%s", s.logged())
	}
}

// Write keeps what the server logs.
func (s *server) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Write(b)
}

func (s *server) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// end stops the server at once.
func (s *server) end() {
	// It may have ended already.
	_ = s.cmd.Process.Kill()
	<-s.done
}

func (s *server) signal(t testing.TB, sig os.Signal) {
	t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// shared is the server that tests which change nothing look at.
var shared struct {
	once   sync.Once
	dir    string
	server *server
	err    error
}

// product returns the address of a server on the project's data, shared by the
// tests of this package.
func product(t testing.TB) string {
	t.Helper()
	path, data, snapshots := bassin(t), realdata.Data(), realdata.Var(t)
	shared.once.Do(func() {
		dir := filepath.Join(filepath.Dir(path), "var")
		if shared.err = linkSnapshots(snapshots, dir); shared.err == nil {
			shared.server, shared.err = launch(path, "--data", data, "--var", dir)
		}
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.server.base
}

// linkSnapshots makes a var folder with the built snapshot of another.
func linkSnapshots(from, to string) error {
	return os.CopyFS(filepath.Join(to, "snapshots"), os.DirFS(filepath.Join(from, "snapshots")))
}

// client follows no redirect, so that tests see them.
var client = &http.Client{
	Timeout:       time.Minute,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Transport:     &http.Transport{MaxIdleConnsPerHost: 8},
}

// fetch returns the status, the headers and the body of a page.
func fetch(t testing.TB, url string, headers ...string) (status int, header http.Header, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("GET %s: %v", url, err)
	}
	return res.StatusCode, res.Header, string(b)
}
