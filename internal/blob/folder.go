package blob

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bassin/internal/fault"
	"bassin/internal/media"
)

// folder keeps bytes in files: ab/cdef… for those whose sum begins with abcdef. Files
// being written are beside, in a folder of their own.
type folder struct{ dir string }

const writing = "writing"

// leftover is the age of a file that a server, killed since, was writing.
const leftover = 24 * time.Hour

func openFolder(dir string) (media.Blobs, error) {
	if dir == "" || strings.ContainsRune(dir, 0) {
		return nil, fault.New(fault.Invalid, "media.files_no_path")
	}
	f := &folder{dir}
	if err := os.MkdirAll(filepath.Join(dir, writing), 0o750); err != nil {
		return nil, fault.New(fault.Unavailable, "media.files_folder", dir).Because(err)
	}
	return f, f.clean()
}

// clean removes what was being written when a server was killed.
func (f *folder) clean() error {
	entries, err := os.ReadDir(filepath.Join(f.dir, writing))
	if err != nil {
		return fault.New(fault.Unavailable, "media.files_folder", f.dir).Because(err)
	}
	for _, e := range entries {
		if i, err := e.Info(); err == nil && time.Since(i.ModTime()) > leftover {
			os.Remove(filepath.Join(f.dir, writing, e.Name()))
		}
	}
	return nil
}

func (f *folder) path(sum string) string { return filepath.Join(f.dir, sum[:2], sum[2:]) }

// Put implements [media.Blobs]: a file of another name is written, flushed, and
// takes its name at once; then the folder that has the name is flushed.
func (f *folder) Put(ctx context.Context, sum string, size int64, r io.Reader) error {
	if err := checkSum(sum); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Join(f.dir, writing), sum[:8]+"-*")
	if err != nil {
		return unavailable("write", err)
	}
	err = fill(ctx, tmp, check(r, sum, size))
	if err == nil {
		err = f.name(tmp.Name(), sum)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}

func fill(ctx context.Context, tmp *os.File, in io.Reader) error {
	err := ctx.Err()
	if err == nil {
		_, err = io.Copy(tmp, in)
	}
	if err == nil {
		err = tmp.Sync()
	}
	err = errors.Join(err, tmp.Close())
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return unavailable("write", p)
	}
	return err
}

func (f *folder) name(tmp, sum string) error {
	path := f.path(sum)
	dir := filepath.Dir(path)
	err := os.Mkdir(dir, 0o750)
	fresh := err == nil
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return unavailable("write", err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return unavailable("write", err)
	}
	if err := flush(dir); err != nil {
		return unavailable("write", err)
	}
	if fresh {
		if err := flush(f.dir); err != nil {
			return unavailable("write", err)
		}
	}
	return nil
}

// flush makes the names in a folder outlast a power cut.
func flush(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // a folder of ours
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Open implements [media.Blobs].
func (f *folder) Open(_ context.Context, sum string) (io.ReadSeekCloser, error) {
	if err := checkSum(sum); err != nil {
		return nil, err
	}
	file, err := os.Open(f.path(sum))
	if err != nil {
		return nil, told(sum, err)
	}
	return file, nil
}

func told(sum string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return notFound(sum, err)
	}
	return unavailable("read", err)
}

// Stat implements [media.Blobs].
func (f *folder) Stat(_ context.Context, sum string) (media.Blob, error) {
	if err := checkSum(sum); err != nil {
		return media.Blob{}, err
	}
	i, err := os.Stat(f.path(sum))
	if err != nil {
		return media.Blob{}, told(sum, err)
	}
	return media.Blob{Sum: sum, Size: i.Size(), At: i.ModTime()}, nil
}

// Remove implements [media.Blobs].
func (f *folder) Remove(_ context.Context, sum string) error {
	if err := checkSum(sum); err != nil {
		return err
	}
	if err := os.Remove(f.path(sum)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unavailable("remove", err)
	}
	return nil
}

// List implements [media.Blobs]. What else lies in the folder is none of ours.
func (f *folder) List(ctx context.Context) iter.Seq2[media.Blob, error] {
	return func(yield func(media.Blob, error) bool) {
		folders, err := os.ReadDir(f.dir)
		if err != nil {
			yield(media.Blob{}, unavailable("list", err))
			return
		}
		for _, d := range folders {
			if len(d.Name()) != 2 || !d.IsDir() {
				continue
			}
			files, err := os.ReadDir(filepath.Join(f.dir, d.Name()))
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(media.Blob{}, unavailable("list", err))
				return
			}
			for _, e := range files {
				sum := d.Name() + e.Name()
				i, err := e.Info()
				if !media.IsSum(sum) || errors.Is(err, fs.ErrNotExist) { // removed meanwhile
					continue
				}
				if err != nil {
					yield(media.Blob{}, unavailable("list", err))
					return
				}
				if !yield(media.Blob{Sum: sum, Size: i.Size(), At: i.ModTime()}, nil) {
					return
				}
			}
		}
	}
}
