package personal

import (
	"context"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/people"
)

// Holding is a table that keeps something of people. Its purpose, its legal basis, who
// reads it and for how long are the texts personal.table.NAME.* of the catalogue.
type Holding struct {
	Table   string
	Columns []string // that tell of the person, in the order in which they are shown
	Public  bool     // some of it is shown to everyone: mandates of public functions
	Rows    int      // kept now, of everybody
}

// Part is what one table keeps of one person.
type Part struct {
	Holding
	Values [][]any // by row, then by column: string, int64, time.Time (UTC), or nil
}

// Store tells what is kept of people.
type Store interface {
	// Holdings are the tables that keep something of people, with how much.
	Holdings(ctx context.Context) ([]Holding, error)
	// DataOf is all that is kept of a person, but secrets, which prove who they are and tell
	// nothing of them. At most [MostRows] rows of a table are given.
	DataOf(ctx context.Context, person string) ([]Part, error)
	// ErasePerson deletes all that tells of a person, see people.Store.
	ErasePerson(ctx context.Context, by audit.Actor, person string, may func(people.Reader) error) error
}

// MostRows is how many rows of one table are given at once.
const MostRows = 10000

// Service holds the rules of one's own data.
type Service struct {
	Store Store
	Now   func() time.Time
	Zone  *time.Location
}

// Erase erases a person for good: what tells of them is deleted, the key of what the
// record holds of them destroyed, their mandates ended. Old copies that are brought
// back lose them again. The last administrator is fault.Conflict: somebody must be
// able to open the door.
func (s *Service) Erase(ctx context.Context, by audit.Actor, person string) error {
	return s.Store.ErasePerson(ctx, by, person, func(r people.Reader) error {
		p, err := r.Person(ctx, person)
		if err != nil {
			return err
		}
		if p.State == people.Erased {
			return fault.New(fault.Gone, "people.erased")
		}
		err = people.AdministeredWithout(ctx, r, people.DateOf(s.Now(), s.Zone), person)
		if fault.CodeOf(err) == fault.Conflict {
			return fault.New(fault.Conflict, "personal.last")
		}
		return err
	})
}
