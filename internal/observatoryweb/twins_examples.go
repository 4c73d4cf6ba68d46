package observatoryweb

import (
	"bassin/internal/web"
	"bassin/internal/web/carto"
)

func twinsExamples() map[string][]any {
	box := &pickBox{Action: "/jumeaux", Label: "Chercher", Help: "Un nom.", Button: "Chercher", Levels: "bv", Error: "Rien.",
		Lead: "Lequel ?", Choices: []web.Anchor{{Text: "Lannion", Href: "/jumeaux?t=bv:22113"}}, Hidden: []web.Hidden{{Name: "t", Value: "dep:22"}}}
	full := twinsView{
		Kind: "Jumeaux", Title: "Lannion", Answer: []string{"Trois."}, Actions: []web.Anchor{{Text: "Comparer", Href: "/comparer"}}, Fault: &web.Notice{Kind: web.Info, Text: "Rien."},
		Box: box, Examples: []web.Anchor{{Text: "Lannion", Href: "/jumeaux?t=bv:22113"}}, Expr: "bv:22113",
		Without:   &web.Field{Name: "sans", Type: "checkbox", Label: "Sans", Options: []web.Option{{Value: "voisins", Label: "Voisins"}}},
		ListTitle: "Les dix", Rows: []twinRow{{Name: "Saintes", Href: "/bv/17415/diagnostic", Distance: "0,41", Alike: []string{"Population"}, Differ: []string{"Âge"}, Compare: "/comparer?t=bv:22113"}},
		Map: &carto.Drawing{SVG: "<svg></svg>"}, Caption: "Carte", Hidden: "Un", Quality: []string{"Bien."}, Method: []string{"Ainsi."}, Traits: []string{"Population"}, Sources: []web.Source{{Title: "Recensement"}},
	}
	return map[string][]any{"observatory/twins": {full, twinsView{Title: "Jumeaux"}}, "observatory/twins_part": {twinsPartExample()}, "observatory/pick": {box, &pickBox{}}}
}

func compareExamples() map[string][]any {
	line := lineView{Name: "Âge", Href: "/indicateurs/age_75", Unit: "%", Note: "2022", Cells: []cellView{{"12 %", "imprécis"}, {Text: "–"}}}
	full := compareView{
		Title: "Comparer", Lead: "Six.", Faults: []web.Notice{{Kind: web.Attention, Text: "Non."}},
		Chosen: []chosenView{{"Lannion", "commune", "/commune/22113", "/comparer", "Retirer Lannion"}}, Box: &pickBox{Action: "/comparer"},
		Examples: []web.Anchor{{Text: "Deux", Href: "/comparer?t=dep:22"}}, Warnings: []web.Notice{{Kind: web.Info, Text: "Attention."}},
		Heads: []headView{{"Lannion", "/commune/22113", "commune"}, {"France", "", "repère"}}, Twelve: []lineView{line},
		Charts: []web.Bars{{ID: "b", Caption: "Âge", Items: []web.Bar{{Label: "Lannion", Value: 1, Text: "1"}}, Mark: &web.Bar{Label: "France", Value: 2, Text: "2"}}}, Flat: "Rien.",
		Axes: []axisLines{{"axe", "Population", []lineView{line}}}, Exports: []web.Anchor{{Text: "CSV", Href: "/api/v1/territories/bv:22113/indicators"}}, Sources: []web.Source{{Title: "Recensement"}},
	}
	return map[string][]any{"observatory/compare": {full, compareView{Title: "Comparer"}}}
}

func twinsPartExample() *twinsPart {
	return &twinsPart{Lead: "Les cinq.", Items: []twinView{{"Saintes (17)", "/bv/17415/diagnostic", "Population.", "/comparer?t=bv:22113&t=bv:17415", "Comparer Saintes"}}, More: web.Anchor{Text: "Tout", Href: "/jumeaux?t=bv:22113"}}
}
