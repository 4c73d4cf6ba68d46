package commons

import (
	"context"
	"time"

	"bassin/internal/audit"
	"bassin/internal/job"
)

// CommunityReader is what can be asked of what people say around entries. What does
// not exist is fault.NotFound.
type CommunityReader interface {
	Comment(ctx context.Context, id string) (Comment, error)
	Credit(ctx context.Context, id string) (Credit, error)
	SavedSearch(ctx context.Context, id string) (SavedSearch, error)
	// ContributorPage is by what the public page of a person is found, "" if they have none.
	ContributorPage(ctx context.Context, person string) (string, error)
}

// CommunityTx is one change of it: see [EntryTx].
type CommunityTx interface {
	CommunityReader
	Now() time.Time
	NewID() string
	// The Put methods keep a row: version 0 is a new one (fault.Conflict if there is one
	// already), else the version goes up by one (fault.Conflict if it is another by now).
	PutComment(Comment) error
	PutCredit(Credit) error
	PutSearch(SavedSearch) error
	DropSearch(id string) error
	// SetContributorPage gives a person their public page, "" for none.
	SetContributorPage(person, page string) error
	Record(...audit.Entry)
	Tell(...job.Event)
}

// CommentFilter chooses comments; an empty field chooses all.
type CommentFilter struct {
	Entries []string
	Author  string
	States  []CommentState
	Limit   int // at most 500; 0 is 50
	Offset  int
}

// CreditFilter chooses credits; an empty field chooses all.
type CreditFilter struct {
	Entry         string
	Person        string
	Organisations []string
	States        []CreditState
}

// CommunityStore keeps what people say around entries. What changes it leaves a row in
// the record.
type CommunityStore interface {
	CommunityReader
	// Comments returns a page of them, the oldest first, and how many there are in all.
	Comments(ctx context.Context, f CommentFilter) ([]Comment, int, error)
	// Credits returns them, by day; at most 500.
	Credits(ctx context.Context, f CreditFilter) ([]Credit, error)
	// Contributor is the person of a public page, or fault.NotFound.
	Contributor(ctx context.Context, page string) (string, error)
	// Searches are those of a person, by name.
	Searches(ctx context.Context, person string) ([]SavedSearch, error)
	// SearchesDue are those told last before then, with ids above after, in order.
	SearchesDue(ctx context.Context, often Often, before time.Time, after string, limit int) ([]SavedSearch, error)
	// See notes entries that the library holds: those never noted before are new since
	// that moment; none of the first that are ever noted is.
	See(ctx context.Context, entries []string, at time.Time) (fresh int, err error)
	// SeenSince are the entries that are new since after that moment, at most so many.
	SeenSince(ctx context.Context, after time.Time, limit int) ([]string, error)
	ChangeCommunity(ctx context.Context, f func(CommunityTx) error) error
	// ForgetHidden deletes what comments said that were hidden before then.
	ForgetHidden(ctx context.Context, before time.Time) (int, error)
}
