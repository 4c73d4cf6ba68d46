package i18n

import (
	"fmt"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// Localizer says things in one language. It is immutable and safe to share.
type Localizer struct {
	lang   Lang
	tag    language.Tag
	texts  map[string]*message
	format format
}

// Plain is a whole number written without grouping: a year, a page number.
type Plain int

func newLocalizer(c *Catalog, lang Lang) (*Localizer, error) {
	l := &Localizer{lang: lang, tag: c.tags[lang], texts: c.byKey[lang]}
	f, err := newFormat(l)
	l.format = f
	return l, err
}

// Lang returns the language.
func (l *Localizer) Lang() Lang { return l.lang }

// Name returns the language's name in itself: Français, English.
func (l *Localizer) Name() string { return l.T("i18n.name") }

// Has says whether the catalogue has the key.
func (l *Localizer) Has(key string) bool { return l.texts[key] != nil }

// T returns the text of a key, its placeholders filled with args: whole numbers
// and decimals in the reader's format, the rest as fmt would print it. Where the
// key has plural forms, args[0] is the count that chooses. A key that does not
// exist comes back between brackets: the tests look for it, a reader can report it.
func (l *Localizer) T(key string, args ...any) string {
	m := l.texts[key]
	if m == nil {
		return "⟦" + key + "⟧"
	}
	parts := m.text
	if m.byForm != nil {
		parts = m.byForm[plural.Other]
		if len(args) > 0 {
			if p, ok := m.byForm[l.form(args[0])]; ok {
				parts = p
			}
		}
	}
	if len(parts) == 1 && parts[0].arg < 0 {
		return parts[0].literal
	}
	var b strings.Builder
	for _, p := range parts {
		switch {
		case p.arg < 0:
			b.WriteString(p.literal)
		case p.arg < len(args):
			b.WriteString(l.Format(args[p.arg]))
		default:
			b.WriteString("…")
		}
	}
	return b.String()
}

// Format writes a value as T fills it in.
func (l *Localizer) Format(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return l.Number(v)
	case int32:
		return l.Number(int(v))
	case int64:
		return l.Number(int(v))
	case float64:
		return l.Decimal(v, 1)
	case Plain:
		return fmt.Sprintf("%d", int(v))
	case fmt.Stringer:
		return v.String()
	}
	return fmt.Sprint(v)
}

// form returns the CLDR plural form of a count.
func (l *Localizer) form(count any) plural.Form {
	var n int
	switch v := count.(type) {
	case int:
		n = v
	case int32:
		n = int(v)
	case int64:
		n = int(v)
	case Plain:
		n = int(v)
	case float64:
		// One visible decimal is what Format writes.
		tenths := int(v*10 + 0.5)
		if tenths%10 == 0 {
			n = tenths / 10
			break
		}
		return plural.Cardinal.MatchPlural(l.tag, abs(tenths)/10, 1, 1, abs(tenths)%10, abs(tenths)%10)
	default:
		return plural.Other
	}
	return plural.Cardinal.MatchPlural(l.tag, abs(n), 0, 0, 0, 0)
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
