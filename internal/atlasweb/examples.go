package atlasweb

import (
	"bassin/internal/web"
)

// Views on which templates are checked when the server starts.

func homeExamples() map[string][]any {
	return map[string][]any{"atlas/home": {&homeView{
		Basins: 1707, Examples: []levelLink{{"Mellionnec", "/"}}, Maps: []homeMap{{"/carte/france.svg", 560, 560}},
		Departements: []levelLink{{"Ain (01)", "/dep/01"}}, Ways: []web.Card{{Title: "…", Href: "/"}},
	}}}
}

func searchExamples() map[string][]any {
	one := foundView{Name: "Mellionnec", Kind: "commune", Where: "Côtes-d'Armor (22)", Why: "…", Lead: &leadView{Name: "…", Href: "/bv/22266"}}
	how := []howView{{"…", []levelLink{{"22300", "/"}, {"2A004", "/"}}}}
	return map[string][]any{"atlas/search": {
		&searchView{How: how},
		&searchView{Query: "a", Cut: true, Best: &one, Groups: []foundGroup{{Title: "Communes", Found: []foundView{one, {Name: "b"}}, More: "/", Total: 20}}, Levels: []levelLink{{"Communes", "/"}}, Count: 100, Full: true},
		&searchView{Query: "a", Level: "bv", Levels: []levelLink{{"…", "/"}}, Near: []foundView{one}, How: how},
		&searchView{Query: "a", Point: &pointView{Text: "1 ; 2", Swapped: "1", In: &one, Also: []foundView{one}}},
		&searchView{Query: "a", Point: &pointView{Text: "1 ; 2"}},
	}}
}

func composeExamples() map[string][]any {
	row := composeRow{Name: "Lannion", Kind: "commune", Where: "Côtes-d'Armor (22)", Population: 20000, Known: true, State: "…", Add: "/a", Remove: "/b"}
	return map[string][]any{"atlas/compose": {
		&composeView{},
		&composeView{Fault: "…", Paste: pasteView{Fault: "…"}},
		&composeView{
			Expr: "22113", Name: "Lannion", Communes: 400, Known: true, Unknown: 1, Parts: 2, Published: "/", Empty: "…",
			Terms: []composeTerm{{Name: "Lannion", Drop: "/"}, {Name: "Lannion", Remove: true}}, Query: "a", Found: []composeRow{row, {Name: "b"}},
			Map: "<svg></svg>", Credit: true, Members: []composeRow{row}, Near: []composeRow{row},
			Paste: pasteView{Text: "a", Wrong: []wrongLine{{1, "a", "…", "ligne1", []choiceView{{"22113", "Lannion"}}}}, Understood: 2},
		},
		&composeView{Query: "a", TooLong: true, Name: "a", Many: true},
	}}
}
