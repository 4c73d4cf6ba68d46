package web

import (
	"bytes"
	"fmt"
	"html/template"

	"bassin/internal/i18n"
)

// Component is a view that knows its template: {{show .Table}} draws it.
type Component interface{ component() string }

// funcs are what templates may call, bound to one language.
//
//	t KEY ARGS…     text of the catalogue        num n, dec x d    numbers
//	th KEY ARGS…    the same where the text is   pct x d, share x  shares from 0 to 1
//	                HTML; args are escaped       change x d        relative change with sign
//	href PATH       address in this language     day ISO           a date in words
//	show VIEW       a component                  of, at NAME TNCC  de …, à …
//	icon NAME       an inline drawing            list NAMES, bytes N, ordinal N, unit V U
func (k *Renderer) funcs(l *i18n.Localizer, set *template.Template) template.FuncMap {
	return template.FuncMap{
		"t": l.T,
		"th": func(key string, args ...any) template.HTML {
			for i, a := range args {
				if h, ok := a.(template.HTML); ok {
					args[i] = string(h)
					continue
				}
				args[i] = template.HTMLEscapeString(l.Format(a))
			}
			return template.HTML(l.T(key, args...))
		},
		"href":    func(path string) string { return k.paths.in(l.Lang(), path) },
		"num":     l.Format,
		"dec":     l.Decimal,
		"pct":     l.Percent,
		"share":   l.Share,
		"change":  l.Change,
		"signed":  l.Signed,
		"day":     l.Day,
		"date":    l.Date,
		"list":    l.List,
		"unit":    l.Unit,
		"ordinal": l.Ordinal,
		"bytes":   l.Bytes,
		"of":      l.Of,
		"at":      l.At,
		"upper":   i18n.Upper,
		"l":       func() *i18n.Localizer { return l },
		"lang":    func() string { return string(l.Lang()) },
		"icon":    icon,
		"mark":    func() template.HTML { return mark },
		"favicon": func() template.URL { return favicon },
		"asset":   k.assets.URL,
		"chart":   func(c drawn) (template.HTML, error) { return c.draw(l) },
		"show": func(c Component) (template.HTML, error) {
			if c == nil {
				return "", nil
			}
			t := set.Lookup(c.component())
			if t == nil {
				return "", fmt.Errorf("component %s has no template", c.component())
			}
			b := buffers.Get().(*bytes.Buffer)
			defer recycle(b)
			if err := t.Execute(b, c); err != nil {
				return "", err
			}
			return template.HTML(b.String()), nil
		},
	}
}
