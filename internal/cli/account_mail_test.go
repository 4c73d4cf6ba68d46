package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"mime"
	"net/http"
	"net/mail"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"bassin/internal/audit"
	"bassin/internal/people"
	"bassin/internal/setting"
	"bassin/internal/smtptest"
)

// to is a change of a setting to a value.
func to(value string) func(json.RawMessage) (json.RawMessage, error) {
	return func(json.RawMessage) (json.RawMessage, error) { return json.RawMessage(value), nil }
}

// posted is a product whose worker sends mails to a real relay.
type posted struct {
	*Server
	base  string
	relay *smtptest.Server
	seen  map[int]bool
}

func posts(t *testing.T, dsn string) *posted {
	t.Helper()
	relay := smtptest.New(t, smtptest.Options{})
	relay.Start(t)
	s, _ := product(t, dsn, func(c *serveCommand) {
		c.Mail = mailing{SMTP: "smtp://" + relay.Host + ":" + relay.Port + "?tls=none", MailFrom: "bassin@example.fr"}
	})
	base := misled(t, s)
	now := *s.site.now.Load()
	now.BaseURL = base
	s.site.now.Store(&now)
	ctx, stop := context.WithCancel(t.Context())
	s.command.Site.BaseURL = base
	s.site.given.BaseURL = base
	working, err := s.work(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		working.Wait()
		leadHere(t, base, relay.Messages())
	})
	return &posted{Server: s, base: base, relay: relay, seen: map[int]bool{}}
}

// mail waits for a mail and gives the path of the link in it that begins so, "" for
// none. Mails leave side by side: they come in any order.
func (p *posted) mail(t *testing.T, to, subject, link string) (path string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		for i, m := range p.relay.Messages() {
			if p.seen[i] || m.Recipients[0] != to {
				continue
			}
			read, err := mail.ReadMessage(bytes.NewReader(m.Data))
			if err != nil {
				t.Fatal(err)
			}
			got, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
			if err != nil || !strings.Contains(got, subject) {
				continue
			}
			p.seen[i] = true
			if link == "" {
				return ""
			}
			body := strings.ReplaceAll(strings.ReplaceAll(string(m.Data), "=\r\n", ""), "=3D", "=")
			path := regexp.MustCompile(regexp.QuoteMeta(p.base) + "(" + regexp.QuoteMeta(link) + "[a-z0-9]*)").FindStringSubmatch(body)
			if path == nil {
				t.Fatalf("no link %s in %s", link, body)
			}
			return path[1]
		}
	}
	t.Fatalf("no mail to %s on %q came", to, subject)
	return ""
}

func TestLinksThatComeByMail(t *testing.T) {
	onEachStore(t, func(t *testing.T, _, dsn string) {
		s := posts(t, dsn)
		adds(t, s.Server, "Zoé Le Goff", "zoe@example.fr")

		// A forgotten password.
		v, old := comes(t, s.base), comes(t, s.base)
		old.signsIn("zoe@example.fr", goodPassword)
		v.post("/mot-de-passe/oublie", "email", "zoe").sees(http.StatusBadRequest, "adresse électronique complète")
		v.post("/mot-de-passe/oublie", "email", "zoe@example.fr").sees(http.StatusOK, "Regardez vos courriels")
		page := v.body
		reset := s.mail(t, "zoe@example.fr", "Choisissez un nouveau mot de passe", "/mot-de-passe/nouveau/")
		v.post("/mot-de-passe/oublie", "email", "nobody@example.fr").sees(http.StatusOK, "Regardez vos courriels")
		if v.body != page {
			t.Error("the page tells whether an address has an account")
		}
		s.mail(t, "nobody@example.fr", "Aucun compte à cette adresse", "")
		const next = "un tout autre secret bien long"
		v.get(reset).sees(http.StatusOK, "zoe@example.fr")
		v.post(reset, "password", "zoelegoff123").sees(http.StatusBadRequest)
		v.post(reset, "password", next).sees(http.StatusOK, "Mon compte")
		s.mail(t, "zoe@example.fr", "Votre mot de passe a changé", "/mon-compte")
		s.mail(t, "zoe@example.fr", "Nouvelle connexion", "/mon-compte")
		old.get("/mon-compte").sees(http.StatusOK, "Cette page demande de se connecter.")
		comes(t, s.base).post(reset, "password", next).sees(http.StatusGone, "Ce lien ne sert plus")
		old.signsIn("zoe@example.fr", goodPassword).sees(http.StatusBadRequest)

		// A link that signs in: looking at it uses nothing up.
		w := comes(t, s.base)
		w.post("/connexion/lien", "email", "Zoe@Example.fr").sees(http.StatusOK, "Regardez vos courriels")
		link := s.mail(t, "zoe@example.fr", "Votre lien de connexion", "/connexion/lien/")
		for range 3 {
			comes(t, s.base).get(link).sees(http.StatusOK, "Ce lien connecte Zoé Le Goff")
		}
		w.post(link, "rester", "1").sees(http.StatusOK, "Mon compte", "lien reçu par courriel")
		s.mail(t, "zoe@example.fr", "Nouvelle connexion", "")
		comes(t, s.base).post(link).sees(http.StatusGone)
		comes(t, s.base).get(link).sees(http.StatusGone)

		// One that is too late.
		if err := s.accounts.AskLink(t.Context(), "zoe@example.fr", people.Visit{From: "192.0.2.1"}); err != nil {
			t.Fatal(err)
		}
		late := s.mail(t, "zoe@example.fr", "Votre lien de connexion", "/connexion/lien/")
		s.accounts.Now = func() time.Time { return time.Now().Add(time.Hour) }
		comes(t, s.base).get(late).sees(http.StatusGone)
		s.accounts.Now = time.Now

		// Another address: told to the old one, which can take the account back.
		w.post("/mon-compte/adresse", "email", "eve@example.fr", "present", "pas le bon du tout").sees(http.StatusBadRequest, "Ce n’est pas votre mot de passe actuel.")
		w.post("/mon-compte/adresse", "email", "eve@example.fr", "present", next).sees(http.StatusOK, "Un message vient de partir à la nouvelle adresse.")
		confirm := s.mail(t, "eve@example.fr", "Confirmez votre nouvelle adresse", "/verification/")
		w.get("/mon-compte").sees(http.StatusOK, "zoe@example.fr")
		comes(t, s.base).get(confirm).sees(http.StatusOK, "eve@example.fr")
		w.get("/mon-compte").sees(http.StatusOK, "zoe@example.fr")
		w.post(confirm).sees(http.StatusOK, "Votre adresse a changé")
		undo := s.mail(t, "zoe@example.fr", "L’adresse de votre compte a changé", "/verification/")
		w.get("/mon-compte").sees(http.StatusOK, "eve@example.fr")
		comes(t, s.base).post(undo).sees(http.StatusOK, "Votre compte est à vous")
		w.get("/mon-compte").sees(http.StatusOK, "Cette page demande de se connecter.")
		w.signsIn("zoe@example.fr", next).sees(http.StatusBadRequest) // whoever took it knew the password
		verified(t, s.Server)
	})
}

