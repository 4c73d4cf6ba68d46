package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bassin/internal/i18n"
	"bassin/internal/realdata"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// open starts a server on real data, with a database of its own.
func open(t *testing.T, change func(*serveCommand)) *Server {
	t.Helper()
	return openAt(t, nil, change)
}

// openAt starts a server whose clock is now.
func openAt(t *testing.T, now func() time.Time, change func(*serveCommand)) *Server {
	t.Helper()
	c := serveCommand{
		Places:   places{Data: realdata.Data(), Var: realdata.Own(t)},
		Site:     site{Name: "Bassin"},
		Service:  service{Listen: "127.0.0.1:0", LogFormat: "text", LogLevel: "error", RequestTimeout: 30 * time.Second, ShutdownTimeout: 5 * time.Second},
		Database: database{Store: "sqlite:" + filepath.Join(t.TempDir(), "bassin.db")},
	}
	if change != nil {
		change(&c)
	}
	s := &Server{command: c, version: "test", log: c.Service.logger(os.Stderr), out: io.Discard, now: now, pause: 50 * time.Millisecond}
	s.live.Swap(realdata.Snapshot(t)) // read once for all tests
	if err := s.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// docs/routes.md is the table of every way in, as the program mounts it.
func TestTheRoutesAreThoseOfTheDocumentation(t *testing.T) {
	s := open(t, nil)
	routes := slices.Clone(s.Routes())
	var b strings.Builder
	b.WriteString("# Every way in\n\nWritten from the program's own table by `go test ./internal/cli -run Routes -update`.\n")
	b.WriteString("Addresses are in French words; other languages have their own behind their prefix, unless the route is the same in all.\n")
	b.WriteString("Besides these: `/api/geo/` (see [api.md](api.md)), `/healthz`, `/readyz` and `/metrics`.\n\n")
	b.WriteString("| Method | Address | Action | Who | Language |\n|---|---|---|---|---|\n")
	for _, r := range routes {
		language := "each"
		if r.Single {
			language = "same in all"
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %s |\n", r.Method, r.Pattern, r.Action, r.Who, language)
	}
	golden := filepath.Join(realdata.Root(), "docs", "routes.md")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("docs/routes.md is not the table of the program: run go test ./internal/cli -run Routes -update")
	}
}

func TestAServerServesAndStops(t *testing.T) {
	s := open(t, nil)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx) }()
	get(t, "http://"+s.Address()+"/pays/FR")
	for path, want := range map[string]string{"/healthz": `"ok"`, "/readyz": `"ok"`, "/metrics": "bassin_http_requests_total", "/": "<!doctype html>", "/api/geo/communes/22113": "Lannion", "/api/v1/levels": `"items"`} {
		body := get(t, "http://"+s.Address()+path)
		if !strings.Contains(body, want) {
			t.Errorf("%s does not hold %q: %.200s", path, want, body)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("stopping: %v", err)
	}
}

func TestReadinessFollowsTheDatabase(t *testing.T) {
	s := open(t, nil)
	if err := s.ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.ready(t.Context()); err == nil {
		t.Error("ready without a database")
	}
}

func TestErrorsOfTheStoreAreSaidInWords(t *testing.T) {
	catalog, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	c := commands{}
	c.Serve.Places = places{Data: realdata.Data(), Var: realdata.Own(t)}
	c.Serve.Database.Store = "sqlite:/dev/null/nowhere.db"
	s := &Server{command: c.Serve, log: c.Serve.Service.logger(io.Discard), out: io.Discard}
	err = s.Open(t.Context())
	if err == nil || !strings.HasPrefix(err.Error(), "--store: ") || strings.Contains(err.Error(), "store.") || catalog == nil {
		t.Errorf("error: %v", err)
	}
}
