package atlasweb

import (
	"sync"

	"bassin/internal/atlas"
	"bassin/internal/i18n"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
)

// largePortrait is the number of communes from which a portrait and its map are
// kept: some 300 territories have as many, and take over 5 ms to draw.
const largePortrait = atlas.ManyCommunes

// portraits keeps the portraits and maps of the largest territories of one snapshot: some
// hundreds, so nothing is ever thrown away but with the snapshot. Portraits never
// change once drawn. The zero value is empty.
type portraits struct {
	mu    sync.Mutex
	of    *snapshot.Snapshot
	kept  map[territory.ID]*atlas.Portrait
	plate map[plateKey]mapView
}

type plateKey struct {
	id   territory.ID
	lang i18n.Lang
}

// drawn keeps the map of a large territory, which takes longer to draw than all
// the rest of its page.
func (c *portraits) drawn(s *snapshot.Snapshot, key plateKey, draw func() mapView) mapView {
	c.mu.Lock()
	view, ok := c.plate[key]
	ok = ok && c.of == s
	c.mu.Unlock()
	if ok {
		return view
	}
	view = draw()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of == s {
		c.plate[key] = view
	}
	return view
}

// portrait draws a published territory, or finds the drawing of a large one.
func (p *Pages) portrait(s *snapshot.Snapshot, t *territory.Territory) *atlas.Portrait {
	if len(t.Communes()) < largePortrait {
		return atlas.Draw(s.France, t)
	}
	c := &p.portraits
	c.mu.Lock()
	if c.of != s {
		c.of, c.kept, c.plate = s, map[territory.ID]*atlas.Portrait{}, map[plateKey]mapView{}
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
