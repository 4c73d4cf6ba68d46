package shape

import "math"

// Box is an extent in degrees. It never crosses the 180th meridian: no outline here does.
type Box struct{ West, South, East, North float64 }

// Box returns the extent of the region, and the zero Box if it is empty.
func (r *Region) Box() Box {
	if r.Empty() {
		return Box{}
	}
	sw := r.t.grid.point(gridPoint{r.box.minX, r.box.minY})
	ne := r.t.grid.point(gridPoint{r.box.maxX, r.box.maxY})
	return Box{sw.Lon, sw.Lat, ne.Lon, ne.Lat}
}

// Join returns the extent of both.
func (b Box) Join(o Box) Box {
	return Box{min(b.West, o.West), min(b.South, o.South), max(b.East, o.East), max(b.North, o.North)}
}

// Meets says whether the extents have a point in common.
func (b Box) Meets(o Box) bool {
	return b.West <= o.East && o.West <= b.East && b.South <= o.North && o.South <= b.North
}

// Grow returns the extent with a margin in metres on each side.
func (b Box) Grow(metres float64) Box {
	dy := metres / metresPerDegree
	dx := dy / max(0.01, math.Cos(max(math.Abs(b.South), math.Abs(b.North))*radian))
	return Box{b.West - dx, b.South - dy, b.East + dx, b.North + dy}
}

// Outline returns the extent as a polygon.
func (b Box) Outline() MultiPolygon {
	return MultiPolygon{{{
		{b.West, b.South}, {b.East, b.South}, {b.East, b.North}, {b.West, b.North}, {b.West, b.South},
	}}}
}

// FacesIn returns the faces whose extent meets a box, in order.
func (t *Topology) FacesIn(b Box) []int32 {
	var faces []int32
	for f := range t.faces {
		if t.faces[f].Box().Meets(b) {
			faces = append(faces, int32(f))
		}
	}
	return faces
}
