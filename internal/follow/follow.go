package follow

import (
	"context"
	"strings"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/territory"
)

// Follow is a subject that a person follows.
type Follow struct {
	Person  string
	Subject string // entry:ID, organisation:ID, or a territory such as bv:22266
	At      time.Time
}

// Most is how many subjects a person may follow.
const Most = 500

// Store keeps what people follow. Following and ceasing leave a row in the record.
type Store interface {
	// Follow adds a subject to those of a person; twice is no error. More than [Most]
	// is fault.Conflict.
	Follow(ctx context.Context, by audit.Actor, person, subject string) error
	// Unfollow takes one away; one that is not followed is no error.
	Unfollow(ctx context.Context, by audit.Actor, person, subject string) error
	// Follows are the subjects that a person follows, the last first.
	Follows(ctx context.Context, person string) ([]Follow, error)
	// Followers are people, each once, in order and above after, who follow one of these.
	Followers(ctx context.Context, subjects []string, after string, limit int) ([]string, error)
}

// Entry and Organisation name what is followed; a territory names itself.
func Entry(id string) string        { return "entry:" + id }
func Organisation(id string) string { return "organisation:" + id }

// Parse reads a subject: the id of an entry, of an organisation, or a territory.
func Parse(subject string) (entry, organisation string, t territory.ID, err error) {
	if id, ok := strings.CutPrefix(subject, "entry:"); ok && id != "" {
		return id, "", t, nil
	}
	if id, ok := strings.CutPrefix(subject, "organisation:"); ok && id != "" {
		return "", id, t, nil
	}
	if id, ok := territory.ParseID(subject); ok {
		return "", "", id, nil
	}
	return "", "", t, fault.New(fault.Invalid, "follow.unknown")
}

// Following says whether the actor of ctx follows a subject.
func Following(ctx context.Context, s Store, subject string) (bool, error) {
	actor := people.Of(ctx)
	if !actor.Known() {
		return false, nil
	}
	all, err := s.Follows(ctx, actor.Person.ID)
	for _, f := range all {
		if f.Subject == subject {
			return true, err
		}
	}
	return false, err
}
