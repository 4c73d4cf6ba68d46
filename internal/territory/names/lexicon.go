package names

import (
	"slices"
	"sort"
	"strings"
)

// lexicon is the sorted list of the distinct words of all names, with the
// entries that hold each. Words are numbered in alphabetical order, so that a
// beginning is a range of numbers.
type lexicon struct {
	words []string
	start []int32 // entries of word w are posts[start[w]:start[w+1]], increasing
	posts []int32
}

// newLexicon numbers the words of each entry. It returns, beside the lexicon,
// the word numbers of entry e as toks[at[e]:at[e+1]].
func newLexicon(names []named) (lex lexicon, at, toks []int32) {
	count := make(map[string]int32, len(names))
	total := 0
	for i := range names {
		for _, t := range names[i].tokens {
			count[t.text]++
			total++
		}
	}
	lex.words = make([]string, 0, len(count))
	for w := range count {
		lex.words = append(lex.words, w)
	}
	slices.Sort(lex.words)
	lex.words = compactStrings(lex.words)
	number := count
	for i, w := range lex.words {
		number[w] = int32(i)
	}
	at, toks = make([]int32, len(names)+1), make([]int32, 0, total)
	lex.start = make([]int32, len(lex.words)+1)
	for i := range names {
		for _, t := range names[i].tokens {
			n := number[t.text]
			if !slices.Contains(toks[at[i]:], n) {
				lex.start[n+1]++
			}
			toks = append(toks, n)
		}
		at[i+1] = int32(len(toks))
	}
	for i := range lex.words {
		lex.start[i+1] += lex.start[i]
	}
	lex.posts = make([]int32, lex.start[len(lex.words)])
	next := slices.Clone(lex.start)
	for i := range names {
		for j := at[i]; j < at[i+1]; j++ {
			if n := toks[j]; !slices.Contains(toks[at[i]:j], n) {
				lex.posts[next[n]] = int32(i)
				next[n]++
			}
		}
	}
	return lex, at, toks
}

// compactStrings gives sorted strings one backing array, so that the sources
// they were cut from can be freed.
func compactStrings(list []string) []string {
	all := strings.Join(list, "")
	out, n := make([]string, len(list)), 0
	for i, s := range list {
		out[i] = all[n : n+len(s)]
		n += len(s)
	}
	return out
}

// prefix returns the range of the words that begin with p, and the number of the
// word p itself, or -1.
func (l *lexicon) prefix(p string) (lo, hi, whole int32) {
	a := sort.SearchStrings(l.words, p)
	n := sort.Search(len(l.words)-a, func(i int) bool { return !strings.HasPrefix(l.words[a+i], p) })
	whole = -1
	if n > 0 && l.words[a] == p {
		whole = int32(a)
	}
	return int32(a), int32(a + n), whole
}

func (l *lexicon) entries(w int32) []int32 { return l.posts[l.start[w]:l.start[w+1]] }
