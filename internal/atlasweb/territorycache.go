package atlasweb

import (
	"sync"

	"bassin/internal/atlas"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
)

// largePortrait is the number of communes from which a portrait is kept: a
// smaller one is drawn in well under a millisecond.
const largePortrait = 500

// portraits keeps the portraits of the largest territories of one snapshot: some
// tens, so nothing is ever thrown away but with the snapshot. Portraits never
// change once drawn. The zero value is empty.
type portraits struct {
	mu   sync.Mutex
	of   *snapshot.Snapshot
	kept map[territory.ID]*atlas.Portrait
}

// portrait draws a published territory, or finds the drawing of a large one.
func (p *Pages) portrait(s *snapshot.Snapshot, t *territory.Territory) *atlas.Portrait {
	if len(t.Communes()) < largePortrait {
		return atlas.Draw(s.France, t)
	}
	c := &p.portraits
	c.mu.Lock()
	if c.of != s {
		c.of, c.kept = s, map[territory.ID]*atlas.Portrait{}
	}
	kept := c.kept[t.ID]
	c.mu.Unlock()
	if kept != nil {
		return kept
	}
	kept = atlas.Draw(s.France, t)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of == s {
		c.kept[t.ID] = kept
	}
	return kept
}
