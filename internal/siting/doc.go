// Package siting is the engine that chooses where to open places: p-median,
// maximal covering, set covering and p-centre, each with a solution and a bound
// that says how far it can be from the best possible (docs/siting.md).
//
// It owns the problems, their solvers and the proofs. It is pure: it reads no file,
// no database and no clock, and stops when its context does; the same problem and
// seed give the same answer on any number of workers.
package siting
