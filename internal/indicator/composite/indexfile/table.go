package indexfile

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/indicator/composite"
)

// missingWords are what a cell without a value may hold.
var missingWords = []string{"", "NA", "N/A", "n/a", "na", "NaN", "nan", "null", "NULL", "s", "ns", "nd", "-", "..", "."}

// ReadTable reads the columns that the method needs of a CSV table: a header, then
// a unit a line, cells split by commas, semicolons or tabs. Where they are
// semicolons or tabs, 3,5 is three and a half. The error is Problems.
func ReadTable(r io.Reader, name string, m *Method) (composite.Table, error) {
	in := bufio.NewReader(r)
	if mark, _ := in.Peek(3); bytes.Equal(mark, []byte("\ufeff")) {
		if _, err := in.Discard(3); err != nil {
			return composite.Table{}, err
		}
	}
	cr := csv.NewReader(in)
	cr.Comma = separator(in)
	cr.ReuseRecord = true
	t := tableReader{file: name, csv: cr, seen: map[string]int{}}
	t.table.Columns, t.table.Texts = map[string][]float64{}, map[string][]string{}
	if err := t.read(m); err != nil {
		return composite.Table{}, err
	}
	if len(t.problems) > 0 {
		return composite.Table{}, t.problems
	}
	return t.table, nil
}

// separator is the most frequent of the three in the first line.
func separator(in *bufio.Reader) rune {
	head, _ := in.Peek(4096)
	head, _, _ = bytes.Cut(head, []byte("\n"))
	best, most := ',', bytes.Count(head, []byte(","))
	for _, c := range []rune{';', '\t'} {
		if n := bytes.Count(head, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

type tableReader struct {
	file     string
	csv      *csv.Reader
	table    composite.Table
	seen     map[string]int // line of each unit
	problems Problems
}

func (t *tableReader) fail(line, column int, field, key string, args ...any) {
	if len(t.problems) < most {
		t.problems = append(t.problems, Problem{t.file, line, column, field, fault.New(fault.Invalid, key, args...).In(field)})
	}
}

// next returns a record and, where it cannot be read, the problem.
func (t *tableReader) next() ([]string, error) {
	record, err := t.csv.Read()
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		key := "composite.csv"
		if errors.Is(e.Err, csv.ErrFieldCount) {
			key = "composite.csv_cells"
		}
		t.fail(e.Line, e.Column, "", key, len(record), t.csv.FieldsPerRecord)
		return nil, t.problems
	}
	return record, err
}

func (t *tableReader) read(m *Method) error {
	header, err := t.next()
	if errors.Is(err, io.EOF) {
		return Problems{{t.file, 0, 0, "", fault.New(fault.Invalid, "composite.empty_table")}}
	}
	if err != nil {
		return err
	}
	at := map[string]int{}
	for i, h := range slices.Clone(header) {
		h = strings.TrimSpace(h)
		if _, twice := at[h]; twice && h != "" {
			line, column := t.csv.FieldPos(i)
			t.fail(line, column, h, "composite.column_twice", h)
		}
		at[h] = i
	}
	find := func(name string) int {
		i, ok := at[name]
		if !ok {
			t.fail(1, 0, name, "composite.no_column", name)
		}
		return i
	}
	unit := find(m.Unit)
	names := m.Columns()
	cols, where := make([][]float64, len(names)), make([]int, len(names))
	for c, name := range names {
		where[c] = find(name)
	}
	group := -1
	if g := m.Recipe.Imputation.Group; g != "" {
		group = find(g)
	}
	if len(t.problems) > 0 {
		return t.problems
	}
	for len(t.problems) < most {
		record, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		t.unit(record, unit, m.Unit)
		for c, i := range where {
			v, ok := number(record[i], t.csv.Comma != ',')
			if !ok {
				line, column := t.csv.FieldPos(i)
				t.fail(line, column, names[c], "composite.cell", short(record[i]))
			}
			cols[c] = append(cols[c], v)
		}
		if group >= 0 {
			name := m.Recipe.Imputation.Group
			t.table.Texts[name] = append(t.table.Texts[name], strings.TrimSpace(record[group]))
		}
	}
	for c, name := range names {
		t.table.Columns[name] = cols[c]
	}
	return nil
}

func (t *tableReader) unit(record []string, i int, field string) {
	name := strings.TrimSpace(record[i])
	line, column := t.csv.FieldPos(i)
	if name == "" {
		t.fail(line, column, field, "composite.unit_empty")
	}
	if first := t.seen[name]; first > 0 {
		t.fail(line, column, field, "composite.unit_twice", name, strconv.Itoa(first))
	}
	t.seen[name] = line
	t.table.Units = append(t.table.Units, name)
}

// number reads a cell; a missing value is NaN.
func number(cell string, decimalComma bool) (float64, bool) {
	cell = strings.TrimSpace(cell)
	if slices.Contains(missingWords, cell) {
		return math.NaN(), true
	}
	if decimalComma && strings.Count(cell, ",") == 1 && !strings.Contains(cell, ".") {
		cell = strings.Replace(cell, ",", ".", 1)
	}
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || strings.ContainsAny(cell, "xX_") {
		return math.NaN(), false
	}
	return v, true
}

func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
