package web

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/i18n"
)

// Charts are drawn by the server as SVG without a view box: places are
// percentages, letters and lines keep their size, so that the same drawing is as
// legible at 320 px as at 1,200. Colours come from classes. A chart comes with
// the table of what it shows.
type drawn interface {
	draw(l *i18n.Localizer) (template.HTML, error)
}

// Format is how the values of a chart are written.
type Format string

// The formats of values.
const (
	Whole   Format = "whole"   // 1 234
	Tenths  Format = "tenths"  // 12,3
	Percent Format = "percent" // shares from 0 to 1: 12,3 %
)

func (f Format) write(l *i18n.Localizer, x float64) string {
	switch f {
	case Tenths:
		return l.Decimal(x, 1)
	case Percent:
		return l.Share(x)
	}
	return l.Decimal(x, 0)
}

// Strip places a territory among those of its kind: one tick for each.
type Strip struct {
	ID      string // unique in the page
	Title   string // what the chart shows, as a sentence
	Quiet   bool   // the title is read aloud only: a sentence above says it already
	Own     float64
	Label   string    // of Own: the territory's name
	Others  []float64 // the territories of the same kind, Own included or not
	Peers   string    // what the others are: les 1 707 bassins de vie
	Format  Format
	Unit    string // read after a value in the table
	Log     bool   // positions by logarithm: populations
	Summary StripSummary
}

// StripSummary is filled in when the chart is drawn, for its table.
type StripSummary struct{ Min, Median, Max, Own string }

func (Strip) component() string { return "web/strip" }

// Table returns what the chart shows, in figures.
func (s Strip) Table(l *i18n.Localizer) StripSummary {
	v := finite(s.Others)
	if len(v) == 0 {
		return StripSummary{Own: s.Format.write(l, s.Own)}
	}
	return StripSummary{
		Min: s.Format.write(l, v[0]), Median: s.Format.write(l, median(v)), Max: s.Format.write(l, v[len(v)-1]), Own: s.Format.write(l, s.Own),
	}
}

func finite(values []float64) []float64 {
	out := make([]float64, 0, len(values))
	for _, x := range values {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			out = append(out, x)
		}
	}
	slices.Sort(out)
	return out
}

// median returns the middle of sorted values.
func median(v []float64) float64 {
	n := len(v)
	if n%2 == 1 {
		return v[n/2]
	}
	return (v[n/2-1] + v[n/2]) / 2
}

func (s Strip) draw(l *i18n.Localizer) (template.HTML, error) {
	v := finite(s.Others)
	if len(v) == 0 {
		return "", nil
	}
	scale := func(x float64) float64 { return x }
	if s.Log {
		scale = func(x float64) float64 { return math.Log(math.Max(x, 1)) }
	}
	lo, hi := scale(min(v[0], s.Own)), scale(max(v[len(v)-1], s.Own))
	// Percent of the width, with room for half a marker at each end.
	at := func(x float64) float64 {
		if hi == lo {
			return 50
		}
		return 1 + 98*(scale(x)-lo)/(hi-lo)
	}
	d := newDrawing("strip", s.ID, s.Title, "92")
	d.text(l.T("web.chart.strip.desc", s.Peers, s.Table(l).Min, s.Table(l).Median, s.Table(l).Max, s.Label, s.Table(l).Own))
	d.add(`<line class="axis" x1="0" x2="100%%" y1="58" y2="58"/>`)
	// Ticks at the same five-hundredth of the width are one tick.
	d.add(`<svg y="34" width="100%%" height="24" viewBox="0 0 1000 24" preserveAspectRatio="none"><path class="ticks" d="`)
	last := -1
	for _, x := range v {
		if p := 2 * int(math.Round(at(x)*5)); p != last {
			d.add("M%d 4V24", p)
			last = p
		}
	}
	d.add(`"/></svg>`)
	med := at(median(v))
	d.add(`<line class="mid" x1="%s" x2="%[1]s" y1="34" y2="66"/>`, pct(med))
	d.label(med, 84, "small", l.T("web.chart.median", s.Table(l).Median))
	if med > 30 {
		d.place(0, 84, "small", "start", s.Table(l).Min)
	}
	if med < 70 {
		d.place(100, 84, "small", "end", s.Table(l).Max)
	}
	own := at(s.Own)
	d.add(`<line class="own" x1="%s" x2="%[1]s" y1="24" y2="60"/><circle class="own" cx="%[1]s" cy="24" r="5"/>`, pct(own))
	d.label(own, 13, "strong", clip(s.Label, 26)+" "+s.Table(l).Own)
	return d.done(), nil
}

// Line shows how a quantity changes over the years.
type Line struct {
	ID     string
	Title  string
	Series []Series
	Format Format
	Unit   string // inhabitants, in words
	Zero   bool   // the scale starts from zero
}

// Series is one line of a chart. The first is the territory's own.
type Series struct {
	Label  string
	Points []Point
}

// Point is a value in a year.
type Point struct {
	Year  int
	Value float64
}

func (Line) component() string { return "web/line" }

