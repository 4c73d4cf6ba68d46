package web

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
)

// worthCompressing is the size in bytes below which compression gains nothing.
const worthCompressing = 1000

// The levels where a further one costs more time than it spares of the line.
const (
	brotliLevel = 5
	gzipLevel   = 5
)

type encoder interface {
	io.WriteCloser
	Flush() error
	Reset(io.Writer)
}

// encoders keeps the writers, which are large, from one response to the next.
type encoders struct{ br, gz sync.Pool }

// compressed compresses texts in Brotli or gzip, as the reader accepts.
func compressed(next http.Handler) http.Handler {
	pool := &encoders{
		br: sync.Pool{New: func() any { return brotli.NewWriterLevel(io.Discard, brotliLevel) }},
		gz: sync.Pool{New: func() any {
			w, _ := gzip.NewWriterLevel(io.Discard, gzipLevel) // fails on an unknown level only
			return w
		}},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		enc := acceptedEncoding(r.Header.Get("Accept-Encoding"))
		if enc == "" || r.Method == http.MethodHead || r.Header.Get("Range") != "" {
			next.ServeHTTP(w, r)
			return
		}
		c := &compressor{ResponseWriter: w, pool: pool, encoding: enc}
		done := false
		defer func() {
			if done {
				c.close()
			} else {
				c.abandon()
			}
		}()
		next.ServeHTTP(c, r)
		done = true
	})
}

// acceptedEncoding picks br, gzip or "" from an Accept-Encoding header.
func acceptedEncoding(header string) string {
	best := ""
	for one := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(one, ";")
		if q, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			if v, err := strconv.ParseFloat(strings.TrimSpace(q), 64); err != nil || v == 0 {
				continue
			}
		}
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "br":
			return "br"
		case "gzip":
			best = "gzip"
		}
	}
	return best
}

// compressor decides at the first byte whether to compress.
type compressor struct {
	http.ResponseWriter
	pool     *encoders
	encoding string
	enc      encoder
	status   int
	decided  bool
}

func (c *compressor) WriteHeader(status int) {
	if status < 200 {
		c.ResponseWriter.WriteHeader(status)
		return
	}
	if c.decided || c.status != 0 {
		return
	}
	c.status = status
	h := c.Header()
	// Without a body, or with a known length, there is nothing to wait for.
	if status == http.StatusNoContent || status == http.StatusNotModified || h.Get("Content-Length") != "" {
		n, _ := strconv.Atoi(h.Get("Content-Length"))
		c.decide(n)
	}
}

func (c *compressor) Write(b []byte) (int, error) {
	if !c.decided {
		if c.status == 0 {
			c.WriteHeader(http.StatusOK)
		}
		if !c.decided {
			// A handler that writes in pieces is taken to have much to say.
			c.decide(max(len(b), worthCompressing))
		}
	}
	if c.enc != nil {
		return c.enc.Write(b)
	}
	return c.ResponseWriter.Write(b)
}

// decide starts compression, or not, for a body of about n bytes.
func (c *compressor) decide(n int) {
	c.decided = true
	h := c.Header()
	if compressible(h.Get("Content-Type")) {
		addVary(h, "Accept-Encoding")
	}
	if n >= worthCompressing && h.Get("Content-Encoding") == "" && c.status != http.StatusNotModified &&
		c.status != http.StatusNoContent && c.status != http.StatusPartialContent && compressible(h.Get("Content-Type")) {
		h.Set("Content-Encoding", c.encoding)
		h.Del("Content-Length")
		if tag := h.Get("ETag"); tag != "" && !strings.HasPrefix(tag, "W/") {
			h.Set("ETag", "W/"+tag) // the bytes are no longer the same
		}
		c.enc = c.pool.get(c.encoding)
		c.enc.Reset(c.ResponseWriter)
	}
	c.ResponseWriter.WriteHeader(c.status)
}

func (c *compressor) close() {
	if !c.decided {
		if c.status != 0 {
			c.decide(0)
		}
		return
	}
	if c.enc != nil {
		c.enc.Close() // a reader who left is no error
		c.release()
	}
}

// abandon leaves a response half written, after a panic.
func (c *compressor) abandon() {
	if c.enc != nil {
		c.release()
	}
}

func (c *compressor) release() {
	c.enc.Reset(io.Discard)
	c.pool.put(c.encoding, c.enc)
	c.enc = nil
}

// Flush sends what is ready: a long export shows that it goes on.
func (c *compressor) Flush() {
	if c.enc != nil {
		if c.enc.Flush() != nil {
			return
		}
	}
	http.NewResponseController(c.ResponseWriter).Flush() // best effort
}

func (c *compressor) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (p *encoders) get(encoding string) encoder {
	if encoding == "br" {
		return p.br.Get().(*brotli.Writer)
	}
	return p.gz.Get().(*gzip.Writer)
}

func (p *encoders) put(encoding string, e encoder) {
	if encoding == "br" {
		p.br.Put(e)
		return
	}
	p.gz.Put(e)
}

func addVary(h http.Header, name string) {
	for _, v := range h.Values("Vary") {
		if strings.Contains(v, name) {
			return
		}
	}
	h.Add("Vary", name)
}

// compressible says whether a media type is text in the wide sense.
func compressible(kind string) bool {
	kind, _, _ = strings.Cut(kind, ";")
	switch kind {
	case "application/json", "application/geo+json", "application/problem+json", "application/xml", "application/javascript",
		"image/svg+xml", "application/vnd.mapbox-vector-tile", "application/manifest+json":
		return true
	}
	return strings.HasPrefix(kind, "text/")
}
