package notice

import (
	"encoding/json"
	"net/mail"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/job"
)

// MailKind is the kind of events that hold a [Mail].
const MailKind = "mail"

// Mail is a letter to one person.
type Mail struct {
	To      string `json:"to"`      // one address, with or without a name
	Subject string `json:"subject"` // one line
	Text    string `json:"text"`    // always there: the whole letter as plain text
	HTML    string `json:"html,omitempty"`
	// Unsubscribe is an https address that takes a POST and stops such mails
	// (RFC 8058), "" for mails that a person asked for, such as a sign-in link.
	Unsubscribe string `json:"unsubscribe,omitempty"`
}

// Event is m as left in the outbox for person, "" for somebody without account.
// A mail that could not be read as plain text, or whose lines would forge
// headers, is fault.Invalid.
func (m Mail) Event(person string) (job.Event, error) {
	if _, err := mail.ParseAddress(m.To); err != nil || strings.ContainsAny(m.To, "\r\n") {
		return job.Event{}, fault.New(fault.Invalid, "notice.mail.address", m.To)
	}
	if strings.TrimSpace(m.Text) == "" || strings.TrimSpace(m.Subject) == "" {
		return job.Event{}, fault.New(fault.Invalid, "notice.mail.empty")
	}
	if strings.ContainsAny(m.Subject+m.Unsubscribe, "\r\n\x00") || m.Unsubscribe != "" && !strings.HasPrefix(m.Unsubscribe, "https://") {
		return job.Event{}, fault.New(fault.Invalid, "notice.mail.header")
	}
	body, err := json.Marshal(m)
	if err != nil {
		return job.Event{}, err
	}
	return job.Event{Kind: MailKind, Body: body, Person: person}, nil
}
