// Package shape is the geometry engine: one topology of outlines, whose borders
// are stored once and shared, serves dissolved perimeters at any precision,
// neighbours, point in commune, drawings and vector tiles.
//
// It owns the in-memory form of outlines and every computation on them. It is
// pure: it opens no file, no database and no clock, knows faces by number and
// code only, and may not import package territory nor anything above.
//
// Two faces that touch hold the same arc, so whatever is done to the arc
// (simplify, round, project) happens to both: no gap and no overlap appears
// between neighbours, whatever the precision. Within one outline, a strong
// simplification may make a border cross itself; nothing here depends on it not
// doing so.
package shape
