package observatoryweb

import (
	"bytes"
	"math"
	"net/http"
	"slices"
	"strconv"

	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/observatory"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/names"
	"bassin/internal/web"
)

// rankingRoutes are the rankings of the territories of a level.
func (p *Pages) rankingRoutes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/classement", Action: "observatory.ranking", Who: web.Everyone, Handler: p.ranking, Stable: true},
		{Method: http.MethodGet, Pattern: "/classement/csv", Action: "observatory.ranking.csv", Who: web.Everyone, Handler: p.rankingCSV},
	}
}

const (
	findParam   = "trouver" // what was typed to find oneself
	rankingRows = 100       // of a page
	asideRows   = 50        // shown of those that are not ranked
)

// rankingView is a ranking, or the form alone where none is asked for.
type rankingView struct {
	Kind, Title string
	Lead        string
	Notes       []string
	Form        filterView
	Refused     *web.Notice
	Starts      []web.Anchor // rankings to begin with
	Answer      []string
	Find        *findView
	Columns     []web.Column
	Caption     string
	Rows        []rankedView
	Empty       *web.State
	Pages       *web.Pagination
	Aside       *asideView
	Without     string
	Links       web.Links
	Sources     []web.Source
}

// rankedView is a row: the one that was looked for is Here.
type rankedView struct {
	Here  bool
	Cells []web.Cell
}

type asideView struct {
	Summary, Text string
	Open          bool
	Table         web.Table
}

// findView is the search of oneself within the ranking.
type findView struct {
	Value, Levels string
	Hidden        []web.Hidden
	Text          string // what was found, in words
	Others        []web.Anchor
}

// ranker answers one address of the ranking.
type ranker struct {
	chooser
	highest bool
	page    int
	here    *territory.Territory
	others  []*territory.Territory
	sought  string // what was typed to find oneself
}

func (p *Pages) ranker(r *http.Request) *ranker {
	s, l := snapshot.FromContext(r.Context()), p.Kit.Locale(r.Context())
	x := &ranker{chooser: chooser{words: words{l, s.France}, s: s, o: p.Observatory.Of(s), query: r.URL.Query(), href: func(path string) string { return p.Kit.Href(l.Lang(), path) }}}
	x.read()
	if d := x.indicator; d != nil {
		x.highest = d.Polarity != indicator.Better
	}
	switch key := x.typed(orderParam); key {
	case "haut":
		x.highest = true
	case "bas":
		x.highest = false
	case "":
	default:
		x.wrong(orderParam, "ranking.wrong.order", key)
	}
	if key := x.typed(pageParam); key != "" {
		n, err := strconv.Atoi(key)
		if err != nil || n < 1 {
			x.wrong(pageParam, "ranking.wrong.page", key)
		}
		x.page = n
	}
	x.find()
	return x
}

// find reads whom the reader looks for: a suggestion they chose, else the best
// match of what they typed.
func (x *ranker) find() {
	if id, ok := territory.ParseID(x.typed(ownParam)); ok && id.Level == x.level {
		if t, ok := x.f.Territory(id); ok {
			x.here, x.sought = t, x.heading(t)
			return
		}
	}
	x.sought = x.typed(findParam)
	if x.sought == "" {
		return
	}
	for _, m := range x.s.Names.Search(x.sought, names.Options{Limit: 6, Levels: []territory.Level{x.level}}) {
		if t, ok := x.f.Territory(m.ID); ok {
			if x.here == nil {
				x.here = t
			} else {
				x.others = append(x.others, t)
			}
		}
	}
}

func (p *Pages) ranking(w http.ResponseWriter, r *http.Request) error {
	x := p.ranker(r)
	view := x.view()
	page := &web.Page{
		Title: view.Title, Description: view.Lead, Template: "observatory/ranking", View: view,
		Crumbs: []web.Crumb{{Text: x.l.T("hub.title"), Href: "/observatoire"}}, NoIndex: len(x.query) > 0,
	}
	if len(x.errors) > 0 || view.Refused != nil {
		page.Status = http.StatusBadRequest
	}
	return p.Kit.Page(w, r, page)
}

// ranked says whether there is a ranking to show.
func (x *ranker) ranked() bool {
	return x.indicator != nil && len(x.errors) == 0 && observatory.Refusal(x.indicator, x.level) == observatory.IsRanked
}

