package publiccode

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"bassin/internal/commons"
)

// Limits of a file that is read. A real one has a few hundred nodes, five deep.
const (
	mostBytes    = 128 << 10
	mostMarks    = 500    // of one sort on a line: the YAML library takes their square in time
	mostNodes    = 10_000 // with those that aliases repeat
	mostDepth    = 20
	mostFindings = 200
)

// place is where a key or a value is.
type place struct{ line, column int }

// reading is a file being read.
type reading struct {
	places   map[string]place // by key: description.fr.features[0]
	findings []commons.Finding
	told     map[string]bool // keys that an error was said of
	anchors  map[string]ast.Node
	open     map[string]bool // anchors being repeated
	nodes    int
	over     bool
	version1 bool
}

func (r *reading) say(at place, key string, s commons.Severity, word string, args ...any) {
	if s == commons.Wrong {
		r.told[key] = true
	}
	if len(r.findings) < mostFindings {
		r.findings = append(r.findings, commons.Finding{Line: at.line, Column: at.column, Field: key, Severity: s, Key: word, Args: args})
	}
}

// detail is said with the last finding.
func (r *reading) detail(s string) { r.findings[len(r.findings)-1].Detail = s }

// parse reads the YAML; nil if there is nothing to read in it.
func (r *reading) parse(file []byte) ast.Node {
	fail := func(line, column int, word string, args ...any) ast.Node {
		r.say(place{line, column}, "", commons.Wrong, word, args...)
		return nil
	}
	if len(file) > mostBytes {
		return fail(1, 0, "publiccode.large", mostBytes>>10)
	}
	if bytes.HasPrefix(file, []byte("\xff\xfe")) || bytes.HasPrefix(file, []byte("\xfe\xff")) {
		return fail(1, 0, "publiccode.encoding")
	}
	open := 0 // brackets, over the lines: those of texts close again
	for i, line := range bytes.Split(file, []byte("\n")) {
		if !utf8.Valid(line) || bytes.IndexByte(line, 0) >= 0 {
			return fail(i+1, 0, "publiccode.encoding")
		}
		flow, lead := nested(line)
		if max(open+flow, lead) > mostDepth {
			return fail(i+1, 0, "publiccode.deep", mostDepth)
		}
		for _, mark := range []string{": ", "&", "*", "? ", "!"} {
			if bytes.Count(line, []byte(mark)) > mostMarks {
				return fail(i+1, 0, "publiccode.yaml")
			}
		}
		open = max(0, open+bytes.Count(line, []byte("["))+bytes.Count(line, []byte("{"))-bytes.Count(line, []byte("]"))-bytes.Count(line, []byte("}")))
	}
	if bytes.HasPrefix(file, []byte("\ufeff")) {
		r.say(place{1, 1}, "", commons.Warning, "publiccode.bom")
		file = file[3:]
	}
	doc, err := parser.ParseBytes(file, 0)
	if err != nil {
		return r.syntax(file, err)
	}
	var body ast.Node
	for _, d := range doc.Docs {
		if d.Body == nil {
			continue
		}
		if body != nil {
			t := d.Body.GetToken()
			return fail(t.Position.Line, t.Position.Column, "publiccode.documents")
		}
		body = d.Body
	}
	if body == nil {
		return fail(1, 0, "publiccode.nothing")
	}
	return body
}

// nested is how deep a line alone opens lists and maps, by brackets and by what it
// begins with.
func nested(line []byte) (deepest, lead int) {
	flow := 0
	for _, b := range line {
		switch b {
		case '[', '{':
			flow++
		case ']', '}':
			flow--
		}
		deepest = max(deepest, flow)
	}
	for _, b := range line {
		if b == '-' || b == '?' || b == ':' {
			lead++
		} else if b != ' ' && b != '\t' {
			break
		}
	}
	if strings.Trim(string(line), "- \t\r") == "" && !bytes.Contains(line, []byte("- ")) {
		lead = 0 // a rule, or the end of a document
	}
	return deepest, lead
}

// syntax tells what is not YAML, with what is most often the cause.
func (r *reading) syntax(file []byte, err error) ast.Node {
	var line, column int
	var why string
	if e, ok := errors.AsType[*yaml.SyntaxError](err); ok {
		why = e.GetMessage()
		if t := e.GetToken(); t != nil && t.Position != nil {
			line, column = t.Position.Line, t.Position.Column
		}
	} else {
		why = err.Error()
	}
	word := "publiccode.yaml"
	if strings.Contains(why, "already defined") {
		word = "publiccode.twice"
	} else {
		for i, l := range bytes.Split(file, []byte("\n")) {
			if lead := l[:len(l)-len(bytes.TrimLeft(l, " \t"))]; bytes.IndexByte(lead, '\t') >= 0 {
				line, column, word = i+1, bytes.IndexByte(lead, '\t')+1, "publiccode.tab"
				break
			}
		}
	}
	r.say(place{line, column}, "", commons.Wrong, word)
	r.detail(why)
	return nil
}

func at(n ast.Node) place {
	if n == nil {
		return place{}
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return place{max(t.Position.Line, 0), max(t.Position.Column, 0)}
	}
	return place{}
}

// count spends a node, and says once if there are too many or too deep.
func (r *reading) count(n ast.Node, depth int) bool {
	r.nodes++
	if r.over {
		return false
	}
	if depth > mostDepth {
		r.over = true
		r.say(at(n), "", commons.Wrong, "publiccode.deep", mostDepth)
	} else if r.nodes > mostNodes {
		r.over = true
		r.say(at(n), "", commons.Wrong, "publiccode.nodes", mostNodes)
	}
	return !r.over
}

