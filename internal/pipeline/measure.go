package pipeline

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"bassin/internal/indicator"
	"bassin/internal/territory"
)

// computedSource is how formulas name the columns that the build itself makes.
const computedSource = "computed"

// measure finds the columns that formulas name, computing each once.
type measure struct {
	in       *inputs
	units    *units
	computed map[string]computed
	now      current
	split    map[string]string   // commune that another has left -> last day it happened
	figures  map[string]*figures // by source
	columns  map[columnName][]float64
	reports  map[string]*SourceReport
}

func newMeasure(in *inputs, u *units) *measure {
	m := &measure{
		in: in, units: u, computed: map[string]computed{}, now: in.current(), split: in.splits(),
		figures: map[string]*figures{}, columns: map[columnName][]float64{}, reports: map[string]*SourceReport{},
	}
	for i := range in.reports {
		m.reports[in.reports[i].Key] = &in.reports[i]
	}
	return m
}

// indicators makes the definitions and the figures of the snapshot.
func (m *measure) indicators() ([]indicator.Definition, indicator.Figures, Problems) {
	out := indicator.Figures{Units: m.units.codes}
	at := map[string]bool{}
	var definitions []indicator.Definition
	var ps Problems
	keep := func(f formula, additive bool) error {
		if at[f.text] {
			return nil
		}
		values, err := f.values(m.column, len(m.units.codes))
		if err != nil {
			return err
		}
		if additive {
			m.units.addUp(values)
		}
		at[f.text] = true
		out.Names, out.Columns = append(out.Names, f.text), append(out.Columns, values)
		out.ShareAlike = append(out.ShareAlike, slices.ContainsFunc(f.columns, m.shareAlike))
		return nil
	}
	for i := range m.in.manifest.indicators {
		e := &m.in.manifest.indicators[i]
		d := e.Definition
		d.Vintages, d.Sources = nil, slices.Clone(d.Sources)
		used := map[string]bool{}
		for _, s := range d.Sources {
			used[s] = true
		}
		err := m.known(d.Sources)
		for k := range e.Vintages {
			v := &e.Vintages[k]
			for _, n := range slices.Concat(v.num.columns, v.den.columns) {
				if n.source != computedSource {
					used[m.key(n.source)] = true
				}
			}
			if err != nil {
				break
			}
			made := indicator.Vintage{Period: v.Period, Years: v.Years, Level: v.Level}
			if v.Level != "" {
				var rows []indicator.Published
				rows, err = m.published(d.Key, v)
				out.Published = append(out.Published, rows...)
			} else if err = keep(v.num, d.Rule != indicator.Single); err == nil {
				if made.Numerator = v.num.text; v.den.text != "" {
					made.Denominator = v.den.text
					err = keep(v.den, true)
				}
			}
			d.Vintages = append(d.Vintages, made)
		}
		if e.Quarters != nil && err == nil {
			var rows []indicator.Quarters
			rows, err = m.quarters(e)
			out.Quarters = append(out.Quarters, rows...)
		}
		if err != nil {
			ps = append(ps, Problem{File: e.file, What: fmt.Sprintf("indicator %q: %v", d.Key, err)})
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(used)) { // those that the manifest names come first, as it orders them
			if !slices.Contains(d.Sources, key) {
				d.Sources = append(d.Sources, key)
			}
		}
		if len(d.Sources) == 0 {
			ps = append(ps, Problem{File: e.file, What: fmt.Sprintf("indicator %q names no source", d.Key), Do: `add "sources"`})
		}
		definitions = append(definitions, d)
	}
	return definitions, out, ps
}

// key is the key of a source as the manifest has it.
func (m *measure) key(written string) string {
	for i := range m.in.manifest.Sources {
		if key := m.in.manifest.Sources[i].Key; asName(key) == written {
			return key
		}
	}
	return ""
}

// asName is a key or a column as a formula writes it.
func asName(s string) string {
	if s != "" && '0' <= s[0] && s[0] <= '9' {
		s = "_" + s
	}
	return strings.ReplaceAll(s, "-", "_")
}

func (m *measure) known(sources []string) error {
	for _, key := range sources {
		if m.key(asName(key)) != key {
			return fmt.Errorf("the source %q is not in the manifest", key)
		}
	}
	return nil
}

func (m *measure) named(n columnName) (*table, *Column, error) {
	t := m.in.tables[m.key(n.source)]
	if t == nil {
		return nil, nil, fmt.Errorf("there is no source %q", n.source)
	}
	for i := range t.source.Columns {
		if c := &t.source.Columns[i]; asName(c.Name) == n.column {
			if c.Type != "int" && c.Type != "decimal" && c.Type != "flag" {
				return nil, nil, fmt.Errorf("%s is not a column of numbers", n)
			}
			return t, c, nil
		}
	}
	return nil, nil, fmt.Errorf("the source %q has no column %q", n.source, n.column)
}

// column is a column by unit.
func (m *measure) column(n columnName) ([]float64, error) {
	if n.source == computedSource {
		c, ok := m.computed[n.column]
		if !ok {
			return nil, fmt.Errorf("the build makes no column %q", n)
		}
		return c.values, nil
	}
	if c, ok := m.columns[n]; ok {
		return c, nil
	}
	t, c, err := m.named(n)
	if err != nil {
		return nil, err
	}
	report := m.reports[t.source.Key]
	f := m.figures[t.source.Key]
	if f == nil {
		at := slices.IndexFunc(t.source.Columns, func(c Column) bool { return c.Type == "commune" && c.References != "" })
		if at < 0 {
			return nil, fmt.Errorf("the source %q has no column of communes", n.source)
		}
		f = newFigures(t, &t.source.Columns[at], m.units, m.now, m.split, report)
		m.figures[t.source.Key] = f
	}
	m.columns[n] = f.column(c, report)
	return m.columns[n], nil
}

// shareAlike says whether a column is made of data under the ODbL.
func (m *measure) shareAlike(n columnName) bool {
	if n.source == computedSource {
		return m.computed[n.column].shareAlike
	}
	t := m.in.tables[m.key(n.source)]
	return t != nil && t.source.Licence == "ODbL-1.0"
}

// published is what a source gives for whole territories: the first of its key
// columns is their code, FR for the country.
func (m *measure) published(key string, v *vintage) ([]indicator.Published, error) {
	if len(v.num.columns) != 1 || v.num.text != v.num.columns[0].String() {
		return nil, fmt.Errorf("vintage %s: a value published for a level is one column", v.Period)
	}
	t, c, err := m.named(v.num.columns[0])
	if err != nil {
		return nil, err
	}
	if len(t.source.KeyColumns) == 0 {
		return nil, fmt.Errorf("the source %q has no key column", t.source.Key)
	}
	var out []indicator.Published
	for i := range t.rows {
		row := indicator.Published{Indicator: key, Period: v.Period, Level: string(v.Level), Code: t.get(i, t.source.KeyColumns[0])}
		if row.Code == "FR" {
			row.Level = string(territory.Pays)
		}
		x, ok := t.decimal(i, c.Name)
		if !ok {
			continue
		}
		row.Value = x
		out = append(out, row)
	}
	return out, nil
}

// splits lists the communes that another has left, with the last day it happened.
func (in *inputs) splits() map[string]string {
	t := in.tables["movements"]
	alive := in.tables["communes"].by("code")
	out := map[string]string{}
	for i := range t.rows {
		from, to := t.get(i, "com_av"), t.get(i, "com_ap")
		if _, ok := alive[from]; ok && t.get(i, "mod") == "21" && from != to {
			out[from] = max(out[from], t.get(i, "date_eff"))
		}
	}
	return out
}
