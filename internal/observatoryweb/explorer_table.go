package observatoryweb

import (
	"bytes"
	"cmp"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/i18n"
	"bassin/internal/indicator"
	"bassin/internal/snapshot"
	"bassin/internal/web"
)

// Orders of the table, as addresses write them.
const (
	sortParam  = "tri"
	orderParam = "ordre"
	pageParam  = "page"
	byName     = "nom"
	byFigure   = "valeur"
	bySecond   = "avec"
	rising     = "croissant"
	falling    = "decroissant"
)

// explorerRows is the number of rows of a page of the table.
const explorerRows = 100

// explorerOrder is how the table is sorted, and which of its pages is shown. What it does
// not understand is left as by default, so that no address of a table is wrong.
type explorerOrder struct {
	by   string
	desc bool
	page int // from 1
}

func (x explorerSaid) order(q url.Values) explorerOrder {
	o := explorerOrder{by: byFigure, desc: true, page: 1}
	if x.e.d.Unranked {
		o.by, o.desc = byName, false
	}
	switch by := q.Get(sortParam); {
	case by == byName, by == byFigure && !x.e.d.Unranked, by == bySecond && x.e.with != nil && !x.e.with.Unranked:
		o.by, o.desc = by, by != byName
	}
	switch q.Get(orderParam) {
	case rising:
		o.desc = false
	case falling:
		o.desc = true
	}
	if n, err := strconv.Atoi(q.Get(pageParam)); err == nil && n > 1 {
		o.page = n
	}
	return o
}

// sorted returns the indexes of the territories shown, in order.
func (x explorerSaid) sorted(o explorerOrder, second *indicator.Across) []int {
	f, names := x.f, x.names
	at := slices.Clone(f.shown)
	switch {
	case o.by == byFigure:
		f.byValue(at, f.Values, o.desc, f.doubtful, names)
	case o.by == bySecond && second != nil:
		f.byValue(at, second.Values, o.desc, func(i int) bool { return second.States[i] != indicator.Whole || second.Imprecise(i) }, names)
	default:
		slices.SortFunc(at, func(a, b int) int { return cmp.Compare(names[a], names[b]) })
		if o.desc {
			slices.Reverse(at)
		}
	}
	return at
}

func (x explorerSaid) second() *indicator.Across {
	if x.e.with == nil {
		return nil
	}
	return x.s.Panel.Across(x.e.level, x.e.with, x.e.with.Latest())
}

// table lists every territory of the map, a page at a time.
func (x explorerSaid) table(v *explorerView, q url.Values) {
	l, e, f := x.l, x.e, x.f
	o, second := x.order(q), x.second()
	at := x.sorted(o, second)
	pages := (len(at) + explorerRows - 1) / explorerRows
	o.page = min(o.page, pages)
	from := (o.page - 1) * explorerRows
	to := min(from+explorerRows, len(at))
	address := func(by string, desc bool, page int) string {
		next := e.values()
		next.Set(sortParam, by)
		next.Set(orderParam, rising)
		if desc {
			next.Set(orderParam, falling)
		}
		if page > 1 {
			next.Set(pageParam, strconv.Itoa(page))
		}
		return "/explorer?" + next.Encode() + "#tableau"
	}
	head := func(title, by string, numeric, sortable bool) web.Column {
		c := web.Column{Title: title, Numeric: numeric}
		if !sortable {
			return c
		}
		desc := by != byName
		if by == o.by {
			desc, c.Sorted = !o.desc, "ascending"
			if o.desc {
				c.Sorted = "descending"
			}
		}
		c.Sort = address(by, desc, 1)
		return c
	}
	t := &web.Table{ID: "t-valeurs", Quiet: true, Caption: l.T("explorer.table.caption", x.count(len(at)), x.name(e.d))}
	t.Columns = []web.Column{head(i18n.Upper(x.level(e.level, 1)), byName, false, true), head(x.measure(e.d, false).Name, byFigure, true, !e.d.Unranked)}
	if second != nil {
		t.Columns = append(t.Columns, head(x.measure(e.with, false).Name, bySecond, true, !e.with.Unranked))
	}
	t.Columns = append(t.Columns, web.Column{Title: l.T("explorer.table.remarks")})
	for _, i := range at[from:to] {
		row := []web.Cell{{Text: x.label(f.Territories[i]), Href: f.Territories[i].Path()}, {Text: amount(l, e.d, f.Values[i])}}
		if second != nil {
			row = append(row, web.Cell{Text: amount(l, e.with, second.Values[i])})
		}
		t.Rows = append(t.Rows, append(row, web.Cell{Text: x.remark(i)}))
	}
	v.Table = t
	if o.by != byName && len(f.solid) < len(f.shown) {
		v.Note = l.T("explorer.table.apart")
	}
	if pages > 1 {
		v.Pages = &web.Pagination{Label: t.Caption, Text: l.T("territory.page", from+1, to, len(at))}
		if o.page > 1 {
			v.Pages.Previous = address(o.by, o.desc, o.page-1)
		}
		if o.page < pages {
			v.Pages.Next = address(o.by, o.desc, o.page+1)
		}
	}
	v.Links = web.Links{Label: l.T("explorer.links"), Items: []web.Anchor{{Icon: "download", Text: l.T("explorer.csv", x.count(len(at))), Href: "/explorer/csv?" + e.values().Encode()}}}
}

