package worker

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"bassin/internal/job"
	"bassin/internal/pgtest"
	"bassin/internal/store"
)

// child is a server of its own: a worker on a shared database, until it is killed.
func child(dsn, post string) int {
	db, err := store.Open(context.Background(), dsn)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	w := worker(db, time.Now, map[string]Deliver{"post": func(ctx context.Context, d job.Delivery) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, post+"?id="+d.ID, nil)
		if err != nil {
			return err
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		return res.Body.Close()
	}})
	w.Lease = 6 * time.Second
	w.Run(context.Background())
	return 0
}

// Two servers on one PostgreSQL, one killed in the middle: every event arrives,
// and only what the dead one held may be offered again, under the same id.
func TestTwoServersOneKilled(t *testing.T) {
	dsn := pgtest.DSN(t)
	db := opened(t, dsn)
	const events = 300
	for n := range events {
		if err := db.Leave(t.Context(), job.Event{Kind: "post", Body: json.RawMessage(fmt.Sprint(n))}); err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	offered := map[string]int{}
	half := make(chan struct{})
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		time.Sleep(5 * time.Millisecond) // long enough to be in the middle of some
		mu.Lock()
		defer mu.Unlock()
		offered[r.FormValue("id")]++
		if len(offered) == events/2 {
			close(half)
		}
	}))
	defer receiver.Close()
	start := func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "BASSIN_TEST_WORKER="+dsn, "BASSIN_TEST_POST="+receiver.URL)
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = cmd.Process.Signal(syscall.SIGKILL) // the first one is dead already
			_ = cmd.Wait()
		})
		return cmd
	}
	one := start()
	start()
	select {
	case <-half:
	case <-time.After(60 * time.Second):
		t.Fatal("after a minute, not half is delivered")
	}
	if err := one.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	await(t, db, fmt.Sprintf("0 waiting, %d done, 0 dead", events))
	mu.Lock()
	defer mu.Unlock()
	again := 0
	for _, n := range offered {
		again += n - 1
	}
	if len(offered) != events {
		t.Errorf("%d events were delivered, want %d", len(offered), events)
	}
	if again > 4 { // what one worker holds at once
		t.Errorf("%d deliveries were offered a second time, at most the 4 held by the killed server may be", again)
	}
	t.Logf("%d of %d offered twice under the same id", again, events)
}
