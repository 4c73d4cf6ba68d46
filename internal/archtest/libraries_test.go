package archtest

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

type requirement struct {
	Path     string
	Version  string
	Indirect bool
}

func requirements(t *testing.T, folder string) []requirement {
	t.Helper()
	var mod struct {
		Require []requirement
		Replace []struct{ Old, New requirement }
	}
	if err := json.Unmarshal(run(t, "go", "mod", "edit", "-json", filepath.Join(folder, "go.mod")), &mod); err != nil {
		t.Fatal(err)
	}
	if len(mod.Require) == 0 {
		t.Fatalf("%s/go.mod requires nothing", folder)
	}
	for _, r := range mod.Replace {
		t.Errorf("%s/go.mod replaces %s: others would build something else", folder, r.Old.Path)
	}
	return mod.Require
}

func TestLibrariesAreChosen(t *testing.T) {
	known := map[string]bool{}
	for _, r := range requirements(t, ".") {
		known[r.Path] = true
		if _, ok := libraries[r.Path]; !ok && !r.Indirect {
			t.Errorf("go.mod requires %s, which is not among the chosen libraries of internal/archtest/house_test.go", r.Path)
		}
	}
	for name, l := range libraries {
		if !known[name] {
			t.Errorf("the library %s (%s) is chosen but go.mod does not have it: take it off the list", name, l.what)
		}
	}
}

// moduleOf is the chosen library that holds an imported package, or "".
func moduleOf(imported string) string {
	best := ""
	for name := range libraries {
		if (imported == name || strings.HasPrefix(imported, name+"/")) && len(name) > len(best) {
			best = name
		}
	}
	return best
}

func external(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return strings.Contains(first, ".")
}

func TestLibrariesStayInTheirRooms(t *testing.T) {
	for _, p := range house(t) {
		free := under(p.path, workshop) || under(p.path, helpers)
		for _, i := range p.imports {
			if !external(i) {
				continue
			}
			name := moduleOf(i)
			if name == "" {
				t.Errorf("%s imports %s, which is not among the chosen libraries", p.path, i)
				continue
			}
			allowed := libraries[name].rooms
			if !free && !slices.Contains(allowed, "*") && !slices.Contains(allowed, p.room()) {
				t.Errorf("%s imports %s, which belongs to %v", p.path, i, allowed)
			}
		}
		for _, i := range p.tests {
			if external(i) && moduleOf(i) == "" {
				t.Errorf("tests of %s import %s, which is not among the chosen libraries", p.path, i)
			}
		}
	}
}

var exactNpm = regexp.MustCompile(`^\d+\.\d+\.\d+$`)

// A build made twice must be made of the same things.
func TestVersionsAreExact(t *testing.T) {
	var npm struct{ Dependencies, DevDependencies map[string]string }
	if err := json.Unmarshal([]byte(read(t, "package.json")), &npm); err != nil {
		t.Fatal(err)
	}
	for _, list := range []map[string]string{npm.Dependencies, npm.DevDependencies} {
		for _, name := range slices.Sorted(maps.Keys(list)) {
			if !exactNpm.MatchString(list[name]) {
				t.Errorf("package.json: %s is %q, want an exact version", name, list[name])
			}
		}
	}
	if read(t, "package-lock.json") == "" {
		t.Error("package-lock.json is empty")
	}

	loose := regexp.MustCompile(`@(latest|upgrade|master|main)\b|go get -u|npm install\b`)
	for _, pattern := range []string{"Makefile", ".ci/*", "scripts/*", "internal/web/assets/*.sh"} {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if info, err := os.Stat(name); err != nil || info.IsDir() {
				continue
			}
			name = filepath.ToSlash(strings.TrimPrefix(name, root+string(filepath.Separator)))
			for n, line := range strings.Split(read(t, name), "\n") {
				if m := loose.FindString(line); m != "" {
					t.Errorf("%s:%d: %q takes whatever version is newest", name, n+1, m)
				}
			}
		}
	}

	pinned := map[string]bool{}
	for _, r := range requirements(t, "tools") {
		pinned[r.Path] = true
	}
	for _, tool := range []string{"github.com/golangci/golangci-lint/v2", "golang.org/x/vuln", "github.com/tsenart/vegeta/v12", "github.com/versity/versitygw"} {
		if !pinned[tool] {
			t.Errorf("tools/go.mod does not pin %s", tool)
		}
	}
}
