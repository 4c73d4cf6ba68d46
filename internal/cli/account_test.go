package cli

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"bassin/internal/audit"
	"bassin/internal/people"
	"bassin/internal/realdata"
	"bassin/internal/store"
)

// visitor is somebody with a browser of their own.
type visitor struct {
	t    *testing.T
	base string
	c    *http.Client
	// status, body and where of the last answer, redirects followed.
	status int
	body   string
	where  *url.URL
}

// comes is a new visitor of a server.
func comes(t *testing.T, base string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, base: base, c: &http.Client{Jar: jar}}
}

func (v *visitor) ask(r *http.Request) *visitor {
	v.t.Helper()
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	res, err := v.c.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	v.status, v.body, v.where = res.StatusCode, string(b), res.Request.URL
	return v
}

func (v *visitor) get(path string) *visitor {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, v.base+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.ask(r)
}

// post sends a form: names and values in turn. Headers are added by names that begin with ":".
func (v *visitor) post(path string, pairs ...string) *visitor {
	v.t.Helper()
	form := url.Values{}
	var headers []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := strings.CutPrefix(pairs[i], ":"); ok {
			headers = append(headers, name, pairs[i+1])
			continue
		}
		form.Add(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequestWithContext(v.t.Context(), http.MethodPost, v.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return v.ask(r)
}

// sees fails unless the last answer had that status and said all of that.
func (v *visitor) sees(status int, texts ...string) *visitor {
	v.t.Helper()
	doc := v.doc()
	doc.Find("script, style").Remove()
	text := strings.Join(strings.Fields(doc.Text()), " ")
	if v.status != status {
		v.t.Errorf("%s: status %d, want %d: %.600s", v.where, v.status, status, strings.Join(strings.Fields(doc.Find("main").Text()), " "))
	}
	for _, want := range texts {
		if !strings.Contains(text, want) {
			v.t.Errorf("%s does not say %q: %.900s", v.where, want, strings.Join(strings.Fields(doc.Find("main").Text()), " "))
		}
	}
	return v
}

func (v *visitor) doc() *goquery.Document {
	v.t.Helper()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(v.body))
	if err != nil {
		v.t.Fatal(err)
	}
	return d
}

// cookie is what the browser holds.
func (v *visitor) cookie(name string) string {
	u, err := url.Parse(v.base)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, c := range v.c.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// signsIn signs in by a password.
func (v *visitor) signsIn(email, password string) *visitor {
	v.t.Helper()
	return v.post("/connexion", "email", email, "password", password)
}

const goodPassword = "quatre chevaux sous la pluie"

// product is a server on a database, and its address.
func product(t *testing.T, dsn string, change func(*serveCommand)) (*Server, string) {
	t.Helper()
	s := open(t, func(c *serveCommand) {
		c.Database, c.Site = database{Store: dsn}, site{}
		if change != nil {
			change(c)
		}
	})
	at := httptest.NewServer(s.http.Handler)
	t.Cleanup(at.Close)
	return s, at.URL
}

// adds makes an account with a password.
func adds(t *testing.T, s *Server, name, email string) people.Person {
	t.Helper()
	p, err := s.accounts.Add(t.Context(), audit.System, name, email, "fr", goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// gives gives a mandate over everything.
func gives(t *testing.T, s *Server, p people.Person, role people.Role) {
	t.Helper()
	if _, err := s.accounts.Mandates.GiveAs(t.Context(), audit.System, "", people.Grant{Person: p.ID, Role: role}); err != nil {
		t.Fatal(err)
	}
}

// verified fails unless the record is whole.
func verified(t *testing.T, s *Server) {
	t.Helper()
	if r, err := audit.Verify(t.Context(), s.db); err != nil || len(r.Problems) > 0 {
		t.Errorf("the record: %+v, %v", r, err)
	}
}

var setupLine = regexp.MustCompile(`/installation/[a-z0-9]+`)

// From an empty database to an administrator who is signed in.
func TestTheFirstSetUp(t *testing.T) {
	onEachStore(t, func(t *testing.T, _, dsn string) {
		s, base := product(t, dsn, nil)
		var console bytes.Buffer
		s.out = &console
		if err := s.announceSetup(t.Context()); err != nil {
			t.Fatal(err)
		}
		stale := setupLine.FindString(console.String())
		console.Reset()
		if err := s.announceSetup(t.Context()); err != nil { // the next start
			t.Fatal(err)
		}
		path := setupLine.FindString(console.String())
		if path == "" || path == stale {
			t.Fatalf("the console says %q", console.String())
		}
		v := comes(t, base)
		v.get(stale).sees(http.StatusGone)
		v.get("/installation/nonsense").sees(http.StatusGone)
		v.get(path).sees(http.StatusOK, "Première installation")
		if got, _ := v.doc().Find("#base_url").Attr("value"); got != base {
			t.Errorf("the public address is proposed as %q, want %q", got, base)
		}
		v.post(path, "name", "", "territory", "lann", "base_url", "nowhere", "contact", "x", "smtp_host", "smtp.example.fr", "security", "starttls", "from", "x").
			sees(http.StatusBadRequest, "Donnez un nom à l’installation.", "Plusieurs territoires conviennent.", "L’expéditeur s’écrit", "Ce n’est pas une adresse électronique.")
		if got, _ := v.doc().Find("#contact").Attr("value"); got != "x" {
			t.Errorf("what was typed is lost: %q", got)
		}
		v.post(path, "name", "Bassin du Trégor", "territory", "bv:22113", "base_url", base+"/", "publisher", "Lannion-Trégor Communauté", "accounts", "invitation").
			sees(http.StatusOK, "Votre compte d’administrateur", "Bassin du Trégor")
		account := path + "/compte"
		v.post(account, "name", "Zoé Le Goff", "email", "zoe", "password", "court").sees(http.StatusBadRequest, "Ce n’est pas une adresse")
		v.post(account, "name", "Zoé Le Goff", "email", "zoe@example.fr", "password", "court").sees(http.StatusBadRequest, "au moins 12 caractères")
		v.post(account, "name", "Zoé Le Goff", "email", "zoe@example.fr", "password", "zoe@example.fr").sees(http.StatusBadRequest, "fait de votre nom")
		v.post(account, "name", "Zoé Le Goff", "email", "zoe@example.fr", "password", goodPassword, "rester", "1").
			sees(http.StatusOK, "Protéger votre compte")
		v.get("/mon-compte").sees(http.StatusOK, "Administrateur", "toute l’installation", "cet appareil")
		comes(t, base).post(account, "name", "Ève", "email", "eve@example.fr", "password", goodPassword).sees(http.StatusGone)
		comes(t, base).get(path).sees(http.StatusGone)
		console.Reset()
		if err := s.announceSetup(t.Context()); err != nil || console.Len() > 0 {
			t.Errorf("an installation that is administered offers %q, %v", console.String(), err)
		}
		comes(t, base).get("/mentions-legales").sees(http.StatusOK, "Lannion-Trégor Communauté")
		verified(t, s)
	})
}

func TestSigningInAndOut(t *testing.T) {
	onEachStore(t, func(t *testing.T, _, dsn string) {
		s, base := product(t, dsn, nil)
		zoe := adds(t, s, "Zoé Le Goff", "Zoe@example.fr")
		v := comes(t, base)
		v.get("/mon-compte").sees(http.StatusOK, "Cette page demande de se connecter.")
		if got := v.where.Query().Get("retour"); got != "/mon-compte" {
			t.Errorf("the way back is %q", got)
		}
		wrong := "L’adresse ou le mot de passe n’est pas le bon."
		v.signsIn("zoe@example.fr", "autre chose du tout").sees(http.StatusBadRequest, wrong)
		if got, _ := v.doc().Find("#email").Attr("value"); got != "zoe@example.fr" {
			t.Errorf("the address is lost: %q", got)
		}
		if strings.Contains(v.body, "autre chose du tout") {
			t.Error("the page repeats a password")
		}
		v.signsIn("zoe@example.fr", goodPassword).sees(http.StatusOK, "Mon compte", "Zoé Le Goff", "Firefox, Linux", "cet appareil")
		first := v.cookie("bassin_session")

		// A second device sees and ends the first.
		w := comes(t, base)
		w.signsIn("zoe@example.fr", goodPassword)
		w.get("/en/my-account").sees(http.StatusOK, "My account", "this device", "Sign all other devices out")
		w.post("/mon-compte/appareils").sees(http.StatusOK, "Vos autres appareils sont déconnectés.")
		v.get("/mon-compte").sees(http.StatusOK, "Cette page demande de se connecter.")
		if got := v.cookie("bassin_session"); got != "" {
			t.Errorf("a session that ended leaves the cookie %q", got)
		}

		// Signing in again gives another session, and ends the one that the device held.
		v.signsIn("zoe@example.fr", goodPassword)
		second := v.cookie("bassin_session")
		v.signsIn("zoe@example.fr", goodPassword)
		third := v.cookie("bassin_session")
		if first == second || second == third || third == "" {
			t.Errorf("sessions %q, %q, %q", first, second, third)
		}
		if list, err := s.db.Sessions(t.Context(), zoe.ID); err != nil || len(list) != 2 {
			t.Errorf("%d sessions, %v, want 2", len(list), err)
		}
		v.post("/deconnexion").sees(http.StatusOK, "Se connecter")
		if list, err := s.db.Sessions(t.Context(), zoe.ID); err != nil || len(list) != 1 {
			t.Errorf("%d sessions after signing out, %v, want 1", len(list), err)
		}
		// What the device held is worth nothing now.
		u, err := url.Parse(base)
		if err != nil {
			t.Fatal(err)
		}
		v.c.Jar.SetCookies(u, []*http.Cookie{{Name: "bassin_session", Value: third}})
		v.get("/mon-compte").sees(http.StatusOK, "Cette page demande de se connecter.")
		verified(t, s)
	})
}

// A session chosen by somebody else is never the one that a person gets.
func TestSessionsAreNotFixed(t *testing.T) {
	s, base := product(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"), nil)
	adds(t, s, "Zoé", "zoe@example.fr")
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	for _, chosen := range []string{"chosen", people.NewToken(), strings.Repeat("a", 2000)} {
		v := comes(t, base)
		v.c.Jar.SetCookies(u, []*http.Cookie{{Name: "bassin_session", Value: chosen}})
		v.signsIn("zoe@example.fr", goodPassword).sees(http.StatusOK, "Mon compte")
		if got := v.cookie("bassin_session"); got == chosen || got == "" {
			t.Errorf("the session is %q", got)
		}
	}
}

func TestSigningInLeadsNowhereElse(t *testing.T) {
	s, base := product(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"), nil)
	adds(t, s, "Zoé", "zoe@example.fr")
	for back, want := range map[string]string{
		"/carte?x=1": "/carte", "": "/mon-compte", "https://evil.example/": "/", "//evil.example": "/", `/\evil.example`: "/", "/\t/evil.example": "/", "javascript:alert(1)": "/", "evil.example": "/",
	} {
		v := comes(t, base)
		v.post("/connexion", "email", "zoe@example.fr", "password", goodPassword, "retour", back)
		if v.where.Path != want || !strings.HasPrefix(v.where.String(), base) {
			t.Errorf("from %q one lands on %s, want %s", back, v.where, want)
		}
	}
}

func TestOtherSitesCannotAct(t *testing.T) {
	s, base := product(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"), nil)
	adds(t, s, "Zoé", "zoe@example.fr")
	v := comes(t, base)
	v.signsIn("zoe@example.fr", goodPassword)
	for _, route := range s.Routes() {
		if route.Method != http.MethodPost || !strings.HasPrefix(route.Action, "account.") {
			continue
		}
		path := strings.NewReplacer("{token}", "x", "{id}", "x").Replace(route.Pattern)
		v.post(path, ":Sec-Fetch-Site", "cross-site", ":Origin", "https://evil.example").sees(http.StatusForbidden)
	}
	v.get("/mon-compte").sees(http.StatusOK, "Zoé")
}

// What is answered tells nobody whether an address has an account, and neither does the
// work behind it: the same questions are put to the database.
func TestNobodyLearnsWhoHasAnAccount(t *testing.T) {
	s, base := product(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"), nil)
	adds(t, s, "Zoé", "zoe@example.fr")
	suspended := adds(t, s, "Yann", "yann@example.fr")
	if err := s.accounts.Suspend(t.Context(), audit.System, suspended.ID, true); err != nil {
		t.Fatal(err)
	}
	if _, err := s.accounts.Add(t.Context(), audit.System, "Léa", "lea@example.fr", "fr", ""); err != nil { // without password
		t.Fatal(err)
	}
	strip := func(body, email string) string {
		return regexp.MustCompile(`[a-z0-9]{16}`).ReplaceAllString(strings.ReplaceAll(body, email, ""), "")
	}
	var seen []string
	for _, email := range []string{"zoe@example.fr", "nobody@example.fr", "yann@example.fr", "lea@example.fr"} {
		v := comes(t, base)
		v.signsIn(email, "rien de tout cela ici").sees(http.StatusBadRequest)
		seen = append(seen, strip(v.body, email))
		if email == "yann@example.fr" {
			v.signsIn(email, goodPassword).sees(http.StatusBadRequest, "L’adresse ou le mot de passe")
		}
	}
	if len(slices.Compact(seen)) != 1 {
		t.Error("the pages differ")
	}
}

func TestGuessingIsSlowedForThoseWhoGuess(t *testing.T) {
	s, base := product(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"), nil)
	adds(t, s, "Zoé", "zoe@example.fr")
	owner := comes(t, base)
	owner.signsIn("zoe@example.fr", goodPassword).sees(http.StatusOK, "Mon compte")
	owner.post("/deconnexion")

	for _, email := range []string{"zoe@example.fr", "nobody@example.fr"} { // alike, with an account or not
		thief := comes(t, base)
		for range 5 {
			thief.signsIn(email, "au hasard de la route").sees(http.StatusBadRequest, "n’est pas le bon")
		}
		thief.signsIn(email, "au hasard de la route").sees(http.StatusTooManyRequests, "Il y a eu trop d’essais. Attendez")
		if email == "zoe@example.fr" { // the right one is not tried either
			thief.signsIn(email, goodPassword).sees(http.StatusTooManyRequests)
		}
	}
	// The owner's device is counted apart.
	owner.signsIn("zoe@example.fr", goodPassword).sees(http.StatusOK, "Mon compte")
	// A device that somebody says to be theirs is not.
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	other := comes(t, base)
	other.c.Jar.SetCookies(u, []*http.Cookie{{Name: "bassin_device", Value: people.NewToken()}})
	other.signsIn("zoe@example.fr", goodPassword).sees(http.StatusTooManyRequests)
}

// Those who guess at once are not let through together.
func TestGuessesAtOnceAreCounted(t *testing.T) {
	s, _ := product(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"), nil)
	adds(t, s, "Zoé", "zoe@example.fr")
	const guesses = 20
	wrong := make(chan bool, guesses)
	for range guesses {
		go func() {
			_, err := s.accounts.SignIn(t.Context(), "zoe@example.fr", "au hasard de la route", people.Visit{From: "192.0.2.1"})
			wrong <- strings.Contains(err.Error(), "people.signin.wrong")
		}()
	}
	tried := 0
	for range guesses {
		if <-wrong {
			tried++
		}
	}
	if tried != 5 {
		t.Errorf("%d of %d guesses were tried, want 5", tried, guesses)
	}
}

func TestChangingAPassword(t *testing.T) {
	s, base := product(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"), nil)
	adds(t, s, "Zoé", "zoe@example.fr")
	v, other := comes(t, base), comes(t, base)
	v.signsIn("zoe@example.fr", goodPassword)
	other.signsIn("zoe@example.fr", goodPassword)
	const next = "un tout autre secret bien long"
	v.post("/mon-compte/mot-de-passe", "present", "pas celui-là vraiment", "password", next).sees(http.StatusBadRequest, "Ce n’est pas votre mot de passe actuel.")
	v.post("/mon-compte/mot-de-passe", "present", goodPassword, "password", "1234").sees(http.StatusBadRequest, "au moins 12 caractères")
	v.post("/mon-compte/mot-de-passe", "present", goodPassword, "password", next).sees(http.StatusOK, "Votre mot de passe a changé.")
	other.get("/mon-compte").sees(http.StatusOK, "Cette page demande de se connecter.")
	other.signsIn("zoe@example.fr", goodPassword).sees(http.StatusBadRequest)
	other.signsIn("zoe@example.fr", next).sees(http.StatusOK, "Mon compte")
	v.post("/mon-compte/nom", "name", " Zoé L. ", "langue", "en").sees(http.StatusOK, "C’est enregistré.", "Zoé L.", "Anglais")
	v.post("/mon-compte/nom", "name", "<b>", "langue", "en").sees(http.StatusBadRequest, "Un nom tient en 100 signes")
}

func TestAccountsFromTheConsole(t *testing.T) {
	onEachStore(t, func(t *testing.T, dir, dsn string) {
		with(t, dsn, func(*store.DB) error { return nil })
		at := func(args ...string) []string {
			return append(append([]string{"user"}, args...), "--var", dir, "--store", dsn)
		}
		refuses(t, "not prepared yet", at("invite", "--email", "lea@example.fr", "--role", "mediator", "--scope", "bv:22113")...)
		if err := os.Symlink(filepath.Join(realdata.Var(t), "snapshots"), filepath.Join(dir, "snapshots")); err != nil {
			t.Fatal(err)
		}
		out := runs(t, at("add", "--email", "zoe@example.fr", "--name", "Zoé Le Goff", "--role", "administrator", "--base-url", "https://bassin.example.fr")...)
		link := regexp.MustCompile(`https://bassin\.example\.fr(/mot-de-passe/nouveau/[a-z0-9]+)`).FindStringSubmatch(out)
		if link == nil {
			t.Fatalf("no link in %q", out)
		}
		refuses(t, "This address already has an account", at("add", "--email", "ZOE@example.fr", "--name", "Autre")...)
		refuses(t, "not a whole e-mail address", at("add", "--email", "zoe", "--name", "Autre")...)
		refuses(t, "there is no such role", at("invite", "--email", "lea@example.fr", "--role", "king")...)
		invited := runs(t, at("invite", "--email", "lea@example.fr", "--role", "mediator", "--scope", "bv:22113")...)
		joining := regexp.MustCompile(`/invitation/[a-z0-9]+`).FindString(invited)

		s, base := product(t, dsn, nil)
		v := comes(t, base)
		v.get(link[1]).sees(http.StatusOK, "Choisir un mot de passe", "zoe@example.fr")
		v.post(link[1], "password", goodPassword).sees(http.StatusOK, "Mon compte", "Administrateur")
		v.get(link[1]).sees(http.StatusGone, "Ce lien ne sert plus")
		lea := comes(t, base)
		lea.get(joining).sees(http.StatusOK, "lea@example.fr", "médiateur", "bassin de vie de Lannion")
		lea.post(joining, "name", "", "password", goodPassword).sees(http.StatusBadRequest, "Écrivez votre nom")
		lea.post(joining, "name", "Léa", "password", goodPassword).sees(http.StatusOK, "Mon compte", "Médiateur", "bassin de vie de Lannion")
		comes(t, base).post(joining, "name", "Ève", "password", goodPassword).sees(http.StatusGone)

		list := runs(t, at("list")...)
		if !strings.Contains(list, "zoe@example.fr") || !strings.Contains(list, "mediator bv:22113") {
			t.Errorf("the list is %s", list)
		}
		mandate := regexp.MustCompile(`administrator everywhere \((\w+)\)`).FindStringSubmatch(list)
		refuses(t, "last administrator", at("end", mandate[1])...)
		refuses(t, "last administrator", at("suspend", "zoe@example.fr")...)
		refuses(t, "only person who administers", at("erase", "zoe@example.fr", "--yes")...)
		refuses(t, "no territory known here", at("grant", "lea@example.fr", "--role", "observer", "--scope", "bv:99999")...)
		refuses(t, "No organisation has the id", at("grant", "lea@example.fr", "--role", "signatory", "--scope", "organisation:nobody")...)
		refuses(t, "names neither a territory nor an organisation", at("grant", "lea@example.fr", "--role", "observer", "--scope", "Rostrenen")...)
		refuses(t, "no territory known here", at("invite", "--email", "new@example.fr", "--role", "observer", "--scope", "set:abcdefghij")...)
		runs(t, at("grant", "lea@example.fr", "--role", "signatory", "--scope", "organisation:commune-22113")...)
		runs(t, at("grant", "lea@example.fr", "--role", "administrator", "--act", "Arrêté 2026-12")...)
		runs(t, at("end", mandate[1], "--reason", "départ")...)
		runs(t, at("suspend", "zoe@example.fr")...)
		v.get("/mon-compte").sees(http.StatusOK, "Cette page demande de se connecter.")
		v.signsIn("zoe@example.fr", goodPassword).sees(http.StatusBadRequest)
		runs(t, at("resume", "zoe@example.fr")...)
		v.signsIn("zoe@example.fr", goodPassword).sees(http.StatusOK, "Mandats passés")
		refuses(t, "nobody has the address", at("reset", "nobody@example.fr")...)
		runs(t, at("reset", "zoe@example.fr")...)
		runs(t, at("erase", "zoe@example.fr", "--yes")...)
		v.get("/mon-compte").sees(http.StatusOK, "Cette page demande de se connecter.")
		if list := runs(t, at("list")...); strings.Contains(list, "zoe@") {
			t.Errorf("an erased person is listed: %s", list)
		}
		verified(t, s)
	})
}

// sends sends a form with a file, none where name is "": names and values in turn.
func (v *visitor) sends(path, name string, file []byte, pairs ...string) *visitor {
	v.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := w.WriteField(pairs[i], pairs[i+1]); err != nil {
			v.t.Fatal(err)
		}
	}
	f, err := w.CreateFormFile("file", name) // a browser sends an empty one where none was chosen
	if err == nil {
		_, err = f.Write(file)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		v.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(v.t.Context(), http.MethodPost, v.base+path, &b)
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	return v.ask(r)
}
