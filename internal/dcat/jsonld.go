package dcat

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/piprate/json-gold/ld"
)

//go:embed contexts
var contexts embed.FS

// carried are the contexts that documents name by their address, and which are never
// fetched. Addresses are compared without their scheme.
var carried = map[string]string{
	"semiceu.github.io/DCAT-AP/releases/3.0.0/context/dcat-ap.jsonld":                        "dcat-ap.jsonld",
	"semiceu.github.io/DCAT-AP/releases/3.0.1/context/dcat-ap.jsonld":                        "dcat-ap.jsonld",
	"raw.githubusercontent.com/SEMICeu/DCAT-AP/master/releases/3.0.0/context/dcat-ap.jsonld": "dcat-ap.jsonld",
	"raw.githubusercontent.com/SEMICeu/DCAT-AP/master/releases/3.0.1/context/dcat-ap.jsonld": "dcat-ap.jsonld",
	"www.w3.org/ns/hydra/core":             "hydra.jsonld",
	"www.w3.org/ns/hydra/context.jsonld":   "hydra.jsonld",
	"schema.org":                           "schema.jsonld",
	"schema.org/docs/jsonldcontext.jsonld": "schema.jsonld",
}

// Contexts lists the addresses of the contexts that are known.
func Contexts() []string { return slices.Sorted(maps.Keys(carried)) }

// mostTerms is how many terms a context may define.
const mostTerms = 2000

// library gives the contexts that are carried.
type library struct{}

type contextRefused string

func (c contextRefused) Error() string { return string(c) }

// LoadDocument implements [ld.DocumentLoader].
func (library) LoadDocument(u string) (*ld.RemoteDocument, error) {
	name := carried[contextName(u)]
	if name == "" {
		return nil, contextRefused(u)
	}
	f, err := contexts.Open("contexts/" + name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	doc, err := ld.DocumentFromReader(f)
	return &ld.RemoteDocument{DocumentURL: u, Document: doc}, err
}

func contextName(u string) string {
	_, rest, _ := strings.Cut(u, "://")
	return strings.TrimSuffix(strings.TrimSuffix(rest, "#"), "/")
}

// jsonld reads JSON-LD 1.1 by json-gold. Named graphs are read as if they were one.
func (s *sink) jsonld(base string, body []byte) {
	fail := func(at int64, key string, args ...any) {
		line, column := 0, 0
		if at >= 0 {
			line, column = where(body, int(at))
		}
		refuse(line, column, key, args...)
	}
	if at := tooDeep(body, s.limits.Depth); at >= 0 {
		fail(int64(at), "dcat.deep", s.limits.Depth)
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	var doc any
	if err := dec.Decode(&doc); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			fail(max(0, syntax.Offset-1), "dcat.json")
		}
		fail(int64(len(body)), "dcat.json_end")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		fail(dec.InputOffset(), "dcat.json")
	}
	switch doc.(type) {
	case map[string]any, []any:
	default:
		fail(-1, "dcat.json_kind")
	}
	s.checkContexts(doc)
	quads, err := toRDF(base, doc)
	if err != nil {
		var code ld.ErrorCode
		if e, ok := errors.AsType[*ld.JsonLdError](err); ok {
			code = e.Code
		}
		fail(-1, "dcat.jsonld", string(code))
	}
	labels := map[string]string{}
	node := func(n ld.Node) string {
		if ld.IsBlankNode(n) {
			v := n.GetValue()
			if labels[v] == "" {
				labels[v] = s.fresh()
			}
			return labels[v]
		}
		return s.iri(n.GetValue(), 0, 0)
	}
	for _, name := range slices.Sorted(maps.Keys(quads.Graphs)) {
		// The library goes over maps: values of a property keep their order, subjects and
		// properties have none.
		slices.SortStableFunc(quads.Graphs[name], func(a, b *ld.Quad) int {
			return cmp.Or(cmp.Compare(a.Subject.GetValue(), b.Subject.GetValue()), cmp.Compare(a.Predicate.GetValue(), b.Predicate.GetValue()))
		})
		for _, q := range quads.Graphs[name] {
			t := Triple{S: node(q.Subject), P: q.Predicate.GetValue()}
			switch o := q.Object.(type) {
			case ld.Literal:
				t.O = Term{Value: o.Value, Lang: strings.ToLower(o.Language)}
				if o.Language == "" {
					t.O.Type = datatype(o.Datatype)
				}
			case *ld.Literal:
				t.O = Term{Value: o.Value, Lang: strings.ToLower(o.Language)}
				if o.Language == "" {
					t.O.Type = datatype(o.Datatype)
				}
			default:
				t.O = Term{Value: node(o), Node: true}
			}
			s.add(t)
		}
	}
}

// toRDF is the work of the library. A document that it does not survive is one that it
// cannot read.
func toRDF(base string, doc any) (out *ld.RDFDataset, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &ld.JsonLdError{Code: ld.UnknownError}
		}
	}()
	opts := ld.NewJsonLdOptions(base)
	opts.DocumentLoader = library{}
	opts.ProcessingMode = ld.JsonLd_1_1
	got, err := ld.NewJsonLdProcessor().ToRDF(doc, opts)
	if err != nil {
		return nil, err
	}
	return got.(*ld.RDFDataset), nil
}

// checkContexts refuses contexts that are not carried, before anything asks for them,
// and those that define without measure.
func (s *sink) checkContexts(v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			s.checkContexts(e)
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			if k == "@context" {
				s.checkContext(v[k])
			}
			s.checkContexts(v[k])
		}
	}
}

func (s *sink) checkContext(c any) {
	switch c := c.(type) {
	case string:
		if carried[contextName(c)] == "" {
			refuse(0, 0, "dcat.context", c)
		}
	case []any:
		for _, e := range c {
			s.checkContext(e)
		}
	case map[string]any:
		if len(c) > mostTerms {
			refuse(0, 0, "dcat.context_big", mostTerms)
		}
		if imported, ok := c["@import"].(string); ok && carried[contextName(imported)] == "" {
			refuse(0, 0, "dcat.context", imported)
		}
	}
}

// tooDeep is the byte where JSON nests deeper than most, -1 if nowhere.
func tooDeep(b []byte, most int) int {
	depth, inString := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > most {
				return i
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return -1
}
