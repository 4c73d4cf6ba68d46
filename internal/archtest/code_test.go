package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "bassin"

// pkg is a package of the house as the go command sees it. Paths are below the
// module's: internal/web, not bassin/internal/web.
type pkg struct {
	path    string
	imports []string // direct, of its non-test files; of the house without the module's name
	tests   []string // direct, of its test files
	house   []string // of the house, reached directly or through others
}

// room is the room p lies in, or "".
func (p pkg) room() string { return within(p.path, rooms) }

func within[T any](p string, of map[string]T) string {
	for q := p; q != "." && q != "/"; q = path.Dir(q) {
		if _, ok := of[q]; ok {
			return q
		}
	}
	return ""
}

func under(p string, parents []string) bool {
	return slices.ContainsFunc(parents, func(q string) bool { return p == q || strings.HasPrefix(p, q+"/") })
}

// root is the folder of go.mod, seen from this package's.
const root = "../.."

func run(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = root
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, &errs)
	}
	return out.Bytes()
}

var listOnce struct {
	sync.Once
	pkgs []pkg
}

// house lists every package of the module.
func house(t *testing.T) []pkg {
	t.Helper()
	listOnce.Do(func() {
		// -e: a package that does not build is for the compiler to tell, not for here.
		d := json.NewDecoder(bytes.NewReader(run(t, "go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports,Deps", "./...")))
		for {
			var p struct {
				ImportPath                               string
				Imports, TestImports, XTestImports, Deps []string
			}
			err := d.Decode(&p)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			q := pkg{path: local(p.ImportPath), imports: locals(p.Imports), tests: locals(slices.Concat(p.TestImports, p.XTestImports))}
			for _, d := range p.Deps {
				if strings.HasPrefix(d, module+"/") {
					q.house = append(q.house, local(d))
				}
			}
			listOnce.pkgs = append(listOnce.pkgs, q)
		}
	})
	if len(listOnce.pkgs) == 0 {
		t.Fatal("no packages")
	}
	return listOnce.pkgs
}

func local(p string) string { return strings.TrimPrefix(p, module+"/") }

func locals(ps []string) []string {
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = local(p)
	}
	return out
}

// source is one parsed Go file.
type source struct {
	name string // below the root, with slashes
	file *ast.File
	at   *token.FileSet
}

func (s source) dir() string  { return path.Dir(s.name) }
func (s source) test() bool   { return strings.HasSuffix(s.name, "_test.go") }
func (s source) room() string { return within(s.dir(), rooms) }

func (s source) line(p token.Pos) string {
	pos := s.at.Position(p)
	pos.Filename = s.name
	return pos.String()
}

// sources parses every Go file of the module.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(p, root+string(filepath.Separator)))
		if d.IsDir() {
			switch d.Name() {
			case ".git", "node_modules", "testdata", "var", "bin", "tools", "data":
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		at := token.NewFileSet()
		f, err := parser.ParseFile(at, p, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		out = append(out, source{name, f, at})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) == 0 {
		t.Fatal("no Go files")
	}
	return out
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
