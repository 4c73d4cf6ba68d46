package people

import (
	"context"

	"bassin/internal/fault"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
)

// Reach answers [Covers] from the snapshot of the request.
type Reach struct {
	// Resolve finds a territory, custom ones too: atlas.Service does.
	Resolve func(ctx context.Context, f *territory.France, expr string) (*territory.Territory, error)
	// ActsIn are the territories where an organisation acts.
	ActsIn func(ctx context.Context, organisation string) ([]territory.ID, error)
}

// Covers says whether inner is inside outer: all communes of one are among those of the
// other; an organisation is where it acts. A territory that exists no more holds nothing.
func (r Reach) Covers(ctx context.Context, outer, inner Scope) (bool, error) {
	if outer.Organisation != "" || inner == Everywhere {
		return false, nil
	}
	wide, err := r.communes(ctx, outer.Territory)
	if err != nil || wide == nil {
		return false, err
	}
	in := []territory.ID{inner.Territory}
	if inner.Organisation != "" {
		if in, err = r.ActsIn(ctx, inner.Organisation); err != nil {
			return false, err
		}
	}
	for _, id := range in {
		narrow, err := r.communes(ctx, id)
		if err != nil || narrow == nil || !within(narrow, wide) {
			return false, err
		}
	}
	return len(in) > 0, nil
}

func (r Reach) communes(ctx context.Context, id territory.ID) ([]int32, error) {
	t, err := r.Resolve(ctx, snapshot.FromContext(ctx).France, id.String())
	switch fault.CodeOf(err) {
	case "":
		return t.Communes(), nil
	case fault.NotFound, fault.Gone, fault.Invalid:
		return nil, nil
	}
	return nil, err
}

// within says whether all of narrow are in wide; both are in order.
func within(narrow, wide []int32) bool {
	if len(narrow) == 0 || len(narrow) > len(wide) {
		return false
	}
	i := 0
	for _, n := range narrow {
		for i < len(wide) && wide[i] < n {
			i++
		}
		if i == len(wide) || wide[i] != n {
			return false
		}
	}
	return true
}
