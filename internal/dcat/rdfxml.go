package dcat

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// rdfxml reads RDF/XML (RDF 1.1 XML Syntax, W3C Recommendation of 25 February 2014,
// 7.2). Document type declarations, and so entities, are refused. What rdf:parseType
// "Literal" holds is kept as its text.
func (s *sink) rdfxml(base string, body []byte) {
	d := xml.NewDecoder(bytes.NewReader(body))
	x := &rdfxml{sink: s, dec: d, labels: map[string]string{}, ids: map[string]bool{}}
	d.CharsetReader = func(charset string, in io.Reader) (io.Reader, error) {
		switch strings.ToLower(charset) {
		case "iso-8859-1", "latin1":
			return charmap.ISO8859_1.NewDecoder().Reader(in), nil
		case "iso-8859-15":
			return charmap.ISO8859_15.NewDecoder().Reader(in), nil
		case "windows-1252":
			return charmap.Windows1252.NewDecoder().Reader(in), nil
		case "us-ascii":
			return in, nil
		}
		return nil, charsetError(charset)
	}
	root := false
	for {
		tok := x.token(true)
		switch e := tok.(type) {
		case nil:
			if !root {
				x.fail("dcat.xml_empty")
			}
			return
		case xml.StartElement:
			root = true
			in := scope{base: base}.of(e.Attr)
			if e.Name == (xml.Name{Space: rdf, Local: "RDF"}) {
				x.nodes(in)
			} else {
				x.node(e, in)
			}
		}
	}
}

type charsetError string

func (e charsetError) Error() string { return string(e) }

type rdfxml struct {
	*sink
	dec    *xml.Decoder
	labels map[string]string
	ids    map[string]bool
	depth  int
}

// scope is what attributes of elements above decide.
type scope struct{ base, lang string }

func (s scope) of(attrs []xml.Attr) scope {
	for _, a := range attrs {
		if a.Name.Space == xmlNS {
			switch a.Name.Local {
			case "base":
				s.base = resolve(s.base, a.Value)
			case "lang":
				s.lang = strings.ToLower(a.Value)
			}
		}
	}
	return s
}

func (x *rdfxml) fail(key string, args ...any) {
	line, column := x.dec.InputPos()
	refuse(line, column, key, args...)
}

func (x *rdfxml) line() int32 {
	line, _ := x.dec.InputPos()
	return int32(line) //nolint:gosec // lines are fewer than bytes
}

// token is the next one that says something; nil at the end.
func (x *rdfxml) token(mayEnd bool) xml.Token {
	for {
		tok, err := x.dec.Token()
		if err != nil {
			var charset charsetError
			var syntax *xml.SyntaxError
			switch {
			case errors.Is(err, io.EOF) && mayEnd:
				return nil
			case errors.As(err, &charset):
				x.fail("dcat.charset", string(charset))
			case errors.As(err, &syntax) && strings.HasPrefix(syntax.Msg, "invalid character entity"):
				x.fail("dcat.xml_entity")
			case errors.As(err, &syntax) && strings.Contains(syntax.Msg, "invalid UTF-8"):
				x.fail("dcat.not_utf8")
			}
			x.fail("dcat.xml")
		}
		switch e := tok.(type) {
		case xml.Directive:
			x.fail("dcat.xml_doctype")
		case xml.StartElement:
			if x.depth++; x.depth > x.limits.Depth {
				x.fail("dcat.deep", x.limits.Depth)
			}
			x.named(e.Name)
			for _, a := range e.Attr {
				if a.Name.Space != "xmlns" && a.Name.Space != "" {
					x.named(a.Name)
				}
			}
			return e
		case xml.EndElement:
			x.depth--
			return e
		case xml.CharData:
			return e
		}
	}
}

// named refuses a prefix that nothing declares, which the decoder leaves as it is.
func (x *rdfxml) named(n xml.Name) {
	if !strings.ContainsAny(n.Space, ":/#") {
		if n.Space == "" {
			x.fail("dcat.xml_namespace", n.Local)
		}
		x.fail("dcat.xml_prefix", n.Space)
	}
}

