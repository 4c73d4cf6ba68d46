package composite

// Table is what is measured of the units to compare.
type Table struct {
	Units   []string             // their names, each once
	Columns map[string][]float64 // by name, one number a unit, NaN where missing
	Texts   map[string][]string  // columns of words that put units in groups
}
