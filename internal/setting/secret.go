package setting

import (
	"context"

	"bassin/internal/audit"
)

// Secrets keeps what a setting needs and nobody may read: it is in no page and no
// row of the record, which says only that it was changed.
type Secrets interface {
	// Secret returns the secret of that name, "" if none is set.
	Secret(ctx context.Context, name string) (string, error)
	// SetSecret sets it, or takes it away if value is "".
	SetSecret(ctx context.Context, by audit.Actor, name, value string) error
}
