package people

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
)

// Codes are the protocols of one-time and recovery codes: package signin has them.
type Codes interface {
	// Check says of which step of time a code is right; last is that of the last code used.
	Check(secret, code string, now time.Time, last int64) (step int64, ok bool)
	NewRecovery() (codes, hashes []string)
	// CheckRecovery finds the hash of a code, -1 if there is none.
	CheckRecovery(code string, hashes []string) int
}

// timed is what is kept of an application's codes.
type timed struct {
	Secret string `json:"secret"`
	Step   int64  `json:"step"` // of the last code used: none opens twice
}

// shown checks a code of the application, or a recovery code, and takes it.
func (s *Accounts) shown(ctx context.Context, tx Tx, p Person, code string) error {
	wrong := fault.New(fault.Invalid, "people.second.wrong").In("code")
	creds, err := tx.Credentials(ctx, p.ID)
	if err != nil {
		return err
	}
	code = strings.TrimSpace(code)
	if c, ok := of(creds, TOTP); ok {
		var t timed
		if err := json.Unmarshal([]byte(c.Data), &t); err != nil {
			return err
		}
		if step, ok := s.Codes.Check(t.Secret, code, tx.Now(), t.Step); ok {
			t.Step = step
			return s.used(tx, c, t)
		}
	}
	if c, ok := of(creds, Recovery); ok {
		var hashes []string
		if err := json.Unmarshal([]byte(c.Data), &hashes); err != nil {
			return err
		}
		if i := s.Codes.CheckRecovery(code, hashes); i >= 0 {
			hashes = append(hashes[:i:i], hashes[i+1:]...)
			tx.Record(audit.Entry{By: audit.Person(p.ID), Action: "credential.recovery", Subject: p.Subject(), Became: audit.Values{"left": len(hashes)}})
			if err := s.write(ctx, tx, Mail{What: "recovery", To: p}); err != nil {
				return err
			}
			return s.used(tx, c, hashes)
		}
	}
	return wrong
}

// used keeps what is left of a credential once it was used.
func (s *Accounts) used(tx Tx, c Credential, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	c.Data, c.UsedAt = string(b), tx.Now()
	return tx.PutCredential(c)
}

// Second opens the session that a first factor left waiting under a token.
func (s *Accounts) Second(ctx context.Context, token, code string, v Visit) (in Entered, err error) {
	k, err := s.peek(ctx, token, secondTicket)
	if err != nil {
		return Entered{}, err
	}
	key := "second:" + k.Person
	if err := s.admit(ctx, key, v.From); err != nil {
		return Entered{}, err
	}
	err = s.Store.ChangePeople(ctx, "show a second factor", func(tx Tx) error {
		k, err := take(tx, token, secondTicket)
		if err != nil {
			return err
		}
		var first pending
		if err := json.Unmarshal([]byte(k.Data), &first); err != nil {
			return err
		}
		p, err := tx.Person(ctx, k.Person)
		if err != nil {
			return err
		}
		if p.State != Active {
			return fault.New(fault.Gone, "people.ticket.gone")
		}
		if err := s.shown(ctx, tx, p, code); err != nil {
			return err
		}
		v.Keep = first.Keep
		in, err = s.enter(ctx, tx, p, first.Method, true, v)
		return err
	})
	if err != nil {
		return Entered{}, err
	}
	return in, s.Store.Forgive(ctx, key)
}

// Elevate makes the actor's session one where two factors were shown. It gets another
// token: one that somebody else had before gains nothing.
func (s *Accounts) Elevate(ctx context.Context, a *Actor, code string, v Visit) (in Entered, err error) {
	if err := a.RequireSomeone(); err != nil {
		return Entered{}, err
	}
	key := "second:" + a.Person.ID
	if err := s.admit(ctx, key, v.From); err != nil {
		return Entered{}, err
	}
	err = s.Store.ChangePeople(ctx, "show a second factor", func(tx Tx) error {
		if err := s.shown(ctx, tx, a.Person, code); err != nil {
			return err
		}
		in, err = s.strengthen(ctx, tx, a)
		return err
	})
	if err != nil {
		return Entered{}, err
	}
	return in, s.Store.Forgive(ctx, key)
}

