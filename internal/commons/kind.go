package commons

import "slices"

// Kind is what an entry is. Its value is the key used in addresses, exports and
// the database.
type Kind string

// The kinds of entries. The first four are commons.
const (
	Software   Kind = "software"
	Service    Kind = "service"
	Knowledge  Kind = "knowledge" // guide, training, method, model document
	Data       Kind = "data"      // dataset, schema, API, catalogue
	Experiment Kind = "experiment"
	Need       Kind = "need"
)

// Kinds lists every kind, in the order of forms and of facets.
var Kinds = []Kind{Software, Service, Knowledge, Data, Experiment, Need}

// Commons are the kinds that can be adopted.
var Commons = Kinds[:4]

// Valid says whether k is one of the kinds.
func (k Kind) Valid() bool { return slices.Contains(Kinds, k) }

// Common says whether k is a kind of commons: experiments and needs are not adopted.
func (k Kind) Common() bool { return slices.Contains(Commons, k) }