// resolve is the node behind anchors, aliases and tags. end ends the repeating.
func (r *reading) resolve(n ast.Node) (_ ast.Node, end func()) {
	var open []string
	end = func() {
		for _, name := range open {
			delete(r.open, name)
		}
	}
	for {
		switch v := n.(type) {
		case *ast.AnchorNode:
			name := v.Name.GetToken().Value
			r.anchors[name] = v.Value
			r.open[name] = true
			open = append(open, name)
			n = v.Value
		case *ast.AliasNode:
			name := v.Value.GetToken().Value
			target, ok := r.anchors[name]
			if !ok || r.open[name] || !r.count(n, 0) {
				if !r.over {
					r.say(at(n), "", commons.Wrong, "publiccode.alias", name)
				}
				return nil, end
			}
			r.open[name] = true
			open = append(open, name)
			n = target
		case *ast.TagNode:
			n = v.Value
		default:
			return n, end
		}
	}
}

// walk is the part of a node that has the shape of the standard, as JSON has it: string,
// bool, []any, map[string]any; nil for nothing. What is left out is said.
func (r *reading) walk(n ast.Node, key string, s shape, depth int) any {
	if n == nil || !r.count(n, depth) {
		return nil
	}
	where := at(n)
	n, end := r.resolve(n)
	defer end()
	if n == nil {
		return nil
	}
	if _, null := n.(*ast.NullNode); null {
		return nil
	}
	switch {
	case s.keys != nil:
		if m := r.pairs(n, depth); m != nil {
			return r.keys(m, key, s, depth)
		}
		r.say(where, key, commons.Wrong, "publiccode.wants_map")
	case s.list != nil:
		seq, ok := n.(*ast.SequenceNode)
		if !ok && s.alone {
			if v := r.walk(n, key, *s.list, depth); v != nil {
				return []any{v}
			}
			return nil
		}
		if !ok {
			r.say(where, key, commons.Wrong, "publiccode.wants_list")
			return nil
		}
		out := []any{}
		for i, e := range seq.Values {
			item := fmt.Sprintf("%s[%d]", key, i)
			r.places[item] = at(e)
			if v := r.walk(e, item, *s.list, depth+1); v != nil {
				out = append(out, v)
			}
		}
		return out
	case s.truth:
		if b, ok := n.(*ast.BoolNode); ok {
			return b.Value
		}
		r.say(where, key, commons.Wrong, "publiccode.wants_truth")
	default:
		switch v := n.(type) {
		case *ast.StringNode:
			return r.text(v.Value, where, key, s)
		case *ast.LiteralNode:
			return r.text(v.Value.Value, where, key, s)
		case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
			word := n.GetToken().Value
			r.say(where, key, commons.Warning, "publiccode.wants_quotes", word)
			return word
		}
		r.say(where, key, commons.Wrong, "publiccode.wants_text")
	}
	return nil
}

// text is a text without the blanks around it; nil if there is nothing else. An address
// that is none goes no further: the library would give up reading there.
func (r *reading) text(v string, where place, key string, s shape) any {
	if v = strings.TrimSpace(v); v == "" {
		return nil
	}
	if _, err := url.Parse(v); err != nil && s.address {
		r.say(where, key, commons.Wrong, "publiccode.url")
		r.detail(err.Error())
		return nil
	}
	return v
}

// pair is a key of a map and its value.
type pair struct {
	key   string
	at    place
	value ast.Node
}

// pairs are those of a map, merged ones (<<) after its own; nil if n is none.
func (r *reading) pairs(n ast.Node, depth int) []pair {
	var values []*ast.MappingValueNode
	switch m := n.(type) {
	case *ast.MappingNode:
		values = m.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{m}
	default:
		return nil
	}
	out, merged := []pair{}, []pair{}
	for _, v := range values {
		if _, merge := v.Key.(*ast.MergeKeyNode); merge {
			if !r.count(v, depth) {
				return out
			}
			from, end := r.resolve(v.Value)
			if from != nil {
				merged = append(merged, r.pairs(from, depth+1)...)
			}
			end()
			continue
		}
		if t := v.Key.GetToken(); t != nil {
			out = append(out, pair{t.Value, at(v.Key), v.Value})
		}
	}
	return append(out, merged...)
}

func (r *reading) keys(pairs []pair, prefix string, s shape, depth int) map[string]any {
	out := map[string]any{}
	seen := map[string]bool{}
	for _, p := range pairs {
		if seen[p.key] || r.over {
			continue
		}
		seen[p.key] = true
		key := p.key
		if prefix != "" {
			key = prefix + "." + key
		}
		r.places[key] = p.at
		inner, known := s.keys[p.key]
		if !known {
			inner, known = s.keys["*"]
		}
		switch {
		case !known && prefix == "" && country(p.key):
			continue
		case !known:
			r.say(p.at, key, commons.Warning, "publiccode.unknown", p.key)
			r.skim(p.value, depth+1)
			continue
		case inner.old && r.version1:
			r.say(p.at, key, commons.Warning, "publiccode.deprecated")
			continue
		}
		if v := r.walk(p.value, key, inner, depth+1); v != nil {
			out[p.key] = v
		}
	}
	return out
}

// skim looks for anchors in what is not read: others may repeat them.
func (r *reading) skim(n ast.Node, depth int) {
	if n == nil || !r.count(n, depth) {
		return
	}
	switch v := n.(type) {
	case *ast.AnchorNode:
		r.anchors[v.Name.GetToken().Value] = v.Value
		r.skim(v.Value, depth)
	case *ast.MappingNode:
		for _, m := range v.Values {
			r.skim(m.Value, depth+1)
		}
	case *ast.MappingValueNode:
		r.skim(v.Value, depth+1)
	case *ast.SequenceNode:
		for _, e := range v.Values {
			r.skim(e, depth+1)
		}
	}
}
