// Package audit is the record of every change: who, when, what, from what to
// what, each row chained to the one before by its hash, so that nothing can be
// altered, taken out or slipped in unseen. Personal values are sealed with a key
// per person: destroying the key erases them and leaves the chain whole.
//
// It owns the form of a row and its proof. It keeps nothing itself (that is the
// store's), holds no secret, and asks neither the time nor chance.
package audit
