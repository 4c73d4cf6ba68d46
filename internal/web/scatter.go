package web

import (
	"html/template"
	"math"
	"slices"
	"strings"

	"bassin/internal/i18n"
)

// Scatter sets two measures of the same things against each other, a dot for each.
// Above [ManyDots] it shows how many there are in each cell of a grid instead.
type Scatter struct {
	ID     string // unique in the page
	Title  string // what the chart shows, as a sentence
	Text   string // what it says, in words: read aloud and written under it
	X, Y   Measure
	Dots   []Dot
	Head   string // title of the table's first column: what a dot is
	Hidden string // what could not be drawn, in words
}

// Measure is an axis of a scatter plot.
type Measure struct {
	Name  string
	Log   bool // positions by logarithm; what is not above zero has none
	Write func(float64) string
	Tick  func(float64) string // values of the scale; Write if nil
}

func (m Measure) tick(x float64) string {
	if m.Tick != nil {
		return m.Tick(x)
	}
	return m.Write(x)
}

// Dot is one thing with its two measures. Those with a label are named, the first
// ones first where there is room.
type Dot struct {
	X, Y  float64
	Label string
	Href  string // of the label, in the table
	Own   bool   // stressed
}

// ManyDots is the number of dots above which cells are counted.
const ManyDots = 2000

func (Scatter) component() string { return "web/scatter" }

// Named are the dots that have a label, for the table.
func (c Scatter) Named() []Dot {
	var out []Dot
	for _, d := range c.Dots {
		if d.Label != "" {
			out = append(out, d)
		}
	}
	return out
}

// Binned says whether cells are shown instead of dots.
func (c Scatter) Binned() bool { return len(c.Dots) > ManyDots }

// axis places values of a measure from 0 to 1.
type axis struct {
	Measure
	lo, hi float64
	ticks  []float64
}

func (a axis) scale(x float64) float64 {
	if a.Log {
		return math.Log10(x)
	}
	return x
}

func (a axis) at(x float64) float64 {
	if a.hi == a.lo {
		return 0.5
	}
	return (a.scale(x) - a.lo) / (a.hi - a.lo)
}

// drawn says whether the axis has a place for a value.
func (m Measure) drawn(x float64) bool {
	return !math.IsNaN(x) && !math.IsInf(x, 0) && (!m.Log || x > 0)
}

func newAxis(m Measure, values []float64, ticks int) axis {
	a := axis{Measure: m}
	lo, hi := slices.Min(values), slices.Max(values)
	if !m.Log {
		a.ticks = niceTicks(lo, hi, ticks)
		a.lo, a.hi = a.ticks[0], a.ticks[len(a.ticks)-1]
		return a
	}
	a.lo, a.hi = math.Log10(lo), math.Log10(hi)
	steps := []float64{1}
	if a.hi-a.lo < 2 {
		steps = []float64{1, 2, 5}
	}
	every := max(1, int(math.Ceil((a.hi-a.lo)/float64(ticks+1))))
	for e := int(math.Floor(a.lo)); e <= int(math.Ceil(a.hi)); e += every {
		for _, s := range steps {
			if t := s * math.Pow10(e); t >= lo*(1-1e-9) && t <= hi*(1+1e-9) {
				a.ticks = append(a.ticks, t)
			}
		}
	}
	return a
}

// Size of the plot in pixels: its height is kept, its width is that of the page.
const (
	plotTop    = 8.0
	plotBottom = 268.0
	narrowest  = 250.0 // width at which names must not meet
)