func (x *ranker) view() *rankingView {
	l := x.l
	v := &rankingView{Kind: l.T("ranking.kind"), Title: l.T("ranking.title"), Lead: l.T("ranking.lead")}
	v.Form = x.form("/classement", l.T("ranking.form.show"), func(d *indicator.Definition) bool { return d.Ranked() })
	d := x.indicator
	v.Form.Main = append(v.Form.Main, x.orders())
	if d == nil {
		for _, key := range observatory.Twelve {
			if t, ok := x.o.Panel.Definition(key); ok && t.Ranked() {
				v.Starts = append(v.Starts, web.Anchor{Text: x.name(t), Href: "/classement?indicateur=" + t.Key + "&niveau=" + string(x.level)})
			}
		}
		return v
	}
	v.Title = x.name(d)
	v.Kind = l.T("ranking.kind_of", x.levels(x.level))
	v.Lead = d.Definition.In(l.Lang())
	v.Notes = x.about(d)
	if why := observatory.Refusal(d, x.level); why != observatory.IsRanked {
		v.Refused = x.refusal(why)
		return v
	}
	if len(x.errors) > 0 {
		return v
	}
	x.fill(v, x.o.Rank(x.level, d, x.filter, x.highest))
	return v
}

// orders are the ways to sort: that of the indicator, unless neither end is the
// difficult one.
func (x *ranker) orders() web.Field {
	l, asked := x.l, x.typed(orderParam)
	out := x.field(orderParam)
	if d := x.indicator; d == nil || d.Polarity != indicator.Neutral {
		out.Options = append(out.Options, web.Option{Label: l.T("ranking.order.polarity")})
	}
	out.Options = append(out.Options, web.Option{Value: "haut", Label: l.T("ranking.order.highest"), Chosen: asked == "haut"}, web.Option{Value: "bas", Label: l.T("ranking.order.lowest"), Chosen: asked == "bas"})
	return x.keeping(out)
}

// about says what must be known of an indicator before its values are compared.
func (w words) about(d *indicator.Definition) []string {
	var out []string
	if d.Estimate {
		out = append(out, w.l.T("diagnosis.reserve.estimate"))
	}
	if d.Proxy {
		out = append(out, w.l.T("diagnosis.reserve.proxy"))
	}
	if d.Rule == indicator.Medians {
		out = append(out, w.l.T("diagnosis.reserve.medians"))
	}
	return append(out, w.l.T("catalogue.polarity."+string(d.Polarity)))
}

// refusal says why there is no ranking, and what there is instead.
func (x *ranker) refusal(why observatory.Reason) *web.Notice {
	l, d := x.l, x.indicator
	n := &web.Notice{Kind: web.Attention, Title: l.T("ranking.refused.title", x.name(d)), Text: l.T("ranking.refused." + string(why))}
	if rate, ok := x.o.RateOf(d); ok && why == observatory.IsCount {
		to := web.Linked(x.href(x.address("/classement", keyParam, rate.Key, pageParam, "")), x.name(rate))
		n.Body = "<p>" + web.Say(l, "ranking.refused.rate", n.Text, to) + "</p>"
	}
	return n
}

func (x *ranker) fill(v *rankingView, k *observatory.Ranking) {
	l, d := x.l, x.indicator
	at := slices.IndexFunc(k.Rows, func(r observatory.Row) bool { return r.Territory == x.here && x.here != nil })
	pages := max(1, (len(k.Rows)+rankingRows-1)/rankingRows)
	page := min(max(x.page, 1), pages)
	if x.page == 0 && at >= 0 {
		page = at/rankingRows + 1
	}
	v.Answer = x.answer(k)
	v.Find = x.found(k, at)
	v.Caption = l.T("ranking.caption", x.name(d), x.levels(x.level))
	v.Columns = x.columns(true)
	for _, r := range k.Rows[(page-1)*rankingRows : min(page*rankingRows, len(k.Rows))] {
		rank := web.Cell{Text: l.Number(r.Rank)}
		if r.Tied {
			rank.Note = l.T("ranking.tied")
		}
		v.Rows = append(v.Rows, rankedView{r.Territory == x.here, slices.Concat([]web.Cell{rank}, x.cells(r))})
	}
	if len(k.Rows) == 0 {
		v.Empty = &web.State{Kind: "empty", Title: l.T("ranking.empty.title"), Text: l.T("ranking.empty.text"),
			Action: &web.Anchor{Text: l.T("ranking.empty.all"), Href: "/classement?indicateur=" + d.Key + "&niveau=" + string(x.level)}}
	}
	if pages > 1 {
		v.Pages = &web.Pagination{Label: v.Caption, Text: l.T("ranking.page", (page-1)*rankingRows+1, min(page*rankingRows, len(k.Rows)), len(k.Rows))}
		if page > 1 {
			v.Pages.Previous = x.address("/classement", pageParam, strconv.Itoa(page-1), findParam, "", ownParam, "")
		}
		if page < pages {
			v.Pages.Next = x.address("/classement", pageParam, strconv.Itoa(page+1), findParam, "", ownParam, "")
		}
	}
	x.aside(v, k)
	if k.Without > 0 {
		v.Without = l.T("ranking.without", k.Without)
	}
	v.Links = web.Links{Label: l.T("ranking.links"), Items: []web.Anchor{
		{Text: l.T("ranking.csv"), Href: x.address("/classement/csv", pageParam, "", findParam, "", ownParam, ""), Icon: "down"},
		{Text: l.T("ranking.method"), Href: "/indicateurs/" + d.Key, Icon: "info"},
	}}
	v.Sources = sourcesOf(l, x.s, d)
}

