package people

import (
	"context"
	"slices"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
)

// Invited is an invitation that nobody has taken up yet.
type Invited struct {
	Invitation
	ID    string // by which the record names it too; it opens nothing
	At    time.Time
	Until time.Time
	hash  string
}

// mostInvited is how many pending invitations are read at once.
const mostInvited = 1000

func invitationID(tokenHash string) string { return tokenHash[:16] }

// recorded is what the record keeps of an invitation: the address is not for it.
func (v Invitation) recorded() audit.Values {
	out := audit.Values{}
	if v.Grant != nil {
		out["role"], out["scope"] = string(v.Grant.Role), v.Grant.Scope.String()
	}
	return out
}

// Invitations are those that nobody has taken up and that still hold, latest first, as
// far as the actor sees them: their own, those to a mandate within their scope, and all
// of them for who invites over the whole installation.
func (s *Accounts) Invitations(ctx context.Context, a *Actor) ([]Invited, error) {
	if err := a.MaySomewhere("person.invite").Err(); err != nil {
		return nil, err
	}
	kept, err := s.Store.Tickets(ctx, joinTicket, s.Now(), mostInvited)
	if err != nil {
		return nil, err
	}
	var out []Invited
	for _, k := range kept {
		v, err := offered(k)
		if err != nil || v.SignUp {
			continue
		}
		sees, err := seesInvitation(ctx, a, v)
		if err != nil {
			return nil, err
		}
		if sees {
			out = append(out, Invited{Invitation: v, ID: invitationID(k.TokenHash), At: k.CreatedAt, Until: k.ExpiresAt, hash: k.TokenHash})
		}
	}
	return out, nil
}

func seesInvitation(ctx context.Context, a *Actor, v Invitation) (bool, error) {
	if v.By != "" && v.By == a.Person.ID {
		return true, nil
	}
	in := Everywhere
	if v.Grant != nil {
		in = v.Grant.Scope
	}
	d, err := a.May(ctx, "person.invite", in)
	return d.May, err
}

// InvitationOf finds one of [Accounts.Invitations]: fault.Gone if it is taken up,
// withdrawn or over, or not for the actor to see.
func (s *Accounts) InvitationOf(ctx context.Context, a *Actor, id string) (Invited, error) {
	all, err := s.Invitations(ctx, a)
	if err != nil {
		return Invited{}, err
	}
	if i := slices.IndexFunc(all, func(v Invited) bool { return v.ID == id }); i >= 0 {
		return all[i], nil
	}
	return Invited{}, fault.New(fault.Gone, "people.invitation.gone")
}

// MayManage is nil if the actor may withdraw an invitation or send it again: their own,
// or one that they could have made.
func (s *Accounts) MayManage(ctx context.Context, a *Actor, v Invited) error {
	if v.By != "" && v.By == a.Person.ID {
		return a.MaySomewhere("person.invite").Err()
	}
	return s.MayInvite(ctx, a, v.Invitation)
}

// Withdraw ends an invitation: its link opens nothing any more.
func (s *Accounts) Withdraw(ctx context.Context, a *Actor, id string) (Invited, error) {
	v, err := s.InvitationOf(ctx, a, id)
	if err == nil {
		err = s.MayManage(ctx, a, v)
	}
	if err != nil {
		return v, err
	}
	return v, s.Store.ChangePeople(ctx, "withdraw an invitation", func(tx Tx) error {
		if err := takeInvitation(tx, v); err != nil {
			return err
		}
		tx.Record(audit.Entry{By: a.By(), Action: "person.invite.withdraw", Subject: "invitation:" + v.ID, Was: v.recorded()})
		return nil
	})
}

// InviteAgain makes a new link in the place of that of an invitation, which ends. The
// actor vouches for it from now on. Token as [Accounts.Invite].
func (s *Accounts) InviteAgain(ctx context.Context, a *Actor, id string) (token string, v Invited, err error) {
	v, err = s.InvitationOf(ctx, a, id)
	if err == nil {
		err = s.MayInvite(ctx, a, v.Invitation) // what they may give no more is not offered anew
	}
	if err != nil {
		return "", v, err
	}
	again := v.Invitation
	again.By = a.Person.ID
	err = s.Store.ChangePeople(ctx, "invite a person again", func(tx Tx) error {
		if err := takeInvitation(tx, v); err != nil {
			return err
		}
		switch _, err := tx.PersonByEmail(ctx, EmailKey(v.Email)); {
		case err == nil:
			return fault.New(fault.Conflict, "people.email.taken")
		case fault.CodeOf(err) != fault.NotFound:
			return err
		}
		if token, err = s.offer(ctx, tx, again, invitationLife, "invited"); err != nil {
			return err
		}
		became := again.recorded()
		became["instead_of"] = v.ID
		tx.Record(audit.Entry{By: a.By(), Action: "person.invite.again", Subject: "invitation:" + invitationID(HashToken(token)), Was: v.recorded(), Became: became})
		return nil
	})
	return token, v, err
}

// takeInvitation ends the ticket of an invitation: fault.Gone if somebody was faster.
func takeInvitation(tx Tx, v Invited) error {
	k, err := tx.TakeTicket(v.hash)
	if _, err = usable(k, err, joinTicket, tx.Now()); fault.CodeOf(err) == fault.Gone {
		return fault.New(fault.Gone, "people.invitation.gone")
	}
	return err
}
