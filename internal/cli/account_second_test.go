package cli

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"bassin/internal/people"
)

// code is what an application shows, some steps of thirty seconds from now (RFC 6238).
func code(t *testing.T, secret string, steps int64) string {
	t.Helper()
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	m := hmac.New(sha1.New, key)
	if err := binary.Write(m, binary.BigEndian, time.Now().Unix()/30+steps); err != nil {
		t.Fatal(err)
	}
	sum := m.Sum(nil)
	at := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:])&0x7fffffff%1000000)
}

// An administrator is asked for a second factor, sets one up, and uses it ever after.
func TestAdministratorsShowASecondFactor(t *testing.T) {
	onEachStore(t, func(t *testing.T, _, dsn string) {
		s, base := product(t, dsn, nil)
		zoe := adds(t, s, "Zoé", "zoe@example.fr")
		gives(t, s, zoe, people.Administrator)
		v := comes(t, base)
		v.signsIn("zoe@example.fr", goodPassword).sees(http.StatusOK, "Mon compte", "Ce mandat sert une fois votre identité confirmée")
		v.get("/administration").sees(http.StatusOK, "Protéger votre compte")
		v.post("/administration/mandats/donner", "role", "observer").sees(http.StatusForbidden)
		before := v.cookie("bassin_session")
		v.get("/mon-compte/code?retour=/administration").sees(http.StatusOK, "Utiliser les codes d’une application")
		secret, _ := v.doc().Find("input[name=secret]").Attr("value")
		if src, _ := v.doc().Find("img.account-qr").Attr("src"); !strings.HasPrefix(src, "data:image/png;base64,") {
			t.Errorf("the picture is %.40q", src)
		}
		v.post("/mon-compte/code", "secret", secret, "code", "000000", "present", "pas le bon du tout").sees(http.StatusBadRequest, "Ce n’est pas votre mot de passe actuel.")
		v.post("/mon-compte/code", "secret", secret, "code", "abcdef", "present", goodPassword).sees(http.StatusBadRequest, "Ce code n’est pas le bon")
		if again, _ := v.doc().Find("input[name=secret]").Attr("value"); again != secret {
			t.Error("the secret that the application has read is lost")
		}
		v.post("/mon-compte/code", "secret", secret, "code", code(t, secret, -1), "present", goodPassword, "retour", "/administration").sees(http.StatusOK, "Vos codes de secours")
		var recovery []string
		for _, n := range v.doc().Find(".account-codes code").EachIter() {
			recovery = append(recovery, n.Text())
		}
		if len(recovery) != 10 {
			t.Fatalf("%d recovery codes", len(recovery))
		}
		if after := v.cookie("bassin_session"); after == before || after == "" {
			t.Error("the session was strengthened under the token it had")
		}
		v.get("/administration").sees(http.StatusOK, "Administration")
		old := comes(t, base)
		old.c.Jar.SetCookies(v.where, []*http.Cookie{{Name: "bassin_session", Value: before}})
		old.get("/mon-compte").sees(http.StatusOK, "Cette page demande de se connecter.")

		// From then on a password alone opens nothing.
		w := comes(t, base)
		w.post("/connexion", "email", "zoe@example.fr", "password", goodPassword, "retour", "/administration").sees(http.StatusOK, "Confirmer votre identité")
		if w.cookie("bassin_session") != "" {
			t.Error("a password alone opened a session")
		}
		ticket, _ := w.doc().Find("input[name=ticket]").Attr("value")
		w.post("/connexion/second-facteur", "ticket", ticket, "code", code(t, secret, -1)).sees(http.StatusBadRequest, "Ce code n’est pas le bon, ou il a déjà servi.")
		w.post("/connexion/second-facteur", "ticket", ticket, "code", code(t, secret, 0), "retour", "/administration").sees(http.StatusOK, "Administration")
		comes(t, base).post("/connexion/second-facteur", "ticket", ticket, "code", code(t, secret, 1)).sees(http.StatusBadRequest, "Ce lien ne sert plus")

		// A recovery code opens once.
		for i, want := range []int{http.StatusOK, http.StatusBadRequest} {
			x := comes(t, base)
			x.signsIn("zoe@example.fr", goodPassword)
			ticket, _ := x.doc().Find("input[name=ticket]").Attr("value")
			if x.post("/connexion/second-facteur", "ticket", ticket, "code", strings.ToUpper(recovery[0])).sees(want); t.Failed() {
				t.Fatalf("use %d", i+1)
			}
		}
		// Guessing codes is slowed.
		x := comes(t, base)
		x.signsIn("zoe@example.fr", goodPassword)
		ticket, _ = x.doc().Find("input[name=ticket]").Attr("value")
		for range 5 {
			x.post("/connexion/second-facteur", "ticket", ticket, "code", "123456")
		}
		x.sees(http.StatusTooManyRequests, "trop d’essais")

		// The last way in stays; without second factor there are no recovery codes.
		v.post("/mon-compte/secours", "present", goodPassword).sees(http.StatusOK, "Vos codes de secours")
		creds, err := s.db.Credentials(t.Context(), zoe.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range creds {
			switch c.Kind {
			case people.Password:
				v.post("/mon-compte/acces/"+c.ID, "present", goodPassword).sees(http.StatusBadRequest, "C’est votre dernier moyen de connexion.")
			case people.TOTP:
				v.get("/mon-compte/acces/"+c.ID).sees(http.StatusOK, "Retirer un moyen de connexion")
				v.post("/mon-compte/acces/"+c.ID, "present", goodPassword).sees(http.StatusOK, "Ce moyen de connexion est retiré.")
			case people.Recovery:
				v.get("/mon-compte/acces/" + c.ID).sees(http.StatusNotFound)
			}
		}
		if left, err := s.db.Credentials(t.Context(), zoe.ID); err != nil || len(left) != 1 {
			t.Errorf("%d ways in are left, %v, want 1", len(left), err)
		}
		// Who lost all of it asks the console.
		v.get("/mon-compte/code")
		secret, _ = v.doc().Find("input[name=secret]").Attr("value")
		v.post("/mon-compte/code", "secret", secret, "code", code(t, secret, 0), "present", goodPassword).sees(http.StatusOK, "Vos codes de secours")
		runs(t, "user", "reset", "zoe@example.fr", "--second-factor", "--store", dsn)
		v.get("/mon-compte").sees(http.StatusOK, "Cette page demande de se connecter.")
		v.signsIn("zoe@example.fr", goodPassword).sees(http.StatusOK, "Mon compte")
		verified(t, s)
	})
}
