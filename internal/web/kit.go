package web

import (
	"embed"
	"io/fs"
)

//go:embed templates
var files embed.FS

func kitTemplates() Templates {
	sub, err := fs.Sub(files, "templates")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return Templates{Room: "web", Files: sub, Examples: examples()}
}

// examples are the views on which the kit's own templates are checked.
func examples() map[string][]any {
	g := newGallery(0)
	page := &Page{Title: "Rostrenen", Description: "…", Crumbs: []Crumb{{"Bretagne", "/reg/53"}}, Territory: &Context{"Rostrenen", "commune", "/commune/22266"}}
	one := func(c any) []any { return []any{c} }
	return map[string][]any{
		"web/layout": {
			&layout{Page: &Page{Title: "…", Rights: []Right{{"…", "…", true, "…"}}}, Lang: "fr", Path: "/", Accounts: true, Account: &Account{Name: "…", Unread: 2, Links: []Link{{"web.nav.map", "/carte"}}}, Site: Site{Logo: "/a"}},
			&layout{Page: page, Lang: "fr", Path: "/", Accounts: true, SignIn: "/connexion"},
			&layout{Page: page, Lang: "fr", Path: "/", Alternates: []alternate{{Lang: "en", Name: "English"}}, Nav: []navLink{{"Carte", "/carte", true}}, CSS: []string{"/a.css"}, JS: []string{"/a.js"}},
		},
		"web/error":      {failure{Title: "…", Text: "…", Search: g.Search}, failure{Title: "…", ID: "abcdefgh", Search: g.Search}, failure{Title: "…", Way: Anchor{Text: "…", Href: "/connexion", Strong: true}}},
		"web/design":     one(g),
		"web/copy":       {Copy{}, Copy{Href: "/bv/22113"}},
		"web/notice":     {g.Notices[0], g.Notices[1]},
		"web/search":     one(g.Search),
		"web/field":      {g.Fields[0], g.Fields[1], g.Fields[2], g.Fields[3]},
		"web/errors":     one(g.Errors),
		"web/source":     one(g.Figure.Sources[0]),
		"web/figure":     one(g.Figure),
		"web/table":      one(g.Table),
		"web/anchor":     {Anchor{Text: "…", Href: "/", Icon: "arrow"}, Anchor{Text: "…", Href: "/", Strong: true}},
		"web/mark":       {g.Marks[0], g.Marks[1]},
		"web/files":      {g.Files, Files{}},
		"web/details":    one(g.Details),
		"web/card":       one(g.Cards[0]),
		"web/facts":      one(g.Facts),
		"web/state":      {g.States[0], g.States[1], g.States[2]},
		"web/pagination": one(g.Pagination),
		"web/links":      one(g.Links),
		"web/strip":      one(g.Strip),
		"web/line":       one(g.Line),
		"web/scatter":    one(g.Scatter),
		"web/bars":       one(g.Bars),
		"web/stack":      one(g.Stack),
		"web/sections":   one([]RenderedSection{{ID: "a", Title: "A", Body: "<p>a</p>"}}),
	}
}
