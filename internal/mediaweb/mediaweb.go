package mediaweb

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"bassin/internal/fault"
	"bassin/internal/media"
	"bassin/internal/web"
)

// Pages serves attachments.
type Pages struct {
	Kit   *web.Renderer
	Media *media.Service
	// May says whether the reader that ctx knows may read an attachment: nil, or what
	// they are told. See [Public].
	May func(ctx context.Context, a media.Attachment) error
	Now func() time.Time
}

// Routes are the addresses of attachments.
func (p *Pages) Routes() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/fichiers/{id}/{name}", Action: "media.file", Who: web.Everyone, Single: true, Handler: p.serve(false)},
		{Method: http.MethodGet, Pattern: "/apercus/{id}/{name}", Action: "media.preview", Who: web.Everyone, Single: true, Handler: p.serve(true)},
	}
}

// Public lets everybody read what is public, and says of the rest that it does not
// exist: who may not read it learns not even that.
func Public(_ context.Context, a media.Attachment) error {
	if a.Public {
		return nil
	}
	return fault.New(fault.NotFound, "media.not_found")
}

// Address is where an attachment is read, Preview where what a page shows of a picture is.
func Address(a media.Attachment) string { return address("/fichiers/", a) }

// Preview is the address of the rendition that a page shows.
func Preview(a media.Attachment) string { return address("/apercus/", a) }

func address(start string, a media.Attachment) string {
	return start + url.PathEscape(a.ID) + "/" + url.PathEscape(a.Name)
}
