package observatoryweb

import "bassin/internal/web"

// indexExamples are views on which the template of the index is run at start.
func indexExamples() map[string][]any {
	table := &web.Table{ID: "t-rangs", Caption: "Rangs", Columns: []web.Column{{Title: "Bassin"}}, Rows: [][]web.Cell{{{Text: "Lannion"}}}}
	full := indexView{
		Title: "Indice", What: "Quoi.", Errors: web.Errors{Items: []web.FieldError{{Field: "changer-l-indice", Text: "Faux."}}}, Changed: "Autrement.",
		Default: web.Anchor{Text: "Revenir", Href: "/fragilite"}, Answer: []string{"Un."}, Levels: web.Links{Label: "Niveaux", Items: []web.Anchor{{Text: "Bassins", Href: "/fragilite", Current: true}}},
		Own: &indexOwnView{Title: "Lannion", Text: []string{"Rang 3."}, Bars: web.Bars{ID: "b", Caption: "Barres", Items: []web.Bar{{Label: "Fibre", Value: 10, Text: "10 %"}}},
			Factors: []web.Fact{{Term: "Poids", Text: "20 %"}}, Links: web.Links{Label: "Liens", Items: []web.Anchor{{Text: "Diagnostic", Href: "/bv/22113/diagnostic"}}}},
		Find:  indexFindView{Value: "Lan", Hidden: []web.Hidden{{Name: "niveau", Value: "epci"}}, Text: "Deux.", Found: []web.Anchor{{Text: "Lannion", Href: "/fragilite?t=bv:22113"}}},
		Map:   &indexMapView{Src: "/fragilite/carte.svg", Sizes: []imageSize{{288, 270}}, Hidden: []web.Hidden{{Name: "niveau", Value: "epci"}}, Alt: "Carte", Caption: "Carte", Legend: []legendView{{"s1", "rangs 1 à 10"}}},
		Table: table, Pages: &web.Pagination{Label: "Pages", Text: "1 à 50", Next: "/fragilite?page=2"}, Links: web.Links{Label: "Liens", Items: []web.Anchor{{Text: "CSV", Href: "/fragilite/csv"}}},
		Form: indexFormView{Open: true, Axes: []indexAxisView{{"a.help", "Aide", "1", []indexPartView{{"c.ftth", "Fibre", "Pourquoi.", "1"}}}}, More: []indexMoreView{{"Santé", []web.Option{{Value: "apl_gp", Label: "Médecins", Chosen: true}}}},
			Fields: []web.Field{{Name: "niveau", Label: "Niveau", Type: "select"}}, Hidden: []web.Hidden{{Name: "changer", Value: "1"}}},
		Method:  indexMethodView{Components: table, Steps: []web.Fact{{Term: "Étape", Text: "Texte."}}, Close: []string{"Proches."}, Limits: []string{"Limite."}},
		Sources: []web.Source{{Title: "Recensement"}},
	}
	return map[string][]any{"observatory/fragility": {full, indexView{Title: "Indice", Answer: []string{"Un."}, Table: table, Method: indexMethodView{Components: table}}}}
}
