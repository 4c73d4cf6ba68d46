package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"path"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"bassin/internal/fault"
	"bassin/internal/media"
)

// bucket keeps bytes as objects, under the same names as a folder does.
type bucket struct {
	client *minio.Client
	name   string
	prefix string // "" or with a slash at its end
}

func openS3(address string, k Keys) (media.Blobs, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil {
		return nil, fault.New(fault.Invalid, "media.files_s3")
	}
	name, prefix, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
	if name == "" || k.Access == "" || k.Secret == "" {
		return nil, fault.New(fault.Invalid, "media.files_s3")
	}
	options := u.Query()
	for key := range options {
		if key != "region" && key != "tls" {
			return nil, fault.New(fault.Invalid, "media.files_s3")
		}
	}
	if tls := options.Get("tls"); tls != "" && tls != "none" {
		return nil, fault.New(fault.Invalid, "media.files_s3")
	}
	c, err := minio.New(u.Host, &minio.Options{
		Creds:  credentials.NewStaticV4(k.Access, k.Secret, ""),
		Secure: options.Get("tls") != "none", Region: options.Get("region"),
		BucketLookup: minio.BucketLookupPath, MaxRetries: 3,
	})
	if err != nil {
		return nil, fault.New(fault.Invalid, "media.files_s3").Because(err)
	}
	if prefix != "" {
		prefix += "/"
	}
	return &bucket{client: c, name: name, prefix: prefix}, nil
}

func (b *bucket) key(sum string) string { return b.prefix + sum[:2] + "/" + sum[2:] }

// answered tells what is not there from what does not answer.
func answered(what, sum string, err error) error {
	if r := minio.ToErrorResponse(err); r.Code == minio.NoSuchKey || r.StatusCode == 404 && r.Code != minio.NoSuchBucket {
		return notFound(sum, err)
	}
	return unavailable(what, err)
}

// Put implements [media.Blobs]: an object is there once all its bytes have come.
func (b *bucket) Put(ctx context.Context, sum string, size int64, r io.Reader) error {
	if err := checkSum(sum); err != nil {
		return err
	}
	in := check(r, sum, size)
	_, err := b.client.PutObject(ctx, b.name, b.key(sum), in, size, minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true})
	if err != nil {
		return unavailable("write", err)
	}
	if in.left > 0 {
		return fmt.Errorf("blob: %d bytes of %s are missing", in.left, sum)
	}
	return nil
}

// Open implements [media.Blobs].
func (b *bucket) Open(ctx context.Context, sum string) (io.ReadSeekCloser, error) {
	if err := checkSum(sum); err != nil {
		return nil, err
	}
	o, err := b.client.GetObject(ctx, b.name, b.key(sum), minio.GetObjectOptions{})
	if err == nil {
		_, err = o.Stat() // nothing was asked yet
	}
	if err != nil {
		if o != nil {
			_ = o.Close() // what failed before says more
		}
		return nil, answered("read", sum, err)
	}
	return o, nil
}

// Stat implements [media.Blobs].
func (b *bucket) Stat(ctx context.Context, sum string) (media.Blob, error) {
	if err := checkSum(sum); err != nil {
		return media.Blob{}, err
	}
	i, err := b.client.StatObject(ctx, b.name, b.key(sum), minio.StatObjectOptions{})
	if err != nil {
		return media.Blob{}, answered("read", sum, err)
	}
	return media.Blob{Sum: sum, Size: i.Size, At: i.LastModified}, nil
}

// Remove implements [media.Blobs].
func (b *bucket) Remove(ctx context.Context, sum string) error {
	if err := checkSum(sum); err != nil {
		return err
	}
	err := b.client.RemoveObject(ctx, b.name, b.key(sum), minio.RemoveObjectOptions{})
	if err != nil {
		if err = answered("remove", sum, err); fault.CodeOf(err) == fault.NotFound {
			return nil
		}
	}
	return err
}

var errEnough = errors.New("blob: the reader has enough")

// List implements [media.Blobs]. What else lies in the bucket is none of ours.
func (b *bucket) List(ctx context.Context) iter.Seq2[media.Blob, error] {
	return func(yield func(media.Blob, error) bool) {
		ctx, stop := context.WithCancelCause(ctx)
		defer stop(errEnough) // ends the requests of a reader who has enough
		for o := range b.client.ListObjectsIter(ctx, b.name, minio.ListObjectsOptions{Prefix: b.prefix, Recursive: true}) {
			if o.Err != nil {
				yield(media.Blob{}, unavailable("list", o.Err))
				return
			}
			name := strings.TrimPrefix(o.Key, b.prefix)
			sum := strings.ReplaceAll(name, "/", "")
			if !media.IsSum(sum) || path.Dir(name) != sum[:2] {
				continue
			}
			if !yield(media.Blob{Sum: sum, Size: o.Size, At: o.LastModified}, nil) {
				return
			}
		}
	}
}
