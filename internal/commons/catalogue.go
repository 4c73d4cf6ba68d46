package commons

import (
	"iter"
	"maps"
	"slices"
)

// Listed is an entry as published catalogues have it.
type Listed struct {
	ID   string
	Kind Kind
	Said []Statement // the most trusted first
}

// Catalogue is what the published catalogues of a snapshot hold. It never changes.
type Catalogue struct {
	entries map[string]Listed
	ids     []string
	records map[[2]string]string // source and record → entry
}

// NewCatalogue makes a catalogue of entries, each given once.
func NewCatalogue(listed []Listed) *Catalogue {
	c := &Catalogue{entries: make(map[string]Listed, len(listed)), records: map[[2]string]string{}}
	for _, l := range listed {
		c.entries[l.ID] = l
		for _, s := range l.Said {
			c.records[[2]string{s.Source, s.Record}] = l.ID
		}
	}
	c.ids = slices.Sorted(maps.Keys(c.entries))
	return c
}

// Entry is an entry of the catalogue as one of the library without a row.
func (c *Catalogue) Entry(id string) (Entry, bool) {
	l, ok := c.entries[id]
	return Entry{ID: l.ID, Kind: l.Kind, State: Published, Said: l.Said}, ok
}

// Of finds the entry that a record of a source is part of.
func (c *Catalogue) Of(source, record string) (string, bool) {
	id, ok := c.records[[2]string{source, record}]
	return id, ok
}

// All are its entries, by id.
func (c *Catalogue) All() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for _, id := range c.ids {
			if e, _ := c.Entry(id); !yield(e) {
				return
			}
		}
	}
}

// Len is how many entries there are.
func (c *Catalogue) Len() int { return len(c.ids) }
