package names

import (
	"math/bits"
	"strings"

	"bassin/internal/territory"
)

// Scope is a list of names that [Index.ByName] searches.
type Scope int

// The scopes: those of the State's API Géo.
const (
	Communes     Scope = communeScope     // current communes
	Parts        Scope = partScope        // communes déléguées and associées, municipal arrondissements
	EPCIs        Scope = epciScope        // intercommunalités
	Departements Scope = departementScope // départements and overseas collectivities
	Regions      Scope = regionScope      // régions and overseas collectivities
)

const (
	communeScope = iota
	partScope
	epciScope
	departementScope
	regionScope
	otherScope
	scopeCount
)

func scopeOf(e *Entry) int {
	switch {
	case e.Kind == Inside:
		return partScope
	case e.Kind != Current:
		return otherScope
	case e.ID.Level == territory.Commune:
		return communeScope
	case e.ID.Level == territory.EPCI:
		return epciScope
	case e.ID.Level == territory.Departement:
		return departementScope
	case e.ID.Level == territory.Region:
		return regionScope
	}
	return otherScope
}

// Scored is a place and how well its name fits a query.
type Scored struct {
	Code  string  // of the place itself; of a part, not that of its commune
	Score float64 // 0 to 1
}

// ByName returns the places of a scope whose name holds every typed word, or a
// word that begins so, the best first; without typing errors, codes or former
// names. The exact name scores 1. Others score by how much of the name was typed
// or, with byPopulation, in order of population. A limit of 0 or less asks for all.
func (x *Index) ByName(scope Scope, q string, byPopulation bool, limit int) []Scored {
	if scope < 0 || scope >= otherScope {
		return nil
	}
	if len(q) > maxQuery {
		q = q[:maxQuery]
	}
	tokens := fold(q, make([]token, 0, maxTyped))
	if scope == EPCIs && len(tokens) > 1 && isTypeWord(tokens[0].text) {
		tokens = tokens[1:]
	}
	if len(tokens) > maxTyped {
		tokens = tokens[:maxTyped]
	}
	if len(tokens) == 0 {
		return nil
	}
	s := search{x: x}
	key := joinKey(tokens)
	words := s.read(tokens, leading(tokens), false)
	driver := choose(words)
	if driver < 0 {
		return nil
	}
	found := x.holders(x.scopes[scope], words, driver, key, tokens)
	if limit <= 0 || limit > found.count {
		limit = found.count
	}
	return x.sorted(found, strings.TrimSpace(q), key, byPopulation, limit)
}

// holders is a set of entries of one scope. As entries are in order of
// population, so is the set.
type holders struct {
	first int32
	set   []uint64
	count int
}

func (x *Index) holders(scope [2]int32, words []word, driver int, key string, tokens []token) holders {
	h := holders{first: scope[0], set: make([]uint64, (scope[1]-scope[0]+63)/64)}
	add := func(e int32) {
		i := e - h.first
		if b := uint64(1) << (i & 63); h.set[i>>6]&b == 0 {
			h.set[i>>6] |= b
			h.count++
		}
	}
	d := &words[driver]
	if len(words) == 1 {
		// The postings of a range of words lie side by side.
		for _, e := range x.lex.posts[x.lex.start[d.lo]:x.lex.start[d.hi]] {
			if e >= scope[0] && e < scope[1] {
				add(e)
			}
		}
	} else {
		for _, e := range x.lex.posts[x.lex.start[d.lo]:x.lex.start[d.hi]] {
			if e >= scope[0] && e < scope[1] {
				if _, ok := x.fit(e, words); ok {
					add(e)
				}
			}
		}
	}
	if raw := rawLast(tokens); raw != "" && len(words) == 1 {
		lo, hi, _ := x.lex.prefix(raw)
		for _, e := range x.lex.posts[x.lex.start[lo]:x.lex.start[hi]] {
			if e >= scope[0] && e < scope[1] {
				add(e)
			}
		}
	}
	return h
}

// rawLast gives back the abbreviation that the last word was before folding: a
// typed st is a saint, or the beginning of Strasbourg.
func rawLast(tokens []token) string {
	t := tokens[len(tokens)-1]
	if t.end-t.start >= len(t.text) {
		return ""
	}
	switch t.text {
	case "saint":
		return "st"
	case "sainte":
		return "ste"
	}
	return ""
}

// sorted scores a set and puts the best first, keeping the order of population
// among equals.
func (x *Index) sorted(h holders, q, key string, byPopulation bool, limit int) []Scored {
	const steps = 256
	article := byPopulation && startsWithArticle(q)
	type one struct {
		entry int32
		step  uint8
	}
	all := make([]one, 0, h.count)
	var count [steps + 1]int32
	for i, b := range h.set {
		for ; b != 0; b &= b - 1 {
			e := h.first + int32(i<<6+bits.TrailingZeros64(b))
			step := uint8(steps - 1)
			switch {
			case x.keys[e] == key && !(byPopulation && isGeneric(key)):
				step = 1
				if strings.EqualFold(x.entries[e].Name, q) {
					step = 0 // La Charme, not Charmé
				}
			case !byPopulation:
				step = max(2, similarity(x.keys[e], key))
			case article && startsWith(x.entries[e].Name, q):
				step = 2 // who types an article means it: la ro, La Rochelle
			}
			all = append(all, one{e, step})
			count[int(step)+1]++
		}
	}
	for i := range steps {
		count[i+1] += count[i]
	}
	out := make([]Scored, limit)
	for _, o := range all {
		at := count[o.step]
		count[o.step]++
		if int(at) >= limit {
			continue
		}
		e := &x.entries[o.entry]
		score := 1.0
		switch {
		case o.step <= 1:
		case byPopulation:
			renowned := float64(max(0, x.weight[o.entry]+formerLoss)) / (renown + formerLoss)
			if score = 0.1 + 0.8*renowned; o.step == 2 {
				score = 0.9 + 0.09*renowned
			}
		default:
			score = 1 - float64(o.step)/steps
		}
		code := e.Code
		if code == "" {
			code = e.ID.Code
		}
		out[at] = Scored{code, score}
	}
	return out
}

// similarity is 1 to 255, less for names of which more was typed.
func similarity(name, key string) uint8 {
	part := 200 * min(len(key), len(name)) / max(len(name), 1)
	if !strings.HasPrefix(name, key) {
		part = part * 3 / 4
	}
	return uint8(max(1, 255-part))
}

// startsWithArticle says whether the query begins with an article of place names.
func startsWithArticle(q string) bool {
	for _, a := range []string{"la ", "le ", "les ", "l'", "l’"} {
		if startsWith(q, a) {
			return true
		}
	}
	return false
}

// startsWith is strings.HasPrefix regardless of case.
func startsWith(name, prefix string) bool {
	return len(name) >= len(prefix) && strings.EqualFold(name[:len(prefix)], prefix)
}
