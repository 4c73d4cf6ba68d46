// Package dcat reads and writes catalogues of data in the profile DCAT-AP 3.0.1:
// JSON-LD, Turtle and RDF/XML to one graph, the graph to datasets and services, these
// to sheets of the library, and back.
//
// It owns the syntaxes, the vocabularies and what is said of a catalogue that is wrong.
// It fetches nothing: contexts of JSON-LD are those it carries, the others are refused.
package dcat
