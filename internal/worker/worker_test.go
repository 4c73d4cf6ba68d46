package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/mail"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"bassin/internal/job"
	smtp "bassin/internal/mail"
	"bassin/internal/notice"
	"bassin/internal/pgtest"
	"bassin/internal/smtptest"
	"bassin/internal/store"
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv("BASSIN_TEST_WORKER"); dsn != "" {
		os.Exit(child(dsn, os.Getenv("BASSIN_TEST_POST")))
	}
	if dsn := os.Getenv("BASSIN_TEST_BUSY"); dsn != "" {
		os.Exit(busy(dsn, os.Getenv("BASSIN_TEST_POST")))
	}
	os.Exit(pgtest.Run(m))
}

func opened(t *testing.T, dsn string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

// fast makes time pass 50 times as fast, so that tests see waits out.
func fast() func() time.Time {
	start := time.Now()
	return func() time.Time { return start.Add(50 * time.Since(start)) }
}

func worker(o job.Outbox, now func() time.Time, kinds map[string]Deliver) *Worker {
	return &Worker{
		Outbox: o, Kinds: kinds, Now: now, Chance: rand.Float64, Log: slog.New(slog.DiscardHandler),
		Lease: 25 * time.Minute, Pause: 20 * time.Millisecond, Parallel: 4, Grace: 5 * time.Second,
	}
}

// running runs a worker until the test ends or stop is called.
func running(t *testing.T, w *Worker) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() { w.Run(ctx) })
	stop = func() { cancel(); done.Wait() }
	t.Cleanup(stop)
	return stop
}

func states(t *testing.T, o job.Outbox) string {
	t.Helper()
	var n [3]int
	for i, s := range []job.State{job.Waiting, job.Done, job.Dead} {
		l, err := o.Events(t.Context(), s, 1000)
		if err != nil {
			t.Fatal(err)
		}
		n[i] = len(l)
	}
	return fmt.Sprintf("%d waiting, %d done, %d dead", n[0], n[1], n[2])
}

func await(t *testing.T, o job.Outbox, want string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if states(t, o) == want {
			return
		}
	}
	t.Fatalf("the outbox has %s, want %s", states(t, o), want)
}

// The relay is down, then back: every mail arrives, once.
func TestMailOutlivesARelayThatIsDown(t *testing.T) {
	db := opened(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"))
	server := smtptest.New(t, smtptest.Options{})
	port, err := strconv.Atoi(server.Port)
	if err != nil {
		t.Fatal(err)
	}
	relay := &smtp.Relay{Host: server.Host, Port: port, Security: smtp.Clear, From: mail.Address{Address: "bassin@example.fr"}, Now: time.Now}
	const letters = 6
	for n := range letters {
		e, err := notice.Mail{To: fmt.Sprintf("p%d@example.fr", n), Subject: "Bonjour", Text: "texte"}.Event("")
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Leave(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	refused, err := notice.Mail{To: "refused@example.fr", Subject: "Bonjour", Text: "texte"}.Event("")
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Leave(t.Context(), refused); err != nil {
		t.Fatal(err)
	}
	stop := running(t, worker(db, fast(), map[string]Deliver{notice.MailKind: relay.Deliver}))
	tried := func() bool {
		l, err := db.Events(t.Context(), job.Waiting, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range l {
			if e.Error == "" {
				return false
			}
		}
		return len(l) == letters+1
	}
	for end := time.Now().Add(20 * time.Second); !tried() && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	if !tried() {
		t.Fatalf("the worker did not try while the relay was down: %s", states(t, db))
	}
	server.Start(t)
	await(t, db, "0 waiting, 6 done, 1 dead")
	stop()
	seen := map[string]int{}
	for _, m := range server.Messages() {
		seen[m.Recipients[0]]++
	}
	for n := range letters {
		if to := fmt.Sprintf("p%d@example.fr", n); seen[to] != 1 {
			t.Errorf("%s received %d mails, want 1", to, seen[to])
		}
	}
}

func TestFailuresAreTriedThenGivenUp(t *testing.T) {
	db := opened(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"))
	for _, kind := range []string{"flaky", "hopeless", "panics", "unknown"} {
		if err := db.Leave(t.Context(), job.Event{Kind: kind, Body: json.RawMessage(`{}`)}); err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	attempts := map[string]int{}
	ids := map[string]string{}
	count := func(d job.Delivery) int {
		mu.Lock()
		defer mu.Unlock()
		attempts[d.Kind]++
		if ids[d.Kind] != "" && ids[d.Kind] != d.ID {
			t.Errorf("%s comes under another id the second time", d.Kind)
		}
		ids[d.Kind] = d.ID
		return attempts[d.Kind]
	}
	start := time.Now()
	now := func() time.Time { return start.Add(200_000 * time.Since(start)) } // a day in half a second
	w := worker(db, now, map[string]Deliver{
		"flaky": func(_ context.Context, d job.Delivery) error {
			if count(d) < 4 {
				return errors.New("busy")
			}
			return nil
		},
		"hopeless": func(_ context.Context, d job.Delivery) error {
			count(d)
			return job.Permanent(errors.New("no such address"))
		},
		"panics": func(_ context.Context, d job.Delivery) error {
			count(d)
			panic("a defect")
		},
	})
	w.Lease = 10_000 * time.Hour
	running(t, w)
	await(t, db, "1 waiting, 1 done, 2 dead")
	mu.Lock()
	defer mu.Unlock()
	if attempts["flaky"] != 4 || attempts["hopeless"] != 1 || attempts["panics"] != job.MaxAttempts {
		t.Errorf("attempts: %v, want 4, 1 and %d", attempts, job.MaxAttempts)
	}
}

// A worker that is stopped finishes what it holds and leaves the rest.
func TestStoppingFinishesWhatIsInProgress(t *testing.T) {
	db := opened(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"))
	for range 9 {
		if err := db.Leave(t.Context(), job.Event{Kind: "slow", Body: json.RawMessage(`{}`)}); err != nil {
			t.Fatal(err)
		}
	}
	begun, release := make(chan struct{}, 9), make(chan struct{})
	w := worker(db, time.Now, map[string]Deliver{"slow": func(ctx context.Context, _ job.Delivery) error {
		begun <- struct{}{}
		select {
		case <-release:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}})
	ctx, cancel := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() { w.Run(ctx) })
	for range w.Parallel {
		<-begun
	}
	cancel()
	close(release)
	done.Wait()
	if got := states(t, db); got != "5 waiting, 4 done, 0 dead" {
		t.Errorf("after stopping: %s, want 5 waiting, 4 done, 0 dead", got)
	}
}
