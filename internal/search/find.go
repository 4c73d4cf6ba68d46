package search

import (
	"math/bits"
	"slices"
	"strings"
)

// enough is the number of documents with all words below which those with some follow.
const enough = 3

// coverage is the share of what the words weigh that a document must meet to follow.
const coverage = 0.45

// Find answers a query.
func (x *Index) Find(q Query) Result {
	m := x.now.Load()
	r := x.find(m, q, 0)
	if r.Total == 0 && strings.TrimSpace(q.Text) != "" {
		bare := Query{Text: q.Text, Lang: q.Lang}
		for slack := range 2 {
			other := x.find(m, bare, slack+1)
			if other.Total > 0 && other.Read != "" {
				r.Instead = other.Read
				break
			}
		}
	}
	return r
}

// hit is a document that may be among those asked for.
type hit struct {
	view  *view
	doc   uint32
	score float64
}

// search is a query under way.
type search struct {
	m       *moment
	q       Query
	w       *weighing
	keep    int
	best    []hit // a heap, the last in order on top
	total   int
	filters []filter
	facets  []map[string]int // by facet asked
	scored  []*scratch       // by view
	order   []order
}

// order is a key to sort by, a number or not.
type order struct {
	Order
	number bool
}

// filter is the choice made in a facet.
type filter struct {
	name   string
	chosen []string
}

func (x *Index) find(m *moment, q Query, slack int) Result {
	r := search{m: m, q: q, keep: max(0, q.From) + max(0, q.Size)}
	for name, chosen := range q.Filters {
		if len(chosen) > 0 {
			r.filters = append(r.filters, filter{name, chosen})
		}
	}
	for _, o := range q.Sort {
		r.order = append(r.order, order{o, r.isNumber(o.Key)})
	}
	slices.SortFunc(r.filters, func(a, b filter) int { return strings.Compare(a.name, b.name) })
	for range q.Facets {
		r.facets = append(r.facets, map[string]int{})
	}
	r.w = x.weigh(m, x.understand(m, q, slack))
	for n, v := range m.views {
		s := x.spare.Get().(*scratch)
		s.room(len(v.ids))
		r.w.view(m, n, s)
		r.scored = append(r.scored, s)
	}
	required, refused, partial := r.strict()
	for n, v := range m.views {
		r.collect(v, r.scored[n], required, refused, partial)
		r.scored[n].clear()
		x.spare.Put(r.scored[n])
	}
	return r.result(partial)
}

// strict tells which clauses a document must meet, which it must not, and whether
// those that meet only some are let in.
func (r *search) strict() (required, refused uint32, partial bool) {
	absent := false
	for c, clause := range r.w.clauses {
		switch {
		case clause.not:
			refused |= 1 << c
		case clause.weak:
		case r.w.met[c] == 0:
			absent = true
		default:
			required |= 1 << c
		}
	}
	if required == 0 {
		return 0, refused, absent
	}
	if bits.OnesCount32(required) > 1 {
		partial = r.few(required, refused)
	}
	return required, refused, partial || absent
}

// few says whether hardly any document meets all that is required.
func (r *search) few(required, refused uint32) bool {
	n := 0
	for _, s := range r.scored {
		for _, d := range s.touched {
			if s.mask[d]&required == required && s.mask[d]&refused == 0 {
				n++
			}
		}
	}
	return n < enough
}

// everything says whether no word narrows the search.
func (r *search) everything() bool {
	for _, c := range r.w.clauses {
		if !c.not {
			return false
		}
	}
	return true
}

