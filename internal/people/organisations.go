package people

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/names"
)

// Organisations holds the rules of organisations: who may change what, what is there
// already, what looks alike. Contexts are those of a request, with its snapshot.
type Organisations struct {
	Store OrganisationStore
}

func france(ctx context.Context) *territory.France { return snapshot.FromContext(ctx).France }

// Find returns an organisation: its row, or for a collectivité without one what the
// snapshot says of it.
func (s *Organisations) Find(ctx context.Context, id string) (Organisation, error) {
	o, err := s.Store.Organisation(ctx, id)
	if fault.CodeOf(err) == fault.NotFound {
		if c, ok := CollectiviteByID(france(ctx), id); ok {
			return c, nil
		}
	}
	return o, err
}

// Follow returns the organisation that id leads to: itself, or that in which it was merged.
func (s *Organisations) Follow(ctx context.Context, id string) (Organisation, error) {
	o, err := s.Find(ctx, id)
	for range 50 { // merges make no circle, but for a defect
		if err != nil || o.State != OrganisationMerged {
			break
		}
		o, err = s.Find(ctx, o.MergedInto)
	}
	return o, err
}

// All returns the organisations of these ids, by id: those that there are.
func (s *Organisations) All(ctx context.Context, ids []string) (map[string]Organisation, error) {
	out := make(map[string]Organisation, len(ids))
	for part := range slices.Chunk(ids, 500) {
		rows, _, err := s.Store.Organisations(ctx, OrganisationFilter{IDs: part, Limit: 1000})
		if err != nil {
			return nil, err
		}
		for _, o := range rows {
			out[o.ID] = o
		}
	}
	for _, id := range ids {
		if _, there := out[id]; there {
			continue
		}
		if c, ok := CollectiviteByID(france(ctx), id); ok {
			out[id] = c
		}
	}
	return out, nil
}

// Establishment is the id of the organisation that has a SIRET, else of the one whose
// SIREN it begins with, if only one has it and no other establishment is meant; "" for none.
func (s *Organisations) Establishment(ctx context.Context, siret string) (string, error) {
	if len(siret) != 14 {
		return "", nil
	}
	found, err := s.Known(ctx, siret[:9])
	if err != nil {
		return "", err
	}
	whole := ""
	for _, o := range found {
		switch {
		case o.SIRET == siret:
			return o.ID, nil
		case o.SIRET == "" && whole != "":
			return "", nil
		case o.SIRET == "":
			whole = o.ID
		}
	}
	return whole, nil
}

// ActsIn are the territories where an organisation acts, none if there is no such one.
func (s *Organisations) ActsIn(ctx context.Context, id string) ([]territory.ID, error) {
	o, err := s.Follow(ctx, id)
	if fault.CodeOf(err) == fault.NotFound {
		return nil, nil
	}
	return o.Territories, err
}

