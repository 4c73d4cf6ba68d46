package geo

import (
	"math"
	"net/url"
	"strconv"
	"strings"
)

// criterion is a parameter that selects.
type criterion uint16

const (
	byNom criterion = 1 << iota
	byCode
	byPostal
	bySiren
	byEpci
	byDepartement
	byRegion
	byParent
	byFormer
	byPoint
	byType
	byZone
	byBoost
)

// request is what an address asks. Its texts are slices of the raw query where
// nothing in them is escaped: reading one allocates nothing.
type request struct {
	has                                           criterion
	nom, code, postal, siren, epci, dep, reg      string
	parent, former, types, zones, boost, lat, lon string
	fields, format, geometry, limitText           string
	point                                         [2]float64 // longitude, latitude, if has byPoint
	nowhere                                       bool       // lat or lon is given, and the two are no position
	limit                                         int        // -1 for none
}

// read reads a raw query as the State's server does: unknown parameters are
// ignored, a repeated one counts once. ok is false where the limit is not a whole
// number from 0.
func (q *request) read(raw string) (ok bool) {
	q.limit = -1
	for raw != "" {
		pair := raw
		if i := strings.IndexByte(raw, '&'); i >= 0 {
			pair, raw = raw[:i], raw[i+1:]
		} else {
			raw = ""
		}
		key, value := pair, ""
		if i := strings.IndexByte(pair, '='); i >= 0 {
			key, value = pair[:i], pair[i+1:]
		}
		q.set(unescape(key), unescape(value))
	}
	if q.lat != "" || q.lon != "" {
		lat, latOK := leadingFloat(q.lat)
		lon, lonOK := leadingFloat(q.lon)
		if !latOK || !lonOK || math.Abs(lat) > 90 || math.Abs(lon) > 180 {
			q.nowhere = true
		} else {
			q.point, q.has = [2]float64{lon, lat}, q.has|byPoint
		}
	}
	if q.limitText == "" {
		return true
	}
	q.limit, ok = leadingInt(q.limitText)
	return ok && q.limit >= 0
}

func (q *request) set(key, value string) {
	var c criterion
	var into *string
	switch key {
	case "nom":
		c, into = byNom, &q.nom
	case "code":
		c, into = byCode, &q.code
	case "codePostal":
		c, into = byPostal, &q.postal
	case "siren":
		c, into = bySiren, &q.siren
	case "codeEpci":
		c, into = byEpci, &q.epci
	case "codeDepartement":
		c, into = byDepartement, &q.dep
	case "codeRegion":
		c, into = byRegion, &q.reg
	case "codeParent":
		c, into = byParent, &q.parent
	case "ancienCode":
		c, into = byFormer, &q.former
	case "type":
		c, into = byType, &q.types
	case "zone":
		c, into = byZone, &q.zones
	case "boost":
		c, into = byBoost, &q.boost
	case "lat":
		into = &q.lat
	case "lon":
		into = &q.lon
	case "fields":
		into = &q.fields
	case "format":
		into = &q.format
	case "geometry":
		into = &q.geometry
	case "limit":
		into = &q.limitText
	default:
		return
	}
	if c != 0 && q.has&c != 0 || *into != "" {
		return
	}
	q.has |= c
	*into = value
}

// unescape decodes a part of a query; one that cannot be is taken as it is.
func unescape(s string) string {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s
	}
	if u, err := url.QueryUnescape(s); err == nil {
		return strings.ToValidUTF8(u, "\uFFFD")
	}
	return s
}

// leadingFloat reads the number that a text begins with, as parseFloat of
// JavaScript does.
func leadingFloat(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	end := numberEnd(s)
	v, err := strconv.ParseFloat(s[:end], 64)
	return v, err == nil && !math.IsInf(v, 0)
}

func numberEnd(s string) int {
	i := 0
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	i = digits(s, i)
	if i < len(s) && s[i] == '.' {
		i = digits(s, i+1)
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		j := i + 1
		if j < len(s) && (s[j] == '-' || s[j] == '+') {
			j++
		}
		if k := digits(s, j); k > j {
			return k
		}
	}
	return i
}

func digits(s string, i int) int {
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return i
}

// leadingInt reads the whole number that a text begins with, as parseInt does.
func leadingInt(s string) (int, bool) {
	s = strings.TrimSpace(s)
	i := 0
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	end := digits(s, i)
	if end == i {
		return 0, false
	}
	v, err := strconv.Atoi(s[:end])
	if err != nil {
		return math.MaxInt32, s[0] != '-'
	}
	return v, true
}

// selection is how an answer is to be written.
type selection struct {
	fields   [fieldCount]field
	count    int
	tail     fieldSet // of last, written after the others
	standard bool     // the standard fields and nothing else
	score    bool
	geojson  bool
	outline  bool // contour is among the fields asked for
	geometry field
}

func (s *selection) list() []field { return s.fields[:s.count] }

// read reads which fields are wanted, and in which form.
func (s *selection) read(q *request, c *scheme) {
	s.geojson = q.format == "geojson" && c.geometries != 0
	if s.geojson {
		s.geometry = centre
		for f := range fieldCount {
			if c.geometries.has(f) && named[f] == q.geometry {
				s.geometry = f
			}
		}
	}
	s.score = q.nom != ""
	if q.fields == "" {
		s.standard = true
		s.count = copy(s.fields[:], c.standard)
		return
	}
	var seen fieldSet
	for rest := q.fields; ; {
		name, after, more := strings.Cut(rest, ",")
		s.outline = s.outline || name == "contour"
		if f, ok := c.field(name); ok && !seen.has(f) {
			seen |= 1 << f
			s.add(f, c)
		}
		if !more {
			break
		}
		rest = after
	}
	for _, f := range [...]field{nom, code} {
		if !seen.has(f) {
			s.add(f, c)
		}
	}
}

func (s *selection) add(f field, c *scheme) {
	switch {
	case s.geojson && c.geometries.has(f): // it is in the geometry, or not wanted
	case f >= epci:
		s.tail |= 1 << f
	default:
		s.fields[s.count] = f
		s.count++
	}
}

func (c *scheme) field(name string) (field, bool) {
	for f := range fieldCount {
		if c.all.has(f) && named[f] == name {
			return f, true
		}
	}
	return 0, false
}
