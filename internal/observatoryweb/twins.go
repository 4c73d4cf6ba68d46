package observatoryweb

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/observatory"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/carto"
	"bassin/internal/web/naming"
)

// twinsRoutes are the page of the territories most like one.
func (p *Pages) twinsRoutes() []web.Route {
	return []web.Route{{Method: http.MethodGet, Pattern: "/jumeaux", Action: "observatory.twins", Who: web.Everyone, Handler: p.twins}}
}

// withoutParam leaves some territories out of the list; its values follow.
const (
	withoutParam      = "sans"
	withoutNeighbours = "voisins"
	withoutSame       = "departement"
)

const (
	twinsListed = 10
	traitsTold  = 3 // of each kind, in a row
)

// twinsView is the page.
type twinsView struct {
	Kind, Title string
	Answer      []string
	Actions     []web.Anchor
	Fault       *web.Notice
	Box         *pickBox
	Examples    []web.Anchor
	Expr        string
	Without     *web.Field
	ListTitle   string
	ListNote    string
	Rows        []twinRow
	Map         *carto.Drawing
	Caption     string
	Hidden      string
	Quality     []string
	Method      []string
	Traits      []string
	Sources     []web.Source
}

type twinRow struct {
	Name, Href    string
	Distance      string
	Alike, Differ []string
	Compare       string
}

// twinsAddress is the address of the page for a territory.
func twinsAddress(expr string, opt observatory.TwinOptions) string {
	v := url.Values{pickedParam: {expr}}
	if opt.NotNeighbours {
		v.Add(withoutParam, withoutNeighbours)
	}
	if opt.NotSameDepartement {
		v.Add(withoutParam, withoutSame)
	}
	return "/jumeaux?" + v.Encode()
}

func (p *Pages) twins(w http.ResponseWriter, r *http.Request) error {
	s, l, q := snapshot.FromContext(r.Context()), p.Kit.Locale(r.Context()), r.URL.Query()
	opt := observatory.TwinOptions{
		NotNeighbours:      slices.Contains(q[withoutParam], withoutNeighbours),
		NotSameDepartement: slices.Contains(q[withoutParam], withoutSame),
	}
	box := &pickBox{
		Action: "/jumeaux", Label: l.T("twinsof.pick"), Help: l.T("twinsof.pick.help"), Button: l.T("twinsof.pick.button"), Levels: "bv,epci,commune,dep",
	}
	if href := p.look(r, box, observatory.TwinLevels, func(expr string) string { return twinsAddress(expr, opt) }); href != "" {
		return p.Kit.Redirect(w, r, href, http.StatusSeeOther)
	}
	v := twinsView{Kind: l.T("twinsof.kind"), Title: l.T("twinsof.title"), Box: box}
	page := &web.Page{Template: "observatory/twins", NoIndex: len(q) > 0}
	if box.Error != "" {
		page.Status = http.StatusBadRequest
	}
	expr := q.Get(pickedParam)
	switch x, err := p.picked(r, expr); {
	case expr == "":
		v.Answer = []string{l.T("twinsof.what")}
		for _, id := range []string{"bv:22113", "bv:15014", "epci:200065928", "dep:93"} {
			if e, err := p.picked(r, id); err == nil {
				v.Examples = append(v.Examples, web.Anchor{Text: naming.Heading(l, s.France, e.Territory), Href: twinsAddress(id, opt)})
			}
		}
	case err != nil:
		if _, ok := errors.AsType[*fault.Error](err); !ok {
			return err
		}
		page.Status = web.Status(err)
		box.Typed, box.Error = expr, said(l, err)
	default:
		d := twinsSaid{words{l, s.France}, s, p.Observatory.Of(s), x, opt}
		if err := d.fill(&v, p.plans.Of(s, newPlans).france); err != nil {
			return err
		}
		page.Territory = &web.Context{Name: d.heading(x.Territory), Kind: naming.Kind(l, x.Territory), Href: x.self()}
		page.Crumbs = append(web.TerritoryCrumbs(l, s.France, x.Territory), web.Crumb{Text: d.heading(x.Territory), Href: x.self()})
		page.NoIndex = x.Level == territory.Custom || opt != observatory.TwinOptions{}
		page.Canonical = twinsAddress(x.expr, observatory.TwinOptions{})
	}
	page.Title, page.Description, page.View = v.Title, v.Answer0(), v
	return p.Kit.Page(w, r, page)
}

