// Package sitingfile reads the files of a siting problem that anybody may have:
// places, tables of distances, lists of sites, as CSV or Parquet.
//
// It owns their forms and says what is wrong in them and where. It opens no file:
// it is given what to read.
package sitingfile
