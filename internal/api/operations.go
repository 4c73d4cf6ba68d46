package api

import "bassin/internal/commons"

// operations registers every operation, in the order of the documentation.
func (b *builder) operations() {
	read(b, operation{id: "levels", path: "/levels", csv: true, answer: List[Level]{}}, levels)
	read(b, operation{id: "territories", path: "/territories", csv: true, geojson: true, answer: Page[Territory]{}}, territories)
	read(b, operation{id: "territory", path: "/territories/{id}", geojson: true, answer: Detail{}}, one)
	read(b, operation{id: "members", path: "/territories/{id}/members", csv: true, geojson: true, answer: List[Member]{}}, members)
	read(b, operation{id: "relations", path: "/territories/{id}/relations", csv: true, answer: List[Relation]{}}, relations)
	read(b, operation{id: "history", path: "/territories/{id}/history", csv: true, answer: History{}}, history)
	read(b, operation{id: "population", path: "/territories/{id}/population", csv: true, answer: List[Count]{}}, population)
	read(b, operation{id: "geometry", path: "/territories/{id}/geometry", geojson: true}, geometry)
	read(b, operation{id: "neighbours", path: "/territories/{id}/neighbours", csv: true, geojson: true, answer: List[Territory]{}}, neighbours)
	read(b, operation{id: "figures", path: "/territories/{id}/indicators", csv: true, answer: List[Figure]{}}, figures)
	read(b, operation{id: "series", path: "/territories/{id}/indicators/{key}", csv: true, answer: List[Figure]{}}, series)
	read(b, operation{id: "twins", path: "/territories/{id}/twins", csv: true, answer: Twins{}}, twinsOf)
	read(b, operation{id: "indicators", path: "/indicators", csv: true, answer: List[Indicator]{}}, indicators)
	read(b, operation{id: "indicator", path: "/indicators/{key}", answer: IndicatorDetail{}}, indicatorDetail)
	read(b, operation{id: "values", path: "/indicators/{key}/values", csv: true, answer: Values{}}, levelValues)
	read(b, operation{id: "distribution", path: "/indicators/{key}/distribution", csv: true, answer: Distribution{}}, distribution)
	read(b, operation{id: "bulk", path: "/indicators/bulk", csv: true, parquet: true}, bulk)
	read(b, operation{id: "dictionary", path: "/indicators/dictionary.csv", csv: true}, dictionary)
	read(b, operation{id: "index", path: "/index", csv: true, answer: Index{}}, fragility)
	read(b, operation{id: "search", path: "/search", csv: true, answer: List[Match]{}}, search)
	read(b, operation{id: "reverse", path: "/reverse", csv: true, answer: Place{}}, reverse)
	b.keepSet()
	read(b, operation{id: "commons", path: "/commons", answer: Entries{}}, commonsList)
	read(b, operation{id: "common", path: "/commons/{entry}", answer: EntryDetail{}}, entryOfKinds(commons.Commons...))
	read(b, operation{id: "experiments", path: "/experiments", answer: Entries{}}, experimentsList)
	read(b, operation{id: "experiment", path: "/experiments/{entry}", answer: EntryDetail{}}, entryOfKinds(commons.Experiment))
	read(b, operation{id: "needs", path: "/needs", answer: Entries{}}, needsList)
	read(b, operation{id: "need", path: "/needs/{entry}", answer: EntryDetail{}}, entryOfKinds(commons.Need))
	read(b, operation{id: "changes", path: "/commons/changes", answer: commons.Changes{}}, changes)
	read(b, operation{id: "sources", path: "/sources", csv: true, answer: List[Source]{}}, sources)
}

// List is a whole list.
type List[T any] struct {
	Total   int `json:"total"`
	Vintage int `json:"vintage"`
	Items   []T `json:"items"`
}

func listOf[T any](q *query, items []T) List[T] {
	if items == nil {
		items = []T{}
	}
	return List[T]{len(items), q.france().Vintage(), items}
}

// Page is a part of a list.
type Page[T any] struct {
	Total   int     `json:"total"`
	Vintage int     `json:"vintage"`
	Items   []T     `json:"items"`
	Next    *string `json:"next"`
}
