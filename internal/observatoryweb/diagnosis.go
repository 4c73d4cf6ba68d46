package observatoryweb

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/observatory"
	"bassin/internal/place"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// diagnosisRoutes are the diagnosis of a territory, one pattern a level as for
// the pages of territories.
func (p *Pages) diagnosisRoutes() []web.Route {
	var out []web.Route
	for _, l := range append(slices.Clone(territory.Levels), territory.Custom) {
		if l == territory.QPV {
			continue // a district has outlines and no figures
		}
		out = append(out, web.Route{
			Method: http.MethodGet, Pattern: "/" + string(l) + "/{code}/diagnostic", Action: "observatory.diagnosis." + string(l), Who: web.Everyone,
			Stable:  l != territory.Custom, // a set's address may not be kept yet
			Handler: func(w http.ResponseWriter, r *http.Request) error { return p.diagnosis(w, r, l) },
		})
	}
	return out
}

// territoryOf finds the territory that an address names: a published one must be
// there, a past commune code leads to today's.
func (p *Pages) territoryOf(r *http.Request, level territory.Level) (*territory.Territory, error) {
	f := snapshot.FromContext(r.Context()).France
	expr := r.PathValue("code")
	if level != territory.Custom {
		expr = territory.ID{Level: level, Code: expr}.String()
	}
	return p.Observatory.Perimeters.Resolve(r.Context(), f, expr)
}

// visited is the territory of a page below a territory's own, with the path of the
// latter: "" where the address is not the territory's, and leads to it.
func (p *Pages) visited(r *http.Request, level territory.Level) (t *territory.Territory, self string, err error) {
	if t, err = p.territoryOf(r, level); err != nil {
		return nil, "", err
	}
	code := r.PathValue("code")
	switch {
	case t.Level == territory.Custom:
		self = "/set/" + url.PathEscape(code)
	case t.Level == level && t.Code == code:
		self = t.Path()
	default:
		return t, "", nil
	}
	if len(t.Communes()) == 0 {
		return nil, "", fault.New(fault.NotFound, "territory.not_found", t.ID.String())
	}
	return t, self, nil
}

// diagnosisView is what the diagnosis shows, part by part.
type diagnosisView struct {
	Kind, Title string
	Perimeter   []string
	Age         string
	Cover       string // what the first sheet of paper says of the document itself
	Answer      []string
	Back        web.Anchor // the territory's page
	Map         *diagnosisMap
	Parts       *web.Table
	Places      *web.Table
	PlacesNote  []string
	PlacesMore  *web.Anchor
	Report      web.Anchor
	Visits      []visitView
	VisitsRule  string
	Compared    string
	Heading     string // of the figures: there may be fewer than twelve
	Figures     []web.Figure
	Missing     []string
	Networks    []web.Fact
	Mobile      string
	Marks       []markView
	Twins       *twinsPart
	Limits      []string
	Sources     []web.Source
	Exports     web.Links
}

type visitView struct{ Href, Name, Why string }

type markView struct {
	Title, Text string
	Links       []web.Anchor
}

func (p *Pages) diagnosis(w http.ResponseWriter, r *http.Request, level territory.Level) error {
	t, self, err := p.visited(r, level)
	if err != nil {
		return err
	}
	if self == "" {
		return p.Kit.Redirect(w, r, t.Path()+"/diagnostic", http.StatusMovedPermanently)
	}
	s, l := snapshot.FromContext(r.Context()), p.Kit.Locale(r.Context())
	o := p.Observatory.Of(s)
	d := diagnoser{words: words{l, s.France}, s: s, o: o, site: p.Site(), self: self, all: r.URL.Query().Get("lieux") == "tous"}
	view := d.view(o.Diagnose(t))
	return p.Kit.Page(w, r, &web.Page{
		Title: l.T("diagnosis.title", view.Title), Description: view.Answer[0], Template: "observatory/diagnosis", View: view,
		Crumbs:    append(web.TerritoryCrumbs(l, s.France, t), web.Crumb{Text: view.Title, Href: self}),
		Territory: &web.Context{Name: view.Title, Kind: naming.Kind(l, t), Href: self},
		Canonical: self + "/diagnostic", NoIndex: t.Level == territory.Custom,
	})
}

