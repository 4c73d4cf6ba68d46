package twins

import "math"

// earth is its mean radius in kilometres (IUGG).
const earth = 6371.0088

// Within tells whether two units lie at most km kilometres apart, as the crow flies.
// Positions are in degrees; a unit without one, NaN, is near nobody.
func Within(lon, lat []float64, km float64) func(i, j int) bool {
	point := make([][3]float64, len(lon)) // on the unit sphere
	for i := range point {
		x, y := lon[i]*math.Pi/180, lat[i]*math.Pi/180
		point[i] = [3]float64{math.Cos(y) * math.Cos(x), math.Cos(y) * math.Sin(x), math.Sin(y)}
	}
	chord := 2 * math.Sin(min(math.Pi/2, max(0, km/earth/2)))
	return func(i, j int) bool {
		a, b := &point[i], &point[j]
		dx, dy, dz := a[0]-b[0], a[1]-b[1], a[2]-b[2]
		return km >= 0 && dx*dx+dy*dy+dz*dz <= chord*chord
	}
}
