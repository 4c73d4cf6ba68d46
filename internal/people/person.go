package people

import (
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// PersonState says what a person may do at all.
type PersonState string

const (
	Unverified PersonState = "unverified" // signed up; the address is not confirmed yet
	Active     PersonState = "active"
	Suspended  PersonState = "suspended" // may not sign in until an administrator says so
	Erased     PersonState = "erased"    // nothing personal is left; what they did still points here
)

// Person is somebody with an account.
type Person struct {
	ID        string // never reused, tells nothing
	Name      string // as they wish to be named; "" once erased
	Email     string // as typed; "" once erased
	Lang      string // of what is written to them: fr, en
	State     PersonState
	CreatedAt time.Time
	SeenAt    time.Time // last sign-in, to the day; zero if never
	Version   int64
}

// EmailKey is by what two addresses are the same: composed characters, small
// letters, no space around. Providers who tell more apart are rare, and impostors who use it are not.
func EmailKey(email string) string {
	return strings.ToLower(norm.NFC.String(strings.TrimSpace(email)))
}

// CredentialKind is a way of proving who one is.
type CredentialKind string

const (
	Password CredentialKind = "password" // one a person
	TOTP     CredentialKind = "totp"     // codes of an application; one a person
	Recovery CredentialKind = "recovery" // codes on paper, each once; one a person
	Passkey  CredentialKind = "passkey"  // several
	External CredentialKind = "external" // an account at an OpenID provider; several
)

// Credential is one way in of one person.
type Credential struct {
	ID        string
	Person    string
	Kind      CredentialKind
	Label     string // as the person named it: "Téléphone"
	Key       string // by which it is found: of a passkey, its id; of an external account, issuer and subject; "" for others. Unique in its kind
	Data      string // what proves it, as package signin writes it: never shown, never recorded
	CreatedAt time.Time
	UsedAt    time.Time // zero if never
}

// Ahead is by how much the clock may have been ahead when a session or a ticket was
// made. One made later than that from now was left by a clock since set back, and
// holds no longer: it would for months.
const Ahead = 48 * time.Hour

// Holds says whether what was made and ends at those moments is in force now.
func Holds(made, ends, now time.Time) bool {
	return now.Before(ends) && !made.After(now.Add(Ahead))
}

// Session is somebody signed in on one device. Of the token that the device holds,
// only its SHA-256 is kept.
type Session struct {
	ID        string // names it in lists; gives no access
	Person    string
	TokenHash string
	Method    string // password, link, passkey, external
	Strong    bool   // two factors were shown
	Device    string // browser and system in words, as told by the device
	CreatedAt time.Time
	SeenAt    time.Time // to five minutes
	ExpiresAt time.Time
}

// Ticket is something to be done once, before a moment, by whoever holds its token:
// confirm an address, choose a new password, answer a challenge. Only the SHA-256
// of the token is kept.
type Ticket struct {
	TokenHash string
	Purpose   string
	Person    string // "" for somebody who has no account yet
	Data      string // JSON of the purpose
	CreatedAt time.Time
	ExpiresAt time.Time
}
