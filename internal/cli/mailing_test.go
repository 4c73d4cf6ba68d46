package cli

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"bassin/internal/people"
	"bassin/internal/setting"
	"bassin/internal/smtptest"
)

// The mail server is set in the administration: its password is shown nowhere and goes
// to no other server; a test that fails says why in words.
func TestTheMailServerIsSetInTheAdministration(t *testing.T) {
	s := open(t, nil)
	base := serving(t, s)
	ada := seat(t, s, people.Person{ID: "ada", Name: "Ada", Email: "ada@example.fr"}, true, people.Mandate{Role: people.Administrator})
	const path = "/administration/reglages/courriel"
	does := func(method, path string, f url.Values, want int, texts ...string) string {
		t.Helper()
		r, page := send(t, ada, method, base+path, f)
		if r.StatusCode != want {
			t.Fatalf("%s %s: %d, want %d: %.2000s", method, path, r.StatusCode, want, page)
		}
		for _, x := range texts {
			if !strings.Contains(html.UnescapeString(page), x) {
				t.Errorf("%s %s does not say %q", method, path, x)
			}
		}
		if strings.Contains(page, "très secret") {
			t.Errorf("%s %s shows the password", method, path)
		}
		return page
	}
	f := fields(does(http.MethodGet, path, nil, http.StatusOK, "rien ne peut partir"), path)
	set := func(pairs ...string) url.Values {
		f.Set("security", "starttls") // a select
		for i := 0; i < len(pairs); i += 2 {
			f.Set(pairs[i], pairs[i+1])
		}
		return f
	}
	does(http.MethodPost, path, set("host", "127.0.0.1", "port", "0", "user", "bassin", "from", "Bassin <bassin@example.fr>", "password", "très secret"), http.StatusBadRequest, "port")
	does(http.MethodPost, path, set("port", "1"), http.StatusSeeOther)
	if kept, err := s.db.Secret(t.Context(), setting.MailName); err != nil || kept != "très secret" {
		t.Fatalf("the password kept: %q, %v", kept, err)
	}
	does(http.MethodPost, path+"/essai", url.Values{"to": {"zoe@example.fr"}}, http.StatusServiceUnavailable, "Le serveur ne répond pas.", "<details", "127.0.0.1:1")
	does(http.MethodPost, path+"/essai", url.Values{"to": {"zoe"}}, http.StatusBadRequest)

	f = fields(does(http.MethodGet, path, nil, http.StatusOK), path)
	does(http.MethodPost, path, set("host", "ailleurs.example.fr", "password", ""), http.StatusBadRequest, "écrivez de nouveau le mot de passe")
	relay := smtptest.New(t, smtptest.Options{})
	relay.Start(t)
	f = fields(does(http.MethodGet, path, nil, http.StatusOK), path)
	does(http.MethodPost, path, set("host", relay.Host, "port", relay.Port, "user", "", "security", "none"), http.StatusSeeOther)
	if kept, err := s.db.Secret(t.Context(), setting.MailName); err != nil || kept != "" {
		t.Errorf("a password without a user is kept: %q, %v", kept, err)
	}
	does(http.MethodPost, path+"/essai", url.Values{"to": {"zoe@example.fr"}}, http.StatusSeeOther)
}
