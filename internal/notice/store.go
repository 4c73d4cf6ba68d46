package notice

import (
	"context"
	"time"

	"bassin/internal/audit"
	"bassin/internal/job"
)

// Store keeps notices and how people want to be told. Choices are recorded; that
// a notice arrives or is read is no decision of anybody's but the state of a
// delivery, as the outbox is, and leaves nothing in the record.
type Store interface {
	// Arrive keeps a notice as its person chose, and leaves the mail with it if they
	// want such notices by mail at once. A second arrival under the same id does
	// nothing, nor does one for somebody who was erased. It says whether the notice is new.
	Arrive(ctx context.Context, a Arrival) (bool, error)
	// Arrived says when a notice arrived, zero if it never did or is forgotten.
	Arrived(ctx context.Context, id string) (time.Time, error)

	// Notices are a person's, unread first, then newest first.
	Notices(ctx context.Context, person string, offset, limit int) (List, error)
	// Unread is how many a person has not read.
	Unread(ctx context.Context, person string) (int, error)
	// Read marks one of a person's as read and returns it; fault.NotFound if they have no such.
	Read(ctx context.Context, person, id string, at time.Time) (Kept, error)
	// ReadAll marks as read all that arrived until then: not what came since the page was shown.
	ReadAll(ctx context.Context, person string, until, at time.Time) error

	// Choices are those a person has made.
	Choices(ctx context.Context, person string) (Choices, error)
	// Choose changes the choices given and leaves the others. What waited for a digest
	// that is not wanted any more waits no longer.
	Choose(ctx context.Context, by audit.Actor, person string, c Choices) error
	// StopToken is the token that stops mails of a subject, or the [Digest].
	StopToken(ctx context.Context, person string, s Subject) (string, error)
	// Stopping says what a token would stop, and whether there is anything left to stop.
	Stopping(ctx context.Context, token string) (s Subject, on bool, err error)
	// Stop stops it. Stopping twice is no error.
	Stop(ctx context.Context, token string) (Subject, error)

	// Waiting are ids of people, above after and in order, for whom notices wait for the digest.
	Waiting(ctx context.Context, after string, limit int) ([]string, error)
	// LeaveDigest leaves a person's digest: write makes it of those unread, newest
	// first, or returns nil for none. They wait no longer, in the same transaction. It
	// says whether one was left.
	LeaveDigest(ctx context.Context, person string, write func([]Kept) (*job.Event, error)) (bool, error)

	// ForgetRead deletes what was read before then and says how many.
	ForgetRead(ctx context.Context, before time.Time) (int, error)
}

// Arrival is a notice on its way in.
type Arrival struct {
	ID     string // of what brings it
	Notice Notice
	At     time.Time
	Mail   *job.Event // for who wants it at once; nil for somebody who gets no mail
}

// Kept is a notice as it is kept.
type Kept struct {
	ID string
	Notice
	Arrived time.Time
	Read    time.Time // zero if it is unread
}

// List is a part of a person's notices.
type List struct {
	Notices     []Kept
	All, Unread int // of the person
}

// Readers tells who people are to those who write to them.
type Readers interface {
	// Reader is the person of that id, or fault.NotFound.
	Reader(ctx context.Context, person string) (Reader, error)
}
