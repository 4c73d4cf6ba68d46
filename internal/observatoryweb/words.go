package observatoryweb

import (
	"math"
	"strconv"
	"strings"

	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/observatory"
	"bassin/internal/territory"
	"bassin/internal/web/naming"
)

// words says figures of one snapshot in one language. Its sentences are plain
// text: pages, printed documents and the command line say the same.
type words struct {
	l *i18n.Localizer
	f *territory.France
}

func (w words) heading(t *territory.Territory) string { return naming.Heading(w.l, w.f, t) }

func (w words) name(d *indicator.Definition) string { return d.Name.In(w.l.Lang()) }

// full is a value with what it is of: 1 234 logements, 3,2 pour 1 000 habitants.
func (w words) full(d *indicator.Definition, x float64) string {
	if of := perWhat(w.l, d); of != "" && !math.IsNaN(x) {
		return amount(w.l, d, x) + " " + of
	}
	return amount(w.l, d, x)
}

// about rounds an estimate to two figures that mean something, to ten at the finest.
func about(x float64) int {
	if math.IsNaN(x) || x < 0 {
		return 0
	}
	step := math.Pow(10, math.Max(1, math.Floor(math.Log10(math.Max(x, 1)))-1))
	return int(math.Round(x/step) * step)
}

// span writes a range of people: the estimate never says more than it knows.
func (w words) span(low, high float64) string {
	a, b := about(low), about(high)
	switch a {
	case 0:
		return w.l.T("diagnosis.under", max(b, 10))
	case b:
		return w.l.T("diagnosis.about", b)
	}
	return w.l.T("diagnosis.between", a, b)
}

func (w words) rates(low, high float64) string {
	a, b := w.l.Percent(low/100, 0), w.l.Percent(high/100, 0)
	if a == b {
		return a
	}
	return w.l.T("diagnosis.rates", strings.TrimRight(strings.TrimSuffix(a, "%"), "\u00a0\u202f "), b)
}

// level names the territories of a level, several of them.
func (w words) level(l territory.Level, n int) string {
	if n == 1 {
		return w.l.T("level." + string(l) + ".name")
	}
	return w.l.T("level." + string(l) + ".names")
}

// peers says who is compared: les 96 bassins de vie ruraux de 5 000 à 20 000 habitants.
func (w words) peers(s *observatory.Standing) string {
	return w.group(s.Level, s.Peers, s.Values.Len())
}

// group says n territories of a level and of a class.
func (w words) group(level territory.Level, p indicator.Peers, n int) string {
	l := w.l
	who := l.T("diagnosis.peers.all", n, w.level(level, n))
	if p.Density != indicator.NoDensity {
		who = l.T("diagnosis.peers."+densityKey(p.Density), n, w.level(level, n))
	}
	limits, last := indicator.SizeLimits, int8(len(indicator.SizeLimits)) //nolint:gosec // five or so
	switch {
	case p.From == 0 && p.To == last:
		return who
	case p.From == 0:
		return l.T("diagnosis.peers.under", who, limits[p.To])
	case p.To == last:
		return l.T("diagnosis.peers.over", who, limits[p.From-1])
	}
	return l.T("diagnosis.peers.from_to", who, limits[p.From-1], limits[p.To])
}

func densityKey(d indicator.Density) string {
	switch d {
	case indicator.Dense:
		return "dense"
	case indicator.Rural:
		return "rural"
	}
	return "between"
}

// standing says where a value lies among similar territories, by counting.
func (w words) standing(f *observatory.Figure) string {
	s, l := f.Standing, w.l
	if s == nil {
		return ""
	}
	median := amount(l, f.Definition, s.Values.Quantile(0.5))
	others := s.Values.Len()
	switch {
	case s.Below > s.Above:
		return l.T("diagnosis.standing.more", s.Below, others, median)
	case s.Above > s.Below:
		return l.T("diagnosis.standing.less", s.Above, others, median)
	}
	return l.T("diagnosis.standing.middle", others, median)
}

