package naming

import "strings"

// unaccent writes the letters of French names without their marks.
var unaccent = strings.NewReplacer(
	"à", "a", "â", "a", "ä", "a", "á", "a", "ã", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "ë", "e", "î", "i", "ï", "i", "í", "i",
	"ô", "o", "ö", "o", "ó", "o", "õ", "o", "ù", "u", "û", "u", "ü", "u", "ú", "u", "ÿ", "y", "ñ", "n", "œ", "oe", "æ", "ae",
	"-", " ", "'", " ", "’", " ",
)

// SortKey is the text by which a name is sorted in a list: without case, accents
// or the hyphens that French place names are full of.
func SortKey(name string) string { return unaccent.Replace(strings.ToLower(name)) }
