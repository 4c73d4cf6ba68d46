// Package naming has the words for a territory in every language: as a heading,
// inside a sentence, and what kind it is, so that every page says them the same
// way. It knows territories and texts, and no page.
package naming
