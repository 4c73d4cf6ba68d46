package names

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// token is one folded word and the bytes of the source it was read from.
type token struct {
	text       string
	start, end int
}

// maxTokens bounds what is read of one text; no French name comes near it.
const maxTokens = 24

// fold cuts a text in lower-case words without accents, appended to dst.
// Hyphens, apostrophes and other signs separate words; st is read as saint,
// s/ as sur, 15e as 15.
func fold(s string, dst []token) []token {
	buf := make([]byte, 0, len(s)+8)
	first, begin, from := len(dst), 0, -1
	flush := func(end int, slash bool) {
		if from < 0 {
			return
		}
		if slash && string(buf[begin:]) == "s" {
			buf = append(buf, "ur"...)
		}
		dst = append(dst, token{start: from, end: end, text: string(buf[begin:])})
		begin, from = len(buf), -1
	}
	for i, r := range s {
		if len(dst)-first >= maxTokens {
			break
		}
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			buf = append(buf, byte(r))
		case 'A' <= r && r <= 'Z':
			buf = append(buf, byte(r)+'a'-'A')
		case r < utf8.RuneSelf:
			flush(i, r == '/')
			continue
		default:
			n := len(buf)
			buf = foldRune(buf, r)
			if len(buf) == n {
				if !unicode.Is(unicode.Mn, r) {
					flush(i, false)
				}
				continue
			}
		}
		if from < 0 {
			from = i
		}
	}
	if len(dst)-first < maxTokens {
		flush(len(s), false)
	}
	return canonical(dst, first)
}

// foldRune appends what a letter beyond ASCII reads as, nothing for other signs.
func foldRune(buf []byte, r rune) []byte {
	switch r {
	case 'é', 'è', 'ê', 'ë', 'É', 'È', 'Ê', 'Ë':
		return append(buf, 'e')
	case 'â', 'à', 'Â', 'À':
		return append(buf, 'a')
	case 'î', 'ï', 'Î', 'Ï':
		return append(buf, 'i')
	case 'ô', 'Ô':
		return append(buf, 'o')
	case 'ç', 'Ç':
		return append(buf, 'c')
	case 'œ', 'Œ':
		return append(buf, "oe"...)
	case 'æ', 'Æ':
		return append(buf, "ae"...)
	case 'ß', 'ẞ':
		return append(buf, "ss"...)
	case 'ø', 'Ø':
		return append(buf, 'o')
	case 'ł', 'Ł':
		return append(buf, 'l')
	}
	var one [utf8.UTFMax]byte
	for _, d := range string(norm.NFKD.Bytes(one[:utf8.EncodeRune(one[:], r)])) {
		if d != utf8.RuneError && (unicode.IsLetter(d) || unicode.IsDigit(d)) && !isModifier(d) {
			buf = utf8.AppendRune(buf, unicode.ToLower(d))
		}
	}
	return buf
}

// isModifier tells the apostrophe-like letters (ʻokina) from real ones.
func isModifier(r rune) bool { return unicode.Is(unicode.Lm, r) }

// canonical brings abbreviations to the word they stand for.
func canonical(tokens []token, first int) []token {
	for i := first; i < len(tokens); i++ {
		t := &tokens[i]
		switch t.text {
		case "st":
			t.text = "saint"
		case "ste":
			t.text = "sainte"
		case "sts":
			t.text = "saints"
		case "stes":
			t.text = "saintes"
		case "mt":
			t.text = "mont"
		case "lez":
			t.text = "les"
		case "nd":
			t.text = "notre"
			rest := append([]token{{"dame", t.start, t.end}}, tokens[i+1:]...)
			tokens = append(tokens[:i+1], rest...)
		default:
			if t.text[0] <= '9' {
				t.text = withoutOrdinal(t.text)
			}
		}
	}
	return tokens
}

// withoutOrdinal reads 1er, 2e, 15eme, 8ème as plain numbers.
func withoutOrdinal(s string) string {
	n := strings.TrimLeft(s, "0123456789")
	switch n {
	case "er", "e", "eme", "ieme", "ere", "nd", "nde":
		return s[:len(s)-len(n)]
	}
	return s
}

// isStop tells the small words that people leave out or add.
func isStop(w string) bool {
	switch w {
	case "le", "la", "les", "l", "de", "du", "des", "d", "en", "sur", "sous", "au", "aux", "a", "et":
		return true
	}
	return false
}

// isArticle tells the words that may lead a name without belonging to it.
func isArticle(w string) bool {
	switch w {
	case "le", "la", "les", "l":
		return true
	}
	return false
}

// articleNumber is a short form of a leading article, 0 for none.
func articleNumber(w string) uint8 {
	switch w {
	case "le":
		return 1
	case "la":
		return 2
	case "les":
		return 3
	case "l":
		return 4
	}
	return 0
}

// isTypeWord tells the abbreviations that lead the published names of EPCI.
func isTypeWord(w string) bool { return w == "cc" || w == "ca" || w == "cu" }

// named is a folded name: its words, those of the key and how it begins.
type named struct {
	tokens  []token // without the type of an EPCI
	key     string  // words joined by spaces, without the leading article
	article string  // that article, or ""
}

// readName folds a published name.
func readName(name string) named {
	tokens := fold(name, nil)
	if len(tokens) > 1 && isTypeWord(tokens[0].text) {
		tokens = tokens[1:]
		for len(tokens) > 1 && (tokens[0].text == "de" || tokens[0].text == "du" || tokens[0].text == "des" || tokens[0].text == "d") {
			tokens = tokens[1:]
		}
	}
	return named{tokens, joinKey(tokens), leading(tokens)}
}

func leading(tokens []token) string {
	if len(tokens) > 1 && isArticle(tokens[0].text) {
		return tokens[0].text
	}
	return ""
}

func joinKey(tokens []token) string {
	if leading(tokens) != "" {
		tokens = tokens[1:]
	}
	return join(tokens, " ")
}

func join(tokens []token, sep string) string {
	var b strings.Builder
	for i, t := range tokens {
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(t.text)
	}
	return b.String()
}

func keyOf(name string) string { return readName(name).key }
