package observatoryweb

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"bassin/internal/observatory"
	"bassin/internal/web"
)

// WriteCSV writes the figures as a table, one row each: the bounds of the estimate
// first, then the twelve, then the networks. A figure that is missing has its row,
// without a value, and says why. Spreadsheets run none of its cells.
func (c Document) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	rows := [][]string{{
		"territory", "part", "key", "name", "period", "value", "unit", "numerator", "denominator", "coverage", "imprecise", "proxy", "estimate",
		"peers", "compared", "below", "above", "median", "z", "changeFrom", "changeBy", "changeUnit", "notes", "producers", "licences",
	}}
	var bounds []observatory.Figure
	if c.x.Concerned != nil {
		for _, key := range []string{"illectronisme_low", "illectronisme_high"} {
			if def, ok := c.d.o.Panel.Definition(key); ok {
				if f, ok := c.d.o.Figure(c.x.Territory, def); ok {
					f.Standing = nil // it is the estimate that is compared
					bounds = append(bounds, f)
				}
			}
		}
	}
	for _, part := range []struct {
		name string
		of   []observatory.Figure
	}{{"bounds", bounds}, {"figures", c.x.Figures}, {"networks", c.x.Networks}} {
		for _, f := range c.figures(part.of) {
			rows = append(rows, c.row(part.name, f))
		}
	}
	for _, key := range c.x.Missing {
		row := make([]string, len(rows[0]))
		row[0], row[1], row[2] = c.x.Territory.ID.String(), "missing", key
		if def, ok := c.d.o.Panel.Definition(key); ok {
			row[3], row[6] = c.d.name(def), string(def.Unit)
		}
		row[22] = c.d.state(c.d.o.Latest(c.x.Territory, key).State)
		rows = append(rows, row)
	}
	communes := make([]string, len(rows[0]))
	communes[0], communes[1], communes[22] = c.x.Territory.ID.String(), "communes", strings.Join(c.d.f.Codes(c.x.Territory), " ")
	rows = append(rows, communes)
	for _, row := range rows {
		for i, cell := range row {
			if _, err := strconv.ParseFloat(cell, 64); err != nil {
				row[i] = web.Harmless(cell)
			}
		}
	}
	return out.WriteAll(rows)
}

func (c Document) row(part string, f figureJSON) []string {
	row := []string{
		c.x.Territory.ID.String(), part, f.Key, f.Name, f.Period, digits(f.Value), f.Unit, digits(f.Numerator), digits(f.Denominator), digits(&f.Coverage),
		strconv.FormatBool(f.Imprecise), strconv.FormatBool(f.Proxy), strconv.FormatBool(f.Estimate),
	}
	if s := f.Standing; s != nil {
		row = append(row, s.Peers, itoa(s.Compared), itoa(s.Below), itoa(s.Above), digits(s.Median))
	} else {
		row = append(row, "", "", "", "", "")
	}
	row = append(row, digits(f.Z))
	if ch := f.Change; ch != nil {
		unit := "share"
		if ch.Points {
			unit = "points"
		}
		row = append(row, ch.From, digits(&ch.By), unit)
	} else {
		row = append(row, "", "", "")
	}
	var producers, licences []string
	for _, key := range f.Sources {
		if s, ok := c.d.s.Manifest.Source(key); ok {
			producers, licences = append(producers, s.Producer), append(licences, s.Licence)
		}
	}
	return append(row, strings.Join(f.Notes, " "), strings.Join(once(producers), " ; "), strings.Join(once(licences), " "))
}

// digits writes a number in full, nothing where it is not known.
func digits(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'f', -1, 64)
}

// once drops what came before.
func once(list []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
