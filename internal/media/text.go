package media

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"unicode/utf8"
)

// checkText accepts text in UTF-8 that no program takes for a page or a picture.
func checkText(r io.ReaderAt, size int64, start []byte) (Type, error) {
	in := bufio.NewReaderSize(io.NewSectionReader(r, 0, size), 64<<10)
	foreign := false // bytes that no text in UTF-8 has, but one of Windows might
	for {
		c, n, err := in.ReadRune()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
		switch {
		case c == '\t', c == '\n', c == '\r', c == '\f':
		case c < ' ', c == 0x7f:
			return "", refused("media.refused.type")
		case c == utf8.RuneError && n == 1:
			foreign = true
		}
	}
	body := bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\ufeff")), " \t\r\n\f")
	switch {
	case bytes.HasPrefix(body, []byte("<")), bytes.Contains(bytes.ToLower(start), []byte("<svg")),
		bytes.Contains(bytes.ToLower(start), []byte("<html")), bytes.Contains(bytes.ToLower(start), []byte("<script")):
		return "", refused("media.refused.markup")
	case foreign:
		return "", refused("media.refused.encoding")
	case len(body) == 0:
		return "", refused("media.refused.empty")
	case isTable(r, size):
		return CSV, nil
	}
	return Text, nil
}

// isTable says whether the first lines have as many fields as one another, at
// least two, by one of the separators in use.
func isTable(r io.ReaderAt, size int64) bool {
	const looked = 64 << 10
	text := make([]byte, min(size, looked))
	if _, err := r.ReadAt(text, 0); err != nil && !errors.Is(err, io.EOF) {
		return false
	}
	if size > looked { // the last line is cut
		text = text[:bytes.LastIndexByte(text, '\n')+1]
	}
	for _, comma := range ";,\t" {
		c := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
		c.Comma = comma
		lines := 0
		for {
			fields, err := c.Read() // as many fields as the first, or an error
			if errors.Is(err, io.EOF) {
				if lines >= 2 {
					return true
				}
				break
			}
			if err != nil || len(fields) < 2 {
				break
			}
			lines++
		}
	}
	return false
}
