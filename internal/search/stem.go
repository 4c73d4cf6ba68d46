package search

import (
	"strings"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/french"
)

// stem gives what the forms of a folded word share, by Porter's Snowball. The French
// one is made for words with accents and is given none, so that those who leave them
// out find the same: the stems differ from the published ones, alike on both sides.
func stem(word, lang string) string {
	if len(word) < 3 || strings.ContainsAny(word, "0123456789+#.") {
		return word
	}
	if lang == "en" {
		return english.Stem(word, true)
	}
	s := french.Stem(word, true)
	if last := len(s) - 1; last >= 3 && (s[last] == 's' || s[last] == 'x') { // contenus, lieux
		s = s[:last]
	}
	if len(s) < 2 {
		return word
	}
	return s
}
