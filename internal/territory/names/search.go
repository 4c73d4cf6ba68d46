package names

import (
	"cmp"
	"slices"
	"strings"

	"bassin/internal/territory"
)

// Options narrow a search. The zero value asks for the ten best of all levels.
type Options struct {
	Limit       int               // at most that many matches; 10 if not positive, 100 at most
	Levels      []territory.Level // only these, all if empty
	Departement string            // only territories of that département (code)
	Region      string            // only territories of that région (code)
}

const (
	defaultLimit = 10
	maxLimit     = 100
	maxQuery     = 200 // bytes of a query that are read
	maxTyped     = 10  // words of a query that are read
)

// Search returns the territories that answer what somebody typed, the best first,
// each once. It forgives typing errors when too little answers to the letter.
// A query may end in a place that tells homonyms apart: "Saint-Denis 93",
// "Saint-Denis (Réunion)".
func (x *Index) Search(q string, o Options) []Match {
	s := &search{x: x, limit: o.Limit, levels: ^uint16(0)}
	if s.limit <= 0 {
		s.limit = defaultLimit
	}
	s.limit = min(s.limit, maxLimit)
	if len(o.Levels) > 0 {
		s.levels = 0
		for _, l := range o.Levels {
			s.levels |= 1 << rank(l)
		}
	}
	s.within = filter{place: place{o.Departement, o.Region}}
	if len(q) > maxQuery {
		q = q[:maxQuery]
	}
	typed := s.query(q)
	slices.SortStableFunc(s.best, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.entry, b.entry))
	})
	out := make([]Match, len(s.best))
	for i := range s.best {
		out[i] = x.match(&s.best[i], typed)
	}
	return out
}

// search is one search under way.
type search struct {
	x      *Index
	limit  int
	levels uint16
	within filter
	best   []candidate // at most limit, one a territory
	floor  float32     // the lowest score of best once it is full
}

type candidate struct {
	entry int32
	score float32
	why   Why
	code  string // what matched, if it was a code
	typed int    // how many of its characters were typed
}

// filter keeps entries of one place.
type filter struct {
	place
	postal string // beginning of a postal code
}

func (f *filter) keeps(e *Entry) bool {
	return (f.departement == "" || e.Departement == f.departement) && (f.region == "" || e.Region == f.region) &&
		(f.postal == "" || slices.ContainsFunc(e.PostalCodes, func(p string) bool { return strings.HasPrefix(p, f.postal) }))
}

// Scores. An exact name stands above all; then a sum of how well the words fit,
// how much of the name they cover, and renown.
const (
	exactScore   = 3.0
	joinedScore  = 2.0
	codeScore    = 4.0
	coverWeight  = 0.35
	startBonus   = 0.15
	articleBonus = 0.1
	typoLoss     = 0.5
	smallPlace   = renown * 3.3 / 7.9 // renown of 2,000 inhabitants
)

// query runs the readings of a query, the most literal first, and returns the
// words to highlight.
func (s *search) query(q string) []token {
	main, hint := split(q)
	tokens := fold(main, nil)
	if len(tokens) > maxTyped {
		tokens = tokens[:maxTyped]
	}
	if hint != "" {
		places := s.x.resolve(fold(hint, nil), true)
		for _, p := range places {
			s.hinted(tokens, p, 0)
		}
		if len(places) == 0 {
			tokens = append(tokens, fold(hint, nil)...)
			tokens = tokens[:min(len(tokens), maxTyped)]
		} else if len(s.best) > 0 {
			return tokens
		}
	}
	if len(tokens) == 0 {
		return nil
	}
	s.searchCodes(tokens)
	s.levelAndCode(tokens)
	s.run(tokens, reading{})
	if last := &tokens[len(tokens)-1]; last.text == "saint" && last.end-last.start < 5 {
		raw := slices.Clone(tokens) // "st" may also begin Stains or Strasbourg
		raw[len(raw)-1].text = strings.ToLower(main[last.start:last.end])
		s.run(raw, reading{})
	}
	s.placed(tokens)
	top := s.top()
	if top < exactScore && len(tokens) > 0 {
		s.searchJoined(tokens)
	}
	if s.wantsTypos(s.top()) {
		s.run(tokens, reading{typos: true})
	}
	if len(s.best) == 0 {
		s.looser(tokens)
	}
	return tokens
}

// split takes what stands in brackets or after a comma as a hint.
func split(q string) (main, hint string) {
	if before, after, ok := strings.Cut(q, "("); ok {
		inside, rest, _ := strings.Cut(after, ")")
		main, hint = before+" "+rest, inside
	} else if before, after, ok := strings.Cut(q, ","); ok {
		main, hint = before, after
	} else {
		return q, ""
	}
	if strings.TrimSpace(main) == "" {
		return hint, ""
	}
	return main, strings.TrimSpace(hint)
}

