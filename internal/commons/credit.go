package commons

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/notice"
	"bassin/internal/people"
	"bassin/internal/report"
)

// Deeds are what somebody may have done for an entry, in the order in which they are offered.
var Deeds = []string{"wrote", "translated", "tested", "taught", "maintained", "reported"}

// CreditState says whether a credit is to be seen.
type CreditState string

// The states of a credit.
const (
	CreditAsked   CreditState = "asked"   // waits for the consent of whom it credits
	CreditShown   CreditState = "shown"   // they agreed
	CreditRefused CreditState = "refused" // they refused, or took their consent back
	CreditRemoved CreditState = "removed" // by a moderator: it is not true
)

// Credit says that a person or an organisation did something for an entry.
type Credit struct {
	ID           string
	Entry        string
	Person       string // "" for an organisation
	Organisation string // "" for a person
	Did          string // of [Deeds]
	State        CreditState
	ProposedBy   string // person, "" once they are erased
	CreatedAt    time.Time
	DecidedAt    time.Time // zero before
	Version      int64
}

// CreditSubject is how the record names a credit.
func CreditSubject(id string) string { return "credit:" + id }

// Credits holds the rules of credits.
type Credits struct {
	Store   CommunityStore
	Library *Library
	// Person is the id of the active person of an address, "" if there is none.
	Person func(ctx context.Context, email string) (string, error)
	// Organisation returns that of an id, followed through merges, or fault.NotFound.
	Organisation func(ctx context.Context, id string) (people.Organisation, error)
}

// CreditHappened is the kind of event of a credit that asks for an organisation's consent.
const CreditHappened = "commons.credit"

// credited is the entry of the record that a credit leaves. Whom it credits is an id,
// which tells nothing once the person is erased.
func credited(by audit.Actor, action string, c Credit) audit.Entry {
	return audit.Entry{By: by, Action: action, Subject: CreditSubject(c.ID), Became: audit.Values{
		"entry": c.Entry, "person": c.Person, "organisation": c.Organisation, "did": c.Did, "state": string(c.State),
	}}
}

// ProposedCredit is who is to be credited: by an address, an organisation's id, or the actor.
type ProposedCredit struct {
	Entry        string
	Own          bool   // the actor
	Email        string // of a person
	Organisation string // id
	Did          string
}

// Propose asks somebody for their consent to be credited. It never says whether an
// address has an account here: an unknown one, and one that was asked before, change
// nothing and are no error. What one says of oneself, or of an organisation one speaks
// for, needs no other consent.
func (s *Credits) Propose(ctx context.Context, p ProposedCredit) error {
	actor := people.Of(ctx)
	if err := actor.RequireSomeone(); err != nil {
		return err
	}
	e, err := s.Library.follow(ctx, p.Entry)
	if err != nil {
		return err
	}
	var faults []error
	if !slices.Contains(Deeds, p.Did) {
		faults = append(faults, fault.New(fault.Invalid, "commons.credit.did_choose").In("did"))
	}
	c := Credit{Entry: e.ID, Did: p.Did, State: CreditAsked, ProposedBy: actor.Person.ID}
	switch {
	case p.Own:
		c.Person, c.State = actor.Person.ID, CreditShown
	case p.Organisation != "":
		o, err := s.Organisation(ctx, p.Organisation)
		if err != nil {
			if fault.CodeOf(err) != fault.NotFound {
				return err
			}
			faults = append(faults, fault.New(fault.Invalid, "commons.credit.organisation_unknown").In("organisation"))
		}
		if c.Organisation = o.ID; speaksFor(ctx, o.ID) {
			c.State = CreditShown
		}
	case p.Email != "":
		if c.Person, err = s.Person(ctx, p.Email); err != nil {
			return err
		}
		if c.Person == actor.Person.ID {
			c.State = CreditShown
		}
	default:
		faults = append(faults, fault.New(fault.Invalid, "commons.credit.who").In("email"))
	}
	if err := errors.Join(faults...); err != nil {
		return err
	}
	if c.Person == "" && c.Organisation == "" {
		return nil
	}
	before, err := s.Store.Credits(ctx, CreditFilter{Entry: e.ID})
	if err != nil {
		return err
	}
	if len(before) >= mostCredits {
		return fault.New(fault.Conflict, "commons.credit.many")
	}
	err = s.Store.ChangeCommunity(ctx, func(tx CommunityTx) error {
		next := c
		next.ID, next.CreatedAt = tx.NewID(), tx.Now()
		for _, b := range before {
			if b.Person == c.Person && b.Organisation == c.Organisation && b.Did == c.Did {
				if c.State != CreditShown || b.State == CreditShown || b.State == CreditRemoved {
					return nil // asked before: nobody is asked twice
				}
				next = b
				next.State = CreditShown
			}
		}
		if next.State == CreditShown {
			next.DecidedAt = tx.Now()
		}
		if err := tx.PutCredit(next); err != nil {
			return err
		}
		tx.Record(credited(actor.By(), "commons.credit.propose", next))
		switch {
		case next.State == CreditShown:
			return nil
		case next.Organisation != "":
			body, err := json.Marshal(map[string]string{"credit": next.ID})
			if err != nil {
				return err
			}
			tx.Tell(job.Event{Kind: CreditHappened, Body: body})
			return nil
		}
		return tellOne(tx, next.Person, "commons.tell.credit_asked", e.Title(), "", CreditsPath)
	})
	if fault.CodeOf(err) == fault.Conflict && p.Email != "" { // two at once proposed the same
		return nil
	}
	return err
}

