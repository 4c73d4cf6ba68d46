package signin

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
)

// forger is a provider that can be made to say anything. Its tokens are written by
// hand, as no library would make most of them.
type forger struct {
	*httptest.Server
	key, stranger *rsa.PrivateKey

	// What it says, ready to be changed.
	discovery, claims, userinfo map[string]any
	sign                        func(claims map[string]any) string // the ID token
	signed                      func(claims map[string]any) string // userinfo, if it is a token
	token                       http.HandlerFunc                   // instead of its token endpoint
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func jwt(alg string, claims map[string]any, signature func(text []byte) []byte) string {
	header, _ := json.Marshal(map[string]any{"alg": alg, "kid": "1"})
	body, _ := json.Marshal(claims)
	text := b64(header) + "." + b64(body)
	return text + "." + b64(signature([]byte(text)))
}

func rs256(key *rsa.PrivateKey) func([]byte) []byte {
	return func(text []byte) []byte {
		sum := sha256.Sum256(text)
		s, _ := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
		return s
	}
}

func none([]byte) []byte { return nil }

// newForger starts a provider that is honest until it is changed.
func newForger(t *testing.T, key, stranger *rsa.PrivateKey) *forger {
	t.Helper()
	f := &forger{key: key, stranger: stranger}
	f.sign = func(c map[string]any) string { return jwt("RS256", c, rs256(f.key)) }
	mux := http.NewServeMux()
	answer := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(v); err != nil {
			t.Error(err)
		}
	}
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) { answer(w, f.discovery) })
	mux.HandleFunc("/jwks", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "kid": "1", "use": "sig",
			"n": b64(f.key.N.Bytes()), "e": b64(big.NewInt(int64(f.key.E)).Bytes())}}})
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		if f.token != nil {
			f.token(w, r)
			return
		}
		answer(w, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": f.sign(f.claims)})
	})
	mux.HandleFunc("/userinfo", func(w http.ResponseWriter, _ *http.Request) {
		if f.signed != nil {
			w.Header().Set("Content-Type", "application/jwt")
			fmt.Fprint(w, f.signed(f.userinfo))
			return
		}
		answer(w, f.userinfo)
	})
	f.Server = httptest.NewServer(mux)
	t.Cleanup(f.Close)
	f.discovery = map[string]any{"issuer": f.URL, "authorization_endpoint": f.URL + "/auth", "token_endpoint": f.URL + "/token", "jwks_uri": f.URL + "/jwks",
		"userinfo_endpoint": f.URL + "/userinfo", "id_token_signing_alg_values_supported": []string{"RS256", "HS256", "none"}}
	f.claims = map[string]any{"iss": f.URL, "aud": "bassin", "sub": "17", "exp": time.Now().Add(time.Minute).Unix(), "iat": time.Now().Unix(),
		"email": "jeanne@mairie.example", "email_verified": true}
	f.userinfo = map[string]any{"sub": "17", "given_name": "Jeanne"}
	return f
}

// visit signs somebody in: every check on this side sees an answer of this provider,
// to this departure, unless change says otherwise.
func (f *forger) visit(t *testing.T, settings func(*Provider), change func()) (Identity, error) {
	t.Helper()
	p := Provider{Key: "essai", Name: "Essai", Issuer: f.URL, ClientID: "bassin", SecretEnv: "SECRET"}
	if settings != nil {
		settings(&p)
	}
	if err := p.complete(func(string) string { return "un secret" }, os.ReadFile); err != nil {
		t.Fatal(err)
	}
	c := NewConnect([]Provider{p}, func(key string) string { return callback + key }, time.Now)
	d, err := c.Begin(t.Context(), "essai")
	if err != nil {
		return Identity{}, err
	}
	u, err := url.Parse(d.URL)
	if err != nil {
		t.Fatal(err)
	}
	f.claims["nonce"] = u.Query().Get("nonce")
	if change != nil {
		change()
	}
	return c.Finish(t.Context(), "essai", d.Kept, url.Values{"state": {u.Query().Get("state")}, "code": {"c"}})
}

