package adminweb

import (
	"html/template"
	"net/http"
	"strconv"
	"time"

	"bassin/internal/i18n"
	"bassin/internal/people"
	"bassin/internal/territory/names"
	"bassin/internal/web"
)

// number writes a number as forms carry it.
func number(n int64) string { return strconv.FormatInt(n, 10) }

// numbered reads a number that a form carries; -1 for what is none.
func numbered(r *http.Request, name string) int64 {
	n, err := strconv.ParseInt(r.FormValue(name), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// day is a day for a file, "" for none.
func day(t time.Time, in *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(in).Format(time.DateOnly)
}

// writeCSV answers with a table to take away; a spreadsheet runs none of its cells.
func writeCSV(w http.ResponseWriter, l *i18n.Localizer, name string, head []string, rows [][]string) error {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.csv"`)
	return web.WriteCSV(w, l, head, func(write func([]string)) {
		for _, row := range rows {
			cells := make([]string, len(row))
			for i, c := range row {
				cells[i] = web.Harmless(c)
			}
			write(cells)
		}
	})
}

// tomorrow is the day after.
func tomorrow(d people.Date) people.Date {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d
	}
	return people.Date(t.AddDate(0, 0, 1).Format(time.DateOnly))
}

// searchOne asks for what is most likely meant.
var searchOne = names.Options{Limit: 3}

// code is a command as one types it.
func code(s string) template.HTML {
	return template.HTML("<code>" + template.HTMLEscapeString(s) + "</code>") //nolint:gosec // escaped
}
