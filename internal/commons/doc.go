// Package commons is the library of commons, experiments and needs: what an entry
// says and on whose word, how it is proposed, reviewed, published, merged and retired.
//
// It owns the kinds of entries, their fields and the rules of the library. It is
// pure: what it needs of a database, of the network or of a file format is an
// interface it declares, and time is given to it.
package commons
