package people

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold cuts a name in lower-case words without accents or signs: "CC de l'Œuf
// (CCŒ)" is cc, de, l, oeuf, ccoe.
func Fold(s string) []string {
	s = strings.NewReplacer("œ", "oe", "Œ", "oe", "æ", "ae", "Æ", "ae", "ß", "ss").Replace(s)
	return strings.FieldsFunc(strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return ' '
	}, norm.NFKD.String(s)), unicode.IsSpace)
}
