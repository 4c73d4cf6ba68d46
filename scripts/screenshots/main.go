package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"time"
)

// pictures are what the documentation shows.
var pictures = []struct {
	name, path    string
	width, height int
}{
	{"home", "/", 1280, 860},
	{"diagnostic", "/bv/22266/diagnostic", 1280, 1500},
	{"composer", "/composer?e=bv:22266~22244", 1280, 900},
}

const folder = "docs/img"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

// run starts bin/bassin on a free port with a folder of its own and takes the
// pictures with Chromium.
func run(ctx context.Context) error {
	browser, err := exec.LookPath("chromium")
	if err != nil {
		return errors.New("install Chromium (package chromium)")
	}
	dir, err := os.MkdirTemp("", "bassin-screenshots-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	address, err := free()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	server := exec.CommandContext(ctx, "bin/bassin", "serve", "--listen", address, "--var", dir, "--log-level", "error")
	server.Stderr = os.Stderr
	server.Cancel = func() error { return server.Process.Signal(os.Interrupt) }
	if err := server.Start(); err != nil {
		return fmt.Errorf("%w: run `make build` first, from the root of the repository", err)
	}
	defer func() {
		cancel()
		_ = server.Wait() // it was told to stop
	}()
	if err := wait(ctx, "http://"+address+"/readyz"); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, p := range pictures {
		file := filepath.Join(folder, p.name+".png")
		arguments := []string{
			"--headless", "--disable-gpu", "--hide-scrollbars", "--lang=fr", "--accept-lang=fr", "--no-first-run", "--user-data-dir=" + filepath.Join(dir, "browser"),
			"--window-size=" + strconv.Itoa(p.width) + "," + strconv.Itoa(p.height), "--screenshot=" + file, "http://" + address + p.path,
		}
		if os.Getuid() == 0 {
			arguments = append([]string{"--no-sandbox"}, arguments...)
		}
		if out, err := exec.CommandContext(ctx, browser, arguments...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", file, err, out)
		}
		info, err := os.Stat(file)
		if err != nil {
			return err
		}
		fmt.Printf("%s  %d kB\n", file, info.Size()/1000)
	}
	return nil
}

func free() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func wait(ctx context.Context, address string) error {
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return err
		}
		if answer, err := http.DefaultClient.Do(r); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return errors.New("the server does not answer")
		case <-time.After(200 * time.Millisecond):
		}
	}
}
