package people

import (
	"context"

	"bassin/internal/audit"
	"bassin/internal/fault"
)

// NewSetup is the token of the first set-up; "" if somebody administers already. One
// made before holds no more.
func (s *Accounts) NewSetup(ctx context.Context) (token string, err error) {
	err = s.Store.ChangePeople(ctx, "prepare the first set-up", func(tx Tx) error {
		token = ""
		if err := s.unadministered(ctx, tx); fault.CodeOf(err) == fault.Gone {
			return tx.DropTickets("", setupTicket)
		} else if err != nil {
			return err
		}
		if err := tx.DropTickets("", setupTicket); err != nil {
			return err
		}
		token, err = ticket(tx, setupTicket, "", "", setupLife)
		return err
	})
	return token, err
}

// unadministered is fault.Gone if somebody administers the installation.
func (s *Accounts) unadministered(ctx context.Context, r Reader) error {
	admins, err := r.Administrators(ctx, s.Mandates.Today())
	if err != nil {
		return err
	}
	if len(admins) > 0 {
		return fault.New(fault.Gone, "people.setup.done")
	}
	return nil
}

// MaySetUp says whether a token opens the first set-up: fault.Gone if not.
func (s *Accounts) MaySetUp(ctx context.Context, token string) error {
	if _, err := s.peek(ctx, token, setupTicket); err != nil {
		return err
	}
	return s.unadministered(ctx, s.Store)
}

// SetUp makes the first administrator, and ends the token.
func (s *Accounts) SetUp(ctx context.Context, token, name, email, password string, v Visit) (in Entered, err error) {
	if err := s.MaySetUp(ctx, token); err != nil {
		return Entered{}, err
	}
	hash, err := s.checked(ctx, name, email, password)
	if err != nil {
		return Entered{}, err
	}
	err = s.Store.ChangePeople(ctx, "make the first administrator", func(tx Tx) error {
		if _, err := take(tx, token, setupTicket); err != nil {
			return err
		}
		if err := s.unadministered(ctx, tx); err != nil {
			return err
		}
		p, err := s.add(ctx, tx, audit.System, name, email, CheckLang(v.Lang), hash)
		if err != nil {
			return err
		}
		if _, err := s.Mandates.GiveIn(ctx, tx, audit.System, "", Grant{Person: p.ID, Role: Administrator}); err != nil {
			return err
		}
		in, err = s.enter(ctx, tx, p, "password", false, v)
		return err
	})
	return in, err
}

// checked checks what a new account is made of and makes the hash of its password.
func (s *Accounts) checked(ctx context.Context, name, email, password string) (string, error) {
	if err := CheckName(name); err != nil {
		return "", err
	}
	if err := CheckEmail(email); err != nil {
		return "", err
	}
	return s.hash(ctx, password, name, email)
}
