package signin

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"bassin/internal/fault"
)

// Passkeys registers and checks passkeys (WebAuthn level 3), with the person's
// verification required: a fingerprint, a face, a code of the device. A passkey is
// then two factors at once.
type Passkeys struct {
	rp  *webauthn.WebAuthn
	now func() time.Time
}

// Passkey is what is kept of one.
type Passkey struct {
	ID     string // base64url without padding, unique among all
	Record []byte // its public key, counter and flags, in a form only this package reads
	Synced bool   // kept by an account across devices, rather than by one device
}

// Holder is whose passkeys they are.
type Holder struct {
	Handle   []byte // at most 64 bytes that say nothing of the person, the same for life
	Name     string // e-mail address, shown by the device
	Display  string // the person's name, shown by the device
	Passkeys []Passkey
}

// Ceremony is a passkey being made or used.
type Ceremony struct {
	Options []byte // JSON for the script passkey.js: data-options of a form, or the answer to data-begin
	State   []byte // to keep on the server, and to take away when it is used: once only
}

// ErrCloned is the cause of the refusal of a passkey whose counter went back: somebody
// may have copied it.
var ErrCloned = errors.New("signin: the counter of the passkey went back")

// ceremonyTime is how long a person may take.
const ceremonyTime = 5 * time.Minute

// NewPasskeys takes the name of the site and the origins at which it is reached, such
// as https://bassin.example.fr. Passkeys are bound to the host of the first for good;
// the others are that host on other ports, or below it. An IP address has no passkeys.
func NewPasskeys(site string, now func() time.Time, origins ...string) (*Passkeys, error) {
	if len(origins) == 0 {
		return nil, errors.New("signin: passkeys need the public address of the site")
	}
	host := ""
	origins = slices.Clone(origins)
	for i, o := range origins {
		u, err := url.Parse(o)
		if err != nil || u.Hostname() == "" || u.Scheme != "https" && (u.Scheme != "http" || u.Hostname() != "localhost") {
			return nil, fmt.Errorf("signin: passkeys work over https:// (or http://localhost), not at %q", o)
		}
		if net.ParseIP(u.Hostname()) != nil {
			return nil, fmt.Errorf("signin: passkeys need a name, not the address %s", u.Hostname())
		}
		if i == 0 {
			host = u.Hostname()
		}
		if u.Hostname() != host && !strings.HasSuffix(u.Hostname(), "."+host) {
			return nil, fmt.Errorf("signin: passkeys of %s cannot be used at %q", host, o)
		}
		origins[i] = u.Scheme + "://" + u.Host
	}
	rp, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: site, RPOrigins: origins,
		AttestationPreference:  protocol.PreferNoAttestation, // which maker's device it is matters to nobody here
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired},
		Timeouts: webauthn.TimeoutsConfig{
			Login:        webauthn.TimeoutConfig{Timeout: ceremonyTime},
			Registration: webauthn.TimeoutConfig{Timeout: ceremonyTime},
		},
		// Password managers answer extensions nobody asked for; none is read.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
	if err != nil {
		return nil, fmt.Errorf("signin: %w", err)
	}
	return &Passkeys{rp: rp, now: now}, nil
}

// state is what a ceremony remembers.
type state struct {
	Purpose string
	Until   time.Time
	Session webauthn.SessionData
}

const (
	toRegister = "register"
	toSignIn   = "sign in"
)

// BeginRegistration begins a passkey of the holder, on a device that has none of
// theirs yet.
func (p *Passkeys) BeginRegistration(h Holder) (Ceremony, error) {
	u, err := h.user()
	if err != nil {
		return Ceremony{}, err
	}
	creation, session, err := p.rp.BeginRegistration(u, webauthn.WithExclusions(webauthn.Credentials(u.credentials).CredentialDescriptors()))
	if err != nil {
		return Ceremony{}, fmt.Errorf("signin: %w", err)
	}
	return p.ceremony(toRegister, creation.Response, session)
}

// Register checks what the browser answered and gives the passkey to keep. The error
// is fault.Invalid.
func (p *Passkeys) Register(h Holder, kept, answer []byte) (Passkey, error) {
	session, err := p.session(toRegister, kept)
	if err != nil {
		return Passkey{}, err
	}
	u, err := h.user()
	if err != nil {
		return Passkey{}, err
	}
	response, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return Passkey{}, refusedPasskey(err)
	}
	c, err := p.rp.CreateCredential(u, session, response)
	if err != nil {
		return Passkey{}, refusedPasskey(err)
	}
	return keep(c)
}

