package i18n

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

//go:embed locales/*.json
var locales embed.FS

// Lang is a language of the interface, by its BCP 47 code: the ending of the
// names of its catalogue files.
type Lang string

// The languages that Bassin is written in. A further one is a set of files.
const (
	FR Lang = "fr" // the first language: its pages have no prefix
	EN Lang = "en"
)

// Catalog holds the texts of every language, checked against each other.
type Catalog struct {
	langs []Lang
	byKey map[Lang]map[string]*message
	tags  map[Lang]language.Tag
	local map[Lang]*Localizer
}

// Load reads the catalogues that are part of the program.
func Load() (*Catalog, error) {
	files, err := fs.Sub(locales, "locales")
	if err != nil {
		return nil, err
	}
	return LoadFS(files)
}

// LoadFS merges the files named <room>.<lang>.json of a folder. It reports at
// once every key that is given twice, misplaced, or missing in a language.
func LoadFS(files fs.FS) (*Catalog, error) {
	names, err := fs.Glob(files, "*.json")
	if err != nil {
		return nil, err
	}
	c := &Catalog{byKey: map[Lang]map[string]*message{}, tags: map[Lang]language.Tag{}, local: map[Lang]*Localizer{}}
	var faults []error
	for _, name := range names {
		if err := c.add(files, name); err != nil {
			faults = append(faults, err)
		}
	}
	if c.byKey[FR] == nil {
		return nil, errors.Join(append(faults, errors.New("i18n: no French catalogue"))...)
	}
	for lang := range c.byKey {
		tag, err := language.Parse(string(lang))
		if err != nil {
			faults = append(faults, fmt.Errorf("i18n: %s is no language code: %w", lang, err))
		}
		c.langs, c.tags[lang] = append(c.langs, lang), tag
	}
	// French first, the rest by code: the order of the language switch.
	slices.SortFunc(c.langs, func(a, b Lang) int {
		if (a == FR) != (b == FR) {
			if a == FR {
				return -1
			}
			return 1
		}
		return strings.Compare(string(a), string(b))
	})
	faults = append(faults, c.compare()...)
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	for _, lang := range c.langs {
		l, err := newLocalizer(c, lang)
		if err != nil {
			return nil, err
		}
		c.local[lang] = l
	}
	return c, nil
}

func (c *Catalog) add(files fs.FS, name string) error {
	room, lang, ok := strings.Cut(strings.TrimSuffix(path.Base(name), ".json"), ".")
	if !ok {
		return fmt.Errorf("i18n: %s is not named <room>.<lang>.json", name)
	}
	f, err := files.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	texts, err := readFlat(json.NewDecoder(f))
	if err != nil {
		return fmt.Errorf("i18n: %s: %w", name, err)
	}
	into := c.byKey[Lang(lang)]
	if into == nil {
		into = map[string]*message{}
		c.byKey[Lang(lang)] = into
	}
	given := map[string]bool{}
	for _, kv := range texts {
		given[kv[0]] = true
	}
	for _, kv := range texts {
		key, form := splitForm(kv[0], given)
		if !strings.HasPrefix(key, room+".") {
			return fmt.Errorf("i18n: %s: key %s does not start with %s., its room", name, kv[0], room)
		}
		m := into[key]
		if m == nil {
			m = &message{}
			into[key] = m
		}
		text := kv[1]
		if Lang(lang) == FR {
			text = typeset(text)
		}
		if err := m.set(form, text); err != nil {
			return fmt.Errorf("i18n: %s: key %s: %w", name, kv[0], err)
		}
	}
	return nil
}

// readFlat reads an object of texts, refusing a key that is given twice: the
// standard decoder would silently keep the last.
func readFlat(dec *json.Decoder) ([][2]string, error) {
	if t, err := dec.Token(); err != nil {
		return nil, err
	} else if t != json.Delim('{') {
		return nil, errors.New("the file is not one object of texts")
	}
	var out [][2]string
	seen := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key := t.(string) // the decoder allows nothing else before a colon
		t, err = dec.Token()
		if err != nil {
			return nil, err
		}
		text, ok := t.(string)
		if !ok {
			return nil, fmt.Errorf("key %s is not a text", key)
		}
		if seen[key] {
			return nil, fmt.Errorf("key %s is given twice", key)
		}
		seen[key] = true
		out = append(out, [2]string{key, text})
	}
	_, err := dec.Token()
	return out, err
}

var forms = map[string]plural.Form{
	"zero": plural.Zero, "one": plural.One, "two": plural.Two,
	"few": plural.Few, "many": plural.Many, "other": plural.Other,
}

// splitForm parts a plural ending from a key: web.results.one is the form one of
// web.results, if there is a web.results.other.
func splitForm(key string, given map[string]bool) (string, string) {
	if i := strings.LastIndexByte(key, '.'); i > 0 {
		if _, ok := forms[key[i+1:]]; ok && given[key[:i]+".other"] {
			return key[:i], key[i+1:]
		}
	}
	return key, ""
}

// compare finds what one language has and another lacks.
func (c *Catalog) compare() []error {
	var faults []error
	for _, lang := range c.langs {
		for key, m := range c.byKey[lang] {
			if m.byForm != nil && (m.text != nil || m.byForm[plural.Other] == nil) {
				faults = append(faults, fmt.Errorf("i18n: %s: key %s needs a form other, and no form-less text", lang, key))
			}
			for _, else_ := range c.langs {
				o := c.byKey[else_][key]
				switch {
				case o == nil:
					faults = append(faults, fmt.Errorf("i18n: key %s of %s is missing in %s", key, lang, else_))
				case (o.byForm == nil) != (m.byForm == nil):
					faults = append(faults, fmt.Errorf("i18n: key %s has plural forms in one of %s and %s only", key, lang, else_))
				case lang == FR && o.arity() != m.arity():
					faults = append(faults, fmt.Errorf("i18n: key %s takes %d values in %s and %d in %s", key, m.arity(), lang, o.arity(), else_))
				}
			}
		}
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return faults
}

// Langs returns the languages, French first.
func (c *Catalog) Langs() []Lang { return slices.Clone(c.langs) }

// Has says whether lang is a language of the catalogue.
func (c *Catalog) Has(lang Lang) bool { return c.byKey[lang] != nil }

// Keys returns every key, without plural endings, in order.
func (c *Catalog) Keys() []string {
	keys := make([]string, 0, len(c.byKey[FR]))
	for k := range c.byKey[FR] {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Localizer returns the voice of a language, French for one that is not known.
func (c *Catalog) Localizer(lang Lang) *Localizer {
	if l := c.local[lang]; l != nil {
		return l
	}
	return c.local[FR]
}

// Preferred returns the language that an Accept-Language header asks for most,
// and false where it names none that the catalogue has.
func (c *Catalog) Preferred(header string) (Lang, bool) {
	if header == "" || len(header) > 256 {
		return "", false
	}
	wished, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return "", false
	}
	for _, t := range wished {
		base, _ := t.Base()
		if lang := Lang(base.String()); c.Has(lang) {
			return lang, true
		}
	}
	return "", false
}
