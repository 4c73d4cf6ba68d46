package observatoryweb

import (
	"errors"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"

	"bassin/internal/i18n"
)

// WriteXLSX writes the diagnosis as a workbook: figures, networks and parts each
// on a sheet of their own, then every other indicator, the places of the complete
// list, and where all of it comes from. What rests on data under the ODbL is left
// out: a file holds one licence.
func (c Document) WriteXLSX(w io.Writer) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	b := &workbook{file: f, l: c.d.l}
	data := c.data()
	b.figures("diagnosis.sheet.figures", data.Figures)
	b.figures("diagnosis.sheet.networks", data.Networks)
	b.parts(data.Parts)
	b.places(data.Help.FranceServices)
	c.indicators(b)
	c.metadata(b, data)
	if b.err == nil {
		b.err = f.DeleteSheet("Sheet1")
	}
	if b.err != nil {
		return b.err
	}
	f.SetActiveSheet(0)
	return f.Write(w)
}

// workbook writes sheets one after the other and keeps the first error.
type workbook struct {
	file *excelize.File
	l    *i18n.Localizer
	err  error
}

// sheet writes a table under a header that stays in sight. Cells are texts,
// numbers, or nil where nothing is known.
func (b *workbook) sheet(title string, widths []float64, head []string, rows [][]any) {
	if b.err != nil {
		return
	}
	name := b.l.T(title)
	if _, b.err = b.file.NewSheet(name); b.err != nil {
		return
	}
	s, err := b.file.NewStreamWriter(name)
	if b.err = err; err != nil {
		return
	}
	bold, err := b.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if b.err = err; err != nil {
		return
	}
	for i, width := range widths {
		if b.err = s.SetColWidth(i+1, i+1, width); b.err != nil {
			return
		}
	}
	if b.err = s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); b.err != nil {
		return
	}
	titles := make([]any, len(head))
	for i, h := range head {
		titles[i] = excelize.Cell{StyleID: bold, Value: b.l.T("diagnosis.column." + h)}
	}
	all := append([][]any{titles}, rows...)
	for i, row := range all {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if b.err = err; err != nil {
			return
		}
		if b.err = s.SetRow(at, row); b.err != nil {
			return
		}
	}
	b.err = s.Flush()
}

// cell is a number that may be missing.
func cell(x *float64) any {
	if x == nil {
		return nil
	}
	return *x
}

func (b *workbook) figures(title string, list []figureJSON) {
	head := []string{"key", "name", "period", "value", "unit", "peers", "compared", "below", "above", "median", "change_from", "change", "notes"}
	var rows [][]any
	for _, f := range list {
		row := []any{f.Key, f.Name, f.Period, cell(f.Value), f.Unit, nil, nil, nil, nil, nil, nil, nil, strings.Join(f.Notes, " ")}
		if s := f.Standing; s != nil {
			row[5], row[6], row[7], row[8], row[9] = s.Peers, s.Compared, s.Below, s.Above, cell(s.Median)
		}
		if ch := f.Change; ch != nil {
			row[10], row[11] = ch.From, ch.By
		}
		rows = append(rows, row)
	}
	b.sheet(title, []float64{22, 42, 10, 12, 10, 44, 10, 10, 10, 12, 10, 10, 60}, head, rows)
}

func (b *workbook) parts(list []partJSON) {
	var rows [][]any
	for _, p := range list {
		rows = append(rows, []any{p.ID, p.Name, cell(p.People), cell(p.Rate), cell(p.Km), p.Sites})
	}
	b.sheet("diagnosis.sheet.parts", []float64{18, 40, 14, 14, 14, 14}, []string{"id", "name", "people", "rate", "km", "sites"}, rows)
}

func (b *workbook) places(list []placeJSON) {
	var rows [][]any
	for _, p := range list {
		rows = append(rows, []any{p.Name, p.Address, p.Commune, p.Hours, p.Date, cell(p.Lon), cell(p.Lat)})
	}
	b.sheet("diagnosis.sheet.places", []float64{44, 40, 12, 60, 12, 12, 12}, []string{"name", "address", "commune", "hours", "date", "lon", "lat"}, rows)
}

// indicators writes the latest value of every indicator, with its state in words
// where it has none.
func (c Document) indicators(b *workbook) {
	var rows [][]any
	for _, def := range c.d.o.Panel.Definitions() {
		if c.shareAlike(def.Sources) {
			continue
		}
		v := c.d.o.Panel.Latest(c.x.Territory, def)
		note := strings.Join(c.d.reserves(def, v), " ")
		if !v.Shown() {
			note = c.d.state(v.State)
		}
		rows = append(rows, []any{
			def.Key, b.l.T("observatory.axis." + string(def.Axis)), c.d.name(def), def.Vintages[def.Latest()].Period, cell(known(v.Value)), string(def.Unit),
			cell(known(v.Numerator)), cell(known(v.Denominator)), v.Coverage, note, strings.Join(def.Sources, " "),
		})
	}
	b.sheet("diagnosis.sheet.indicators", []float64{24, 30, 44, 10, 12, 10, 14, 14, 10, 50, 24},
		[]string{"key", "axis", "name", "period", "value", "unit", "numerator", "denominator", "coverage", "notes", "sources"}, rows)
}

// shareAlike says whether any of the sources is under the ODbL.
func (c Document) shareAlike(sources []string) bool {
	for _, key := range sources {
		if s, ok := c.d.s.Manifest.Source(key); ok && s.Licence == "ODbL-1.0" {
			return true
		}
	}
	return false
}

// metadata says what the workbook is of, and where each figure comes from.
func (c Document) metadata(b *workbook, data documentJSON) {
	l := b.l
	rows := [][]any{
		{l.T("diagnosis.meta.territory"), data.Territory.Name},
		{l.T("diagnosis.meta.id"), data.Territory.ID},
		{l.T("diagnosis.meta.communes"), strings.Join(data.Communes, " ")},
		{l.T("diagnosis.meta.vintage"), data.Vintage},
		{l.T("diagnosis.meta.snapshot"), data.Snapshot},
		{l.T("diagnosis.meta.absent"), l.T("diagnosis.meta.absent_text")},
		{l.T("diagnosis.meta.odbl"), l.T("diagnosis.meta.odbl_text")},
	}
	for _, s := range data.Limits {
		rows = append(rows, []any{l.T("diagnosis.meta.limit"), s})
	}
	for _, s := range c.d.s.Manifest.Sources {
		if s.Licence == "ODbL-1.0" {
			continue
		}
		lang := l.Lang()
		rows = append(rows, []any{l.T("diagnosis.meta.source", s.Key), strings.Join([]string{s.Title.In(lang), s.Producer, s.Vintage.In(lang), s.Licence, s.Credit}, " · ")})
	}
	b.sheet("diagnosis.sheet.metadata", []float64{34, 140}, []string{"what", "text"}, rows)
}
