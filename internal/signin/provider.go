package signin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Provider is who vouches for people by OpenID Connect, as the settings say.
type Provider struct {
	Key      string   `json:"key"`       // in addresses: small letters, digits, dashes
	Kind     Kind     `json:"kind"`      // whose habits it has
	Name     string   `json:"name"`      // shown on the button
	Issuer   string   `json:"issuer"`    // to the letter
	ClientID string   `json:"client_id"` // what it calls us
	Scopes   []string `json:"scopes"`    // openid is always asked for
	ACR      []string `json:"acr"`       // one of these levels is required; none: any
	// What counts as two factors: a level, or a method. None: nothing does.
	StrongACR []string `json:"strong_acr"`
	StrongAMR []string `json:"strong_amr"`
	// An e-mail address counts as verified though the provider doesn't say so.
	TrustEmail bool `json:"trust_email"`
	// Proof key for code exchange: true, except for ProConnect and FranceConnect,
	// which refuse parameters they don't know.
	PKCE *bool `json:"pkce"`

	SecretEnv  string `json:"secret_env"`  // variable with the secret
	SecretFile string `json:"secret_file"` // file with the secret
	Secret     string `json:"-"`
}

// Kind is a family of providers.
type Kind string

const (
	Generic       Kind = ""
	ProConnect    Kind = "proconnect"
	FranceConnect Kind = "franceconnect"
)

// ParseProviders reads {"providers": […]} and finds the secrets, in the environment
// or in files. Its errors name the provider and the field, and tell no secret.
func ParseProviders(b []byte, env func(string) string, read func(file string) ([]byte, error)) ([]Provider, error) {
	var file struct {
		Providers []Provider `json:"providers"`
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		return nil, fmt.Errorf(`{"providers": […]} is expected: %w`, err)
	}
	if err := d.Decode(new(any)); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the list of providers")
	}
	if len(file.Providers) == 0 {
		return nil, errors.New("there is no provider")
	}
	seen := map[string]bool{}
	for i := range file.Providers {
		p := &file.Providers[i]
		if err := p.complete(env, read); err != nil {
			return nil, fmt.Errorf("provider %q: %w", p.Key, err)
		}
		if seen[p.Key] || seen[p.Issuer+" "+p.ClientID] {
			return nil, fmt.Errorf("provider %q: it is there twice, by its key or by its issuer and client_id", p.Key)
		}
		seen[p.Key], seen[p.Issuer+" "+p.ClientID] = true, true
	}
	return file.Providers, nil
}

// complete checks a provider and fills in what its kind implies.
func (p *Provider) complete(env func(string) string, read func(string) ([]byte, error)) error {
	scopes := []string{"profile", "email"}
	switch p.Kind {
	case Generic:
	case ProConnect:
		scopes = []string{"given_name", "usual_name", "email", "uid", "siret"}
		p.Name = or(p.Name, "ProConnect")
	case FranceConnect:
		// No date nor place of birth, no gender: nothing here needs them.
		scopes = []string{"given_name", "family_name", "email"}
		p.Name = or(p.Name, "FranceConnect")
		if len(p.ACR) == 0 {
			p.ACR = []string{"eidas1"}
		}
	default:
		return fmt.Errorf(`kind: %q is neither "proconnect", "franceconnect" nor ""`, p.Kind)
	}
	if !regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$`).MatchString(p.Key) {
		return errors.New("key: 1 to 32 small letters, digits and dashes are expected")
	}
	if strings.TrimSpace(p.Name) == "" {
		return errors.New("name: the name that people know it by is expected")
	}
	if u, err := url.Parse(p.Issuer); err != nil || u.RawQuery != "" || u.Fragment != "" || !private(u) {
		return fmt.Errorf("issuer: %q is not an address such as https://id.example.fr", p.Issuer)
	}
	if p.ClientID == "" {
		return errors.New("client_id: it is missing")
	}
	if len(p.Scopes) == 0 {
		p.Scopes = scopes
	}
	p.Scopes = append([]string{"openid"}, slices.DeleteFunc(slices.Clone(p.Scopes), func(s string) bool { return s == "openid" })...)
	for _, list := range [][]string{p.Scopes, p.ACR, p.StrongACR, p.StrongAMR} {
		for _, s := range list {
			if s == "" || strings.ContainsAny(s, " \t\r\n") {
				return fmt.Errorf("%q is no scope, level or method: there is one word in each", s)
			}
		}
	}
	switch {
	case (p.SecretEnv == "") == (p.SecretFile == ""):
		return errors.New("one of secret_env and secret_file is expected, and the secret itself is not written here")
	case p.SecretEnv != "":
		if p.Secret = env(p.SecretEnv); p.Secret == "" {
			return fmt.Errorf("secret_env: the variable %s is empty", p.SecretEnv)
		}
	default:
		b, err := read(p.SecretFile)
		if err != nil {
			return fmt.Errorf("secret_file: %w", err)
		}
		if p.Secret = strings.TrimSpace(string(b)); p.Secret == "" {
			return fmt.Errorf("secret_file: %s is empty", p.SecretFile)
		}
	}
	return nil
}

// private says whether what goes to an address stays between the two: over TLS, or on
// this machine.
func private(u *url.URL) bool {
	host := u.Hostname()
	ip := net.ParseIP(host)
	return host != "" && u.User == nil && (u.Scheme == "https" || u.Scheme == "http" && (host == "localhost" || ip != nil && ip.IsLoopback()))
}

func (p *Provider) pkce() bool {
	if p.PKCE != nil {
		return *p.PKCE
	}
	return p.Kind == Generic
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
