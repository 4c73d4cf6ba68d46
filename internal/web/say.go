package web

import (
	"html/template"
	"strconv"
	"strings"

	"bassin/internal/i18n"
)

// Say is [i18n.Localizer.T] for text that carries links: arguments of type
// template.HTML go in as they are, everything else is escaped, the text of the
// catalogue included.
func Say(l *i18n.Localizer, key string, args ...any) template.HTML {
	marked := make([]any, len(args))
	for i, a := range args {
		marked[i] = a
		if _, ok := a.(template.HTML); ok {
			marked[i] = standIn(i)
		}
	}
	text := template.HTMLEscapeString(l.T(key, marked...))
	for i, a := range args {
		if h, ok := a.(template.HTML); ok {
			text = strings.ReplaceAll(text, standIn(i), string(h))
		}
	}
	return template.HTML(text)
}

// standIn stands for argument i while the text is escaped: no catalogue and no name
// holds these private-use characters.
func standIn(i int) string { return "\ue000" + strconv.Itoa(i) + "\ue001" }

// Linked is a link in a sentence.
func Linked(href, text string) template.HTML {
	return template.HTML(`<a href="` + template.HTMLEscapeString(href) + `">` + template.HTMLEscapeString(text) + `</a>`)
}

// Listed joins links as a sentence does: a, b et c.
func Listed(l *i18n.Localizer, items []template.HTML) template.HTML {
	args := make([]string, len(items))
	for i := range items {
		args[i] = standIn(i)
	}
	text := template.HTMLEscapeString(l.List(args))
	for i := range items {
		text = strings.ReplaceAll(text, standIn(i), string(items[i]))
	}
	return template.HTML(text)
}
