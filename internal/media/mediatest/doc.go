// Package mediatest is the contracts that every media.Store and every media.Blobs
// keeps. Their own tests call [Run] and [RunBlobs]; nothing but tests imports this package.
package mediatest
