package people

import (
	"context"
	"net/mail"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/job"
)

// Passwords hashes and judges passwords: signin.Passwords does.
type Passwords interface {
	// Acceptable refuses a password that would be guessed; about are words that are no secret.
	Acceptable(password string, about ...string) error
	Hash(ctx context.Context, password string) (string, error)
	// Check of the hash "" is false and takes as long as any other.
	Check(ctx context.Context, password, hash string) (bool, error)
	NeedsRehash(hash string) bool
}

// Mail is what somebody is told of an account by mail. Package notice puts it in words.
type Mail struct {
	What   string    // which letter: invited, signup, have, taken, none, reset, link, email, moved, device, password, …
	To     Person    // of zero ID where there is no account
	Path   string    // of the link that it holds, in French words, "" for none
	Until  time.Time // how long the link holds
	At     time.Time // when it happened
	Detail string    // what it tells of: a device, an address
}

// Accounts holds the rules of having an account and of proving who one is.
type Accounts struct {
	Store     Store
	Mandates  *Mandates
	Passwords Passwords
	Codes     Codes
	// Passkeys is nil, or gives nil, where the site has no address to bind passkeys to.
	Passkeys  func() Passkeys
	Providers Providers // nil for none
	// Letter is the event that sends a mail.
	Letter   func(context.Context, Mail) (job.Event, error)
	CanMail  func() bool   // whether mails leave at all
	SiteName func() string // no secret in a password
	// SelfRegistration says whether anybody may sign up.
	SelfRegistration func(context.Context) (bool, error)
	Covers           Covers // of what mandates reach, when an invitation is taken up
	Now              func() time.Time

	counting sync.Mutex // of attempts: those who try many at once are counted one by one
}

// Visit is what a request tells of the device it comes from.
type Visit struct {
	From   string // network address: 192.0.2.1, or 2001:db8:1:2::/64
	Device string // token that the device was given when it signed in before, "" if none
	Words  string // browser and system in words: Firefox, Linux
	Lang   i18n.Lang
	Keep   bool // stay signed in on this device
}

// Entered is what comes of a proof of who one is.
type Entered struct {
	Person  Person
	Session Session
	Token   string // of the session, for the device to hold
	Device  string // by which the device is known again, for it to hold
	Keep    bool   // the device holds the session after its browser is closed
	// Withheld says that the mandate of an invitation was not given: whoever invited may
	// give it no more.
	Withheld bool
	// Second is the token under which the second factor is to be shown first, with
	// [Accounts.Second]; there is no session then.
	Second string
}

// What tickets are for.
const (
	deviceTicket = "device" // a device that signed in as a person before
	secondTicket = "second" // a first factor was shown
	setupTicket  = "setup"  // the first administrator
	joinTicket   = "join"   // an account to be made
	resetTicket  = "reset"  // a new password
	linkTicket   = "link"   // a sign-in
	emailTicket  = "email"  // a new address
	undoTicket   = "undo"   // the old address again
)

// How long things hold.
const (
	sessionDays    = 30 * 24 * time.Hour
	sessionShort   = 12 * time.Hour // on a device that is not one's own
	deviceLife     = 400 * 24 * time.Hour
	secondLife     = 15 * time.Minute
	setupLife      = 24 * time.Hour
	linkLife       = 20 * time.Minute
	resetLife      = 2 * time.Hour
	joinLife       = 24 * time.Hour
	invitationLife = 14 * 24 * time.Hour
	emailLife      = 24 * time.Hour
	undoLife       = 7 * 24 * time.Hour
)

// CheckName refuses what is no name.
func CheckName(name string) error {
	switch n := utf8.RuneCountInString(strings.TrimSpace(name)); {
	case n == 0:
		return fault.New(fault.Invalid, "people.name.missing").In("name")
	case n > 100 || strings.ContainsAny(name, "\r\n\t\x00<>"):
		return fault.New(fault.Invalid, "people.name.wrong").In("name")
	}
	return nil
}

