package search

import (
	"slices"
	"sort"
	"strings"
)

// errorsIn is the number of typing errors borne in a word.
func errorsIn(word string) int {
	switch {
	case strings.ContainsAny(word, "0123456789+#."), len(word) < 4:
		return 0
	case len(word) < 8:
		return 1
	}
	return 2
}

// near calls found with the words at most most errors away from word: a letter more,
// less, other, or two swapped (Damerau-Levenshtein, each place edited once). It walks
// the sorted words as a tree, row by row, and leaps over beginnings that are too far.
func near(words []string, word string, most int, found func(at, distance int)) {
	n := len(word)
	rows := [][]int{make([]int, n+1)}
	for x := range n + 1 {
		rows[0][x] = x
	}
	before := ""
	for at := 0; at < len(words); {
		w := words[at]
		depth := 0
		for depth < len(before) && depth < len(w) && depth < len(rows)-1 && before[depth] == w[depth] {
			depth++
		}
		rows = rows[:depth+1]
		dead := 0 // length of a beginning that is too far
		for depth < len(w) {
			row := extend(rows, word, w, depth)
			depth++
			rows = append(rows, row)
			if slices.Min(row) > most { // rows to come are no lower
				dead = depth
				break
			}
		}
		before = w
		if dead > 0 {
			lost := w[:dead]
			at += 1 + sort.Search(len(words)-at-1, func(x int) bool { return !strings.HasPrefix(words[at+1+x], lost) })
			continue
		}
		if d := rows[len(w)][n]; d <= most {
			found(at, d)
		}
		at++
	}
}

// extend works out the row of w[:depth+1] against all beginnings of word.
func extend(rows [][]int, word, w string, depth int) []int {
	last := rows[depth]
	var row []int
	if cap(rows) > depth+1 && len(rows[:depth+2][depth+1]) == len(last) { // a row let go is used again
		row = rows[:depth+2][depth+1]
	} else {
		row = make([]int, len(last))
	}
	row[0] = depth + 1
	for x := 1; x < len(last); x++ {
		cost := 1
		if word[x-1] == w[depth] {
			cost = 0
		}
		row[x] = min(last[x]+1, row[x-1]+1, last[x-1]+cost)
		if x > 1 && depth > 0 && word[x-1] == w[depth-1] && word[x-2] == w[depth] {
			row[x] = min(row[x], rows[depth-1][x-2]+1)
		}
	}
	return row
}

// mend gives the known words nearest to one that is not, best first: those of the
// fewest errors, then of the same first letter, then the most frequent.
func (x *Index) mend(m *moment, word string, limit int) []string {
	for errors := 1; errors <= limit; errors++ {
		counts := map[string]int{}
		for _, v := range m.views {
			near(v.terms, word, errors, func(at, _ int) {
				if v.counts[at] > 0 && v.terms[at][0] != '=' {
					counts[v.terms[at]] += int(v.counts[at])
				}
			})
		}
		near(x.synonyms.words, word, errors, func(at, _ int) { counts[x.synonyms.words[at]] += 0 })
		var same, other []string
		for _, w := range most(counts, mended) {
			if w[0] == word[0] {
				same = append(same, w)
			} else {
				other = append(other, w)
			}
		}
		if len(same) > 0 {
			return same
		}
		if len(other) > 0 {
			return other
		}
	}
	return nil
}
