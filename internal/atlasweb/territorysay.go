package atlasweb

import (
	"html/template"
	"strconv"
	"strings"

	"bassin/internal/i18n"
)

// say is [i18n.Localizer.T] for text that carries links: arguments of type
// template.HTML go in as they are, everything else is escaped, the text of the
// catalogue included.
func say(l *i18n.Localizer, key string, args ...any) template.HTML {
	marked := make([]any, len(args))
	for i, a := range args {
		marked[i] = a
		if _, ok := a.(template.HTML); ok {
			marked[i] = mark(i)
		}
	}
	text := template.HTMLEscapeString(l.T(key, marked...))
	for i, a := range args {
		if h, ok := a.(template.HTML); ok {
			text = strings.ReplaceAll(text, mark(i), string(h))
		}
	}
	return template.HTML(text)
}

// mark stands for argument i while the text is escaped: no catalogue and no name
// holds these private-use characters.
func mark(i int) string { return "\ue000" + strconv.Itoa(i) + "\ue001" }

// anchor is a link in a sentence.
func anchor(href, text string) template.HTML {
	return template.HTML(`<a href="` + template.HTMLEscapeString(href) + `">` + template.HTMLEscapeString(text) + `</a>`)
}

// list joins links as a sentence does: a, b et c.
func list(l *i18n.Localizer, items []template.HTML) template.HTML {
	args := make([]string, len(items))
	for i := range items {
		args[i] = mark(i)
	}
	text := template.HTMLEscapeString(l.List(args))
	for i := range items {
		text = strings.ReplaceAll(text, mark(i), string(items[i]))
	}
	return template.HTML(text)
}
