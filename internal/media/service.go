package media

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"bassin/internal/audit"
	"bassin/internal/fault"
)

// Service is attachments to whoever keeps some. It decides no right: who adds to a
// subject or reads of it is for those to say who own the subject.
type Service struct {
	store  Store
	blobs  Blobs
	limits Limits
	now    func() time.Time
	fresh  func() (Scratch, error)
	// draws is taken while a picture is decoded: one at a time, as each takes much memory.
	draws chan struct{}
}

// Scratch is room on a disk for a file being added; closed, it leaves no trace.
type Scratch interface {
	io.ReadWriteSeeker
	io.ReaderAt
	io.Closer
}

// New makes a service that takes a scratch for each file as it arrives.
func New(store Store, blobs Blobs, limits Limits, now func() time.Time, fresh func() (Scratch, error)) *Service {
	return &Service{store: store, blobs: blobs, limits: limits, now: now, fresh: fresh, draws: make(chan struct{}, 1)}
}

// Limits are those of the service.
func (s *Service) Limits() Limits { return s.limits }

// Given is what somebody gives with the bytes of an attachment.
type Given struct {
	Subject string
	Name    string // as it was on their machine
	Alt     string
	Public  bool
}

// longestAlt is in characters.
const longestAlt = 500

// Add inspects what r has, keeps it and makes it belong to a subject. Nothing is held
// in memory but a picture while it is made anew. Errors: fault.Invalid and
// fault.TooLarge, of the field file or alt, in words.
func (s *Service) Add(ctx context.Context, by audit.Actor, g Given, r io.Reader) (Attachment, error) {
	a := Attachment{ID: rand.Text(), Subject: g.Subject, Public: g.Public, By: by, At: s.now(), Version: 1}
	var err error
	if a.Alt, err = cleanAlt(g.Alt); err != nil {
		return Attachment{}, err
	}
	if g.Subject == "" {
		return Attachment{}, errors.New("media: an attachment that belongs to nothing")
	}
	there, err := s.store.Attachments(ctx, g.Subject)
	if err != nil {
		return Attachment{}, err
	}
	if len(there) >= s.limits.Each { // two at once may pass it by one
		return Attachment{}, refused("media.refused.many", s.limits.Each)
	}
	in, err := s.receive(ctx, r)
	if err != nil {
		return Attachment{}, err
	}
	defer in.close()
	if a.Type, err = Inspect(in, in.size, s.limits); err != nil {
		return Attachment{}, err
	}
	files := []*content{in}
	if a.Type.Picture() {
		if files, err = s.redraw(ctx, in, &a); err != nil {
			return Attachment{}, err
		}
		defer closeAll(files)
	}
	a.Name, a.SHA256, a.Size = CleanName(g.Name, a.Type), files[0].sum, files[0].size
	if len(files) > 1 {
		a.Small = files[1].sum
	}
	// Claimed, then kept, then a row: killed in between, the server leaves bytes
	// that nobody has, which are swept, and never a row without bytes.
	var claims []Blob
	for _, f := range files {
		claims = append(claims, Blob{Sum: f.sum, Size: f.size})
	}
	if err := s.store.ClaimBlobs(ctx, claims...); err != nil {
		return Attachment{}, err
	}
	for _, f := range files {
		if _, err := f.file.Seek(0, io.SeekStart); err != nil {
			return Attachment{}, err
		}
		if err := s.blobs.Put(ctx, f.sum, f.size, f.file); err != nil {
			return Attachment{}, err
		}
	}
	if err := s.store.AddAttachment(ctx, by, a); err != nil {
		return Attachment{}, err
	}
	return s.store.Attachment(ctx, a.ID)
}

func cleanAlt(alt string) (string, error) {
	alt = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(alt, ""), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if len([]rune(alt)) > longestAlt {
		return "", fault.New(fault.Invalid, "media.alt_long", longestAlt).In("alt")
	}
	return alt, nil
}

// Get returns the attachment of that id.
func (s *Service) Get(ctx context.Context, id string) (Attachment, error) {
	return s.store.Attachment(ctx, id)
}

// Of are the attachments of a subject, the oldest first.
func (s *Service) Of(ctx context.Context, subject string) ([]Attachment, error) {
	return s.store.Attachments(ctx, subject)
}

// Open reads the bytes of an attachment, or those of its smaller rendition if it has one.
func (s *Service) Open(ctx context.Context, a Attachment, small bool) (io.ReadSeekCloser, error) {
	sum := a.SHA256
	if small && a.Small != "" {
		sum = a.Small
	}
	return s.blobs.Open(ctx, sum)
}

// Describe changes what a picture is said to show.
func (s *Service) Describe(ctx context.Context, by audit.Actor, id string, version int64, alt string) (Attachment, error) {
	alt, err := cleanAlt(alt)
	if err != nil {
		return Attachment{}, err
	}
	return s.store.UpdateAttachment(ctx, by, id, version, func(a Attachment) (Attachment, error) {
		a.Alt = alt
		return a, nil
	})
}

