package blob

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strings"

	"bassin/internal/fault"
	"bassin/internal/media"
)

// Keys open a server that speaks S3.
type Keys struct{ Access, Secret string }

// Open opens where bytes are kept:
//
//	dir:PATH                              a folder, made if missing
//	s3://HOST[:PORT]/BUCKET[/PREFIX]      a bucket that exists, over TLS
//	  ?region=…                           where the server wants one
//	  ?tls=none                           in clear, on a network of one's own
//
// Nothing is asked of a server yet. fault.Invalid: the address cannot be read;
// fault.Unavailable: the folder cannot be made.
func Open(address string, k Keys) (media.Blobs, error) {
	if path, ok := strings.CutPrefix(address, "dir:"); ok {
		return openFolder(path)
	}
	if strings.HasPrefix(address, "s3://") {
		return openS3(address, k)
	}
	scheme, _, _ := strings.Cut(address, ":")
	return nil, fault.New(fault.Invalid, "media.files_unknown", scheme)
}

// checkSum refuses a name that is no sum: it could lead elsewhere.
func checkSum(sum string) error {
	if !media.IsSum(sum) {
		return fmt.Errorf("blob: %.80q is no SHA-256", sum)
	}
	return nil
}

func notFound(sum string, err error) error {
	return fault.New(fault.NotFound, "media.not_found").Because(fmt.Errorf("blob: %s: %w", sum, err))
}

func unavailable(what string, err error) error {
	return fault.New(fault.Unavailable, "media.files_unavailable").Because(fmt.Errorf("blob: %s: %w", what, err))
}

// checked reads exactly size bytes whose SHA-256 is sum, or fails: at the last of
// them, so that who keeps them as they come never has the end of others.
type checked struct {
	in   io.Reader
	hash hash.Hash
	left int64
	sum  string
}

func check(in io.Reader, sum string, size int64) *checked {
	return &checked{in, sha256.New(), size, sum}
}

func (c *checked) Read(p []byte) (int, error) {
	if c.left == 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.in.Read(p)
	c.hash.Write(p[:n]) // never fails
	c.left -= int64(n)
	if c.left == 0 && n > 0 {
		if e := c.end(); e != nil {
			return 0, e
		}
		return n, nil
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// end looks for bytes too many, then at the sum.
func (c *checked) end() error {
	var more [1]byte
	if n, _ := io.ReadFull(c.in, more[:]); n > 0 {
		return fmt.Errorf("blob: there are more bytes than announced for %s", c.sum)
	}
	if got := hex.EncodeToString(c.hash.Sum(nil)); got != c.sum {
		return fmt.Errorf("blob: the bytes announced as %s are %s", c.sum, got)
	}
	return nil
}
