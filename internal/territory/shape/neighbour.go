package shape

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// Neighbour is a face across a border.
type Neighbour struct {
	Face   int32
	Metres float64 // length of the common border at full precision
}

// Neighbours returns the faces that share a stretch of border with the region,
// longest first, then by face. Faces that only touch at a point are no neighbours.
func (r *Region) Neighbours() []Neighbour {
	lengths := map[int32]float64{}
	r.eachRef(func(ref int32) {
		if f := r.t.beyond(ref); f != Outside && f != r.t.inside(ref) {
			a, _ := arcOf(ref)
			lengths[f] += r.t.arcLength(a)
		}
	})
	out := make([]Neighbour, 0, len(lengths))
	for _, f := range slices.Sorted(maps.Keys(lengths)) {
		out = append(out, Neighbour{f, lengths[f]})
	}
	slices.SortStableFunc(out, func(a, b Neighbour) int { return cmp.Compare(b.Metres, a.Metres) })
	return out
}

// Neighbours returns the neighbours of one face, as [Region.Neighbours].
func (t *Topology) Neighbours(face int32) []Neighbour { return t.faces[face].Neighbours() }

// arcLength is the length of an arc in metres, segment by segment on a local plane.
func (t *Topology) arcLength(a int32) float64 {
	pts := t.arc(a)
	var sum float64
	for i := 1; i < len(pts); i++ {
		kx, ky := t.grid.metres((pts[i-1].y + pts[i].y) / 2)
		sum += math.Hypot((float64(pts[i].x)-float64(pts[i-1].x))*kx, (float64(pts[i].y)-float64(pts[i-1].y))*ky)
	}
	return sum
}

// BorderWith returns the length in metres of the region's border with faces for
// which in is true; Outside is the face of the sea and of foreign countries.
func (r *Region) BorderWith(in func(face int32) bool) float64 {
	var sum float64
	r.eachRef(func(ref int32) {
		if in(r.t.beyond(ref)) {
			a, _ := arcOf(ref)
			sum += r.t.arcLength(a)
		}
	})
	return sum
}
