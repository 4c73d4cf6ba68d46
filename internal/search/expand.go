package search

import (
	"cmp"
	"slices"
	"strings"
)

// What each way of meeting a word of the query counts, beside 1 for the word itself.
const (
	kin        = 0.9  // another form of the word
	joinedUp   = 0.9  // written in one, as nextcloud for "next cloud"
	unfinished = 0.8  // the beginning of a word
	alike      = 0.6  // a synonym
	misread    = 0.7  // mended, and half as much for each next guess
	weakly     = 0.35 // a word that names nearly any commons
)

const (
	beginnings = 50 // words tried for an unfinished one
	mended     = 4  // words tried for one mistyped
	mostWords  = 31 // of a query; others are left aside
)

// alternative is one way of meeting a clause: a word, or words one after the other,
// each of which may take several forms.
type alternative struct {
	weight float64
	forms  [][]string // sorted
}

// clause is a word of the query, or a phrase, with all that stands for it.
type clause struct {
	words  map[string]float64 // words of the index, with what they count
	longer []alternative
	weak   bool
	not    bool
}

// asked is a query made ready for one moment of the index.
type asked struct {
	clauses []clause
	titles  []string // terms of whole titles
	read    string
}

// word of the query being made ready.
type word struct {
	token
	instead []string // known words in its place, best first
	clause  *clause
}

// understand makes a query ready.
func (x *Index) understand(m *moment, q Query, slack int) asked {
	var a asked
	var reads []string
	mended := false
	parts := parse(q.Text)
	var all, telling strings.Builder
	for n, p := range parts {
		switch {
		case p.phrase || p.not:
			c := clause{words: map[string]float64{}, not: p.not}
			if c.phrase(m, p, q.Lang); len(c.words)+len(c.longer) > 0 {
				a.clauses = append(a.clauses, c)
			}
			reads = append(reads, render(p))
		default:
			typing := q.Typing && n == len(parts)-1 && !strings.HasSuffix(q.Text, " ")
			words := x.words(m, p.text, q.Lang, typing, slack)
			read := p.text
			for n := len(words) - 1; n >= 0; n-- {
				if w := words[n]; len(w.instead) > 0 {
					read = read[:w.at] + w.instead[0] + read[w.end:]
					mended = true
				}
			}
			reads = append(reads, read)
			for _, w := range words {
				a.clauses = append(a.clauses, *w.clause)
				all.WriteString(w.now())
				if !w.clause.weak {
					telling.WriteString(w.now())
				}
			}
		}
	}
	for _, t := range []string{all.String(), telling.String()} {
		if t != "" && !slices.Contains(a.titles, "="+t) {
			a.titles = append(a.titles, "="+t)
		}
	}
	if len(a.clauses) > mostWords {
		a.clauses = a.clauses[:mostWords]
	}
	if mended {
		a.read = strings.Join(reads, " ")
	}
	strong := slices.ContainsFunc(a.clauses, func(c clause) bool { return !c.weak && !c.not })
	for n := range a.clauses {
		a.clauses[n].weak = a.clauses[n].weak && strong
	}
	return a
}

// now is the word as it is understood.
func (w word) now() string {
	if len(w.instead) > 0 {
		return w.instead[0]
	}
	return w.word
}

// render writes a part as somebody would type it.
func render(p part) string {
	s := p.text
	if p.phrase {
		s = `"` + s + `"`
	}
	if p.not {
		s = "-" + s
	}
	return s
}

// phrase fills a clause with words in quotes, or with those to be left out.
func (c *clause) phrase(m *moment, p part, lang string) {
	var words []token
	for _, t := range tokens(p.text, stopWords(lang)) {
		if !t.whole && !t.stop {
			words = append(words, t)
		}
	}
	if len(words) == 1 {
		if p.phrase {
			c.words[words[0].word] = 1
		} else {
			m.family(c.words, words[0].word, lang, 1)
		}
		return
	}
	alt := alternative{weight: 1}
	for _, w := range words {
		forms := []string{w.word}
		if p.not && !p.phrase {
			forms = m.forms(w.word, lang)
		}
		alt.forms = append(alt.forms, forms)
	}
	if len(alt.forms) > 0 {
		c.longer = append(c.longer, alt)
	}
}

// forms are the words in use that share the stem of one.
func (m *moment) forms(word, lang string) []string {
	to := map[string]float64{}
	m.family(to, word, lang, 1)
	out := make([]string, 0, len(to))
	for w := range to {
		out = append(out, w)
	}
	slices.Sort(out)
	return out
}