// nodes is nodeElementList, up to the end of the element around.
func (x *rdfxml) nodes(in scope) {
	for {
		switch e := x.token(false).(type) {
		case xml.StartElement:
			x.node(e, in.of(e.Attr))
		case xml.EndElement:
			return
		case xml.CharData:
			x.blankText(e)
		}
	}
}

func (x *rdfxml) blankText(c xml.CharData) {
	if t := strings.TrimSpace(string(c)); t != "" {
		x.fail("dcat.xml_text", cut(t, 30))
	}
}

// syntaxNames are attributes of RDF itself, that are no properties.
func syntaxName(n xml.Name) bool {
	if n.Space != rdf {
		return n.Space == xmlNS || n.Space == "xmlns" || n.Space == ""
	}
	switch n.Local {
	case "about", "ID", "nodeID", "resource", "parseType", "datatype", "RDF", "li":
		return true
	}
	return false
}

func (x *rdfxml) ref(in scope, v string) string {
	line, column := x.dec.InputPos()
	return x.iri(resolve(in.base, strings.TrimSpace(v)), line, column)
}

func (x *rdfxml) label(v string) string {
	if x.labels[v] == "" {
		x.labels[v] = x.fresh()
	}
	return x.labels[v]
}

// node is nodeElement [7.2.11]; it is told as its subject.
func (x *rdfxml) node(e xml.StartElement, in scope) string {
	subject, given := "", 0
	for _, a := range e.Attr {
		local := a.Name.Local
		if a.Name.Space == "" && (local == "about" || local == "ID" || local == "nodeID") {
			x.fail("dcat.xml_attribute", local)
		}
		if a.Name.Space != rdf {
			continue
		}
		switch local {
		case "about":
			subject, given = x.ref(in, a.Value), given+1
		case "ID":
			subject, given = x.id(in, a.Value), given+1
		case "nodeID":
			subject, given = x.label(a.Value), given+1
		}
	}
	if given > 1 {
		x.fail("dcat.xml_twice")
	}
	if given == 0 {
		subject = x.fresh()
	}
	line := x.line()
	if e.Name.Space == rdf && (syntaxName(e.Name) || e.Name.Local == "aboutEach") {
		x.fail("dcat.xml_element", "rdf:"+e.Name.Local)
	}
	if e.Name != (xml.Name{Space: rdf, Local: "Description"}) {
		x.add(Triple{subject, rdf + "type", Term{Value: e.Name.Space + e.Name.Local, Node: true}, line})
	}
	x.attributes(subject, e.Attr, in)
	x.properties(subject, in)
	return subject
}

// attributes are properties written as attributes.
func (x *rdfxml) attributes(subject string, attrs []xml.Attr, in scope) {
	for _, a := range attrs {
		switch {
		case syntaxName(a.Name):
		case a.Name == xml.Name{Space: rdf, Local: "type"}:
			x.add(Triple{subject, rdf + "type", Term{Value: x.ref(in, a.Value), Node: true}, x.line()})
		default:
			x.add(Triple{subject, a.Name.Space + a.Name.Local, Term{Value: a.Value, Lang: in.lang}, x.line()})
		}
	}
}

func (x *rdfxml) id(in scope, v string) string {
	iri := resolve(in.base, "#"+v)
	if x.ids[iri] {
		x.fail("dcat.xml_id", v)
	}
	x.ids[iri] = true
	return iri
}

// properties is propertyEltList, up to the end of the element around.
func (x *rdfxml) properties(subject string, in scope) {
	items := 0
	for {
		switch e := x.token(false).(type) {
		case xml.EndElement:
			return
		case xml.CharData:
			x.blankText(e)
		case xml.StartElement:
			p := e.Name.Space + e.Name.Local
			if e.Name.Space == rdf {
				if e.Name.Local == "li" {
					items++
					p = rdf + "_" + itoa(items)
				} else if e.Name.Local == "Description" || syntaxName(e.Name) {
					x.fail("dcat.xml_element", "rdf:"+e.Name.Local)
				}
			}
			x.property(subject, p, e, in.of(e.Attr))
		}
	}
}

