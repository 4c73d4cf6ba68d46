package people

import (
	"context"
	"encoding/json"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
)

// known says whether a device signed in as a person before. It asks the store whoever
// the person is, and nobody.
func (s *Accounts) known(ctx context.Context, device, person string) (bool, error) {
	k, err := s.Store.Ticket(ctx, deviceHash(device, person))
	switch {
	case fault.CodeOf(err) == fault.NotFound:
		return false, nil
	case err != nil:
		return false, err
	}
	return device != "" && person != "" && k.Purpose == deviceTicket && k.Person == person && Holds(k.CreatedAt, k.ExpiresAt, s.Now()), nil
}

// find is who has an address; the zero Person where nobody has.
func (s *Accounts) find(ctx context.Context, email string) (Person, error) {
	p, err := s.Store.PersonByEmail(ctx, EmailKey(email))
	if fault.CodeOf(err) == fault.NotFound {
		return Person{}, nil
	}
	return p, err
}

// SignIn opens a session by a password. Whoever has no account, no password or a wrong
// one gets the same answer, after the same work.
func (s *Accounts) SignIn(ctx context.Context, email, password string, v Visit) (Entered, error) {
	p, err := s.find(ctx, email)
	if err != nil {
		return Entered{}, err
	}
	creds, err := s.Store.Credentials(ctx, p.ID)
	if err != nil {
		return Entered{}, err
	}
	key, err := s.attempt(ctx, p, email, v)
	if err != nil {
		return Entered{}, err
	}
	c, _ := of(creds, Password)
	right, err := s.Passwords.Check(ctx, password, c.Data)
	if err != nil {
		return Entered{}, err
	}
	if !right || p.State != Active {
		if err := s.failed(ctx, fromKey(v.From)); err != nil {
			return Entered{}, err
		}
		return Entered{}, fault.New(fault.Invalid, "people.signin.wrong")
	}
	rehash := ""
	if s.Passwords.NeedsRehash(c.Data) {
		if rehash, err = s.Passwords.Hash(ctx, password); err != nil {
			return Entered{}, err
		}
	}
	var in Entered
	err = s.Store.ChangePeople(ctx, "sign in", func(tx Tx) error {
		now, err := tx.Credentials(ctx, p.ID)
		if err != nil {
			return err
		}
		if same, _ := of(now, Password); same.Data != c.Data { // changed meanwhile
			return fault.New(fault.Invalid, "people.signin.wrong")
		}
		used := c
		used.UsedAt = tx.Now()
		if rehash != "" {
			used.Data = rehash
		}
		if err := tx.PutCredential(used); err != nil {
			return err
		}
		in, err = s.first(ctx, tx, p.ID, "password", v)
		return err
	})
	if err != nil {
		return Entered{}, err
	}
	if err := s.eased(ctx, fromKey(v.From)); err != nil {
		return Entered{}, err
	}
	return in, s.Store.Forgive(ctx, key)
}

// attempt counts an attempt at an account: a device that signed in to it before is
// counted apart, so that neither attackers nor those behind the same network address lock
// its owner out.
func (s *Accounts) attempt(ctx context.Context, p Person, email string, v Visit) (key string, err error) {
	known, err := s.known(ctx, v.Device, p.ID)
	if err != nil {
		return "", err
	}
	key = accountKey(email)
	if known {
		key = "device:" + deviceHash(v.Device, p.ID)[:32]
		return key, s.admit(ctx, key, "")
	}
	return key, s.admit(ctx, key, fromKey(v.From))
}

// pending is what the ticket of a second factor keeps of the first.
type pending struct {
	Method string `json:"method"`
	Keep   bool   `json:"keep,omitempty"`
}

// first follows a first factor: with a session, or with the ticket under which the
// second factor is shown, for whoever has one.
func (s *Accounts) first(ctx context.Context, tx Tx, person, method string, v Visit) (Entered, error) {
	p, err := tx.Person(ctx, person)
	if err != nil {
		return Entered{}, err
	}
	if p.State != Active {
		return Entered{}, fault.New(fault.Invalid, "people.signin.wrong")
	}
	creds, err := tx.Credentials(ctx, p.ID)
	if err != nil {
		return Entered{}, err
	}
	if !HasSecond(creds) {
		return s.enter(ctx, tx, p, method, false, v)
	}
	data, err := json.Marshal(pending{method, v.Keep})
	if err != nil {
		return Entered{}, err
	}
	token, err := ticket(tx, secondTicket, p.ID, string(data), secondLife)
	return Entered{Person: p, Second: token}, err
}

