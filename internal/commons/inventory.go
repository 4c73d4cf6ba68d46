package commons

import (
	"context"
	"slices"
	"strings"

	"bassin/internal/people"
	"bassin/internal/search"
	"bassin/internal/table"
)

// Owned is a line of an inventory of software.
type Owned struct{ Name, Version, Since string }

// Matched is a line of an inventory with what the library knows of that name.
type Matched struct {
	Owned
	Entry string  // that bears the very name, "" if none or several do
	Near  []Entry // that may be meant, the likeliest first
}

// Limits of an inventory.
const (
	MostItems     = 300
	InventorySize = 256 << 10 // bytes
)

// inventoryColumns are the names of the columns that are read, in lower case.
var inventoryColumns = map[string]string{
	"nom": "name", "name": "name", "logiciel": "name", "software": "name", "application": "name", "applicatif": "name", "produit": "name", "outil": "name", "titre": "name", "title": "name",
	"nom du logiciel": "name", "solution": "name",
	"version": "version", "depuis": "since", "since": "since", "date": "since", "année": "since", "annee": "since", "mise en service": "since", "year": "since",
}

// ReadInventory reads a table with a column of names, or a list of one name a line.
// Lines without a name are left out; more than [MostItems] are cut, which is told.
func ReadInventory(file []byte, say func(table.Finding)) []Owned {
	known := func(name string) string { return inventoryColumns[name] }
	limits := table.Limits{Bytes: InventorySize, Rows: MostItems}
	t := table.Open(file, limits, known, func(table.Finding) {})
	if t == nil || !slices.Contains(t.Columns, "name") {
		// Without a row of names, the first column is that of names.
		file = append([]byte("nom\n"), plain(file)...)
	}
	if t = table.Open(file, limits, known, say); t == nil {
		return nil
	}
	at := map[string]int{"name": 0, "version": -1, "since": -1}
	for i, c := range t.Columns {
		if c != "" {
			at[c] = i
		}
	}
	var out []Owned
	for _, row := range t.Rows() {
		cell := func(column string) string {
			if i := at[column]; i >= 0 && i < len(row) {
				return clean(row[i], false)
			}
			return ""
		}
		if name := cell("name"); name != "" {
			out = append(out, Owned{name, cell("version"), cell("since")})
		}
	}
	return out
}

// plain is a list of names without the mark that some programs begin a file with.
func plain(file []byte) []byte { return []byte(strings.TrimPrefix(string(file), "\ufeff")) }

// Match finds what a name of each item may mean among what can be adopted.
func (s *Shelf) Match(ctx context.Context, lang string, items []Owned) ([]Matched, error) {
	index, err := s.now(ctx, patience)
	if err != nil {
		return nil, err
	}
	out := make([]Matched, len(items))
	for i, it := range items {
		out[i].Owned = it
		hits := index.Find(search.Query{Text: it.Name, Lang: lang, Size: 6, Filters: map[string][]string{
			FacetState: {string(Published)}, FacetKind: {string(Software), string(Service)},
		}}).Hits
		ids := make([]string, len(hits))
		for j, h := range hits {
			ids[j] = h.ID
		}
		found, err := s.Library.All(ctx, ids)
		if err != nil {
			return nil, err
		}
		name := people.Fold(it.Name)
		whole := strings.Join(name, "")
		var exact []string
		for _, e := range found {
			sheet, _ := e.Sheet()
			names := slices.Concat(sheet["title"], sheet["aliases"])
			if slices.ContainsFunc(names, func(n string) bool { return strings.Join(people.Fold(n), "") == whole }) {
				exact = append(exact, e.ID)
			}
			if slices.ContainsFunc(names, func(n string) bool { return shareWord(people.Fold(n), name) }) {
				out[i].Near = append(out[i].Near, e)
			}
		}
		if len(exact) == 1 {
			out[i].Entry = exact[0]
		}
	}
	return out, nil
}

// shareWord says whether two folded names share a word, or one begins a word of the other.
func shareWord(a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			if len(x) > 2 && len(y) > 2 && (strings.HasPrefix(x, y) || strings.HasPrefix(y, x)) {
				return true
			}
		}
	}
	return strings.Join(a, "") == strings.Join(b, "")
}
