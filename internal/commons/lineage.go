package commons

import (
	"cmp"
	"slices"
)

// Ties are the fields by which an entry says what it comes from, or what it led to.
var Ties = []string{"adapted_from", "combined_with", "inspired_by", "became", "answers", "uses"}

// forward is the one tie that names what came after; the others name what was before.
const forward = "became"

// mostRelatives is how many relatives are told each way: more help nobody.
const mostRelatives = 500

// Lineage is who comes from whom among the entries that everybody may see. Circles are
// allowed; a link to an entry that was merged is one to the entry that it is in. It may
// not be used while it changes.
type Lineage struct {
	said  map[string][]tie           // by entry, what it says
	named map[string]map[string]bool // by entry, those that name it
	into  map[string]string          // by merged entry, the one that it is in
	holds map[string]map[string]bool // by entry, those merged in it
}

// tie is a link that an entry states.
type tie struct{ field, to string }

// NewLineage is one without entries.
func NewLineage() *Lineage {
	return &Lineage{map[string][]tie{}, map[string]map[string]bool{}, map[string]string{}, map[string]map[string]bool{}}
}

// Relative is an entry that another comes from, or that came from it.
type Relative struct {
	ID         string
	Generation int    // from 1
	Tie        string // of [Ties], that joins it to Via
	Via        string // its neighbour of the generation before
}

// Put takes what an entry says now instead of what it said; one that is not to be seen
// says nothing.
func (g *Lineage) Put(e *Entry) {
	g.Remove(e.ID)
	if e.State == Merged {
		g.into[e.ID] = e.MergedInto
		add(g.holds, e.MergedInto, e.ID)
		return
	}
	if !e.Readable() {
		return
	}
	sheet, _ := e.Sheet()
	for _, field := range Ties {
		for _, to := range sheet[field] {
			g.said[e.ID] = append(g.said[e.ID], tie{field, to})
			add(g.named, to, e.ID)
		}
	}
}

// Remove forgets what an entry said.
func (g *Lineage) Remove(id string) {
	for _, t := range g.said[id] {
		drop(g.named, t.to, id)
	}
	delete(g.said, id)
	if into, ok := g.into[id]; ok {
		drop(g.holds, into, id)
		delete(g.into, id)
	}
}

// Ancestors are what an entry comes from, by generation: each once, by its shortest way.
func (g *Lineage) Ancestors(id string) []Relative { return g.walk(id, false) }

// Descendants are what came from an entry, likewise.
func (g *Lineage) Descendants(id string) []Relative { return g.walk(id, true) }

func (g *Lineage) walk(id string, down bool) []Relative {
	id = g.resolve(id)
	seen := map[string]bool{id: true}
	var out []Relative
	next := []Relative{{ID: id}}
	for len(next) > 0 && len(out) < mostRelatives {
		from := next
		next = nil
		for _, r := range from {
			for _, t := range g.beside(r.ID, down) {
				if !seen[t.to] {
					seen[t.to] = true
					next = append(next, Relative{t.to, r.Generation + 1, t.field, r.ID})
				}
			}
		}
		out = append(out, next...)
	}
	return out[:min(len(out), mostRelatives)]
}

// beside are the neighbours of an entry one way, in the order of [Ties] and of ids.
func (g *Lineage) beside(id string, down bool) []tie {
	var out []tie
	for _, t := range g.said[id] {
		if (t.field == forward) == down {
			out = append(out, tie{t.field, g.resolve(t.to)})
		}
	}
	for _, as := range g.names(id) {
		for by := range g.named[as] {
			for _, t := range g.said[by] {
				if t.to == as && (t.field == forward) != down {
					out = append(out, tie{t.field, by})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b tie) int {
		return cmp.Or(cmp.Compare(slices.Index(Ties, a.field), slices.Index(Ties, b.field)), cmp.Compare(a.to, b.to))
	})
	return out
}

// names are the ids under which an entry may be named: its own, and those merged in it.
func (g *Lineage) names(id string) []string {
	out := []string{id}
	for i := 0; i < len(out); i++ {
		for merged := range g.holds[out[i]] {
			if !slices.Contains(out, merged) {
				out = append(out, merged)
			}
		}
	}
	return out
}

// resolve is the entry that an id leads to.
func (g *Lineage) resolve(id string) string {
	for range 50 { // merges make no circle, but for a defect
		into, merged := g.into[id]
		if !merged {
			break
		}
		id = into
	}
	return id
}

func add(m map[string]map[string]bool, key, v string) {
	if m[key] == nil {
		m[key] = map[string]bool{}
	}
	m[key][v] = true
}

func drop(m map[string]map[string]bool, key, v string) {
	delete(m[key], v)
	if len(m[key]) == 0 {
		delete(m, key)
	}
}
