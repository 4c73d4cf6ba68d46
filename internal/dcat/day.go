package dcat

import (
	"strings"
	"time"
)

// dayOf is the day, month or year at the head of a date of XML Schema or of a portal:
// 2026-11-26T09:00:00+01:00, 2026-11-26 09:00:00, 26/11/2026, 2026-11, 2026.
func dayOf(v string) (string, bool) {
	v = strings.TrimSpace(v)
	if d, err := time.Parse("02/01/2006", v); err == nil {
		return d.Format(time.DateOnly), true
	}
	for _, layout := range []string{time.DateOnly, "2006-01", "2006"} {
		if len(v) < len(layout) {
			continue
		}
		head, rest := v[:len(layout)], v[len(layout):]
		if _, err := time.Parse(layout, head); err != nil {
			continue
		}
		if rest == "" || rest[0] == 'Z' || rest[0] == '+' || len(layout) == 10 && strings.ContainsRune("T -", rune(rest[0])) {
			return head, true
		}
	}
	return "", false
}

// dateType is the datatype of a day, month or year.
func dateType(day string) string {
	switch len(day) {
	case 4:
		return xsd + "gYear"
	case 7:
		return xsd + "gYearMonth"
	}
	return xsd + "date"
}
