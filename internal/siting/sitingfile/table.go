package sitingfile

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/parquet-go/parquet-go"

	"bassin/internal/fault"
)

// most is how large a file may be, in bytes.
const most = 1 << 30

// table is a file as it stands: cells as texts (CSV) or values (Parquet).
type table struct {
	name  string
	names []string // of columns; nil if there is no header
	rows  int
	text  [][]string        // by row, CSV
	value [][]parquet.Value // by column, Parquet
	line  []int             // of each row, CSV
}

// read reads a table. A CSV file has a header if header says so or its first cell
// is no number and header is nil.
func read(r io.Reader, name string, header func(first []string) bool) (*table, error) {
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, err
	}
	if len(b) > most {
		return nil, fault.New(fault.TooLarge, "siting.file.large", name)
	}
	t := &table{name: name}
	if bytes.HasPrefix(b, []byte("PAR1")) {
		return t, t.parquet(b)
	}
	return t, t.csv(bytes.TrimPrefix(b, []byte("\ufeff")), header)
}

func (t *table) csv(b []byte, header func(first []string) bool) error {
	cr := csv.NewReader(bufio.NewReader(bytes.NewReader(b)))
	cr.Comma = separator(b)
	cr.TrimLeadingSpace = true
	for {
		record, err := cr.Read()
		if err == io.EOF {
			break
		}
		if e, ok := errors.AsType[*csv.ParseError](err); ok {
			if errors.Is(e.Err, csv.ErrFieldCount) {
				return fault.New(fault.Invalid, "siting.file.cells", t.name, e.Line, len(record), cr.FieldsPerRecord)
			}
			return fault.New(fault.Invalid, "siting.file.csv", t.name, e.Line)
		}
		if err != nil {
			return err
		}
		line, _ := cr.FieldPos(0)
		if t.rows == 0 && t.names == nil && header(record) {
			t.names = make([]string, len(record))
			for x, name := range record {
				t.names[x] = strings.ToLower(strings.TrimSpace(name))
			}
			continue
		}
		t.text = append(t.text, record)
		t.line = append(t.line, line)
		t.rows++
	}
	if t.rows == 0 {
		return fault.New(fault.Invalid, "siting.file.empty", t.name)
	}
	return nil
}

// separator is the most frequent of the usual three in the first line.
func separator(b []byte) rune {
	head, _, _ := bytes.Cut(b, []byte("\n"))
	best, most := ',', bytes.Count(head, []byte(","))
	for _, c := range []rune{';', '\t'} {
		if n := bytes.Count(head, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

func (t *table) parquet(b []byte) (err error) {
	defer func() { // the library panics on some damaged files
		if r := recover(); r != nil {
			err = fault.New(fault.Invalid, "siting.file.parquet", t.name).Because(fmt.Errorf("%v", r))
		}
	}()
	bad := func(err error) error { return fault.New(fault.Invalid, "siting.file.parquet", t.name).Because(err) }
	f, err := parquet.OpenFile(bytes.NewReader(b), int64(len(b)), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return bad(err)
	}
	for leaf, path := range f.Schema().Columns() {
		t.names = append(t.names, strings.ToLower(strings.Join(path, ".")))
		var column []parquet.Value
		for _, g := range f.RowGroups() {
			pages := g.ColumnChunks()[leaf].Pages()
			for {
				page, err := pages.ReadPage()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					return errors.Join(bad(err), pages.Close())
				}
				if page.NumValues() > f.NumRows() {
					return errors.Join(bad(errors.New("more values than rows")), pages.Close())
				}
				values := make([]parquet.Value, page.NumValues())
				n, err := page.Values().ReadValues(values)
				if n != len(values) {
					return errors.Join(bad(err), pages.Close())
				}
				for x, v := range values {
					values[x] = v.Clone()
				}
				column = append(column, values...)
			}
			if err := pages.Close(); err != nil {
				return bad(err)
			}
		}
		if int64(len(column)) != f.NumRows() {
			return bad(errors.New("lists are not read"))
		}
		t.value = append(t.value, column)
	}
	if t.rows = int(f.NumRows()); t.rows == 0 || len(t.names) == 0 {
		return fault.New(fault.Invalid, "siting.file.empty", t.name)
	}
	return nil
}

func (t *table) columns() int {
	if t.value != nil {
		return len(t.value)
	}
	return len(t.text[0])
}

// column is the number of the first column with one of the names, -1 if none.
func (t *table) column(names ...string) int {
	for x, name := range t.names {
		for _, n := range names {
			if n == name {
				return x
			}
		}
	}
	return -1
}

// word is a cell as text.
func (t *table) word(row, column int) string {
	if t.value == nil {
		return strings.TrimSpace(t.text[row][column])
	}
	v := t.value[column][row]
	if v.IsNull() {
		return ""
	}
	return strings.TrimSpace(v.String())
}

// where is the line of a row, as people count.
func (t *table) where(row int) int {
	if t.line != nil {
		return t.line[row]
	}
	return row + 1
}

// number is a cell as a number. An empty one is +Inf if far says so.
func (t *table) number(row, column int, far bool) (float64, error) {
	if t.value != nil {
		switch v := t.value[column][row]; {
		case v.IsNull():
		case v.Kind() == parquet.Double && !math.IsNaN(v.Double()):
			return v.Double(), nil
		case v.Kind() == parquet.Float && !math.IsNaN(float64(v.Float())):
			return float64(v.Float()), nil
		case v.Kind() == parquet.Int32:
			return float64(v.Int32()), nil
		case v.Kind() == parquet.Int64:
			return float64(v.Int64()), nil
		}
	}
	word := t.word(row, column)
	if far && (word == "" || strings.EqualFold(word, "inf")) {
		return math.Inf(1), nil
	}
	x, err := strconv.ParseFloat(strings.Replace(word, ",", ".", 1), 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, fault.New(fault.Invalid, "siting.file.number", t.name, t.where(row), column+1, word)
	}
	return x, nil
}
