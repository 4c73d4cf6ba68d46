package cli

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"bassin/internal/people"
)

// seat makes a person with an open session and these mandates, and returns a client
// that is signed in as them and follows no redirection.
func seat(t *testing.T, s *Server, p people.Person, strong bool, mandates ...people.Mandate) *http.Client {
	t.Helper()
	token := people.NewToken()
	now := time.Now()
	err := s.db.ChangePeople(t.Context(), "seat", func(tx people.Tx) error {
		p.State, p.CreatedAt, p.Lang = people.Active, now, "fr"
		if err := tx.AddPerson(p); err != nil {
			return err
		}
		for _, m := range mandates {
			m.ID, m.Person, m.From, m.CreatedAt = people.NewID(), p.ID, "2026-01-01", now
			if err := tx.AddMandate(m); err != nil {
				return err
			}
		}
		return tx.PutSession(people.Session{
			ID: people.NewID(), Person: p.ID, TokenHash: people.HashToken(token), Method: "password", Strong: strong,
			Device: "Test", CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour),
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{
		Transport:     carrying{"bassin_session=" + token},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// carrying sends a cookie with each request.
type carrying struct{ cookie string }

func (c carrying) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Cookie", c.cookie)
	return http.DefaultTransport.RoundTrip(r)
}

// serving is an open server that answers until the test ends.
func serving(t *testing.T, s *Server) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return "http://" + s.Address()
}

// reply is what a server answered, its body read.
type reply struct {
	StatusCode int
	Header     http.Header
}

func fetch(t *testing.T, c *http.Client, address string) (reply, string) {
	t.Helper()
	return send(t, c, http.MethodGet, address, nil)
}

// send sends a request, with a form if there is one, and reads the answer.
func send(t *testing.T, c *http.Client, method, address string, form url.Values) (reply, string) {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r, err := c.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{r.StatusCode, r.Header}, string(b)
}

func TestOnesOwnData(t *testing.T) {
	s := open(t, nil)
	base := serving(t, s)
	visitor := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if r, _ := fetch(t, visitor, base+"/mes-donnees"); r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/connexion?retour=%2Fmes-donnees" {
		t.Errorf("a visitor gets %d %s", r.StatusCode, r.Header.Get("Location"))
	}
	ada := seat(t, s, people.Person{ID: "ada", Name: "=Ada <i>", Email: "ada@example.fr"}, false, people.Mandate{Role: people.Mediator})
	bob := seat(t, s, people.Person{ID: "bob", Name: "Bob B.", Email: "bob@example.fr"}, false)

	r, page := fetch(t, ada, base+"/mes-donnees")
	if r.StatusCode != 200 || !strings.Contains(page, "ada@example.fr") || !strings.Contains(page, "médiateur") || strings.Contains(page, "bob@example.fr") || strings.Contains(page, "<i>") {
		t.Errorf("%d: %s", r.StatusCode, page)
	}
	if got := r.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("a page of one person may be kept: %q", got)
	}
	if _, page := fetch(t, ada, base+"/en/my-data"); !strings.Contains(page, "mediator") {
		t.Error("the English page does not say the role")
	}
	r, text := fetch(t, ada, base+"/mes-donnees/export.json")
	var out struct {
		Person string
		Data   map[string][]map[string]any
	}
	if err := json.Unmarshal([]byte(text), &out); err != nil || out.Person != "ada" || out.Data["person"][0]["name"] != "=Ada <i>" || len(out.Data["session"]) != 1 {
		t.Errorf("%v: %s", err, text)
	}
	if d := r.Header.Get("Content-Disposition"); !strings.HasPrefix(d, `attachment; filename="mes-donnees-`) {
		t.Errorf("disposition %q", d)
	}
	if _, text := fetch(t, ada, base+"/mes-donnees/export.csv"); !strings.Contains(text, ";'=Ada <i>") {
		t.Errorf("a spreadsheet would run a cell: %s", text)
	}

	post := func(c *http.Client, email string) (reply, string) {
		t.Helper()
		return send(t, c, http.MethodPost, base+"/mes-donnees/effacer", url.Values{"email": {email}})
	}
	if r, page := post(ada, "bob@example.fr"); r.StatusCode != http.StatusBadRequest || !strings.Contains(page, "rien n’a été effacé") {
		t.Errorf("another address: %d", r.StatusCode)
	}
	if r, _ := post(ada, " ADA@example.fr"); r.StatusCode != http.StatusSeeOther {
		t.Errorf("erasing: %d", r.StatusCode)
	}
	if r, _ := fetch(t, ada, base+"/mes-donnees"); r.StatusCode != http.StatusSeeOther {
		t.Errorf("an erased person is still signed in: %d", r.StatusCode)
	}
	if p, err := s.db.Person(t.Context(), "ada"); err != nil || p.State != people.Erased || p.Name != "" {
		t.Errorf("%+v, %v", p, err)
	}
	if r, _ := fetch(t, bob, base+"/mes-donnees"); r.StatusCode != 200 {
		t.Errorf("somebody else: %d", r.StatusCode)
	}
	_, page = fetch(t, visitor, base+"/donnees-personnelles?fait=efface")
	for _, cookie := range []string{"bassin_session", "bassin_device", "bassin_depart", "apparence"} {
		if !strings.Contains(page, "<dt>"+cookie+"</dt>") {
			t.Errorf("the register does not name the cookie %s", cookie)
		}
	}
	if !strings.Contains(page, "Votre compte est effacé") || !strings.Contains(page, "Journal des changements") {
		t.Error("the register does not say so")
	}
}
