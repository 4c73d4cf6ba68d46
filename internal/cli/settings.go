package cli

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	mailer "bassin/internal/mail"
	"bassin/internal/signin"
)

// places says where data and what people write are kept. Every command that
// touches them takes the same settings.
type places struct {
	Data string `env:"BASSIN_DATA" default:"data" help:"Folder of the open data (${env})."`
	Var  string `env:"BASSIN_VAR" default:"var" help:"Folder of the snapshots and of the embedded database (${env})."`
}

// Validate is called by kong before the command runs.
func (p places) Validate() error {
	if p.Data == "" {
		return fmt.Errorf("--data: a folder is expected")
	}
	if st, err := os.Stat(p.Var); err == nil && !st.IsDir() {
		return fmt.Errorf("--var: %s is a file, a folder is expected", p.Var)
	}
	return nil
}

// site is how the installation names itself on its pages.
type site struct {
	Name      string `env:"BASSIN_NAME" help:"Name of the installation, shown on every page; without it, the one set in the product (${env})."`
	Publisher string `env:"BASSIN_PUBLISHER" help:"Body that publishes the installation, for the legal page (${env})."`
	Address   string `env:"BASSIN_ADDRESS" help:"Postal address of the publisher (${env})."`
	Director  string `env:"BASSIN_DIRECTOR" help:"Director of publication, for the legal page (${env})."`
	Host      string `env:"BASSIN_HOST" help:"Name and address of the hosting provider, for the legal page (${env})."`
	Contact   string `env:"BASSIN_CONTACT" help:"E-mail address of the installation, shown on its pages (${env})."`
	BaseURL   string `env:"BASSIN_BASE_URL" help:"Public address, such as https://bassin.example.fr, for links that leave the site (${env})."`
}

// Validate refuses what could not be shown or followed.
func (s site) Validate() error {
	if s.Contact != "" {
		if _, err := mail.ParseAddress(s.Contact); err != nil {
			return fmt.Errorf("--contact: %q is not an e-mail address", s.Contact)
		}
	}
	if s.BaseURL != "" {
		u, err := url.Parse(s.BaseURL)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
			return fmt.Errorf("--base-url: %q is not an address such as https://bassin.example.fr", s.BaseURL)
		}
	}
	return nil
}

// service is how the server listens and behaves.
type service struct {
	Listen          string        `env:"BASSIN_LISTEN" default:"127.0.0.1:8080" help:"Address and port to listen on (${env})."`
	LogFormat       string        `env:"BASSIN_LOG_FORMAT" enum:"text,json" default:"text" help:"Form of the log: text or json (${env})."`
	LogLevel        string        `env:"BASSIN_LOG_LEVEL" enum:"debug,info,warn,error" default:"info" help:"Least level that is logged: debug, info, warn, error (${env})."`
	RequestTimeout  time.Duration `env:"BASSIN_REQUEST_TIMEOUT" default:"30s" help:"Longest time a request may take (${env})."`
	MemoryLimit     int           `env:"BASSIN_MEMORY_LIMIT" default:"448" help:"Memory in MB that the server tries to keep to, 0 for none (${env})."`
	TrustedProxies  []string      `env:"BASSIN_TRUSTED_PROXIES" placeholder:"ADDRESS,…" help:"Proxies whose X-Forwarded-For says where a request comes from: addresses or networks such as 127.0.0.1 or 10.0.0.0/8 (${env})."`
	ShutdownTimeout time.Duration `env:"BASSIN_SHUTDOWN_TIMEOUT" default:"20s" help:"Time left to requests in progress when the server stops (${env})."`
}

