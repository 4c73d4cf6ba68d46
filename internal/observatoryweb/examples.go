package observatoryweb

import (
	"bassin/internal/web"
	"bassin/internal/web/carto"
)

// diagnosisExamples are views on which the templates are run at start: with all
// that a territory may have, and with almost nothing.
func diagnosisExamples() map[string][]any {
	full := diagnosisView{
		Kind: "Diagnostic", Title: "Bassin de vie de Lannion", Perimeter: []string{"26 communes."}, Age: "Chiffres de 2024.", Answer: []string{"Un."},
		Back:       web.Anchor{Text: "La page", Href: "/bv/22113"},
		Map:        &diagnosisMap{Drawing: carto.Drawing{SVG: "<svg></svg>", ShareAlike: true}, Caption: "Carte", Legend: []legendView{{"s1", "moins de 10 %"}}, Hidden: "1 commune"},
		Parts:      &web.Table{ID: "t-communes", Caption: "Communes", Columns: []web.Column{{Title: "Commune"}}, Rows: [][]web.Cell{{{Text: "Lannion"}}}},
		Places:     &web.Table{ID: "t-lieux", Caption: "Lieux", Columns: []web.Column{{Title: "Lieu"}}, Rows: [][]web.Cell{{{Text: "France services"}}}},
		PlacesNote: []string{"2 lieux"}, PlacesMore: &web.Anchor{Text: "Tous", Href: "/bv/22113/diagnostic?lieux=tous"}, Report: web.Anchor{Text: "Signaler", Href: "mailto:"},
		Visits: []visitView{{"/commune/22001", "Ici", "Parce que."}}, VisitsRule: "La règle.",
		Figures: []web.Figure{{ID: "f", Sentence: "Une phrase.", Value: "1"}}, Missing: []string{"Rien."},
		Networks: []web.Fact{{Term: "Fibre", Text: "90 %"}}, Mobile: "Absent.", Marks: []markView{{"QPV", "Deux.", []web.Anchor{{Text: "Ker Uhel", Href: "/qpv/QN02203M"}}}},
		Twins: twinsPartExample(), Limits: []string{"Une limite."}, Sources: []web.Source{{Title: "Recensement"}}, Exports: web.Links{Label: "Exports", Items: []web.Anchor{{Text: "Tout", Href: "/bv/22113/indicateurs"}}},
	}
	return map[string][]any{
		"observatory/essentials": {essentialsView{Answer: []string{"Une phrase."}, More: web.Anchor{Text: "Lire", Href: "/bv/22113/diagnostic"}}},
		"observatory/diagnosis":  {full, diagnosisView{Title: "Wallis", Answer: []string{"Rien."}}},
	}
}

// explorerExamples are a page with all its parts, one with nothing to map, and a
// click at sea.
func explorerExamples() map[string][]any {
	plain := func(float64) string { return "1" }
	full := explorerView{
		Title: "Densité", Answer: []string{"Une phrase."}, Errors: web.Errors{Items: []web.FieldError{{Field: "niveau", Text: "Non."}}},
		Notices: []web.Notice{{Kind: web.Info, Text: "Une note."}},
		Main:    []web.Field{{Name: "indicateur", Type: "select", Required: true, Groups: []web.Group{{Label: "Axe", Options: []web.Option{{Value: "density", Label: "Densité"}}}}}},
		More:    []web.Field{{Name: "limites"}}, Hidden: []web.Hidden{{Name: "ici", Value: "bv:22113"}}, Open: true,
		Map: &explorerMap{Src: "/explorer/carte.svg", Alt: "Carte", Action: []web.Hidden{{Name: "niveau", Value: "bv"}}, Sizes: []imageSize{{288, 273}}, Caption: "Carte",
			Legend: []tone{{CSS: "s1", Over: "doubt", Text: "moins de 1", Count: 3, Note: "dont 1"}}, Notes: []string{"Une note."}},
		Scatter: &web.Scatter{ID: "nuage", Title: "Nuage", X: web.Measure{Name: "x", Write: plain}, Y: web.Measure{Name: "y", Write: plain},
			Dots: []web.Dot{{X: 1, Y: 1, Label: "Ici", Href: "/bv/22113", Own: true}, {X: 2, Y: 3}, {X: 3, Y: 2}}},
		Table: &web.Table{ID: "t-valeurs", Caption: "Valeurs", Columns: []web.Column{{Title: "Bassin"}}, Rows: [][]web.Cell{{{Text: "Lannion"}}}}, Note: "Note.",
		Pages: &web.Pagination{Label: "Valeurs", Text: "1 à 100"}, Links: web.Links{Label: "Liens", Items: []web.Anchor{{Text: "CSV", Href: "/explorer/csv"}}},
		Heads: []string{"Densité"}, About: []web.Facts{{Items: []web.Fact{{Term: "Définition", Text: "Habitants."}}}}, Caveats: [][]string{{"Une réserve."}},
		Sources: []web.Source{{Title: "Recensement"}},
	}
	bare := explorerView{Title: "Densité", Empty: &web.State{Kind: "empty", Title: "Rien"}, NoCloud: "Pas de nuage."}
	return map[string][]any{"observatory/explorer": {full, bare}, "observatory/explorer_sea": {web.State{Kind: "empty", Title: "La mer"}}}
}
