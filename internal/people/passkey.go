package people

import (
	"context"
	"encoding/base64"
	"strings"
	"time"
	"unicode/utf8"

	"bassin/internal/fault"
)

// Passkeys are the protocol of passkeys, as package signin speaks it.
type Passkeys interface {
	BeginRegistration(Holder) (Ceremony, error)
	Register(h Holder, kept, answer []byte) (KeptPasskey, error)
	BeginSignIn() (Ceremony, error)
	// SignIn finds the holder of a handle and gives them and the passkey used, to be kept
	// in the place of the old one.
	SignIn(kept, answer []byte, find func(handle []byte) (Holder, error)) (Holder, KeptPasskey, error)
}

// Holder is whose passkeys they are.
type Holder struct {
	Handle        []byte // says nothing of the person
	Name, Display string
	Passkeys      []KeptPasskey
}

// KeptPasskey is what is kept of one.
type KeptPasskey struct {
	ID     string
	Record []byte
}

// Ceremony is a passkey being made or used.
type Ceremony struct {
	Options []byte // JSON for the browser
	State   []byte
}

const (
	ceremonyTicket = "ceremony"
	ceremonyLife   = 5 * time.Minute
)

// passkeys is the protocol, if the site has an address that passkeys can be bound to.
func (s *Accounts) passkeys() (Passkeys, error) {
	if s.Passkeys != nil {
		if k := s.Passkeys(); k != nil {
			return k, nil
		}
	}
	return nil, fault.New(fault.Invalid, "people.passkey.off")
}

// HasPasskeys says whether passkeys work here.
func (s *Accounts) HasPasskeys() bool { _, err := s.passkeys(); return err == nil }

// holder is a person with their passkeys.
func passkeyHolder(p Person, creds []Credential) (Holder, error) {
	h := Holder{Handle: []byte(p.ID), Name: p.Email, Display: p.Name}
	for _, c := range creds {
		if c.Kind != Passkey {
			continue
		}
		record, err := base64.StdEncoding.DecodeString(c.Data)
		if err != nil {
			return h, err
		}
		h.Passkeys = append(h.Passkeys, KeptPasskey{c.Key, record})
	}
	return h, nil
}

// begin keeps the state of a ceremony under a token.
func (s *Accounts) begin(ctx context.Context, c Ceremony, person string) (token string, options []byte, err error) {
	err = s.Store.ChangePeople(ctx, "begin with a passkey", func(tx Tx) error {
		token, err = ticket(tx, ceremonyTicket, person, base64.StdEncoding.EncodeToString(c.State), ceremonyLife)
		return err
	})
	return token, c.Options, err
}

func (s *Accounts) ceremony(tx Tx, token, person string) ([]byte, error) {
	k, err := take(tx, token, ceremonyTicket)
	if err != nil {
		return nil, err
	}
	if k.Person != person {
		return nil, fault.New(fault.Gone, "people.ticket.gone")
	}
	return base64.StdEncoding.DecodeString(k.Data)
}

// BeginPasskey begins to add a passkey, once it is sure who sits there.
func (s *Accounts) BeginPasskey(ctx context.Context, a *Actor, password string) (token string, options []byte, err error) {
	k, err := s.passkeys()
	if err != nil {
		return "", nil, err
	}
	if err := s.guarded(ctx, a, password); err != nil {
		return "", nil, err
	}
	creds, err := s.Store.Credentials(ctx, a.Person.ID)
	if err != nil {
		return "", nil, err
	}
	h, err := passkeyHolder(a.Person, creds)
	if err != nil {
		return "", nil, err
	}
	c, err := k.BeginRegistration(h)
	if err != nil {
		return "", nil, err
	}
	return s.begin(ctx, c, a.Person.ID)
}

// AddPasskey keeps a passkey of the actor's, under the name that they give it. Being two
// factors at once, it makes the session strong.
func (s *Accounts) AddPasskey(ctx context.Context, a *Actor, token, answer, label string) (in Entered, recovery []string, err error) {
	k, err := s.passkeys()
	if err != nil {
		return Entered{}, nil, err
	}
	label = strings.TrimSpace(label)
	if utf8.RuneCountInString(label) > 60 || strings.ContainsAny(label, "\r\n\x00<>") {
		return Entered{}, nil, fault.New(fault.Invalid, "people.passkey.label").In("label")
	}
	err = s.Store.ChangePeople(ctx, "add a passkey", func(tx Tx) error {
		state, err := s.ceremony(tx, token, a.Person.ID)
		if err != nil {
			return err
		}
		creds, err := tx.Credentials(ctx, a.Person.ID)
		if err != nil {
			return err
		}
		h, err := passkeyHolder(a.Person, creds)
		if err != nil {
			return err
		}
		made, err := k.Register(h, state, []byte(answer))
		if err != nil {
			return err
		}
		in, recovery, err = s.addSecond(ctx, tx, a, Credential{
			ID: NewID(), Person: a.Person.ID, Kind: Passkey, Label: label, Key: made.ID, Data: base64.StdEncoding.EncodeToString(made.Record), CreatedAt: tx.Now(),
		})
		return err
	})
	return in, recovery, err
}

// BeginPasskeySignIn begins a sign-in by whoever comes.
func (s *Accounts) BeginPasskeySignIn(ctx context.Context) (token string, options []byte, err error) {
	k, err := s.passkeys()
	if err != nil {
		return "", nil, err
	}
	c, err := k.BeginSignIn()
	if err != nil {
		return "", nil, err
	}
	return s.begin(ctx, c, "")
}

// UsePasskey signs in by a passkey, which is two factors at once.
func (s *Accounts) UsePasskey(ctx context.Context, token, answer string, v Visit) (in Entered, err error) {
	k, err := s.passkeys()
	if err != nil {
		return Entered{}, err
	}
	err = s.Store.ChangePeople(ctx, "sign in by a passkey", func(tx Tx) error {
		state, err := s.ceremony(tx, token, "")
		if err != nil {
			return err
		}
		var p Person
		var creds []Credential
		_, used, err := k.SignIn(state, []byte(answer), func(handle []byte) (Holder, error) {
			if p, err = tx.Person(ctx, string(handle)); err != nil {
				return Holder{}, err
			}
			if creds, err = tx.Credentials(ctx, p.ID); err != nil {
				return Holder{}, err
			}
			return passkeyHolder(p, creds)
		})
		if err != nil {
			return err
		}
		if p.State != Active {
			return fault.New(fault.Invalid, "people.signin.wrong")
		}
		for _, c := range creds {
			if c.Kind == Passkey && c.Key == used.ID {
				c.Data, c.UsedAt = base64.StdEncoding.EncodeToString(used.Record), tx.Now()
				if err := tx.PutCredential(c); err != nil {
					return err
				}
			}
		}
		in, err = s.enter(ctx, tx, p, "passkey", true, v)
		return err
	})
	return in, err
}
