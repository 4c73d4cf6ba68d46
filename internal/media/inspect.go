package media

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"bassin/internal/fault"
)

// Limits bound what a file may cost whoever keeps, opens or shows it.
type Limits struct {
	Size     int64 // bytes of a file
	Unpacked int64 // bytes of all that a document holds, once unpacked
	Entries  int   // files in a document
	Pixels   int64 // of a picture
	Memory   int64 // bytes that decoding a picture takes, as far as its header tells
	Each     int   // attachments of one subject
}

// DefaultLimits are those for files of at most that many bytes.
func DefaultLimits(size int64) Limits {
	return Limits{Size: size, Unpacked: 25 * size, Entries: 5000, Pixels: 40_000_000, Memory: 192 << 20, Each: 100}
}

// field is the name of the form's field, where errors about the file show.
const field = "file"

func refused(key string, args ...any) *fault.Error {
	return fault.New(fault.Invalid, key, args...).In(field)
}

// damagedFile is the refusal of what begins as something it is not, unless err
// says already why in words.
func damagedFile(err error) error {
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	return refused("media.refused.damaged").Because(err)
}

func damagedBy(format string, args ...any) error { return damagedFile(fmt.Errorf(format, args...)) }

// Inspect decides by content alone what a file is, and refuses what is none of
// the types, is broken, or would harm whoever opens it. Errors are written for
// people: fault.Invalid, or fault.TooLarge.
func Inspect(r io.ReaderAt, size int64, l Limits) (Type, error) {
	if size == 0 {
		return "", refused("media.refused.empty")
	}
	if size > l.Size {
		return "", tooLarge(l)
	}
	start := make([]byte, min(size, 1024))
	if _, err := r.ReadAt(start, 0); err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	switch {
	case bytes.HasPrefix(start, []byte("%PDF-")):
		if err := checkPDF(r, size); err != nil {
			return "", err
		}
		return PDF, nil
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return checkArchive(r, size, l)
	case bytes.HasPrefix(start, []byte("\xff\xd8\xff")), bytes.HasPrefix(start, []byte("\x89PNG\r\n\x1a\n")),
		bytes.HasPrefix(start, []byte("GIF87a")), bytes.HasPrefix(start, []byte("GIF89a")),
		bytes.HasPrefix(start, []byte("RIFF")) && len(start) > 12 && string(start[8:12]) == "WEBP":
		p, err := measure(r, size)
		if err == nil {
			err = p.within(l)
		}
		if err != nil {
			return "", err
		}
		return p.kind, nil
	case bytes.HasPrefix(start, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return "", refused("media.refused.old_office")
	case len(start) > 12 && string(start[4:8]) == "ftyp" && bytes.Contains([]byte("heic heix hevc mif1 msf1 avif"), start[8:12]):
		return "", refused("media.refused.heic")
	case bytes.HasPrefix(start, []byte("{\\rtf")), bytes.HasPrefix(start, []byte("%!PS")), bytes.HasPrefix(start, []byte("#!")):
		return "", refused("media.refused.type")
	}
	return checkText(r, size, start)
}

func tooLarge(l Limits) error {
	return fault.New(fault.TooLarge, "media.refused.size", l.Size>>20).In(field)
}

// checkPDF looks for the end that every PDF has: one cut while sending has none.
func checkPDF(r io.ReaderAt, size int64) error {
	end := make([]byte, min(size, 2048))
	if _, err := r.ReadAt(end, size-int64(len(end))); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if !bytes.Contains(end, []byte("%%EOF")) {
		return damagedBy("media: a PDF without its end")
	}
	return nil
}
