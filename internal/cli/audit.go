package cli

import (
	"context"
	"errors"
	"fmt"

	"bassin/internal/audit"
	"bassin/internal/i18n"
)

type auditCommands struct {
	Verify verifyCommand `cmd:"" help:"Find any row of the record changed, removed or inserted."`
}

type verifyCommand struct {
	Kept kept     `embed:""`
	Head []string `help:"Head of the record noted earlier, as each backup prints it; may be given again."`
}

// Validate refuses what is no head.
func (c verifyCommand) Validate() error {
	_, err := c.heads()
	return err
}

func (c verifyCommand) heads() (out []audit.Head, err error) {
	for _, s := range c.Head {
		h, err := audit.ParseHead(s)
		if err != nil {
			return nil, fmt.Errorf("--head: %w", err)
		}
		out = append(out, h)
	}
	return out, nil
}

// Run verifies the record and says what is wrong, if anything is.
func (c verifyCommand) Run(ctx context.Context, env Environment) (err error) {
	catalog, err := i18n.Load()
	if err != nil {
		return err
	}
	heads, err := c.heads()
	if err != nil {
		return err
	}
	db, err := openExisting(ctx, catalog, "--store", c.Kept.dsn())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	r, err := audit.Verify(ctx, db, heads...)
	if err != nil {
		return said(catalog, "--store", err)
	}
	for _, p := range r.Problems {
		fmt.Fprintln(env.Stdout, p)
	}
	if len(r.Problems) > 0 {
		return fmt.Errorf("the record does not hold: see above (%d rows read)", r.Rows)
	}
	fmt.Fprintf(env.Stdout, "the record is whole: %d rows\nhead of the record: %s\n", r.Rows, r.Head)
	if len(heads) == 0 {
		fmt.Fprintln(env.Stdout, "give --head with a head noted earlier to prove that its end was not cut off")
	}
	return nil
}
