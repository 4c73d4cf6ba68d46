package observatory

import (
	"context"

	"bassin/internal/territory"
)

// Perimeters finds a territory by what an address holds: level:code, a set
// expression, or a set's short address. Errors are faults.
type Perimeters interface {
	Resolve(ctx context.Context, f *territory.France, expr string) (*territory.Territory, error)
}
