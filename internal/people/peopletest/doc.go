// Package peopletest is the contract that every people.Store keeps. A store's own
// tests call [Run]; nothing but tests imports this package.
package peopletest
