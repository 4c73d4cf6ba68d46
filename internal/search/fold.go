package search

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold lowers a text and takes its accents away: "Œuvre d’été" is "oeuvre d'ete".
// It serves as a key to sort by.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		b.WriteString(foldRune(r))
	}
	return b.String()
}

const ascii = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f !\"#$%&'()*+,-./0123456789:;<=>?@abcdefghijklmnopqrstuvwxyz[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~\x7f"

func foldRune(r rune) string {
	if r >= 0 && r < 128 {
		return ascii[r : r+1]
	}
	switch r {
	case 'é', 'è', 'ê', 'ë', 'É', 'È', 'Ê', 'Ë':
		return "e"
	case 'à', 'â', 'À', 'Â', 'ä', 'Ä':
		return "a"
	case 'ç', 'Ç':
		return "c"
	case 'î', 'ï', 'Î', 'Ï':
		return "i"
	case 'ô', 'ö', 'Ô', 'Ö', 'ø', 'Ø':
		return "o"
	case 'ù', 'û', 'ü', 'Ù', 'Û', 'Ü':
		return "u"
	case 'œ', 'Œ':
		return "oe"
	case 'æ', 'Æ':
		return "ae"
	case 'ß', 'ẞ':
		return "ss"
	case 'ł', 'Ł':
		return "l"
	case 'đ', 'Đ', 'ð', 'Ð':
		return "d"
	case '’', 'ʼ', '‘', '′':
		return "'"
	}
	if unicode.Is(unicode.Mn, r) {
		return ""
	}
	var b strings.Builder
	for _, d := range norm.NFKD.String(string(r)) {
		if !unicode.Is(unicode.Mn, d) {
			b.WriteRune(unicode.ToLower(d))
		}
	}
	return b.String()
}