// unusual says that a figure lies far from the usual, with how far.
func (w words) unusual(f *observatory.Figure) string {
	if !f.Unusual() {
		return ""
	}
	key := "diagnosis.unusual.above"
	if f.Z < 0 {
		key = "diagnosis.unusual.below"
	}
	return w.l.T(key, w.l.Decimal(math.Abs(f.Z), 1))
}

// change says what happened since an earlier vintage.
func (w words) change(f *observatory.Figure) string {
	c := f.Change
	if c == nil {
		return ""
	}
	from := period(w.l, c.From)
	if c.Points {
		return w.l.T("diagnosis.change.points", math.Abs(math.Round(10*c.By)/10), signed(w.l, c.By, 1), from)
	}
	return w.l.T("diagnosis.change.share", w.l.Change(c.By, 1), from)
}

// signed writes a difference with its sign.
func signed(l *i18n.Localizer, x float64, decimals int) string {
	text := l.Decimal(math.Abs(x), decimals)
	switch {
	case strings.Trim(text, "0.,") == "":
		return text
	case x > 0:
		return "+" + text
	}
	return "−" + text
}

// references says the same figure elsewhere: Côtes-d'Armor 12,1 %, France 10,0 %.
func (w words) references(f *observatory.Figure) string {
	parts := make([]string, len(f.References))
	for i, r := range f.References {
		parts[i] = r.Territory.Name + "\u00a0: " + amount(w.l, f.Definition, r.Value.Value)
	}
	if w.l.Lang() == i18n.EN {
		for i, r := range f.References {
			parts[i] = r.Territory.Name + ": " + amount(w.l, f.Definition, r.Value.Value)
		}
	}
	return strings.Join(parts, " · ")
}

// reserves says what must be known with a value: of whom it speaks, how sure it is.
func (w words) reserves(d *indicator.Definition, v indicator.Value) []string {
	var out []string
	if d.Estimate {
		out = append(out, w.l.T("diagnosis.reserve.estimate"))
	}
	if d.Proxy {
		out = append(out, w.l.T("diagnosis.reserve.proxy"))
	}
	if v.State == indicator.Partial {
		out = append(out, w.l.T("diagnosis.reserve.partial", w.l.Percent(v.Coverage, 0), v.Known, v.Of))
	}
	if v.Imprecise || v.Blurred {
		out = append(out, w.doubt(d, v.Numerator, v.Denominator))
	}
	if d.Rule == indicator.Medians && v.Of > 1 {
		out = append(out, w.l.T("diagnosis.reserve.medians"))
	}
	if d.Unranked {
		out = append(out, w.l.T("diagnosis.reserve.unranked"))
	}
	return out
}

// doubt says what makes a value imprecise.
func (w words) doubt(d *indicator.Definition, numerator, denominator float64) string {
	switch {
	case d.Blurred(numerator):
		return w.l.T("diagnosis.reserve.blurred", d.Rounded)
	case d.Over(numerator, denominator):
		return w.l.T("diagnosis.reserve.over")
	case d.Rule == indicator.Growth:
		numerator = min(numerator, denominator)
	}
	return w.l.T("diagnosis.reserve.imprecise", int(math.Round(numerator)), int(d.Fewest()))
}

// state says why there is no value to show.
func (w words) state(s indicator.State) string { return w.l.T("observatory.state." + stateKey(s)) }

func stateKey(s indicator.State) string {
	switch s {
	case indicator.Withheld:
		return "withheld"
	case indicator.NotAdditive:
		return "not_additive"
	case indicator.TooSmall:
		return "too_small"
	}
	return "absent"
}

// spread says how the communes differ, or the quarters of one.
func (w words) spread(f *observatory.Figure) string {
	s := f.Spread
	if s == nil || s.Communes < 5 && s.Quarters == 0 || f.Definition.Unit == "count" {
		return ""
	}
	plain := *f.Definition
	plain.Rounded = 0 // the end of a range of rates is no count
	low, high := amount(w.l, &plain, s.Low), amount(w.l, &plain, s.High)
	if low == high {
		return ""
	}
	if s.Quarters > 0 {
		return w.l.T("diagnosis.spread.quarters", s.Quarters, low, high)
	}
	return w.l.T("diagnosis.spread", low, high)
}

func itoa(n int) string { return strconv.Itoa(n) }
