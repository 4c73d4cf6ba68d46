package commons

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
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
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.Comma, c.UseCRLF = comma, true
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
				cells[i] = harmless(found.Record)
			default:
				f, _ := FieldNamed(name)
				cells[i] = harmless(join(f, found.Sheet[name]))
			}
		}
		if err := c.Write(cells); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// ReadCSV reads a table with a row of names: separated by commas, semicolons or tabs,
// in UTF-8, UTF-16 or Windows-1252.
func ReadCSV(file []byte) ([]Found, []Finding) {
	t := table{}
	if len(file) > mostCSV {
		t.say(1, "", Wrong, "commons.csv.large", mostCSV>>20)
		return nil, t.findings
	}
	text, ok := t.decode(file)
	if !ok {
		return nil, t.findings
	}
	if !bytes.ContainsRune(text, '\n') { // as old Macs end their lines
		text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	}
	if bytes.HasPrefix(text, []byte("sep=")) { // written by Excel; the line is left, empty, so that those below keep their number
		_, rest, _ := bytes.Cut(text, []byte("\n"))
		text = append([]byte("\n"), rest...)
	}
	t.reader = csv.NewReader(bytes.NewReader(text))
	t.reader.Comma, t.reader.FieldsPerRecord = comma(text), -1
	if t.head() {
		t.rows()
	}
	return t.found, t.findings
}

// table is a table being read.
type table struct {
	reader   *csv.Reader
	columns  []string // "" for one that is not read
	found    []Found
	findings []Finding
}

func (t *table) say(line int, field string, s Severity, key string, args ...any) {
	if len(t.findings) < mostFindings {
		t.findings = append(t.findings, Finding{Line: line, Field: field, Severity: s, Key: key, Args: args})
	}
}

func (t *table) decode(file []byte) ([]byte, bool) {
	switch {
	case bytes.HasPrefix(file, []byte("PK\x03\x04")), bytes.HasPrefix(file, []byte("\xd0\xcf\x11\xe0")):
		t.say(1, "", Wrong, "commons.csv.spreadsheet")
		return nil, false
	case bytes.HasPrefix(file, []byte("\xff\xfe")), bytes.HasPrefix(file, []byte("\xfe\xff")):
		text, _, err := transform.Bytes(unicode.BOMOverride(unicode.UTF8.NewDecoder()), file)
		if err != nil {
			t.say(1, "", Wrong, "commons.csv.encoding")
			return nil, false
		}
		return text, true
	}
	file = bytes.TrimPrefix(file, []byte("\ufeff"))
	if !utf8.Valid(file) {
		text, err := charmap.Windows1252.NewDecoder().Bytes(file)
		if err != nil {
			t.say(1, "", Wrong, "commons.csv.encoding")
			return nil, false
		}
		t.say(1, "", Note, "commons.csv.windows")
		file = text
	}
	if i := bytes.IndexByte(file, 0); i >= 0 {
		t.say(1+bytes.Count(file[:i], []byte("\n")), "", Wrong, "commons.csv.encoding")
		return nil, false
	}
	return file, true
}

// comma is what separates the names of the first line, outside of quotes.
func comma(text []byte) rune {
	line, _, _ := bytes.Cut(bytes.TrimLeft(text, "\r\n"), []byte("\n"))
	count, quoted := map[byte]int{}, false
	for _, b := range line {
		if b == '"' {
			quoted = !quoted
		} else if !quoted {
			count[b]++
		}
	}
	best := byte(',')
	for _, b := range []byte{';', '\t'} {
		if count[b] > count[best] {
			best = b
		}
	}
	return rune(best)
}

// head reads the row of names.
func (t *table) head() bool {
	names, err := t.reader.Read()
	if err != nil {
		t.unread(err)
		if errors.Is(err, io.EOF) {
			t.say(1, "", Wrong, "commons.csv.empty")
		}
		return false
	}
	line, _ := t.reader.FieldPos(0)
	kind := false
	for _, name := range names {
		name = strings.ToLower(strings.Trim(name, " \t\u00a0\""))
		_, known := FieldNamed(name)
		switch {
		case name == "":
		case name != "kind" && name != "id" && !known:
			t.say(line, name, Warning, "commons.csv.column_unknown", name)
			name = ""
		case slices.Contains(t.columns, name):
			t.say(line, name, Wrong, "commons.csv.column_twice", name)
			name = ""
		}
		kind = kind || name == "kind"
		t.columns = append(t.columns, name)
	}
	if !kind {
		t.say(line, "kind", Wrong, "commons.csv.no_kind")
	}
	return kind
}

func (t *table) rows() {
	for n := 0; ; n++ {
		cells, err := t.reader.Read()
		if errors.Is(err, io.EOF) {
			if n == 0 {
				t.say(1, "", Warning, "commons.csv.no_rows")
			}
			return
		}
		if n == mostRows {
			t.say(0, "", Wrong, "commons.csv.many_rows", mostRows)
			return
		}
		if err != nil {
			t.unread(err)
			continue
		}
		t.row(cells)
	}
}

// unread tells of a row that is not CSV.
func (t *table) unread(err error) {
	e, ok := errors.AsType[*csv.ParseError](err)
	if !ok {
		return
	}
	t.say(e.StartLine, "", Wrong, "commons.csv.quotes", e.Line)
	if len(t.findings) < mostFindings {
		last := &t.findings[len(t.findings)-1]
		last.Column, last.Detail = e.Column, e.Err.Error()
	}
}

func (t *table) row(cells []string) {
	line, _ := t.reader.FieldPos(0)
	if !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
		return // a line of nothing but separators, as spreadsheets leave them
	}
	found := Found{Sheet: Sheet{}, Line: line}
	over := false
	for i, cell := range cells {
		cell = plain(cell)
		switch {
		case i >= len(t.columns):
			over = over || strings.TrimSpace(cell) != ""
		case t.columns[i] == "kind":
			found.Kind = Kind(strings.ToLower(strings.TrimSpace(cell)))
		case t.columns[i] == "id":
			found.Record = strings.TrimSpace(cell)
		case t.columns[i] != "":
			f, _ := FieldNamed(t.columns[i])
			if values := split(f, cell); len(values) > 0 {
				found.Sheet[f.Name] = values
			}
		}
	}
	if over {
		t.say(line, "", Warning, "commons.csv.wide", len(t.columns))
	}
	if !found.Kind.Valid() {
		t.say(line, "kind", Wrong, "commons.csv.kind_unknown", string(found.Kind))
		return
	}
	for _, name := range t.columns {
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

// formula says whether a spreadsheet would run the text, quotes at its head aside.
func formula(s string) bool {
	s = strings.TrimLeft(s, "'")
	return s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0]))
}

// harmless keeps a spreadsheet from running a text as a formula; plain undoes it.
func harmless(s string) string {
	if formula(s) {
		return "'" + s
	}
	return s
}

func plain(s string) string {
	if strings.HasPrefix(s, "'") && formula(s) {
		return s[1:]
	}
	return s
}
