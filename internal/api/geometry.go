package api

import (
	"encoding/json"
	"slices"

	"bassin/internal/fault"
	"bassin/internal/territory"
	"bassin/internal/territory/shape"
)

// Limits of outlines.
const (
	defaultPrecision = 100  // metres
	manyOutlines     = 1000 // features in one answer
	decimals         = 5    // of coordinates: 1 m
)

type geometryInput struct {
	OneInput
	Precision float64 `query:"precision" minimum:"0" maximum:"20000" default:"100"`
}

func geometry(q *query, in *geometryInput) (*reply, error) {
	if err := number("precision", in.Precision, 0, 20000); err != nil {
		return nil, err
	}
	t, err := q.resolve(in.ID)
	if err != nil {
		return nil, err
	}
	if len(q.snap.Regions(t)) == 0 {
		return nil, fault.New(fault.NotFound, "api.error.outline").In("id")
	}
	return &reply{geojson: func(dst []byte) ([]byte, error) { return q.appendFeature(dst, t, in.Precision), nil }}, nil
}

// properties of a GeoJSON feature.
type properties struct {
	Territory
	Vintage int      `json:"vintage"`
	Credits []string `json:"credits"`
}

// appendFeature writes a territory as a GeoJSON feature (RFC 7946), its details
// smaller than precision metres smoothed away.
func (q *query) appendFeature(dst []byte, t *territory.Territory, precision float64) []byte {
	regions := q.snap.Regions(t)
	p := properties{Territory: q.territory(t), Vintage: q.france().Vintage(), Credits: q.credits(t, regions)}
	text, err := json.Marshal(p)
	if err != nil {
		text = []byte("{}") // texts and numbers always can be written
	}
	dst = append(dst, `{"type":"Feature","id":"`...)
	dst = append(dst, p.ID...)
	dst = append(dst, `","properties":`...)
	dst = append(dst, text...)
	dst = append(dst, `,"geometry":`...)
	var m shape.MultiPolygon
	for _, r := range regions {
		m = append(m, r.Outline(precision)...)
	}
	if len(m) == 0 {
		dst = append(dst, "null"...)
	} else {
		dst = m.AppendGeoJSON(dst, decimals)
	}
	return append(dst, '}')
}

// credits are the lines that the licences of outlines ask for.
func (q *query) credits(t *territory.Territory, regions []*shape.Region) []string {
	out := []string{}
	add := func(key string) {
		for _, s := range q.snap.Manifest.Sources {
			if s.Key == key && !slices.Contains(out, s.Credit) {
				out = append(out, s.Credit)
			}
		}
	}
	for _, r := range regions {
		switch {
		case q.snap.ShareAlike(r):
			add("outlines-overseas")
		case t.Level == territory.QPV:
			add("qpv-outlines")
		case t.Level == territory.ArrondissementMunicipal:
			add("outlines-arrondissements")
		default:
			add("outlines-communes")
		}
	}
	return out
}

func (q *query) appendCollection(dst []byte, list []*territory.Territory) ([]byte, error) {
	if len(list) > manyOutlines {
		return nil, fault.New(fault.TooLarge, "api.error.outlines", manyOutlines, len(list)).In("format")
	}
	dst = append(dst, `{"type":"FeatureCollection","features":[`...)
	for i, t := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = q.appendFeature(dst, t, defaultPrecision)
	}
	return append(dst, "]}"...), nil
}
