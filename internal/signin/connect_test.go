package signin

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"bassin/internal/oidctest"
)

const callback = "http://localhost:8080/retour/"

func people() []oidctest.User {
	return []oidctest.User{
		{Login: "jeanne", ACR: "eidas1", AMR: []string{"pwd"}, Claims: map[string]any{
			"email": "jeanne@mairie.example", "email_verified": true, "given_name": "Jeanne", "usual_name": "Le Goff", "family_name": "Kerbrat", "siret": "21220113400012", "uid": "u-1", "birthdate": "1980-01-01"}},
		{Login: "paul", ACR: "eidas2", AMR: []string{"pwd", "mfa"}, Claims: map[string]any{
			"email": "paul@agglo.example", "given_name": "Paul\nAndré", "family_name": "Martin", "siret": "2122"}},
	}
}

// connect makes one provider known to a site, as an installer would.
func connect(t *testing.T, p *oidctest.Provider, now func() time.Time, change func(*Provider)) *Connect {
	t.Helper()
	q := Provider{Key: "essai", Name: "Essai", Issuer: p.Issuer, ClientID: p.Client, SecretEnv: "SECRET"}
	if change != nil {
		change(&q)
	}
	if err := q.complete(func(string) string { return p.Secret }, os.ReadFile); err != nil {
		t.Fatal(err)
	}
	return NewConnect([]Provider{q}, func(key string) string { return callback + key }, now)
}

