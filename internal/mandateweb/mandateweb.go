package mandateweb

import (
	"context"
	"embed"
	"io/fs"
	"net/http"
	"time"

	"bassin/internal/people"
	"bassin/internal/territory"
	"bassin/internal/web"
)

//go:embed templates/*.html
var files embed.FS

// Store is what these pages read.
type Store interface {
	Mandates(ctx context.Context, q people.MandateQuery) ([]people.Mandate, int, error)
	Names(ctx context.Context, ids []string) (map[string]string, error)
}

// Pages say who does what where.
type Pages struct {
	Kit   *web.Renderer
	Store Store
	Now   func() time.Time
	Zone  *time.Location
	// Act is the address of the file of an act that was attached to a mandate, for whom
	// the reader is; "" for none.
	Act func(ctx context.Context, subject string) (string, error)
	// Resolve finds a territory, custom ones too.
	Resolve func(ctx context.Context, f *territory.France, expr string) (*territory.Territory, error)
}

// Templates are the templates of these pages.
func Templates() web.Templates {
	sub, err := fs.Sub(files, "templates")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return web.Templates{Room: "mandate", Files: sub, Examples: examples()}
}

// Routes are the ways in.
func (p *Pages) Routes() []web.Route {
	return []web.Route{{Method: http.MethodGet, Pattern: "/qui-fait-quoi", Action: "mandate.public", Who: web.Everyone, Handler: p.list}}
}