// strengthen gives the actor's session another token, for a session with two factors.
func (s *Accounts) strengthen(ctx context.Context, tx Tx, a *Actor) (Entered, error) {
	own, err := tx.Sessions(ctx, a.Person.ID)
	if err != nil {
		return Entered{}, err
	}
	for _, x := range own {
		if x.ID != a.Session.ID {
			continue
		}
		in := Entered{Person: a.Person, Token: NewToken(), Keep: x.ExpiresAt.Sub(x.CreatedAt) > sessionShort}
		x.TokenHash, x.Strong, x.SeenAt = HashToken(in.Token), true, tx.Now()
		in.Session = x
		tx.Record(audit.Entry{By: a.By(), Action: "session.strong", Subject: a.Person.Subject(), Became: audit.Values{"session": x.ID}})
		return in, tx.PutSession(x)
	}
	return Entered{}, fault.New(fault.Unauthenticated, "people.may.no_account") // ended meanwhile
}

// guarded makes sure of who sits there before ways in change: see [Accounts.confirm]. Who
// has a second factor must have shown it.
func (s *Accounts) guarded(ctx context.Context, a *Actor, password string) error {
	if err := s.Confirm(ctx, a, password); err != nil {
		return err
	}
	creds, err := s.Store.Credentials(ctx, a.Person.ID)
	if err != nil {
		return err
	}
	if HasSecond(creds) && !a.Session.Strong {
		return fault.New(fault.Invalid, "people.second.first")
	}
	return nil
}

// AddCodes makes the codes of an application the actor's second factor, once one of them
// proves that the application has the secret. Who had no second factor gets recovery
// codes, told this once.
func (s *Accounts) AddCodes(ctx context.Context, a *Actor, secret, code, password string) (in Entered, recovery []string, err error) {
	if err := s.guarded(ctx, a, password); err != nil {
		return Entered{}, nil, err
	}
	step, ok := s.Codes.Check(secret, strings.TrimSpace(code), s.Now(), 0)
	if !ok {
		return Entered{}, nil, fault.New(fault.Invalid, "people.second.wrong").In("code")
	}
	data, err := json.Marshal(timed{secret, step}) //nolint:gosec // kept as a credential, which is never recorded nor shown
	if err != nil {
		return Entered{}, nil, err
	}
	err = s.Store.ChangePeople(ctx, "add codes", func(tx Tx) error {
		c := Credential{ID: NewID(), Person: a.Person.ID, Kind: TOTP, Data: string(data), CreatedAt: tx.Now()}
		in, recovery, err = s.addSecond(ctx, tx, a, c)
		return err
	})
	return in, recovery, err
}

// addSecond keeps a second factor, in the place of another where there is but one of
// its kind, and strengthens the session.
func (s *Accounts) addSecond(ctx context.Context, tx Tx, a *Actor, c Credential) (in Entered, recovery []string, err error) {
	creds, err := tx.Credentials(ctx, a.Person.ID)
	if err != nil {
		return Entered{}, nil, err
	}
	if old, ok := of(creds, TOTP); ok && c.Kind == TOTP {
		c.ID = old.ID
	}
	if err := tx.PutCredential(c); err != nil {
		return Entered{}, nil, err
	}
	tx.Record(audit.Entry{By: a.By(), Action: "credential.add", Subject: a.Person.Subject(), Became: c.Recorded()})
	if _, ok := of(creds, Recovery); !ok {
		if recovery, err = s.newRecovery(tx, a, creds); err != nil {
			return Entered{}, nil, err
		}
	}
	if err := s.write(ctx, tx, Mail{What: "second", To: a.Person}); err != nil {
		return Entered{}, nil, err
	}
	in, err = s.strengthen(ctx, tx, a)
	return in, recovery, err
}

