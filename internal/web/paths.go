package web

import (
	"strings"

	"bassin/internal/i18n"
)

// paths translates addresses between languages. The first language has no
// prefix, the others have their code; words of addresses are the keys of the
// catalogue room path, so that a language brings its own.
type paths struct {
	langs []i18n.Lang
	to    map[i18n.Lang]map[string]string // French segment -> segment
	from  map[i18n.Lang]map[string]string // segment -> French segment
}

func newPaths(c *i18n.Catalog) *paths {
	p := &paths{langs: c.Langs(), to: map[i18n.Lang]map[string]string{}, from: map[i18n.Lang]map[string]string{}}
	for _, lang := range p.langs {
		p.to[lang], p.from[lang] = map[string]string{}, map[string]string{}
		l := c.Localizer(lang)
		for _, key := range c.Keys() {
			if word, ok := strings.CutPrefix(key, "path."); ok {
				p.to[lang][word] = l.T(key)
				p.from[lang][l.T(key)] = word
			}
		}
	}
	return p
}

// split parts the language prefix from a path as asked: /en/search is English
// and /search. A path without a prefix is French.
func (p *paths) split(path string) (i18n.Lang, string) {
	for _, lang := range p.langs[1:] {
		if rest, ok := strings.CutPrefix(path, "/"+string(lang)); ok {
			if rest == "" {
				return lang, "/"
			}
			if rest[0] == '/' {
				return lang, rest
			}
		}
	}
	return i18n.FR, path
}

// words translates the segments of a path, and the stem of one that is a file:
// diagnostic.xlsx.
func words(path string, table map[string]string) string {
	for i := 0; i < len(path); {
		j := strings.IndexByte(path[i:], '/')
		if j < 0 {
			j = len(path) - i
		}
		stem := j
		if dot := strings.IndexByte(path[i:i+j], '.'); dot > 0 {
			stem = dot
		}
		if w, ok := table[path[i:i+stem]]; ok {
			path = path[:i] + w + path[i+stem:]
			j += len(w) - stem
		}
		i += j + 1
	}
	return path
}

// in writes a French path in another language, prefix included. What follows
// the path (query, fragment) is left alone, as is an address that is no path of
// this site, or that of the API: it has one for every language.
func (p *paths) in(lang i18n.Lang, href string) string {
	if !strings.HasPrefix(href, "/") || strings.HasPrefix(href, "//") || strings.HasPrefix(href, "/api/") || strings.HasPrefix(href, "/fichiers/") || lang == i18n.FR {
		return href
	}
	path, rest := href, ""
	if i := strings.IndexAny(href, "?#"); i >= 0 {
		path, rest = href[:i], href[i:]
	}
	path = "/" + string(lang) + words(path, p.to[lang])
	if path == "/"+string(lang)+"/" {
		return path + rest
	}
	return path + rest
}

// french writes a path of a language, without its prefix, in French words.
func (p *paths) french(lang i18n.Lang, path string) string {
	return words(path, p.from[lang])
}
