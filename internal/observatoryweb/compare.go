package observatoryweb

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/observatory"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// compareRoutes are the page that lays territories side by side.
func (p *Pages) compareRoutes() []web.Route {
	return []web.Route{{Method: http.MethodGet, Pattern: "/comparer", Action: "observatory.compare", Who: web.Everyone, Handler: p.compare}}
}

// mostCompared is how many territories stand side by side.
const mostCompared = 6

// sideLevels are those that may be compared: districts have outlines and no figures.
var sideLevels = slices.DeleteFunc(slices.Clone(territory.Levels), func(l territory.Level) bool { return l == territory.QPV })

// compareView is the page.
type compareView struct {
	Title    string
	Lead     string
	Faults   []web.Notice
	Chosen   []chosenView
	Box      *pickBox
	Examples []web.Anchor
	Warnings []web.Notice
	Heads    []headView
	Twelve   []lineView
	Charts   []web.Bars
	Flat     string // figures that have no chart, and why
	Axes     []axisLines
	Exports  []web.Anchor
	Sources  []web.Source
}

// chosenView is a territory of the comparison.
type chosenView struct{ Name, Kind, Href, Remove, RemoveText string }

// headView heads a column.
type headView struct{ Name, Href, Kind string }

// lineView is an indicator over the territories.
type lineView struct {
	Name, Href, Unit, Note string
	Cells                  []cellView
}

// cellView is a value with its reserves.
type cellView struct{ Text, Note string }

type axisLines struct {
	ID, Title string
	Lines     []lineView
}

// compareAddress is the address of a comparison.
func compareAddress(exprs []string) string {
	if len(exprs) == 0 {
		return "/comparer"
	}
	return "/comparer?" + url.Values{pickedParam: exprs}.Encode()
}

func (p *Pages) compare(w http.ResponseWriter, r *http.Request) error {
	s, l, q := snapshot.FromContext(r.Context()), p.Kit.Locale(r.Context()), r.URL.Query()
	v := compareView{Title: l.T("compare.title"), Lead: l.T("compare.lead", mostCompared)}
	page := &web.Page{Title: v.Title, Template: "observatory/compare", NoIndex: len(q) > 0}
	box := &pickBox{Action: "/comparer", Label: l.T("compare.pick"), Help: l.T("compare.pick.help"), Button: l.T("compare.pick.button"), Levels: levelKeys(sideLevels)}
	var chosen []picked
	var exprs []string
	asked := q[pickedParam]
	if len(asked) > 40 {
		asked = asked[:40]
	}
	for _, expr := range asked {
		if expr = strings.TrimSpace(expr); expr == "" {
			continue
		}
		x, err := p.picked(r, expr)
		if err == nil && x.Level == territory.QPV {
			err = fault.New(fault.Invalid, "compare.error.qpv", x.Name)
		}
		if err != nil {
			if _, ok := errors.AsType[*fault.Error](err); !ok {
				return err
			}
			page.Status = max(page.Status, web.Status(err))
			v.Faults = append(v.Faults, web.Notice{Kind: web.Attention, Title: l.T("compare.error.left_out", clipped(expr)), Text: said(l, err)})
			box.Typed = expr
			continue
		}
		if slices.ContainsFunc(chosen, func(o picked) bool { return o.ID == x.ID }) {
			continue
		}
		if len(chosen) == mostCompared {
			v.Faults = append(v.Faults, web.Notice{Kind: web.Attention, Title: l.T("compare.error.left_out", naming.Heading(l, s.France, x.Territory)), Text: l.T("compare.error.most", mostCompared)})
			page.Status = max(page.Status, http.StatusBadRequest)
			continue
		}
		chosen, exprs = append(chosen, x), append(exprs, x.expr)
	}
	for _, expr := range exprs {
		box.Hidden = append(box.Hidden, web.Hidden{Name: pickedParam, Value: expr})
	}
	add := func(expr string) string { return compareAddress(append(slices.Clone(exprs), expr)) }
	if len(chosen) < mostCompared {
		if href := p.look(r, box, sideLevels, add); href != "" {
			return p.Kit.Redirect(w, r, href, http.StatusSeeOther)
		}
		v.Box = box
		if box.Error != "" {
			page.Status = max(page.Status, http.StatusBadRequest)
		}
	}
	c := comparer{words{l, s.France}, s, p.Observatory.Of(s), chosen}
	for i, x := range chosen {
		name := c.heading(x.Territory)
		v.Chosen = append(v.Chosen, chosenView{
			Name: name, Kind: c.kind(x.Territory), Href: x.self(), RemoveText: l.T("compare.remove", name),
			Remove: compareAddress(slices.Delete(slices.Clone(exprs), i, i+1)),
		})
	}
	switch {
	case len(chosen) > 0:
		c.fill(&v, p.country.Of(s, countryFigures))
		page.Title = l.T("compare.title_of", l.List(c.names()))
	default:
		for _, ids := range [][]string{{"bv:22113", "bv:29151"}, {"dep:22", "dep:29", "dep:35", "dep:56"}, {"commune:22113", "epci:200065928", "dep:22"}} {
			var names []string
			for _, id := range ids {
				if x, err := p.picked(r, id); err == nil {
					names = append(names, c.heading(x.Territory))
				}
			}
			if len(names) == len(ids) {
				v.Examples = append(v.Examples, web.Anchor{Text: l.List(names), Href: compareAddress(ids)})
			}
		}
	}
	page.Description, page.View = v.Lead, v
	return p.Kit.Page(w, r, page)
}

