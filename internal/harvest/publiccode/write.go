package publiccode

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"bassin/internal/commons"
)

// Body tells the name of an organisation by its id or name, and the address that stands
// for it; "" if it has none.
type Body func(value string) (name, uri string)

// Write writes a piece of software as publiccode.yml version 1. What the standard wants
// and the library does not know is said in comments, at the end; what the standard has no
// key for is left out.
func Write(s commons.Sheet, body Body) []byte {
	w := &writer{s: s}
	w.line(0, `publiccodeYmlVersion: "1"`)
	w.buf.WriteByte('\n')
	w.must("name", "title", "")
	w.must("url", "repository", "")
	w.may(0, "landingURL", "website")
	w.list(0, "isBasedOn", s["based_on"])
	w.may(0, "softwareVersion", "software_version")
	if d := s.Get("release_date"); len(d) == len("2006-01-02") {
		w.may(0, "releaseDate", "release_date")
	}
	w.list(0, "platforms", s["platforms"])
	w.wanted(len(s["platforms"]) > 0, "platforms", "web, windows, mac, linux, ios, android")
	w.list(0, "categories", known(s["categories"]))
	w.must("developmentStatus", "status", "concept, development, beta, stable, obsolete")
	w.kind()
	w.publisher(body)
	w.audience()
	w.description("fr", "summary", "description", true)
	w.description("en", "summary_en", "description_en", false)
	w.wanted(s.Get("summary") != "", "description.fr.shortDescription", "")
	if s.Get("licence") != "" {
		w.line(0, "legal:")
		w.may(1, "license", "licence")
	}
	w.wanted(s.Get("licence") != "", "legal.license", "SPDX")
	w.maintenance()
	w.localisation()
	w.depends()
	if len(w.missing) > 0 {
		w.buf.WriteString("\n# Clés obligatoires à compléter / mandatory keys to fill in:\n")
		for _, m := range w.missing {
			w.buf.WriteString("# - " + m + "\n")
		}
	}
	return w.buf.Bytes()
}

type writer struct {
	buf     bytes.Buffer
	s       commons.Sheet
	missing []string
}

func (w *writer) line(depth int, s string) {
	w.buf.WriteString(strings.Repeat("  ", depth) + s + "\n")
}

func (w *writer) wanted(there bool, key, values string) {
	if there {
		return
	}
	if values != "" {
		key += " (" + values + ")"
	}
	w.missing = append(w.missing, key)
}

// must writes a mandatory key of the first level.
func (w *writer) must(key, field, values string) {
	w.may(0, key, field)
	w.wanted(w.s.Get(field) != "", key, values)
}

func (w *writer) may(depth int, key, field string) {
	if v := w.s.Get(field); v != "" {
		w.line(depth, key+": "+quoted(v))
	}
}

func (w *writer) list(depth int, key string, values []string) {
	if len(values) == 0 {
		return
	}
	w.line(depth, key+":")
	for _, v := range values {
		w.line(depth+1, "- "+quoted(v))
	}
}

// quoted is a text between quotation marks, as JSON and YAML both write it.
func quoted(v string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // a string never fails
	return strings.TrimSuffix(b.String(), "\n")
}

func (w *writer) kind() {
	for _, t := range []string{"standalone/mobile", "standalone/desktop", "standalone/web", "standalone/backend", "standalone/other", "addon", "library", "configurationFiles"} {
		if types[t] == w.s.Get("form") {
			w.line(0, "softwareType: "+quoted(t))
			return
		}
	}
	w.wanted(false, "softwareType", "standalone/mobile, standalone/iot, standalone/desktop, standalone/web, standalone/backend, standalone/other, addon, library, configurationFiles")
}

// publisher needs an address: without it the standard takes no organisation.
func (w *writer) publisher(body Body) {
	first := w.s.Get("maintainers")
	if first == "" || body == nil {
		return
	}
	if name, uri := body(first); uri != "" {
		w.line(0, "organisation:")
		w.line(1, "name: "+quoted(name))
		w.line(1, "uri: "+quoted(uri))
	}
}

// audience is written as the field of application that comes back as the theme.
func (w *writer) audience() {
	var out []string
	for _, theme := range w.s["themes"] {
		for _, scope := range []string{"education", "healthcare", "government", "energy", "transportation", "finance-and-economic-development", "culture", "welfare"} {
			if scopes[scope] == theme {
				out = append(out, scope)
			}
		}
	}
	if len(out) > 0 {
		w.line(0, "intendedAudience:")
		w.list(1, "scope", out)
	}
}

