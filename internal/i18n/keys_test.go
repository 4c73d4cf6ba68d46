package i18n

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// uses is what the program's sources say of catalogue keys.
type uses struct {
	literals map[string]bool   // every string of the sources
	asked    map[string]string // key asked for in so many words -> where
	patterns []*regexp.Regexp  // of keys put together from pieces
}

var (
	action     = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	inTemplate = regexp.MustCompile(`"([^"\n]+)"`)
	askedFor   = regexp.MustCompile(`\bth? "([^"]+)"`)
)

// A key that is asked for and missing would be read by a person; one that
// nobody asks for is a text to translate for nothing.
func TestKeysAreThereAndUsed(t *testing.T) {
	c := load(t)
	u := readSources(t)
	l := c.Localizer(FR)
	for key, where := range u.asked {
		if !l.Has(key) {
			t.Errorf("%s asks for the key %s, which no catalogue has", where, key)
		}
	}
	for _, key := range c.Keys() {
		if strings.HasPrefix(key, "i18n.") || strings.HasPrefix(key, "path.") {
			continue // read by this package and by web, by their first word
		}
		if !u.literals[key] && !u.built(key) {
			t.Errorf("key %s is used nowhere", key)
		}
	}
}

func (u *uses) built(key string) bool {
	for _, p := range u.patterns {
		if p.MatchString(key) {
			return true
		}
	}
	// A key and its ending: "territory.answer.pole" and "_many".
	for i := strings.LastIndexAny(key, "._"); i > 0; i = strings.LastIndexAny(key[:i], "._") {
		if u.literals[key[:i]] && u.literals[key[i:]] {
			return true
		}
	}
	return false
}

func readSources(t *testing.T) *uses {
	t.Helper()
	u := &uses{literals: map[string]bool{}, asked: map[string]string{}}
	pieces := map[string]bool{}
	root := filepath.Join("..", "..")
	for _, dir := range []string{"internal", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(file string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() {
				if d.Name() == "testdata" || d.Name() == "dist" {
					return fs.SkipDir
				}
				return nil
			}
			switch {
			case strings.HasSuffix(file, "_test.go"):
			case strings.HasSuffix(file, ".go"):
				return u.readGo(file, pieces)
			case strings.HasSuffix(file, ".html"):
				b, err := os.ReadFile(file)
				for _, a := range action.FindAllString(string(b), -1) {
					for _, m := range inTemplate.FindAllStringSubmatch(a, -1) {
						u.add(m[1], pieces)
					}
					for _, m := range askedFor.FindAllStringSubmatch(a, -1) {
						u.asked[m[1]] = file
					}
				}
				return err
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for p := range pieces {
		u.patterns = append(u.patterns, regexp.MustCompile("^"+p+"$"))
	}
	return u
}

// add notes a string, and the pattern of keys it may be a piece of: "level." with
// something after, "level.%s.name" with something in the middle.
func (u *uses) add(s string, pieces map[string]bool) {
	u.literals[s] = true
	room, _, dotted := strings.Cut(s, ".")
	if !dotted || room == "" || strings.ContainsAny(s, " /<>=") {
		return
	}
	switch {
	case strings.Contains(s, "%"):
		pieces[regexp.MustCompile(`%[sdvq]`).ReplaceAllString(regexp.QuoteMeta(s), ".+")] = true
	case strings.HasSuffix(s, ".") || strings.HasSuffix(s, "_"):
		pieces[regexp.QuoteMeta(s)+".+"] = true
	}
}

func (u *uses) readGo(file string, pieces map[string]bool) error {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if s, ok := text(n); ok {
				u.add(s, pieces)
			}
		case *ast.CallExpr:
			sel, ok := n.Fun.(*ast.SelectorExpr)
			if !ok {
				break
			}
			arg := -1
			if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == "fault" && sel.Sel.Name == "New" {
				arg = 1
			} else if sel.Sel.Name == "T" || sel.Sel.Name == "Say" { // notice.Say
				arg = 0
			}
			if arg >= 0 && arg < len(n.Args) {
				if s, ok := text(n.Args[arg]); ok && s != "" {
					u.asked[s] = set.Position(n.Pos()).String()
				}
			}
		}
		return true
	})
	return nil
}

func text(e ast.Expr) (string, bool) {
	b, ok := e.(*ast.BasicLit)
	if !ok || b.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(b.Value)
	return s, err == nil
}
