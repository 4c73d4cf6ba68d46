package observatoryweb

import (
	"cmp"
	"math"
	"slices"

	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/web"
)

// scatter sets the indicator against a second one, on the values that may be compared.
func (x explorerSaid) scatter(v *explorerView) {
	l, e := x.l, x.e
	if e.with == nil {
		return
	}
	if e.d.Unranked || e.with.Unranked {
		v.NoCloud = l.T("explorer.scatter.unranked")
		return
	}
	other := x.s.Panel.Across(e.level, e.with, e.with.Latest()).Solid()
	own := x.f.Solid()
	var at []int
	xs, ys := []float64{}, []float64{}
	for _, i := range x.f.shown {
		if !math.IsNaN(own[i]) && !math.IsNaN(other[i]) {
			at, xs, ys = append(at, i), append(xs, own[i]), append(ys, other[i])
		}
	}
	rho, n := indicator.Spearman(xs, ys)
	if n < 3 || math.IsNaN(rho) {
		v.NoCloud = l.T("explorer.scatter.few", n)
		return
	}
	c := &web.Scatter{
		ID: "nuage", Title: l.T("explorer.scatter.title", x.name(e.d), x.name(e.with)), Text: x.correlation(rho, n),
		X: x.measure(e.d, e.logX), Y: x.measure(e.with, e.logY), Head: x.level(e.level, 1),
	}
	hidden := 0
	for k := range xs {
		if e.logX && xs[k] <= 0 || e.logY && ys[k] <= 0 {
			hidden++
		}
	}
	if hidden > 0 {
		c.Hidden = l.T("explorer.scatter.log", hidden)
	}
	named := map[int]bool{}
	for _, values := range [][]float64{xs, ys} {
		named[slices.Index(values, slices.Max(values))] = true
		named[slices.Index(values, slices.Min(values))] = true
	}
	for k, i := range at {
		t := x.f.Territories[i]
		dot := web.Dot{X: xs[k], Y: ys[k], Own: t == e.own}
		if named[k] || dot.Own {
			dot.Label, dot.Href = t.Name, t.Path()
		}
		c.Dots = append(c.Dots, dot)
	}
	v.Scatter = c
}

func (x explorerSaid) measure(d *indicator.Definition, log bool) web.Measure {
	name := x.name(d)
	if of := perWhat(x.l, d); of != "" {
		name = x.l.T("explorer.scatter.axis", name, of)
	}
	return web.Measure{
		Name: name, Log: log, Write: func(v float64) string { return amount(x.l, d, v) }, Tick: func(v float64) string { return round(x.l, d, v) },
	}
}

// round writes a value of a scale: without decimals where it has none.
func round(l *i18n.Localizer, d *indicator.Definition, v float64) string {
	if v != math.Trunc(v) {
		return amount(l, d, v)
	}
	switch d.Unit {
	case "percent":
		return l.Percent(v/100, 0)
	case "km", "kg", "minutes", "mwh", "kwh":
		return l.Unit(l.Decimal(v, 0), l.T("observatory.unit."+string(d.Unit)))
	case "euros":
		return amount(l, d, v)
	}
	return l.Decimal(v, 0)
}

// Strengths under which a correlation is told as none, and as weak.
const (
	faint = 0.2
	weak  = 0.5
)

// correlation says a rank correlation in words, with its figure.
func (x explorerSaid) correlation(rho float64, n int) string {
	l := x.l
	key := "explorer.scatter.none"
	switch a := math.Abs(rho); {
	case a < faint:
	case a < weak && rho > 0:
		key = "explorer.scatter.weak_up"
	case a < weak:
		key = "explorer.scatter.weak_down"
	case rho > 0:
		key = "explorer.scatter.up"
	default:
		key = "explorer.scatter.down"
	}
	return l.T(key, x.count(n), signed(l, rho, 2), x.name(x.e.d), x.name(x.e.with)) + " " + l.T("explorer.scatter.cause")
}

// byValue sorts indexes by value, those that may be compared first, those without
// a value last; names decide between equals.
func (f *found) byValue(at []int, values []float64, desc bool, doubtful func(int) bool, names []int32) {
	rank := func(i int) int {
		switch {
		case math.IsNaN(values[i]):
			return 2
		case doubtful(i):
			return 1
		}
		return 0
	}
	slices.SortFunc(at, func(a, b int) int {
		c := 0
		if ra := rank(a); ra != 2 {
			c = cmp.Compare(values[a], values[b])
			if desc {
				c = -c
			}
		}
		if r := cmp.Compare(rank(a), rank(b)); r != 0 {
			return r
		}
		return cmp.Or(c, cmp.Compare(names[a], names[b]))
	})
}
