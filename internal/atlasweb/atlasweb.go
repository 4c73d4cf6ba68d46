package atlasweb

import (
	"embed"
	"io/fs"
	"maps"
	"slices"

	"bassin/internal/atlas"
	"bassin/internal/web"
)

// Pages are the pages of the atlas. They read the snapshot of the request's
// context, see snapshot.FromContext.
type Pages struct {
	Kit      *web.Renderer
	Atlas    *atlas.Service
	Sections []web.Section // of other features, shown on territory pages after their Order

	portraits portraits
	lists     lists
	french    frenchMap
	tiles     tiles
}

// Routes are the ways into the atlas.
func (p *Pages) Routes() []web.Route {
	return slices.Concat(p.homeRoutes(), p.searchRoutes(), p.composeRoutes(), p.mapRoutes(), p.listRoutes(), p.setRoutes(), p.territoryRoutes())
}

//go:embed */*.html
var files embed.FS

// Templates are the templates of the atlas's pages, for the kit: those of the
// folder map are named map/…, all others atlas/….
func Templates() []web.Templates {
	examples := map[string][]any{}
	for _, room := range []map[string][]any{homeExamples(), searchExamples(), composeExamples(), mapExamples(), listExamples(), territoryExamples()} {
		maps.Copy(examples, room)
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
		t := web.Templates{Room: "atlas", Files: sub, Examples: map[string][]any{}}
		if d.Name() == "map" {
			t.Room = "map"
		}
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
