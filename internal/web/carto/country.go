package carto

import (
	"html/template"
	"strconv"

	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/shape"
)

// frame is one of the places that a map of France shows: the mainland, or an
// overseas département in a box of its own.
type frame struct {
	dep  string // "" for the mainland
	view shape.View
}

// Layout of the map of France, in its drawing units.
const (
	franceWidth  = 560
	franceHeight = 530
	insetSide    = 62
)

// frames are the places of the map: five insets in a column at the south-west,
// where the mainland leaves room.
var frames = []frame{
	{"", shape.View{X: 40, Width: franceWidth - 40, Height: franceHeight, Margin: 6}},
	inset("971", 0), inset("972", 1), inset("973", 2), inset("974", 3), inset("976", 4),
}

func inset(dep string, rank int) frame {
	const first, gap = 206, 2
	return frame{dep, shape.View{X: 2, Y: first + float64(rank)*(insetSide+gap), Width: insetSide, Height: insetSide, Margin: 5}}
}

// France is the plan of the map of the whole country: where each place is drawn,
// and back from a point of the drawing to a place.
type France struct {
	s           *snapshot.Snapshot
	faces       [][]int32 // by frame
	projections []*shape.Projection
}

// NewFrance prepares the map of a snapshot.
func NewFrance(s *snapshot.Snapshot) *France {
	f := &France{s: s}
	for _, fr := range frames {
		var communes []int32
		for n := range int32(s.France.Len()) {
			c := s.France.Commune(n)
			if fr.dep == "" && c.Zone == "metro" || fr.dep != "" && c.Departement == fr.dep {
				communes = append(communes, n)
			}
		}
		var faces []int32
		for _, n := range communes {
			if face, ok := s.Communes.Face(s.France.Commune(n).Code); ok {
				faces = append(faces, face)
			}
		}
		extent := s.Communes.Region(faces).Outline(1000)
		p := shape.NewProjection(fr.view, extent)
		if fr.dep == "" {
			p = shape.NewLambert93(fr.view, extent)
		}
		f.faces = append(f.faces, faces)
		f.projections = append(f.projections, p)
	}
	return f
}

// Size returns the width and height of the drawing.
func (f *France) Size() (width, height int) { return franceWidth, franceHeight }

// At returns the commune drawn at a point of the drawing. Where the point falls
// at sea or abroad it returns false with the nearest commune by its centre.
func (f *France) At(x, y float64) (commune int32, on bool) {
	i := 0
	for k := len(frames) - 1; k > 0; k-- {
		if f.projections[k].Holds(x, y) {
			i = k
			break
		}
	}
	p := f.projections[i].Invert(x, y)
	if n, ok := f.s.Locate(p); ok && f.shows(i, n) {
		return n, true
	}
	return f.nearest(i, x, y), false
}

func (f *France) shows(i int, n int32) bool {
	c := f.s.France.Commune(n)
	if frames[i].dep == "" {
		return c.Zone == "metro"
	}
	return c.Departement == frames[i].dep
}

func (f *France) nearest(i int, x, y float64) int32 {
	best, at := -1.0, int32(0)
	for _, face := range f.faces[i] {
		n := f.s.CommuneOf(f.s.Communes, face)
		c := f.s.France.Commune(n)
		px, py := f.projections[i].XY(shape.Point{Lon: c.Lon, Lat: c.Lat})
		if d := (px-x)*(px-x) + (py-y)*(py-y); best < 0 || d < best {
			best, at = d, n
		}
	}
	return at
}

// XY returns where a commune's centre is drawn, and whether it is.
func (f *France) XY(n int32) (x, y float64, ok bool) {
	for i := range frames {
		if f.shows(i, n) {
			c := f.s.France.Commune(n)
			x, y = f.projections[i].XY(shape.Point{Lon: c.Lon, Lat: c.Lat})
			return x, y, true
		}
	}
	return 0, 0, false
}

// cities are named on the map of France: communes by code, largest first.
var cities = []string{"75056", "13055", "69123", "31555", "44109", "67482", "33063", "59350", "35238", "29019", "63113", "14118", "21231", "2A004"}

// Image draws the map as an SVG document of its own, in the colours of a theme:
// light, dark, or "" to follow the reader's system.
func (f *France) Image(theme string) []byte {
	w, h := strconv.Itoa(franceWidth), strconv.Itoa(franceHeight)
	c := &canvas{width: franceWidth, height: franceHeight}
	c.raw(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 `, w, ` `, h, `" width="`, w, `" height="`, h, `"><style>`, imageStyle(theme), `</style>`)
	f.basins(c)
	f.name(c)
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
func (f *France) basins(c *canvas) {
	for i, fr := range frames {
		c.use(f.projections[i])
		c.precision *= 1.6
		basins, departements := f.merged(f.faces[i])
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

// merged makes topologies of basins and of départements out of communes' faces:
// where only communes meet, their borders can be simplified much further.
func (f *France) merged(faces []int32) (basins, departements *shape.Topology) {
	group := func(of func(*territory.CommuneRow) string) *shape.Topology {
		at := map[string]int{}
		var codes []string
		var groups [][]int32
		for _, face := range faces {
			code := of(f.s.France.Commune(f.s.CommuneOf(f.s.Communes, face)))
			i, ok := at[code]
			if !ok {
				i = len(codes)
				at[code] = i
				codes, groups = append(codes, code), append(groups, nil)
			}
			groups[i] = append(groups[i], face)
		}
		t, err := f.s.Communes.Merge(codes, groups)
		if err != nil {
			panic(err) // a face in two basins: New of territory refuses that
		}
		return t
	}
	return group(func(c *territory.CommuneRow) string { return c.BassinDeVie }),
		group(func(c *territory.CommuneRow) string { return c.Departement })
}

// name writes the main cities of the mainland.
func (f *France) name(c *canvas) {
	c.use(f.projections[0])
	var names []label
	for _, code := range cities {
		if n, ok := f.s.France.CommuneNumber(code); ok {
			row := f.s.France.Commune(n)
			names = append(names, label{text: row.Name, at: shape.Point{Lon: row.Lon, Lat: row.Lat}})
		}
	}
	c.raw(`<g class="towns">`)
	c.labels(names, len(names))
	c.raw(`</g>`)
}

// country draws France with its départements as members, overseas in boxes.
func country(s *snapshot.Snapshot, o Options) Drawing {
	f := NewFrance(s)
	c := &canvas{width: franceWidth, height: franceHeight}
	c.raw(`<svg class="map" viewBox="0 0 `, strconv.Itoa(franceWidth), ` `, strconv.Itoa(franceHeight), `" role="group" aria-label="`)
	c.text(o.Label)
	c.raw(`">`)
	for i, fr := range frames {
		c.use(f.projections[i])
		if fr.dep != "" {
			v := fr.view
			c.raw(`<rect class="frame" x="`, number(v.X), `" y="`, number(v.Y), `" width="`, number(v.Width), `" height="`, number(v.Height), `" rx="4"/>`)
		}
		for _, u := range s.France.Level(territory.Departement) {
			if len(u.Communes()) == 0 || !f.shows(i, u.Communes()[0]) {
				continue
			}
			title := words(o.Title, u)
			c.link(words(o.Href, u), title, func() { c.area(class(o.Fill, u), title, s.RegionsOf(u.Communes())...) })
		}
	}
	f.name(c)
	c.raw(`</svg>`)
	return Drawing{SVG: template.HTML(c.b)}
}
