package names

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"bassin/internal/territory"
)

// Index answers searches over a fixed list of entries.
type Index struct {
	entries  []Entry // grouped by scope, then the most inhabited first
	scopes   [scopeCount][2]int32
	current  map[territory.ID]int32 // the Current entry of each territory
	lex      lexicon
	at, toks []int32 // words of entry e are toks[at[e]:at[e+1]]
	typos    typos
	keys     []string  // folded name without the leading article
	article  []uint8   // the leading article, by number
	letters  []uint8   // of the words that are not small words, at least 1
	weight   []float32 // what renown adds to a score, 0 to renown
	implied  []family  // words of the level that a query may add to the name
	level    []uint16  // bit of the level
	byKey    []int32   // entries in order of key
	joined   []joined  // names of several words written as one, sorted
	codes    []coded   // sorted by code
	places   map[string][]place
	known    map[string]place // by département code
}

type joined struct {
	text  string
	entry int32
}

type coded struct {
	code   string
	entry  int32
	postal bool
}

// place is a département or a région used to tell homonyms apart.
type place struct{ departement, region string }

// renown is the most that population adds to a score; formerLoss is what a name
// that is not the current one loses.
const (
	renown     = 1.2
	formerLoss = 0.3
)

// New indexes the entries. It takes no more than a fraction of a second for the
// whole of France, and keeps its own copy of the list.
func New(entries []Entry) *Index {
	x := &Index{entries: inOrder(entries)}
	for i := range x.entries {
		s := scopeOf(&x.entries[i])
		if x.scopes[s][1] == 0 {
			x.scopes[s][0] = int32(i)
		}
		x.scopes[s][1] = int32(i + 1)
	}
	names := make([]named, len(x.entries))
	for i := range x.entries {
		names[i] = readName(x.entries[i].Name)
	}
	x.lex, x.at, x.toks = newLexicon(names)
	x.typos = newTypos(x.lex.words)
	x.describe(names)
	x.weigh()
	x.sortKeys(names)
	x.listCodes()
	x.listPlaces()
	return x
}

// inOrder copies the entries, grouped by scope, the most inhabited first.
func inOrder(entries []Entry) []Entry {
	type key struct {
		from, people int32
		scope, rank  int8
		id           string
	}
	order := make([]key, len(entries))
	for i := range entries {
		e := &entries[i]
		order[i] = key{from: int32(i), people: e.Population, scope: int8(scopeOf(e)), rank: int8(rank(e.ID.Level)), id: e.ID.Code}
	}
	slices.SortFunc(order, func(a, b key) int {
		return cmp.Or(
			cmp.Compare(a.scope, b.scope), cmp.Compare(b.people, a.people),
			cmp.Compare(a.rank, b.rank), strings.Compare(a.id, b.id), cmp.Compare(a.from, b.from),
		)
	})
	out := make([]Entry, len(entries))
	for i := range order {
		out[i] = entries[order[i].from]
	}
	return out
}

// Len is the number of entries.
func (x *Index) Len() int { return len(x.entries) }

// rank puts the levels in the order in which namesakes are listed.
func rank(l territory.Level) int {
	i := slices.Index(levelOrder, l)
	if i < 0 {
		return len(levelOrder)
	}
	return i
}

// levelOrder is the order of groups, and of namesakes of equal renown.
var levelOrder = []territory.Level{
	territory.Commune, territory.ArrondissementMunicipal, territory.BassinDeVie, territory.EPCI, territory.EPT,
	territory.Departement, territory.Region, territory.Pays, territory.ZoneEmploi, territory.AireAttraction,
	territory.UniteUrbaine, territory.Arrondissement, territory.Canton, territory.TerritoireIndustrie, territory.QPV,
}

