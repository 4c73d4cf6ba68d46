package people

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/i18n"
)

// Providers are who vouches for people besides us: package signin speaks their protocol.
type Providers interface {
	// Names are those that a person may choose from, by key.
	Names() []ProviderName
	// Begin gives where to send a person, and what to keep for their browser.
	Begin(ctx context.Context, key string) (url string, kept []byte, err error)
	// Finish checks what a provider answered.
	Finish(ctx context.Context, key string, kept []byte, query url.Values) (Identity, error)
}

// ProviderName is a provider as people choose it.
type ProviderName struct{ Key, Name string }

// Identity is what a provider says of a person. Issuer and Subject together are who they
// are: an address never is.
type Identity struct {
	Issuer, Subject string
	Email           string
	Verified        bool // the provider vouches for the address
	Name            string
	Strong          bool   // by two factors
	SIRET           string // of the body they work for, "" if it does not say
}

func (i Identity) key() string { return i.Issuer + " " + i.Subject }

// voucher is what is kept of what a provider said at the last sign-in.
type voucher struct {
	SIRET string `json:"siret,omitempty"`
}

func (i Identity) vouch() (string, error) {
	b, err := json.Marshal(voucher{i.SIRET})
	return string(b), err
}

// Works is the SIRET of the body for which the provider that the actor signed in through
// says that they work, "" if none says so: another way in vouches for nothing.
func (s *Accounts) Works(ctx context.Context, a *Actor) (string, error) {
	if a.Session.Method != externalMethod {
		return "", nil
	}
	creds, err := s.Store.Credentials(ctx, a.Person.ID)
	if err != nil {
		return "", err
	}
	last := func(c Credential) time.Time {
		if c.UsedAt.IsZero() {
			return c.CreatedAt // the sign-in that made the account
		}
		return c.UsedAt
	}
	var by Credential
	for _, c := range creds {
		if c.Kind == External && (by.ID == "" || last(c).After(last(by))) {
			by = c
		}
	}
	var v voucher
	if by.Data == "" {
		return "", nil
	}
	err = json.Unmarshal([]byte(by.Data), &v)
	return v.SIRET, err
}

// externalMethod is the method of a session that a provider opened.
const externalMethod = "external"

const (
	departTicket = "depart" // a browser that left for a provider
	departLife   = 15 * time.Minute
)

// departure is what is kept of a browser that left for a provider.
type departure struct {
	Provider   string `json:"provider"`
	Kept       string `json:"kept"`
	Back       string `json:"back,omitempty"`
	Keep       bool   `json:"keep,omitempty"`
	Session    string `json:"session,omitempty"`    // to link the account to, "" to sign in
	Invitation string `json:"invitation,omitempty"` // token of the one that is taken up
}

// Depart prepares a departure to sign in. The token is for this browser alone to hold.
func (s *Accounts) Depart(ctx context.Context, provider, back string, keep bool) (token, to string, err error) {
	return s.depart(ctx, "", departure{Provider: provider, Back: back, Keep: keep})
}

// DepartToJoin prepares a departure to take up an invitation.
func (s *Accounts) DepartToJoin(ctx context.Context, provider, invitation string) (token, to string, err error) {
	if _, err := s.Offered(ctx, invitation); err != nil {
		return "", "", err
	}
	return s.depart(ctx, "", departure{Provider: provider, Invitation: invitation})
}

// DepartToLink prepares a departure that links an account elsewhere to the actor's, once
// it is sure who sits there.
func (s *Accounts) DepartToLink(ctx context.Context, a *Actor, provider, password string) (token, to string, err error) {
	if err := s.guarded(ctx, a, password); err != nil {
		return "", "", err
	}
	return s.depart(ctx, a.Person.ID, departure{Provider: provider, Session: a.Session.ID})
}

