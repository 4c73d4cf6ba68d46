package observatory

import (
	"sync"

	"bassin/internal/indicator"
	"bassin/internal/place"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
)

// Service gives the observatory of each snapshot.
type Service struct {
	Perimeters Perimeters
	// Unit is the level by which a territory's parts are mapped and listed.
	Unit func(*territory.France, *territory.Territory) territory.Level

	bound snapshot.Bound[*Observatory]
}

// Of returns the observatory of a snapshot, made once.
func (s *Service) Of(snap *snapshot.Snapshot) *Observatory {
	return s.bound.Of(snap, func(snap *snapshot.Snapshot) *Observatory {
		return &Observatory{Snapshot: snap, Panel: snap.Panel, France: snap.France, places: snap.Places, unit: s.Unit}
	})
}

// Observatory is what is told of the territories of one snapshot. It is safe for
// concurrent use.
type Observatory struct {
	Snapshot *snapshot.Snapshot
	Panel    *indicator.Panel
	France   *territory.France

	places      *place.Index
	unit        func(*territory.France, *territory.Territory) territory.Level
	comparisons sync.Map // comparisonKey → *comparison
	fifths      sync.Map // fifthsKey → []float64
	medians     sync.Map // comparisonKey → float64
	twins       twinRoom
	indexes     indexes
}

// Latest returns the latest vintage of an indicator over a territory, Absent where
// this edition of the data has no such indicator.
func (o *Observatory) Latest(t *territory.Territory, key string) indicator.Value {
	d, ok := o.Panel.Definition(key)
	if !ok {
		return indicator.Value{State: indicator.Absent}
	}
	return o.Panel.Latest(t, d)
}
