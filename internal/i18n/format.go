package i18n

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	nbsp  = "\u00a0" // no-break space, before a unit
	minus = "−"      // U+2212: as wide as a plus, read as minus aloud
)

// format holds what the catalogue room i18n says of a language's conventions.
type format struct {
	group, decimal string
	grouping       int // smallest number of digits that is grouped
	months         [12]string
	first          bool // the first of a month is an ordinal
}

func newFormat(l *Localizer) (format, error) {
	f := format{group: l.T("i18n.group"), decimal: l.T("i18n.decimal"), first: l.lang == FR}
	n, err := strconv.Atoi(l.T("i18n.grouping"))
	if err != nil {
		return f, fmt.Errorf("i18n: %s: i18n.grouping is not a number of digits", l.lang)
	}
	f.grouping = n
	for i := range f.months {
		f.months[i] = l.T("i18n.month." + strconv.Itoa(i+1))
	}
	return f, nil
}

// Number writes a whole number: 1 234 567 in French, 1,234,567 in English.
func (l *Localizer) Number(n int) string {
	var buf [48]byte
	b := buf[:0]
	u := uint64(n) //nolint:gosec // a negative number is turned round below
	if n < 0 {
		b = append(b, minus...)
		u = -u
	}
	var d [20]byte
	return string(l.group(b, strconv.AppendUint(d[:0], u, 10)))
}

// group appends digits in groups of three.
func (l *Localizer) group(b, digits []byte) []byte {
	if len(digits) < l.format.grouping {
		return append(b, digits...)
	}
	for i, c := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b = append(b, l.format.group...)
		}
		b = append(b, c)
	}
	return b
}

// Decimal writes x with a fixed number of decimals, rounded half away from zero.
// A value that is not a number is a dash: absent is never zero.
func (l *Localizer) Decimal(x float64, decimals int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	p := math.Pow10(decimals)
	r := math.Round(math.Abs(x)*p) / p
	digits := strconv.FormatFloat(r, 'f', decimals, 64)
	var b []byte
	if x < 0 && r > 0 {
		b = append(b, minus...)
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	b = l.group(b, []byte(whole))
	if fraction != "" {
		b = append(b, l.format.decimal...)
		b = append(b, fraction...)
	}
	return string(b)
}

// Percent writes a share (0 to 1) in percent: 12,3 % or 12.3%.
func (l *Localizer) Percent(share float64, decimals int) string {
	return l.T("i18n.percent", l.Decimal(share*100, decimals))
}

// Share writes a share (0 to 1) in percent as one reads it: no decimal from 10 %
// on, one below, and "less than 0.1" or "more than 99.9" rather than a false 0 or 100.
func (l *Localizer) Share(share float64) string {
	p := share * 100
	switch {
	case math.IsNaN(p):
		return "–"
	case p > 0 && p < 0.1:
		return l.T("i18n.less", l.Percent(0.001, 1))
	case p > 99.9 && p < 100-1e-9:
		return l.T("i18n.more", l.Percent(0.999, 1))
	case p >= 99.5 && p < 100-1e-9, p > 0 && p < 9.95:
		return l.Percent(share, 1)
	}
	return l.Percent(share, 0)
}

// Change writes a relative change (0.032 for +3,2 %) with its sign.
func (l *Localizer) Change(ratio float64, decimals int) string {
	return l.sign(ratio, decimals+2) + l.Percent(math.Abs(ratio), decimals)
}

// Signed writes a difference with its sign: +120, −35, 0.
func (l *Localizer) Signed(n int) string {
	if n > 0 {
		return "+" + l.Number(n)
	}
	return l.Number(n)
}

// sign is the sign of x once rounded: none for what is written as zero.
func (l *Localizer) sign(x float64, decimals int) string {
	switch p := math.Pow10(decimals); {
	case math.Round(x*p) > 0:
		return "+"
	case math.Round(x*p) < 0:
		return minus
	}
	return ""
}

// Unit writes a value with its unit, which the end of a line never parts.
func (l *Localizer) Unit(value, unit string) string {
	return value + nbsp + strings.ReplaceAll(unit, " ", nbsp)
}

// Date writes a day in words: 1er janvier 2016, 1 January 2016.
func (l *Localizer) Date(t time.Time) string {
	day := strconv.Itoa(t.Day())
	if l.format.first && t.Day() == 1 {
		day = "1er"
	}
	return l.T("i18n.date", day, l.format.months[t.Month()-1], strconv.Itoa(t.Year()))
}

// Day writes a day given as 2016-01-01 in words, and anything else as it came.
func (l *Localizer) Day(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return l.Date(t)
}

// Ordinal writes a rank: 1er, 2e; 1st, 2nd. The catalogue may tell feminine apart
// in its own text; this form is masculine.
func (l *Localizer) Ordinal(n int) string {
	ending := "i18n.ordinal.n"
	switch l.lang {
	case FR:
		if n == 1 {
			ending = "i18n.ordinal.1"
		}
	default:
		if d := n % 100; d < 11 || d > 13 {
			switch n % 10 {
			case 1:
				ending = "i18n.ordinal.1"
			case 2:
				ending = "i18n.ordinal.2"
			case 3:
				ending = "i18n.ordinal.3"
			}
		}
	}
	return l.T(ending, l.Number(n))
}

// List joins names as a sentence does: a, b et c.
func (l *Localizer) List(items []string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	}
	last := len(items) - 1
	return l.T("i18n.list", strings.Join(items[:last], ", "), items[last])
}

// Bytes writes a size: 12 Ko, 3,4 Mo; 12 kB, 3.4 MB. Thousands, not 1,024.
func (l *Localizer) Bytes(n int64) string {
	switch x := float64(n); {
	case n < 1000:
		return l.T("i18n.bytes", l.Number(int(n)))
	case x < 999_500:
		return l.T("i18n.kilobytes", l.Decimal(x/1e3, 0))
	case x < 9_950_000:
		return l.T("i18n.megabytes", l.Decimal(x/1e6, 1))
	default:
		return l.T("i18n.megabytes", l.Decimal(x/1e6, 0))
	}
}

// Upper writes the first letter of a text as a capital.
func Upper(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return strings.ToUpper(string(r)) + s[n:]
}
