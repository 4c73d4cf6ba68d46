// Package harvest fetches what the library is harvested from: publiccode.yml files and
// lists of them, catalogues in DCAT-AP, other installations of Bassin.
//
// It owns what is polite and safe to ask of the network, and how sources are laid out in
// pages. What it reads comes to package commons; formats of catalogues are given to it.
package harvest
