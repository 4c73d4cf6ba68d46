package carto

import (
	"cmp"
	"html/template"
	"maps"
	"math"
	"slices"
	"strconv"

	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/shape"
)

// Options says what a map shows and in which words.
type Options struct {
	Width  float64         // drawing units, 640 if zero
	Height float64         // at most, 560 if zero
	Unit   territory.Level // members drawn one by one: commune, bv, epci or dep
	Label  string          // accessible name of the map
	// Href gives the address of a territory; "" makes it no link.
	Href func(*territory.Territory) string
	// Title gives the words shown over a territory and told by screen readers.
	Title func(*territory.Territory) string
	// Fill gives the class of a member, 0 to 6, or Hatched where its value is
	// missing; nil leaves members plain.
	Fill func(*territory.Territory) int
	// Toggle, if set, makes every commune in view a link that changes a set.
	Toggle func(*territory.Territory) string
	Scale  bool // draw the scale bar
	// Points are drawn on top, where they fall in view.
	Points []Point
}

// Point is a place on a map. Class is that of its square: place.
type Point struct {
	Lon, Lat float64
	Class    string
	Title    string
}

// Hatched is the class of a member without a value.
const Hatched = -1

// Drawing is a map ready for a page.
type Drawing struct {
	SVG        template.HTML
	ShareAlike bool // holds outlines © OpenStreetMap contributors, under the ODbL
	Hidden     int  // member communes that lie out of the view or have no outline
}

// manyAround is the number of surrounding communes above which only those that
// touch the territory can be clicked.
const manyAround = 60

// Territory draws a territory, its members and what lies around. The zero
// Drawing means that no outline is published.
func Territory(s *snapshot.Snapshot, t *territory.Territory, o Options) Drawing {
	if t.Level == territory.Pays {
		return country(s, o)
	}
	m := newPlate(s, t, o)
	if m == nil {
		return Drawing{}
	}
	m.open()
	m.land()
	m.around()
	m.members()
	m.limits()
	m.points(o.Points)
	m.towns()
	return m.close()
}

// plate is one map being drawn.
type plate struct {
	canvas
	s        *snapshot.Snapshot
	t        *territory.Territory
	o        Options
	main     *shape.Region // what the map is about, in its principal topology
	topology *shape.Topology
	inside   map[int32]bool // communes of the territory
	drawn    []*territory.Territory
	hidden   int
	visible  []int32 // faces whose extent meets the view
}

func newPlate(s *snapshot.Snapshot, t *territory.Territory, o Options) *plate {
	regions := s.Regions(t)
	if len(regions) == 0 {
		return nil
	}
	m := &plate{s: s, t: t, o: o, inside: make(map[int32]bool, len(t.Communes()))}
	m.main, m.hidden = m.principal(regions)
	m.topology = m.main.Topology()
	if t.Level.Whole() {
		for _, n := range t.Communes() {
			m.inside[n] = true
		}
	}
	m.width, m.decimals = cmp.Or(o.Width, 640), 0
	limit := cmp.Or(o.Height, 560)
	extent := m.extent()
	margin := m.width * 0.05
	project := shape.NewProjection
	if len(m.inside) > 400 && m.mainland() {
		project = shape.NewLambert93
	}
	v := shape.View{Width: m.width, Margin: margin}
	p := project(v, extent)
	if v.Height = min(max(p.View().Height, m.width*0.45), limit); v.Height != p.View().Height {
		p = project(v, extent)
	}
	m.height = v.Height
	m.use(p)
	if len(m.inside) > 400 {
		m.precision *= 1.5 // many borders in as little room: lighter, and no eye sees it
	}
	m.visible = m.topology.FacesIn(m.view())
	return m
}

// principal chooses the part that the map shows when a territory is spread over
// the world: the communes of the zone of its most populated commune.
func (m *plate) principal(regions []*shape.Region) (*shape.Region, int) {
	if !m.t.Level.Whole() || len(m.t.Communes()) == 1 {
		return regions[0], 0
	}
	groups := map[string][]int32{}
	weight := map[string]int{}
	for _, n := range m.t.Communes() {
		c := m.s.France.Commune(n)
		g := "metro"
		if c.Zone != "metro" {
			g = c.Departement
		}
		groups[g] = append(groups[g], n)
		weight[g]++
		if c.Population != nil {
			weight[g] += int(*c.Population)
		}
	}
	if len(groups) == 1 {
		return regions[0], 0
	}
	best := ""
	for g := range groups {
		if best == "" || weight[g] > weight[best] || weight[g] == weight[best] && g < best {
			best = g
		}
	}
	if rs := m.s.RegionsOf(groups[best]); len(rs) > 0 {
		return rs[0], len(m.t.Communes()) - len(groups[best])
	}
	return regions[0], 0
}

