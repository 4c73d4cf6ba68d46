package worker

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	gomail "net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"bassin/internal/audit"
	"bassin/internal/i18n"
	"bassin/internal/job"
	smtp "bassin/internal/mail"
	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/pgtest"
	"bassin/internal/smtptest"
	"bassin/internal/store"
)

// post brings notices to people of a database.
func post(db *store.DB, now func() time.Time) (*notice.Post, error) {
	catalog, err := i18n.Load()
	return &notice.Post{Store: db, Readers: db, Now: now, Letters: &notice.Letters{
		Catalog: catalog, Href: func(_ i18n.Lang, path string) string { return path },
		Site: func(context.Context) (notice.Site, error) {
			return notice.Site{Name: "Bassin", BaseURL: "https://bassin.example.fr"}, nil
		},
	}}, err
}

func add(t *testing.T, db *store.DB, ids ...string) {
	t.Helper()
	err := db.ChangePeople(t.Context(), "add", func(tx people.Tx) error {
		for _, id := range ids {
			p := people.Person{ID: id, Name: "Zoé", Email: id + "@example.fr", Lang: "fr", State: people.Active, CreatedAt: time.Now()}
			if err := tx.AddPerson(p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func told(t *testing.T, person string, n int) job.Event {
	t.Helper()
	e, err := notice.Notice{Person: person, Subject: notice.Mandates, Title: notice.Say("notice.alert.dead", n), At: time.Now()}.Event()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

const rounds = 20 // tasks of the test below

// busy is a server of its own that brings notices and sees to tasks, until it is killed.
func busy(dsn, receiver string) int {
	db, err := store.Open(context.Background(), dsn)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	p, err := post(db, time.Now)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	say := func(ctx context.Context, what string) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, receiver+"?what="+what, nil)
		if err != nil {
			return err
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		return res.Body.Close()
	}
	w := worker(db, time.Now, map[string]Deliver{notice.Kind: func(ctx context.Context, d job.Delivery) error {
		if err := p.Deliver(ctx, d); err != nil {
			return err
		}
		return say(ctx, "notice") // in between, it may be killed
	}})
	w.Lease, w.Schedules = 4*time.Second, db
	for n := range rounds {
		w.Tasks = append(w.Tasks, Task{fmt.Sprint("task", n), Always(job.Every(time.Hour)), func(ctx context.Context, t job.Turn) (job.Counts, error) {
			if err := say(ctx, "begun-"+t.Name); err != nil {
				return nil, err
			}
			return nil, say(ctx, "ended-"+t.Name)
		}})
	}
	w.Run(context.Background())
	return 0
}

// Two servers on one PostgreSQL, one killed in the middle: each notice arrives once
// with one mail, each task is done, and only those in hand may be begun again.
func TestTwoServersOneKilledTellOnce(t *testing.T) {
	dsn := pgtest.DSN(t)
	db := opened(t, dsn)
	add(t, db, "zoe", "bob")
	const notices = 200
	for n := range notices {
		if err := db.Leave(t.Context(), told(t, []string{"zoe", "bob"}[n%2], n)); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-2 * time.Hour)
	for n := range rounds {
		if err := db.Plan(t.Context(), fmt.Sprint("task", n), job.Every(time.Hour), past); err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	seen, calls := map[string]int{}, 0
	half, begun := make(chan struct{}), make(chan struct{})
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		what := r.FormValue("what")
		if strings.HasPrefix(what, "begun-") {
			time.Sleep(time.Second) // long enough to be in the middle of some
		}
		time.Sleep(10 * time.Millisecond)
		mu.Lock()
		defer mu.Unlock()
		seen[what]++
		if calls++; calls == 5 {
			close(begun)
		}
		if seen["notice"] == notices/2 && what == "notice" {
			close(half)
		}
	}))
	defer receiver.Close()
	start := func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "BASSIN_TEST_BUSY="+dsn, "BASSIN_TEST_POST="+receiver.URL)
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
	for _, reached := range []chan struct{}{begun, half} {
		select {
		case <-reached:
		case <-time.After(60 * time.Second):
			t.Fatal("after a minute, not half is delivered")
		}
	}
	if err := one.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	// Mails are left and nobody delivers them here: one waits for each notice.
	await(t, db, fmt.Sprintf("%d waiting, %d done, 0 dead", notices, notices))
	for _, person := range []string{"zoe", "bob"} {
		if l, err := db.Notices(t.Context(), person, 0, 1); err != nil || l.All != notices/2 {
			t.Errorf("%s has %d notices, %v, want %d", person, l.All, err, notices/2)
		}
	}
	done := func() (n int) {
		l, err := db.Schedules(t.Context(), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range l {
			if !s.Done.IsZero() {
				n++
			}
		}
		return n
	}
	for end := time.Now().Add(30 * time.Second); done() < rounds && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
	mu.Lock()
	defer mu.Unlock()
	twice := 0
	for n := range rounds {
		name := fmt.Sprint("task", n)
		if seen["ended-"+name] < 1 {
			t.Errorf("%s was never done", name)
		}
		if again := seen["begun-"+name] - 1; again > 1 {
			t.Errorf("%s was begun %d times", name, again+1)
		} else {
			twice += again
		}
	}
	if done() != rounds {
		t.Errorf("%d of %d tasks are done", done(), rounds)
	}
	t.Logf("%d of %d tasks begun again, %d of %d notices offered again, none twice there", twice, rounds, seen["notice"]-notices, notices)
}

// On a server that lives, two workers run each task once and leave each digest once.
func TestTwoWorkersRunEachTaskOnce(t *testing.T) {
	dsn := pgtest.DSN(t)
	db := opened(t, dsn)
	var ids []string
	for n := range 12 {
		ids = append(ids, fmt.Sprint("p", n))
	}
	add(t, db, ids...)
	for n, id := range ids {
		notice := notice.Notice{Person: id, Subject: notice.Administration, Title: notice.Say("notice.alert.dead", n), At: time.Now()}
		if _, err := db.Arrive(t.Context(), arrival(fmt.Sprint(n), notice)); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-2 * time.Hour)
	for _, name := range []string{"digest", "count"} {
		if err := db.Plan(t.Context(), name, job.Every(time.Hour), past); err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	counted := 0
	for range 3 {
		own := opened(t, dsn)
		p, err := post(own, time.Now)
		if err != nil {
			t.Fatal(err)
		}
		w := worker(own, time.Now, nil)
		w.Schedules, w.Tasks = own, []Task{
			{"digest", Always(job.Every(time.Hour)), func(ctx context.Context, _ job.Turn) (job.Counts, error) {
				n, err := p.Digests(ctx)
				return job.Counts{"digests": n}, err
			}},
			{"count", Always(job.Every(time.Hour)), func(context.Context, job.Turn) (job.Counts, error) {
				mu.Lock()
				defer mu.Unlock()
				counted++
				return nil, nil
			}},
		}
		running(t, w)
	}
	await(t, db, "12 waiting, 0 done, 0 dead")
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if s := shown(t, db, time.Now(), "digest"); !s.Done.IsZero() {
			if s.Counts["digests"] != 12 {
				t.Errorf("the digest says %v", s.Counts)
			}
			break
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if counted != 1 {
		t.Errorf("the task ran %d times", counted)
	}
}

func arrival(id string, n notice.Notice) notice.Arrival {
	return notice.Arrival{ID: id, Notice: n, At: n.At}
}

// The relay is down while notices and digests are left, then back: each arrives once,
// with what lets it be stopped by one click (RFC 8058).
func TestNoticesOutliveARelayThatIsDown(t *testing.T) {
	db := opened(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"))
	add(t, db, "zoe", "bob")
	if err := db.Choose(t.Context(), audit.System, "bob", notice.Choices{notice.Mandates: notice.Daily}); err != nil {
		t.Fatal(err)
	}
	server := smtptest.New(t, smtptest.Options{})
	port, err := strconv.Atoi(server.Port)
	if err != nil {
		t.Fatal(err)
	}
	relay := &smtp.Relay{Host: server.Host, Port: port, Security: smtp.Clear, From: gomail.Address{Address: "bassin@example.fr"}, Now: time.Now}
	now := fast()
	p, err := post(db, now)
	if err != nil {
		t.Fatal(err)
	}
	for n, person := range []string{"zoe", "bob", "bob"} {
		if err := db.Leave(t.Context(), told(t, person, n+1)); err != nil {
			t.Fatal(err)
		}
	}
	w := worker(db, now, map[string]Deliver{notice.Kind: p.Deliver, notice.MailKind: relay.Deliver})
	w.Schedules, w.Tasks = db, []Task{{"digest", Always(job.Every(2 * time.Minute)), func(ctx context.Context, _ job.Turn) (job.Counts, error) {
		n, err := p.Digests(ctx)
		return job.Counts{"digests": n}, err
	}}}
	running(t, w)
	await(t, db, "2 waiting, 3 done, 0 dead") // a mail of its own and a digest, which cannot leave
	server.Start(t)
	await(t, db, "0 waiting, 5 done, 0 dead")
	got := map[string]*gomail.Message{}
	for _, m := range server.Messages() {
		if got[m.Recipients[0]] != nil {
			t.Errorf("%s was written to twice", m.Recipients[0])
		}
		read, err := gomail.ReadMessage(bytes.NewReader(m.Data))
		if err != nil {
			t.Fatal(err)
		}
		got[m.Recipients[0]] = read
	}
	for to, about := range map[string]string{"zoe@example.fr": "mandates", "bob@example.fr": "digest"} {
		m := got[to]
		if m == nil {
			t.Errorf("nothing reached %s", to)
			continue
		}
		link := strings.Trim(m.Header.Get("List-Unsubscribe"), "<>")
		token, ok := strings.CutPrefix(link, "https://bassin.example.fr/desabonnement/")
		if s, err := db.Stop(t.Context(), token); !ok || err != nil || string(s) != about || m.Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
			t.Errorf("to %s: the link %q stops %q, %v; %q", to, link, s, err, m.Header.Get("List-Unsubscribe-Post"))
		}
	}
}