func TestForgedTokens(t *testing.T) {
	key1, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	key2, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	set := func(m map[string]any, name string, value any) func() { return func() { m[name] = value } }
	for _, tt := range []struct {
		name   string
		change func(*forger) func()
		want   string // "" if they sign in
	}{
		{"honest", func(*forger) func() { return nil }, ""},
		{"without userinfo", func(f *forger) func() { delete(f.discovery, "userinfo_endpoint"); return nil }, ""},
		{"alg none", func(f *forger) func() {
			return func() { f.sign = func(c map[string]any) string { return jwt("none", c, none) } }
		}, "provider.untrusted"},
		{"alg None", func(f *forger) func() {
			return func() { f.sign = func(c map[string]any) string { return jwt("None", c, none) } }
		}, "provider.untrusted"},
		{"no signature", func(f *forger) func() {
			return func() { f.sign = func(c map[string]any) string { return jwt("RS256", c, none) } }
		}, "provider.untrusted"},
		{"the key of another", func(f *forger) func() {
			return func() { f.sign = func(c map[string]any) string { return jwt("RS256", c, rs256(f.stranger)) } }
		}, "provider.untrusted"},
		{"the public key as a shared secret", func(f *forger) func() {
			return func() {
				f.sign = func(c map[string]any) string {
					return jwt("HS256", c, func(text []byte) []byte {
						h := hmac.New(sha256.New, x509.MarshalPKCS1PublicKey(&f.key.PublicKey))
						h.Write(text)
						return h.Sum(nil)
					})
				}
			}
		}, "provider.untrusted"},
		{"claims changed under the signature", func(f *forger) func() {
			return func() {
				f.sign = func(c map[string]any) string {
					good := strings.Split(jwt("RS256", c, rs256(f.key)), ".")
					c["sub"] = "18"
					f.userinfo["sub"] = "18"
					return strings.Join([]string{good[0], strings.Split(jwt("RS256", c, none), ".")[1], good[2]}, ".")
				}
			}
		}, "provider.untrusted"},
		{"expired", func(f *forger) func() { return set(f.claims, "exp", time.Now().Add(-time.Second).Unix()) }, "provider.untrusted"},
		{"without end", func(f *forger) func() { return func() { delete(f.claims, "exp") } }, "provider.untrusted"},
		{"not yet valid", func(f *forger) func() { return set(f.claims, "nbf", time.Now().Add(time.Hour).Unix()) }, "provider.untrusted"},
		{"for another client", func(f *forger) func() { return set(f.claims, "aud", "autre") }, "provider.untrusted"},
		{"for several, issued to us", func(f *forger) func() {
			return func() { f.claims["aud"], f.claims["azp"] = []string{"autre", "bassin"}, "bassin" }
		}, ""},
		{"for several, issued to another", func(f *forger) func() {
			return func() { f.claims["aud"], f.claims["azp"] = []string{"autre", "bassin"}, "autre" }
		}, "provider.untrusted"},
		{"for several, issued to nobody says whom", func(f *forger) func() { return set(f.claims, "aud", []string{"autre", "bassin"}) }, "provider.untrusted"},
		{"of another issuer", func(f *forger) func() { return set(f.claims, "iss", "https://mechant.example") }, "provider.untrusted"},
		{"of almost the issuer", func(f *forger) func() { return set(f.claims, "iss", f.URL+"/") }, "provider.untrusted"},
		{"another nonce", func(f *forger) func() { return set(f.claims, "nonce", "x") }, "provider.untrusted"},
		{"no nonce", func(f *forger) func() { return func() { delete(f.claims, "nonce") } }, "provider.untrusted"},
		{"no subject", func(f *forger) func() {
			return func() { f.claims["sub"], f.userinfo["sub"] = "", "" }
		}, "provider.untrusted"},
		{"the hash of another access token", func(f *forger) func() { return set(f.claims, "at_hash", "AAAA") }, "provider.untrusted"},
		{"no ID token", func(f *forger) func() { return func() { f.sign = func(map[string]any) string { return "" } } }, "provider.untrusted"},
		{"userinfo about another", func(f *forger) func() { return set(f.userinfo, "sub", "18") }, "provider.untrusted"},
		{"userinfo about nobody", func(f *forger) func() { return func() { delete(f.userinfo, "sub") } }, "provider.untrusted"},
		{"userinfo that is no JSON", func(f *forger) func() { return func() { f.signed = func(map[string]any) string { return "a.b.c" } } }, "provider.untrusted"},
		{"userinfo signed", func(f *forger) func() {
			return func() {
				f.userinfo["iss"], f.userinfo["aud"] = f.URL, "bassin"
				f.signed = func(c map[string]any) string { return jwt("RS256", c, rs256(f.key)) }
			}
		}, ""},
		{"userinfo signed by another", func(f *forger) func() {
			return func() { f.signed = func(c map[string]any) string { return jwt("RS256", c, rs256(f.stranger)) } }
		}, "provider.untrusted"},
		{"userinfo signed by nobody", func(f *forger) func() {
			return func() { f.signed = func(c map[string]any) string { return jwt("none", c, none) } }
		}, "provider.untrusted"},
		{"userinfo signed for another client", func(f *forger) func() {
			return func() {
				f.userinfo["aud"] = "autre"
				f.signed = func(c map[string]any) string { return jwt("RS256", c, rs256(f.key)) }
			}
		}, "provider.untrusted"},
		{"userinfo signed long ago", func(f *forger) func() {
			return func() {
				f.userinfo["exp"] = 1
				f.signed = func(c map[string]any) string { return jwt("RS256", c, rs256(f.key)) }
			}
		}, "provider.untrusted"},
		{"an answer without end", func(f *forger) func() {
			return func() {
				f.token = func(w http.ResponseWriter, _ *http.Request) {
					_, _ = w.Write([]byte(`{"access_token":"` + strings.Repeat("a", 2*mostAnswered) + `"}`))
				}
			}
		}, "unavailable"},
		{"a redirection of the token endpoint", func(f *forger) func() {
			return func() {
				f.token = func(w http.ResponseWriter, r *http.Request) {
					http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusTemporaryRedirect)
				}
			}
		}, "provider.untrusted"},
		{"a provider in trouble", func(f *forger) func() {
			return func() {
				f.token = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }
			}
		}, "unavailable"},
		{"a provider that is gone", func(f *forger) func() { return f.Close }, "unavailable"},
		{"a discovery of another issuer", func(f *forger) func() { f.discovery["issuer"] = "https://mechant.example"; return nil }, "unavailable"},
		{"doors in clear", func(f *forger) func() { f.discovery["token_endpoint"] = "http://192.0.2.1/token"; return nil }, "unavailable"},
		{"a discovery without end", func(f *forger) func() {
			f.discovery["x"] = strings.Repeat("a", 2*mostAnswered)
			return nil
		}, "unavailable"},
		{"no doors", func(f *forger) func() { delete(f.discovery, "jwks_uri"); return nil }, "unavailable"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newForger(t, key1, key2)
			id, err := f.visit(t, nil, tt.change(f))
			if tt.want == "" {
				if err != nil || id.Subject != "17" || !id.EmailVerified {
					t.Errorf("%+v, %v", id, err)
				}
			} else if err == nil || key(err) != tt.want || id != (Identity{}) {
				t.Errorf("%+v, %v, want %s", id, err, tt.want)
			}
		})
	}
}