func (m *plate) mainland() bool { return m.topology == m.s.Communes && m.t.Zone == "metro" }

// extent is what the view must hold: the territory, or for a place at or below
// the commune its surroundings too.
func (m *plate) extent() shape.MultiPolygon {
	b := m.main.Box()
	switch m.t.Level {
	case territory.ArrondissementMunicipal:
		return m.s.RegionsOf(m.t.Communes())[0].Box().Outline()
	case territory.Commune:
		return b.Grow(max(3000, 0.6*span(b))).Outline()
	case territory.QPV:
		return b.Grow(max(500, 0.8*span(b))).Outline()
	}
	return m.main.Outline(0)
}

// span is the longer side of an extent, in metres.
func span(b shape.Box) float64 {
	const perDegree = 111_195 // metres in a degree of latitude, mean sphere
	return perDegree * max(b.North-b.South, (b.East-b.West)*math.Cos((b.North+b.South)/2*math.Pi/180))
}

func (m *plate) open() {
	m.raw(`<svg class="map" viewBox="0 0 `, number(m.width), ` `, number(m.height), `" role="group" aria-label="`)
	m.text(m.o.Label)
	m.raw(`">`)
	m.raw(`<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch" d="M0 0v6"/></pattern></defs>`)
}

// land draws what is around as one quiet area, so that sea and abroad stand apart.
func (m *plate) land() {
	m.area("land", "", m.topology.Region(m.visible))
}

// around draws the borders of what surrounds the territory, and makes its
// neighbours links.
func (m *plate) around() {
	if m.t.Level == territory.Commune || m.o.Toggle != nil || m.t.Level == territory.QPV {
		for _, f := range m.visible {
			if n := m.s.CommuneOf(m.topology, f); !m.inside[n] {
				m.neighbour(m.s.France.Level(territory.Commune)[n], m.topology.FaceRegion(f))
			}
		}
		return
	}
	if m.o.Unit == territory.Commune && m.t.Level.Whole() {
		near := m.main.Neighbours()
		if len(near) > manyAround {
			near = near[:manyAround]
		}
		for _, n := range near {
			m.neighbour(m.s.France.Level(territory.Commune)[m.s.CommuneOf(m.topology, n.Face)], m.topology.FaceRegion(n.Face))
		}
		return
	}
	unit := m.o.Unit
	if unit == territory.Commune {
		return
	}
	beside := map[*territory.Territory]bool{}
	for _, n := range m.main.Neighbours() {
		if u := m.s.France.One(m.s.CommuneOf(m.topology, n.Face), unit); u != nil {
			beside[u] = true
		}
	}
	for _, u := range m.s.France.Level(unit) {
		if !beside[u] {
			continue
		}
		var out []int32
		for _, n := range u.Communes() {
			if !m.inside[n] {
				out = append(out, n)
			}
		}
		m.neighbour(u, m.s.RegionsOf(out)...)
	}
}

func (m *plate) neighbour(u *territory.Territory, regions ...*shape.Region) {
	href := m.o.Href
	if m.o.Toggle != nil {
		href = m.o.Toggle
	}
	m.link(words(href, u), words(m.o.Title, u), func() { m.area("near", words(m.o.Title, u), regions...) })
}

func words(f func(*territory.Territory) string, u *territory.Territory) string {
	if f == nil {
		return ""
	}
	return f(u)
}

// members draws what the territory is made of.
func (m *plate) members() {
	if !m.t.Level.Whole() {
		m.smaller()
		return
	}
	href := m.o.Href
	if m.o.Toggle != nil {
		href = m.o.Toggle
	}
	for _, r := range m.s.France.Relations(m.t, m.o.Unit) {
		u := r.Other
		part := u.Communes()
		if r.Communes < len(part) {
			part = slices.DeleteFunc(slices.Clone(part), func(n int32) bool { return !m.inside[n] })
		}
		regions := m.s.RegionsOf(part)
		if !u.Level.Whole() {
			regions = m.s.Regions(u) // the arrondissements of Paris, Lyon, Marseille
		}
		regions = slices.DeleteFunc(regions, func(r *shape.Region) bool { return u.Level.Whole() && r.Topology() != m.topology })
		if len(regions) == 0 {
			continue
		}
		m.drawn = append(m.drawn, u)
		to := words(href, u)
		if u == m.t && m.o.Toggle == nil {
			to = ""
		}
		m.link(to, words(m.o.Title, u), func() { m.area(class(m.o.Fill, u), words(m.o.Title, u), regions...) })
	}
}

func class(fill func(*territory.Territory) int, u *territory.Territory) string {
	if fill == nil {
		return "in"
	}
	k := fill(u)
	if k == Hatched {
		return "in none"
	}
	return "in c" + strconv.Itoa(k)
}

