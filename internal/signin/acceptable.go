package signin

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"bassin/internal/fault"
)

// Lengths in characters. Twelve of any kind give more than the 50 bits that the CNIL
// asks of a password guarded by a lock-out (its recommendation of 21 July 2022,
// deliberation 2022-100: at most 25 attempts a day, or a growing delay); the 80 bits that it
// asks without one need twelve characters of four kinds. There is no rule on kinds
// of characters: people answer it with Bonjour2026!, which is refused here.
const (
	shortest = 12
	longest  = 200
)

//go:embed words/passwords.txt.gz
var commonPasswords []byte

//go:embed words/french.txt
var frenchWords string

// words are the common passwords without digits, signs, case and accents, sorted.
type words struct {
	sorted  []string
	longest int // of them, in bytes
}

// readWords unpacks the lists, when the first password is chosen.
func readWords() *words {
	z, err := gzip.NewReader(bytes.NewReader(commonPasswords))
	if err != nil {
		panic("signin: " + err.Error()) // what is embedded is tested
	}
	list, err := io.ReadAll(z)
	if err != nil {
		panic("signin: " + err.Error())
	}
	w := &words{}
	take := func(text string) {
		for word := range strings.FieldsSeq(text) {
			word = fold(word)
			for _, form := range []string{word, trimDigits(word)} {
				if len(form) >= 3 {
					w.sorted = append(w.sorted, form)
					w.longest = max(w.longest, len(form))
				}
			}
		}
	}
	take(string(list))
	for line := range strings.Lines(frenchWords) {
		if !strings.HasPrefix(line, "#") {
			take(line)
		}
	}
	slices.Sort(w.sorted)
	w.sorted = slices.Compact(w.sorted)
	return w
}

func (w *words) has(s string) bool {
	_, ok := slices.BinarySearch(w.sorted, s)
	return ok
}

// common says whether s is a word, or two of them one after the other, with digits
// around or in between.
func (w *words) common(s string) bool {
	return w.two(s) || w.two(trimDigits(s)) || w.two(letters(s))
}

func (w *words) two(s string) bool {
	if w.has(s) {
		return true
	}
	for i := 3; i <= len(s)-3 && i <= w.longest; i++ {
		if w.has(s[:i]) && w.has(s[i:]) {
			return true
		}
	}
	return false
}

// Acceptable says whether a password may be chosen. About are words that whoever
// knows the person would try: names, e-mail addresses, the name of the site. The error is
// fault.Invalid in the field "password", with a text that says what to do.
func (p *Passwords) Acceptable(password string, about ...string) error {
	password = normal(password)
	n := utf8.RuneCountInString(password)
	refused := func(key string, args ...any) error {
		return fault.New(fault.Invalid, key, args...).In("password")
	}
	switch {
	case n < shortest:
		return refused("signin.password.short", shortest)
	case n > longest:
		return refused("signin.password.long", longest)
	case regular(password):
		return refused("signin.password.regular")
	case mostlyDigits(password):
		return refused("signin.password.digits")
	}
	w, own := p.words(), ownWords(about)
	for _, form := range forms(password) {
		if w.common(form) {
			return refused("signin.password.common")
		}
		rest := form
		for _, o := range own {
			rest = strings.ReplaceAll(rest, o, "")
		}
		if rest != form && (len(letters(rest)) < 4 || w.common(rest)) {
			return refused("signin.password.own")
		}
	}
	return nil
}

// forms are the password as somebody who guesses would have thought of it: in small
// letters without accents, with letters for the digits and signs that stand for them,
// without what is added before and after, and backwards.
func forms(password string) []string {
	var out []string
	for _, leet := range []*strings.Replacer{
		strings.NewReplacer(),
		strings.NewReplacer("4", "a", "@", "a", "8", "b", "(", "c", "3", "e", "€", "e", "6", "g", "9", "g", "1", "i", "!", "i", "|", "i", "0", "o", "$", "s", "5", "s", "7", "t", "+", "t", "2", "z"),
		strings.NewReplacer("4", "a", "@", "a", "8", "b", "(", "c", "3", "e", "€", "e", "6", "g", "9", "g", "1", "l", "!", "l", "|", "l", "£", "l", "0", "o", "$", "s", "5", "s", "7", "t", "+", "t", "2", "z"),
	} {
		bare := strings.TrimRightFunc(password, notLetter)
		for _, s := range []string{password, bare, strings.TrimLeftFunc(bare, notLetter)} {
			s = fold(leet.Replace(s))
			out = append(out, s, backwards(s))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ownWords are the words of three letters or more, longest first, each as it is and
// joined with its neighbours.
func ownWords(about []string) []string {
	var out []string
	for _, s := range about {
		out = append(out, fold(s))
		for _, word := range strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
			out = append(out, fold(word))
		}
	}
	out = slices.DeleteFunc(out, func(s string) bool { return len(s) < 3 })
	slices.SortFunc(out, func(a, b string) int { return len(b) - len(a) })
	return out
}

// fold keeps letters, small and without accents, and digits.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFKD.String(s))
}

// mostlyDigits says whether a password is a date or a number with hardly anything
// around: fewer than three letters and fewer than three signs, different ones.
func mostlyDigits(password string) bool {
	letters, signs := map[rune]bool{}, map[rune]bool{}
	for _, r := range strings.ToLower(password) {
		switch {
		case unicode.IsLetter(r):
			letters[r] = true
		case !unicode.IsDigit(r):
			signs[r] = true
		}
	}
	return len(letters) < 3 && len(signs) < 3
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

func trimDigits(s string) string { return strings.TrimFunc(s, unicode.IsDigit) }

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, s)
}

func backwards(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}

// rows are what a finger follows.
func rows() []string {
	return []string{"abcdefghijklmnopqrstuvwxyz", "01234567890", "&é\"'(-è_çà)", "azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "qwertzuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm",
		"aqw", "zsx", "edc", "rfv", "tgb", "yhn", "ujm", "1qaz", "2wsx", "3edc", "4rfv", "1aqw", "2zsx"}
}

// regular says whether a password is a repetition, or mostly goes on from one
// character to the next as the alphabet or a keyboard does, at once or every other.
func regular(password string) bool {
	s := []rune(strings.ToLower(password))
	for period := 1; period <= len(s)/2; period++ {
		if slices.Equal(s[period:], s[:len(s)-period]) {
			return true
		}
	}
	steps := map[[2]rune]bool{}
	for _, row := range rows() {
		r := []rune(row)
		for i := range len(r) - 1 {
			steps[[2]rune{r[i], r[i+1]}], steps[[2]rune{r[i+1], r[i]}] = true, true
		}
	}
	for _, back := range []int{1, 2} {
		fresh := back
		for i := back; i < len(s); i++ {
			if s[i] != s[i-back] && !steps[[2]rune{s[i-back], s[i]}] {
				fresh++
			}
		}
		if fresh < 5 {
			return true
		}
	}
	return false
}
