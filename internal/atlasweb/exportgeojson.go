package atlasweb

import (
	"encoding/json"
	"net/http"

	"bassin/internal/fault"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/shape"
	"bassin/internal/web"
	"bassin/internal/web/naming"
)

// exportGeoJSON answers with the outline of a territory as one feature, in
// WGS 84. Large territories are simplified, and the file says by how much.
func (p *Pages) exportGeoJSON(w http.ResponseWriter, r *http.Request, s *snapshot.Snapshot, t *territory.Territory) error {
	l := p.Kit.Locale(r.Context())
	metres := precision(len(t.Communes()))
	var outline shape.MultiPolygon
	credit, licence := "IGN, Insee", "etalab-2.0"
	for _, region := range s.Regions(t) {
		outline = append(outline, region.Outline(metres)...)
		if s.ShareAlike(region) {
			credit, licence = "© OpenStreetMap contributors", "ODbL-1.0" //nolint:gosec // a credit line, no credentials
		}
	}
	if len(outline) == 0 {
		return fault.New(fault.NotFound, "territory.no_outline", naming.Heading(l, s.France, t))
	}
	properties := map[string]any{
		"niveau": t.Level, "code": t.Code, "nom": t.Name, "libelle": naming.Heading(l, s.France, t), "millesime": s.France.Vintage(),
		"communes": s.France.Codes(t), "simplification_m": metres, "credit": credit, "licence": licence,
	}
	if n, known := t.Population(); known {
		properties["population_municipale"] = n
	}
	told, err := json.Marshal(properties)
	if err != nil {
		return err
	}
	b := []byte(`{"type":"Feature","id":"` + t.ID.String() + `","properties":`)
	b = append(append(b, told...), `,"geometry":`...)
	b = append(outline.AppendGeoJSON(b, 5), '}', '\n')
	download(w, "application/geo+json", fileName(t, "contour.geojson"))
	return web.Respond(w, r, b)
}

// precision is by how many metres the outline of so many communes is simplified:
// none for what a town plan may be laid on.
func precision(communes int) float64 {
	switch {
	case communes <= 200:
		return 0
	case communes <= 1500:
		return 100
	case communes <= 6000:
		return 300
	}
	return 1000
}
