package indexfile

import (
	"errors"
	"fmt"
	"strings"

	"bassin/internal/fault"
)

// Problem is one mistake in a file and where it is.
type Problem struct {
	File   string
	Line   int // from 1; 0 for the whole file
	Column int // from 1; 0 for the whole line
	Field  string
	Fault  *fault.Error
}

// Place is where the problem is, as editors and compilers write it.
func (p Problem) Place() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
		if p.Column > 0 {
			fmt.Fprintf(&b, ":%d", p.Column)
		}
	}
	if p.Field != "" {
		fmt.Fprintf(&b, ": %s", p.Field)
	}
	return b.String()
}

func (p Problem) Error() string { return p.Place() + ": " + p.Fault.Error() }

func (p Problem) Unwrap() error { return p.Fault }

// Problems is everything found wrong in one reading, in the order of the file.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives each problem to errors.Is and errors.As.
func (ps Problems) Unwrap() []error {
	out := make([]error, len(ps))
	for i, p := range ps {
		out[i] = p
	}
	return out
}

// most is how many problems one reading reports: more help nobody.
const most = 20

// Locate turns an error of the engine into a problem of the method file where its
// field is one of the file's; other errors come back as they are.
func (m *Method) Locate(err error) error {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err
	}
	p := Problem{File: m.File, Field: e.Field, Fault: e}
	// The place itself, or what holds it: a default has no line of its own.
	for path := e.Field; path != ""; path = holder(path) {
		if at, ok := m.places[path]; ok {
			p.Line, p.Column = at.line, at.column
			break
		}
	}
	return Problems{p}
}

func holder(path string) string {
	if i := strings.LastIndexAny(path, ".["); i >= 0 {
		return path[:i]
	}
	return ""
}