// diagnoser lays a diagnosis out.
type diagnoser struct {
	words
	s    *snapshot.Snapshot
	o    *observatory.Observatory
	site web.Site
	self string // path of the territory's page
	all  bool   // every place, not the first ones
}

func (d diagnoser) view(x *observatory.Diagnosis) diagnosisView {
	l, t := d.l, x.Territory
	v := diagnosisView{
		Kind: i18n.Upper(l.T("diagnosis.kind", naming.Kind(l, t))), Title: d.heading(t),
		Perimeter: d.perimeter(x), Age: d.age(x), Answer: d.answer(x),
		Cover:      l.T("diagnosis.cover", d.site.Name, i18n.Plain(d.f.Vintage()), d.s.Manifest.Hash),
		Back:       web.Anchor{Text: l.T("diagnosis.back"), Href: d.self},
		VisitsRule: d.visitsRule(x),
	}
	if _, ok := d.o.Panel.Definition(observatory.Mobile); !ok {
		v.Mobile = l.T("diagnosis.networks.mobile")
	}
	v.Map = d.plan(x)
	v.Parts = d.parts(x)
	d.places(x, &v)
	for _, p := range x.Visits {
		v.Visits = append(v.Visits, visitView{p.Territory.Path(), d.partName(p), d.why(p)})
	}
	for i := range x.Figures {
		v.Figures = append(v.Figures, d.figure(&x.Figures[i]))
	}
	v.Heading = l.T("diagnosis.section.figures")
	if len(x.Figures) < len(observatory.Twelve) {
		v.Heading = l.T("diagnosis.section.figures_some", len(x.Figures), len(observatory.Twelve))
	}
	if s := widest(x.Figures); s != nil {
		v.Compared = l.T("diagnosis.compared", d.peers(s)) + " " + l.T("diagnosis.ticks")
	}
	for _, key := range x.Missing {
		if m, ok := d.o.Panel.Definition(key); ok {
			v.Missing = append(v.Missing, l.T("diagnosis.missing", d.name(m), d.state(d.o.Latest(t, key).State)))
		}
	}
	for i := range x.Networks {
		f := &x.Networks[i]
		note := vintage(l, f.Vintage())
		if len(f.References) > 0 && f.Definition.Unit != "count" {
			note += " · " + d.references(f)
		}
		v.Networks = append(v.Networks, web.Fact{Term: d.name(f.Definition), Text: d.full(f.Definition, f.Value.Value), Note: note})
	}
	v.Marks = d.marks(x)
	v.Twins = d.twins(x)
	v.Limits = d.limits(x)
	v.Sources = d.sources(x)
	v.Exports = web.Links{Label: l.T("diagnosis.exports"), Items: []web.Anchor{
		{Text: l.T("diagnosis.export.all"), Href: d.self + "/indicateurs"},
		{Text: l.T("diagnosis.export.xlsx"), Href: d.self + "/diagnostic.xlsx", Icon: "download"},
		{Text: "CSV", Href: d.self + "/diagnostic.csv", Icon: "download"},
		{Text: "JSON", Href: d.self + "/diagnostic.json", Icon: "download"},
	}}
	return v
}

// A table of more than partsMany parts shows the partsFirst with the most people
// concerned: all of them would weigh more than the map.
const partsMany, partsFirst = 100, 50