// smaller draws the districts of a commune, and the one the map is about.
func (m *plate) smaller() {
	t := m.topology
	if m.t.Level == territory.QPV {
		// The communes around are in another topology than the district.
		t = m.s.Communes
		view := m.view()
		for _, f := range t.FacesIn(view) {
			u := m.s.France.Level(territory.Commune)[m.s.CommuneOf(t, f)]
			m.link(words(m.o.Href, u), words(m.o.Title, u), func() { m.area("near", words(m.o.Title, u), t.FaceRegion(f)) })
			m.drawn = append(m.drawn, u)
		}
	}
	for _, f := range m.visible {
		code := m.topology.Code(f)
		u, ok := m.s.France.Territory(territory.ID{Level: m.t.Level, Code: code})
		if !ok || u == m.t || m.t.Level == territory.ArrondissementMunicipal && u.Communes()[0] != m.t.Communes()[0] {
			continue
		}
		m.link(words(m.o.Href, u), words(m.o.Title, u), func() { m.area("beside", words(m.o.Title, u), m.topology.FaceRegion(f)) })
	}
	m.area("in", words(m.o.Title, m.t), m.main)
}

// limits draws the borders of départements in view and the territory's outline.
func (m *plate) limits() {
	if m.topology == m.s.Communes {
		by := map[string][]int32{}
		for _, f := range m.visible {
			dep := m.s.France.Commune(m.s.CommuneOf(m.topology, f)).Departement
			by[dep] = append(by[dep], f)
		}
		if len(by) > 1 {
			for _, dep := range slices.Sorted(maps.Keys(by)) {
				m.area("dep", "", m.topology.Region(by[dep]))
			}
		}
	}
	m.area("edge", "", m.main)
}

// manyPoints is the number of places above which they are one shape without
// names: no one points at one among hundreds, and the page is lighter by as much.
const manyPoints = 120

// points draws places as squares: towns are discs, and ink has one colour.
func (m *plate) points(all []Point) {
	const side = 9.0
	type spot struct {
		x, y float64
		Point
	}
	var seen []spot
	for _, p := range all {
		x, y := m.projection.XY(shape.Point{Lon: p.Lon, Lat: p.Lat})
		if m.projection.Holds(x, y) {
			seen = append(seen, spot{math.Round(x - side/2), math.Round(y - side/2), p})
		}
	}
	if len(seen) > manyPoints {
		var d []byte
		for _, p := range seen {
			d = append(d, "M"+number(p.x)+" "+number(p.y)+"h7v7h-7z"...)
		}
		m.path(seen[0].Class, "", d)
		return
	}
	for _, p := range seen {
		m.raw(`<rect class="`, p.Class, `" x="`, number(p.x), `" y="`, number(p.y), `" width="`, number(side), `" height="`, number(side), `">`)
		if p.Title != "" {
			m.raw(`<title>`)
			m.text(p.Title)
			m.raw(`</title>`)
		}
		m.raw(`</rect>`)
	}
}

// towns names the main towns in view.
func (m *plate) towns() {
	var communes []*territory.CommuneRow
	if m.topology == m.s.Communes || m.topology == m.s.Overseas {
		members := m.t.Communes()
		if len(members) == 1 {
			members = nil
			for _, f := range m.visible {
				members = append(members, m.s.CommuneOf(m.topology, f))
			}
		}
		for _, n := range members {
			communes = append(communes, m.s.France.Commune(n))
		}
	} else {
		for _, u := range m.drawn {
			communes = append(communes, m.s.France.Commune(u.Communes()[0]))
		}
	}
	people := func(c *territory.CommuneRow) int32 {
		if c.Population == nil {
			return 0
		}
		return *c.Population
	}
	slices.SortFunc(communes, func(a, b *territory.CommuneRow) int {
		return cmp.Or(cmp.Compare(people(b), people(a)), cmp.Compare(a.Code, b.Code))
	})
	if m.t.Level == territory.Commune { // its own name first
		own := m.s.France.Commune(m.t.Communes()[0])
		communes = append([]*territory.CommuneRow{own}, slices.DeleteFunc(communes, func(c *territory.CommuneRow) bool { return c == own })...)
	}
	var names []label
	for _, c := range communes[:min(len(communes), 40)] {
		names = append(names, label{text: c.Name, at: shape.Point{Lon: c.Lon, Lat: c.Lat}})
	}
	m.canvas.towns(names, 8)
}

func (m *plate) close() Drawing {
	if m.o.Scale {
		m.scaleBar()
	}
	m.raw(`</svg>`)
	return Drawing{SVG: template.HTML(m.b), ShareAlike: m.topology == m.s.Overseas, Hidden: m.hidden}
}
