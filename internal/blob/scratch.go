package blob

import (
	"errors"
	"os"

	"bassin/internal/fault"
	"bassin/internal/media"
)

// Scratch gives files without a name, in the folder dir (the system's if empty): a
// server killed meanwhile leaves no trace of them. Errors are fault.Unavailable.
func Scratch(dir string) func() (media.Scratch, error) {
	return func() (media.Scratch, error) {
		f, err := os.CreateTemp(dir, "media-*")
		if err != nil {
			return nil, noRoom(err)
		}
		if err := os.Remove(f.Name()); err != nil {
			return nil, errors.Join(noRoom(err), f.Close())
		}
		return scratch{f}, nil
	}
}

type scratch struct{ *os.File }

func (s scratch) Write(p []byte) (int, error) {
	n, err := s.File.Write(p)
	if err != nil {
		err = noRoom(err)
	}
	return n, err
}

func noRoom(err error) error { return fault.New(fault.Unavailable, "media.disk").Because(err) }
