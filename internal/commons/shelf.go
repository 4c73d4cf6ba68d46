package commons

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/people"
	"bassin/internal/search"
	"bassin/internal/territory"
)

// Shelf is the library as it is searched: an index in memory of what everybody may
// see, which follows the record of changes of whichever server made them.
type Shelf struct {
	Library *Library
	Record  interface {
		Head(context.Context) (audit.Head, error)
		After(ctx context.Context, seq int64) ([]audit.Row, error)
	}
	France func(context.Context) *territory.France
	// Uses tells how entries are used; nil if adoptions are not kept.
	Uses func(ctx context.Context, ids []string) (map[string]Use, error)
	// Joined tells how many have joined needs; nil if joins are not kept.
	Joined func(ctx context.Context, ids []string) (map[string]int, error)

	mu      sync.Mutex // of what follows
	index   *search.Index
	kin     *Lineage      // of the entries of the index
	of      *Catalogue    // that the index was made of
	seq     int64         // of the last row of the record that it knows
	filling chan struct{} // closed once the index that is being made is in use, or could not be made
	failed  error         // why the last one could not be made
}

// Use is how an entry is used, as far as verified adoptions tell.
type Use struct {
	Verified int      // organisations
	Kinds    []string // of these organisations
}

// Facets of the library.
const (
	FacetKind          = "kind"
	FacetForm          = "form"
	FacetTheme         = "theme"
	FacetLicence       = "licence"
	FacetStatus        = "status"
	FacetLevel         = "level" // of the territories that an entry names
	FacetSize          = "size"  // of these, by inhabitants
	FacetUsedBy        = "used_by"
	FacetAccessibility = "accessibility"
	FacetTerritory     = "territory"
	FacetState         = "state"
	FacetSource        = "source"
	FacetJoined        = "joined" // of needs: see [Joiners]
)

// Orders of a search besides relevance.
const (
	ByTitle  = "title"
	ByUpdate = "updated"
	ByUse    = "used"
	ByJoined = "joined"
)

// Sizes are the classes of territories by inhabitants, with the number below which each
// is.
var Sizes = []struct {
	Name  string
	Below int
}{{"under_2000", 2_000}, {"under_10000", 10_000}, {"under_50000", 50_000}, {"under_200000", 200_000}, {"over_200000", 1 << 62}}

// fields of the index. Names and aliases lead: people look for what they have heard of.
var shelfFields = []search.Field{
	{Name: "title", Weight: 8, Length: 0.3, Title: true},
	{Name: "aliases", Weight: 6, Length: 0.3, Title: true},
	{Name: "keywords", Weight: 3, Length: 0.4},
	{Name: "summary", Weight: 3, Length: 0.5},
	{Name: "names", Weight: 2, Length: 0.4}, // of organisations and territories
	{Name: "text", Weight: 1, Length: 0.75},
}

// patience is how long a search waits for an index that is being made.
const patience = 10 * time.Second

// Prepare makes the index if there is none of the present data, and waits for it.
func (s *Shelf) Prepare(ctx context.Context) error {
	_, err := s.now(ctx, time.Hour)
	return err
}

