// Package place is the engine of places of service: what the lists of France
// services, digital mediation, schools, stations and others hold, found by
// commune, by kind and by distance, and the figures made of them.
//
// It owns the meaning of each list: which one is complete, what counts and what
// does not. It is pure: it reads no file, no database and no clock, and an [Index]
// never changes once made, so it is safe for concurrent use.
package place
