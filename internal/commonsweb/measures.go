package commonsweb

import (
	"html/template"
	"math"
	"net/http"
	"strconv"
	"strings"

	"bassin/internal/commons"
	"bassin/internal/indicator"
	"bassin/internal/snapshot"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// measuresView is what was measured before and after an experiment.
type measuresView struct{ Rows []measureView }

// measureView is an indicator, with what the observatory publishes of it.
type measureView struct {
	Name, Href    string
	Before, After string
	From, To      string // when
	Change        string
	Published     []publishedView
}

// publishedView is the published figure of a territory.
type publishedView struct{ Where, Href, Value, Vintage, Apart string }

// placesCompared is for how many territories of an experiment figures are told.
const placesCompared = 5

// measures shows the indicators of an experiment before and after, beside the figures
// that the observatory publishes of its territories.
func (p *Pages) measures(r *http.Request, _ *commons.Entry, s commons.Sheet) (template.HTML, error) {
	t, panel := p.teller(r), snapshot.FromContext(r.Context()).Panel
	v := &measuresView{}
	for _, text := range s["measures"] {
		m, err := commons.ParseMeasure(text)
		d, ok := panel.Definition(m.Indicator)
		if err != nil || !ok {
			continue // an indicator that is published no more
		}
		x := measureView{Name: d.Name.In(t.l.Lang()), Href: "/indicateurs/" + d.Key, Before: t.amount(d, m.Before), After: t.amount(d, m.After), Change: t.change(d, m)}
		if m.From != "" {
			x.From = t.day(m.From)
		}
		if m.To != "" {
			x.To = t.day(m.To)
		}
		for i, id := range s.Territories() {
			u, ok := t.f.Territory(id)
			if !ok || i >= placesCompared {
				continue
			}
			at := publishedView{Where: naming.Heading(t.l, t.f, u), Href: u.Path() + "/indicateurs", Value: t.l.T("lineage.measures.unpublished")}
			if now := panel.Latest(u, d); now.Shown() {
				at.Value, at.Vintage = p.Amount(t.l, d, now.Value), d.Vintages[d.Latest()].Period
				at.Apart = t.apart(d, m.After, now.Value)
			}
			x.Published = append(x.Published, at)
		}
		v.Rows = append(v.Rows, x)
	}
	if len(v.Rows) == 0 {
		return "", nil
	}
	return p.Kit.Fragment(t.l.Lang(), "library/measures", v)
}

// amount is a measured number in words.
func (t *teller) amount(d *indicator.Definition, text string) string {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return t.l.T("library.nobody")
	}
	return t.p.Amount(t.l, d, x)
}

// difference is how far b is from a, in words without sign; "" if they are written alike.
func (t *teller) difference(d *indicator.Definition, a, b float64) string {
	by := math.Abs(b - a)
	if d.Unit == "percent" {
		if by < 0.05 {
			return ""
		}
		return t.l.T("lineage.measures.points", math.Round(by*10)/10)
	}
	if t.p.Amount(t.l, d, a) == t.p.Amount(t.l, d, b) {
		return ""
	}
	return t.p.Amount(t.l, d, by)
}

// change says what became of a measure: how much more or less, and whether that is for
// the better.
func (t *teller) change(d *indicator.Definition, m commons.Measure) string {
	a, errA := strconv.ParseFloat(m.Before, 64)
	b, errB := strconv.ParseFloat(m.After, 64)
	if errA != nil || errB != nil {
		return t.l.T("lineage.measures.change_unknown")
	}
	by := t.difference(d, a, b)
	if by == "" {
		return t.l.T("lineage.measures.same")
	}
	out := t.l.T("lineage.measures.less", by)
	if b > a {
		out = t.l.T("lineage.measures.more", by)
	}
	if d.Unit != "percent" && a > 0 {
		out += " (" + t.l.Change((b-a)/a, 0) + ")"
	}
	switch {
	case d.Polarity == indicator.Better && b > a, d.Polarity == indicator.Worse && b < a:
		out += ", " + t.l.T("lineage.measures.better")
	case d.Polarity == indicator.Better, d.Polarity == indicator.Worse:
		out += ", " + t.l.T("lineage.measures.worse")
	}
	return out
}

