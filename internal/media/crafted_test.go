package media

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// part is an entry of an archive.
type part struct{ name, body string }

// archived makes a ZIP archive, whatever the names.
func archived(t testing.TB, parts ...part) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		h := &zip.FileHeader{Name: p.name, Method: zip.Deflate}
		if p.name == "mimetype" {
			h.Method = zip.Store
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, p.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// odf are the parts of an OpenDocument.
func odf(t Type, more ...part) []part {
	return append([]part{
		{"mimetype", string(t)},
		{"META-INF/manifest.xml", xmlHead + `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/"/></manifest:manifest>`},
		{"content.xml", xmlHead + `<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"><office:body/></office:document-content>`},
		{"Configurations2/", ""},
		{"Thumbnails/thumbnail.png", "\x89PNG"},
	}, more...)
}

// ooxml are the parts of an Office Open XML document whose main part is of that type.
func ooxml(main string, more ...part) []part {
	return append([]part{
		{"[Content_Types].xml", xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Override PartName="/main.xml" ContentType="` + main + `"/></Types>`},
		{"_rels/.rels", xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>`},
		{"main.xml", xmlHead + `<document/>`},
	}, more...)
}

const (
	docxMain = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
	xlsxMain = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
	pptxMain = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
)

const pdf = "%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"

// scene is a picture of which each corner has its colour, so that a turn shows.
func scene(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{230, 230, 230, 255}
			switch left, top := x < w/2, y < h/2; {
			case left && top:
				c = color.NRGBA{200, 0, 0, 255}
			case top:
				c = color.NRGBA{0, 160, 0, 255}
			case left:
				c = color.NRGBA{0, 0, 200, 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gifOf(t testing.TB, w, h int) []byte {
	t.Helper()
	frame := func(i uint8) *image.Paletted {
		p := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.Black, color.White, color.NRGBA{255, 0, 0, 255}})
		for n := range p.Pix {
			p.Pix[n] = i
		}
		return p
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame(2), frame(1)}, Delay: []int{1, 1}}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// exif is what a telephone writes: how it was held, and where.
func exif(turn byte) []byte {
	b := []byte("MM\x00\x2a\x00\x00\x00\x08\x00\x02")
	b = append(b, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, turn, 0, 0)
	b = append(b, 0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38)
	return append(b, "\x00\x00\x00\x00GPS 48.7326 -3.4566 Lannion"...)
}

// withExif puts it into a JPEG.
func withExif(b []byte, turn byte) []byte {
	e := append([]byte("Exif\x00\x00"), exif(turn)...)
	n := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(e)+2))
	return bytes.Join([][]byte{b[:2], n, e, b[2:]}, nil)
}

// chunk is a chunk of a PNG.
func chunk(kind string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// header is a PNG that says to have those sides, and has next to nothing.
func header(w, h uint32, depth, kind, interlaced byte) []byte {
	ihdr := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	ihdr = append(ihdr, depth, kind, 0, 0, interlaced)
	return bytes.Join([][]byte{[]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", ihdr), chunk("IDAT", []byte{0x78, 0x9c, 0x03, 0, 0, 0, 0, 1}), chunk("IEND", nil)}, nil)
}

// resized is a JPEG that says to have other sides than it has.
func resized(b []byte, w, h uint16, progressive bool) []byte {
	b = bytes.Clone(b)
	i := bytes.Index(b, []byte{0xff, 0xc0})
	if progressive {
		b[i+1] = 0xc2
	}
	binary.BigEndian.PutUint16(b[i+5:], h)
	binary.BigEndian.PutUint16(b[i+7:], w)
	return b
}

// scans is a progressive JPEG that goes over the same picture again and again.
func scans(b []byte, n int) []byte {
	b = resized(b, 6000, 6000, true)
	sos := bytes.Index(b, []byte{0xff, 0xda})
	scan := []byte{0xff, 0xda, 0, 8, 1, 1, 0, 1, 63, 0, 0x00}
	return bytes.Join([][]byte{b[:sos], bytes.Repeat(scan, n), {0xff, 0xd9}}, nil)
}

func file(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// riff puts chunks in a WebP, each a name of four letters and a body.
func riff(chunks ...[]byte) []byte {
	body := append([]byte("WEBP"), bytes.Join(chunks, nil)...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

func riffChunk(name string, body []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body)))
	b = append(b, body...)
	if len(body)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

// hidden is a WebP whose canvas is a point and whose picture is not.
func hidden() []byte {
	vp8 := append([]byte{0x10, 0, 0, 0x9d, 0x01, 0x2a, 0xff, 0x3f, 0xff, 0x3f}, make([]byte, 50)...)
	return riff(riffChunk("VP8X", make([]byte, 10)), riffChunk("VP8 ", vp8))
}

// zeros is n zeros, packed.
func zeros(t testing.TB, n int64) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	piece := make([]byte, 1<<16)
	for ; n > 0; n -= int64(len(piece)) {
		if _, err := w.Write(piece[:min(n, int64(len(piece)))]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// lying is an archive whose last entry holds real bytes and declares another count.
func lying(t testing.TB, real, declared int64) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range odf(ODT) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.name})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, p.body); err != nil {
			t.Fatal(err)
		}
	}
	packed := zeros(t, real)
	crc := crc32.NewIEEE()
	if _, err := io.CopyN(crc, zeroReader{}, real); err != nil {
		t.Fatal(err)
	}
	w, err := z.CreateRaw(&zip.FileHeader{Name: "Pictures/a.bin", Method: zip.Deflate, CRC32: crc.Sum32(), CompressedSize64: uint64(len(packed)), UncompressedSize64: uint64(declared)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(packed); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// overlapping is an archive whose directory names the same packed bytes many times,
// as the bombs that no ratio tells (Fifield, 2019).
func overlapping(t testing.TB, times int) []byte {
	t.Helper()
	b := archived(t, append(odf(ODT), part{"Pictures/a.bin", strings.Repeat("picture", 1000)})...)
	end := bytes.LastIndex(b, []byte("PK\x05\x06"))
	start := int(binary.LittleEndian.Uint32(b[end+16:]))
	last := bytes.LastIndex(b[:end], []byte("PK\x01\x02"))
	entry := b[last:end]
	out := bytes.Clone(b[:end])
	for i := range times {
		e := bytes.Clone(entry)
		copy(e[46:], "Pictures/"+string(rune('b'+i))) // another name of the same length
		out = append(out, e...)
	}
	tail := bytes.Clone(b[end:])
	n := binary.LittleEndian.Uint16(tail[10:]) + uint16(times)
	binary.LittleEndian.PutUint16(tail[8:], n)
	binary.LittleEndian.PutUint16(tail[10:], n)
	binary.LittleEndian.PutUint32(tail[12:], uint32(len(out)-start))
	return append(out, tail...)
}

// locked marks every entry as encrypted.
func locked(b []byte) []byte {
	b = bytes.Clone(b)
	for at := 0; ; at += 4 {
		i := bytes.Index(b[at:], []byte("PK\x01\x02"))
		if i < 0 {
			return b
		}
		at += i
		b[at+8] |= 1
	}
}