// resolve reads a hint: a département number, a postal code, or the name of a
// département or région; of the name the beginning is enough if prefix is set.
func (x *Index) resolve(tokens []token, prefix bool) []filter {
	if len(tokens) == 0 {
		return nil
	}
	if len(tokens) == 1 {
		if t := tokens[0].text; t[0] <= '9' {
			if p, ok := x.known[t]; ok {
				return []filter{{place: p}}
			}
			if isDigits(t) && len(t) >= 4 && len(t) <= 5 {
				return []filter{{postal: t}}
			}
			return nil
		}
	}
	key := joinKey(tokens)
	var out []filter
	for _, p := range x.places[key] {
		out = append(out, filter{place: p})
	}
	if len(out) > 0 || !prefix || len(key) < 3 {
		return out
	}
	for _, k := range x.placeNames() {
		if strings.HasPrefix(k, key) {
			for _, p := range x.places[k] {
				out = append(out, filter{place: p})
			}
			break
		}
	}
	return out
}

// placeNames returns the keys of places in order.
func (x *Index) placeNames() []string {
	out := make([]string, 0, len(x.places))
	for k := range x.places {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// placed tries the first or last words of a query as a hint.
func (s *search) placed(tokens []token) {
	n := len(tokens)
	if n < 2 {
		return
	}
	if t := tokens[n-1].text; t[0] <= '9' {
		for _, f := range s.x.resolve(tokens[n-1:], false) {
			s.hinted(tokens[:n-1], f, 0)
		}
	}
	if t := tokens[0].text; t[0] <= '9' {
		for _, f := range s.x.resolve(tokens[:1], false) {
			s.hinted(tokens[1:], f, 0)
		}
	}
	if s.top() >= exactScore {
		return
	}
	for k := 1; k < min(n, 6); k++ {
		if isStop(tokens[n-k].text) && k == 1 {
			continue
		}
		for _, f := range s.x.resolve(tokens[n-k:], false) {
			head := tokens[:n-k]
			for len(head) > 1 && isStop(head[len(head)-1].text) {
				head = head[:len(head)-1] // "Saint-Denis de la Réunion"
			}
			s.hinted(head, f, 1)
		}
	}
}

// hinted runs the query within a place.
func (s *search) hinted(tokens []token, f filter, loss float32) {
	if len(tokens) == 0 || s.within.departement != "" && f.departement != "" && s.within.departement != f.departement {
		return
	}
	r := reading{place: &f, loss: loss}
	s.run(tokens, r)
	if len(s.best) == 0 {
		r.typos = true
		s.run(tokens, r)
	}
}

func (s *search) top() float32 {
	var top float32
	for i := range s.best {
		top = max(top, s.best[i].score)
	}
	return top
}

// wantsTypos says whether what answers to the letter is too little: nothing, few
// things, or only a small place whose name may be a large one's, mistyped.
func (s *search) wantsTypos(top float32) bool {
	if top < exactScore {
		return len(s.best) < s.limit
	}
	return len(s.best) < 3 || top < exactScore+smallPlace
}

// looser tries what is left when nothing answers: saint glued to the name, or one
// word too many.
func (s *search) looser(tokens []token) {
	var cut []token
	for _, t := range tokens {
		done := false
		for _, p := range []string{"sainte", "saint", "ste", "st"} {
			if rest, ok := strings.CutPrefix(t.text, p); ok && len(rest) >= 4 {
				cut = append(cut, canonical([]token{{p, t.start, t.end}}, 0)[0], token{rest, t.start, t.end})
				done = true
				break
			}
		}
		if !done {
			cut = append(cut, t)
		}
	}
	if len(cut) > len(tokens) {
		s.run(cut[:min(len(cut), maxTyped)], reading{typos: true})
	}
	if len(s.best) > 0 || len(tokens) < 2 || len(tokens) > 6 {
		return
	}
	for i := range tokens {
		if len(tokens) == 2 && len(tokens[1-i].text) < 4 {
			continue
		}
		s.run(slices.Delete(slices.Clone(tokens), i, i+1), reading{typos: true, loss: 0.5})
	}
}

// offer keeps a candidate if it is among the best.
func (s *search) offer(c candidate) {
	id := s.x.entries[c.entry].ID
	for i := range s.best {
		if b := &s.best[i]; s.x.entries[b.entry].ID == id {
			if c.score > b.score {
				*b = c
				s.settle()
			}
			return
		}
	}
	if len(s.best) < s.limit {
		s.best = append(s.best, c)
		s.settle()
		return
	}
	worst := 0
	for i := range s.best {
		if b, w := &s.best[i], &s.best[worst]; b.score < w.score || b.score == w.score && b.entry > w.entry {
			worst = i
		}
	}
	if w := &s.best[worst]; c.score > w.score || c.score == w.score && c.entry < w.entry {
		*w = c
		s.settle()
	}
}

func (s *search) settle() {
	if len(s.best) < s.limit {
		return
	}
	s.floor = s.best[0].score
	for i := range s.best {
		s.floor = min(s.floor, s.best[i].score)
	}
}

// open says whether an entry may still get in with at most that score.
func (s *search) open(e int32, most float32) bool {
	return (len(s.best) < s.limit || most >= s.floor) && s.x.level[e]&s.levels != 0
}

func (s *search) keeps(e int32, f *filter) bool {
	n := &s.x.entries[e]
	return s.within.keeps(n) && (f == nil || f.keeps(n))
}
