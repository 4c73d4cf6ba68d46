package people

import (
	"context"
	"time"

	"bassin/internal/audit"
	"bassin/internal/job"
)

// Reader is what can be asked of what is kept of people. What does not exist is fault.NotFound.
type Reader interface {
	Person(ctx context.Context, id string) (Person, error)
	// PersonByEmail finds who has an address, by its [EmailKey].
	PersonByEmail(ctx context.Context, key string) (Person, error)
	// Credentials are those of a person, oldest first.
	Credentials(ctx context.Context, person string) ([]Credential, error)
	CredentialByKey(ctx context.Context, kind CredentialKind, key string) (Credential, error)
	// Sessions are those of a person, last used first; ended ones are not kept.
	Sessions(ctx context.Context, person string) ([]Session, error)
	// Ticket finds a ticket by the hash of its token, whether or not it has expired.
	Ticket(ctx context.Context, tokenHash string) (Ticket, error)
	// Tickets are those of a purpose that nobody with an account holds and that hold
	// after a moment, latest first, at most so many.
	Tickets(ctx context.Context, purpose string, after time.Time, most int) ([]Ticket, error)
	Mandate(ctx context.Context, id string) (Mandate, error)
	// Administrators are the mandates of those who administer the whole installation
	// on that day and can sign in.
	Administrators(ctx context.Context, on Date) ([]Mandate, error)
	// MandatesOf are all mandates of a person, past ones too, latest first.
	MandatesOf(ctx context.Context, person string) ([]Mandate, error)
}

// Tx is one change of what is kept of people. What it reads stays as read until it
// ends. It may be run more than once, and comes about as a whole or not at all.
type Tx interface {
	Reader
	Now() time.Time
	// AddPerson keeps a new person: fault.Conflict if the address has an account.
	AddPerson(Person) error
	// SetPerson replaces a person, whose version goes up by one.
	SetPerson(Person) error
	PutCredential(Credential) error // new, or replaced by id
	DropCredential(id string) error
	PutSession(Session) error
	DropSession(id string) error
	// DropSessions ends all sessions of a person but one ("" for none).
	DropSessions(person, but string) error
	PutTicket(Ticket) error
	// TakeTicket finds a ticket and ends it: of two who hold its token, one gets it.
	TakeTicket(tokenHash string) (Ticket, error)
	// DropTickets ends all tickets of a purpose that a person holds.
	DropTickets(person, purpose string) error
	AddMandate(Mandate) error
	// SetMandate replaces a mandate, whose version goes up by one.
	SetMandate(Mandate) error
	Record(...audit.Entry)
	Tell(...job.Event)
}

// PeopleQuery chooses people for a list.
type PeopleQuery struct {
	Text    string      // in the name or the address
	State   PersonState // "" for all but the erased
	Role    Role        // held today, where Seen reaches unless it is public; "" for any
	Unruled bool        // only those without any mandate today
	Seen    *Seen       // only these; nil for everybody
	On      Date        // today
	After   string      // id of the last person of the page before, "" for the first page
	Limit   int
}

// MandateQuery chooses mandates for a list.
type MandateQuery struct {
	Scopes []Scope // none for any
	Role   Role    // "" for any
	Held   string  // "now", "past", "future", "" for all
	EndsBy Date    // only those with a last day, up to that one, of people whose account is open; "" for all
	On     Date    // today
	Offset int
	Limit  int
}

// Store keeps people.
type Store interface {
	Reader
	ChangePeople(ctx context.Context, what string, f func(Tx) error) error
	// ErasePerson is Erase of [audit.Store], unless may refuses: it is asked in the same
	// change, and what it reads stays as read. Its error is returned as it is.
	ErasePerson(ctx context.Context, by audit.Actor, person string, may func(Reader) error) error
	// Seated finds whose session it is, with their mandates in force on that day: one
	// question for each request. fault.NotFound if the session ended or its person may not sign in.
	Seated(ctx context.Context, tokenHash string, now time.Time, on Date) (Actor, error)
	// Touch notes that a session was used. Being no decision of anyone, it is not recorded.
	Touch(ctx context.Context, session string, at time.Time) error
	People(ctx context.Context, q PeopleQuery) ([]Person, error)
	Mandates(ctx context.Context, q MandateQuery) (found []Mandate, total int, err error)
	// Scopes are all in which there is a mandate, past ones too.
	Scopes(ctx context.Context) ([]Scope, error)
	// Names gives the names of people, by id; those erased or unknown are left out.
	Names(ctx context.Context, ids []string) (map[string]string, error)
	// Failures counts what went wrong under a key since it last went well. It is no
	// decision of anyone, and not recorded.
	Failures(ctx context.Context, key string) (n int, last time.Time, err error)
	Failed(ctx context.Context, key string, at time.Time) error
	Forgive(ctx context.Context, key string) error
	// Expire forgets sessions, tickets and failures that ended before then, and counts them.
	Expire(ctx context.Context, before time.Time) (int64, error)
}
