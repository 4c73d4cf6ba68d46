package media

import (
	"cmp"
	"regexp"
	"strings"
	"time"
	"unicode"

	"bassin/internal/audit"
)

// Attachment is a document or a picture that belongs to something else.
type Attachment struct {
	ID      string // 26 letters and digits, never used again
	Subject string // what it belongs to, such as "mandate:7h2k9m4xq0"
	Name    string // shown, and given to whoever saves it; safe as a file name, see [CleanName]
	Alt     string // what a picture shows, in words; "" for none
	Type    Type
	SHA256  string // of its bytes as kept, in hexadecimal
	Size    int64  // bytes
	Width   int    // of a picture, in pixels
	Height  int
	Small   string // SHA-256 of a smaller rendition for pages, "" where the picture is small itself
	Public  bool   // anybody may read it, as far as it is concerned
	By      audit.Actor
	At      time.Time // UTC, when it was given
	Version int64     // 1, 2, … as its words change; its bytes never do
}

// Type is what the bytes are, as a media type.
type Type string

// All that an attachment may be.
const (
	PDF  Type = "application/pdf"
	ODT  Type = "application/vnd.oasis.opendocument.text"
	ODS  Type = "application/vnd.oasis.opendocument.spreadsheet"
	ODP  Type = "application/vnd.oasis.opendocument.presentation"
	DOCX Type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	XLSX Type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	PPTX Type = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	CSV  Type = "text/csv"
	Text Type = "text/plain"
	JPEG Type = "image/jpeg"
	PNG  Type = "image/png"
	// Read and made into one of the two before: none is ever kept.
	WebP Type = "image/webp"
	GIF  Type = "image/gif"
)

// extensions are how the names of each type end, the usual one first.
var extensions = map[Type][]string{
	PDF: {"pdf"}, ODT: {"odt"}, ODS: {"ods"}, ODP: {"odp"}, DOCX: {"docx"}, XLSX: {"xlsx"}, PPTX: {"pptx"},
	CSV: {"csv", "tsv"}, Text: {"txt", "md", "text"}, JPEG: {"jpg", "jpeg"}, PNG: {"png"}, WebP: {"webp"}, GIF: {"gif"},
}

// Extension is how the name of a file of that type ends, without the dot.
func (t Type) Extension() string {
	if e := extensions[t]; len(e) > 0 {
		return e[0]
	}
	return "bin"
}

// Picture says whether it is one.
func (t Type) Picture() bool { return strings.HasPrefix(string(t), "image/") }

// Words is the key of what people call the type, "" for a type that is none of ours.
func (t Type) Words() string { return words[t] }

var words = map[Type]string{
	PDF: "media.type.pdf", ODT: "media.type.text", DOCX: "media.type.text", ODS: "media.type.table", XLSX: "media.type.table", CSV: "media.type.table",
	ODP: "media.type.slides", PPTX: "media.type.slides", Text: "media.type.plain", JPEG: "media.type.picture", PNG: "media.type.picture",
}

// longestName is in characters, the extension aside.
const longestName = 100

// CleanName makes of a name given with a file one that is safe wherever the file
// is saved: no folders, no signs that systems read otherwise, none that hide or
// turn around what follows, and the ending that goes with the type.
func CleanName(name string, t Type) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case r == unicode.ReplacementChar, unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r):
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '-'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	ending := t.Extension()
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		given := strings.ToLower(strings.TrimSpace(name[i+1:]))
		for other, known := range extensions {
			for _, e := range known {
				if e != given {
					continue
				}
				if other == t {
					ending = given
				}
				name = name[:i]
			}
		}
	}
	name = strings.Trim(strings.Join(strings.Fields(name), " "), " .")
	if r := []rune(name); len(r) > longestName {
		name = strings.TrimRight(string(r[:longestName]), " .")
	}
	if devices.MatchString(name) {
		name += "-"
	}
	return cmp.Or(name, "document") + "." + ending
}

// devices are names that Windows takes for something else than a file.
var devices = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)
