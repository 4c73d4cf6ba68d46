package geo

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"

	"bassin/internal/snapshot"
)

// Header values that every answer shares; never changed.
var (
	jsonType  = []string{"application/json; charset=utf-8"}
	anyOrigin = []string{"*"}
	// An application may keep an answer an hour, then asks whether it still holds.
	kept     = []string{"public, max-age=3600"}
	notKept  = []string{"no-store"}
	encoding = []string{"Accept-Encoding"}
	gzipped  = []string{"gzip"}
	nosniff  = []string{"nosniff"}
)

// headers are those that change with the snapshot. An answer at one address only
// changes with the snapshot or the program, so the tag is the same for all.
type headers struct{ tag, vintage []string }

func newHeaders(s *snapshot.Snapshot, build string) headers {
	return headers{
		tag:     []string{`W/"` + s.Manifest.Hash + "-" + strings.ReplaceAll(build, `"`, "") + `"`},
		vintage: []string{strconv.Itoa(s.France.Vintage())},
	}
}

// set writes the headers of an answer and says whether the reader has it already.
func (x *Index) set(w http.ResponseWriter, r *http.Request) (known bool) {
	head := w.Header()
	head["Access-Control-Allow-Origin"] = anyOrigin
	head["Cache-Control"] = kept
	head["Etag"] = x.headers.tag
	head["Bassin-Vintage"] = x.headers.vintage
	head["Vary"] = encoding
	if asked := r.Header["If-None-Match"]; len(asked) > 0 && strings.Contains(asked[0], x.headers.tag[0]) {
		w.WriteHeader(http.StatusNotModified)
		return true
	}
	head["Content-Type"] = jsonType
	head["X-Content-Type-Options"] = nosniff
	return false
}

// worthPacking is the length from which an answer is compressed for who accepts
// it: below, it fits in a packet or little more.
const worthPacking = 2 << 10

func accepts(r *http.Request) bool {
	for _, h := range r.Header["Accept-Encoding"] {
		if strings.Contains(h, "gzip") && !strings.Contains(h, "gzip;q=0") {
			return true
		}
	}
	return false
}

// packed keeps the compressed form of an answer, made when it is first asked.
type packed struct {
	once sync.Once
	body []byte
}

func (p *packed) get(body []byte) []byte {
	p.once.Do(func() {
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.DefaultCompression) // fails on an unknown level only
		z.Write(body)
		z.Close()
		p.body = bytes.Clone(b.Bytes())
	})
	return p.body
}

// write writes a whole answer.
func (x *Index) write(w http.ResponseWriter, r *http.Request, body []byte, kept *packed) {
	if x.set(w, r) {
		return
	}
	head := w.Header()
	if len(body) >= worthPacking && accepts(r) {
		head["Content-Encoding"] = gzipped
		if kept == nil {
			z := packers.Get().(*gzip.Writer)
			z.Reset(w)
			z.Write(body)
			z.Close()
			packers.Put(z)
			return
		}
		body = kept.get(body)
	}
	if len(body) >= worthPacking { // net/http counts shorter ones itself
		head["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	w.Write(body) //nolint:gosec // JSON under its own type, with nosniff
}

var packers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	return z
}}

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 16<<10); return &b }}

// chunk is how much of an answer is in memory at once: the lists of a région and
// those of names fit, the whole country goes in pieces.
const chunk = 3 << 19

func recycle(b *[]byte) {
	if cap(*b) <= 2<<20 {
		buffers.Put(b)
	}
}

// writer writes an answer, whole if it fits in a chunk.
type writer struct {
	x    *Index
	w    http.ResponseWriter
	r    *http.Request
	kept *[]byte
	buf  []byte
	z    *gzip.Writer
	sent bool
	over bool // the reader has left, or has the answer already
}

func (x *Index) newWriter(w http.ResponseWriter, r *http.Request) *writer {
	b := buffers.Get().(*[]byte)
	return &writer{x: x, w: w, r: r, kept: b, buf: (*b)[:0]}
}

func (o *writer) full() bool { return len(o.buf) >= chunk }

// flush sends what there is and says whether the reader is still there.
func (o *writer) flush() bool {
	if !o.sent {
		o.sent = true
		if o.over = o.x.set(o.w, o.r); !o.over && accepts(o.r) {
			o.w.Header()["Content-Encoding"] = gzipped
			o.z = packers.Get().(*gzip.Writer)
			o.z.Reset(o.w)
		}
	}
	if !o.over {
		var err error
		if o.z != nil {
			_, err = o.z.Write(o.buf)
		} else {
			_, err = o.w.Write(o.buf) //nolint:gosec // JSON under its own type, with nosniff
		}
		o.over = err != nil || o.r.Context().Err() != nil
	}
	o.buf = o.buf[:0]
	return !o.over
}

func (o *writer) close() {
	if !o.sent {
		o.x.write(o.w, o.r, o.buf, nil)
	} else {
		o.flush()
	}
	if o.z != nil {
		o.z.Close()
		packers.Put(o.z)
	}
	*o.kept = o.buf
	recycle(o.kept)
}