// Validate refuses settings the server could not start with.
func (s service) Validate() error {
	if _, _, err := net.SplitHostPort(s.Listen); err != nil {
		return fmt.Errorf("--listen: %q is not an address and port such as 127.0.0.1:8080", s.Listen)
	}
	for _, p := range s.TrustedProxies {
		if _, err := proxy(p); err != nil {
			return fmt.Errorf("--trusted-proxies: %q is neither an address nor a network such as 10.0.0.0/8", p)
		}
	}
	if s.MemoryLimit < 0 {
		return fmt.Errorf("--memory-limit: %d is not a number of MB", s.MemoryLimit)
	}
	if s.RequestTimeout <= 0 {
		return fmt.Errorf("--request-timeout: %s is not a duration above zero", s.RequestTimeout)
	}
	if s.ShutdownTimeout <= 0 {
		return fmt.Errorf("--shutdown-timeout: %s is not a duration above zero", s.ShutdownTimeout)
	}
	return nil
}

// proxies are those that are believed.
func (s service) proxies() []netip.Prefix {
	var out []netip.Prefix
	for _, p := range s.TrustedProxies {
		if x, err := proxy(p); err == nil { // Validate has seen them
			out = append(out, x)
		}
	}
	return out
}

// proxy reads an address or a network.
func proxy(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		return a.Prefix(a.BitLen())
	}
	return netip.ParsePrefix(s)
}

// database is where what people write is kept, named alike to every command.
type database struct {
	Store string `env:"BASSIN_STORE" help:"Database: sqlite:FILE or postgres://… (default: a SQLite file in the var folder) (${env})."`
}

// Validate refuses what is no address of a database.
func (d database) Validate() error {
	if d.Store == "" {
		return nil
	}
	return addressOfStore("--store", d.Store)
}

func addressOfStore(flag, dsn string) error {
	for _, scheme := range []string{"sqlite:", "postgres://", "postgresql://"} {
		if strings.HasPrefix(dsn, scheme) {
			return nil
		}
	}
	return fmt.Errorf("%s: %q is neither sqlite:FILE nor postgres://…", flag, redacted(dsn))
}

// mailing is who takes our mails to their readers.
type mailing struct {
	SMTP     string `name:"smtp" env:"BASSIN_SMTP" help:"Server that sends mail: smtp://user:password@host:587, smtps://…:465, or smtp://localhost:25?tls=none. Without it no mail leaves (${env})."`
	MailFrom string `env:"BASSIN_MAIL_FROM" help:"Sender of mails, such as Bassin <bassin@example.fr> (${env})."`
}

// Validate refuses settings with which no mail could leave.
func (m mailing) Validate() error {
	_, err := m.relay()
	return err
}

// relay is nil without --smtp.
func (m mailing) relay() (*mailer.Relay, error) {
	if m.SMTP == "" {
		return nil, nil
	}
	if _, err := mail.ParseAddress(m.MailFrom); err != nil {
		return nil, fmt.Errorf("--mail-from: %q is not an e-mail address, and mails need a sender", m.MailFrom)
	}
	r, err := mailer.Parse(m.SMTP, m.MailFrom)
	if err != nil {
		return nil, fmt.Errorf("--smtp: %w", err)
	}
	return r, nil
}

// connecting is who vouches for people besides us.
type connecting struct {
	OIDC string `name:"oidc" env:"BASSIN_OIDC" type:"path" help:"JSON file of the providers of OpenID Connect (ProConnect, FranceConnect, others) that people may sign in with. Its secrets are in the environment or in files (${env})."`
}

// Validate refuses a file that cannot be used.
func (c connecting) Validate() error {
	_, err := c.providers()
	return err
}

// providers are none without --oidc.
func (c connecting) providers() ([]signin.Provider, error) {
	if c.OIDC == "" {
		return nil, nil
	}
	b, err := os.ReadFile(c.OIDC)
	if err != nil {
		return nil, fmt.Errorf("--oidc: %w", err)
	}
	found, err := signin.ParseProviders(b, os.Getenv, os.ReadFile)
	if err != nil {
		return nil, fmt.Errorf("--oidc: %s: %w", c.OIDC, err)
	}
	return found, nil
}

// redacted hides the password of an address, for messages and logs.
func redacted(s string) string {
	if u, err := url.Parse(s); err == nil {
		return u.Redacted()
	}
	scheme, _, _ := strings.Cut(s, ":")
	return scheme + ":…"
}