// remark says what must be known with a value.
func (x explorerSaid) remark(i int) string {
	l, f := x.l, x.f
	switch f.States[i] {
	case indicator.Whole:
		if f.Imprecise(i) {
			return l.T("explorer.remark.imprecise")
		}
		return ""
	case indicator.Partial:
		text := l.T("explorer.remark.partial", l.Percent(f.Coverage[i], 0))
		if f.Imprecise(i) {
			text += " " + l.T("explorer.remark.and_imprecise")
		}
		return text
	}
	return x.state(f.States[i])
}

// explorerColumns are the columns of the exported table.
var explorerColumns = []string{"niveau", "code", "nom", "indicateur", "periode", "valeur", "unite", "numerateur", "denominateur", "couverture", "etat", "imprecis", "classe"}

// stateWords are the states of values in the exported table.
var stateWords = map[indicator.State]string{
	indicator.Absent: "absent", indicator.Whole: "complet", indicator.Partial: "partiel", indicator.Withheld: "refuse",
	indicator.NotAdditive: "non-additif", indicator.TooSmall: "trop-petit",
}

// explorerCSV exports the values of the map, all pages, missing ones empty.
func (p *Pages) explorerCSV(w http.ResponseWriter, r *http.Request) error {
	s, l := snapshot.FromContext(r.Context()), p.Kit.Locale(r.Context())
	q := r.URL.Query()
	e := readExploration(s, l, q)
	if len(e.wrong) > 0 {
		return p.Kit.Redirect(w, r, "/explorer?"+q.Encode(), http.StatusSeeOther)
	}
	x := explorerSaid{words{l, s.France}, s, &e, explore(s, &e), p.plans.Of(s, newPlans).names(e.level)}
	var b bytes.Buffer
	err := web.WriteCSV(&b, l, explorerColumns, func(write func([]string)) {
		for _, i := range x.sorted(x.order(q), x.second()) {
			write(x.cells(i))
		}
	})
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+e.d.Key+"-"+string(e.level)+`.csv"`)
	h.Set("Cache-Control", "no-cache")
	return web.Respond(w, r, b.Bytes())
}

func (x explorerSaid) cells(i int) []string {
	f, e := x.f, x.e
	number := func(v float64) string {
		if math.IsNaN(v) {
			return ""
		}
		s := strconv.FormatFloat(v, 'g', 12, 64)
		if x.l.Lang() == i18n.FR {
			return strings.ReplaceAll(s, ".", ",")
		}
		return s
	}
	den := math.NaN()
	if f.Denominators != nil && !math.IsNaN(f.Numerators[i]) {
		den = f.Denominators[i]
	}
	class, doubt := "", ""
	if k := f.cut.Class(f.Values[i]); k >= 0 {
		class, doubt = strconv.Itoa(k+1), "non"
		if f.Imprecise(i) {
			doubt = "oui"
		}
	}
	t := f.Territories[i]
	return []string{
		string(t.Level), web.Harmless(t.Code), web.Harmless(t.Name), e.d.Key, e.d.Vintages[e.vintage].Period, number(f.Values[i]), string(e.d.Unit),
		number(f.Numerators[i]), number(den), number(f.Coverage[i]), stateWords[f.States[i]], doubt, class,
	}
}
