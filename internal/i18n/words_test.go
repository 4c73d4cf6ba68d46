package i18n

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// house is the source of the program, as far as it is needed to say which strings a
// place of it can hold.
type house struct {
	consts map[string]map[string]string // by package, by name
	calls  map[string][]call            // by the name of what is called
	pairs  map[string]map[string][]spot // by package: values that composite literals give to a field
	tables map[string]map[string][]spot // by package: values of maps and lists written in full
	files  []file
}

type file struct {
	pkg  string
	tree *ast.File
	at   *token.FileSet
}

// spot is an expression and the function around it.
type spot struct {
	pkg string
	x   ast.Expr
	in  *ast.FuncDecl
}

type call struct {
	spot
	args []ast.Expr
}

func readHouse(t *testing.T) *house {
	t.Helper()
	h := &house{consts: map[string]map[string]string{}, calls: map[string][]call{}, pairs: map[string]map[string][]spot{}, tables: map[string]map[string][]spot{}}
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			if err == nil && d.IsDir() && d.Name() != ".." && (d.Name() == "testdata" || strings.HasSuffix(d.Name(), "test")) {
				return fs.SkipDir // helpers of tests record what no person reads
			}
			return err
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		at := token.NewFileSet()
		tree, err := parser.ParseFile(at, name, src, 0)
		if err != nil {
			return err
		}
		h.files = append(h.files, file{filepath.Dir(name), tree, at})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range h.files {
		h.walk(f, func(in *ast.FuncDecl, n ast.Node) {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, id := range n.Names {
					if i < len(n.Values) && in == nil {
						if s, ok := literal(n.Values[i]); ok {
							put(h.consts, f.pkg, id.Name, s)
						}
						if c, ok := n.Values[i].(*ast.CompositeLit); ok {
							for _, e := range c.Elts {
								if pair, ok := e.(*ast.KeyValueExpr); ok {
									e = pair.Value
								}
								put(h.tables, f.pkg, id.Name, append(h.tables[f.pkg][id.Name], spot{f.pkg, e, in}))
							}
						}
					}
				}
			case *ast.CallExpr:
				if name := called(n.Fun); name != "" {
					h.calls[name] = append(h.calls[name], call{spot{f.pkg, n, in}, n.Args})
				}
			case *ast.KeyValueExpr:
				if id, ok := n.Key.(*ast.Ident); ok {
					put(h.pairs, f.pkg, id.Name, append(h.pairs[f.pkg][id.Name], spot{f.pkg, n.Value, in}))
				}
			}
		})
	}
	return h
}

func put[V any](m map[string]map[string]V, a, b string, v V) {
	if m[a] == nil {
		m[a] = map[string]V{}
	}
	m[a][b] = v
}

func (h *house) walk(f file, visit func(in *ast.FuncDecl, n ast.Node)) {
	for _, d := range f.tree.Decls {
		in, _ := d.(*ast.FuncDecl)
		ast.Inspect(d, func(n ast.Node) bool {
			if n != nil {
				visit(in, n)
			}
			return true
		})
	}
}

func literal(x ast.Expr) (string, bool) {
	if b, ok := x.(*ast.BasicLit); ok && b.Kind == token.STRING {
		s, err := strconv.Unquote(b.Value)
		return s, err == nil
	}
	return "", false
}

func called(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return x.Sel.Name
	}
	return ""
}

