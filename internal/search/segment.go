package search

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// segment is an immutable index of some documents, which are numbered in the order
// of their ids.
type segment struct {
	ids    []string
	priors []float64
	lens   []uint8 // by document and field: words, at most 255

	terms    []string // sorted; "=…" are whole titles
	first    []uint32 // by term, and one more: its postings
	docs     []uint32 // by posting
	firstAt  []uint32 // by posting, and one more: its places
	places   []uint32 // field<<fieldShift | position
	stems    [2][]string
	families [2]map[string][]uint32 // terms by stem, in French and in English

	firstTerm []uint32 // by document, and one more
	docTerms  []uint32 // its terms

	facets  map[string]*column
	numbers map[string][]float64 // NaN where there is none
	keys    map[string][]string
}

const (
	fieldShift = 26
	textGap    = 100 // between two texts of a field, so that no phrase spans them
)

// column is a facet: the values of each document.
type column struct {
	values []string // sorted
	first  []uint32 // by document, and one more
	of     []uint32
}

// view is a segment as it stands now: without what was deleted since.
type view struct {
	*segment
	dead   []uint64 // a bit by document; nil for none
	live   int
	counts []uint32 // by term: documents alive
	sums   []uint64 // by field: words of documents alive
}

func (v *view) alive(doc uint32) bool {
	return v.dead == nil || v.dead[doc>>6]&(1<<(doc&63)) == 0
}

// without returns the view with documents taken out.
func (v *view) without(docs []uint32) *view {
	n := &view{segment: v.segment, live: v.live - len(docs), counts: slices.Clone(v.counts), sums: slices.Clone(v.sums)}
	if n.dead = slices.Clone(v.dead); n.dead == nil {
		n.dead = make([]uint64, (len(v.ids)+63)/64)
	}
	fields := len(v.sums)
	for _, d := range docs {
		n.dead[d>>6] |= 1 << (d & 63)
		for _, t := range v.docTerms[v.firstTerm[d]:v.firstTerm[d+1]] {
			n.counts[t]--
		}
		for f := range fields {
			n.sums[f] -= uint64(v.lens[int(d)*fields+f])
		}
	}
	return n
}

// find tells the number of a document that is alive.
func (v *view) find(id string) (uint32, bool) {
	x, ok := slices.BinarySearch(v.ids, id)
	return uint32(x), ok && v.alive(uint32(x))
}

// term tells the number of a term.
func (s *segment) term(word string) (uint32, bool) {
	x, ok := slices.BinarySearch(s.terms, word)
	return uint32(x), ok
}

// whole makes the view of a new segment.
func whole(s *segment, fields int) *view {
	v := &view{segment: s, live: len(s.ids), counts: make([]uint32, len(s.terms)), sums: make([]uint64, fields)}
	for t := range s.terms {
		v.counts[t] = s.first[t+1] - s.first[t]
	}
	for x, n := range s.lens {
		v.sums[x%fields] += uint64(n)
	}
	return v
}

