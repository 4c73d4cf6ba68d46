package dcat

import "strings"

// Term is the object of a triple. Node says that Value is the name of a node: an IRI,
// or "_:" and a label. Otherwise it is a literal with a language or a datatype; without
// either it is a string.
type Term struct {
	Value string
	Lang  string // as the file writes it, in small letters
	Type  string // IRI of the datatype, "" for strings
	Node  bool
}

// Triple is one statement. S is the name of a node like Term.Value.
type Triple struct {
	S, P string
	O    Term
	Line int32 // where the file says it, 0 if the syntax keeps no lines
}

// Graph is a set of triples in the order they came.
type Graph struct {
	Triples []Triple
	by      map[string][]int32 // subject → triples
}

func newGraph() *Graph { return &Graph{by: map[string][]int32{}} }

func (g *Graph) add(t Triple) {
	g.by[t.S] = append(g.by[t.S], int32(len(g.Triples))) //nolint:gosec // bounded by Limits.Triples
	g.Triples = append(g.Triples, t)
}

// all are the objects of a subject and any of the properties, in the order of these.
func (g *Graph) all(s string, properties ...string) []Term {
	var out []Term
	for _, p := range properties {
		for _, i := range g.by[s] {
			if t := &g.Triples[i]; t.P == p {
				out = append(out, t.O)
			}
		}
	}
	return out
}

// first is the first object of a subject and any of the properties.
func (g *Graph) first(s string, properties ...string) (Term, bool) {
	for _, p := range properties {
		for _, i := range g.by[s] {
			if t := &g.Triples[i]; t.P == p {
				return t.O, true
			}
		}
	}
	return Term{}, false
}

// line is where a node is described first.
func (g *Graph) line(s string) int {
	if at := g.by[s]; len(at) > 0 {
		return int(g.Triples[at[0]].Line)
	}
	return 0
}

func blank(node string) bool { return strings.HasPrefix(node, "_:") }

const (
	rdf    = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	rdfs   = "http://www.w3.org/2000/01/rdf-schema#"
	xsd    = "http://www.w3.org/2001/XMLSchema#"
	dcat   = "http://www.w3.org/ns/dcat#"
	dct    = "http://purl.org/dc/terms/"
	foaf   = "http://xmlns.com/foaf/0.1/"
	vcard  = "http://www.w3.org/2006/vcard/ns#"
	skos   = "http://www.w3.org/2004/02/skos/core#"
	hydra  = "http://www.w3.org/ns/hydra/core#"
	schema = "http://schema.org/"
	adms   = "http://www.w3.org/ns/adms#"
	xmlNS  = "http://www.w3.org/XML/1998/namespace"
)
