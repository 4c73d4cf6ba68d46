package commons

import (
	"cmp"
	"context"
	"slices"

	"bassin/internal/fault"
)

// Found is an entry that a file describes, not yet checked by a [Checker].
type Found struct {
	Record string // how the file names it, "" if it does not
	Kind   Kind
	Sheet  Sheet
	Line   int // where it begins in the file, from 1; 0 if the format has no lines
}

// Severity says what a finding does to what is read.
type Severity string

// The severities. An error leaves out what it is about; the rest of the file is read.
const (
	Wrong   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note" // nothing to mend: what was left aside on purpose
)

// Finding is something to say of a file that was read. Its text is the catalogue
// entry Key filled with Args.
type Finding struct {
	Line, Column int    // from 1; 0 if not known
	Field        string // as the file names it, such as description.fr.shortDescription
	Severity     Severity
	Key          string
	Args         []any
	Detail       string // words of a library or a standard, in English; may be empty
}

// Reader reads the files of one format: publiccode.yml, DCAT or CSV. It gives what
// could be read even of a file with errors, and findings in the order of the file.
// It reaches no network and holds nothing of what it was given.
type Reader interface {
	Read(file []byte) ([]Found, []Finding)
}

// SortFindings puts findings in the order of the file, those without a line last.
func SortFindings(found []Finding) {
	last := func(n int) int {
		if n == 0 {
			return int(^uint(0) >> 1)
		}
		return n
	}
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(last(a.Line), last(b.Line)), cmp.Compare(a.Column, b.Column))
	})
}

// CheckFound checks what a file gave, each by the rules of its kind. What can be kept is
// returned as it is kept; a sheet with faults comes with a finding for each and without
// the fields at fault.
func CheckFound(ctx context.Context, c Checker, found []Found) ([]Found, []Finding, error) {
	var out []Found
	var findings []Finding
	for _, f := range found {
		sheet, err := c.Check(ctx, f.Kind, f.Sheet)
		if err != nil {
			faults, rest := fault.Split(err, fault.Mendable)
			if rest != nil {
				return nil, nil, rest
			}
			kept := f.Sheet.Clone()
			for _, e := range faults {
				findings = append(findings, Finding{Line: f.Line, Field: e.Field, Severity: Wrong, Key: e.Key, Args: e.Args})
				delete(kept, e.Field)
			}
			if sheet, err = c.Check(ctx, f.Kind, kept); err != nil {
				return nil, nil, err
			}
		}
		for _, name := range Missing(f.Kind, sheet) {
			findings = append(findings, Finding{Line: f.Line, Field: name, Severity: Wrong, Key: "commons.missing." + name})
		}
		f.Sheet = sheet
		out = append(out, f)
	}
	return out, findings, nil
}
