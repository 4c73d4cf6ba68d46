package pipeline

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// fixManifest is what to do when a source and its manifest disagree on a figure.
const fixManifest = "put the file back, or correct the manifest if the source changed"

// validate checks a table by itself: rows, cells, keys, totals.
func (t *table) validate(ps *sourceProblems, report *SourceReport) {
	if stated := t.source.Rows > 0 || !t.source.local; stated && len(t.rows) != t.source.Rows {
		ps.whole(fixManifest, "%d rows instead of %d", len(t.rows), t.source.Rows)
	} else {
		report.passed("%d rows", len(t.rows))
	}
	for i := range t.source.Columns {
		t.validateColumn(&t.source.Columns[i], ps, report)
	}
	t.validateKey(ps, report)
	for _, total := range t.source.Totals {
		t.validateTotal(total, ps, report)
	}
}

func (t *table) validateColumn(c *Column, ps *sourceProblems, report *SourceReport) {
	known := map[string]bool{} // values already found right
	first := map[string]int{}  // line of each value of a unique column
	empty := 0
	at := t.at[c.Name]
	for i, row := range t.rows {
		cell := row[at]
		if cell == "" {
			if empty++; c.Empty == 0 && !t.source.local {
				ps.at(t.lines[i], c.Name, "", "the cell is empty and must not be")
			}
			continue
		}
		if c.Unique {
			if line, ok := first[cell]; ok {
				ps.at(t.lines[i], c.Name, "remove one of the two", "%q is already on %s %d", shorten(cell), ps.place, line)
			}
			first[cell] = t.lines[i]
		} else if known[cell] {
			continue
		}
		values := []string{cell}
		if c.List {
			values = strings.Split(cell, list)
		}
		right := true
		for _, v := range values {
			if wrong := c.wrong(v); wrong != "" {
				ps.at(t.lines[i], c.Name, "", "%q %s", shorten(v), wrong)
				right = false
			}
		}
		if right && !c.Unique {
			known[cell] = true
		}
	}
	switch {
	case empty == 0 && c.Empty == 0 || c.Empty == 0 && !t.source.local:
	case empty != c.Empty && c.Empty > 0:
		ps.at(0, c.Name, fixManifest, "%d cells are empty instead of %d", empty, c.Empty)
	default:
		report.found(Finding{Kind: Empty, Column: c.Name, Count: empty, Why: "not published in the source"})
	}
}

func (t *table) key(row int) string {
	parts := make([]string, len(t.source.KeyColumns))
	for i, name := range t.source.KeyColumns {
		parts[i] = t.get(row, name)
	}
	return strings.Join(parts, " ")
}

func (t *table) validateKey(ps *sourceProblems, report *SourceReport) {
	keys := t.source.KeyColumns
	if len(keys) == 0 {
		return
	}
	if len(keys) == 1 && t.source.column(keys[0]).Unique {
		report.passed("no %s twice", keys[0])
		return // already told by the column
	}
	first := make(map[string]int, len(t.rows))
	for i := range t.rows {
		k := t.key(i)
		if line, ok := first[k]; ok {
			ps.at(t.lines[i], strings.Join(keys, ", "), "remove one of the two", "%q is already on %s %d", k, ps.place, line)
		}
		first[k] = t.lines[i]
	}
	report.passed("no %s twice", strings.Join(keys, " and "))
}

func (t *table) validateTotal(total Total, ps *sourceProblems, report *SourceReport) {
	var sum, count int64
	distinct := map[string]bool{}
rows:
	for i := range t.rows {
		for name, want := range total.Where {
			if t.get(i, name) != want {
				continue rows
			}
		}
		count++
		if total.Sum != "" {
			n, _ := t.number(i, total.Sum)
			sum += n
		}
		if total.Distinct != "" {
			if v := t.get(i, total.Distinct); v != "" {
				distinct[v] = true
			}
		}
	}
	var what, column string
	var found, want int64
	switch {
	case total.Count != nil:
		what, found, want = "rows", count, int64(*total.Count)
	case total.Sum != "":
		what, column, found, want = "in all", total.Sum, sum, *total.Is
	default:
		what, column, found, want = "different values", total.Distinct, int64(len(distinct)), *total.Is
	}
	for _, name := range slices.Sorted(maps.Keys(total.Where)) {
		what += fmt.Sprintf(" where %s is %q", name, total.Where[name])
	}
	if found != want {
		ps.at(0, column, fixManifest, "%d %s instead of %d", found, what, want)
		return
	}
	if column != "" {
		what = column + ", " + what
	}
	report.passed("%s: %s", strconv.FormatInt(found, 10), what)
}
