package people

import (
	"context"
	"strings"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/job"
)

// AskReset sends the link by which a password is chosen anew. An address without
// account gets a mail that says so; whoever asks learns nothing.
func (s *Accounts) AskReset(ctx context.Context, email string, v Visit) error {
	return s.sendLink(ctx, email, v, resetTicket, "/mot-de-passe/nouveau/", resetLife)
}

// AskLink sends the link that signs in.
func (s *Accounts) AskLink(ctx context.Context, email string, v Visit) error {
	return s.sendLink(ctx, email, v, linkTicket, "/connexion/lien/", linkLife)
}

func (s *Accounts) sendLink(ctx context.Context, email string, v Visit, purpose, path string, life time.Duration) error {
	if err := s.asked(ctx, email, v); err != nil {
		return err
	}
	return s.Store.ChangePeople(ctx, "send a link", func(tx Tx) error {
		p, err := tx.PersonByEmail(ctx, EmailKey(email))
		if err != nil && fault.CodeOf(err) != fault.NotFound {
			return err
		}
		if p.State != Active {
			if _, err := ticket(tx, purpose, "", "", 0); err != nil { // as much work as below
				return err
			}
			return s.write(ctx, tx, Mail{What: "none", To: Person{Email: strings.TrimSpace(email), Lang: CheckLang(v.Lang)}})
		}
		token, err := ticket(tx, purpose, p.ID, "", life)
		if err != nil {
			return err
		}
		return s.write(ctx, tx, Mail{What: purpose, To: p, Path: path + token, Until: tx.Now().Add(life)})
	})
}

// ResetFor makes the link by which a person chooses a password, to be handed to them:
// for administrators where no mail leaves, and for the console.
func (s *Accounts) ResetFor(ctx context.Context, by audit.Actor, person string) (token string, err error) {
	err = s.Store.ChangePeople(ctx, "make a reset link", func(tx Tx) error {
		p, err := tx.Person(ctx, person)
		if err != nil {
			return err
		}
		if p.State == Erased {
			return fault.New(fault.Gone, "people.erased")
		}
		token, err = handReset(tx, by, p)
		return err
	})
	return token, err
}

// handReset makes and records a link that lets a person choose a password.
func handReset(tx Tx, by audit.Actor, p Person) (string, error) {
	tx.Record(audit.Entry{By: by, Action: "person.reset", Subject: p.Subject()})
	return ticket(tx, resetTicket, p.ID, "", setupLife)
}

// SendReset mails that link to the person, so that nobody else sees it; where no mail
// leaves it gives the token, to be handed over.
func (s *Accounts) SendReset(ctx context.Context, by audit.Actor, person string) (token string, err error) {
	if !s.CanMail() {
		return s.ResetFor(ctx, by, person)
	}
	return "", s.Store.ChangePeople(ctx, "send a reset link", func(tx Tx) error {
		p, err := tx.Person(ctx, person)
		if err != nil {
			return err
		}
		if p.State != Active {
			return fault.New(fault.Conflict, "people.reset.off")
		}
		token, err := handReset(tx, by, p)
		if err != nil {
			return err
		}
		return s.write(ctx, tx, Mail{What: resetTicket, To: p, Path: "/mot-de-passe/nouveau/" + token, Until: tx.Now().Add(setupLife)})
	})
}

// MayReset says whether a token lets choose a password, and whose.
func (s *Accounts) MayReset(ctx context.Context, token string) (Person, error) {
	return s.holder(ctx, token, resetTicket)
}

// MayLink says whether a token signs in, and whom.
func (s *Accounts) MayLink(ctx context.Context, token string) (Person, error) {
	return s.holder(ctx, token, linkTicket)
}

func (s *Accounts) holder(ctx context.Context, token, purpose string) (Person, error) {
	k, err := s.peek(ctx, token, purpose)
	if err != nil {
		return Person{}, err
	}
	p, err := s.Store.Person(ctx, k.Person)
	if err == nil && p.State != Active || fault.CodeOf(err) == fault.NotFound {
		err = fault.New(fault.Gone, "people.ticket.gone")
	}
	return p, err
}

