package shape

import "math"

// TileLayer is one layer of vector tiles: a feature for each face of a topology.
type TileLayer struct {
	Name     string
	MinZoom  int // the layer is empty below this zoom
	MaxZoom  int // and above this one; 0 means no limit
	Topology *Topology
	// Attributes returns the attributes of a feature, such as its code and name.
	Attributes func(face int32) []Attribute
}

// Attribute is a named text of a feature.
type Attribute struct{ Key, Value string }

// MaxTileZoom is the last zoom [Tiler.Tile] makes; maps magnify its tiles beyond.
// The outlines hold nothing finer than zoom 12.
const MaxTileZoom = 14

const (
	tileExtent = 4096 // steps along a tile
	tileBuffer = 64   // steps around it, so that strokes at the edge are not seen
	worldBits  = 30   // steps of 4 cm around the equator
	tilePixels = 512  // screen pixels a tile covers in common map viewers
	tileDetail = 1.5  // least detail, in those pixels
)

// Tiler makes vector tiles (Mapbox Vector Tile specification 2.1, Web Mercator).
// It holds the projected points of its topologies (8 bytes a point) and no cache;
// it is safe for concurrent use. The id of a feature is the number of its face
// plus 1: it holds as long as the topology.
type Tiler struct{ layers []tilerLayer }

type tilerLayer struct {
	TileLayer
	*worldMap
}

// worldMap is a topology in world steps, y down.
type worldMap struct {
	t      *Topology
	points []gridPoint
	arcs   []gridBox
	faces  []gridBox
}

// NewTiler projects the topologies of the layers.
func NewTiler(layers ...TileLayer) *Tiler {
	maps := map[*Topology]*worldMap{}
	tl := &Tiler{}
	for _, l := range layers {
		if maps[l.Topology] == nil {
			maps[l.Topology] = newWorldMap(l.Topology)
		}
		tl.layers = append(tl.layers, tilerLayer{l, maps[l.Topology]})
	}
	return tl
}

func newWorldMap(t *Topology) *worldMap {
	w := &worldMap{t, make([]gridPoint, len(t.points)), make([]gridBox, len(t.boxes)), make([]gridBox, len(t.faces))}
	for i, p := range t.points {
		w.points[i] = t.grid.world(p)
	}
	for a := range w.arcs {
		b := emptyBox
		for _, p := range w.points[t.start[a]:t.start[a+1]] {
			b.add(p)
		}
		w.arcs[a] = b
	}
	for f := range w.faces {
		b := emptyBox
		t.faces[f].eachRef(func(ref int32) {
			a, _ := arcOf(ref)
			b.join(w.arcs[a])
		})
		w.faces[f] = b
	}
	return w
}

// world projects to Web Mercator (EPSG:3857), from the north-west corner.
func (g Grid) world(p gridPoint) gridPoint {
	at := g.point(p)
	s := math.Sin(max(-85.0511287798, min(85.0511287798, at.Lat)) * radian)
	x := at.Lon/360 + 0.5
	y := 0.5 - math.Atanh(s)/(2*math.Pi)
	return gridPoint{int32(x * (1 << worldBits)), int32(y * (1 << worldBits))}
}

// Tile returns a tile, not compressed. A tile where nothing lies has no bytes; ok
// is false if there is no such tile.
func (tl *Tiler) Tile(z, x, y int) (data []byte, ok bool) {
	if z < 0 || z > MaxTileZoom || x < 0 || y < 0 || x >= 1<<z || y >= 1<<z {
		return nil, false
	}
	f := newFrame(z, x, y)
	d := tileDrawing{frame: f}
	for i := range tl.layers {
		if l := &tl.layers[i]; z >= l.MinZoom && (l.MaxZoom == 0 || z <= l.MaxZoom) {
			data = d.layer(data, l)
		}
	}
	return data, true
}

// frame is where a tile lies in the world, and how fine it is.
type frame struct {
	shift    uint
	x, y     int32   // of its corner, in tile steps
	world    gridBox // with its buffer, in world steps
	least    uint8   // weight of the points it keeps
	smallest int64   // twice the area under which a further polygon or a hole is dropped
}

func newFrame(z, x, y int) frame {
	shift := uint(worldBits - 12 - z)
	f := frame{shift: shift, x: int32(x) * tileExtent, y: int32(y) * tileExtent}
	f.world = gridBox{
		(f.x - tileBuffer) << shift, (f.y - tileBuffer) << shift,
		int32(min(int64(f.x+tileExtent+tileBuffer)<<shift, math.MaxInt32)),
		int32(min(int64(f.y+tileExtent+tileBuffer)<<shift, math.MaxInt32)),
	}
	// A pixel of the middle of the tile, in metres: details under tileDetail of them are not drawn.
	lat := math.Atan(math.Sinh(math.Pi * (1 - 2*(float64(y)+0.5)/float64(int(1)<<z))))
	pixel := 2 * math.Pi * earthRadius * math.Cos(lat) / tilePixels / float64(int(1)<<z)
	f.least = threshold(tileDetail * pixel)
	side := int64(tileExtent / tilePixels)
	f.smallest = 2 * side * side
	return f
}

func (b gridBox) meets(o gridBox) bool {
	return b.minX <= o.maxX && o.minX <= b.maxX && b.minY <= o.maxY && o.minY <= b.maxY
}

func (b gridBox) holds(o gridBox) bool {
	return b.minX <= o.minX && o.maxX <= b.maxX && b.minY <= o.minY && o.maxY <= b.maxY
}

