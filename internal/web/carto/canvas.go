package carto

import (
	"html/template"
	"math"
	"strconv"
	"strings"

	"bassin/internal/territory/shape"
)

// canvas writes the elements of one drawing with one projection.
type canvas struct {
	b          []byte
	projection *shape.Projection
	width      float64
	height     float64
	precision  float64 // metres of detail kept: a fraction of a drawing unit
	decimals   int
}

// detail is the share of a drawing unit below which details are left out.
const detail = 0.8

func (c *canvas) use(p *shape.Projection) {
	c.projection, c.precision = p, p.Metres()*detail
}

// view returns the extent that the canvas shows, in degrees.
func (c *canvas) view() shape.Box {
	b := shape.Box{West: math.Inf(1), South: math.Inf(1), East: math.Inf(-1), North: math.Inf(-1)}
	for i := range 9 { // the sides of a conic map bulge: corners and middles
		p := c.projection.Invert(c.width*float64(i%3)/2, c.height*float64(i/3)/2)
		b = b.Join(shape.Box{West: p.Lon, South: p.Lat, East: p.Lon, North: p.Lat})
	}
	return b
}

func (c *canvas) raw(s ...string) {
	for _, x := range s {
		c.b = append(c.b, x...)
	}
}

func (c *canvas) text(s string) { c.b = append(c.b, template.HTMLEscapeString(s)...) }

// area draws regions as one path. Islands under two square units are left out
// unless they are all there is.
func (c *canvas) area(class string, title string, regions ...*shape.Region) {
	var d []byte
	for _, r := range regions {
		least := 2 * c.precision * c.precision / (detail * detail)
		d = c.projection.AppendPath(d, r.Outline(c.precision).Without(least), c.decimals)
	}
	c.path(class, title, d)
}

func (c *canvas) lines(class string, lines [][]shape.Point) {
	c.path(class, "", c.projection.AppendLines(nil, lines, c.decimals))
}

func (c *canvas) path(class, title string, d []byte) {
	if len(d) == 0 {
		return
	}
	c.raw(`<path`)
	if class != "" {
		c.raw(` class="`, class, `"`)
	}
	c.raw(` d="`)
	c.b = append(c.b, d...)
	if title == "" {
		c.raw(`"/>`)
		return
	}
	c.raw(`"><title>`)
	c.text(title)
	c.raw(`</title></path>`)
}

// link wraps what draw draws in a link with an accessible name.
func (c *canvas) link(href, name string, draw func()) {
	if href == "" {
		draw()
		return
	}
	c.raw(`<a href="`)
	c.text(href)
	c.raw(`" aria-label="`)
	c.text(name)
	c.raw(`">`)
	draw()
	c.raw(`</a>`)
}

func number(v float64) string {
	s := strconv.FormatFloat(v, 'f', 1, 64)
	return strings.TrimSuffix(s, ".0")
}

// label is a name to write beside or on a position.
type label struct {
	text string
	at   shape.Point
}

// letter is the mean width of a letter in drawing units, at the size of carto.css.
const (
	letter     = 7.0
	lineHeight = 15.0
)

type box struct{ x0, y0, x1, y1 float64 }

func (b box) meets(o box) bool { return b.x0 < o.x1 && o.x0 < b.x1 && b.y0 < o.y1 && o.y0 < b.y1 }

// narrow is how much larger letters are on a narrow screen, where carto.css shows
// the names so placed: a map of 640 units is 288 pixels wide on the narrowest.
const narrow = 1.8

// towns writes the names twice: as wide screens and paper show them, then fewer
// and larger for narrow screens.
func (c *canvas) towns(names []label, limit int, taken ...box) {
	c.raw(`<g class="towns" aria-hidden="true">`)
	c.labels(names, 1, limit, taken...)
	c.raw(`</g><g class="towns narrow" aria-hidden="true">`)
	c.labels(names, narrow, min(limit, 5), taken...)
	c.raw(`</g>`)
}

// labels writes at most limit names in letters of the given size, in the order
// given, each where it meets no other, nor what is taken: right of its dot, left,
// above, below.
func (c *canvas) labels(names []label, size float64, limit int, taken ...box) {
	for _, n := range names {
		if limit == 0 {
			break
		}
		x, y := c.projection.XY(n.at)
		if x < 4 || y < lineHeight*size || x > c.width-4 || y > c.height-4 {
			continue
		}
		w := size * letter * float64(len([]rune(n.text)))
		for _, place := range []struct {
			dx, dy float64
			anchor string
		}{{6, 4 * size, ""}, {-6, 4 * size, "end"}, {0, -7, "middle"}, {0, 4 + 13*size, "middle"}} {
			left := x + place.dx
			switch place.anchor {
			case "end":
				left -= w
			case "middle":
				left -= w / 2
			}
			b := box{left - 3, y + place.dy - lineHeight*size + 3, left + w + 3, y + place.dy + 4}
			if b.x0 < 0 || b.x1 > c.width || b.y0 < 0 || b.y1 > c.height || anyMeets(taken, b) {
				continue
			}
			taken = append(taken, b, box{x - 4, y - 4, x + 4, y + 4})
			c.raw(`<circle r="2.2" cx="`, number(x), `" cy="`, number(y), `"/><text x="`, number(x+place.dx), `" y="`, number(y+place.dy), `"`)
			if place.anchor != "" {
				c.raw(` text-anchor="`, place.anchor, `"`)
			}
			c.raw(`>`)
			c.text(n.text)
			c.raw(`</text>`)
			limit--
			break
		}
	}
}

func anyMeets(taken []box, b box) bool {
	for _, o := range taken {
		if b.meets(o) {
			return true
		}
	}
	return false
}

// scaleBar draws a bar of a round length, at most a quarter of the width.
func (c *canvas) scaleBar() {
	per := c.projection.Metres()
	most := c.width / 4 * per
	length := math.Pow(10, math.Floor(math.Log10(most)))
	for _, k := range []float64{5, 2} {
		if length*k <= most {
			length *= k
			break
		}
	}
	x, y, w := 10.0, c.height-10, length/per
	c.raw(`<g class="scale" aria-hidden="true"><path d="M`, number(x), ` `, number(y-4), `v4h`, number(w), `v-4"/><text x="`, number(x+w+6), `" y="`, number(y), `">`)
	if length >= 1000 {
		c.raw(strconv.Itoa(int(length/1000)), " km")
	} else {
		c.raw(strconv.Itoa(int(length)), " m")
	}
	c.raw(`</text></g>`)
}
