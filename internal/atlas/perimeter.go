package atlas

import (
	"context"
	"slices"
	"time"

	"bassin/internal/fault"
	"bassin/internal/territory"
)

// Perimeter is a set of communes that somebody drew, kept under its short address.
type Perimeter struct {
	Code      string    // short address, see territory.France.SetCode
	Communes  []string  // INSEE codes in order, of the vintage
	Vintage   int       // COG year of the codes
	CreatedAt time.Time // UTC
}

// Store keeps perimeters.
type Store interface {
	// Perimeter returns the perimeter of that short address, or fault.NotFound.
	Perimeter(ctx context.Context, code string) (Perimeter, error)
	// SavePerimeter keeps a perimeter; saving one that exists changes nothing.
	SavePerimeter(ctx context.Context, p Perimeter) error
}

// Service holds the rules of custom territories.
type Service struct {
	Store Store
	Now   func() time.Time
}

// Resolve finds a territory from an address or parameter, short addresses of
// sets included. See territory.France.Resolve for the grammar and the errors.
func (s *Service) Resolve(ctx context.Context, f *territory.France, expr string) (*territory.Territory, error) {
	if territory.IsSetCode(expr) {
		expr = string(territory.Custom) + ":" + expr
	}
	return f.Resolve(expr, func(code string) ([]string, error) {
		if !territory.IsSetCode(code) {
			return nil, fault.New(fault.NotFound, "territory.not_found", string(territory.Custom)+":"+code)
		}
		p, err := s.Store.Perimeter(ctx, code)
		return p.Communes, err
	})
}

// Keep stores the set that an expression comes to and returns its territory,
// whose code is the short address. An expression that comes to one published
// territory is returned as such and nothing is stored.
func (s *Service) Keep(ctx context.Context, f *territory.France, expr string) (*territory.Territory, error) {
	t, err := s.Resolve(ctx, f, expr)
	if err != nil || t.Level != territory.Custom {
		return t, err
	}
	codes := f.Codes(t)
	err = s.Store.SavePerimeter(ctx, Perimeter{Code: t.Code, Communes: codes, Vintage: f.Vintage(), CreatedAt: s.Now().UTC()})
	if err != nil {
		return nil, err
	}
	// 50 bits can be made to collide on purpose: whoever came first keeps the address.
	kept, err := s.Store.Perimeter(ctx, t.Code)
	if err == nil && !slices.Equal(kept.Communes, codes) {
		err = fault.New(fault.Conflict, "atlas.set.taken", t.Code)
	}
	return t, err
}