func begin(t *testing.T, c *Connect) Departure {
	t.Helper()
	d, err := c.Begin(t.Context(), "essai")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestRealProvider(t *testing.T) {
	options := oidctest.Options{Client: "bassin", Secret: "un secret assez long", Callbacks: []string{callback + "essai"}, After: []string{"http://localhost:8080/"},
		Users: people(), ACR: []string{"eidas1", "eidas2", "eidas3"}}
	strong := func(p *Provider) { p.StrongACR, p.StrongAMR = []string{"eidas3"}, []string{"mfa"} }
	for _, tt := range []struct {
		name   string
		with   func(*oidctest.Options)
		change func(*Provider)
		login  string
		want   Identity
	}{
		{"generic", func(o *oidctest.Options) { o.PKCE = true }, strong, "jeanne",
			Identity{Subject: "jeanne", Email: "jeanne@mairie.example", EmailVerified: true, GivenName: "Jeanne", FamilyName: "Kerbrat"}},
		{"generic, by two factors", func(o *oidctest.Options) { o.Basic = true }, strong, "paul",
			Identity{Subject: "paul", Email: "paul@agglo.example", GivenName: "Paul André", FamilyName: "Martin", StrongAuth: true}},
		{"ProConnect", func(o *oidctest.Options) { o.Signed = true }, func(p *Provider) {
			p.Kind, p.StrongACR, p.TrustEmail = ProConnect, []string{"eidas2", "eidas3"}, true
		}, "jeanne", Identity{Subject: "jeanne", Email: "jeanne@mairie.example", EmailVerified: true, GivenName: "Jeanne", FamilyName: "Le Goff", SIRET: "21220113400012"}},
		{"ProConnect, by two factors", func(o *oidctest.Options) { o.Signed = true }, func(p *Provider) {
			p.Kind, p.ACR, p.StrongACR = ProConnect, []string{"eidas2", "eidas3"}, []string{"eidas2", "eidas3"}
		}, "paul", Identity{Subject: "paul", Email: "paul@agglo.example", GivenName: "Paul André", StrongAuth: true}},
		{"FranceConnect", func(o *oidctest.Options) { o.Signed = true }, func(p *Provider) { p.Kind = FranceConnect }, "paul",
			Identity{Subject: "paul", Email: "paul@agglo.example", GivenName: "Paul André", FamilyName: "Martin"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := options
			tt.with(&o)
			provider := oidctest.Start(t, o)
			c := connect(t, provider, time.Now, tt.change)
			d := begin(t, c)
			if strings.Contains(d.URL, "birth") {
				t.Errorf("birth is asked for: %s", d.URL)
			}
			back := provider.Consent(t, d.URL, tt.login)
			if !strings.HasPrefix(back.String(), callback+"essai?") {
				t.Fatalf("the provider sends back to %s", back)
			}
			got, err := c.Finish(t.Context(), "essai", d.Kept, back.Query())
			if err != nil {
				t.Fatal(err)
			}
			tt.want.Provider, tt.want.Issuer = "essai", provider.Issuer
			if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreFields(Identity{}, "IDToken")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			out, err := c.Logout(t.Context(), "essai", got.IDToken, "http://localhost:8080/")
			if err != nil {
				t.Fatal(err)
			}
			resp, err := http.Get(out)
			if err != nil {
				t.Fatal(err)
			}
			page, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			if resp.StatusCode != http.StatusOK || !strings.Contains(string(page), "/session/end/confirm") {
				t.Errorf("signing out at %s: %s\n%s", out, resp.Status, page)
			}
		})
	}
}

func TestRealProviderAttacked(t *testing.T) {
	provider := oidctest.Start(t, oidctest.Options{Client: "bassin", Secret: "un secret assez long", Callbacks: []string{callback + "essai"}, Users: people(), PKCE: true})
	now := time.Now()
	c := connect(t, provider, func() time.Time { return now }, nil)
	finish := func(provider string, kept []byte, q url.Values) string {
		t.Helper()
		id, err := c.Finish(t.Context(), provider, kept, q)
		if err == nil {
			return "signed in as " + id.Subject
		}
		if diff := cmp.Diff(Identity{}, id); diff != "" {
			t.Errorf("an error comes with an identity: %s", diff)
		}
		return key(err)
	}
	with := func(back *url.URL, name, value string) url.Values {
		q := back.Query()
		q.Set(name, value)
		return q
	}
	mine := begin(t, c)
	back := provider.Consent(t, mine.URL, "jeanne")
	// What somebody else began, in another browser.
	theirs := begin(t, c)
	other := provider.Consent(t, theirs.URL, "paul")
	for _, tt := range []struct {
		name string
		got  string
		want string
	}{
		{"another's answer in my browser", finish("essai", mine.Kept, other.Query()), "provider.untrusted"},
		{"another's code under my state", finish("essai", mine.Kept, with(other, "state", back.Query().Get("state"))), "provider.untrusted"}, // PKCE refuses
		{"no state", finish("essai", mine.Kept, with(back, "state", "")), "provider.untrusted"},
		{"nothing kept", finish("essai", nil, back.Query()), "provider.untrusted"},
		{"nothing kept, no state", finish("essai", []byte("{}"), url.Values{}), "provider.untrusted"},
		{"a code of nobody", finish("essai", mine.Kept, with(back, "code", "x")), "provider.untrusted"},
		{"no code", finish("essai", mine.Kept, with(back, "code", "")), "provider.untrusted"},
		{"an answer of another issuer", finish("essai", mine.Kept, with(back, "iss", "https://mechant.example")), "provider.untrusted"},
		{"an answer of no issuer", finish("essai", mine.Kept, with(back, "iss", "")), "provider.untrusted"},
		{"a provider nobody knows", finish("autre", mine.Kept, back.Query()), "not_found"},
		{"as it should be", finish("essai", mine.Kept, back.Query()), "signed in as jeanne"},
		{"the same code again", finish("essai", mine.Kept, back.Query()), "provider.untrusted"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, tt.got, tt.want)
		}
	}
	given := begin(t, c)
	refused := provider.Consent(t, given.URL, "")
	if got := finish("essai", given.Kept, refused.Query()); got != "provider.refused" {
		t.Errorf("a person who gave up: %s", got)
	}
	late := begin(t, c)
	back = provider.Consent(t, late.URL, "jeanne")
	now = now.Add(connectTime + time.Second)
	if got := finish("essai", late.Kept, back.Query()); got != "late" {
		t.Errorf("too late: %s", got)
	}
	wrong := connect(t, provider, time.Now, nil)
	wrong.providers[0].Secret = "un autre secret"
	d := begin(t, wrong)
	if _, err := wrong.Finish(t.Context(), "essai", d.Kept, provider.Consent(t, d.URL, "jeanne").Query()); key(err) != "provider.untrusted" || strings.Contains(err.Error(), "un autre secret") {
		t.Errorf("a wrong secret: %v", err)
	}
}