// mostCredits is how many credits an entry may have.
const mostCredits = 200

// CreditsPath is where people decide of what credits them.
const CreditsPath = "/mes-contributions" //nolint:gosec // the address of a page, no credentials

// tellOne tells a person something with the change. text fills the second sentence,
// which is left out where it is empty.
func tellOne(tx CommunityTx, person, key, title, text, link string) error {
	n := notice.Notice{Person: person, Subject: notice.Contributions, At: tx.Now(), Link: link, Title: notice.Say(key, title), Text: notice.Say(key + "_next")}
	if text != "" {
		n.Text = notice.Say("commons.tell.said", text)
	}
	e, err := n.Event()
	if err == nil {
		tx.Tell(e)
	}
	return err
}

// speaksFor says whether the actor holds a mandate in an organisation, but for an observer's.
func speaksFor(ctx context.Context, organisation string) bool {
	return organisation != "" && slices.Contains(Bodies(ctx), organisation)
}

// Bodies are the organisations for which the actor speaks.
func Bodies(ctx context.Context) []string {
	var out []string
	for _, m := range people.Of(ctx).Mandates {
		if id := m.Scope.Organisation; id != "" && m.Role != people.Observer && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// Decide gives or refuses the consent of whom a credit is about, or takes it back.
func (s *Credits) Decide(ctx context.Context, id string, version int64, agree bool) error {
	actor := people.Of(ctx)
	if err := actor.RequireSomeone(); err != nil {
		return err
	}
	return s.settle(ctx, id, version, func(tx CommunityTx, c *Credit) error {
		if c.Person != actor.Person.ID && !speaksFor(ctx, c.Organisation) {
			return fault.New(fault.NotFound, "commons.credit.not_found")
		}
		if c.State == CreditRemoved {
			return fault.New(fault.Conflict, "commons.credit.removed")
		}
		if agree {
			c.State = CreditShown
			tx.Record(credited(actor.By(), "commons.credit.accept", *c))
			return nil
		}
		c.State = CreditRefused
		tx.Record(credited(actor.By(), "commons.credit.refuse", *c))
		return nil
	})
}

// Remove takes away a credit that is not true.
func (s *Credits) Remove(ctx context.Context, id string, version int64) error {
	c, err := s.Store.Credit(ctx, id)
	if err != nil {
		return err
	}
	e, err := s.Library.Find(ctx, c.Entry)
	if err != nil {
		return err
	}
	if err := people.Of(ctx).Require(ctx, report.Right, e.Scope()); err != nil {
		return err
	}
	return s.settle(ctx, id, version, func(tx CommunityTx, c *Credit) error {
		told := c.State != CreditRemoved && c.Person != "" && c.Person != people.Of(ctx).Person.ID
		c.State = CreditRemoved
		tx.Record(credited(people.Of(ctx).By(), "commons.credit.remove", *c))
		if told {
			return tellOne(tx, c.Person, "commons.tell.credit_removed", e.Title(), "", CreditsPath)
		}
		return nil
	})
}

// settle applies what somebody decides of a credit, and records.
func (s *Credits) settle(ctx context.Context, id string, version int64, decide func(CommunityTx, *Credit) error) error {
	return s.Store.ChangeCommunity(ctx, func(tx CommunityTx) error {
		c, err := tx.Credit(ctx, id)
		if err != nil {
			return err
		}
		if c.Version != version {
			return fault.New(fault.Conflict, "store.stale")
		}
		if err := decide(tx, &c); err != nil {
			return err
		}
		c.DecidedAt = tx.Now()
		return tx.PutCredit(c)
	})
}

// OpenPage gives the actor a public page of what they are credited for, or takes it away.
func (s *Credits) OpenPage(ctx context.Context, open bool) error {
	actor := people.Of(ctx)
	if err := actor.RequireSomeone(); err != nil {
		return err
	}
	return s.Store.ChangeCommunity(ctx, func(tx CommunityTx) error {
		now, err := tx.ContributorPage(ctx, actor.Person.ID)
		if err != nil || (now != "") == open {
			return err
		}
		page, action := "", "commons.contributor.close"
		if open {
			page, action = tx.NewID(), "commons.contributor.open"
		}
		tx.Record(audit.Entry{By: actor.By(), Action: action, Subject: actor.Person.Subject()})
		return tx.SetContributorPage(actor.Person.ID, page)
	})
}
