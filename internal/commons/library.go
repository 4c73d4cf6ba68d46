package commons

import (
	"context"
	"slices"

	"bassin/internal/fault"
)

// Library holds the rules of entries and of their revisions. Contexts are those of a
// request, with its actor.
type Library struct {
	Store     EntryStore
	Catalogue func(context.Context) *Catalogue
	// Harvested are what harvested catalogues say, by entry; nil if nothing is harvested.
	Harvested func(ctx context.Context, ids []string) (map[string][]Statement, error)
	Check     Checker
}

// Checker knows what sheets may refer to.
type Checker interface {
	// Check returns a sheet as it is kept, or a [fault.Error] per field that is wrong.
	Check(ctx context.Context, k Kind, s Sheet) (Sheet, error)
}

// Find returns an entry: its row with what sources say, or what the catalogue has
// of it. Unpublished ones are found too: see [Library.Read].
func (l *Library) Find(ctx context.Context, id string) (Entry, error) {
	e, err := l.Store.Entry(ctx, id)
	if fault.CodeOf(err) == fault.NotFound {
		if listed, ok := l.Catalogue(ctx).Entry(id); ok {
			e, err = listed, nil
		}
	}
	if err != nil {
		return Entry{}, err
	}
	found := []Entry{e}
	if err := l.join(ctx, found); err != nil {
		return Entry{}, err
	}
	return found[0], nil
}

// Read is [Library.Find] for everybody: an entry that is not to be seen is fault.NotFound,
// one that was hidden is fault.Gone, with why.
func (l *Library) Read(ctx context.Context, id string) (Entry, error) {
	e, err := l.Find(ctx, id)
	if err == nil && e.State == Hidden {
		return Entry{}, fault.New(fault.Gone, "commons.hidden", e.Reason)
	}
	if err == nil && !e.Readable() && e.State != Merged {
		return Entry{}, fault.New(fault.NotFound, "commons.not_found", id)
	}
	return e, err
}

// All finds entries by their ids, in that order; those that are not there are left out.
func (l *Library) All(ctx context.Context, ids []string) ([]Entry, error) {
	const page = 500
	rows := map[string]Entry{}
	for part := range slices.Chunk(ids, page) {
		found, err := l.Store.Entries(ctx, EntryFilter{IDs: part, Limit: page})
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			rows[e.ID] = e
		}
	}
	catalogue := l.Catalogue(ctx)
	out := make([]Entry, 0, len(ids))
	for _, id := range ids {
		e, ok := rows[id]
		if !ok {
			e, ok = catalogue.Entry(id)
		}
		if ok {
			out = append(out, e)
		}
	}
	return out, l.join(ctx, out)
}

// each gives all entries that have a row, page after page, with what sources say.
func (l *Library) each(ctx context.Context, give func([]Entry) error) error {
	const page = 1000
	for after := ""; ; {
		rows, err := l.Store.Entries(ctx, EntryFilter{After: after, Limit: page})
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			after = rows[len(rows)-1].ID
			if err := l.join(ctx, rows); err != nil {
				return err
			}
			if err := give(rows); err != nil {
				return err
			}
		}
		if len(rows) < page {
			return nil
		}
	}
}

// join adds what sources say to entries: harvests, then catalogues of the snapshot,
// of each entry and of those merged in it.
func (l *Library) join(ctx context.Context, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	ids := make([]string, len(entries))
	for i := range entries {
		ids[i] = entries[i].ID
	}
	merged, err := l.Store.MergedInto(ctx, ids)
	if err != nil {
		return err
	}
	for _, list := range merged {
		for _, m := range list {
			ids = append(ids, m.ID)
		}
	}
	var harvested map[string][]Statement
	if l.Harvested != nil {
		if harvested, err = l.Harvested(ctx, ids); err != nil {
			return err
		}
	}
	catalogue := l.Catalogue(ctx)
	for i := range entries {
		e := &entries[i]
		of := append([]Entry{{ID: e.ID}}, merged[e.ID]...)
		e.Said = nil
		for _, m := range of[1:] {
			e.Said = append(e.Said, Statement{Sheet: m.Own})
		}
		for _, m := range of { // what its maintainers publish now is nearer than a list made once
			e.Said = append(e.Said, without(heard(harvested[m.ID], e.State), m.Own)...)
		}
		for _, m := range of {
			listed, _ := catalogue.Entry(m.ID)
			e.Said = append(e.Said, without(listed.Said, m.Own)...)
		}
	}
	return nil
}

// heard are the statements that an entry in that state shows.
func heard(said []Statement, state State) []Statement {
	out := make([]Statement, 0, len(said))
	for _, s := range said {
		if !s.Gone || state == Retired {
			out = append(out, s)
		}
	}
	return out
}

// without takes away from statements the fields that people emptied of an entry that
// was merged since.
func without(said []Statement, own Sheet) []Statement {
	out := slices.Clone(said)
	for field, values := range own {
		for i := range out {
			if _, there := out[i].Sheet[field]; there && len(values) == 0 {
				out[i].Sheet = out[i].Sheet.Clone()
				delete(out[i].Sheet, field)
			}
		}
	}
	return out
}

// follow is the entry that id leads to: itself, or that in which it was merged.
func (l *Library) follow(ctx context.Context, id string) (Entry, error) {
	e, err := l.Read(ctx, id)
	for range 50 { // merges make no circle, but for a defect
		if err != nil || e.State != Merged {
			break
		}
		e, err = l.Read(ctx, e.MergedInto)
	}
	return e, err
}

// sameAs are the ids of an entry: its own, and those of what was merged in it.
func (l *Library) sameAs(ctx context.Context, id string) ([]string, error) {
	merged, err := l.Store.MergedInto(ctx, []string{id})
	out := []string{id}
	for _, m := range merged[id] {
		out = append(out, m.ID)
	}
	return out, err
}

// row is an entry inside a change, with or without a row.
func (l *Library) row(ctx context.Context, tx EntryTx, id string) (Entry, error) {
	e, err := tx.Entry(ctx, id)
	if fault.CodeOf(err) == fault.NotFound {
		if listed, ok := l.Catalogue(ctx).Entry(id); ok {
			return listed, nil
		}
	}
	return e, err
}