// Publish lets anybody read an attachment, or only those whom its subject's owner lets.
func (s *Service) Publish(ctx context.Context, by audit.Actor, id string, version int64, public bool) (Attachment, error) {
	return s.store.UpdateAttachment(ctx, by, id, version, func(a Attachment) (Attachment, error) {
		a.Public = public
		return a, nil
	})
}

// Remove takes an attachment away. Its bytes are swept later, unless another has the same.
func (s *Service) Remove(ctx context.Context, by audit.Actor, id string) error {
	return s.store.RemoveAttachment(ctx, by, id)
}

// content is a file being added.
type content struct {
	file Scratch
	size int64
	sum  string
}

func (c *content) ReadAt(p []byte, at int64) (int, error) { return c.file.ReadAt(p, at) }

func (c *content) close() { _ = c.file.Close() } // what it held is kept or refused

func closeAll(files []*content) {
	for _, f := range files {
		f.close()
	}
}

// receive writes what r has to a scratch.
func (s *Service) receive(ctx context.Context, r io.Reader) (*content, error) {
	return s.written(func(w io.Writer) error {
		n, err := io.Copy(w, io.LimitReader(stoppable{ctx, r}, s.limits.Size+1))
		if err == nil && n > s.limits.Size {
			return tooLarge(s.limits)
		}
		return err
	})
}

func (s *Service) written(write func(io.Writer) error) (*content, error) {
	f, err := s.fresh()
	if err != nil {
		return nil, err
	}
	c := &content{file: f}
	sum := sha256.New()
	if err = write(io.MultiWriter(f, sum)); err == nil {
		c.size, err = f.Seek(0, io.SeekCurrent)
	}
	if err != nil {
		c.close()
		return nil, err
	}
	c.sum = hex.EncodeToString(sum.Sum(nil))
	return c, nil
}

// redraw makes a picture anew, and a smaller one if it is large.
func (s *Service) redraw(ctx context.Context, in *content, a *Attachment) (files []*content, err error) {
	select {
	case s.draws <- struct{}{}:
		defer func() { <-s.draws }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() {
		if err != nil {
			closeAll(files)
		}
	}()
	d, err := decode(ctx, in, in.size, s.limits)
	if err != nil {
		return nil, err
	}
	for side := largeSide; ; side = side * 2 / 3 {
		d = d.fit(side)
		c, err := s.written(d.encode)
		if err != nil {
			return files, err
		}
		if c.size <= s.limits.Size || side < smallSide {
			files = append(files, c)
			break
		}
		c.close() // made anew it has become larger than files may be
	}
	a.Type, a.Width, a.Height = d.kind, d.Bounds().Dx(), d.Bounds().Dy()
	if small := d.fit(smallSide); small.Bounds() != d.Bounds() {
		c, err := s.written(small.encode)
		if err != nil {
			return files, err
		}
		files = append(files, c)
	}
	return files, nil
}

// Grace is for how long bytes that no attachment has are left alone: an upload may
// be in progress, a copy may be reading them.
const Grace = 24 * time.Hour

// abandoned is after how long others end the removal that a server began.
const abandoned = time.Hour

// Swept is what a sweep did.
type Swept struct {
	Orphans int // bytes that no attachment has any more
	Strays  int // bytes that no row knows, such as those of a database replaced since
	Missing int // bytes of attachments that are not there: only a copy can bring them back
}

// Sweep removes the bytes that nobody has had for a while. Several servers may do it at once.
func (s *Service) Sweep(ctx context.Context) (done Swept, err error) {
	now := s.now()
	for {
		const batch = 100
		sums, err := s.store.TakeOrphans(ctx, now.Add(-Grace), now.Add(-abandoned), batch)
		if err != nil {
			return done, err
		}
		for _, sum := range sums {
			if err := s.erase(ctx, sum); err != nil {
				return done, err
			}
			done.Orphans++
		}
		if len(sums) < batch {
			break
		}
	}
	kept, err := s.store.KeptBlobs(ctx)
	if err != nil {
		return done, err
	}
	missing := map[string]bool{}
	known := make(map[string]bool, len(kept))
	for _, k := range kept {
		known[k.Sum] = true
		if k.Used {
			missing[k.Sum] = true
		}
	}
	for b, err := range s.blobs.List(ctx) {
		if err != nil {
			return done, err
		}
		delete(missing, b.Sum)
		if known[b.Sum] || !b.At.Before(now.Add(-Grace)) {
			continue
		}
		taken, err := s.store.TakeStray(ctx, b.Sum)
		if err == nil && taken {
			err = s.erase(ctx, b.Sum)
			done.Strays++
		}
		if err != nil {
			return done, err
		}
	}
	done.Missing = len(missing)
	return done, nil
}

// erase removes bytes taken. It must end long before others take it for abandoned.
func (s *Service) erase(ctx context.Context, sum string) error {
	limit, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := s.blobs.Remove(limit, sum); err != nil {
		return fmt.Errorf("media: remove %s: %w", sum, err)
	}
	return s.store.BlobGone(ctx, sum)
}
