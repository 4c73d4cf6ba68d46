package shape

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
)

// geoJSONStep is the grid of outlines read from GeoJSON: a millionth of a degree, 11 cm.
const geoJSONStep = 1e-6

// FromGeoJSON reads a FeatureCollection of polygons (RFC 7946). The text property
// keyProp of each feature becomes its code, which must be unique.
//
// Stretches of border that two features have point for point become one shared
// arc; features may also overlap, as districts sometimes do. Flat rings and
// repeated points, which carry no area, are dropped; a feature with nothing left
// is an error.
func FromGeoJSON(r io.Reader, keyProp string) (*Topology, error) {
	var file struct {
		Type     string
		Features []struct {
			Properties map[string]json.RawMessage
			Geometry   *struct {
				Type        string
				Coordinates json.RawMessage
			}
		}
	}
	if err := decode(r, &file); err != nil {
		return nil, fmt.Errorf("geojson: %w", err)
	}
	if file.Type != "FeatureCollection" {
		return nil, fmt.Errorf("geojson: type is %q, not FeatureCollection", file.Type)
	}
	codes := make([]string, len(file.Features))
	outlines := make([][][][]gridPoint, len(file.Features))
	for i, f := range file.Features {
		var err error
		if codes[i], err = textProperty(f.Properties, keyProp); err != nil {
			return nil, fmt.Errorf("geojson: feature %d: %w", i, err)
		}
		if f.Geometry == nil {
			return nil, fmt.Errorf("geojson: feature %d (code %q): no geometry", i, codes[i])
		}
		polygons, err := polygonsOf[[][]float64](f.Geometry.Type, f.Geometry.Coordinates)
		if err != nil {
			return nil, fmt.Errorf("geojson: feature %d (code %q): coordinates: %w", i, codes[i], err)
		}
		if outlines[i], err = cleanPolygons(polygons); err != nil {
			return nil, fmt.Errorf("geojson: feature %d (code %q): %w", i, codes[i], err)
		}
	}
	c := cutter{start: []int32{0}, junctions: junctionsOf(outlines), arcs: map[string]int32{}}
	faces := make([][][][]int32, len(outlines))
	for i, polygons := range outlines {
		for _, rings := range polygons {
			refs := make([][]int32, len(rings))
			for k, ring := range rings {
				refs[k] = c.cut(ring)
			}
			faces[i] = append(faces[i], refs)
		}
	}
	t, err := build(Grid{Scale: [2]float64{geoJSONStep, geoJSONStep}},
		c.start, c.points, make([]uint8, len(c.points)), codes, faces)
	if err != nil {
		return nil, fmt.Errorf("geojson: %w", err)
	}
	weigh(t)
	return t, nil
}

func cleanPolygons(polygons [][][][]float64) ([][][]gridPoint, error) {
	var clean [][][]gridPoint
	for _, rings := range polygons {
		var kept [][]gridPoint
		for k, ring := range rings {
			pts, err := gridRing(ring)
			if err != nil {
				return nil, err
			}
			area := openRingArea(pts)
			if area == 0 {
				if k == 0 {
					break // the holes of a flat shell are no area either
				}
				continue
			}
			if (area > 0) == (k == 0) {
				slices.Reverse(pts)
			}
			kept = append(kept, pts)
		}
		if kept != nil {
			clean = append(clean, kept)
		}
	}
	if clean == nil {
		return nil, fmt.Errorf("no outline with an area")
	}
	return clean, nil
}