func TestClaims(t *testing.T) {
	key1, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name        string
		settings    func(*Provider)
		token, info map[string]any
		want        string // email, verified, two factors; or an error
		remove      []string
	}{
		{name: "as it is", want: "jeanne@mairie.example true false"},
		{name: "verified in words", token: map[string]any{"email_verified": "true"}, want: "jeanne@mairie.example true false"},
		{name: "not verified", token: map[string]any{"email_verified": false}, want: "jeanne@mairie.example false false"},
		{name: "not verified, in words", token: map[string]any{"email_verified": "false"}, want: "jeanne@mairie.example false false"},
		{name: "nothing said", remove: []string{"email_verified"}, want: "jeanne@mairie.example false false"},
		{name: "nothing said, trusted", remove: []string{"email_verified"}, settings: func(p *Provider) { p.TrustEmail = true }, want: "jeanne@mairie.example true false"},
		{name: "another address in userinfo is not verified by the first", info: map[string]any{"email": "maire@mairie.example"}, want: "maire@mairie.example false false"},
		{name: "the same address in userinfo", info: map[string]any{"email": "jeanne@mairie.example"}, want: "jeanne@mairie.example true false"},
		{name: "an address with a name", info: map[string]any{"email": "Jeanne <jeanne@mairie.example>", "email_verified": true}, want: " false false"},
		{name: "no address", info: map[string]any{"email": "jeanne\r\nBcc: x", "email_verified": true}, want: " false false"},
		{name: "a level that counts", settings: func(p *Provider) { p.StrongACR = []string{"fort"} }, token: map[string]any{"acr": "fort"}, want: "jeanne@mairie.example true true"},
		{name: "a level in userinfo", settings: func(p *Provider) { p.StrongACR = []string{"fort"} }, info: map[string]any{"acr": "fort"}, want: "jeanne@mairie.example true false"},
		{name: "a method that counts", settings: func(p *Provider) { p.StrongAMR = []string{"mfa"} }, token: map[string]any{"amr": []string{"pwd", "mfa"}}, want: "jeanne@mairie.example true true"},
		{name: "a method in userinfo", settings: func(p *Provider) { p.StrongAMR = []string{"mfa"} }, info: map[string]any{"amr": []string{"mfa"}}, want: "jeanne@mairie.example true false"},
		{name: "a method as a text", settings: func(p *Provider) { p.StrongAMR = []string{"mfa"} }, token: map[string]any{"amr": "mfa"}, want: "jeanne@mairie.example true true"},
		{name: "levels nobody counts", token: map[string]any{"acr": "eidas3", "amr": []string{"mfa"}}, want: "jeanne@mairie.example true false"},
		{name: "a level below", settings: func(p *Provider) { p.ACR = []string{"fort"} }, token: map[string]any{"acr": "faible"}, want: "provider.level"},
		{name: "no level", settings: func(p *Provider) { p.ACR = []string{"fort"} }, want: "provider.level"},
		{name: "FranceConnect, a level above", settings: func(p *Provider) { p.Kind = FranceConnect }, token: map[string]any{"acr": "eidas2"}, want: "jeanne@mairie.example true false"},
		{name: "FranceConnect, a level below", settings: func(p *Provider) { p.Kind, p.ACR = FranceConnect, []string{"eidas2"} }, token: map[string]any{"acr": "eidas1"}, want: "provider.level"},
		{name: "FranceConnect, an odd level", settings: func(p *Provider) { p.Kind = FranceConnect }, token: map[string]any{"acr": "eidas9"}, want: "provider.level"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newForger(t, key1, key1)
			id, err := f.visit(t, tt.settings, func() {
				for k, v := range tt.token {
					f.claims[k] = v
				}
				for k, v := range tt.info {
					f.userinfo[k] = v
				}
				for _, k := range tt.remove {
					delete(f.claims, k)
				}
			})
			got := fmt.Sprint(id.Email, " ", id.EmailVerified, " ", id.StrongAuth)
			if err != nil {
				got = key(err)
			}
			if got != tt.want {
				t.Errorf("%s, want %s (%v)", got, tt.want, err)
			}
		})
	}
}

