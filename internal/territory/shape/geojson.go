package shape

import (
	"math"
	"strconv"
)

// AppendGeoJSON appends the outline as a GeoJSON geometry: a Polygon if it has
// one, else a MultiPolygon, with coordinates rounded to decimals (5 is a metre;
// at most 9). Points that become equal to the one before are dropped, never
// under the four positions that a ring needs.
func (m MultiPolygon) AppendGeoJSON(dst []byte, decimals int) []byte {
	d := newDecimal(decimals)
	if len(m) == 1 {
		dst = append(dst, `{"type":"Polygon","coordinates":`...)
		dst = m[0].appendCoordinates(dst, d)
		return append(dst, '}')
	}
	dst = append(dst, `{"type":"MultiPolygon","coordinates":[`...)
	for i, p := range m {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = p.appendCoordinates(dst, d)
	}
	return append(dst, "]}"...)
}

func (p Polygon) appendCoordinates(dst []byte, d decimal) []byte {
	dst = append(dst, '[')
	for i, ring := range p {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = ring.appendCoordinates(dst, d)
	}
	return append(dst, ']')
}

func (r Ring) appendCoordinates(dst []byte, d decimal) []byte {
	dst = append(dst, '[')
	var x, y int64
	written := 0
	for i, p := range r {
		px, py := d.round(p.Lon), d.round(p.Lat)
		left := len(r) - i
		if i > 0 && px == x && py == y && written+left > 4 {
			continue
		}
		if written > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '[')
		dst = d.append(dst, px)
		dst = append(dst, ',')
		dst = d.append(dst, py)
		dst = append(dst, ']')
		x, y = px, py
		written++
	}
	return append(dst, ']')
}

// AppendGeoJSON appends the point as a GeoJSON geometry.
func (p Point) AppendGeoJSON(dst []byte, decimals int) []byte {
	d := newDecimal(decimals)
	dst = append(dst, `{"type":"Point","coordinates":[`...)
	dst = d.append(dst, d.round(p.Lon))
	dst = append(dst, ',')
	dst = d.append(dst, d.round(p.Lat))
	return append(dst, "]}"...)
}

// decimal writes numbers rounded to a fixed count of decimals, without their
// trailing zeros.
type decimal struct {
	digits int
	scale  int64
}

func newDecimal(digits int) decimal {
	d := decimal{max(0, min(digits, 9)), 1}
	for range d.digits {
		d.scale *= 10
	}
	return d
}

func (d decimal) round(v float64) int64 { return int64(math.Round(v * float64(d.scale))) }

func (d decimal) append(dst []byte, v int64) []byte {
	if v < 0 {
		dst = append(dst, '-')
		v = -v
	}
	dst = strconv.AppendInt(dst, v/d.scale, 10)
	return d.appendFraction(dst, v%d.scale)
}

// appendFraction writes the point and the decimals, or nothing if there are none.
func (d decimal) appendFraction(dst []byte, f int64) []byte {
	if f == 0 {
		return dst
	}
	dst = append(dst, '.')
	for unit := d.scale / 10; f > 0; unit /= 10 {
		dst = append(dst, byte('0'+f/unit))
		f %= unit
	}
	return dst
}
