package shape

import (
	"encoding/binary"
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

type tileFeature struct {
	id         uint64
	attributes map[string]string
	rings      [][]gridPoint
}

// fields splits a message with another implementation of Protocol Buffers.
func fields(t *testing.T, b []byte, do func(field protowire.Number, n uint64, b []byte)) {
	t.Helper()
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		b = b[n:]
		switch typ {
		case protowire.VarintType:
			v, n := protowire.ConsumeVarint(b)
			if n < 0 {
				t.Fatal(protowire.ParseError(n))
			}
			do(num, v, nil)
			b = b[n:]
		case protowire.BytesType:
			v, n := protowire.ConsumeBytes(b)
			if n < 0 {
				t.Fatal(protowire.ParseError(n))
			}
			do(num, 0, v)
			b = b[n:]
		default:
			t.Fatalf("field %d has wire type %d", num, typ)
		}
	}
}

func varints(t *testing.T, b []byte) []uint64 {
	t.Helper()
	var out []uint64
	for len(b) > 0 {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		out = append(out, v)
		b = b[n:]
	}
	return out
}

func readTile(t *testing.T, data []byte) map[string][]tileFeature {
	t.Helper()
	layers := map[string][]tileFeature{}
	fields(t, data, func(num protowire.Number, _ uint64, b []byte) {
		if num != 3 {
			t.Fatalf("tile field %d", num)
		}
		var name string
		var version, extent uint64
		var raw [][]byte
		var keys, values []string
		fields(t, b, func(num protowire.Number, n uint64, b []byte) {
			switch num {
			case 1:
				name = string(b)
			case 2:
				raw = append(raw, b)
			case 3:
				keys = append(keys, string(b))
			case 4:
				fields(t, b, func(_ protowire.Number, _ uint64, b []byte) { values = append(values, string(b)) })
			case 5:
				extent = n
			case 15:
				version = n
			}
		})
		if version != 2 || extent != 4096 {
			t.Fatalf("layer %s has version %d and extent %d", name, version, extent)
		}
		for _, b := range raw {
			f := tileFeature{attributes: map[string]string{}}
			fields(t, b, func(num protowire.Number, n uint64, b []byte) {
				switch num {
				case 1:
					f.id = n
				case 2:
					tags := varints(t, b)
					for i := 0; i < len(tags); i += 2 {
						f.attributes[keys[tags[i]]] = values[tags[i+1]]
					}
				case 3:
					if n != 3 {
						t.Fatalf("geometry of type %d", n)
					}
				case 4:
					f.rings = readGeometry(t, varints(t, b))
				}
			})
			layers[name] = append(layers[name], f)
		}
	})
	return layers
}

func readGeometry(t *testing.T, g []uint64) [][]gridPoint {
	t.Helper()
	var rings [][]gridPoint
	var at gridPoint
	for i := 0; i < len(g); {
		command, count := g[i]&7, int(g[i]>>3)
		i++
		switch command {
		case 1, 2:
			if command == 1 {
				rings = append(rings, nil)
			}
			for range count {
				at.x += int32(protowire.DecodeZigZag(g[i]))
				at.y += int32(protowire.DecodeZigZag(g[i+1]))
				i += 2
				rings[len(rings)-1] = append(rings[len(rings)-1], at)
			}
		case 7:
			if n := len(rings[len(rings)-1]); n < 3 {
				t.Fatalf("a ring of %d points", n)
			}
		default:
			t.Fatalf("command %d", command)
		}
	}
	return rings
}

func tiler(t testing.TB) *Tiler {
	fr := theFrance(t)
	layer := func(name string, zoom int, topo *Topology) TileLayer {
		return TileLayer{Name: name, MinZoom: zoom, Topology: topo, Attributes: func(f int32) []Attribute {
			return []Attribute{{"code", topo.Code(f)}, {"name", "Saint-Quay-" + topo.Code(f)}}
		}}
	}
	return NewTiler(
		layer("dep", 0, mergeLevel(t, fr, "dep")),
		layer("bv", 4, mergeLevel(t, fr, "bv")),
		layer("epci", 6, mergeLevel(t, fr, "epci")),
		layer("commune", 8, fr.communes),
	)
}

// A tile wholly in France is covered exactly once, buffer included, by each layer
// that covers France; every ring turns as the specification says and stays in.
func TestTilesAreCovered(t *testing.T) {
	tl := tiler(t)
	const side = tileExtent + 2*tileBuffer
	for _, c := range []struct{ z, x, y int }{{8, 130, 90}, {9, 261, 181}, {10, 518, 364}, {11, 1036, 720}, {12, 2078, 1447}, {14, 8300, 5760}} {
		data, ok := tl.Tile(c.z, c.x, c.y)
		if !ok {
			t.Fatalf("no tile %v", c)
		}
		layers := readTile(t, data)
		for _, name := range []string{"dep", "bv", "commune"} {
			var sum int64
			ids := map[uint64]bool{}
			for _, f := range layers[name] {
				if ids[f.id] || f.id == 0 || f.attributes["code"] == "" || f.attributes["name"] == "" {
					t.Errorf("%v %s: feature %d twice, or without attributes", c, name, f.id)
				}
				ids[f.id] = true
				for i, ring := range f.rings {
					area := tileArea(ring)
					if area == 0 || i == 0 && area < 0 {
						t.Errorf("%v %s %s: ring %d has the area %d", c, name, f.attributes["code"], i, area)
					}
					sum += area
					for _, p := range ring {
						if min(p.x, p.y) < -tileBuffer || max(p.x, p.y) > tileExtent+tileBuffer {
							t.Errorf("%v %s: %v is out of the tile", c, name, p)
						}
					}
				}
			}
			if relative(float64(sum), 2*side*side) > 1e-4 {
				t.Errorf("%v %s: covers %.4f of the tile", c, name, float64(sum)/(2*side*side))
			}
		}
	}
}

