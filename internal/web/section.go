package web

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"log/slog"
	"runtime/debug"
	"slices"

	"bassin/internal/i18n"
	"bassin/internal/territory"
)

// Section is a part of a territory page: the seam by which a feature speaks of a
// territory on a page that it does not know. cli joins the sections of all.
type Section struct {
	ID    string // anchor and identity: population
	Title string // catalogue key of its heading
	Order int    // lower comes first; leave gaps of ten
	// For says whether the section has anything to say of a level.
	For func(territory.Level) bool
	// Render writes the section without its heading. An empty result leaves the
	// section out; an error leaves a message in its place.
	Render func(ctx context.Context, q SectionRequest) (template.HTML, error)
}

// SectionRequest is what a section is asked to speak of.
type SectionRequest struct {
	Territory *territory.Territory
	France    *territory.France // of the request's snapshot
	Self      string            // path of the territory's page, in French words
	Localizer *i18n.Localizer
	Query     map[string][]string // of the address: sorting, page of a list
	// Fragment runs a declared template in the request's language.
	Fragment func(name string, view any) (template.HTML, error)
	// Href writes a path given in French words in the request's language.
	Href func(path string) string
}

// RenderedSection is a section ready for the page.
type RenderedSection struct {
	ID     string
	Title  string
	Body   template.HTML
	Failed bool
}

// Sections renders, in order, the sections that speak of the territory. One that
// fails says so in its place and is logged; the page lives.
func (k *Renderer) Sections(ctx context.Context, sections []Section, q SectionRequest) []RenderedSection {
	l := q.Localizer
	if l == nil {
		l = k.Locale(ctx)
		q.Localizer = l
	}
	q.Fragment = func(name string, view any) (template.HTML, error) { return k.Fragment(l.Lang(), name, view) }
	q.Href = func(path string) string { return k.paths.in(l.Lang(), path) }
	ordered := slices.Clone(sections)
	slices.SortStableFunc(ordered, func(a, b Section) int { return cmp.Compare(a.Order, b.Order) })
	out := make([]RenderedSection, 0, len(ordered))
	for _, s := range ordered {
		if s.For != nil && !s.For(q.Territory.Level) {
			continue
		}
		body, err := render(ctx, s, q)
		if err != nil {
			k.log.LogAttrs(ctx, slog.LevelError, "section failed", slog.String("request", RequestID(ctx)),
				slog.String("section", s.ID), slog.String("territory", q.Territory.ID.String()), slog.String("error", err.Error()))
			body, err = k.Fragment(l.Lang(), "web/notice", Notice{Kind: Attention, Text: l.T("web.section.failed", RequestID(ctx))})
			if err != nil {
				continue
			}
			out = append(out, RenderedSection{ID: s.ID, Title: l.T(s.Title), Body: body, Failed: true})
			continue
		}
		if body != "" {
			out = append(out, RenderedSection{ID: s.ID, Title: l.T(s.Title), Body: body})
		}
	}
	return out
}

// render turns a panic of a section into its error.
func render(ctx context.Context, s Section, q SectionRequest) (body template.HTML, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return s.Render(ctx, q)
}
