// Package commonstest is the contract that every store of the library keeps. A store's
// own tests call [Run]; nothing but tests imports this package.
package commonstest
