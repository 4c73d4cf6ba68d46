package pipeline

import (
	"fmt"
	"io"
	"strings"
)

// Report says what was read, checked and made, source by source. The same data
// gives the same report.
type Report struct {
	Vintage int            `json:"vintage"`
	Sources []SourceReport `json:"sources"`
	Checks  []string       `json:"checks"`   // checks that compare several sources, all passed
	Notes   []Finding      `json:"findings"` // what they found that a reader must know
	Tables  []TableReport  `json:"tables"`
}

// SourceReport is what happened to one source.
type SourceReport struct {
	Key      string    `json:"key"`
	File     string    `json:"file"` // below the data folder
	Rows     int       `json:"rows"`
	Checks   []string  `json:"checks"` // all passed
	Findings []Finding `json:"findings,omitempty"`
}

// TableReport is one table made.
type TableReport struct {
	Name string `json:"name"`
	Rows int    `json:"rows"`
}

// Kinds of findings.
const (
	Moved   = "moved"   // rows of a past commune, now under today's
	Dropped = "dropped" // rows that nothing could be made of
	Empty   = "empty"   // cells without a value
	Emptied = "emptied" // cells whose value is known to be wrong
	Derived = "derived" // cells worked out instead of read
	Noted   = "noted"   // a known defect that changes nothing
)

// Finding is one thing done to a source, or found in it.
type Finding struct {
	Kind   string   `json:"kind"`
	Column string   `json:"column,omitempty"`
	Count  int      `json:"count"`
	Why    string   `json:"why"`
	Values []string `json:"values,omitempty"` // the first ones, in the order of the file
}

// mostValues bounds the examples of a finding.
const mostValues = 40

func (s *SourceReport) passed(format string, args ...any) {
	s.Checks = append(s.Checks, fmt.Sprintf(format, args...))
}

func (s *SourceReport) found(f Finding) { s.Findings = append(s.Findings, f.bounded()) }

func (f Finding) bounded() Finding {
	f.Values = f.Values[:min(len(f.Values), mostValues)]
	return f
}

// String writes a finding on one line.
func (f Finding) String() string {
	s := fmt.Sprintf("%s: %d", f.Kind, f.Count)
	if f.Column != "" {
		s += " " + f.Column
	}
	s += ", " + f.Why
	if len(f.Values) > 0 {
		s += " (" + strings.Join(f.Values, ", ")
		if f.Count > len(f.Values) {
			s += ", …"
		}
		s += ")"
	}
	return s
}

// WriteText writes the report for a person to read.
func (r Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Communes of %d, %d sources\n", r.Vintage, len(r.Sources))
	for _, s := range r.Sources {
		fmt.Fprintf(&b, "\n%s: %d rows, %d checks passed\n", s.File, s.Rows, len(s.Checks))
		for _, f := range s.Findings {
			fmt.Fprintf(&b, "  %s\n", f)
		}
	}
	fmt.Fprintf(&b, "\nAcross sources\n")
	for _, c := range r.Checks {
		fmt.Fprintf(&b, "  passed: %s\n", c)
	}
	for _, f := range r.Notes {
		fmt.Fprintf(&b, "  %s\n", f)
	}
	if len(r.Tables) > 0 {
		fmt.Fprintf(&b, "\nTables\n")
	}
	for _, t := range r.Tables {
		fmt.Fprintf(&b, "  %-28s %8d rows\n", t.Name, t.Rows)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