// Answer0 is the first sentence of the answer, the title without one.
func (v *twinsView) Answer0() string {
	if len(v.Answer) > 0 {
		return v.Answer[0]
	}
	return v.Title
}

// twinsSaid says the twins of a territory.
type twinsSaid struct {
	words
	s   *snapshot.Snapshot
	o   *observatory.Observatory
	of  picked
	opt observatory.TwinOptions
}

func (d twinsSaid) fill(v *twinsView, plan *carto.Plan) error {
	l, t := d.l, d.of.Territory
	v.Kind, v.Title, v.Expr = i18n.Upper(l.T("twinsof.kind_of", naming.Kind(l, t))), l.T("twinsof.title_of", naming.Named(l, d.f, t)), d.of.expr
	v.Actions = []web.Anchor{{Text: l.T("twinsof.diagnosis"), Href: d.of.self() + "/diagnostic", Quiet: true}}
	list, err := d.o.Twins(t, twinsListed, d.opt)
	if err != nil {
		e, ok := errors.AsType[*fault.Error](err)
		if !ok {
			return err
		}
		v.Fault = &web.Notice{Kind: web.Attention, Title: l.T("twinsof.none"), Text: l.T(e.Key, e.Args...)}
		return nil
	}
	level, _ := observatory.TwinLevel(t)
	v.Box = nil
	v.Without = d.without(level)
	if len(list) == 0 {
		v.Fault = &web.Notice{Kind: web.Info, Title: l.T("twinsof.none"), Text: l.T("twinsof.none.left")}
		return nil
	}
	var first []string
	for _, w := range list[:min(3, len(list))] {
		first = append(first, d.label(w.Territory))
	}
	v.Answer = []string{l.T("twinsof.answer", d.level(level, 2), l.List(first))}
	if t.Level == territory.Custom {
		v.Answer = append(v.Answer, l.T("twinsof.answer.set"))
	}
	v.ListTitle = l.T("twinsof.list", len(list), d.level(level, len(list)))
	v.ListNote = l.T("twinsof.list.note", l.Decimal(observatory.Apart, 1))
	compared := []string{d.of.expr}
	for _, w := range list {
		v.Rows = append(v.Rows, d.row(w))
		if len(compared) < mostCompared {
			compared = append(compared, w.Territory.ID.String())
		}
	}
	v.Actions = append([]web.Anchor{{Text: l.T("twinsof.compare.first", len(compared)-1), Href: compareAddress(compared), Strong: true, Icon: "arrow"}}, v.Actions...)
	d.plate(v, list, plan)
	v.Quality = d.worth(level)
	v.Method = []string{l.T("twinsof.method.traits"), l.T("twinsof.method.distance"), l.T("twinsof.method.remote"), l.T("twinsof.method.missing")}
	for _, tr := range observatory.Traits {
		v.Traits = append(v.Traits, d.trait(d.o, tr))
	}
	v.Sources = d.sources()
	return nil
}

func (d twinsSaid) without(level territory.Level) *web.Field {
	f := &web.Field{Name: withoutParam, Type: "checkbox", Required: true, Label: d.l.T("twinsof.without"), Options: []web.Option{
		{Value: withoutNeighbours, Label: d.l.T("twinsof.without.neighbours"), Chosen: d.opt.NotNeighbours},
	}}
	if level != territory.Departement {
		f.Options = append(f.Options, web.Option{Value: withoutSame, Label: d.l.T("twinsof.without.departement"), Chosen: d.opt.NotSameDepartement})
	}
	return f
}

func (d twinsSaid) row(w observatory.Twin) twinRow {
	row := twinRow{
		Name: d.label(w.Territory), Href: w.Territory.Path() + "/diagnostic", Distance: d.l.Decimal(w.Distance, 2),
		Compare: compareAddress([]string{d.of.expr, w.Territory.ID.String()}),
	}
	for _, x := range w.Alike[:min(len(w.Alike), traitsTold)] {
		row.Alike = append(row.Alike, d.likeness(d.o, x))
	}
	for _, x := range w.Differ[:min(len(w.Differ), traitsTold)] {
		row.Differ = append(row.Differ, d.likeness(d.o, x))
	}
	if len(row.Differ) == 0 {
		row.Differ = []string{d.l.T("twinsof.differ.none")}
	}
	return row
}

