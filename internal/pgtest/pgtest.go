package pgtest

import (
	"fmt"
	"os"
	"sync"
	"testing"
)

// shared is the server of this test binary, started by the first test that
// needs it and stopped by Run.
var shared struct {
	sync.Mutex
	inRun  bool
	server *Server
	err    error
}

// Run runs the tests of a package, then stops the server if one was started.
// It is what TestMain calls:
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }
//
// What else is to be stopped may stand between: m runs the tests.
func Run(m interface{ Run() int }) int {
	shared.Lock()
	shared.inRun = true
	shared.Unlock()
	status := m.Run()
	shared.Lock()
	defer shared.Unlock()
	if shared.server != nil {
		if err := shared.server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			status = 1
		}
	}
	return status
}

// DSN makes an empty database for one test and returns its address, in the
// form postgres://…; the database is dropped when the test ends.
func DSN(t testing.TB) string {
	t.Helper()
	server := started(t)
	dsn, drop, err := server.Database(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := drop(); err != nil {
			t.Error(err)
		}
	})
	return dsn
}

func started(t testing.TB) *Server {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if !shared.inRun {
		t.Fatal("pgtest: call pgtest.Run from TestMain, so that the server is stopped")
	}
	if shared.server == nil && shared.err == nil {
		shared.server, shared.err = Start()
	}
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.server
}