// HasSecond says whether these ways in are two factors together.
func HasSecond(creds []Credential) bool {
	_, totp := of(creds, TOTP)
	_, passkey := of(creds, Passkey)
	return totp || passkey
}

// enter opens a session.
func (s *Accounts) enter(ctx context.Context, tx Tx, p Person, method string, strong bool, v Visit) (Entered, error) {
	now := tx.Now()
	in := Entered{Person: p, Token: NewToken(), Device: v.Device, Keep: v.Keep}
	life := sessionShort
	if v.Keep {
		life = sessionDays
	}
	in.Session = Session{
		ID: NewID(), Person: p.ID, TokenHash: HashToken(in.Token), Method: method, Strong: strong, Device: v.Words,
		CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(life),
	}
	if err := tx.PutSession(in.Session); err != nil {
		return Entered{}, err
	}
	tx.Record(audit.Entry{By: audit.Person(p.ID), Action: "session.open", Subject: p.Subject(), Became: audit.Values{
		"session": in.Session.ID, "method": method, "strong": strong, "device": audit.Personal{Of: p.ID, Value: v.Words},
	}})
	fresh, err := s.remember(tx, p, &in)
	if err != nil {
		return Entered{}, err
	}
	if fresh && !p.SeenAt.IsZero() {
		if err := s.write(ctx, tx, Mail{What: "device", To: p, Detail: v.Words}); err != nil {
			return Entered{}, err
		}
	}
	if day := now.Truncate(24 * time.Hour); !p.SeenAt.Equal(day) {
		p.SeenAt = day
		if err := tx.SetPerson(p); err != nil {
			return Entered{}, err
		}
	}
	return in, nil
}

// remember makes the device one that is known again, and says whether it is new.
func (s *Accounts) remember(tx Tx, p Person, in *Entered) (fresh bool, err error) {
	if in.Device == "" {
		in.Device = NewToken()
	}
	hash := deviceHash(in.Device, p.ID)
	switch _, err = tx.TakeTicket(hash); {
	case fault.CodeOf(err) == fault.NotFound:
		fresh = true
	case err != nil:
		return false, err
	}
	return fresh, tx.PutTicket(Ticket{TokenHash: hash, Purpose: deviceTicket, Person: p.ID, CreatedAt: tx.Now(), ExpiresAt: tx.Now().Add(deviceLife)})
}

// SignOut ends the session of the actor.
func (s *Accounts) SignOut(ctx context.Context, a *Actor) error {
	return s.EndSession(ctx, a, a.Session.ID)
}

// EndSession ends one session of the actor's own.
func (s *Accounts) EndSession(ctx context.Context, a *Actor, id string) error {
	if err := a.RequireSomeone(); err != nil {
		return err
	}
	return s.Store.ChangePeople(ctx, "end a session", func(tx Tx) error {
		own, err := tx.Sessions(ctx, a.Person.ID)
		if err != nil {
			return err
		}
		for _, x := range own {
			if x.ID == id {
				tx.Record(audit.Entry{By: a.By(), Action: "session.end", Subject: a.Person.Subject(), Was: audit.Values{"session": id}})
				return tx.DropSession(id)
			}
		}
		return nil // it has ended
	})
}

// EndOthers ends all sessions of the actor but the one they are in, and forgets their
// other devices.
func (s *Accounts) EndOthers(ctx context.Context, a *Actor) error {
	if err := a.RequireSomeone(); err != nil {
		return err
	}
	return s.Store.ChangePeople(ctx, "end sessions", func(tx Tx) error {
		tx.Record(audit.Entry{By: a.By(), Action: "session.end_others", Subject: a.Person.Subject(), Became: audit.Values{"session": a.Session.ID}})
		if err := tx.DropTickets(a.Person.ID, deviceTicket); err != nil { // this one is known again when it signs in next
			return err
		}
		return tx.DropSessions(a.Person.ID, a.Session.ID)
	})
}
