package cli

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bassin/internal/audit"
	"bassin/internal/oidctest"
	"bassin/internal/people"
	"bassin/internal/setting"
)

// withProvider is a product that knows a provider named Essai.
func withProvider(t *testing.T) (*oidctest.Provider, *Server, string) {
	t.Helper()
	const public = "http://bassin.example.test"
	provider := oidctest.Start(t, oidctest.Options{
		Client: "bassin", Secret: "un secret assez long", Callbacks: []string{public + "/connexion/fournisseur/essai/retour"}, PKCE: true,
		Users: []oidctest.User{
			{Login: "zoe", Claims: map[string]any{"email": "zoe@example.fr", "email_verified": true, "given_name": "Zoé", "family_name": "Le Goff"}},
			{Login: "thief", Claims: map[string]any{"email": "zoe@example.fr", "email_verified": true}},
			{Login: "thief2", Claims: map[string]any{"email": "zoe@example.fr"}},
			{Login: "lea", Claims: map[string]any{"email": "lea@example.fr", "email_verified": true, "given_name": "Léa", "family_name": "Martin"}},
			{Login: "agathe", Claims: map[string]any{"email": "agathe@example.fr", "email_verified": true, "given_name": "Agathe", "siret": "44315772200010"}},
			{Login: "yann", Claims: map[string]any{"email": "yann@example.fr", "email_verified": true, "given_name": "Yann", "family_name": "Bihan"}},
		},
	})
	file := filepath.Join(t.TempDir(), "providers.json")
	t.Setenv("PROVIDER_SECRET", provider.Secret)
	b, err := json.Marshal(map[string]any{"providers": []any{map[string]any{"key": "essai", "name": "Essai", "issuer": provider.Issuer, "client_id": provider.Client, "secret_env": "PROVIDER_SECRET", "scopes": []string{"profile", "email", "siret"}}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	s, base := product(t, "sqlite:"+filepath.Join(t.TempDir(), "bassin.db"), func(c *serveCommand) {
		c.Connecting.OIDC, c.Site.BaseURL = file, public
	})
	return provider, s, base
}

// leaves goes to the provider, says who they are there and comes back.
func leaves(v *visitor, provider *oidctest.Provider, path, login string) *visitor {
	v.t.Helper()
	v.c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	r, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, v.base+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	res, err := v.c.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	res.Body.Close()
	v.c.CheckRedirect = nil
	return v.get(provider.Consent(v.t, res.Header.Get("Location"), login).RequestURI())
}

// An account elsewhere signs in to the account that its owner linked it to, and to no
// other, whatever address the provider tells.
func TestAccountsElsewhereHijackNothing(t *testing.T) {
	provider, s, base := withProvider(t)
	zoe := adds(t, s, "Zoé", "zoe@example.fr")
	way := "/connexion/fournisseur/essai"
	unknown := "Ce compte extérieur n’est lié à aucun compte ici."
	comes(t, base).get("/connexion").sees(http.StatusOK, "Continuer avec Essai")
	for _, login := range []string{"zoe", "thief", "thief2", "lea"} { // alike: nobody learns who has an account
		leaves(comes(t, base), provider, way, login).sees(http.StatusBadRequest, unknown)
	}
	if _, err := s.db.UpdateSetting(t.Context(), audit.System, setting.AccountsName, setting.Any, to(`{"self_registration":true}`)); err != nil {
		t.Fatal(err)
	}
	// Where anybody may sign up, an address that is taken does not link by itself.
	for _, login := range []string{"zoe", "thief"} {
		leaves(comes(t, base), provider, way, login).sees(http.StatusBadRequest, "Votre adresse a déjà un compte ici.")
	}
	leaves(comes(t, base), provider, way, "thief2").sees(http.StatusBadRequest, unknown)
	leaves(comes(t, base), provider, way+"?retour=/carte", "lea").sees(http.StatusOK)
	if p, err := s.db.PersonByEmail(t.Context(), "lea@example.fr"); err != nil || p.Name != "Léa Martin" {
		t.Errorf("the new account is %+v, %v", p, err)
	}

	// The owner links, having shown who they are, and signs in by it from then on.
	v := comes(t, base)
	v.signsIn("zoe@example.fr", goodPassword)
	v.get("/mon-compte/fournisseur/essai").sees(http.StatusOK, "Lier un compte Essai")
	v.post("/mon-compte/fournisseur/essai", "present", "pas le bon du tout").sees(http.StatusBadRequest, "Ce n’est pas votre mot de passe actuel.")
	v.post("/mon-compte/fournisseur/essai", "present", goodPassword).sees(http.StatusOK, "Aller chez le fournisseur")
	href, _ := v.doc().Find("main a[href^='" + provider.Issuer + "']").Attr("href")
	back := provider.Consent(t, href, "zoe")
	comes(t, base).get(back.RequestURI()).sees(http.StatusGone) // another browser
	v.get(back.RequestURI()).sees(http.StatusOK, "Le compte extérieur est lié.", "Compte extérieur – Essai")
	v.get(back.RequestURI()).sees(http.StatusGone) // once
	w := comes(t, base)
	leaves(w, provider, way, "zoe").sees(http.StatusOK, "Mon compte", "zoe@example.fr")
	leaves(comes(t, base), provider, way, "thief").sees(http.StatusBadRequest, "Votre adresse a déjà un compte ici.")

	// Linked to one account, it is not linked to another.
	yann := adds(t, s, "Yann", "yann@autre.example.fr")
	x := comes(t, base)
	x.signsIn("yann@autre.example.fr", goodPassword)
	x.post("/mon-compte/fournisseur/essai", "present", goodPassword)
	href, _ = x.doc().Find("main a[href^='" + provider.Issuer + "']").Attr("href")
	x.get(provider.Consent(t, href, "zoe").RequestURI()).sees(http.StatusBadRequest, "déjà lié à un compte")
	if creds, err := s.db.Credentials(t.Context(), yann.ID); err != nil || len(creds) != 1 {
		t.Errorf("%d ways in, %v", len(creds), err)
	}

	// It stands for one factor: whoever has a second shows it.
	gives(t, s, zoe, people.Administrator)
	leaves(comes(t, base), provider, way, "zoe").get("/administration").sees(http.StatusOK, "Protéger votre compte")

	// An invitation is taken up by it.
	token, err := s.accounts.InviteAs(t.Context(), audit.System, people.Invitation{Email: "invitee@example.fr", Grant: &people.Grant{Role: people.Observer}})
	if err != nil {
		t.Fatal(err)
	}
	y := comes(t, base)
	y.get("/invitation/"+token).sees(http.StatusOK, "Continuer avec Essai")
	leaves(y, provider, way+"?invitation="+token, "yann").sees(http.StatusOK, "Yann Bihan", "Observateur", "invitee@example.fr")
	if strings.Contains(y.body, "yann@example.fr") {
		t.Error("the account has an address other than the invited one")
	}
	verified(t, s)
}
