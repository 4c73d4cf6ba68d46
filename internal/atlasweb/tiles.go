package atlasweb

import (
	"net/http"
	"slices"
	"strconv"
	"sync"

	"bassin/internal/fault"
	"bassin/internal/snapshot"
	"bassin/internal/territory"
	"bassin/internal/territory/shape"
	"bassin/internal/web"
)

// tiles keeps the tile makers of one snapshot, one for each level that the map
// shows, made when the first tile is asked for: most readers never open the
// interactive map, and a tile holds only what is looked at. The zero value is empty.
type tiles struct {
	mu   sync.Mutex
	of   *snapshot.Snapshot
	made map[territory.Level]*shape.Tiler
}

// maker returns the tile maker of a level of mapLevels. Its tiles hold the level,
// the borders of départements, and the communes of the overseas collectivities.
func (t *tiles) maker(s *snapshot.Snapshot, level territory.Level) (*shape.Tiler, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of != s {
		t.of, t.made = s, map[territory.Level]*shape.Tiler{}
	}
	if made := t.made[level]; made != nil {
		return made, nil
	}
	layers := []shape.TileLayer{{Name: "commune-odbl", Topology: s.Overseas, Attributes: attributes(s, territory.Commune, s.Overseas)}}
	if level == territory.Commune {
		layers = append(layers, shape.TileLayer{
			Name: "commune", MinZoom: communeZoom, Topology: s.Communes, Attributes: attributes(s, territory.Commune, s.Communes),
		})
	}
	for _, l := range []territory.Level{level, territory.Departement} {
		if l == territory.Commune || l == level && level == territory.Departement {
			continue
		}
		m, err := merged(s, l)
		if err != nil {
			return nil, err
		}
		layers = append(layers, shape.TileLayer{Name: string(l), Topology: m, Attributes: attributes(s, l, m)})
	}
	t.made[level] = shape.NewTiler(layers...)
	return t.made[level], nil
}

// communeZoom is the zoom from which tiles hold communes: below, 35,000 of them
// would be heavy and too small to see.
const communeZoom = 8

// merged makes the outlines of a level from those of communes.
func merged(s *snapshot.Snapshot, level territory.Level) (*shape.Topology, error) {
	var codes []string
	var groups [][]int32
	for _, t := range s.France.Level(level) {
		var faces []int32
		for _, n := range t.Communes() {
			if f, ok := s.Communes.Face(s.France.Commune(n).Code); ok {
				faces = append(faces, f)
			}
		}
		if len(faces) > 0 {
			codes, groups = append(codes, t.Code), append(groups, faces)
		}
	}
	return s.Communes.Merge(codes, groups)
}

func attributes(s *snapshot.Snapshot, level territory.Level, topology *shape.Topology) func(int32) []shape.Attribute {
	return func(face int32) []shape.Attribute {
		t, ok := s.France.Territory(territory.ID{Level: level, Code: topology.Code(face)})
		if !ok {
			return nil
		}
		a := []shape.Attribute{{Key: "code", Value: t.Code}, {Key: "name", Value: t.Name}}
		if n, known := t.Population(); known {
			a = append(a, shape.Attribute{Key: "population", Value: strconv.Itoa(n)})
		}
		return a
	}
}

// tile serves a vector tile. Its address holds the snapshot, so it never changes.
func (p *Pages) tile(w http.ResponseWriter, r *http.Request) error {
	s := snapshot.FromContext(r.Context())
	if r.PathValue("snapshot") != s.Manifest.Hash {
		return fault.New(fault.NotFound, "map.tile.snapshot")
	}
	level := territory.Level(r.PathValue("level"))
	if !slices.Contains(mapLevels, level) {
		return fault.New(fault.NotFound, "web.error.address")
	}
	z, errZ := strconv.Atoi(r.PathValue("z"))
	x, errX := strconv.Atoi(r.PathValue("x"))
	y, errY := strconv.Atoi(r.PathValue("y"))
	if errZ != nil || errX != nil || errY != nil {
		return fault.New(fault.NotFound, "web.error.address")
	}
	maker, err := p.tiles.maker(s, level)
	if err != nil {
		return err
	}
	body, ok := maker.Tile(z, x, y)
	if !ok {
		return fault.New(fault.NotFound, "web.error.address")
	}
	h := w.Header()
	h.Set("Content-Type", "application/vnd.mapbox-vector-tile")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	return web.Respond(w, r, body)
}
