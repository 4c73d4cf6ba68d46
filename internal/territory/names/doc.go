// Package names finds territories by what people type: names with or without
// accents and articles, beginnings, typing errors, postal and official codes,
// former names. It owns the folding, the index and the ranking.
//
// It is pure: it reads no file, no database and no clock, and imports of the
// house only territory. An [Index] never changes once made, so it is safe for
// concurrent use.
package names
