package cli

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"bassin/internal/blob"
	"bassin/internal/fault"
	"bassin/internal/media"
	"bassin/internal/store"
)

// attachments is where the files that people give are kept, named alike to every command.
type attachments struct {
	Files       string `env:"BASSIN_FILES" help:"Where attachments are kept: dir:FOLDER or s3://host/bucket (default: the folder files in the var folder) (${env})."`
	S3AccessKey string `name:"s3-access-key" env:"BASSIN_S3_ACCESS_KEY" help:"Access key of an s3:// address (${env})."`
	S3SecretKey string `name:"s3-secret-key" env:"BASSIN_S3_SECRET_KEY" help:"Secret key of an s3:// address; better given by the environment (${env})."`
}

// Validate refuses what is no address.
func (a attachments) Validate() error {
	switch {
	case a.Files == "", strings.HasPrefix(a.Files, "dir:") && a.Files != "dir:":
		return nil
	case strings.HasPrefix(a.Files, "s3://"):
		if a.S3AccessKey == "" || a.S3SecretKey == "" {
			return errors.New("--files: an s3:// address needs BASSIN_S3_ACCESS_KEY and BASSIN_S3_SECRET_KEY")
		}
		return nil
	}
	return fmt.Errorf("--files: %q is neither dir:FOLDER nor s3://host/bucket", redacted(a.Files))
}

// open opens where files are kept: by default, a folder in the var folder.
func (a attachments) open(varDir string) (media.Blobs, error) {
	address := a.Files
	if address == "" {
		address = "dir:" + filepath.Join(varDir, "files")
	}
	return blob.Open(address, blob.Keys{Access: a.S3AccessKey, Secret: a.S3SecretKey})
}

// fileLine is a line of the end of a backup, where the files are: one before the
// bytes of each, and one after all.
type fileLine struct {
	File string `json:"file,omitempty"` // SHA-256
	Size int64  `json:"size,omitempty"` // bytes that follow, then a line end

	Files   *int     `json:"files,omitempty"` // how many there were
	LeftOut bool     `json:"left_out,omitempty"`
	Missing []string `json:"missing,omitempty"` // that attachments have and that could not be read
}

// carried is what a backup has of the files.
type carried struct {
	files   int
	bytes   int64
	leftOut bool
	missing []string
}

func (c carried) String() string {
	if c.leftOut {
		return "without the files of attachments"
	}
	return fmt.Sprintf("%d files of attachments, %d bytes", c.files, c.bytes)
}

// hasFiles says whether the tables copied are of a Bassin that knew attachments.
func hasFiles(s store.Summary) bool {
	return slices.ContainsFunc(s.Tables, func(t store.Sum) bool { return t.Table == "attachment" })
}

// writeFiles puts the files after the tables. Those that attachments have are kept a
// day after they are let go, so that all that the tables name are still there.
func writeFiles(ctx context.Context, w io.Writer, db *store.DB, files media.Blobs, leftOut bool) (c carried, err error) {
	c.leftOut = leftOut
	if !leftOut {
		kept, err := db.KeptBlobs(ctx)
		if err != nil {
			return c, err
		}
		for _, k := range kept {
			b, err := whole(ctx, files, k.Blob)
			if err == nil {
				err = putLine(w, fileLine{File: k.Sum, Size: int64(len(b))})
				if err == nil {
					_, err = w.Write(append(b, '\n'))
				}
				c.files, c.bytes = c.files+1, c.bytes+int64(len(b))
			} else if errors.Is(err, errDamaged) || fault.CodeOf(err) == fault.NotFound {
				if k.Used { // others are claimed by an upload in progress, or about to go
					c.missing = append(c.missing, k.Sum)
				}
				err = nil
			}
			if err != nil {
				return c, err
			}
		}
	}
	return c, putLine(w, fileLine{Files: &c.files, LeftOut: leftOut, Missing: c.missing})
}

func putLine(w io.Writer, l fileLine) error {
	b, err := json.Marshal(l)
	if err == nil {
		_, err = w.Write(append(b, '\n'))
	}
	return err
}

var errDamaged = errors.New("the bytes are no longer those that were kept")

// whole reads a file and checks it, before any of it is in a backup.
func whole(ctx context.Context, files media.Blobs, b media.Blob) (out []byte, err error) {
	r, err := files.Open(ctx, b.Sum)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	out, err = io.ReadAll(r)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "media.files_unavailable").Because(err)
	}
	if sum := sha256.Sum256(out); hex.EncodeToString(sum[:]) != b.Sum {
		return nil, errDamaged
	}
	return out, nil
}

// readFiles puts the files of a backup where files are kept: each is checked by its
// sum. A backup of before attachments ends where its tables do.
func readFiles(ctx context.Context, in *bufio.Reader, files media.Blobs) (c carried, err error) {
	damaged := func(err error) error { return fault.New(fault.Invalid, "store.copy_damaged").Because(err) }
	for {
		text, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(text) == 0 && c.files == 0 {
			return c, nil
		}
		if err != nil {
			return c, damaged(err)
		}
		var l fileLine
		if err := json.Unmarshal(bytes.TrimSpace(text), &l); err != nil {
			return c, damaged(err)
		}
		if l.Files != nil {
			if *l.Files != c.files {
				return c, damaged(fmt.Errorf("%d files, %d were announced", c.files, *l.Files))
			}
			c.leftOut, c.missing = l.LeftOut, l.Missing
			_, err := io.Copy(io.Discard, in) // to the end, which the encryption and the compression check
			if err != nil {
				err = damaged(err)
			}
			return c, err
		}
		if !media.IsSum(l.File) || l.Size <= 0 {
			return c, damaged(fmt.Errorf("a file of %d bytes named %.80q", l.Size, l.File))
		}
		if err := files.Put(ctx, l.File, l.Size, io.LimitReader(in, l.Size)); err != nil {
			if fault.CodeOf(err) == fault.Internal {
				err = damaged(err)
			}
			return c, err
		}
		c.files, c.bytes = c.files+1, c.bytes+l.Size
		if end, err := in.ReadByte(); err != nil || end != '\n' {
			return c, damaged(fmt.Errorf("file %s does not end where it should: %w", l.File, err))
		}
	}
}

// lacking are the files that attachments have and that are not where files are kept.
func lacking(ctx context.Context, db *store.DB, files media.Blobs) (n int, err error) {
	kept, err := db.KeptBlobs(ctx)
	if err != nil {
		return 0, err
	}
	for _, k := range kept {
		if !k.Used {
			continue
		}
		if _, err := files.Stat(ctx, k.Sum); fault.CodeOf(err) == fault.NotFound {
			n++
		} else if err != nil {
			return n, err
		}
	}
	return n, nil
}
