package observatoryweb

import (
	"math"
	"net/http"
	"strings"

	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/carto"
	"bassin/internal/web/naming"
)

// explorerRoutes are the explorer: a map, a scatter plot and a table of any
// indicator at any level.
func (p *Pages) explorerRoutes() []web.Route {
	get := func(pattern, action string, stable, single bool, h web.Handler) web.Route {
		return web.Route{Method: http.MethodGet, Pattern: pattern, Action: "observatory.explorer" + action, Who: web.Everyone, Handler: h, Stable: stable, Single: single}
	}
	return []web.Route{
		get("/explorer", "", true, false, p.explorer),
		get("/explorer/carte.svg", ".map", true, true, p.explorerImage),
		get("/explorer/lieu", ".click", false, false, p.explorerClick),
		get("/explorer/csv", ".csv", false, false, p.explorerCSV),
	}
}

// explorerView is the page.
type explorerView struct {
	Title   string
	Answer  []string
	Errors  web.Errors
	Notices []web.Notice
	Main    []web.Field // of the form
	More    []web.Field
	Hidden  []web.Hidden
	Open    bool // the fields behind are shown
	Map     *explorerMap
	Empty   *web.State
	Scatter *web.Scatter
	NoCloud string // why there is none, in words
	Table   *web.Table
	Note    string // of the table
	Pages   *web.Pagination
	Links   web.Links
	About   []web.Facts // of each indicator
	Heads   []string
	Caveats [][]string
	Sources []web.Source
}

// explorerMap is the map as an image one clicks on, and its legend.
type explorerMap struct {
	Src     string
	Alt     string
	Action  []web.Hidden
	Sizes   []imageSize
	Legend  []tone
	Caption string
	Notes   []string
}

// imageSize is a width in pixels at which the map is shown, for one kind of screen.
type imageSize struct{ Width, Height int }

// explorerWidths are for narrow and wide screens.
var explorerWidths = [...]int{288, 560}

// tone is a line of a legend.
type tone struct {
	CSS, Over string // classes of the colour and of the mark over it
	Text      string
	Count     int
	Note      string
}

// explorerSaid lays an exploration out in one language.
type explorerSaid struct {
	words
	s *snapshot.Snapshot
	e *exploration
	f *found

	names []int32 // rank of each territory of the level by its name
}

func (p *Pages) explorer(w http.ResponseWriter, r *http.Request) error {
	s, l := snapshot.FromContext(r.Context()), p.Kit.Locale(r.Context())
	q := r.URL.Query()
	e := readExploration(s, l, q)
	plans := p.plans.Of(s, newPlans)
	x := explorerSaid{words{l, s.France}, s, &e, explore(s, &e), plans.names(e.level)}
	v := explorerView{
		Title: l.T("explorer.title", x.name(e.d), l.T("explorer.by."+string(e.level))), Errors: web.Errors{Items: e.wrong},
		Answer: x.answer(), Notices: x.notices(),
	}
	x.form(&v, q)
	if len(x.f.shown) == x.f.missing {
		v.Empty = x.empty()
	} else {
		plan := plans.of(e.zone)
		v.Map = x.plate(web.Theme(r.Context()), plan)
		x.scatter(&v)
		x.table(&v, q)
	}
	x.about(&v)
	page := &web.Page{
		Title: v.Title, Description: strings.Join(v.Answer, " "), Template: "observatory/explorer", View: v,
		Crumbs:  []web.Crumb{{Text: x.l.T("hub.title"), Href: "/observatoire"}},
		NoIndex: len(q) > 0,
	}
	if len(e.wrong) > 0 {
		page.Status = http.StatusBadRequest
	}
	return p.Kit.Page(w, r, page)
}

// where names the zone with a preposition-free heading: Bretagne, France.
func (x explorerSaid) where() string {
	if x.e.zone == nil {
		return x.l.T("territory.france")
	}
	return x.e.zone.Name
}

func (x explorerSaid) period() string { return vintage(x.l, x.e.d.Vintages[x.e.vintage]) }

// count says how many territories of the level: 1 707 bassins de vie.
func (x explorerSaid) count(n int) string {
	return x.l.Number(n) + " " + x.level(x.e.level, n)
}

