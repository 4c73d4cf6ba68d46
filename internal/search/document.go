package search

// Field is a text field of an index.
type Field struct {
	Name   string
	Weight float64 // how much a word counts here, such as 8 in a title and 1 in a text
	Length float64 // 0 to 1: how much a long text counts less, b of BM25F
	Title  bool    // a document is called so: a query that is the whole of it puts it first
}

// Document is one thing to be found.
type Document struct {
	ID      string
	Lang    string              // fr or en; fr if empty
	Texts   map[string][]string // by field; each text stands alone, as an alias does
	Facets  map[string][]string // values by facet
	Numbers map[string]float64  // keys to sort by, a date as days since 1970
	Keys    map[string]string   // keys to sort by in the order of bytes; see Fold
	Prior   float64             // what speaks for it beforehand, such as a number of verified uses; 0 and more
}

// Query is what is asked.
type Query struct {
	Text    string              // as typed: words, "phrases", -exclusions; empty for everything
	Lang    string              // language of the words, fr if empty
	Typing  bool                // the last word may be unfinished
	Filters map[string][]string // chosen values: one of them in each facet
	Facets  []Facet             // counts wanted
	Sort    []Order             // then by id; by relevance if empty
	From    int                 // hits left out, 0 for the first page
	Size    int                 // hits wanted, none if 0
}

// Facet asks for the counts of a facet.
type Facet struct {
	Name  string
	Limit int // values told, the most frequent; all if 0. Chosen ones are told besides
}

// Order is a key to sort by: a number or a key of documents. Those without it come last.
type Order struct {
	Key        string
	Descending bool
}

// Result answers a query. It depends on the documents and the query only, never on
// how and in which order the documents came.
type Result struct {
	Total   int
	Hits    []Hit
	Facets  map[string]Counts
	Partial bool   // no document holds all words, or hardly any: others follow that hold some
	Read    string // the text as it was understood, when a typing error was mended; else empty
	Instead string // another text that would find something, when nothing was found; else empty
	marks   *marker
}

// Hit is a document found.
type Hit struct {
	ID    string
	Score float64 // comparable within one result only
}

// Counts are the values of a facet among the hits that the other facets leave.
type Counts struct {
	Values   []Count // most frequent first, then by value
	Distinct int     // how many values have hits
}

// Count is a value of a facet.
type Count struct {
	Value  string
	N      int
	Chosen bool
}
