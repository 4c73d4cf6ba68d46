// Package publiccode reads and writes publiccode.yml, versions 0 to 0.5.0 and 1, as
// entries of the library of kind software, and says line by line what is wrong.
//
// It owns the reading of the file and the way from its keys to the library's fields. It
// reaches no network and takes over nothing that names a person.
package publiccode