// Years returns the years of the chart, for its table.
func (c Line) Years() []int {
	seen := map[int]bool{}
	var years []int
	for _, s := range c.Series {
		for _, p := range s.Points {
			if !seen[p.Year] {
				seen[p.Year] = true
				years = append(years, p.Year)
			}
		}
	}
	slices.Sort(years)
	return years
}

// At writes the value of a series in a year, a dash where there is none.
func (c Line) At(l *i18n.Localizer, s Series, year int) string {
	for _, p := range s.Points {
		if p.Year == year {
			return c.Format.write(l, p.Value)
		}
	}
	return "–"
}

func (c Line) draw(l *i18n.Localizer) (template.HTML, error) {
	years := c.Years()
	if len(years) < 2 {
		return "", nil
	}
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, s := range c.Series {
		for _, p := range s.Points {
			lo, hi = min(lo, p.Value), max(hi, p.Value)
		}
	}
	if c.Zero {
		lo = min(lo, 0)
	}
	ticks := niceTicks(lo, hi, 3)
	lo, hi = min(lo, ticks[0]), max(hi, ticks[len(ticks)-1])
	const top, bottom = 26.0, 164.0
	x := func(year int) float64 {
		return 1 + 98*float64(year-years[0])/float64(years[len(years)-1]-years[0])
	}
	y := func(v float64) float64 {
		if hi == lo {
			return (top + bottom) / 2
		}
		return bottom - (bottom-top)*(v-lo)/(hi-lo)
	}
	class := "line"
	if len([]rune(c.Format.write(l, hi))) > 7 {
		class = "line deep" // room for long figures beside the scale
	}
	d := newDrawing(class, c.ID, c.Title, "192")
	for _, s := range c.Series {
		if n := len(s.Points); n > 0 {
			d.text(l.T("web.chart.line.desc", s.Label, c.Format.write(l, s.Points[0].Value), i18n.Plain(s.Points[0].Year), c.Format.write(l, s.Points[n-1].Value), i18n.Plain(s.Points[n-1].Year)))
		}
	}
	for _, t := range ticks {
		d.add(`<line class="grid" x1="0" x2="100%%" y1="%s" y2="%[1]s"/><text class="small" x="-8" y="%[2]s" text-anchor="end">%[3]s</text>`, num(y(t)), num(y(t)+4), esc(c.Format.write(l, t)))
	}
	for i := len(c.Series) - 1; i >= 0; i-- {
		s := c.Series[i]
		if len(s.Points) == 0 {
			continue
		}
		first, last := s.Points[0], s.Points[len(s.Points)-1]
		var path strings.Builder
		for j, p := range s.Points {
			fmt.Fprintf(&path, "%s%s %s", pick(j == 0, "M", "L"), num(x(p.Year)*10), num(y(p.Value)))
		}
		d.add(`<svg width="100%%" height="192" viewBox="0 0 1000 192" preserveAspectRatio="none">`)
		d.add(`<path class="l%d" d="%s"/></svg>`, min(i, 3), path.String())
		if i > 0 {
			d.place(x(last.Year), y(last.Value)+16, "small", "end", s.Label)
			continue
		}
		for _, p := range s.Points[:len(s.Points)-1] {
			if len(s.Points) <= 24 {
				d.add(`<circle class="dot" cx="%s" cy="%s" r="2.5"/>`, pct(x(p.Year)), num(y(p.Value)))
			}
		}
		d.add(`<circle class="own" cx="%s" cy="%s" r="5"/>`, pct(x(last.Year)), num(y(last.Value)))
		d.place(100, above(s.Points, 1, y, top), "strong", "end", c.Format.write(l, last.Value))
		if x(last.Year)-x(first.Year) > 50 {
			d.place(0, above(s.Points, 0, y, top), "strong", "start", c.Format.write(l, first.Value))
		}
	}
	d.add(`<line class="axis" x1="0" x2="100%%" y1="%s" y2="%[1]s"/>`, num(bottom))
	d.place(0, bottom+20, "small", "start", strconv.Itoa(years[0]))
	d.place(100, bottom+20, "small", "end", strconv.Itoa(years[len(years)-1]))
	if mid := years[len(years)/2]; len(years) > 4 {
		d.place(x(mid), bottom+20, "small", "middle", strconv.Itoa(mid))
	}
	return d.done(), nil
}

// above is where the label of the first (end 0) or last (end 1) point is
// written: over the highest of the points that its letters cover.
func above(points []Point, end int, y func(float64) float64, top float64) float64 {
	n := max(1, len(points)/6)
	near := points[:n]
	if end == 1 {
		near = points[len(points)-n:]
	}
	at := math.Inf(1)
	for _, p := range near {
		at = min(at, y(p.Value))
	}
	return max(at-11, top-12)
}

