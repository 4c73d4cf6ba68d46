package people

import (
	"context"
	"strings"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/i18n"
)

// Rename changes how the actor is named and in which language they are written to.
func (s *Accounts) Rename(ctx context.Context, a *Actor, name string, lang i18n.Lang) error {
	if err := a.RequireSomeone(); err != nil {
		return err
	}
	if err := CheckName(name); err != nil {
		return err
	}
	return s.Store.ChangePeople(ctx, "rename a person", func(tx Tx) error {
		old, err := tx.Person(ctx, a.Person.ID)
		if err != nil {
			return err
		}
		p := old
		p.Name, p.Lang = strings.TrimSpace(name), CheckLang(lang)
		return s.set(tx, a.By(), "person.update", old, p)
	})
}

// set replaces a person and records it.
func (s *Accounts) set(tx Tx, by audit.Actor, action string, old, p Person) error {
	if err := tx.SetPerson(p); err != nil {
		return err
	}
	tx.Record(audit.Entry{By: by, Action: action, Subject: p.Subject(), Was: old.Recorded(), Became: p.Recorded()})
	return nil
}

// ChangeEmail sends to a new address the link that makes it the actor's. Where no mail
// leaves, it is theirs at once. Whoever asks does not learn whether it has an account.
func (s *Accounts) ChangeEmail(ctx context.Context, a *Actor, email, password string) error {
	if err := CheckEmail(email); err != nil {
		return err
	}
	if err := s.Confirm(ctx, a, password); err != nil {
		return err
	}
	email = strings.TrimSpace(email)
	return s.Store.ChangePeople(ctx, "ask for a new address", func(tx Tx) error {
		p, err := tx.Person(ctx, a.Person.ID)
		if err != nil {
			return err
		}
		if !s.CanMail() {
			return s.moved(ctx, tx, a.By(), p, email)
		}
		if err := tx.DropTickets(p.ID, emailTicket); err != nil {
			return err
		}
		token, err := ticket(tx, emailTicket, p.ID, email, emailLife)
		if err != nil {
			return err
		}
		tx.Record(audit.Entry{By: a.By(), Action: "person.email_asked", Subject: p.Subject(), Became: audit.Values{"email": audit.Personal{Of: p.ID, Value: email}}})
		other, err := tx.PersonByEmail(ctx, EmailKey(email))
		if err != nil && fault.CodeOf(err) != fault.NotFound {
			return err
		}
		if err == nil && other.ID != p.ID {
			return s.write(ctx, tx, Mail{What: "taken", To: other})
		}
		to := p
		to.Email = email
		return s.write(ctx, tx, Mail{What: "email", To: to, Path: "/verification/" + token, Until: tx.Now().Add(emailLife)})
	})
}

// moved gives a person an address, and the old one a way to take it back.
func (s *Accounts) moved(ctx context.Context, tx Tx, by audit.Actor, old Person, email string) error {
	p := old
	p.Email = email
	if err := s.set(tx, by, "person.email", old, p); err != nil {
		return err
	}
	for _, purpose := range []string{emailTicket, resetTicket, linkTicket} { // sent to the old address, or for it
		if err := tx.DropTickets(p.ID, purpose); err != nil {
			return err
		}
	}
	token, err := ticket(tx, undoTicket, p.ID, old.Email, undoLife)
	if err != nil {
		return err
	}
	return s.write(ctx, tx, Mail{What: "moved", To: old, Path: "/verification/" + token, Until: tx.Now().Add(undoLife), Detail: email})
}

// Confirmable is what a token of a mail about an address would do: "email" makes it the
// person's, "undo" brings the old one back.
func (s *Accounts) Confirmable(ctx context.Context, token string) (what, email string, err error) {
	for _, purpose := range []string{emailTicket, undoTicket} {
		k, err := s.peek(ctx, token, purpose)
		if err == nil {
			return purpose, k.Data, nil
		}
		if fault.CodeOf(err) != fault.Gone {
			return "", "", err
		}
	}
	return "", "", fault.New(fault.Gone, "people.ticket.gone")
}

// ConfirmEmail does what [Accounts.Confirmable] says. Bringing an address back ends the
// sessions of whoever took it, the password, and the ways in that were added since.
func (s *Accounts) ConfirmEmail(ctx context.Context, token string) (what string, err error) {
	what, _, err = s.Confirmable(ctx, token)
	if err != nil {
		return "", err
	}
	return what, s.Store.ChangePeople(ctx, "change an address", func(tx Tx) error {
		k, err := take(tx, token, what)
		if err != nil {
			return err
		}
		p, err := tx.Person(ctx, k.Person)
		if err != nil {
			return err
		}
		by := audit.Person(p.ID)
		if what == emailTicket {
			return s.moved(ctx, tx, by, p, k.Data)
		}
		back := p
		back.Email = k.Data
		if err := s.set(tx, by, "person.email_back", p, back); err != nil {
			return err
		}
		creds, err := tx.Credentials(ctx, p.ID)
		if err != nil {
			return err
		}
		for _, c := range creds {
			if c.Kind != Password && c.CreatedAt.Before(k.CreatedAt) {
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

// Add makes an account without asking for a right: for the console.
func (s *Accounts) Add(ctx context.Context, by audit.Actor, name, email string, lang i18n.Lang, password string) (p Person, err error) {
	hash := ""
	if password != "" {
		hash, err = s.checked(ctx, name, email, password)
	} else if err = CheckName(name); err == nil {
		err = CheckEmail(email)
	}
	if err != nil {
		return Person{}, err
	}
	err = s.Store.ChangePeople(ctx, "add a person", func(tx Tx) error {
		p, err = s.add(ctx, tx, by, name, email, CheckLang(lang), hash)
		return err
	})
	return p, err
}

// Suspend keeps a person from signing in, or lets them again. It ends their sessions.
func (s *Accounts) Suspend(ctx context.Context, by audit.Actor, person string, suspended bool) error {
	return s.Store.ChangePeople(ctx, "suspend a person", func(tx Tx) error {
		old, err := tx.Person(ctx, person)
		if err != nil {
			return err
		}
		p := old
		switch {
		case old.State == Erased:
			return fault.New(fault.Gone, "people.erased")
		case suspended:
			p.State = Suspended
		default:
			p.State = Active
		}
		if p.State == old.State {
			return nil
		}
		action := "person.resume"
		if suspended {
			action = "person.suspend"
			if err := AdministeredWithout(ctx, tx, s.Mandates.Today(), person); err != nil {
				return err
			}
		}
		if err := s.set(tx, by, action, old, p); err != nil {
			return err
		}
		return shutOut(tx, p.ID, "")
	})
}
