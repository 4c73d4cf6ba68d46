// Package composite makes one index out of many indicators, in the steps of the
// OECD/JRC Handbook on Constructing Composite Indicators (2008): denominate,
// screen, impute, treat outliers, normalise, weigh, aggregate, and say how far
// ranks depend on those choices.
//
// It is pure: no file, no network, no clock, no chance but the seed it is given.
// It knows columns of numbers and nothing of territories; the files that people
// write are read by composite/indexfile.
//
// Columns are []float64, one number a unit, NaN where it is missing. What the
// method or the data do not allow is a [fault.Error] of code Invalid whose Field
// is the place in the method, as in indicators[2].parent.
package composite
