package mail

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"bassin/internal/job"
	"bassin/internal/notice"
)

// Relay is the SMTP server that takes our mails, and who they come from.
type Relay struct {
	Host           string
	Port           int
	Security       Security
	User, Password string
	From           mail.Address
	Now            func() time.Time
	// Trust replaces the system's authorities, in tests.
	Trust *tls.Config
}

// Security is how the connection is kept private.
type Security string

const (
	StartTLS Security = "starttls" // asked for and required
	TLS      Security = "tls"      // from the first byte
	Clear    Security = "none"     // for a relay on the same machine
)

// Parse reads the address of a relay and of the sender:
//
//	smtp://user:password@host:587    STARTTLS required
//	smtps://user:password@host:465   TLS
//	smtp://localhost:25?tls=none     in clear
//
// Its errors tell no password.
func Parse(address, from string) (*Relay, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		return nil, errors.New("an address such as smtp://user@host:587 is expected")
	}
	r := &Relay{Host: u.Hostname(), User: u.User.Username(), Now: time.Now}
	r.Password, _ = u.User.Password()
	switch {
	case u.Scheme == "smtp" && u.RawQuery == "":
		r.Security, r.Port = StartTLS, 587
	case u.Scheme == "smtp" && u.RawQuery == "tls=none":
		r.Security, r.Port = Clear, 25
	case u.Scheme == "smtps" && u.RawQuery == "":
		r.Security, r.Port = TLS, 465
	default:
		return nil, errors.New("the address starts with smtp:// or smtps://, and may end with ?tls=none")
	}
	if u.Port() != "" {
		if r.Port, err = strconv.Atoi(u.Port()); err != nil || r.Port < 1 || r.Port > 65535 {
			return nil, fmt.Errorf("%s is not a port", u.Port())
		}
	}
	if r.Security == Clear && r.Password != "" {
		return nil, errors.New("a password is not sent in clear: take ?tls=none away")
	}
	sender, err := mail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("%q is not an e-mail address", from)
	}
	r.From = *sender
	return r, nil
}

// Deliver sends a mail of the outbox. Its Message-ID is made of the delivery's
// id, so that a relay or a mailbox that sees it twice knows.
func (r *Relay) Deliver(ctx context.Context, d job.Delivery) error {
	var m notice.Mail
	if err := json.Unmarshal(d.Body, &m); err != nil {
		return job.Permanent(fmt.Errorf("mail: %w", err))
	}
	return r.Send(ctx, d.ID, m)
}

// Send sends a mail under an id. A refusal that will last is [job.Permanent].
func (r *Relay) Send(ctx context.Context, id string, m notice.Mail) error {
	msg, err := r.letter(id, m)
	if err != nil {
		return job.Permanent(err)
	}
	c, err := gomail.NewClient(r.Host, r.options(ctx)...)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	if err := c.DialAndSendWithContext(ctx, msg); err != nil {
		err = fmt.Errorf("mail: %w", err)
		// 550 to 554 speak of this letter or its reader; other refusals of our settings,
		// which an administrator may mend before the next attempt.
		if e, ok := errors.AsType[*gomail.SendError](err); ok && e.ErrorCode() >= 550 && e.ErrorCode() <= 554 {
			return job.Permanent(err)
		}
		return err
	}
	return nil
}

func (r *Relay) options(ctx context.Context) []gomail.Option {
	timeout := 30 * time.Second
	if end, ok := ctx.Deadline(); ok {
		timeout = max(time.Second, min(timeout, time.Until(end)))
	}
	options := []gomail.Option{gomail.WithPort(r.Port), gomail.WithTimeout(timeout), gomail.WithoutNoop()}
	switch r.Security {
	case TLS:
		options = append(options, gomail.WithSSL())
	case StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if r.Trust != nil {
		options = append(options, gomail.WithTLSConfig(r.Trust))
	}
	if r.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(r.User), gomail.WithPassword(r.Password))
	}
	return options
}

// letter puts a mail in form: plain text first, HTML beside it if there is some.
func (r *Relay) letter(id string, m notice.Mail) (*gomail.Msg, error) {
	if _, err := m.Event(""); err != nil {
		return nil, err
	}
	to, err := mail.ParseAddress(m.To)
	if err != nil {
		return nil, err
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&r.From)
	msg.ToMailAddress(to)
	msg.Subject(m.Subject)
	msg.SetDateWithValue(r.Now())
	_, domain, _ := strings.Cut(r.From.Address, "@")
	msg.SetMessageIDWithValue(id + "@" + domain)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if m.Unsubscribe != "" { // RFC 8058: one click, without a page in between
		msg.SetGenHeader(gomail.HeaderListUnsubscribe, "<"+m.Unsubscribe+">")
		msg.SetGenHeader(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return msg, nil
}
