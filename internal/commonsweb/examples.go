package commonsweb

import (
	"html/template"

	"bassin/internal/web"
	"bassin/internal/web/carto"
)

// examples are views on which every branch of the templates is tried when the
// server starts.
func examples() map[string][]any {
	anchor := web.Anchor{Text: "…", Href: "/communs", Strong: true}
	notice := web.Notice{Kind: web.Done, Text: "…", Role: "status"}
	table := &web.Table{ID: "t", Caption: "…", Columns: []web.Column{{Title: "…"}}, Rows: [][]web.Cell{{{Text: "…"}}}}
	facts := web.Facts{Items: []web.Fact{{Term: "…", Text: "…"}}}
	changes := []changeView{{"…", "…", "…"}, {"…", "", "…"}, {"…", "…", ""}}
	field := web.Field{Name: "title", Label: "…", Error: "…"}
	choice := web.Field{Name: "themes", Type: "checkbox", Label: "…", Options: []web.Option{{Value: "health", Label: "…"}}}
	wrong := web.Errors{Items: []web.FieldError{{Field: "title", Text: "…"}}}
	pages := &web.Pagination{Label: "…", Text: "…", Next: "/propositions?page=2"}
	act := &manageForm{"/communs/a/retirer", []web.Field{field}}
	talk := []commentView{{ID: "a", Who: "…", When: "…", Note: "…", Body: "<p>…</p>", Answer: "/communs/a/commentaires?reponse=a", Own: "/commentaires/a", Report: "/signaler?objet=comment:a", Decide: "/commentaires/a/decider", Version: "1", Waits: true, Entry: &anchor}, {ID: "b", Who: "…", When: "…", Gone: "…", Decide: "/commentaires/b/decider", Hidden: true}}
	credit := []creditView{{Text: "…", State: "…", Href: "/communs/a", Who: "…", Asked: true, Action: "/mes-contributions/a/decider", Version: "1"}, {Text: "…", State: "…", Href: "/communs/b", Shown: true, Action: "/mes-contributions/b/decider", Version: "1"}}
	groups := []creditGroup{{"…", "…"}}
	empty := &web.State{Kind: "empty", Title: "…", Text: "…"}
	report := &reportView{Notices: []web.Notice{notice}, Facts: facts, Parts: []reportPart{{"a", "…", "…", *table}}}
	return map[string][]any{
		"library/talk":        {&commentsView{Title: "…", Empty: "…"}, &commentsView{Title: "…", Comments: talk, More: &anchor, Actions: []web.Anchor{anchor}}},
		"library/comments":    {&commentsView{Title: "…", Empty: "…", SignIn: &anchor}, &commentsView{Title: "…", Notices: []web.Notice{notice}, Errors: wrong, Comments: talk, Pages: pages, Action: "/communs/a/commentaires", Answers: &anchor, Parent: "a", Text: field, Note: "…"}},
		"library/own":         {&ownView{Title: "…", Late: "…", Delete: "/commentaires/a/supprimer", Version: "1", Continue: anchor}, &ownView{Title: "…", Errors: wrong, Edit: "/commentaires/a/modifier", Text: field, Delete: "/commentaires/a/supprimer", Version: "1", Continue: anchor}},
		"library/queue":       {&queueView{Title: "…", Lead: "…", Empty: empty}, &queueView{Title: "…", Lead: "…", Notices: []web.Notice{notice}, Errors: wrong, Comments: talk, Setting: "/commentaires/reglages", Review: choice}},
		"library/thanks":      {&creditsView{Title: "…", Lead: "…"}, &creditsView{Title: "…", Groups: groups, Propose: &anchor}},
		"library/credit":      {&creditsView{Title: "…", Lead: "…", Action: "/communs/a/contributions", Continue: anchor}, &creditsView{Title: "…", Lead: "…", Notices: []web.Notice{notice}, Errors: wrong, Groups: groups, Action: "/communs/a/contributions", Fields: []web.Field{field, choice}, Removable: credit, Continue: anchor}},
		"library/credits":     {&ownCreditsView{Title: "…", Lead: "…", Empty: empty}, &ownCreditsView{Title: "…", Lead: "…", Notices: []web.Notice{notice}, Asked: credit, Shown: credit, Refused: credit, Open: true, Page: &anchor}},
		"library/contributor": {&contributorView{Title: "…", Lead: "…", Empty: "…"}, &contributorView{Title: "…", Lead: "…", Credits: credit}},
		"library/did":         {&didView{&contributorView{Title: "…"}, anchor}, &didView{&contributorView{Title: "…", Credits: credit}, anchor}},
		"library/follows":     {&followsView{Title: "…", Lead: "…", Empty: empty, Choices: anchor}, &followsView{Title: "…", Lead: "…", Notices: []web.Notice{notice}, Asked: &followView{"bv:22266", "…", "/communs", "…", false}, Follows: []followView{{"entry:a", "…", "/communs/a", "…", true}, {"entry:b", "…", "", "", true}}, Choices: anchor}, &followsView{Title: "…", Lead: "…", Asked: &followView{"bv:22266", "…", "/communs", "…", true}, Choices: anchor}},
		"library/searches":    {&searchesView{Title: "…", Lead: "…", Empty: empty}, &searchesView{Title: "…", Lead: "…", Notices: []web.Notice{notice}, Errors: wrong, Saving: true, Query: "q=a", What: &anchor, Fields: []web.Field{field, choice}, Searches: []searchView{{"…", "/communs", "…", "/communs/flux", "/mes-recherches/a/supprimer"}}}},
		"library/list": {
			&listView{Title: "…", Where: field, Sort: choice, Empty: &web.State{Kind: "empty", Title: "…", Text: "…", Action: &anchor}},
			&listView{Title: "…", Lead: "…", Query: "…", Territory: "bv:22266", Within: "…", Choices: []web.Anchor{anchor}, Sort: choice, Facets: []facetView{{"type", "…", true, []facetValue{{"data", "…", 3, true}}}, {"theme", "…", false, nil}},
				Chosen: []web.Anchor{anchor}, Count: "…", Understood: "…", Instead: &anchor, Hits: []hitView{{"…", "…", "/communs/a", []web.Mark{{Text: "…"}}, "…"}, {Title: "…", Href: "/communs/b"}},
				Pages: pages, Actions: []web.Anchor{anchor}, Exports: web.Links{Label: "…", Items: []web.Anchor{anchor}}},
		},
		"library/entry": {
			&entryView{Title: "…"},
			&entryView{Title: "…", Summary: "…", Marks: []web.Mark{{Text: "…"}}, Notices: []web.Notice{notice}, Actions: []web.Anchor{anchor}, Facts: facts, Description: []string{"…"},
				Usable: []usableView{{"…", "…", "met"}}, Stories: []storyView{{"problem", "…", []string{"…"}, false}, {"lessons", "…", []string{"…"}, true}}, More: facts, Parts: []template.HTML{"<p>…</p>"}, Origins: table, Updated: "…", Versions: &anchor, Exports: web.Links{Label: "…", Items: []web.Anchor{anchor}}, Data: `{"name":"…"}`},
		},
		"library/family": {
			&familyView{},
			&familyView{Tree: treeView{Width: 500, Height: 80, Boxes: []boxView{{Lines: []string{"…"}, Kind: "…"}, {X: 264, Lines: []string{"…"}, Kind: "…", Href: "/communs/b"}}, Lines: []lineView{{X1: 210, X2: 264}}, More: []noteView{{Text: "…"}}},
				Up: []kinView{{"…", "…", "/communs/a", "…", []kinView{{Title: "…", Href: "/communs/b"}}}}, Down: []kinView{{Title: "…", Href: "/communs/c"}}, Held: table},
		},
		"library/need": {
			&needView{Search: anchor, Propose: anchor, SignIn: true, How: true, Count: "…"},
			&needView{Search: anchor, Propose: anchor, Answers: []answerView{{"…", "/communs/a", "…", "…"}}, Similar: []answerView{{Title: "…", Href: "/communs/b"}}, Doers: []doerView{{"…", "/communs/a", "…", []web.Anchor{anchor, {Text: "…"}}}, {Title: "…", Href: "/communs/a"}},
				Count: "…", Joined: table, Join: &joinForm{"/communs/a/rejoindre", []web.Field{field}, wrong}, Leave: []leaveView{{"/communs/a/quitter", "bv:22266", "…"}}},
		},
		"library/section":  {&sectionView{Text: "…", Ways: []web.Anchor{anchor}}},
		"library/measures": {&measuresView{}, &measuresView{[]measureView{{"…", "/indicateurs/a", "…", "…", "…", "…", "…", []publishedView{{"…", "/bv/22266/indicateurs", "…", "…", "…"}, {Where: "…", Href: "/bv/22266/indicateurs", Value: "…"}}}, {Name: "…", Href: "/indicateurs/b"}}}},
		"library/import": {
			&importView{Title: "…", Lead: "…", Action: "/importer", Limits: "…", Fields: []web.Field{choice}, Text: field, Last: []web.Field{field}, Templates: web.Links{Label: "…", Items: []web.Anchor{anchor}}},
			&importView{Title: "…", Lead: "…", Action: "/importer", Errors: wrong, Notices: []web.Notice{notice}, FileError: "…", Text: field, Read: "…", Findings: table, Entries: table, Ready: true, Partly: &choice, Publishes: true},
			&importView{Title: "…", Lead: "…", Read: "…", Wait: &anchor, Kept: true, Ready: true, Entries: table},
		},
		"library/choose": {&chooseView{Cards: []web.Card{{Title: "…", Text: "…", Href: "/proposer/data"}}}},
		"library/form": {
			&formView{Title: "…", Action: "/proposer/data", Cancel: "/communs"},
			&formView{Title: "…", Lead: "…", Action: "/proposer/data", Cancel: "/communs", Errors: wrong, Notices: []web.Notice{notice}, Publishes: true,
				Groups: []groupView{{ID: "what", Title: "…", Fields: []web.Field{field, choice}}, {ID: "more", Title: "…", Folded: true, Fields: []web.Field{field}, Measures: &measuresForm{"…", []measureRow{{"…", []web.Field{field}}}}}}, Hidden: []web.Hidden{{Name: versionField, Value: "1"}}},
		},
		"library/proposals": {
			&proposalsView{Title: "…", Empty: &web.State{Kind: "empty", Title: "…", Text: "…"}},
			&proposalsView{Title: "…", Lead: "…", Notices: []web.Notice{notice}, Table: table, Pages: pages, Actions: []web.Anchor{anchor}},
		},
		"library/proposal": {
			&proposalView{Title: "…", State: "…", New: true},
			&proposalView{Title: "…", State: "…", Notices: []web.Notice{notice}, Facts: facts, Changes: changes, Actions: []web.Anchor{anchor}, Withdraw: "/propositions/a/abandonner", Decide: "/propositions/a/decider",
				Version: "1", Answer: field, Clashes: []clashView{{"title", "…", "…", ""}, {"summary", "…", "", "…"}}},
		},
		"library/versions": {
			&versionsView{Title: "…"},
			&versionsView{Title: "…", Versions: []versionView{{1, "…", "…", "…", changes}, {2, "…", "…", "", nil}}, Pages: pages},
		},
		"library/source": {
			&sourceView{Title: "…", Facts: facts, Pause: "/a"},
			&sourceView{Title: "…", Notices: []web.Notice{notice}, Facts: facts, Run: "/a", Allow: true, Pause: "/a", Paused: true, Remove: &anchor, ReportOf: "…", Report: report},
		},
		"library/sourceform":   {&sourceFormView{Title: "…", Action: "/a", Cancel: "/b"}, &sourceFormView{Title: "…", Lead: "…", Action: "/a", Cancel: "/b", Errors: wrong, Fields: []web.Field{field, choice}, Tried: report}},
		"library/sourceremove": {&removeView{"…", "…", "/a", "/b"}},
		"library/users": {
			&usersView{Text: "…"},
			&usersView{Text: "…", Actions: []web.Anchor{anchor}, Table: table, Map: &carto.Drawing{SVG: "<svg></svg>"}, Caption: "…", Places: table, Line: &web.Line{ID: "l", Title: "…", Format: web.Whole, Series: []web.Series{{Label: "…", Points: []web.Point{{Year: 2024, Value: 1}, {Year: 2025, Value: 2}}}}},
				Ranges: facts, Said: []saidView{{"…", "/organisations/a/communs", "…", "…"}}, Ended: table, Exports: web.Links{Label: "…", Items: []web.Anchor{anchor}}},
		},
		"library/usesection": {web.Links{Label: "…", Items: []web.Anchor{anchor}}},
		"library/use": {
			&useView{Title: "…"},
			&useView{Title: "…", Lead: "…", Errors: wrong, Notices: []web.Notice{notice}, Actions: []web.Anchor{anchor}, Facts: facts,
				Parts:   []usePart{{ID: "a", Title: "…", Text: []string{"…"}, Table: table, Empty: &web.State{Kind: "empty", Title: "…", Text: "…"}, Links: []web.Anchor{anchor}}},
				Forms:   []useForm{{ID: "b", Action: "/usages/a/verifier", Button: "…"}, {ID: "c", Title: "…", Text: "…", Button: "…", Quiet: true, Hidden: []web.Hidden{{Name: versionField, Value: "1"}}, Fields: []web.Field{field}}},
				Exports: web.Links{Label: "…", Items: []web.Anchor{anchor}}, Continue: &anchor},
		},
		"library/inventory": {
			&inventoryView{Title: "…", Lead: "…", Action: "/mes-logiciels/a", Paste: field, Groups: []tickGroup{{"twins", "…", "…", []tickView{{"a", "…", "…", "…", true}, {Value: "b", Title: "…"}}}}, Continue: anchor},
			&inventoryView{Title: "…", Lead: "…", Action: "/mes-logiciels/a", Errors: wrong, Notices: []web.Notice{notice}, Lines: []itemView{{N: 0, Name: "…", Entry: choice, Again: field, Version: field, Since: field}, {N: 1, Name: "…", Entry: choice, Again: field, Version: field, Since: field, Found: true}}, Confirm: choice, Declares: "…", Continue: anchor},
		},
		"library/manage": {
			&manageView{Title: "…", Continue: anchor},
			&manageView{Title: "…", Errors: wrong, Version: "1", Retire: act, Merge: act, Reopen: "/communs/a/rouvrir", Unmerge: []mergedView{{"…", "/communs/b/separer", "1"}}, Continue: anchor},
		},
	}
}
