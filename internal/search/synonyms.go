package search

import (
	_ "embed"
	"slices"
	"strings"
)

// The words of the field: one group a line, its members between commas.
//
//go:embed synonyms.txt
var synonymsText string

// The words that name any commons, one or more a line.
//
//go:embed weak.txt
var weakText string

// synonyms are groups of words that stand for one another.
type synonyms struct {
	groups  map[string][][]string // members by their stems, joined by blanks; each as folded words
	longest int                   // words of the longest member
	words   []string              // of all members, sorted
	weak    map[string]bool       // stems of words that tell little beside another
}

// readSynonyms reads the shipped files.
func readSynonyms() *synonyms {
	s := &synonyms{groups: map[string][][]string{}, weak: map[string]bool{}}
	for line := range lines(synonymsText) {
		from, to, oneWay := strings.Cut(line, ">")
		left := s.members(from)
		right := left
		if oneWay {
			right = s.members(to)
		}
		for x, m := range left {
			for y, other := range right {
				if oneWay || x != y {
					s.groups[stems(m)] = append(s.groups[stems(m)], other)
				}
			}
		}
	}
	for line := range lines(weakText) {
		for _, word := range plain(line) {
			s.weak[stem(word, "fr")] = true
		}
	}
	slices.Sort(s.words)
	s.words = slices.Compact(s.words)
	return s
}

// members reads what stands between commas.
func (s *synonyms) members(text string) [][]string {
	var out [][]string
	for m := range strings.SplitSeq(text, ",") {
		if words := plain(m); len(words) > 0 {
			out = append(out, words)
			s.longest = max(s.longest, len(words))
			s.words = append(s.words, words...)
		}
	}
	return out
}

// lines gives the lines of a data file that are neither empty nor a remark.
func lines(text string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			if line != "" && line[0] != '#' && !yield(line) {
				return
			}
		}
	}
}

// knows says whether a word is of the field.
func (s *synonyms) knows(word string) bool {
	_, ok := slices.BinarySearch(s.words, word)
	return ok || s.weak[stem(word, "fr")]
}

// plain gives the words of a text, stop words aside if there are others.
func plain(text string) []string {
	var out, idle []string
	for _, t := range tokens(text, stopsFr) {
		switch {
		case t.whole:
		case t.stop:
			idle = append(idle, t.word)
		default:
			out = append(out, t.word)
		}
	}
	if len(out) == 0 {
		return idle
	}
	return out
}

func stems(words []string) string {
	var b strings.Builder
	for x, w := range words {
		if x > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(stem(w, "fr"))
	}
	return b.String()
}
