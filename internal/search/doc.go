// Package search is the engine of full-text search with facets (docs/search.md): words
// in French and English, typing errors, synonyms of the field, BM25F, counts.
//
// It owns the analysis of texts, the index in memory and the ranking. It is pure: no
// SQL, no HTTP, no clock. It decides no rights: what is put in can be found by all.
package search