func (w *writer) description(lang, short, long string, first bool) {
	s := w.s
	if s.Get(short) == "" && s.Get(long) == "" && !first {
		return
	}
	if first {
		if s.Get(short) == "" && s.Get(long) == "" && s.Get("documentation") == "" && len(s["features"]) == 0 && s.Get("summary_en") == "" && s.Get("description_en") == "" {
			w.wanted(false, "description", "")
			return
		}
		w.line(0, "description:")
		if s.Get(short) == "" && s.Get(long) == "" && s.Get("documentation") == "" && len(s["features"]) == 0 {
			return
		}
	}
	w.line(1, lang+":")
	if v := s.Get(short); v != "" {
		if cut := shorten(v); cut != v {
			v = cut
			w.missing = append(w.missing, "description."+lang+".shortDescription (abrégé à 150 caractères / cut to 150 characters)")
		}
		w.line(2, "shortDescription: "+quoted(v))
	}
	if v := s.Get(long); v != "" {
		w.line(2, "longDescription: "+block(v, 3))
	}
	n := utf8.RuneCountInString(s.Get(long))
	w.wanted(n >= 150, "description."+lang+".longDescription", "150 – 10 000 caractères / characters")
	if first {
		w.may(2, "documentation", "documentation")
	}
	w.list(2, "features", s["features"]) // in the language they are in: parsers want some under each
	w.wanted(len(s["features"]) > 0, "description."+lang+".features", "")
}

// shorten cuts a summary to the length of the standard, at a word.
func shorten(v string) string {
	letters := []rune(v)
	if len(letters) <= 150 {
		return v
	}
	cut := string(letters[:149])
	if i := strings.LastIndexByte(cut, ' '); i > 0 {
		cut = cut[:i]
	}
	return cut + "…"
}

// block is a text of several lines as a person would write it, if it comes back the same.
func block(v string, depth int) string {
	lines := strings.Split(v, "\n")
	plain := func(l string) bool {
		return l == "" || strings.TrimSpace(l) == l && !strings.ContainsFunc(l, func(r rune) bool {
			return r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff
		})
	}
	if len(lines) < 2 || lines[0] == "" || lines[len(lines)-1] == "" || slices.ContainsFunc(lines, func(l string) bool { return !plain(l) }) {
		return quoted(v)
	}
	indent := strings.Repeat("  ", depth)
	for i, l := range lines {
		if l != "" {
			lines[i] = indent + l
		}
	}
	return "|-\n" + strings.Join(lines, "\n")
}

func (w *writer) maintenance() {
	kind := w.s.Get("maintenance")
	w.wanted(kind != "", "maintenance.type", "internal, contract, community, none")
	if kind == "" {
		return
	}
	w.line(0, "maintenance:")
	w.may(1, "type", "maintenance")
	switch kind {
	case "contract":
		w.wanted(len(w.s["contractors"]) > 0, "maintenance.contractors", "name, until")
		if len(w.s["contractors"]) > 0 {
			w.line(1, "contractors:")
			for i, c := range w.s["contractors"] {
				w.line(2, "- name: "+quoted(c))
				w.wanted(false, fmt.Sprintf("maintenance.contractors[%d].until", i), "AAAA-MM-JJ / YYYY-MM-DD")
			}
		}
	case "internal", "community":
		w.wanted(false, "maintenance.contacts", "name")
	}
}

func (w *writer) localisation() {
	tags := w.s["languages"]
	w.wanted(len(tags) > 0, "localisation.availableLanguages", "fr, en…")
	w.line(0, "localisation:")
	w.line(1, fmt.Sprintf("localisationReady: %t", len(tags) > 1))
	w.list(1, "availableLanguages", tags)
}

func (w *writer) depends() {
	parts := map[string][]string{}
	for _, v := range w.s["depends_on"] {
		part, name, ok := strings.Cut(v, ": ")
		if !ok || part != "proprietary" && part != "hardware" {
			part, name = "open", v
		}
		parts[part] = append(parts[part], name)
	}
	if len(parts) == 0 {
		return
	}
	w.line(0, "dependsOn:")
	for _, part := range []string{"open", "proprietary", "hardware"} {
		if len(parts[part]) > 0 {
			w.line(1, part+":")
			for _, name := range parts[part] {
				w.line(2, "- name: "+quoted(name))
			}
		}
	}
}
