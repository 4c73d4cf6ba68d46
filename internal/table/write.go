package table

import (
	"encoding/csv"
	"io"
	"strings"
)

// Writer writes a table as spreadsheets open it and [Open] reads it: UTF-8 with a byte
// order mark. Errors come with Flush.
type Writer struct {
	csv  *csv.Writer
	mark error
}

// NewWriter begins a table whose cells comma separates.
func NewWriter(w io.Writer, comma rune) *Writer {
	_, err := io.WriteString(w, "\ufeff")
	c := csv.NewWriter(w)
	c.Comma, c.UseCRLF = comma, true
	return &Writer{c, err}
}

// Write adds a row as it is; texts of people go through [Harmless] first.
func (w *Writer) Write(cells []string) error {
	if w.mark != nil {
		return w.mark
	}
	return w.csv.Write(cells)
}

// Flush ends the table.
func (w *Writer) Flush() error {
	w.csv.Flush()
	if w.mark != nil {
		return w.mark
	}
	return w.csv.Error()
}

// formula says whether a spreadsheet would run the text, quotes at its head aside.
func formula(s string) bool {
	s = strings.TrimLeft(s, "'")
	return s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0]))
}

// Harmless keeps a spreadsheet from running a text as a formula; [Plain] undoes it exactly.
func Harmless(s string) string {
	if formula(s) {
		return "'" + s
	}
	return s
}

// Plain is the text that [Harmless] was given.
func Plain(s string) string {
	if strings.HasPrefix(s, "'") && formula(s) {
		return s[1:]
	}
	return s
}
