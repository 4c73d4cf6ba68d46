package commons

import (
	"context"
	"errors"
	"slices"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/people"
)

// MostTaken is how many entries one import may hold.
const MostTaken = 5_000

// Fate is what an import would make of what a file describes.
type Fate string

// The fates.
const (
	FateNew     Fate = "new"
	FateChanged Fate = "changed" // known already: the fields that the file says are corrected
	FateSame    Fate = "same"    // known already, and nothing is said otherwise
	FateBarred  Fate = "barred"  // it cannot be taken: see its findings
)

// Taken is what a file describes, beside what the library has of it.
type Taken struct {
	Found
	Fate     Fate
	Entry    string // id of the entry that it is, "" for a new one
	Revision int    // number of that entry's last publication
	Whole    Sheet  // as the entry would read
	Changes  []Change
}

// Title is its title, as it would read.
func (t *Taken) Title() string { return t.Whole.Get("title") }

// Compare says what an import would make of what a file describes, with a finding for
// what is wrong in each. at is the address of an entry here, and tell hears how far it is;
// both may be nil. It writes nothing.
func (s *Shelf) Compare(ctx context.Context, found []Found, at func(id string) string, tell func(done, total int)) ([]Taken, []Finding, error) {
	if len(found) > MostTaken {
		return nil, nil, fault.New(fault.Invalid, "import.many", MostTaken, len(found))
	}
	known, err := s.known(ctx, at)
	if err != nil {
		return nil, nil, err
	}
	var out []Taken
	var findings []Finding
	met := map[string]int{} // line of each entry that the file describes
	for i, f := range found {
		if tell != nil {
			tell(i, len(found))
		}
		t, more, err := s.compare(ctx, f, known)
		if err != nil {
			return nil, nil, err
		}
		key := t.Entry
		if key == "" {
			key = titleKey(t.Kind, t.Title())
		}
		if line, twice := met[key]; twice && t.Fate != FateBarred {
			t.Fate = FateBarred
			more = append(more, Finding{Line: f.Line, Field: "title", Severity: Wrong, Key: "import.twice", Args: []any{t.Title(), line}})
		}
		met[key] = f.Line
		out, findings = append(out, t), append(findings, more...)
	}
	SortFindings(findings)
	return out, findings, nil
}

// compare is [Shelf.Compare] of one.
func (s *Shelf) compare(ctx context.Context, f Found, known map[string]string) (Taken, []Finding, error) {
	kept, findings, err := CheckFound(ctx, s.Library.Check, []Found{f})
	if err != nil {
		return Taken{}, nil, err
	}
	t := Taken{Found: kept[0], Fate: FateNew, Whole: kept[0].Sheet}
	for _, key := range keysOf(f.Record, t.Kind, t.Sheet) {
		if t.Entry = known[key]; t.Entry != "" {
			break
		}
	}
	if t.Entry != "" {
		e, err := s.Library.follow(ctx, t.Entry)
		if err != nil {
			return t, nil, err
		}
		is, _ := e.Sheet()
		t.Entry, t.Revision, t.Whole, t.Fate = e.ID, e.Revision, t.Sheet.Over(is), FateSame
		if t.Changes = is.Changes(t.Whole); len(t.Changes) > 0 {
			t.Fate = FateChanged
		}
		findings = slices.DeleteFunc(findings, func(f Finding) bool { return strings.HasPrefix(f.Key, "commons.missing.") })
		switch {
		case e.Kind != t.Kind:
			findings = append(findings, Finding{Line: f.Line, Field: "kind", Severity: Wrong, Key: "commons.kind.fixed"})
		case e.State != Published:
			findings = append(findings, Finding{Line: f.Line, Severity: Wrong, Key: "commons.closed"})
		}
	}
	if slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == Wrong }) {
		t.Fate = FateBarred
	}
	return t, findings, nil
}

// known are the entries that everybody may read, by what tells that something is one.
func (s *Shelf) known(ctx context.Context, at func(string) string) (map[string]string, error) {
	ids, err := s.IDs(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, 3*len(ids))
	const page = 5_000
	for part := range slices.Chunk(ids, page) {
		entries, err := s.Library.All(ctx, part)
		if err != nil {
			return nil, err
		}
		for i := range entries {
			e := &entries[i]
			sheet, _ := e.Sheet()
			keys := keysOf(e.ID, e.Kind, sheet)
			if at != nil {
				keys = append(keys, at(e.ID))
			}
			for _, key := range keys {
				if out[key] == "" {
					out[key] = e.ID
				}
			}
		}
	}
	return out, nil
}

// keysOf tell what an entry is, the surest first: its id or address, its repository if it
// is software, its title.
func keysOf(record string, k Kind, s Sheet) []string {
	var out []string
	if record != "" {
		out = append(out, record)
	}
	if v := s.Get("repository"); v != "" && k == Software {
		v = strings.ToLower(v)
		if at := strings.Index(v, "://"); at >= 0 {
			v = v[at+3:]
		}
		out = append(out, "repository "+strings.TrimSuffix(strings.TrimRight(v, "/"), ".git"))
	}
	return append(out, titleKey(k, s.Get("title")))
}

func titleKey(k Kind, title string) string {
	return "title " + string(k) + " " + strings.Join(people.Fold(title), " ")
}

// Take keeps what an import makes: drafts of its author, or proposals, published at once
// where they may review. Whole refuses all if one is barred, and keeps all or nothing;
// else each is kept for itself. It returns what was kept, and by line why others were not.
func (l *Library) Take(ctx context.Context, taken []Taken, home people.Scope, note string, submit, whole bool, tell func(done, total int)) ([]Revision, []Finding, error) {
	var proposals []Proposal
	var of []Taken
	var findings []Finding
	for _, t := range taken {
		switch t.Fate {
		case FateBarred:
			if whole {
				return nil, nil, fault.New(fault.Conflict, "import.barred")
			}
		case FateNew:
			proposals, of = append(proposals, Proposal{Kind: t.Kind, Home: home, Sheet: t.Whole, Note: note, Submit: submit}), append(of, t)
		case FateChanged:
			seen := t.Revision
			proposals, of = append(proposals, Proposal{Entry: t.Entry, Kind: t.Kind, Seen: &seen, Sheet: t.Whole, Note: note, Submit: submit}), append(of, t)
		case FateSame:
		}
	}
	if whole {
		kept, err := l.ProposeAll(ctx, proposals, tell)
		return kept, nil, err
	}
	var kept []Revision
	for i, p := range proposals {
		if tell != nil {
			tell(i, len(proposals))
		}
		r, err := l.Propose(ctx, p)
		if err == nil {
			kept = append(kept, r)
			continue
		}
		e, ok := errors.AsType[*fault.Error](err)
		if !ok || e.Code == fault.Unauthenticated || e.Code == fault.Internal || e.Code == fault.Unavailable {
			return kept, findings, err
		}
		findings = append(findings, Finding{Line: of[i].Line, Field: e.Field, Severity: Wrong, Key: e.Key, Args: e.Args})
	}
	return kept, findings, nil
}
