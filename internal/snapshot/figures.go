package snapshot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"bassin/internal/indicator"

	"github.com/parquet-go/parquet-go"
)

// Names of the files of indicators.
const (
	figuresName    = "figures" // one row a unit, one column a formula
	figuresApart   = "figures-odbl"
	publishedName  = "published"  // values of whole territories
	quartersName   = "quarters"   // how rates differ inside communes
	indicatorsName = "indicators" // the catalogue, in JSON
)

// unitColumn is the column of the figures that names the unit.
const unitColumn = "code"

// figuresOf writes the figures under one licence: the unit and as many optional
// numbers as there are formulas.
func figuresOf(f *indicator.Figures, shareAlike bool) tableWriter {
	table := Table{Name: figuresName, File: File{Path: figuresName + ".parquet"}, Licence: licenceOuverte}
	if shareAlike {
		table = Table{Name: figuresApart, File: File{Path: "odbl/figures.parquet"}, Licence: odbl}
	}
	table.Rows, table.Columns = len(f.Units), []Column{{Name: unitColumn, Type: "text"}}
	wide := Wide{Name: figuresName, Texts: []string{unitColumn}, Rows: len(f.Units)}
	var values [][]float64
	for i, name := range f.Names {
		if f.ShareAlike[i] == shareAlike {
			table.Columns = append(table.Columns, Column{Name: name, Type: "float64", Optional: true})
			wide.Numbers, values = append(wide.Numbers, name), append(values, f.Columns[i])
		}
	}
	wide.Row = func(r int, texts []string, numbers []float64) {
		texts[0] = f.Units[r]
		for i, c := range values {
			numbers[i] = c[r]
		}
	}
	return tableWriter{table: table, write: func(b *bytes.Buffer) error { return wide.WriteParquet(b) }}
}

// readFigures reads a table back, column by column.
func (m *Manifest) readFigures(dir, name string) (indicator.Figures, error) {
	out := indicator.Figures{}
	table, ok := m.Table(name)
	if !ok {
		return out, fmt.Errorf("table %s is missing", name)
	}
	b, err := table.read(dir)
	if err != nil {
		return out, err
	}
	out, err = figuresIn(b, table)
	if err != nil {
		return out, fmt.Errorf("%s: %w", table.Path, err)
	}
	return out, nil
}

func figuresIn(b []byte, table Table) (indicator.Figures, error) {
	out := indicator.Figures{}
	f, err := parquet.OpenFile(bytes.NewReader(b), int64(len(b)), parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return out, err
	}
	if int64(table.Rows) != f.NumRows() {
		return out, fmt.Errorf("%d rows instead of %d", f.NumRows(), table.Rows)
	}
	for leaf, path := range f.Schema().Columns() {
		name := path[0]
		if name == unitColumn {
			if out.Units, err = unitsOf(f, leaf); err != nil {
				return out, fmt.Errorf("column %s: %w", name, err)
			}
			continue
		}
		column := make([]float64, 0, table.Rows)
		for _, g := range f.RowGroups() {
			if column, err = appendNumbers(column, g.ColumnChunks()[leaf]); err != nil {
				return out, fmt.Errorf("column %s: %w", name, err)
			}
		}
		if len(column) != table.Rows {
			return out, fmt.Errorf("column %s: %d values instead of %d", name, len(column), table.Rows)
		}
		out.Names, out.Columns = append(out.Names, name), append(out.Columns, column)
	}
	if len(out.Units) != table.Rows {
		return out, fmt.Errorf("%d units instead of %d", len(out.Units), table.Rows)
	}
	return out, nil
}

func unitsOf(f *parquet.File, leaf int) (out []string, err error) {
	for _, g := range f.RowGroups() {
		err := eachPage(g.ColumnChunks()[leaf], func(p parquet.Page) error {
			values := make([]parquet.Value, p.NumValues())
			if n, err := p.Values().ReadValues(values); n != len(values) {
				return errors.Join(err, errors.New("the page is cut short"))
			}
			for _, v := range values {
				out = append(out, string(v.ByteArray()))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// appendNumbers adds the optional numbers of a chunk, NaN where there is none.
func appendNumbers(dst []float64, chunk parquet.ColumnChunk) ([]float64, error) {
	err := eachPage(chunk, func(p parquet.Page) error {
		if p.Dictionary() != nil {
			return errors.New("numbers kept in a dictionary are not read")
		}
		data := p.Data()
		values, levels := data.Double(), p.DefinitionLevels()
		if len(levels) == 0 {
			return errors.New("the column is not optional")
		}
		for _, l := range levels {
			if l == 0 {
				dst = append(dst, math.NaN())
				continue
			}
			if len(values) == 0 {
				return errors.New("the page is cut short")
			}
			dst = append(dst, values[0])
			values = values[1:]
		}
		return nil
	})
	return dst, err
}

func eachPage(chunk parquet.ColumnChunk, do func(parquet.Page) error) (err error) {
	pages := chunk.Pages()
	defer func() { err = errors.Join(err, pages.Close()) }()
	for {
		p, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		err = do(p)
		parquet.Release(p)
		if err != nil {
			return err
		}
	}
}

// indicators reads the catalogue and the figures, and makes the panel of them.
func (s *Snapshot) indicators() error {
	r := reader{dir: s.Dir, manifest: &s.Manifest, seen: texts{}}
	figures, err := s.Manifest.readFigures(s.Dir, figuresName)
	if err != nil {
		return err
	}
	apart, err := s.Manifest.readFigures(s.Dir, figuresApart)
	if err != nil {
		return err
	}
	if !slices.Equal(figures.Units, apart.Units) {
		return fmt.Errorf("tables %s and %s speak of different units", figuresName, figuresApart)
	}
	figures.Names, figures.Columns = append(figures.Names, apart.Names...), append(figures.Columns, apart.Columns...)
	figures.Published, figures.Quarters = read[indicator.Published](&r, publishedName), read[indicator.Quarters](&r, quartersName)
	if r.err != nil {
		return r.err
	}
	b, err := s.Manifest.Indicators.read(s.Dir)
	if err != nil {
		return err
	}
	var definitions []indicator.Definition
	if err := json.Unmarshal(b, &definitions); err != nil {
		return fmt.Errorf("%s: %w", s.Manifest.Indicators.Path, err)
	}
	s.Panel, err = indicator.New(s.France, definitions, figures)
	return err
}

// Source finds a source by its key.
func (m *Manifest) Source(key string) (Source, bool) {
	i := slices.IndexFunc(m.Sources, func(s Source) bool { return s.Key == key })
	if i < 0 {
		return Source{}, false
	}
	return m.Sources[i], true
}
