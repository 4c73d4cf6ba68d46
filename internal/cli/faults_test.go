package cli

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"bassin/internal/audit"
	"bassin/internal/people"
	"bassin/internal/pgtest"
	"bassin/internal/realdata"
	"bassin/internal/store"
)

// running is the program as a process of its own.
type running struct {
	t    *testing.T
	cmd  *exec.Cmd
	base string
	log  *lines
}

// starts starts the program and waits until it answers. It is killed when the test ends.
func starts(t *testing.T, dir, dsn string, more ...string) *running {
	t.Helper()
	args := append([]string{"serve", "--listen", "127.0.0.1:0", "--data", realdata.Data(), "--var", dir, "--store", dsn}, more...)
	r := &running{t: t, cmd: exec.Command(os.Args[0]), log: &lines{}}
	r.cmd.Env = append(os.Environ(), "BASSIN_TEST_RUN="+strings.Join(args, "\n"))
	r.cmd.Stderr = r.log
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.kill)
	said := bufio.NewScanner(out)
	for said.Scan() {
		if _, at, ok := strings.Cut(said.Text(), "is ready on "); ok {
			r.base = at
			go func() {
				for said.Scan() { // what it says is not waited for
				}
			}()
			return r
		}
	}
	t.Fatalf("the program does not start: %s", r.log)
	return nil
}

// kill ends the program as a power cut does.
func (r *running) kill() {
	if r.cmd.ProcessState == nil {
		_ = r.cmd.Process.Kill() // it may have ended
		_ = r.cmd.Wait()         // its status is that of a kill
	}
}

// limit says how large files the program may write from now on: none at all for 0.
func (r *running) limit(bytes uint64) {
	r.t.Helper()
	if err := unix.Prlimit(r.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}, nil); err != nil {
		r.t.Fatal(err)
	}
}

// without is a server that is only a database, for [seat].
func without(t *testing.T, dsn string) *Server {
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
	return &Server{db: db}
}

// goesOn fails unless what is for everybody is served.
func goesOn(t *testing.T, c *http.Client, base, when string) {
	t.Helper()
	for _, path := range []string{"/", "/en/", "/carte", "/commune/22146", "/bv/22113/diagnostic", "/recherche?q=lannion", "/a-propos", "/mentions-legales", "/connexion", "/droits", "/api/v1/levels", "/healthz"} {
		if r, body := fetch(t, c, base+path); r.StatusCode != http.StatusOK && !(path == "/connexion" && r.StatusCode == http.StatusSeeOther) {
			t.Errorf("%s, %s answers %d: %.500s", when, path, r.StatusCode, body)
		}
	}
}

// renames sends the form of one's name.
func renames(t *testing.T, c *http.Client, base, name string) (int, string) {
	t.Helper()
	r, body := send(t, c, http.MethodPost, base+"/mon-compte/nom", url.Values{"name": {name}, "langue": {"fr"}})
	return r.StatusCode, body
}

