package observatoryweb

import (
	"bytes"
	"net/http"
	"slices"
	"strings"

	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/web"
)

// exports are the forms in which a diagnosis leaves, by the end of its address.
var exports = []struct {
	end, media string
	write      func(Document, *bytes.Buffer) error
}{
	{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", func(d Document, b *bytes.Buffer) error { return d.WriteXLSX(b) }},
	{"csv", "text/csv; charset=utf-8", func(d Document, b *bytes.Buffer) error { return d.WriteCSV(b) }},
	{"json", "application/json; charset=utf-8", func(d Document, b *bytes.Buffer) error { return d.WriteJSON(b) }},
	{"md", "text/markdown; charset=utf-8", func(d Document, b *bytes.Buffer) error { return d.WriteMarkdown(b) }},
}

// exportRoutes give the diagnosis as a file, in the language of the address.
func (p *Pages) exportRoutes() []web.Route {
	var out []web.Route
	for _, l := range append(slices.Clone(territory.Levels), territory.Custom) {
		if l == territory.QPV {
			continue
		}
		for _, e := range exports {
			out = append(out, web.Route{
				Method: http.MethodGet, Pattern: "/" + string(l) + "/{code}/diagnostic." + e.end, Action: "observatory.diagnosis." + string(l) + "." + e.end, Who: web.Everyone,
				Handler: func(w http.ResponseWriter, r *http.Request) error {
					t, err := p.territoryOf(r, l)
					if err != nil {
						return err
					}
					d, err := NewDocument(p.Kit.Locale(r.Context()), p.Observatory.Of(snapshot.FromContext(r.Context())), t)
					if err != nil {
						return err
					}
					var b bytes.Buffer
					if err := e.write(d, &b); err != nil {
						return err
					}
					h := w.Header()
					h.Set("Content-Type", e.media)
					h.Set("Content-Disposition", `attachment; filename="diagnostic-`+strings.ReplaceAll(t.ID.String(), ":", "-")+"."+e.end+`"`)
					return web.Respond(w, r, b.Bytes())
				},
			})
		}
	}
	return out
}