// parts is the table of what the map shows.
func (d diagnoser) parts(x *observatory.Diagnosis) *web.Table {
	if len(x.Parts) == 0 {
		return nil
	}
	l := d.l
	t := &web.Table{ID: "t-communes", Caption: l.T("diagnosis.parts.caption", d.level(x.Unit, 2)), Sortable: true, Columns: []web.Column{
		{Title: i18n.Upper(d.level(x.Unit, 1))}, {Title: l.T("diagnosis.parts.people"), Numeric: true}, {Title: l.T("diagnosis.parts.rate"), Numeric: true},
		{Title: l.T("diagnosis.parts.km"), Numeric: true}, {Title: l.T("diagnosis.parts.sites"), Numeric: true}, {Title: l.T("diagnosis.parts.listed"), Numeric: true},
	}}
	shown := x.Parts
	if len(shown) > partsMany {
		shown = slices.Clone(shown)
		slices.SortStableFunc(shown, func(a, b observatory.Part) int { return cmp.Compare(b.People, a.People) }) // NaN last
		shown = shown[:partsFirst]
		t.Note = l.T("diagnosis.parts.first", partsFirst, len(x.Parts))
		t.More = &web.Anchor{Text: l.T("diagnosis.parts.all", len(x.Parts)), Href: d.self + "/diagnostic.xlsx", Icon: "download"}
	}
	for _, p := range shown {
		row := []web.Cell{{Text: d.partName(p), Href: p.Territory.Path()}, {Text: "–"}, {Text: "–"}, {Text: "–"}, {Text: l.Number(p.Sites)}, {Text: l.Number(p.Listed)}}
		if p.People == p.People {
			row[1] = web.Cell{Text: l.Number(about(p.People)), Sort: itoa(whole(p.People))}
			row[2] = web.Cell{Text: l.Percent(p.Rate/100, 0), Sort: itoa(whole(100 * p.Rate))}
		}
		if p.Km == p.Km {
			row[3] = web.Cell{Text: l.Decimal(p.Km, 1), Sort: itoa(whole(100 * p.Km))}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// placesFirst is how many places are listed before all of them are asked for.
const placesFirst = 20

// places lists the places of help: France services, then those that are listed.
func (d diagnoser) places(x *observatory.Diagnosis, v *diagnosisView) {
	l, h := d.l, x.Help
	numbers := slices.Concat(h.Sites, h.Itinerant)
	for _, k := range h.Listed {
		if k.Kind == place.Mediation {
			numbers = append(numbers, k.Places...)
			continue
		}
		v.PlacesNote = append(v.PlacesNote, l.T("diagnosis.place.listed", l.Number(len(k.Places)), l.T(kindKey(k.Kind, len(k.Places)))))
	}
	subject := l.T("diagnosis.report.subject", d.heading(x.Territory))
	v.Report = web.Anchor{Text: l.T("diagnosis.report.link"), Href: "mailto:" + d.site.Contact + "?subject=" + url.PathEscape(subject) + "&body=" + url.PathEscape(l.T("diagnosis.report.body", d.heading(x.Territory), d.site.BaseURL+d.self+"/diagnostic"))}
	if len(numbers) == 0 {
		return
	}
	shown := numbers
	if !d.all && len(shown) > placesFirst {
		shown = shown[:placesFirst]
		v.PlacesMore = &web.Anchor{Text: l.T("diagnosis.place.all", len(numbers)), Href: d.self + "/diagnostic?lieux=tous#lieux"}
	}
	t := &web.Table{ID: "t-lieux", Caption: l.T("diagnosis.place.caption", d.heading(x.Territory)), Quiet: true, Columns: []web.Column{
		{Title: l.T("diagnosis.place.name")}, {Title: l.T("diagnosis.place.commune")}, {Title: l.T("diagnosis.place.hours")}, {Title: l.T("diagnosis.place.label")},
	}}
	communes := d.f.Level(territory.Commune)
	for _, i := range shown {
		at := d.s.Places.At(i)
		commune := communes[at.Number]
		label := i18n.Upper(l.T(kindKey(place.Kind(at.Kind), 1)))
		if at.Itinerant {
			label += ", " + l.T("diagnosis.place.itinerant")
		}
		hours := "–"
		if at.Kind == string(place.FranceServices) {
			hours = d.hours(at.Hours)
		}
		cell := web.Cell{Text: label}
		if at.Date != "" {
			key := "diagnosis.place.date"
			if at.Kind == string(place.FranceServices) {
				key = "diagnosis.place.labelled"
			}
			cell.Note = l.T(key, d.day(at.Date))
		}
		t.Rows = append(t.Rows, []web.Cell{{Text: at.Name, Note: at.Address}, {Text: commune.Name, Href: commune.Path()}, {Text: hours}, cell})
	}
	v.Places = t
}

// kindKey is the key of the name of a kind of place, one or several.
func kindKey(k place.Kind, n int) string {
	if n == 1 {
		return k.NameKey()
	}
	return k.NamesKey()
}

// day writes a day, or a year alone, in words.
func (d diagnoser) day(date string) string {
	if len(date) == 4 {
		return date
	}
	return d.l.Day(date)
}

// visitsRule says which parts are told to be visited first.
func (d diagnoser) visitsRule(x *observatory.Diagnosis) string {
	if x.Unit == territory.Commune {
		return d.l.T("diagnosis.visit.rule", int(observatory.Far))
	}
	return d.l.T("diagnosis.visit.rule_mean", i18n.Upper(d.level(x.Unit, 2)), int(observatory.Far))
}

// partName is the name of a part, which says when it lies only partly inside.
func (d diagnoser) partName(p observatory.Part) string {
	if p.Partial {
		return d.l.T("diagnosis.parts.partial", d.heading(p.Territory))
	}
	return d.heading(p.Territory)
}

// figure lays one of the twelve out.
func (d diagnoser) figure(f *observatory.Figure) web.Figure {
	l, def := d.l, f.Definition
	out := web.Figure{
		ID: "f-" + def.Key, Sentence: d.sentence(f), Value: amount(l, def, f.Value.Value), Unit: perWhat(l, def), Change: d.change(f),
		Method: "/indicateurs/" + def.Key,
	}
	if s := f.Standing; s != nil {
		out.Chart = web.Strip{
			ID: "c-" + def.Key, Title: l.T("diagnosis.strip", d.name(def), d.peers(s)), Quiet: true, Own: f.Value.Value, Label: l.T("diagnosis.here"),
			Others: s.Values.Values(), Peers: d.peers(s), Format: stripFormat(def),
		}
	}
	notes := d.reserves(def, f.Value)
	if s := d.unusual(f); s != "" {
		notes = append(notes, s)
	}
	if s := d.spread(f); s != "" {
		notes = append(notes, s)
	}
	if s := d.references(f); s != "" {
		notes = append(notes, s+".")
	}
	out.Note = joined(notes)
	for _, key := range f.Definition.Sources[:min(len(f.Definition.Sources), sourcesShown)] {
		out.Sources = append(out.Sources, d.source(f, key))
	}
	return out
}

func stripFormat(d *indicator.Definition) web.Format {
	if d.Unit == "count" || d.Unit == "euros" {
		return web.Whole
	}
	return web.Tenths
}

func joined(sentences []string) string {
	out := ""
	for _, s := range sentences {
		if out != "" {
			out += " "
		}
		out += s
	}
	return out
}

// widest is the group of similar territories that most figures are placed in: a
// few figures lack some of its members.
func widest(figures []observatory.Figure) *observatory.Standing {
	var best *observatory.Standing
	for i := range figures {
		if s := figures[i].Standing; s != nil && (best == nil || s.Values.Len() > best.Values.Len()) {
			best = s
		}
	}
	return best
}

// sentence is the finding: what the figure is, then where it lies.
func (d diagnoser) sentence(f *observatory.Figure) string {
	if at := d.standing(f); at != "" {
		return d.l.T("diagnosis.sentence", d.name(f.Definition), at)
	}
	return d.l.T("diagnosis.sentence_alone", d.name(f.Definition))
}

// sourcesShown is how many sources stand under a figure, the main one first; its
// method tells them all.
const sourcesShown = 2

// source is a source of a figure, with the vintage told.
func (d diagnoser) source(f *observatory.Figure, key string) web.Source {
	s, ok := d.s.Manifest.Source(key)
	if !ok {
		return web.Source{Title: key}
	}
	lang := d.l.Lang()
	return web.Source{Title: s.Title.In(lang), Producer: s.Producer, Vintage: vintage(d.l, f.Vintage()), Href: "/donnees#source-" + key}
}

// marksShown is how many communes or districts are named.
const marksShown = 20

func (d diagnoser) marks(x *observatory.Diagnosis) []markView {
	l, m := d.l, x.Marks
	communes := d.f.Level(territory.Commune)
	links := func(numbers []int32) []web.Anchor {
		var out []web.Anchor
		for _, n := range numbers[:min(len(numbers), marksShown)] {
			out = append(out, web.Anchor{Text: communes[n].Name, Href: communes[n].Path()})
		}
		return out
	}
	more := func(n int) string {
		if n <= marksShown {
			return ""
		}
		return " " + l.T("diagnosis.marks.first", marksShown)
	}
	out := []markView{{Title: l.T("diagnosis.marks.qpv"), Text: l.T("diagnosis.marks.qpv_none")}}
	if len(m.Districts) > 0 {
		out[0].Text = l.T("diagnosis.marks.qpv_some", len(m.Districts)) + more(len(m.Districts))
		for _, q := range m.Districts[:min(len(m.Districts), marksShown)] {
			out[0].Links = append(out[0].Links, web.Anchor{Text: q.Name, Href: q.Path()})
		}
	}
	if x.Territory.Level == territory.ArrondissementMunicipal {
		return out[:0]
	}
	var in []string
	for _, p := range observatory.Programmes {
		if n := m.Programmes[p]; n > 0 && p != observatory.QPV { // districts are told above
			in = append(in, l.T("diagnosis.programme."+string(p), n))
		}
	}
	if len(in) > 0 {
		out = append(out, markView{Title: l.T("diagnosis.marks.programmes"), Text: i18n.Upper(l.List(in)) + ".", Links: []web.Anchor{{Text: l.T("diagnosis.marks.programmes_more"), Href: d.self + "#programmes"}}})
	}
	if len(m.Sparse) > 0 {
		out = append(out, markView{l.T("diagnosis.marks.sparse"), l.T("diagnosis.marks.sparse_some", len(m.Sparse)) + more(len(m.Sparse)), links(m.Sparse)})
	}
	if len(m.Declining) > 0 {
		out = append(out, markView{l.T("diagnosis.marks.declining"), l.T("diagnosis.marks.declining_some", len(m.Declining)) + more(len(m.Declining)), links(m.Declining)})
	}
	return out
}

func (d diagnoser) limits(x *observatory.Diagnosis) []string {
	l := d.l
	var out []string
	if x.Concerned != nil {
		out = append(out, l.T("diagnosis.limits.estimate"))
	}
	out = append(out, l.T("diagnosis.limits.places"), l.T("diagnosis.limits.proxies"), l.T("diagnosis.limits.peers"))
	if x.Territory.Zone == "drom" || x.Territory.Level == territory.Pays {
		out = append(out, l.T("diagnosis.limits.overseas"))
	}
	return out
}

// sources are those of every figure told, each once.
func (d diagnoser) sources(x *observatory.Diagnosis) []web.Source {
	var keys []string
	add := func(key string) {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for _, fs := range [][]observatory.Figure{x.Figures, x.Networks} {
		for i := range fs {
			for _, key := range fs[i].Definition.Sources {
				add(key)
			}
		}
	}
	add("france-services")
	for _, k := range x.Help.Listed {
		add(d.s.Places.At(k.Places[0]).Source)
	}
	var out []web.Source
	for _, key := range keys {
		if s, ok := d.s.Manifest.Source(key); ok {
			out = append(out, web.SourceOf(d.l.Lang(), s))
		}
	}
	return out
}
