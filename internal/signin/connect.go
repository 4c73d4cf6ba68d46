package signin

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"bassin/internal/fault"
)

// Connect signs people in through providers of OpenID Connect, by the authorization
// code flow.
type Connect struct {
	providers []*provider
	callback  func(key string) string
	client    *http.Client
	now       func() time.Time
}

// provider is a provider and what it says of itself.
type provider struct {
	Provider
	mu    sync.Mutex
	found *discovered
}

type discovered struct {
	at    time.Time
	oidc  *oidc.Provider
	oauth oauth2.Config
	// Of the discovery document, what the library leaves out.
	EndSession      string   `json:"end_session_endpoint"`
	Methods         []string `json:"token_endpoint_auth_methods_supported"`
	ClaimsParameter bool     `json:"claims_parameter_supported"`
	IssParameter    bool     `json:"authorization_response_iss_parameter_supported"`
	JWKS            string   `json:"jwks_uri"`
}

const (
	connectTime  = 10 * time.Minute // that a person may take at the provider's
	discoverTime = time.Hour        // that a discovery document holds
	requestTime  = 10 * time.Second
	mostAnswered = 1 << 20 // bytes
)

// NewConnect takes providers as [ParseProviders] gives them, and the absolute address
// to which each sends people back: one of its own for each, so that none can answer
// in another's place.
func NewConnect(providers []Provider, callback func(key string) string, now func() time.Time) *Connect {
	transport, _ := http.DefaultTransport.(*http.Transport)
	c := &Connect{callback: callback, now: now, client: &http.Client{
		Timeout:       requestTime,
		Transport:     bounded{transport.Clone()},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // secrets go where settings say
	}}
	for _, p := range providers {
		c.providers = append(c.providers, &provider{Provider: p})
	}
	return c
}

// bounded cuts answers that are too long.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(r)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, mostAnswered), resp.Body}
	}
	return resp, err
}

// Providers are those that a person may choose from, in the order of the settings.
// Their Secret is left out.
func (c *Connect) Providers() []Provider {
	out := make([]Provider, 0, len(c.providers))
	for _, p := range c.providers {
		shown := p.Provider
		shown.Secret = ""
		out = append(out, shown)
	}
	return out
}

// Departure is a person leaving for a provider.
type Departure struct {
	URL  string // where to send them
	Kept []byte // to keep for this browser, found again by a cookie and by nothing in the address; once only
}

// way is what is remembered of a departure.
type way struct {
	Provider, State, Nonce, Verifier string
	Until                            time.Time
}

// Begin prepares a departure. The error is fault.NotFound for an unknown provider,
// fault.Unavailable if it doesn't answer.
func (c *Connect) Begin(ctx context.Context, key string) (Departure, error) {
	p, d, err := c.discover(ctx, key)
	if err != nil {
		return Departure{}, err
	}
	w := way{Provider: key, State: token(), Nonce: token(), Until: c.now().Add(connectTime)}
	options := []oauth2.AuthCodeOption{oidc.Nonce(w.Nonce)}
	if p.pkce() {
		w.Verifier = oauth2.GenerateVerifier()
		options = append(options, oauth2.S256ChallengeOption(w.Verifier))
	}
	if len(p.ACR) > 0 && p.Kind != ProConnect {
		options = append(options, oauth2.SetAuthURLParam("acr_values", strings.Join(p.ACR, " ")))
	}
	if claims := p.claims(d); claims != "" {
		options = append(options, oauth2.SetAuthURLParam("claims", claims))
	}
	kept, err := json.Marshal(w)
	if err != nil {
		return Departure{}, fmt.Errorf("signin: %w", err)
	}
	return Departure{d.oauth.AuthCodeURL(w.State, options...), kept}, nil
}

// claims are the claims of the ID token to ask for in so many words: ProConnect and
// FranceConnect tell methods, and ProConnect levels, to none but who asks so.
func (p *provider) claims(d *discovered) string {
	if p.Kind == Generic && !d.ClaimsParameter {
		return ""
	}
	asked := map[string]any{}
	if p.Kind == ProConnect && len(p.ACR) > 0 {
		asked["acr"] = map[string]any{"essential": true, "values": p.ACR}
	} else if p.Kind == ProConnect && len(p.StrongACR) > 0 {
		asked["acr"] = nil
	}
	if len(p.StrongAMR) > 0 {
		asked["amr"] = map[string]any{"essential": true}
	}
	if len(asked) == 0 {
		return ""
	}
	b, err := json.Marshal(map[string]any{"id_token": asked})
	if err != nil {
		return ""
	}
	return string(b)
}

