// Package commonstest is the contract that every store of the library keeps, and the
// rules of the library tried on it. A store's own tests call [Run] and [RunLibrary];
// nothing but tests imports this package.
package commonstest
