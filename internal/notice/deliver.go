package notice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"bassin/internal/fault"
	"bassin/internal/job"
)

// Post brings notices to people.
type Post struct {
	Store   Store
	Readers Readers
	Letters *Letters
	Now     func() time.Time
}

// Deliver delivers an event of [Kind]: whatever the number of times it is called
// for one, the notice arrives once and its mail leaves once.
func (p *Post) Deliver(ctx context.Context, d job.Delivery) error {
	var n Notice
	if err := json.Unmarshal(d.Body, &n); err != nil {
		return job.Permanent(fmt.Errorf("notice: %w", err))
	}
	_, err := p.Tell(ctx, d.ID, n)
	return err
}

// Tell brings a notice under an id of the caller's: telling the same again does
// nothing. It says whether it was new.
func (p *Post) Tell(ctx context.Context, id string, n Notice) (bool, error) {
	if err := n.Check(); err != nil {
		return false, job.Permanent(err)
	}
	to, err := p.Readers.Reader(ctx, n.Person)
	if fault.CodeOf(err) == fault.NotFound { // erased since
		return false, nil
	}
	if err != nil {
		return false, err
	}
	a := Arrival{ID: id, Notice: n, At: p.Now()}
	var unsent error // an address that no mail reaches: the notice arrives all the same
	if to.Active {
		if a.Mail, unsent = p.single(ctx, to, n); unsent != nil && !job.IsPermanent(unsent) {
			return false, unsent
		}
	}
	fresh, err := p.Store.Arrive(ctx, a)
	return fresh, errors.Join(err, unsent)
}

// single is a notice as a letter of its own.
func (p *Post) single(ctx context.Context, to Reader, n Notice) (*job.Event, error) {
	l := Letter{Subject: n.Title, Body: []Text{n.Title}, Why: Say("notice.why.bound")}
	if n.Text.Key != "" {
		l.Body = append(l.Body, n.Text)
	}
	l.Body = append(l.Body, Say("notice.letter.when", Moment(n.At)))
	if n.Link != "" {
		l.Link = Link{Say("notice.letter.see"), n.Link}
	}
	if !n.Subject.Bound() {
		token, err := p.Store.StopToken(ctx, n.Person, n.Subject)
		if err != nil {
			return nil, err
		}
		l.Stop, l.Why = token, Say("notice.why.at_once", Word(n.Subject.Name().Key))
	}
	return p.event(ctx, to, n.Person, l)
}

func (p *Post) event(ctx context.Context, to Reader, person string, l Letter) (*job.Event, error) {
	m, err := p.Letters.Write(ctx, to, l)
	if err != nil {
		return nil, err
	}
	e, err := m.Event(person)
	if err != nil {
		return nil, job.Permanent(err)
	}
	return &e, nil
}

// listed is how many notices a digest tells; the others are counted.
const listed = 40

// Digests leaves the daily mail of everybody for whom notices wait and says how
// many it left. One that is stopped in between goes on where it was.
func (p *Post) Digests(ctx context.Context) (int, error) {
	left, after := 0, ""
	var failures []error
	for {
		people, err := p.Store.Waiting(ctx, after, 100)
		if err != nil || len(people) == 0 {
			return left, errors.Join(append(failures, err)...)
		}
		for _, person := range people {
			after = person
			switch sent, err := p.digest(ctx, person); {
			case err != nil && fault.CodeOf(err) == fault.Unavailable, ctx.Err() != nil:
				return left, errors.Join(err, ctx.Err())
			case err != nil: // the others get theirs
				failures = append(failures, fmt.Errorf("the digest of %s: %w", person, err))
			case sent:
				left++
			}
		}
	}
}

func (p *Post) digest(ctx context.Context, person string) (bool, error) {
	to, err := p.Readers.Reader(ctx, person)
	if err != nil && fault.CodeOf(err) != fault.NotFound {
		return false, err
	}
	token := ""
	if to.Active {
		if token, err = p.Store.StopToken(ctx, person, Digest); err != nil {
			return false, err
		}
	}
	return p.Store.LeaveDigest(ctx, person, func(notices []Kept) (*job.Event, error) {
		if !to.Active || len(notices) == 0 {
			return nil, nil
		}
		l := digestOf(notices, DayOf(p.Now()))
		l.Stop = token
		return p.event(ctx, to, person, l)
	})
}

// digestOf is the letter that tells of notices by subject.
func digestOf(notices []Kept, today Day) Letter {
	l := Letter{
		Subject: Say("notice.digest.subject", len(notices), today),
		Body:    []Text{Say("notice.digest.body", len(notices))},
		Link:    Link{Say("notice.digest.see"), "/mes-notifications"},
		Why:     Say("notice.why.daily"),
	}
	told := notices[:min(len(notices), listed)]
	for _, s := range Subjects() {
		g := Group{Title: s.Name()}
		for _, n := range told {
			if n.Subject == s {
				g.Lines = append(g.Lines, Line{n.Title, n.Link})
			}
		}
		if len(g.Lines) > 0 {
			l.Groups = append(l.Groups, g)
		}
	}
	if more := len(notices) - len(told); more > 0 {
		l.After = []Text{Say("notice.digest.more", more)}
	}
	return l
}

// Newest puts notices in the order in which people read them: newest first.
func Newest(notices []Kept) {
	slices.SortFunc(notices, func(a, b Kept) int {
		if c := b.Arrived.Compare(a.Arrived); c != 0 {
			return c
		}
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
}