// Finish checks what a provider answered at its callback: kept is that of the same
// browser's departure, taken away when it is read. The error is fault.Invalid if the
// person gave up, was too late, or the answer cannot be trusted; fault.Unavailable if
// the provider doesn't answer.
func (c *Connect) Finish(ctx context.Context, key string, kept []byte, query url.Values) (Identity, error) {
	var w way
	p := c.find(key)
	if p == nil {
		return Identity{}, fault.New(fault.NotFound, "signin.provider.unknown")
	}
	if err := json.Unmarshal(kept, &w); err != nil || w.State == "" || w.Nonce == "" {
		return Identity{}, p.untrusted(errors.New("nothing is kept of a departure"))
	}
	if w.Provider != key {
		return Identity{}, p.untrusted(fmt.Errorf("the person left for %s", w.Provider))
	}
	if c.now().After(w.Until) {
		return Identity{}, fault.New(fault.Invalid, "signin.late")
	}
	if subtle.ConstantTimeCompare([]byte(query.Get("state")), []byte(w.State)) != 1 {
		return Identity{}, p.untrusted(errors.New("the state is another"))
	}
	_, d, err := c.discover(ctx, key)
	if err != nil {
		return Identity{}, err
	}
	// RFC 9207: who answers says its name, where it says that it does.
	if iss := query.Get("iss"); iss != p.Issuer && (query.Has("iss") || d.IssParameter) {
		return Identity{}, p.untrusted(fmt.Errorf("the answer is from %q", iss))
	}
	if e := query.Get("error"); e != "" {
		return Identity{}, fault.New(fault.Invalid, "signin.provider.refused", p.Name).Because(fmt.Errorf("signin: %s answered %.100q: %.300q", key, e, query.Get("error_description")))
	}
	ctx = oidc.ClientContext(ctx, c.client)
	var options []oauth2.AuthCodeOption
	if w.Verifier != "" {
		options = append(options, oauth2.VerifierOption(w.Verifier))
	}
	tokens, err := d.oauth.Exchange(ctx, query.Get("code"), options...)
	if err != nil {
		if e, ok := errors.AsType[*oauth2.RetrieveError](err); ok && e.Response.StatusCode < 500 {
			return Identity{}, p.untrusted(err)
		}
		return Identity{}, p.down(err)
	}
	return c.identify(ctx, p, d, tokens, w.Nonce)
}

// Logout is the address that ends the person's session at the provider, and then
// leads to after; "" if the provider has none. The ID token is the one of the sign-in.
func (c *Connect) Logout(ctx context.Context, key, idToken, after string) (string, error) {
	p, d, err := c.discover(ctx, key)
	if err != nil {
		return "", err
	}
	if d.EndSession == "" {
		return "", nil
	}
	u, err := url.Parse(d.EndSession)
	if err != nil {
		return "", p.down(err)
	}
	q := u.Query()
	q.Set("id_token_hint", idToken)
	q.Set("post_logout_redirect_uri", after)
	q.Set("state", token()) // required by ProConnect and FranceConnect; nothing depends on its return
	u.RawQuery = q.Encode()
	return u.String(), nil
}

func (c *Connect) find(key string) *provider {
	if i := slices.IndexFunc(c.providers, func(p *provider) bool { return p.Key == key }); i >= 0 {
		return c.providers[i]
	}
	return nil
}

// discover asks a provider where its doors are. An old answer serves while it gives
// no new one.
func (c *Connect) discover(ctx context.Context, key string) (*provider, *discovered, error) {
	p := c.find(key)
	if p == nil {
		return nil, nil, fault.New(fault.NotFound, "signin.provider.unknown")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil && c.now().Sub(p.found.at) < discoverTime {
		return p, p.found, nil
	}
	d, err := c.ask(ctx, p)
	if err != nil {
		if p.found == nil {
			return nil, nil, p.down(err)
		}
		return p, p.found, nil
	}
	p.found = d
	return p, d, nil
}

func (c *Connect) ask(ctx context.Context, p *provider) (*discovered, error) {
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, c.client), p.Issuer)
	if err != nil {
		return nil, err
	}
	d := &discovered{at: c.now(), oidc: found}
	if err := found.Claims(d); err != nil {
		return nil, err
	}
	endpoint := found.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if slices.Contains(d.Methods, "client_secret_post") {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	for _, address := range []string{endpoint.AuthURL, endpoint.TokenURL, d.JWKS, found.UserInfoEndpoint(), d.EndSession} {
		if u, err := url.Parse(address); err != nil || address != "" && !private(u) {
			return nil, fmt.Errorf("%s says that it is reached at %q", p.Key, address)
		}
	}
	if endpoint.AuthURL == "" || endpoint.TokenURL == "" || d.JWKS == "" {
		return nil, fmt.Errorf("%s does not say where it is reached", p.Key)
	}
	d.oauth = oauth2.Config{ClientID: p.ClientID, ClientSecret: p.Secret, Endpoint: endpoint, RedirectURL: c.callback(p.Key), Scopes: p.Scopes}
	return d, nil
}

func (p *provider) down(err error) error {
	return fault.New(fault.Unavailable, "signin.provider.down", p.Name).Because(fmt.Errorf("signin: %s: %w", p.Key, err))
}

func (p *provider) untrusted(err error) error {
	return fault.New(fault.Invalid, "signin.provider.untrusted", p.Name).Because(fmt.Errorf("signin: %s: %w", p.Key, err))
}

// token is 43 characters that nobody guesses; ProConnect asks for 32 at least.
func token() string {
	var b [32]byte
	random(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}
