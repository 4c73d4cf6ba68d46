package geo

import (
	"math"
	"strconv"

	"bassin/internal/territory"
	"bassin/internal/territory/shape"
)

// The collections, by number.
type source uint8

const (
	fromCommunes source = iota
	fromParts
	fromEpcis
	fromDepartements
	fromRegions
)

func (x *Index) collection(s source) *collection {
	switch s {
	case fromCommunes:
		return x.communes
	case fromParts:
		return x.parts
	case fromEpcis:
		return x.epcis
	case fromDepartements:
		return x.departements
	}
	return x.regions
}

// Decimals of coordinates: of a centre as the State's server gives them (10 m),
// of an outline (1 m).
const (
	centreDecimals  = 4
	outlineDecimals = 5
)

// appendItem appends the answer of item n.
func (x *Index) appendItem(dst []byte, from source, n int32, s *selection, score float64) []byte {
	if !s.geojson {
		return x.appendProperties(dst, from, n, s, score)
	}
	dst = append(dst, `{"type":"Feature","properties":`...)
	dst = x.appendProperties(dst, from, n, s, score)
	dst = append(dst, `,"geometry":`...)
	empty := len(dst)
	if dst = x.appendComputed(dst, from, n, s.geometry); len(dst) == empty {
		dst = append(dst, "null"...)
	}
	return append(dst, '}')
}

func (x *Index) appendProperties(dst []byte, from source, n int32, s *selection, score float64) []byte {
	c := x.collection(from)
	if s.standard {
		dst = append(dst, c.answer(n)...)
		if s.score {
			dst = appendScore(dst[:len(dst)-1], score)
			dst = append(dst, '}')
		}
		return dst
	}
	start := len(dst)
	for _, f := range s.list() {
		if k := c.columns[f]; k >= 0 {
			if field := c.field(n, int(k)); field != nil {
				dst = append(dst, ',')
				dst = append(dst, field...)
			}
			continue
		}
		dst = x.appendComputedField(dst, from, n, f)
	}
	if s.score {
		dst = appendScore(dst, score)
	}
	for _, f := range last {
		if s.tail.has(f) {
			dst = x.appendComputedField(dst, from, n, f)
		}
	}
	if len(dst) == start {
		return append(dst, "{}"...)
	}
	dst[start] = '{'
	return append(dst, '}')
}

func appendScore(dst []byte, score float64) []byte {
	dst = append(dst, `,"_score":`...)
	return strconv.AppendFloat(dst, score, 'f', -1, 64)
}

func (x *Index) appendComputedField(dst []byte, from source, n int32, f field) []byte {
	start := len(dst)
	dst = append(dst, ',')
	dst = appendKey(dst, f)
	empty := len(dst)
	if dst = x.appendComputed(dst, from, n, f); len(dst) == empty {
		return dst[:start]
	}
	return dst
}

// appendComputed appends the value of a field that is not stored, or nothing.
func (x *Index) appendComputed(dst []byte, from source, n int32, f field) []byte {
	switch f {
	case kind:
		return appendString(dst, communeTypes[x.communes.groups[n]])
	case zone:
		return appendString(dst, x.zone(from, n))
	case centre, mairie:
		return x.appendCentre(dst, from, n)
	case surface:
		return x.appendSurface(dst, from, n)
	case bbox:
		if b, ok := box(x.regionsAt(from, n)); ok {
			return b.Outline().AppendGeoJSON(dst, outlineDecimals)
		}
	case contour:
		var m shape.MultiPolygon
		for _, r := range x.regionsAt(from, n) {
			m = append(m, r.Outline(0)...)
		}
		if len(m) > 0 {
			return m.AppendGeoJSON(dst, outlineDecimals)
		}
	case epci:
		if row := x.communeAt(from, n); row.EPCI != "" && !x.isDistrict(from, n) {
			return append(dst, x.refs.epci[x.ofEpci[row.EPCI]]...)
		}
	case departement:
		if i, ok := x.departements.byCode[x.communeAt(from, n).Departement]; ok {
			return append(dst, x.refs.dep[i]...)
		}
	case region:
		var reg string
		if from == fromDepartements {
			reg = x.regionOf(x.france().Level(territory.Departement)[n])
		} else {
			reg = x.communeAt(from, n).Region
		}
		if i, ok := x.regions.byCode[reg]; ok {
			return append(dst, x.refs.reg[i]...)
		}
	}
	return dst
}

func (x *Index) isDistrict(from source, n int32) bool {
	return from == fromCommunes && int(n) >= x.france().Len()
}

// communeAt is the commune that item n is, or lies in.
func (x *Index) communeAt(from source, n int32) *territory.CommuneRow {
	switch {
	case from == fromParts:
		n = x.parents[n]
	case x.isDistrict(from, n):
		n = x.districts[int(n)-x.france().Len()].Communes()[0]
	}
	return x.france().Commune(n)
}

func (x *Index) zone(from source, n int32) string {
	switch from {
	case fromCommunes, fromParts:
		return x.communeAt(from, n).Zone
	}
	return zones[x.collection(from).groups[n]]
}

func (x *Index) appendCentre(dst []byte, from source, n int32) []byte {
	var p shape.Point
	switch {
	case from == fromEpcis:
		p = shape.Point{Lon: x.middles[n][0], Lat: x.middles[n][1]}
	case from == fromParts:
		p = shape.Point{Lon: x.partRows[n].Lon, Lat: x.partRows[n].Lat}
	case x.isDistrict(from, n):
		t := x.districts[int(n)-x.france().Len()]
		p = shape.Point{Lon: t.Lon, Lat: t.Lat}
	default:
		row := x.france().Commune(n)
		p = shape.Point{Lon: row.Lon, Lat: row.Lat}
	}
	if p == (shape.Point{}) {
		return dst
	}
	return p.AppendGeoJSON(dst, centreDecimals)
}

// appendSurface appends the area in hectares: the official one, or where none is
// published the outline's, as the State's server computes it.
func (x *Index) appendSurface(dst []byte, from source, n int32) []byte {
	var hectares float64
	official := false
	switch {
	case from == fromEpcis:
		official = true
		for _, m := range x.france().Level(territory.EPCI)[n].Communes() {
			area := x.france().Commune(m).AreaKm2
			if area == nil {
				official = false
				break
			}
			hectares += *area * 100
		}
	case !x.isDistrict(from, n):
		if area := x.france().Commune(n).AreaKm2; area != nil {
			hectares, official = *area*100, true
		}
	}
	if !official {
		hectares = 0
		for _, r := range x.regionsAt(from, n) {
			hectares += r.Area() / 1e4
		}
	}
	if hectares == 0 {
		return dst
	}
	return strconv.AppendFloat(dst, math.Round(hectares*100)/100, 'f', -1, 64)
}

func (x *Index) regionsAt(from source, n int32) []*shape.Region {
	switch {
	case from == fromEpcis:
		return x.snap.Regions(x.france().Level(territory.EPCI)[n])
	case from != fromCommunes:
		return nil
	case x.isDistrict(from, n):
		return x.snap.Regions(x.districts[int(n)-x.france().Len()])
	}
	return x.snap.Regions(x.france().Level(territory.Commune)[n])
}

func box(regions []*shape.Region) (b shape.Box, ok bool) {
	for _, r := range regions {
		if r.Empty() {
			continue
		}
		if !ok {
			b, ok = r.Box(), true
			continue
		}
		b = b.Join(r.Box())
	}
	return b, ok
}
