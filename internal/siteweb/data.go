package siteweb

import (
	"encoding/json"
	"net/http"
	"strings"

	"bassin/internal/i18n"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// dataView is the data page.
type dataView struct {
	Edition string // beginning of the snapshot's hash
	Vintage i18n.Plain
	Files   int
	Sources []sourceView
	Apart   []sourceView // under ODbL
	Main    dataFiles
	ODbL    dataFiles
	Metres  []int
	Report  int64 // bytes
}

// dataFiles are the files under one licence.
type dataFiles struct {
	TablesTitle, LevelsTitle string
	Tables                   []tableView
	Levels                   []outlineView
}

type sourceView struct {
	ID, Title, Producer, Vintage string
	Licence, LicenceHref         string
	Credit, Origin, SHA256       string
	Rows                         int
	Treatment                    []string // known defects
	Done                         []string // what the build moved, dropped, emptied, worked out
}

type tableView struct {
	Name, What string
	Rows       int
	Bytes      int64
	Parquet    string // address
	CSV        string // address, "" for a table that is no use in a spreadsheet
	Columns    []columnView
}

type columnView struct{ Name, Type string }

type outlineView struct {
	Level string // in words, plural
	Count int
	Files []outlineLink
	Apart bool // under ODbL
}

type outlineLink struct {
	Metres int
	Href   string
}

func (p *Pages) data(w http.ResponseWriter, r *http.Request) error {
	l, s := p.Kit.Locale(r.Context()), snapshot.FromContext(r.Context())
	return p.Kit.Page(w, r, &web.Page{
		Title: l.T("site.data.title"), Description: l.T("site.data.description"), Template: "site/data", View: newDataView(l, s),
	})
}

func newDataView(l *i18n.Localizer, s *snapshot.Snapshot) *dataView {
	m := &s.Manifest
	v := &dataView{
		Edition: m.Hash[:min(len(m.Hash), 10)], Vintage: i18n.Plain(m.Vintage), Files: len(m.Sources), Metres: precisions[:], Report: m.Report.Bytes,
	}
	v.Main.TablesTitle, v.Main.LevelsTitle = l.T("site.data.tables"), l.T("site.data.outlines")
	v.ODbL.TablesTitle, v.ODbL.LevelsTitle = l.T("site.data.apart_tables"), l.T("site.data.apart_outlines")
	done := findings(l, s)
	for i := range m.Sources {
		x := newSourceView(l, &m.Sources[i])
		x.Done = done[m.Sources[i].Key]
		if m.Sources[i].Licence == "ODbL-1.0" {
			v.Apart = append(v.Apart, x)
		} else {
			v.Sources = append(v.Sources, x)
		}
	}
	for i := range m.Tables {
		x := newTableView(l, &m.Tables[i])
		if m.Tables[i].Licence == "ODbL-1.0" {
			v.ODbL.Tables = append(v.ODbL.Tables, x)
		} else {
			v.Main.Tables = append(v.Main.Tables, x)
		}
	}
	for _, x := range outlineViews(l, s) {
		if x.Apart {
			v.ODbL.Levels = append(v.ODbL.Levels, x)
		} else {
			v.Main.Levels = append(v.Main.Levels, x)
		}
	}
	return v
}

func newSourceView(l *i18n.Localizer, s *snapshot.Source) sourceView {
	lang := l.Lang()
	x := sourceView{
		ID: "source-" + s.Key, Title: s.Title.In(lang), Producer: s.Producer, Vintage: s.Vintage.In(lang),
		Licence: licenceName(l, s.Licence), LicenceHref: licenceAddress(s.Licence), Credit: s.Credit, Origin: s.Origin, SHA256: s.SHA256, Rows: s.Rows,
	}
	if s.LicencePresumed {
		x.Licence = l.T("site.data.licence_presumed", x.Licence)
	}
	for _, t := range s.Treatment {
		x.Treatment = append(x.Treatment, t.In(lang))
	}
	return x
}

func licenceName(l *i18n.Localizer, spdx string) string {
	if key := "site.data.licence." + spdx; l.Has(key) {
		return l.T(key)
	}
	return spdx
}

func newTableView(l *i18n.Localizer, t *snapshot.Table) tableView {
	x := tableView{
		Name: t.Name, Rows: t.Rows, Bytes: t.Bytes,
		Parquet: "/donnees/tables/" + t.Name + ".parquet",
	}
	what := t.Name
	if strings.HasPrefix(t.Name, "outlines-") {
		what = "outlines"
	}
	if key := "site.data.table." + what; l.Has(key) {
		x.What = l.T(key)
	}
	if tabular(*t) {
		x.CSV = "/donnees/tables/" + t.Name + ".csv"
	}
	for _, c := range t.Columns {
		x.Columns = append(x.Columns, columnView{c.Name, c.Type})
	}
	return x
}

func outlineViews(l *i18n.Localizer, s *snapshot.Snapshot) []outlineView {
	var out []outlineView
	view := func(o outlineFile, name string, count int) outlineView {
		x := outlineView{Level: i18n.Upper(name), Count: count, Apart: o.overseas}
		for _, metres := range precisions {
			o.metres = metres
			x.Files = append(x.Files, outlineLink{metres, "/donnees/contours/" + o.String() + ".geojson"})
		}
		return x
	}
	for _, level := range outlined {
		count := 0
		for _, t := range s.France.Level(level) {
			if t.Zone != "com" || level == territory.QPV { // one file holds all districts
				count++
			}
		}
		out = append(out, view(outlineFile{level: level}, l.T("level."+string(level)+".names"), count))
	}
	if s.Overseas != nil {
		out = append(out, view(outlineFile{level: territory.Commune, overseas: true}, l.T("site.data.outlines_overseas"), s.Overseas.Len()))
	}
	return out
}

// findings tells, by source, what the build of the snapshot did to its rows. A
// report that cannot be read tells nothing: it is offered for download all the same.
func findings(l *i18n.Localizer, s *snapshot.Snapshot) map[string][]string {
	var report struct {
		Sources []struct {
			Key      string `json:"key"`
			Findings []struct {
				Kind  string `json:"kind"`
				Count int    `json:"count"`
			} `json:"findings"`
		} `json:"sources"`
	}
	b, err := readReport(s)
	if err != nil || json.Unmarshal(b, &report) != nil {
		return nil
	}
	out := map[string][]string{}
	for _, source := range report.Sources {
		counts := map[string]int{}
		for _, f := range source.Findings {
			counts[f.Kind] += f.Count
		}
		for _, kind := range []string{"moved", "dropped", "emptied", "derived"} {
			if counts[kind] > 0 {
				out[source.Key] = append(out[source.Key], l.T("site.data.finding."+kind, counts[kind]))
			}
		}
	}
	return out
}
