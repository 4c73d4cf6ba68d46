package people

import (
	"context"
	"slices"

	"bassin/internal/fault"
)

// AdministeredWithout refuses to take away the last person who administers the whole
// installation: fault.Conflict. Asked in a change, it holds until that ends.
func AdministeredWithout(ctx context.Context, r Reader, on Date, person string) error {
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
