package pipeline

import (
	"cmp"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// current leads from past commune codes to today's.
type current struct {
	codes map[string]int // row of each current commune
	next  map[string][]string
}

func (in *inputs) current() current {
	c := current{codes: in.tables["communes"].by("code"), next: map[string][]string{}}
	t := in.tables["passage"]
	for i := range t.rows {
		if old, code := t.get(i, "ancien_code"), t.get(i, "code"); old != code {
			c.next[old] = append(c.next[old], code)
		}
	}
	return c
}

// resolve checks that every value that refers to another source is in it, and
// moves what is said of a past commune to today's. A past commune that leads
// nowhere, or to several communes, has its row dropped, which the report says.
func (in *inputs) resolve(dataDir string) Problems {
	now := in.current()
	values := map[string]map[string]int{}
	var all Problems
	for k := range in.manifest.Sources {
		s := &in.manifest.Sources[k]
		t := in.tables[s.Key]
		ps := &sourceProblems{file: filepath.Join(dataDir, filepath.FromSlash(s.Path)), place: "line"}
		if s.Format != "csv" {
			ps.place = "feature"
		}
		for i := range s.Columns {
			c := &s.Columns[i]
			if c.References == "" {
				continue
			}
			known := values[c.References]
			if known == nil {
				key, column, _ := strings.Cut(c.References, ".")
				known = in.tables[key].by(column)
				values[c.References] = known
			}
			if c.Past == "move" {
				t.move(c, now, &in.reports[k])
				continue
			}
			if c.Past == "merge" {
				continue // its figures are put together by unit, see figures.go
			}
			t.refer(c, known, ps, &in.reports[k])
		}
		all = append(all, ps.all()...)
	}
	return all
}

func (t *table) refer(c *Column, known map[string]int, ps *sourceProblems, report *SourceReport) {
	for i := range t.rows {
		for _, v := range t.values(i, c.Name) {
			if _, ok := known[v]; !ok {
				ps.at(t.lines[i], c.Name, "correct the code, or add it there", "%q is not in %s", v, c.References)
			}
		}
	}
	report.passed("every %s is in %s", c.Name, c.References)
}

// move turns past commune codes into today's, in place.
func (t *table) move(c *Column, now current, report *SourceReport) {
	var moved, lost, doubled []string
	keep := func(row int) bool {
		var out []string
		changed := false
		for _, v := range t.values(row, c.Name) {
			_, alive := now.codes[v]
			switch next := now.next[v]; {
			case alive:
				out = append(out, v)
			case len(next) == 1:
				out, changed = append(out, next[0]), true
				moved = append(moved, v+" to "+next[0])
			default:
				lost = append(lost, v)
			}
		}
		if !changed && len(out) == len(t.values(row, c.Name)) {
			return true
		}
		slices.Sort(out)
		t.rows[row][t.at[c.Name]] = strings.Join(slices.Compact(out), list)
		return len(out) > 0
	}
	taken := map[string]bool{}
	var again []int // rows whose key was moved: they yield to rows that had it
	dead := map[int]bool{}
	for i := range t.rows {
		before := t.get(i, c.Name)
		switch {
		case !keep(i):
			dead[i] = true
		case t.get(i, c.Name) != before:
			again = append(again, i)
		default:
			taken[t.key(i)] = true
		}
	}
	if len(t.source.KeyColumns) > 0 {
		for _, i := range again {
			if k := t.key(i); taken[k] {
				dead[i] = true
				doubled = append(doubled, k)
			} else {
				taken[k] = true
			}
		}
	}
	if len(dead) > 0 {
		rows, lines := t.rows[:0], t.lines[:0]
		for i := range t.rows {
			if !dead[i] {
				rows, lines = append(rows, t.rows[i]), append(lines, t.lines[i])
			}
		}
		t.rows, t.lines = rows, lines
	}
	for _, f := range []Finding{
		{Kind: Moved, Column: c.Name, Count: len(moved), Why: "past communes, moved to the commune of today", Values: moved},
		{Kind: Dropped, Column: c.Name, Count: len(lost), Why: "codes that lead to no commune of today, or to several", Values: lost},
		{Kind: Dropped, Column: c.Name, Count: len(doubled), Why: "rows of past communes whose commune of today has a row of its own", Values: doubled},
	} {
		if f.Count > 0 {
			report.found(f)
		}
	}
	if len(moved)+len(lost) == 0 {
		report.passed("every %s is a commune of today", c.Name)
	}
}
