package cli

import (
	"io"
	"mime/quotedprintable"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"bassin/internal/audit"
	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/setting"
	"bassin/internal/smtptest"
)

// misled is an address of a product where each request says that it was sent to another
// host, in every way in which requests say so.
func misled(t *testing.T, s *Server) string {
	t.Helper()
	at := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = "evil.example"
		for name, value := range map[string]string{
			"X-Forwarded-Host": "evil.example", "X-Forwarded-Server": "evil.example", "X-Host": "evil.example", "X-Original-Host": "evil.example",
			"Forwarded": "for=1.2.3.4;host=evil.example;proto=https", "X-Forwarded-Proto": "https", "X-Forwarded-Port": "444", "X-Forwarded-Prefix": "//evil.example",
		} {
			r.Header.Set(name, value)
		}
		s.http.Handler.ServeHTTP(w, r)
	}))
	t.Cleanup(at.Close)
	return at.URL
}

var addressIn = regexp.MustCompile(`https?://[^\s<>"]+`)

// leadHere fails unless every link of every mail leads to the site.
func leadHere(t *testing.T, base string, mails []smtptest.Message) {
	t.Helper()
	for _, m := range mails {
		head, body, _ := strings.Cut(string(m.Data), "\r\n\r\n")
		plain := new(strings.Builder)
		if _, err := io.Copy(plain, quotedprintable.NewReader(strings.NewReader(body))); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{strings.ReplaceAll(head, "\r\n ", ""), plain.String()} {
			if strings.Contains(text, "evil") {
				t.Errorf("a mail names the host of a request: %s", text)
			}
			for _, link := range addressIn.FindAllString(text, -1) {
				if link != base && !strings.HasPrefix(link, base+"/") {
					t.Errorf("a mail leads to %s: %s", link, text)
				}
			}
		}
	}
}

// Whoever chooses the host of a request chooses no link of a mail, even where nobody set
// the address of the site.
func TestTheHostOfARequestIsInNoMail(t *testing.T) {
	relay := smtptest.New(t, smtptest.Options{})
	relay.Start(t)
	s, _ := product(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"), func(c *serveCommand) {
		c.Mail = mailing{SMTP: "smtp://" + relay.Host + ":" + relay.Port + "?tls=none", MailFrom: "bassin@example.fr"}
	})
	serving(t, s)
	base := misled(t, s)
	if _, err := s.db.UpdateSetting(t.Context(), audit.System, setting.AccountsName, setting.Any, to(`{"self_registration":true}`)); err != nil {
		t.Fatal(err)
	}
	zoe := adds(t, s, "Zoé", "zoe@example.fr")
	gives(t, s, zoe, people.Coordinator)
	v := comes(t, base)
	v.post("/connexion/lien", "email", "zoe@example.fr").sees(http.StatusOK)
	v.post("/mot-de-passe/oublie", "email", "zoe@example.fr").sees(http.StatusOK)
	v.post("/inscription", "name", "Léa", "email", "lea@example.fr", "password", goodPassword).sees(http.StatusOK)
	v.signsIn("zoe@example.fr", goodPassword).sees(http.StatusOK)
	v.post("/mon-compte/adresse", "email", "zoe2@example.fr", "present", goodPassword).sees(http.StatusOK)
	admin := seat(t, s, people.Person{ID: "root", Name: "Root", Email: "root@example.fr"}, true, people.Mandate{Role: people.Administrator})
	if r, body := send(t, admin, http.MethodPost, base+"/administration/personnes/inviter", form("email", "luc@example.fr", "name", "Luc", "langue", "fr")); r.StatusCode != http.StatusOK {
		t.Fatalf("inviting: %d %s", r.StatusCode, mainOf(body))
	}
	// A digest and a notice.
	if err := s.db.Choose(t.Context(), audit.Person(zoe.ID), zoe.ID, notice.Choices{notice.Mandates: notice.Daily}); err != nil {
		t.Fatal(err)
	}
	gives(t, s, zoe, people.Observer)
	until(t, "a notice that waits", func() bool { l, err := s.db.Waiting(t.Context(), "", 10); return err == nil && len(l) > 0 })
	if n, err := s.post().Digests(t.Context()); n != 1 || err != nil {
		t.Fatalf("%d digests, %v", n, err)
	}
	want := []string{"/connexion/lien/", "/mot-de-passe/nouveau/", "/verification/", "/mes-notifications", "/desabonnement/", "/mon-compte"}
	until(t, "all the mails", func() bool {
		all := ""
		for _, m := range relay.Messages() {
			all += strings.ReplaceAll(string(m.Data), "=\r\n", "")
		}
		for _, link := range want {
			if !strings.Contains(all, link) {
				return false
			}
		}
		return strings.Contains(all, "zoe2@example.fr") && strings.Contains(all, "luc@example.fr") && strings.Contains(all, "lea@example.fr")
	})
	leadHere(t, "http://"+s.Address(), relay.Messages())
}