func (s *Accounts) depart(ctx context.Context, person string, d departure) (token, to string, err error) {
	if s.Providers == nil {
		return "", "", fault.New(fault.NotFound, "people.provider.none")
	}
	to, kept, err := s.Providers.Begin(ctx, d.Provider)
	if err != nil {
		return "", "", err
	}
	d.Kept = base64.StdEncoding.EncodeToString(kept)
	data, err := json.Marshal(d)
	if err != nil {
		return "", "", err
	}
	err = s.Store.ChangePeople(ctx, "leave for a provider", func(tx Tx) error {
		token, err = ticket(tx, departTicket, person, string(data), departLife)
		return err
	})
	return token, to, err
}

// Arrived is what comes of a return from a provider.
type Arrived struct {
	Entered
	Back   string // where the person wanted to go
	Linked bool   // the account elsewhere is linked to theirs now
	Mailed bool   // a mail was sent to the address, whoever's it is
}

// Arrive takes a person back from a provider. An account elsewhere signs in to the account
// it was linked to by its owner, and to no other: an address that has an account here
// does not link by itself, be it verified or not.
func (s *Accounts) Arrive(ctx context.Context, a *Actor, token, provider string, query url.Values, v Visit) (out Arrived, err error) {
	gone := fault.New(fault.Gone, "people.ticket.gone")
	var k Ticket
	err = s.Store.ChangePeople(ctx, "come back from a provider", func(tx Tx) error {
		k, err = take(tx, token, departTicket)
		return err
	})
	if err != nil {
		return out, err
	}
	var d departure
	if err := json.Unmarshal([]byte(k.Data), &d); err != nil {
		return out, err
	}
	kept, err := base64.StdEncoding.DecodeString(d.Kept)
	if err != nil {
		return out, err
	}
	if s.Providers == nil || d.Provider != provider {
		return out, gone
	}
	who, err := s.Providers.Finish(ctx, provider, kept, query)
	if err != nil {
		return out, err
	}
	out.Back, v.Keep = d.Back, d.Keep
	if d.Session != "" {
		if a.Session.ID != d.Session || a.Person.ID != k.Person {
			return out, gone
		}
		out.Linked = true
		return out, s.link(ctx, a, provider, who)
	}
	c, err := s.Store.CredentialByKey(ctx, External, who.key())
	switch {
	case err == nil && d.Invitation != "": // one account elsewhere opens one account here
		return out, fault.New(fault.Conflict, "people.provider.has")
	case err == nil:
		err = s.Store.ChangePeople(ctx, "sign in through a provider", func(tx Tx) error {
			out.Entered, err = s.vouched(ctx, tx, c.ID, who, v)
			return err
		})
		return out, err
	case fault.CodeOf(err) != fault.NotFound:
		return out, err
	}
	return s.stranger(ctx, out, provider, d.Invitation, who, v)
}

// vouched signs in by a linked account elsewhere.
func (s *Accounts) vouched(ctx context.Context, tx Tx, id string, who Identity, v Visit) (Entered, error) {
	c, err := tx.CredentialByKey(ctx, External, who.key())
	if err != nil {
		return Entered{}, err
	}
	if c.ID != id {
		return Entered{}, fault.New(fault.Gone, "people.ticket.gone")
	}
	c.UsedAt = tx.Now()
	if c.Data, err = who.vouch(); err != nil {
		return Entered{}, err
	}
	if err := tx.PutCredential(c); err != nil {
		return Entered{}, err
	}
	if !who.Strong {
		return s.first(ctx, tx, c.Person, externalMethod, v)
	}
	p, err := tx.Person(ctx, c.Person)
	if err != nil {
		return Entered{}, err
	}
	if p.State != Active {
		return Entered{}, fault.New(fault.Invalid, "people.signin.wrong")
	}
	return s.enter(ctx, tx, p, externalMethod, true, v)
}

