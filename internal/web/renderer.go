package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"bassin/internal/i18n"
	"bassin/internal/web/assets"
)

// Templates are the templates of one room. Each *.html file of Files, at any
// depth, is a template named <Room>/<file without .html>; it may define others,
// which begin with the same room.
type Templates struct {
	Room  string
	Files fs.FS
	// Examples gives, by template name, views on which each template is run when
	// the server starts: a missing field or a wrong type stops it then, not later.
	Examples map[string][]any
}

// Config is what a Renderer is made of.
type Config struct {
	Site      func() Site // as it stands: administrators change it
	Catalog   *i18n.Catalog
	Assets    *assets.Set
	Log       *slog.Logger
	Templates []Templates
	Nav       []Link                                          // of the header
	Cache     *Cache                                          // of stable answers; nil keeps none
	Now       func() time.Time                                // tells the date printed on paper; none if nil
	Failures  Failures                                        // of programs; errors are pages everywhere if zero
	Guard     Guard                                           // of routes that are not for everyone
	Account   func(context.Context, *i18n.Localizer) *Account // of the reader; nil for a product without accounts
}

// Renderer turns pages, fragments and errors into HTML in every language.
// It is immutable once made.
type Renderer struct {
	site     func() Site
	catalog  *i18n.Catalog
	assets   *assets.Set
	log      *slog.Logger
	nav      []Link
	cache    *Cache
	now      func() time.Time
	failures Failures
	guard    Guard
	account  func(context.Context, *i18n.Localizer) *Account
	paths    *paths
	sets     map[i18n.Lang]*template.Template
	names    map[string]bool
}

// New parses the templates in every language and runs each on its examples.
func New(c Config) (*Renderer, error) {
	k := &Renderer{
		site: c.Site, catalog: c.Catalog, assets: c.Assets, log: c.Log, nav: c.Nav, cache: c.Cache, now: c.Now, failures: c.Failures, guard: c.Guard, account: c.Account,
		paths: newPaths(c.Catalog), sets: map[i18n.Lang]*template.Template{}, names: map[string]bool{},
	}
	if k.log == nil {
		k.log = slog.New(slog.DiscardHandler)
	}
	rooms := append([]Templates{kitTemplates()}, c.Templates...)
	for _, lang := range c.Catalog.Langs() {
		set := template.New("").Option("missingkey=error")
		set.Funcs(k.funcs(c.Catalog.Localizer(lang), set))
		for _, room := range rooms {
			if err := k.parse(set, room); err != nil {
				return nil, err
			}
		}
		k.sets[lang] = set
	}
	var faults []error
	for _, room := range rooms {
		for _, name := range slices.Sorted(maps(room.Examples)) {
			if !k.names[name] {
				faults = append(faults, fmt.Errorf("web: example of template %s, which does not exist", name))
			}
		}
	}
	for _, lang := range c.Catalog.Langs() {
		for _, room := range rooms {
			faults = append(faults, k.check(lang, room)...)
		}
	}
	return k, errors.Join(faults...)
}

// maps yields the keys of m.
func maps(m map[string][]any) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func (k *Renderer) parse(set *template.Template, room Templates) error {
	return fs.WalkDir(room.Files, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(file) != ".html" {
			return err
		}
		text, err := fs.ReadFile(room.Files, file)
		if err != nil {
			return err
		}
		name := room.Room + "/" + strings.TrimSuffix(path.Base(file), ".html")
		if set.Lookup(name) != nil {
			return fmt.Errorf("web: template %s is given twice", name)
		}
		k.names[name] = true
		_, err = set.New(name).Parse(string(text))
		return err
	})
}

// check runs the templates of a room on their examples.
func (k *Renderer) check(lang i18n.Lang, room Templates) []error {
	var faults []error
	err := fs.WalkDir(room.Files, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(file) != ".html" {
			return err
		}
		name := room.Room + "/" + strings.TrimSuffix(path.Base(file), ".html")
		if len(room.Examples[name]) == 0 {
			faults = append(faults, fmt.Errorf("web: template %s has no example view", name))
		}
		for _, view := range room.Examples[name] {
			if _, err := k.Fragment(lang, name, view); err != nil {
				faults = append(faults, err)
			}
		}
		return nil
	})
	if err != nil {
		faults = append(faults, err)
	}
	return faults
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Fragment runs a template into HTML: a section, a part answered to a script.
func (k *Renderer) Fragment(lang i18n.Lang, name string, view any) (template.HTML, error) {
	set := k.sets[lang]
	if set == nil {
		set = k.sets[i18n.FR]
	}
	t := set.Lookup(name)
	if t == nil {
		return "", fmt.Errorf("web: template %s is not declared", name)
	}
	b := buffers.Get().(*bytes.Buffer)
	defer recycle(b)
	if err := t.Execute(b, view); err != nil {
		return "", fmt.Errorf("web: template %s in %s: %w", name, lang, err)
	}
	return template.HTML(b.String()), nil
}

// recycle keeps a buffer for the next page, unless it has grown beyond reason.
func recycle(b *bytes.Buffer) {
	if b.Cap() > 1<<20 {
		return
	}
	b.Reset()
	buffers.Put(b)
}
