package mediaweb

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"time"

	"bassin/internal/fault"
	"bassin/internal/media"
	"bassin/internal/web"
)

// policy is for a file opened by itself: it runs nothing, loads nothing, and has no
// origin whose cookies it could use.
const policy = "default-src 'none'; sandbox; frame-ancestors 'none'"

// slowest is the pace in bytes a second of a line that a file is still sent over.
const slowest = 16 << 10

// serve answers with the bytes of an attachment, or those of its smaller rendition.
func (p *Pages) serve(small bool) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a, err := p.Media.Get(r.Context(), r.PathValue("id"))
		if err != nil {
			return err
		}
		if err := p.May(r.Context(), a); err != nil {
			return err
		}
		to, sum := Address(a), a.SHA256
		if small {
			if to = Preview(a); a.Small != "" {
				sum = a.Small
			}
		}
		if r.PathValue("name") != a.Name { // the name that whoever saves it sees is ours to say
			http.Redirect(w, r, to, http.StatusFound) //nolint:gosec // a path of ours
			return nil
		}
		// A file takes its time on a slow line, beyond what is given to pages.
		limit := 30*time.Second + time.Duration(a.Size/slowest)*time.Second
		if err := http.NewResponseController(w).SetWriteDeadline(p.Now().Add(limit)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return err
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), limit)
		defer cancel()
		body, err := p.Media.Open(ctx, a, small)
		if fault.CodeOf(err) == fault.NotFound { // it should be there
			return fault.New(fault.Unavailable, "media.files_unavailable").Because(err)
		}
		if err != nil {
			return err
		}
		defer body.Close()
		head(w.Header(), a, sum)
		http.ServeContent(w, r, "", a.At, body)
		return nil
	}
}

// head sets the headers that say what a file is and keep it harmless.
func head(h http.Header, a media.Attachment, sum string) {
	kind, disposition := string(a.Type), "attachment"
	switch {
	case a.Type.Picture():
		disposition = "inline" // made by us, pixel by pixel
	case a.Type == media.CSV, a.Type == media.Text:
		kind += "; charset=utf-8"
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": a.Name}))
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("ETag", `"`+sum+`"`)
	// The bytes of an address never change, but what is removed must not be given by
	// caches for ever, nor what is not public to another reader.
	if a.Public {
		h.Set("Cache-Control", "public, max-age=86400, immutable")
	} else {
		h.Set("Cache-Control", "private, no-cache")
	}
}
