package carto

import (
	"html/template"

	"bassin/internal/territory"
	"bassin/internal/territory/shape"
)

// Mark is a territory to be found on a map of the country, at the centre of a commune.
type Mark struct {
	Commune int32
	Class   string // of its circle: place, or own
	Text    string // written beside it on the mainland, where there is room
	Title   string // shown over it
}

// Marked draws marks over quiet départements, the first on top; those of communes
// that the plan does not draw are counted as hidden.
func (p *Plan) Marked(name string, marks []Mark) Drawing {
	p.quiet.Do(p.draw)
	c := &canvas{width: p.width, height: p.height}
	c.raw(`<svg class="map" viewBox="0 0 `, number(p.width), ` `, number(p.height), `" role="img" aria-label="`)
	c.text(name)
	c.raw(`">`)
	c.b = append(c.b, p.ground...)
	var out Drawing
	var names []label
	var dots []box
	first := p.frames[0]
	for i := range marks {
		m := &marks[len(marks)-1-i]
		x, y, ok := p.XY(m.Commune)
		if !ok {
			out.Hidden++
			continue
		}
		dots = append(dots, box{x - 3, y - 3, x + 3, y + 3}) // a name begins three units off its own
		c.raw(`<circle class="`, m.Class, `" r="5.5" cx="`, number(x), `" cy="`, number(y), `"><title>`)
		c.text(m.Title)
		c.raw(`</title></circle>`)
	}
	for _, m := range marks {
		if m.Text != "" && first.shows(m.Commune) {
			at := p.s.France.Commune(m.Commune)
			names = append(names, label{text: m.Text, at: shape.Point{Lon: at.Lon, Lat: at.Lat}})
		}
	}
	c.use(first.projection)
	c.towns(names, len(names), dots...)
	c.raw(`</svg>`)
	out.SVG = template.HTML(c.b)
	return out
}

// draw makes the ground once.
func (p *Plan) draw() {
	c := &canvas{width: p.width, height: p.height}
	for _, fr := range p.frames {
		c.use(fr.projection)
		c.precision *= 1.6
		departements := p.unit(fr, territory.Departement)
		var all []int32
		for face := range departements.Len() {
			all = append(all, int32(face))
		}
		c.path("land", "", c.projection.AppendPath(nil, departements.Region(all).Outline(c.precision).Without(2*c.precision*c.precision), 0))
		c.lines("dep", departements.Mesh(func(l, r int32) bool { return l != shape.Outside && r != shape.Outside }, c.precision))
		if fr.dep != "" {
			v := fr.view
			c.raw(`<rect class="frame" x="`, number(v.X), `" y="`, number(v.Y), `" width="`, number(v.Width), `" height="`, number(v.Height), `" rx="4"/>`)
		}
	}
	p.ground = c.b
}
