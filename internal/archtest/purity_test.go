package archtest

import (
	"go/ast"
	"go/types"
	"path"
	"slices"
	"strconv"
	"testing"
)

// snapshots are read from files: the one engine that opens any.
const filesAllowed = "internal/snapshot"

func TestLowerFloorsReachNothingOutside(t *testing.T) {
	for _, s := range sources(t) {
		room := s.room()
		if s.test() || room == "" || rooms[room] > features || under(s.dir(), helpers) {
			continue
		}
		for _, i := range s.file.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if slices.Contains(pureStd, name) {
				t.Errorf("%s: %s imports %s: put it in an adapter, behind an interface", s.line(i.Pos()), room, name)
			}
			if name == "os" && room != filesAllowed {
				t.Errorf("%s: %s imports os: files are given to it as an io.Reader or an fs.FS", s.line(i.Pos()), room)
			}
		}
		for _, call := range impure(s.file) {
			t.Errorf("%s: %s uses %s: it must be given it", s.line(call.Pos()), room, types.ExprString(call))
		}
	}
}

// impure finds uses of what pureCalls lists.
func impure(f *ast.File) []*ast.SelectorExpr {
	names := map[string]string{} // what a file calls a package → its path
	for _, i := range f.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			continue
		}
		name := path.Base(p)
		if i.Name != nil {
			name = i.Name.Name
		}
		names[name] = p
	}
	var out []*ast.SelectorExpr
	ast.Inspect(f, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(pureCalls[names[x.Name]], sel.Sel.Name) {
				out = append(out, sel)
			}
		}
		return true
	})
	return out
}
