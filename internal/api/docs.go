package api

import (
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"bassin/internal/i18n"
	"bassin/internal/web"
)

//go:embed templates/*.html
var files embed.FS

// Templates are the templates of the documentation.
func Templates() web.Templates {
	sub, err := fs.Sub(files, "templates")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return web.Templates{Room: "api", Files: sub, Examples: map[string][]any{"api/docs": {&Docs{
		Base: "/api/v1", Operations: []Op{
			{ID: "a", Method: "GET", Path: "/a", Summary: "a", Text: "a", Formats: []string{"application/json"}, Example: "/api/v1/a",
				Parameters: &web.Table{ID: "b", Caption: "a", Quiet: true, Columns: []web.Column{{Title: "a"}}, Rows: [][]web.Cell{{{Text: "a"}}}}},
			{ID: "c", Method: "POST", Path: "/c", Summary: "c", Text: "c", Body: "{}"},
		},
		Geo: []GeoPath{{Path: "/api/geo/communes", Text: "a", Example: "/api/geo/communes?nom=a"}},
	}}}}
}

// Docs is what the page of the documentation shows, read from the OpenAPI document.
type Docs struct {
	Base       string // address of the installation's interface
	Version    string
	Operations []Op
	Geo        []GeoPath
}

// Op is one operation.
type Op struct {
	ID, Method, Path, Summary, Text string
	Parameters                      *web.Table // nil if it takes none
	Formats                         []string
	Example                         string // address to try, "" if none
	Body                            string // example of what to send, "" if nothing
}

// GeoPath is a path of the drop-in for the State's API Géo.
type GeoPath struct{ Path, Text, Example string }

// DocsRoutes is the page of the documentation.
func (a *API) DocsRoutes(kit *web.Renderer) []web.Route {
	return []web.Route{{Method: http.MethodGet, Pattern: "/api", Action: "api.docs", Who: web.Everyone, Handler: func(w http.ResponseWriter, r *http.Request) error {
		l := kit.Locale(r.Context())
		return kit.Page(w, r, &web.Page{
			Title: l.T("api.docs.title"), Description: l.T("api.docs.description"), Template: "api/docs", View: a.Docs(l),
		})
	}}}
}

// examples are addresses worth trying, by operation.
var examples = map[string]string{
	"levels": "/levels", "territories": "/territories?level=bv&dep=22", "territory": "/territories/bv:22113",
	"members": "/territories/bv:22113/members?format=csv", "relations": "/territories/bv:22113/relations?level=epci",
	"history": "/territories/22046/history", "population": "/territories/bv:22113/population",
	"figures": "/territories/bv:22113/indicators?axis=population", "series": "/territories/bv:22113/indicators/population",
	"twins":      "/territories/bv:22113/twins?limit=5",
	"indicators": "/indicators?axis=population", "indicator": "/indicators/density", "values": "/indicators/density/values?level=bv&dep=22",
	"distribution": "/indicators/density/distribution?level=bv&territory=bv:22113", "bulk": "/indicators/bulk?level=reg",
	"dictionary": "/indicators/dictionary.csv",
	"geometry":   "/territories/bv:22113/geometry?precision=500", "neighbours": "/territories/bv:22113/neighbours",
	"index":  "/index?level=dep&weights=help:2",
	"search": "/search?q=saint+brieuc+agglo", "reverse": "/reverse?lon=-3.4566&lat=48.7326", "sources": "/sources",
}

// Docs reads the documentation in a language.
func (a *API) Docs(l *i18n.Localizer) *Docs {
	spec := a.specs[l.Lang()]
	d := &Docs{Base: spec.Servers[0].URL, Version: a.build}
	for _, route := range a.routes {
		path, ok := strings.CutPrefix(route.Pattern, Prefix)
		item := spec.Paths[path]
		if !ok || item == nil {
			continue
		}
		op := item.Get
		if route.Method == http.MethodPost {
			op = item.Post
		}
		d.Operations = append(d.Operations, describeOp(l, op, route.Method, path))
	}
	for _, g := range []struct{ path, key, example string }{
		{"communes", "communes", "communes?nom=lannion&boost=population&limit=5"},
		{"communes/{code}", "commune", "communes/22113?fields=nom,centre,surface,epci"},
		{"communes_associees_deleguees", "parts", "communes_associees_deleguees?codeDepartement=22"},
		{"epcis", "epcis", "epcis?codeDepartement=22"},
		{"epcis/{code}/communes", "epci_communes", "epcis/200065928/communes?format=geojson&geometry=contour"},
		{"departements", "departements", "departements?codeRegion=53"},
		{"departements/{code}/communes", "departement_communes", "departements/22/communes"},
		{"regions", "regions", "regions"},
		{"regions/{code}/departements", "region_departements", "regions/53/departements"},
	} {
		d.Geo = append(d.Geo, GeoPath{"/api/geo/" + g.path, l.T("api.geo." + g.key), "/api/geo/" + g.example})
	}
	return d
}

func describeOp(l *i18n.Localizer, op *huma.Operation, method, path string) Op {
	o := Op{ID: op.OperationID, Method: method, Path: path, Summary: op.Summary, Text: op.Description}
	if e, ok := examples[op.OperationID]; ok {
		o.Example = Prefix + e
	}
	if op.RequestBody != nil {
		o.Body = `{"communes": ["22113", "22278"]}`
	}
	for media := range op.Responses["200"].Content {
		o.Formats = append(o.Formats, media)
	}
	slices.Sort(o.Formats)
	if len(op.Parameters) == 0 {
		return o
	}
	o.Parameters = &web.Table{
		ID: "p-" + op.OperationID, Caption: l.T("api.docs.parameters_of", op.Summary), Quiet: true,
		Columns: []web.Column{{Title: l.T("api.docs.name")}, {Title: l.T("api.docs.values")}, {Title: l.T("api.docs.meaning")}},
	}
	for _, p := range op.Parameters {
		name := p.Name
		if p.Required {
			name += " *"
		}
		o.Parameters.Rows = append(o.Parameters.Rows, []web.Cell{{Text: name}, {Text: values(l, p.Schema)}, {Text: p.Description}})
	}
	return o
}

// values says what a parameter may be.
func values(l *i18n.Localizer, s *huma.Schema) string {
	if len(s.Enum) > 0 {
		var list []string
		for _, v := range s.Enum {
			list = append(list, fmt.Sprint(v))
		}
		return strings.Join(list, ", ")
	}
	var text string
	switch s.Type {
	case huma.TypeInteger, huma.TypeNumber:
		text = l.T("api.docs.number")
		if s.Minimum != nil && s.Maximum != nil {
			text = l.T("api.docs.range", l.Decimal(*s.Minimum, 0), l.Decimal(*s.Maximum, 0))
		}
	case huma.TypeBoolean:
		text = "true, false"
	default:
		text = l.T("api.docs.text")
	}
	if s.Default != nil {
		text += " ; " + l.T("api.docs.default", fmt.Sprint(s.Default))
	}
	return text
}
