package observatoryweb

import (
	"embed"
	"io/fs"
	"maps"
	"slices"

	"bassin/internal/indicator"
	"bassin/internal/observatory"
	"bassin/internal/snapshot"
	"bassin/internal/web"
)

// Pages are the pages of the observatory. They read the snapshot of the request's
// context, see snapshot.FromContext.
type Pages struct {
	Kit         *web.Renderer
	Observatory *observatory.Service
	Site        func() web.Site

	plans   snapshot.Bound[*plans]
	country snapshot.Bound[[]indicator.Value] // of France, in the order of the catalogue
}

// Routes are the ways into the observatory.
func (p *Pages) Routes() []web.Route {
	return slices.Concat(
		p.hubRoutes(), p.catalogueRoutes(), p.diagnosisRoutes(), p.exportRoutes(), p.figuresRoutes(), p.rankingRoutes(), p.changesRoutes(),
		p.explorerRoutes(), p.indexRoutes(),
		p.twinsRoutes(), p.compareRoutes(),
	)
}

// Sections are what the observatory says on territory pages.
func (p *Pages) Sections() []web.Section { return []web.Section{p.essentials()} }

//go:embed */*.html
var files embed.FS

// Templates are the templates of these pages, named observatory/….
func Templates() []web.Templates {
	examples := map[string][]any{}
	for _, page := range []map[string][]any{
		catalogueExamples(), diagnosisExamples(), explorerExamples(), indexExamples(),
		twinsExamples(), compareExamples(),
	} {
		maps.Copy(examples, page)
	}
	folders, err := fs.ReadDir(files, ".")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	var out []web.Templates
	for _, d := range folders {
		sub, err := fs.Sub(files, d.Name())
		if err != nil {
			panic(err)
		}
		t := web.Templates{Room: "observatory", Files: sub, Examples: map[string][]any{}}
		names, err := fs.Glob(sub, "*.html")
		if err != nil {
			panic(err)
		}
		for _, n := range names {
			name := t.Room + "/" + n[:len(n)-len(".html")]
			if e, ok := examples[name]; ok {
				t.Examples[name] = e
			}
		}
		out = append(out, t)
	}
	return out
}