// countryFigures are those of France, none where it is not published.
func countryFigures(s *snapshot.Snapshot) []indicator.Value {
	if france, ok := s.France.Territory(territory.ID{Level: territory.Pays, Code: "FR"}); ok {
		return s.Panel.All(france)
	}
	return nil
}

func levelKeys(levels []territory.Level) string {
	var out []string
	for _, l := range levels {
		out = append(out, string(l))
	}
	return strings.Join(out, ",")
}

// comparer lays territories side by side in one language.
type comparer struct {
	words
	s  *snapshot.Snapshot
	o  *observatory.Observatory
	of []picked
}

func (c comparer) names() []string {
	var out []string
	for _, x := range c.of {
		out = append(out, c.heading(x.Territory))
	}
	return out
}

// short names a territory: with its level where they are of several.
func (c comparer) short(t *territory.Territory) string {
	if t.Level == territory.Custom || c.mixed() {
		return c.heading(t)
	}
	return c.label(t)
}

// mixed says whether the territories are of several levels.
func (c comparer) mixed() bool {
	return slices.ContainsFunc(c.of, func(x picked) bool { return x.Level != c.of[0].Level })
}

// kind says what a territory is and how many live there.
func (c comparer) kind(t *territory.Territory) string {
	kind := naming.Kind(c.l, t)
	if people, ok := t.Population(); ok {
		return c.l.T("compare.kind", kind, people)
	}
	return kind
}

// fill lays the figures out; those of the country, the heaviest sums, are given.
func (c comparer) fill(v *compareView, country []indicator.Value) {
	l := c.l
	v.Warnings = c.warnings()
	columns := make([]*territory.Territory, len(c.of))
	for i, x := range c.of {
		columns[i] = x.Territory
		v.Heads = append(v.Heads, headView{c.short(x.Territory), x.self() + "/diagnostic", naming.Kind(l, x.Territory)})
	}
	france, ok := c.f.Territory(territory.ID{Level: territory.Pays, Code: "FR"})
	if ok && !slices.Contains(columns, france) {
		columns = append(columns, france)
		v.Heads = append(v.Heads, headView{c.heading(france), "", l.T("compare.reference")})
	} else {
		france = nil
	}
	values := make([][]indicator.Value, len(columns))
	for i, t := range columns {
		if t == france {
			values[i] = country
		} else {
			values[i] = c.o.Panel.All(t)
		}
	}
	place := map[string]int{}
	for i, d := range c.o.Panel.Definitions() {
		place[d.Key] = i
	}
	at := func(k int) []indicator.Value {
		row := make([]indicator.Value, len(columns))
		for i := range columns {
			row[i] = values[i][k]
		}
		return row
	}
	var flat, sources []string
	for _, key := range observatory.Twelve {
		k, ok := place[key]
		if !ok {
			continue
		}
		d, row := c.o.Panel.Definitions()[k], at(k)
		v.Twelve = append(v.Twelve, c.line(d, row))
		for _, source := range d.Sources {
			if !slices.Contains(sources, source) {
				sources = append(sources, source)
			}
		}
		if bars, ok := c.bars(d, row, france != nil); ok {
			v.Charts = append(v.Charts, bars)
		} else {
			flat = append(flat, c.name(d))
		}
	}
	if len(flat) > 0 {
		v.Flat = l.T("compare.flat", l.List(flat))
	}
	for _, axis := range indicator.Axes {
		a := axisLines{ID: "axe-" + string(axis), Title: l.T("observatory.axis." + string(axis))}
		for k, d := range c.o.Panel.Definitions() {
			if d.Axis == axis {
				a.Lines = append(a.Lines, c.line(d, at(k)))
			}
		}
		if len(a.Lines) > 0 {
			v.Axes = append(v.Axes, a)
		}
	}
	for _, x := range c.of {
		v.Exports = append(v.Exports, web.Anchor{Text: l.T("compare.csv", c.heading(x.Territory)), Href: "/api/v1/territories/" + url.PathEscape(x.expr) + "/indicators?format=csv&lang=" + string(l.Lang())})
	}
	for _, key := range sources {
		if s, ok := c.s.Manifest.Source(key); ok {
			v.Sources = append(v.Sources, web.SourceOf(l.Lang(), s))
		}
	}
}

