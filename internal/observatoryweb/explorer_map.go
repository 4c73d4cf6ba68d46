package observatoryweb

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"bassin/internal/fault"
	"bassin/internal/place"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/shape"
	"bassin/internal/web"
	"bassin/internal/web/carto"
	"bassin/internal/web/naming"
)

// plans keeps what the explorer makes once for a snapshot: the plans of its maps,
// that of France and a few parts, and the order of names.
type plans struct {
	s      *snapshot.Snapshot
	france *carto.Plan

	mu    sync.Mutex
	parts map[*territory.Territory]*carto.Plan
	ranks map[territory.Level][]int32
}

// mostParts is the number of parts whose plan is kept.
const mostParts = 12

func newPlans(s *snapshot.Snapshot) *plans {
	return &plans{s: s, france: carto.NewFrance(s), parts: map[*territory.Territory]*carto.Plan{}, ranks: map[territory.Level][]int32{}}
}

// names returns the rank of each territory of a level by its name, as lists sort
// them. It is shared.
func (p *plans) names(level territory.Level) []int32 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if kept := p.ranks[level]; kept != nil {
		return kept
	}
	ts := p.s.France.Level(level)
	keys, order := make([]string, len(ts)), make([]int32, len(ts))
	for i, t := range ts {
		keys[i], order[i] = naming.SortKey(t.Name), int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(strings.Compare(keys[a], keys[b]), cmp.Compare(a, b)) })
	out := make([]int32, len(ts))
	for rank, i := range order {
		out[i] = int32(rank)
	}
	p.ranks[level] = out
	return out
}

// of returns the plan of a zone, of the country where it is nil or has no outline.
func (p *plans) of(zone *territory.Territory) *carto.Plan {
	if zone == nil {
		return p.france
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if plan := p.parts[zone]; plan != nil {
		return plan
	}
	plan, ok := carto.NewPart(p.s, zone)
	if !ok {
		return p.france
	}
	if len(p.parts) >= mostParts {
		clear(p.parts)
	}
	p.parts[zone] = plan
	return plan
}

// explorerImage serves a shaded map, for good where its address holds the snapshot.
func (p *Pages) explorerImage(w http.ResponseWriter, r *http.Request) error {
	s, q := snapshot.FromContext(r.Context()), r.URL.Query()
	e := readExploration(s, p.Kit.Locale(r.Context()), q)
	theme := q.Get("theme")
	if len(e.wrong) > 0 || theme != "" && theme != "light" && theme != "dark" {
		return fault.New(fault.NotFound, "web.error.address")
	}
	o := explore(s, &e).shading(&e, theme)
	if e.places {
		o.Places = helpPlaces(s)
	}
	image := p.plans.Of(s, newPlans).of(e.zone).Shaded(o)
	h := w.Header()
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	if q.Get("v") == s.Manifest.Hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	return web.Respond(w, r, image)
}

// helpPlaces are the points of France services, buses at their home.
func helpPlaces(s *snapshot.Snapshot) []shape.Point {
	var out []shape.Point
	from, to := s.Places.Of(place.FranceServices)
	for i := from; i < to; i++ {
		if lon, lat, ok := s.Places.Point(i); ok {
			out = append(out, shape.Point{Lon: lon, Lat: lat})
		}
	}
	return out
}

// explorerClick leads from a point of a map, as a browser sends it with an <input
// type="image">, to the territory drawn there. The field w is the width at which
// the page shows the image.
func (p *Pages) explorerClick(w http.ResponseWriter, r *http.Request) error {
	s, l := snapshot.FromContext(r.Context()), p.Kit.Locale(r.Context())
	q := r.URL.Query()
	e := readExploration(s, l, q)
	x, errX := strconv.ParseFloat(q.Get("x"), 64)
	y, errY := strconv.ParseFloat(q.Get("y"), 64)
	if errX != nil || errY != nil || len(e.wrong) > 0 {
		return p.Kit.Redirect(w, r, "/explorer", http.StatusSeeOther)
	}
	plan := p.plans.Of(s, newPlans).of(e.zone)
	width, _ := plan.Size()
	if shown, err := strconv.ParseFloat(q.Get("w"), 64); err == nil && shown >= 100 && shown <= 4000 {
		x, y = x*float64(width)/shown, y*float64(width)/shown
	}
	n, on := plan.At(x, y)
	t := s.France.One(n, e.level)
	if t == nil {
		t = s.France.Level(territory.Commune)[n]
	}
	if on {
		return p.Kit.Redirect(w, r, t.Path(), http.StatusSeeOther)
	}
	title := l.T("explorer.sea.title")
	return p.Kit.Page(w, r, &web.Page{
		Title: title, Template: "observatory/explorer_sea", NoIndex: true,
		View: web.State{Kind: "empty", Title: title, Text: l.T("explorer.sea.text"), Action: &web.Anchor{Text: words{l, s.France}.heading(t), Href: t.Path()}},
	})
}
