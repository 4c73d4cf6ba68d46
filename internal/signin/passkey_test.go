package signin

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"bassin/internal/browsertest"
	"bassin/internal/fault"
)

func TestMain(m *testing.M) { os.Exit(browsertest.Run(m)) }

// club is a site with two pages, to make a passkey and to use it. It stands where the
// pages and the database stand.
type club struct {
	keys   *Passkeys
	now    time.Time
	server *httptest.Server

	mu      sync.Mutex
	holder  Holder
	states  map[string][]byte
	answers []string // what browsers answered
	taken   []byte   // the state of the last ceremony
	problem error
}

var form = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><head><title>{{.Do}}</title><link rel="icon" href="data:,"></head><body><main><h1>{{.Do}}</h1>
<form method="post" data-passkey="{{.Do}}" {{with .Options}}data-options="{{.}}"{{else}}data-begin="/begin"{{end}} data-failed="It failed." data-known="This device has one already.">
<input type="hidden" name="ceremony" value="{{.Ceremony}}"><input type="hidden" name="answer">
<p data-needs>This needs JavaScript.</p><p role="alert" data-trouble hidden></p><button hidden>Go</button></form></main>
<script type="module" src="/passkey.js"></script></body></html>`))

// newClub opens a club whose passkeys are bound to the address of another, if one is given.
func newClub(t *testing.T, at ...string) *club {
	t.Helper()
	c := &club{states: map[string][]byte{}, now: time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC),
		holder: Holder{Handle: []byte("person-17"), Name: "jeanne@example.fr", Display: "Jeanne Kerbrat"}}
	script, err := os.ReadFile("../web/passkey/passkey.js")
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /passkey.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write(script)
	})
	show := func(w http.ResponseWriter, view map[string]string) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:")
		if err := form.Execute(w, view); err != nil {
			t.Error(err)
		}
	}
	mux.HandleFunc("GET /register", func(w http.ResponseWriter, _ *http.Request) {
		id, o := c.begin(c.keys.BeginRegistration(c.holder))
		show(w, map[string]string{"Do": "create", "Ceremony": id, "Options": string(o)})
	})
	mux.HandleFunc("GET /signin", func(w http.ResponseWriter, _ *http.Request) { show(w, map[string]string{"Do": "get"}) })
	mux.HandleFunc("POST /begin", func(w http.ResponseWriter, _ *http.Request) {
		id, o := c.begin(c.keys.BeginSignIn())
		_ = json.NewEncoder(w).Encode(map[string]any{"ceremony": id, "options": json.RawMessage(o)})
	})
	mux.HandleFunc("POST /register", func(w http.ResponseWriter, r *http.Request) {
		k, err := c.keys.Register(c.holder, c.take(r), []byte(r.FormValue("answer")))
		c.note(w, r, err)
		if err == nil {
			c.holder.Passkeys = append(c.holder.Passkeys, k)
		}
	})
	mux.HandleFunc("POST /signin", func(w http.ResponseWriter, r *http.Request) {
		_, k, err := c.keys.SignIn(c.take(r), []byte(r.FormValue("answer")), c.find)
		c.note(w, r, err)
		if err == nil {
			c.holder.Passkeys[0] = k
		}
	})
	c.server = httptest.NewServer(mux)
	t.Cleanup(c.server.Close)
	if len(at) == 0 {
		at = []string{c.url()}
	}
	if c.keys, err = NewPasskeys("Club", func() time.Time { return c.now }, at...); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *club) url() string { return strings.Replace(c.server.URL, "127.0.0.1", "localhost", 1) }

func (c *club) find(handle []byte) (Holder, error) {
	if string(handle) != string(c.holder.Handle) {
		return Holder{}, fault.New(fault.NotFound, "nobody")
	}
	return c.holder, nil
}

func (c *club) begin(ceremony Ceremony, err error) (id string, options []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.problem = err
	}
	id = fmt.Sprint(len(c.states))
	c.states[id] = ceremony.State
	return id, ceremony.Options
}

// take gives a state once.
func (c *club) take(r *http.Request) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := r.FormValue("ceremony")
	c.taken = c.states[id]
	delete(c.states, id)
	return c.taken
}

func (c *club) note(w http.ResponseWriter, r *http.Request, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers, c.problem = append(c.answers, r.FormValue("answer")), err
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprint(w, `<!doctype html><html lang="en"><head><title>Done</title><link rel="icon" href="data:,"></head><body><main><h1 id="done">Done</h1></main></body></html>`)
}

// visit presses the button of a page and says how the server judged what came.
func (c *club) visit(t *testing.T, p *browsertest.Page, page string) error {
	t.Helper()
	p.Go(c.url() + page)
	p.Click("button")
	p.WaitFor("the answer of the server", "document.getElementById('done')")
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.problem
}

// key is the end of a fault's key, or its code where the person is not at fault.
func key(err error) string {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return fmt.Sprint(err)
	}
	if e.Code != fault.Invalid {
		return string(e.Code)
	}
	return strings.TrimPrefix(e.Key, "signin.")
}

func TestPasskeyInABrowser(t *testing.T) {
	c := newClub(t)
	p := browsertest.New(t, browsertest.Options{})
	device := p.Authenticator()

	if err := c.visit(t, p, "/register"); err != nil {
		t.Fatalf("a passkey is refused: %v", err)
	}
	if len(c.holder.Passkeys) != 1 || len(device.Passkeys()) != 1 {
		t.Fatalf("there are %d passkeys here, %d on the device", len(c.holder.Passkeys), len(device.Passkeys()))
	}
	made := device.Passkeys()[0]
	if string(made.UserHandle) != "person-17" || made.RpID != "localhost" || base64.RawURLEncoding.EncodeToString(made.CredentialID) != c.holder.Passkeys[0].ID {
		t.Errorf("the device holds %+v, we keep %s", made, c.holder.Passkeys[0].ID)
	}
	for range 2 {
		old := string(c.holder.Passkeys[0].Record)
		if err := c.visit(t, p, "/signin"); err != nil {
			t.Fatalf("a good passkey is refused: %v", err)
		}
		if string(c.holder.Passkeys[0].Record) == old {
			t.Error("the counter is not kept")
		}
	}
	if n := p.Noises(); len(n) > 0 {
		t.Errorf("noises: %q", n)
	}
	// A second passkey on the same device is refused by the browser, in words.
	p.Go(c.url() + "/register")
	p.Click("button")
	p.WaitFor("the device has one already", `document.querySelector('[data-trouble]:not([hidden])')?.textContent === "This device has one already."`)

	// Nobody there who is recognised: the person may try again.
	device.Recognise(false)
	p.Go(c.url() + "/signin")
	p.Click("button")
	p.WaitFor("the refusal in words", `document.querySelector('[data-trouble]:not([hidden])')?.textContent === "It failed."`)
	device.Recognise(true)
	p.Click("button")
	p.WaitFor("the second attempt", "document.getElementById('done')")
	if c.problem != nil {
		t.Errorf("the second attempt: %v", c.problem)
	}
}

func TestPasskeyPageWithoutScript(t *testing.T) {
	c := newClub(t)
	p := browsertest.Open(t, browsertest.Options{NoScript: true}, c.url()+"/signin")
	if !browsertest.Eval[bool](p, `document.querySelector('[data-needs]').checkVisibility() && !document.querySelector('button').checkVisibility()`) {
		t.Error("without scripts, the page does not say what it needs")
	}
}

func TestPasskeyAttacks(t *testing.T) {
	c := newClub(t)
	p := browsertest.New(t, browsertest.Options{})
	device := p.Authenticator()
	if err := c.visit(t, p, "/register"); err != nil {
		t.Fatal(err)
	}
	registered, registerState := []byte(c.answers[0]), c.taken
	early := device.Passkeys()
	if err := c.visit(t, p, "/signin"); err != nil {
		t.Fatal(err)
	}
	answered, signState := []byte(c.answers[1]), c.taken

	fresh, err := c.keys.BeginSignIn()
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.keys.BeginRegistration(c.holder)
	if err != nil {
		t.Fatal(err)
	}
	signIn := func(state, answer []byte) error {
		_, _, err := c.keys.SignIn(state, answer, c.find)
		return err
	}
	register := func(h Holder, state, answer []byte) error {
		_, err := c.keys.Register(h, state, answer)
		return err
	}
	other := Holder{Handle: []byte("person-18"), Name: "paul@example.fr"}
	for name, got := range map[string]struct {
		err  error
		want string
	}{
		"an old answer to a new challenge":           {signIn(fresh.State, answered), "passkey.refused"},
		"the same answer twice":                      {signIn(signState, answered), "passkey.cloned"}, // should its state be kept
		"an old registration":                        {register(c.holder, again.State, registered), "passkey.refused"},
		"a registration by another person":           {register(other, registerState, registered), "passkey.refused"},
		"a registration as a sign-in":                {signIn(registerState, registered), "passkey.refused"},
		"a sign-in as a registration":                {register(c.holder, signState, answered), "passkey.refused"},
		"a sign-in with the state of a registration": {signIn(registerState, answered), "passkey.refused"},
		"no state":                         {signIn(nil, answered), "passkey.refused"},
		"no answer":                        {signIn(signState, nil), "passkey.refused"},
		"an answer that is not JSON":       {signIn(signState, []byte("{")), "passkey.refused"},
		"an answer that is empty":          {signIn(signState, []byte("{}")), "passkey.refused"},
		"an answer cut short":              {signIn(signState, answered[:len(answered)/2]), "passkey.refused"},
		"another origin written in":        {signIn(signState, tampered(t, answered, "localhost", "evil.test")), "passkey.refused"},
		"data changed under the signature": {signIn(signState, tampered(t, answered, `"crossOrigin":false`, `"crossOrigin":false `)), "passkey.refused"},
	} {
		if key(got.err) != got.want {
			t.Errorf("%s: %v, want %s", name, got.err, got.want)
		}
	}
	_, _, err = c.keys.SignIn(signState, answered, func([]byte) (Holder, error) { return Holder{}, fault.New(fault.NotFound, "nobody") })
	if key(err) != "passkey.unknown" {
		t.Errorf("a passkey of nobody: %v", err)
	}
	down := errors.New("the database is gone")
	if _, _, err := c.keys.SignIn(signState, answered, func([]byte) (Holder, error) { return Holder{}, down }); !errors.Is(err, down) || fault.CodeOf(err) != fault.Internal {
		t.Errorf("the database is gone: %v", err)
	}
	if _, _, err := c.keys.SignIn(signState, answered, func([]byte) (Holder, error) { return Holder{Handle: []byte("person-17")}, nil }); key(err) != "passkey.refused" {
		t.Errorf("a passkey that was removed: %v", err)
	}
	if _, _, err := c.keys.SignIn(signState, answered, func([]byte) (Holder, error) {
		return Holder{Handle: []byte("person-18"), Passkeys: c.holder.Passkeys}, nil
	}); key(err) != "passkey.refused" {
		t.Errorf("a passkey under another's handle: %v", err)
	}
	c.now = c.now.Add(ceremonyTime + time.Second)
	if err := signIn(signState, answered); key(err) != "late" {
		t.Errorf("too late: %v", err)
	}
	if err := register(c.holder, registerState, registered); key(err) != "late" {
		t.Errorf("too late to register: %v", err)
	}

	// The device itself lies.
	device.Lie(true, false)
	if err := c.visit(t, p, "/signin"); key(err) != "passkey.refused" {
		t.Errorf("a sign-in without the person's verification: %v", err)
	}
	device.Lie(false, true)
	if err := c.visit(t, p, "/signin"); key(err) != "passkey.refused" {
		t.Errorf("a sign-in without a signature: %v", err)
	}
	device.Lie(false, false)
	if err := c.visit(t, p, "/signin"); err != nil {
		t.Errorf("an honest device is refused after a liar: %v", err)
	}
	// A copy of the passkey, made before it was last used.
	device.Put(early...)
	if err := c.visit(t, p, "/signin"); key(err) != "passkey.cloned" || !errors.Is(err, ErrCloned) {
		t.Errorf("a copied passkey: %v", err)
	}
}

// A page of another origin gets a good signature from the device, as a site on another
// port of the same host does, and passes it on.
func TestPasskeyAtAnotherOrigin(t *testing.T) {
	c := newClub(t)
	elsewhere := newClub(t, c.url()) // serves the options of c's site at its own address
	p := browsertest.New(t, browsertest.Options{})
	p.Authenticator()
	if err := elsewhere.visit(t, p, "/register"); key(err) != "passkey.refused" {
		t.Errorf("a passkey made at another origin: %v", err)
	}
	var err error
	if elsewhere.keys, err = NewPasskeys("Club", func() time.Time { return c.now }, c.url(), elsewhere.url()); err != nil {
		t.Fatal(err)
	}
	if err := elsewhere.visit(t, p, "/register"); err != nil {
		t.Errorf("a passkey made at the second of two origins: %v", err)
	}
	if err := elsewhere.visit(t, p, "/signin"); err != nil {
		t.Errorf("a sign-in at the second of two origins: %v", err)
	}
}

func TestOriginsOfPasskeys(t *testing.T) {
	for _, c := range []struct {
		origins []string
		want    string
	}{
		{[]string{"https://bassin.example.fr"}, ""},
		{[]string{"https://bassin.example.fr/"}, ""},
		{[]string{"https://example.fr", "https://bassin.example.fr", "https://example.fr:8443"}, ""},
		{[]string{"http://localhost:8080"}, ""},
		{nil, "need the public address"},
		{[]string{""}, "https://"},
		{[]string{"http://bassin.example.fr"}, "https://"},
		{[]string{"https://192.0.2.1"}, "a name"},
		{[]string{"https://bassin.example.fr", "https://autre.example.fr"}, "cannot be used at"},
		{[]string{"https://example.fr", "https://evilexample.fr"}, "cannot be used at"},
	} {
		_, err := NewPasskeys("Club", time.Now, c.origins...)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%q: %v, want %q", c.origins, err, c.want)
		}
	}
}

// tampered changes what a browser says it saw.
func tampered(t *testing.T, answer []byte, old, new string) []byte {
	t.Helper()
	var a map[string]any
	if err := json.Unmarshal(answer, &a); err != nil {
		t.Fatal(err)
	}
	r, ok := a["response"].(map[string]any)
	if !ok {
		t.Fatalf("the answer is %s", answer)
	}
	said, err := base64.RawURLEncoding.DecodeString(r["clientDataJSON"].(string))
	if err != nil || !strings.Contains(string(said), old) {
		t.Fatalf("the browser said %s (%v)", said, err)
	}
	r["clientDataJSON"] = base64.RawURLEncoding.EncodeToString([]byte(strings.ReplaceAll(string(said), old, new)))
	out, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