func (x *Index) describe(names []named) {
	n := len(x.entries)
	x.keys, x.article = make([]string, n), make([]uint8, n)
	x.letters, x.implied, x.level = make([]uint8, n), make([]family, n), make([]uint16, n)
	x.current = make(map[territory.ID]int32, n)
	for i := range names {
		e := &x.entries[i]
		x.keys[i], x.article[i] = names[i].key, articleNumber(names[i].article)
		letters := 0
		for _, t := range names[i].tokens {
			if !isStop(t.text) {
				letters += len(t.text)
			}
		}
		x.letters[i] = uint8(min(max(letters, 1), 255))
		x.implied[i] = familyOf(e)
		x.level[i] = 1 << rank(e.ID.Level)
		if e.Kind == Current {
			x.current[e.ID] = int32(i)
		}
	}
}

// weigh turns population into renown. A zone named after one of its communes
// counts for a little less than that commune; a zone with a name of its own for
// a small part of its inhabitants.
func (x *Index) weigh() {
	poles := make(map[string][]int32) // communes by key
	for i := x.scopes[communeScope][0]; i < x.scopes[communeScope][1]; i++ {
		poles[x.keys[i]] = append(poles[x.keys[i]], i)
	}
	short := make([]bool, len(x.entries))
	for i := range x.entries {
		e := &x.entries[i]
		if c, ok := x.current[e.ID]; ok && e.ID.Level == territory.Commune && strings.HasPrefix(x.keys[c], x.keys[i]+" ") && (x.entries[c].Population >= smallToday || !slices.ContainsFunc(poles[x.keys[i]], func(c int32) bool { return x.keys[c] == x.keys[i] })) {
			short[i] = true
			poles[x.keys[i]] = append(poles[x.keys[i]], c)
		}
	}
	x.weight = make([]float32, len(x.entries))
	for i := range x.entries {
		e := &x.entries[i]
		people, loss := float64(e.Population), 0.0
		switch {
		case e.ID.Level == territory.Commune && e.Kind == Current:
		case short[i]: // Cherbourg is what people call Cherbourg-en-Cotentin
			people, loss = float64(x.entries[x.current[e.ID]].Population), 0.01
		case e.Kind == Former && e.ID.Level == territory.Commune, e.Kind == Inside:
			loss = formerLoss
		default:
			people *= share(e.ID.Level)
			if e.Kind != Current {
				loss = formerLoss
			}
			for _, c := range poles[x.keys[i]] {
				if x.homeOf(c, e) {
					people = min(people, float64(x.entries[c].Population))
					loss += 0.005 * float64(1+rank(e.ID.Level))
					break
				}
			}
		}
		x.weight[i] = float32(renown*math.Log10(people+1)/7.9 - loss)
	}
}

// share is the part of a zone's inhabitants that counts as renown.
func share(l territory.Level) float64 {
	switch l {
	case territory.Departement, territory.Region, territory.Pays, territory.EPCI, territory.EPT:
		return 0.05
	}
	return 0.02
}

// homeOf says whether zone e is likely to be named after commune c.
func (x *Index) homeOf(c int32, e *Entry) bool {
	k := &x.entries[c]
	return k.Departement == e.Departement || e.Departement == "" && k.Region == e.Region
}

func (x *Index) sortKeys(names []named) {
	x.byKey = make([]int32, len(x.entries))
	for i := range x.byKey {
		x.byKey[i] = int32(i)
	}
	slices.SortFunc(x.byKey, func(a, b int32) int {
		return cmp.Or(strings.Compare(x.keys[a], x.keys[b]), cmp.Compare(a, b))
	})
	for i := range names {
		if len(names[i].tokens) > 1 {
			x.joined = append(x.joined, joined{join(names[i].tokens, ""), int32(i)})
		}
	}
	slices.SortFunc(x.joined, func(a, b joined) int {
		return cmp.Or(strings.Compare(a.text, b.text), cmp.Compare(a.entry, b.entry))
	})
}

func (x *Index) listCodes() {
	for i := range x.entries {
		e, n := &x.entries[i], int32(i)
		if e.Kind == Current || e.ID.Level == territory.ArrondissementMunicipal {
			x.codes = append(x.codes, coded{code: strings.ToLower(e.ID.Code), entry: n})
			if e.Siren != "" {
				x.codes = append(x.codes, coded{code: e.Siren, entry: n})
			}
			for _, p := range e.PostalCodes {
				x.codes = append(x.codes, coded{code: p, entry: n, postal: true})
			}
		} else if e.Kind == Inside && e.Code != "" && e.Code != e.ID.Code {
			x.codes = append(x.codes, coded{code: strings.ToLower(e.Code), entry: n})
		}
	}
	slices.SortFunc(x.codes, func(a, b coded) int {
		return cmp.Or(strings.Compare(a.code, b.code), cmp.Compare(a.entry, b.entry))
	})
}

