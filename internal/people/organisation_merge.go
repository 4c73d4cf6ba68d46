package people

import (
	"maps"
	"slices"

	"bassin/internal/fault"
)

// JoinOrganisations makes the kept one of two organisations that are one: its own fields, and
// those of the merged one that take names. Empty fields are filled from the merged
// one, and the territories of both are put together, unless take says otherwise.
func JoinOrganisations(kept, merged Organisation, take map[string]bool) Organisation {
	out := kept
	out.Territories = slices.Clone(kept.Territories)
	for _, f := range OrganisationFields {
		theirs, said := take[f]
		switch {
		case f == "state":
		case said && theirs, !said && kept.Get(f) == "":
			out.Set(f, merged.Get(f))
		case !said && f == "territories":
			for _, t := range merged.Territories {
				if !slices.Contains(out.Territories, t) {
					out.Territories = append(out.Territories, t)
				}
			}
		}
	}
	return out
}

// MayMerge says why two organisations cannot be made one, if they cannot.
func MayMerge(kept, merged *Organisation) error {
	switch {
	case kept.ID == merged.ID:
		return fault.New(fault.Invalid, "organisation.merge.itself").In("kept")
	case kept.State == OrganisationMerged || merged.State == OrganisationMerged:
		return fault.New(fault.Conflict, "organisation.merge.already")
	case IsCollectiviteID(merged.ID):
		return fault.New(fault.Invalid, "organisation.merge.collectivite", merged.Name).In("kept")
	}
	return nil
}

// Takeback makes the kept one of an undone merge: each field that the merge changed
// gets what it was, unless it was changed again since; those are named.
func (m Merge) Takeback(now Organisation) (out Organisation, left []string) {
	out = now
	for _, f := range slices.Sorted(maps.Keys(m.After)) {
		if now.Get(f) != m.After[f] {
			left = append(left, f)
			continue
		}
		out.Set(f, m.Before[f])
	}
	return out, left
}