// BeginSignIn begins a sign-in by whoever comes: the device knows whose its passkey is.
func (p *Passkeys) BeginSignIn() (Ceremony, error) {
	assertion, session, err := p.rp.BeginDiscoverableLogin()
	if err != nil {
		return Ceremony{}, fmt.Errorf("signin: %w", err)
	}
	return p.ceremony(toSignIn, assertion.Response, session)
}

// SignIn checks what the browser answered: it finds the holder of a handle with their
// passkeys, and gives them and the passkey that was used, whose Record is to be kept
// in place of the old one. The error is fault.Invalid; its cause is [ErrCloned] if the
// passkey may have been copied, and what find said if it failed.
func (p *Passkeys) SignIn(kept, answer []byte, find func(handle []byte) (Holder, error)) (Holder, Passkey, error) {
	session, err := p.session(toSignIn, kept)
	if err != nil {
		return Holder{}, Passkey{}, err
	}
	response, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return Holder{}, Passkey{}, refusedPasskey(err)
	}
	var h Holder
	var missing error
	_, c, err := p.rp.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		if h, missing = find(handle); missing != nil {
			return nil, missing
		}
		u, err := h.user()
		return u, err
	}, session, response)
	switch {
	case missing != nil && fault.CodeOf(missing) != fault.NotFound:
		return Holder{}, Passkey{}, missing // the database, not the person
	case missing != nil:
		return Holder{}, Passkey{}, fault.New(fault.Invalid, "signin.passkey.unknown").Because(missing)
	case err != nil:
		return Holder{}, Passkey{}, refusedPasskey(err)
	case c.Authenticator.CloneWarning:
		return Holder{}, Passkey{}, fault.New(fault.Invalid, "signin.passkey.cloned").Because(ErrCloned)
	}
	used, err := keep(c)
	return h, used, err
}

func (p *Passkeys) ceremony(purpose string, options any, session *webauthn.SessionData) (Ceremony, error) {
	o, err1 := json.Marshal(options)
	s, err2 := json.Marshal(state{purpose, p.now().Add(ceremonyTime), *session})
	if err := errors.Join(err1, err2); err != nil {
		return Ceremony{}, fmt.Errorf("signin: %w", err)
	}
	return Ceremony{o, s}, nil
}

// session reads what was kept of a ceremony of that purpose.
func (p *Passkeys) session(purpose string, kept []byte) (webauthn.SessionData, error) {
	var s state
	if err := json.Unmarshal(kept, &s); err != nil || s.Purpose != purpose {
		return s.Session, refusedPasskey(fmt.Errorf("signin: what was kept is no ceremony to %s (%w)", purpose, err))
	}
	if p.now().After(s.Until) {
		return s.Session, fault.New(fault.Invalid, "signin.late")
	}
	return s.Session, nil
}

// refusedPasskey keeps the cause, with what the library says to developers, for the log.
func refusedPasskey(err error) error {
	if e, ok := errors.AsType[*protocol.Error](err); ok {
		err = fmt.Errorf("%w: %s", err, e.DevInfo)
	}
	return fault.New(fault.Invalid, "signin.passkey.refused").Because(err)
}

// keep makes what is kept of a credential. How it was attested is left out.
func keep(c *webauthn.Credential) (Passkey, error) {
	c.Attestation = webauthn.CredentialAttestation{}
	record, err := json.Marshal(c)
	if err != nil {
		return Passkey{}, fmt.Errorf("signin: %w", err)
	}
	return Passkey{ID: base64.RawURLEncoding.EncodeToString(c.ID), Record: record, Synced: c.Flags.BackupEligible}, nil
}

// user is a holder as the library sees one.
type user struct {
	Holder
	credentials []webauthn.Credential
}

func (h Holder) user() (user, error) {
	u := user{Holder: h}
	for _, k := range h.Passkeys {
		var c webauthn.Credential
		if err := json.Unmarshal(k.Record, &c); err != nil {
			return u, fmt.Errorf("signin: what is kept of the passkey %s: %w", k.ID, err)
		}
		u.credentials = append(u.credentials, c)
	}
	return u, nil
}

func (u user) WebAuthnID() []byte                         { return u.Handle }
func (u user) WebAuthnName() string                       { return u.Name }
func (u user) WebAuthnDisplayName() string                { return u.Display }
func (u user) WebAuthnCredentials() []webauthn.Credential { return u.credentials }
