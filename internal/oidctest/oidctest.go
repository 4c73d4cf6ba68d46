package oidctest

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// User is somebody whom the provider knows. Login is their subject too.
type User struct {
	Login  string         `json:"login"`
	ACR    string         `json:"acr"` // how well they are recognised
	AMR    []string       `json:"amr"` // by which means
	Claims map[string]any `json:"claims"`
}

// Options are what the provider is set to.
type Options struct {
	Client    string   `json:"client"` // id and secret of the site
	Secret    string   `json:"secret"`
	Callbacks []string `json:"callbacks"` // where it sends people back
	After     []string `json:"after"`     // where it sends them after signing out
	Users     []User   `json:"users"`
	ACR       []string `json:"acr"`    // levels it knows
	Signed    bool     `json:"signed"` // userinfo is a signed token, as ProConnect's and FranceConnect's
	Basic     bool     `json:"basic"`  // the site signs in by a header, not by fields
	PKCE      bool     `json:"pkce"`   // required
}

// Provider is a running provider.
type Provider struct {
	Issuer string
	Options
}

// Start starts a provider, which ends with the test.
func Start(t testing.TB, o Options) *Provider {
	t.Helper()
	for _, list := range []*[]string{&o.Callbacks, &o.After, &o.ACR} {
		if *list == nil {
			*list = []string{}
		}
	}
	settings, err := json.Marshal(o) //nolint:gosec // a secret of the test's own
	if err != nil {
		t.Fatal(err)
	}
	_, file, _, _ := runtime.Caller(0)
	cmd := exec.Command("node", "server.mjs", string(settings)) //nolint:gosec // the test says what is run
	cmd.Dir = filepath.Dir(file)                                // where its modules are found from
	stdin, err := cmd.StdinPipe()                               // closed when this process ends, which ends the provider
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs tail
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatalf("oidctest: %v: this test needs Node and the npm packages; run `make test`, which installs them, or `npm ci`", err)
	}
	ready, ended := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(ended)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			var said struct{ Issuer string }
			if json.Unmarshal(lines.Bytes(), &said) == nil && said.Issuer != "" {
				ready <- said.Issuer
			}
		}
		// How it ended is told by what it wrote.
		_ = cmd.Wait()
	}()
	t.Cleanup(func() {
		stdin.Close()
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
			_ = cmd.Process.Kill() // it may have ended meanwhile
			<-ended
		}
		if t.Failed() && errs.String() != "" {
			t.Logf("the provider said:\n%s", errs.String())
		}
	})
	select {
	case issuer := <-ready:
		return &Provider{Issuer: issuer, Options: o}
	case <-ended:
		t.Fatalf("oidctest: the provider ended as it started (is oidc-provider installed? `make test` does it):\n%s", errs.String())
	case <-time.After(30 * time.Second):
		t.Fatalf("oidctest: the provider is not ready after 30 s:\n%s", errs.String())
	}
	return nil
}

// Consent goes where the site sends a person, says that they are login ("" for
// nobody), and returns where the provider sends them back, without going there.
func (p *Provider) Consent(t testing.TB, departure, login string) *url.URL {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	var back *url.URL
	c := &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(r.URL.String(), p.Issuer+"/") {
			back = r.URL
			return http.ErrUseLastResponse
		}
		return nil
	}}
	at := departure
	for _, step := range []func() (*http.Response, error){
		func() (*http.Response, error) { return c.Get(at) },
		func() (*http.Response, error) { return c.PostForm(at, url.Values{"login": {login}}) },
	} {
		resp, err := step()
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if back != nil {
			return back
		}
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("oidctest: %s answers %s:\n%s", resp.Request.URL, resp.Status, page)
		}
		at = resp.Request.URL.String()
	}
	t.Fatalf("oidctest: the provider sends %q nowhere, they are at %s", login, at)
	return nil
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
