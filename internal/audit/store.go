package audit

import (
	"context"
	"iter"
	"time"
)

// Store keeps the record. Features don't write to it: the store writes each
// change's entries in the transaction of the change.
type Store interface {
	// Record keeps entries that go with no other change, such as a sign-in refused.
	Record(ctx context.Context, entries ...Entry) error
	// Rows are all rows in order.
	Rows(ctx context.Context) iter.Seq2[Row, error]
	// Find returns the newest rows first.
	Find(ctx context.Context, f Filter) ([]Row, error)
	// Head is the end of the chain.
	Head(ctx context.Context) (Head, error)
	// Key returns the key of a person, nil if they have none or were erased.
	Key(ctx context.Context, person string) ([]byte, error)
	// Erase destroys a person's key and all that the store keeps of them, and
	// records that it did. Erasing twice is no error and records nothing more.
	Erase(ctx context.Context, by Actor, person string) error
}

// Filter chooses rows; an empty field chooses all.
type Filter struct {
	By      Actor
	Action  string    // its beginning, such as "perimeter."
	Subject string    // the whole
	Since   time.Time // from then on
	Until   time.Time // before then
	Before  int64     // rows before that number, for the next page
	Limit   int       // at most 500; 0 is 100
}