// property is propertyElt [7.2.14].
func (x *rdfxml) property(subject, p string, e xml.StartElement, in scope) {
	line := x.line()
	var object, parse, kind, id string
	var plain bool // has attributes that are properties
	for _, a := range e.Attr {
		if !syntaxName(a.Name) {
			plain = true
		}
		if a.Name.Space == "" && a.Name.Local == "resource" {
			x.fail("dcat.xml_attribute", "resource")
		}
		if a.Name.Space != rdf {
			continue
		}
		switch a.Name.Local {
		case "resource":
			object = x.ref(in, a.Value)
		case "nodeID":
			object = x.label(a.Value)
		case "parseType":
			parse = a.Value
		case "datatype":
			kind = datatype(x.ref(in, a.Value))
		case "ID":
			id = x.id(in, a.Value)
		}
	}
	say := func(o Term) {
		x.add(Triple{subject, p, o, line})
		if id != "" {
			x.add(Triple{id, rdf + "type", Term{Value: rdf + "Statement", Node: true}, line})
			x.add(Triple{id, rdf + "subject", Term{Value: subject, Node: true}, line})
			x.add(Triple{id, rdf + "predicate", Term{Value: p, Node: true}, line})
			x.add(Triple{id, rdf + "object", o, line})
		}
	}
	switch {
	case parse == "Resource":
		node := x.fresh()
		say(Term{Value: node, Node: true})
		x.properties(node, in)
		return
	case parse == "Collection":
		x.collection(in, line, say)
		return
	case parse != "":
		say(Term{Value: x.text(), Type: rdf + "XMLLiteral"})
		return
	case object != "" || plain:
		if object == "" {
			object = x.fresh()
		}
		say(Term{Value: object, Node: true})
		x.attributes(object, e.Attr, in)
		for {
			switch e := x.token(false).(type) {
			case xml.CharData:
				x.blankText(e)
			case xml.StartElement:
				x.fail("dcat.xml_two_objects", e.Name.Local)
			case xml.EndElement:
				return
			}
		}
	}
	var b strings.Builder
	node := ""
	for {
		switch e := x.token(false).(type) {
		case xml.CharData:
			if node != "" {
				x.blankText(e)
			}
			b.Write(e)
		case xml.StartElement:
			if node != "" {
				x.fail("dcat.xml_two_objects", e.Name.Local)
			}
			if t := strings.TrimSpace(b.String()); t != "" {
				x.fail("dcat.xml_text", cut(t, 30))
			}
			node = x.node(e, in.of(e.Attr))
		case xml.EndElement:
			switch {
			case node != "":
				say(Term{Value: node, Node: true})
			case kind != "":
				say(Term{Value: b.String(), Type: kind})
			default:
				say(Term{Value: b.String(), Lang: in.lang})
			}
			return
		}
	}
}

func (x *rdfxml) collection(in scope, line int32, say func(Term)) {
	var items []string
	for {
		switch e := x.token(false).(type) {
		case xml.CharData:
			x.blankText(e)
			continue
		case xml.StartElement:
			items = append(items, x.node(e, in.of(e.Attr)))
			continue
		}
		break
	}
	next := rdf + "nil"
	for i := len(items) - 1; i >= 0; i-- {
		cell := x.fresh()
		x.add(Triple{cell, rdf + "first", Term{Value: items[i], Node: true}, line})
		x.add(Triple{cell, rdf + "rest", Term{Value: next, Node: true}, line})
		next = cell
	}
	say(Term{Value: next, Node: true})
}

// text is what an element holds, without the marks.
func (x *rdfxml) text() string {
	var b strings.Builder
	for open := 1; open > 0; {
		switch e := x.token(false).(type) {
		case xml.CharData:
			b.Write(e)
		case xml.StartElement:
			open++
		case xml.EndElement:
			open--
		}
	}
	return b.String()
}
