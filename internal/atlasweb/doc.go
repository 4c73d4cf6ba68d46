// Package atlasweb owns the pages of the atlas: home, search, territories and
// their sections, lists, custom perimeters, maps. Rules are in package atlas.
//
// It may not touch the store, nor any other feature's pages.
package atlasweb
