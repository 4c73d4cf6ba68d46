// Package audittest is the contract that every audit.Store keeps. A store's own tests
// call [Run]; nothing but tests imports this package.
package audittest
