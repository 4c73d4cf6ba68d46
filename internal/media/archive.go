package media

import (
	"archive/zip"
	"bufio"
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"
)

// What an archive may hold besides [Limits].
const (
	maxRatio  = 250      // unpacked bytes to packed ones, of entries over 1 MB
	nested    = 2        // archives within archives: a table within slides
	prologMax = 64 << 10 // bytes before the first element of an XML part
)

// bomb is the refusal of what would fill a disk or a memory.
func bomb(format string, args ...any) error {
	return refused("media.refused.bomb").Because(damagedBy(format, args...))
}

// checkArchive inspects a document that is a ZIP archive, all of it, and says
// which of the formats it is.
func checkArchive(r io.ReaderAt, size int64, l Limits) (Type, error) {
	a := &archive{left: l.Unpacked, entries: l.Entries, inner: l.Size}
	return a.check(r, size, 1)
}

// archive is what may still be unpacked, over an archive and those it holds.
type archive struct {
	left    int64
	entries int
	inner   int64 // bytes of an archive within
}

func (a *archive) check(r io.ReaderAt, size int64, depth int) (Type, error) {
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return "", damagedFile(err)
	}
	if a.entries -= len(z.File); a.entries < 0 {
		return "", bomb("media: %d files in an archive", len(z.File))
	}
	if err := checkNames(z.File); err != nil {
		return "", err
	}
	if err := checkApart(z.File, size); err != nil {
		return "", err
	}
	if err := checkOpen(z.File); err != nil {
		return "", err
	}
	for _, f := range z.File {
		if err := a.entry(f, depth); err != nil {
			return "", err
		}
	}
	return kindOf(z)
}

// checkNames refuses names that lead out of a folder, hide, or come twice.
func checkNames(files []*zip.File) error {
	seen := map[string]bool{}
	for _, f := range files {
		name := strings.TrimSuffix(f.Name, "/")
		if !utf8.ValidString(name) || strings.ContainsAny(name, "\\\x00:") || !fs.ValidPath(name) {
			return damagedBy("media: an entry named %q", f.Name)
		}
		low := strings.ToLower(name)
		if seen[low] {
			return damagedBy("media: two entries named %q", f.Name)
		}
		seen[low] = true
		if f.Method != zip.Store && f.Method != zip.Deflate {
			return damagedBy("media: %q is packed in a way %d", f.Name, f.Method)
		}
		if m := f.Mode(); !m.IsRegular() && !m.IsDir() {
			return damagedBy("media: %q is a %v", f.Name, m)
		}
	}
	return nil
}

// checkApart refuses entries that share bytes: unpacked, a few become very many.
func checkApart(files []*zip.File, size int64) error {
	type span struct{ from, to int64 }
	spans := make([]span, 0, len(files))
	for _, f := range files {
		from, err := f.DataOffset()
		if err != nil {
			return damagedFile(err)
		}
		to := from + int64(min(f.CompressedSize64, 1<<62))
		if to < from || to > size {
			return damagedBy("media: %q ends after the file", f.Name)
		}
		spans = append(spans, span{from, to})
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to || spans[i].from == spans[i-1].from {
			return bomb("media: entries of an archive overlap")
		}
	}
	return nil
}

// entry unpacks an entry to nowhere, counting: what it declares is not believed.
func (a *archive) entry(f *zip.File, depth int) error {
	if f.UncompressedSize64 > uint64(max(a.left, 0)) {
		return bomb("media: %q declares %d bytes", f.Name, f.UncompressedSize64)
	}
	if f.UncompressedSize64 > 1<<20 && f.UncompressedSize64/maxRatio > f.CompressedSize64 {
		return bomb("media: %q declares %d bytes made of %d", f.Name, f.UncompressedSize64, f.CompressedSize64)
	}
	in, err := f.Open()
	if err != nil {
		return damagedFile(err)
	}
	defer in.Close()
	counted := &counter{in: in, most: int64(f.UncompressedSize64)} //nolint:gosec // at most a.left
	b := bufio.NewReader(counted)
	start, err := b.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return damagedFile(err)
	}
	err = nil
	switch {
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		err = a.within(b, depth)
	case isXML(f.Name, start):
		err = checkProlog(b, strings.HasSuffix(strings.ToLower(f.Name), ".svg"))
	}
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, b); err != nil {
		return damagedFile(err)
	}
	if counted.n != counted.most {
		return damagedBy("media: %q has %d bytes and declares %d", f.Name, counted.n, counted.most)
	}
	a.left -= counted.n
	return nil
}

// within inspects an archive held by another: a table within slides. Whatever it
// is, it must not be a bomb, and hold no macros.
func (a *archive) within(in io.Reader, depth int) error {
	if depth >= nested {
		return bomb("media: archives within archives within archives")
	}
	whole, err := io.ReadAll(io.LimitReader(in, a.inner+1))
	if err != nil {
		return damagedFile(err)
	}
	if int64(len(whole)) > a.inner {
		return bomb("media: an archive of more than %d bytes within another", a.inner)
	}
	_, err = a.check(bytes.NewReader(whole), int64(len(whole)), depth+1)
	return err
}

// counter reads no more than what was declared, and one byte to see that there is more.
type counter struct {
	in   io.Reader
	n    int64
	most int64
}

func (c *counter) Read(p []byte) (int, error) {
	if c.n > c.most {
		return 0, damagedBy("media: an entry has more than the %d bytes that it declares", c.most)
	}
	if room := c.most + 1 - c.n; int64(len(p)) > room {
		p = p[:room]
	}
	n, err := c.in.Read(p)
	c.n += int64(n)
	return n, err
}

// isXML says whether an entry is read as XML by whoever opens the document, or
// might be: in UTF-16, a declaration hides from those who look for it in ASCII.
func isXML(name string, start []byte) bool {
	name = strings.ToLower(name)
	for _, ending := range []string{".xml", ".rels", ".vml", ".rdf", ".svg", ".xhtml", ".xsd", ".xsl"} {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return bytes.HasPrefix(start, []byte("<?xm")) || bytes.HasPrefix(start, []byte("<!DO"))
}

// checkProlog reads the beginning of an XML part, which is the only place where
// entities can be declared, and refuses any declaration of a type there. Drawings
// commonly name theirs, which declares nothing.
func checkProlog(in io.Reader, drawing bool) error {
	d := xml.NewDecoder(io.LimitReader(in, prologMax)) // knows UTF-8 only
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			if d.InputOffset() == 0 { // an empty part, as some programs write
				return nil
			}
			return damagedBy("media: an XML part without an element")
		}
		if err != nil {
			return damagedFile(err)
		}
		switch t := token.(type) {
		case xml.Directive:
			if !drawing || bytes.ContainsAny(t, "[&%") || !bytes.HasPrefix(t, []byte("DOCTYPE svg")) {
				return refused("media.refused.entities")
			}
		case xml.StartElement:
			return nil
		}
	}
}
