package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/media"
)

var _ media.Store = (*DB)(nil)

// ClaimBlobs implements [media.Store].
func (db *DB) ClaimBlobs(ctx context.Context, blobs ...media.Blob) error {
	return db.change(ctx, "claim bytes", func(t *tx) error {
		for _, b := range blobs {
			n, err := t.exec("claim bytes", `INSERT INTO blob (sha256, size, used_at, going_at) VALUES ($1, $2, $3, NULL)
				ON CONFLICT (sha256) DO UPDATE SET used_at = $3 WHERE blob.going_at IS NULL`, b.Sum, b.Size, t.now)
			if err != nil {
				return err
			}
			if n == 0 {
				return fault.New(fault.Unavailable, "media.going")
			}
		}
		return nil
	})
}

// touch keeps a sweep that is choosing what to remove away from bytes: it waits for
// this change, then finds them used.
func (t *tx) touch(a media.Attachment) (whole bool, err error) {
	for _, sum := range []string{a.SHA256, a.Small} {
		if sum == "" {
			continue
		}
		n, err := t.exec("hold bytes", `UPDATE blob SET used_at = $1 WHERE sha256 = $2 AND going_at IS NULL`, t.now, sum)
		if err != nil || n == 0 {
			return false, err
		}
	}
	return true, nil
}

// AddAttachment implements [media.Store].
func (db *DB) AddAttachment(ctx context.Context, by audit.Actor, a media.Attachment) error {
	return db.change(ctx, "add an attachment", func(t *tx) error {
		whole, err := t.touch(a)
		if err != nil {
			return err
		}
		if !whole { // not claimed, or so long ago that they went
			return fault.New(fault.Unavailable, "media.going")
		}
		_, err = t.exec("add an attachment", `INSERT INTO attachment (id, subject, name, alt, type, sha256, small, width, height, public, giver, given_at, version)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)`,
			a.ID, a.Subject, a.Name, a.Alt, string(a.Type), a.SHA256, textOrNull(a.Small), a.Width, a.Height, oneIf(a.Public), string(by), stamp(a.At))
		t.record(audit.Entry{By: by, Action: "media.add", Subject: "attachment:" + a.ID, Became: attachmentValues(a, by, by)})
		return err
	})
}

// attachmentValues are what the record says of an attachment. The sum proves which
// bytes it had. Words are sealed with the key of the person they are from, and not
// recorded where they are from nobody known, as nothing could erase them.
func attachmentValues(a media.Attachment, named, described audit.Actor) audit.Values {
	v := audit.Values{"subject": a.Subject, "type": string(a.Type), "sha256": a.SHA256, "size": a.Size, "public": a.Public}
	say := func(what, words string, by audit.Actor) {
		if person, ok := strings.CutPrefix(string(by), string(audit.Person(""))); ok {
			v[what] = audit.Personal{Of: person, Value: words}
		} else if by == audit.System {
			v[what] = words
		}
	}
	say("name", a.Name, named)
	say("alt", a.Alt, described)
	return v
}

func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func oneIf(b bool) int {
	if b {
		return 1
	}
	return 0
}

const attachmentColumns = `SELECT a.id, a.subject, a.name, a.alt, a.type, a.sha256, b.size, a.small, a.width, a.height, a.public, a.giver, a.given_at, a.version
	FROM attachment a JOIN blob b ON b.sha256 = a.sha256 `

func scanAttachment(s scanner) (a media.Attachment, err error) {
	var small sql.NullString
	var public int
	err = s.Scan(&a.ID, &a.Subject, &a.Name, &a.Alt, &a.Type, &a.SHA256, &a.Size, &small, &a.Width, &a.Height, &public, &a.By, &a.At, &a.Version)
	if errors.Is(err, sql.ErrNoRows) {
		return a, fault.New(fault.NotFound, "media.not_found")
	}
	if err != nil {
		return a, failed("read an attachment", err)
	}
	a.Small, a.Public, a.At = small.String, public == 1, a.At.UTC()
	return a, nil
}

// Attachment implements [media.Store].
func (db *DB) Attachment(ctx context.Context, id string) (media.Attachment, error) {
	if !textual(id) {
		return media.Attachment{}, fault.New(fault.NotFound, "media.not_found")
	}
	return scanAttachment(db.read.QueryRowContext(ctx, attachmentColumns+`WHERE a.id = $1`, id))
}

// Attachments implements [media.Store].
func (db *DB) Attachments(ctx context.Context, subject string) ([]media.Attachment, error) {
	return each(ctx, db.read, "read attachments", scanAttachment, attachmentColumns+`WHERE a.subject = $1 ORDER BY a.given_at, a.id`, subject)
}

