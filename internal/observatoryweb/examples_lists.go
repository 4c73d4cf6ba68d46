package observatoryweb

import "bassin/internal/web"

// catalogueExamples are views on which the templates of the catalogue, of
// rankings, changes and lists of figures are run at start.
func catalogueExamples() map[string][]any {
	mark := web.Mark{Text: "estimation", Attention: true}
	option := web.Option{Value: "ftth", Label: "Fibre", Chosen: true}
	field := web.Field{Name: "niveau", Type: "select", Label: "Échelle", Options: []web.Option{option}, Error: "Non."}
	form := filterView{
		Action: "/classement", Errors: web.Errors{Items: []web.FieldError{{Field: "niveau", Text: "Non."}}},
		Main: []web.Field{field}, Folded: []web.Field{field}, Open: true, Button: "Classer", Summary: "Filtrer",
	}
	table := web.Table{ID: "t", Caption: "Un tableau", Columns: []web.Column{{Title: "Territoire"}}, Rows: [][]web.Cell{{{Text: "Lannion"}}}}
	links := web.Links{Label: "Suite", Items: []web.Anchor{{Text: "CSV", Href: "/classement/csv"}}}
	aside := &asideView{Summary: "À part", Text: "Parce que.", Open: true, Table: table}
	sources := []web.Source{{Title: "Recensement"}}
	notice := &web.Notice{Kind: web.Attention, Title: "Non", Text: "Parce que."}
	anchors := []web.Anchor{{Text: "Fibre", Href: "/indicateurs/ftth"}}
	strip := web.Strip{ID: "s", Title: "Bande", Label: "France", Others: []float64{1, 2}, Peers: "deux"}
	line := web.Line{ID: "l", Title: "Courbe", Series: []web.Series{{Label: "France", Points: []web.Point{{Year: 2017, Value: 1}, {Year: 2022, Value: 2}}}}}
	figure := web.Figure{ID: "f", Sentence: "Une phrase.", Value: "1"}
	return map[string][]any{
		"observatory/catalogue": {
			catalogueView{
				Title: "Indicateurs", Lead: "Deux.", Action: "/indicateurs", Query: "fibre", Axis: field, Found: "2 répondent.", Empty: &web.State{Kind: "empty", Title: "Rien"},
				Axes:   []axisView{{ID: "networks", Title: "Réseaux", Items: []itemView{{"ftth", "Fibre", "La part.", "2024", []web.Mark{mark}}}}, {ID: "health", Title: "Santé"}},
				Legend: []legendLine{{mark, "Un modèle."}}, Links: links,
			}, catalogueView{Title: "Indicateurs"},
		},
		"observatory/indicator": {
			&indicatorView{
				Axis: "Réseaux", Title: "Fibre", Definition: "La part.", AxisHref: "/indicateurs?axe=networks", Marks: []web.Mark{mark}, France: &figure, Line: &line,
				Making: []web.Fact{{Term: "Unité", Text: "%"}}, Formulas: []formulaView{{"2024", "a.b", "a.c", "sur 6 ans"}}, Vintages: table, Coverage: []string{"Tout."},
				Spread: &table, Strip: &strip, High: &table, Low: &table, Caveats: []string{"Réserve."}, Meanings: []legendLine{{mark, "Un modèle."}}, Sources: sources, Links: links,
			}, &indicatorView{Title: "Écoles", NoExtremes: "Un nombre.", Spread: &table}, &indicatorView{Title: "Rien"},
		},
		"observatory/filter": {form, filterView{Action: "/classement"}},
		"observatory/ranking": {
			&rankingView{
				Kind: "Classement", Title: "Fibre", Lead: "La part.", Notes: []string{"Estimation."}, Form: form, Starts: anchors, Answer: []string{"Deux."},
				Refused: notice, Find: &findView{Value: "lannion", Levels: "bv", Hidden: []web.Hidden{{Name: "niveau", Value: "bv"}}, Text: "Ici.", Others: anchors},
				Columns: []web.Column{{Title: "Rang", Numeric: true}, {Title: "Bassin"}}, Caption: "Classement", Rows: []rankedView{{true, []web.Cell{{Text: "1", Note: "ex æquo"}, {Text: "Lannion", Href: "/bv/22113", Note: "Côtes-d’Armor"}, {Text: "3"}}}},
				Empty: &web.State{Kind: "empty", Title: "Rien"}, Pages: &web.Pagination{Label: "Classement", Text: "1 à 2"}, Aside: aside, Without: "Aucun.", Links: links, Sources: sources,
			}, &rankingView{Title: "Classer", Form: form},
		},
		"observatory/changes": {
			&changesView{
				Kind: "Évolutions", Title: "Emploi", Lead: "Emplois.", Notes: []string{"Estimation."}, Form: form, Refused: notice, Starts: anchors, Periods: anchors, Answer: []string{"Deux."},
				Up: &table, Down: &table, Aside: aside, Without: "Aucun.", Redrawn: "Modifié.", Links: links, Sources: sources,
			}, &changesView{Title: "Ce qui a changé", Form: form},
		},
		"observatory/figures": {
			&figuresView{
				Kind: "Tous", Title: "Lannion", Lead: []string{"Deux."}, Ways: anchors, Links: links, Sources: sources,
				Axes: []figuresAxis{{ID: "networks", Title: "Réseaux", Main: "Fibre : 90 %", Table: table}, {ID: "health", Title: "Santé", Open: true, Alone: true, Table: table}},
			}, &figuresView{Title: "Ker Uhel", None: []string{"Aucun chiffre."}, Instead: anchors},
		},
		"observatory/hub": {
			hubView{Title: "Observatoire", Lead: "Deux.", Query: "lannion", Found: []web.Card{{Title: "Lannion", Href: "/bv/22113/diagnostic"}}, Examples: anchors, Ways: []web.Card{{Title: "Classer", Href: "/classement"}}, Method: anchors},
			hubView{Title: "Observatoire", Query: "xqz", Nothing: "Rien."},
		},
	}
}
