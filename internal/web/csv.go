package web

import (
	"bufio"
	"io"

	"bassin/internal/i18n"
	"bassin/internal/table"
)

// Harmless keeps a spreadsheet from running a text as a formula.
func Harmless(s string) string { return table.Harmless(s) }

// WriteCSV writes a table as the spreadsheets of the reader's country open it: a
// byte order mark, and semicolons in French.
func WriteCSV(w io.Writer, l *i18n.Localizer, head []string, rows func(write func([]string))) error {
	b, comma := bufio.NewWriter(w), ','
	if l.Lang() == i18n.FR {
		comma = ';'
	}
	c := table.NewWriter(b, comma)
	var failed error
	write := func(cells []string) {
		if err := c.Write(cells); failed == nil {
			failed = err
		}
	}
	write(head)
	rows(write)
	if err := c.Flush(); failed == nil {
		failed = err
	}
	if failed == nil {
		failed = b.Flush()
	}
	return failed
}
