package place

import (
	"cmp"
	"math"
	"slices"
)

// EarthKm is the mean radius of the Earth, in km (IUGG).
const EarthKm = 6371.0088

// Km returns the great-circle distance between two points given in degrees, as
// the crow flies, by the haversine formula.
func Km(lon1, lat1, lon2, lat2 float64) float64 {
	const radian = math.Pi / 180
	a := math.Sin((lat2 - lat1) * radian / 2)
	b := math.Sin((lon2 - lon1) * radian / 2)
	h := a*a + math.Cos(lat1*radian)*math.Cos(lat2*radian)*b*b
	return 2 * EarthKm * math.Asin(math.Sqrt(min(1, h)))
}

// Nearest returns the nearest place of a kind to a point in degrees, and how far
// it is in km as the crow flies. Itinerant places, and those whose point is not
// known or is doubtful, are passed over; ok is false where none is left. Only of
// a kind that is [Kind.Complete] is it the nearest there is: of the others it is
// the nearest listed.
func (x *Index) Nearest(k Kind, lon, lat float64) (place int32, km float64, ok bool) {
	grow, ok := x.trees[k]
	if !ok {
		return 0, 0, false
	}
	t := grow()
	if len(t.nodes) == 0 {
		return 0, 0, false
	}
	best := hit{square: math.Inf(1)}
	t.search(0, len(t.nodes), 0, onSphere(lon, lat), &best)
	toLon, toLat := x.places[best.place].point()
	return best.place, Km(lon, lat, toLon, toLat), true
}

// tree is a k-d tree of points on the unit sphere: the middle of each stretch of
// nodes splits it along one axis, the three in turn. The nearest by the chord is
// the nearest by the great circle.
type tree struct{ nodes []node }

type node struct {
	at    [3]float64
	place int32
}

type hit struct {
	square float64 // of the chord
	place  int32
}

func onSphere(lon, lat float64) [3]float64 {
	sinLon, cosLon := math.Sincos(lon * math.Pi / 180)
	sinLat, cosLat := math.Sincos(lat * math.Pi / 180)
	return [3]float64{cosLat * cosLon, cosLat * sinLon, sinLat}
}

func (x *Index) grow(k Kind) *tree {
	t := &tree{}
	for i, to := x.Of(k); i < to; i++ {
		if lon, lat, ok := x.Point(i); ok && x.places[i].flags&itinerant == 0 {
			t.nodes = append(t.nodes, node{onSphere(lon, lat), i})
		}
	}
	split(t.nodes, 0)
	return t
}

func split(nodes []node, axis int) {
	if len(nodes) < 2 {
		return
	}
	slices.SortFunc(nodes, func(a, b node) int {
		return cmp.Or(cmp.Compare(a.at[axis], b.at[axis]), cmp.Compare(a.place, b.place))
	})
	m := len(nodes) / 2
	split(nodes[:m], (axis+1)%3)
	split(nodes[m+1:], (axis+1)%3)
}

func (t *tree) search(from, to, axis int, p [3]float64, best *hit) {
	if from >= to {
		return
	}
	m := (from + to) / 2
	n := &t.nodes[m]
	square := 0.0
	for i := range p {
		square += (p[i] - n.at[i]) * (p[i] - n.at[i])
	}
	if square < best.square || square == best.square && n.place < best.place {
		*best = hit{square, n.place}
	}
	next, off := (axis+1)%3, p[axis]-n.at[axis]
	if off < 0 {
		t.search(from, m, next, p, best)
		if off*off <= best.square {
			t.search(m+1, to, next, p, best)
		}
		return
	}
	t.search(m+1, to, next, p, best)
	if off*off <= best.square {
		t.search(from, m, next, p, best)
	}
}