// gridRing rounds a closed ring to the grid, open, without repeated points nor
// spikes that go out and come back by the same segment.
func gridRing(ring [][]float64) ([]gridPoint, error) {
	var pts []gridPoint
	for i, c := range ring {
		if len(c) < 2 || !(math.Abs(c[0]) <= 180) || !(math.Abs(c[1]) <= 90) {
			return nil, fmt.Errorf("position %d of a ring is %v, not a longitude and a latitude", i, c)
		}
		p := gridPoint{int32(math.Round(c[0] / geoJSONStep)), int32(math.Round(c[1] / geoJSONStep))}
		pts = append(pts, p)
		for pts = dropLast(pts); len(pts) >= 3 && pts[len(pts)-3] == pts[len(pts)-1]; pts = dropLast(pts) {
			pts = pts[:len(pts)-1]
		}
	}
	// The same at the seam, where the last points meet the first.
	for n := len(pts); n > 1; n = len(pts) {
		switch {
		case pts[n-1] == pts[0]:
			pts = pts[:n-1]
		case pts[n-2] == pts[0]:
			pts = pts[:n-2]
		case pts[n-1] == pts[1]:
			pts = pts[1 : n-1]
		default:
			return pts, nil
		}
	}
	return pts, nil
}

// dropLast drops the last point if it repeats the one before.
func dropLast(pts []gridPoint) []gridPoint {
	if n := len(pts); n >= 2 && pts[n-1] == pts[n-2] {
		return pts[:n-1]
	}
	return pts
}

func openRingArea(pts []gridPoint) int64 {
	var sum int64
	for i, p := range pts {
		q, o := pts[(i+1)%len(pts)], pts[0]
		sum += (int64(p.x)-int64(o.x))*(int64(q.y)-int64(o.y)) - (int64(q.x)-int64(o.x))*(int64(p.y)-int64(o.y))
	}
	return sum
}

// junctionsOf finds the points where borders meet: those whose two neighbours
// along the ring are not the same in every ring.
func junctionsOf(outlines [][][][]gridPoint) map[gridPoint]bool {
	around := map[gridPoint][2]gridPoint{}
	junctions := map[gridPoint]bool{}
	for _, polygons := range outlines {
		for _, rings := range polygons {
			for _, ring := range rings {
				n := len(ring)
				for i, p := range ring {
					a, b := ring[(i+n-1)%n], ring[(i+1)%n]
					if b.x < a.x || b.x == a.x && b.y < a.y {
						a, b = b, a
					}
					if seen, ok := around[p]; !ok {
						around[p] = [2]gridPoint{a, b}
					} else if seen != [2]gridPoint{a, b} {
						junctions[p] = true
					}
				}
			}
		}
	}
	return junctions
}

// cutter makes arcs of rings, cut at the junctions.
type cutter struct {
	junctions map[gridPoint]bool
	arcs      map[string]int32 // points of an arc, as walked -> reference not yet used by a face
	start     []int32
	points    []gridPoint
}

func (c *cutter) cut(ring []gridPoint) []int32 {
	first := slices.IndexFunc(ring, func(p gridPoint) bool { return c.junctions[p] })
	if first < 0 { // an island: it starts at its least point, whoever walks it
		first = 0
		for i, p := range ring {
			if q := ring[first]; p.x < q.x || p.x == q.x && p.y < q.y {
				first = i
			}
		}
	}
	closed := append(slices.Concat(ring[first:], ring[:first]), ring[first])
	var refs []int32
	for from := 0; from < len(closed)-1; {
		to := from + 1
		for to < len(closed)-1 && !c.junctions[closed[to]] {
			to++
		}
		refs = append(refs, c.arc(closed[from:to+1]))
		from = to
	}
	return refs
}

// arc returns the reference of the arc with these points. Each direction is given
// once: where outlines overlap, both walk the same way and each gets its own arc.
func (c *cutter) arc(pts []gridPoint) int32 {
	key := arcKey(pts)
	if ref, ok := c.arcs[key]; ok {
		delete(c.arcs, key)
		return ref
	}
	ref := int32(len(c.start)) - 1
	c.points = append(c.points, pts...)
	c.start = append(c.start, int32(len(c.points)))
	back := slices.Clone(pts)
	slices.Reverse(back)
	c.arcs[arcKey(back)] = ^ref
	return ref
}

func arcKey(pts []gridPoint) string {
	b := make([]byte, 0, 8*len(pts))
	for _, p := range pts {
		b = append(b, byte(p.x), byte(p.x>>8), byte(p.x>>16), byte(p.x>>24), byte(p.y), byte(p.y>>8), byte(p.y>>16), byte(p.y>>24))
	}
	return string(b)
}
