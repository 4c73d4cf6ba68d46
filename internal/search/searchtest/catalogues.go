package searchtest

import (
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"bassin/internal/search"
)

// Fields are those of the library of commons, as the judged set weighs them.
func Fields() []search.Field {
	return []search.Field{
		{Name: "title", Weight: 6, Length: 0.4, Title: true},
		{Name: "aliases", Weight: 5, Length: 0.3, Title: true},
		{Name: "summary", Weight: 2.5, Length: 0.5},
		{Name: "keywords", Weight: 2, Length: 0.4},
		{Name: "names", Weight: 1.5, Length: 0.4},
		{Name: "body", Weight: 1, Length: 0.7},
	}
}

// rows reads a table with a header.
func rows(dir, name string) ([]map[string]string, error) {
	f, err := os.Open(filepath.Join(dir, name)) //nolint:gosec // the test says which
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			return nil, err
		}
	}
	all, err := csv.NewReader(in).ReadAll()
	if err != nil || len(all) == 0 {
		return nil, fmt.Errorf("%s: no table: %w", name, err)
	}
	var out []map[string]string
	for _, row := range all[1:] {
		m := map[string]string{}
		for x, key := range all[0] {
			m[key] = row[x]
		}
		out = append(out, m)
	}
	return out, nil
}

// bare is a name without accents, blanks and signs.
func bare(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '+' || r == '#' {
			return r
		}
		return -1
	}, search.Fold(name))
}

func some(texts ...string) []string {
	var out []string
	for _, t := range texts {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}

// Catalogues reads the real commons of a folder (data/commons), each row a document source:id.
func Catalogues(dir string) ([]search.Document, error) {
	var out []search.Document
	var failed error
	read := func(name string) []map[string]string {
		all, err := rows(dir, name)
		if err != nil && failed == nil {
			failed = err
		}
		return all
	}
	seen := map[string]bool{}
	add := func(id, kind string, texts map[string][]string, facets map[string][]string) {
		if seen[id] { // a platform of a département that came twice
			return
		}
		seen[id] = true
		if facets == nil {
			facets = map[string][]string{}
		}
		facets["kind"] = []string{kind}
		facets["source"] = []string{id[:strings.Index(id, ":")]}
		out = append(out, search.Document{ID: id, Texts: texts, Facets: facets})
	}
	for _, r := range read("sill-2022.csv") {
		add("sill:"+r["id"], "software", map[string][]string{"title": some(r["name"]), "summary": some(r["function"]), "keywords": some(r["component"], r["sector"]), "names": some(r["parent_id"]), "body": some(r["context_of_use"])},
			map[string][]string{"licence": some(r["licence"]), "status": some(r["status"]), "theme": some(r["sector"])})
	}
	for _, r := range read("floss-services-public-agencies-2022.csv") {
		add("services:"+r["id"], "service", map[string][]string{"title": some(r["service_name"]), "summary": some(r["description"]), "keywords": some(r["software_name"]), "names": some(r["agency_name"]), "body": some(r["usage_scope"])},
			map[string][]string{"usedBy": some(r["agency_name"]), "level": some(r["public_sector"])})
	}
	merged := map[string]int{} // rows of the support market join the software of the same name, as in the library
	for n, d := range out {
		if name := bare(d.Texts["title"][0]); d.Facets["kind"][0] == "software" {
			if _, twice := merged[name]; !twice {
				merged[name] = n
			}
		}
	}
	for _, r := range read("floss-support-market-software-2023.csv") {
		if n, ok := merged[bare(r["Logiciel"])]; ok {
			out[n].Texts["keywords"] = append(out[n].Texts["keywords"], r["Catégorie"])
			continue
		}
		add("market:"+r["Identifiant marché"], "software", map[string][]string{"title": some(r["Logiciel"]), "keywords": some(r["Catégorie"])}, map[string][]string{"theme": some(r["Catégorie"])})
	}
	for _, r := range read("public-codes-awesome-codegouv-2024.csv") {
		add("codegouv:"+r["name"], "software", map[string][]string{"title": some(r["name"]), "aliases": some(r["generic_name"]), "summary": some(r["short_description"]), "keywords": strings.Split(r["categories"], "|"), "names": strings.Split(r["used_by"], "|"), "body": strings.Split(r["features"], "|")},
			map[string][]string{"licence": some(r["license"]), "status": some(r["status"])})
	}
	for _, r := range read("data-schemas-fr-2026.csv") {
		add("schemas:"+r["name"], "data", map[string][]string{"title": some(r["title"]), "summary": some(r["description"]), "keywords": strings.Split(r["labels"], "|"), "names": some(r["name"])}, nil)
	}
	for _, r := range read("opendata-platforms-2022.csv") {
		add("platforms:"+r["name"], "data", map[string][]string{"title": some(r["name"]), "keywords": some(r["theme"], "open data"), "names": some(r["technology"])}, map[string][]string{"theme": some(r["theme"]), "type": some(r["type"])})
	}
	for _, r := range read("opendata-local-authorities-2022.csv.gz") {
		add("bodies:"+r["siren"], "data", map[string][]string{"title": some(r["name"]), "keywords": append(strings.Split(r["themes"], ","), "open data"), "names": some(r["platform"], r["platform_technology"])},
			map[string][]string{"level": some(r["type"]), "theme": strings.Split(r["themes"], ",")})
	}
	return out, failed
}
