// Package personal is what Bassin keeps of a person, for that person: to see it,
// take it away, and have it erased; and what the record of processing says of it
// (article 30 of the GDPR).
//
// It owns the rules. What is kept is declared by the store, table by table, and a
// test finds a table that is not declared. It keeps nothing itself and draws no page.
package personal
