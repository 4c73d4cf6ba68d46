package cli

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync"
	"testing"
	"time"
)

// zeros gives that many.
type zeros struct{ n int64 }

func (z *zeros) Read(p []byte) (int, error) {
	if z.n <= 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), z.n)
	clear(p[:n])
	z.n -= n
	return int(n), nil
}

// unpacked is what a part of a bomb becomes, in bytes.
const unpacked = 256 << 20

// bombs are files that become gigabytes when they are read without care, by name.
func bombs(t *testing.T) map[string][]byte {
	t.Helper()
	var packed bytes.Buffer
	sum := crc32.NewIEEE()
	deflate, err := flate.NewWriter(&packed, flate.BestSpeed)
	if err == nil {
		_, err = io.Copy(io.MultiWriter(deflate, sum), &zeros{unpacked})
	}
	if err == nil {
		err = deflate.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	archive := func(bomb bool, parts ...string) []byte {
		t.Helper()
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for i := 0; i < len(parts); i += 2 {
			w, err := z.CreateHeader(&zip.FileHeader{Name: parts[i], Method: map[bool]uint16{true: zip.Store, false: zip.Deflate}[parts[i] == "mimetype"]})
			if err == nil {
				_, err = io.WriteString(w, parts[i+1])
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		for n := 0; bomb && b.Len() < 8<<20 && n < 12; n++ { // 3 GB
			w, err := z.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("media/%d.bin", n), Method: zip.Deflate, CRC32: sum.Sum32(), CompressedSize64: uint64(packed.Len()), UncompressedSize64: unpacked})
			if err == nil {
				_, err = w.Write(packed.Bytes())
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	laughs := `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "ha">`
	for c := 'b'; c <= 'l'; c++ {
		laughs += fmt.Sprintf(`<!ENTITY %c "%s">`, c, strings.Repeat("&"+string(c-1)+";", 10))
	}
	laughs += `]><svg xmlns="http://www.w3.org/2000/svg"><text>&l;</text></svg>`
	types := func(main string) string {
		return `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/main.xml" ContentType="application/vnd.openxmlformats-officedocument.` + main + `.main+xml"/></Types>`
	}
	const odt = "application/vnd.oasis.opendocument.text"
	manifest := `<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>`
	var gz bytes.Buffer
	z := gzip.NewWriter(&gz)
	if _, err := io.Copy(z, &zeros{unpacked}); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		"zip.docx":   archive(true, "[Content_Types].xml", types("wordprocessingml.document"), "_rels/.rels", "<a/>"),
		"zip.xlsx":   archive(true, "[Content_Types].xml", types("spreadsheetml.sheet"), "_rels/.rels", "<a/>"),
		"zip.odt":    archive(true, "mimetype", odt, "META-INF/manifest.xml", manifest, "content.xml", "<a/>"),
		"plain.zip":  archive(true),
		"laugh.docx": archive(false, "[Content_Types].xml", types("wordprocessingml.document"), "_rels/.rels", "<a/>", "word/document.xml", laughs),
		"laugh.xlsx": archive(false, "[Content_Types].xml", types("spreadsheetml.sheet"), "_rels/.rels", "<a/>", "xl/sheet.xml", laughs),
		"laugh.odt":  archive(false, "mimetype", odt, "META-INF/manifest.xml", manifest, "content.xml", laughs),
		"laugh.svg":  []byte(laughs),
		"large.svg":  []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="1e9" height="1e9"/>`),
		"laugh.xml":  []byte(laughs),
		"huge.png":   pngOf(t, 60_000, 60_000),
		"long.png":   pngOf(t, 1, 1<<31-1),
		"zeros.gz":   gz.Bytes(),
	}
}

// pngOf is a picture of that size whose points are all in a few bytes.
func pngOf(t *testing.T, width, height uint32) []byte {
	t.Helper()
	b := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data []byte) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
		from := len(b)
		b = append(append(b, kind...), data...)
		b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[from:]))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	chunk("IHDR", append(head, 8, 6, 0, 0, 0))
	chunk("IDAT", []byte("\x78\x9c\x63\x00\x01\x00\x00\x05\x00\x01"))
	chunk("IEND", nil)
	return b
}

// most measures how much of the heap is in use at most while f runs, beyond what was before.
func most(f func()) int64 {
	runtime.GC()
	read := func() int64 {
		s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(s)
		return int64(s[0].Value.Uint64())
	}
	before, peak := read(), int64(0)
	done := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for tick := time.NewTicker(2 * time.Millisecond); ; <-tick.C {
			peak = max(peak, read()-before)
			select {
			case <-done:
				return
			default:
			}
		}
	})
	f()
	close(done)
	watching.Wait()
	return peak
}

// What becomes gigabytes when it is unpacked is refused in words by every form that takes
// files, and the server takes little memory to see it.
func TestBombsAreRefused(t *testing.T) {
	g := besieged(t, "x", nil)
	files := bombs(t)
	takes := 0
	for _, r := range g.s.Routes() {
		if r.Method != http.MethodPost || r.Body == 0 {
			continue
		}
		takes++
		for name, file := range files {
			var b bytes.Buffer
			w := multipart.NewWriter(&b)
			f, err := w.CreateFormFile("file", name)
			if err == nil {
				_, err = f.Write(file)
			}
			if err == nil {
				err = w.Close()
			}
			if err != nil {
				t.Fatal(err)
			}
			var got reply
			var body string
			path := strings.Replace(g.path(r), "/mes-logiciels/nothing", "/mes-logiciels/commune-22266", 1)
			took := most(func() {
				got, body, err = raw(t.Context(), g.admin, http.MethodPost, g.base, path, http.Header{"Content-Type": {w.FormDataContentType()}}, b.String())
			})
			if err != nil {
				t.Errorf("%s to %s: %v", name, path, err)
				continue
			}
			if got.StatusCode == http.StatusGone {
				continue // nothing is read behind a link that is over
			}
			if path == "/importer" && got.StatusCode == http.StatusOK && strings.Contains(body, "Nouvelles : 0") {
				continue // a text is read, and what is wrong in it said line by line
			}
			if got.StatusCode != http.StatusBadRequest && got.StatusCode != http.StatusUnprocessableEntity {
				t.Errorf("%s to %s: status %d", name, path, got.StatusCode)
			}
			if !strings.Contains(body, `id="file-error"`) && !strings.Contains(body, "class=\"error") {
				t.Errorf("%s to %s is not refused in words: %s", name, path, mainOf(body))
			}
			if took > 128<<20 {
				t.Errorf("%s to %s takes %d MB of memory", name, path, took>>20)
			}
		}
	}
	if takes < 2 {
		t.Errorf("only %d forms take files", takes)
	}
	if !g.seated() {
		t.Error("the administrator is no longer signed in")
	}
}

// A packed body is unpacked nowhere, and taken for nothing else.
func TestPackedBodiesAreRefused(t *testing.T) {
	g := besieged(t, "x", nil)
	head := g.head()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.Copy(z, io.MultiReader(strings.NewReader(url.Values{"name": {"Autre"}}.Encode()+"&x="), &zeros{64 << 20})); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	took := most(func() {
		for i, r := range g.ways(http.MethodPost) {
			packing := []string{"gzip", "GZIP", "deflate", "br", "zstd", "gzip, gzip", "identity, gzip"}[i%7]
			kind := "application/x-www-form-urlencoded"
			if strings.HasPrefix(r.Pattern, "/api/") {
				kind = "application/json"
			}
			got, body, err := raw(t.Context(), g.admin, http.MethodPost, g.base, g.path(r), http.Header{"Content-Type": {kind}, "Content-Encoding": {packing}, "Sec-Fetch-Site": {"same-origin"}}, b.String())
			if err != nil {
				t.Error(err)
			}
			if got.StatusCode != http.StatusBadRequest || !strings.Contains(body, "compress") {
				t.Errorf("%s of %s: status %d: %.300s", g.path(r), packing, got.StatusCode, mainOf(body))
			}
		}
	})
	if took > 64<<20 {
		t.Errorf("packed bodies take %d MB of memory", took>>20)
	}
	if g.head() != head {
		t.Error("a packed form changed something")
	}
}