// label names a territory in a list, told inside brackets: homonyms are told apart
// by their département.
func (w words) label(t *territory.Territory) string { return w.named(t, "explorer.named") }
func (w words) told(t *territory.Territory) string  { return w.named(t, "explorer.told") }

func (w words) named(t *territory.Territory, key string) string {
	switch t.Level {
	case territory.Commune, territory.BassinDeVie:
		// The first commune of a basin may lie in another département than its pole.
		n, ok := w.f.CommuneNumber(t.Code)
		if !ok {
			n = t.Communes()[0]
		}
		if d := w.f.One(n, territory.Departement); d != nil {
			return w.l.T(key, t.Name, d.Code)
		}
	case territory.EPCI:
		return naming.Heading(w.l, w.f, t)
	}
	return t.Name
}

// answer is what the map says, in sentences.
func (x explorerSaid) answer() []string {
	l, d, f := x.l, x.e.d, x.f
	known := len(f.shown) - f.missing
	if known == 0 {
		return nil
	}
	head := l.T("explorer.answer.head", x.where(), x.period())
	var out []string
	switch {
	case d.Unranked:
		out = append(out, head+" "+l.T("explorer.answer.unranked"))
	case !d.Ranked():
		out = append(out, head+" "+l.T("explorer.answer.median", x.count(known), x.full(d, indicator.NewDistribution(f.values, nil).Quantile(0.5))))
		if d.Unit == "count" || d.Unit == "mwh" {
			out = append(out, l.T("explorer.answer.numbers"))
		}
	case len(f.solid) == 0:
		out = append(out, head+" "+l.T("explorer.answer.none_solid", x.count(known)))
	default:
		low, high := f.Values[f.solid[0]], f.Values[f.solid[len(f.solid)-1]]
		median := indicator.NewDistribution(f.Values, f.solid).Quantile(0.5)
		if low == high {
			out = append(out, head+" "+l.T("explorer.answer.same", x.full(d, low), x.count(len(f.solid))))
			break
		}
		out = append(out, head+" "+l.T("explorer.answer.range", x.full(d, low), x.who(low), x.full(d, high), x.who(high)),
			l.T("explorer.answer.middle", x.count(len(f.solid)), x.full(d, median)))
	}
	return out
}

// who names the territories that have a value: one by its name, several by how many.
func (x explorerSaid) who(value float64) string {
	var with []int
	for _, i := range x.f.solid {
		if x.f.Values[i] == value {
			with = append(with, i)
		}
	}
	if len(with) == 1 {
		return x.told(x.f.Territories[with[0]])
	}
	return x.count(len(with))
}

// notices are what must be known before one looks at the map.
func (x explorerSaid) notices() []web.Notice {
	l, d := x.l, x.e.d
	var out []web.Notice
	note := func(k web.Kind, text string) { out = append(out, web.Notice{Kind: k, Text: text}) }
	if x.e.stale != "" {
		note(web.Info, l.T("explorer.stale", x.e.stale, x.period()))
	}
	if d.Unranked {
		note(web.Attention, l.T("explorer.unranked"))
	}
	return out
}

// empty says why there is nothing to map, and what to do.
func (x explorerSaid) empty() *web.State {
	l, d := x.l, x.e.d
	out := &web.State{Kind: "empty", Title: l.T("explorer.empty.title", x.name(d), x.level(x.e.level, 2))}
	e := *x.e
	switch v := d.Vintages[x.e.vintage]; {
	case v.Level != "" && v.Level != e.level:
		out.Text = l.T("explorer.empty.level", x.level(v.Level, 2))
		e.level = v.Level
	case d.Rule == indicator.Single && e.level != territory.Commune:
		out.Text = l.T("explorer.empty.single")
		e.level = territory.Commune
	case e.zone != nil:
		out.Text = l.T("explorer.empty.zone", x.where())
		e.zone = nil
	default:
		out.Text = l.T("explorer.empty.period", x.period())
		e.vintage = d.Latest()
	}
	e.own = nil
	out.Action = &web.Anchor{Text: l.T("explorer.empty.action"), Href: "/explorer?" + e.values().Encode()}
	return out
}

