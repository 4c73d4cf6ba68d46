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
		Limits: []string{"Une limite."}, Sources: []web.Source{{Title: "Recensement"}}, Exports: web.Links{Label: "Exports", Items: []web.Anchor{{Text: "Tout", Href: "/bv/22113/indicateurs"}}},
	}
	return map[string][]any{
		"observatory/essentials": {essentialsView{Answer: []string{"Une phrase."}, More: web.Anchor{Text: "Lire", Href: "/bv/22113/diagnostic"}}},
		"observatory/diagnosis":  {full, diagnosisView{Title: "Wallis", Answer: []string{"Rien."}}},
	}
}
