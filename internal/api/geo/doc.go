// Package geo answers as the State's API Géo does, from one snapshot: same paths,
// parameters, fields, formats and statuses, so that an application changes only
// the base address. Answers are assembled from JSON made once for each snapshot.
//
// It owns the form of these answers and their speed. It holds no rule of the
// field, reads no database, and knows nothing of pages nor of the other API.
package geo
