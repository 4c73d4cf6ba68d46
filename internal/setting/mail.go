package setting

import (
	"net/mail"
	"strings"

	"bassin/internal/fault"
)

// MailName is the name of the setting that holds a [Mail], and of the secret that is
// its password.
const MailName = "mail"

// Mail is the server that takes the mails of the installation. The command line wins over
// it as a whole.
type Mail struct {
	Host     string       `json:"host,omitempty"` // "" for none: no mail leaves
	Port     int          `json:"port,omitempty"`
	Security MailSecurity `json:"security,omitempty"`
	User     string       `json:"user,omitempty"`
	From     string       `json:"from,omitempty"` // sender: Bassin <bassin@example.fr>
}

// MailSecurity is how the connection is kept private.
type MailSecurity string

// The ways, in the order in which they are offered.
const (
	StartTLS MailSecurity = "starttls" // asked for and required; port 587
	TLS      MailSecurity = "tls"      // from the first byte; port 465
	Clear    MailSecurity = "none"     // for a relay on the same machine; port 25
)

// Port is the usual one.
func (s MailSecurity) Port() int {
	switch s {
	case TLS:
		return 465
	case Clear:
		return 25
	}
	return 587
}

// Check refuses what no mail could leave by, field by field: host, port, security, from.
func (m Mail) Check() []error {
	if m.Host == "" {
		return nil
	}
	var wrong []error
	if strings.ContainsAny(m.Host, " /:@\r\n") || len(m.Host) > 253 {
		wrong = append(wrong, fault.New(fault.Invalid, "setting.mail.host").In("host"))
	}
	if m.Port < 1 || m.Port > 65535 {
		wrong = append(wrong, fault.New(fault.Invalid, "setting.mail.port").In("port"))
	}
	switch m.Security {
	case StartTLS, TLS, Clear:
	default:
		wrong = append(wrong, fault.New(fault.Invalid, "setting.mail.security").In("security"))
	}
	if m.Security == Clear && m.User != "" {
		wrong = append(wrong, fault.New(fault.Invalid, "setting.mail.clear").In("security"))
	}
	if _, err := mail.ParseAddress(m.From); err != nil || strings.ContainsAny(m.From, "\r\n") {
		wrong = append(wrong, fault.New(fault.Invalid, "setting.mail.from").In("from"))
	}
	return wrong
}
