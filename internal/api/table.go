package api

import (
	"bytes"
	"encoding/csv"
	"strconv"

	"bassin/internal/web"
)

// table is a CSV answer: UTF-8, comma, CRLF, a header row (RFC 4180).
type table struct {
	harmless bool
	rows     [][]string
}

func (t *table) row(cells ...any) {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = t.cell(c)
	}
	t.rows = append(t.rows, out)
}

// cell writes a value: nothing for what is unknown, a decimal point in numbers.
func (t *table) cell(v any) string {
	switch v := v.(type) {
	case string:
		return t.text(v)
	case int:
		return strconv.Itoa(v)
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case *int:
		if v != nil {
			return strconv.Itoa(*v)
		}
	case *float64:
		if v != nil {
			return strconv.FormatFloat(*v, 'f', -1, 64)
		}
	}
	return ""
}

// text makes a cell that a spreadsheet would run harmless, with an apostrophe, if
// that was asked for.
func (t *table) text(s string) string {
	if t.harmless {
		return web.Harmless(s)
	}
	return s
}

// byteOrderMark is what spreadsheets misread accents without.
const byteOrderMark = "\uFEFF"

func (t *table) bytes() []byte {
	var b bytes.Buffer
	if t.harmless {
		b.WriteString(byteOrderMark)
	}
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	w.WriteAll(t.rows) // a buffer takes everything
	return b.Bytes()
}
