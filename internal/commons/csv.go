package commons

import (
	"io"
	"iter"
	"slices"
	"strings"

	"bassin/internal/table"
)

// Limits of a table that is read.
const (
	mostCSV      = 20 << 20 // bytes
	mostRows     = 20_000
	mostFindings = 500
)

// listed separates the values of a cell; one inside a value is written \|.
const listed = "|"

// CSV is the [Reader] of tables: see [ReadCSV].
type CSV struct{}

// Read implements [Reader].
func (CSV) Read(file []byte) ([]Found, []Finding) { return ReadCSV(file) }

// CSVColumns are the columns of a table of these kinds, all if none is given: kind,
// id, then the names of the fields.
func CSVColumns(kinds ...Kind) []string {
	out := []string{"kind", "id"}
	for _, f := range Fields {
		if len(kinds) == 0 || slices.ContainsFunc(kinds, f.Of) {
			out = append(out, f.Name)
		}
	}
	return out
}

// WriteCSV writes a table, an entry a row, as spreadsheets open it and [ReadCSV] reads
// it: UTF-8 with a byte order mark. Without rows it is a form to fill. A field that is
// there without a value is not told from one that is not there.
func WriteCSV(w io.Writer, comma rune, columns []string, rows iter.Seq[Found]) error {
	c := table.NewWriter(w, comma)
	if err := c.Write(columns); err != nil {
		return err
	}
	cells := make([]string, len(columns))
	for found := range rows {
		for i, name := range columns {
			switch name {
			case "kind":
				cells[i] = string(found.Kind)
			case "id":
				cells[i] = table.Harmless(found.Record)
			default:
				f, _ := FieldNamed(name)
				cells[i] = table.Harmless(join(f, found.Sheet[name]))
			}
		}
		if err := c.Write(cells); err != nil {
			return err
		}
	}
	return c.Flush()
}

// ReadCSV reads a table with a row of names, as package table reads it.
func ReadCSV(file []byte) ([]Found, []Finding) {
	t := sheets{}
	t.Reader = table.Open(file, table.Limits{Bytes: mostCSV, Rows: mostRows}, column, func(f table.Finding) {
		if len(t.findings) < mostFindings {
			t.findings = append(t.findings, Finding{f.Line, f.Column, f.Field, Severity(f.Severity), f.Key, f.Args, f.Detail})
		}
	})
	if t.Reader == nil {
		return nil, t.findings
	}
	if !slices.Contains(t.Columns, "kind") {
		t.say(t.Line, "kind", Wrong, "commons.csv.no_kind")
		return nil, t.findings
	}
	for line, cells := range t.Rows() {
		t.row(line, cells)
	}
	return t.found, t.findings
}

// column is the name of a column of these tables, "" for another.
func column(name string) string {
	if _, ok := FieldNamed(name); ok || name == "kind" || name == "id" {
		return name
	}
	return ""
}

// sheets is a table being read.
type sheets struct {
	*table.Reader
	found    []Found
	findings []Finding
}

func (t *sheets) say(line int, field string, s Severity, key string, args ...any) {
	if len(t.findings) < mostFindings {
		t.findings = append(t.findings, Finding{Line: line, Field: field, Severity: s, Key: key, Args: args})
	}
}

func (t *sheets) row(line int, cells []string) {
	found := Found{Sheet: Sheet{}, Line: line}
	for i, cell := range cells {
		switch t.Columns[i] {
		case "":
		case "kind":
			found.Kind = Kind(strings.ToLower(strings.TrimSpace(cell)))
		case "id":
			found.Record = strings.TrimSpace(cell)
		default:
			f, _ := FieldNamed(t.Columns[i])
			if values := split(f, cell); len(values) > 0 {
				found.Sheet[f.Name] = values
			}
		}
	}
	if !found.Kind.Valid() {
		t.say(line, "kind", Wrong, "commons.csv.kind_unknown", string(found.Kind))
		return
	}
	for _, name := range t.Columns {
		f, ok := FieldNamed(name)
		if _, said := found.Sheet[name]; ok && said && !f.Of(found.Kind) {
			t.say(line, name, Warning, "commons.field_unknown", name)
			delete(found.Sheet, name)
		}
	}
	t.found = append(t.found, found)
}

var (
	escape = strings.NewReplacer(`\`, `\\`, listed, `\`+listed)
	spaced = " \t\r\n"
)

func join(f Field, values []string) string {
	if !f.Many {
		return strings.Join(values, " ")
	}
	cells := make([]string, len(values))
	for i, v := range values {
		cells[i] = escape.Replace(v)
	}
	return strings.Join(cells, listed)
}

func split(f Field, cell string) []string {
	if !f.Many {
		if cell = strings.Trim(cell, spaced); cell == "" {
			return nil
		}
		return []string{cell}
	}
	var out []string
	var b strings.Builder
	end := func() {
		if v := strings.Trim(b.String(), spaced); v != "" {
			out = append(out, v)
		}
		b.Reset()
	}
	for i := 0; i < len(cell); i++ {
		switch {
		case cell[i] == '\\' && i+1 < len(cell) && (cell[i+1] == '\\' || cell[i+1] == listed[0]):
			i++
			b.WriteByte(cell[i])
		case cell[i] == listed[0]:
			end()
		default:
			b.WriteByte(cell[i])
		}
	}
	end()
	return out
}
