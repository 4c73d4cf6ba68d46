package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
)

//go:embed all:dist
var dist embed.FS

// ErrEmpty says that the program was built without its assets.
var ErrEmpty = errors.New("assets: the program was built without style sheets and scripts; run `make build`, or `go run ./internal/web/assets/build` before `go build`")

// Set is every asset in memory, in each encoding.
type Set struct {
	urls   map[string]string // site.css -> /assets/site.1a2b3c4d5e.css
	byFile map[string]*file
}

type file struct {
	kind          string
	plain, gz, br []byte
}

// Load reads the assets that are part of the program, ErrEmpty if there are none.
func Load() (*Set, error) {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	s, err := LoadFS(files)
	if err == nil && s.URL("site.css") == "" {
		return nil, ErrEmpty
	}
	return s, err
}

// LoadFS reads the files of a folder: name.ext, and beside it name.ext.br and
// name.ext.gz where the build made them; small files lacking them are compressed
// on the spot.
func LoadFS(files fs.FS) (*Set, error) {
	s := &Set{urls: map[string]string{}, byFile: map[string]*file{}}
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		name := e.Name()
		ext := path.Ext(name)
		if e.IsDir() || ext == ".br" || ext == ".gz" || strings.HasPrefix(name, ".") {
			continue
		}
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		f := &file{kind: kind(ext), plain: b}
		if f.br, err = fs.ReadFile(files, name+".br"); err != nil {
			f.br = compress(b, func(w *bytes.Buffer) writer { return brotli.NewWriterLevel(w, brotli.BestCompression) })
		}
		if f.gz, err = fs.ReadFile(files, name+".gz"); err != nil {
			f.gz = compress(b, func(w *bytes.Buffer) writer { return gzip.NewWriter(w) })
		}
		sum := sha256.Sum256(b)
		hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext
		// A worker's name is written in the script that starts it: it keeps its own.
		if strings.HasSuffix(name, "-worker.js") {
			hashed = name
		}
		s.byFile[hashed] = f
		s.urls[name] = "/assets/" + hashed
	}
	return s, nil
}

type writer interface {
	Write([]byte) (int, error)
	Close() error
}

func compress(b []byte, to func(*bytes.Buffer) writer) []byte {
	var out bytes.Buffer
	w := to(&out)
	w.Write(b) // to memory: never fails
	w.Close()
	return out.Bytes()
}

func kind(ext string) string {
	switch ext {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	if t := mime.TypeByExtension(ext); t != "" {
		return t
	}
	return "application/octet-stream"
}

// URL returns the address of an asset by its plain name, "" if there is none.
func (s *Set) URL(name string) string {
	if s == nil {
		return ""
	}
	return s.urls[name]
}

// Size returns what an asset weighs over the wire, in bytes of Brotli, and 0 for
// one that does not exist.
func (s *Set) Size(name string) int {
	if f := s.byFile[strings.TrimPrefix(s.urls[name], "/assets/")]; f != nil {
		return len(f.br)
	}
	return 0
}

// Serve answers /assets/{file}. It returns false where there is no such file.
func (s *Set) Serve(w http.ResponseWriter, r *http.Request, name string) bool {
	if s == nil {
		return false
	}
	f := s.byFile[name]
	if f == nil {
		return false
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Vary", "Accept-Encoding")
	if s.urls[name] == "/assets/"+name {
		h.Set("Cache-Control", "public, max-age=3600") // a name without its content's hash
	} else {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	tag := fmt.Sprintf("%q", name)
	if s.urls[name] == "/assets/"+name {
		sum := sha256.Sum256(f.plain)
		tag = fmt.Sprintf("%q", hex.EncodeToString(sum[:6]))
	}
	h.Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return true
	}
	body := f.plain
	switch accept := r.Header.Get("Accept-Encoding"); {
	case strings.Contains(accept, "br") && len(f.br) < len(body):
		h.Set("Content-Encoding", "br")
		body = f.br
	case strings.Contains(accept, "gzip") && len(f.gz) < len(body):
		h.Set("Content-Encoding", "gzip")
		body = f.gz
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		w.Write(body) // a reader who leaves is no error
	}
	return true
}