func (c Scatter) draw(l *i18n.Localizer) (template.HTML, error) {
	var dots []Dot
	var xs, ys []float64
	for _, d := range c.Dots {
		if c.X.drawn(d.X) && c.Y.drawn(d.Y) {
			dots, xs, ys = append(dots, d), append(xs, d.X), append(ys, d.Y)
		}
	}
	if len(dots) < 3 {
		return "", nil
	}
	x, y := newAxis(c.X, xs, 4), newAxis(c.Y, ys, 4)
	left := func(v float64) float64 { return 1.5 + 97*x.at(v) }
	down := func(v float64) float64 { return plotBottom - 6 - (plotBottom-plotTop-12)*y.at(v) }
	class := "scatter"
	for _, t := range y.ticks {
		if len([]rune(c.Y.tick(t))) > 7 {
			class = "scatter deep" // room for long figures beside the scale
		}
	}
	d := newDrawing(class, c.ID, c.Title, "294")
	d.text(c.Text)
	for _, t := range y.ticks {
		d.add(`<line class="grid" x1="0" x2="100%%" y1="%s" y2="%[1]s"/><text class="small" x="-8" y="%[2]s" text-anchor="end">%[3]s</text>`, num(down(t)), num(down(t)+4), esc(c.Y.tick(t)))
	}
	for i, t := range x.ticks {
		d.add(`<line class="grid" x1="%s" x2="%[1]s" y1="%[2]s" y2="%[3]s"/>`, pct(left(t)), num(plotTop), num(plotBottom))
		anchor := "middle"
		switch {
		case i == 0 && left(t) < 10:
			anchor = "start"
		case i == len(x.ticks)-1 && left(t) > 90:
			anchor = "end"
		case len(x.ticks) > 5 && i%2 == 1:
			continue
		}
		d.place(left(t), plotBottom+20, "small", anchor, c.X.tick(t))
	}
	d.add(`<line class="axis" x1="0" x2="100%%" y1="%s" y2="%[1]s"/>`, num(plotBottom))
	d.add(`<svg width="100%%" height="%s" viewBox="0 0 1000 %[1]s" preserveAspectRatio="none">`, num(plotBottom))
	if len(dots) > ManyDots {
		cells(d, dots, func(v float64) float64 { return left(v) * 10 }, down)
	} else {
		d.add(`<path class="cloud" d="`)
		for _, p := range dots {
			if !p.Own {
				d.add("M%d %dh0", int(math.Round(left(p.X)*10)), int(math.Round(down(p.Y))))
			}
		}
		d.add(`"/>`)
	}
	d.add(`</svg>`)
	c.names(d, dots, left, down)
	return d.done(), nil
}

// Grid of a plot with many dots.
const (
	cellsAcross = 48
	cellHeight  = 8.0
)

// cells counts dots by cell: four tones, each for as many cells.
func cells(d *drawing, dots []Dot, left, down func(float64) float64) {
	type cell struct{ i, j int }
	const width = 1000.0 / cellsAcross
	counts := map[cell]int{}
	for _, p := range dots {
		counts[cell{min(cellsAcross-1, int(left(p.X)/width)), int(down(p.Y) / cellHeight)}]++
	}
	order := make([]cell, 0, len(counts))
	sizes := make([]int, 0, len(counts))
	for c, n := range counts {
		order, sizes = append(order, c), append(sizes, n)
	}
	slices.SortFunc(order, func(a, b cell) int { return (a.j-b.j)*cellsAcross + a.i - b.i })
	slices.Sort(sizes)
	tone := func(n int) int {
		at, _ := slices.BinarySearch(sizes, n)
		return min(3, 4*at/len(sizes))
	}
	var paths [4]strings.Builder
	for _, c := range order {
		b := &paths[tone(counts[c])]
		x0, x1 := int(math.Round(float64(c.i)*width)), int(math.Round(float64(c.i+1)*width))
		b.WriteString("M" + num(float64(x0)) + " " + num(float64(c.j)*cellHeight) + "h" + num(float64(x1-x0)) + "v" + num(cellHeight) + "h-" + num(float64(x1-x0)) + "z")
	}
	for i, class := range []string{"s2", "s4", "s6", "s7"} {
		if paths[i].Len() > 0 {
			d.add(`<path class="%s" d="%s"/>`, class, paths[i].String())
		}
	}
}

// names writes labels that meet no other, even on a narrow screen, their dots
// stressed.
func (c Scatter) names(d *drawing, dots []Dot, left, down func(float64) float64) {
	type box struct{ x0, x1, y0, y1 float64 }
	var taken []box
	own := slices.Clone(dots)
	slices.SortStableFunc(own, func(a, b Dot) int {
		switch {
		case a.Own == b.Own:
			return 0
		case a.Own:
			return -1
		}
		return 1
	})
	for _, p := range own {
		if p.Label == "" {
			continue
		}
		text := clip(p.Label, 24)
		wide := 7.5 * float64(len([]rune(text)))
		x, y := left(p.X), down(p.Y)
		anchor, from := "start", x/100*narrowest+8
		if x > 50 {
			anchor, from = "end", x/100*narrowest-8-wide
		}
		class, dot := "named", "named"
		if p.Own {
			class, dot = "strong", "own"
		}
		d.add(`<circle class="%s" cx="%s" cy="%s" r="%d"/>`, dot, pct(x), num(y), 4)
		b := box{from, from + wide, y - 12, y + 5}
		if slices.ContainsFunc(taken, func(o box) bool { return b.x0 < o.x1 && o.x0 < b.x1 && b.y0 < o.y1 && o.y0 < b.y1 }) {
			continue
		}
		taken = append(taken, b)
		dx := "8"
		if anchor == "end" {
			dx = "-8"
		}
		d.add(`<text class="%s" x="%s" y="%s" dx="%s" text-anchor="%s">%s</text>`, class, pct(x), num(max(14, y+4)), dx, anchor, esc(text))
	}
}
