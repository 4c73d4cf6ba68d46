package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// part is a piece of a query: a run of words, or a phrase in quotes.
type part struct {
	text   string
	phrase bool
	not    bool
}

// parse reads a query as typed. Anything is a query: a quote that is not closed goes
// to the end, and a minus counts only before a word.
func parse(text string) []part {
	var out []part
	var run strings.Builder
	flush := func() {
		if s := strings.TrimSpace(run.String()); s != "" {
			out = append(out, part{text: s})
		}
		run.Reset()
	}
	blank := true // at the start of a word
	for at := 0; at < len(text); {
		r, n := utf8.DecodeRuneInString(text[at:])
		not := false
		if blank && (r == '-' || r == '−' || r == '–') && at+n < len(text) {
			next, m := utf8.DecodeRuneInString(text[at+n:])
			if closing(next) != "" || wordRune(next) {
				not, at, r, n = true, at+n, next, m
			}
		}
		if quotes := closing(r); quotes != "" && (blank || r == '"' || r == '«') {
			flush()
			rest := text[at+n:]
			end := strings.IndexAny(rest, quotes)
			inner, after := rest, len(text)
			if end >= 0 {
				_, m := utf8.DecodeRuneInString(rest[end:])
				inner, after = rest[:end], at+n+end+m
			}
			if s := strings.TrimSpace(inner); s != "" {
				out = append(out, part{text: s, phrase: true, not: not})
			}
			at, blank = after, true
			continue
		}
		if not {
			flush()
			end := strings.IndexFunc(text[at:], unicode.IsSpace)
			if end < 0 {
				end = len(text) - at
			}
			out = append(out, part{text: text[at : at+end], not: true})
			at += end
			continue
		}
		run.WriteString(text[at : at+n])
		blank = unicode.IsSpace(r) || r == '('
		at += n
	}
	flush()
	return out
}

// closing gives the runes that close what a quote opens.
func closing(r rune) string {
	switch r {
	case '"':
		return "\""
	case '«':
		return "»"
	case '“', '”', '„':
		return "”“"
	}
	return ""
}
