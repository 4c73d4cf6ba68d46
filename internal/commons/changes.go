package commons

import (
	"context"
	"strconv"
	"strings"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
)

// Published words that another installation may take over.

// ChangedEntry is what people of this installation say of an entry, for another one.
type ChangedEntry struct {
	ID      string    `json:"id"`
	Origin  string    `json:"origin"` // address of the entry where it was born: here, or at a source
	Kind    Kind      `json:"kind"`
	State   State     `json:"state"` // anything but published: withdrawn
	Updated time.Time `json:"updated"`
	Sheet   Sheet     `json:"sheet"`
}

// Changes are a page of what changed, oldest first.
type Changes struct {
	Items []ChangedEntry `json:"items"`
	Next  string         `json:"next"` // where the next page begins, now or later
	More  bool           `json:"more"` // there is one now
}

// Giver gives the changes of the library to other installations.
type Giver struct {
	Library *Library
	Record  interface {
		After(ctx context.Context, seq int64) ([]audit.Row, error)
	}
	Address func(id string) string // of an entry of this installation, as others reach it
	// Body is the name of an organisation of a sheet; nil leaves values as they are.
	Body func(ctx context.Context, value string) (string, error)
}

// mostLooked is how many rows of the record one page looks through.
const mostLooked = 5_000

// After is a page of at most so many changes after a place, "" being the beginning. A
// place that is no longer known is fault.NotFound: begin again. It follows the record of
// changes, where nothing that is older than what was read can come later.
func (g *Giver) After(ctx context.Context, after string, limit int) (Changes, error) {
	seq, err := g.place(ctx, after)
	if err != nil {
		return Changes{}, err
	}
	out := Changes{Items: []ChangedEntry{}, Next: after, More: true}
	var ids []string
	seen := map[string]bool{}
	for looked := 0; out.More && looked < mostLooked && len(ids) < limit; {
		rows, err := g.Record.After(ctx, seq)
		if err != nil {
			return Changes{}, err
		}
		if len(rows) == 0 {
			out.More = false
		}
		for _, r := range rows {
			if len(ids) >= limit {
				break
			}
			looked++
			seq = r.Seq
			out.Next = strconv.FormatInt(r.Seq, 10) + "-" + r.Hash[:12]
			if id, ok := strings.CutPrefix(r.Subject, "entry:"); ok && !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	if out.Next == "" {
		out.Next = "0"
	}
	found, err := g.Library.All(ctx, ids)
	if err != nil {
		return Changes{}, err
	}
	for i := range found {
		c, ok, err := g.words(ctx, &found[i])
		if err != nil {
			return Changes{}, err
		}
		if ok {
			out.Items = append(out.Items, c)
		}
	}
	return out, nil
}

// place is the row of the record that a page begins after. A copy of the database that
// was restored has another row there.
func (g *Giver) place(ctx context.Context, after string) (int64, error) {
	if after == "" || after == "0" {
		return 0, nil
	}
	number, hash, _ := strings.Cut(after, "-")
	seq, err := strconv.ParseInt(number, 10, 64)
	if err != nil || seq < 1 {
		return 0, fault.New(fault.Invalid, "harvest.place_form").In("after")
	}
	rows, err := g.Record.After(ctx, seq-1)
	if err != nil {
		return 0, err
	}
	if len(rows) == 0 || rows[0].Seq != seq || !strings.HasPrefix(rows[0].Hash, hash) || len(hash) < 12 {
		return 0, fault.New(fault.NotFound, "harvest.place_gone")
	}
	return seq, nil
}

// words are what people here say of an entry; false if they say nothing. What sources
// say is theirs to give.
func (g *Giver) words(ctx context.Context, e *Entry) (ChangedEntry, bool, error) {
	c := ChangedEntry{ID: e.ID, Origin: g.origin(e), Kind: e.Kind, State: e.State, Updated: e.UpdatedAt, Sheet: Sheet{}}
	if e.Revision == 0 || e.State == Unpublished {
		return c, false, nil
	}
	if e.State != Published {
		return c, true, nil
	}
	sheet, from := e.Sheet()
	for _, f := range FieldsOf(e.Kind) {
		if !from[f.Name].People() || len(sheet[f.Name]) == 0 {
			continue
		}
		for _, v := range sheet[f.Name] {
			switch f.Type {
			case Reference:
				to, err := g.Library.Find(ctx, v)
				if err != nil {
					continue
				}
				v = g.origin(&to)
			case Body:
				if g.Body != nil {
					var err error
					if v, err = g.Body(ctx, v); err != nil {
						return c, false, err
					}
				}
			default:
			}
			if v != "" {
				c.Sheet[f.Name] = append(c.Sheet[f.Name], v)
			}
		}
	}
	return c, true, nil
}

// bornElsewhere says whether a harvest made an entry: its id begins by a letter that
// those made here do not have.
func bornElsewhere(id string) bool { return strings.HasPrefix(id, "h") }

// origin is the address of an entry where it was born: that of its first record, if a
// source brought it here.
func (g *Giver) origin(e *Entry) string {
	if bornElsewhere(e.ID) {
		for _, s := range e.Said {
			if _, ok := HarvestOf(s.Source); ok && strings.Contains(s.Record, "://") {
				if _, listed := g.Library.Catalogue(context.Background()).Entry(e.ID); !listed {
					return s.Record
				}
			}
		}
	}
	return g.Address(e.ID)
}
