package observatoryweb

import (
	"math"
	"strconv"
	"strings"

	"bassin/internal/i18n"
	"bassin/internal/indicator"
)

// Amount is a value with what it is of, as the pages of the observatory say it.
func Amount(l *i18n.Localizer, d *indicator.Definition, x float64) string {
	return words{l: l}.full(d, x)
}

// amount writes a value of an indicator in the reader's format, with its sign of
// unit where it has one: 12,3 %, 21 450 €, 1 234. It is a dash where there is none.
func amount(l *i18n.Localizer, d *indicator.Definition, x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	if d.Rule != indicator.Growth && d.Blurred(x) {
		return l.T("observatory.blurred", d.Rounded)
	}
	switch d.Unit {
	case "percent":
		return l.Percent(x/100, decimals(d, x))
	case "euros":
		return l.Unit(l.Decimal(x, 0), "€")
	case "km", "kg", "minutes", "mwh", "kwh":
		return l.Unit(l.Decimal(x, decimals(d, x)), l.T("observatory.unit."+string(d.Unit)))
	}
	return l.Decimal(x, decimals(d, x))
}

// perWhat says what the number is of, in words that follow it: logements, pour
// 1 000 habitants. It is empty where the sign of the unit says all.
func perWhat(l *i18n.Localizer, d *indicator.Definition) string {
	of := d.Of.In(l.Lang())
	switch d.Unit {
	case "per1000", "per100k":
		return l.T("observatory.unit."+string(d.Unit), of)
	case "percent":
		if d.Rule != indicator.Growth { // a growth is so much a year
			return ""
		}
	}
	return of
}

// decimals is how many a value deserves: figures of few people have none to spare.
func decimals(d *indicator.Definition, x float64) int {
	switch d.Unit {
	case "count", "euros", "kg", "kwh", "index":
		return 0
	case "mwh", "minutes":
		if math.Abs(x) >= 100 {
			return 0
		}
		return 1
	case "percent":
		if d.Rule == indicator.Growth {
			return 2
		}
		return 1
	}
	if math.Abs(x) >= 100 {
		return 0
	}
	return 1
}

// period writes a period in words: 2022, 4e trimestre 2024.
func period(l *i18n.Localizer, p string) string {
	year, quarter, ok := strings.Cut(p, "-T")
	n, err := strconv.Atoi(quarter)
	if !ok || err != nil {
		return p
	}
	return l.T("observatory.quarter", l.Ordinal(n), year)
}

// vintage writes when a figure is of: its period, or the years that a growth spans.
func vintage(l *i18n.Localizer, v indicator.Vintage) string {
	last, err := strconv.Atoi(v.Period)
	if v.Years <= 0 || err != nil {
		return period(l, v.Period)
	}
	return l.T("observatory.years", i18n.Plain(last-int(v.Years)), i18n.Plain(last))
}
