package commons

import (
	"context"
	"time"

	"bassin/internal/audit"
	"bassin/internal/job"
	"bassin/internal/territory"
)

// EntryReader is what can be asked of what is kept of entries. What does not exist
// is fault.NotFound. Said is left empty: [Library] joins it.
type EntryReader interface {
	Entry(ctx context.Context, id string) (Entry, error)
	Revision(ctx context.Context, id string) (Revision, error)
	// RevisionOf is the publication of that number.
	RevisionOf(ctx context.Context, entry string, number int) (Revision, error)
}

// EntryTx is one change of the library. What it reads stays as read until it ends.
// It may be run more than once, and comes about as a whole or not at all.
type EntryTx interface {
	// Entry and Revision keep what they return, or that there is none, until the change
	// ends: others who ask for the same wait.
	EntryReader
	Now() time.Time
	NewID() string
	// PutEntry keeps an entry: version 0 is a new row (fault.Conflict if there is one
	// already), else the version goes up by one (fault.Conflict if it is another by now).
	PutEntry(Entry) error
	// PutRevision likewise.
	PutRevision(Revision) error
	// MoveRevisions gives all revisions of an entry its home. Their versions stay:
	// nothing that anybody wrote changes.
	MoveRevisions(entry string, home territory.ID) error
	Record(...audit.Entry)
	Tell(...job.Event)
}

// RevisionFilter chooses revisions; an empty field chooses all.
type RevisionFilter struct {
	Entry  string
	Author string
	States []RevisionState
	Homes  []territory.ID // of one of these, the zero ID being the whole installation; nil is all, empty is none
	Limit  int            // at most 500; 0 is 50
	Offset int
}

// EntryFilter chooses entries that have a row; an empty field chooses all.
type EntryFilter struct {
	IDs    []string
	States []State
	Author string
	After  string // id of the last of the page before, "" for the first
	Limit  int    // at most 1000; 0 is 50
}

// EntryStore keeps entries and their revisions. What changes one leaves a row in the
// record, of subject [EntrySubject] or [RevisionSubject].
type EntryStore interface {
	EntryReader
	// Entries returns those that the filter keeps, by id.
	Entries(ctx context.Context, f EntryFilter) ([]Entry, error)
	// MergedInto are the entries that were merged in each of these, at once or through
	// others, by id.
	MergedInto(ctx context.Context, ids []string) (map[string][]Entry, error)
	// Revisions returns a page of those that the filter keeps, last changed first,
	// and how many there are in all.
	Revisions(ctx context.Context, f RevisionFilter) ([]Revision, int, error)
	// WaitingHomes are the homes of submitted revisions, each once.
	WaitingHomes(ctx context.Context) ([]territory.ID, error)
	// ChangeEntries runs f in a transaction; an error of f undoes everything.
	ChangeEntries(ctx context.Context, f func(EntryTx) error) error
}
