package dcat

import (
	"bufio"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// prefixes of what is written.
var prefixes = []struct{ name, iri string }{
	{"rdf", rdf}, {"xsd", xsd}, {"dcat", dcat}, {"dct", dct}, {"foaf", foaf}, {"vcard", vcard}, {"skos", skos}, {"hydra", hydra},
	{"schema", schema}, {"eu", authority}, {"spdx", "https://spdx.org/licenses/"}, {"bassin", own},
}

// short is an IRI by a prefix, if what follows it needs no escape in either syntax.
func short(iri string) string {
	for _, p := range prefixes {
		rest, ok := strings.CutPrefix(iri, p.iri)
		if !ok || rest == "" {
			continue
		}
		for i := range len(rest) {
			c := rest[i]
			if !isLetter(c) && c != '_' && (i == 0 || c != '-' && (c < '0' || c > '9')) {
				return ""
			}
		}
		return p.name + ":" + rest
	}
	return ""
}

// turtleOut writes Turtle, one subject after the other.
type turtleOut struct {
	w    *bufio.Writer
	open bool // a subject has no full stop yet
	said bool // it has a property
}

func (t *turtleOut) begin() {
	for _, p := range prefixes {
		t.w.WriteString("@prefix " + p.name + ": <" + p.iri + "> .\n")
	}
}

func (t *turtleOut) node(s string) {
	t.end()
	t.w.WriteString("\n<" + s + ">")
	t.open, t.said = true, false
}

func (t *turtleOut) say(p string, o Term) {
	if t.said {
		t.w.WriteString(" ;")
	}
	t.said = true
	if p == rdf+"type" {
		t.w.WriteString("\n\ta ")
	} else {
		t.w.WriteString("\n\t" + name(p) + " ")
	}
	if o.Node {
		t.w.WriteString(name(o.Value))
		return
	}
	t.w.WriteByte('"')
	for i := 0; i < len(o.Value); {
		r, n := utf8.DecodeRuneInString(o.Value[i:])
		switch {
		case r == '"' || r == '\\':
			t.w.WriteByte('\\')
			t.w.WriteRune(r)
		case r == '\n':
			t.w.WriteString(`\n`)
		case r == '\r':
			t.w.WriteString(`\r`)
		case r < ' ' || r == 0x7f:
			t.w.WriteString(`\u00`)
			t.w.WriteByte("0123456789ABCDEF"[r>>4])
			t.w.WriteByte("0123456789ABCDEF"[r&15])
		default:
			t.w.WriteRune(r)
		}
		i += n
	}
	t.w.WriteByte('"')
	switch {
	case o.Lang != "":
		t.w.WriteString("@" + o.Lang)
	case o.Type != "":
		t.w.WriteString("^^" + name(o.Type))
	}
}

func (t *turtleOut) end() {
	if t.open {
		t.w.WriteString(" .\n")
	}
	t.open = false
}

func name(iri string) string {
	if s := short(iri); s != "" {
		return s
	}
	return "<" + iri + ">"
}

// jsonOut writes JSON-LD as a list of nodes in @graph, each property with its values.
type jsonOut struct {
	w     *bufio.Writer
	some  bool // a node was written before
	id    string
	order []string
	said  map[string][]any
}

func (j *jsonOut) begin() {
	context := map[string]string{}
	for _, p := range prefixes {
		context[p.name] = p.iri
	}
	b, _ := json.Marshal(context)
	j.w.WriteString(`{"@context": ` + string(b) + `, "@graph": [`)
}

func (j *jsonOut) node(s string) {
	j.flush()
	j.id, j.order, j.said = s, j.order[:0], map[string][]any{}
}

func (j *jsonOut) say(p string, o Term) {
	key := compact(p)
	var value any
	switch {
	case p == rdf+"type":
		key, value = "@type", compact(o.Value)
	case o.Node:
		value = map[string]string{"@id": compact(o.Value)}
	case o.Lang != "":
		value = map[string]string{"@language": o.Lang, "@value": o.Value}
	case o.Type != "":
		value = map[string]string{"@type": compact(o.Type), "@value": o.Value}
	default:
		value = o.Value
	}
	if _, there := j.said[key]; !there {
		j.order = append(j.order, key)
	}
	j.said[key] = append(j.said[key], value)
}

func compact(iri string) string {
	if s := short(iri); s != "" {
		return s
	}
	return iri
}

func (j *jsonOut) flush() {
	if j.id == "" {
		return
	}
	if j.some {
		j.w.WriteByte(',')
	}
	j.some = true
	j.w.WriteString("\n{\"@id\": ")
	j.value(j.id)
	for _, key := range j.order {
		j.w.WriteString(", ")
		j.value(key)
		j.w.WriteString(": ")
		if v := j.said[key]; len(v) == 1 {
			j.value(v[0])
		} else {
			j.value(v)
		}
	}
	j.w.WriteByte('}')
	j.id = ""
}

// value writes strings and maps of strings, which have no error.
func (j *jsonOut) value(v any) {
	b, _ := json.Marshal(v)
	j.w.Write(b)
}

func (j *jsonOut) end() {
	j.flush()
	j.w.WriteString("\n]}\n")
}
