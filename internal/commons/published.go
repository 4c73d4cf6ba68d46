package commons

import "bassin/internal/snapshot"

// CatalogueOf is the catalogue of what the sources of a snapshot say. Its texts are
// those of the snapshot, not copies.
func CatalogueOf(s *snapshot.Snapshot) *Catalogue {
	sources := map[string]*snapshot.Source{}
	for i := range s.Manifest.Sources {
		sources[s.Manifest.Sources[i].Key] = &s.Manifest.Sources[i]
	}
	var listed []Listed
	for _, r := range s.Statements {
		if len(listed) == 0 || listed[len(listed)-1].ID != r.Entry {
			listed = append(listed, Listed{ID: r.Entry, Kind: Kind(r.Kind)})
		}
		l := &listed[len(listed)-1]
		if n := len(l.Said); n == 0 || l.Said[n-1].Source != r.Source || l.Said[n-1].Record != r.Record {
			said := Statement{Source: r.Source, Record: r.Record, Sheet: Sheet{}}
			if from := sources[r.Source]; from != nil {
				said.Vintage, said.Licence, said.Presumed = from.Vintage.FR, from.Licence, from.LicencePresumed
			}
			l.Said = append(l.Said, said)
		}
		l.Said[len(l.Said)-1].Sheet[r.Field] = r.Values
	}
	return NewCatalogue(listed)
}
