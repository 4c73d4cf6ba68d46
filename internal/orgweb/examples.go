package orgweb

import (
	"bassin/internal/people"
	"bassin/internal/web"
)

// examples are views on which every branch of the templates is tried when the
// server starts.
func examples() map[string][]any {
	field := web.Field{Name: "name", Label: "…", Help: "…", Error: "…"}
	table := &web.Table{ID: "t", Caption: "…", Columns: []web.Column{{Title: "…"}}, Rows: [][]web.Cell{{{Text: "…", Href: "/organisations/a"}}}}
	anchor := web.Anchor{Text: "…", Href: "/organisations", Strong: true}
	notice := web.Notice{Kind: web.Done, Text: "…", Role: "status"}
	pages := &web.Pagination{Label: "…", Text: "…", Next: "/organisations?page=2"}
	change := []fieldChange{{"…", "…", "…"}}
	choices := []choiceView{{"name", "…", "…", "…", "…"}}
	hidden := []web.Hidden{{Name: "version", Value: "1"}}
	state := &web.State{Kind: "empty", Title: "…", Text: "…", Action: &anchor}
	return map[string][]any{
		"organisation/list": {
			&listView{Title: "…", Empty: state},
			&listView{Title: "…", Lead: "…", Query: field, Kind: field, Where: field, Territory: "bv:22266", Within: "…", Everywhere: "/organisations", Choices: []web.Anchor{anchor},
				Collectivites: table, Communes: &web.Details{Summary: "…", Body: "…"}, Table: table, Pages: pages, CSV: &anchor, Actions: []web.Anchor{anchor}},
		},
		"organisation/show": {
			&showView{Title: "…", Kind: "…", NoMandate: "…", Documents: web.Files{Action: "/organisations/a/documents", Still: true}},
			&showView{Title: "…", Kind: "…", Notices: []web.Notice{notice}, Facts: web.Facts{Items: []web.Fact{{Term: "…", Text: "…"}}}, Territories: []web.Anchor{anchor}, Mandates: table,
				Merges: []mergeView{{"a", "…", "…"}}, History: []changeView{{"…", "…", "…", change}, {"…", "…", "", nil}}, Actions: []web.Anchor{anchor}},
		},
		"organisation/identify": {
			&identifyView{Number: field, Where: field, Sheet: "/organisations/nouvelle/fiche"},
			&identifyView{Number: field, Where: field, Found: table, Nothing: state, Choices: []web.Anchor{anchor}, Sheet: "/organisations/nouvelle/fiche"},
		},
		"organisation/sheet": {
			&sheetView{Title: "…", Action: "/organisations/nouvelle/fiche", Cancel: "/organisations", Button: "…"},
			&sheetView{Title: "…", Lead: "…", Action: "/organisations/nouvelle/fiche", Cancel: "/organisations", Button: "…", Errors: web.Errors{Items: []web.FieldError{{Field: "name", Text: "…"}}},
				Resembling: []lookView{{"a", "…", "/organisations/a", "…", "…"}}, Taken: &anchor, Fields: []web.Field{field}, Where: []web.Field{field}, Hidden: hidden},
		},
		"organisation/conflict": {
			&conflictView{Title: "…", Action: "/organisations/a/modifier", Cancel: "/organisations/a"},
			&conflictView{Title: "…", Action: "/organisations/a/modifier", Cancel: "/organisations/a", Choices: choices, Yours: change, Theirs: change, Hidden: hidden, Who: "…"},
		},
		"organisation/merge": {
			&mergeSheetView{Title: "…", Action: "/organisations/a/fusionner", Query: field, Found: []mergeChoice{{"…", "…", "…", "…", "/organisations/b", "/organisations/a/fusionner?dans=b"}}, Cancel: "/organisations/a"},
			&mergeSheetView{Title: "…", Lead: "…", Notice: &notice, Action: "/organisations/a/fusionner", Other: &people.Organisation{ID: "b"}, Merged: "…", Kept: "…", Swap: "/organisations/b/fusionner?dans=a",
				Says: []string{"…"}, Choices: choices, Filled: change, Hidden: hidden, Cancel: "/organisations/a"},
		},
		"organisation/pairs": {
			&pairsView{Empty: state},
			&pairsView{Pairs: []pairView{{pairSide{"…", "/organisations/a", "…"}, pairSide{"…", "/organisations/b", "…"}, "…", "/organisations/b/fusionner?dans=a", "a", "b", "…"}}, Pages: pages, Count: 1, Done: &notice},
		},
		"organisation/import": {
			&importView{Title: "…", Text: field, File: field, Columns: table, Kinds: "…", Template: anchor},
			&importView{Title: "…", Notices: []web.Notice{notice}, Errors: web.Errors{Items: []web.FieldError{{Field: "name", Text: "…"}}}, Preview: &importPreview{Text: field}},
			&importView{Title: "…", Preview: &importPreview{Seen: "…", Says: []string{"…"}, Refused: []importLine{{Line: 2, Name: "…", Why: []string{"…"}}, {Line: 3}},
				Alike: []importLine{{Line: 4, Name: "…", Told: "…", Links: []lookView{{"a", "…", "/organisations/a", "…", "…"}}, Why: []string{"…"}, Is: true}},
				New:   []importLine{{Line: 5, Name: "…", Told: "…"}}, Known: []importLine{{Line: 6, Name: "…", Why: []string{"…"}, Links: []lookView{{"a", "…", "/organisations/a", "…", ""}}}},
				Leave: field, Button: "…", Text: field}},
		},
		"organisation/section": {sectionView{Text: "…", Own: []web.Anchor{anchor}, More: anchor}},
	}
}