// named is what a person is called, once the record is found whole.
func named(t *testing.T, dsn, id string) string {
	t.Helper()
	db := without(t, dsn).db // connections kept through an outage tell nothing of the program
	p, err := db.Person(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := audit.Verify(t.Context(), db); err != nil || len(r.Problems) > 0 {
		t.Errorf("the record: %+v, %v", r, err)
	}
	return p.Name
}

// tellsLater fails unless an answer is a page that says to try again.
func tellsLater(t *testing.T, what string, status int, body string) {
	t.Helper()
	if status != http.StatusServiceUnavailable || !strings.Contains(body, "<h1") || !strings.Contains(body, "</html>") || strings.Contains(body, "sqlite") || strings.Contains(body, "SQLSTATE") || strings.Contains(body, "pgx") || strings.Contains(body, "dial ") {
		t.Errorf("%s: status %d, want a page with status 503: %.800s", what, status, body)
	}
}

// A disk on which nothing more can be written, or nothing at all: who reads goes on,
// who writes is told, nothing is half done, and all goes on once there is room.
func TestADiskThatTakesNothing(t *testing.T) {
	dir := realdata.Own(t)
	dsn := "sqlite:" + filepath.Join(dir, "bassin.db")
	r := starts(t, dir, dsn)
	own := without(t, dsn)
	ada := seat(t, own, people.Person{ID: "ada", Name: "Ada", Email: "ada@example.fr"}, true, people.Mandate{Role: people.Administrator})
	if status, body := renames(t, ada, r.base, "Ada 1"); status != http.StatusSeeOther {
		t.Fatalf("before: %d %s", status, body)
	}
	for i, limit := range []uint64{0, 64 << 10} {
		r.limit(limit)
		when := fmt.Sprintf("with files of %d bytes at most", limit)
		// A log with room left takes some changes more: it must be full before the disk is.
		status, body := 0, ""
		last := named(t, dsn, "ada")
		for n := 0; n < 400; n++ {
			name := fmt.Sprintf("Ada %d %d", i, n)
			if status, body = renames(t, ada, r.base, name); status != http.StatusSeeOther {
				break
			}
			last = name
		}
		tellsLater(t, when, status, body)
		if got := named(t, dsn, "ada"); got != last {
			t.Errorf("%s the name is %q, want %q", when, got, last)
		}
		goesOn(t, ada, r.base, when)
		if r, body := fetch(t, ada, r.base+"/mon-compte"); r.StatusCode != http.StatusOK || !strings.Contains(body, last) {
			t.Errorf("%s one's own page answers %d", when, r.StatusCode)
		}
		got, body := send(t, ada, http.MethodPost, r.base+"/organisations/nouvelle/fiche", url.Values{"kind": {"entreprise"}, "name": {"Fibre"}, "commune": {"22113"}, "territories": {"commune:22113"}})
		if got.StatusCode != http.StatusServiceUnavailable && got.StatusCode != http.StatusBadRequest {
			t.Errorf("%s an organisation: %d %.600s", when, got.StatusCode, body)
		}
		if health, body := fetch(t, ada, r.base+"/administration/sante"); health.StatusCode != http.StatusOK {
			t.Errorf("%s the page of health answers %d %.600s", when, health.StatusCode, body)
		}
		r.limit(unix.RLIM_INFINITY)
		if status, body := renames(t, ada, r.base, "Ada again"); status != http.StatusSeeOther {
			t.Errorf("with room again: %d %.600s", status, body)
		}
		if got := named(t, dsn, "ada"); got != "Ada again" {
			t.Errorf("with room again the name is %q", got)
		}
	}
	if strings.Contains(r.log.String(), "panic") {
		t.Errorf("the program panicked: %s", r.log)
	}
}

// The database goes and comes back while people browse.
func TestTheDatabaseGoesAndComesBack(t *testing.T) {
	pg, err := pgtest.Start("synchronous_commit=on") // what was acknowledged must outlive a crash
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pg.Stop(); err != nil {
			t.Error(err)
		}
	})
	dsn, _, err := pg.Database(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := starts(t, realdata.Own(t), dsn)
	own := without(t, dsn)
	ada := seat(t, own, people.Person{ID: "ada", Name: "Ada", Email: "ada@example.fr"}, true, people.Mandate{Role: people.Administrator})
	if status, body := renames(t, ada, r.base, "Ada 1"); status != http.StatusSeeOther {
		t.Fatalf("before: %d %s", status, body)
	}
	for round := range 2 {
		if err := pg.Halt(); err != nil {
			t.Fatal(err)
		}
		goesOn(t, stays, r.base, "without a database")
		goesOn(t, ada, r.base, "signed in, without a database")
		for _, path := range []string{"/mon-compte", "/en/my-account", "/administration", "/administration/personnes", "/mes-donnees", "/mes-notifications"} {
			got, body := fetch(t, ada, r.base+path)
			tellsLater(t, path, got.StatusCode, body)
			if got.Header.Get("Set-Cookie") != "" {
				t.Errorf("%s takes the session away: %s", path, got.Header.Get("Set-Cookie"))
			}
		}
		status, body := renames(t, ada, r.base, "Ada lost")
		tellsLater(t, "a form", status, body)
		got, body := send(t, stays, http.MethodPost, r.base+"/connexion", url.Values{"email": {"ada@example.fr"}, "password": {goodPassword}})
		if got.StatusCode < 400 || got.StatusCode == http.StatusInternalServerError {
			t.Errorf("signing in: %d %.600s", got.StatusCode, body)
		}
		if got, _ := fetch(t, stays, r.base+"/readyz"); got.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("ready without a database: %d", got.StatusCode)
		}
		if err := pg.Resume(); err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("Ada after %d", round)
		if status, body := renames(t, ada, r.base, name); status != http.StatusSeeOther {
			t.Errorf("with a database again: %d %.600s", status, body)
		}
		if got := named(t, dsn, "ada"); got != name {
			t.Errorf("the name is %q", got)
		}
		if got, _ := fetch(t, ada, r.base+"/administration/personnes"); got.StatusCode != http.StatusOK {
			t.Errorf("administering again: %d", got.StatusCode)
		}
	}
	if strings.Contains(r.log.String(), "panic") {
		t.Errorf("the program panicked: %s", r.log)
	}
}

