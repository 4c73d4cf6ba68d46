package commonsweb

import (
	"cmp"
	"context"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"bassin/internal/commons"
	"bassin/internal/fault"
	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
	"bassin/internal/web/carto"
)

// mostUsers is how many users the page of an entry lists: the export has them all.
const mostUsers = 50

// usersView is who uses an entry.
type usersView struct {
	Text    string
	Actions []web.Anchor
	Table   *web.Table
	Map     *carto.Drawing
	Caption string
	Places  *web.Table
	Line    *web.Line
	Ranges  web.Facts
	Said    []saidView
	Ended   *web.Table
	Exports web.Links
}

// saidView is what an organisation says of an entry.
type saidView struct{ Who, Href, Good, Bad string }

// Part is the section of the page of an entry that tells who uses it.
func (u *Uses) Part(r *http.Request, e *commons.Entry, _ commons.Sheet) (template.HTML, error) {
	if !e.Kind.Common() || !e.Readable() {
		return "", nil
	}
	ctx, l := r.Context(), u.Kit.Locale(r.Context())
	on := u.today()
	found, err := u.Adoptions.Of(ctx, e.ID, on)
	if err != nil {
		return "", err
	}
	bodies, err := u.bodiesOf(ctx, found)
	if err != nil {
		return "", err
	}
	may, err := u.mayAny(ctx)
	if err != nil {
		return "", err
	}
	v := &usersView{Text: l.T("use.users.none")}
	if e.State == commons.Published && may {
		v.Actions = []web.Anchor{{Text: l.T("use.declare"), Href: address(e.ID) + "/utiliser", Rel: "nofollow"}}
	} else if e.State == commons.Published && !people.Of(ctx).Known() {
		v.Actions = []web.Anchor{{Text: l.T("use.declare"), Href: address(e.ID) + "/utiliser", Quiet: true, Rel: "nofollow"}}
	}
	var open, ended []commons.Adoption
	for _, a := range found {
		if _, known := bodies[a.Organisation]; !known {
			continue
		}
		if a.State(on) == commons.Ended {
			ended = append(ended, a)
		} else {
			open = append(open, a)
		}
	}
	verified := slices.Collect(func(yield func(commons.Adoption) bool) {
		for _, a := range open {
			if a.State(on) == commons.Verified && !yield(a) {
				return
			}
		}
	})
	if len(open) > 0 {
		v.Text = l.T("use.users.count", len(open), len(verified))
		v.Table = u.usersTable(ctx, l, open, bodies, "utilisateurs", "use.users.caption")
	}
	if len(ended) > 0 {
		v.Ended = u.endedTable(l, ended, bodies)
	}
	if len(found) > 0 {
		v.Exports = web.Links{Label: l.T("use.exports"), Items: []web.Anchor{{Text: l.T("use.csv"), Href: address(e.ID) + "/usages/csv", Icon: "down", Rel: "nofollow"}}}
	}
	u.mapOf(ctx, l, v, verified, bodies)
	v.Line = u.timeline(l, found)
	v.Ranges = ranges(l, open)
	for _, a := range open {
		if (a.Good != "" || a.Bad != "") && len(v.Said) < 12 {
			v.Said = append(v.Said, saidView{bodies[a.Organisation].Name, usesAddress(a.Organisation), a.Good, a.Bad})
		}
	}
	return u.Kit.Fragment(l.Lang(), "library/users", v)
}

func (u *Uses) bodiesOf(ctx context.Context, list []commons.Adoption) (map[string]people.Organisation, error) {
	var ids []string
	for _, a := range list {
		if !slices.Contains(ids, a.Organisation) {
			ids = append(ids, a.Organisation)
		}
	}
	return u.Adoptions.Organisations(ctx, ids)
}