// plate maps the twins over the country.
func (d twinsSaid) plate(v *twinsView, list []observatory.Twin, plan *carto.Plan) {
	marks := []carto.Mark{{Commune: d.main(d.of.Territory), Class: "own", Text: d.short(d.of.Territory), Title: d.heading(d.of.Territory)}}
	for _, w := range list {
		marks = append(marks, carto.Mark{Commune: d.main(w.Territory), Class: "place", Text: d.short(w.Territory), Title: d.heading(w.Territory)})
	}
	m := plan.Marked(d.l.T("twinsof.map.label", d.heading(d.of.Territory)), marks)
	v.Map, v.Caption = &m, d.l.T("twinsof.map.caption")
	if m.Hidden > 0 {
		v.Hidden = d.l.T("twinsof.map.hidden", m.Hidden)
	}
}

// short is a name short enough for a map.
func (d twinsSaid) short(t *territory.Territory) string {
	switch t.Level {
	case territory.Custom:
		return d.l.T("diagnosis.here")
	case territory.EPCI:
		return d.f.Commune(d.main(t)).Name
	}
	return t.Name
}

// main is the commune where a territory is marked: its pole or seat, else the most
// inhabited one.
func (d twinsSaid) main(t *territory.Territory) int32 {
	for _, code := range []string{t.Seat, t.Code} {
		if n, ok := d.f.CommuneNumber(code); ok && slices.Contains(t.Communes(), n) && t.Level != territory.Custom {
			return n
		}
	}
	best, most := t.Communes()[0], int32(-1)
	for _, n := range t.Communes() {
		if p := d.f.Commune(n).Population; p != nil && *p > most {
			best, most = n, *p
		}
	}
	return best
}

// worth says how good the twins of a level are, in figures.
func (d twinsSaid) worth(level territory.Level) []string {
	q, ok := observatory.QualityOfTwins(level)
	if !ok {
		return nil
	}
	l, names := d.l, d.level(level, 2)
	out := []string{l.T("twinsof.worth", names, l.Percent(q.OverClass, 0), observatory.TwinsJudged, q.Outcomes, l.Percent(q.Stability, 0))}
	if q.OverRegression >= 0.005 {
		return append(out, l.T("twinsof.worth.regression", l.Percent(q.OverRegression, 0), q.BeatRegression, q.Outcomes))
	}
	return append(out, l.T("twinsof.worth.no_regression", q.BeatRegression, q.Outcomes))
}

func (d twinsSaid) sources() []web.Source {
	var out []web.Source
	for _, tr := range observatory.Traits {
		def, ok := d.o.Panel.Definition(tr.Key)
		if !ok {
			continue
		}
		for _, key := range def.Sources {
			s, ok := d.s.Manifest.Source(key)
			if !ok || slices.ContainsFunc(out, func(x web.Source) bool { return x.Href == "/donnees#source-"+key }) {
				continue
			}
			out = append(out, web.SourceOf(d.l.Lang(), s))
		}
	}
	return out
}

// trait names a trait that twins rest on.
func (w words) trait(o *observatory.Observatory, tr observatory.Trait) string {
	switch tr.Key {
	case observatory.TownKm:
		return w.l.T("twinsof.trait.town_km")
	case observatory.CityKm:
		return w.l.T("twinsof.trait.city_km")
	}
	if d, ok := o.Panel.Definition(tr.Key); ok {
		return w.name(d)
	}
	return tr.Key
}

// likeness says a trait here and there: Résidents de 65 ans ou plus : 31,4 % et 27,1 %.
func (w words) likeness(o *observatory.Observatory, x observatory.Likeness) string {
	d, ok := o.Panel.Definition(x.Trait.Key)
	if !ok {
		d = &indicator.Definition{Unit: "km"}
	}
	other := w.full(d, x.Other)
	if d.Unit == "euros" {
		other = amount(w.l, d, x.Other) // a year and a consumption unit: the catalogue says so
	}
	return w.l.T("twinsof.likeness", w.trait(o, x.Trait), amount(w.l, d, x.Own), other)
}