// plate is the map with its legend.
func (x explorerSaid) plate(theme string, plan *carto.Plan) *explorerMap {
	l, e, f := x.l, x.e, x.f
	image := e.image()
	width, height := plan.Size()
	m := &explorerMap{
		Alt:     l.T("explorer.map.alt", x.name(e.d), x.where(), x.count(len(f.shown))),
		Caption: l.T("explorer.map.caption", x.name(e.d), x.period(), x.unit()),
	}
	m.Action = []web.Hidden{{Name: levelParam, Value: string(e.level)}}
	if e.zone != nil {
		m.Action = append(m.Action, web.Hidden{Name: zoneParam, Value: e.zone.ID.String()})
	}
	if theme != "" {
		image.Set("theme", theme)
	}
	image.Set("v", x.s.Manifest.Hash)
	m.Src = "/explorer/carte.svg?" + image.Encode()
	for _, shown := range explorerWidths {
		m.Sizes = append(m.Sizes, imageSize{shown, (height*shown + width/2) / width})
	}
	for k, n := range f.counts {
		t := tone{CSS: carto.Tone(k, f.cut.Classes(), f.cut.Middle), Text: x.class(k), Count: n}
		if k < f.cut.Middle {
			t.Over = carto.MinusTone
		}
		if f.doubts[k] > 0 {
			t.Note = l.T("explorer.legend.doubts", f.doubts[k])
		}
		m.Legend = append(m.Legend, t)
	}
	doubts := 0
	for _, n := range f.doubts {
		doubts += n
	}
	if e.places {
		m.Legend = append(m.Legend, tone{CSS: "spot", Text: l.T("explorer.legend.places"), Count: plan.Shows(helpPlaces(x.s))})
	}
	if doubts > 0 {
		m.Legend = append(m.Legend, tone{CSS: "s4", Over: carto.DoubtTone, Text: l.T("explorer.legend.doubt"), Count: doubts})
	}
	if f.missing > 0 {
		m.Legend = append(m.Legend, tone{CSS: carto.MissingTone, Text: l.T("explorer.legend.missing"), Count: f.missing})
	}
	if doubts > 0 {
		m.Notes = append(m.Notes, x.doubts(doubts))
	}
	if known := len(f.shown) - f.missing; f.cut.Classes() < min(e.classes, known) && e.method != byLimits && f.cut.Middle == 0 {
		m.Notes = append(m.Notes, l.T("explorer.map.fewer", f.cut.Classes()))
	}
	m.Notes = append(m.Notes, l.T("explorer.map.method."+e.method))
	if f.cut.Middle > 0 {
		m.Notes = append(m.Notes, l.T("explorer.map.middle"))
	}
	if e.zone != nil && e.level != territory.Commune && e.level != territory.Departement && e.level != territory.Region {
		m.Notes = append(m.Notes, l.T("explorer.map.across"))
	}
	if e.zone == nil {
		m.Notes = append(m.Notes, l.T("explorer.map.overseas"))
	}
	return m
}

// doubts says that some values may not be compared.
func (x explorerSaid) doubts(n int) string {
	known := len(x.f.shown) - x.f.missing
	text := x.l.T("explorer.doubts", n, known)
	if x.e.d.Sample {
		text += " " + x.l.T("explorer.doubts.sample", indicator.Least)
	}
	if r := x.e.d.Rounded; r > 0 {
		text += " " + x.l.T("explorer.doubts.rounded", r, int(x.e.d.Fewest()))
	}
	if n*2 > known && x.e.level == territory.Commune {
		text += " " + x.l.T("explorer.doubts.wider")
	}
	return text
}

// unit says what values are of, for a caption: en %, pour 1 000 habitants.
func (x explorerSaid) unit() string {
	d := x.e.d
	switch d.Unit {
	case "percent":
		return x.l.T("explorer.unit.percent")
	case "euros":
		return x.l.T("explorer.unit.euros")
	}
	if of := perWhat(x.l, d); of != "" {
		return of
	}
	return x.l.T("explorer.unit.value")
}