// line is an indicator over the columns.
func (c comparer) line(d *indicator.Definition, row []indicator.Value) lineView {
	notes := []string{vintage(c.l, d.Vintages[d.Latest()])}
	if d.Estimate {
		notes = append(notes, c.l.T("compare.note.estimate"))
	}
	if d.Proxy {
		notes = append(notes, c.l.T("compare.note.proxy"))
	}
	if d.Rule == indicator.Medians {
		notes = append(notes, c.l.T("compare.note.medians"))
	}
	if d.Unranked {
		notes = append(notes, c.l.T("compare.note.unranked"))
	}
	x := lineView{Name: c.name(d), Href: "/indicateurs/" + d.Key, Unit: perWhat(c.l, d), Note: strings.Join(notes, ", ")}
	for _, v := range row {
		x.Cells = append(x.Cells, c.cell(d, v))
	}
	return x
}

// cell is a value with what must be known with it, in few words.
func (c comparer) cell(d *indicator.Definition, v indicator.Value) cellView {
	if !v.Shown() {
		return cellView{"–", c.state(v.State)}
	}
	out := cellView{Text: amount(c.l, d, v.Value)}
	var notes []string
	if v.State == indicator.Partial {
		notes = append(notes, c.l.T("compare.cell.partial", c.l.Percent(v.Coverage, 0)))
	}
	switch {
	case v.Blurred:
		notes = append(notes, c.l.T("compare.cell.blurred"))
	case d.Over(v.Numerator, v.Denominator):
		notes = append(notes, c.l.T("compare.cell.over"))
	case v.Imprecise:
		notes = append(notes, c.l.T("compare.cell.imprecise", int(math.Round(v.Numerator))))
	}
	out.Note = strings.Join(notes, ", ")
	return out
}

// bars draws an indicator where lengths mean something: at least two values, none
// below zero. The last value is that of France where it is a reference.
func (c comparer) bars(d *indicator.Definition, row []indicator.Value, reference bool) (web.Bars, bool) {
	b := web.Bars{ID: "b-" + d.Key, Caption: c.name(d), Head: [2]string{c.l.T("compare.head.territory"), c.name(d)}}
	if of := perWhat(c.l, d); of != "" {
		b.Caption = c.l.T("explorer.named", b.Caption, of)
	}
	shown := 0
	for i, v := range row {
		cell := c.cell(d, v)
		bar := web.Bar{Value: v.Value, Text: cell.Text, Note: cell.Note}
		if v.Shown() {
			shown++
			if v.Value < 0 {
				return b, false
			}
		}
		if reference && i == len(row)-1 {
			if bar.Label = c.l.T("territory.france"); v.Shown() {
				b.Mark = &bar
			}
			continue
		}
		bar.Label = c.short(c.of[i].Territory)
		b.Items = append(b.Items, bar)
	}
	return b, shown >= 2
}

// warnings are what makes a comparison doubtful: other levels, the same inhabitants twice.
func (c comparer) warnings() []web.Notice {
	var out []web.Notice
	l := c.l
	var levels []string
	for _, x := range c.of {
		if name := naming.Kind(l, x.Territory); !slices.Contains(levels, name) {
			levels = append(levels, name)
		}
	}
	if c.mixed() {
		out = append(out, web.Notice{Kind: web.Info, Title: l.T("compare.warning.levels"), Text: l.T("compare.warning.levels.text", l.List(levels))})
	}
	var pairs []string
	for i, a := range c.of {
		for _, b := range c.of[i+1:] {
			if n := common(a.Communes(), b.Communes()); n > 0 {
				pairs = append(pairs, l.T("compare.warning.overlap.pair", c.heading(a.Territory), c.heading(b.Territory), n))
			}
		}
	}
	if len(pairs) > 0 {
		out = append(out, web.Notice{Kind: web.Info, Title: l.T("compare.warning.overlap"), Text: l.T("compare.warning.overlap.text", strings.Join(pairs, "\u00a0; "))})
		if l.Lang() == i18n.EN {
			out[len(out)-1].Text = l.T("compare.warning.overlap.text", strings.Join(pairs, "; "))
		}
	}
	return out
}

// common is how many numbers two increasing lists share.
func common(a, b []int32) int {
	n := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}