// Every tile of zooms 4 to 8 that holds land, and some of the finer ones.
func TestTilesAreLight(t *testing.T) {
	tl := tiler(t)
	for z, tiles := range landTiles(t, 4, 12) {
		if z > 8 {
			tiles = tiles[:min(len(tiles), 60)]
		}
		largest := 0
		for _, at := range tiles {
			data, ok := tl.Tile(z, at[0], at[1])
			if !ok || len(data) == 0 {
				t.Errorf("tile %d/%d/%d is empty", z, at[0], at[1])
			}
			largest = max(largest, len(data))
		}
		t.Logf("zoom %d: the largest of %d tiles has %d bytes", z, len(tiles), largest)
		if largest > 150_000 {
			t.Errorf("zoom %d: a tile of %d bytes", z, largest)
		}
	}
}

// landTiles lists the tiles that hold the label of some commune.
func landTiles(t testing.TB, from, to int) map[int][][2]int {
	c := theFrance(t).communes
	out := map[int][][2]int{}
	for f := 0; f < c.Len(); f += 5 {
		r := c.FaceRegion(int32(f))
		w := c.grid.world(c.arc(max(r.polygons[0][0][0], ^r.polygons[0][0][0]))[0])
		for z := from; z <= to; z++ {
			out[z] = append(out[z], [2]int{int(w.x >> (worldBits - z)), int(w.y >> (worldBits - z))})
		}
	}
	for z := range out {
		slices.SortFunc(out[z], func(a, b [2]int) int { return a[0]*1<<z + a[1] - b[0]*1<<z - b[1] })
		out[z] = slices.Compact(out[z])
	}
	return out
}

func TestNoSuchTile(t *testing.T) {
	tl := NewTiler(TileLayer{Name: "x", Topology: cells(t, "A"), Attributes: func(int32) []Attribute { return nil }})
	for _, c := range []struct {
		z, x, y int
		ok      bool
	}{{0, 0, 0, true}, {14, 0, 0, true}, {15, 0, 0, false}, {-1, 0, 0, false}, {1, 2, 0, false}, {1, 0, -1, false}} {
		if _, ok := tl.Tile(c.z, c.x, c.y); ok != c.ok {
			t.Errorf("%v: %v", c, ok)
		}
	}
	if data, _ := tl.Tile(3, 0, 0); len(data) != 0 {
		t.Errorf("a tile of the Pacific has %d bytes", len(data))
	}
	if data, _ := tl.Tile(14, 8192, 8191); len(readTile(t, data)["x"]) != 1 {
		t.Error("the tile of the square is empty")
	}
}

func TestLayerKeysAreWrittenOnce(t *testing.T) {
	w := newLayerWriter("l")
	for i := range uint64(3) {
		w.feature(i+1, []Attribute{{"code", string('A' + byte(i%2))}}, []byte{9, 0, 0, 18, 2, 0, 0, 2, 15})
	}
	got := readTile(t, w.appendTo(nil))["l"]
	if len(got) != 3 || got[0].attributes["code"] != "A" || got[1].attributes["code"] != "B" || got[2].attributes["code"] != "A" {
		t.Errorf("%v", got)
	}
	if len(w.keys.list) != 1 || len(w.values.list) != 2 {
		t.Errorf("%d keys, %d values", len(w.keys.list), len(w.values.list))
	}
	if n, _ := binary.Uvarint([]byte{15}); n != commandClosePath|1<<3 {
		t.Error("the close command of this test is wrong")
	}
}

func BenchmarkTile(b *testing.B) {
	tl := tiler(b)
	tiles := landTiles(b, 4, 12)
	for _, z := range []int{4, 5, 6, 7, 8, 9, 10, 11, 12} {
		b.Run(string(rune('0'+z/10))+string(rune('0'+z%10)), func(b *testing.B) {
			i := 0
			for b.Loop() {
				at := tiles[z][i*7919%len(tiles[z])]
				tl.Tile(z, at[0], at[1])
				i++
			}
		})
	}
}

func BenchmarkNewTiler(b *testing.B) {
	c := theFrance(b).communes
	for b.Loop() {
		NewTiler(TileLayer{Name: "commune", Topology: c})
	}
}
