package people

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/i18n"
)

// Invitation is an account offered to an address, with a mandate that is given when
// it is taken up.
type Invitation struct {
	Email string    `json:"email"`
	Name  string    `json:"name,omitempty"` // as the inviter knows them; they may write it otherwise
	Lang  i18n.Lang `json:"lang"`
	By    string    `json:"by,omitempty"`    // person who invites, "" for the console and for whoever signs up
	Grant *Grant    `json:"grant,omitempty"` // without Person
	// SignUp says that somebody asked for it themselves.
	SignUp bool `json:"sign_up,omitempty"`
}

// MayInvite is nil if the actor may offer an account with that mandate.
func (s *Accounts) MayInvite(ctx context.Context, a *Actor, v Invitation) error {
	if err := a.MaySomewhere("person.invite").Err(); err != nil {
		return err
	}
	if v.Grant == nil {
		return nil
	}
	d, err := a.MayGive(ctx, "mandate.give", v.Grant.Role, v.Grant.Scope)
	if err != nil {
		return err
	}
	return d.Err()
}

// Invite offers an account. The token is for the link of [Accounts.Join]; where mails
// leave it has been sent.
func (s *Accounts) Invite(ctx context.Context, a *Actor, v Invitation) (token string, err error) {
	if err := s.MayInvite(ctx, a, v); err != nil {
		return "", err
	}
	v.By = a.Person.ID
	return s.InviteAs(ctx, a.By(), v)
}

// InviteAs invites without asking for a right: for the console.
func (s *Accounts) InviteAs(ctx context.Context, by audit.Actor, v Invitation) (token string, err error) {
	v.Email, v.Name, v.Lang = strings.TrimSpace(v.Email), strings.TrimSpace(v.Name), i18n.Lang(CheckLang(v.Lang))
	if err := CheckEmail(v.Email); err != nil {
		return "", err
	}
	if v.Name != "" {
		if err := CheckName(v.Name); err != nil {
			return "", err
		}
	}
	if v.Grant != nil {
		if err := v.Grant.Check(); err != nil {
			return "", err
		}
		if s.Mandates.Known != nil {
			if err := s.Mandates.Known(ctx, by, v.Grant.Scope); err != nil {
				return "", err
			}
		}
	}
	err = s.Store.ChangePeople(ctx, "invite a person", func(tx Tx) error {
		switch _, err := tx.PersonByEmail(ctx, EmailKey(v.Email)); {
		case err == nil:
			return fault.New(fault.Conflict, "people.email.taken").In("email")
		case fault.CodeOf(err) != fault.NotFound:
			return err
		}
		if token, err = s.offer(ctx, tx, v, invitationLife, "invited"); err != nil {
			return err
		}
		tx.Record(audit.Entry{By: by, Action: "person.invite", Subject: "invitation:" + invitationID(HashToken(token)), Became: v.recorded()})
		return nil
	})
	return token, err
}

// offer keeps an invitation and writes it.
func (s *Accounts) offer(ctx context.Context, tx Tx, v Invitation, life time.Duration, letter string) (string, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	token, err := ticket(tx, joinTicket, "", string(data), life)
	if err != nil {
		return "", err
	}
	return token, s.write(ctx, tx, Mail{What: letter, To: Person{Email: v.Email, Name: v.Name, Lang: string(v.Lang)}, Path: "/verification/" + token, Until: tx.Now().Add(life)})
}

// asked counts a mail that somebody asked for: an address is not to be flooded.
func (s *Accounts) asked(ctx context.Context, email string, v Visit) error {
	if !s.CanMail() {
		return fault.New(fault.Invalid, "people.mail.off").In("email")
	}
	if err := CheckEmail(email); err != nil {
		return err
	}
	if err := s.admit(ctx, "mail:"+HashToken(EmailKey(email))[:32], askKey(v.From)); err != nil {
		return err
	}
	return s.failed(ctx, askKey(v.From))
}

// SignUp sends to an address the link by which its account is made. An address that has
// an account gets a mail that says so; whoever asks learns nothing.
func (s *Accounts) SignUp(ctx context.Context, email string, v Visit) error {
	open, err := s.SelfRegistration(ctx)
	if err != nil {
		return err
	}
	if !open {
		return fault.New(fault.Forbidden, "people.signup.closed")
	}
	if err := s.asked(ctx, email, v); err != nil {
		return err
	}
	return s.Store.ChangePeople(ctx, "ask for an account", func(tx Tx) error {
		p, err := tx.PersonByEmail(ctx, EmailKey(email))
		switch {
		case fault.CodeOf(err) == fault.NotFound:
			_, err := s.offer(ctx, tx, Invitation{Email: strings.TrimSpace(email), Lang: i18n.Lang(CheckLang(v.Lang)), SignUp: true}, joinLife, "signup")
			return err
		case err != nil:
			return err
		}
		if _, err := ticket(tx, joinTicket, p.ID, "{}", 0); err != nil { // as much work as above
			return err
		}
		return s.write(ctx, tx, Mail{What: "have", To: p, Path: "/connexion"})
	})
}

