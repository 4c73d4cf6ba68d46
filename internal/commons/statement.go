package commons

// Statement is what one source says of an entry: a published catalogue of the
// snapshot, or a catalogue harvested from elsewhere.
type Statement struct {
	Source  string // key of the published file, or "harvest:ID"
	Record  string // how the source names it
	Vintage string // of the source, as it writes it
	Licence string // SPDX, of the source's words
	Sheet   Sheet

	Presumed bool // the source does not state its licence: it is held to be that one
	Gone     bool // the source withdrew it: it is heard of retired entries only
}

// Origin says on whose word a field is: a source's, or that of people here (zero).
type Origin struct {
	Source, Record, Vintage, Licence string

	Presumed bool // see [Statement]
}

// People says whether people of this installation wrote it.
func (o Origin) People() bool { return o.Source == "" }

// compose lays statements over one another, the first winning, and what people wrote
// here over all; a source that says nothing of a field leaves it to the next.
func compose(said []Statement, own Sheet) (Sheet, map[string]Origin) {
	out, from := Sheet{}, map[string]Origin{}
	for _, s := range said {
		for field, values := range s.Sheet {
			if _, there := out[field]; there || len(values) == 0 {
				continue
			}
			out[field], from[field] = values, Origin{s.Source, s.Record, s.Vintage, s.Licence, s.Presumed}
		}
	}
	for field, values := range own {
		out[field], from[field] = values, Origin{}
	}
	return out, from
}
