package atlasweb

import (
	"html/template"

	"bassin/internal/web"
)

// territoryExamples are views on which the templates of territory pages are
// checked when the server starts.
func territoryExamples() map[string][]any {
	link := linkView{Href: "/bv/22266", Text: "Rostrenen"}
	anchor := &web.Anchor{Href: "/bv/22266", Text: "Rostrenen"}
	table := web.Table{ID: "t", Caption: "…", Columns: []web.Column{{Title: "…"}}, Rows: [][]web.Cell{{{Text: "…"}}}}
	stack := &web.Stack{ID: "b", Title: "…", Parts: []web.Share{{Label: "…", Value: 1}}}
	line := &web.Line{ID: "c", Title: "…", Format: web.Whole, Series: []web.Series{{Label: "…", Points: []web.Point{{Year: 2016, Value: 1}, {Year: 2022, Value: 2}}}}}
	said := template.HTML("…")
	return map[string][]any{
		"atlas/territory": {territoryView{
			From: said, Answer: []template.HTML{said}, Action: &link, Links: []linkView{link}, Sections: []web.RenderedSection{{ID: "a", Title: "A", Body: said}}}},
		"atlas/territory_population": {populationView{Known: true, Figure: "1", Change: said, Notes: []template.HTML{said}, Chart: line}, populationView{Notes: []template.HTML{said}}},
		"atlas/territory_map":        {mapView{SVG: "<svg></svg>", Hidden: "…", Table: "#membres", ShareAlike: true, Around: []linkView{link}}},
		"atlas/territory_nomap":      {mapView{}},
		"atlas/territory_belongs":    {belongsView{Inside: &table, Outside: []template.HTML{said}, Across: []acrossView{{ID: "a", Title: "…", Bar: stack, Table: table}}}},
		"atlas/territory_members":    {&membersView{Text: said, Units: []unitLink{{Href: "/", Text: "…", Current: true}}, Table: table, Pages: &web.Pagination{Next: "/"}, CSV: anchor}},
		"atlas/territory_programmes": {
			programmesView{Marks: []markView{{Name: "…", Text: said}}, Districts: said, List: []linkView{link}, More: &link, Density: stack, DensityOf: said, Types: []typeView{{}}},
			programmesView{Overseas: "…"}},
		"atlas/territory_story":   {storyView{Events: []eventView{{Day: "…", Text: said}}, Parts: []partsView{{}}, Codes: []codeView{{}}}, storyView{None: "…"}},
		"atlas/territory_sources": {sourcesView{Sources: []web.Source{{Title: "…"}}, Downloads: web.Links{Items: []web.Anchor{*anchor}}}},
		"atlas/territory_split":   {splitView{Answer: said, Communes: []linkView{link}}},
		"atlas/territory_missing": {missingView{Near: []linkView{link}, Search: web.Search{ID: "cherche"}}},
	}
}

func listExamples() map[string][]any {
	table := web.Table{ID: "t", Caption: "…", Columns: []web.Column{{Title: "…"}}}
	return map[string][]any{"atlas/list": {
		listView{Departements: []web.Option{{Value: "22", Chosen: true}}, Table: table, Pages: &web.Pagination{Next: "/"}, Levels: []web.Anchor{{Text: "…", Href: "/"}}},
		listView{Empty: &web.State{Kind: "empty", Action: &web.Anchor{Text: "…", Href: "/"}}},
	}}
}