// CheckEmail refuses what is no address.
func CheckEmail(email string) error {
	email = strings.TrimSpace(email)
	a, err := mail.ParseAddress(email)
	if err != nil || a.Address != email || len(email) > 254 || !strings.Contains(email[strings.LastIndexByte(email, '@'):], ".") || strings.ContainsAny(email, "\"\r\n\x00 ") {
		return fault.New(fault.Invalid, "people.email.wrong").In("email")
	}
	return nil
}

// CheckLang is the language that is written to a person: French if none was chosen.
func CheckLang(lang i18n.Lang) string {
	if lang == i18n.EN {
		return string(i18n.EN)
	}
	return string(i18n.FR)
}

// hash checks that a password may be chosen and makes its hash.
func (s *Accounts) hash(ctx context.Context, password, name, email string) (string, error) {
	if err := s.Passwords.Acceptable(password, name, email, s.SiteName()); err != nil {
		return "", err
	}
	return s.Passwords.Hash(ctx, password)
}

// add keeps a new person with a password, "" for none yet.
func (s *Accounts) add(ctx context.Context, tx Tx, by audit.Actor, name, email, lang, hash string) (Person, error) {
	p := Person{ID: NewID(), Name: strings.TrimSpace(name), Email: strings.TrimSpace(email), Lang: lang, State: Active, CreatedAt: tx.Now(), Version: 1}
	if err := tx.AddPerson(p); err != nil {
		return Person{}, err
	}
	tx.Record(audit.Entry{By: by, Action: "person.add", Subject: p.Subject(), Became: p.Recorded()})
	if hash == "" {
		return p, nil
	}
	return p, s.setPassword(ctx, tx, by, p, hash)
}

// setPassword gives a person a password in the place of the one they had.
func (s *Accounts) setPassword(ctx context.Context, tx Tx, by audit.Actor, p Person, hash string) error {
	creds, err := tx.Credentials(ctx, p.ID)
	if err != nil {
		return err
	}
	c := Credential{ID: NewID(), Person: p.ID, Kind: Password, CreatedAt: tx.Now()}
	e := audit.Entry{By: by, Action: "credential.add", Subject: p.Subject()}
	if old, ok := of(creds, Password); ok {
		c = old
		e.Action, e.Was = "credential.change", old.Recorded()
	}
	c.Data = hash
	e.Became = c.Recorded()
	tx.Record(e)
	return tx.PutCredential(c)
}

// of is the first credential of a kind.
func of(creds []Credential, kind CredentialKind) (Credential, bool) {
	for _, c := range creds {
		if c.Kind == kind {
			return c, true
		}
	}
	return Credential{}, false
}

// write leaves a letter with a change. Without mail nothing waits that would arrive too late.
func (s *Accounts) write(ctx context.Context, tx Tx, m Mail) error {
	if !s.CanMail() {
		return nil
	}
	m.At = tx.Now()
	e, err := s.Letter(ctx, m)
	if err != nil {
		return err
	}
	tx.Tell(e)
	return nil
}

// ticket keeps something to be done once and returns its token.
func ticket(tx Tx, purpose, person, data string, life time.Duration) (string, error) {
	token := NewToken()
	return token, tx.PutTicket(Ticket{TokenHash: HashToken(token), Purpose: purpose, Person: person, Data: data, CreatedAt: tx.Now(), ExpiresAt: tx.Now().Add(life)})
}

// peek finds a ticket that may still be used, and leaves it.
func (s *Accounts) peek(ctx context.Context, token, purpose string) (Ticket, error) {
	k, err := s.Store.Ticket(ctx, HashToken(token))
	return usable(k, err, purpose, s.Now())
}

// take ends a ticket that may still be used.
func take(tx Tx, token, purpose string) (Ticket, error) {
	k, err := tx.TakeTicket(HashToken(token))
	return usable(k, err, purpose, tx.Now())
}

func usable(k Ticket, err error, purpose string, now time.Time) (Ticket, error) {
	switch {
	case fault.CodeOf(err) == fault.NotFound, err == nil && (k.Purpose != purpose || !Holds(k.CreatedAt, k.ExpiresAt, now)):
		return Ticket{}, fault.New(fault.Gone, "people.ticket.gone")
	case err != nil:
		return Ticket{}, err
	}
	return k, nil
}
