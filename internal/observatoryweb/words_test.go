package observatoryweb

import (
	"strings"
	"testing"

	"bassin/internal/i18n"
	"bassin/internal/indicator"
)

// Few people are given by tens, and what the source hides is not said to be zero.
func TestWordsOfSmallNumbers(t *testing.T) {
	catalog, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	w := words{l: catalog.Localizer(i18n.FR)}
	for _, c := range []struct {
		low, high float64
		want      string
	}{
		{43, 57, "Entre 40 et 60 personnes"},
		{2, 3, "Moins de 10 personnes"},
		{3, 18, "Moins de 20 personnes"},
		{52, 53, "Environ 50 personnes"},
		{1234, 1871, "Entre 1 200 et 1 900 personnes"},
	} {
		if got := w.span(c.low, c.high); plainSpaces(got) != c.want {
			t.Errorf("%v to %v: %q, want %q", c.low, c.high, got, c.want)
		}
	}
	rate := &indicator.Definition{Rule: indicator.Ratio, Unit: "percent", Rounded: 5, Part: true}
	sample := &indicator.Definition{Rule: indicator.Ratio, Unit: "percent", Sample: true}
	for _, c := range []struct {
		d        *indicator.Definition
		num, den float64
		want     string
	}{
		{rate, 0, 185, "Moins de 5 : la source masque les petits nombres."},
		{rate, 315, 185, "Imprécis : au-dessus de 100 %, les deux sources ne comptent pas les mêmes ménages ou personnes."},
		{rate, 45, 185, "Imprécis : il repose sur 45 personnes ou ménages, moins de 50."},
		{sample, 45, 185, "Imprécis : il repose sur 45 personnes ou ménages, moins de 200."},
	} {
		if got := w.doubt(c.d, c.num, c.den); plainSpaces(got) != c.want {
			t.Errorf("%v of %v: %q, want %q", c.num, c.den, got, c.want)
		}
	}
	if got := amount(w.l, rate, 0); got != "moins de 5" {
		t.Errorf("a hidden count is written %q", got)
	}
	if got := amount(w.l, sample, 0); got == "moins de 5" {
		t.Errorf("a zero is written %q", got)
	}
}

// plainSpaces puts one plain space for each run of spaces of any kind.
func plainSpaces(s string) string { return strings.Join(strings.Fields(s), " ") }
