package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"
	"testing"
)

func TestEveryPackageSaysWhatItOwns(t *testing.T) {
	docs := map[string]string{} // by folder
	dirs := map[string]bool{}
	for _, s := range sources(t) {
		if !s.test() {
			dirs[s.dir()] = true
		}
		if path.Base(s.name) == "doc.go" {
			docs[s.dir()] = s.file.Doc.Text()
		}
	}
	for dir := range dirs {
		switch doc, ok := docs[dir]; {
		case !ok:
			t.Errorf("%s has no doc.go: three lines, what it owns and what it may not touch", dir)
		case strings.Count(strings.TrimSpace(doc), "\n") < 1:
			t.Errorf("%s/doc.go says too little: what does the package own, what may it not touch?", dir)
		}
	}
}

// What runs before main cannot be seen in the wiring, and what changes behind a
// package's back cannot be tested twice.
func TestNothingHidden(t *testing.T) {
	files := map[string][]source{}
	for _, s := range sources(t) {
		if !s.test() && !under(s.dir(), helpers) {
			files[s.dir()] = append(files[s.dir()], s)
		}
	}
	for _, dir := range files {
		variables := map[string]bool{}
		for _, s := range dir {
			for name := range packageVariables(s.file) {
				variables[name] = true
			}
		}
		for _, s := range dir {
			for _, f := range functions(s.file) {
				if f.Recv == nil && f.Name.Name == "init" {
					t.Errorf("%s: init() runs behind the reader's back: call it where things are wired", s.line(f.Pos()))
				}
				for _, id := range assigned(f, variables) {
					t.Errorf("%s: %s changes the package variable %s: put it in a struct that is passed", s.line(id.Pos()), f.Name.Name, id.Name)
				}
			}
		}
	}
}

func TestTestsCanFail(t *testing.T) {
	for _, s := range sources(t) {
		if !s.test() && !under(s.dir(), helpers) {
			continue
		}
		for _, f := range functions(s.file) {
			for _, sel := range skips(f) {
				t.Errorf("%s: %s skips: a missing part fails the test that needs it", s.line(sel.Pos()), f.Name.Name)
			}
			if s.test() && isTest(f) && !canFail(f) {
				t.Errorf("%s: %s cannot fail", s.line(f.Pos()), f.Name.Name)
			}
		}
	}
}

func functions(f *ast.File) []*ast.FuncDecl {
	var out []*ast.FuncDecl
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
			out = append(out, fn)
		}
	}
	return out
}

func packageVariables(f *ast.File) map[string]bool {
	out := map[string]bool{}
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, spec := range g.Specs {
			for _, name := range spec.(*ast.ValueSpec).Names {
				out[name.Name] = true
			}
		}
	}
	delete(out, "_")
	return out
}

// assigned finds the package variables that a function sets, or whose element or
// field it sets. Names that the function declares itself are its own.
func assigned(f *ast.FuncDecl, variables map[string]bool) []*ast.Ident {
	own := map[string]bool{}
	fields := func(l *ast.FieldList) {
		if l == nil {
			return
		}
		for _, field := range l.List {
			for _, name := range field.Names {
				own[name.Name] = true
			}
		}
	}
	fields(f.Recv)
	var out []*ast.Ident
	target := func(e ast.Expr) {
		if id := leftmost(e); id != nil && variables[id.Name] && !own[id.Name] {
			out = append(out, id)
		}
	}
	declare := func(e ast.Expr) {
		if id, ok := e.(*ast.Ident); ok {
			own[id.Name] = true
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncType:
			fields(n.Params)
			fields(n.Results)
		case *ast.ValueSpec:
			for _, name := range n.Names {
				own[name.Name] = true
			}
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if e != nil && n.Tok == token.DEFINE {
					declare(e)
				}
			}
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				if n.Tok == token.DEFINE {
					declare(e)
				} else {
					target(e)
				}
			}
		case *ast.IncDecStmt:
			target(n.X)
		}
		return true
	})
	return out
}

// leftmost is the x of x, x.y, x[i], *x.
func leftmost(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}

func skips(f *ast.FuncDecl) []*ast.SelectorExpr {
	var out []*ast.SelectorExpr
	ast.Inspect(f, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, sel.Sel.Name) {
				// A reader's Skip(n) is not a test's.
				if x, ok := sel.X.(*ast.Ident); ok && slices.Contains([]string{"t", "b", "f", "tb", "tt"}, x.Name) {
					out = append(out, sel)
				}
			}
		}
		return true
	})
	return out
}

func isTest(f *ast.FuncDecl) bool {
	name := f.Name.Name
	return f.Recv == nil && name != "TestMain" && (strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz"))
}

// canFail says whether a test reports somewhere, or hands its t to what may.
func canFail(f *ast.FuncDecl) bool {
	found := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok && slices.Contains([]string{"Error", "Errorf", "Fatal", "Fatalf", "Fail", "FailNow"}, sel.Sel.Name) {
			if _, ok := sel.X.(*ast.Ident); ok {
				found = true
			}
		}
		for _, arg := range call.Args {
			if id, ok := arg.(*ast.Ident); ok && slices.Contains([]string{"t", "f", "tb", "tt"}, id.Name) {
				found = true
			}
		}
		return true
	})
	return found
}

// The checks of this file must see what they are for, and only that.
func TestHabitsAreSeen(t *testing.T) {
	const code = `package p
import "time"
var registry = map[string]int{}
var table = []int{1}
func Register(k string) { registry[k] = 1 }
func grow() { table = append(table, 2) }
func fine(table []int) { table[0] = 1; var registry map[string]int; registry = nil; _ = registry }
func also() { registry := map[string]int{}; registry["a"]++ }
func now() time.Time { return time.Now() }
func TestNothing(t *T) { x := 1; _ = x }
func TestSomething(t *T) { if 1 > 2 { t.Error("no") } }
func TestHelped(t *T) { check(t) }
func TestSkips(t *T) { t.Skip("no browser"); r.Skip(3) }
`
	f, err := parser.ParseFile(token.NewFileSet(), "p.go", code, 0)
	if err != nil {
		t.Fatal(err)
	}
	variables := packageVariables(f)
	got := map[string][]string{}
	for _, fn := range functions(f) {
		for _, id := range assigned(fn, variables) {
			got["changes"] = append(got["changes"], fn.Name.Name+" "+id.Name)
		}
		for range skips(fn) {
			got["skips"] = append(got["skips"], fn.Name.Name)
		}
		if isTest(fn) && !canFail(fn) {
			got["idle"] = append(got["idle"], fn.Name.Name)
		}
	}
	for _, sel := range impure(f) {
		got["impure"] = append(got["impure"], sel.Sel.Name)
	}
	for what, want := range map[string][]string{
		"changes": {"Register registry", "grow table"},
		"skips":   {"TestSkips"},
		"idle":    {"TestNothing", "TestSkips"},
		"impure":  {"Now"},
	} {
		if !slices.Equal(got[what], want) {
			t.Errorf("%s: found %v, want %v", what, got[what], want)
		}
	}
}
