package names

import (
	"sort"
	"strings"

	"bassin/internal/territory"
)

// reading is one way to understand a query.
type reading struct {
	place *filter // only there, if not nil
	typos bool    // forgive typing errors
	loss  float32 // taken from every score
}

// word is one typed word and the words of the lexicon that may be meant.
type word struct {
	text      string
	lo, hi    int32 // words that begin so
	whole     int32 // the word itself, or -1
	near      []near
	small     bool // an article or preposition: it may be missing
	last      bool
	implied   family
	frequency int // entries that hold any of them
}

// run offers every entry that holds all the typed words.
func (s *search) run(tokens []token, r reading) {
	if len(tokens) == 0 {
		return
	}
	key, article := joinKey(tokens), leading(tokens)
	s.exact(key, article, r)
	if len(key) < 2 {
		s.starts(key, article, r)
		return
	}
	words := s.read(tokens, article, r.typos)
	driver := choose(words)
	if driver < 0 {
		return
	}
	d := &words[driver]
	for w := d.lo; w < d.hi; w++ {
		s.walk(w, words, driver, key, article, r)
	}
	for _, n := range d.near {
		s.walk(n.word, words, driver, key, article, r)
	}
}

// read looks the typed words up.
func (s *search) read(tokens []token, article string, withTypos bool) []word {
	if article != "" {
		tokens = tokens[1:]
	}
	lex := &s.x.lex
	words := make([]word, len(tokens))
	content := 0
	for i, t := range tokens {
		w := &words[i]
		*w = word{text: t.text, small: isStop(t.text), last: i == len(tokens)-1}
		w.lo, w.hi, w.whole = lex.prefix(t.text)
		if isDigits(t.text) && w.whole >= 0 {
			w.lo, w.hi = w.whole, w.whole+1 // 1 is not the beginning of 13
		}
		w.implied = impliedBy(t.text, w.last)
		if withTypos {
			w.near = s.x.typos.find(lex.words, t.text, w.last)
		}
		w.frequency = int(lex.start[w.hi] - lex.start[w.lo])
		for _, n := range w.near {
			w.frequency += len(lex.entries(n.word))
		}
		if !w.small {
			content++
		}
	}
	if content == 0 {
		for i := range words {
			words[i].small = false
		}
	}
	return words
}

// choose picks the rarest typed word that the answer must hold, or -1.
func choose(words []word) int {
	best, implied := -1, false
	for i := range words {
		w := &words[i]
		if w.small {
			continue
		}
		if imp := w.implied != 0; best < 0 || implied && !imp || implied == imp && w.frequency < words[best].frequency {
			best, implied = i, imp
		}
	}
	return best
}

// walk offers the entries that hold word w of the lexicon, which stands for the
// driver, if the other typed words are there too.
func (s *search) walk(w int32, words []word, driver int, key, article string, r reading) {
	x := s.x
	most := 1 + startBonus - r.loss // what words can bring, cover and renown apart
	lone := uint8(0)                // the query is but an article: the names that have it come first
	if len(words) == 1 {
		lone = articleNumber(words[0].text)
	}
	if article != "" || lone != 0 {
		most += articleBonus
	}
	var letters float32
	for i := range words {
		if t := &words[i]; !t.small {
			letters += float32(len(t.text) + allowedErrors(len(t.text)))
		}
	}
	if d := &words[driver]; len(words) == 1 && w != d.whole {
		most -= 0.1
		if n, ok := lookup(d.near, w); ok {
			most -= typoLoss + 0.3*float32(n.errors) - 0.1
		}
	}
	for _, e := range x.lex.entries(w) {
		if x.entries[e].Kind == Sigle {
			continue // initials answer only whole
		}
		bound := most + x.weight[e]
		if !s.open(e, bound+coverWeight) || !s.open(e, bound+coverWeight*min(1, letters/float32(x.letters[e]))) || !s.keeps(e, r.place) {
			continue
		}
		f, ok := x.fit(e, words)
		if !ok {
			continue
		}
		score := f.quality + coverWeight*f.cover + x.weight[e] - r.loss
		why := ByWords
		if strings.HasPrefix(x.keys[e], key) {
			score += startBonus
			why = ByName
		}
		switch {
		case lone != 0 && x.article[e] == lone:
			score += startBonus + articleBonus
			why = ByName
		case article != "":
			if x.article[e] == articleNumber(article) {
				score += articleBonus
			} else {
				score -= 2 * articleBonus
			}
		}
		if f.errors > 0 {
			score -= typoLoss
			why = ByTypo
			if driver == 0 && x.first(e) == w {
				score += startBonus
			}
		}
		if s.open(e, score) {
			s.offer(candidate{entry: e, score: score, why: why})
		}
	}
}

// first is the first word of a name, its article apart.
func (x *Index) first(e int32) int32 {
	i := x.at[e]
	if x.article[e] != 0 {
		i++
	}
	return x.toks[i]
}

// fit is how well typed words sit in a name, from 0 to 1.
type fit struct {
	quality float32 // of the typed words, by their letters
	cover   float32 // share of the letters of the name that was typed
	errors  int
}