// collect goes through the documents of a view that was scored.
func (r *search) collect(v *view, s *scratch, required, refused uint32, partial bool) {
	if v.live == 0 {
		return
	}
	gates := make([]gate, len(r.filters))
	for n, f := range r.filters {
		gates[n] = newGate(v, f)
	}
	for len(s.nearly) < len(gates) {
		s.nearly = append(s.nearly, nil)
	}
	for n := range gates {
		s.nearly[n] = s.nearly[n][:0]
	}
	s.hits = s.hits[:0]
	full := 0.0
	for c := range r.w.clauses {
		if required&(1<<c) != 0 {
			full += r.w.idf[c]
		}
	}
	take := func(d uint32, score float64) {
		missed, which := 0, -1
		for n := range gates {
			if !gates[n].open(d) {
				if missed++; missed > 1 {
					return
				}
				which = n
			}
		}
		if missed == 1 {
			s.nearly[which] = append(s.nearly[which], d)
			return
		}
		s.hits = append(s.hits, d)
		r.offer(hit{v, d, score})
	}
	if r.everything() {
		for d := range uint32(len(v.ids)) {
			if v.alive(d) && s.mask[d]&refused == 0 {
				take(d, favour(1, v.priors[d]))
			}
		}
	} else {
		for _, d := range s.touched {
			mask := s.mask[d]
			score := s.score[d]
			switch {
			case mask&refused != 0 || score <= 0:
				continue
			case mask&required == required:
			case !partial:
				continue
			default:
				met := 0.0
				for c := range r.w.clauses {
					if mask&required&(1<<c) != 0 {
						met += r.w.idf[c]
					}
				}
				if met < coverage*full {
					continue
				}
				score *= met / full * met / full
			}
			take(d, favour(score, v.priors[d]))
		}
	}
	r.total += len(s.hits)
	for n, f := range r.q.Facets {
		t := newTally(v, f.Name)
		t.add(s.hits)
		for x, g := range r.filters {
			if g.name == f.Name {
				t.add(s.nearly[x])
			}
		}
		t.tell(r.facets[n])
	}
}

// before orders hits as asked; no two are equal.
func (r *search) before(a, b hit) bool {
	for _, o := range r.order {
		var n int
		if o.number {
			n = compareNumbers(a.view.number(o.Key, a.doc), b.view.number(o.Key, b.doc), o.Descending)
		} else {
			n = compareKeys(a.view.key(o.Key, a.doc), b.view.key(o.Key, b.doc), o.Descending)
		}
		if n != 0 {
			return n < 0
		}
	}
	if len(r.q.Sort) == 0 && a.score != b.score {
		return a.score > b.score
	}
	if a.view == b.view {
		return a.doc < b.doc
	}
	return a.view.ids[a.doc] < b.view.ids[b.doc]
}

func (r *search) isNumber(key string) bool {
	for _, v := range r.m.views {
		if v.numbers[key] != nil {
			return true
		}
	}
	return false
}

func (v *view) number(key string, doc uint32) float64 {
	if all := v.numbers[key]; all != nil {
		return all[doc]
	}
	return missing
}

func (v *view) key(key string, doc uint32) string {
	if all := v.keys[key]; all != nil {
		return all[doc]
	}
	return ""
}

// offer keeps a hit if it is among the first.
func (r *search) offer(h hit) {
	if len(r.best) < r.keep {
		r.best = append(r.best, h)
		for n := len(r.best) - 1; n > 0; {
			up := (n - 1) / 2
			if !r.before(r.best[up], r.best[n]) {
				break
			}
			r.best[up], r.best[n] = r.best[n], r.best[up]
			n = up
		}
		return
	}
	if r.keep == 0 || len(r.q.Sort) == 0 && h.score < r.best[0].score || !r.before(h, r.best[0]) {
		return
	}
	r.best[0] = h
	for n := 0; ; {
		down := 2*n + 1
		if down >= len(r.best) {
			return
		}
		if down+1 < len(r.best) && r.before(r.best[down], r.best[down+1]) {
			down++
		}
		if !r.before(r.best[n], r.best[down]) {
			return
		}
		r.best[n], r.best[down] = r.best[down], r.best[n]
		n = down
	}
}

// result tells what was found.
func (r *search) result(partial bool) Result {
	slices.SortFunc(r.best, func(a, b hit) int {
		if r.before(a, b) {
			return -1
		}
		return 1
	})
	out := Result{Total: r.total, Partial: partial && r.total > 0, Read: r.w.read, marks: newMarker(r.w, r.q.Lang)}
	for _, h := range r.best[min(max(0, r.q.From), len(r.best)):] {
		out.Hits = append(out.Hits, Hit{h.view.ids[h.doc], h.score})
	}
	if len(r.q.Facets) > 0 {
		out.Facets = map[string]Counts{}
	}
	for n, f := range r.q.Facets {
		var chosen []string
		for _, choice := range r.filters {
			if choice.name == f.Name {
				chosen = choice.chosen
			}
		}
		out.Facets[f.Name] = counts(r.facets[n], chosen, f.Limit)
	}
	return out
}