// Offered is what an invitation offers; fault.Gone if it is over.
func (s *Accounts) Offered(ctx context.Context, token string) (Invitation, error) {
	k, err := s.peek(ctx, token, joinTicket)
	if err != nil {
		return Invitation{}, err
	}
	return offered(k)
}

func offered(k Ticket) (v Invitation, err error) {
	if k.Person != "" {
		return v, fault.New(fault.Gone, "people.ticket.gone")
	}
	err = json.Unmarshal([]byte(k.Data), &v)
	return v, err
}

// Join makes the account that was offered, with the mandate that goes with it.
func (s *Accounts) Join(ctx context.Context, token, name, password string, v Visit) (in Entered, err error) {
	o, err := s.Offered(ctx, token)
	if err != nil {
		return Entered{}, err
	}
	hash, err := s.checked(ctx, name, o.Email, password)
	if err != nil {
		return Entered{}, err
	}
	err = s.Store.ChangePeople(ctx, "take up an invitation", func(tx Tx) error {
		in, err = s.join(ctx, tx, token, name, hash, func(p Person) (Entered, error) { return s.enter(ctx, tx, p, "password", false, v) })
		return err
	})
	return in, err
}

// join takes the invitation and makes the person, then enters.
func (s *Accounts) join(ctx context.Context, tx Tx, token, name, hash string, enter func(Person) (Entered, error)) (Entered, error) {
	k, err := take(tx, token, joinTicket)
	if err != nil {
		return Entered{}, err
	}
	o, err := offered(k)
	if err != nil {
		return Entered{}, err
	}
	by := audit.Visitor
	if o.By != "" {
		by = audit.Person(o.By)
	}
	p, err := s.add(ctx, tx, by, name, o.Email, CheckLang(o.Lang), hash)
	if err != nil {
		return Entered{}, err
	}
	if o.Grant != nil {
		g := *o.Grant
		g.Person = p.ID
		if today := DateOf(tx.Now(), s.Mandates.Zone); g.From != "" && g.From < today {
			g.From = today // nobody held it before there was an account
		}
		may, err := s.stillGives(ctx, tx, o)
		if err != nil {
			return Entered{}, err
		}
		if !may {
			tx.Record(audit.Entry{By: by, Action: "mandate.withheld", Subject: p.Subject(), Was: audit.Values{"role": string(g.Role), "scope": g.Scope.String()}})
			if err := s.withheld(ctx, tx, o, p); err != nil {
				return Entered{}, err
			}
			in, err := enter(p)
			in.Withheld = true
			return in, err
		}
		if _, err := s.Mandates.GiveIn(ctx, tx, by, o.By, g); err != nil {
			return Entered{}, err
		}
	}
	return enter(p)
}

// stillGives says whether whoever invited may give today the mandate that they offered
// then. What the console offered stands.
func (s *Accounts) stillGives(ctx context.Context, tx Tx, o Invitation) (bool, error) {
	if o.By == "" {
		return true, nil
	}
	p, err := tx.Person(ctx, o.By)
	if fault.CodeOf(err) == fault.NotFound {
		return false, nil
	}
	if err != nil || p.State != Active {
		return false, err
	}
	all, err := tx.MandatesOf(ctx, p.ID)
	if err != nil {
		return false, err
	}
	a := Actor{Person: p, Session: Session{Strong: true}, Covers: s.Covers} // the second factor was shown when inviting
	for today := DateOf(tx.Now(), s.Mandates.Zone); len(all) > 0; all = all[1:] {
		if all[0].Holds(today) {
			a.Mandates = append(a.Mandates, all[0])
		}
	}
	d, err := a.MayGive(ctx, "mandate.give", o.Grant.Role, o.Grant.Scope)
	return d.May, err
}

// withheld tells whoever invited that the account was made without the mandate.
func (s *Accounts) withheld(ctx context.Context, tx Tx, o Invitation, p Person) error {
	by, err := tx.Person(ctx, o.By)
	if fault.CodeOf(err) == fault.NotFound || err == nil && by.State != Active {
		return nil
	}
	if err != nil {
		return err
	}
	return s.write(ctx, tx, Mail{What: "withheld", To: by, Detail: p.Name})
}
