// Package observatoryweb owns the pages of the observatory: the catalogue of
// indicators, the diagnosis of a territory, rankings, comparisons, the explorer,
// twins and the index. Rules are in package observatory.
//
// It may not touch the store, nor any other feature's pages.
package observatoryweb