// apart says how far what was measured after is from what is published.
func (t *teller) apart(d *indicator.Definition, after string, published float64) string {
	x, err := strconv.ParseFloat(after, 64)
	if err != nil {
		return ""
	}
	by := t.difference(d, published, x)
	switch {
	case by == "":
		return t.l.T("lineage.measures.as_published")
	case x > published:
		return t.l.T("lineage.measures.above", by)
	}
	return t.l.T("lineage.measures.below", by)
}

// measuresForm are the measures of a form: an indicator and four fields a row.
type measuresForm struct {
	Error string
	Rows  []measureRow
}

type measureRow struct {
	Legend string
	Fields []web.Field
}

// Names of the fields of a row, after measures.N.
var measureFields = []string{"indicator", "before", "after", "from", "to"}

// emptyRows is how many rows a form adds to those that are filled.
const emptyRows = 3

// moreField is the button that asks for more rows.
const moreField = "lignes"

// addsRows says whether the form was sent for more rows, not to be kept.
func addsRows(r *http.Request) bool { return r.PostFormValue(moreField) != "" }

// readMeasures reads the rows of a form. False is a form without any.
func (x *form) readMeasures(r *http.Request) bool {
	if !r.PostForm.Has("measures.0.indicator") {
		return false
	}
	x.rows = nil
	var values []string
	for i := 0; i < 200 && r.PostForm.Has("measures."+strconv.Itoa(i)+".indicator"); i++ {
		row := make([]string, len(measureFields))
		for j, name := range measureFields {
			row[j] = strings.TrimSpace(strings.ReplaceAll(r.PostFormValue("measures."+strconv.Itoa(i)+"."+name), ";", " "))
		}
		said := strings.Join(row[1:], "") != ""
		if !said && row[0] == "" {
			continue
		}
		x.rows = append(x.rows, row)
		if row[0] == "" && !addsRows(r) {
			x.wrong("measures", x.l.T("lineage.measures.which", len(x.rows)))
			continue
		}
		values = append(values, strings.Join(row, ";"))
	}
	x.sheet.Set("measures", values...)
	if len(values) == 0 {
		delete(x.sheet, "measures")
	}
	return true
}

// measureForm is the measures of a sheet as rows to fill in, with empty ones after.
func (x *form) measureForm() *measuresForm {
	v := &measuresForm{}
	for _, e := range x.errors.Items {
		if e.Field == "measures" && v.Error == "" {
			v.Error = e.Text
		}
	}
	rows := x.rows
	if rows == nil {
		for _, text := range x.sheet["measures"] {
			if m, err := commons.ParseMeasure(text); err == nil {
				rows = append(rows, []string{m.Indicator, m.Before, m.After, m.From, m.To})
			}
		}
	}
	for range emptyRows {
		rows = append(rows, make([]string, len(measureFields)))
	}
	panel := snapshot.FromContext(x.ctx).Panel
	for i, row := range rows {
		out := measureRow{Legend: x.l.T("lineage.measures.row", i+1)}
		for j, name := range measureFields {
			f := web.Field{Name: "measures." + strconv.Itoa(i) + "." + name, Label: x.l.T("lineage.measures." + name), Value: row[j], Required: true}
			if j == 0 {
				f.Type = "select"
				f.Options = []web.Option{{Label: x.l.T("library.form.unsaid"), Chosen: row[0] == ""}}
				for _, axis := range indicator.Axes {
					g := web.Group{Label: x.l.T("observatory.axis." + string(axis))}
					for _, d := range panel.Definitions() {
						if d.Axis == axis {
							g.Options = append(g.Options, web.Option{Value: d.Key, Label: d.Name.In(x.l.Lang()), Chosen: d.Key == row[0]})
						}
					}
					if len(g.Options) > 0 {
						f.Groups = append(f.Groups, g)
					}
				}
			}
			out.Fields = append(out.Fields, f)
		}
		v.Rows = append(v.Rows, out)
	}
	return v
}