// now is the index, brought to what the database and the snapshot hold. While that of
// a new snapshot is made, the one before serves.
func (s *Shelf) now(ctx context.Context, wait time.Duration) (*search.Index, error) {
	catalogue := s.Library.Catalogue(ctx)
	s.mu.Lock()
	if s.filling == nil && (s.index == nil || s.of != catalogue) {
		s.filling = make(chan struct{})
		go s.fill(context.WithoutCancel(ctx), catalogue, s.filling) // whoever asked first may leave
	}
	filling, none := s.filling, s.index == nil
	s.mu.Unlock()
	if none {
		waiting, stop := context.WithTimeout(ctx, wait)
		defer stop()
		select {
		case <-filling:
		case <-waiting.Done():
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, fault.New(fault.Unavailable, "commons.preparing")
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index == nil {
		return nil, s.failed
	}
	return s.index, s.follow(ctx)
}

// follow applies what the record says since.
func (s *Shelf) follow(ctx context.Context) error {
	for {
		rows, err := s.Record.After(ctx, s.seq)
		if err != nil || len(rows) == 0 {
			return err
		}
		var ids []string
		for _, r := range rows {
			if id, ok := entryOf(r.Subject); ok && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		if err := s.renew(ctx, ids); err != nil {
			return err
		}
		s.seq = rows[len(rows)-1].Seq
	}
}

// entryOf is the entry that a row of the record is about: its own, or that of an adoption
// or of a join, whose subjects are adoption:ENTRY/… and join:ENTRY/…
func entryOf(subject string) (string, bool) {
	if id, ok := strings.CutPrefix(subject, "entry:"); ok {
		return id, true
	}
	for _, of := range []string{"adoption:", "join:"} {
		if rest, ok := strings.CutPrefix(subject, of); ok {
			id, _, _ := strings.Cut(rest, "/")
			return id, true
		}
	}
	return "", false
}

// fill makes the index anew and puts it in use.
func (s *Shelf) fill(ctx context.Context, catalogue *Catalogue, done chan struct{}) {
	index, kin, seq, err := s.made(ctx, catalogue)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed = err; err == nil {
		s.index, s.kin, s.of, s.seq = index, kin, catalogue, seq
	}
	s.filling = nil
	close(done)
}

// made is an index of all that there is, how its entries descend from one another, and
// the row of the record that it knows of.
func (s *Shelf) made(ctx context.Context, catalogue *Catalogue) (*search.Index, *Lineage, int64, error) {
	head, err := s.Record.Head(ctx)
	if err != nil {
		return nil, nil, 0, err
	}
	index, kin := search.New(shelfFields...), NewLineage()
	add := func(entries []Entry) error {
		documents, err := s.documents(ctx, entries, kin)
		index.Put(documents...)
		return err
	}
	written := map[string]bool{}
	if err := s.Library.each(ctx, func(entries []Entry) error {
		for _, e := range entries {
			written[e.ID] = true
		}
		return add(entries)
	}); err != nil {
		return nil, nil, 0, err
	}
	var listed []Entry
	for e := range catalogue.All() {
		if !written[e.ID] {
			listed = append(listed, e)
		}
	}
	if err := s.Library.join(ctx, listed); err != nil {
		return nil, nil, 0, err
	}
	return index, kin, head.Seq, add(listed)
}

// renew brings entries of the index up to date, those that were merged in them too.
func (s *Shelf) renew(ctx context.Context, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	found, err := s.Library.All(ctx, ids)
	if err != nil {
		return err
	}
	for _, e := range found {
		if e.State == Merged && !slices.Contains(ids, e.MergedInto) {
			ids = append(ids, e.MergedInto)
		}
	}
	if found, err = s.Library.All(ctx, ids); err != nil {
		return err
	}
	documents, err := s.documents(ctx, found, s.kin)
	if err != nil {
		return err
	}
	gone := slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		return slices.ContainsFunc(documents, func(d search.Document) bool { return d.ID == id })
	})
	s.index.Change(documents, gone)
	return nil
}

// documents are entries as the index holds them; those that not everybody may see are
// left out. The family of each is put in kin.
func (s *Shelf) documents(ctx context.Context, entries []Entry, kin *Lineage) ([]search.Document, error) {
	uses := map[string]Use{}
	if s.Uses != nil {
		ids := make([]string, len(entries))
		for i := range entries {
			ids[i] = entries[i].ID
		}
		var err error
		if uses, err = s.Uses(ctx, ids); err != nil {
			return nil, err
		}
	}
	joined := map[string]int{}
	if needs := needsOf(entries); s.Joined != nil && len(needs) > 0 {
		var err error
		if joined, err = s.Joined(ctx, needs); err != nil {
			return nil, err
		}
	}
	out := make([]search.Document, 0, len(entries))
	f := s.France(ctx)
	for i := range entries {
		kin.Put(&entries[i])
		if e := &entries[i]; e.Readable() {
			d := document(f, e, uses[e.ID])
			if n := joined[e.ID]; n > 0 {
				d.Numbers[ByJoined], d.Prior = float64(n), float64(n)
				d.Facets[FacetJoined] = []string{joinersOf(n)}
			}
			out = append(out, d)
		}
	}
	return out, nil
}

// needsOf are the ids of the needs among entries.
func needsOf(entries []Entry) []string {
	var out []string
	for i := range entries {
		if entries[i].Kind == Need {
			out = append(out, entries[i].ID)
		}
	}
	return out
}

// Joiners are the classes of needs by how many have joined them.
var Joiners = []string{"one", "few", "many"}

func joinersOf(n int) string {
	switch {
	case n == 1:
		return "one"
	case n < 5:
		return "few"
	}
	return "many"
}

// Family is what an entry comes from, and what came from it.
func (s *Shelf) Family(ctx context.Context, id string) (ancestors, descendants []Relative, err error) {
	if _, err := s.now(ctx, patience); err != nil {
		return nil, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kin.Ancestors(id), s.kin.Descendants(id), nil
}

// document is an entry as the index holds it.
func document(f *territory.France, e *Entry, use Use) search.Document {
	sheet, _ := e.Sheet()
	d := search.Document{ID: e.ID, Texts: map[string][]string{
		"title": sheet["title"], "aliases": sheet["aliases"], "keywords": slices.Concat(sheet["keywords"], sheet["categories"], sheet["platforms"]), "summary": slices.Concat(sheet["summary"], sheet["summary_en"]),
	}, Facets: map[string][]string{
		FacetKind: {string(e.Kind)}, FacetForm: sheet["form"], FacetTheme: sheet["themes"], FacetLicence: sheet["licence"], FacetStatus: sheet["status"], FacetAccessibility: sheet["accessibility"],
		FacetUsedBy: use.Kinds, FacetTerritory: sheet["territories"], FacetState: {string(e.State)},
	}, Numbers: map[string]float64{ByUse: float64(use.Verified)}, Prior: float64(use.Verified)}
	if e.Kind == Experiment {
		d.Facets[FacetStatus] = sheet["phase_status"]
	}
	for _, said := range e.Said {
		if said.Source != "" && !slices.Contains(d.Facets[FacetSource], said.Source) {
			d.Facets[FacetSource] = append(d.Facets[FacetSource], said.Source)
		}
	}
	for _, field := range []string{"maintainers", "operator", "publisher", "partners"} {
		for _, v := range sheet[field] {
			if _, known := OrganisationOf(v); !known {
				d.Texts["names"] = append(d.Texts["names"], v)
			}
		}
	}
	for _, id := range sheet.Territories() {
		t, ok := f.Territory(id)
		if !ok {
			continue
		}
		d.Texts["names"] = append(d.Texts["names"], t.Name)
		d.Facets[FacetLevel] = addOnce(d.Facets[FacetLevel], string(id.Level))
		if n, known := t.Population(); known {
			d.Facets[FacetSize] = addOnce(d.Facets[FacetSize], sizeOf(n))
		}
	}
	for _, name := range []string{"description", "description_en", "features", "problem", "conditions", "results", "failures", "lessons", "to_repeat", "in_kind"} {
		d.Texts["text"] = append(d.Texts["text"], sheet[name]...)
	}
	title := strings.Join(people.Fold(sheet.Get("title")), " ")
	d.Keys = map[string]string{ByTitle: title}
	if at := Updated(e); !at.IsZero() {
		d.Numbers[ByUpdate] = float64(at.Unix() / 86400)
	}
	return d
}

// Updated is when an entry last changed: here, or as its sources say; zero if they
// do not.
func Updated(e *Entry) time.Time {
	if !e.UpdatedAt.IsZero() {
		return e.UpdatedAt
	}
	s, _ := e.Sheet()
	for _, field := range []string{"modified_on", "release_date", "published_on"} {
		for _, layout := range []string{time.DateOnly, "2006-01", "2006"} {
			if at, err := time.Parse(layout, s.Get(field)); err == nil {
				return at
			}
		}
	}
	return time.Time{}
}

func addOnce(list []string, v string) []string {
	if slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}

func sizeOf(population int) string {
	for _, c := range Sizes {
		if population < c.Below {
			return c.Name
		}
	}
	return ""
}

// Search is what a reader asks of the library.
type Search struct {
	Text    string
	Lang    string
	Filters map[string][]string // by facet: one of the values of each
	In      territory.ID        // entries that name a territory that shares a commune with it; zero is anywhere
	Facets  []search.Facet
	Sort    string // ByTitle, ByUpdate, ByUse, "" for relevance
	From    int
	Size    int
}

// Find answers a search with the entries of a page, in order.
func (s *Shelf) Find(ctx context.Context, q Search) (search.Result, []Entry, error) {
	result, err := s.find(ctx, q)
	if err != nil {
		return result, nil, err
	}
	ids := make([]string, len(result.Hits))
	for i, h := range result.Hits {
		ids[i] = h.ID
	}
	entries, err := s.Library.All(ctx, ids)
	return result, entries, err
}

// find answers a search with ids.
func (s *Shelf) find(ctx context.Context, q Search) (search.Result, error) {
	index, err := s.now(ctx, patience)
	if err != nil {
		return search.Result{}, err
	}
	asked := search.Query{Text: q.Text, Lang: q.Lang, Filters: map[string][]string{}, Facets: q.Facets, From: q.From, Size: q.Size}
	for facet, values := range q.Filters {
		asked.Filters[facet] = values
	}
	if asked.Filters[FacetState] == nil {
		asked.Filters[FacetState] = []string{string(Published)}
	}
	if q.In != (territory.ID{}) {
		there, err := s.overlapping(ctx, index, q.In)
		if err != nil {
			return search.Result{}, err
		}
		asked.Filters[FacetTerritory] = append(there, q.In.String())
	}
	switch q.Sort {
	case ByTitle:
		asked.Sort = []search.Order{{Key: ByTitle}}
	case ByUpdate:
		asked.Sort = []search.Order{{Key: ByUpdate, Descending: true}}
	case ByJoined:
		asked.Sort = []search.Order{{Key: ByJoined, Descending: true}, {Key: ByTitle}}
	case ByUse:
		asked.Sort = []search.Order{{Key: ByUse, Descending: true}, {Key: ByTitle}}
	}
	return index.Find(asked), nil
}

// Among are the ids of those of some entries that a search finds, the best first.
func (s *Shelf) Among(ctx context.Context, q Search, among []string) ([]string, error) {
	wanted := make(map[string]bool, len(among))
	for _, id := range among {
		wanted[id] = true
	}
	q.From, q.Size, q.Sort, q.Facets = 0, 1<<20, "", nil
	result, err := s.find(ctx, q)
	var ids []string
	for _, h := range result.Hits {
		if wanted[h.ID] {
			ids = append(ids, h.ID)
		}
	}
	return ids, err
}

// overlapping are the territories that entries name and that share a commune with one.
func (s *Shelf) overlapping(ctx context.Context, index *search.Index, in territory.ID) ([]string, error) {
	f := s.France(ctx)
	if _, ok := f.Territory(in); !ok {
		return nil, fault.New(fault.NotFound, "territory.not_found", in.String())
	}
	counts := index.Find(search.Query{Facets: []search.Facet{{Name: FacetTerritory}}}).Facets[FacetTerritory]
	var out []string
	for _, c := range counts.Values {
		if id, ok := territory.ParseID(c.Value); ok && people.Overlap(f, []territory.ID{in}, []territory.ID{id}) {
			out = append(out, c.Value)
		}
	}
	return out, nil
}

// IDs are the entries that everybody may read, by id: published ones, and retired ones,
// which say what to take instead.
func (s *Shelf) IDs(ctx context.Context) ([]string, error) {
	index, err := s.now(ctx, patience)
	if err != nil {
		return nil, err
	}
	q := search.Query{Filters: map[string][]string{FacetState: {string(Published), string(Retired)}}}
	q.Size = index.Find(q).Total
	hits := index.Find(q).Hits
	out := make([]string, len(hits))
	for i, h := range hits {
		out[i] = h.ID
	}
	slices.Sort(out)
	return out, nil
}
