package pipeline

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"bassin/internal/commons"
	"bassin/internal/search"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
)

// trust is the order of the catalogues of commons, the most trusted first: it decides
// which record names an entry, and whose word is shown where several speak.
var trust = []string{"sill", "codegouv", "support-market", "floss-services", "public-forges", "data-schemas", "opendata-platforms", "opendata-bodies"}

// said is what one record of a catalogue says.
type said struct {
	entry          string
	kind           commons.Kind
	source, record string
	sheet          commons.Sheet
}

// joining makes statements out of the catalogues of commons.
type joining struct {
	in     *inputs
	report *Report
	france *territory.France
	list   []*said
	names  *named
}

// commons puts together what the catalogues say of software, services and data.
func (in *inputs) commons(ctx context.Context, france *territory.France, report *Report) ([]snapshot.Statement, error) {
	j := &joining{in: in, report: report, france: france}
	j.software()
	j.services()
	j.forges()
	j.schemas()
	j.opendata()
	return j.rows(ctx)
}

// say adds what a record says.
func (j *joining) say(entry string, k commons.Kind, source, record string) *said {
	s := &said{entry: entry, kind: k, source: source, record: record, sheet: commons.Sheet{}}
	j.list = append(j.list, s)
	return s
}

// rows checks every value as the library does, and writes statements entry by entry.
func (j *joining) rows(ctx context.Context) ([]snapshot.Statement, error) {
	slices.SortStableFunc(j.list, func(a, b *said) int {
		return cmp.Or(strings.Compare(a.entry, b.entry), slices.Index(trust, a.source)-slices.Index(trust, b.source), compareRecords(a.record, b.record))
	})
	known := map[string]bool{}
	for _, s := range j.list {
		known[s.entry] = true
	}
	check := commons.Checking{
		France:    func(context.Context) *territory.France { return j.france },
		Entry:     func(_ context.Context, id string) (bool, error) { return known[id], nil },
		Indicator: func(context.Context, string) bool { return false },
	}
	refused := map[[2]string][]string{}
	var out []snapshot.Statement
	for _, s := range j.list {
		for _, f := range commons.FieldsOf(s.kind) {
			values := s.sheet[f.Name]
			if len(values) == 0 {
				continue
			}
			kept, err := check.Check(ctx, s.kind, commons.Sheet{f.Name: values})
			if err != nil {
				at := [2]string{s.source, f.Name}
				refused[at] = append(refused[at], s.record+": "+strings.Join(values, ", "))
				continue
			}
			if len(kept[f.Name]) > 0 {
				out = append(out, snapshot.Statement{Entry: s.entry, Kind: string(s.kind), Source: s.source, Record: s.record, Field: f.Name, Values: kept[f.Name]})
			}
		}
	}
	for _, source := range trust {
		for _, f := range commons.Fields {
			v := refused[[2]string{source, f.Name}]
			j.note(Emptied, source, f.Name, "values that the library refuses", v)
		}
	}
	return out, ctx.Err()
}

func (j *joining) note(kind, source, column, why string, values []string) {
	if len(values) > 0 {
		f := Finding{Kind: kind, Column: column, Count: len(values), Why: source + ": " + why, Values: values}
		j.report.Notes = append(j.report.Notes, f.bounded())
	}
}

// compareRecords puts numbers in order, then names.
func compareRecords(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// slug is a text as a part of an address: small letters, digits and hyphens.
func slug(s string) string {
	words := strings.FieldsFunc(search.Fold(s), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	return strings.Join(words, "-")
}

// cut shortens a text to so many letters, at a space.
func cut(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	short := string(r[:most-1])
	if i := strings.LastIndexByte(short, ' '); i > 0 {
		short = short[:i]
	}
	return strings.TrimRight(short, " ,;:.") + "…"
}

// parts cuts a cell of several values, without the spaces around each.
func parts(cell, by string) []string {
	var out []string
	for _, p := range strings.Split(cell, by) {
		if p = strings.TrimSpace(p); p != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}
