package carto

import (
	"html/template"
	"strconv"

	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/shape"
)

// Layout of the map of France, in its drawing units.
const (
	franceWidth  = 560
	franceHeight = 530
	insetSide    = 62
)

// place is one of the places that a map of France shows: the mainland, or an
// overseas département in a box of its own.
type place struct {
	dep  string // "" for the mainland
	view shape.View
}

// places are those of the map: five insets in a column at the south-west, where
// the mainland leaves room.
var places = []place{
	{"", shape.View{X: 40, Width: franceWidth - 40, Height: franceHeight, Margin: 6}},
	inset("971", 0), inset("972", 1), inset("973", 2), inset("974", 3), inset("976", 4),
}

func inset(dep string, rank int) place {
	const first, gap = 206, 2
	return place{dep, shape.View{X: 2, Y: first + float64(rank)*(insetSide+gap), Width: insetSide, Height: insetSide, Margin: 5}}
}

// cities are named on the map of France: communes by code, largest first.
var cities = []string{"75056", "13055", "69123", "31555", "44109", "67482", "33063", "59350", "35238", "29019", "63113", "14118", "21231", "2A004"}

// Image draws the map as an SVG document of its own, in the colours of a theme:
// light, dark, or "" to follow the reader's system.
func (p *Plan) Image(theme string) []byte {
	w, h := strconv.Itoa(franceWidth), strconv.Itoa(franceHeight)
	c := &canvas{width: franceWidth, height: franceHeight}
	c.raw(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 `, w, ` `, h, `" width="`, w, `" height="`, h, `"><style>`, imageStyle(theme), `</style>`)
	p.basins(c)
	p.name(c)
	c.raw(`</svg>`)
	return c.b
}

// imageStyle is the style of a map served as an image, which no style sheet of
// the page reaches. Its colours are those of the site, see site.css.
func imageStyle(theme string) string {
	const light = `.land{fill:#f7f2e6}.bv{stroke:#cfc4ad}.dep{stroke:#8d9c9b}.coast{stroke:#3d6670}.frame{stroke:#cfc4ad}text{fill:#22312f;stroke:#f7f2e6}circle{fill:#22312f}`
	const dark = `.land{fill:#22302f}.bv{stroke:#3a4a48}.dep{stroke:#6d8482}.coast{stroke:#7fb2bb}.frame{stroke:#3a4a48}text{fill:#e9e2d2;stroke:#22302f}circle{fill:#e9e2d2}`
	const base = `path{fill:none;stroke-linejoin:round}.land{stroke:none}.bv{stroke-width:.6}.dep{stroke-width:.8}.coast{stroke-width:1}text{font:13px system-ui,sans-serif;paint-order:stroke;stroke-width:3px}`
	switch theme {
	case "light":
		return base + light
	case "dark":
		return base + dark
	}
	return base + light + `@media(prefers-color-scheme:dark){` + dark + `}`
}

// basins draws the land and the mesh of basins and départements of every frame.
func (p *Plan) basins(c *canvas) {
	for _, fr := range p.frames {
		c.use(fr.projection)
		c.precision *= 1.6
		basins, departements := p.merged(fr, territory.BassinDeVie), p.merged(fr, territory.Departement)
		least := 2 * c.precision * c.precision
		var all []int32
		for face := range basins.Len() {
			all = append(all, int32(face))
		}
		d := c.projection.AppendPath(nil, basins.Region(all).Outline(c.precision).Without(least), 0)
		c.path("land", "", d)
		c.lines("bv", basins.Mesh(func(l, r int32) bool { return l != shape.Outside && r != shape.Outside }, c.precision))
		c.lines("dep", departements.Mesh(func(l, r int32) bool { return l != shape.Outside && r != shape.Outside }, c.precision))
		c.path("coast", "", d)
		if fr.dep != "" {
			v := fr.view
			c.raw(`<rect class="frame" fill="none" x="`, number(v.X), `" y="`, number(v.Y), `" width="`, number(v.Width), `" height="`, number(v.Height), `" rx="4"/>`)
		}
	}
}

// cities are the main ones of the mainland, whose projection the canvas then has.
func (p *Plan) cities(c *canvas) []label {
	c.use(p.frames[0].projection)
	var names []label
	for _, code := range cities {
		if n, ok := p.s.France.CommuneNumber(code); ok {
			row := p.s.France.Commune(n)
			names = append(names, label{text: row.Name, at: shape.Point{Lon: row.Lon, Lat: row.Lat}})
		}
	}
	return names
}

// name writes the main cities of the mainland in an image of its own.
func (p *Plan) name(c *canvas) {
	names := p.cities(c)
	c.raw(`<g class="towns">`)
	c.labels(names, 1, len(names))
	c.raw(`</g>`)
}

// country draws France with its départements as members, overseas in boxes.
func country(s *snapshot.Snapshot, o Options) Drawing {
	f := NewFrance(s)
	c := &canvas{width: franceWidth, height: franceHeight}
	c.raw(`<svg class="map" viewBox="0 0 `, strconv.Itoa(franceWidth), ` `, strconv.Itoa(franceHeight), `" role="group" aria-label="`)
	c.text(o.Label)
	c.raw(`">`)
	for _, fr := range f.frames {
		c.use(fr.projection)
		if fr.dep != "" {
			v := fr.view
			c.raw(`<rect class="frame" x="`, number(v.X), `" y="`, number(v.Y), `" width="`, number(v.Width), `" height="`, number(v.Height), `" rx="4"/>`)
		}
		for _, u := range s.France.Level(territory.Departement) {
			if len(u.Communes()) == 0 || !fr.shows(u.Communes()[0]) {
				continue
			}
			title := words(o.Title, u)
			c.link(words(o.Href, u), title, func() { c.area(class(o.Fill, u), title, s.RegionsOf(u.Communes())...) })
		}
	}
	c.towns(f.cities(c), len(cities))
	c.raw(`</svg>`)
	return Drawing{SVG: template.HTML(c.b)}
}
