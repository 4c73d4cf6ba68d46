package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"bassin/internal/fault"
	"bassin/internal/job"
	"bassin/internal/notice"
	"bassin/internal/people"
)

// WaitsKind is the kind of event of what waits for moderators.
const WaitsKind = "report.waits"

// waits is the body of such an event.
type waits struct {
	Subject string `json:"subject"`
	What    string `json:"what"` // report, comment
}

// Waits is the event of something that waits for moderators: a report, or a comment.
func Waits(subject, what string) job.Event {
	body, err := json.Marshal(waits{subject, what})
	if err != nil {
		panic(err) // texts only
	}
	return job.Event{Kind: WaitsKind, Body: body}
}

// Moderators are the people who hold a right over a scope.
type Moderators func(ctx context.Context, right string, in people.Scope) ([]string, error)

// Teller brings notices to people: see [notice.Post].
type Teller interface {
	Tell(ctx context.Context, id string, n notice.Notice) (bool, error)
}

// TellAll tells each of these people once, under an id made of the event's. Who cannot
// be told keeps nobody else from being told.
func TellAll(ctx context.Context, t Teller, id string, to []string, but []string, n notice.Notice) error {
	var failures []error
	for _, person := range to {
		if person == "" || slices.Contains(but, person) {
			continue
		}
		n.Person = person
		_, err := t.Tell(ctx, id+":"+person, n)
		switch {
		case err == nil:
		case fault.CodeOf(err) == fault.Unavailable, ctx.Err() != nil:
			return err
		default:
			failures = append(failures, fmt.Errorf("telling %s: %w", person, err))
		}
	}
	return errors.Join(failures...)
}

// Bell tells moderators of what waits for them.
type Bell struct {
	Things     Things
	Moderators Moderators
	Post       Teller
	Now        func() time.Time
}

// Deliver delivers an event of [WaitsKind].
func (b *Bell) Deliver(ctx context.Context, d job.Delivery) error {
	var w waits
	if err := json.Unmarshal(d.Body, &w); err != nil || w.What != "report" && w.What != "comment" {
		return job.Permanent(fmt.Errorf("report: the event %s: %w", d.ID, err))
	}
	thing, err := b.Things.Thing(ctx, w.Subject)
	if fault.CodeOf(err) == fault.NotFound { // it went meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	to, err := b.Moderators(ctx, Right, thing.Scope)
	if err != nil {
		return err
	}
	link := "/signalements"
	if w.What == "comment" {
		link = "/commentaires/a-relire"
	}
	return TellAll(ctx, b.Post, d.ID, to, nil, notice.Notice{
		Subject: notice.Moderation, Title: notice.Say("report.tell."+w.What, thing.Title), Link: link, At: b.Now(),
	})
}