func (x *Index) listPlaces() {
	x.places, x.known = make(map[string][]place), make(map[string]place)
	for i := range x.entries {
		e := &x.entries[i]
		if e.Kind == Inside {
			continue
		}
		switch e.ID.Level {
		case territory.Departement:
			p := place{departement: e.ID.Code}
			x.places[x.keys[i]] = append(x.places[x.keys[i]], p)
			x.known[strings.ToLower(e.ID.Code)] = p
		case territory.Region:
			x.places[x.keys[i]] = append(x.places[x.keys[i]], place{region: e.ID.Code})
		}
	}
}

// family is the set of level words ("agglo", "canton") that fit an entry.
type family uint16

const (
	cc family = 1 << iota
	ca
	cu
	metropole
	ept
	communeWord
	cantonWord
	bassinWord
	emploiWord
	aireWord
	urbaineWord
	arrondissementWord
	departementWord
	regionWord
	quartierWord
	industrieWord
)

const interco = cc | ca | cu | metropole | ept

func familyOf(e *Entry) family {
	switch e.ID.Level {
	case territory.EPCI:
		switch e.Type {
		case "CC":
			return cc
		case "CA":
			return ca
		case "CU":
			return cu
		}
		return metropole
	case territory.EPT:
		return ept
	case territory.Commune:
		return communeWord
	case territory.Canton:
		return cantonWord
	case territory.BassinDeVie:
		return bassinWord
	case territory.ZoneEmploi:
		return emploiWord
	case territory.AireAttraction:
		return aireWord
	case territory.UniteUrbaine:
		return urbaineWord
	case territory.Arrondissement, territory.ArrondissementMunicipal:
		return arrondissementWord
	case territory.Departement:
		return departementWord
	case territory.Region:
		return regionWord
	case territory.QPV:
		return quartierWord
	case territory.TerritoireIndustrie:
		return industrieWord
	}
	return 0
}

// levelWords are the folded words that people add to a name to say which level
// they mean.
var levelWords = []struct {
	word string
	of   family
}{
	{"cc", cc}, {"ca", ca}, {"cu", cu}, {"comcom", cc}, {"com", cc}, {"communaute", cc | ca | cu}, {"communes", cc},
	{"agglo", ca | cu | metropole}, {"agglomeration", ca | cu | metropole}, {"grand", ca | cu | metropole}, {"urbaine", cu | urbaineWord}, {"metropole", metropole | cu},
	{"epci", interco}, {"interco", interco}, {"intercommunalite", interco}, {"ept", ept},
	{"commune", communeWord}, {"ville", communeWord}, {"mairie", communeWord}, {"village", communeWord},
	{"canton", cantonWord}, {"bassin", bassinWord}, {"vie", bassinWord}, {"bv", bassinWord},
	{"zone", emploiWord}, {"emploi", emploiWord}, {"ze", emploiWord}, {"aire", aireWord}, {"attraction", aireWord}, {"aav", aireWord},
	{"unite", urbaineWord}, {"uu", urbaineWord}, {"arrondissement", arrondissementWord}, {"arrt", arrondissementWord},
	{"departement", departementWord}, {"dept", departementWord}, {"dpt", departementWord}, {"region", regionWord},
	{"quartier", quartierWord}, {"qpv", quartierWord}, {"prioritaire", quartierWord}, {"territoire", industrieWord}, {"industrie", industrieWord},
}

// impliedBy returns the levels that a typed word may name; of the last word the
// beginning is enough.
func impliedBy(w string, last bool) (f family) {
	for _, l := range levelWords {
		if w == l.word || last && len(w) >= 3 && strings.HasPrefix(l.word, w) {
			f |= l.of
		}
	}
	return f
}