// The person leaves for one provider, and another answers in its place.
func TestMixUp(t *testing.T) {
	key1, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	honest, evil := newForger(t, key1, key1), newForger(t, key1, key1)
	stolen := false
	honest.token = func(w http.ResponseWriter, _ *http.Request) {
		t.Error("the honest provider is asked for what the person did not begin there")
		w.WriteHeader(http.StatusBadRequest)
	}
	evil.token = func(w http.ResponseWriter, r *http.Request) {
		stolen = r.FormValue("code") != ""
		w.WriteHeader(http.StatusBadRequest)
	}
	var providers []Provider
	for key, f := range map[string]*forger{"honnete": honest, "mechant": evil} {
		p := Provider{Key: key, Name: key, Issuer: f.URL, ClientID: "bassin", SecretEnv: "SECRET"}
		if err := p.complete(func(string) string { return "un secret" }, os.ReadFile); err != nil {
			t.Fatal(err)
		}
		providers = append(providers, p)
	}
	c := NewConnect(providers, func(key string) string { return callback + key }, time.Now)
	for _, p := range c.Providers() {
		if p.Secret != "" {
			t.Errorf("the secret of %s is shown", p.Key)
		}
	}
	d, err := c.Begin(t.Context(), "mechant")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(d.URL)
	if err != nil {
		t.Fatal(err)
	}
	if got := u.Query().Get("redirect_uri"); got != callback+"mechant" {
		t.Errorf("the provider sends people back to %s", got)
	}
	// The evil one sent the person on to the honest one, whose answer comes to its own
	// callback: the code must not go to the evil one.
	answer := url.Values{"state": {u.Query().Get("state")}, "code": {"of the honest one"}}
	if _, err := c.Finish(t.Context(), "honnete", d.Kept, answer); key(err) != "provider.untrusted" {
		t.Errorf("an answer at another's callback: %v", err)
	}
	// Or at the evil one's callback, and then the honest one says its name.
	answer.Set("iss", honest.URL)
	if _, err := c.Finish(t.Context(), "mechant", d.Kept, answer); key(err) != "provider.untrusted" {
		t.Errorf("an answer of another issuer: %v", err)
	}
	if stolen {
		t.Error("the code went to the evil provider")
	}
}