// answer says the extent of the ranking: who is compared, from what to what.
func (x *ranker) answer(k *observatory.Ranking) []string {
	l, d := x.l, x.indicator
	if len(k.Rows) == 0 {
		return nil
	}
	values := make([]float64, len(k.Rows))
	for i, r := range k.Rows {
		values[i] = r.Value
	}
	first, last := k.Rows[0], k.Rows[len(k.Rows)-1]
	median := indicator.NewDistribution(values, nil).Quantile(0.5)
	out := []string{l.T("ranking.answer", len(k.Rows), x.short(first.Territory), x.full(d, first.Value), x.short(last.Territory), x.full(d, last.Value), amount(l, d, median), vintage(l, d.Vintages[d.Latest()]))}
	if s := x.said(); s != "" {
		out = append(out, l.T("ranking.filtered", s))
	}
	return out
}

// found says where the one looked for is, wherever that is.
func (x *ranker) found(k *observatory.Ranking, at int) *findView {
	l, d := x.l, x.indicator
	v := &findView{Value: x.sought, Levels: string(x.level)}
	for _, name := range []string{keyParam, levelParam, regionParam, departementParam, densityParam, sizeParam, programmeParam, orderParam} {
		if s := x.typed(name); s != "" {
			v.Hidden = append(v.Hidden, web.Hidden{Name: name, Value: s})
		}
	}
	if x.sought == "" {
		return v
	}
	if x.here == nil {
		v.Text = l.T("ranking.find.none", x.sought, x.levels(x.level))
		return v
	}
	name := x.heading(x.here)
	aside := slices.IndexFunc(k.Aside, func(r observatory.Row) bool { return r.Territory == x.here })
	switch {
	case at >= 0:
		r := k.Rows[at]
		v.Text = l.T("ranking.find.at", name, x.full(d, r.Value), l.Ordinal(r.Rank), len(k.Rows))
	case aside >= 0:
		v.Text = l.T("ranking.find.aside", name, x.full(d, k.Aside[aside].Value), x.reason(k.Aside[aside]))
	default:
		now := x.o.Panel.Latest(x.here, d)
		if now.Shown() {
			v.Text = l.T("ranking.find.filtered", name)
		} else {
			v.Text = l.T("ranking.find.no_value", name, x.state(now.State))
		}
	}
	for _, t := range x.others {
		text := x.heading(t)
		if d := x.lies(t); d != "" {
			text = l.T("ranking.find.where", text, d)
		}
		v.Others = append(v.Others, web.Anchor{Text: text, Href: x.address("/classement", ownParam, t.ID.String(), findParam, "", pageParam, "") + "#ici"})
	}
	return v
}

// counts says whether a head count stands beside the value, and its name.
func (w words) counts(d *indicator.Definition) (string, bool) {
	name := d.Numerator.In(w.l.Lang())
	return name, name != "" && (d.Rate() || d.Rule == indicator.Growth)
}

func (x *ranker) columns(ranks bool) []web.Column {
	l, d := x.l, x.indicator
	var out []web.Column
	if ranks {
		out = append(out, web.Column{Title: l.T("ranking.column.rank"), Numeric: true})
	}
	out = append(out, web.Column{Title: i18n.Upper(x.words.level(x.level, 1))}, web.Column{Title: l.T("ranking.column.value", x.unit(d)), Numeric: true})
	if name, ok := x.counts(d); ok {
		out = append(out, web.Column{Title: l.T("ranking.column.count", name), Numeric: true})
	}
	return append(out, web.Column{Title: l.T("ranking.column.population"), Numeric: true})
}

