package search

import (
	"math"
	"slices"
	"strings"
)

// saturation is k1 of BM25: how soon more of a word stops counting.
const saturation = 1.2

// Boosts of the score.
const (
	titleBoost = 3.0  // the query is the whole of a title
	priorShare = 0.15 // of the score, by each e-fold of what speaks for a document
)

// scratch is what a search works with in one view, lent again to the next.
type scratch struct {
	frequency []float64 // by document, of the clause at hand
	quality   []float64 // by document, of the best that meets the clause at hand
	score     []float64
	mask      []uint32 // clauses met
	clause    []uint32 // documents met by the clause at hand
	touched   []uint32 // documents met by any
	hits      []uint32
	nearly    [][]uint32 // by filter: documents that only it keeps out
}

func (s *scratch) room(documents int) {
	if len(s.score) < documents {
		s.frequency = make([]float64, documents)
		s.quality = make([]float64, documents)
		s.score = make([]float64, documents)
		s.mask = make([]uint32, documents)
	}
}

// clear makes ready for the next search.
func (s *scratch) clear() {
	for _, d := range s.touched {
		s.score[d], s.mask[d] = 0, 0
	}
	s.touched = s.touched[:0]
}

// found is where a longer alternative was met in a segment.
type found struct {
	docs   []uint32
	places [][]uint32
}

// weighing is what ranking needs of a moment and a query: BM25F, by Robertson and
// Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, equations
// 3.18 to 3.21, with the inverse document frequency that Lucene keeps above zero. The
// words that stand for one another in a clause are one word, and what they give counts
// as much as the best of them: a synonym less than the word itself.
type weighing struct {
	asked
	norms  [][256]float64 // by field and length: weight of an occurrence
	idf    []float64      // by clause
	met    []int          // by clause: documents alive that meet it
	longer [][][]found    // by view, clause and longer alternative
	words  [][]string     // by clause, sorted
}

func (x *Index) weigh(m *moment, a asked) *weighing {
	w := &weighing{asked: a, norms: make([][256]float64, len(x.fields))}
	for f, field := range x.fields {
		mean := 1.0
		if m.live > 0 && m.sums[f] > 0 {
			mean = float64(m.sums[f]) / float64(m.live)
		}
		for n := range 256 {
			w.norms[f][n] = field.Weight / (1 - field.Length + field.Length*float64(n)/mean)
		}
	}
	w.longer = make([][][]found, len(m.views))
	for n := range w.longer {
		w.longer[n] = make([][]found, len(a.clauses))
	}
	seen := map[*[]string][]found{} // by alternative, which the words of a phrase share
	for n, c := range a.clauses {
		met := 0
		words := make([]string, 0, len(c.words))
		for word := range c.words {
			words = append(words, word)
			met += m.count(word)
		}
		slices.Sort(words)
		w.words = append(w.words, words)
		for _, alt := range c.longer {
			all, ok := seen[&alt.forms[0]]
			if !ok {
				for _, v := range m.views {
					all = append(all, v.phrase(alt.forms))
				}
				seen[&alt.forms[0]] = all
			}
			for v, f := range all {
				met += len(f.docs)
				w.longer[v][n] = append(w.longer[v][n], f)
			}
		}
		met = min(met, m.live)
		w.met = append(w.met, met)
		idf := math.Log(1 + (float64(m.live)-float64(met)+0.5)/(float64(met)+0.5))
		if c.weak {
			idf *= weakly
		}
		w.idf = append(w.idf, idf)
	}
	return w
}

// titled is the bit of a mask that says that a title was met whole.
const titled = 1 << 31