// lockAttachment reads it and keeps others from changing it meanwhile.
func (t *tx) lockAttachment(id string) (media.Attachment, error) {
	n, err := t.exec("lock an attachment", `UPDATE attachment SET version = version WHERE id = $1`, id)
	if err != nil {
		return media.Attachment{}, err
	}
	if n == 0 {
		return media.Attachment{}, fault.New(fault.NotFound, "media.not_found")
	}
	return scanAttachment(t.QueryRowContext(t.ctx, attachmentColumns+`WHERE a.id = $1`, id))
}

// UpdateAttachment implements [media.Store].
func (db *DB) UpdateAttachment(ctx context.Context, by audit.Actor, id string, version int64, change func(media.Attachment) (media.Attachment, error)) (media.Attachment, error) {
	var next media.Attachment
	err := db.change(ctx, "update an attachment", func(t *tx) error {
		old, err := t.lockAttachment(id)
		if err != nil {
			return err
		}
		changed, err := change(old)
		if err != nil {
			return err
		}
		next = old // its bytes, its subject and who gave it stay
		next.Name, next.Alt, next.Public, next.Version = changed.Name, changed.Alt, changed.Public, old.Version+1
		if version != old.Version {
			return &fault.Stale[media.Attachment]{Theirs: old, Yours: next}
		}
		_, err = t.exec("update an attachment", `UPDATE attachment SET name = $1, alt = $2, public = $3, version = $4 WHERE id = $5`,
			next.Name, next.Alt, oneIf(next.Public), next.Version, id)
		t.record(audit.Entry{By: by, Action: "media.update", Subject: "attachment:" + id, Was: attachmentValues(old, old.By, old.By), Became: attachmentValues(next, old.By, by)})
		return err
	})
	if err != nil {
		return media.Attachment{}, err
	}
	return next, nil
}

// RemoveAttachment implements [media.Store].
func (db *DB) RemoveAttachment(ctx context.Context, by audit.Actor, id string) error {
	return db.change(ctx, "remove an attachment", func(t *tx) error {
		old, err := t.lockAttachment(id)
		if err != nil {
			return err
		}
		if _, err := t.touch(old); err != nil { // a copy being made may be about to read them
			return err
		}
		_, err = t.exec("remove an attachment", `DELETE FROM attachment WHERE id = $1`, id)
		t.record(audit.Entry{By: by, Action: "media.remove", Subject: "attachment:" + id, Was: attachmentValues(old, old.By, old.By)})
		return err
	})
}

const used = `EXISTS (SELECT 1 FROM attachment a WHERE a.sha256 = blob.sha256) OR EXISTS (SELECT 1 FROM attachment a WHERE a.small = blob.sha256)`

// KeptBlobs implements [media.Store].
func (db *DB) KeptBlobs(ctx context.Context) ([]media.Kept, error) {
	return each(ctx, db.read, "list bytes", func(row scanner) (k media.Kept, err error) {
		var inUse int
		err = row.Scan(&k.Sum, &k.Size, &k.At, &inUse)
		k.At, k.Used = k.At.UTC(), inUse == 1
		return k, err
	}, `SELECT sha256, size, used_at, CASE WHEN `+used+` THEN 1 ELSE 0 END FROM blob ORDER BY sha256`)
}

// TakeOrphans implements [media.Store]. Of two servers that choose the same bytes, the
// second waits for the first, looks again, and finds them taken.
func (db *DB) TakeOrphans(ctx context.Context, before, abandoned time.Time, n int) (sums []string, err error) {
	err = db.change(ctx, "take orphans", func(t *tx) (err error) {
		sums, err = each(t.ctx, t, "take orphans", scanText, `UPDATE blob SET going_at = $1 WHERE used_at < $2 AND (going_at IS NULL OR going_at < $3) AND NOT (`+used+`)
			AND sha256 IN (SELECT sha256 FROM blob WHERE used_at < $2 AND (going_at IS NULL OR going_at < $3) AND NOT (`+used+`) ORDER BY used_at LIMIT $4)
			RETURNING sha256`, t.now, stamp(before), stamp(abandoned), n)
		return err
	})
	return sums, err
}

// TakeStray implements [media.Store].
func (db *DB) TakeStray(ctx context.Context, sum string) (taken bool, err error) {
	err = db.change(ctx, "take a stray", func(t *tx) error {
		n, err := t.exec("take a stray", `INSERT INTO blob (sha256, size, used_at, going_at) VALUES ($1, 0, $2, $2) ON CONFLICT (sha256) DO NOTHING`, sum, t.now)
		taken = n == 1
		return err
	})
	return taken, err
}

// BlobGone implements [media.Store].
func (db *DB) BlobGone(ctx context.Context, sum string) error {
	return db.change(ctx, "forget bytes", func(t *tx) error {
		n, err := t.exec("forget bytes", `DELETE FROM blob WHERE sha256 = $1 AND going_at IS NOT NULL`, sum)
		if err == nil && n == 0 {
			err = fmt.Errorf("store: forget bytes: nobody took %s", sum)
		}
		return err
	})
}
