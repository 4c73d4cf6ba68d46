package media

import (
	"archive/zip"
	"encoding/xml"
	"io"
	"strings"
)

// kindOf says which document an archive is. OpenDocument says it in its first
// entry (OpenDocument 1.3 part 2, 3.3), Office Open XML by the type of its main
// part (ECMA-376 part 2, 10.1.2). Those with macros are refused.
func kindOf(z *zip.Reader) (Type, error) {
	parts := map[string]*zip.File{}
	for _, f := range z.File {
		name := strings.ToLower(f.Name)
		parts[name] = f
		base := name[strings.LastIndexByte(name, '/')+1:]
		if strings.HasPrefix(base, "vbaproject") || strings.HasPrefix(base, "vbadata") || strings.Contains(name, "/macrosheets/") || strings.Contains(name, "/activex/") ||
			strings.HasPrefix(name, "basic/") || strings.HasPrefix(name, "scripts/") {
			return "", refused("media.refused.macros")
		}
	}
	if f := parts["mimetype"]; f != nil && parts["content.xml"] != nil && parts["meta-inf/manifest.xml"] != nil {
		b, err := readPart(f, 200)
		if err != nil {
			return "", err
		}
		switch t := Type(strings.TrimSpace(string(b))); t {
		case ODT, ODS, ODP:
			return t, nil
		}
		return "", refused("media.refused.archive")
	}
	if f := parts["[content_types].xml"]; f != nil && parts["_rels/.rels"] != nil {
		return office(f)
	}
	return "", refused("media.refused.archive")
}

// mains are the types of the main part of each format.
var mains = map[string]Type{
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml":   DOCX,
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml":         XLSX,
	"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": PPTX,
}

// office reads the types of the parts of a document.
func office(f *zip.File) (Type, error) {
	b, err := readPart(f, 4<<20)
	if err != nil {
		return "", err
	}
	var types struct {
		XMLName xml.Name
		Parts   []struct {
			ContentType string `xml:"ContentType,attr"`
		} `xml:",any"`
	}
	if err := xml.Unmarshal(b, &types); err != nil || types.XMLName.Local != "Types" {
		return "", damagedBy("media: the types of the parts cannot be read: %v", err)
	}
	var found Type
	for _, p := range types.Parts {
		kind := strings.ToLower(strings.TrimSpace(p.ContentType))
		for _, s := range []string{"macroenabled", "vbaproject", "macrosheet", "vbadata", "activex"} {
			if strings.Contains(kind, s) {
				return "", refused("media.refused.macros")
			}
		}
		if t, ok := mains[kind]; ok {
			if found != "" && found != t {
				return "", damagedBy("media: a document that says to be %s and %s", found, t)
			}
			found = t
		}
	}
	if found == "" {
		return "", refused("media.refused.archive")
	}
	return found, nil
}

// checkOpen refuses what is under a password: nothing in it could be inspected.
func checkOpen(files []*zip.File) error {
	for _, f := range files {
		if f.Flags&1 != 0 {
			return refused("media.refused.locked")
		}
		if strings.EqualFold(f.Name, "META-INF/manifest.xml") { // OpenDocument 1.3 part 2, 4.4
			b, err := readPart(f, 4<<20)
			if err != nil {
				return err
			}
			if strings.Contains(string(b), "encryption-data") {
				return refused("media.refused.locked")
			}
		}
	}
	return nil
}

func readPart(f *zip.File, most int64) ([]byte, error) {
	in, err := f.Open()
	if err != nil {
		return nil, damagedFile(err)
	}
	defer in.Close()
	b, err := io.ReadAll(io.LimitReader(in, most+1))
	if err != nil {
		return nil, damagedFile(err)
	}
	if int64(len(b)) > most {
		return nil, damagedBy("media: %s has more than %d bytes", f.Name, most)
	}
	return b, nil
}
