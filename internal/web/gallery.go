package web

import (
	"math"
	"net/http"
	"strconv"
)

// gallery is the design-system page: every component, on real-looking content.
// Its words are examples and stay in French in every language, marked so.
type gallery struct {
	Anchors    []Anchor
	Search     Search
	Errors     Errors
	Fields     []Field
	Figure     Figure
	Table      Table
	Marks      []Mark
	Notices    []Notice
	Details    Details
	Files      Files
	Cards      []Card
	Facts      Facts
	States     []State
	Pagination Pagination
	Links      Links
	Copy       Copy
	Strip      Strip
	Line       Line
	Scatter    Scatter
	Bars       Bars
	Stack      Stack
	Swatches   []string
}

func (k *Renderer) design(w http.ResponseWriter, r *http.Request) error {
	l := k.Locale(r.Context())
	return k.Page(w, r, &Page{
		Title: l.T("web.design.title"), Description: l.T("web.design.lead"), Template: "web/design", View: newGallery(240), NoIndex: true,
		Territory: &Context{Name: "Rostrenen", Kind: l.T("level.bv.name"), Href: "/design"},
		Crumbs:    []Crumb{{l.T("web.nav.about"), "/a-propos"}},
	})
}

// newGallery makes the examples, with n peers in the strip chart.
func newGallery(n int) *gallery {
	peers := []float64{4200, 18577, 96000}
	for i := range n {
		// Populations of basins are spread like this: many small, few large.
		peers = append(peers, 3000*math.Exp(3.4*math.Pow(float64(i)/240, 1.7)))
	}
	insee := Source{Title: "Recensement de la population", Producer: "Insee", Vintage: "2022, communes au 1er janvier 2026", Licence: "Licence Ouverte 2.0", Href: "/donnees"}
	strip := Strip{ID: "d-strip", Title: "La population du bassin de vie de Rostrenen parmi celles des autres", Own: 18577, Label: "Rostrenen", Others: peers, Peers: "les 1 707 bassins de vie", Log: true}
	line := Line{ID: "d-line", Title: "Population du bassin de vie de Rostrenen", Unit: "habitants", Series: []Series{{Label: "Rostrenen", Points: []Point{
		{2006, 19805}, {2011, 19233}, {2016, 18709}, {2017, 18609}, {2018, 18443}, {2019, 18287}, {2020, 18236}, {2021, 18357}, {2022, 18472}}}}}
	scatter := Scatter{ID: "d-scatter", Title: "La population et la part des 75 ans ou plus, bassin de vie par bassin de vie", Head: "Bassin de vie",
		Text: "Plus un bassin de vie est peuplé, moins ses habitants sont âgés, le plus souvent.",
		X:    Measure{Name: "Habitants", Log: true, Write: func(x float64) string { return strconv.Itoa(int(x)) }},
		Y:    Measure{Name: "75 ans ou plus, en %", Write: func(x float64) string { return strconv.Itoa(int(x)) }}}
	for i, x := range peers {
		scatter.Dots = append(scatter.Dots, Dot{X: x, Y: 60 - 4.6*math.Log(x) + 3*math.Sin(float64(i)), Own: i == 1})
	}
	scatter.Dots[1].Label = "Rostrenen"
	return &gallery{
		Anchors: []Anchor{
			{Text: "Voir le bassin de vie", Href: "/design", Strong: true, Icon: "arrow"},
			{Text: "Composer un territoire", Href: "/design", Quiet: true},
			{Text: "Un lien dans le texte", Href: "/design"},
		},
		Search: Search{ID: "d-q", Big: true, Value: ""},
		Errors: Errors{Items: []FieldError{{"d-name", "Donnez un nom à ce territoire."}, {"d-level", "Choisissez un niveau."}}, Still: true},
		Fields: []Field{
			{Name: "d-name", Label: "Nom du territoire", Help: "Tel que les habitants le disent.", Example: "Kreiz-Breizh", Error: "Donnez un nom à ce territoire.", Required: true},
			{Name: "d-level", Label: "Niveau", Type: "select", Error: "Choisissez un niveau.", Options: []Option{{"", "Choisir", true}, {"bv", "Bassin de vie", false}, {"epci", "Intercommunalité", false}}},
			{Name: "d-list", Label: "Liste de communes", Type: "textarea", Help: "Un nom ou un code par ligne.", Rows: 4, Value: "Rostrenen\n22220"},
			{Name: "d-with", Label: "Avec", Type: "checkbox", Options: []Option{{"pop", "la population", true}, {"marks", "les programmes", false}}},
			{Name: "d-form", Label: "Format", Type: "radio", Options: []Option{{"csv", "CSV", true}, {"geojson", "GeoJSON", false}}},
		},
		Figure: Figure{ID: "d-figure", Sentence: "Le bassin de vie de Rostrenen a perdu un habitant sur quinze en seize ans.", Value: "18\u202f472", Unit: "habitants en 2022",
			Change: "−6,7\u202f% depuis 2006", Chart: strip, Sources: []Source{insee}, Table: "/design", Method: "/design"},
		Table: Table{ID: "d-table", Caption: "Les communes du bassin de vie", Sortable: true, Columns: []Column{{Title: "Commune"}, {Title: "Habitants", Numeric: true, Sorted: "descending"}, {Title: "Part", Numeric: true}, {Title: "Programmes"}},
			Rows: [][]Cell{
				{{Text: "Rostrenen", Href: "/design", Note: "pôle"}, {Text: "3\u202f282", Sort: "3282"}, {Text: "17,7\u202f%", Sort: "0.177"}, {Marks: []Mark{{Text: "PVD", Title: "Petites villes de demain"}, {Text: "FRR"}}}},
				{{Text: "Plouguernével", Href: "/design"}, {Text: "1\u202f612", Sort: "1612"}, {Text: "14,4\u202f%", Sort: "0.144"}, {Marks: []Mark{{Text: "FRR"}}}},
				{{Text: "Mellionnec", Href: "/design"}, {Text: "419", Sort: "419"}, {Text: "3,7\u202f%", Sort: "0.037"}, {Marks: []Mark{{Text: "FRR"}}}},
			}, More: &Anchor{Text: "Voir les 24 communes", Href: "/design"}},
		Marks: []Mark{{Text: "PVD", Title: "Petites villes de demain"}, {Text: "Quartier prioritaire", Attention: true}, {Text: "Très peu dense", Href: "/design"}},
		Notices: []Notice{
			{Kind: Info, Title: "Cette commune a changé", Text: "Bon Repos sur Blavet est née le 1er janvier 2017 de la réunion de Laniscat, Perret et Saint-Gelven."},
			{Kind: Attention, Title: "Deux morceaux séparés", Text: "Ce territoire n’est pas d’un seul tenant. Vous pouvez ajouter les communes qui les relient."},
			{Kind: Done, Text: "L’adresse est gardée. Vous pouvez la partager."},
		},
		Details: Details{Summary: "D’où viennent ces chiffres ?", Body: "<p>De l’Insee, qui compte les habitants de chaque commune par sondage et par recensement.</p>"},
		Files: Files{Action: "/design", Most: 10, Still: true, Items: []File{
			{ID: "a", Version: 1, Name: "Délibération du 12 mars.pdf", Kind: "PDF", Size: "214 ko", Href: "/design"},
			{ID: "b", Version: 1, Name: "Salle du conseil.jpg", Kind: "image", Size: "1,2 Mo", Href: "/design", Picture: "/favicon.svg", Width: 120, Height: 120, Alt: "Le logo du site", Private: true},
		}, Errors: []FieldError{{"file", "Ce fichier est vide. Vérifiez que c’est le bon."}}},
		Cards: []Card{
			{Title: "Vous êtes maire ou secrétaire de mairie", Text: "Tapez le nom de votre commune : sa page tient sur une feuille.", Href: "/design", Icon: "building"},
			{Title: "Vous coordonnez un bassin de vie", Text: "Ce qui le compose, ce qui le traverse, ce qui change.", Href: "/design", Icon: "people"},
			{Title: "Vous développez", Text: "Tout est ouvert, avec source, date et licence.", Href: "/design", Icon: "server", Meta: "API et fichiers"},
		},
		Facts: Facts{[]Fact{{Term: "Intercommunalité", Text: "Communauté de communes du Kreiz-Breizh", Href: "/design"}, {Term: "Codes postaux", Text: "22110"}, {Term: "Programmes", Marks: []Mark{{Text: "PVD"}, {Text: "FRR"}}}, {Term: "SIREN", Text: "212202662", Note: "répertoire Sirene"}}},
		States: []State{
			{Kind: "empty", Title: "Aucun territoire de ce nom", Text: "Vérifiez l’orthographe, ou cherchez par code postal.", Action: &Anchor{Text: "Voir la carte", Href: "/design"}},
			{Kind: "loading", Title: "Calcul en cours", Text: "Une dizaine de secondes. Vous pouvez quitter cette page et y revenir."},
			{Kind: "wrong", Title: "La carte ne s’affiche pas", Text: "Le tableau dit la même chose.", Action: &Anchor{Text: "Voir le tableau", Href: "/design"}},
		},
		Pagination: Pagination{Label: "Liste des bassins de vie", Text: "101 à 200 sur 1\u202f707", Previous: "/design?page=1", Next: "/design?page=3"},
		Links:      Links{Label: "Exports", Items: []Anchor{{Text: "CSV", Href: "/design", Icon: "down"}, {Text: "GeoJSON", Href: "/design", Icon: "down"}, {Text: "Imprimer", Href: "/design", Icon: "print"}}},
		Strip:      strip, Line: line, Scatter: scatter,
		Bars: Bars{ID: "d-bars", Caption: "Population par intercommunalité", Head: [2]string{"Intercommunalité", "Habitants"}, Items: []Bar{
			{Label: "Saint-Brieuc Armor Agglomération", Value: 151_307, Text: "151\u202f307", Href: "/design"}, {Label: "Lannion-Trégor Communauté", Value: 101_000, Text: "101\u202f000", Href: "/design"},
			{Label: "Kreiz-Breizh", Value: 18_400, Text: "18\u202f400", Own: true}},
			Mark: &Bar{Label: "Moyenne", Value: 90_236, Text: "90\u202f236"}},
		Stack: Stack{ID: "d-stack", Title: "Où vivent les habitants du bassin, par densité de leur commune", Head: [2]string{"Densité", "Part des habitants"}, Parts: []Share{
			{Label: "Centres urbains", Value: .08, Class: 7}, {Label: "Bourgs ruraux", Value: .31, Class: 5}, {Label: "Rural dispersé", Value: .44, Class: 3}, {Label: "Très dispersé", Value: .13, Class: 1}, {Label: "Non publié", Value: .04, Class: -1}}},
		Swatches: []string{"paper", "raised", "sunken", "ink", "soft", "rule", "water", "wash", "ochre", "ochre-wash"},
	}
}
