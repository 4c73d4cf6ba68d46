package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/evanw/esbuild/pkg/api"
)

const (
	source = "internal/web/assets"
	dist   = "internal/web/assets/dist"
	worker = "node_modules/maplibre-gl/dist/maplibre-gl-worker.mjs"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

// run builds site.css and site.js, which every page loads, from the kit and
// from the style sheets and scripts that lie beside the pages' templates; and one
// bundle for each folder that has a script of its own name (map/map.js): only
// the pages that name it load it, with the style sheets of its folder.
func run() error {
	if _, err := os.Stat(source); err != nil {
		return errors.New("run me from the root of the repository")
	}
	styles, scripts, own, err := pages()
	if err != nil {
		return err
	}
	var css, js strings.Builder
	fmt.Fprintf(&css, "@import './%s/css/site.css';\n", source)
	for _, f := range styles {
		fmt.Fprintf(&css, "@import './%s';\n", f)
	}
	// Paper comes last: its rules have the last word.
	fmt.Fprintf(&css, "@import './%s/css/print.css';\n", source)
	fmt.Fprintf(&js, "import './%s/js/site.js';\n", source)
	for _, f := range scripts {
		fmt.Fprintf(&js, "import './%s';\n", f)
	}
	out := map[string][]byte{}
	if err := bundle(out, "site.css", css.String(), api.LoaderCSS); err != nil {
		return err
	}
	if err := bundle(out, "site.js", js.String(), api.LoaderJS); err != nil {
		return err
	}
	for name, files := range own {
		var js, css strings.Builder
		for _, f := range files {
			if filepath.Ext(f) == ".css" {
				fmt.Fprintf(&css, "@import './%s';\n", f)
			} else {
				fmt.Fprintf(&js, "import './%s';\n", f)
			}
		}
		if err := bundle(out, name+".js", js.String(), api.LoaderJS); err != nil {
			return err
		}
		if css.Len() > 0 {
			if err := bundle(out, name+".css", css.String(), api.LoaderCSS); err != nil {
				return err
			}
		}
	}
	if len(own) > 0 {
		b, err := os.ReadFile(worker)
		if err != nil {
			return fmt.Errorf("%w (run npm ci)", err)
		}
		out["maplibre-worker.js"] = dropMap(b)
	}
	return write(out)
}

// pages finds the style sheets and scripts beside the templates of page rooms.
func pages() (styles, scripts []string, own map[string][]string, err error) {
	own = map[string][]string{}
	roots, err := filepath.Glob("internal/*web")
	if err != nil {
		return nil, nil, nil, err
	}
	roots = append(roots, "internal/web/carto", "internal/web/passkey")
	slices.Sort(roots)
	for _, root := range slices.Compact(roots) {
		if root == "internal/web" {
			continue
		}
		err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || d.IsDir() {
				return err
			}
			ext := filepath.Ext(file)
			if ext != ".css" && ext != ".js" || strings.Contains(file, "testdata") {
				return nil
			}
			file = filepath.ToSlash(file)
			dir := filepath.Dir(file)
			if name := filepath.Base(dir); exists(filepath.Join(dir, name+".js")) {
				// Other scripts of the folder are imported by the one that names it.
				if ext == ".css" || file == dir+"/"+name+".js" {
					own[name] = append(own[name], file)
				}
				return nil
			}
			if ext == ".css" {
				styles = append(styles, file)
			} else {
				scripts = append(scripts, file)
			}
			return nil
		})
		if err != nil {
			return nil, nil, nil, err
		}
	}
	return styles, scripts, own, nil
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// bundle adds to out what esbuild makes of an entry: a script may bring a style
// sheet of the same name with it.
func bundle(out map[string][]byte, name, entry string, loader api.Loader) error {
	result := api.Build(api.BuildOptions{
		Stdin:  &api.StdinOptions{Contents: entry, ResolveDir: ".", Sourcefile: name, Loader: loader},
		Bundle: true, Write: false, Outfile: name,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true,
		Format: api.FormatESModule, Target: api.ES2022, LegalComments: api.LegalCommentsNone, Charset: api.CharsetUTF8,
		Loader:   map[string]api.Loader{".svg": api.LoaderDataURL, ".png": api.LoaderDataURL},
		LogLevel: api.LogLevelSilent,
	})
	if len(result.Errors) > 0 {
		text := api.FormatMessages(result.Errors, api.FormatMessagesOptions{Kind: api.ErrorMessage})
		return fmt.Errorf("%s:\n%s", name, strings.Join(text, ""))
	}
	for _, f := range result.OutputFiles {
		base := filepath.Base(f.Path)
		out[base] = append(out[base], f.Contents...)
	}
	return nil
}

// dropMap removes the pointer to a source map that is not served.
func dropMap(b []byte) []byte {
	if i := bytes.LastIndex(b, []byte("//# sourceMappingURL=")); i >= 0 {
		return b[:i]
	}
	return b
}

// write replaces the content of dist, each file with its compressed twins: the
// server must not spend its start on the largest.
func write(out map[string][]byte) error {
	old, err := os.ReadDir(dist)
	if err != nil {
		return err
	}
	for _, e := range old {
		if e.Name() != ".keep" {
			if err := os.Remove(filepath.Join(dist, e.Name())); err != nil {
				return err
			}
		}
	}
	names := make([]string, 0, len(out))
	for name := range out {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		b := out[name]
		var br, gz bytes.Buffer
		w := brotli.NewWriterLevel(&br, brotli.BestCompression)
		z, err := gzip.NewWriterLevel(&gz, gzip.BestCompression)
		if err != nil {
			return err
		}
		for _, c := range []interface {
			Write([]byte) (int, error)
			Close() error
		}{w, z} {
			if _, err := c.Write(b); err != nil {
				return err
			}
			if err := c.Close(); err != nil {
				return err
			}
		}
		for suffix, content := range map[string][]byte{"": b, ".br": br.Bytes(), ".gz": gz.Bytes()} {
			if err := os.WriteFile(filepath.Join(dist, name+suffix), content, 0o644); err != nil {
				return err
			}
		}
		fmt.Printf("  %-20s %7d bytes, %6d with Brotli\n", name, len(b), br.Len())
	}
	return nil
}
