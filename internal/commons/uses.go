package commons

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"bassin/internal/people"
	"bassin/internal/territory"
)

// adoptionPage is how many are read at once.
const adoptionPage = 5000

// read returns all adoptions that a filter keeps.
func (s *Adoptions) read(ctx context.Context, f AdoptionFilter) ([]Adoption, error) {
	f.Limit = adoptionPage
	var out []Adoption
	for {
		page, err := s.Store.Adoptions(ctx, f)
		out = append(out, page...)
		if err != nil || len(page) < adoptionPage {
			return out, err
		}
		f.After = page[len(page)-1].ID
	}
}

// better orders adoptions of one entry by one organisation: what holds first, then the
// last changed.
func better(on people.Date) func(a, b Adoption) int {
	rank := map[AdoptionState]int{Verified: 0, Expired: 1, Declared: 2, Ended: 3}
	return func(a, b Adoption) int {
		return cmp.Or(cmp.Compare(rank[a.State(on)], rank[b.State(on)]), b.UpdatedAt.Compare(a.UpdatedAt), cmp.Compare(a.ID, b.ID))
	}
}

// Of are the uses of an entry and of those merged in it, the verified ones first. Of
// several by one organisation, which only a merge leaves, the best is kept besides
// those that ended.
func (s *Adoptions) Of(ctx context.Context, entry string, on people.Date) ([]Adoption, error) {
	same, err := s.Library.sameAs(ctx, entry)
	if err != nil {
		return nil, err
	}
	found, err := s.read(ctx, AdoptionFilter{Entries: same})
	if err != nil {
		return nil, err
	}
	return once(found, on, func(a Adoption) string { return a.Organisation }), nil
}

// once keeps the best open adoption of each key, and all that ended.
func once(found []Adoption, on people.Date, key func(Adoption) string) []Adoption {
	slices.SortFunc(found, better(on))
	seen := map[string]bool{}
	return slices.DeleteFunc(found, func(a Adoption) bool {
		if a.State(on) == Ended {
			return false
		}
		double := seen[key(a)]
		seen[key(a)] = true
		return double
	})
}

// By are the uses of an organisation, each with the entry that it is shown under now.
func (s *Adoptions) By(ctx context.Context, on people.Date, organisations ...string) ([]Adoption, error) {
	found, err := s.read(ctx, AdoptionFilter{Organisations: append([]string{}, organisations...)})
	if err != nil {
		return nil, err
	}
	kept := map[string]string{}
	for i, a := range found {
		if _, known := kept[a.Entry]; !known {
			kept[a.Entry] = a.Entry
			if e, err := s.Library.follow(ctx, a.Entry); err == nil {
				kept[a.Entry] = e.ID
			}
		}
		found[i].Entry = kept[a.Entry]
	}
	return once(found, on, func(a Adoption) string { return a.Organisation + " " + a.Entry }), nil
}

// Uses tells of entries how many organisations use them, as verified, and of which kinds.
func (s *Adoptions) Uses(ctx context.Context, ids []string, on people.Date) (map[string]Use, error) {
	shown := map[string]string{} // by entry, the one that it counts for
	for _, id := range ids {
		shown[id] = id
	}
	merged, err := s.Library.Store.MergedInto(ctx, ids)
	if err != nil {
		return nil, err
	}
	for id, list := range merged {
		for _, m := range list {
			shown[m.ID] = id
		}
	}
	all := make([]string, 0, len(shown))
	for id := range shown {
		all = append(all, id)
	}
	users, known := map[string]map[string]bool{}, map[string]bool{}
	for part := range slices.Chunk(all, 1000) {
		found, err := s.read(ctx, AdoptionFilter{Entries: part, Open: true})
		if err != nil {
			return nil, err
		}
		for _, a := range found {
			if a.State(on) != Verified {
				continue
			}
			id := shown[a.Entry]
			if users[id] == nil {
				users[id] = map[string]bool{}
			}
			users[id][a.Organisation], known[a.Organisation] = true, true
		}
	}
	bodies, err := s.Organisations(ctx, keys(known))
	if err != nil {
		return nil, err
	}
	out := map[string]Use{}
	for id, list := range users {
		u := Use{Verified: len(list)}
		for o := range list {
			if b, ok := bodies[o]; ok {
				u.Kinds = addOnce(u.Kinds, string(b.Kind))
			}
		}
		slices.Sort(u.Kinds)
		out[id] = u
	}
	return out, nil
}

