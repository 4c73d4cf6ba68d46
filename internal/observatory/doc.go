// Package observatory owns what the observatory says of a territory: the figures
// of its diagnosis, with whom it is compared, what is unusual, where to go first,
// the index of fragility and its variants.
//
// It imports engines only: no page, no SQL, no other feature. What people draw
// comes to it through [Perimeters].
package observatory
