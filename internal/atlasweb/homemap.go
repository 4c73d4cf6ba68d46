package atlasweb

import (
	"net/http"
	"strconv"
	"sync"

	"bassin/internal/fault"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/carto"
)

// frenchMap keeps the plan and the images of the map of France of one snapshot,
// which every reader of the home page shares. The zero value is empty.
type frenchMap struct {
	mu     sync.Mutex
	of     *snapshot.Snapshot
	plan   *carto.Plan
	images map[string][]byte // by theme
}

// draw returns the plan of a snapshot and its image in a theme.
func (m *frenchMap) draw(s *snapshot.Snapshot, theme string) (*carto.Plan, []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.of != s {
		m.of, m.plan, m.images = s, carto.NewFrance(s), map[string][]byte{}
	}
	if m.images[theme] == nil {
		m.images[theme] = m.plan.Image(theme)
	}
	return m.plan, m.images[theme]
}

// Prepare draws what every first visitor asks for, so that none waits for it.
func (p *Pages) Prepare(s *snapshot.Snapshot) { p.french.draw(s, "") }

// franceImage serves the map of France as an image, for good: its address holds
// the snapshot.
func (p *Pages) franceImage(w http.ResponseWriter, r *http.Request) error {
	theme := r.URL.Query().Get("theme")
	if theme != "" && theme != "light" && theme != "dark" {
		return fault.New(fault.NotFound, "web.error.address")
	}
	_, image := p.french.draw(snapshot.FromContext(r.Context()), theme)
	h := w.Header()
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	if r.URL.Query().Get("v") == snapshot.FromContext(r.Context()).Manifest.Hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	return web.Respond(w, r, image)
}

// seaView is the answer to a click that meets no commune.
type seaView struct {
	Name, Href string // of the nearest basin, or commune without one
}

// franceClick leads from a point of the map of France, as a browser sends it with
// an <input type="image">, to the basin drawn there. The field w is the width at
// which the page shows the image.
func (p *Pages) franceClick(w http.ResponseWriter, r *http.Request) error {
	s, l := snapshot.FromContext(r.Context()), p.Kit.Locale(r.Context())
	plan, _ := p.french.draw(s, "")
	q := r.URL.Query()
	x, errX := strconv.ParseFloat(q.Get("x"), 64)
	y, errY := strconv.ParseFloat(q.Get("y"), 64)
	if errX != nil || errY != nil {
		return p.Kit.Redirect(w, r, "/carte", http.StatusSeeOther)
	}
	width, _ := plan.Size()
	if shown, err := strconv.ParseFloat(q.Get("w"), 64); err == nil && shown >= 100 && shown <= 4000 {
		x, y = x*float64(width)/shown, y*float64(width)/shown
	}
	n, on := plan.At(x, y)
	t := s.France.One(n, territory.BassinDeVie)
	if t == nil {
		t = s.France.Level(territory.Commune)[n]
	}
	if on {
		return p.Kit.Redirect(w, r, t.Path(), http.StatusSeeOther)
	}
	return p.Kit.Page(w, r, &web.Page{
		Title: l.T("map.sea.title"), Template: "map/sea", NoIndex: true,
		View: seaView{Name: t.Name, Href: p.Kit.Href(l.Lang(), t.Path())},
	})
}
