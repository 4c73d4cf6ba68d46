package pipeline

import (
	"fmt"
	"strings"
)

// Problem is one thing wrong with the open data: where, what, and what to do.
type Problem struct {
	File   string // as the user can open it
	Place  string // "line" in a table, "feature" in a map, "" for the whole file
	Number int    // of the line or feature, from 1; the header is line 1
	Column string
	What   string // says the value and what is wrong with it
	Do     string // what to do about it, if it is not plain
}

func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Place != "" {
		fmt.Fprintf(&b, ", %s %d", p.Place, p.Number)
	}
	if p.Column != "" {
		fmt.Fprintf(&b, ", column %q", p.Column)
	}
	b.WriteString(": ")
	b.WriteString(p.What)
	if p.Do != "" {
		b.WriteString("; ")
		b.WriteString(p.Do)
	}
	return b.String()
}

// Problems is everything found wrong in one run, in the order of the manifest.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find a single problem.
func (ps Problems) Unwrap() []error {
	errs := make([]error, len(ps))
	for i, p := range ps {
		errs[i] = p
	}
	return errs
}

// mostProblems is how many problems of one file are told; a wrong column makes
// one a line.
const mostProblems = 10

// sourceProblems gathers the problems of one source.
type sourceProblems struct {
	file  string
	place string
	list  Problems
	more  int
}

func (s *sourceProblems) add(p Problem) {
	if len(s.list) >= mostProblems {
		s.more++
		return
	}
	p.File = s.file
	s.list = append(s.list, p)
}

// at tells a problem of a cell. Line 0 is the whole file.
func (s *sourceProblems) at(line int, column, do, format string, args ...any) {
	p := Problem{Column: column, What: fmt.Sprintf(format, args...), Do: do}
	if line > 0 {
		p.Place, p.Number = s.place, line
	}
	s.add(p)
}

func (s *sourceProblems) whole(do, format string, args ...any) { s.at(0, "", do, format, args...) }

func (s *sourceProblems) all() Problems {
	if s.more == 0 {
		return s.list
	}
	return append(s.list, Problem{File: s.file, What: fmt.Sprintf("%d more problems like these", s.more)})
}