// usersTable lists users, the verified ones first.
func (u *Uses) usersTable(ctx context.Context, l *i18n.Localizer, list []commons.Adoption, bodies map[string]people.Organisation, id, caption string) *web.Table {
	t := &web.Table{ID: id, Caption: l.T(caption), Quiet: true, Columns: []web.Column{
		{Title: l.T("use.organisation")}, {Title: l.T("use.state")}, {Title: l.T("use.field.since")}, {Title: l.T("use.field.version")}, {Title: l.T("use.field.use")}, {Title: l.T("use.field.served"), Numeric: true}, {Title: l.T("use.field.contact")},
	}}
	if len(list) > mostUsers {
		t.Note = l.T("use.users.more", mostUsers, len(list))
		list = list[:mostUsers]
	}
	on := u.today()
	known := people.Of(ctx).Known()
	for _, a := range list {
		mark := stateMark(l, &a, on)
		if known {
			mark.Href = useAddress(a.ID)
		}
		t.Rows = append(t.Rows, []web.Cell{{Text: bodies[a.Organisation].Name, Href: usesAddress(a.Organisation)}, {Marks: []web.Mark{mark}},
			{Text: sayDay(l, a.Since)}, {Text: cmp.Or(a.Version, "–")}, {Text: cmp.Or(a.Use, "–")}, {Text: served(l, a.Served)}, {Text: cmp.Or(a.Contact, "–")}})
	}
	return t
}

func served(l *i18n.Localizer, n int) string {
	if n < 0 {
		return "–"
	}
	return l.Number(n)
}

// endedTable lists who used it, and why no more.
func (u *Uses) endedTable(l *i18n.Localizer, list []commons.Adoption, bodies map[string]people.Organisation) *web.Table {
	t := &web.Table{ID: "termines", Caption: l.T("use.ended.caption"), Quiet: true, Columns: []web.Column{{Title: l.T("use.organisation")}, {Title: l.T("use.field.since")}, {Title: l.T("use.field.ended_on")}, {Title: l.T("use.field.reason")}}}
	for _, a := range list[:min(len(list), mostUsers)] {
		t.Rows = append(t.Rows, []web.Cell{{Text: bodies[a.Organisation].Name, Href: usesAddress(a.Organisation)}, {Text: sayDay(l, a.Since)}, {Text: sayDay(l, string(a.EndedOn))}, {Text: a.EndReason}})
	}
	return t
}

// mapOf puts verified users on a map of the country, and counts them by département.
func (u *Uses) mapOf(ctx context.Context, l *i18n.Localizer, v *usersView, verified []commons.Adoption, bodies map[string]people.Organisation) {
	s := snapshot.FromContext(ctx)
	f := s.France
	var marks []carto.Mark
	count := map[territory.ID]int{}
	for _, a := range verified {
		o := bodies[a.Organisation]
		n, ok := communeOf(f, &o)
		if !ok {
			continue
		}
		marks = append(marks, carto.Mark{Commune: n, Class: "place", Title: o.Name})
		if dep := f.One(n, territory.Departement); dep != nil {
			count[dep.ID]++
		}
	}
	if len(marks) == 0 {
		return
	}
	m := u.plans.Of(s, carto.NewFrance).Marked(l.T("use.map.label"), marks)
	v.Map, v.Caption = &m, l.T("use.map.caption", len(marks))
	v.Places = &web.Table{ID: "departements", Caption: l.T("use.map.table"), Quiet: true, Columns: []web.Column{{Title: l.T("use.map.departement")}, {Title: l.T("use.map.users"), Numeric: true}}}
	ids := make([]territory.ID, 0, len(count))
	for id := range count {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b territory.ID) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a.Code, b.Code))
	})
	for _, id := range ids {
		if t, ok := f.Territory(id); ok {
			v.Places.Rows = append(v.Places.Rows, []web.Cell{{Text: t.Name, Href: "/usages?territoire=" + url.QueryEscape(id.String())}, {Text: l.Number(count[id])}})
		}
	}
}

// communeOf is where an organisation is put on a map: its address, else the seat or the
// first commune of where it acts.
func communeOf(f *territory.France, o *people.Organisation) (int32, bool) {
	if n, ok := f.CommuneNumber(o.Commune); ok {
		return n, true
	}
	for _, id := range o.Territories {
		t, ok := f.Territory(id)
		if !ok || len(t.Communes()) == 0 {
			continue
		}
		for _, code := range []string{t.Seat, t.Code} {
			if n, ok := f.CommuneNumber(code); ok && slices.Contains(t.Communes(), n) {
				return n, true
			}
		}
		return t.Communes()[0], true
	}
	return 0, false
}

