package notice

import (
	"encoding/json"
	"strings"
	"time"

	"bassin/internal/fault"
	"bassin/internal/job"
)

// Kind is the kind of events that hold a [Notice].
const Kind = "notice"

// Notice tells a person something: in the product and, as they chose, by mail.
type Notice struct {
	Person  string    `json:"person"` // id of who is told
	Subject Subject   `json:"subject"`
	Title   Text      `json:"title"`
	Text    Text      `json:"text"`           // a sentence or two more, or nothing
	Link    string    `json:"link,omitempty"` // path in French words, "" for none
	At      time.Time `json:"at"`             // when it happened
}

// Check refuses a notice to nobody, about nothing, or that leads off the site.
func (n Notice) Check() error {
	if n.Person == "" || !n.Subject.Known() || n.Title.Key == "" || n.At.IsZero() {
		return fault.New(fault.Invalid, "notice.incomplete")
	}
	if n.Link != "" && (!strings.HasPrefix(n.Link, "/") || strings.HasPrefix(n.Link, "//") || strings.ContainsAny(n.Link, "\\\r\n\x00")) {
		return fault.New(fault.Invalid, "notice.link", n.Link)
	}
	return nil
}

// Event is n as left in the outbox, with the change it tells of.
func (n Notice) Event() (job.Event, error) {
	if err := n.Check(); err != nil {
		return job.Event{}, err
	}
	body, err := json.Marshal(n)
	if err != nil {
		return job.Event{}, err
	}
	return job.Event{Kind: Kind, Body: body, Person: n.Person}, nil
}

func invalidChoice(s Subject) error {
	return fault.New(fault.Invalid, "notice.choice.unknown").In(string(s))
}
