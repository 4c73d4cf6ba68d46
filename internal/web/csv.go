package web

import (
	"bufio"
	"encoding/csv"
	"io"
	"strings"

	"bassin/internal/i18n"
)

// Harmless keeps a spreadsheet from running a text as a formula.
func Harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}

// WriteCSV writes a table as the spreadsheets of the reader's country open it: a
// byte order mark, and semicolons in French.
func WriteCSV(w io.Writer, l *i18n.Localizer, head []string, rows func(write func([]string))) error {
	b := bufio.NewWriter(w)
	b.WriteString("\ufeff")
	c := csv.NewWriter(b)
	c.UseCRLF = true
	if l.Lang() == i18n.FR {
		c.Comma = ';'
	}
	var failed error
	write := func(cells []string) {
		if err := c.Write(cells); failed == nil {
			failed = err
		}
	}
	write(head)
	rows(write)
	c.Flush()
	if failed == nil {
		failed = c.Error()
	}
	if failed == nil {
		failed = b.Flush()
	}
	return failed
}