// cells are a row after its rank.
func (x *ranker) cells(r observatory.Row) []web.Cell {
	l, d := x.l, x.indicator
	out := []web.Cell{{Text: x.short(r.Territory), Href: r.Territory.Path(), Note: x.lies(r.Territory)}, {Text: amount(l, d, r.Value)}}
	if _, ok := x.counts(d); ok {
		out = append(out, web.Cell{Text: l.Number(whole(r.Numerator))})
	}
	people := web.Cell{Text: "–"}
	if n, known := r.Territory.Population(); known {
		people.Text = l.Number(n)
	}
	return append(out, people)
}

// aside are the values that are shown and not ranked, with why.
func (x *ranker) aside(v *rankingView, k *observatory.Ranking) {
	if len(k.Aside) == 0 {
		return
	}
	l, d := x.l, x.indicator
	a := &asideView{
		Summary: l.T("ranking.aside.title", len(k.Aside)), Text: l.T("ranking.aside.text"),
		Table: web.Table{ID: "t-apart", Caption: l.T("ranking.aside.caption", x.name(d)), Quiet: true, Columns: append(x.columns(false), web.Column{Title: l.T("ranking.column.why")})},
	}
	for i, r := range k.Aside {
		if i >= asideRows && r.Territory != x.here {
			continue
		}
		a.Open = a.Open || r.Territory == x.here && x.here != nil
		a.Table.Rows = append(a.Table.Rows, append(x.cells(r), web.Cell{Text: x.reason(r)}))
	}
	if len(k.Aside) > asideRows {
		a.Table.Note = l.T("ranking.aside.first", asideRows)
	}
	v.Aside = a
}

// reason says why a value is not ranked.
func (x *ranker) reason(r observatory.Row) string {
	if r.Imprecise {
		return x.doubt(x.indicator, r.Numerator, r.Denominator)
	}
	return x.l.T("ranking.aside.partial", x.l.Percent(math.Floor(100*r.Coverage)/100, 0))
}

// rankingCSV is the whole ranking, ranked and not, under the filters of its address.
func (p *Pages) rankingCSV(w http.ResponseWriter, r *http.Request) error {
	x := p.ranker(r)
	if !x.ranked() {
		return p.Kit.Redirect(w, r, x.address("/classement"), http.StatusSeeOther)
	}
	d := x.indicator
	k := x.o.Rank(x.level, d, x.filter, x.highest)
	var b bytes.Buffer
	head := []string{"rank", "id", "name", "departement", d.Key, "period", "numerator", "denominator", "coverage", "population", "note"}
	err := web.WriteCSV(&b, x.l, head, func(write func([]string)) {
		for _, rows := range [][]observatory.Row{k.Rows, k.Aside} {
			for _, r := range rows {
				rank, note, people := "", "", ""
				if r.Rank > 0 {
					rank = strconv.Itoa(r.Rank)
				} else {
					note = x.reason(r)
				}
				if n, known := r.Territory.Population(); known {
					people = strconv.Itoa(n)
				}
				write([]string{
					rank, r.Territory.ID.String(), web.Harmless(x.heading(r.Territory)), web.Harmless(x.lies(r.Territory)),
					number(x.l, r.Value), d.Vintages[d.Latest()].Period, number(x.l, r.Numerator), number(x.l, r.Denominator), number(x.l, r.Coverage), people, note,
				})
			}
		}
	})
	if err != nil {
		return err
	}
	return sendCSV(w, r, "classement-"+d.Key+"-"+string(x.level), b.Bytes())
}

// number writes a figure for a spreadsheet of the reader's country, "" for none.
func number(l *i18n.Localizer, x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	s := strconv.FormatFloat(x, 'g', 10, 64)
	if math.Abs(x) >= 1e-4 && math.Abs(x) < 1e15 {
		s = strconv.FormatFloat(math.Round(x*1e6)/1e6, 'f', -1, 64)
	}
	if l.Lang() == i18n.FR {
		for i := range s {
			if s[i] == '.' {
				return s[:i] + "," + s[i+1:]
			}
		}
	}
	return s
}

func sendCSV(w http.ResponseWriter, r *http.Request, name string, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Robots-Tag", "noindex")
	return web.Respond(w, r, body)
}