// strings are those that an expression can be; an error where that cannot be told.
func (h *house) strings(s spot, depth int) (out []string, err error) {
	some := func(all ...spot) ([]string, error) {
		for _, one := range all {
			more, err := h.strings(one, depth+1)
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
		if len(out) == 0 {
			return nil, fmt.Errorf("nothing gives it a value")
		}
		return out, nil
	}
	if depth > 8 {
		return nil, fmt.Errorf("too far to follow")
	}
	switch x := s.x.(type) {
	case *ast.BasicLit:
		v, ok := literal(x)
		if !ok {
			return nil, fmt.Errorf("%s is no text", x.Value)
		}
		return []string{v}, nil
	case *ast.BinaryExpr:
		left, err := h.strings(spot{s.pkg, x.X, s.in}, depth+1)
		if err != nil {
			return nil, err
		}
		right, err := h.strings(spot{s.pkg, x.Y, s.in}, depth+1)
		for _, a := range left {
			for _, b := range right {
				out = append(out, a+b)
			}
		}
		return out, err
	case *ast.IndexExpr: // one of a table
		return some(h.tables[s.pkg][called(x.X)]...)
	case *ast.SelectorExpr: // a field, or a constant of another package
		if all := h.pairs[s.pkg][x.Sel.Name]; len(all) > 0 {
			return some(all...)
		}
		if pkg, ok := x.X.(*ast.Ident); ok {
			for dir, consts := range h.consts {
				if v, ok := consts[x.Sel.Name]; ok && filepath.Base(dir) == pkg.Name {
					return []string{v}, nil
				}
			}
		}
		return nil, fmt.Errorf("the field %s is given no value", x.Sel.Name)
	case *ast.Ident:
		if v, ok := h.consts[s.pkg][x.Name]; ok {
			return []string{v}, nil
		}
		if s.in == nil {
			return nil, fmt.Errorf("%s is unknown", x.Name)
		}
		n := 0
		for _, p := range s.in.Type.Params.List {
			for _, name := range p.Names {
				if name.Name == x.Name { // what those who call it give
					var given []spot
					for _, c := range h.calls[s.in.Name.Name] {
						if n < len(c.args) && (c.pkg == s.pkg || ast.IsExported(s.in.Name.Name)) {
							given = append(given, spot{c.pkg, c.args[n], c.in})
						}
					}
					return some(given...)
				}
				n++
			}
		}
		var given []spot
		ast.Inspect(s.in, func(n ast.Node) bool {
			if a, ok := n.(*ast.AssignStmt); ok && len(a.Lhs) == len(a.Rhs) {
				for i, left := range a.Lhs {
					if id, ok := left.(*ast.Ident); ok && id.Name == x.Name {
						given = append(given, spot{s.pkg, a.Rhs[i], s.in})
					}
				}
			}
			return true
		})
		return some(given...)
	}
	return nil, fmt.Errorf("an expression that this test does not follow: %T", s.x)
}

// said are the values that a field of composite literals of some type can have: of
// those that give another field too, if it is named.
func (h *house) said(t *testing.T, pkg, kind, field, with string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, f := range h.files {
		h.walk(f, func(in *ast.FuncDecl, n ast.Node) {
			c, ok := n.(*ast.CompositeLit)
			if !ok {
				return
			}
			switch of := c.Type.(type) {
			case *ast.SelectorExpr:
				if from, ok := of.X.(*ast.Ident); !ok || from.Name != pkg || of.Sel.Name != kind {
					return
				}
			case *ast.Ident:
				if of.Name != kind || filepath.Base(f.pkg) != pkg {
					return
				}
			default:
				return
			}
			if with != "" && !slices.ContainsFunc(c.Elts, func(e ast.Expr) bool { pair, ok := e.(*ast.KeyValueExpr); return ok && called(pair.Key) == with }) {
				return
			}
			for _, e := range c.Elts {
				pair, ok := e.(*ast.KeyValueExpr)
				if !ok || called(pair.Key) != field {
					continue
				}
				where := f.at.Position(pair.Pos()).String()
				values, err := h.strings(spot{f.pkg, pair.Value, in}, 0)
				if err != nil {
					t.Errorf("%s: the %s of this %s.%s cannot be told: %v", where, field, pkg, kind, err)
				}
				for _, v := range values {
					out[v] = where
				}
			}
		})
	}
	return out
}

// Whatever the record says was done has words, found in the sources themselves.
func TestEveryActionOfTheRecordHasWords(t *testing.T) {
	l, h := load(t).Localizer(FR), readHouse(t)
	actions := h.said(t, "audit", "Entry", "Action", "")
	if len(actions) < 40 {
		t.Errorf("%d actions are found in the sources, there were 50 and more", len(actions))
	}
	for _, a := range slices.Sorted(maps.Keys(actions)) {
		if !l.Has("admin.action." + a) {
			t.Errorf("%s records %q, which has no words: admin.action.%s", actions[a], a, a)
		}
	}
}

// What people read of themselves is in words: why a link was made, what leaves the outbox.
func TestWhatIsKeptOfPeopleHasWords(t *testing.T) {
	l, h := load(t).Localizer(FR), readHouse(t)
	has := func(column string, values map[string]string, least int) {
		if len(values) < least {
			t.Errorf("%s: only %v are found in the sources", column, slices.Sorted(maps.Keys(values)))
		}
		for v, where := range values {
			if !l.Has("personal.value." + column + "." + v) {
				t.Errorf("%s: %q has no words: personal.value.%s.%s", where, v, column, v)
			}
		}
	}
	has("kind", h.said(t, "job", "Event", "Kind", "Person"), 2)
	has("kind", h.said(t, "people", "Credential", "Kind", ""), 5)
	purposes := map[string]string{}
	for name, v := range h.consts[filepath.Join("..", "people")] {
		if strings.HasSuffix(name, "Ticket") {
			purposes[v] = name
		}
	}
	has("purpose", purposes, 10)
}