// niceTicks returns about n round values that span lo to hi.
func niceTicks(lo, hi float64, n int) []float64 {
	if hi <= lo {
		return []float64{lo}
	}
	raw := (hi - lo) / float64(n)
	mag := math.Pow(10, math.Floor(math.Log10(raw)))
	step := mag * 10
	for _, m := range []float64{1, 2, 5} {
		if raw <= m*mag*1.0001 {
			step = m * mag
			break
		}
	}
	var out []float64
	for v := math.Floor(lo/step) * step; ; v += step {
		out = append(out, v)
		if v >= hi || len(out) > 20 {
			return out
		}
	}
}

// Bars is a list of quantities, largest first: it is its own table.
type Bars struct {
	ID      string
	Caption string
	Head    [2]string // titles of the columns: what, how much
	Items   []Bar
	Max     float64 // length of a full bar; the largest value if zero
	Mark    *Bar    // a value to hold the others to, drawn as a line across and told last
}

// Bar is one quantity of a list.
type Bar struct {
	Label string
	Href  string
	Value float64
	Text  string // the value in the reader's format
	Note  string
	Own   bool // the territory's own, stressed
}

func (Bars) component() string { return "web/bars" }

// Width is the length of a bar in percent.
func (c Bars) Width(b Bar) string {
	full := c.Max
	if full == 0 {
		for _, o := range c.Items {
			if o.Value > full {
				full = o.Value // never NaN
			}
		}
		if c.Mark != nil && c.Mark.Value > full {
			full = c.Mark.Value
		}
	}
	if full <= 0 || math.IsNaN(b.Value) {
		return "0"
	}
	return pct(100 * min(1, max(0, b.Value/full)))
}

// Stack is one bar cut in shares that add up to a whole, in a meaningful order.
type Stack struct {
	ID    string
	Title string
	Head  [2]string // titles of the table: what, which share
	Parts []Share
}

// Share is a part of a stack.
type Share struct {
	Label string
	Href  string
	Value float64 // share from 0 to 1
	Text  string  // in the reader's format; written from Value if empty
	Class int     // 1 to 7, light to dark; 0 for "the rest", hatched for -1 (not known)
	Note  string
}

func (Stack) component() string { return "web/stack" }

// CSS is the class that colours a share.
func (s Share) CSS() string {
	switch {
	case s.Class < 0:
		return "sx"
	case s.Class > 7:
		return "s7"
	}
	return "s" + strconv.Itoa(s.Class)
}

// Written is the share in the reader's format.
func (s Share) Written(l *i18n.Localizer) string {
	if s.Text != "" {
		return s.Text
	}
	return l.Share(s.Value)
}

func (c Stack) draw(l *i18n.Localizer) (template.HTML, error) {
	d := newDrawing("stack", c.ID, c.Title, "28")
	var said []string
	for _, p := range c.Parts {
		said = append(said, p.Label+" "+p.Written(l))
	}
	d.text(strings.Join(said, ", "))
	at := 0.0
	for _, p := range c.Parts {
		if p.Value <= 0 || math.IsNaN(p.Value) {
			continue
		}
		d.add(`<rect class="%s" x="%s" width="%s" height="28"><title>%s %s</title></rect>`, p.CSS(), pct(at*100), pct(min(p.Value, 1-at)*100), esc(p.Label), esc(p.Written(l)))
		if at > 0 {
			d.add(`<line class="gap" x1="%s" x2="%[1]s" y1="0" y2="28"/>`, pct(at*100))
		}
		at = min(1, at+p.Value)
	}
	return d.done(), nil
}

// drawing writes an SVG with its title and description.
type drawing struct {
	b         strings.Builder
	desc      []string
	id, title string
	class     string
	height    string
}

func newDrawing(class, id, title, height string) *drawing {
	return &drawing{class: class, id: id, title: title, height: height}
}

func (d *drawing) add(format string, args ...any) { fmt.Fprintf(&d.b, format, args...) }

// text adds a sentence to the description.
func (d *drawing) text(s string) { d.desc = append(d.desc, s) }

// label writes text around x percent, kept within the drawing.
func (d *drawing) label(x, y float64, class, s string) {
	anchor := "middle"
	switch {
	case x < 28:
		anchor, x = "start", max(0, x-1.5)
	case x > 72:
		anchor, x = "end", min(100, x+1.5)
	}
	d.place(x, y, class, anchor, s)
}

func (d *drawing) place(x, y float64, class, anchor, s string) {
	d.add(`<text class="%s" x="%s" y="%s" text-anchor="%s">%s</text>`, class, pct(x), num(y), anchor, esc(s))
}

func (d *drawing) done() template.HTML {
	return template.HTML(fmt.Sprintf(`<svg class="chart %s" width="100%%" height="%s" role="img" aria-labelledby="%s-t %[3]s-d"><title id="%[3]s-t">%[4]s</title><desc id="%[3]s-d">%[5]s</desc>%[6]s</svg>`,
		d.class, d.height, esc(d.id), esc(d.title), esc(strings.Join(d.desc, " ")), d.b.String()))
}

func esc(s string) string { return template.HTMLEscapeString(s) }

// num writes a coordinate with one decimal at most.
func num(x float64) string { return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64) }

// pct writes a place in percent with two decimals at most.
func pct(x float64) string { return strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64) + "%" }

func pick(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// clip shortens a name that must fit.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
