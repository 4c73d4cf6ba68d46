// Package illectronisme estimates how many residents aged 15 or over of each
// commune are in the situation that INSEE calls illectronisme, as a range. It is a
// synthetic estimate: national rates by group, applied to the people who live
// there (docs/illectronisme.md has the formulas and the errors).
//
// It is pure: it knows columns of numbers by commune and the published rates; it
// reads no file but the reader it is given, and nothing of territories.
package illectronisme
