// Package territory is the engine of places: codes, levels, zonings and their
// many-to-many shares of population, mergers over time and perimeters that
// people draw. Outlines are in territory/shape, name search in territory/names.
//
// It is pure: it reads no file, no database and no clock. Everything it answers
// comes from the [Tables] of one snapshot, and a [France] never changes once made,
// so it is safe for concurrent use.
package territory