// timeline counts verified uses at the end of each year.
func (u *Uses) timeline(l *i18n.Localizer, list []commons.Adoption) *web.Line {
	first, last := 0, u.Now().In(u.Zone).Year()
	for _, a := range list {
		if a.VerifiedOn != "" && (first == 0 || a.Year() < first) {
			first = a.Year()
		}
	}
	if first == 0 || first >= last {
		return nil
	}
	first = max(first, last-20)
	c := &web.Line{ID: "annees", Title: l.T("use.years"), Format: web.Whole, Unit: l.T("use.years.unit"), Zero: true, Series: []web.Series{{Label: l.T("use.years.series")}}}
	for year := first; year <= last; year++ {
		users := map[string]bool{}
		for _, a := range list {
			if a.In(year) {
				users[a.Organisation] = true
			}
		}
		c.Series[0].Points = append(c.Series[0].Points, web.Point{Year: year, Value: float64(len(users))})
	}
	return c
}

// ranges say what it costs, as the users say.
func ranges(l *i18n.Localizer, list []commons.Adoption) web.Facts {
	var out web.Facts
	for _, x := range []struct {
		name   string
		values []string
		of     func(commons.Adoption) string
	}{{"cost", commons.Costs, func(a commons.Adoption) string { return a.Cost }}, {"effort", commons.Efforts, func(a commons.Adoption) string { return a.Effort }}} {
		var said []string
		for _, value := range x.values {
			n := 0
			for _, a := range list {
				if x.of(a) == value {
					n++
				}
			}
			if n > 0 {
				said = append(said, l.T("use.ranges.line", sayChoice(l, x.name, value), n))
			}
		}
		if len(said) > 0 {
			out.Items = append(out.Items, web.Fact{Term: l.T("use.field." + x.name), Text: l.List(said)})
		}
	}
	return out
}

// entryCSV gives all uses of an entry.
func (u *Uses) entryCSV(w http.ResponseWriter, r *http.Request) error {
	e, err := u.Adoptions.Library.Read(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if !e.Kind.Common() || !e.Readable() {
		return fault.New(fault.NotFound, "commons.not_found", e.ID)
	}
	list, err := u.Adoptions.Of(r.Context(), e.ID, u.today())
	if err != nil {
		return err
	}
	return u.csv(w, r, "usages-"+e.ID+".csv", list)
}

// csv writes uses, line by line.
func (u *Uses) csv(w http.ResponseWriter, r *http.Request, file string, list []commons.Adoption) error {
	bodies, err := u.bodiesOf(r.Context(), list)
	if err != nil {
		return err
	}
	titles, err := u.titles(r.Context(), list)
	if err != nil {
		return err
	}
	on := u.today()
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+file+`"`)
	head := []string{"entry", "title", "organisation", "organisation_name", "siren", "state", "since", "version", "use", "served", "cost", "effort", "good", "bad", "contact", "verified_on", "until", "ended_on", "end_reason"}
	return web.WriteCSV(w, u.Kit.Locale(r.Context()), head, func(write func([]string)) {
		for _, a := range list {
			o := bodies[a.Organisation]
			n := ""
			if a.Served >= 0 {
				n = strconv.Itoa(a.Served)
			}
			row := []string{a.Entry, titles[a.Entry], a.Organisation, o.Name, o.SIREN, string(a.State(on)), a.Since, a.Version, a.Use, n, a.Cost, a.Effort, a.Good, a.Bad, a.Contact,
				string(a.VerifiedOn), string(a.Until), string(a.EndedOn), a.EndReason}
			for i := range row {
				row[i] = web.Harmless(row[i])
			}
			write(row)
		}
	})
}

// titles are those of the entries that uses name.
func (u *Uses) titles(ctx context.Context, list []commons.Adoption) (map[string]string, error) {
	var ids []string
	for _, a := range list {
		ids = append(ids, a.Entry)
	}
	slices.Sort(ids)
	found, err := u.Adoptions.Library.All(ctx, slices.Compact(ids))
	out := map[string]string{}
	for _, e := range found {
		if e.Readable() {
			out[e.ID] = e.Title()
		}
	}
	return out, err
}