func TestSigningUp(t *testing.T) {
	s := posts(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"))
	adds(t, s.Server, "Zoé", "zoe@example.fr")
	v := comes(t, s.base)
	v.get("/inscription").sees(http.StatusOK, "les comptes s’ouvrent sur invitation")
	v.post("/inscription", "email", "lea@example.fr").sees(http.StatusForbidden)
	if _, err := s.db.UpdateSetting(t.Context(), audit.System, setting.AccountsName, setting.Any, to(`{"self_registration":true}`)); err != nil {
		t.Fatal(err)
	}
	v.get("/inscription").sees(http.StatusOK, "Créer un compte")
	v.post("/inscription", "email", "lea@example.fr").sees(http.StatusOK, "Regardez vos courriels")
	page := v.body
	join := s.mail(t, "lea@example.fr", "Créez votre compte", "/verification/")
	v.post("/inscription", "email", "zoe@example.fr").sees(http.StatusOK, "Regardez vos courriels")
	if v.body != page {
		t.Error("the page tells whether an address has an account")
	}
	s.mail(t, "zoe@example.fr", "Vous avez déjà un compte", "/connexion")
	v.get(join).sees(http.StatusOK, "lea@example.fr")
	v.post(join, "name", "Léa", "password", goodPassword).sees(http.StatusOK, "Mon compte", "Vous n’avez pas de mandat")
	comes(t, s.base).post(join, "name", "Ève", "password", goodPassword).sees(http.StatusGone)
	// An address is not flooded.
	w := comes(t, s.base)
	for range 6 {
		w.post("/inscription", "email", "victim@example.fr")
	}
	w.sees(http.StatusTooManyRequests, "trop d’essais")
}

// Whoever may invite does, in a page, for what their own mandates let them give.
func TestInviting(t *testing.T) {
	s := posts(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"))
	zoe, bob := adds(t, s.Server, "Zoé", "zoe@example.fr"), adds(t, s.Server, "Bob", "bob@example.fr")
	scope, err := people.ParseScope("bv:22113")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.accounts.Mandates.GiveAs(t.Context(), audit.System, "", people.Grant{Person: zoe.ID, Role: people.Coordinator, Scope: scope}); err != nil {
		t.Fatal(err)
	}
	s.mail(t, "zoe@example.fr", "mandat", "")
	v, w := comes(t, s.base), comes(t, s.base)
	w.signsIn("bob@example.fr", goodPassword)
	w.get("/administration/personnes/inviter").sees(http.StatusForbidden)
	w.post("/administration/personnes/inviter", "email", "lea@example.fr").sees(http.StatusForbidden)
	v.signsIn("zoe@example.fr", goodPassword)
	v.get("/administration/personnes").sees(http.StatusOK, "Inviter")
	v.get("/administration/personnes/inviter").sees(http.StatusOK, "Inviter une personne")
	if n := v.doc().Find("#role option[value=administrator]").Length(); n != 0 {
		t.Error("a coordinator is offered to make administrators")
	}
	v.post("/administration/personnes/inviter", "email", "lea@example.fr", "role", "administrator", "territory", "bv:22113").sees(http.StatusBadRequest, "le permettent ailleurs, mais pas ici")
	v.post("/administration/personnes/inviter", "email", "lea@example.fr", "role", "mediator").sees(http.StatusBadRequest, "Dites où porte le mandat")
	v.post("/administration/personnes/inviter", "email", "lea@example.fr", "role", "mediator", "where", "territory").sees(http.StatusBadRequest, "Nommez le territoire")
	v.post("/administration/personnes/inviter", "email", "lea@example.fr", "role", "mediator", "where", "everywhere").sees(http.StatusBadRequest, "le permettent ailleurs, mais pas ici")
	v.post("/administration/personnes/inviter", "email", "bob@example.fr").sees(http.StatusBadRequest, "a déjà un compte")
	offer := []string{"email", "lea@example.fr", "name", "Léa", "langue", "en", "role", "mediator", "where", "territory", "territory", "bv:22113", "act", "Délibération 12"}
	v.post("/administration/personnes/inviter", offer...).sees(http.StatusOK, "Vérifiez l’invitation de lea@example.fr", "médiateur")
	v.post("/administration/personnes/inviter", append(offer, "confirme", "1")...).sees(http.StatusOK, "lea@example.fr peut créer son compte", "médiateur", "Un message est parti")
	if strings.Contains(v.body, "/invitation/") {
		t.Error("whoever invites sees the link that proves an address")
	}
	join := s.mail(t, "lea@example.fr", "You are invited", "/en/verification/")
	x := comes(t, s.base)
	x.get(join).sees(http.StatusOK, "lea@example.fr", "mediator")
	x.post(join, "name", "Léa", "password", goodPassword).sees(http.StatusOK, "My account", "Délibération 12")
	// What the inviter may give no more is not given.
	v.post("/administration/personnes/inviter", "email", "luc@example.fr", "role", "mediator", "territory", "bv:22113", "confirme", "1").sees(http.StatusOK, "Un message est parti")
	join = s.mail(t, "luc@example.fr", "invit", "/verification/")
	held, err := s.db.MandatesOf(t.Context(), zoe.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.accounts.Mandates.EndAs(t.Context(), audit.System, held[0].ID, s.accounts.Mandates.Today().Before(), ""); err != nil {
		t.Fatal(err)
	}
	s.mail(t, "zoe@example.fr", "mandat", "")
	y := comes(t, s.base)
	y.post(join, "name", "Luc", "password", goodPassword).sees(http.StatusOK, "Votre compte est créé, sans mandat")
	s.mail(t, "zoe@example.fr", "sans le mandat prévu", "")
	luc, err := s.db.PersonByEmail(t.Context(), "luc@example.fr")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.db.MandatesOf(t.Context(), luc.ID); err != nil || len(got) != 0 {
		t.Errorf("the invited holds %v, %v", got, err)
	}
	// A coordinator makes no link to somebody else's account.
	v.get("/administration/personnes/" + bob.ID + "/mot-de-passe").sees(http.StatusForbidden)
	v.post("/administration/personnes/" + bob.ID + "/mot-de-passe").sees(http.StatusForbidden)
	verified(t, s.Server)
}

// Without mail, what needs it says so, and the rest goes on.
func TestWithoutMail(t *testing.T) {
	s, base := product(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"), nil)
	adds(t, s, "Zoé", "zoe@example.fr")
	v := comes(t, base)
	for _, path := range []string{"/connexion/lien", "/mot-de-passe/oublie"} {
		v.get(path).sees(http.StatusOK, "Cette installation n’envoie pas de courriel pour l’instant.")
		v.post(path, "email", "zoe@example.fr").sees(http.StatusBadRequest, "n’envoie pas de courriel")
	}
	v.signsIn("zoe@example.fr", goodPassword)
	v.post("/mon-compte/adresse", "email", "zoe@autre.example.fr", "present", goodPassword).sees(http.StatusOK, "Votre adresse a changé.", "zoe@autre.example.fr")

	// A server set in the product serves at once.
	relay := smtptest.New(t, smtptest.Options{})
	relay.Start(t)
	if err := s.tryMail(t.Context(), setting.Mail{Host: relay.Host, Port: 1, Security: setting.Clear, From: "bassin@example.fr"}, "", "zoe@example.fr", "fr"); err == nil {
		t.Error("a mail left for a server that is not there")
	}
	value := `{"host":"` + relay.Host + `","port":` + relay.Port + `,"security":"none","from":"bassin@example.fr"}`
	if _, err := s.db.UpdateSetting(t.Context(), audit.System, setting.MailName, setting.Any, to(value)); err != nil {
		t.Fatal(err)
	}
	if err := s.mail.refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	v.get("/connexion/lien").sees(http.StatusOK, "Recevoir le lien")
}