// Reset gives a person a new password by a token, ends their sessions and goes on as
// after a first factor.
func (s *Accounts) Reset(ctx context.Context, token, password string, v Visit) (in Entered, err error) {
	p, err := s.MayReset(ctx, token)
	if err != nil {
		return Entered{}, err
	}
	hash, err := s.hash(ctx, password, p.Name, p.Email)
	if err != nil {
		return Entered{}, err
	}
	err = s.Store.ChangePeople(ctx, "reset a password", func(tx Tx) error {
		if _, err := take(tx, token, resetTicket); err != nil {
			return err
		}
		if err := s.setPassword(ctx, tx, audit.Person(p.ID), p, hash); err != nil {
			return err
		}
		if err := shutOut(tx, p.ID, ""); err != nil {
			return err
		}
		if err := s.write(ctx, tx, Mail{What: "password", To: p}); err != nil {
			return err
		}
		in, err = s.first(ctx, tx, p.ID, "password", v)
		return err
	})
	if err != nil {
		return Entered{}, err
	}
	return in, s.Store.Forgive(ctx, accountKey(p.Email))
}

// shutOut ends what others may hold of an account: sessions but one, and whatever
// links, half sign-ins and known devices there are.
func shutOut(tx Tx, person, but string) error {
	if err := tx.DropSessions(person, but); err != nil {
		return err
	}
	for _, purpose := range []string{resetTicket, linkTicket, secondTicket, emailTicket, deviceTicket} {
		if err := tx.DropTickets(person, purpose); err != nil {
			return err
		}
	}
	return nil
}

// UseLink signs in by a token that was sent.
func (s *Accounts) UseLink(ctx context.Context, token string, v Visit) (in Entered, err error) {
	err = s.Store.ChangePeople(ctx, "sign in by a link", func(tx Tx) error {
		k, err := take(tx, token, linkTicket)
		if err != nil {
			return err
		}
		if k.Person == "" {
			return fault.New(fault.Gone, "people.ticket.gone")
		}
		in, err = s.first(ctx, tx, k.Person, "link", v)
		return err
	})
	return in, err
}

// recent is how long after signing in somebody without password is still known to be there.
const recent = 30 * time.Minute

// Confirm makes sure, before what matters, that it is still the person who sits there:
// by their password, or by a recent sign-in for those who have none.
func (s *Accounts) Confirm(ctx context.Context, a *Actor, password string) error {
	if err := a.RequireSomeone(); err != nil {
		return err
	}
	creds, err := s.Store.Credentials(ctx, a.Person.ID)
	if err != nil {
		return err
	}
	c, has := of(creds, Password)
	if !has {
		if since := s.Now().Sub(a.Session.CreatedAt); since > recent || since < -job.Skew {
			return fault.New(fault.Invalid, "people.confirm.again")
		}
		return nil
	}
	key := "confirm:" + a.Session.ID
	if err := s.admit(ctx, key, ""); err != nil {
		return err
	}
	right, err := s.Passwords.Check(ctx, password, c.Data)
	if err != nil {
		return err
	}
	if !right {
		return fault.New(fault.Invalid, "people.confirm.wrong").In("present")
	}
	return s.Store.Forgive(ctx, key)
}

// ChangePassword gives the actor a new password and ends their other sessions.
func (s *Accounts) ChangePassword(ctx context.Context, a *Actor, present, next string) error {
	if err := s.Confirm(ctx, a, present); err != nil {
		return err
	}
	hash, err := s.hash(ctx, next, a.Person.Name, a.Person.Email)
	if err != nil {
		return err
	}
	return s.Store.ChangePeople(ctx, "change a password", func(tx Tx) error {
		p, err := tx.Person(ctx, a.Person.ID)
		if err != nil {
			return err
		}
		if err := s.setPassword(ctx, tx, a.By(), p, hash); err != nil {
			return err
		}
		if err := shutOut(tx, p.ID, a.Session.ID); err != nil {
			return err
		}
		return s.write(ctx, tx, Mail{What: "password", To: p})
	})
}