// class says from where to where a class goes. Limits are written with as many
// decimals as tell them apart.
func (x explorerSaid) class(k int) string {
	l, limits := x.l, x.f.cut.Limits
	if len(limits) == 0 {
		return l.T("explorer.class.all")
	}
	write := x.limit()
	switch k {
	case 0:
		return l.T("explorer.class.first", write(limits[0]))
	case len(limits):
		return l.T("explorer.class.last", write(limits[k-1]))
	}
	return l.T("explorer.class.between", write(limits[k-1]), write(limits[k]))
}

// limit writes limits with enough decimals.
func (x explorerSaid) limit() func(float64) string {
	d, l := x.e.d, x.l
	plain := func(v float64) string { return amount(l, d, v) }
	for i := 1; i < len(x.f.cut.Limits); i++ {
		if plain(x.f.cut.Limits[i-1]) == plain(x.f.cut.Limits[i]) {
			return func(v float64) string {
				if d.Unit == "percent" {
					return l.Percent(v/100, 4)
				}
				return l.Decimal(v, 4)
			}
		}
	}
	for _, v := range x.f.cut.Limits {
		// A limit that was given says 12,5 even where values are whole.
		if x.e.method == byLimits && d.Unit == "count" && v != math.Trunc(v) {
			return func(v float64) string { return l.Decimal(v, 2) }
		}
	}
	return plain
}

// about tells what the indicators are, how they add up and where they come from.
func (x explorerSaid) about(v *explorerView) {
	ds := []*indicator.Definition{x.e.d}
	if x.e.with != nil {
		ds = append(ds, x.e.with)
	}
	seen := map[string]bool{}
	lang := x.l.Lang()
	for _, d := range ds {
		v.Heads = append(v.Heads, x.name(d))
		facts := web.Facts{Items: []web.Fact{
			{Term: x.l.T("explorer.about.definition"), Text: d.Definition.In(lang)},
			{Term: x.l.T("explorer.about.rule"), Text: x.rule(d)},
			{Term: x.l.T("explorer.about.periods"), Text: x.periods(d)},
		}}
		if d == x.e.d {
			facts.Items = append(facts.Items, web.Fact{Term: x.l.T("explorer.about.coverage"), Text: x.coverage()})
		}
		v.About = append(v.About, facts)
		var caveats []string
		if d.Proxy {
			caveats = append(caveats, x.l.T("explorer.about.proxy"))
		}
		if d.Estimate {
			caveats = append(caveats, x.l.T("explorer.about.estimate"))
		}
		for _, c := range d.Caveats {
			caveats = append(caveats, c.In(lang))
		}
		v.Caveats = append(v.Caveats, caveats)
		for _, key := range d.Sources {
			if seen[key] {
				continue
			}
			seen[key] = true
			if s, ok := x.s.Manifest.Source(key); ok {
				v.Sources = append(v.Sources, web.SourceOf(lang, s))
			}
		}
	}
	if x.e.places {
		if s, ok := x.s.Manifest.Source(francePlaces); ok {
			v.Sources = append(v.Sources, web.SourceOf(lang, s))
		}
	}
}

// rule says how communes make a territory's figure.
func (x explorerSaid) rule(d *indicator.Definition) string {
	lang := x.l.Lang()
	switch d.Rule {
	case indicator.Ratio, indicator.Mean:
		if num, den := d.Numerator.In(lang), d.Denominator.In(lang); num != "" && den != "" {
			return x.l.T("explorer.rule."+string(d.Rule), num, den)
		}
		return x.l.T("explorer.rule." + string(d.Rule) + "_plain")
	}
	return x.l.T("explorer.rule." + string(d.Rule))
}

func (x explorerSaid) periods(d *indicator.Definition) string {
	first, last := vintage(x.l, d.Vintages[0]), vintage(x.l, d.Vintages[d.Latest()])
	if first == last {
		return first
	}
	return i18n.Upper(x.l.T("observatory.from_to", first, last))
}

// coverage says for how many territories there is a figure.
func (x explorerSaid) coverage() string {
	f := x.f
	partial := 0
	for _, i := range f.shown {
		if f.States[i] == indicator.Partial {
			partial++
		}
	}
	text := x.l.T("explorer.about.known", len(f.shown)-f.missing, x.count(len(f.shown)))
	if partial > 0 {
		text += " " + x.l.T("explorer.about.partial", partial, x.l.Percent(indicator.Enough, 0))
	}
	return text
}
