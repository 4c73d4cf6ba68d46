package indexfile

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"bassin/internal/fault"
)

type place struct{ line, column int }

// reader walks the nodes of a method file and notes where each field is and what
// is wrong with it.
type reader struct {
	file     string
	places   map[string]place
	problems Problems
}

func placeOf(n ast.Node) (p place) {
	if n == nil {
		return place{}
	}
	t := n.GetToken()
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		t = m.Values[0].Key.GetToken()
	}
	if t == nil || t.Position == nil {
		return place{}
	}
	return place{t.Position.Line, t.Position.Column}
}

func (r *reader) fail(n ast.Node, path, key string, args ...any) {
	if len(r.problems) >= most {
		return
	}
	at := placeOf(n)
	r.problems = append(r.problems, Problem{r.file, at.line, at.column, path, fault.New(fault.Invalid, key, args...).In(path)})
}

// object is a mapping whose keys are asked for one after another.
type object struct {
	r      *reader
	path   string
	node   ast.Node
	keys   []string
	values map[string]ast.Node
	keyAt  map[string]ast.Node
	asked  []string
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// object reads a node as a mapping; nil where it is none.
func (r *reader) object(n ast.Node, path string) *object {
	o := &object{r: r, path: path, node: n, values: map[string]ast.Node{}, keyAt: map[string]ast.Node{}}
	r.places[path] = placeOf(n)
	var entries []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		entries = n.Values
	case *ast.MappingValueNode:
		entries = []*ast.MappingValueNode{n}
	default:
		r.fail(n, path, "composite.want_mapping", said(n))
		return nil
	}
	for _, e := range entries {
		key, ok := scalar(e.Key)
		if !ok {
			r.fail(e.Key, path, "composite.plain_key")
			continue
		}
		if _, twice := o.values[key]; twice {
			r.fail(e.Key, join(path, key), "composite.key_twice", key)
			continue
		}
		o.keys = append(o.keys, key)
		o.values[key], o.keyAt[key] = e.Value, e.Key
		r.places[join(path, key)] = placeOf(e.Value)
	}
	return o
}

// get returns the value of a key, nil where it is absent or null.
func (o *object) get(key string) (ast.Node, string) {
	o.asked = append(o.asked, key)
	n := o.values[key]
	if _, null := n.(*ast.NullNode); null {
		n = nil
	}
	return n, join(o.path, key)
}

// done refuses the keys that nobody asked for.
func (o *object) done() {
	for _, k := range o.keys {
		if !slices.Contains(o.asked, k) {
			o.r.fail(o.keyAt[k], join(o.path, k), "composite.unknown_key", k, strings.Join(o.asked, ", "))
		}
	}
}

// scalar returns a plain value as it is written.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.IntegerNode:
		return n.Token.Value, true
	case *ast.FloatNode:
		return n.Token.Value, true
	case *ast.BoolNode:
		return n.Token.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	}
	return "", false
}

// said is how a message names a value that is not what it should be.
func said(n ast.Node) string {
	if s, ok := scalar(n); ok {
		if len(s) > 40 {
			s = s[:40] + "…"
		}
		return strconv.Quote(s)
	}
	switch n.(type) {
	case *ast.SequenceNode:
		return "[…]"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "{…}"
	case nil, *ast.NullNode:
		return "null"
	}
	return n.Type().String()
}

func (o *object) text(key string) string {
	n, path := o.get(key)
	if n == nil {
		return ""
	}
	s, ok := scalar(n)
	if !ok {
		o.r.fail(n, path, "composite.want_text", said(n))
	}
	return s
}

func (o *object) need(key string) string {
	s := o.text(key)
	if s == "" && o.values[key] == nil {
		o.r.fail(o.node, join(o.path, key), "composite.want_key", key)
	}
	return s
}

func (o *object) number(key string, def float64) float64 {
	n, path := o.get(key)
	if n == nil {
		return def
	}
	return o.r.number(n, path)
}

func (r *reader) number(n ast.Node, path string) float64 {
	s, ok := scalar(n)
	x, err := strconv.ParseFloat(s, 64)
	if _, quoted := n.(*ast.BoolNode); !ok || err != nil || quoted || math.IsNaN(x) || math.IsInf(x, 0) {
		r.fail(n, path, "composite.want_number", said(n))
		return 0
	}
	return x
}

func (o *object) whole(key string, def int) int {
	n, path := o.get(key)
	if n == nil {
		return def
	}
	return o.r.whole(n, path)
}

func (r *reader) whole(n ast.Node, path string) int {
	s, _ := scalar(n)
	i, err := strconv.Atoi(s)
	if err != nil {
		r.fail(n, path, "composite.want_whole", said(n))
	}
	return i
}

// choice reads one of a few words.
func (o *object) choice(key, def string, words ...string) string {
	n, path := o.get(key)
	if n == nil {
		return def
	}
	return o.r.choice(n, path, words...)
}

func (r *reader) choice(n ast.Node, path string, words ...string) string {
	s, ok := scalar(n)
	if !ok || !slices.Contains(words, s) {
		r.fail(n, path, "composite.choice", strings.Trim(said(n), `"`), strings.Join(words, ", "))
		return words[0]
	}
	return s
}

// pair reads [low, high].
func (o *object) pair(key string, low, high float64) (float64, float64) {
	n, path := o.get(key)
	if n == nil {
		return low, high
	}
	list, ok := n.(*ast.SequenceNode)
	if !ok || len(list.Values) != 2 {
		o.r.fail(n, path, "composite.want_pair", said(n))
		return low, high
	}
	return o.r.number(list.Values[0], path+"[0]"), o.r.number(list.Values[1], path+"[1]")
}

// list calls each with the items of a sequence.
func (o *object) list(key string, each func(n ast.Node, path string)) {
	n, path := o.get(key)
	if n == nil {
		return
	}
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		o.r.fail(n, path, "composite.want_list", said(n))
		return
	}
	for i, v := range list.Values {
		at := fmt.Sprintf("%s[%d]", path, i)
		o.r.places[at] = placeOf(v)
		if v == nil {
			o.r.fail(n, at, "composite.want_list", "null")
			continue
		}
		each(v, at)
	}
}