func keys(set map[string]bool) []string {
	out := make([]string, 0, len(set))
	for k := range set {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Year is the year from which an adoption says the entry is used, that of its
// statement if it does not.
func (a Adoption) Year() int {
	if len(a.Since) >= 4 {
		if y, err := strconv.Atoi(a.Since[:4]); err == nil {
			return y
		}
	}
	return a.CreatedAt.Year()
}

// In says whether it was used at the end of a year, as far as somebody verified it.
func (a Adoption) In(year int) bool {
	if a.VerifiedOn == "" || a.Year() > year {
		return false
	}
	return a.EndedOn == "" || string(a.EndedOn) > strconv.Itoa(year)+"-12-31"
}

// Used is how an entry is used by organisations of some territories.
type Used struct {
	Entry         string
	Verified      int // organisations
	Organisations []string
}

// Around are the entries that organisations of these territories use, verified or said,
// the most used first. A département's or a région's organisation is of its commune
// only where such a territory is asked for: what it uses says little of one place.
func (s *Adoptions) Around(ctx context.Context, f *territory.France, places []territory.ID, on people.Date) ([]Used, error) {
	found, err := s.read(ctx, AdoptionFilter{Open: true})
	if err != nil || len(found) == 0 || len(places) == 0 {
		return nil, err
	}
	users := map[string]bool{}
	for _, a := range found {
		users[a.Organisation] = true
	}
	bodies, err := s.Organisations(ctx, keys(users))
	if err != nil {
		return nil, err
	}
	near := Nearby(f, places)
	var ids []string
	for id := range users {
		if o, ok := bodies[id]; ok && near(&o) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return s.usedBy(ctx, ids, on)
}

// Nearby tells which organisations act in one of these territories.
func Nearby(f *territory.France, places []territory.ID) func(*people.Organisation) bool {
	communes := map[int32]bool{}
	wide := false
	for _, id := range places {
		wide = wide || !local(id.Level)
		if t, ok := f.Territory(id); ok {
			for _, n := range t.Communes() {
				communes[n] = true
			}
		}
	}
	return func(o *people.Organisation) bool {
		for _, id := range o.Territories {
			t, ok := f.Territory(id)
			if ok && (wide || local(id.Level)) && slices.ContainsFunc(t.Communes(), func(n int32) bool { return communes[n] }) {
				return true
			}
		}
		return false
	}
}

// local says whether a level is that of places where people live their everyday.
func local(l territory.Level) bool {
	return l != territory.Departement && l != territory.Region && l != territory.Pays
}

// usedBy are the entries that organisations use, the most used first.
func (s *Adoptions) usedBy(ctx context.Context, ids []string, on people.Date) ([]Used, error) {
	var found []Adoption
	for part := range slices.Chunk(ids, 1000) {
		of, err := s.By(ctx, on, part...)
		if err != nil {
			return nil, err
		}
		found = append(found, of...)
	}
	at := map[string]int{}
	var out []Used
	for _, a := range found {
		state := a.State(on)
		if state == Ended || state == Expired {
			continue
		}
		i, known := at[a.Entry]
		if !known {
			i = len(out)
			at[a.Entry] = i
			out = append(out, Used{Entry: a.Entry})
		}
		if state == Verified {
			out[i].Verified++
		}
		out[i].Organisations = append(out[i].Organisations, a.Organisation)
	}
	slices.SortStableFunc(out, func(a, b Used) int {
		return cmp.Or(cmp.Compare(b.Verified, a.Verified), cmp.Compare(len(b.Organisations), len(a.Organisations)), cmp.Compare(a.Entry, b.Entry))
	})
	return out, nil
}
