// Package indicator is the engine of figures: what is measured of a territory,
// how it adds up over a perimeter, and how it compares. Composite indices are in
// indicator/composite.
//
// It is pure: it reads no file, no database, no network and no clock, and imports
// of the house only other engines and the ground floor.
package indicator
