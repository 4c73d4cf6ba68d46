package cli

import (
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bassin/internal/people"
	"bassin/internal/smtptest"
)

// The log, at its most talkative, holds nothing that opens anything and nothing that
// tells who somebody is: no password, session, token or address, not even in paths that
// no route answers or that are refused before one.
func TestTheLogHoldsNoSecrets(t *testing.T) {
	relay := smtptest.New(t, smtptest.Options{})
	relay.Start(t)
	log := &lines{}
	s := open(t, func(c *serveCommand) {
		c.Database.Store = "sqlite:" + filepath.Join(t.TempDir(), "bassin.db")
		c.Mail = mailing{SMTP: "smtp://" + relay.Host + ":" + relay.Port + "?tls=none", MailFrom: "bassin@example.fr"}
		c.Service.LogLevel = "debug"
	})
	t.Cleanup(func() {})
	s.log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	handler, err := s.wire(t.Context(), s.catalog) // with that log
	if err != nil {
		t.Fatal(err)
	}
	s.http.Handler = handler
	base := serving(t, s)

	adds(t, s, "Zénobie Kerguelen", "zenobie@example.fr")
	v := comes(t, base)
	v.signsIn("zenobie@example.fr", "pas le bon mot du tout")
	v.signsIn("zenobie@example.fr", goodPassword).sees(http.StatusOK, "Zénobie")
	secrets := []string{"zenobie@example.fr", "Zénobie", "Kerguelen", "pas le bon mot du tout", goodPassword, url.QueryEscape(goodPassword), v.cookie("bassin_session"), v.cookie("bassin_device")}
	v.post("/mon-compte/mot-de-passe", "present", goodPassword, "password", "un nouveau secret à garder")
	secrets = append(secrets, "un nouveau secret")
	v.get("/recherche?q=zenobie%40example.fr")
	v.post("/mon-compte/adresse", "present", "un nouveau secret à garder", "email", "autre@example.fr")
	v.post("/connexion/lien", "email", "zenobie@example.fr")
	v.post("/mot-de-passe/oublie", "email", "zenobie@example.fr")
	until(t, "the mails", func() bool { return len(relay.Messages()) >= 3 })
	links := regexp.MustCompile(`/[a-z-]+(?:/[a-z-]+)?/[a-z0-9]{20,}`)
	var opened int
	for _, m := range relay.Messages() {
		for _, path := range links.FindAllString(strings.ReplaceAll(string(m.Data), "=\r\n", ""), -1) {
			token := path[strings.LastIndexByte(path, '/')+1:]
			secrets = append(secrets, token)
			opened++
			other := comes(t, base)
			for _, odd := range []string{"", "/", "//", "/more", "?x=1", "%2f", "/../" + token, "/%00"} {
				other.get(path + odd)
				other.get("/en" + path + odd)
				other.get("/nowhere" + path + odd)
				other.get(strings.Replace(path, "/", "//", 1) + odd)
			}
			other.post(path, ":Sec-Fetch-Site", "cross-site")
			other.get("/connexion?retour=" + url.QueryEscape(path))
			r, _, err := raw(t.Context(), stays, http.MethodPut, base, path, http.Header{"Referer": {base + path}, "X-Request-Id": {"x" + token + "!"}}, "")
			if err != nil || r.StatusCode < 400 {
				t.Errorf("PUT %s: %d, %v", path, r.StatusCode, err)
			}
			other.post(path, "password", "encore un secret à garder", "name", "Zénobie")
			other.post(path+"/", "password", "encore un secret à garder")
		}
	}
	secrets = append(secrets, "encore un secret", "autre@example.fr")
	stray := people.NewToken()
	secrets = append(secrets, stray)
	comes(t, base).get("/installation/" + stray).get("/installation/" + stray + "/compte").get("/invitation/" + stray + "/autre").get("/en/setup/" + stray + "/")
	// The database fails in the middle of it.
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}
	v.get("/mon-compte")
	v.signsIn("zenobie@example.fr", goodPassword)
	comes(t, base).get("/invitation/" + stray)
	said := log.String()
	if opened < 3 || !strings.Contains(said, "route=/mon-compte") || !strings.Contains(said, "request failed") {
		t.Fatalf("%d links were opened; the log is %.2000s", opened, said)
	}
	for _, secret := range secrets {
		if secret == "" {
			t.Error("a secret is empty")
		} else if i := strings.Index(strings.ToLower(said), strings.ToLower(secret)); i >= 0 {
			t.Errorf("the log holds %q: …%s…", secret, said[max(0, i-200):min(len(said), i+200)])
		}
	}
}
