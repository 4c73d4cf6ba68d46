package web

import "strings"

// Files is the documents and pictures that belong to something, and the forms that
// add, describe and take them away where Action says to whom they are sent.
type Files struct {
	Items  []File
	Action string       // path in French words; "" for who only reads
	Most   int64        // MB of the largest file
	Accept string       // media types that the chooser of files offers
	Alt    string       // description as typed, when it was refused
	Errors []FieldError // of the fields file and alt
	Still  bool         // an example: the script leaves the focus where it is
}

// File is one of them.
type File struct {
	ID      string
	Version int64
	Name    string
	Kind    string // in words: PDF, tableau
	Size    string // in words
	Href    string // its address, the same in all languages
	Picture string // address of what a page shows, "" for a document
	Width   int    // of that, in pixels
	Height  int
	Alt     string
	Private bool // not for everyone
}

// Error is what is wrong with a field, "" for nothing.
func (f Files) Error(field string) string {
	for _, e := range f.Errors {
		if e.Field == field {
			return e.Text
		}
	}
	return ""
}

// LastPicture is the picture that was added last: its address as id/name, and what it
// shows in words; "" for none.
func (f Files) LastPicture() (picture, alt string) {
	for _, x := range f.Items {
		if x.Picture != "" {
			picture, alt = strings.TrimPrefix(x.Picture, "/apercus/"), x.Alt
		}
	}
	return picture, alt
}

// Top gathers what is wrong.
func (f Files) Top() Errors { return Errors{Items: f.Errors, Still: f.Still} }

func (Files) component() string { return "web/files" }
