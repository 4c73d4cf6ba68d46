package siteweb

import "bassin/internal/web"

// examples are the views on which the templates are checked when the server starts.
func examples() map[string][]any {
	full := web.Site{Name: "Bassin", Publisher: "Commune", Contact: "a@b.fr", Version: "1"}
	source := sourceView{ID: "source-a", Title: "A", Producer: "INSEE", Licence: "Licence Ouverte 2.0", LicenceHref: "https://example.org", Rows: 1}
	treated := source
	treated.Treatment, treated.Done = []string{"…"}, []string{"…"}
	return map[string][]any{
		"site/data": {&dataView{
			Edition: "a", Vintage: 2026, Sources: []sourceView{source, treated}, Apart: []sourceView{source},
			Main: dataFiles{Tables: []tableView{{Name: "a", Parquet: "/a"}, {Name: "b", Parquet: "/b", CSV: "/b.csv", Columns: []columnView{{"a", "text"}}}},
				Levels: []outlineView{{Level: "Communes", Count: 2, Files: []outlineLink{{50, "/c"}}}}},
		}},
		"site/about":         {&aboutView{Site: full}, &aboutView{}},
		"site/accessibility": {full, web.Site{}},
		"site/legal":         {&legalView{Incomplete: true, More: []string{"…"}, Lines: []legalLine{{Name: "a"}, {Name: "b", Value: "c"}, {Name: "d", Value: "a@b.fr", Mail: true}}}},
	}
}