// Two servers on one database are one to the people; killing one ends nobody's session.
func TestTwoServersAreOne(t *testing.T) {
	dsn := pgtest.DSN(t)
	one, two := starts(t, realdata.Own(t), dsn), starts(t, realdata.Own(t), dsn)
	own := without(t, dsn)
	var err error
	if own.accounts, err = newAccounts(own.db, own.db, &people.Mandates{Store: own.db, Now: time.Now, Zone: time.UTC}); err != nil {
		t.Fatal(err)
	}
	zoe := adds(t, own, "Zoé", "zoe@example.fr")
	gives(t, own, zoe, people.Administrator)
	v := comes(t, one.base)
	v.signsIn("zoe@example.fr", goodPassword).sees(http.StatusOK, "Zoé")
	at := func(base string) int {
		t.Helper()
		r, _ := fetch(t, &http.Client{Transport: carrying{"bassin_session=" + v.cookie("bassin_session")}, CheckRedirect: stays.CheckRedirect}, base+"/mon-compte")
		return r.StatusCode
	}
	if got := at(two.base); got != http.StatusOK {
		t.Errorf("a session of one server is refused by the other: %d", got)
	}
	// The other ends it.
	w := comes(t, two.base)
	w.signsIn("zoe@example.fr", goodPassword).sees(http.StatusOK, "Zoé")
	w.post("/mon-compte/appareils").sees(http.StatusOK)
	if got := at(one.base); got != http.StatusSeeOther {
		t.Errorf("a session that the other server ended is still good: %d", got)
	}
	// What is set through one shows on the other, and guesses are counted together.
	ada := seat(t, own, people.Person{ID: "ada", Name: "Ada", Email: "ada@example.fr"}, true, people.Mandate{Role: people.Administrator})
	r, body := send(t, ada, http.MethodPost, one.base+"/administration/reglages/installation", url.Values{"version": {"0"}, "name": {"Le Trégor"}, "publisher": {"Lannion"}})
	if r.StatusCode != http.StatusSeeOther {
		t.Fatalf("setting the name: %d %.900s", r.StatusCode, body)
	}
	if !strings.Contains(get(t, one.base+"/a-propos"), "Le Trégor") {
		t.Error("the server where it was set does not show it")
	}
	until(t, "the other server to show the setting", func() bool { return strings.Contains(get(t, two.base+"/a-propos"), "Le Trégor") })
	for i := range 6 {
		thief := comes(t, []string{one.base, two.base}[i%2])
		want := http.StatusBadRequest
		if i == 5 {
			want = http.StatusTooManyRequests
		}
		thief.signsIn("nobody@example.fr", "au hasard de la route").sees(want)
	}
	// One is killed in the middle of writing; the other loses nothing.
	ctx, stop := context.WithCancel(t.Context())
	written := make(chan string)
	go func() {
		defer close(written)
		for n := 1; ctx.Err() == nil; n++ {
			q, err := http.NewRequestWithContext(t.Context(), http.MethodPost, one.base+"/mon-compte/nom", strings.NewReader(url.Values{"name": {fmt.Sprintf("Ada %d", n)}, "langue": {"fr"}}.Encode()))
			if err != nil {
				return
			}
			q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r, err := ada.Do(q)
			if err != nil {
				return // killed
			}
			r.Body.Close()
			if r.StatusCode == http.StatusSeeOther {
				written <- fmt.Sprintf("Ada %d", n)
			}
		}
	}()
	last := ""
	times := 0
	for name := range written {
		if last, times = name, times+1; times == 10 {
			one.kill()
		}
	}
	stop()
	var n, kept int
	if _, err := fmt.Sscanf(last, "Ada %d", &n); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscanf(named(t, dsn, "ada"), "Ada %d", &kept); err != nil || kept != n && kept != n+1 { // the last may be kept without having been acknowledged
		t.Errorf("after the kill the name is the %dth, %dth was acknowledged, %v", kept, n, err)
	}
	if r, _ := fetch(t, ada, two.base+"/administration/personnes"); r.StatusCode != http.StatusOK {
		t.Errorf("the other server answers %d", r.StatusCode)
	}
	if status, body := renames(t, ada, two.base, "Ada two"); status != http.StatusSeeOther {
		t.Errorf("writing through the other: %d %.600s", status, body)
	}
	w.get("/mon-compte").sees(http.StatusOK, "Zoé")
}

// until waits for something that comes by itself.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waiting for %s", what)
		}
	}
}
