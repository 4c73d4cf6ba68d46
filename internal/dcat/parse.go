package dcat

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"bassin/internal/commons"
)

// Format is a syntax of RDF.
type Format string

// The syntaxes that are read. N-Triples is a part of Turtle.
const (
	JSONLD Format = "jsonld"
	Turtle Format = "turtle"
	RDFXML Format = "rdfxml"
)

// FormatOf says in which syntax a document is: by its media type, else by how it begins.
func FormatOf(mediaType string, body []byte) Format {
	mediaType, _, _ = strings.Cut(strings.ToLower(mediaType), ";")
	switch strings.TrimSpace(mediaType) {
	case "application/ld+json", "application/json":
		return JSONLD
	case "text/turtle", "application/x-turtle", "application/n-triples", "text/n3":
		return Turtle
	case "application/rdf+xml", "application/xml", "text/xml":
		return RDFXML
	}
	head := bytes.TrimLeft(bytes.TrimPrefix(body[:min(len(body), 512)], bom), " \t\r\n")
	switch {
	case bytes.HasPrefix(head, []byte("{")):
		return JSONLD
	case bytes.HasPrefix(head, []byte("[")) && bytes.ContainsAny(head, "{") && !bytes.Contains(head, []byte("<")):
		return JSONLD
	case bytes.HasPrefix(head, []byte("<?xml")), bytes.HasPrefix(head, []byte("<!")), bytes.Contains(head, []byte("<rdf:RDF")):
		return RDFXML
	}
	return Turtle
}

var bom = []byte("\ufeff")

// sink is what every reader fills, within limits.
type sink struct {
	graph    *Graph
	limits   Limits
	findings []Finding
	blanks   int
	odd      map[string]bool // IRIs already told of
}

// mostFindings is how many findings of one document are kept.
const mostFindings = 1000

func (s *sink) tell(f Finding) {
	if len(s.findings) < mostFindings {
		s.findings = append(s.findings, f)
	}
}

func (s *sink) fresh() string {
	s.blanks++
	return "_:g" + itoa(s.blanks)
}

func (s *sink) add(t Triple) {
	if len(s.graph.Triples) >= s.limits.Triples {
		refuse(int(t.Line), 0, "dcat.many_triples", s.limits.Triples)
	}
	s.graph.add(t)
}

// iri mends an IRI and tells of it once.
func (s *sink) iri(v string, line, column int) string {
	out, odd := tidy(v)
	if odd && !s.odd[v] {
		s.odd[v] = true
		s.tell(finding(commons.Note, line, column, "dcat.iri_form", v, out))
	}
	return out
}

// Parse reads a document to a graph. A document that breaks its syntax or a limit gives
// none, and a finding that is [commons.Wrong]. base is the address it came from.
func Parse(f Format, base string, body []byte, limits Limits) (g *Graph, findings []Finding) {
	s := &sink{graph: newGraph(), limits: limits, odd: map[string]bool{}}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *broken:
			g, findings = nil, append(s.findings, r.Finding)
		default:
			panic(r)
		}
	}()
	if len(body) > limits.Bytes {
		refuse(0, 0, "dcat.big", limits.Bytes)
	}
	body = bytes.TrimPrefix(body, bom)
	if head := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 512)])); bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.HasPrefix(head, []byte("<html")) {
		refuse(1, 1, "dcat.html")
	}
	if f != RDFXML {
		if i := invalidUTF8(body); i >= 0 {
			line, column := where(body, i)
			refuse(line, column, "dcat.not_utf8")
		}
	}
	switch f {
	case JSONLD:
		s.jsonld(base, body)
	case RDFXML:
		s.rdfxml(base, body)
	case Turtle:
		s.turtle(base, string(body))
	}
	return s.graph, s.findings
}

func invalidUTF8(b []byte) int {
	if utf8.Valid(b) {
		return -1
	}
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// where is the line and the column, in characters, of a byte.
func where(b []byte, at int) (line, column int) {
	at = min(at, len(b))
	from := bytes.LastIndexByte(b[:at], '\n') + 1
	return bytes.Count(b[:at], []byte("\n")) + 1, utf8.RuneCount(b[from:at]) + 1
}
