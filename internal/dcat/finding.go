package dcat

import "bassin/internal/commons"

// Finding is something wrong in a catalogue and the resource it concerns. An error
// leaves out the document, or the resource; a warning tells of a value that could not
// be kept; a note of one that was understood otherwise than it is written, or of
// something that the profile asks for or advises and that is missing.
type Finding struct {
	commons.Finding        // Field is the property, such as dct:license
	Resource        string // IRI, "" for the document
}

// Limits bound what is read.
type Limits struct {
	Bytes   int // of the document
	Triples int
	Depth   int // of what is nested
}

// DefaultLimits hold a page of a catalogue with some 50,000 datasets.
var DefaultLimits = Limits{Bytes: 64 << 20, Triples: 2_000_000, Depth: 64}

// broken ends the reading of a document.
type broken struct{ Finding }

func (b *broken) Error() string { return b.Key }

func finding(severity commons.Severity, line, column int, key string, args ...any) Finding {
	return Finding{Finding: commons.Finding{Severity: severity, Line: line, Column: column, Key: key, Args: args}}
}

// refuse gives the document up.
func refuse(line, column int, key string, args ...any) {
	panic(&broken{finding(commons.Wrong, line, column, key, args...)})
}
