package mediaweb

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// mostFields is how many bytes the fields beside a file may hold together.
const mostFields = 64 << 10

// sent is a file as it came; one of a form read here is in a file that has no name any more.
type sent struct {
	name string // as it was on their machine
	body multipart.File
}

func (f *sent) close() { _ = f.body.Close() } // what it held is kept or refused

// receive reads a form with a file, nil for none. The fields that came before what went
// wrong are there for the page to show again: a form puts its file last.
func receive(r *http.Request) (file *sent, err error) {
	if r.MultipartForm != nil { // whoever needed the rest of the form has read it
		f, head, err := r.FormFile("file")
		if errors.Is(err, http.ErrMissingFile) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return &sent{name: head.Filename, body: f}, nil
	}
	in, err := r.MultipartReader()
	if errors.Is(err, http.ErrNotMultipart) {
		return nil, r.ParseForm()
	}
	if err != nil {
		return nil, err
	}
	r.PostForm, r.Form = url.Values{}, r.URL.Query()
	for left := int64(mostFields); ; {
		part, err := in.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return file, err
		}
		name := part.FormName()
		if name == "file" {
			if file == nil && part.FileName() != "" {
				file, err = take(part)
			}
			if err != nil {
				return file, err
			}
			continue
		}
		var text strings.Builder
		n, err := io.Copy(&text, io.LimitReader(part, left))
		if err != nil {
			return file, err
		}
		left = max(0, left-n) // what is longer is cut, and refused for its length
		r.PostForm.Add(name, text.String())
		r.Form.Add(name, text.String())
	}
	return file, nil
}

// take writes what a part has to a file that goes with whoever holds it.
func take(part *multipart.Part) (*sent, error) {
	f, err := os.CreateTemp("", "bassin-*")
	if err != nil {
		return nil, err
	}
	file := &sent{name: part.FileName(), body: f}
	if err := os.Remove(f.Name()); err != nil {
		return file, err
	}
	if _, err := io.Copy(f, part); err != nil {
		return file, err
	}
	_, err = f.Seek(0, io.SeekStart)
	return file, err
}