func (s *Accounts) newRecovery(tx Tx, a *Actor, creds []Credential) ([]string, error) {
	codes, hashes := s.Codes.NewRecovery()
	data, err := json.Marshal(hashes)
	if err != nil {
		return nil, err
	}
	c := Credential{ID: NewID(), Person: a.Person.ID, Kind: Recovery, Data: string(data), CreatedAt: tx.Now()}
	if old, ok := of(creds, Recovery); ok {
		if err := tx.DropCredential(old.ID); err != nil {
			return nil, err
		}
	}
	tx.Record(audit.Entry{By: a.By(), Action: "credential.add", Subject: a.Person.Subject(), Became: c.Recorded()})
	return codes, tx.PutCredential(c)
}

// RecoveryLeft is how many recovery codes have not been used.
func RecoveryLeft(c Credential) int {
	var hashes []string
	if json.Unmarshal([]byte(c.Data), &hashes) != nil {
		return 0
	}
	return len(hashes)
}

// NewRecovery gives the actor new recovery codes in the place of the old ones.
func (s *Accounts) NewRecovery(ctx context.Context, a *Actor, password string) (codes []string, err error) {
	if err := s.guarded(ctx, a, password); err != nil {
		return nil, err
	}
	err = s.Store.ChangePeople(ctx, "make recovery codes", func(tx Tx) error {
		creds, err := tx.Credentials(ctx, a.Person.ID)
		if err != nil {
			return err
		}
		if !HasSecond(creds) {
			return fault.New(fault.Invalid, "people.second.none")
		}
		if codes, err = s.newRecovery(tx, a, creds); err != nil {
			return err
		}
		return s.write(ctx, tx, Mail{What: "second", To: a.Person})
	})
	return codes, err
}

// Drop takes one of the actor's ways in away, never the last. With the last second
// factor go the recovery codes.
func (s *Accounts) Drop(ctx context.Context, a *Actor, id, password string) error {
	if err := s.guarded(ctx, a, password); err != nil {
		return err
	}
	return s.Store.ChangePeople(ctx, "drop a way in", func(tx Tx) error {
		creds, err := tx.Credentials(ctx, a.Person.ID)
		if err != nil {
			return err
		}
		var left []Credential
		var gone Credential
		for _, c := range creds {
			if c.ID == id && c.Kind != Recovery {
				gone = c
			} else {
				left = append(left, c)
			}
		}
		if gone.ID == "" {
			return fault.New(fault.NotFound, "people.second.none")
		}
		if _, password := of(left, Password); !password {
			_, passkey := of(left, Passkey)
			if _, external := of(left, External); !passkey && !external {
				return fault.New(fault.Invalid, "people.way.last")
			}
		}
		drop := []Credential{gone}
		if c, ok := of(left, Recovery); ok && !HasSecond(left) {
			drop = append(drop, c)
		}
		for _, c := range drop {
			tx.Record(audit.Entry{By: a.By(), Action: "credential.drop", Subject: a.Person.Subject(), Was: c.Recorded()})
			if err := tx.DropCredential(c.ID); err != nil {
				return err
			}
		}
		return s.write(ctx, tx, Mail{What: "dropped", To: a.Person})
	})
}

// Unsecond takes a person's second factors away: for the console, when they lost them
// and their recovery codes. Their sessions end.
func (s *Accounts) Unsecond(ctx context.Context, by audit.Actor, person string) error {
	return s.Store.ChangePeople(ctx, "drop second factors", func(tx Tx) error {
		p, err := tx.Person(ctx, person)
		if err != nil {
			return err
		}
		creds, err := tx.Credentials(ctx, p.ID)
		if err != nil {
			return err
		}
		for _, c := range creds {
			if c.Kind != TOTP && c.Kind != Recovery && c.Kind != Passkey {
				continue
			}
			tx.Record(audit.Entry{By: by, Action: "credential.drop", Subject: p.Subject(), Was: c.Recorded()})
			if err := tx.DropCredential(c.ID); err != nil {
				return err
			}
		}
		return shutOut(tx, p.ID, "")
	})
}
