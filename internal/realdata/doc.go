// Package realdata gives tests the snapshot of the project's own open data. It is
// built once for each edition of the data and of the code that reads it, then
// shared by all test binaries. Only tests may import it.
package realdata
