package mediaweb

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"bassin/internal/audit"
	"bassin/internal/fault"
	"bassin/internal/media"
	"bassin/internal/web"
)

// accept is what the chooser of files offers first; what is sent is judged by content.
var accept = strings.Join([]string{string(media.PDF), string(media.ODT), string(media.ODS), string(media.ODP), string(media.DOCX), string(media.XLSX), string(media.PPTX),
	"text/csv", "text/plain", "image/jpeg", "image/png", "image/webp", "image/gif"}, ",")

// Body is how many bytes a route that hands its requests to [Pages.Receive] takes.
func (p *Pages) Body() int64 { return p.Media.Limits().Size + 64<<10 }

// Panel is what a page shows of a subject's attachments: all that there are for those
// who may change them, at action, and those that the reader may read otherwise. What
// [Pages.Receive] refused is shown where it belongs; an error that is not a person's
// comes back.
func (p *Pages) Panel(r *http.Request, subject, action string, failed error) (web.Files, error) {
	l := p.Kit.Locale(r.Context())
	v := web.Files{Action: action, Most: p.Media.Limits().Size >> 20, Accept: accept}
	if failed != nil {
		e, ok := errors.AsType[*fault.Error](failed)
		if !ok || e.Field == "" && e.Code != fault.Conflict {
			return v, failed
		}
		field := e.Field
		if field == "" {
			field = "alt" // somebody else described it meanwhile
		}
		v.Errors = []web.FieldError{{Field: field, Text: l.T(e.Key, e.Args...)}}
		v.Alt = r.PostFormValue("alt")
	}
	all, err := p.Media.Of(r.Context(), subject)
	if err != nil {
		return v, err
	}
	for _, a := range all {
		if action == "" && p.May(r.Context(), a) != nil {
			continue
		}
		f := web.File{ID: a.ID, Version: a.Version, Name: a.Name, Kind: l.T(a.Type.Words()), Size: l.Bytes(a.Size), Href: Address(a), Alt: a.Alt, Private: !a.Public}
		if a.Type.Picture() {
			f.Picture = Preview(a)
			f.Width, f.Height = a.Shown()
		}
		v.Items = append(v.Items, f)
	}
	return v, nil
}

// Receive does what a form of [Pages.Panel] asks: add, describe or remove. The page
// has checked that whoever asks may; the subject is the page's, never the form's.
func (p *Pages) Receive(r *http.Request, by audit.Actor, subject string, public bool) error {
	file, err := receive(r)
	if file != nil {
		defer file.close()
	}
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return fault.New(fault.TooLarge, "media.refused.size", p.Media.Limits().Size>>20).In("file")
		}
		return fault.New(fault.Invalid, "media.cut").In("file").Because(err)
	}
	switch r.PostFormValue("do") {
	case "remove":
		a, err := p.of(r, subject)
		if err != nil {
			return err
		}
		return p.Media.Remove(r.Context(), by, a.ID)
	case "describe":
		a, err := p.of(r, subject)
		if err != nil {
			return err
		}
		version, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
		if err != nil {
			version = -1 // no version: stale
		}
		_, err = p.Media.Describe(r.Context(), by, a.ID, version, r.PostFormValue("alt"))
		return err
	}
	if file == nil {
		return fault.New(fault.Invalid, "media.none").In("file")
	}
	_, err = p.Media.Add(r.Context(), by, media.Given{Subject: subject, Name: file.name, Alt: r.PostFormValue("alt"), Public: public}, file.body)
	return err
}

// First is the address of the oldest attachment of a subject that the reader may read,
// "" for none.
func (p *Pages) First(ctx context.Context, subject string) (string, error) {
	all, err := p.Media.Of(ctx, subject)
	for _, a := range all {
		if p.May(ctx, a) == nil {
			return Address(a), err
		}
	}
	return "", err
}

// Count is how many attachments a subject has.
func (p *Pages) Count(ctx context.Context, subject string) (int, error) {
	all, err := p.Media.Of(ctx, subject)
	return len(all), err
}

// of is the attachment that a form names, if it is the subject's.
func (p *Pages) of(r *http.Request, subject string) (media.Attachment, error) {
	a, err := p.Media.Get(r.Context(), r.PostFormValue("id"))
	if err == nil && a.Subject != subject {
		err = fault.New(fault.NotFound, "media.not_found")
	}
	return a, err
}