// fit matches each typed word with a word of the name of its own.
func (x *Index) fit(e int32, words []word) (fit, bool) {
	var f fit
	var used uint32
	var typed, good, covered float32
	toks := x.toks[x.at[e]:x.at[e+1]]
	for i := range words {
		w := &words[i]
		best, at, errs := float32(0), -1, 0
		for j, t := range toks {
			if used&(1<<j) != 0 {
				continue
			}
			switch {
			case t == w.whole:
				best, at, errs = 1, j, 0
			case t >= w.lo && t < w.hi:
				if w.small && !w.last {
					continue // "d" is not the beginning of any word
				}
				q := float32(0.9)
				if !w.last {
					q = 0.7
				}
				if q > best {
					best, at, errs = q, j, 0
				}
			default:
				if n, ok := lookup(w.near, t); ok {
					q := 1 - 0.3*float32(n.errors)
					if !n.whole {
						q -= 0.3
					}
					if q > best {
						best, at, errs = q, j, int(n.errors)
					}
				}
			}
			if best == 1 {
				break
			}
		}
		n := float32(len(w.text))
		switch {
		case at >= 0:
			used |= 1 << at
			f.errors += errs
			if !w.small {
				covered += min(n, float32(len(x.lex.words[toks[at]])))
			}
		case w.implied&x.implied[e] != 0:
			best = 0.9
		case w.small:
			n = 1
		default:
			return f, false
		}
		typed += n
		good += n * best
	}
	f.quality = good / typed
	f.cover = min(1, covered/float32(x.letters[e]))
	return f, true
}

func lookup(list []near, w int32) (near, bool) {
	i := sort.Search(len(list), func(i int) bool { return list[i].word >= w })
	if i < len(list) && list[i].word == w {
		return list[i], true
	}
	return near{}, false
}

// exact offers the entries of that very name.
func (s *search) exact(key, article string, r reading) {
	x := s.x
	if key == "" {
		return
	}
	current := x.isCurrent(key)
	for i := x.firstKey(key); i < len(x.byKey) && x.keys[x.byKey[i]] == key; i++ {
		e := x.byKey[i]
		if current && x.entries[e].Kind == Former && x.entries[e].ID.Level == territory.Commune && x.entries[x.current[x.entries[e].ID]].Population < smallToday || isGeneric(key) && x.article[e] != articleNumber(article) {
			continue // no more than any name that holds the words
		}
		score := exactScore + x.weight[e] - r.loss
		if x.article[e] != articleNumber(article) {
			score -= articleBonus
		}
		if s.open(e, score) && s.keeps(e, r.place) {
			s.offer(candidate{entry: e, score: score, why: ByName})
		}
	}
}

// isCurrent says whether a commune bears that very name today.
func (x *Index) isCurrent(key string) bool {
	for i := x.firstKey(key); i < len(x.byKey) && x.keys[x.byKey[i]] == key; i++ {
		if scopeOf(&x.entries[x.byKey[i]]) == communeScope {
			return true
		}
	}
	return false
}

// smallToday is the number of inhabitants below which a commune yields its former
// name to those that bear it; Évry and Vire are still called so.
const smallToday = 5000

// isGeneric tells the words that begin so many names that, alone, they name none.
func isGeneric(key string) bool { return key == "saint" || key == "sainte" }

// starts offers the entries whose name begins so; for a single letter.
func (s *search) starts(key, article string, r reading) {
	x := s.x
	for i := x.firstKey(key); i < len(x.byKey) && strings.HasPrefix(x.keys[x.byKey[i]], key); i++ {
		e := x.byKey[i]
		score := 1 + x.weight[e] - r.loss
		if article != "" && x.article[e] == articleNumber(article) {
			score += articleBonus
		}
		if s.open(e, score) && s.keeps(e, r.place) {
			s.offer(candidate{entry: e, score: score, why: ByName})
		}
	}
}

// firstKey is the place in byKey of the first name not before key.
func (x *Index) firstKey(key string) int {
	return sort.Search(len(x.byKey), func(i int) bool { return x.keys[x.byKey[i]] >= key })
}

// searchJoined reads the query without its spaces: "saintbrieuc", "plou gastel".
func (s *search) searchJoined(tokens []token) {
	x := s.x
	text := join(tokens, "")
	if len(text) < 4 {
		return
	}
	for i := sort.Search(len(x.joined), func(i int) bool { return x.joined[i].text >= text }); i < len(x.joined) && strings.HasPrefix(x.joined[i].text, text); i++ {
		e := x.joined[i].entry
		if len(text) <= len(x.lex.words[x.toks[x.at[e]]]) {
			continue // the beginning of its first word, nothing joined
		}
		score := joinedScore + x.weight[e]
		if len(x.joined[i].text) > len(text) {
			score -= 1
		}
		if s.open(e, score) && s.keeps(e, nil) {
			s.offer(candidate{entry: e, score: score, why: ByName})
		}
	}
	if len(tokens) > 1 {
		glued := []token{{text, tokens[0].start, tokens[len(tokens)-1].end}}
		s.run(glued, reading{loss: 0.5})
	}
}