// Known returns the organisations that have a number: rows, and the collectivité of
// a SIREN.
func (s *Organisations) Known(ctx context.Context, number string) ([]Organisation, error) {
	f := OrganisationFilter{Query: number, Limit: 20}
	siren, siret, rna := f.Numbers()
	if siret != "" {
		siren = siret[:9]
	}
	if siren == "" && rna == "" {
		return nil, nil
	}
	out, _, err := s.Store.Organisations(ctx, OrganisationFilter{SIREN: siren, RNA: rna, Limit: 20})
	if err != nil {
		return nil, err
	}
	if c, ok := CollectiviteBySIREN(france(ctx), siren); ok && !slices.ContainsFunc(out, func(o Organisation) bool { return o.ID == c.ID }) {
		c, err = s.Follow(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		out = append([]Organisation{c}, out...)
	}
	return out, nil
}

// Search returns the organisations that have a name or a number, at most so many:
// those of the very name first, then those that begin so; among equals, collectivités
// of the snapshot before the others, these by name.
func (s *Organisations) Search(ctx context.Context, typed string, limit int) ([]Organisation, error) {
	if known, err := s.Known(ctx, typed); err != nil || len(known) > 0 {
		return known, err
	}
	var out []Organisation
	seen := map[string]bool{}
	for _, id := range s.Named(ctx, typed, limit) {
		for _, c := range Collectivites(france(ctx), id) {
			if seen[c.ID] || len(out) >= limit {
				continue
			}
			seen[c.ID] = true
			o, err := s.Follow(ctx, c.ID)
			if err != nil {
				return nil, err
			}
			out = append(out, o)
		}
	}
	// More than are returned: the exact name may come late in the order of names.
	rows, _, err := s.Store.Organisations(ctx, OrganisationFilter{Query: typed, Limit: 1000})
	for _, o := range rows {
		if !seen[o.ID] {
			out = append(out, o)
		}
	}
	typed = strings.Join(Fold(typed), " ")
	slices.SortStableFunc(out, func(a, b Organisation) int { return cmp.Compare(a.asTyped(typed), b.asTyped(typed)) })
	return out[:min(len(out), limit)], err
}

// asTyped says how near a name is to folded words: 0 for the very name, the short one
// or that of the territory it governs, 1 for one that begins so, 2 for the rest.
func (o *Organisation) asTyped(folded string) int {
	name := strings.Join(Fold(o.Name), " ")
	switch {
	case name == folded, strings.Join(Fold(o.ShortName), " ") == folded, IsCollectiviteID(o.ID) && strings.Join(Fold(NameOfCollectivite(o.Name)), " ") == folded:
		return 0
	case strings.HasPrefix(name, folded+" "):
		return 1
	}
	return 2
}

// Named are the territories with a collectivité whose name begins words as was typed;
// names a letter away are for where nothing is spelled so.
func (s *Organisations) Named(ctx context.Context, typed string, limit int) []territory.ID {
	snap := snapshot.FromContext(ctx)
	name := NameOfCollectivite(typed)
	var exact, near []territory.ID
	for _, m := range snap.Names.Search(name, names.Options{Limit: limit, Levels: Governed}) {
		t, ok := snap.France.Territory(m.ID)
		if !ok {
			continue
		}
		near = append(near, t.ID)
		has := " " + strings.Join(Fold(t.Name), " ")
		if !slices.ContainsFunc(Fold(name), func(w string) bool { return !strings.Contains(has, " "+w) }) {
			exact = append(exact, t.ID)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return near
}

// Governed are the levels that collectivités govern.
var Governed = []territory.Level{territory.Commune, territory.EPCI, territory.EPT, territory.Departement, territory.Region}

// NameOfCollectivite takes off what people write before the name of a territory:
// mairie de Rostrenen is to be found by Rostrenen.
func NameOfCollectivite(typed string) string {
	words := strings.Fields(typed)
	drop := func(list ...string) {
		for len(words) > 1 && slices.Contains(list, strings.Join(Fold(words[0]), " ")) {
			words = words[1:]
		}
	}
	all := len(words)
	drop("mairie", "commune", "ville", "departement", "conseil", "departemental", "region", "regional")
	if len(words) < all {
		drop("de", "du", "des")
	}
	rest := strings.Join(words, " ")
	for _, p := range []string{"d'", "d’", "l'", "l’"} {
		if len(words) < all {
			rest = strings.TrimPrefix(rest, p)
		}
	}
	return rest
}

// Lookalike is an organisation that may be the one in question.
type Lookalike struct {
	Organisation
	Likeness
}

// Those that may look like an organisation are sought by so many of its traits, its
// words by so many of their first bytes.
const (
	mostAsked  = 8
	wordBegins = 4
)

// Lookalikes are the organisations that look like o, rows and collectivités, the
// likest first.
func (s *Organisations) Lookalikes(ctx context.Context, o Organisation) ([]Lookalike, error) {
	f := france(ctx)
	var around []Organisation
	ask := []OrganisationFilter{}
	if o.SIREN != "" {
		ask = append(ask, OrganisationFilter{SIREN: o.SIREN})
	}
	if o.Commune != "" {
		ask = append(ask, OrganisationFilter{Communes: []string{o.Commune}})
	}
	for _, t := range terms(o.Name, nil) {
		if t.weight == 1 && len(ask) < mostAsked {
			ask = append(ask, OrganisationFilter{Query: strings.ToValidUTF8(t.text[:min(len(t.text), wordBegins)], "")}) // a mistake comes later in a word
		}
	}
	for _, q := range ask {
		q.Limit = 1000
		found, _, err := s.Store.Organisations(ctx, q)
		if err != nil {
			return nil, err
		}
		around = append(around, found...)
	}
	for _, id := range append([]territory.ID{{Level: territory.Commune, Code: o.Commune}}, o.Territories...) {
		for _, c := range Collectivites(f, id) {
			row, err := s.Find(ctx, c.ID)
			if err != nil {
				return nil, err
			}
			around = append(around, row)
		}
	}
	ready := make([]compared, len(around))
	for i := range around {
		ready[i] = named(f, &around[i])
	}
	return likely(f, named(f, &o), ready), nil
}

// likely are those among around that look like o, each once, the likest first.
func likely(f *territory.France, o compared, around []compared) []Lookalike {
	var out []Lookalike
	seen := map[string]bool{o.ID: true}
	for _, other := range around {
		if seen[other.ID] || other.State == OrganisationMerged {
			continue
		}
		seen[other.ID] = true
		if l := alike(f, o, other); l.Score >= Likely {
			out = append(out, Lookalike{*other.Organisation, l})
		}
	}
	slices.SortStableFunc(out, func(a, b Lookalike) int { return cmp.Or(-cmp.Compare(a.Score, b.Score), strings.Compare(a.ID, b.ID)) })
	return out
}

// Resembling refuses to create an organisation that looks like others until somebody
// says that it is none of them.
type Resembling struct{ Others []Lookalike }

func (e *Resembling) Error() string { return e.Unwrap().Error() }

// Unwrap makes it a fault.Conflict to fault.CodeOf and to those who show it.
func (e *Resembling) Unwrap() error { return fault.New(fault.Conflict, "organisation.resembling") }

// MayCreate is nil if the actor may create an organisation that acts there: in every
// territory it names; one that names none acts everywhere.
func (s *Organisations) MayCreate(ctx context.Context, actor *Actor, in []territory.ID) error {
	if len(in) == 0 {
		return actor.Require(ctx, "organisation.create", Everywhere)
	}
	for _, t := range in {
		d, err := actor.May(ctx, "organisation.create", Over(t))
		switch {
		case err != nil:
			return err
		case d.Why == OutOfScope:
			return fault.New(fault.Forbidden, "organisation.territories.outside").In("territories")
		case !d.May:
			return d.Err()
		}
	}
	return nil
}

// Create keeps a new organisation. Others lists those that it looks like and is not;
// if there are more, the error is a *[Resembling]. A number that another has is a
// *[Taken], that of a collectivité too.
func (s *Organisations) Create(ctx context.Context, actor *Actor, o Organisation, others []string) (Organisation, error) {
	o, err := o.Tidied(france(ctx))
	if err != nil {
		return o, err
	}
	if err := s.MayCreate(ctx, actor, o.Territories); err != nil {
		return o, err
	}
	if c, ok := CollectiviteBySIREN(france(ctx), o.SIREN); ok && o.SIRET == "" {
		if c, err = s.Follow(ctx, c.ID); err != nil {
			return o, err
		}
		return o, &Taken{Field: "siren", Other: c}
	}
	alike, err := s.Lookalikes(ctx, o)
	if err != nil {
		return o, err
	}
	for _, l := range alike {
		if o.SIRET != "" && l.SIRET == o.SIRET || o.RNA != "" && l.RNA == o.RNA {
			continue // the store says so, and why
		}
		if !slices.Contains(others, l.ID) {
			return o, &Resembling{alike}
		}
	}
	made, err := s.Store.CreateOrganisations(ctx, actor.By(), []NewOrganisation{{Organisation: o, Apart: withRows(alike)}})
	if err != nil {
		return o, err
	}
	return made[0], nil
}

// withRows are the ids of those that can be set apart from another: without a row there
// is nothing to note on.
func withRows(list []Lookalike) []string {
	var out []string
	for _, l := range list {
		if l.Version > 0 {
			out = append(out, l.ID)
		}
	}
	return out
}

// Ensure makes the row of a collectivité that something is about to refer to. Who may
// do that something may have the row made; other organisations are returned as they are.
func (s *Organisations) Ensure(ctx context.Context, by audit.Actor, id string) (Organisation, error) {
	o, err := s.Follow(ctx, id)
	if err != nil || o.Version > 0 {
		return o, err
	}
	o, err = s.Store.EnsureOrganisation(ctx, by, o)
	if taken, ok := errors.AsType[*Taken](err); ok {
		return taken.Other, nil // entered by hand before
	}
	return o, err
}

// MayUpdate says whether the actor may change an organisation, and why.
func (s *Organisations) MayUpdate(ctx context.Context, actor *Actor, id string) (Decision, error) {
	return actor.May(ctx, "organisation.update", In(id))
}

// Update changes the fields that people edit; of a collectivité without a row,
// version 0, it makes the row first. Errors as OrganisationStore.UpdateOrganisation.
func (s *Organisations) Update(ctx context.Context, actor *Actor, id string, version int64, change func(Organisation) (Organisation, error)) (Organisation, error) {
	d, err := s.MayUpdate(ctx, actor, id)
	if err == nil {
		err = d.Err()
	}
	if err != nil {
		return Organisation{}, err
	}
	f := france(ctx)
	checked := func(o Organisation) (Organisation, error) {
		next, err := change(o)
		if err != nil {
			return next, err
		}
		if IsCollectiviteID(o.ID) && next.Kind != o.Kind {
			return next, fault.New(fault.Invalid, "organisation.kind.collectivite").In("kind")
		}
		return next.Tidied(f)
	}
	if version == 0 && IsCollectiviteID(id) {
		o, err := s.Find(ctx, id)
		if err != nil {
			return Organisation{}, err
		}
		if o.Version == 0 {
			if _, err := checked(o); err != nil { // before a row is made for nothing
				return Organisation{}, err
			}
			if o, err = s.Ensure(ctx, actor.By(), id); err != nil {
				return Organisation{}, err
			}
			id, version = o.ID, o.Version
		}
	}
	return s.Store.UpdateOrganisation(ctx, actor.By(), id, version, checked)
}

// mayMerge is nil if the actor may merge both organisations.
func (s *Organisations) mayMerge(ctx context.Context, actor *Actor, ids ...string) error {
	for _, id := range ids {
		if err := actor.Require(ctx, "organisation.merge", In(id)); err != nil {
			return err
		}
	}
	return nil
}

// Merge makes one of two organisations, see [JoinOrganisations] for take.
func (s *Organisations) Merge(ctx context.Context, actor *Actor, of MergeOf, take map[string]bool) (Merge, error) {
	if err := s.mayMerge(ctx, actor, of.Kept, of.Merged); err != nil {
		return Merge{}, err
	}
	if of.KeptVersion == 0 {
		o, err := s.Ensure(ctx, actor.By(), of.Kept)
		if err != nil {
			return Merge{}, err
		}
		of.Kept, of.KeptVersion = o.ID, o.Version
	}
	f := france(ctx)
	return s.Store.MergeOrganisations(ctx, actor.By(), of, func(kept, merged Organisation) (Organisation, error) {
		return JoinOrganisations(kept, merged, take).Tidied(f)
	})
}

// Undo takes back a merge of an organisation.
func (s *Organisations) Undo(ctx context.Context, actor *Actor, organisation, merge string) (Undone, error) {
	list, err := s.Store.Merges(ctx, organisation)
	if err != nil {
		return Undone{}, err
	}
	for _, m := range list {
		if m.ID == merge {
			if err := s.mayMerge(ctx, actor, m.Kept, m.Merged); err != nil {
				return Undone{}, err
			}
			return s.Store.UndoMerge(ctx, actor.By(), merge)
		}
	}
	return Undone{}, fault.New(fault.NotFound, "organisation.merge.not_found")
}

// SetApart notes that two organisations that look alike are two.
func (s *Organisations) SetApart(ctx context.Context, actor *Actor, a, b string) error {
	if err := s.mayMerge(ctx, actor, a, b); err != nil {
		return err
	}
	for _, id := range []*string{&a, &b} {
		o, err := s.Ensure(ctx, actor.By(), *id)
		if err != nil {
			return err
		}
		*id = o.ID
	}
	return s.Store.SetApart(ctx, actor.By(), a, b)
}

// Pair is two organisations that may be one.
type Pair struct {
	A, B Organisation
	Likeness
}

// Pairs are the pairs of organisations that may be one, the likest first: those of
// one unit, of one commune, or whose names share a rare word.
func (s *Organisations) Pairs(ctx context.Context) ([]Pair, error) {
	apart, err := s.Store.Apart(ctx)
	if err != nil {
		return nil, err
	}
	var all []Organisation
	for {
		page, total, err := s.Store.Organisations(ctx, OrganisationFilter{Limit: 1000, Offset: len(all)})
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
		if len(page) == 0 || len(all) >= total {
			break
		}
	}
	return PairsAmong(france(ctx), all, apart), nil
}

// mostShared is how many organisations may share a word for it to be a reason to
// compare them: more common words tell nothing, and comparing all takes for ever.
const mostShared = 40

// PairsAmong finds pairs among organisations, and between them and the collectivités
// of their communes; those apart, the lower id first, are left out.
func PairsAmong(f *territory.France, all []Organisation, apart map[[2]string]bool) []Pair {
	there := make(map[string]bool, len(all))
	communes := map[string]bool{}
	for i := range all {
		there[all[i].ID] = true
		communes[all[i].Commune] = true
	}
	for c := range communes {
		for _, o := range Collectivites(f, territory.ID{Level: territory.Commune, Code: c}) {
			if !there[o.ID] {
				there[o.ID] = true
				all = append(all, o)
			}
		}
	}
	ready := make([]compared, len(all))
	blocks := map[string][]int{}
	for i := range all {
		ready[i] = named(f, &all[i])
		if all[i].Commune != "" {
			blocks["commune "+all[i].Commune] = append(blocks["commune "+all[i].Commune], i)
		}
		if all[i].SIREN != "" {
			blocks["siren "+all[i].SIREN] = append(blocks["siren "+all[i].SIREN], i)
		}
		for _, t := range ready[i].whole {
			if t.weight == 1 {
				blocks[t.text] = append(blocks[t.text], i)
			}
		}
	}
	var out []Pair
	done := map[[2]int]bool{}
	for key, block := range blocks {
		if len(block) > mostShared && !strings.HasPrefix(key, "commune ") {
			continue
		}
		for n, i := range block {
			for _, j := range block[:n] {
				a, b := min(i, j), max(i, j)
				if done[[2]int{a, b}] || IsCollectiviteID(all[a].ID) && IsCollectiviteID(all[b].ID) {
					continue
				}
				done[[2]int{a, b}] = true
				l := alike(f, ready[a], ready[b])
				x, y := all[a].ID, all[b].ID
				if l.Score < Likely || apart[[2]string{min(x, y), max(x, y)}] {
					continue
				}
				out = append(out, Pair{all[a], all[b], l})
			}
		}
	}
	slices.SortFunc(out, func(p, q Pair) int {
		return cmp.Or(-cmp.Compare(p.Score, q.Score), cmp.Compare(p.A.Name, q.A.Name), cmp.Compare(p.A.ID, q.A.ID), cmp.Compare(p.B.ID, q.B.ID))
	})
	return out
}