// build analyses documents, whose ids differ.
func build(documents []Document, fields []Field) *segment {
	documents = slices.Clone(documents)
	slices.SortFunc(documents, func(a, b Document) int { return strings.Compare(a.ID, b.ID) })
	s := &segment{lens: make([]uint8, len(documents)*len(fields))}
	type place struct{ term, doc, at uint32 }
	var all []place
	numbers := map[string]uint32{}
	add := func(word string, doc int, at uint32) {
		t, ok := numbers[word]
		if !ok {
			t = uint32(len(numbers))
			numbers[strings.Clone(word)] = t
		}
		all = append(all, place{t, uint32(doc), at})
	}
	for doc := range documents {
		d := &documents[doc]
		s.ids = append(s.ids, d.ID)
		s.priors = append(s.priors, max(0, d.Prior))
		for f, field := range fields {
			start, length := 0, 0
			for _, text := range d.Texts[field.Name] {
				words := tokens(text, stopWords(d.Lang))
				next := start
				var before string
				for _, w := range words {
					at := uint32(f)<<fieldShift | uint32(min(start+w.position, 1<<fieldShift-1))
					add(w.word, doc, at)
					if w.whole {
						continue
					}
					if !w.stop {
						length++
						if field.Title && before != "" { // "Next Cloud" is also nextcloud
							add(before+w.word, doc, at-1)
						}
						before = w.word
					}
					next = max(next, start+w.position+1)
				}
				if name := title(words); field.Title && name != "" {
					add(name, doc, uint32(f)<<fieldShift)
				}
				start = next + textGap
			}
			s.lens[doc*len(fields)+f] = uint8(min(length, 255))
		}
	}
	order := make([]string, 0, len(numbers))
	for word := range numbers {
		order = append(order, word)
	}
	slices.Sort(order)
	s.terms = order
	rank := make([]uint32, len(order))
	for x, word := range order {
		rank[numbers[word]] = uint32(x)
	}
	// Places are counted out by term; they come by document and stay so.
	starts := make([]uint32, len(order)+1)
	for x := range all {
		all[x].term = rank[all[x].term]
		starts[all[x].term+1]++
	}
	for t := range order {
		starts[t+1] += starts[t]
	}
	sorted := make([]place, len(all))
	for _, p := range all {
		sorted[starts[p.term]] = p
		starts[p.term]++
	}
	s.first = make([]uint32, 1, len(order)+1)
	for x := 0; x < len(sorted); {
		y := x
		from := len(s.places)
		for y < len(sorted) && sorted[y].term == sorted[x].term && sorted[y].doc == sorted[x].doc {
			s.places = append(s.places, sorted[y].at)
			y++
		}
		own := s.places[from:]
		slices.Sort(own)
		s.places = s.places[:from+len(slices.Compact(own))]
		s.docs = append(s.docs, sorted[x].doc)
		s.firstAt = append(s.firstAt, uint32(from))
		if y == len(sorted) || sorted[y].term != sorted[x].term {
			s.first = append(s.first, uint32(len(s.docs)))
		}
		x = y
	}
	s.firstAt = append(s.firstAt, uint32(len(s.places)))
	for l, lang := range languages {
		s.stems[l] = make([]string, len(order))
		for t, word := range order {
			if word[0] != '=' {
				s.stems[l][t] = stem(word, lang)
			}
		}
	}
	s.columns(documents)
	s.finish()
	return s
}

// languages are those of stems.
var languages = [2]string{"fr", "en"}

// title is the term of a whole title, stop words aside, "" if there is none.
func title(words []token) string {
	var b strings.Builder
	for _, idle := range []bool{false, true} {
		for _, w := range words {
			if !w.whole && w.stop == idle {
				b.WriteString(w.word)
			}
		}
		if b.Len() > 0 {
			return "=" + b.String()
		}
	}
	return ""
}

// columns holds facets and keys.
func (s *segment) columns(documents []Document) {
	s.facets, s.numbers, s.keys = map[string]*column{}, map[string][]float64{}, map[string][]string{}
	seen := map[string]map[string]uint32{}
	for d := range documents {
		for name, values := range documents[d].Facets {
			if seen[name] == nil {
				seen[name] = map[string]uint32{}
			}
			for _, v := range values {
				seen[name][v] = 0
			}
		}
		for key, x := range documents[d].Numbers {
			if s.numbers[key] == nil {
				s.numbers[key] = slices.Repeat([]float64{math.NaN()}, len(documents))
			}
			s.numbers[key][d] = x
		}
		for key, x := range documents[d].Keys {
			if s.keys[key] == nil {
				s.keys[key] = make([]string, len(documents))
			}
			s.keys[key][d] = x
		}
	}
	for name, values := range seen {
		c := &column{first: make([]uint32, 1, len(documents)+1)}
		for v := range values {
			c.values = append(c.values, v)
		}
		slices.Sort(c.values)
		for x, v := range c.values {
			values[v] = uint32(x)
		}
		for d := range documents {
			from := len(c.of)
			for _, v := range documents[d].Facets[name] {
				c.of = append(c.of, values[v])
			}
			own := c.of[from:]
			slices.Sort(own)
			c.of = c.of[:from+len(slices.Compact(own))]
			c.first = append(c.first, uint32(len(c.of)))
		}
		s.facets[name] = c
	}
}

// finish works out what follows from the rest.
func (s *segment) finish() {
	for l := range languages {
		s.families[l] = map[string][]uint32{}
		for t, stem := range s.stems[l] {
			if stem != "" {
				s.families[l][stem] = append(s.families[l][stem], uint32(t))
			}
		}
	}
	s.firstTerm = make([]uint32, len(s.ids)+1)
	for _, d := range s.docs {
		s.firstTerm[d+1]++
	}
	for d := range s.ids {
		s.firstTerm[d+1] += s.firstTerm[d]
	}
	s.docTerms = make([]uint32, len(s.docs))
	at := slices.Clone(s.firstTerm)
	for t := range s.terms {
		for _, d := range s.docs[s.first[t]:s.first[t+1]] {
			s.docTerms[at[d]] = uint32(t)
			at[d]++
		}
	}
}

