package people

import (
	"context"
	"slices"

	"bassin/internal/fault"
)

// AdministeredWithout refuses to take away the last person who administers the whole
// installation: fault.Conflict.
func AdministeredWithout(ctx context.Context, r interface {
	Administrators(ctx context.Context, on Date) ([]Mandate, error)
}, on Date, person string) error {
	held, err := r.Administrators(ctx, on)
	if err != nil {
		return err
	}
	theirs := slices.ContainsFunc(held, func(m Mandate) bool { return m.Person == person })
	if theirs && !slices.ContainsFunc(held, func(m Mandate) bool { return m.Person != person }) {
		return fault.New(fault.Conflict, "people.last")
	}
	return nil
}
