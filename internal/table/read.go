package table

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

// Severity says what a finding does to what is read.
type Severity string

// The severities. What is wrong leaves out what it is about; the rest is read.
const (
	Wrong   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Finding is something to say of a table that is read. Its text is the catalogue entry
// Key filled with Args.
type Finding struct {
	Line, Column int    // from 1; 0 if not known
	Field        string // name of the column
	Severity     Severity
	Key          string
	Args         []any
	Detail       string // words of the standard library, in English; may be empty
}

// Limits bound what is read.
type Limits struct {
	Bytes int // of the file
	Rows  int
}

// Reader reads a table with a row of names: separated by commas, semicolons or tabs, in
// UTF-8, UTF-16 or Windows-1252.
type Reader struct {
	Columns []string // as known returned them; "" for one that is not read
	Line    int      // of the names
	Text    []byte   // the table in UTF-8; its lines have the numbers of the file

	csv  *csv.Reader
	rows int
	say  func(Finding)
}

// Open reads the row of names. Known says how a column is called that the file names so,
// "" if it is none; names come to it trimmed and in lower case. It returns nil if there is
// nothing to read, and say was told why.
func Open(file []byte, l Limits, known func(name string) string, say func(Finding)) *Reader {
	t := &Reader{rows: l.Rows, say: say}
	if len(file) > l.Bytes {
		t.tell(1, "", Wrong, "table.large", l.Bytes>>20)
		return nil
	}
	text, ok := t.decode(file)
	if !ok {
		return nil
	}
	if !bytes.ContainsRune(text, '\n') { // as old Macs end their lines
		text = bytes.ReplaceAll(text, []byte("\r"), []byte("\n"))
	}
	t.Text = text
	if bytes.HasPrefix(text, []byte("sep=")) { // written by Excel; the line is left, empty, so that those below keep their number
		_, rest, _ := bytes.Cut(text, []byte("\n"))
		text = append([]byte("\n"), rest...)
	}
	t.csv = csv.NewReader(bytes.NewReader(text))
	t.csv.Comma, t.csv.FieldsPerRecord = comma(text), -1
	if !t.head(known) {
		return nil
	}
	return t
}

func (t *Reader) tell(line int, field string, s Severity, key string, args ...any) {
	t.say(Finding{Line: line, Field: field, Severity: s, Key: key, Args: args})
}

func (t *Reader) decode(file []byte) ([]byte, bool) {
	switch {
	case bytes.HasPrefix(file, []byte("PK\x03\x04")), bytes.HasPrefix(file, []byte("\xd0\xcf\x11\xe0")):
		t.tell(1, "", Wrong, "table.spreadsheet")
		return nil, false
	case bytes.HasPrefix(file, []byte("\xff\xfe")), bytes.HasPrefix(file, []byte("\xfe\xff")):
		text, _, err := transform.Bytes(unicode.BOMOverride(unicode.UTF8.NewDecoder()), file)
		if err != nil {
			t.tell(1, "", Wrong, "table.encoding")
			return nil, false
		}
		return text, true
	}
	file = bytes.TrimPrefix(file, []byte("\ufeff"))
	if !utf8.Valid(file) {
		text, err := charmap.Windows1252.NewDecoder().Bytes(file)
		if err != nil {
			t.tell(1, "", Wrong, "table.encoding")
			return nil, false
		}
		t.tell(1, "", Note, "table.windows")
		file = text
	}
	if i := bytes.IndexByte(file, 0); i >= 0 {
		t.tell(1+bytes.Count(file[:i], []byte("\n")), "", Wrong, "table.encoding")
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

func (t *Reader) head(known func(string) string) bool {
	names, err := t.csv.Read()
	if err != nil {
		t.unread(err)
		if errors.Is(err, io.EOF) {
			t.tell(1, "", Wrong, "table.empty")
		}
		return false
	}
	t.Line, _ = t.csv.FieldPos(0)
	for _, said := range names {
		said = strings.ToLower(strings.Trim(said, " \t\u00a0\""))
		name := ""
		if said != "" {
			name = known(said)
		}
		switch {
		case said == "":
		case name == "":
			t.tell(t.Line, said, Warning, "table.column_unknown", said)
		case slices.Contains(t.Columns, name):
			t.tell(t.Line, said, Wrong, "table.column_twice", said)
			name = ""
		}
		t.Columns = append(t.Columns, name)
	}
	return true
}

// Rows are the lines and the cells of each row, those of nothing but separators left out.
// Cells have no sign any more against being run as a formula, see [Harmless]. A row may
// have fewer cells than there are columns, and none more.
func (t *Reader) Rows() iter.Seq2[int, []string] {
	return func(yield func(int, []string) bool) {
		for n := 0; ; n++ {
			cells, err := t.csv.Read()
			if errors.Is(err, io.EOF) {
				if n == 0 {
					t.tell(1, "", Warning, "table.no_rows")
				}
				return
			}
			if n == t.rows {
				t.tell(0, "", Wrong, "table.many_rows", t.rows)
				return
			}
			if err != nil {
				t.unread(err)
				continue
			}
			if !slices.ContainsFunc(cells, filled) {
				continue // as spreadsheets leave them
			}
			line, _ := t.csv.FieldPos(0)
			for i := range cells {
				cells[i] = Plain(cells[i])
			}
			if w := len(t.Columns); len(cells) > w {
				if slices.ContainsFunc(cells[w:], filled) {
					t.tell(line, "", Warning, "table.wide", w)
				}
				cells = cells[:w]
			}
			if !yield(line, cells) {
				return
			}
		}
	}
}

func filled(cell string) bool { return strings.TrimSpace(cell) != "" }

// unread tells of a row that is not CSV.
func (t *Reader) unread(err error) {
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		t.say(Finding{Line: e.StartLine, Column: e.Column, Severity: Wrong, Key: "table.quotes", Args: []any{e.Line}, Detail: e.Err.Error()})
	}
}
