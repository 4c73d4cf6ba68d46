// Package orgweb owns the pages of organisations: the list, the page of one, creating,
// changing, merging, and the section of territory pages that leads to them. Rules are
// in package people.
//
// It may not touch the store, nor any other feature's pages.
package orgweb
