package i18n

import (
	"errors"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
)

// message is a text in one language, cut at its placeholders {0}, {1}, …
type message struct {
	text   []part
	byForm map[plural.Form][]part // nil for a text without plural
}

// part is a literal, or a placeholder where arg is not negative.
type part struct {
	literal string
	arg     int
}

func (m *message) set(form, text string) error {
	parts, err := cut(text)
	if err != nil {
		return err
	}
	if form == "" {
		m.text = parts
		return nil
	}
	if m.byForm == nil {
		m.byForm = map[plural.Form][]part{}
	}
	m.byForm[forms[form]] = parts
	return nil
}

// cut splits a text at its placeholders. Braces around anything else than a
// small number stand for themselves.
func cut(text string) ([]part, error) {
	if text == "" {
		return nil, errors.New("the text is empty")
	}
	var parts []part
	rest := text
	for {
		i := strings.IndexByte(rest, '{')
		if i < 0 {
			break
		}
		j := strings.IndexByte(rest[i:], '}')
		if j < 0 {
			return nil, errors.New("a brace is not closed")
		}
		n, err := strconv.Atoi(rest[i+1 : i+j])
		if err != nil || n < 0 || n > 9 {
			return nil, errors.New("placeholders are {0} to {9}")
		}
		if i > 0 {
			parts = append(parts, part{rest[:i], -1})
		}
		parts = append(parts, part{"", n})
		rest = rest[i+j+1:]
	}
	if rest != "" {
		parts = append(parts, part{rest, -1})
	}
	return parts, nil
}

// arity is the number of values the message takes: the highest placeholder, plus one.
func (m *message) arity() int {
	n := arity(m.text)
	for _, p := range m.byForm {
		n = max(n, arity(p))
	}
	return n
}

func arity(parts []part) int {
	n := 0
	for _, p := range parts {
		n = max(n, p.arg+1)
	}
	return n
}
