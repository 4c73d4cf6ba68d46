// Package atlastest is the contract that every atlas.Store keeps. A store's own
// tests call [Run]; nothing but tests imports this package.
package atlastest
