package pipeline

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"bassin/internal/snapshot"
)

// manifestName is the manifest of the open data, in the data folder.
const manifestName = "sources.json"

// manifestFormat is the version of the manifest that this program reads.
const manifestFormat = 1

// Manifest names every file of open data and says what must be true of it.
type Manifest struct {
	Format  int      `json:"format"`
	Vintage int      `json:"vintage"` // COG year of the commune list
	Sources []Source `json:"sources"`

	indicators []entry
}

// Source describes one file: what it is, and what its columns hold.
type Source struct {
	snapshot.Source
	Format     string   `json:"format"`               // csv, topojson, geojson; gzip if the path ends in .gz
	Object     string   `json:"object,omitempty"`     // topojson: the geometry collection to read
	Columns    []Column `json:"columns"`              // of a map: the properties of its features
	KeyColumns []string `json:"keyColumns,omitempty"` // together they tell one row from all others
	Totals     []Total  `json:"totals,omitempty"`     // published figures that must be found again
	Geography  int      `json:"geography,omitempty"`  // COG year of the commune codes, where it is not that of the manifest
	Gaps       []Gap    `json:"gaps,omitempty"`       // figures that mean missing

	local bool // added by the installer, see local.go
}

// Gap says which figures mean missing. With Zero: where all of these columns are
// 0 in a commune of over [gapOver] inhabitants, or in one known to have no figures
// (only in these if Known), the cells of Empties are emptied. With Communes: those
// of the communes named, whose figures cannot be true.
type Gap struct {
	Zero     []string `json:"zero,omitempty"`
	Known    bool     `json:"known,omitempty"`
	Communes []string `json:"communes,omitempty"`
	Empties  []string `json:"empties"`
}

// Column says what the cells of a column are.
type Column struct {
	Name       string   `json:"name"`
	Type       string   `json:"type"`              // see the types in cell.go
	Unit       string   `json:"unit,omitempty"`    // of a number
	List       bool     `json:"list,omitempty"`    // several values joined by |
	Unique     bool     `json:"unique,omitempty"`  // no value twice
	Empty      int      `json:"empty,omitempty"`   // how many cells are empty; 0: the column is required
	Values     []string `json:"values,omitempty"`  // the only values there may be
	Pattern    string   `json:"pattern,omitempty"` // of type code: a regular expression
	Min        *float64 `json:"min,omitempty"`
	Max        *float64 `json:"max,omitempty"`
	References string   `json:"references,omitempty"` // source.column that holds every value
	Past       string   `json:"past,omitempty"`       // "move": a past commune code goes to today's commune; "merge": so do its figures
	Merge      string   `json:"merge,omitempty"`      // "sum" or "mean": how the figures of several past communes are put together; they are emptied without it
	MergeBy    string   `json:"mergeBy,omitempty"`    // column of the weights of a mean
	Skip       bool     `json:"skip,omitempty"`       // a past commune without a figure is already in that of today's: skipped when put together

	pattern *regexp.Regexp
}

// Total is a figure published about a file. Exactly one of Count, Sum and
// Distinct is used.
type Total struct {
	Count    *int              `json:"count,omitempty"`    // that many rows fit Where
	Sum      string            `json:"sum,omitempty"`      // column whose sum is Is
	Distinct string            `json:"distinct,omitempty"` // column that has Is different values
	Is       *int64            `json:"is,omitempty"`
	Where    map[string]string `json:"where,omitempty"` // column -> value, all of them
}

// ReadManifest reads and checks the manifest of a data folder.
func ReadManifest(r io.Reader, name string) (Manifest, error) {
	b, err := io.ReadAll(r)
	if err != nil {
		return Manifest{}, fmt.Errorf("%s: %w", name, err)
	}
	var m Manifest
	if err := strict(b, name, &m); err != nil {
		return Manifest{}, err
	}
	if err := m.check(); err != nil {
		return Manifest{}, Problem{File: name, What: err.Error()}
	}
	return m, nil
}

// unknownField finds the first field of the name that the decoder complains of,
// for it does not say where. It returns -1 if that is not the complaint.
func unknownField(b []byte, err error) int64 {
	_, name, ok := strings.Cut(err.Error(), "unknown field ")
	if !ok {
		return -1
	}
	at := regexp.MustCompile(regexp.QuoteMeta(name) + `\s*:`).FindIndex(b)
	if at == nil {
		return -1
	}
	return int64(at[0])
}

// lineOf returns the line of the byte before offset at.
func lineOf(b []byte, at int64) int {
	at = max(0, min(at, int64(len(b))))
	return 1 + bytes.Count(b[:at], []byte("\n"))
}

func (m *Manifest) check() error {
	if m.Format != manifestFormat {
		return fmt.Errorf("the manifest is in format %d and this program reads format %d", m.Format, manifestFormat)
	}
	if m.Vintage < 1943 || m.Vintage > 9999 {
		return fmt.Errorf("vintage %d is not a year of the COG", m.Vintage)
	}
	keys, paths := map[string]*Source{}, map[string]bool{}
	for i := range m.Sources {
		s := &m.Sources[i]
		if err := s.check(); err != nil {
			return fmt.Errorf("source %d (%q): %w", i+1, s.Key, err)
		}
		if keys[s.Key] != nil || paths[s.Path] {
			return fmt.Errorf("source %d (%q): its key or its path is given twice", i+1, s.Key)
		}
		keys[s.Key], paths[s.Path] = s, true
	}
	for i := range m.Sources {
		for _, c := range m.Sources[i].Columns {
			key, column, _ := strings.Cut(c.References, ".")
			if c.References == "" {
				continue
			}
			if to := keys[key]; to == nil || to.column(column) == nil {
				return fmt.Errorf("source %q: column %q refers to %q, which is not a source and its column", m.Sources[i].Key, c.Name, c.References)
			}
		}
	}
	return nil
}

