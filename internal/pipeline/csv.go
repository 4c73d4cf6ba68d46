package pipeline

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
)

// readCSV reads a table: UTF-8, comma, one header line with the columns of the
// manifest in any order.
func readCSV(content []byte, s *Source, ps *sourceProblems) *table {
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	r := csv.NewReader(bytes.NewReader(content))
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if err == io.EOF {
		ps.whole("put the whole file back", "the file is empty")
		return nil
	}
	if err != nil {
		tellCSV(err, nil, ps)
		return nil
	}
	t := &table{source: s, at: map[string]int{}, rows: make([][]string, 0, s.Rows), lines: make([]int, 0, s.Rows)}
	if !t.readHeader(header, ps) {
		return nil
	}
	for {
		row, err := r.Read()
		if err == io.EOF {
			return t
		}
		if err != nil {
			tellCSV(err, header, ps)
			return nil
		}
		line, _ := r.FieldPos(0)
		if len(row) != len(header) {
			ps.at(line, "", "", "%d cells instead of %d: a comma is missing or too many, or the line is cut short", len(row), len(header))
			continue
		}
		t.rows = append(t.rows, row)
		t.lines = append(t.lines, line)
	}
}

func (t *table) readHeader(header []string, ps *sourceProblems) bool {
	var unknown, missing []string
	ok := true
	for i, name := range header {
		if _, twice := t.at[name]; twice {
			ps.at(1, name, "", "the column is there twice")
			ok = false
		}
		t.at[name] = i
		if t.source.column(name) == nil {
			unknown = append(unknown, name)
		}
	}
	for _, c := range t.source.Columns {
		if !slices.Contains(header, c.Name) {
			missing = append(missing, c.Name)
		}
	}
	for _, name := range missing {
		what := "the column is missing"
		if len(unknown) > 0 {
			what += " (not in the manifest: " + strings.Join(unknown, ", ") + ")"
		}
		ps.at(1, name, "give the column its name back, or change the manifest if the source changed", "%s", what)
	}
	if len(missing) == 0 {
		for _, name := range unknown {
			ps.at(1, name, "describe the column in the manifest or remove it", "the column is not in the manifest")
		}
	}
	return ok && len(missing) == 0 && len(unknown) == 0
}

func tellCSV(err error, header []string, ps *sourceProblems) {
	e, ok := errors.AsType[*csv.ParseError](err)
	if !ok {
		ps.whole("", "%v", err)
		return
	}
	what := e.Err.Error()
	if errors.Is(e.Err, csv.ErrQuote) || errors.Is(e.Err, csv.ErrBareQuote) {
		what = "a quotation mark is open or misplaced"
	}
	do := ""
	if e.Line != e.StartLine {
		do = "the row begins on line " + itoa(e.StartLine)
	}
	ps.at(e.Line, "", do, "character %d: %s", e.Column, what)
}
