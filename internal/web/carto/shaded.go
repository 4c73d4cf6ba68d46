package carto

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"bassin/internal/territory"
	"bassin/internal/territory/shape"
)

// Shading says how a map is coloured by classes of a figure.
type Shading struct {
	Unit    territory.Level // of the territories coloured: commune, bv, epci or dep
	Classes int             // 7 at most
	Middle  int             // classes below a middle, see [Tone]
	// Class is the class of a territory, from 0, or [Hatched].
	Class func(*territory.Territory) int
	// Doubt says whether a value is to be set apart; nil for none.
	Doubt  func(*territory.Territory) bool
	Places []shape.Point // drawn as dots
	Theme  string        // light, dark, or "" to follow the reader's system
}

// Shaded draws the plan as an SVG document of its own, coloured by classes. A
// territory that goes beyond a part of the country is drawn as far as the part goes.
//
// Classes are laid one over the other, each with all that are higher, so that each
// border is drawn as few times as can be and none lets the ground show through.
func (p *Plan) Shaded(o Shading) []byte {
	c := &canvas{width: p.width, height: p.height}
	w, h := number(p.width), number(p.height)
	kind := ""
	if p.part {
		kind = ` class="part"`
	}
	c.raw(`<svg xmlns="http://www.w3.org/2000/svg"`, kind, ` viewBox="0 0 `, w, ` `, h, `" width="`, w, `" height="`, h, `"><style>`, shadedStyle(o.Theme), `</style>`, patterns)
	for _, fr := range p.frames {
		p.shade(c, fr, o)
	}
	p.dots(c, o.Places)
	if p.part {
		p.nameLargest(c)
	} else {
		p.name(c)
	}
	c.raw(`</svg>`)
	return c.b
}

// fewBorders is the number of territories up to which the border of each is drawn.
const fewBorders = 400

func (p *Plan) shade(c *canvas, fr *frame, o Shading) {
	fine := o.Unit == territory.Commune && !p.part // most communes are under four units across
	c.use(fr.projection)
	if fine {
		v := fr.projection.View()
		c.use(fr.fit(p.s, shape.View{X: 2 * v.X, Y: 2 * v.Y, Width: 2 * v.Width, Height: 2 * v.Height, Margin: 2 * v.Margin}))
		c.raw(`<g transform="scale(.5)">`)
	}
	metres := c.projection.Metres()
	t := p.unit(fr, o.Unit)
	faces := fr.faces
	if o.Unit != territory.Commune {
		faces = make([]int32, t.Len())
		for i := range faces {
			faces[i] = int32(i)
		}
	}
	classes, doubts := make([]int, len(faces)), []int32(nil)
	for i, f := range faces {
		classes[i] = Hatched
		if u, ok := p.s.France.Territory(territory.ID{Level: o.Unit, Code: t.Code(f)}); ok {
			classes[i] = o.Class(u)
			if classes[i] != Hatched && o.Doubt != nil && o.Doubt(u) {
				doubts = append(doubts, f)
			}
		}
	}
	where := func(keep func(class int) bool) (out []int32) {
		for i, f := range faces {
			if keep(classes[i]) {
				out = append(out, f)
			}
		}
		return out
	}
	outline := func(of []int32) []byte {
		least := metres * metres / 2
		return c.projection.AppendPath(nil, t.Region(of).Outline(c.precision).Without(least), 0)
	}
	area := func(class string, of []int32) {
		if len(of) > 0 {
			c.path(class, "", outline(of))
		}
	}
	if p.part {
		land := p.s.Communes.Region(p.s.Communes.FacesIn(c.view()))
		c.path("land", "", c.projection.AppendPath(nil, land.Outline(metres*2).Without(4*metres*metres), 0))
	}
	// From the middle up over all that is drawn, then from the middle down.
	for k := o.Middle; k < o.Classes; k++ {
		area(Tone(k, o.Classes, o.Middle), where(func(class int) bool { return class >= k || k == o.Middle }))
	}
	below := func(k int) []int32 {
		return where(func(class int) bool { return class >= 0 && class <= k })
	}
	if all := below(o.Middle - 1); len(all) > 0 {
		// Drawn in its tone and again under its mark, and written once.
		id := "below" + fr.dep
		c.raw(`<defs><path class="again" id="`, id, `" d="`, string(outline(all)), `"/></defs><use href="#`, id, `" class="`, Tone(o.Middle-1, o.Classes, o.Middle), `"/>`)
		for k := o.Middle - 2; k >= 0; k-- {
			area(Tone(k, o.Classes, o.Middle), below(k))
		}
		c.raw(`<use href="#`, id, `" class="`, MinusTone, `"/>`)
	}
	area(MissingTone, where(func(class int) bool { return class == Hatched }))
	area(DoubtTone, doubts)
	if fine {
		c.raw(`</g>`)
		c.use(fr.projection)
		metres = c.projection.Metres()
	}
	inner := func(l, r int32) bool { return l != shape.Outside && r != shape.Outside }
	if o.Unit != territory.Commune && len(faces) <= fewBorders {
		c.lines("unit", t.Mesh(inner, c.precision))
	} else if p.part && len(faces) <= fewBorders {
		in := make(map[int32]bool, len(faces))
		for _, f := range faces {
			in[f] = true
		}
		c.lines("unit", t.Mesh(func(l, r int32) bool { return in[l] && in[r] }, c.precision))
	}
	departements := p.unit(fr, territory.Departement)
	c.lines("dep", departements.Mesh(inner, metres))
	var all []int32
	for f := range departements.Len() {
		all = append(all, int32(f))
	}
	c.path("coast", "", c.projection.AppendPath(nil, departements.Region(all).Outline(metres).Without(2*metres*metres), 0))
	if fr.dep != "" {
		v := fr.view
		c.raw(`<rect class="frame" x="`, number(v.X), `" y="`, number(v.Y), `" width="`, number(v.Width), `" height="`, number(v.Height), `" rx="4"/>`)
	}
}