// words makes the clauses of a run of words.
func (x *Index) words(m *moment, text, lang string, typing bool, slack int) []word {
	var words []word
	var wholes []token
	all := tokens(text, stopWords(lang))
	idle := !slices.ContainsFunc(all, func(t token) bool { return !t.stop })
	last := 0
	for _, t := range all {
		last = max(last, t.end)
		switch {
		case t.whole:
			wholes = append(wholes, t)
		case !t.stop || idle:
			words = append(words, word{token: t, clause: &clause{words: map[string]float64{}}})
		case typing && t.end == len(strings.TrimRight(text, " ")):
			words = append(words, word{token: t, clause: &clause{words: map[string]float64{}}})
		}
	}
	slices.SortStableFunc(words, func(a, b word) int { return cmp.Compare(a.at, b.at) })
	for n := range words {
		w := &words[n]
		m.family(w.clause.words, w.word, lang, 1)
		if typing && w.end == last {
			m.beginning(w.clause.words, w.word, unfinished)
		}
		for _, t := range wholes {
			if t.at <= w.at && w.end <= t.end && m.count(t.word) > 0 {
				w.clause.words[t.word] = max(w.clause.words[t.word], joinedUp)
			}
		}
		w.clause.weak = x.synonyms.weak[stem(w.word, "fr")] || isNumber(w.word)
	}
	for n := range len(words) - 1 {
		if j := words[n].word + words[n+1].word; m.count(j) > 0 {
			for _, c := range []*clause{words[n].clause, words[n+1].clause} {
				c.words[j] = max(c.words[j], joinedUp)
			}
		}
	}
	known := x.known(words)
	for n := range words {
		w := &words[n]
		limit := errorsIn(w.word)
		if slack > 0 && len(w.word) > 3 && !isNumber(w.word) {
			limit = slack + 1
		}
		if len(w.clause.words) > 0 || known[n] || x.synonyms.knows(w.word) || limit == 0 {
			continue
		}
		w.instead = x.mend(m, w.word, limit)
		weight := misread
		for _, guess := range w.instead {
			m.family(w.clause.words, guess, lang, weight)
			weight /= 2
		}
		if len(w.instead) > 0 {
			w.clause.weak = x.synonyms.weak[stem(w.instead[0], "fr")]
		}
	}
	x.meet(m, words)
	return words
}

func isNumber(word string) bool { return word[0] >= '0' && word[0] <= '9' }

// spans calls found with each member of a group that the words spell.
func (x *Index) spans(words []word, found func(from, to int, others [][]string)) {
	for from := range words {
		var key strings.Builder
		for to := from; to < len(words) && to < from+x.synonyms.longest; to++ {
			if to > from {
				key.WriteByte(' ')
			}
			key.WriteString(stem(words[to].now(), "fr"))
			if others := x.synonyms.groups[key.String()]; len(others) > 0 {
				found(from, to+1, others)
			}
		}
	}
}

// known tells which words belong to a member of a group.
func (x *Index) known(words []word) []bool {
	out := make([]bool, len(words))
	x.spans(words, func(from, to int, _ [][]string) {
		for n := from; n < to; n++ {
			out[n] = true
		}
	})
	return out
}

// meet adds synonyms: each word of a member can be met by the others of its group.
// A member inside a longer one is left aside: "espace public numérique" is not public.
func (x *Index) meet(m *moment, words []word) {
	type span struct {
		from, to int
		others   [][]string
	}
	var all []span
	x.spans(words, func(from, to int, others [][]string) { all = append(all, span{from, to, others}) })
	for _, s := range all {
		if slices.ContainsFunc(all, func(o span) bool { return o.from <= s.from && s.to <= o.to && o.to-o.from > s.to-s.from }) {
			continue
		}
		for _, member := range s.others {
			alt := alternative{weight: alike}
			for _, w := range member {
				alt.forms = append(alt.forms, m.forms(w, "fr"))
			}
			for n := s.from; n < s.to; n++ {
				c := words[n].clause
				if s.to-s.from > 1 {
					c.weak = false
				}
				if len(member) > 1 {
					c.longer = append(c.longer, alt)
					continue
				}
				for _, f := range alt.forms[0] {
					c.words[f] = max(c.words[f], alike)
				}
			}
		}
	}
}
