package shape

import "encoding/binary"

// The fields of the Mapbox Vector Tile specification 2.1 that are written here.
const (
	tileLayers      = 3
	layerName       = 1
	layerFeatures   = 2
	layerKeys       = 3
	layerValues     = 4
	layerExtent     = 5
	layerVersion    = 15
	featureID       = 1
	featureTags     = 2
	featureType     = 3
	featureGeometry = 4
	valueString     = 1

	typePolygon = 3

	wireVarint = 0
	wireBytes  = 2
)

func appendTag(dst []byte, field, wire int) []byte {
	return binary.AppendUvarint(dst, uint64(field<<3|wire))
}

func appendVarintField(dst []byte, field int, v uint64) []byte {
	return binary.AppendUvarint(appendTag(dst, field, wireVarint), v)
}

func appendBytesField[T string | []byte](dst []byte, field int, b T) []byte {
	dst = binary.AppendUvarint(appendTag(dst, field, wireBytes), uint64(len(b)))
	return append(dst, b...)
}

// layerWriter gathers the features of a layer; keys and values are written once.
type layerWriter struct {
	name      string
	features  []byte
	one, tags []byte
	keys      dictionary
	values    dictionary
}

type dictionary struct {
	index map[string]uint64
	list  []string
}

func (d *dictionary) number(s string) uint64 {
	n, ok := d.index[s]
	if !ok {
		n = uint64(len(d.list))
		d.index[s] = n
		d.list = append(d.list, s)
	}
	return n
}

func newLayerWriter(name string) *layerWriter {
	return &layerWriter{name: name, keys: dictionary{index: map[string]uint64{}}, values: dictionary{index: map[string]uint64{}}}
}

func (w *layerWriter) feature(id uint64, attributes []Attribute, geometry []byte) {
	w.tags = w.tags[:0]
	for _, a := range attributes {
		w.tags = binary.AppendUvarint(w.tags, w.keys.number(a.Key))
		w.tags = binary.AppendUvarint(w.tags, w.values.number(a.Value))
	}
	b := appendVarintField(w.one[:0], featureID, id)
	b = appendBytesField(b, featureTags, w.tags)
	b = appendVarintField(b, featureType, typePolygon)
	b = appendBytesField(b, featureGeometry, geometry)
	w.features = appendBytesField(w.features, layerFeatures, b)
	w.one = b
}

// appendTo writes the layer into a tile, unless it has no feature.
func (w *layerWriter) appendTo(dst []byte) []byte {
	if len(w.features) == 0 {
		return dst
	}
	b := appendVarintField(nil, layerVersion, 2)
	b = appendBytesField(b, layerName, w.name)
	b = append(b, w.features...)
	for _, k := range w.keys.list {
		b = appendBytesField(b, layerKeys, k)
	}
	for _, v := range w.values.list {
		b = appendBytesField(b, layerValues, appendBytesField(nil, valueString, v))
	}
	b = appendVarintField(b, layerExtent, tileExtent)
	return appendBytesField(dst, tileLayers, b)
}

// geometryWriter writes rings as MVT commands, positions relative to the cursor.
type geometryWriter struct {
	dst  []byte
	x, y int32
}

const (
	commandMoveTo    = 1
	commandLineTo    = 2
	commandClosePath = 7
)

func (g *geometryWriter) command(id, count int) {
	g.dst = binary.AppendUvarint(g.dst, uint64(count<<3|id))
}

// ring writes an open ring of at least three points.
func (g *geometryWriter) ring(pts []gridPoint) {
	g.command(commandMoveTo, 1)
	for i, p := range pts {
		if i == 1 {
			g.command(commandLineTo, len(pts)-1)
		}
		g.dst = binary.AppendVarint(g.dst, int64(p.x-g.x))
		g.dst = binary.AppendVarint(g.dst, int64(p.y-g.y))
		g.x, g.y = p.x, p.y
	}
	g.command(commandClosePath, 1)
}
