package commons

import (
	"slices"
	"time"

	"bassin/internal/people"
	"bassin/internal/territory"
)

// State says whether an entry is to be seen.
type State string

// The states of an entry.
const (
	Unpublished State = "unpublished" // only its revisions exist, to those who may see them
	Published   State = "published"
	Retired     State = "retired" // still readable, with why and what to take instead
	Hidden      State = "hidden"  // by a moderator: why stands in its place
	Merged      State = "merged"  // it was the same as MergedInto, whose page its address leads to
)

// Entry is one thing of the library. One that catalogues publish needs no row of the
// database until somebody writes about it.
type Entry struct {
	ID         string
	Kind       Kind
	State      State
	Home       territory.ID // whose moderators review it; zero is the whole installation
	Own        Sheet        // what people wrote here; it wins over sources field by field
	Said       []Statement  // what sources say, the most trusted first
	Revision   int          // number of the last one published, 0 if none
	Author     string       // person who proposed it first, "" if a source did
	MergedInto string       // id, if merged
	Successor  string       // id of what to take instead, if retired and there is one
	Reason     string       // why it was retired or hidden
	Version    int64        // 0 if it has no row yet
	CreatedAt  time.Time    // UTC; zero without a row
	UpdatedAt  time.Time    // UTC, of the last publication; zero without a row
}

// Sheet is what the library says of the entry, and on whose word each field is.
func (e *Entry) Sheet() (Sheet, map[string]Origin) { return compose(e.Said, e.Own) }

// Title is its title, in French.
func (e *Entry) Title() string {
	s, _ := e.Sheet()
	return s.Get("title")
}

// Scope is where the right to review it is asked.
func (e *Entry) Scope() people.Scope {
	if e.Home == (territory.ID{}) {
		return people.Everywhere
	}
	return people.Over(e.Home)
}

// Readable says whether everybody may see it.
func (e *Entry) Readable() bool { return e.State == Published || e.State == Retired }

// EntrySubject is how the record of changes names an entry.
func EntrySubject(id string) string { return "entry:" + id }

// RevisionState says what became of a revision.
type RevisionState string

// The states of a revision.
const (
	Draft     RevisionState = "draft"     // its author's alone
	Submitted RevisionState = "submitted" // waits for a moderator
	Accepted  RevisionState = "accepted"  // published
	Refused   RevisionState = "refused"   // with a reason; its author may take it up again
	Withdrawn RevisionState = "withdrawn" // by its author
)

// RevisionStates lists them.
var RevisionStates = []RevisionState{Draft, Submitted, Accepted, Refused, Withdrawn}

// Open says whether its author may still change it.
func (s RevisionState) Open() bool { return s == Draft || s == Submitted || s == Refused }

// Revision is a version of an entry, or one that somebody proposes.
type Revision struct {
	ID        string
	Entry     string
	Kind      Kind         // of the entry, which a first revision decides
	Home      territory.ID // likewise
	Number    int          // of the publication, 0 before
	Base      int          // number of the publication it was written on, 0 for a first one
	Sheet     Sheet        // the entry's Own as it would be
	Note      string       // of its author: why
	Author    string       // person, "" for the console or an import
	State     RevisionState
	Reviewer  string // person who accepted or refused it
	Answer    string // of the reviewer; it stays while its author takes a refused one up again
	CreatedAt time.Time
	UpdatedAt time.Time
	DecidedAt time.Time // zero before
	Version   int64
}

// RevisionSubject is how the record of changes names a revision.
func RevisionSubject(id string) string { return "revision:" + id }

// Scope is where the right to review it is asked.
func (r *Revision) Scope() people.Scope {
	e := Entry{Home: r.Home}
	return e.Scope()
}

// Missing are the fields without which it cannot be published.
func Missing(k Kind, s Sheet) []string {
	var out []string
	for _, f := range FieldsOf(k) {
		if f.Needed && s.Get(f.Name) == "" {
			out = append(out, f.Name)
		}
	}
	return out
}

// Territories are those that a sheet names.
func (s Sheet) Territories() []territory.ID {
	var out []territory.ID
	for _, v := range s["territories"] {
		if id, ok := territory.ParseID(v); ok && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
