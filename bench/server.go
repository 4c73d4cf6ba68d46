package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is Bassin, started as an installer starts it.
type server struct {
	cmd  *exec.Cmd
	base string
	log  *strings.Builder
	http *http.Client
}

// firstPage is the page that the start is timed to.
const firstPage = "/bv/22113"

// startServer starts the binary and waits for a first page; it returns the time
// from the start of the process to the last byte of that page.
func startServer(ctx context.Context, bin, data, varDir string) (*server, time.Duration, error) {
	s := &server{log: &strings.Builder{}, http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}, Timeout: time.Minute}}
	s.cmd = exec.CommandContext(ctx, bin, "serve", "--listen", "127.0.0.1:0", "--data", data, "--var", varDir, "--log-level", "warn")
	s.cmd.Stderr = s.log
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, 0, err
	}
	addresses, started := make(chan string, 1), make(chan error)
	start := time.Now()
	go func() {
		// The signal of death comes when the thread that started the process ends:
		// this one stays as long as the process does.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(addresses)
		err := s.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if _, address, ok := strings.Cut(lines.Text(), "ready on http://"); ok {
				addresses <- "http://" + strings.TrimSpace(address)
			}
		}
	}()
	if err := <-started; err != nil {
		return nil, 0, fmt.Errorf("%s: %w", bin, err)
	}
	s.base = <-addresses
	if s.base == "" {
		return nil, 0, errors.Join(fmt.Errorf("%s did not start:\n%s", bin, s.log), s.cmd.Wait())
	}
	if _, err := s.get(ctx, firstPage); err != nil {
		return nil, 0, errors.Join(err, s.stop())
	}
	return s, time.Since(start), nil
}

// stop ends the server as a service manager does.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("the server stopped badly: %w\n%s", err, s.log)
	}
	return nil
}

// get returns the body of a page that answers well.
func (s *server) get(ctx context.Context, path string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+path, nil)
	if err != nil {
		return nil, err
	}
	res, err := s.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s: %.200s", path, res.Status, b)
	}
	return b, err
}

// resident returns the memory of the process in MB, now and at its highest.
func (s *server) resident() (now, highest float64, err error) {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(s.cmd.Process.Pid) + "/status")
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(b)) {
		name, value, _ := strings.Cut(line, ":")
		kb, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
		switch name {
		case "VmRSS":
			now = kb * 1024 / 1e6
		case "VmHWM":
			highest = kb * 1024 / 1e6
		}
	}
	return now, highest, nil
}