// merge makes one segment of what is alive in two, whose ids differ.
func merge(a, b *view, fields int) *segment {
	s := &segment{}
	both := [2]*view{a, b}
	var to [2][]int32 // new numbers, -1 for what is dead
	var from []source
	for side, v := range both {
		to[side] = slices.Repeat([]int32{-1}, len(v.ids))
		for d := range v.ids {
			if v.alive(uint32(d)) {
				from = append(from, source{side, uint32(d)})
			}
		}
	}
	slices.SortFunc(from, func(x, y source) int {
		return cmp.Compare(both[x.side].ids[x.doc], both[y.side].ids[y.doc])
	})
	for x, f := range from {
		v := both[f.side]
		to[f.side][f.doc] = int32(x)
		s.ids = append(s.ids, v.ids[f.doc])
		s.priors = append(s.priors, v.priors[f.doc])
		s.lens = append(s.lens, v.lens[int(f.doc)*fields:int(f.doc+1)*fields]...)
	}
	s.first = []uint32{0}
	for x, y := 0, 0; x < len(a.terms) || y < len(b.terms); {
		order := -1
		if x == len(a.terms) {
			order = 1
		} else if y < len(b.terms) {
			order = strings.Compare(a.terms[x], b.terms[y])
		}
		inA, inB := order <= 0 && a.counts[x] > 0, order >= 0 && b.counts[y] > 0
		var word string
		var stems [2]string
		var p, pEnd, q, qEnd uint32
		if order >= 0 {
			word, stems = b.terms[y], [2]string{b.stems[0][y], b.stems[1][y]}
			q, qEnd = b.first[y], b.first[y+1]
			y++
		}
		if order <= 0 {
			word, stems = a.terms[x], [2]string{a.stems[0][x], a.stems[1][x]}
			p, pEnd = a.first[x], a.first[x+1]
			x++
		}
		if !inA && !inB {
			continue
		}
		for p < pEnd || q < qEnd {
			if p < pEnd && to[0][a.docs[p]] < 0 {
				p++
				continue
			}
			if q < qEnd && to[1][b.docs[q]] < 0 {
				q++
				continue
			}
			if q == qEnd || p < pEnd && to[0][a.docs[p]] < to[1][b.docs[q]] {
				s.post(a, p, to[0])
				p++
			} else {
				s.post(b, q, to[1])
				q++
			}
		}
		s.terms = append(s.terms, word)
		s.first = append(s.first, uint32(len(s.docs)))
		for l := range languages {
			s.stems[l] = append(s.stems[l], stems[l])
		}
	}
	s.firstAt = append(s.firstAt, uint32(len(s.places)))
	s.join(both, from)
	s.finish()
	return s
}

// source is where a document of a merged segment was.
type source struct {
	side int
	doc  uint32
}

// post copies a posting.
func (s *segment) post(v *view, p uint32, to []int32) {
	s.docs = append(s.docs, uint32(to[v.docs[p]]))
	s.firstAt = append(s.firstAt, uint32(len(s.places)))
	s.places = append(s.places, v.places[v.firstAt[p]:v.firstAt[p+1]]...)
}

// join copies facets and keys.
func (s *segment) join(both [2]*view, from []source) {
	s.facets, s.numbers, s.keys = map[string]*column{}, map[string][]float64{}, map[string][]string{}
	for _, v := range both {
		for name := range v.facets {
			s.facets[name] = nil
		}
		for key := range v.numbers {
			s.numbers[key] = slices.Repeat([]float64{math.NaN()}, len(from))
		}
		for key := range v.keys {
			s.keys[key] = make([]string, len(from))
		}
	}
	for x, f := range from {
		for key, all := range both[f.side].numbers {
			s.numbers[key][x] = all[f.doc]
		}
		for key, all := range both[f.side].keys {
			s.keys[key][x] = all[f.doc]
		}
	}
	for name := range s.facets {
		c := &column{first: make([]uint32, 1, len(from)+1)}
		var to [2][]uint32
		for _, v := range both {
			if own := v.facets[name]; own != nil {
				c.values = append(c.values, own.values...)
			}
		}
		slices.Sort(c.values)
		c.values = slices.Compact(c.values)
		for side, v := range both {
			if own := v.facets[name]; own != nil {
				for _, value := range own.values {
					n, _ := slices.BinarySearch(c.values, value)
					to[side] = append(to[side], uint32(n))
				}
			}
		}
		for _, f := range from {
			if own := both[f.side].facets[name]; own != nil {
				for _, n := range own.of[own.first[f.doc]:own.first[f.doc+1]] {
					c.of = append(c.of, to[f.side][n])
				}
			}
			c.first = append(c.first, uint32(len(c.of)))
		}
		s.facets[name] = c
	}
}