func (s *Source) column(name string) *Column {
	for i := range s.Columns {
		if s.Columns[i].Name == name {
			return &s.Columns[i]
		}
	}
	return nil
}

var (
	sourceKey = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	checksum  = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

func (s *Source) check() error {
	for _, f := range []struct{ name, value string }{
		{"path", s.Path}, {"producer", s.Producer}, {"licence", s.Licence}, {"credit", s.Credit}, {"origin", s.Origin},
		{"title.fr", s.Title.FR}, {"title.en", s.Title.EN}, {"vintage.fr", s.Vintage.FR}, {"vintage.en", s.Vintage.EN},
	} {
		if f.value == "" {
			return fmt.Errorf("%s is missing", f.name)
		}
	}
	switch {
	case !sourceKey.MatchString(s.Key):
		return errors.New("the key is not small letters, digits and single hyphens")
	case !filepath.IsLocal(filepath.FromSlash(s.Path)):
		return fmt.Errorf("path %q leads out of the data folder", s.Path)
	case !checksum.MatchString(s.SHA256) && !(s.local && s.SHA256 == ""):
		return fmt.Errorf("sha256 %q is not 64 hexadecimal digits in small letters", s.SHA256)
	case s.Format != "csv" && s.Format != "topojson" && s.Format != "geojson":
		return fmt.Errorf("format %q is not csv, topojson or geojson", s.Format)
	case (s.Format == "topojson") != (s.Object != ""):
		return errors.New("object goes with the format topojson, and only with it")
	case s.Rows < 1 && !s.local:
		return errors.New("rows is missing")
	case len(s.Columns) == 0:
		return errors.New("columns are missing")
	}
	seen := map[string]bool{}
	for i := range s.Columns {
		c := &s.Columns[i]
		if seen[c.Name] {
			return fmt.Errorf("column %q is given twice", c.Name)
		}
		seen[c.Name] = true
		if err := c.check(); err != nil {
			return fmt.Errorf("column %q: %w", c.Name, err)
		}
	}
	for _, k := range s.KeyColumns {
		if !seen[k] {
			return fmt.Errorf("key column %q is not one of the columns", k)
		}
	}
	for i := range s.Columns {
		if by := s.Columns[i].MergeBy; by != "" && !seen[by] {
			return fmt.Errorf("column %q: mergeBy %q is not one of the columns", s.Columns[i].Name, by)
		}
	}
	for _, g := range s.Gaps {
		if (len(g.Zero) == 0) == (len(g.Communes) == 0) || g.Known && len(g.Zero) == 0 || len(g.Empties) == 0 {
			return errors.New("a gap has columns that are zero, or communes, and columns that it empties")
		}
		for _, name := range slices.Concat(g.Zero, g.Empties) {
			if !seen[name] {
				return fmt.Errorf("a gap speaks of %q, which is not one of the columns", name)
			}
		}
	}
	for _, t := range s.Totals {
		if err := t.check(s); err != nil {
			return err
		}
	}
	return nil
}

func (c *Column) check() (err error) {
	switch {
	case c.Name == "":
		return errors.New("a column has no name")
	case !slices.Contains(cellTypes, c.Type):
		return fmt.Errorf("type %q is not one of %s", c.Type, strings.Join(cellTypes, ", "))
	case (c.Type == "code") != (c.Pattern != ""):
		return errors.New("a pattern goes with type code, and only with it")
	case (c.Min != nil || c.Max != nil) && c.Type != "int" && c.Type != "decimal":
		return errors.New("min and max go with types int and decimal only")
	case c.Empty < 0:
		return errors.New("empty is a number of cells, 0 or more")
	case c.Past != "" && (c.Past != "move" && c.Past != "merge" || c.Type != "commune" || c.References == ""):
		return errors.New(`past is "move" or "merge", for a commune that refers to the list of communes`)
	case c.Merge != "" && c.Merge != "sum" && c.Merge != "mean" || (c.Merge == "mean") != (c.MergeBy != ""):
		return errors.New(`merge is "sum", or "mean" with the column mergeBy of its weights`)
	case c.Skip && c.Merge == "":
		return errors.New("skip goes with merge")
	}
	if c.Pattern != "" {
		if c.pattern, err = regexp.Compile(c.Pattern); err != nil {
			return err
		}
	}
	return nil
}

func (t *Total) check(s *Source) error {
	kinds := 0
	if t.Count != nil {
		kinds++
	}
	for _, name := range []string{t.Sum, t.Distinct} {
		if name == "" {
			continue
		}
		if kinds++; s.column(name) == nil {
			return fmt.Errorf("a total speaks of %q, which is not one of the columns", name)
		}
		if t.Is == nil {
			return fmt.Errorf("the total of %q does not say what it is", name)
		}
	}
	if kinds != 1 {
		return errors.New("a total is one of count, sum and distinct")
	}
	if t.Sum != "" && s.column(t.Sum).Type != "int" {
		return fmt.Errorf("column %q is not of type int: it has no exact sum", t.Sum)
	}
	for name := range t.Where {
		if s.column(name) == nil {
			return fmt.Errorf("a total is about %q, which is not one of the columns", name)
		}
	}
	return nil
}