// step takes a world step to the nearest step of the tile.
func (f *frame) step(p gridPoint) gridPoint {
	half := int32(1) << f.shift >> 1
	return gridPoint{(p.x+half)>>f.shift - f.x, (p.y+half)>>f.shift - f.y}
}

// tileDrawing is the working memory of one tile.
type tileDrawing struct {
	frame frame
	world *worldMap
	ring  []gridPoint
	spare []gridPoint
	geom  []byte
}

func (d *tileDrawing) layer(dst []byte, l *tilerLayer) []byte {
	w := newLayerWriter(l.Name)
	d.world = l.worldMap
	for f, box := range l.worldMap.faces {
		if !box.meets(d.frame.world) {
			continue
		}
		if geometry := d.region(&l.t.faces[f], d.frame.world.holds(box)); len(geometry) > 0 {
			w.feature(uint64(f)+1, l.Attributes(int32(f)), geometry)
		}
	}
	return w.appendTo(dst)
}

// region draws a region as MVT commands; whole says that it lies in the frame.
func (d *tileDrawing) region(r *Region, whole bool) []byte {
	g := geometryWriter{dst: d.geom[:0]}
	for i, rings := range r.polygons {
		for k, refs := range rings {
			pts := d.project(r.t, refs)
			if !whole {
				pts = d.clip(pts)
			}
			pts = distinct(pts)
			// Rows go down, so a shell, clockwise on the ground, has a positive area.
			area := tileArea(pts)
			if k > 0 {
				area = -area
			}
			if area <= 0 || (i > 0 || k > 0) && area < d.frame.smallest {
				if k == 0 {
					break // no shell, no holes
				}
				continue
			}
			g.ring(pts)
		}
	}
	d.geom = g.dst
	return g.dst
}

// project appends the points of a ring that the tile keeps. Of an arc that lies
// all to one side of the frame, only the ends matter: clipping drops the rest.
func (d *tileDrawing) project(t *Topology, refs []int32) []gridPoint {
	pts := d.ring[:0]
	f := &d.frame
	for _, ref := range refs {
		a, forward := arcOf(ref)
		lo, hi := t.start[a], t.start[a+1]-1
		b := &d.world.arcs[a]
		if b.maxX < f.world.minX || b.minX > f.world.maxX || b.maxY < f.world.minY || b.minY > f.world.maxY {
			if forward {
				pts = append(pts, f.step(d.world.points[lo]))
			} else {
				pts = append(pts, f.step(d.world.points[hi]))
			}
			continue
		}
		if forward {
			for i := lo; i < hi; i++ {
				if t.weights[i] >= f.least {
					pts = append(pts, f.step(d.world.points[i]))
				}
			}
		} else {
			for i := hi; i > lo; i-- {
				if t.weights[i] >= f.least {
					pts = append(pts, f.step(d.world.points[i]))
				}
			}
		}
	}
	d.ring = pts
	return pts
}

// clip cuts an open ring to the tile and its buffer (Sutherland and Hodgman,
// Reentrant polygon clipping, 1974): a ring that leaves and comes back runs along
// the edge of the buffer, out of sight.
func (d *tileDrawing) clip(pts []gridPoint) []gridPoint {
	const lo, hi = -tileBuffer, tileExtent + tileBuffer
	b := emptyBox
	for _, p := range pts {
		b.add(p)
	}
	if b.maxX < lo || b.minX > hi || b.maxY < lo || b.minY > hi {
		return nil
	}
	if b.minX < lo {
		pts = d.cut(pts, func(p gridPoint) int32 { return p.x - lo })
	}
	if b.maxX > hi {
		pts = d.cut(pts, func(p gridPoint) int32 { return hi - p.x })
	}
	if b.minY < lo {
		pts = d.cut(pts, func(p gridPoint) int32 { return p.y - lo })
	}
	if b.maxY > hi {
		pts = d.cut(pts, func(p gridPoint) int32 { return hi - p.y })
	}
	return pts
}

// cut keeps the part of a ring where depth is not negative.
func (d *tileDrawing) cut(pts []gridPoint, depth func(gridPoint) int32) []gridPoint {
	out := d.spare[:0]
	if len(pts) > 0 {
		last := pts[len(pts)-1]
		lastDepth := depth(last)
		for _, p := range pts {
			dp := depth(p)
			if (dp < 0) != (lastDepth < 0) {
				k := float64(lastDepth) / (float64(lastDepth) - float64(dp))
				out = append(out, gridPoint{between(last.x, p.x, k), between(last.y, p.y, k)})
			}
			if dp >= 0 {
				out = append(out, p)
			}
			last, lastDepth = p, dp
		}
	}
	d.spare, d.ring = pts[:0], out
	return out
}

func between(a, b int32, k float64) int32 {
	return int32(math.Round(float64(a) + k*(float64(b)-float64(a))))
}

// distinct drops, in place, points equal to the one before, and points in the
// middle of a straight run along the axes, which clipping makes.
func distinct(pts []gridPoint) []gridPoint {
	out := pts[:0]
	for _, p := range pts {
		n := len(out)
		if n > 0 && out[n-1] == p {
			continue
		}
		if n > 1 && (out[n-2].x == out[n-1].x && out[n-1].x == p.x || out[n-2].y == out[n-1].y && out[n-1].y == p.y) {
			out[n-1] = p
			continue
		}
		out = append(out, p)
	}
	for len(out) > 1 && out[0] == out[len(out)-1] {
		out = out[:len(out)-1]
	}
	return out
}

func tileArea(pts []gridPoint) int64 {
	var sum int64
	for i, p := range pts {
		q := pts[(i+1)%len(pts)]
		sum += int64(p.x)*int64(q.y) - int64(q.x)*int64(p.y)
	}
	return sum
}
