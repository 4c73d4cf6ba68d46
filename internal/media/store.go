package media

import (
	"context"
	"io"
	"iter"
	"time"

	"bassin/internal/audit"
)

// Store keeps the rows of attachments, and of which bytes are kept. It decides
// alone, in transactions, which bytes may go, so that several servers agree.
type Store interface {
	// ClaimBlobs says that these bytes are about to be kept or are kept already: they
	// are left alone for a while. fault.Unavailable: some are just being removed.
	ClaimBlobs(ctx context.Context, blobs ...Blob) error
	// AddAttachment keeps a row whose bytes were claimed and are kept.
	AddAttachment(ctx context.Context, by audit.Actor, a Attachment) error
	// Attachment returns the one of that id.
	Attachment(ctx context.Context, id string) (Attachment, error)
	// Attachments are those of a subject, the oldest first.
	Attachments(ctx context.Context, subject string) ([]Attachment, error)
	// UpdateAttachment gives it the name, the alternative text and the openness that
	// change makes of the present ones. If it is no longer at version, the error is a
	// *fault.Stale[Attachment] with both.
	UpdateAttachment(ctx context.Context, by audit.Actor, id string, version int64, change func(Attachment) (Attachment, error)) (Attachment, error)
	// RemoveAttachment takes the row away; its bytes are left to [Service.Sweep].
	RemoveAttachment(ctx context.Context, by audit.Actor, id string) error

	// KeptBlobs are all that should be kept, in order of their sums.
	KeptBlobs(ctx context.Context) ([]Kept, error)
	// TakeOrphans gives up to n sums to remove, to this caller only: bytes that no
	// attachment has and nobody claimed since before, or whose removal was begun by
	// another before abandoned and never ended.
	TakeOrphans(ctx context.Context, before, abandoned time.Time, n int) ([]string, error)
	// TakeStray is the same for bytes found that no row knows, and says whether the
	// caller may remove them.
	TakeStray(ctx context.Context, sum string) (bool, error)
	// BlobGone says that bytes taken are removed.
	BlobGone(ctx context.Context, sum string) error
}

// Blob is bytes under their SHA-256 in hexadecimal.
type Blob struct {
	Sum  string
	Size int64
	At   time.Time // when they were last put
}

// Kept is bytes that should be there.
type Kept struct {
	Blob
	Used bool // by an attachment; the others wait to be swept
}

// Blobs keeps bytes, in a folder or elsewhere. Putting, opening and removing the same ones
// at once is safe: there are either all of them or none.
type Blobs interface {
	// Put keeps size bytes of r, whose SHA-256 must be sum, in the place of the same
	// ones if they are there. Once it returns they outlast a power cut.
	Put(ctx context.Context, sum string, size int64, r io.Reader) error
	// Open reads them. fault.NotFound: they are not there.
	Open(ctx context.Context, sum string) (io.ReadSeekCloser, error)
	// Stat tells their size and when they were put. fault.NotFound: they are not there.
	Stat(ctx context.Context, sum string) (Blob, error)
	// Remove removes them; removing what is not there is no error.
	Remove(ctx context.Context, sum string) error
	// List is all there is, in no order.
	List(ctx context.Context) iter.Seq2[Blob, error]
}

// IsSum says whether s is a SHA-256 in lower-case hexadecimal, and so a name that
// leads nowhere else.
func IsSum(s string) bool {
	if len(s) != 64 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
