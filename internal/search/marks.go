package search

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// Range is a piece of a text, in bytes.
type Range struct{ From, To int }

// Snippet is a piece of a text with what was found in it.
type Snippet struct {
	Text       string
	Marks      []Range // in Text
	Cut, Ended bool    // the text begins before; it goes on after
}

// marker knows what a query was met by.
type marker struct {
	lang   string
	words  map[string]bool
	longer [][][]string
}

func newMarker(w *weighing, lang string) *marker {
	k := &marker{lang: lang, words: map[string]bool{}}
	for c, clause := range w.clauses {
		if clause.not {
			continue
		}
		for _, word := range w.words[c] {
			k.words[word] = true
		}
		for _, alt := range clause.longer {
			k.longer = append(k.longer, alt.forms)
		}
	}
	return k
}

// Marks tells where a text holds what was asked for, in order and apart.
func (r Result) Marks(text string) []Range {
	if r.marks == nil || len(r.marks.words)+len(r.marks.longer) == 0 {
		return nil
	}
	var out []Range
	all := tokens(text, stopWords(r.marks.lang))
	var plain []token
	for _, t := range all {
		if r.marks.words[t.word] {
			out = append(out, Range{t.at, t.end})
		}
		if !t.whole && !t.stop {
			plain = append(plain, t)
		}
	}
	for _, forms := range r.marks.longer {
		for x := 0; x+len(forms) <= len(plain); x++ {
			meets := true
			for y, f := range forms {
				if _, ok := slices.BinarySearch(f, plain[x+y].word); !ok {
					meets = false
					break
				}
			}
			if meets {
				out = append(out, Range{plain[x].at, plain[x+len(forms)-1].end})
			}
		}
	}
	slices.SortFunc(out, func(a, b Range) int {
		if a.From != b.From {
			return a.From - b.From
		}
		return b.To - a.To
	})
	apart := out[:0]
	for _, m := range out {
		if n := len(apart); n > 0 && m.From <= apart[n-1].To {
			apart[n-1].To = max(apart[n-1].To, m.To)
			continue
		}
		apart = append(apart, m)
	}
	return apart
}

// Snippet gives about so many bytes of a text, where most of what was asked for stands
// close together, cut between words; the beginning if there is nothing.
func (r Result) Snippet(text string, size int) Snippet {
	marks := r.Marks(text)
	if len(text) <= size {
		return Snippet{Text: text, Marks: marks}
	}
	best, most := 0, 0
	for x := range marks {
		n := 0
		for y := x; y < len(marks) && marks[y].To-marks[x].From <= size; y++ {
			n++
		}
		if n > most {
			best, most = x, n
		}
	}
	from := 0
	if most > 0 {
		last := marks[best+most-1].To
		from = max(0, marks[best].From-max(0, size-(last-marks[best].From))/2)
		from = min(from, max(0, len(text)-size))
	}
	from, to := wordStart(text, from), wordEnd(text, min(len(text), from+size))
	s := Snippet{Text: text[from:to], Cut: from > 0, Ended: to < len(text)}
	for _, m := range marks {
		if m.From >= from && m.To <= to {
			s.Marks = append(s.Marks, Range{m.From - from, m.To - from})
		}
	}
	return s
}

// wordStart moves back to where a word begins, wordEnd on to where one ends.
func wordStart(text string, at int) int {
	for at > 0 {
		r, n := utf8.DecodeLastRuneInString(text[:at])
		if unicode.IsSpace(r) {
			break
		}
		at -= n
	}
	return at
}

func wordEnd(text string, at int) int {
	for at < len(text) && !utf8.RuneStart(text[at]) {
		at++
	}
	for at < len(text) {
		r, n := utf8.DecodeRuneInString(text[at:])
		if unicode.IsSpace(r) {
			break
		}
		at += n
	}
	return at
}