// dots draws places where their commune is drawn, each as a stroke without length
// under round ends, in steps from one to the next.
func (p *Plan) dots(c *canvas, at []shape.Point) {
	var d []byte
	lastX, lastY := 0, 0
	for _, point := range at {
		n, ok := p.s.Locate(point)
		if !ok {
			continue
		}
		for _, fr := range p.frames {
			if fr.shows(n) {
				x, y := fr.projection.XY(point)
				stepX, stepY := int(math.Round(x))-lastX, int(math.Round(y))-lastY
				lastX, lastY = lastX+stepX, lastY+stepY
				d = strconv.AppendInt(append(d, 'm'), int64(stepX), 10)
				if stepY >= 0 {
					d = append(d, ' ')
				}
				d = append(strconv.AppendInt(d, int64(stepY), 10), "h0"...)
			}
		}
	}
	if len(d) > 0 {
		c.raw(`<defs><path id="p" d="`, string(d), `"/></defs><use href="#p" class="halo"/><use href="#p" class="places"/>`)
	}
}

// Shows is how many of the points the plan draws.
func (p *Plan) Shows(at []shape.Point) int {
	count := 0
	for _, point := range at {
		if n, ok := p.s.Locate(point); ok && slices.ContainsFunc(p.frames, func(fr *frame) bool { return fr.shows(n) }) {
			count++
		}
	}
	return count
}

// nameLargest writes the names of the most populated communes of a part.
func (p *Plan) nameLargest(c *canvas) {
	fr := p.frames[0]
	c.use(fr.projection)
	var rows []*territory.CommuneRow
	for _, f := range fr.faces {
		rows = append(rows, p.s.France.Commune(p.s.CommuneOf(p.s.Communes, f)))
	}
	people := func(r *territory.CommuneRow) int32 {
		if r.Population == nil {
			return 0
		}
		return *r.Population
	}
	slices.SortFunc(rows, func(a, b *territory.CommuneRow) int {
		return cmp.Or(cmp.Compare(people(b), people(a)), cmp.Compare(a.Code, b.Code))
	})
	var names []label
	for _, r := range rows[:min(len(rows), 30)] {
		names = append(names, label{text: r.Name, at: shape.Point{Lon: r.Lon, Lat: r.Lat}})
	}
	c.raw(`<g class="towns">`)
	c.labels(names, 1, 8)
	c.raw(`</g>`)
}
