package search

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word of a text.
type token struct {
	word     string // folded
	at, end  int    // bytes in the text
	position int    // words before it; a stop word takes no place
	stop     bool
	whole    bool // a compound written in one: "e-administration" is also eadministration
}

// tokens parts a text into words. Compounds ("tiers-lieu", "LibreOffice") give their
// parts and the whole, which stands where the first part does. "C++", "C#" and "3.28"
// are words; what is elided ("l'", "qu'") is none.
func tokens(text string, stops map[string]bool) []token {
	var out []token
	position := 0
	for at := 0; at < len(text); {
		r, n := utf8.DecodeRuneInString(text[at:])
		if !wordRune(r) {
			at += n
			continue
		}
		end := at + n
		for end < len(text) {
			r, n := utf8.DecodeRuneInString(text[end:])
			if wordRune(r) || unicode.Is(unicode.Mn, r) {
				end += n
				continue
			}
			if joins(r) {
				next, _ := utf8.DecodeRuneInString(text[end+n:])
				before, _ := utf8.DecodeLastRuneInString(text[:end])
				if wordRune(next) && (r != '.' || unicode.IsDigit(next) && unicode.IsDigit(before)) && next != utf8.RuneError {
					end += n
					continue
				}
			}
			break
		}
		for end < len(text) && (text[end] == '+' || text[end] == '#') {
			end++
		}
		out, position = compound(out, text, at, end, position, stops)
		at = end
	}
	return out
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// joins says whether a rune between two letters holds a compound together.
func joins(r rune) bool {
	switch r {
	case '-', '‐', '‑', '\'', '’', 'ʼ', '‘', '.', '_':
		return true
	}
	return false
}

// elided are the beginnings that an apostrophe cuts off.
var elided = map[string]bool{"l": true, "d": true, "qu": true, "s": true, "n": true, "j": true, "m": true, "t": true, "c": true,
	"jusqu": true, "lorsqu": true, "puisqu": true, "quoiqu": true}

// compound adds the words of text[at:end], which has no blank.
func compound(out []token, text string, at, end, position int, stops map[string]bool) ([]token, int) {
	first, from := len(out), position
	joined := at
	start := at
	cut := func(to int) {
		if to > start {
			t := token{word: strings.TrimRight(Fold(text[start:to]), "'"), at: start, end: to, position: position}
			if t.word != "" {
				t.stop = stops[t.word]
				if !t.stop {
					position++
				}
				out = append(out, t)
			}
		}
		start = to
	}
	var before rune
	for x := at; x < end; {
		r, n := utf8.DecodeRuneInString(text[x:])
		switch {
		case r == '.' || !joins(r):
			if unicode.IsUpper(r) && unicode.IsLower(before) && x-start >= 2 && upperPart(text[x:end]) {
				cut(x)
			}
		case foldRune(r) == "'" && elided[Fold(text[start:x])]:
			start = x + n
			if len(out) == first {
				joined = start
			}
		case foldRune(r) == "'" && Fold(text[x+n:end]) == "s": // Darik's
			cut(x)
			start = end
			x = end
			continue
		default:
			cut(x)
			start = x + n
		}
		before = r
		x += n
	}
	cut(end)
	if len(out)-first > 1 {
		var whole strings.Builder
		for _, t := range out[first:] {
			whole.WriteString(t.word)
		}
		for x := first; x < len(out); x++ { // within a compound no word is idle
			if out[x].stop {
				out[x].stop = false
				for y := x + 1; y < len(out); y++ {
					out[y].position++
				}
				position++
			}
		}
		out = append(out, token{word: whole.String(), at: joined, end: end, position: from, whole: true})
	}
	if len(out) > first { // "notepad++" is also notepad
		last := out[len(out)-1]
		if bare := strings.TrimRight(last.word, "+#"); bare != last.word && len(bare) > 2 {
			last.word, last.whole = bare, true
			out = append(out, last)
		}
	}
	return out, position
}

// upperPart says whether a part of a compound in camel case begins here.
func upperPart(s string) bool {
	n := 0
	for _, r := range s {
		if !unicode.IsLetter(r) {
			break
		}
		n++
	}
	return n >= 2
}

// stopsFr and stopsEn are words that tell nothing alone.
var (
	stopsFr = set("a au aux avec ce ces cet cette comme comment dans de des du elle elles en est et etc eux il ils je la le les leur leurs lui mais me mes moi mon ne nos notre nous on or ou par pas peut plus pour pouvoir quand que quel quelle quelles quels qui quoi sa sans se ses si son sont sous sur ta te tes toi ton tous tout toute toutes tu un une vers vos votre vous y d l qu s n j c m t ca chez afin ainsi entre permettant permet faire avoir etre veux voudrais cherche besoin trouver")
	stopsEn = set("a an and are as at be by can for from has have how i in into is it its my of on or our that the their them there these they this those to want was we what when where which who will with you your")
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

func stopWords(lang string) map[string]bool {
	if lang == "en" {
		return stopsEn
	}
	return stopsFr
}
