package i18n

import "testing"

func TestFrenchPunctuationStaysWithItsWord(t *testing.T) {
	for in, want := range map[string]string{
		"Où ? Ici : « là » ; voilà !": "Où\u00a0? Ici\u00a0: «\u00a0là\u00a0»\u00a0; voilà\u00a0!",
		"12:30, https://exemple.fr":   "12:30, https://exemple.fr",
		"déjà\u00a0: fait":            "déjà\u00a0: fait",
	} {
		if got := typeset(in); got != want {
			t.Errorf("%q is set %q, want %q", in, got, want)
		}
		if got := (Text{FR: in, EN: in}).In(FR); got != want {
			t.Errorf("a text of the data, %q, is set %q", in, got)
		}
		if got := (Text{FR: in, EN: in}).In(EN); got != in {
			t.Errorf("English %q is changed to %q", in, got)
		}
	}
}
