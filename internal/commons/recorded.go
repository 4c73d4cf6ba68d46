package commons

import (
	"encoding/json"
	"strings"

	"bassin/internal/audit"
	"bassin/internal/job"
)

// done names in the record what became of a revision.
var done = map[RevisionState]string{
	Draft: "draft", Submitted: "submit", Accepted: "publish", Refused: "refuse", Withdrawn: "withdraw",
}

// recorded is the entry of the record that a revision leaves. What drafts say is not
// noted: only published words are the library's.
func recorded(by audit.Actor, action string, r Revision) audit.Entry {
	e := audit.Entry{By: by, Action: action, Subject: RevisionSubject(r.ID), Became: audit.Values{"entry": r.Entry, "kind": string(r.Kind)}}
	if r.State == Accepted {
		e.Subject = EntrySubject(r.Entry)
		e.Became["revision"] = r.Number
		for field, values := range r.Sheet {
			e.Became["own."+field] = strings.Join(values, " | ")
		}
	}
	if r.Answer != "" && (r.State == Accepted || r.State == Refused) {
		e.Became["answer"] = r.Answer
		if r.Author != "" {
			e.Became["answer"] = audit.Personal{Of: r.Author, Value: r.Answer}
		}
	}
	return e
}

// Happened is the kind of event that a revision leaves in the outbox: what followers,
// authors and moderators are told of.
const Happened = "commons.revision"

// Event is the body of an event of kind [Happened].
type Event struct {
	Revision string        `json:"revision"`
	Entry    string        `json:"entry"`
	State    RevisionState `json:"state"`
}

func told(r Revision) job.Event {
	body, err := json.Marshal(Event{r.ID, r.Entry, r.State})
	if err != nil {
		panic(err) // texts only
	}
	return job.Event{Kind: Happened, Body: body}
}