// link gives the actor another way in.
func (s *Accounts) link(ctx context.Context, a *Actor, provider string, who Identity) error {
	return s.Store.ChangePeople(ctx, "link an account elsewhere", func(tx Tx) error {
		switch c, err := tx.CredentialByKey(ctx, External, who.key()); {
		case err == nil && c.Person == a.Person.ID:
			return nil
		case err == nil:
			return fault.New(fault.Conflict, "people.credential.taken")
		case fault.CodeOf(err) != fault.NotFound:
			return err
		}
		if err := s.putExternal(tx, a.By(), a.Person, provider, who); err != nil {
			return err
		}
		return s.write(ctx, tx, Mail{What: "linked", To: a.Person, Detail: s.providerName(provider)})
	})
}

func (s *Accounts) putExternal(tx Tx, by audit.Actor, p Person, provider string, who Identity) error {
	c := Credential{ID: NewID(), Person: p.ID, Kind: External, Label: s.providerName(provider), Key: who.key(), CreatedAt: tx.Now()}
	var err error
	if c.Data, err = who.vouch(); err != nil {
		return err
	}
	tx.Record(audit.Entry{By: by, Action: "credential.add", Subject: p.Subject(), Became: c.Recorded()})
	return tx.PutCredential(c)
}

func (s *Accounts) providerName(key string) string {
	for _, p := range s.Providers.Names() {
		if p.Key == key {
			return p.Name
		}
	}
	return key
}

// stranger is somebody whose account elsewhere is linked to none here. They get one where
// an invitation is being taken up, or where anybody may sign up and the address is
// theirs and free.
func (s *Accounts) stranger(ctx context.Context, out Arrived, provider, invitation string, who Identity, v Visit) (Arrived, error) {
	if invitation != "" {
		err := s.Store.ChangePeople(ctx, "take up an invitation through a provider", func(tx Tx) error {
			o, err := s.Offered(ctx, invitation)
			if err != nil {
				return err
			}
			name := s.named(who, o.Name, o.Email)
			out.Entered, err = s.join(ctx, tx, invitation, name, "", func(p Person) (Entered, error) {
				if err := s.putExternal(tx, audit.Person(p.ID), p, provider, who); err != nil {
					return Entered{}, err
				}
				return s.enter(ctx, tx, p, externalMethod, who.Strong, v)
			})
			return err
		})
		return out, err
	}
	open, err := s.SelfRegistration(ctx)
	if err != nil {
		return out, err
	}
	unknown := fault.New(fault.Invalid, "people.provider.unknown")
	if !open || CheckEmail(who.Email) != nil {
		return out, unknown // whether the address has an account is not said
	}
	if !who.Verified {
		if !s.CanMail() {
			return out, unknown
		}
		out.Mailed = true // the mail says what there is
		v.Lang = i18n.Lang(CheckLang(v.Lang))
		return out, s.SignUp(ctx, who.Email, v)
	}
	err = s.Store.ChangePeople(ctx, "make an account through a provider", func(tx Tx) error {
		switch _, err := tx.PersonByEmail(ctx, EmailKey(who.Email)); {
		case err == nil:
			return fault.New(fault.Invalid, "people.provider.taken")
		case fault.CodeOf(err) != fault.NotFound:
			return err
		}
		p, err := s.add(ctx, tx, audit.Visitor, s.named(who, "", who.Email), who.Email, CheckLang(v.Lang), "")
		if err != nil {
			return err
		}
		if err := s.putExternal(tx, audit.Person(p.ID), p, provider, who); err != nil {
			return err
		}
		out.Entered, err = s.enter(ctx, tx, p, externalMethod, who.Strong, v)
		return err
	})
	return out, err
}

// named is the name of a new account.
func (s *Accounts) named(who Identity, invited, email string) string {
	for _, name := range []string{who.Name, invited} {
		if CheckName(name) == nil {
			return strings.TrimSpace(name)
		}
	}
	name, _, _ := strings.Cut(email, "@")
	return name
}
