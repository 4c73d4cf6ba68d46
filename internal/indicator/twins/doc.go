// Package twins finds the units most like a given one on chosen traits, says what
// is alike and what differs in a pair, and measures how much twins are worth.
//
// It is pure: no file, no network, no clock, no chance. It knows columns of numbers
// and nothing of territories; which traits are structural is the caller's choice.
//
// # Use
//
//	space, err := twins.New(traits, twins.Options{Clip: twins.DefaultClip, Shared: twins.DefaultShared, Workers: 2})
//	near := space.Nearest(unit, 10, nil)                    // one unit
//	all := space.All(10, twins.Within(lon, lat, 30))        // every unit, none nearer than 30 km
//	why := space.Explain(unit, near[0].Unit)                // alike first, different last
//	who, err := space.Stranger(values)                      // somebody who is not a unit: who.Nearest, who.Explain
//	quality, err := space.Skill(outcomes, classes, 10, nil, nil) // are twins better than simpler answers?
//	stable, err := space.Stability(10, nil, nil)            // do they hold when a trait is left out?
//
// A Space is made once for a set of units and is safe for several goroutines.
//
// # Scale
//
// A trait, after its logarithm if asked, becomes (x - median) / (1.4826 MAD), MAD
// being the median of |x - median|: one is then about a standard deviation, and a
// few extreme units do not stretch it (Rousseeuw and Croux, "Alternatives to the
// Median Absolute Deviation", JASA 88, 1993). Where more than half of the units
// share one value the MAD is zero: the scale is then (p - 1/2) √12, p being the
// place among the known values, from 0 to 1, equals taking their middle one; √12
// gives evenly spread places the standard deviation 1.
// Twins depend neither on the unit of a trait nor on its origin; with a logarithm,
// not on its power either; on the percentile scale, on nothing but its order.
//
// # Distance
//
// The distance of two units is the square root of the weighted mean of squared
// differences over the traits that both have. Two units that share less than the
// stated share of the weight are not compared. Equal distances go by unit number.
//
// # Exactness
//
// The nearest are exactly those of a comparison of all pairs. Rows are turned to
// their principal axes, so that a few coordinates show most of a distance and a
// pair is dropped as soon as it cannot enter the list; those that remain are
// measured on the traits themselves.
package twins
