package search

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Index holds documents in memory. Any number of goroutines may search while others
// change it: each search sees one moment.
type Index struct {
	fields   []Field
	synonyms *synonyms
	now      atomic.Pointer[moment]
	change   sync.Mutex
	spare    sync.Pool // of *scratch
}

// moment is an index at one moment, never changed.
type moment struct {
	views []*view // largest first, more or less
	live  int
	sums  []uint64
}

// New makes an empty index of fields, at most 32.
func New(fields ...Field) *Index {
	x := &Index{fields: slices.Clone(fields), synonyms: readSynonyms()}
	x.now.Store(&moment{sums: make([]uint64, len(fields))})
	x.spare.New = func() any { return &scratch{} }
	return x
}

// Len is the number of documents.
func (x *Index) Len() int { return x.now.Load().live }

// Put adds documents, or replaces those with the same ids; the last of one id counts.
func (x *Index) Put(documents ...Document) { x.Change(documents, nil) }

// Delete takes documents out; ids without a document are left aside.
func (x *Index) Delete(ids ...string) { x.Change(nil, ids) }

// Change deletes and puts in one step: no search sees one without the other.
func (x *Index) Change(put []Document, remove []string) {
	last := map[string]int{}
	for n, d := range put {
		last[d.ID] = n
	}
	if len(last) < len(put) {
		var once []Document
		for n, d := range put {
			if last[d.ID] == n {
				once = append(once, d)
			}
		}
		put = once
	}
	var fresh *view
	if len(put) > 0 {
		fresh = whole(build(put, x.fields), len(x.fields))
	}
	x.change.Lock()
	defer x.change.Unlock()
	old := x.now.Load()
	var views []*view
	for _, v := range old.views {
		var gone []uint32
		for _, d := range put {
			if n, ok := v.find(d.ID); ok {
				gone = append(gone, n)
			}
		}
		for _, id := range remove {
			if n, ok := v.find(id); ok {
				gone = append(gone, n)
			}
		}
		if len(gone) > 0 {
			slices.Sort(gone)
			v = v.without(slices.Compact(gone))
		}
		if v.live > 0 {
			views = append(views, v)
		}
	}
	if fresh != nil {
		views = append(views, fresh)
	}
	x.now.Store(x.settle(views))
}

// settle merges small segments, so that there are few and a document is merged a
// number of times that grows as the logarithm of all.
func (x *Index) settle(views []*view) *moment {
	for n, v := range views {
		if v.live*2 < len(v.ids) { // mostly deleted: written again
			none := whole(&segment{first: []uint32{0}, firstAt: []uint32{0}}, len(x.fields))
			views[n] = whole(merge(v, none, len(x.fields)), len(x.fields))
		}
	}
	slices.SortStableFunc(views, func(a, b *view) int { return b.live - a.live })
	for len(views) > 1 {
		a, b := views[len(views)-2], views[len(views)-1]
		if a.live > 3*b.live {
			break
		}
		views = append(views[:len(views)-2:len(views)-2], whole(merge(a, b, len(x.fields)), len(x.fields)))
		slices.SortStableFunc(views, func(a, b *view) int { return b.live - a.live })
	}
	m := &moment{views: views, sums: make([]uint64, len(x.fields))}
	for _, v := range views {
		m.live += v.live
		for f, n := range v.sums {
			m.sums[f] += n
		}
	}
	return m
}

// count is the number of documents that hold a term.
func (m *moment) count(term string) int {
	n := 0
	for _, v := range m.views {
		if t, ok := v.term(term); ok {
			n += int(v.counts[t])
		}
	}
	return n
}

// family adds a word and, for less, the words in use that share its stem.
func (m *moment) family(to map[string]float64, word, lang string, weight float64) {
	l := 0
	if lang == "en" {
		l = 1
	}
	stem := stem(word, lang)
	for _, v := range m.views {
		for _, t := range v.families[l][stem] {
			if v.counts[t] > 0 {
				to[v.terms[t]] = max(to[v.terms[t]], weight*kin)
			}
		}
	}
	if m.count(word) > 0 {
		to[word] = max(to[word], weight)
	}
}

// beginning adds the words in use that begin so, the most frequent ones.
func (m *moment) beginning(to map[string]float64, prefix string, weight float64) {
	found := map[string]int{}
	for _, v := range m.views {
		x, _ := slices.BinarySearch(v.terms, prefix)
		for ; x < len(v.terms) && strings.HasPrefix(v.terms[x], prefix); x++ {
			if v.counts[x] > 0 {
				found[v.terms[x]] += int(v.counts[x])
			}
		}
	}
	for _, word := range most(found, beginnings) {
		to[word] = max(to[word], weight)
	}
}

// most gives the words of the highest counts, at most so many.
func most(counts map[string]int, limit int) []string {
	words := make([]string, 0, len(counts))
	for w := range counts {
		words = append(words, w)
	}
	slices.SortFunc(words, func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	return words[:min(limit, len(words))]
}
