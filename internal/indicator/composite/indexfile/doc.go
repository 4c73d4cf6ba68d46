// Package indexfile reads and writes the files of an index that anybody makes: the
// method (YAML), the table (CSV) and the results (CSV or JSON).
//
// It owns their formats and says of each mistake the line, the column and the
// field. It opens nothing itself: bytes and readers are given to it.
package indexfile