// view scores the documents of a view: s holds them touched.
func (w *weighing) view(m *moment, n int, s *scratch) {
	v := m.views[n]
	fields := len(w.norms)
	add := func(d uint32, weight float64, places []uint32) {
		if !v.alive(d) {
			return
		}
		lens := v.lens[int(d)*fields : int(d+1)*fields]
		sum := 0.0
		for _, p := range places {
			f := p >> fieldShift
			sum += w.norms[f][lens[f]]
		}
		if s.frequency[d] == 0 {
			s.clause = append(s.clause, d)
		}
		s.frequency[d] += sum
		s.quality[d] = max(s.quality[d], weight)
	}
	for c := range w.clauses {
		for _, word := range w.words[c] {
			t, ok := v.term(word)
			if !ok {
				continue
			}
			weight := w.clauses[c].words[word]
			for p := v.first[t]; p < v.first[t+1]; p++ {
				add(v.docs[p], weight, v.places[v.firstAt[p]:v.firstAt[p+1]])
			}
		}
		for a, f := range w.longer[n][c] {
			for x, d := range f.docs {
				add(d, w.clauses[c].longer[a].weight, f.places[x])
			}
		}
		for _, d := range s.clause {
			if s.mask[d] == 0 {
				s.touched = append(s.touched, d)
			}
			s.mask[d] |= 1 << c
			if !w.clauses[c].not {
				s.score[d] += w.idf[c] * s.quality[d] * s.frequency[d] / (saturation + s.frequency[d])
			}
			s.frequency[d], s.quality[d] = 0, 0
		}
		s.clause = s.clause[:0]
	}
	for _, title := range w.titles {
		if t, ok := v.term(title); ok {
			for _, d := range v.docs[v.first[t]:v.first[t+1]] {
				if s.mask[d] != 0 && s.mask[d]&titled == 0 {
					s.score[d] *= titleBoost
					s.mask[d] |= titled
				}
			}
		}
	}
}

// favour adds what speaks for a document beforehand.
func favour(score, prior float64) float64 {
	if prior <= 0 {
		return score
	}
	return score * (1 + priorShare*math.Log1p(prior))
}

// cursor reads the postings of a term forward.
type cursor struct{ at, end uint32 }

// at moves a cursor to a document, if it is there: by leaps, then by halves.
func (v *view) at(c *cursor, doc uint32) bool {
	step := uint32(1)
	for c.at+step < c.end && v.docs[c.at+step] < doc {
		c.at += step
		step *= 2
	}
	x, ok := slices.BinarySearch(v.docs[c.at:min(c.at+step+1, c.end)], doc)
	c.at += uint32(x)
	return ok
}

// phrase finds words one after the other, in any of their forms. It goes through the
// documents of the rarest word and looks for the others there.
func (v *view) phrase(forms [][]string) (f found) {
	cursors := make([][]cursor, len(forms))
	rarest, least := 0, math.MaxInt
	for n, words := range forms {
		sum := 0
		for _, word := range words {
			if t, ok := v.term(word); ok && v.counts[t] > 0 {
				cursors[n] = append(cursors[n], cursor{v.first[t], v.first[t+1]})
				sum += int(v.first[t+1] - v.first[t])
			}
		}
		if sum < least {
			rarest, least = n, sum
		}
	}
	if least == 0 || len(forms) == 0 {
		return f
	}
	var docs []uint32
	for _, c := range cursors[rarest] {
		docs = append(docs, v.docs[c.at:c.end]...)
	}
	if len(cursors[rarest]) > 1 {
		slices.Sort(docs)
		docs = slices.Compact(docs)
	}
	var now, next []uint32 // places of the words so far, of the next word
next:
	for _, d := range docs {
		if !v.alive(d) {
			continue
		}
		for n := range forms {
			next = next[:0]
			for x := range cursors[n] {
				if c := &cursors[n][x]; v.at(c, d) {
					next = append(next, v.places[v.firstAt[c.at]:v.firstAt[c.at+1]]...)
				}
			}
			if len(next) == 0 {
				continue next
			}
			if len(cursors[n]) > 1 {
				slices.Sort(next)
				next = slices.Compact(next)
			}
			if n > 0 {
				next = after(now, next)
			}
			now, next = next, now
			if len(now) == 0 {
				continue next
			}
		}
		f.docs = append(f.docs, d)
		f.places = append(f.places, slices.Clone(now))
	}
	return f
}

// after keeps of sorted places those that come right after others.
func after(before, places []uint32) []uint32 {
	kept := places[:0]
	x := 0
	for _, p := range places {
		for x < len(before) && before[x]+1 < p {
			x++
		}
		if x < len(before) && before[x]+1 == p {
			kept = append(kept, p)
		}
	}
	return kept
}

// compare orders keys; what is missing comes last either way.
func compareKeys(a, b string, descending bool) int {
	switch {
	case a == b:
		return 0
	case a == "":
		return 1
	case b == "":
		return -1
	case descending:
		return strings.Compare(b, a)
	}
	return strings.Compare(a, b)
}

func compareNumbers(a, b float64, descending bool) int {
	switch {
	case a == b || math.IsNaN(a) && math.IsNaN(b):
		return 0
	case math.IsNaN(a):
		return 1
	case math.IsNaN(b):
		return -1
	case (a < b) != descending:
		return -1
	}
	return 1
}
