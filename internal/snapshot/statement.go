package snapshot

// statementTable is the name of the table of what catalogues say of commons.
const statementTable = "statements"

// Statement is what one record of a published catalogue says of one field of an entry
// of the library of commons. Rows of an entry follow one another, those of the most
// trusted record first. Vintage and licence are those of the source in the manifest.
type Statement struct {
	Entry  string   `parquet:"entry,dict"`
	Kind   string   `parquet:"kind,dict"`
	Source string   `parquet:"source,dict"`
	Record string   `parquet:"record,dict"` // how the source names it
	Field  string   `parquet:"field,dict"`
	Values []string `parquet:"values,list"`
}
